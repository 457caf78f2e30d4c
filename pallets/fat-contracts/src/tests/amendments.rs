//! What parks every worker alike, and its remedy.

use super::mock::*;
use frame_support::BoundedVec;

fn stuck_at(seq: Seq) {
    for number in 1..=3 {
        assert_ok!(report_parked(number, seq, ParkCause::EnginePanicked));
    }
    assert!(FatContracts::is_parked(1, seq));
}

#[test]
fn a_quorum_of_equal_reports_is_heard() {
    staffed_chain().execute_with(|| {
        assert_ok!(call(BOB, GAS, None));
        next_block();
        let panicked = ParkCause::EnginePanicked;
        assert_noop!(report_parked(9, 1, panicked), Error::<Test>::NotMember);
        assert_noop!(report_parked(1, 2, panicked), Error::<Test>::NotWaiting);
        let elsewhere = || {
            FatContracts::report_parked(signed(worker(1)), 1, 2, 1, panicked, FatContracts::now())
        };
        assert_noop!(elsewhere(), Error::<Test>::NotWaiting);

        assert_ok!(report_parked(1, 1, panicked));
        let event = Event::WorkerParked {
            cluster: 1,
            worker: worker(1),
            block: 3,
            seq: 1,
            cause: panicked,
        };
        assert_eq!(last_event(), event);
        // The same worker three times is one worker; another cause is another report.
        assert_ok!(report_parked(1, 1, panicked));
        assert_ok!(report_parked(1, 1, panicked));
        assert_ok!(report_parked(2, 1, panicked));
        assert_ok!(report_parked(3, 1, ParkCause::EngineMissing));
        assert_ok!(report_parked(4, 0, panicked));
        assert!(!FatContracts::is_parked(1, 1));
        assert_noop!(amend(1, Remedy::Skip), Error::<Test>::NotParked);
        assert_ok!(report_parked(4, 1, panicked));
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
        assert_noop!(report_parked(1, 0, panicked), Error::<Test>::NotWaiting);
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
        let again = FatContracts::block_of(1, 3).expect("a block");
        assert_eq!(again.amended_later, [(5, amendment)]);
        assert_eq!(again.amendments, []);
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
            let effects = match next.cursor.block {
                3 => vec![amended(1)],
                _ => vec![],
            };
            assert_ok!(acknowledge(1, vec![checkpoint(1, 7, effects)]));
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
        assert_eq!(free(&BOB), RICH - 1_000);
        next_block();
        assert_eq!(free(&BOB), RICH);
        stuck_at(2);
        assert_ok!(amend(2, Remedy::Skip));
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
            assert_ok!(FatContracts::resolve_divergence(
                root(),
                1,
                block,
                right,
                FatContracts::now()
            ));
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
            assert_ok!(report_parked(number, 1, ParkCause::UpgradeImpossible));
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
        ack_all(&[1, 2, 3], 3, &[amended(1)], V1_1);
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
        stuck_at(1);
        assert_ok!(amend(1, newer));
        assert_noop!(amend(1, newer), Error::<Test>::AmendmentPending);
        assert_noop!(amend(1, Remedy::Skip), Error::<Test>::AmendmentPending);
        next_block();
        assert_noop!(amend(1, newer), Error::<Test>::NotParked);
        assert_eq!((users(V1_1), users(V2_0)), (1, 0));
        stuck_at(1);
        // Other clusters' amendments fill the block.
        let skip = Amendment {
            seq: 0,
            remedy: Remedy::Skip,
        };
        let others: Vec<_> = (10..18).map(|cluster| (cluster, skip)).collect();
        StagedAmendments::<Test>::put(BoundedVec::truncate_from(others));
        assert_noop!(
            amend(1, Remedy::ExecuteFrom(V2_0)),
            Error::<Test>::TooManyAmendments
        );
        next_block();
        assert_ok!(amend(1, Remedy::ExecuteFrom(V2_0)));
        next_block();
        assert_eq!((users(V1_1), users(V2_0)), (0, 1));
        let (messages, amendments) = (1, 2);
        let amended = AmendedBlock {
            messages,
            amendments,
        };
        assert_eq!(AmendedMessages::<Test>::get(1, 3), amended);
    });
}

