//! The fee for a message's place. A picosecond costs 10 here, and a message 7.

use super::mock::*;

fn limit(ref_time: u64) -> Weight {
    Weight {
        ref_time,
        proof_size: 0,
    }
}

fn priced() -> Chain {
    BaseFee::set(7);
    FeeRate::set(10);
    FeesTaken::set(0);
    chain()
}

fn paying(most: Balance, gas: Weight) -> Result<(), DispatchError> {
    FatContracts::call_contract(signed(BOB), 1, CONTRACT, vec![], 0, gas, None, None, most)
}

#[test]
fn ordering_is_paid_on_the_chain_and_not_given_back() {
    priced().execute_with(|| {
        let issued = Balances::total_issuance();
        assert_eq!(FatContracts::ordering_fee(1, limit(100)), 1_007);
        assert_noop!(paying(1_006, limit(100)), Error::<Test>::OrderingFeeTooHigh);
        assert_eq!(free(&BOB), RICH);
        assert_ok!(paying(1_007, limit(100)));
        assert_eq!(free(&BOB), RICH - 1_007);
        let paid = Event::OrderingFeePaid {
            cluster: 1,
            seq: 1,
            who: BOB,
            fee: 1_007,
        };
        assert!(events().contains(&paid));
        assert_eq!(FeesTaken::get(), 1_007);
        assert_eq!(Balances::total_issuance(), issued - 1_007);
    });
}

/// The fee is for all that a message takes of a block, so crowding one with messages that have no limit
/// isn't cheaper: 200 picoseconds each here, and one for each byte.
#[test]
fn what_a_message_takes_beside_its_limit_is_paid() {
    priced().execute_with(|| {
        message_takes(200, 1);
        let weight = FatContracts::queued_weight(&limit(0), 85);
        // By hand: 7 + 10 · (200 + 85).
        assert_eq!(FatContracts::ordering_fee(1, weight), 2_857);
        let remove = |most| FatContracts::remove_code(signed(BOB), 1, CodeHash::zero(), None, most);
        assert_noop!(remove(2_856), Error::<Test>::OrderingFeeTooHigh);
        assert_ok!(remove(2_857));
        assert_eq!(free(&BOB), RICH - 2_857);
        // A withdrawal takes none.
        assert_ok!(FatContracts::withdraw_from_cluster(
            signed(BOB),
            1,
            BOB,
            ED,
            None,
            7
        ));
        assert_eq!(free(&BOB), RICH - 2_864);
        // A call of 119 bytes with a limit of 100: 7 + 10 · 419.
        next_block();
        assert_ok!(paying(4_197, limit(100)));
        assert_eq!(free(&BOB), RICH - 7_061);
    });
}

/// A place is a place: whatever somebody signs pays for it, and what nobody signs doesn't.
#[test]
fn every_signed_message_pays() {
    priced().execute_with(|| {
        let bob = || signed(BOB);
        let low: DispatchError = Error::<Test>::OrderingFeeTooHigh.into();
        let hash = CodeHash::zero();
        let messages: [&dyn Fn(Balance) -> sp_runtime::DispatchResult; 7] = [
            &|most| FatContracts::cluster_upload_resource(bob(), 1, vec![1], None, None, most),
            &|most| {
                let code = CodeSource::Hash(hash);
                let (none, gas) = (vec![], limit(1));
                FatContracts::instantiate_contract(
                    bob(),
                    1,
                    code,
                    none,
                    vec![],
                    0,
                    gas,
                    None,
                    None,
                    most,
                )
            },
            &|most| paying(most, limit(1)),
            &|most| FatContracts::transfer_to_cluster(bob(), 1, BOB, CLUSTER_ED, most),
            &|most| FatContracts::withdraw_from_cluster(bob(), 1, BOB, ED, None, most),
            &|most| FatContracts::claim_surcharge(bob(), 1, CONTRACT, None, most),
            &|most| FatContracts::remove_code(bob(), 1, hash, None, most),
        ];
        for message in messages {
            let taken = FeesTaken::get();
            assert_noop!(message(6), low);
            assert_ok!(message(17));
            let fee = FeesTaken::get() - taken;
            assert!(fee == 7 || fee == 17, "{fee}");
        }
        // Five without a limit, and two with one of a picosecond.
        assert_eq!(FeesTaken::get(), 5 * 7 + 2 * 17);

        assert_ok!(FatContracts::update_schedule(root(), 1, vec![]));
        assert_ok!(FatContracts::update_prices(signed(ALICE), 1, 1, 1, 1));
        advance_to(20);
        assert_eq!(FeesTaken::get(), 5 * 7 + 2 * 17);
    });
}

/// An activation has a limit, which is paid for like a call's.
#[test]
fn an_activation_pays_for_its_limit() {
    priced().execute_with(|| {
        let activate = |most| {
            FatContracts::activate_code(signed(BOB), 1, CodeHash::zero(), limit(100), None, most)
        };
        // By hand: 7 + 10 · 100.
        assert_noop!(activate(1_006), Error::<Test>::OrderingFeeTooHigh);
        assert_ok!(activate(1_007));
        assert_eq!(free(&BOB), RICH - 1_007);
    });
}

