//! Which chain it is, and who says so.

use super::*;
use fat_contracts_primitives::Hash;
use pink_worker_core::ClusterKey;
use runtime_mock::workers;

impl Harness {
    fn hash(&self, number: usize) -> String {
        let hash = self.fake.with(|state| state.blocks[number].hash);
        format!("{hash:?}")
    }

    /// With //Dave as the first member, who has committed to a key that is in the base path, and with another member who
    /// has asked for it.
    fn with_newcomer(base: &Path) -> Self {
        let mut harness = Self::begin(Genesis::development());
        let key = ClusterKey::new([7; 32]);
        key.keep(base).expect("a folder");
        let registry = EngineRegistry::new(engines());
        let all = InstalledEngine::find_all(&registry).expect("`cargo xtask engines`");
        let files = all.iter().flat_map(|engine| &engine.record.artefacts);
        let files: Vec<_> = files.map(|file| file.hash).collect();
        let (dave, eve) = (who("//Dave"), who("//Eve"));
        for worker in [&dave, &eve] {
            let add = workers::add_worker(worker.clone(), who("//Alice"), 1, files.clone());
            harness.block(add);
        }
        let commitment = key.commitment();
        let commit = Call::<Runtime>::commit_cluster_key {
            cluster: 1,
            commitment,
        };
        // The X25519 key of RFC 7748, 6.1.
        let alices = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
        let mut key = [0; 32];
        hex::decode_to_slice(alices, &mut key).expect("hex");
        let ask = Call::<Runtime>::set_worker_key { key };
        harness.block(vec![
            Extrinsic::signed(dave, commit),
            Extrinsic::signed(eve, ask),
        ]);
        harness
    }
}

const WITHHELD: &str = "isn't handed on";

/// A first run believes a chain that a node made up. That costs it nothing but the time: who copied a cluster's key into
/// its base path doesn't hand it to a member whom that chain made up.
#[test]
fn a_chain_that_nobody_vouched_for_gets_no_key() {
    let base = TempDir::new().expect("a directory");
    let harness = Harness::with_newcomer(base.path());
    let genesis = harness.hash(0);
    // Neither does a later run on the same base path.
    for _ in 0..2 {
        let mut running = harness.start(base.path(), &["--from", "//Dave"]);
        running.until(WITHHELD);
        running.until("--genesis");
        assert_eq!(running.stop("TERM").0, 0);
    }
    let other = TempDir::new().expect("a directory");
    ClusterKey::new([7; 32])
        .keep(other.path())
        .expect("a folder");
    for more in [&["--genesis", &*genesis][..], &[]] {
        let arguments = [&["--from", "//Dave"], more].concat();
        let mut running = harness.start(other.path(), &arguments);
        running.until("it is at");
        let (status, _, said) = running.stop_saying("TERM");
        assert_eq!(status, 0);
        // The node takes nothing; it is tried.
        assert!(
            said.contains("it speaks") && !said.contains(WITHHELD),
            "{said}"
        );
    }
}

/// What somebody vouched for is the chain, whoever says otherwise.
#[test]
fn another_chain_than_the_named_one_is_refused_from_the_first_run_on() {
    let harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let none = format!("{:?}", Hash::repeat_byte(1));
    let error = |report: &Value| report["error"].as_str().expect("an error").to_string();
    let (status, report) = harness.start(base.path(), &["--genesis", &none]).ended();
    assert_eq!(status, 2);
    let expected = format!("serves the chain {}, not {none}", harness.hash(0));
    assert!(error(&report).contains(&expected), "{report}");

    let genesis = harness.hash(0);
    let mut running = harness.start(base.path(), &["--genesis", &genesis]);
    running.until(&format!("followed block={}", harness.head()));
    assert_eq!(running.stop("TERM").0, 0);
    let (status, report) = harness.start(base.path(), &["--genesis", &none]).ended();
    assert_eq!(status, 2);
    let expected = format!("is of the chain {genesis}, not {none}");
    assert!(error(&report).contains(&expected), "{report}");
}

/// A block that somebody vouched for proves which genesis block is its own.
#[test]
fn a_named_block_says_which_chain_it_is() {
    let mut harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    harness.endpoint.lie(|method, params, answer| {
        match (method, params.first().and_then(Value::as_u64)) {
            ("chain_getBlockHash", Some(0)) => Ok(json!(Hash::repeat_byte(1))),
            _ => answer,
        }
    });
    let from = harness.hash(20);
    let mut running = harness.start(base.path(), &["--from-block", &from]);
    running.until(&format!(
        "{} gave a wrong genesis block",
        harness.endpoint.url()
    ));
    harness.endpoint.be_honest();
    running.until(&format!("followed block={}", harness.head()));
    assert_eq!(running.stop("TERM").0, 0);
    // It is only the beginning: given again, it needs that block's state no more.
    harness.idle(3);
    harness.fake.with(|state| state.oldest_state = 40);
    let mut running = harness.start(base.path(), &["--from-block", &from]);
    running.until(&format!("followed block={}", harness.head()));
    assert_eq!(running.stop("TERM").0, 0);
}