/// Who executes a block is told of all amendments of its messages at once, and a worker takes 1,024: more
/// are `Disorder`, which names no message and so can't be amended. So the chain orders no more, of the
/// same message or of others; and what was staged beside the last one is dropped.
#[test]
fn the_messages_of_a_block_are_amended_so_often() {
    staffed_chain().execute_with(|| {
        for _ in 1..=4 {
            assert_ok!(call(BOB, GAS, None));
        }
        next_block();
        let block = FatContracts::message(1, 1).expect("a call").block;
        let counted = || {
            let amended = AmendedMessages::<Test>::get(1, block);
            (amended.messages, amended.amendments)
        };
        // In vain, then again: both count.
        stuck_at(1);
        assert_ok!(amend(1, Remedy::ExecuteFrom(V1_1)));
        next_block();
        stuck_at(1);
        assert_ok!(amend(1, Remedy::Skip));
        next_block();
        assert_eq!(counted(), (1, 2));
        let told = FatContracts::block_of(1, block).expect("a block");
        assert_eq!(told.amended_later.len(), 2);

        // At the bound: the last one.
        AmendedMessages::<Test>::mutate(1, block, |amended| amended.amendments = 1_023);
        stuck_at(2);
        assert_ok!(amend(2, Remedy::Skip));
        next_block();
        assert_eq!(FatContracts::amendment(1, 2), Some(Remedy::Skip));
        assert_eq!(counted(), (2, 1_024));

        // Beyond it.
        stuck_at(3);
        let full = Error::<Test>::TooManyAmendmentsOfBlock;
        assert_noop!(amend(3, Remedy::Skip), full);
        let skip = Amendment {
            seq: 3,
            remedy: Remedy::Skip,
        };
        StagedAmendments::<Test>::put(BoundedVec::truncate_from(vec![(1, skip)]));
        next_block();
        let dropped = Event::AmendmentDropped {
            cluster: 1,
            seq: 3,
            remedy: Remedy::Skip,
        };
        assert!(events().contains(&dropped));
        assert_eq!(FatContracts::amendment(1, 3), None);
        assert_eq!(counted(), (2, 1_024));
        // Another block's messages can be amended.
        assert_ok!(call(BOB, GAS, None));
        next_block();
        stuck_at(5);
        assert_ok!(amend(5, Remedy::Skip));
        next_block();
        assert_eq!(FatContracts::amendment(1, 5), Some(Remedy::Skip));
    });
}

fn users(version: EngineVersion) -> u32 {
    Engines::<Test>::get(version).map_or(0, |engine| engine.users)
}

/// The version that runs at the tail, by the record.
fn tail() -> (EngineVersion, Option<Seq>) {
    let record = FatContracts::cluster(1).expect("a cluster");
    let seq = record.pending.and_then(|pending| pending.seq);
    (record.engine_of_the_tail(), seq)
}

/// What workers said of an amended block and those behind it is void, whoever said it: they go
/// back, say it anew, and have time for it.
#[test]
fn an_amendment_sends_workers_back() {
    staffed_chain().execute_with(|| {
        for number in 1..=4 {
            assert_ok!(ack(number, 7));
        }
        assert_ok!(FatContracts::transfer_to_cluster(
            signed(BOB),
            1,
            BOB,
            1_000,
            MOST
        ));
        next_block();
        assert_ok!(call(BOB, GAS, None));
        next_block();
        // The fourth found a way through, and leaves.
        assert_ok!(ack(4, 8));
        assert_ok!(ack(4, 9));
        assert_noop!(
            report_parked(4, 1, ParkCause::EnginePanicked),
            Error::<Test>::NotWaiting
        );
        assert_ok!(FatContracts::remove_worker_from_cluster(
            root(),
            1,
            worker(4)
        ));
        advance_to(25);
        stuck_at(1);
        assert_ok!(amend(1, Remedy::Skip));
        next_block();
        assert_eq!((free(&BOB), Held::<Test>::get(1)), (RICH, 0));
        let old = checkpoint(4, 8, vec![]);
        assert_eq!(old.block, 3);
        let missing = Error::<Test>::AmendmentMissing;
        assert_noop!(acknowledge(4, vec![old]), missing);
        let elsewhere = checkpoint(4, 8, vec![amended(2)]);
        assert_noop!(
            acknowledge(4, vec![elsewhere]),
            Error::<Test>::ImpossibleEffect
        );
        next_block();
        // Its time would be over by now, but it has as much as the others.
        advance_to(40);
        let amended = [amended(1)];
        ack_all(&[4, 1], 3, &amended, V1_0);
        assert_eq!(confirmed(), 1);
        ack_all(&[2], 3, &amended, V1_0);
        // Of the blocks after it left they are three, and the third is still silent.
        assert_eq!(confirmed(), 4);
        assert!((1..=3).all(|number| member(number).diverged.is_none()));
        // Who comes late has to say so too.
        assert_noop!(ack(3, 7), Error::<Test>::AmendmentMissing);
        ack_all(&[3], 3, &amended, V1_0);
        assert_eq!(confirmed(), 26);
    });
}

