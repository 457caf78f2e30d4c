//! Who may fill how much of a block: a stranger can't shut anybody out. 2500 picoseconds and 250
//! bytes are a block here, eight withdrawals, and 625 and 62 a quarter.

use super::mock::*;

fn limit(ref_time: u64, proof_size: u64) -> Weight {
    Weight {
        ref_time,
        proof_size,
    }
}

fn stranger(number: u8) -> AccountId {
    AccountId::new([200 + number; 32])
}

/// Three calls of one stranger were enough to refuse the owner. Now it has its quarter, a crowd of
/// strangers what is left of five eighths, and the owner's part is still there.
#[test]
fn strangers_cannot_shut_the_owner_out_of_a_block() {
    chain().execute_with(|| {
        let own: DispatchError = Error::<Test>::SenderGasExhausted.into();
        let all: DispatchError = Error::<Test>::BlockGasExhausted.into();
        assert_ok!(call(stranger(1), limit(600, 1), None));
        assert_noop!(call(stranger(1), limit(26, 1), None), own);
        assert_ok!(call(stranger(1), limit(25, 1), None));
        assert_noop!(call(stranger(1), limit(1, 0), None), own);
        // 2500 less 625 and 313 are 1562: for a second quarter and half of a third.
        assert_ok!(call(stranger(2), limit(625, 1), None));
        assert_noop!(call(stranger(3), limit(313, 1), None), all);
        assert_ok!(call(stranger(3), limit(312, 1), None));
        assert_noop!(call(stranger(4), limit(1, 0), None), all);
        // The owner's quarter.
        assert_ok!(call(ALICE, limit(625, 1), None));
        assert_noop!(call(ALICE, limit(1, 0), None), all);
        // What needs no room is never refused for want of it.
        let upload =
            |who| FatContracts::cluster_upload_resource(signed(who), 1, vec![], None, None, MOST);
        assert_ok!(upload(stranger(4)));

        next_block();
        assert_eq!(Shares::<Test>::iter().count(), 0);
        assert_ok!(call(stranger(1), limit(625, 1), None));
    });
}

/// The same in the other dimension: 250 less 63 and 32 are 155.
#[test]
fn state_is_shared_out_like_time() {
    chain().execute_with(|| {
        let own: DispatchError = Error::<Test>::SenderGasExhausted.into();
        let all: DispatchError = Error::<Test>::BlockGasExhausted.into();
        assert_ok!(call(stranger(1), limit(1, 62), None));
        assert_noop!(call(stranger(1), limit(1, 1), None), own);
        assert_ok!(call(stranger(1), limit(1, 0), None));
        assert_ok!(call(stranger(2), limit(1, 62), None));
        assert_noop!(call(stranger(3), limit(1, 32), None), all);
        assert_ok!(call(stranger(3), limit(1, 31), None));
        assert_ok!(call(ALICE, limit(1, 63), None));
        assert_noop!(call(ALICE, limit(1, 1), None), all);
    });
}

/// A stranger's withdrawals used up those of a block. Of eight it has four now, strangers have
/// five together, and two are the owner's.
#[test]
fn strangers_cannot_use_up_the_withdrawals_of_a_block() {
    staffed_chain().execute_with(|| {
        let withdraw = |who: AccountId| {
            FatContracts::withdraw_from_cluster(signed(who), 1, BOB, ED, None, MOST)
        };
        for _ in 0..MAX_ACCOUNT_WITHDRAWALS {
            assert_ok!(withdraw(stranger(1)));
        }
        assert_noop!(withdraw(stranger(1)), Error::<Test>::TooManyOwnWithdrawals);
        assert_ok!(withdraw(BOB));
        assert_noop!(withdraw(BOB), Error::<Test>::TooManyWithdrawals);
        assert_ok!(withdraw(ALICE));
        assert_ok!(withdraw(ALICE));
        assert_noop!(withdraw(ALICE), Error::<Test>::TooManyWithdrawals);
        next_block();
        assert_ok!(withdraw(stranger(1)));
    });
}

/// Every cluster has blocks of its own, and a share in one is none in another.
#[test]
fn shares_are_of_one_cluster() {
    chain().execute_with(|| {
        assert_ok!(add_cluster(ALICE, Permission::Public, vec![], 0));
        let call = |cluster| {
            let gas = limit(625, 1);
            let origin = signed(stranger(1));
            FatContracts::call_contract(origin, cluster, CONTRACT, vec![], 0, gas, None, None, MOST)
        };
        for cluster in [1, 2] {
            assert_ok!(call(cluster));
            assert_noop!(call(cluster), Error::<Test>::SenderGasExhausted);
        }
        next_block();
        assert_eq!(Shares::<Test>::iter().count(), 0);
        assert_eq!(TouchedClusters::<Test>::iter().count(), 0);
    });
}
