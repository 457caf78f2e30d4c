//! Who may fill how much of a block: a stranger can't shut anybody out. 2500 picoseconds and 250
//! bytes are a block here, eight withdrawals, and 625 and 62 a quarter.

use super::mock::*;
use crate::tiers::QueuePriority;

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

/// Uploads, deposits and removals have no limit, and took no room: a stranger filled a block with
/// them for the fee of their places. Each takes 200 picoseconds now, and one for each of its bytes.
#[test]
fn messages_without_a_limit_take_their_part_of_a_block() {
    chain().execute_with(|| {
        message_takes(200, 1);
        let weight = || {
            let queue = Queues::<Test>::get(1);
            if queue.block == System::block_number() {
                queue.block_weight
            } else {
                limit(0, 0)
            }
        };
        let remove = |who| FatContracts::remove_code(signed(who), 1, CodeHash::zero(), None, MOST);
        let upload = |who, bytes| {
            let code = vec![0; bytes];
            FatContracts::cluster_upload_resource(signed(who), 1, code, None, None, MOST)
        };
        let own: DispatchError = Error::<Test>::SenderGasExhausted.into();
        let all: DispatchError = Error::<Test>::BlockGasExhausted.into();
        // Block, kind, sender, hash and price: 4 + 1 + 32 + 32 + 16 = 85 bytes.
        assert_ok!(remove(stranger(1)));
        assert_eq!(weight(), limit(285, 2));
        // Block, kind, sender, length and code, no limit, price: 4 + 1 + 32 + 1 + 31 + 1 + 16 = 86.
        assert_ok!(upload(stranger(1), 31));
        assert_eq!(weight(), limit(571, 4));
        assert_noop!(remove(stranger(1)), own);
        // Never in any block, so it isn't put off to the next: 56 + 370 = 426 bytes make 626.
        let high: DispatchError = Error::<Test>::GasLimitTooHigh.into();
        assert_noop!(upload(stranger(2), 370), high);
        assert_noop!(call(stranger(2), limit(625, 1), None), high);
        // 56 + 368 = 424 bytes.
        assert_ok!(upload(stranger(2), 368));
        assert_eq!(weight(), limit(571 + 624, 6));
        assert_ok!(remove(stranger(3)));
        assert_eq!(weight(), limit(1_480, 8));
        // Of 1562 there are 82 left for everybody. A withdrawal has its own room.
        assert_noop!(remove(stranger(4)), all);
        assert_ok!(FatContracts::withdraw_from_cluster(
            signed(BOB),
            1,
            BOB,
            ED,
            None,
            MOST
        ));
        assert_eq!(weight(), limit(1_480, 8));
        // The owner's quarter: 707 of 2187.
        for taken in [1_765, 2_050] {
            assert_ok!(remove(ALICE));
            assert_eq!(weight().ref_time, taken);
        }
        assert_noop!(remove(ALICE), all);
        // And the pallet's eighth: a Destroy has 6 bytes.
        let message = ClusterMessage::Destroy { sweep_to: None };
        let none = limit(0, 0);
        assert_ok!(Pallet::<Test>::enqueue(
            1,
            message,
            QueuePriority::System,
            none
        ));
        assert_eq!(weight().ref_time, 2_256);
        // It was more than half: the next block is dearer.
        let one = 1_000_000_000_000_000_000;
        assert_eq!(FatContracts::congestion(1).into_inner(), one / 8 * 9);
    });
}

/// A chain that lets messages take more than there is of a block doesn't pass its own tests.
#[test]
#[should_panic(expected = "the longest message without a gas limit")]
fn the_longest_message_has_room() {
    chain().execute_with(|| {
        Pallet::<Test>::check_bounds();
        message_takes(0, 1);
        Pallet::<Test>::check_bounds();
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