/// A liar that says again and again that it stands, here or there, is heard once: it lapses, and the
/// others confirm without it.
#[test]
fn who_repeats_its_report_lapses() {
    chain().execute_with(|| {
        join(1..=3);
        next_block();
        for number in 1..=3 {
            assert_ok!(ack(number, 7));
        }
        // Of three, all three are needed.
        assert_ok!(call(BOB, GAS, None));
        assert_ok!(call(BOB, GAS, None));
        next_block();
        for number in [1, 2] {
            assert_ok!(ack(number, 8));
        }
        assert_ok!(report_parked(3, 1, ParkCause::EnginePanicked));
        assert_eq!(member(3).acked_at, 4);
        for block in 5..=55 {
            advance_to(block);
            // Elsewhere in the block, or for another reason, is no news either.
            let cause = [ParkCause::EnginePanicked, ParkCause::OutOfMemory][block as usize / 2 % 2];
            assert_ok!(report_parked(3, 1 + u64::from(block) % 2, cause));
        }
        assert_eq!((member(3).acked_at, confirmed()), (4, 1));
        // Any call that settles notes it: here the others' next checkpoint.
        advance_to(101);
        assert_ok!(ack(1, 9));
        assert!(member(3).lapsed.is_some());
        assert_eq!(confirmed(), 3);
        assert_ok!(ack(2, 9));
        assert_eq!(confirmed(), 100);
        // And a report doesn't bring it back.
        assert_ok!(call(BOB, GAS, None));
        next_block();
        assert_ok!(report_parked(3, 3, ParkCause::EnginePanicked));
        assert!(member(3).lapsed.is_some());
    });
}

/// All stand, honestly, for longer than a worker has to be heard: they lapse, but they are still the
/// ones who stand there, and their reports are a quorum.
#[test]
fn who_lapsed_while_parked_still_counts_for_an_amendment() {
    staffed_chain().execute_with(|| {
        for number in 1..=4 {
            assert_ok!(ack(number, 7));
        }
        assert_ok!(call(BOB, GAS, None));
        next_block();
        stuck_at(1);
        advance_to(120);
        // Whatever settles notes it: here the fourth, which says nothing, is taken out.
        assert_ok!(FatContracts::remove_worker_from_cluster(
            root(),
            1,
            worker(4)
        ));
        assert!((1..=3).all(|number| member(number).lapsed.is_some()));
        assert!(FatContracts::is_parked(1, 1));
        // Said again, late: nothing changes.
        stuck_at(1);
        assert_ok!(amend(1, Remedy::Skip));
        next_block();
        assert_eq!(FatContracts::amendment(1, 1), Some(Remedy::Skip));
        assert!((1..=3).all(|number| member(number).lapsed.is_none()));
        next_block();
        ack_all(&[1, 2, 3], 3, &[amended(1)], V1_0);
        assert_eq!(confirmed(), 121);
    });
}

/// Between two blocks things change: then an amendment is dropped, with an event.
#[test]
fn an_amendment_is_looked_at_again() {
    staffed_chain().execute_with(|| {
        for number in 1..=4 {
            assert_ok!(ack(number, 7));
        }
        assert_ok!(call(BOB, GAS, None));
        next_block();
        let dropped = |remedy| Event::AmendmentDropped {
            cluster: 1,
            seq: 1,
            remedy,
        };
        // One of the three goes on; later the version is revoked.
        stuck_at(1);
        assert_ok!(amend(1, Remedy::Skip));
        assert_ok!(ack(1, 8));
        next_block();
        assert!(events().contains(&dropped(Remedy::Skip)));
        assert_ok!(report_parked(4, 1, ParkCause::EnginePanicked));
        let newer = Remedy::ExecuteFrom(V1_1);
        assert_ok!(amend(1, newer));
        let revoked = EngineStatus::Revoked;
        assert_ok!(FatContracts::set_engine_status(
            root(),
            V1_1,
            revoked,
            false
        ));
        next_block();
        assert!(events().contains(&dropped(newer)));
        assert_eq!(FatContracts::amendment(1, 1), None);
        assert_eq!((tail(), users(V1_1)), ((V1_0, None), 0));
        assert_eq!(AmendedMessages::<Test>::get(1, 3), AmendedBlock::default());
        // The reports stand, so governance may think again.
        assert_ok!(amend(1, Remedy::Skip));
        next_block();
        assert_eq!(FatContracts::amendment(1, 1), Some(Remedy::Skip));
    });
}

