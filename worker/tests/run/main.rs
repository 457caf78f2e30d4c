//! `pink-worker run` as a process, over a node that isn't one.

#[path = "../../rpc-source/tests/support/mod.rs"]
mod support;

mod bad_disks;
mod fed;
mod fuzz;
mod killed;
mod operating;
#[cfg(feature = "otel")]
mod otel;
mod process;
mod rpc;
mod snapshots;
mod store;
mod unit;
mod vouched;

use fat_contracts_primitives::{ClusterBlock, EngineVersion};
use pallet_fat_contracts::Call;
use pink_engine_host::EngineRegistry;
use pink_worker_core::{
    exec::{StateError, SystemCodes},
    store::Store,
    InstalledEngine, Worker,
};
use process::{engines, Running};
use runtime_mock::{runtime::Runtime, Extrinsic, Genesis, UNIT};
use serde_json::{json, Value};
use std::{path::Path, sync::Arc};
use support::{
    fake::Fake,
    following::{add_cluster, who},
    Endpoint,
};
use tempfile::TempDir;

const V1_0: EngineVersion = EngineVersion::new(1, 0);

fn deposit(amount: u128) -> Extrinsic {
    let call = Call::<Runtime>::transfer_to_cluster {
        cluster: 1,
        dest: who("//Bob"),
        amount,
        max_ordering_fee: UNIT,
    };
    Extrinsic::signed(who("//Bob"), call)
}

/// A chain with a cluster on 1.0 from block 1 on, some deposits, and what a worker in this process makes of it.
struct Harness {
    fake: Arc<Fake>,
    endpoint: Endpoint,
    made: Vec<ClusterBlock>,
}

impl Harness {
    fn begin(genesis: Genesis) -> Self {
        let fake = Arc::new(Fake::new(genesis.build().expect("a genesis")));
        let registry = EngineRegistry::new(engines());
        let engine = InstalledEngine::find(&registry, V1_0).expect("`cargo xtask engines`");
        let register = Call::register_engine {
            version: V1_0,
            abi: engine.record.abi,
            upgrades_from: engine.record.upgrades_from,
            artefacts: engine.record.artefacts,
        };
        let mut harness = Self {
            endpoint: Endpoint::start(fake.clone()),
            fake,
            made: Vec::new(),
        };
        harness.block(vec![
            Extrinsic::governance(register),
            Extrinsic::governance(Call::set_pink_runtime_version { version: V1_0 }),
            add_cluster(V1_0),
        ]);
        harness.block(vec![deposit(UNIT)]);
        harness.idle(40);
        harness.block(vec![deposit(3 * UNIT), deposit(UNIT)]);
        harness
    }

    fn block(&mut self, extrinsics: Vec<Extrinsic>) {
        let block = self.fake.block(extrinsics);
        for applied in &block.applied {
            assert!(applied.result.is_ok(), "{:?}", applied.result);
        }
        self.made.extend(block.clusters);
    }

    fn idle(&mut self, blocks: u32) {
        for _ in 0..blocks {
            self.block(Vec::new());
        }
    }

    fn head(&self) -> u32 {
        self.made.last().expect("a block").number
    }

    /// The root after the last block, by a worker that had the blocks from the pallet as they were made.
    fn root(&self) -> String {
        let worker = self.worker(&self.made);
        let (_, root, _) = worker.head().expect("a store").expect("a block");
        format!("0x{}", hex::encode(root))
    }

    /// A worker in this process that had these blocks.
    fn worker(&self, made: &[ClusterBlock]) -> Worker {
        struct NoCodes;
        impl SystemCodes for NoCodes {
            fn system_code(
                &self,
                _: &pink_capi::types::Hash,
            ) -> Result<Option<Vec<u8>>, StateError> {
                // As Genesis has it: the smallest module.
                Ok(Some(b"\0asm\x01\0\0\0".to_vec()))
            }
        }
        let store = Store::open_in_memory().expect("memory");
        let mut worker = Worker::new(store, EngineRegistry::new(engines()));
        let imported = worker.import(made, Vec::new(), &NoCodes).expect("a store");
        assert!(imported.parked.is_none(), "{:?}", imported.parked);
        worker
    }

