//! What somebody might try: liars, latecomers, and motions that meet another history than the one
//! that they were made for.

use super::mock::*;
use frame_support::BoundedVec;

fn withdraw(dest: AccountId, amount: Balance) -> sp_runtime::DispatchResult {
    FatContracts::withdraw_from_cluster(signed(BOB), 1, dest, amount, None, MOST)
}

fn report(number: u8, seq: Seq) -> sp_runtime::DispatchResult {
    report_parked(number, seq, ParkCause::EnginePanicked)
}

/// Who stood at a later message stood there in a history in which the amended one was executed
/// otherwise, or not at all. What it said then doesn't count for the next amendment.
#[test]
fn a_report_from_behind_an_amended_message_is_void() {
    chain_of(4).execute_with(|| {
        deposit(1_000);
        deposit(500);
        next_block();
        for number in 1..=3 {
            assert_ok!(report(number, 1));
        }
        // The fourth could execute the first deposit, and stands at the second.
        assert_ok!(report(4, 2));
        assert_ok!(amend(1, Remedy::ExecuteFrom(V1_1)));
        next_block();
        assert_eq!(
            FatContracts::amendment(1, 1),
            Some(Remedy::ExecuteFrom(V1_1))
        );
        // Under 1.1 two of four stand at the second deposit: that is no quorum.
        for number in 1..=2 {
            assert_ok!(report(number, 2));
        }
        assert!(!FatContracts::is_parked(1, 2));
        assert_noop!(amend(2, Remedy::Skip), Error::<Test>::NotParked);
        assert_ok!(report(4, 2));
        assert!(FatContracts::is_parked(1, 2));
    });
}

/// One that stands before an amended message stands there still.
#[test]
fn a_report_from_before_an_amended_message_stays() {
    chain_of(4).execute_with(|| {
        deposit(1_000);
        next_block();
        deposit(500);
        next_block();
        assert_ok!(report(4, 1));
        for number in 1..=3 {
            assert_ok!(report(number, 2));
        }
        assert_ok!(amend(2, Remedy::Skip));
        next_block();
        for number in 1..=2 {
            assert_ok!(report(number, 1));
        }
        assert!(FatContracts::is_parked(1, 1));
    });
}

/// Reports that were on their way to the chain when an amendment took effect say that workers stood
/// there without it. They are no reason for the next one.
#[test]
fn late_reports_are_no_quorum_under_an_amendment() {
    chain_of(4).execute_with(|| {
        deposit(1_000);
        next_block();
        for number in 1..=3 {
            assert_ok!(report(number, 1));
        }
        assert_ok!(amend(1, Remedy::ExecuteFrom(V1_1)));
        next_block();
        // Signed before this block was made.
        let as_of = FatContracts::now() - 1;
        let cause = ParkCause::EnginePanicked;
        for number in 1..=3 {
            let late = FatContracts::report_parked(signed(worker(number)), 1, 3, 1, cause, as_of);
            assert_noop!(late, Error::<Test>::AmendedSince);
        }
        assert!(!FatContracts::is_parked(1, 1));
    });
}

/// A motion that names a root which was computed before an amendment names that of a history that
/// there isn't any more. Nobody may be driven out by it.
#[test]
fn a_root_from_before_an_amendment_drives_nobody_out() {
    chain_of(4).execute_with(|| {
        deposit(1_000);
        assert_ok!(withdraw(NOBODY, 100));
        assert_ok!(call(BOB, GAS, None));
        next_block();
        // Governance replays the block, and a motion is made: its root is 42.
        let stale = StateRoot::repeat_byte(42);
        for number in 1..=4 {
            assert_ok!(report(number, 3));
        }
        assert_ok!(amend(3, Remedy::Skip));
        next_block();
        let as_of = FatContracts::now() - 1;
        assert_noop!(
            FatContracts::resolve_divergence(root(), 1, 3, stale, as_of),
            Error::<Test>::AmendedSince
        );
        for number in 1..=4 {
            let effects = vec![debited(2), amended(3)];
            assert_ok!(acknowledge(number, vec![checkpoint(number, 9, effects)]));
        }
        assert_eq!((1..=4).filter_map(|it| member(it).diverged).count(), 0);
        assert_eq!((confirmed(), free(&NOBODY)), (3, 100));
    });
}

