//! From a version of this era.

use super::{ended, none};
use crate::{
    exec::SYSTEM_SALT,
    hash::contract_address,
    records,
    state::{is_destroyed, Cluster, CLUSTER},
};
use pink_engine_sdk::{
    types::{AccountId, Failure, Hash, Receipt, Version},
    Overlay, VERSION_KEY,
};

/// Everything is as it was, and what is left of an earlier move goes on.
///
/// # Errors
/// There is no cluster, it has ended, or its state is of another version than the one that the chain
/// says it comes from.
pub(super) fn migrate(state: &mut Overlay<'_>, from: Version) -> Result<Cluster, Failure> {
    match state.get_as::<Version>(VERSION_KEY) {
        Some(stored) if stored == from => {}
        Some(stored) => {
            let detail = format!("the state is of version {stored}, and is said to be of {from}");
            return Err(Failure::new("OtherVersion", detail));
        }
        None => return Err(none()),
    }
    if is_destroyed(state) {
        return Err(ended());
    }
    Cluster::load(state).ok_or_else(none)
}

/// Keeps the system contract, with all that it has, if it is one of this code already; says
/// whether it is. One that the code made before, for an earlier version, is taken up again: there
/// can't be a second one at its address.
pub(super) fn keep_system_contract(
    state: &mut Overlay<'_>,
    cluster: &mut Cluster,
    code_hash: &Hash,
    receipt: &mut Receipt,
) -> bool {
    let Some(system) = existing(state, cluster, code_hash) else {
        return false;
    };
    if cluster.system_contract != Some(system) {
        cluster.system_contract = Some(system);
        state.put_as(CLUSTER, cluster);
    }
    receipt.address = Some(system);
    receipt.code_hash = Some(*code_hash);
    true
}

/// The contract that was deployed of this code, or the one that exchanged its own for it.
fn existing(state: &mut Overlay<'_>, cluster: &Cluster, code_hash: &Hash) -> Option<AccountId> {
    let deployed = contract_address(&cluster.owner, code_hash, &cluster.id, SYSTEM_SALT);
    if records::contract(state, &deployed).is_some() {
        return Some(deployed);
    }
    let current = cluster.system_contract?;
    let record = records::contract(state, &current)?;
    (record.code_hash == *code_hash).then_some(current)
}
