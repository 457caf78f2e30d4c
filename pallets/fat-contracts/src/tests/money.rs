use super::mock::*;

fn deposit(who: AccountId, amount: Balance) -> sp_runtime::DispatchResult {
    FatContracts::transfer_to_cluster(signed(who), 1, NOBODY, amount, MOST)
}

#[test]
fn a_deposit_moves_money_and_queues_its_arrival() {
    chain().execute_with(|| {
        let issued = Balances::total_issuance();
        assert_ok!(deposit(BOB, 1_000));
        let event = Event::DepositQueued {
            cluster: 1,
            seq: 1,
            from: BOB,
            dest: NOBODY,
            amount: 1_000,
        };
        assert_eq!(last_event(), event);
        assert_eq!(free(&BOB), RICH - 1_000);
        assert_eq!(free(&FatContracts::escrow_account(1)), ED + 1_000);
        assert_eq!(Held::<Test>::get(1), 1_000);
        assert_eq!(Balances::total_issuance(), issued);
        let message = ClusterMessage::Deposit {
            from: BOB,
            dest: NOBODY,
            amount: 1_000,
        };
        assert_eq!(FatContracts::message(1, 1), Some(queued(message)));
    });
}

#[test]
fn a_deposit_is_at_least_the_clusters_existential_deposit() {
    chain().execute_with(|| {
        assert_noop!(deposit(BOB, 0), Error::<Test>::AmountTooLow);
        assert_noop!(deposit(BOB, CLUSTER_ED - 1), Error::<Test>::AmountTooLow);
        assert_ok!(deposit(BOB, CLUSTER_ED));
    });
}

/// Whoever can't pay has queued nothing.
#[test]
fn a_payer_without_money_changes_nothing() {
    chain().execute_with(|| {
        let token =
            |result: sp_runtime::DispatchResult| matches!(result, Err(DispatchError::Token(_)));
        let before = sp_io::storage::root(Default::default());
        assert!(token(deposit(NOBODY, 1_000)));
        assert!(token(deposit(BOB, RICH + 1)));
        assert!(token(deposit(BOB, Balance::MAX)) || deposit(BOB, Balance::MAX).is_err());
        // Nor can the deposit that keeps the account open be sent.
        assert!(token(deposit(BOB, RICH - ED + 1)));
        assert_eq!(sp_io::storage::root(Default::default()), before);
        assert_ok!(deposit(BOB, RICH - ED));
    });
}

#[test]
fn a_withdrawal_is_at_least_the_chains_existential_deposit() {
    chain().execute_with(|| {
        let withdraw = |amount, price| {
            FatContracts::withdraw_from_cluster(signed(BOB), 1, NOBODY, amount, price, MOST)
        };
        assert_noop!(withdraw(ED - 1, None), Error::<Test>::AmountTooLow);
        assert_ok!(withdraw(ED, None));
        let event = Event::WithdrawalQueued {
            cluster: 1,
            seq: 1,
            from: BOB,
            dest: NOBODY,
            amount: ED,
        };
        assert_eq!(last_event(), event);
        let message = ClusterMessage::Withdraw {
            from: BOB,
            dest: NOBODY,
            amount: ED,
            max_gas_price: 2,
        };
        assert_eq!(FatContracts::message(1, 1), Some(queued(message)));
        assert_ok!(withdraw(ED, Some(17)));
        assert!(matches!(
            FatContracts::message(1, 2).map(|queued| queued.message),
            Some(ClusterMessage::Withdraw {
                max_gas_price: 17,
                ..
            })
        ));
    });
}
