//! The first message of a cluster.

use super::system::deploy_system_contract;
use crate::{
    core::Core,
    ledger::Ledger,
    state::{Cluster, Config, CLUSTER},
};
use parity_scale_codec::DecodeAll;
use pink_engine_sdk::{
    types::{Env, Event, Failure, Receipt, Setup},
    Overlay, VERSION_KEY,
};

/// Brings the cluster into being: record, owner's money, system contract. All of it, or nothing.
pub(super) fn execute(
    core: &Core,
    state: &mut Overlay<'_>,
    env: &Env,
    existing: Option<Cluster>,
    message: Setup,
) -> Receipt {
    if existing.is_some() {
        return Receipt::rejected(Failure::new("ClusterExists", "it was set up before"));
    }
    state.begin();
    match set_up(core, state, env, message) {
        Ok(receipt) => {
            state.commit();
            receipt
        }
        Err(failure) => {
            state.rollback();
            Receipt::rejected(failure)
        }
    }
}

fn set_up(
    core: &Core,
    state: &mut Overlay<'_>,
    env: &Env,
    message: Setup,
) -> Result<Receipt, Failure> {
    let config = match message.engine_config.as_slice() {
        [] => Config::default(),
        mut bytes => Config::decode_all(&mut bytes).map_err(|error| {
            Failure::new(
                "InvalidEngineConfig",
                format!("the cluster's configuration can't be read: {error}"),
            )
        })?,
    };
    let mut cluster = Cluster {
        id: message.cluster,
        owner: message.owner,
        treasury: message.treasury,
        gas_price: message.gas_price,
        deposit_per_item: message.deposit_per_item,
        deposit_per_byte: message.deposit_per_byte,
        existential_deposit: message.existential_deposit,
        system_contract: None,
        config,
    };
    state.put_as(VERSION_KEY, &core.rules.version);
    state.put_as(CLUSTER, &cluster);
    let mut receipt = Receipt::free();
    if message.deposit > 0 {
        receipt.events.push(Event::Deposited {
            account: message.owner,
            amount: message.deposit,
        });
        Ledger::new(state, &mut receipt.events, &cluster).mint(&message.owner, message.deposit);
    }
    if let Some(hash) = message.system_code {
        deploy_system_contract(core, state, env, &mut cluster, hash, &mut receipt)?;
    }
    Ok(receipt)
}