    fn start(&self, base: &Path, more: &[&str]) -> Running {
        let url = self.endpoint.url();
        let mut arguments = vec!["--chain", &url];
        arguments.extend(more);
        Running::start(base, &arguments)
    }
}

#[test]
fn it_follows_stops_when_told_and_goes_on() {
    let mut harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let mut running = harness.start(base.path(), &[]);
    running.until(&format!("followed block={}", harness.head()));
    harness.block(vec![deposit(7 * UNIT)]);
    harness.idle(2);
    let (justification, head) = harness.fake.news(harness.head());
    harness.endpoint.tell(justification, head);
    running.until(&format!("followed block={}", harness.head()));
    let (status, report) = running.stop("TERM");
    assert_eq!(status, 0);
    assert_eq!(report["block"], harness.head());
    assert_eq!(report["cluster"], 1);
    assert_eq!(report["engine"], "1.0");
    assert_eq!(report["state_root"], harness.root().as_str());

    // Nothing is executed twice, and what came meanwhile is.
    harness.idle(5);
    let mut running = harness.start(base.path(), &[]);
    running.until(&format!("followed block={}", harness.head()));
    let (status, report) = running.stop("INT");
    assert_eq!((status, &report["state_root"]), (0, &json!(harness.root())));
    let asked = harness.endpoint.asked();
    assert!(!asked.is_empty());
}

#[test]
fn two_workers_another_cluster_and_another_chain_are_refused() {
    let harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let mut running = harness.start(base.path(), &["--cluster", "1"]);
    running.until(&format!("followed block={}", harness.head()));
    let (status, report) = harness.start(base.path(), &[]).ended();
    let error = |report: &Value| report["error"].as_str().expect("an error").to_string();
    assert_eq!(status, 2);
    assert!(
        error(&report).contains("in use by another process"),
        "{report}"
    );
    assert_eq!(running.stop("TERM").0, 0);

    let (status, report) = harness.start(base.path(), &["--cluster", "2"]).ended();
    assert_eq!(status, 2);
    assert!(
        error(&report).contains("is of cluster 1, not 2"),
        "{report}"
    );

    let other = Harness::begin(Genesis::development().endow(who("//Bob"), 500 * UNIT));
    let (status, report) = other.start(base.path(), &[]).ended();
    assert_eq!(status, 2);
    let genesis = |harness: &Harness| harness.fake.with(|state| state.blocks[0].hash);
    let expected = format!(
        "{} serves the chain {:?}, not {:?} (the base path stays with its chain",
        other.endpoint.url(),
        genesis(&other),
        genesis(&harness)
    );
    assert!(error(&report).starts_with(&expected), "{report}");

    // With one of its chain beside it, it goes on.
    let url = other.endpoint.url();
    let mut running = harness.start(base.path(), &["--chain", &url]);
    running.until(&format!("it is at block={}", harness.head()));
    assert_eq!(running.stop("TERM").0, 0);
}

#[test]
fn a_lie_is_named_and_nothing_of_it_is_executed() {
    let harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    harness
        .endpoint
        .lie(|method, _, answer| match (method, answer) {
            ("state_getReadProof", Ok(mut answer)) => {
                answer["proof"].as_array_mut().expect("a list").pop();
                Ok(answer)
            }
            (_, answer) => answer,
        });
    let mut running = harness.start(base.path(), &[]);
    running.until(&format!(
        "{} gave a wrong read proof",
        harness.endpoint.url()
    ));
    running.until("hint: nothing of it was executed");
    assert_eq!(running.stop("TERM").1["block"], Value::Null);

    let mut running = harness.start(base.path(), &[]);
    running.until("gave a wrong read proof");
    harness.endpoint.be_honest();
    running.until(&format!("followed block={}", harness.head()));
    let (status, report) = running.stop("TERM");
    assert_eq!((status, &report["state_root"]), (0, &json!(harness.root())));
}

