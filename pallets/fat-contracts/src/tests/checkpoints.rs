//! Acknowledgements: order, agreement, disagreement.

use super::mock::*;

#[test]
fn a_quorum_confirms_in_order() {
    staffed_chain().execute_with(|| {
        assert_ok!(call(BOB, GAS, None));
        next_block();
        // Block 1 has the Setup, block 3 the call.
        for number in [1, 2] {
            let first = checkpoint(number, 7, vec![]);
            assert_eq!((first.block, first.last_seq), (1, 0));
            assert_ok!(acknowledge(number, vec![first]));
            let second = checkpoint(number, 8, vec![]);
            assert_eq!((second.block, second.last_seq), (3, 1));
            assert_ok!(acknowledge(number, vec![second]));
            assert_eq!(FatContracts::next_to_acknowledge(1, &worker(number)), None);
        }
        assert_eq!(confirmed(), 0);
        assert_ok!(ack(4, 7));
        assert_eq!(confirmed(), 1);
        let event = Event::CheckpointConfirmed {
            cluster: 1,
            block: 1,
            last_seq: 0,
            root: StateRoot::repeat_byte(7),
            receipts_root: Some(Hash::zero()),
        };
        assert_eq!(last_event(), event);
        assert_ok!(ack(4, 8));
        assert_eq!(confirmed(), 3);
        // Who comes late says the same, and nothing happens.
        assert_ok!(ack(3, 7));
        assert_ok!(ack(3, 8));
        assert_eq!(confirmed(), 3);
        assert_eq!(member(3).diverged, None);
    });
}

#[test]
fn several_checkpoints_travel_together_and_are_free() {
    staffed_chain().execute_with(|| {
        assert_ok!(call(BOB, GAS, None));
        next_block();
        let first = checkpoint(1, 7, vec![]);
        let mut second = first.clone();
        second.block = 3;
        second.last_seq = 1;
        second.message_hash = Queues::<Test>::get(1).hash;
        let both = || vec![first.clone(), second.clone()];
        let taken = FatContracts::acknowledge(signed(worker(1)), 1, both()).expect("taken");
        assert_eq!(taken.pays_fee, frame_support::dispatch::Pays::No);
        assert!(taken.actual_weight.is_some());
        // The same again is refused, pays, and changes nothing.
        assert_noop!(acknowledge(1, both()), Error::<Test>::NotNextCheckpoint);
        // Of a list, all or nothing is taken.
        let gap = || vec![first.clone(), first.clone()];
        assert_noop!(acknowledge(2, gap()), Error::<Test>::NotNextCheckpoint);
        assert_noop!(acknowledge(2, vec![]), Error::<Test>::TooManyCheckpoints);
        let many = || vec![first.clone(); 9];
        assert_noop!(acknowledge(2, many()), Error::<Test>::TooManyCheckpoints);
    });
}

#[test]
fn what_is_no_acknowledgement() {
    staffed_chain().execute_with(|| {
        assert_ok!(call(BOB, GAS, None));
        let good = checkpoint(1, 7, vec![]);
        let with = |change: &dyn Fn(&mut Checkpoint)| {
            let mut bad = good.clone();
            change(&mut bad);
            acknowledge(1, vec![bad])
        };
        let there = Error::<Test>::CheckpointNotThere;
        assert_noop!(with(&|c| c.block = 3), there);
        assert_noop!(with(&|c| c.block = 99), Error::<Test>::CheckpointNotThere);
        assert_noop!(with(&|c| c.block = 2), Error::<Test>::NotNextCheckpoint);
        assert_noop!(with(&|c| c.last_seq = 1), Error::<Test>::WrongHistory);
        let other = Hash::repeat_byte(1);
        assert_noop!(
            with(&|c| c.message_hash = other),
            Error::<Test>::WrongHistory
        );
        let failed = |seq| Effect::UpgradeFailed { seq };
        let many = vec![failed(0); 11];
        assert_noop!(
            with(&|c| c.effects = many.clone()),
            Error::<Test>::TooManyEffects
        );
        let elsewhere = vec![failed(1)];
        let impossible = Error::<Test>::ImpossibleEffect;
        assert_noop!(with(&|c| c.effects = elsewhere.clone()), impossible);
        assert_noop!(
            FatContracts::acknowledge(signed(BOB), 1, vec![good.clone()]),
            Error::<Test>::NotMember
        );
        assert_noop!(
            FatContracts::acknowledge(signed(worker(1)), 2, vec![good.clone()]),
            Error::<Test>::NotMember
        );
        assert_noop!(
            FatContracts::acknowledge(root(), 1, vec![good.clone()]),
            DispatchError::BadOrigin
        );
        assert_ok!(acknowledge(1, vec![good.clone()]));
    });
}

