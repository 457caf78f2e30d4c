//! What went wrong once: the scenarios of the security review, each with its right outcome.

use super::mock::*;

fn withdraw(amount: Balance) {
    assert_ok!(FatContracts::withdraw_from_cluster(
        signed(BOB),
        1,
        NOBODY,
        amount,
        None,
        MOST
    ));
}

fn report(number: u8, seq: Seq) -> sp_runtime::DispatchResult {
    report_parked(number, seq, ParkCause::EngineMissing)
}

fn remove(number: u8) {
    assert_ok!(FatContracts::remove_worker_from_cluster(
        signed(ALICE),
        1,
        worker(number)
    ));
}

fn add(number: u8) {
    assert_ok!(FatContracts::add_worker_to_cluster(
        signed(ALICE),
        1,
        worker(number)
    ));
}

fn diverged() -> Option<BlockNumber> {
    FatContracts::cluster(1).and_then(|record| record.diverged)
}

/// Review 2: of a block's effects, several may be of one message, and all of them are taken: what
/// an honest worker says is never refused.
#[test]
fn one_message_may_have_several_effects() {
    chain_of(4).execute_with(|| {
        assert_ok!(FatContracts::set_pink_system_code(root(), vec![1]));
        deposit(1_000);
        withdraw(100);
        withdraw(200);
        assert_ok!(call(BOB, GAS, None));
        next_block();
        for number in 1..=4 {
            assert_ok!(report(number, 2));
        }
        assert_ok!(FatContracts::amend(root(), 1, 2, Remedy::ExecuteFrom(V1_1)));
        next_block();
        next_block();
        // The withdrawal asked for an upgrade as well, which no engine does today; the third message
        // failed to migrate the state.
        let effects = vec![
            amended(2),
            debited(2),
            Effect::UpgradeRequested { seq: 2, to: V2_0 },
            Effect::UpgradeFailed { seq: 3 },
            debited(3),
        ];
        for number in 1..=4 {
            let mut tuple = checkpoint(number, 8, effects.clone());
            tuple.engine = V1_1;
            assert_ok!(acknowledge(number, vec![tuple]));
        }
        assert_eq!(confirmed(), 3);
        assert_eq!(free(&NOBODY), 300);
    });
}

/// Review 3 (a): a quorum executes and acknowledges the message in the very block in which its
/// amendment is staged. Then there is nothing to amend any more.
#[test]
fn an_amendment_that_comes_too_late_is_dropped() {
    chain_of(4).execute_with(|| {
        deposit(1_000);
        next_block();
        for number in 1..=3 {
            assert_ok!(report(number, 1));
        }
        assert_ok!(FatContracts::amend(root(), 1, 1, Remedy::Skip));
        for number in 1..=3 {
            assert_ok!(ack(number, 8));
        }
        assert_eq!(confirmed(), 3);
        next_block();
        // The cluster's ledger has the money, so the depositor hasn't.
        assert_eq!(Held::<Test>::get(1), 1_000);
        assert_eq!(free(&BOB), RICH - 1_000);
        assert_eq!(FatContracts::amendment(1, 1), None);
        let dropped = Event::AmendmentDropped {
            cluster: 1,
            seq: 1,
            remedy: Remedy::Skip,
        };
        assert!(events().contains(&dropped));
    });
}

/// Review 3 (b): two of three that reported went on. Their reports are gone, so nothing is
/// amended behind their backs.
#[test]
fn who_went_on_reports_no_more() {
    chain_of(4).execute_with(|| {
        deposit(1_000);
        next_block();
        for number in 1..=3 {
            assert_ok!(report(number, 1));
        }
        assert!(FatContracts::is_parked(1, 1));
        for number in [1, 2] {
            assert_ok!(ack(number, 8));
        }
        assert!(!FatContracts::is_parked(1, 1));
        let amend = || FatContracts::amend(root(), 1, 1, Remedy::Skip);
        assert_noop!(amend(), Error::<Test>::NotParked);
        next_block();
        assert_ok!(ack(3, 8));
        assert_eq!((confirmed(), Held::<Test>::get(1)), (3, 1_000));
        assert_eq!(free(&BOB), RICH - 1_000);
    });
}

