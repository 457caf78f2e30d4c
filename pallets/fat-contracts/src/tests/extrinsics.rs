//! Which extrinsic queued a message.

use super::mock::*;
use crate::migrations::MigrateV1ToV2;
use frame_support::{
    traits::{Get, GetStorageVersion, OnRuntimeUpgrade, StorageVersion},
    weights::RuntimeDbWeight,
    BoundedVec,
};

/// Ends the extrinsic that is applied, as what executes a block does: the next one has the next index.
fn next_extrinsic() {
    System::note_applied_extrinsic(&Ok(().into()), Default::default());
}

/// The last bytes of a message as it is stored.
fn ends_with(seq: Seq, bytes: &[u8]) -> bool {
    let stored = Messages::<Test>::get(1, seq).expect("a message");
    stored.ends_with(bytes)
}

/// A chain in block 2 with four extrinsics: a call, something else, a batch of two calls, a call.
fn four_extrinsics() -> Chain {
    let mut chain = chain();
    chain.execute_with(|| {
        assert_ok!(call(BOB, GAS, None));
        next_extrinsic();
        assert_ok!(FatContracts::register_worker(root(), worker(1)));
        next_extrinsic();
        assert_ok!(call(ALICE, GAS, None));
        assert_ok!(call(BOB, GAS, None));
        next_extrinsic();
        assert_ok!(call(ALICE, GAS, None));
        next_extrinsic();
    });
    chain
}

#[test]
fn a_message_has_the_index_of_the_extrinsic_that_queued_it() {
    four_extrinsics().execute_with(|| {
        let of = |seq| FatContracts::message(1, seq).expect("a message").extrinsic;
        assert_eq!(
            [of(1), of(2), of(3), of(4)],
            [Some(0), Some(2), Some(2), Some(3)]
        );
        assert!(ends_with(1, &[1, 0, 0, 0, 0]) && ends_with(3, &[1, 2, 0, 0, 0]));

        let expected = [(1, 0), (2, 2), (3, 2), (4, 3)];
        let block = FatContracts::cluster_block(1).expect("a block");
        assert_eq!(block.extrinsics, expected);
        let by = |extrinsic| block.queued_by(extrinsic).collect::<Vec<_>>();
        assert_eq!(
            [by(0), by(1), by(2), by(3), by(4)],
            [vec![1], vec![], vec![2, 3], vec![4], vec![]]
        );
        next_block();
        let read = FatContracts::block_of(1, 2).expect("not pruned");
        assert_eq!(read.extrinsics, expected);
        // In the next block they are counted anew.
        next_extrinsic();
        assert_ok!(call(BOB, GAS, None));
        let block = FatContracts::cluster_block(1).expect("a block");
        assert_eq!(block.extrinsics, [(5, 1)]);
    });
}

/// FRAME's own index is 0 in the hooks of a block's beginning, and in the first extrinsic.
#[test]
fn what_a_hook_queues_has_no_extrinsic() {
    ready_chain().execute_with(|| {
        let at = 13;
        assert_ok!(FatContracts::upgrade_runtime(signed(ALICE), 1, V1_1, at));
        advance_to(at);
        assert_eq!(System::extrinsic_index(), Some(0));
        assert_ok!(call(BOB, GAS, None));
        let queued = |seq| FatContracts::message(1, seq).expect("a message");
        assert!(matches!(queued(1).message, ClusterMessage::Upgrade { .. }));
        assert_eq!((queued(1).extrinsic, queued(2).extrinsic), (None, Some(0)));
        assert!(ends_with(1, &[0]) && ends_with(2, &[1, 0, 0, 0, 0]));
        // At the end of the block nothing is applied any more.
        System::note_finished_extrinsics();
        assert_ok!(call(BOB, GAS, None));
        assert_eq!(queued(3).extrinsic, None);
        let block = FatContracts::cluster_block(1).expect("a block");
        assert_eq!(block.extrinsics, [(2, 0)]);
    });
}

