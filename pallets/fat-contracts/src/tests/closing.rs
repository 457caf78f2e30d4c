//! The end of a cluster, and what is pruned on the way.

use super::mock::*;
use parity_scale_codec::Encode;

fn destroy(sweep_to: Option<AccountId>) -> Result<(), DispatchError> {
    FatContracts::cluster_destroy(root(), 1, sweep_to)
        .map(|_| ())
        .map_err(|error| error.error)
}

fn prune(limit: u32) -> Result<(), DispatchError> {
    FatContracts::prune(signed(BOB), 1, limit)
        .map(|_| ())
        .map_err(|error| error.error)
}

#[test]
fn closing_lets_people_take_out_what_is_theirs() {
    staffed_chain().execute_with(|| {
        assert_ok!(FatContracts::transfer_to_cluster(
            signed(BOB),
            1,
            BOB,
            500,
            MOST
        ));
        assert_ok!(FatContracts::update_prices(signed(ALICE), 1, 1, 1, 1));
        let stranger = || FatContracts::cluster_destroy(signed(ALICE), 1, None);
        assert_noop!(stranger().map_err(|e| e.error), DispatchError::BadOrigin);
        let nowhere = || FatContracts::cluster_destroy(root(), 2, None);
        assert_noop!(
            nowhere().map_err(|e| e.error),
            Error::<Test>::ClusterNotFound
        );
        // Money can't be swept in the first step.
        assert_noop!(destroy(Some(ALICE)), Error::<Test>::ClosingPeriodNotOver);
        assert_ok!(destroy(None));
        assert_eq!(last_event(), Event::ClusterClosing { cluster: 1 });
        assert!(!PendingPrices::<Test>::contains_key(1));
        assert_noop!(call(BOB, GAS, None), Error::<Test>::ClusterClosing);
        let deposit = || FatContracts::transfer_to_cluster(signed(BOB), 1, BOB, 500, MOST);
        assert_noop!(deposit(), Error::<Test>::ClusterClosing);
        let upgrade = || FatContracts::upgrade_runtime(root(), 1, V1_1, 50);
        assert_noop!(
            upgrade().map_err(|e| e.error),
            Error::<Test>::ClusterClosing
        );
        assert_ok!(FatContracts::withdraw_from_cluster(
            signed(BOB),
            1,
            BOB,
            500,
            None,
            MOST
        ));
        next_block();
        assert_noop!(destroy(None), Error::<Test>::ClusterNotEmpty);
        let debited = Effect::Withdrawn {
            seq: 2,
            outcome: WithdrawOutcome::Debited,
        };
        ack_all(&[1, 2, 3], 3, &[debited], V1_0);
        assert_eq!(free(&BOB), RICH);
        let alice = free(&ALICE);
        assert_ok!(destroy(None));
        let event = Event::ClusterDestroyed {
            cluster: 1,
            seq: 3,
            dest: ALICE,
            amount: ED,
        };
        assert_eq!(last_event(), event);
        // The owner has the escrow's deposit back, the workers are free, the engine is unused.
        assert_eq!(free(&ALICE), alice + ED);
        assert_eq!(free(&FatContracts::escrow_account(1)), 0);
        assert_eq!(
            Workers::<Test>::get(worker(1)).and_then(|w| w.cluster),
            None
        );
        assert_eq!(
            Engines::<Test>::get(V1_0).map(|engine| engine.users),
            Some(0)
        );
        // Workers see the last message in its block.
        let block = FatContracts::cluster_block(1).expect("a block");
        assert_eq!(
            block.messages,
            [(3, ClusterMessage::Destroy { sweep_to: None })]
        );
        assert_noop!(destroy(None), Error::<Test>::ClusterClosing);
        let withdraw = || FatContracts::withdraw_from_cluster(signed(BOB), 1, BOB, 500, None, MOST);
        assert_noop!(withdraw(), Error::<Test>::ClusterClosing);
        let join = || FatContracts::add_worker_to_cluster(root(), 1, worker(1));
        assert_noop!(join(), Error::<Test>::ClusterClosing);

        assert_noop!(prune(100), Error::<Test>::NothingToPrune);
        advance_to(System::block_number() + 51);
        while FatContracts::cluster(1).is_some() {
            assert_ok!(prune(1));
            assert_ok!(FatContracts::do_try_state());
        }
        assert_noop!(prune(1), Error::<Test>::ClusterNotFound);
        // Nothing is left behind.
        assert_eq!(Messages::<Test>::iter().count(), 0);
        assert_eq!(QueueCheckpoints::<Test>::iter().count(), 0);
        assert_eq!(Confirmations::<Test>::iter().count(), 0);
        assert!(!Queues::<Test>::contains_key(1) && !Progress::<Test>::contains_key(1));
        // And ids are never used twice.
        assert_ok!(add_cluster(ALICE, Permission::Public, vec![], 0));
        assert!(FatContracts::cluster(2).is_some());
    });
}