/// A motion that resolves, and meets a cluster that stands at a message of that block: naming the
/// root must not take the amendment away, without which nobody can ever execute the block.
#[test]
fn a_named_root_leaves_a_way_to_amend() {
    chain_of(4).execute_with(|| {
        deposit(1_000);
        assert_ok!(withdraw(NOBODY, 100));
        next_block();
        for number in 1..=4 {
            assert_ok!(report(number, 1));
        }
        assert_ok!(amend(1, Remedy::Skip));
        let stale = StateRoot::repeat_byte(42);
        assert_noop!(
            FatContracts::resolve_divergence(root(), 1, 3, stale, FatContracts::now()),
            Error::<Test>::AmendmentPending
        );
        next_block();
        assert_eq!(FatContracts::amendment(1, 1), Some(Remedy::Skip));
    });
}

/// The same without an amendment yet: where a quorum says that nobody can execute a message, a root
/// of its block can't be anybody's, and naming it would leave no remedy.
#[test]
fn no_root_is_taken_of_a_block_that_nobody_can_execute() {
    chain_of(4).execute_with(|| {
        deposit(1_000);
        assert_ok!(withdraw(NOBODY, 100));
        next_block();
        for number in 1..=4 {
            assert_ok!(report(number, 1));
        }
        let stale = StateRoot::repeat_byte(42);
        assert_noop!(
            FatContracts::resolve_divergence(root(), 1, 3, stale, FatContracts::now()),
            Error::<Test>::WorkersParked
        );
        assert_ok!(amend(1, Remedy::Skip));
    });
}

/// An amendment that can't be applied changes nothing at all: a move that is scheduled stays.
#[test]
fn an_amendment_that_is_dropped_drops_no_move() {
    chain_of(4).execute_with(|| {
        assert_ok!(FatContracts::set_pink_system_code(root(), vec![1]));
        deposit(1_000);
        next_block();
        for number in 1..=4 {
            let hashes = vec![file_hash(V2_0)].try_into().expect("one");
            assert_ok!(FatContracts::announce_engines(
                signed(worker(number)),
                hashes
            ));
        }
        assert_ok!(FatContracts::upgrade_runtime(root(), 1, V2_0, 20));
        let pending = FatContracts::cluster(1).expect("a cluster").pending;
        assert!(pending.is_some());
        for number in 1..=3 {
            assert_ok!(report(number, 1));
        }
        // As many turns as there can be.
        let turns: Vec<_> = (100..116)
            .map(|seq| Transition {
                seq,
                from: Some(V1_1),
                to: V2_0,
                at: 1,
            })
            .collect();
        let users = Engines::<Test>::get(V2_0).map(|engine| engine.users);
        Transitions::<Test>::insert(1, BoundedVec::truncate_from(turns));
        assert_ok!(amend(1, Remedy::ExecuteFrom(V1_1)));
        next_block();
        let dropped = Event::AmendmentDropped {
            cluster: 1,
            seq: 1,
            remedy: Remedy::ExecuteFrom(V1_1),
        };
        assert!(events().contains(&dropped));
        Transitions::<Test>::remove(1);
        let record = FatContracts::cluster(1).expect("a cluster");
        assert_eq!(record.pending, pending);
        assert_eq!(UpgradesAt::<Test>::get(20).into_inner(), [1]);
        assert_eq!(Engines::<Test>::get(V2_0).map(|engine| engine.users), users);
    });
}

/// An owner who orders new prices again and again, while nobody works for the cluster, doesn't take
/// what the pallet needs for its own last word: governance can always end the cluster.
#[test]
fn prices_never_take_the_last_slots() {
    chain().execute_with(|| {
        deposit(1_000);
        for round in 0..24 {
            let _ = FatContracts::update_prices(signed(ALICE), 1, 10 + round, 3, 4);
            for _ in 0..6 {
                next_block();
            }
        }
        assert_ok!(FatContracts::cluster_destroy(root(), 1, None));
        let now = System::block_number();
        advance_to(now + 20);
        assert_ok!(FatContracts::cluster_destroy(root(), 1, Some(NOBODY)));
        assert_eq!(free(&NOBODY), 1_000 + ED);
    });
}