/// It says where a message came from: nothing that is hashed, paid or executed depends on it.
#[test]
fn what_a_message_is_does_not_depend_on_its_extrinsic() {
    let of = |extrinsics: u32| {
        chain().execute_with(|| {
            message_takes(200, 1);
            for _ in 0..extrinsics {
                next_extrinsic();
            }
            assert_ok!(call(BOB, GAS, None));
            let queue = Queues::<Test>::get(1);
            let taken = (queue.hash, queue.block_weight, free(&BOB));
            (taken, FatContracts::message(1, 1).expect("a message"))
        })
    };
    let ((one, first), (other, third)) = (of(0), of(2));
    assert_eq!(one, other);
    assert_eq!((first.extrinsic, third.extrinsic), (Some(0), Some(2)));
    assert_eq!((first.block, first.message), (third.block, third.message));
}

/// Has a message stored as it was before the index was: without it.
fn as_before(seq: Seq) {
    Messages::<Test>::mutate(1, seq, |stored| {
        let stored = stored.as_mut().expect("a message");
        stored.truncate(stored.len() - 5);
    });
    Queues::<Test>::mutate(1, |queue| {
        queue.bytes -= 5;
        queue.block_bytes -= 5;
    });
}

#[test]
fn messages_that_were_queued_before_are_read_as_they_are() {
    let mut chain = four_extrinsics();
    chain.execute_with(|| {
        for seq in 1..=4 {
            as_before(seq);
        }
        let version = || FatContracts::on_chain_storage_version();
        StorageVersion::new(1).put::<FatContracts>();
        MigrateV1ToV2::<Test>::on_runtime_upgrade();
        assert_eq!(
            (version(), FatContracts::in_code_storage_version()),
            (StorageVersion::new(2), StorageVersion::new(2))
        );
        // Again it looks at the version, and that is all.
        let database: RuntimeDbWeight = <Test as frame_system::Config>::DbWeight::get();
        let again = MigrateV1ToV2::<Test>::on_runtime_upgrade();
        assert_eq!(again, database.reads(1));

        assert_ok!(call(BOB, GAS, None));
        let queued = |seq| FatContracts::message(1, seq).expect("a message");
        assert_eq!((queued(4).block, queued(4).extrinsic), (2, None));
        assert_eq!(queued(5).extrinsic, Some(4));
        let block = FatContracts::cluster_block(1).expect("a block");
        assert_eq!(
            (block.messages.len(), &block.extrinsics[..]),
            (5, &[(5, 4)][..])
        );
    });
}

/// Of a message that can't be read, or that isn't in its place, it is said so.
#[test]
fn what_stands_out_of_order_is_found() {
    let found = |change: fn(&mut [u8]), seq: Seq| {
        four_extrinsics().execute_with(|| {
            let kept = Messages::<Test>::get(1, seq).expect("a message");
            let mut bytes = kept.clone().into_inner();
            change(&mut bytes);
            Messages::<Test>::insert(1, seq, BoundedVec::try_from(bytes).expect("as long"));
            let found = FatContracts::do_try_state();
            Messages::<Test>::insert(1, seq, kept);
            found
        })
    };
    let other = |what| Err(DispatchError::Other(what));
    let unread = other("a message that can't be read");
    assert_eq!(found(|bytes| bytes[4] = 0xff, 2), unread);
    let extrinsic = other("a message behind one of a later extrinsic");
    assert_eq!(found(|bytes| bytes[bytes.len() - 4] = 1, 3), extrinsic);
    let block = other("a message behind one of a later block");
    assert_eq!(found(|bytes| bytes[0] = 1, 3), block);
    assert_eq!(found(|bytes| bytes[0] = 3, 4), block);
    // It can't be told from the one that it would be.
    assert_eq!(found(|bytes| bytes[bytes.len() - 4] = 3, 3), Ok(()));
}
