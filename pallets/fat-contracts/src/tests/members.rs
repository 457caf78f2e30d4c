//! Who counts when.

use super::mock::*;

fn diverged() -> Option<BlockNumber> {
    FatContracts::cluster(1).and_then(|record| record.diverged)
}

#[test]
fn the_owner_and_governance_choose_workers() {
    chain().execute_with(|| {
        admit(1);
        let add = |origin, cluster| FatContracts::add_worker_to_cluster(origin, cluster, worker(1));
        assert_noop!(add(signed(BOB), 1), Error::<Test>::NotClusterOwner);
        assert_noop!(add(RuntimeOrigin::none(), 1), DispatchError::BadOrigin);
        assert_noop!(add(signed(ALICE), 2), Error::<Test>::ClusterNotFound);
        assert_ok!(add(root(), 1));
        let event = Event::WorkerAdded {
            cluster: 1,
            worker: worker(1),
        };
        assert_eq!(last_event(), event);
        assert_noop!(add(root(), 1), Error::<Test>::WorkerIsBusy);

        let remove =
            |origin, number| FatContracts::remove_worker_from_cluster(origin, 1, worker(number));
        assert_noop!(remove(signed(BOB), 1), Error::<Test>::NotClusterOwner);
        assert_noop!(remove(signed(ALICE), 2), Error::<Test>::NotMember);
        assert_ok!(remove(signed(ALICE), 1));
        assert_eq!(
            Workers::<Test>::get(worker(1)).and_then(|w| w.cluster),
            None
        );
        assert_ok!(add(signed(ALICE), 1));
        // A worker may go by itself.
        assert_ok!(remove(signed(worker(1)), 1));
        let event = Event::WorkerRemoved {
            cluster: 1,
            worker: worker(1),
        };
        assert_eq!(last_event(), event);
        // And nobody has to take one who serves another.
        assert_ok!(FatContracts::serve_owner(signed(worker(1)), None));
        assert_noop!(add(signed(ALICE), 1), Error::<Test>::WorkerServesAnother);
    });
}

/// Who admits workers can take that back, once they work for nobody; what they said still counts.
#[test]
fn an_admission_is_taken_back() {
    staffed_chain().execute_with(|| {
        let away = |origin, number| FatContracts::unregister_worker(origin, worker(number));
        assert_noop!(away(signed(ALICE), 1), DispatchError::BadOrigin);
        assert_noop!(away(root(), 9), Error::<Test>::WorkerNotFound);
        assert_noop!(away(root(), 1), Error::<Test>::WorkerIsBusy);
        assert_ok!(call(BOB, GAS, None));
        next_block();
        assert_ok!(ack(1, 7));
        assert_ok!(FatContracts::remove_worker_from_cluster(
            root(),
            1,
            worker(1)
        ));
        assert_ok!(away(root(), 1));
        assert_eq!(
            last_event(),
            Event::WorkerUnregistered { worker: worker(1) }
        );
        assert_eq!(Workers::<Test>::get(worker(1)), None);
        let add = || FatContracts::add_worker_to_cluster(signed(ALICE), 1, worker(1));
        assert_noop!(add(), Error::<Test>::WorkerNotFound);
        // The first checkpoint is still that of four, and the one that left is among the three.
        for number in 2..=3 {
            assert_ok!(ack(number, 7));
        }
        assert!(Progress::<Test>::get(1).confirmed.block > 0);
        // It may be admitted again, and begins anew.
        assert_ok!(FatContracts::register_worker(root(), worker(1)));
        assert_noop!(add(), Error::<Test>::WorkerServesAnother);
    });
}