/// Nothing passes silently: the second opinion is an event, the minority is marked and left out.
#[test]
fn a_false_root_marks_its_worker() {
    staffed_chain().execute_with(|| {
        assert_ok!(ack(1, 7));
        assert_ok!(ack(2, 99));
        let event = Event::StateDiverged {
            cluster: 1,
            block: 1,
            worker: worker(2),
            root: StateRoot::repeat_byte(99),
        };
        assert_eq!(last_event(), event);
        assert_ok!(ack(3, 7));
        assert_eq!(confirmed(), 0);
        assert_ok!(ack(4, 7));
        assert_eq!(confirmed(), 1);
        let marked = Event::WorkerDiverged {
            cluster: 1,
            block: 1,
            worker: worker(2),
        };
        assert!(events().contains(&marked));
        assert_eq!(member(2).diverged, Some(1));
        assert_eq!(FatContracts::next_to_acknowledge(1, &worker(2)), None);

        assert_ok!(call(BOB, GAS, None));
        next_block();
        let next = checkpoint(1, 7, vec![]);
        assert_noop!(acknowledge(2, vec![next]), Error::<Test>::WorkerDiverged);
        // It was a member until this block: the quorum of block 3 is still three of four.
        assert_ok!(ack(1, 8));
        assert_ok!(ack(3, 8));
        assert_eq!(confirmed(), 1);
        assert_ok!(ack(4, 8));
        assert_eq!(confirmed(), 3);
        // From the next one on it is three of three.
        assert_ok!(call(BOB, GAS, None));
        next_block();
        for number in [1, 3] {
            assert_ok!(ack(number, 9));
        }
        assert_eq!(confirmed(), 3);
        assert_ok!(ack(4, 9));
        assert_eq!(confirmed(), 4);
    });
}

/// A worker that comes late with another root is marked all the same.
#[test]
fn a_false_root_after_the_fact_marks_its_worker() {
    staffed_chain().execute_with(|| {
        for number in [1, 2, 3] {
            assert_ok!(ack(number, 7));
        }
        assert_eq!(confirmed(), 1);
        assert_ok!(ack(4, 99));
        assert_eq!(member(4).diverged, Some(1));
        assert!(events()
            .iter()
            .any(|event| matches!(event, Event::StateDiverged { .. })));
    });
}

/// Equality is of the whole tuple: the same root with other effects isn't the same.
#[test]
fn effects_are_part_of_what_is_compared() {
    staffed_chain().execute_with(|| {
        assert_ok!(ack(1, 7));
        assert_ok!(ack(2, 7));
        let failed = vec![Effect::UpgradeFailed { seq: 0 }];
        assert_ok!(acknowledge(3, vec![checkpoint(3, 7, failed)]));
        assert_eq!(confirmed(), 0);
        assert_ok!(ack(4, 7));
        assert_eq!(confirmed(), 1);
        assert_eq!(member(3).diverged, Some(1));
    });
}

/// Two against two: nobody can be right, so everything that moves money or versions waits.
#[test]
fn without_a_possible_quorum_governance_decides() {
    staffed_chain().execute_with(|| {
        assert_ok!(ack(1, 7));
        assert_ok!(ack(2, 99));
        assert_ok!(ack(3, 7));
        assert_eq!(FatContracts::cluster(1).and_then(|c| c.diverged), None);
        assert_ok!(ack(4, 99));
        let diverged = FatContracts::cluster(1).and_then(|c| c.diverged);
        assert_eq!(diverged, Some(1));
        let event = Event::ClusterDiverged {
            cluster: 1,
            block: 1,
        };
        assert_eq!(last_event(), event);
        assert_noop!(
            FatContracts::upgrade_runtime(signed(ALICE), 1, V1_1, 50),
            Error::<Test>::ClusterDiverged
        );
        let claim = || FatContracts::claim_withdrawal(signed(BOB), 1, 0);
        assert_noop!(claim(), Error::<Test>::ClusterDiverged);

        let right = StateRoot::repeat_byte(7);
        let resolve = |origin, cluster, block| {
            FatContracts::resolve_divergence(origin, cluster, block, right, FatContracts::now())
        };
        assert_noop!(resolve(signed(ALICE), 1, 1), DispatchError::BadOrigin);
        assert_noop!(resolve(root(), 1, 2), Error::<Test>::NothingToResolve);
        assert_noop!(resolve(root(), 2, 1), Error::<Test>::ClusterNotFound);
        assert_ok!(resolve(root(), 1, 1));
        assert_eq!(FatContracts::cluster(1).and_then(|c| c.diverged), None);
        assert_eq!(confirmed(), 1);
        assert_eq!((member(1).diverged, member(2).diverged), (None, Some(1)));
        assert_eq!(member(4).diverged, Some(1));
        assert_noop!(resolve(root(), 1, 1), Error::<Test>::NothingToResolve);
    });
}