/// Review 4: two that disagreed were taken out and in again, two blocks later.
#[test]
fn a_cluster_whose_members_all_diverged_is_staffed_again() {
    chain_of(2).execute_with(|| {
        assert_ok!(call(BOB, GAS, None));
        next_block();
        assert_ok!(ack(1, 8));
        assert_ok!(ack(2, 9));
        assert_eq!(diverged(), Some(3));
        let right = StateRoot::repeat_byte(42);
        assert_ok!(FatContracts::resolve_divergence(
            root(),
            1,
            3,
            right,
            FatContracts::now()
        ));
        assert_eq!(confirmed(), 3);
        next_block();
        next_block();
        for number in [1, 2] {
            remove(number);
        }
        for number in [1, 2] {
            add(number);
        }
        assert_ok!(call(BOB, GAS, None));
        advance_to(350);
        for number in [1, 2] {
            while FatContracts::next_to_acknowledge(1, &worker(number)).is_some() {
                assert_ok!(ack(number, 42));
            }
        }
        assert_eq!(confirmed(), 300);
    });
}

/// Review 5: a withdrawal and the replacement of the only worker in one block. The one that
/// leaves still says what came of it.
#[test]
fn who_leaves_finishes_its_last_block() {
    chain_of(1).execute_with(|| {
        deposit(1_000);
        next_block();
        assert_ok!(ack(1, 8));
        withdraw(300);
        remove(1);
        join([2]);
        next_block();
        assert_eq!(diverged(), None);
        // Behind its last block there is one more, with a message.
        assert_ok!(call(BOB, GAS, None));
        next_block();
        let blocks = |number| -> Vec<_> {
            let all = FatContracts::to_acknowledge(1, &worker(number), 64);
            all.iter().map(|next| next.cursor.block).collect()
        };
        assert_eq!(blocks(1), [4]);
        assert_eq!(blocks(2).last(), Some(&5));
        let last = checkpoint(1, 9, vec![debited(2)]);
        assert_eq!(last.block, 4);
        assert_ok!(acknowledge(1, vec![last]));
        assert_eq!((confirmed(), free(&NOBODY)), (4, 300));
        // What comes later is its successor's.
        assert_eq!(FatContracts::next_to_acknowledge(1, &worker(1)), None);
        let mut next = FatContracts::next_to_acknowledge(1, &worker(2));
        while let Some(expected) = next.filter(|next| next.cursor.block <= 4) {
            let effects = match expected.cursor.block {
                4 => vec![debited(2)],
                _ => vec![],
            };
            assert_ok!(acknowledge(2, vec![checkpoint(2, 9, effects)]));
            next = FatContracts::next_to_acknowledge(1, &worker(2));
        }
        assert_ok!(ack(2, 10));
        assert_eq!(confirmed(), 5);
    });
}

/// Review 5: one of three is dead, and is removed after seven blocks with messages. Nobody has to
/// decide anything: when its time is over, the two others are enough.
#[test]
fn a_dead_worker_is_left_out_in_the_end() {
    chain_of(3).execute_with(|| {
        for _ in 0..7 {
            assert_ok!(call(BOB, GAS, None));
            next_block();
        }
        remove(3);
        ack_all(&[1, 2], 0, &[], V1_0);
        assert_eq!((confirmed(), diverged()), (1, None));
        advance_to(110);
        ack_all(&[1, 2], 0, &[], V1_0);
        assert_eq!((confirmed(), diverged()), (100, None));
    });
}

/// Review 10: a Setup that fails swallows nothing.
#[test]
fn a_setup_that_fails_gives_everything_back() {
    let mut chain = bare_chain();
    chain.execute_with(|| {
        register_all();
        assert_ok!(FatContracts::set_pink_runtime_version(root(), V1_0));
        admit(1);
        let before = free(&ALICE);
        assert_ok!(add_cluster(ALICE, Permission::Public, vec![worker(1)], 500));
        deposit(1_000);
        next_block();
        deposit(70);
        deposit(70);
        withdraw(50);
        assert_ok!(call(BOB, GAS, None));
        next_block();
        let failed = checkpoint(1, 0, vec![Effect::SetupFailed { seq: 0 }]);
        assert_ok!(acknowledge(1, vec![failed]));
        assert_eq!(free(&ALICE), before - ED);
        let record = FatContracts::cluster(1).expect("a cluster");
        assert_eq!(record.status, ClusterStatus::Closing { since: 3 });
        let late = || FatContracts::transfer_to_cluster(signed(BOB), 1, BOB, 100, MOST);
        assert_noop!(late(), Error::<Test>::ClusterClosing);
        // A deposit of the same block is paid as it is pruned; anyone may have the others paid at
        // once, each once.
        assert_eq!(free(&BOB), RICH - 140);
        assert_ok!(FatContracts::claim_withdrawal(signed(NOBODY), 1, 3));
        let again = || FatContracts::claim_withdrawal(signed(NOBODY), 1, 3);
        assert_noop!(again(), Error::<Test>::NothingDue);
        assert_eq!((free(&BOB), Held::<Test>::get(1)), (RICH - 70, 70));
        // The messages run as rejections. A debit where there is no ledger is nonsense.
        let nonsense = checkpoint(1, 0, vec![debited(4)]);
        assert_noop!(
            acknowledge(1, vec![nonsense]),
            Error::<Test>::ImpossibleEffect
        );
        assert_ok!(ack(1, 0));
        assert_eq!((free(&BOB), Held::<Test>::get(1)), (RICH, 0));
        assert_eq!(free(&NOBODY), 0);
        next_block();
        assert_ok!(FatContracts::cluster_destroy(root(), 1, None));
        assert_eq!(free(&ALICE), before);
    });
}