/// Later joiners don't count for what was before them.
#[test]
fn a_newcomer_begins_after_its_block() {
    staffed_chain().execute_with(|| {
        assert_ok!(FatContracts::remove_worker_from_cluster(
            signed(ALICE),
            1,
            worker(4)
        ));
        assert_ok!(call(BOB, GAS, None));
        join([5]);
        next_block();
        // It says what it knows of the blocks before, but doesn't count there.
        assert_eq!(checkpoint(5, 7, vec![]).block, 1);
        assert_ok!(ack(5, 7));
        assert_ok!(ack(5, 7));
        assert_eq!(FatContracts::next_to_acknowledge(1, &worker(5)), None);
        assert_ok!(call(BOB, GAS, None));
        next_block();
        assert_eq!(checkpoint(5, 7, vec![]).block, 4);
        // The first checkpoint was the four's, and one of them is gone: the quorum stays three.
        assert_ok!(ack(1, 7));
        assert_ok!(ack(2, 7));
        assert_eq!(confirmed(), 0);
        assert_ok!(ack(3, 7));
        assert_eq!(confirmed(), 1);
    });
}

/// It joined before its block's first message: the block isn't its checkpoint all the same.
#[test]
fn a_newcomer_does_not_count_for_the_rest_of_its_block() {
    staffed_chain().execute_with(|| {
        assert_ok!(FatContracts::remove_worker_from_cluster(
            signed(ALICE),
            1,
            worker(4)
        ));
        join([5]);
        assert_ok!(call(BOB, GAS, None));
        next_block();
        for number in [1, 2, 5] {
            assert_ok!(ack(number, 7));
        }
        assert_eq!(confirmed(), 0);
        assert_ok!(ack(3, 7));
        assert_eq!(confirmed(), 1);
        for number in [1, 2, 5] {
            assert_ok!(ack(number, 7));
        }
        assert_eq!(confirmed(), 1);
        // The one that left in that block counts for it still.
        assert_ok!(ack(4, 7));
        assert_ok!(ack(4, 7));
        assert_eq!(confirmed(), 3);
        assert_eq!(FatContracts::next_to_acknowledge(1, &worker(4)), None);
    });
}

/// What a worker said still counts when it is gone. Who left and stays silent is left out in the
/// end, but it takes a strict majority of those who were there.
#[test]
fn removals_do_not_lower_the_quorum() {
    staffed_chain().execute_with(|| {
        let remove = |number| {
            assert_ok!(FatContracts::remove_worker_from_cluster(
                root(),
                1,
                worker(number)
            ));
        };
        assert_ok!(ack(1, 7));
        for number in 1..=3 {
            remove(number);
        }
        assert_ok!(ack(4, 7));
        assert_eq!((confirmed(), diverged()), (0, None));
        // The last block in which they may speak, and the first in which they can't.
        advance_to(23);
        let last = checkpoint(2, 7, vec![]);
        next_block();
        assert_noop!(acknowledge(2, vec![last]), Error::<Test>::NotMember);
        advance_to(101);
        assert_ok!(ack(4, 7));
        for number in [2, 3] {
            let lapsed = Event::WorkerLapsed {
                cluster: 1,
                worker: worker(number),
            };
            assert!(events().contains(&lapsed));
        }
        assert_eq!((confirmed(), diverged()), (0, Some(1)));
        assert_ok!(FatContracts::resolve_divergence(
            root(),
            1,
            1,
            StateRoot::repeat_byte(7),
            FatContracts::now()
        ));
        assert_eq!((confirmed(), diverged()), (100, None));
    });
}

/// Silence with something to say is noted; without, it is nothing.
#[test]
fn who_is_silent_lapses_and_comes_back() {
    staffed_chain().execute_with(|| {
        for number in 1..=4 {
            assert_ok!(ack(number, 7));
        }
        // Nothing happened for a long time, and nobody could say anything.
        advance_to(90);
        assert_ok!(call(BOB, GAS, None));
        next_block();
        for number in [1, 2] {
            assert_ok!(ack(number, 8));
        }
        assert!((1..=4).all(|number| member(number).lapsed.is_none()));
        advance_to(140);
        for number in [1, 2] {
            assert_ok!(ack(number, 9));
        }
        assert!((1..=4).all(|number| member(number).lapsed.is_none()));
        // The third comes in time, the fourth is left out: three are enough for three.
        assert_ok!(ack(3, 8));
        assert_eq!(confirmed(), 90);
        assert_ok!(ack(3, 9));
        assert_eq!(confirmed(), 100);
        assert_ok!(call(BOB, GAS, None));
        advance_to(151);
        for number in [1, 2] {
            assert_ok!(ack(number, 10));
        }
        // Of four, two are never enough, however silent the others are.
        advance_to(201);
        assert_ok!(ack(1, 10));
        assert!(member(4).lapsed.is_some() && member(3).lapsed.is_some());
        assert_eq!((confirmed(), diverged()), (100, None));
        assert_eq!(FatContracts::readiness(1, V1_1), (0, 2));
        assert_ok!(ack(3, 10));
        assert_eq!(confirmed(), 140);
        assert_eq!(member(3).lapsed, None);
        // Who was left out says what it missed, and counts again.
        while FatContracts::next_to_acknowledge(1, &worker(4)).is_some() {
            assert_ok!(ack(4, 10));
        }
        assert_eq!((member(4).lapsed, member(4).diverged), (None, None));
    });
}