/// All were wrong: governance names a root that nobody reported. Nobody is right then.
#[test]
fn governance_may_know_better_than_everyone() {
    staffed_chain().execute_with(|| {
        for (number, byte) in [(1, 7), (2, 8), (3, 9)] {
            assert_ok!(ack(number, byte));
        }
        assert_eq!(FatContracts::cluster(1).and_then(|c| c.diverged), Some(1));
        let right = StateRoot::repeat_byte(42);
        assert_ok!(FatContracts::resolve_divergence(
            root(),
            1,
            1,
            right,
            FatContracts::now()
        ));
        assert_eq!(confirmed(), 1);
        for number in 1..=3 {
            assert_eq!(member(number).diverged, Some(1));
        }
        // The fourth has said nothing yet: its word is held against governance's.
        assert_ok!(ack(4, 42));
        assert_eq!(member(4).diverged, None);
    });
}

#[test]
fn every_interval_is_a_checkpoint_without_messages() {
    staffed_chain().execute_with(|| {
        for number in 1..=4 {
            assert_ok!(ack(number, 7));
        }
        advance_to(100);
        assert_eq!(FatContracts::next_to_acknowledge(1, &worker(1)), None);
        advance_to(101);
        let next = checkpoint(1, 7, vec![]);
        assert_eq!((next.block, next.last_seq), (100, 0));
        // Nothing happened in it, so it can have no effect.
        let withdrawn = vec![Effect::Withdrawn {
            seq: 0,
            outcome: WithdrawOutcome::Debited,
        }];
        let mut bad = next.clone();
        bad.effects = withdrawn;
        assert_noop!(acknowledge(1, vec![bad]), Error::<Test>::ImpossibleEffect);
        advance_to(250);
        assert_ok!(call(BOB, GAS, None));
        advance_to(350);
        let mut blocks = vec![];
        while let Some(next) = FatContracts::next_to_acknowledge(1, &worker(1)) {
            blocks.push(next.cursor.block);
            assert_ok!(ack(1, 7));
        }
        assert_eq!(blocks, [100, 200, 250, 300]);
    });
}

/// What a worker reported ahead doesn't count once it is found to be wrong, not even after it
/// was taken out.
#[test]
fn reports_ahead_are_struck() {
    staffed_chain().execute_with(|| {
        assert_ok!(call(BOB, GAS, None));
        next_block();
        // The second worker is wrong at block 1, and says at block 3 what the others say.
        assert_ok!(ack(2, 99));
        assert_ok!(ack(2, 8));
        for number in [1, 3, 4] {
            assert_ok!(ack(number, 7));
        }
        assert_eq!((confirmed(), member(2).diverged), (1, Some(1)));
        assert_ok!(FatContracts::remove_worker_from_cluster(
            root(),
            1,
            worker(2)
        ));
        assert_ok!(ack(1, 8));
        assert_ok!(ack(3, 8));
        assert_eq!(confirmed(), 1);
        assert_ok!(ack(4, 8));
        assert_eq!(confirmed(), 3);
    });
}

/// What is charged in the end is never more than what was declared, and isn't nothing.
#[test]
fn actual_weights_are_within_the_declared() {
    use frame_support::dispatch::GetDispatchInfo;
    staffed_chain().execute_with(|| {
        for number in 1..=4 {
            let checkpoints = vec![checkpoint(number, 7, vec![])];
            let call = crate::Call::<Test>::acknowledge {
                cluster: 1,
                checkpoints: checkpoints.clone(),
            };
            let declared = call.get_dispatch_info().call_weight;
            let taken = FatContracts::acknowledge(signed(worker(number)), 1, checkpoints);
            let actual = taken
                .ok()
                .and_then(|info| info.actual_weight)
                .expect("a weight");
            assert!(actual.all_lt(declared), "{actual:?} of {declared:?}");
            assert!(actual.ref_time() > 0 && actual.proof_size() > 0);
        }
    });
}