#[test]
fn without_its_engine_a_worker_parks_and_says_so() {
    let harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let none = TempDir::new().expect("a directory");
    let engines = none.path().to_str().expect("text");
    let mut running = harness.start(base.path(), &["--engines", engines]);
    running.until("hint: ");
    let (status, report) = running.stop("TERM");
    assert_eq!((status, &report["block"]), (0, &Value::Null));
    // The file is there, and it goes on.
    let mut running = harness.start(base.path(), &[]);
    running.until(&format!("followed block={}", harness.head()));
    assert_eq!(running.stop("TERM").0, 0);
}

/// Of a real chain's record a development command changes nothing.
#[test]
fn another_file_than_the_chains_is_named_without_commands_for_development() {
    let harness = Harness::begin(Genesis::development());
    let (base, other) = (TempDir::new(), TempDir::new());
    let (base, other) = (base.expect("a directory"), other.expect("a directory"));
    std::fs::write(other.path().join("libpink.so.1.0"), b"\x7fELF").expect("a file");
    let path = other.path().to_str().expect("text");
    let mut running = harness.start(base.path(), &["--engines", path]);
    let line = running.until("by the released file of engine 1.0");
    assert!(!line.contains("pink-worker dev"), "{line}");
    assert_eq!(running.stop("TERM").0, 0);
}

#[test]
fn a_cluster_that_the_chain_hasnt_got_is_named() {
    let harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let mut running = harness.start(base.path(), &["--cluster", "7"]);
    running.until("the chain has no cluster 7 yet");
    running.until("name another with --cluster");
    assert_eq!(running.stop("TERM").1["block"], Value::Null);
}

#[test]
fn arguments_that_are_none_are_named() {
    let base = TempDir::new().expect("a directory");
    for (arguments, says) in [
        (&["--chain", "http://here"][..], "ws:// or wss://"),
        (
            &["--chain", "ws://here", "--from-block", "0x12"][..],
            "64 hex digits",
        ),
        (&[][..], "--chain"),
    ] {
        let (status, report) = Running::start(base.path(), arguments).ended();
        assert_eq!(status, 2);
        assert!(
            report["error"].as_str().expect("an error").contains(says),
            "{report}"
        );
    }
}

/// Which index a call has is a fact of the pallet, and not what a node says in its metadata.
#[test]
fn calls_have_the_indices_of_the_pallet() {
    use parity_scale_codec::Encode;
    let (bob, hash) = (who("//Bob"), fat_contracts_primitives::Hash::zero());
    let calls: [(&str, Call<Runtime>); 10] = [
        (
            "set_pink_system_code",
            Call::set_pink_system_code { code: Vec::new() },
        ),
        (
            "register_worker",
            Call::register_worker {
                worker: bob.clone(),
            },
        ),
        (
            "announce_engines",
            Call::announce_engines {
                engines: Default::default(),
            },
        ),
        (
            "acknowledge",
            Call::acknowledge {
                cluster: 1,
                checkpoints: Default::default(),
            },
        ),
        (
            "report_parked",
            Call::report_parked {
                cluster: 1,
                block: 1,
                seq: 1,
                cause: fat_contracts_primitives::ParkCause::EngineMissing,
                as_of: 1,
            },
        ),
        ("serve_owner", Call::serve_owner { owner: None }),
        ("set_worker_key", Call::set_worker_key { key: [0; 32] }),
        (
            "commit_cluster_key",
            Call::commit_cluster_key {
                cluster: 1,
                commitment: hash.0.into(),
            },
        ),
        (
            "share_cluster_key",
            Call::share_cluster_key {
                cluster: 1,
                to: bob,
                sealed: [0; 80],
            },
        ),
        ("clear_cluster_key", Call::clear_cluster_key { cluster: 1 }),
    ];
    for (name, call) in calls {
        assert_eq!(
            call.encode().first().copied(),
            pink_sender::call_index(name),
            "{name}"
        );
    }
    assert_eq!(pink_sender::call_index("no_such_call"), None);
}