/// A cluster whose only worker is lost: another one, which came later, has executed the history
/// too. Governance trusts it, and nobody loses money.
#[test]
fn governance_resolves_in_favour_of_a_newcomer() {
    chain().execute_with(|| {
        join([1]);
        next_block();
        assert_ok!(ack(1, 7));
        assert_ok!(FatContracts::transfer_to_cluster(
            signed(BOB),
            1,
            BOB,
            700,
            MOST
        ));
        for _ in 0..7 {
            assert_ok!(FatContracts::withdraw_from_cluster(
                signed(BOB),
                1,
                NOBODY,
                50,
                None,
                MOST
            ));
            next_block();
        }
        join([2, 3]);
        assert_ok!(FatContracts::remove_worker_from_cluster(
            root(),
            1,
            worker(1)
        ));
        let favour = |origin, number, up_to| {
            FatContracts::resolve_in_favour(origin, 1, worker(number), up_to)
                .map(|_| ())
                .map_err(|error| error.error)
        };
        let nothing = Error::<Test>::NothingToResolve;
        assert_noop!(favour(root(), 2, 99), nothing);
        assert_noop!(favour(root(), 9, 99), Error::<Test>::NotMember);
        assert_noop!(favour(signed(ALICE), 2, 99), DispatchError::BadOrigin);
        while let Some(next) = FatContracts::next_to_acknowledge(1, &worker(2)) {
            let seq = next.last_seq;
            let outcome = WithdrawOutcome::Debited;
            let effects = vec![Effect::Withdrawn { seq, outcome }];
            assert_ok!(acknowledge(2, vec![checkpoint(2, 8, effects)]));
        }
        // The third disagrees about the first of them.
        assert_ok!(ack(3, 9));
        assert_eq!(confirmed(), 1);
        assert_ok!(favour(root(), 2, 5));
        let event = Event::ResolvedInFavour {
            cluster: 1,
            worker: worker(2),
            block: 5,
        };
        assert!(events().contains(&event));
        assert_eq!((confirmed(), free(&NOBODY)), (5, 150));
        assert_eq!(member(3).diverged, Some(3));
        assert_noop!(favour(root(), 3, 99), Error::<Test>::NotMember);
        assert_ok!(favour(root(), 2, 99));
        assert_eq!((confirmed(), free(&NOBODY)), (9, 350));
        assert_eq!(Held::<Test>::get(1), 350);
    });
}

