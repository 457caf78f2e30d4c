//! A chain source that lies: about every part of a block, one after the other. The worker has its
//! own account of the history, says which part is wrong, keeps nothing of the block, and goes on
//! with the true one.

use crate::{
    amendments::{all_park, amend, report},
    cluster::{acknowledgement, run, Cluster, Node, GAS, ID},
    codes::Codes,
    files::{built, panics_at_a_message, V1_0, V1_1},
};
use fat_contracts_primitives::{
    Amendment, BlockNumber, ClusterBlock, ClusterMessage, EngineVersion, Hash, ParkCause, Remedy,
    Seq,
};
use pallet_fat_contracts::Call;
use pink_worker_core::{
    exec::{Parked, StateError, SystemCodes},
    store::Store,
    Worker,
};
use runtime_mock::Extrinsic;

type Lie = fn(&mut ClusterBlock);

/// A lie is refused for a reason that has these words, and leaves the worker as it was.
#[track_caller]
fn refused(node: &mut Node, truth: &ClusterBlock, lie: Lie, words: &str) {
    let mut lied = truth.clone();
    lie(&mut lied);
    assert_ne!(&lied, truth, "{words}: nothing was altered");
    let before = node.worker.head().expect("memory");
    let imported = node.worker.import(&[lied], Vec::new(), &Codes);
    let imported = imported.expect("a lie is no error of the store");
    assert!(imported.executed.is_empty(), "{words}");
    assert_eq!(imported.went_back_to, None, "{words}");
    named(&imported.parked.expect("it was taken"), words);
    assert_eq!(node.worker.head().expect("memory"), before, "{words}");
    assert!(node.worker.rewound().expect("memory").is_empty());
}

#[track_caller]
fn named(parked: &Parked, words: &str) {
    assert_eq!(parked.reason.cause(), Some(ParkCause::Disorder), "{parked}");
    assert_eq!(
        parked.seq, None,
        "no message's own fault, so not to be amended"
    );
    let text = parked.to_string();
    assert!(text.contains(words), "{words:?} isn't in: {text}");
    assert!(parked.reason.hint().contains("connected to"));
}

/// Says of a message that a later block amends it, and that this is known.
pub(crate) fn promise(block: &mut ClusterBlock, by: BlockNumber, seq: Seq, remedy: Remedy) {
    block.amended_later.push((by, Amendment { seq, remedy }));
    block.read_at = block.read_at.max(by);
}

/// A call of the counter.
fn call(cluster: &Cluster, input: u8) -> Extrinsic {
    let call = Call::call_contract {
        cluster: ID,
        contract: cluster.counter.clone(),
        input: vec![input],
        value: 0,
        gas_limit: GAS,
        storage_deposit_limit: None,
        max_gas_price: None,
        max_ordering_fee: u128::MAX,
    };
    Extrinsic::signed(crate::cluster::account(0), call)
}

/// A history whose last block has two messages and delivers an amendment, workers that stand
/// before it, and that block.
fn before_an_amendment() -> (Cluster, ClusterBlock) {
    let mut cluster = Cluster::new(vec![panics_at_a_message()], 3);
    let fatal = cluster.call(b"panic");
    all_park(&mut cluster, fatal, ParkCause::EnginePanicked);
    report(&mut cluster, 0..3);
    cluster.block(vec![amend(fatal, Remedy::Skip)]);
    let calls = vec![call(&cluster, 3), call(&cluster, 4)];
    cluster.block(calls);
    let truth = cluster.history.pop().expect("a block");
    assert_eq!((truth.amendments.len(), truth.messages.len()), (1, 2));
    cluster.all_run();
    (cluster, truth)
}

