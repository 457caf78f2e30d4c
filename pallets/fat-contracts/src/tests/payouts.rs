//! Withdrawals: paid on a quorum, once.

use super::mock::*;

fn withdraw(dest: AccountId, amount: Balance) {
    assert_ok!(FatContracts::withdraw_from_cluster(
        signed(BOB),
        1,
        dest,
        amount,
        None,
        MOST
    ));
}

fn outcome(seq: Seq, outcome: WithdrawOutcome) -> Effect {
    Effect::Withdrawn { seq, outcome }
}

fn escrow() -> Balance {
    free(&FatContracts::escrow_account(1))
}

/// The invariant: what is held is what came in and wasn't paid, and no money comes or goes.
#[test]
fn a_confirmed_withdrawal_is_paid_at_once_and_once() {
    staffed_chain().execute_with(|| {
        let issued = Balances::total_issuance();
        deposit(1_000);
        withdraw(NOBODY, 300);
        withdraw(NOBODY, 400);
        next_block();
        assert_eq!((Held::<Test>::get(1), escrow()), (1_000, 1_000 + ED));
        let effects = [
            outcome(2, WithdrawOutcome::Debited),
            outcome(3, WithdrawOutcome::Refused),
        ];
        ack_all(&[1, 2], 3, &effects, V1_0);
        assert_eq!(free(&NOBODY), 0);
        ack_all(&[3], 3, &effects, V1_0);
        assert_eq!(free(&NOBODY), 300);
        assert_eq!((Held::<Test>::get(1), escrow()), (700, 700 + ED));
        let paid = Event::WithdrawalPaid {
            cluster: 1,
            seq: 2,
            dest: NOBODY,
            amount: 300,
        };
        assert!(events().contains(&paid));
        let refused = Event::WithdrawalRefused { cluster: 1, seq: 3 };
        assert!(events().contains(&refused));
        ack_all(&[4], 3, &effects, V1_0);
        assert_eq!(free(&NOBODY), 300);
        for seq in [2, 3] {
            let claim = || FatContracts::claim_withdrawal(signed(BOB), 1, seq);
            assert_noop!(claim(), Error::<Test>::NothingDue);
        }
        assert_eq!(Withdrawals::<Test>::iter_prefix(1).count(), 0);
        assert_eq!(Balances::total_issuance(), issued);
    });
}

/// Two effects about one withdrawal, or one about something else, are no acknowledgement.
#[test]
fn a_withdrawal_has_one_outcome() {
    staffed_chain().execute_with(|| {
        deposit(1_000);
        withdraw(NOBODY, 300);
        assert_ok!(call(BOB, GAS, None));
        next_block();
        let debited = |seq| outcome(seq, WithdrawOutcome::Debited);
        assert_ok!(ack(1, 7));
        let bad = |effects| acknowledge(1, vec![checkpoint(1, 7, effects)]);
        let impossible = Error::<Test>::ImpossibleEffect;
        assert_noop!(bad(vec![debited(2), debited(2)]), impossible);
        let to = V1_1;
        let request = |seq| Effect::UpgradeRequested { seq, to };
        for effects in [
            vec![debited(1)],
            vec![debited(3)],
            vec![request(3), debited(2)],
            vec![request(2), request(3)],
        ] {
            assert_noop!(bad(effects.clone()), Error::<Test>::ImpossibleEffect);
        }
        assert_ok!(bad(vec![debited(2), request(3)]));
    });
}

/// What can't be paid now is due, and anyone may have it paid later.
#[test]
fn what_cannot_be_paid_is_due() {
    staffed_chain().execute_with(|| {
        deposit(1_000);
        withdraw(NOBODY, 300);
        withdraw(NOBODY, 900);
        next_block();
        let claim = |seq| FatContracts::claim_withdrawal(signed(NOBODY), 1, seq);
        // Not before it is confirmed.
        assert_noop!(claim(2), Error::<Test>::NothingDue);
        let effects = [2, 3].map(|seq| outcome(seq, WithdrawOutcome::Debited));
        ack_all(&[1, 2, 3], 3, &effects, V1_0);
        assert_eq!(free(&NOBODY), 300);
        let due = Event::WithdrawalDue { cluster: 1, seq: 3 };
        assert!(events().contains(&due));
        assert_noop!(claim(3), Error::<Test>::EscrowShort);
        assert_noop!(claim(4), Error::<Test>::NothingDue);
        let elsewhere = || FatContracts::claim_withdrawal(signed(NOBODY), 2, 3);
        assert_noop!(elsewhere(), Error::<Test>::ClusterNotFound);
        // This is what an escrow that is short looks like to the checks: make it whole.
        deposit(200);
        assert_ok!(claim(3));
        assert_eq!(free(&NOBODY), 1_200);
        assert_noop!(claim(3), Error::<Test>::NothingDue);
        assert_eq!((Held::<Test>::get(1), escrow()), (0, ED));
    });
}

#[test]
fn a_block_has_so_many_withdrawals() {
    staffed_chain().execute_with(|| {
        let withdraw =
            || FatContracts::withdraw_from_cluster(signed(ALICE), 1, BOB, ED, None, MOST);
        // Room for ten effects, of which two aren't withdrawals; one of eight is nobody's.
        for _ in 0..7 {
            assert_ok!(withdraw());
        }
        assert_noop!(withdraw(), Error::<Test>::TooManyWithdrawals);
        assert_ok!(call(ALICE, GAS, None));
        next_block();
        assert_ok!(withdraw());
    });
}
