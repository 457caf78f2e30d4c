//! Transactions of contracts. The pallet keeps no list of contracts or of code: it foretells the
//! address, and the engine decides, in message order.

use crate::{
    tiers::{within, QueuePriority},
    Config, Error, Event, Pallet,
};
use alloc::vec::Vec;
use fat_contracts_primitives::{
    contract_address, AccountId, Balance, ClusterId, ClusterMessage, ClusterRecord, CodeHash,
    CodeSource, Weight as GasWeight, SYSTEM_SALT,
};
use frame_support::ensure;
use sp_runtime::DispatchResult;

/// What a sender offers for a message.
pub(crate) struct Offer {
    pub(crate) value: Balance,
    pub(crate) gas_limit: GasWeight,
    pub(crate) storage_deposit_limit: Option<Balance>,
    pub(crate) max_gas_price: Option<Balance>,
    pub(crate) max_ordering_fee: Balance,
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_upload(
        origin: AccountId,
        cluster: ClusterId,
        code: Vec<u8>,
        storage_deposit_limit: Option<Balance>,
        max_gas_price: Option<Balance>,
        max_ordering_fee: Balance,
    ) -> DispatchResult {
        let record = Self::open_cluster(cluster, false)?;
        Self::ensure_may_deploy(&record, &origin)?;
        let code_hash = Self::code_hash(&code);
        let priority = QueuePriority::of(&origin, &record);
        let message = ClusterMessage::Upload {
            origin: origin.clone(),
            code,
            storage_deposit_limit,
            max_gas_price: max_gas_price.unwrap_or(record.prices.gas_price),
        };
        let limit = GasWeight::default();
        let seq = Self::order(cluster, &origin, message, priority, limit, max_ordering_fee)?;
        Self::deposit_event(Event::UploadQueued {
            cluster,
            seq,
            who: origin,
            code_hash,
        });
        Ok(())
    }

    pub(crate) fn do_remove_code(
        origin: AccountId,
        cluster: ClusterId,
        code_hash: CodeHash,
        max_gas_price: Option<Balance>,
        max_ordering_fee: Balance,
    ) -> DispatchResult {
        let record = Self::open_cluster(cluster, false)?;
        let priority = QueuePriority::of(&origin, &record);
        let message = ClusterMessage::RemoveCode {
            origin: origin.clone(),
            code_hash,
            max_gas_price: max_gas_price.unwrap_or(record.prices.gas_price),
        };
        let limit = GasWeight::default();
        let seq = Self::order(cluster, &origin, message, priority, limit, max_ordering_fee)?;
        Self::deposit_event(Event::CodeRemovalQueued {
            cluster,
            seq,
            who: origin,
            code_hash,
        });
        Ok(())
    }

    pub(crate) fn do_activate_code(
        origin: AccountId,
        cluster: ClusterId,
        code_hash: CodeHash,
        offer: Offer,
    ) -> DispatchResult {
        let record = Self::open_cluster(cluster, false)?;
        let priority = QueuePriority::of(&origin, &record);
        let max_gas_price = Self::accept_offer(&record, priority, &offer)?;
        let message = ClusterMessage::ActivateCode {
            origin: origin.clone(),
            code_hash,
            gas_limit: offer.gas_limit,
            max_gas_price,
        };
        let (limit, most) = (offer.gas_limit, offer.max_ordering_fee);
        let seq = Self::order(cluster, &origin, message, priority, limit, most)?;
        Self::deposit_event(Event::CodeActivationQueued {
            cluster,
            seq,
            who: origin,
            code_hash,
        });
        Ok(())
    }

    pub(crate) fn do_instantiate(
        origin: AccountId,
        cluster: ClusterId,
        code: CodeSource,
        input: Vec<u8>,
        salt: Vec<u8>,
        offer: Offer,
    ) -> DispatchResult {
        let record = Self::open_cluster(cluster, false)?;
        Self::ensure_may_deploy(&record, &origin)?;
        ensure!(salt != SYSTEM_SALT, Error::<T>::ReservedSalt);
        let priority = QueuePriority::of(&origin, &record);
        let max_gas_price = Self::accept_offer(&record, priority, &offer)?;
        let code_hash = match &code {
            CodeSource::Code(code) => Self::code_hash(code),
            CodeSource::Hash(code_hash) => *code_hash,
        };
        let address = contract_address(&origin, &code_hash, cluster, &salt);
        let message = ClusterMessage::Instantiate {
            origin: origin.clone(),
            code,
            input,
            salt,
            value: offer.value,
            gas_limit: offer.gas_limit,
            storage_deposit_limit: offer.storage_deposit_limit,
            max_gas_price,
        };
        let (limit, most) = (offer.gas_limit, offer.max_ordering_fee);
        let seq = Self::order(cluster, &origin, message, priority, limit, most)?;
        Self::deposit_event(Event::InstantiationQueued {
            cluster,
            seq,
            deployer: origin,
            code_hash,
            address,
        });
        Ok(())
    }

    pub(crate) fn do_call(
        origin: AccountId,
        cluster: ClusterId,
        contract: AccountId,
        input: Vec<u8>,
        offer: Offer,
    ) -> DispatchResult {
        let record = Self::open_cluster(cluster, false)?;
        let priority = QueuePriority::of(&origin, &record);
        let max_gas_price = Self::accept_offer(&record, priority, &offer)?;
        let message = ClusterMessage::Call {
            origin: origin.clone(),
            contract: contract.clone(),
            input,
            value: offer.value,
            gas_limit: offer.gas_limit,
            storage_deposit_limit: offer.storage_deposit_limit,
            max_gas_price,
        };
        let (limit, most) = (offer.gas_limit, offer.max_ordering_fee);
        let seq = Self::order(cluster, &origin, message, priority, limit, most)?;
        Self::deposit_event(Event::CallQueued {
            cluster,
            seq,
            who: origin,
            contract,
        });
        Ok(())
    }

    /// Checks what a sender offers for gas, and returns the gas price to put into the message.
    ///
    /// # Errors
    /// `ZeroGasLimit`, `GasLimitTooHigh`, `FeeOverflow`.
    pub(crate) fn accept_offer(
        record: &ClusterRecord,
        priority: QueuePriority<'_>,
        offer: &Offer,
    ) -> Result<Balance, Error<T>> {
        let gas_limit = &offer.gas_limit;
        ensure!(gas_limit.ref_time > 0, Error::<T>::ZeroGasLimit);
        ensure!(
            within(gas_limit, &Self::max_gas_limit(priority)),
            Error::<T>::GasLimitTooHigh
        );
        let price = offer.max_gas_price.unwrap_or(record.prices.gas_price);
        Balance::from(gas_limit.ref_time)
            .checked_mul(price)
            .and_then(|fee| fee.checked_add(offer.value))
            .ok_or(Error::<T>::FeeOverflow)?;
        Ok(price)
    }
}
