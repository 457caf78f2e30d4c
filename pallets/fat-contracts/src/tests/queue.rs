use super::mock::*;
use parity_scale_codec::Encode;

/// 24 slots, 16 of them reserved. Setup took one.
const OPEN: u64 = 24 - 16;
const WITHDRAWALS: u64 = 24 - 8;
const OWNER: u64 = 24 - 4;

const CHEAP: Weight = Weight {
    ref_time: 1,
    proof_size: 0,
};

/// Fills the queue with Bob's calls, then asserts that not one more fits.
fn fill() {
    while Queues::<Test>::get(1).len() < OPEN {
        assert_ok!(call(BOB, CHEAP, None));
    }
    assert_noop!(call(BOB, CHEAP, None), Error::<Test>::QueueFull);
}

/// A crowd can't keep out withdrawals, these can't keep out the owner, and nobody can keep out
/// what the pallet itself has to append.
#[test]
fn the_reserve_is_given_in_tiers() {
    chain().execute_with(|| {
        fill();
        let withdraw = || FatContracts::withdraw_from_cluster(signed(BOB), 1, BOB, ED, None, MOST);
        while Queues::<Test>::get(1).len() < WITHDRAWALS {
            if withdraw().is_err() {
                // The block has its fill of withdrawals, the queue hasn't.
                next_block();
            }
        }
        next_block();
        assert_noop!(withdraw(), Error::<Test>::QueueFull);
        assert_noop!(call(BOB, CHEAP, None), Error::<Test>::QueueFull);
        while Queues::<Test>::get(1).len() < OWNER {
            assert_ok!(call(ALICE, CHEAP, None));
        }
        assert_noop!(call(ALICE, CHEAP, None), Error::<Test>::QueueFull);
        let withdraw = || FatContracts::withdraw_from_cluster(signed(ALICE), 1, ALICE, ED, None, MOST);
        assert_noop!(withdraw(), Error::<Test>::QueueFull);
    });
}

#[test]
fn a_full_queue_takes_no_money() {
    chain().execute_with(|| {
        fill();
        let deposit = || FatContracts::transfer_to_cluster(signed(BOB), 1, BOB, 1_000, MOST);
        assert_noop!(deposit(), Error::<Test>::QueueFull);
        assert_eq!(free(&BOB), RICH);
    });
}

#[test]
fn bytes_fill_a_queue_too() {
    chain().execute_with(|| {
        let upload =
            |who| FatContracts::cluster_upload_resource(signed(who), 1, vec![0; 1_750], None, None, MOST);
        // 8192 bytes, 1024 of them reserved.
        for _ in 0..3 {
            assert_ok!(upload(BOB));
        }
        assert_noop!(upload(BOB), Error::<Test>::QueueFull);
        // The owner may use three quarters of the reserve.
        assert_ok!(upload(ALICE));
        assert_noop!(upload(ALICE), Error::<Test>::QueueFull);
        let queue = Queues::<Test>::get(1);
        let stored: usize = (queue.first..queue.next)
            .map(|seq| Messages::<Test>::get(1, seq).map_or(0, |bytes| bytes.len()))
            .sum();
        assert_eq!(queue.bytes, stored as u64);
    });
}

#[test]
fn the_running_hash_commits_to_every_message() {
    chain().execute_with(|| {
        assert_ok!(call(BOB, GAS, None));
        next_block();
        assert_ok!(call(ALICE, GAS, None));
        assert_ok!(call(BOB, GAS, None));
        let queue = Queues::<Test>::get(1);
        assert_eq!((queue.first, queue.next), (0, 4));
        assert_eq!((queue.block, queue.block_first), (3, 2));
        let mut hash = MessageHash::zero();
        for seq in 0..4 {
            let QueuedMessage { block, message } =
                FatContracts::message(1, seq).expect("a message");
            hash = fold_message(&hash, 1, block, seq, &message);
        }
        assert_eq!(queue.hash, hash);
    });
}

/// Exactly what PROTOCOL says a block gives to an engine, in the block's post-state.
#[test]
fn the_input_of_a_block() {
    chain().execute_with(|| {
        assert_ok!(call(BOB, GAS, None));
        let block = FatContracts::cluster_block(1).expect("a block");
        assert_eq!((block.cluster, block.number, block.now_ms), (1, 2, 2_000));
        let parent = Hash::repeat_byte(2);
        let entropy = sp_crypto_hashing::blake2_256(&[[0xaa; 32], parent.0].concat());
        assert_eq!(block.entropy, entropy.into());
        assert_eq!(block.upgrade_targets, vec![V1_1, V2_0]);
        assert_eq!(block.system_code, None);
        assert_eq!(
            block.engines,
            vec![(V1_0, FatContracts::engine(V1_0).expect("1.0"))]
        );
        assert_eq!(block.messages.len(), 1);
        assert_eq!(block.messages[0].0, 1);
        assert_eq!(block.message_hash, Queues::<Test>::get(1).hash);

        next_block();
        let empty = FatContracts::cluster_block(1).expect("a block");
        assert_eq!(empty.messages, vec![]);
        assert_eq!(empty.message_hash, block.message_hash);
        assert_eq!(empty.number, 3);
        assert_ok!(FatContracts::set_engine_status(
            root(),
            V1_1,
            EngineStatus::Deprecated,
            false
        ));
        let later = FatContracts::cluster_block(1).expect("a block");
        assert_eq!(later.upgrade_targets, vec![V2_0]);
    });
}

#[test]
fn a_message_is_stored_as_it_is_hashed() {
    chain().execute_with(|| {
        let bytes = Messages::<Test>::get(1, 0).expect("the Setup");
        let queued = FatContracts::message(1, 0).expect("the Setup");
        assert_eq!(bytes.into_inner(), queued.encode());
        assert_eq!(FatContracts::message(1, 1), None);
    });
}