/// Where governance names a root that nobody reported, a quorum of the members tells what the block
/// asks of the chain, or whoever governance chooses, who may have joined later: once.
#[test]
fn effects_of_a_named_root_come_later() {
    chain().execute_with(|| {
        join([1, 2]);
        next_block();
        for number in [1, 2] {
            assert_ok!(ack(number, 7));
        }
        assert_ok!(FatContracts::transfer_to_cluster(
            signed(BOB),
            1,
            BOB,
            1_000,
            MOST
        ));
        assert_ok!(FatContracts::withdraw_from_cluster(
            signed(BOB),
            1,
            NOBODY,
            300,
            None,
            MOST
        ));
        next_block();
        assert_ok!(ack(1, 9));
        let named = StateRoot::repeat_byte(42);
        assert_ok!(FatContracts::resolve_divergence(
            root(),
            1,
            3,
            named,
            FatContracts::now()
        ));
        assert_eq!((confirmed(), free(&NOBODY)), (3, 0));
        assert_eq!((member(1).diverged, member(2).diverged), (Some(3), None));
        // A newcomer begins before it, so that nothing is lost should the second never come. It may
        // tell, but it was no member; and of two members one is no majority.
        join([3]);
        let outcome = WithdrawOutcome::Debited;
        let effects = vec![Effect::Withdrawn { seq: 2, outcome }];
        let first = checkpoint(3, 42, effects.clone());
        assert_eq!(first.block, 3);
        let favour = |number, up_to| {
            FatContracts::resolve_in_favour(root(), 1, worker(number), up_to)
                .map(|_| ())
                .map_err(|error| error.error)
        };
        assert_noop!(favour(3, 3), Error::<Test>::NothingToResolve);
        assert_ok!(acknowledge(3, vec![first]));
        assert_ok!(acknowledge(2, vec![checkpoint(2, 42, effects)]));
        assert_eq!((free(&NOBODY), Held::<Test>::get(1)), (0, 1_000));
        assert_noop!(favour(3, 2), Error::<Test>::NothingToResolve);
        assert_ok!(favour(3, 3));
        assert_eq!((free(&NOBODY), Held::<Test>::get(1)), (300, 700));
        assert_eq!((member(2).diverged, member(3).diverged), (None, None));
        assert_eq!(Progress::<Test>::get(1).unheard, None);
        assert_noop!(favour(3, 3), Error::<Test>::NothingToResolve);
        let again = Event::CheckpointConfirmed {
            cluster: 1,
            block: 3,
            last_seq: 2,
            root: named,
            receipts_root: Some(Hash::zero()),
        };
        assert!(events().contains(&again));
        assert_eq!((free(&NOBODY), Held::<Test>::get(1)), (300, 700));
    });
}

/// Governance may name the root of any checkpoint that waits. It says who was wrong there, and
/// nothing of the checkpoints on the way.
#[test]
fn a_later_root_resolves_what_is_before_it() {
    staffed_chain().execute_with(|| {
        for number in 1..=4 {
            assert_ok!(ack(number, 7));
        }
        for _ in 0..3 {
            assert_ok!(call(BOB, GAS, None));
            next_block();
        }
        for (number, byte) in [(1, 10), (2, 20), (3, 30)] {
            for step in 0..3 {
                assert_ok!(ack(number, byte + step));
            }
        }
        let resolve = |block, byte| {
            FatContracts::resolve_divergence(
                root(),
                1,
                block,
                StateRoot::repeat_byte(byte),
                FatContracts::now(),
            )
            .map(|_| ())
            .map_err(|error| error.error)
        };
        assert_eq!(diverged(), Some(3));
        assert_noop!(resolve(6, 22), Error::<Test>::NothingToResolve);
        assert_ok!(resolve(5, 22));
        assert_eq!((confirmed(), diverged()), (5, None));
        for number in [1, 3] {
            assert_eq!(member(number).diverged, Some(5));
        }
        for step in 0..3 {
            assert_ok!(ack(4, 20 + step));
        }
        assert_eq!(member(4).diverged, None);
        // Two of four are no majority: governance chooses who tells the effects.
        let unheard = || {
            Progress::<Test>::get(1)
                .unheard
                .map(|(before, _)| before.block)
        };
        assert_eq!(unheard(), Some(1));
        assert_ok!(FatContracts::resolve_in_favour(root(), 1, worker(2), 4));
        assert_eq!(unheard(), Some(4));
        assert_ok!(FatContracts::resolve_in_favour(root(), 1, worker(4), 5));
        assert_eq!(unheard(), None);
        // And one call goes so far.
        advance_to(901);
        assert_noop!(resolve(900, 22), Error::<Test>::TooManyCheckpoints);
        assert_ok!(resolve(800, 22));
        assert_eq!((confirmed(), unheard()), (800, Some(5)));
    });
}