/// A cluster that is swept while a block is unheard: nobody is paid twice, nothing of it is left,
/// and its workers are free.
#[test]
fn a_sweep_ends_what_is_unheard() {
    chain_of(4).execute_with(|| {
        deposit(1_000);
        next_block();
        for number in 1..=4 {
            assert_ok!(ack(number, 8));
        }
        assert_ok!(withdraw(BOB, 400));
        next_block();
        assert_ok!(acknowledge(1, vec![checkpoint(1, 9, vec![debited(2)])]));
        let right = StateRoot::repeat_byte(9);
        assert_ok!(FatContracts::resolve_divergence(
            root(),
            1,
            4,
            right,
            FatContracts::now()
        ));
        assert!(Progress::<Test>::get(1).unheard.is_some());
        assert_ok!(FatContracts::cluster_destroy(root(), 1, None));
        assert_noop!(
            FatContracts::cluster_destroy(root(), 1, None),
            Error::<Test>::ClusterNotEmpty
        );
        advance_to(30);
        assert_ok!(FatContracts::cluster_destroy(root(), 1, Some(NOBODY)));
        assert_eq!(free(&NOBODY), 1_000 + ED);
        let claim = || FatContracts::claim_withdrawal(signed(BOB), 1, 2);
        assert_noop!(claim(), Error::<Test>::NothingDue);
        assert_noop!(
            FatContracts::resolve_in_favour(root(), 1, worker(1), 4),
            Error::<Test>::NothingToResolve
        );
        assert_noop!(
            FatContracts::resolve_divergence(root(), 1, 100, right, FatContracts::now()),
            Error::<Test>::NothingToResolve
        );
        let again = || FatContracts::add_worker_to_cluster(signed(ALICE), 1, worker(1));
        assert_noop!(again(), Error::<Test>::ClusterClosing);
        advance_to(90);
        while FatContracts::prune(signed(NOBODY), 1, 6).is_ok() {}
        assert_eq!(FatContracts::cluster(1), None);
        assert_eq!(Withdrawals::<Test>::iter().count(), 0);
        assert_eq!(Tallies::<Test>::iter().count(), 0);
        assert_eq!(Confirmations::<Test>::iter().count(), 0);
        assert_eq!(free(&NOBODY), 1_000 + ED);
        assert_eq!(free(&BOB), RICH - 1_000);
    });
}

/// A Setup that turns out to have failed when much has been ordered, and its block is confirmed by
/// a root before anybody says so: everybody has back what they brought, once.
#[test]
fn a_setup_that_fails_late_and_unheard() {
    let mut chain = bare_chain();
    chain.execute_with(|| {
        register_all();
        assert_ok!(FatContracts::set_pink_runtime_version(root(), V1_0));
        let before = free(&ALICE);
        assert_ok!(add_cluster(ALICE, Permission::Public, vec![], 500));
        next_block();
        deposit(1_000);
        assert_ok!(withdraw(NOBODY, 300));
        next_block();
        join([1]);
        deposit(70);
        next_block();
        let nothing = StateRoot::repeat_byte(0);
        assert_ok!(FatContracts::resolve_divergence(
            root(),
            1,
            2,
            nothing,
            FatContracts::now()
        ));
        next_block();
        let failed = || vec![Effect::SetupFailed { seq: 0 }];
        let refused = Effect::Withdrawn {
            seq: 2,
            outcome: WithdrawOutcome::Refused,
        };
        let at = |number: u8| FatContracts::next_to_acknowledge(1, &worker(number));
        while let Some(next) = at(1) {
            let effects = match next.cursor.block {
                1 => failed(),
                2 => vec![refused.clone()],
                _ => vec![],
            };
            assert_ok!(acknowledge(1, vec![checkpoint(1, 0, effects)]));
        }
        assert_eq!(Progress::<Test>::get(1).unheard, None);
        for seq in 0..8 {
            let _ = FatContracts::claim_withdrawal(signed(NOBODY), 1, seq);
        }
        while FatContracts::prune(signed(NOBODY), 1, 6).is_ok() {}
        assert_eq!((free(&BOB), free(&NOBODY)), (RICH, 0));
        assert_eq!(Held::<Test>::get(1), 0);
        assert_eq!(Withdrawals::<Test>::iter().count(), 0);
        assert_eq!(free(&ALICE), before - ED);
        next_block();
        assert_ok!(FatContracts::cluster_destroy(root(), 1, None));
        assert_eq!(free(&ALICE), before);
    });
}

/// Whoever has money paid to the escrow itself has given it away, and breaks nothing.
#[test]
fn a_withdrawal_to_the_escrow_harms_nobody_else() {
    chain_of(1).execute_with(|| {
        deposit(1_000);
        next_block();
        assert_ok!(ack(1, 8));
        let escrow = FatContracts::escrow_account(1);
        assert_ok!(withdraw(escrow.clone(), 400));
        assert_ok!(withdraw(NOBODY, 600));
        next_block();
        let effects = vec![debited(2), debited(3)];
        assert_ok!(acknowledge(1, vec![checkpoint(1, 9, effects)]));
        assert_eq!((free(&NOBODY), Held::<Test>::get(1)), (600, 0));
        assert_eq!(free(&escrow), 400 + ED);
    });
}

