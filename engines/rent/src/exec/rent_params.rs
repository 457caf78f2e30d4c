//! What `seal_rent_params` tells a contract.

use crate::{code::Prefab, exec::Execution, state::alive};
use parity_scale_codec::Encode;
use pink_engine_sdk::types::{AccountId, Balance};

/// Everything that a contract's rent depends on, as of when its run began. Its SCALE is what
/// contracts read.
#[derive(Clone, Debug, Encode)]
pub(crate) struct RentParams {
    total_balance: Balance,
    free_balance: Balance,
    subsistence_threshold: Balance,
    deposit_per_contract: Balance,
    deposit_per_storage_byte: Balance,
    deposit_per_storage_item: Balance,
    rent_allowance: Balance,
    /// Parts per billion.
    rent_fraction: u32,
    storage_size: u32,
    /// Bytes of the code, as it was uploaded and as it runs.
    code_size: u32,
    code_refcount: u32,
    reserved: Option<()>,
}

impl RentParams {
    /// Those of a contract with this code; none if it isn't alive.
    pub(crate) fn of(
        exec: &mut Execution<'_, '_>,
        address: &AccountId,
        prefab: &Prefab,
    ) -> Option<Self> {
        let contract = alive(exec.state, address)?;
        let free = exec.free(address);
        Some(Self {
            total_balance: free,
            free_balance: free,
            subsistence_threshold: exec.subsistence_threshold(),
            deposit_per_contract: exec.config.deposit_per_contract,
            deposit_per_storage_byte: exec.cluster.deposit_per_byte,
            deposit_per_storage_item: exec.cluster.deposit_per_item,
            rent_allowance: contract.rent_allowance,
            rent_fraction: exec.config.rent_fraction,
            storage_size: contract.storage_size,
            code_size: prefab.original_len.saturating_add(prefab.instrumented_len),
            code_refcount: u32::try_from(prefab.refcount).unwrap_or(u32::MAX),
            reserved: None,
        })
    }
}
