//! A cluster's prices, and what else is put into force by a message: schedules, evictions.

use crate::{
    tiers::QueuePriority, Clusters, Config, Error, Event, Pallet, PendingPrices, PriceBounds,
    PricesAt,
};
use fat_contracts_primitives::{
    BlockNumber, ClusterId, ClusterMessage, ClusterStatus, Prices, Weight as GasWeight,
};
use frame_support::{ensure, pallet_prelude::*, traits::Get};
use sp_runtime::DispatchResult;

/// Between which prices governance lets owners choose, each bound included.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct PriceRange {
    /// The lowest of each price.
    pub min: Prices,
    /// The highest of each price.
    pub max: Prices,
}

impl PriceRange {
    fn contains(&self, prices: &Prices) -> bool {
        at_most(&self.min, prices) && at_most(prices, &self.max)
    }
}

/// Whether no price of `low` is above that of `high`.
fn at_most(low: &Prices, high: &Prices) -> bool {
    low.gas_price <= high.gas_price
        && low.deposit_per_item <= high.deposit_per_item
        && low.deposit_per_byte <= high.deposit_per_byte
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_set_price_bounds(range: Option<PriceRange>) -> DispatchResult {
        let ordered = range.is_none_or(|range| at_most(&range.min, &range.max));
        ensure!(ordered, Error::<T>::PricesOutOfBounds);
        PriceBounds::<T>::set(range);
        Self::deposit_event(Event::PriceBoundsSet { range });
        Ok(())
    }

    /// # Errors
    /// `PricesOutOfBounds`.
    pub(crate) fn check_prices(prices: &Prices) -> Result<(), Error<T>> {
        let fits = PriceBounds::<T>::get().is_none_or(|range| range.contains(prices));
        ensure!(fits, Error::<T>::PricesOutOfBounds);
        Ok(())
    }

    pub(crate) fn do_update_prices(cluster: ClusterId, prices: Prices) -> DispatchResult {
        Self::open_cluster(cluster, false)?;
        Self::check_prices(&prices)?;
        ensure!(
            !PendingPrices::<T>::contains_key(cluster),
            Error::<T>::PricesPending
        );
        let at = Self::now().saturating_add(T::MinPriceNotice::get().max(1));
        PricesAt::<T>::try_append(at, cluster).map_err(|_| Error::<T>::TooManyUpgrades)?;
        PendingPrices::<T>::insert(cluster, (at, prices));
        Self::deposit_event(Event::PricesScheduled {
            cluster,
            prices,
            at,
        });
        Ok(())
    }

    /// Queues the prices whose notice is over. Returns how many there were.
    pub(crate) fn begin_due_prices() -> u32 {
        let due = PricesAt::<T>::take(Self::now());
        for cluster in &due {
            if let Some((_, prices)) = PendingPrices::<T>::take(cluster) {
                Self::begin_prices(*cluster, prices);
            }
        }
        due.len() as u32
    }

    fn begin_prices(cluster: ClusterId, prices: Prices) {
        let open = Clusters::<T>::get(cluster)
            .is_some_and(|record| record.status == ClusterStatus::Active);
        let message = ClusterMessage::UpdatePrices {
            gas_price: prices.gas_price,
            deposit_per_item: prices.deposit_per_item,
            deposit_per_byte: prices.deposit_per_byte,
        };
        // The owner's or governance's, like what they send themselves: the pallet's own slots are for
        // what nobody can order again and again.
        let queued = open
            .then(|| {
                Self::enqueue(
                    cluster,
                    message,
                    QueuePriority::Privileged,
                    GasWeight::default(),
                )
                .ok()
            })
            .flatten();
        let Some(seq) = queued else {
            Self::deposit_event(Event::PricesDropped { cluster, prices });
            return;
        };
        Clusters::<T>::mutate(cluster, |record| {
            if let Some(record) = record {
                record.prices = prices;
            }
        });
        Self::deposit_event(Event::PricesUpdated {
            cluster,
            seq,
            prices,
        });
    }

    /// Takes back prices whose notice runs.
    pub(crate) fn drop_pending_prices(cluster: ClusterId) {
        if let Some((at, prices)) = PendingPrices::<T>::take(cluster) {
            unschedule::<T>(at, cluster);
            Self::deposit_event(Event::PricesDropped { cluster, prices });
        }
    }
}

/// Removes a cluster from those whose prices change at a block.
fn unschedule<T: Config>(at: BlockNumber, cluster: ClusterId) {
    PricesAt::<T>::mutate_exists(at, |clusters| {
        if let Some(list) = clusters {
            list.retain(|scheduled| *scheduled != cluster);
            if list.is_empty() {
                *clusters = None;
            }
        }
    });
}
