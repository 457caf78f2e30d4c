use super::mock::*;
use frame_support::traits::Hooks;
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
        let withdraw =
            || FatContracts::withdraw_from_cluster(signed(ALICE), 1, ALICE, ED, None, MOST);
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
        let upload = |who| {
            FatContracts::cluster_upload_resource(signed(who), 1, vec![0; 1_750], None, None, MOST)
        };
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

/// What the blocks of `chain` give to engines beside their messages.
fn input(number: BlockNumber) -> BlockInput {
    let parent = Hash::repeat_byte(number as u8);
    let entropy = sp_crypto_hashing::blake2_256(&[[0xaa; 32], parent.0].concat());
    BlockInput {
        number,
        now_ms: u64::from(number) * 1_000,
        entropy: entropy.into(),
        upgrade_targets: vec![V1_1, V2_0],
        system_code: None,
    }
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
        // The input of a block comes behind its messages, when it is over.
        let mut hash = MessageHash::zero();
        let mut of = 1;
        for seq in 0..4 {
            let QueuedMessage { block, message, .. } =
                FatContracts::message(1, seq).expect("a message");
            if block != of {
                hash = fold_input(&hash, &input(of));
                of = block;
            }
            hash = fold_message(&hash, 1, block, seq, &message);
        }
        assert_eq!(queue.hash, hash);
        next_block();
        assert_eq!(Queues::<Test>::get(1).hash, fold_input(&hash, &input(3)));
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
        let hash = Queues::<Test>::get(1).hash;
        assert_eq!(block.block_input(), input(2));
        assert_eq!(block.message_hash, fold_input(&hash, &input(2)));
        // Before its end it is read as it would be, behind it as it was.
        assert_eq!(FatContracts::block_of(1, 2), None);

        next_block();
        assert_eq!(Queues::<Test>::get(1).hash, block.message_hash);
        // The same, but for the block in whose state it was read.
        let mut read_later = block.clone();
        read_later.read_at = 3;
        assert_eq!(FatContracts::block_of(1, 2), Some(read_later));
        assert_eq!(FatContracts::block_of(1, 3), None);
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

/// A pallet that comes behind this one can't slip something into a block that is folded.
#[test]
fn a_block_that_is_over_takes_nothing() {
    chain().execute_with(|| {
        assert_ok!(call(BOB, GAS, None));
        FatContracts::on_finalize(System::block_number());
        assert_noop!(call(BOB, GAS, None), Error::<Test>::BlockOver);
        next_block();
        assert_ok!(call(BOB, GAS, None));
    });
}

/// Inputs and queue checkpoints go together: a worker finds all that it may still need, and nothing else stays.
#[test]
fn the_input_of_a_block_is_kept_as_long_as_its_mark() {
    staffed_chain().execute_with(|| {
        for _ in 0..3 {
            assert_ok!(call(BOB, GAS, None));
            next_block();
        }
        assert_eq!(FatContracts::queue_checkpoint_blocks(1, 0), [1, 3, 4, 5]);
        assert_eq!(FatContracts::queue_checkpoint_blocks(1, 3), [4, 5]);
        assert_eq!(FatContracts::queue_checkpoint_blocks(1, 2), [3, 4, 5]);
        assert!(FatContracts::queue_checkpoint_blocks(2, 0).is_empty());
        for number in 1..=4 {
            for _ in 0..3 {
                assert_ok!(ack(number, 7));
            }
        }
        // What is pruned has lost its messages; its queue checkpoint names the next one.
        assert_eq!(FatContracts::queue_checkpoint_blocks(1, 0), [5]);
        let kept: Vec<_> = BlockInputs::<Test>::iter_key_prefix(1).collect();
        assert_eq!(kept.len(), 2);
        assert!(kept.contains(&4) && kept.contains(&5));
        assert_eq!(FatContracts::block_of(1, 4), None);
        assert_eq!(FatContracts::block_of(1, 1), None);
        assert!(FatContracts::block_of(1, 5).is_some());
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
