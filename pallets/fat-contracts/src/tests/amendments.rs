//! What parks every worker alike, and its remedy.

use super::mock::*;

fn report(number: u8, seq: Seq, cause: ParkCause) -> sp_runtime::DispatchResult {
    let block = FatContracts::message(1, seq).map_or(99, |queued| queued.block);
    FatContracts::report_parked(signed(worker(number)), 1, block, seq, cause)
}

fn stuck_at(seq: Seq) {
    for number in 1..=3 {
        assert_ok!(report(number, seq, ParkCause::EnginePanicked));
    }
    assert!(FatContracts::is_parked(1, seq));
}

fn amend(seq: Seq, remedy: Remedy) -> sp_runtime::DispatchResult {
    FatContracts::amend(root(), 1, seq, remedy)
}

#[test]
fn a_quorum_of_equal_reports_is_heard() {
    staffed_chain().execute_with(|| {
        assert_ok!(call(BOB, GAS, None));
        next_block();
        let panicked = ParkCause::EnginePanicked;
        assert_noop!(report(9, 1, panicked), Error::<Test>::NotMember);
        assert_noop!(report(1, 2, panicked), Error::<Test>::NotWaiting);
        let elsewhere = || FatContracts::report_parked(signed(worker(1)), 1, 2, 1, panicked);
        assert_noop!(elsewhere(), Error::<Test>::NotWaiting);

        assert_ok!(report(1, 1, panicked));
        let event = Event::WorkerParked {
            cluster: 1,
            worker: worker(1),
            block: 3,
            seq: 1,
            cause: panicked,
        };
        assert_eq!(last_event(), event);
        // The same worker three times is one worker; another cause is another report.
        assert_ok!(report(1, 1, panicked));
        assert_ok!(report(1, 1, panicked));
        assert_ok!(report(2, 1, panicked));
        assert_ok!(report(3, 1, ParkCause::EngineMissing));
        assert_ok!(report(4, 0, panicked));
        assert!(!FatContracts::is_parked(1, 1));
        assert_noop!(amend(1, Remedy::Skip), Error::<Test>::NotParked);
        assert_ok!(report(4, 1, panicked));
        let event = Event::ClusterStuck {
            cluster: 1,
            seq: 1,
            cause: panicked,
        };
        assert_eq!(last_event(), event);
        assert!(FatContracts::is_parked(1, 1));
        // Who leaves takes its report along.
        assert_ok!(FatContracts::remove_worker_from_cluster(
            root(),
            1,
            worker(4)
        ));
        assert!(!FatContracts::is_parked(1, 1));
        // What is confirmed is not in anyone's way.
        for number in 1..=3 {
            assert_ok!(ack(number, 7));
        }
        assert_noop!(report(1, 0, panicked), Error::<Test>::NotWaiting);
        assert_noop!(amend(0, Remedy::Skip), Error::<Test>::NotWaiting);
    });
}

#[test]
fn an_amendment_is_part_of_the_history() {
    staffed_chain().execute_with(|| {
        assert_ok!(call(BOB, GAS, None));
        next_block();
        stuck_at(1);
        let stranger = || FatContracts::amend(signed(ALICE), 1, 1, Remedy::Skip);
        assert_noop!(stranger(), DispatchError::BadOrigin);
        let nowhere = || FatContracts::amend(root(), 2, 1, Remedy::Skip);
        assert_noop!(nowhere(), Error::<Test>::ClusterNotFound);
        assert_ok!(amend(1, Remedy::Skip));
        let before = Queues::<Test>::get(1).hash;
        assert_eq!(FatContracts::amendment(1, 1), None);
        // A skipped message stays skipped, even in the block that decides it.
        let later = Remedy::ExecuteFrom(V1_1);
        stuck_at(1);
        assert_noop!(amend(1, Remedy::Skip), Error::<Test>::AlreadySkipped);
        assert_noop!(amend(1, later), Error::<Test>::AlreadySkipped);

        next_block();
        let amendment = Amendment {
            seq: 1,
            remedy: Remedy::Skip,
        };
        let block = FatContracts::cluster_block(1).expect("a block");
        assert_eq!(block.amendments, [amendment]);
        assert_eq!(block.messages, []);
        let folded = fold_amendment(&before, 1, 5, &amendment);
        assert_eq!(Queues::<Test>::get(1).hash, folded);
        assert_eq!(
            block.message_hash,
            fold_input(&folded, &block.block_input())
        );
        // The block of the message is to be executed as it was amended, from now on.
        let amended = FatContracts::block_of(1, 3).expect("a block");
        assert_eq!(amended.amended_later, [(5, amendment)]);
        assert_eq!(amended.amendments, []);
        assert_eq!(FatContracts::amendment(1, 1), Some(Remedy::Skip));
        stuck_at(1);
        assert_noop!(amend(1, later), Error::<Test>::AlreadySkipped);
        // Its block is a checkpoint, and messages of the same block come behind it.
        assert_ok!(call(BOB, GAS, None));
        next_block();
        assert_eq!(
            FatContracts::cluster_block(1).map(|b| b.amendments),
            Some(vec![])
        );
        let mut blocks = vec![];
        while let Some(next) = FatContracts::next_to_acknowledge(1, &worker(1)) {
            blocks.push((next.cursor.block, next.last_seq));
            assert_ok!(ack(1, 7));
        }
        assert_eq!(blocks, [(1, 0), (3, 1), (5, 2)]);
    });
}