/// First the place, then the money: who is refused has paid nothing, who can't pay has no place.
#[test]
fn who_is_refused_pays_nothing() {
    priced().execute_with(|| {
        let poor = || {
            let gas = limit(1);
            FatContracts::call_contract(
                signed(NOBODY),
                1,
                CONTRACT,
                vec![],
                0,
                gas,
                None,
                None,
                MOST,
            )
        };
        assert!(poor().is_err());
        assert_eq!(Queues::<Test>::get(1).next, 1);
        // The account stays open: all but the chain's existential deposit can be paid.
        BaseFee::set(RICH - ED + 1);
        assert!(FatContracts::remove_code(signed(BOB), 1, CodeHash::zero(), None, MOST).is_err());
        BaseFee::set(RICH - ED);
        assert_ok!(FatContracts::remove_code(
            signed(BOB),
            1,
            CodeHash::zero(),
            None,
            MOST
        ));
        assert_eq!(free(&BOB), ED);
        BaseFee::set(1);
        while call(ALICE, limit(1), None).is_ok() {
            next_block();
        }
        let before = free(&ALICE);
        assert_noop!(call(ALICE, limit(1), None), Error::<Test>::QueueFull);
        assert_eq!(free(&ALICE), before);
    });
}

/// Half of a block are 1250 picoseconds. By hand: 800 × 10 + 7 = 8007; × 9/8 = 9007.875;
/// × 81/64 = 10133.859…; × 81/64 × 7/8 = 8867.127…; × 81/64 × 49/64 is below 1.
#[test]
fn crowded_blocks_make_it_dearer_by_an_eighth() {
    priced().execute_with(|| {
        let fee = || FatContracts::ordering_fee(1, limit(800));
        let fill = |ref_time| {
            assert_ok!(call(ALICE, limit(1_000), None));
            assert_ok!(call(ALICE, limit(ref_time), None));
        };
        assert_eq!(fee(), 8_007);
        fill(250);
        assert_eq!(fee(), 8_007);
        next_block();
        fill(251);
        // What this block pays was known before it: the factor of the next one rose.
        assert_eq!(fee(), 9_007);
        let taken = FeesTaken::get();
        assert_ok!(call(ALICE, limit(800), None));
        assert_eq!(FeesTaken::get() - taken, 8_007);
        next_block();
        fill(251);
        assert_eq!(fee(), 10_133);
        let taken = FeesTaken::get();
        assert_ok!(call(ALICE, limit(800), None));
        assert_eq!(FeesTaken::get() - taken, 9_007);
        next_block();
        assert_eq!(fee(), 8_867);
        next_block();
        assert_eq!(fee(), 8_007);
        next_block();
        assert_eq!(fee(), 8_007);
    });
}

/// The other dimension crowds a block as well: half are 125 bytes.
#[test]
fn state_crowds_a_block_too() {
    priced().execute_with(|| {
        let bytes = |proof_size| Weight {
            ref_time: 1,
            proof_size,
        };
        assert_ok!(call(ALICE, bytes(100), None));
        assert_ok!(call(ALICE, bytes(25), None));
        assert_eq!(
            FatContracts::congestion(1).into_inner(),
            1_000_000_000_000_000_000
        );
        assert_ok!(call(ALICE, bytes(1), None));
        assert_eq!(
            FatContracts::congestion(1).into_inner(),
            1_125_000_000_000_000_000
        );
    });
}

/// Worked out from block numbers, it is what counting block by block gives; and the highest factor
/// there can be is gone in less than 400 quiet blocks.
#[test]
fn quiet_blocks_cost_nothing_and_count() {
    let one = 1_000_000_000_000_000_000u128;
    priced().execute_with(|| {
        let mut factor = one;
        for crowded in [true, true, true, false, true, true] {
            let gas = if crowded { 1_000 } else { 1 };
            // What it costs is no matter here.
            FeeRate::set(0);
            BaseFee::set(0);
            assert_ok!(call(ALICE, limit(gas), None));
            assert_ok!(call(ALICE, limit(gas), None));
            let eighth = factor / 8;
            factor = if crowded {
                factor + eighth
            } else {
                factor - eighth
            };
            assert_eq!(FatContracts::congestion(1).into_inner(), factor);
            next_block();
        }
        for _ in 0..12 {
            factor = (factor - factor / 8).max(one);
            assert_eq!(FatContracts::congestion(1).into_inner(), factor);
            next_block();
        }
        assert_eq!(factor, one);
        Queues::<Test>::mutate(1, |queue| {
            queue.congestion = sp_runtime::FixedU128::from_inner(u128::MAX);
        });
        let block = Queues::<Test>::get(1).block;
        let queue = Queues::<Test>::get(1);
        let at = |later: u32| FatContracts::congestion_at(&queue, block + later).into_inner();
        assert!(at(353) > one);
        assert_eq!(at(400), one);
        assert_eq!(at(u32::MAX - block), one);
    });
}

/// So do withdrawals, which have no limit: of eight that a block has, half are four.
#[test]
fn withdrawals_crowd_a_block_too() {
    priced().execute_with(|| {
        let withdraw = |who: AccountId| {
            FatContracts::withdraw_from_cluster(signed(who), 1, BOB, ED, None, MOST)
        };
        for _ in 0..4 {
            assert_ok!(withdraw(BOB));
        }
        let one = 1_000_000_000_000_000_000;
        assert_eq!(FatContracts::congestion(1).into_inner(), one);
        assert_ok!(withdraw(ALICE));
        assert_eq!(FatContracts::congestion(1).into_inner(), one / 8 * 9);
        next_block();
        let taken = FeesTaken::get();
        for _ in 0..5 {
            assert_ok!(withdraw(ALICE));
        }
        // By hand: 7 × 9/8 = 7.875, and 7 × 81/64 = 8.859….
        assert_eq!(FeesTaken::get() - taken, 5 * 7);
        assert_eq!(FatContracts::ordering_fee(1, limit(0)), 8);
    });
}