/// An amendment of an older message brings something newer than one of a younger message: the
/// cluster goes on with that, and the younger amendment's version isn't where it ends.
#[test]
fn an_amendment_is_overtaken_by_one_of_an_older_message() {
    chain_of(4).execute_with(|| {
        assert_ok!(call(BOB, GAS, None));
        assert_ok!(call(BOB, GAS, None));
        next_block();
        for (seq, to) in [(2, V1_1), (1, V2_0)] {
            for number in 1..=3 {
                assert_ok!(report(number, seq));
            }
            assert_ok!(amend(seq, Remedy::ExecuteFrom(to)));
            next_block();
        }
        let record = FatContracts::cluster(1).expect("a cluster");
        assert_eq!(record.engine_of_the_tail(), V2_0);
        assert_eq!(
            record.pending.map(|pending| (pending.to, pending.seq)),
            Some((V2_0, Some(1)))
        );
    });
}

/// Strangers and the owner fill a block in which every message and byte costs: what the pallet adds by
/// itself in the next one, and an end in the same one, have room.
#[test]
fn a_full_block_has_room_for_the_pallets_own() {
    chain_of(1).execute_with(|| {
        // With the longest of the pallet's own messages that is a thirty-second of a block: the most
        // that the bounds allow.
        message_takes(70, 0);
        FatContracts::check_bounds();
        let fill = |who: AccountId| {
            let limit = Weight {
                ref_time: 300,
                proof_size: 1,
            };
            while call(who.clone(), limit, None).is_ok() {}
            call(who, limit, None)
        };
        assert_ok!(FatContracts::update_prices(signed(ALICE), 1, 9, 3, 4));
        advance_to(7);
        let sender = Error::<Test>::SenderGasExhausted.into();
        let block = Error::<Test>::BlockGasExhausted.into();
        for who in [BOB, TREASURY, NOBODY] {
            assert_eq!(fill(who), Err(sender));
        }
        assert_eq!(fill(ALICE), Err(block));
        next_block();
        assert_eq!(
            FatContracts::cluster(1).map(|it| it.prices.gas_price),
            Some(9)
        );
        ack_all(&[1], 0, &[], V1_0);
        assert_eq!(fill(ALICE), Err(block));
        assert_ok!(FatContracts::cluster_destroy(root(), 1, None));
        assert_eq!(fill(ALICE), Err(Error::<Test>::ClusterClosing.into()));
    });
}

/// An amendment that waits while its cluster ends: it reaches nobody, and the money is swept once.
#[test]
fn a_cluster_that_ends_is_amended_no_more() {
    chain_of(4).execute_with(|| {
        deposit(1_000);
        next_block();
        assert_ok!(FatContracts::cluster_destroy(root(), 1, None));
        advance_to(30);
        for number in 1..=4 {
            assert_ok!(report(number, 1));
        }
        assert_ok!(amend(1, Remedy::Skip));
        assert_ok!(FatContracts::cluster_destroy(root(), 1, Some(NOBODY)));
        next_block();
        assert_eq!(FatContracts::amendment(1, 1), None);
        assert_eq!(free(&NOBODY), 1_000 + ED);
        assert_eq!(free(&BOB), RICH - 1_000);
        assert_noop!(report(1, 1), Error::<Test>::NotMember);
        assert_noop!(amend(1, Remedy::Skip), Error::<Test>::NotParked);
    });
}

/// A liar that says where it stands again and again, at ever other messages, holds nobody up: it is
/// heard once and then lapses, and the others go on without it.
#[test]
fn a_worker_that_only_reports_lapses() {
    chain_of(4).execute_with(|| {
        for _ in 0..3 {
            assert_ok!(call(BOB, GAS, None));
            next_block();
        }
        for round in 0..30u32 {
            let seq = Seq::from(1 + round % 3);
            assert_ok!(report(4, seq));
            advance_to(6 + 3 * (round + 1));
        }
        // One more is silent: with three of four a quorum is needed of those that are left.
        ack_all(&[1, 2, 3], 0, &[], V1_0);
        assert_eq!(confirmed(), 5);
        assert!(member(4).lapsed.is_some());
    });
}
