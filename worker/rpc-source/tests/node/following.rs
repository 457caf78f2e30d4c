//! A worker follows a real chain.

use crate::{
    process::{config, engines, Node, Start},
    signing::{pair, submit, sudo},
    support::following::source,
};
use fat_contracts_primitives::{AccountId, EngineVersion};
use pallet_fat_contracts::Call;
use parity_scale_codec::Encode;
use pink_capi::types::Outcome;
use pink_engine_host::EngineRegistry;
use pink_rpc_source::{Config, RpcSource};
use pink_worker_core::{
    exec::BlockRecord,
    source::{ChainSource, Follower},
    store::Store,
    Worker,
};
use runtime_mock::{runtime::Runtime, UNIT};
use sp_core::Pair;

fn account(name: &str) -> AccountId {
    pair(name).public().0.into()
}

/// A worker and who drives it.
struct Following {
    source: RpcSource,
    worker: Worker,
    follower: Follower,
}

impl Following {
    fn new(config: Config) -> Self {
        let store = Store::open_in_memory().expect("memory");
        Self {
            source: source(config),
            worker: Worker::new(store, EngineRegistry::new(engines())).with_cluster(1),
            follower: Follower::new(1),
        }
    }

    /// Executes what is final.
    fn step(&mut self) -> BlockRecord {
        let followed = self
            .follower
            .follow(&mut self.worker, &self.source, 64, Vec::new());
        let followed = followed.expect("an honest node");
        assert!(followed.failed.is_none() && followed.imported.parked.is_none());
        self.worker.head().expect("a store").expect("a block").2
    }

    /// Until this many messages were executed.
    fn until(&mut self, node: &mut Node, messages: u64) {
        let this = std::cell::RefCell::new(self);
        node.wait(|_| (this.borrow_mut().step().next_seq >= messages).then_some(()));
    }

    fn set_id(&self) -> u64 {
        self.source.known().expect("a block").set.id
    }
}

fn transfer(amount: u128) -> Vec<u8> {
    let call = Call::<Runtime>::transfer_to_cluster {
        cluster: 1,
        dest: account("//Bob"),
        amount,
        max_ordering_fee: UNIT,
    };
    [vec![4], call.encode()].concat()
}

/// The cluster's messages are executed by the engine that the chain names; more come while the worker follows; and
/// another set of authorities finalizes some of them. Who begins later comes to the same.
#[test]
#[ignore = "needs PINK_NODE: run by the step `node`"]
fn a_worker_follows_across_a_change_of_authorities() {
    let mut node = Node::start(&[]);
    let mut one = Following::new(config(&node.url));
    let ran = one.step();
    assert_eq!(ran.engine, Some(EngineVersion::new(2, 0)));
    assert_eq!(ran.next_seq, 6, "the setup and five deposits");
    let receipts = one.worker.receipts(1).expect("a store");
    assert_eq!(receipts.len(), 6);
    assert!(receipts
        .iter()
        .all(|it| it.receipt.outcome == Outcome::Success));

    submit(&node.client, "//Bob", &transfer(UNIT));
    one.until(&mut node, 7);
    assert_eq!(one.set_id(), 0);
    let named = [vec![7, 0], vec![account("//Alice")].encode()].concat();
    submit(&node.client, "//Alice", &sudo(&named));
    let moved = std::cell::RefCell::new(&mut one);
    node.wait(|_| {
        let mut one = moved.borrow_mut();
        one.step();
        (one.set_id() == 1).then_some(())
    });
    submit(&node.client, "//Bob", &transfer(2 * UNIT));
    one.until(&mut node, 8);

    // Over the change in one step, from the genesis block.
    let mut later = Following::new(config(&node.url));
    later.until(&mut node, 8);
    assert_eq!(later.set_id(), 1);
    // From where the first is now, as after a restart; and from a block that somebody names.
    let known = one.source.known().expect("a block");
    let named = node.hash(known.number);
    assert_eq!(named, known.hash);
    for config in [
        Config {
            known: Some(known),
            ..config(&node.url)
        },
        Config {
            from_block: Some(named),
            ..config(&node.url)
        },
    ] {
        let mut again = Following::new(config);
        again.until(&mut node, 8);
        assert_eq!(again.set_id(), 1);
    }
    let last = one.source.known().expect("a block").number;
    one.step();
    later.step();
    for block in 1..=last {
        let root = |it: &Following| {
            let stored = it.worker.store().block(block).expect("a store");
            stored.expect("a block").root
        };
        assert_eq!(root(&one), root(&later), "block {block}");
    }
    assert!(one.source.finalized().expect("honest").number >= last);
}

/// Blocks without justifications are taken from a node that is trusted, and from no other.
#[test]
#[ignore = "needs PINK_NODE: run by the step `node`"]
fn a_node_without_justifications_has_to_be_trusted() {
    use pink_worker_core::source::{SourceError, TransientError};
    let node = Node::start_sealing(Start::default());
    let error = source(config(&node.url))
        .finalized()
        .expect_err("nothing proves it");
    assert!(
        matches!(
            error,
            SourceError::Transient(TransientError::NotJustified { .. })
        ),
        "{error}"
    );
    let mut trusting = Following::new(Config {
        trust_node: true,
        ..config(&node.url)
    });
    assert_eq!(trusting.step().next_seq, 6);
}
