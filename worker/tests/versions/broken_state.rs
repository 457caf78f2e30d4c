//! A worker whose state has a record that its engine doesn't know: one with a field of a later version.
//! The engine is the built file of 2.0.

use crate::{
    cluster::{run, Cluster},
    files::{built, V2_0},
};
use fat_contracts_primitives::ParkCause;
use pink_worker_core::{
    exec::ParkReason,
    store::{ChangeSet, NewBlock, Store},
};

/// What a worker has after all blocks, with one more byte behind the value of a key.
fn store_with_a_later_field(of: &Store, key: &[u8]) -> Store {
    let head = of.cursor().expect("memory").expect("blocks").number;
    let snapshot = of.snapshot().expect("memory");
    let mut state: ChangeSet = snapshot
        .iter(&[], None)
        .expect("memory")
        .map(|row| row.expect("memory"))
        .map(|(key, value)| (key.to_vec(), Some(value.to_vec())))
        .collect();
    let record = state.get_mut(key).and_then(Option::as_mut);
    record.expect("a record").push(0);
    let mut copy = Store::open_in_memory().expect("memory");
    let first = of.first_block().expect("memory").expect("blocks");
    for number in first..=head {
        let block = NewBlock {
            number,
            changes: if number == head {
                std::mem::take(&mut state)
            } else {
                ChangeSet::new()
            },
            receipts: of.receipts(number).expect("memory"),
            input: of.input(number).expect("memory").expect("an input"),
            record: of.block(number).expect("memory").expect("a block").record,
        };
        copy.commit(&block.into()).expect("memory");
    }
    copy
}

/// The cluster parks before the block with the message that comes upon the record, names its key, and
/// keeps nothing of the block.
#[test]
fn a_field_of_a_later_version_parks_by_the_name_of_its_key() {
    let mut cluster = Cluster::new(vec![built(V2_0)], 1);
    cluster.call(&[1]);
    cluster.all_run();
    let owner = crate::cluster::account(0);
    let code = cluster.nodes[0]
        .receipt(cluster.last_seq() - 1)
        .receipt
        .code_hash;
    let code = code.expect("the counter was made of code");
    let keys = [
        b"cluster".to_vec(),
        [b"account/", owner.as_ref() as &[u8]].concat(),
        [b"contract/", cluster.counter.as_ref() as &[u8]].concat(),
        [&b"codeinfo/"[..], &code].concat(),
    ];
    let seq = cluster.call(&[1]);
    let at = cluster.block_of(seq);
    for key in keys {
        let name = String::from_utf8_lossy(&key).into_owned();
        let store = store_with_a_later_field(cluster.nodes[0].worker.store(), &key);
        let mut node = cluster.newcomer_over(store);
        let parked = run(&mut node, &cluster.chain, &cluster.history);
        let parked = parked.unwrap_or_else(|| panic!("{name} is read as if nothing were"));
        assert_eq!((parked.block, parked.seq), (at, Some(seq)), "{name}");
        assert!(matches!(&*parked.reason, ParkReason::Fault { version, .. } if *version == V2_0));
        let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        let said = parked.to_string();
        assert!(
            said.contains(&format!("the state is broken at key 0x{hex}")),
            "{said}"
        );
        assert_eq!(parked.reason.cause(), Some(ParkCause::EngineFault));
        assert_eq!(node.head(), at - 1);
        assert!(node.root(at).is_none());
    }
    // As it was, it goes on.
    assert!(cluster.turn(0).is_none());
}