/// A message that is amended again: what workers said of it under the first amendment, and what is
/// on its way to the chain when the second takes effect, is of another history.
#[test]
fn a_tuple_of_the_first_amendment_is_none_of_the_second() {
    chain_of(4).execute_with(|| {
        deposit(1_000);
        next_block();
        let stuck = || {
            for number in 1..=4 {
                assert_ok!(report(number, 1));
            }
        };
        stuck();
        assert_ok!(FatContracts::amend(root(), 1, 1, Remedy::ExecuteFrom(V1_1)));
        next_block();
        stuck();
        // Then they find the file, and execute the deposit.
        let of = |by| vec![Effect::Amended { seq: 1, by }];
        let mut executed = checkpoint(1, 8, of(5));
        executed.engine = V1_1;
        assert_eq!(executed.block, 3);
        assert_ok!(FatContracts::amend(root(), 1, 1, Remedy::Skip));
        next_block();
        assert_eq!((free(&BOB), Held::<Test>::get(1)), (RICH, 0));
        for number in 1..=4 {
            let late = || acknowledge(number, vec![executed.clone()]);
            assert_noop!(late(), Error::<Test>::OtherAmendment);
        }
        assert_eq!(confirmed(), 1);
        // They go back, and say what came of it by the amendment of block 6.
        for number in 1..=4 {
            let again = checkpoint(number, 9, of(6));
            assert_ok!(acknowledge(number, vec![again]));
        }
        assert_eq!(confirmed(), 3);
        assert_eq!((free(&BOB), Held::<Test>::get(1)), (RICH, 0));
    });
}

/// What a skipped message left to do was done when the amendment took effect: whoever tells
/// something else of it has executed it, under no amendment or an older one.
#[test]
fn nothing_comes_of_a_skipped_message() {
    chain_of(4).execute_with(|| {
        assert_ok!(FatContracts::set_pink_system_code(root(), vec![1]));
        deposit(1_000);
        next_block();
        for number in 1..=4 {
            assert_ok!(ack(number, 8));
        }
        withdraw(300);
        assert_ok!(call(BOB, GAS, None));
        assert_ok!(call(BOB, GAS, None));
        next_block();
        for seq in [2, 3] {
            for number in 1..=4 {
                assert_ok!(report(number, seq));
            }
            assert_ok!(FatContracts::amend(root(), 1, seq, Remedy::Skip));
            next_block();
        }
        next_block();
        let tell = |number, of: [&[Effect]; 3]| {
            let own = [&[amended(2)][..], of[0], &[amended(3)], of[1], of[2]].concat();
            acknowledge(number, vec![checkpoint(number, 9, own)])
        };
        let asks = |seq| Effect::UpgradeRequested { seq, to: V2_0 };
        let failed = |seq| Effect::UpgradeFailed { seq };
        let other = Error::<Test>::OtherAmendment;
        assert_noop!(tell(1, [&[debited(2)], &[], &[]]), other);
        assert_noop!(
            tell(1, [&[], &[asks(3)], &[]]),
            Error::<Test>::OtherAmendment
        );
        assert_noop!(
            tell(1, [&[], &[failed(3)], &[]]),
            Error::<Test>::OtherAmendment
        );
        for number in 1..=4 {
            assert_ok!(tell(number, [&[], &[], &[asks(4)]]));
        }
        assert_eq!((confirmed(), free(&NOBODY)), (4, 0));
        assert_eq!(Held::<Test>::get(1), 1_000);
    });
}