/// Money that a skipped message brought goes back; a debit that never was is never paid.
#[test]
fn skipping_gives_money_back() {
    staffed_chain().execute_with(|| {
        assert_ok!(FatContracts::transfer_to_cluster(
            signed(BOB),
            1,
            NOBODY,
            1_000,
            MOST
        ));
        assert_ok!(FatContracts::withdraw_from_cluster(
            signed(BOB),
            1,
            BOB,
            500,
            None,
            MOST
        ));
        next_block();
        stuck_at(1);
        assert_ok!(amend(1, Remedy::Skip));
        stuck_at(2);
        assert_ok!(amend(2, Remedy::Skip));
        assert_eq!(free(&BOB), RICH - 1_000);
        next_block();
        assert_eq!(free(&BOB), RICH);
        assert_eq!(Held::<Test>::get(1), 0);
        assert_eq!(Withdrawals::<Test>::get(1, 2), None);
    });
}

/// Payouts wait while workers disagree, these too: the money is due, and claimed later.
#[test]
fn a_diverged_cluster_gives_nothing_back_yet() {
    staffed_chain().execute_with(|| {
        assert_ok!(FatContracts::transfer_to_cluster(
            signed(BOB),
            1,
            BOB,
            1_000,
            MOST
        ));
        next_block();
        stuck_at(1);
        assert_ok!(amend(1, Remedy::Skip));
        for (number, byte) in [(1, 1), (2, 2)] {
            assert_ok!(ack(number, byte));
        }
        assert_ok!(ack(3, 3));
        assert_eq!(FatContracts::cluster(1).and_then(|c| c.diverged), Some(1));
        next_block();
        assert_eq!(free(&BOB), RICH - 1_000);
        let claim = || FatContracts::claim_withdrawal(signed(BOB), 1, 1);
        assert_noop!(claim(), Error::<Test>::ClusterDiverged);
        let right = StateRoot::repeat_byte(1);
        // Two that were wrong are missing at the later checkpoints too.
        while let Some(block) = FatContracts::cluster(1).and_then(|c| c.diverged) {
            assert_ok!(FatContracts::resolve_divergence(root(), 1, block, right));
        }
        assert_ok!(claim());
        assert_eq!(free(&BOB), RICH);
        assert_noop!(claim(), Error::<Test>::NothingDue);
    });
}

/// A migration that no worker can do: it is skipped, and the cluster stays where it was.
#[test]
fn an_upgrade_can_be_skipped() {
    staffed_chain().execute_with(|| {
        for number in 1..=4 {
            let hashes = vec![file_hash(V1_1)].try_into().expect("one");
            assert_ok!(FatContracts::announce_engines(
                signed(worker(number)),
                hashes
            ));
        }
        assert_ok!(FatContracts::upgrade_runtime(root(), 1, V1_1, 13));
        advance_to(14);
        for number in 1..=3 {
            assert_ok!(report(number, 1, ParkCause::UpgradeImpossible));
        }
        assert_ok!(amend(1, Remedy::Skip));
        next_block();
        let record = FatContracts::cluster(1).expect("a cluster");
        assert_eq!((record.engine, record.pending), (V1_0, None));
        assert_eq!(
            Engines::<Test>::get(V1_1).map(|engine| engine.users),
            Some(0)
        );
    });
}

/// A message that panics under 1.0 is executed by 1.1, and so is what follows.
#[test]
fn a_newer_engine_can_take_over_at_a_message() {
    staffed_chain().execute_with(|| {
        assert_ok!(call(BOB, GAS, None));
        next_block();
        stuck_at(1);
        let from = Remedy::ExecuteFrom;
        let unknown = EngineVersion::new(9, 9);
        assert_noop!(amend(1, from(unknown)), Error::<Test>::EngineNotFound);
        assert_noop!(amend(1, from(V1_0)), Error::<Test>::NotNewer);
        assert_ok!(FatContracts::set_engine_status(
            root(),
            V1_1,
            EngineStatus::Deprecated,
            false
        ));
        assert_noop!(amend(1, from(V1_1)), Error::<Test>::EngineNotActive);
        assert_ok!(FatContracts::set_engine_status(
            root(),
            V1_1,
            EngineStatus::Active,
            false
        ));
        assert_ok!(amend(1, from(V1_1)));
        next_block();
        let block = FatContracts::cluster_block(1).expect("a block");
        let known: Vec<_> = block.engines.iter().map(|(version, _)| *version).collect();
        assert_eq!(known, [V1_0, V1_1]);
        assert_eq!(
            Engines::<Test>::get(V1_1).map(|engine| engine.users),
            Some(1)
        );
        next_block();
        ack_all(&[1, 2, 3], 3, &[], V1_1);
        let record = FatContracts::cluster(1).expect("a cluster");
        assert_eq!((record.engine, record.pending), (V1_1, None));
        assert_eq!(
            Engines::<Test>::get(V1_0).map(|engine| engine.users),
            Some(0)
        );
    });
}

/// An amendment that doesn't help may be followed by another, after another quorum.
#[test]
fn a_block_has_so_many_amendments() {
    staffed_chain().execute_with(|| {
        assert_ok!(call(BOB, GAS, None));
        next_block();
        let newer = Remedy::ExecuteFrom(V1_1);
        for _ in 0..8 {
            stuck_at(1);
            assert_ok!(amend(1, newer));
            assert_noop!(amend(1, newer), Error::<Test>::NotParked);
        }
        stuck_at(1);
        assert_noop!(amend(1, newer), Error::<Test>::TooManyAmendments);
        next_block();
        let block = FatContracts::cluster_block(1).expect("a block");
        assert_eq!(block.amendments.len(), 8);
        assert_eq!(
            Engines::<Test>::get(V1_1).map(|engine| engine.users),
            Some(1)
        );
    });
}