#[test]
fn every_part_of_a_block_is_checked() {
    let (mut cluster, truth) = before_an_amendment();
    let lies: &[(&str, Lie)] = &[
        ("it is of cluster 2, expected 1", |it| it.cluster = 2),
        ("its number is", |it| it.number += 1),
        ("it was executed already", |it| it.number -= 1),
        ("its number is", |it| it.number = u32::MAX),
        // One message instead of another, in another order, one missing, one twice.
        ("the running hash after it is", |it| {
            let (_, ClusterMessage::Call { input, .. }) = &mut it.messages[1] else {
                panic!("a call");
            };
            input[0] += 1;
        }),
        ("the running hash after it is", |it| {
            let (first, second) = (it.messages[0].1.clone(), it.messages[1].1.clone());
            it.messages[0].1 = second;
            it.messages[1].1 = first;
        }),
        ("stands where", |it| it.messages.swap(0, 1)),
        ("stands where", |it| drop(it.messages.remove(0))),
        ("the running hash after it is", |it| drop(it.messages.pop())),
        ("the running hash after it is", |it| it.messages.clear()),
        ("stands where", |it| {
            let last = it.messages[1].clone();
            it.messages.push(last);
        }),
        ("is a setup, and only message 0 may be one", |it| {
            it.messages[0].1 = ClusterMessage::Setup {
                engine: V1_0,
                owner: crate::cluster::account(0),
                deposit: 1,
                gas_price: 1,
                deposit_per_item: 1,
                deposit_per_byte: 1,
                treasury: crate::cluster::account(1),
                existential_deposit: 1,
                engine_config: Vec::new(),
                system_code: None,
            };
        }),
        // What the block gives to engines.
        ("the running hash after it is", |it| it.now_ms += 1),
        ("the running hash after it is", |it| it.entropy.0[31] ^= 1),
        ("the running hash after it is", |it| {
            it.upgrade_targets.push(EngineVersion::new(9, 9));
        }),
        ("the running hash after it is", |it| it.system_code = None),
        // Amendments.
        ("the running hash after it is", |it| it.amendments.clear()),
        ("the running hash after it is", |it| {
            it.amendments[0].remedy = Remedy::ExecuteFrom(EngineVersion::new(1, 1));
        }),
        ("the running hash after it is", |it| {
            it.amendments[0].seq -= 1
        }),
        ("an amendment of message", |it| {
            it.amendments[0].seq = it.messages[0].0;
        }),
        ("an amendment of message 18446744073709551615", |it| {
            it.amendments[0].seq = u64::MAX;
        }),
        // What it says about later ones.
        ("the block has no such message", |it| {
            let (by, seq) = (it.number + 1, it.messages[0].0 - 1);
            promise(it, by, seq, Remedy::Skip);
        }),
        ("the block has no such message", |it| {
            let (by, seq) = (it.number + 1, it.messages[1].0 + 1);
            promise(it, by, seq, Remedy::Skip);
        }),
        ("it isn't a later block", |it| {
            let (by, seq) = (it.number, it.messages[0].0);
            promise(it, by, seq, Remedy::Skip);
        }),
        ("it isn't a later block", |it| {
            let (by, seq) = (it.number - 1, it.messages[0].0);
            promise(it, by, seq, Remedy::Skip);
        }),
        ("that block wasn't there yet", |it| {
            let (by, seq) = (it.number + 1, it.messages[0].0);
            promise(it, by, seq, Remedy::Skip);
            it.read_at = it.number;
        }),
        ("that block wasn't there yet", |it| {
            let seq = it.messages[0].0;
            promise(it, u32::MAX, seq, Remedy::Skip);
            it.read_at = u32::MAX - 1;
        }),
        ("it isn't in the order of blocks", |it| {
            let seqs = [it.messages[0].0, it.messages[1].0];
            for (ahead, seq) in [2, 1].into_iter().zip(seqs) {
                let by = it.number + ahead;
                promise(it, by, seq, Remedy::Skip);
            }
        }),
        ("a block decides about a message once", |it| {
            let (by, seq) = (it.number + 1, it.messages[0].0);
            promise(it, by, seq, Remedy::ExecuteFrom(V1_1));
            promise(it, by, seq, Remedy::Skip);
        }),
        ("it was skipped before", |it| {
            let (by, seq) = (it.number + 1, it.messages[0].0);
            promise(it, by, seq, Remedy::Skip);
            promise(it, by + 1, seq, Remedy::ExecuteFrom(V1_1));
        }),
        ("there are too many", |it| {
            let seq = it.messages[0].0;
            for by in it.number + 1..=it.number + 1025 {
                promise(it, by, seq, Remedy::ExecuteFrom(V1_1));
            }
        }),
        ("it was read in the state of block", |it| it.read_at -= 1),
        ("it was read in the state of block 0", |it| it.read_at = 0),
        // The hash itself.
        ("the running hash after it is", |it| {
            it.message_hash = Hash::zero();
        }),
    ];
    for (words, lie) in lies {
        refused(&mut cluster.nodes[0], &truth, *lie, words);
    }
    cluster.history.push(truth);
    cluster.all_run();
    cluster.all_acknowledge();
    cluster.money_is_right();
    cluster.nodes[0].replays();
}

/// An empty block isn't hashed, but nothing can be slipped into it either.
#[test]
fn nothing_comes_with_an_empty_block() {
    let mut cluster = Cluster::new(vec![built(V1_0)], 1);
    cluster.all_run();
    cluster.block(Vec::new());
    let truth = cluster.history.last().expect("a block").clone();
    assert!(!truth.touched());
    let node = &mut cluster.nodes[0];
    refused(node, &truth, |it| it.cluster = 7, "it is of cluster 7");
    refused(node, &truth, |it| it.number += 1, "its number is");
    let hash: Lie = |it| it.message_hash.0[0] ^= 1;
    refused(node, &truth, hash, "the running hash after it is");
    let message: Lie = |it| {
        let from = crate::cluster::account(0);
        let dest = from.clone();
        let amount = 1_000_000_000_000;
        it.messages
            .push((2, ClusterMessage::Deposit { from, dest, amount }));
    };
    refused(node, &truth, message, "the running hash after it is");
    cluster.all_run();
    cluster.all_acknowledge();
    cluster.money_is_right();
}