/// A newcomer that began with a snapshot of a confirmed checkpoint doesn't know the ones before.
#[test]
fn what_is_confirmed_may_be_skipped() {
    staffed_chain().execute_with(|| {
        assert_ok!(FatContracts::remove_worker_from_cluster(
            root(),
            1,
            worker(4)
        ));
        join([5]);
        for _ in 0..3 {
            assert_ok!(call(BOB, GAS, None));
            next_block();
        }
        ack_all(&[1, 2, 3, 4], 0, &[], V1_0);
        assert_eq!(confirmed(), 5);
        assert_ok!(call(BOB, GAS, None));
        next_block();
        let next = checkpoint(1, 7, vec![]);
        assert_eq!((next.block, checkpoint(5, 7, vec![]).block), (6, 1));
        assert_ok!(acknowledge(5, vec![next.clone()]));
        assert_eq!(FatContracts::next_to_acknowledge(1, &worker(5)), None);
        // What isn't confirmed is never skipped.
        assert_ok!(call(BOB, GAS, None));
        next_block();
        let mut later = checkpoint(5, 7, vec![]);
        assert_noop!(
            acknowledge(1, vec![later.clone()]),
            Error::<Test>::NotNextCheckpoint
        );
        later.block = 6;
        assert_noop!(
            acknowledge(5, vec![later]),
            Error::<Test>::NotNextCheckpoint
        );
    });
}

/// Who comes back before it has said all about its first time goes on where it was.
#[test]
fn a_worker_has_one_place() {
    staffed_chain().execute_with(|| {
        assert_ok!(ack(4, 7));
        assert_ok!(call(BOB, GAS, None));
        next_block();
        let remove = || FatContracts::remove_worker_from_cluster(root(), 1, worker(4));
        assert_ok!(remove());
        assert_ok!(call(BOB, GAS, None));
        next_block();
        assert_ok!(FatContracts::add_worker_to_cluster(root(), 1, worker(4)));
        for number in [1, 2] {
            for _ in 0..3 {
                if FatContracts::next_to_acknowledge(1, &worker(number)).is_some() {
                    assert_ok!(ack(number, 7));
                }
            }
        }
        // Block 1 has three votes by now; 3 and 4 lack one, and the fourth still is one of those.
        assert_eq!(confirmed(), 1);
        assert_eq!(checkpoint(4, 7, vec![]).block, 3);
        assert_ok!(ack(4, 7));
        assert_eq!(confirmed(), 3);
        assert_ok!(ack(4, 7));
        assert_eq!(confirmed(), 4);
    });
}

/// A slow worker doesn't lapse because nothing happened for long before.
#[test]
fn pruning_waits_for_who_had_nothing_to_say() {
    staffed_chain().execute_with(|| {
        for number in 1..=4 {
            assert_ok!(ack(number, 7));
        }
        advance_to(90);
        assert_ok!(call(BOB, GAS, None));
        next_block();
        for number in 1..=3 {
            assert_ok!(ack(number, 8));
        }
        assert_eq!(confirmed(), 90);
        // The fourth needs the message, and had a block's time for it.
        assert!(FatContracts::message(1, 1).is_some());
        assert_ok!(ack(4, 8));
        assert!(FatContracts::message(1, 1).is_none());
    });
}

/// A cluster that was made without workers: its history falls to the first that comes.
#[test]
fn the_first_worker_takes_over_what_nobody_could_confirm() {
    chain().execute_with(|| {
        assert_ok!(call(BOB, GAS, None));
        advance_to(6);
        join([1, 2]);
        next_block();
        join([3]);
        next_block();
        // Those who came first, together; the third came later.
        assert_ok!(ack(3, 7));
        for number in [1, 2] {
            assert_eq!(confirmed(), 0);
            assert_eq!(checkpoint(number, 7, vec![]).block, 1);
            assert_ok!(ack(number, 7));
            assert_ok!(ack(number, 7));
        }
        assert_eq!(confirmed(), 2);
        assert_ok!(FatContracts::remove_worker_from_cluster(
            root(),
            1,
            worker(3)
        ));

        // The same after everyone left.
        assert_ok!(call(BOB, GAS, None));
        for number in [1, 2] {
            assert_ok!(FatContracts::remove_worker_from_cluster(
                root(),
                1,
                worker(number)
            ));
        }
        next_block();
        assert_eq!(diverged(), None);
        assert_ok!(call(BOB, GAS, None));
        next_block();
        assert_eq!(confirmed(), 2);
        join([4]);
        // Block 8 was still the three's; block 9 is the newcomer's.
        assert_eq!(checkpoint(4, 7, vec![]).block, 8);
        assert_ok!(ack(4, 7));
        assert_ok!(ack(4, 7));
        assert_eq!(confirmed(), 2);
        for number in [1, 2, 3] {
            while FatContracts::next_to_acknowledge(1, &worker(number)).is_some() {
                assert_ok!(ack(number, 7));
            }
        }
        assert_eq!((confirmed(), diverged()), (9, None));
    });
}