/// Governance named a root that nobody had reported. A root says nothing about effects, so one
/// worker's word for them moves no money and drives nobody out.
#[test]
fn one_worker_alone_tells_no_effects_of_a_named_root() {
    chain_of(4).execute_with(|| {
        deposit(1_000);
        next_block();
        for number in 1..=4 {
            assert_ok!(ack(number, 8));
        }
        withdraw(900);
        next_block();
        let right = StateRoot::repeat_byte(42);
        assert_ok!(FatContracts::resolve_divergence(
            root(),
            1,
            4,
            right,
            FatContracts::now()
        ));
        let lie = checkpoint(4, 42, vec![debited(2)]);
        assert_eq!(lie.block, 4);
        assert_ok!(acknowledge(4, vec![lie]));
        assert_eq!((free(&NOBODY), Held::<Test>::get(1)), (0, 1_000));
        for number in 1..=3 {
            let refused = Effect::Withdrawn {
                seq: 2,
                outcome: WithdrawOutcome::Refused,
            };
            let truth = checkpoint(number, 42, vec![refused]);
            assert_ok!(acknowledge(number, vec![truth]));
            assert_eq!(member(number).diverged, None);
        }
        assert_eq!((free(&NOBODY), Held::<Test>::get(1)), (0, 1_000));
    });
}

/// The same where somebody reported the root already, of the named block or of one on the way to it:
/// a liar whose roots are right has nobody's leave to be paid, and drives nobody out.
#[test]
fn a_right_root_is_no_leave_to_be_paid() {
    for named in [4, 5] {
        chain_of(4).execute_with(|| {
            deposit(1_000);
            next_block();
            for number in 1..=4 {
                assert_ok!(ack(number, 8));
            }
            withdraw(900);
            next_block();
            assert_ok!(call(BOB, GAS, None));
            next_block();
            assert_ok!(acknowledge(4, vec![checkpoint(4, 42, vec![debited(2)])]));
            assert_ok!(ack(4, 43));
            let right = StateRoot::repeat_byte(38 + named as u8);
            assert_ok!(FatContracts::resolve_divergence(
                root(),
                1,
                named,
                right,
                FatContracts::now()
            ));
            assert_eq!(confirmed(), named);
            assert_eq!((free(&NOBODY), Held::<Test>::get(1)), (0, 1_000));
            for number in 1..=3 {
                let refused = Effect::Withdrawn {
                    seq: 2,
                    outcome: WithdrawOutcome::Refused,
                };
                assert_ok!(acknowledge(
                    number,
                    vec![checkpoint(number, 42, vec![refused])]
                ));
                assert_ok!(ack(number, 43));
                assert_eq!(member(number).diverged, None);
            }
            assert_eq!((confirmed(), member(4).diverged), (5, Some(4)));
            assert_eq!(Progress::<Test>::get(1).unheard, None);
            assert_eq!((free(&NOBODY), Held::<Test>::get(1)), (0, 1_000));
            assert_eq!(Withdrawals::<Test>::iter().count(), 0);
        });
    }
}

/// Members may come and go so often while a block is unheard that their terms have no room: its
/// quorum doesn't become less thereby, and governance chooses.
#[test]
fn who_is_forgotten_makes_no_quorum_smaller() {
    chain_of(2).execute_with(|| {
        deposit(1_000);
        next_block();
        for number in [1, 2] {
            assert_ok!(ack(number, 8));
        }
        withdraw(900);
        // Both are members at block 4; the second leaves and its term is pruned, because others come and
        // go whose terms cover what isn't confirmed.
        remove(2);
        next_block();
        let right = StateRoot::repeat_byte(42);
        assert_ok!(FatContracts::resolve_divergence(
            root(),
            1,
            4,
            right,
            FatContracts::now()
        ));
        admit(3);
        for _ in 0..4 {
            add(3);
            next_block();
            assert_ok!(call(BOB, GAS, None));
            remove(3);
        }
        let kept = Leavers::<Test>::get(1);
        assert_eq!(kept.len(), 4);
        assert!(kept.iter().all(|term| term.worker == worker(3)));
        let lie = checkpoint(1, 42, vec![debited(2)]);
        assert_eq!(lie.block, 4);
        assert_ok!(acknowledge(1, vec![lie]));
        assert_eq!((free(&NOBODY), Held::<Test>::get(1)), (0, 1_000));
        join([4]);
        let refused = Effect::Withdrawn {
            seq: 2,
            outcome: WithdrawOutcome::Refused,
        };
        assert_ok!(acknowledge(4, vec![checkpoint(4, 42, vec![refused])]));
        assert_ok!(FatContracts::resolve_in_favour(root(), 1, worker(4), 4));
        assert_eq!(member(1).diverged, Some(4));
        assert_eq!((free(&NOBODY), Held::<Test>::get(1)), (0, 1_000));
        assert_eq!(Withdrawals::<Test>::iter().count(), 0);
    });
}
