//! Who counts when.

use super::mock::*;

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
        assert_eq!(FatContracts::next_to_acknowledge(1, &worker(5)), None);
        assert_ok!(call(BOB, GAS, None));
        next_block();
        assert_eq!(checkpoint(5, 7, vec![]).block, 4);
        assert_ok!(ack(5, 7));
    });
}

/// What a worker said still counts when it is gone, but who goes silently can make a quorum
/// impossible: removals don't lower it.
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
        remove(1);
        remove(2);
        assert_eq!(FatContracts::cluster(1).and_then(|c| c.diverged), None);
        remove(3);
        assert_eq!(FatContracts::cluster(1).and_then(|c| c.diverged), Some(1));
        assert_ok!(FatContracts::resolve_divergence(
            root(),
            1,
            1,
            StateRoot::repeat_byte(7)
        ));
        assert_eq!(confirmed(), 1);
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
        assert_eq!(FatContracts::next_to_acknowledge(1, &worker(3)), None);
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
        assert_eq!(FatContracts::cluster(1).and_then(|c| c.diverged), None);
        assert_ok!(call(BOB, GAS, None));
        next_block();
        assert_eq!(confirmed(), 2);
        join([4]);
        // Block 8 was still the three's; block 9 is the newcomer's.
        assert_eq!(checkpoint(4, 7, vec![]).block, 9);
        assert_ok!(ack(4, 7));
        let resolve = |block| {
            let diverged = FatContracts::cluster(1).and_then(|c| c.diverged);
            assert_eq!(diverged, Some(block));
            FatContracts::resolve_divergence(root(), 1, block, StateRoot::zero())
        };
        assert_ok!(resolve(8));
        assert_eq!(confirmed(), 9);
    });
}

/// What is remembered about membership is bounded until something is confirmed.
#[test]
fn membership_changes_have_a_bound() {
    chain().execute_with(|| {
        join([1]);
        next_block();
        admit(2);
        let add = || FatContracts::add_worker_to_cluster(root(), 1, worker(2));
        let remove = || FatContracts::remove_worker_from_cluster(root(), 1, worker(2));
        let full = loop {
            next_block();
            let change = if Workers::<Test>::get(worker(2))
                .and_then(|w| w.cluster)
                .is_some()
            {
                remove().map(|_| ()).map_err(|error| error.error)
            } else {
                add()
            };
            if change.is_err() {
                break change;
            }
        };
        assert_eq!(full, Err(Error::<Test>::TooManyMembershipChanges.into()));
        assert!(Progress::<Test>::get(1).epochs.len() <= 60);
        // Confirmation makes room: worker 1 alone was there at the beginning.
        assert_ok!(ack(1, 7));
        assert_eq!(confirmed(), 1);
        assert!(Progress::<Test>::get(1).epochs.len() > 50);
        assert_ok!(call(BOB, GAS, None));
        next_block();
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
