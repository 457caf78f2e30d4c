//! What can be looked at from outside.

use crate::{ext::StorageKey, records, state::Cluster, versions::Rules};
use pink_engine_sdk::{
    types::{AccessError, AccountId, ClusterView, Version},
    Overlay, VERSION_KEY,
};

/// The cluster.
pub(crate) fn cluster(state: &mut Overlay<'_>) -> Option<ClusterView> {
    let version: Version = state.get_as(VERSION_KEY)?;
    let cluster = Cluster::load(state)?;
    Some(ClusterView {
        version,
        cluster: cluster.id,
        owner: cluster.owner,
        treasury: cluster.treasury,
        gas_price: cluster.gas_price,
        deposit_per_item: cluster.deposit_per_item,
        deposit_per_byte: cluster.deposit_per_byte,
        existential_deposit: cluster.existential_deposit,
        system_contract: cluster.system_contract,
    })
}

/// A value of a contract. A key of 32 bytes is looked for under both kinds of keys, the variable
/// one first, since today's contracts use those.
///
/// # Errors
/// There is no such contract, or the key is longer than any can be.
pub(crate) fn contract_storage(
    state: &mut Overlay<'_>,
    rules: &Rules,
    address: &AccountId,
    key: &[u8],
) -> Result<Option<Vec<u8>>, AccessError> {
    let contract = records::contract(state, address).ok_or(AccessError::DoesntExist)?;
    if key.len() > rules.limits.storage_key_len as usize {
        return Err(AccessError::BadKey);
    }
    let prefix = contract.prefix(address);
    if let Some(value) = state.get(&StorageKey::Variable(key).in_state(&prefix)) {
        return Ok(Some(value.to_vec()));
    }
    match key.len() {
        32 => Ok(state
            .get(&StorageKey::Fixed(key).in_state(&prefix))
            .map(<[u8]>::to_vec)),
        _ => Ok(None),
    }
}