/// A staffed chain with an Upgrade to 1.1 queued as message 1 of block 13, and calls around it.
fn moving_chain() -> Chain {
    let mut chain = staffed_chain();
    chain.execute_with(|| {
        assert_ok!(FatContracts::set_pink_system_code(root(), vec![1]));
        for number in 1..=4 {
            let hashes = vec![file_hash(V1_1)].try_into().expect("one");
            assert_ok!(FatContracts::announce_engines(
                signed(worker(number)),
                hashes
            ));
            assert_ok!(ack(number, 7));
        }
        assert_ok!(FatContracts::upgrade_runtime(root(), 1, V1_1, 13));
        advance_to(12);
        assert_ok!(call(BOB, GAS, None));
        next_block();
        assert_ok!(call(BOB, GAS, None));
        next_block();
        assert_eq!(tail(), (V1_1, Some(2)));
    });
    chain
}

/// Behind an Upgrade that isn't confirmed, another version comes in: both may be reached, so
/// neither can be revoked; and when that is skipped, the Upgrade is what is left.
#[test]
fn an_amendment_behind_an_upgrade_keeps_both_in_use() {
    moving_chain().execute_with(|| {
        stuck_at(3);
        assert_noop!(amend(3, Remedy::ExecuteFrom(V1_1)), Error::<Test>::NotNewer);
        assert_ok!(amend(3, Remedy::ExecuteFrom(V2_0)));
        next_block();
        assert_eq!(tail(), (V2_0, Some(3)));
        assert_eq!([V1_0, V1_1, V2_0].map(users), [1, 1, 1]);
        let revoke = |version| {
            FatContracts::set_engine_status(root(), version, EngineStatus::Revoked, false)
        };
        assert_noop!(revoke(V1_1), Error::<Test>::EngineInUse);
        let block = FatContracts::cluster_block(1).expect("a block");
        let known: Vec<_> = block.engines.iter().map(|(version, _)| *version).collect();
        assert_eq!(known, [V1_0, V1_1, V2_0]);

        stuck_at(3);
        assert_ok!(amend(3, Remedy::Skip));
        next_block();
        assert_eq!(tail(), (V1_1, Some(2)));
        assert_eq!([V1_0, V1_1, V2_0].map(users), [1, 1, 0]);
        stuck_at(2);
        assert_ok!(amend(2, Remedy::Skip));
        next_block();
        assert_eq!(tail(), (V1_0, None));
        assert_eq!([V1_0, V1_1, V2_0].map(users), [1, 0, 0]);
    });
}

/// Ahead of an Upgrade another version comes in: the Upgrade, from a version that is left
/// behind, does nothing then; unless what was ahead of it is skipped.
#[test]
fn an_amendment_ahead_of_an_upgrade_overtakes_it() {
    moving_chain().execute_with(|| {
        stuck_at(1);
        assert_ok!(amend(1, Remedy::ExecuteFrom(V2_0)));
        next_block();
        assert_eq!(tail(), (V2_0, Some(1)));
        assert_eq!([V1_0, V1_1, V2_0].map(users), [1, 1, 1]);
        stuck_at(1);
        assert_ok!(amend(1, Remedy::Skip));
        next_block();
        assert_eq!(tail(), (V1_1, Some(2)));
        assert_eq!([V1_0, V1_1, V2_0].map(users), [1, 1, 0]);
        // The Upgrade itself is executed by another version.
        stuck_at(2);
        assert_ok!(amend(2, Remedy::ExecuteFrom(V2_0)));
        next_block();
        assert_eq!(tail(), (V2_0, Some(2)));
        next_block();
        let said = |block| match block {
            12 => vec![amended(1)],
            13 => vec![amended(2)],
            _ => vec![],
        };
        for number in 1..=3 {
            while let Some(next) = FatContracts::next_to_acknowledge(1, &worker(number)) {
                let mut tuple = checkpoint(number, 7, said(next.cursor.block));
                if next.cursor.block >= 13 {
                    tuple.engine = V2_0;
                }
                assert_ok!(acknowledge(number, vec![tuple]));
            }
        }
        assert_eq!(tail(), (V2_0, None));
        assert_eq!([V1_0, V1_1, V2_0].map(users), [0, 0, 1]);
    });
}

/// Who executes a block needs the record of the engine that an amendment of it brings, too.
#[test]
fn a_block_has_the_engines_that_its_amendments_bring() {
    staffed_chain().execute_with(|| {
        assert_ok!(call(BOB, GAS, None));
        next_block();
        let block = FatContracts::message(1, 1).expect("a call").block;
        let versions = |block: BlockNumber| {
            let block = FatContracts::block_of(1, block).expect("it is kept");
            block
                .engines
                .iter()
                .map(|(version, _)| *version)
                .collect::<Vec<_>>()
        };
        assert_eq!(versions(block), [V1_0]);
        stuck_at(1);
        assert_ok!(amend(1, Remedy::ExecuteFrom(V1_1)));
        next_block();
        assert_eq!(versions(block), [V1_0, V1_1]);
    });
}