/// What is remembered about those who left is bounded until something is confirmed.
#[test]
fn so_many_can_leave_before_something_is_confirmed() {
    chain().execute_with(|| {
        join([1]);
        next_block();
        admit(2);
        for _ in 0..4 {
            assert_ok!(FatContracts::add_worker_to_cluster(root(), 1, worker(2)));
            next_block();
            assert_ok!(FatContracts::remove_worker_from_cluster(
                root(),
                1,
                worker(2)
            ));
        }
        assert_eq!(Leavers::<Test>::get(1).len(), 4);
        assert_ok!(FatContracts::add_worker_to_cluster(root(), 1, worker(2)));
        next_block();
        let remove = || FatContracts::remove_worker_from_cluster(root(), 1, worker(2));
        assert_noop!(
            remove().map_err(|error| error.error),
            Error::<Test>::TooManyMembershipChanges
        );
        // Whoever comes and goes in one block leaves nothing behind.
        join([3]);
        assert_ok!(FatContracts::remove_worker_from_cluster(
            root(),
            1,
            worker(3)
        ));
        // Confirmation makes room: worker 1 alone was there at the beginning.
        assert_ok!(call(BOB, GAS, None));
        next_block();
        assert_ok!(ack(1, 7));
        assert_eq!(confirmed(), 1);
        assert_ok!(ack(1, 7));
        assert_ok!(ack(2, 7));
        assert_ok!(ack(2, 7));
        assert_eq!(confirmed(), 8);
        assert_ok!(call(BOB, GAS, None));
        assert_ok!(remove());
        assert_eq!(Leavers::<Test>::get(1).len(), 1);
    });
}

#[test]
fn engines_are_announced_by_workers() {
    staffed_chain().execute_with(|| {
        let announce = |who, hashes: Vec<Hash>| {
            FatContracts::announce_engines(signed(who), hashes.try_into().expect("few"))
        };
        let hash = file_hash(V1_1);
        assert_noop!(announce(BOB, vec![hash]), Error::<Test>::WorkerNotFound);
        assert_eq!(FatContracts::readiness(1, V1_1), (0, 3));
        assert_ok!(announce(worker(1), vec![hash, file_hash(V2_0)]));
        assert_eq!(last_event(), Event::EnginesAnnounced { worker: worker(1) });
        assert_eq!(FatContracts::readiness(1, V1_1), (1, 3));
        // It says what it has now, not what it had.
        assert_ok!(announce(worker(1), vec![file_hash(V2_0)]));
        assert_eq!(FatContracts::readiness(1, V1_1), (0, 3));
        assert_eq!(FatContracts::readiness(1, V2_0), (1, 3));
        assert_eq!(FatContracts::readiness(9, V2_0), (0, 1));
    });
}

/// A member that left and has said all that it had to say holds nothing up, though it could still
/// speak for a while.
#[test]
fn pruning_waits_for_no_leaver_that_is_done() {
    staffed_chain().execute_with(|| {
        ack_all(&[1, 2, 3, 4], 0, &[], V1_0);
        assert_ok!(FatContracts::remove_worker_from_cluster(
            signed(ALICE),
            1,
            worker(4)
        ));
        next_block();
        for _ in 0..2 {
            assert_ok!(call(BOB, GAS, None));
            next_block();
        }
        ack_all(&[1, 2, 3], 0, &[], V1_0);
        assert_eq!(
            Progress::<Test>::get(1).pruned,
            Progress::<Test>::get(1).confirmed
        );
    });
}
