//! What `seal_rent_params` tells a contract.

use crate::{code::Prefab, core::Execution, ext::RentParams, state::alive};
use pink_engine_sdk::types::AccountId;

impl Execution<'_, '_> {
    /// Those of a contract with this code; none if it isn't alive.
    pub(super) fn rent_params(
        &mut self,
        address: &AccountId,
        prefab: &Prefab,
    ) -> Option<RentParams> {
        let contract = alive(self.state, address)?;
        let free = self.free(address);
        Some(RentParams {
            total_balance: free,
            free_balance: free,
            subsistence_threshold: self.subsistence_threshold(),
            deposit_per_contract: self.config.deposit_per_contract,
            deposit_per_storage_byte: self.cluster.deposit_per_byte,
            deposit_per_storage_item: self.cluster.deposit_per_item,
            rent_allowance: contract.rent_allowance,
            rent_fraction: self.config.rent_fraction,
            storage_size: contract.storage_size,
            code_size: prefab.original_len.saturating_add(prefab.instrumented_len),
            code_refcount: u32::try_from(prefab.refcount).unwrap_or(u32::MAX),
            reserved: None,
        })
    }
}
