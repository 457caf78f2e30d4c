//! The same on a development chain, as people see it.

use crate::files::{built, panics_at_a_message, V1_0, V1_1};
use fat_contracts_primitives::Remedy;
use pallet_fat_contracts::Call;
use pink_devchain::{DevConfig, DevNode, CLUSTER};
use pink_engine_host::EngineRegistry;
use runtime_mock::Extrinsic;
use serde_json::Value;
use std::{fs, path::Path, process::Command};
use tempfile::TempDir;

/// A base path with engines of its own.
struct Dev(TempDir);

impl Dev {
    fn new(files: &[(&str, &Path)]) -> Self {
        let dir = TempDir::new().expect("a folder");
        fs::create_dir(dir.path().join("engines")).expect("a folder");
        for (name, file) in files {
            fs::copy(file, dir.path().join("engines").join(name)).expect("a copy");
        }
        Self(dir)
    }

    fn run(&self, args: &[&str]) -> Value {
        let output = Command::new(env!("CARGO_BIN_EXE_pink-worker"))
            .args(["dev", "--json", "--base-path"])
            .arg(self.0.path().join("base"))
            .arg("--engines")
            .arg(self.0.path().join("engines"))
            .args(args)
            .output()
            .expect("the program runs");
        serde_json::from_slice(&output.stdout).expect("one JSON object")
    }

    #[track_caller]
    fn success(&self, args: &[&str]) -> Value {
        let said = self.run(args);
        assert_eq!(said["status"], "success", "{said}");
        said
    }
}

/// A call that the engine panics at parks the worker; it says so to the chain by itself, and the
/// council's amendment is obeyed by the next command and by a replay.
#[test]
fn a_parked_message_is_amended() {
    for remedy in [&["--skip"][..], &["--execute-from", "1.1"]] {
        let (first, second) = (panics_at_a_message(), built(V1_1));
        let dev = Dev::new(&[("libpink.so.1.0", &first), ("libpink.so.1.1", &second)]);
        dev.success(&["init", "--engine", "1.0"]);
        let none = dev.run(&["amend", "1", "--skip"]);
        let error = none["error"].as_str().expect("text");
        assert!(
            error.contains("NotParked") || error.contains("NotWaiting"),
            "{error}"
        );

        // No contract is there; the engine doesn't come so far.
        let fatal = ["call", "//Bob", "--data", "0x70616e6963"];
        let said = dev.run(&fatal);
        let error = said["error"].as_str().expect("text");
        assert!(
            error.contains("ordered as message") && error.contains("panicked"),
            "{error}"
        );
        assert!(error.contains("amend"), "{error}");
        let status = dev.success(&["status"]);
        assert_eq!(status["state"], "parked");

        let seq = said["seq"].to_string();
        let amended = dev.success(&[&["amend", &seq][..], remedy].concat());
        let status = dev.success(&["status"]);
        assert_eq!(status["state"], "running", "{status}");
        assert_eq!(status["block"], amended["block"]);
        let engine = if remedy.len() == 1 { "1.0" } else { "1.1" };
        assert_eq!(status["engine"], engine);
        dev.success(&["advance", "3"]);
        let engines = dev.success(&["engines"]);
        assert_eq!(engines["confirmed"], engine);
        dev.success(&["replay", "--verify"]);
    }
}

/// The council amends a move that the worker can't make for want of a file; the file comes before
/// the amendment takes effect, and a restart makes the move. In the next block the worker goes
/// back, and chain and worker are at one again, after another restart too.
#[test]
fn an_amendment_that_comes_too_late_takes_the_worker_back() {
    let dev = Dev::new(&[
        ("libpink.so.1.0", &built(V1_0)),
        ("libpink.so.1.1", &built(V1_1)),
    ]);
    let base = dev.0.path().join("base");
    let place = dev.0.path().join("engines/libpink.so.1.1");
    let registry = || EngineRegistry::new(dev.0.path().join("engines"));
    let config = DevConfig {
        engine: Some(V1_0),
        ..DevConfig::default()
    };
    let (mut node, _) = DevNode::init(&base, registry(), &config).expect("a chain");
    let (_, at) = node
        .upgrade(pink_devchain::owner(), V1_1, None)
        .expect("a move");
    // The pending engine is loaded as soon as it is known: what runs is no longer the file.
    drop(node);
    fs::remove_file(&place).expect("its file");
    let mut node = DevNode::open(&base, registry()).expect("a chain");
    let behind = at - node.chain().head().number;
    node.advance(behind, 6_000, |_| ()).expect_err("it parks");
    drop(node);
    let mut node = DevNode::open(&base, registry()).expect("a chain");
    let parked = node.parked().expect("at the move");
    let (block, seq) = (parked.block, parked.seq.expect("a message"));
    assert_eq!(block, at);
    let amend = Call::amend {
        cluster: CLUSTER,
        seq,
        remedy: Remedy::Skip,
    };
    node.dispatch(vec![Extrinsic::governance(amend)], Vec::new())
        .expect("the council decides");
    assert_eq!(
        node.worker().head().expect("a store").expect("blocks").0,
        at - 1
    );
    drop(node);

    fs::copy(built(V1_1), &place).expect("its file");
    let mut node = DevNode::open(&base, registry()).expect("a chain");
    assert!(node.parked().is_none());
    let (head, _, record) = node.worker().head().expect("a store").expect("blocks");
    assert_eq!(
        (head, record.engine),
        (node.chain().head().number, Some(V1_1))
    );
    let made = node.dispatch(Vec::new(), Vec::new()).expect("a block");
    assert!(made.imported.parked.is_none(), "{:?}", made.imported.parked);
    assert_eq!(made.imported.went_back_to, Some(at - 1));
    for restarted in [false, true] {
        if restarted {
            drop(node);
            node = DevNode::open(&base, registry()).expect("a chain");
        }
        let (head, _, record) = node.worker().head().expect("a store").expect("blocks");
        assert_eq!((head, record.engine), (made.number, Some(V1_0)));
        assert_eq!(node.behind(), 0);
        let receipts = node.worker().receipts(at).expect("a store");
        assert!(format!("{:?}", receipts[0].receipt.outcome).contains("Amended"));
    }
    node.advance(3, 6_000, |_| ()).expect("it goes on");
    drop(node);
    dev.success(&["replay", "--verify"]);
}