#[test]
fn what_nobody_took_can_be_swept_in_the_end() {
    staffed_chain().execute_with(|| {
        assert_ok!(FatContracts::transfer_to_cluster(
            signed(BOB),
            1,
            BOB,
            500,
            MOST
        ));
        assert_ok!(destroy(None));
        advance_to(22);
        assert_noop!(destroy(Some(TREASURY)), Error::<Test>::ClosingPeriodNotOver);
        next_block();
        let issued = Balances::total_issuance();
        assert_ok!(destroy(Some(TREASURY)));
        assert_eq!(free(&TREASURY), RICH + 500 + ED);
        assert_eq!(Balances::total_issuance(), issued);
        assert_eq!(Held::<Test>::get(1), 0);
    });
}

#[test]
fn a_scheduled_move_is_dropped_by_closing() {
    staffed_chain().execute_with(|| {
        for number in 1..=4 {
            let hashes = vec![file_hash(V1_1)].try_into().expect("one");
            assert_ok!(FatContracts::announce_engines(
                signed(worker(number)),
                hashes
            ));
        }
        assert_ok!(FatContracts::upgrade_runtime(root(), 1, V1_1, 13));
        assert_ok!(destroy(None));
        let dropped = Event::UpgradeDropped {
            cluster: 1,
            to: V1_1,
            reason: DropReason::Closing,
        };
        assert!(events().contains(&dropped));
        assert!(!UpgradesAt::<Test>::contains_key(13));
    });
}

/// Nothing is pruned that a live worker still needs, or that isn't confirmed.
#[test]
fn history_is_pruned_behind_the_slowest_live_worker() {
    staffed_chain().execute_with(|| {
        for _ in 0..4 {
            assert_ok!(call(BOB, GAS, None));
            next_block();
        }
        let kept = || Queues::<Test>::get(1).first;
        assert_noop!(prune(10), Error::<Test>::NothingToPrune);
        ack_all(&[1, 2, 3], 0, &[], V1_0);
        assert_eq!(confirmed(), 6);
        // The fourth is live: it joined not long ago.
        assert_eq!(kept(), 0);
        assert_ok!(ack(4, 7));
        assert_eq!(kept(), 1);
        assert_noop!(prune(10), Error::<Test>::NothingToPrune);
        assert_eq!(FatContracts::message(1, 0), None);
        // Silence for longer than the period: it is waited for no more.
        advance_to(56);
        assert_noop!(prune(10), Error::<Test>::NothingToPrune);
        advance_to(60);
        assert_ok!(prune(2));
        assert_eq!(kept(), 2);
        assert_ok!(prune(10));
        assert_eq!(kept(), 5);
        assert_eq!(Queues::<Test>::get(1).bytes, 0);
        assert_noop!(prune(10), Error::<Test>::NothingToPrune);
        // When it comes back, it begins behind what was pruned.
        assert_eq!(FatContracts::next_to_acknowledge(1, &worker(4)), None);
        assert_ok!(call(BOB, GAS, None));
        next_block();
        assert_eq!(checkpoint(4, 7, vec![]).block, 60);
        assert_ok!(ack(4, 7));
    });
}

/// What everybody acknowledged is pruned, but what was confirmed of the last checkpoint stays on record: the
/// hash of the tuple that everybody said. Who comes later has nothing else to hold a snapshot to.
#[test]
fn a_newcomer_finds_what_was_confirmed_last() {
    staffed_chain().execute_with(|| {
        for _ in 0..2 {
            assert_ok!(call(BOB, GAS, None));
            next_block();
        }
        assert_eq!(FatContracts::confirmed_block(1), None);
        let mut said = Vec::new();
        while let Some(next) = FatContracts::next_to_acknowledge(1, &worker(1)) {
            let tuple = checkpoint(1, 7, vec![]);
            assert_eq!(tuple.block, next.cursor.block);
            said.push(tuple.clone());
            for number in 1..=4 {
                assert_ok!(acknowledge(number, vec![tuple.clone()]));
            }
        }
        let last = said.last().expect("a call");
        assert_eq!(said.len(), 3);
        assert_eq!(Progress::<Test>::get(1).pruned.block, last.block);
        assert_eq!(FatContracts::confirmed_block(1), Some(last.block));
        let hash = sp_crypto_hashing::blake2_256(&last.encode());
        let known = FatContracts::confirmation(1, last.block);
        assert_eq!(known, Some(Confirmation::Tuple(hash.into())));
        assert_eq!(Confirmations::<Test>::iter().count(), 1);
        assert_ok!(FatContracts::do_try_state());
    });
}

