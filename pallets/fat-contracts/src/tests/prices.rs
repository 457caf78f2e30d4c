//! Prices with notice and bounds; schedules; evictions.

use super::mock::*;

fn update(who: AccountId, gas_price: Balance) -> sp_runtime::DispatchResult {
    FatContracts::update_prices(signed(who), 1, gas_price, 20, 30)
}

fn gas_price() -> Option<Balance> {
    FatContracts::cluster(1).map(|record| record.prices.gas_price)
}

#[test]
fn prices_change_by_a_message_after_their_notice() {
    chain().execute_with(|| {
        assert_noop!(update(BOB, 10), Error::<Test>::NotClusterOwner);
        assert_ok!(update(ALICE, 10));
        let prices = Prices {
            gas_price: 10,
            deposit_per_item: 20,
            deposit_per_byte: 30,
        };
        let event = Event::PricesScheduled {
            cluster: 1,
            prices,
            at: 7,
        };
        assert_eq!(last_event(), event);
        assert_noop!(update(ALICE, 11), Error::<Test>::PricesPending);
        advance_to(6);
        assert_eq!(gas_price(), Some(2));
        next_block();
        assert_eq!(gas_price(), Some(10));
        let event = Event::PricesUpdated {
            cluster: 1,
            seq: 1,
            prices,
        };
        assert_eq!(last_event(), event);
        let message = ClusterMessage::UpdatePrices {
            gas_price: 10,
            deposit_per_item: 20,
            deposit_per_byte: 30,
        };
        assert_eq!(
            FatContracts::message(1, 1).map(|queued| queued.message),
            Some(message)
        );
        // Who doesn't say otherwise accepts the price of the day.
        assert_ok!(call(BOB, GAS, None));
        assert!(matches!(
            FatContracts::message(1, 2).map(|queued| queued.message),
            Some(ClusterMessage::Call {
                max_gas_price: 10,
                ..
            })
        ));
        assert_ok!(update(ALICE, 12));
    });
}

#[test]
fn governance_bounds_prices() {
    chain().execute_with(|| {
        let prices = |price| Prices {
            gas_price: price,
            deposit_per_item: price,
            deposit_per_byte: price,
        };
        let range = |min, max| {
            Some(PriceRange {
                min: prices(min),
                max: prices(max),
            })
        };
        let set = |origin, range| FatContracts::set_price_bounds(origin, range);
        assert_noop!(set(signed(ALICE), None), DispatchError::BadOrigin);
        assert_noop!(set(root(), range(2, 1)), Error::<Test>::PricesOutOfBounds);
        assert_ok!(set(root(), range(3, 40)));
        assert_eq!(
            last_event(),
            Event::PriceBoundsSet {
                range: range(3, 40)
            }
        );
        assert_noop!(update(ALICE, 2), Error::<Test>::PricesOutOfBounds);
        assert_noop!(update(ALICE, 41), Error::<Test>::PricesOutOfBounds);
        // New clusters too.
        let add = || add_cluster(ALICE, Permission::Public, vec![], 0);
        assert_noop!(add(), Error::<Test>::PricesOutOfBounds);
        assert_ok!(update(ALICE, 3));
        assert_ok!(set(root(), None));
        assert_ok!(add());
    });
}

#[test]
fn a_schedule_is_governances() {
    chain().execute_with(|| {
        let update = |origin, len| FatContracts::update_schedule(origin, 1, vec![1; len]);
        assert_noop!(update(signed(ALICE), 1), DispatchError::BadOrigin);
        assert_noop!(update(root(), 33), Error::<Test>::EngineConfigTooLong);
        assert_ok!(update(root(), 32));
        assert_eq!(last_event(), Event::ScheduleQueued { cluster: 1, seq: 1 });
        let schedule = vec![1; 32];
        let message = ClusterMessage::UpdateSchedule { schedule };
        assert_eq!(
            FatContracts::message(1, 1).map(|queued| queued.message),
            Some(message)
        );
    });
}

/// A member worker counts as the block's author.
#[test]
fn evictions_are_claimed_by_anyone() {
    staffed_chain().execute_with(|| {
        let claim = |who| FatContracts::claim_surcharge(signed(who), 1, CONTRACT, None, MOST);
        for (seq, (who, by_worker)) in (1..).zip([(BOB, false), (worker(1), true)]) {
            assert_ok!(claim(who.clone()));
            let event = Event::SurchargeClaimQueued {
                cluster: 1,
                seq,
                who: who.clone(),
                contract: CONTRACT,
            };
            assert_eq!(last_event(), event);
            let message = ClusterMessage::ClaimSurcharge {
                origin: who,
                contract: CONTRACT,
                by_worker,
                max_gas_price: 2,
            };
            assert_eq!(
                FatContracts::message(1, seq).map(|queued| queued.message),
                Some(message)
            );
        }
        let nowhere = || FatContracts::claim_surcharge(signed(BOB), 2, CONTRACT, None, MOST);
        assert_noop!(nowhere(), Error::<Test>::ClusterNotFound);
    });
}

#[test]
fn a_block_changes_the_prices_of_so_many_clusters() {
    chain().execute_with(|| {
        let update = |cluster| FatContracts::update_prices(root(), cluster, 1, 1, 1);
        for cluster in 2..=3 {
            assert_ok!(add_cluster(ALICE, Permission::Public, vec![], 0));
            assert_ok!(update(cluster));
        }
        assert_noop!(update(1), Error::<Test>::TooManyUpgrades);
        assert_noop!(update(9), Error::<Test>::ClusterNotFound);
        next_block();
        assert_ok!(update(1));
    });
}