/// Before the first block a worker knows no more than its cluster; after it, what came with it.
#[test]
fn the_first_block_is_checked_too() {
    let cluster = Cluster::new(vec![built(V1_0)], 1);
    let truth = cluster.history[0].clone();
    let fresh = || {
        let mut node = cluster.newcomer();
        let registry = node.worker.registry().another();
        let store = Store::open_in_memory().expect("memory");
        node.worker = Worker::new(store, registry).with_cluster(ID);
        node
    };
    let lies: &[(&str, Lie)] = &[
        ("it is of cluster 2, expected 1", |it| it.cluster = 2),
        ("it was read in the state of block", |it| it.number += 1),
        ("the running hash after it is", |it| {
            it.number += 1;
            it.read_at += 1;
        }),
        ("the running hash after it is", |it| it.now_ms += 1),
        ("message 1 stands where 0 is expected", |it| {
            it.messages[0].0 = 1;
        }),
        ("has no message", |it| it.messages.clear()),
        ("message 0 is the first one, and no setup", |it| {
            let schedule = Vec::new();
            it.messages[0].1 = ClusterMessage::UpdateSchedule { schedule };
        }),
        ("an amendment of message 0, expected one before 0", |it| {
            let remedy = Remedy::Skip;
            it.amendments.push(Amendment { seq: 0, remedy });
        }),
    ];
    let mut node = fresh();
    for (words, lie) in lies {
        refused(&mut node, &truth, *lie, words);
    }
    assert!(run(&mut node, &cluster.chain, &cluster.history).is_none());
    assert_eq!(
        Some(node.head()),
        cluster.history.last().map(|it| it.number)
    );

    // The bytes of a code are fetched by their hash, and are no more believed than the rest.
    struct OtherCode(Option<Vec<u8>>);
    impl SystemCodes for OtherCode {
        fn system_code(&self, _: &[u8; 32]) -> Result<Option<Vec<u8>>, StateError> {
            Ok(self.0.clone())
        }
    }
    let mut node = fresh();
    let blocks = [truth];
    let other = OtherCode(Some(b"another contract".to_vec()));
    let imported = node.worker.import(&blocks, Vec::new(), &other);
    let parked = imported.expect("memory").parked.expect("another code");
    named(&parked, "the system contract's code has the hash");
    let imported = node.worker.import(&blocks, Vec::new(), &OtherCode(None));
    let parked = imported.expect("memory").parked.expect("no code");
    assert!(parked.to_string().contains("can't be had"), "{parked}");
    assert_eq!(node.head(), 0);
    assert!(run(&mut node, &cluster.chain, &cluster.history).is_none());
}

/// Of several blocks those before the lie are kept, and those after it aren't looked at.
#[test]
fn what_comes_before_a_lie_is_kept() {
    let mut cluster = Cluster::new(vec![built(V1_0)], 1);
    cluster.all_run();
    let done = cluster.nodes[0].head();
    for input in 1..=3 {
        cluster.call(&[input]);
    }
    let mut blocks: Vec<_> = cluster.history.clone().split_off(done as usize);
    assert_eq!(blocks.len(), 3);
    blocks[1].now_ms += 1;
    let node = &mut cluster.nodes[0];
    let imported = node.worker.import(&blocks, Vec::new(), &Codes);
    let imported = imported.expect("memory");
    let executed: Vec<_> = imported.executed.iter().map(|it| it.number).collect();
    assert_eq!(executed, [done + 1]);
    let parked = imported.parked.expect("a lie");
    assert_eq!(parked.block, done + 2);
    named(&parked, "the running hash after it is");
    cluster.all_run();
    cluster.all_acknowledge();
    cluster.money_is_right();
}

/// A lie that is hashed anew deceives a worker that has nobody else to ask. The chain has its own
/// account, and takes nothing that is built on it.
#[test]
fn the_chain_refuses_what_was_built_on_a_lie() {
    let mut cluster = Cluster::new(vec![built(V1_0)], 3);
    cluster.all_run();
    cluster.all_acknowledge();
    let mut before = cluster.history.last().expect("a block").message_hash;
    cluster.call(&[1]);
    cluster.block(Vec::new());
    let done = cluster.nodes[0].head();
    let mut lied: Vec<_> = cluster.history.clone().split_off(done as usize);
    lied[0].now_ms += 1;
    for block in &mut lied {
        block.message_hash = block.fold(&before);
        before = block.message_hash;
    }
    let mut deceived = cluster.newcomer();
    deceived.account = cluster.nodes[0].account.clone();
    let history = &cluster.history[..done as usize];
    assert!(run(&mut deceived, &cluster.chain, history).is_none());
    let imported = deceived.worker.import(&lied, Vec::new(), &Codes);
    assert!(imported.expect("memory").parked.is_none());
    let said = acknowledgement(&deceived, &cluster.chain).expect("a checkpoint");
    assert_eq!(cluster.refused(said), "WrongHistory");
    cluster.all_run();
    cluster.all_acknowledge();
    cluster.money_is_right();
}
