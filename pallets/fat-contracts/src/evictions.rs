//! Evictions of contracts that can't pay their rent, asked for by a message.

use crate::{tiers::QueuePriority, Config, Event, Members, Pallet};
use fat_contracts_primitives::{
    AccountId, Balance, ClusterId, ClusterMessage, Weight as GasWeight,
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_claim_surcharge(
        origin: AccountId,
        cluster: ClusterId,
        contract: AccountId,
        max_gas_price: Option<Balance>,
        max_ordering_fee: Balance,
    ) -> DispatchResult {
        let record = Self::open_cluster(cluster, false)?;
        let members = Members::<T>::get(cluster);
        let by_worker = members
            .iter()
            .any(|member| member.worker == origin && member.diverged.is_none());
        let message = ClusterMessage::ClaimSurcharge {
            origin: origin.clone(),
            contract: contract.clone(),
            by_worker,
            max_gas_price: max_gas_price.unwrap_or(record.prices.gas_price),
        };
        let priority = QueuePriority::of(&origin, &record);
        let limit = GasWeight::default();
        let seq = Self::order(cluster, &origin, message, priority, limit, max_ordering_fee)?;
        Self::deposit_event(Event::SurchargeClaimQueued {
            cluster,
            seq,
            who: origin,
            contract,
        });
        Ok(())
    }
}
