//! From the rent era.

use super::{ended, none, steps::Migration};
use crate::{
    deletion,
    state::{Cluster, Config, CLUSTER, MOVING, NONCE, RENT_STORAGE},
};
use parity_scale_codec::Decode;
use pink_engine_sdk::{
    types::{AccountId, Balance, Failure, Hash},
    Overlay,
};

/// Takes over its cluster.
///
/// # Errors
/// There is no cluster, or it has ended.
pub(super) fn migrate(state: &mut Overlay<'_>) -> Result<Cluster, Failure> {
    let old: RentCluster = state.get_as(CLUSTER).ok_or_else(none)?;
    let old = old.living()?;
    let cluster = Cluster {
        id: old.id,
        owner: old.owner,
        treasury: old.treasury,
        gas_price: old.gas_price,
        deposit_per_item: old.deposit_per_item,
        deposit_per_byte: old.deposit_per_byte,
        existential_deposit: old.existential_deposit,
        system_contract: None,
        // The rent era's configuration says nothing of queries.
        config: Config::default(),
    };
    state.put_as(CLUSTER, &cluster);
    // What waits for its deletion goes on waiting.
    let waiting = state.get_as::<Vec<Deleted>>(b"deletion");
    for deleted in waiting.unwrap_or_default() {
        deletion::enqueue(state, &[RENT_STORAGE, &deleted.prefix].concat());
    }
    let nonce = state.get_as::<u64>(b"counter").unwrap_or(0);
    state.put_as(NONCE, &nonce);
    state.put_as(MOVING, &Migration::start());
    // This era has no use for these.
    for key in [b"config".as_slice(), b"schedule", b"counter", b"deletion"] {
        state.remove(key);
    }
    Ok(cluster)
}

/// The cluster, as that era has it.
#[derive(Decode)]
struct RentCluster {
    id: Hash,
    owner: AccountId,
    treasury: AccountId,
    gas_price: Balance,
    deposit_per_item: Balance,
    deposit_per_byte: Balance,
    existential_deposit: Balance,
    destroyed: bool,
}

impl RentCluster {
    /// Refuses one that has ended.
    ///
    /// # Errors
    /// It has.
    fn living(self) -> Result<Self, Failure> {
        if self.destroyed {
            Err(ended())
        } else {
            Ok(self)
        }
    }
}

/// A contract whose storage waits for its deletion.
#[derive(Decode)]
#[allow(dead_code)] // what the record holds, whether it is needed or not
struct Deleted {
    pair_count: u32,
    prefix: Hash,
}