/// Of a block with many messages some go first: from then on it isn't one that can be read.
#[test]
fn a_block_that_is_pruned_in_part_is_none_to_read() {
    staffed_chain().execute_with(|| {
        for _ in 0..4 {
            assert_ok!(call(
                BOB,
                Weight {
                    ref_time: 1,
                    proof_size: 1
                },
                None
            ));
        }
        next_block();
        assert_ok!(call(
            BOB,
            Weight {
                ref_time: 1,
                proof_size: 1
            },
            None
        ));
        next_block();
        ack_all(&[1, 2, 3], 0, &[], V1_0);
        advance_to(60);
        let (first, second) = (confirmed() - 1, confirmed());
        let readable = || {
            let marked = FatContracts::queue_checkpoint_blocks(1, first - 1);
            let read = |block: &BlockNumber| FatContracts::block_of(1, *block).is_some();
            assert!(marked.iter().all(read), "{marked:?}");
            marked
        };
        assert_eq!(readable(), [first, second]);
        // The setup's block is one message and a mark; then two of four messages.
        assert_ok!(prune(4));
        assert!(Queues::<Test>::get(1).first > 1);
        assert!(Progress::<Test>::get(1).pruned.block < first);
        assert_eq!(readable(), [second]);
        assert_ok!(prune(6));
        assert_eq!(readable(), [0; 0]);
    });
}

/// A million blocks of calls would fit: the queue is empty again whenever workers caught up.
#[test]
fn a_queue_never_fills_while_workers_keep_up() {
    staffed_chain().execute_with(|| {
        for _ in 0..300 {
            assert_ok!(call(BOB, GAS, None));
            next_block();
            ack_all(&[1, 2, 3, 4], 0, &[], V1_0);
        }
        let queue = Queues::<Test>::get(1);
        assert_eq!(queue.next, 301);
        assert_eq!((queue.len(), queue.bytes), (0, 0));
        assert!(QueueCheckpoints::<Test>::iter().count() <= 1);
        assert_eq!(Tallies::<Test>::iter().count(), 0);
        // That of the last one, which newcomers begin with.
        assert_eq!(Confirmations::<Test>::iter().count(), 1);
        assert_eq!(Refunds::<Test>::iter().count(), 0);
        assert_eq!(Leavers::<Test>::iter().count(), 0);
    });
}

/// Workers read finalized states, so they come to the last message later than it was ordered.
#[test]
fn the_last_message_can_be_read_for_a_while() {
    staffed_chain().execute_with(|| {
        for number in 1..=4 {
            assert_ok!(ack(number, 7));
        }
        assert_ok!(destroy(None));
        assert_ok!(destroy(None));
        // As long as a worker has to be heard: 50 blocks.
        for _ in 0..50 {
            next_block();
            let early = FatContracts::prune(signed(NOBODY), 1, 100).map_err(|error| error.error);
            assert_eq!(early.err(), Some(Error::<Test>::NothingToPrune.into()));
        }
        let last = FatContracts::block_of(1, 3).expect("the block of Destroy");
        assert_eq!(
            last.messages,
            [(1, ClusterMessage::Destroy { sweep_to: None })]
        );
        next_block();
        assert_ok!(prune(100));
    });
}

/// A deposit that came before the setup was confirmed is noted, should the setup fail; what is noted
/// goes when the message does.
#[test]
fn what_is_noted_of_a_deposit_goes_with_it() {
    staffed_chain().execute_with(|| {
        assert_ok!(FatContracts::transfer_to_cluster(
            signed(BOB),
            1,
            BOB,
            1_000,
            MOST
        ));
        assert!(Refunds::<Test>::contains_key(1, 1));
        next_block();
        ack_all(&[1, 2, 3, 4], 0, &[], V1_0);
        assert!(Queues::<Test>::get(1).first > 1);
        assert_eq!(Refunds::<Test>::iter().count(), 0);
    });
}
