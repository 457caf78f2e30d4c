//! The first message of a cluster.

use crate::{
    deposit::DepositMeter,
    engine::Core,
    exec::{InstantiateRequest, Machine, Transient, SYSTEM_SALT},
    hash::contract_address,
    ledger::Ledger,
    messages::Stored,
    state::{Cluster, Config, CLUSTER},
};
use parity_scale_codec::DecodeAll;
use pink_engine_sdk::{
    types::{Balance, Determinism, Env, Failure, Hash, Outcome, Receipt, Setup, Weight},
    Fault, Overlay, VERSION_KEY,
};

/// Selector of the system contract's constructor, `default`.
const CONSTRUCTOR: [u8; 4] = [0xed, 0x4b, 0x9d, 0x1b];

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
        receipt
            .events
            .push(pink_engine_sdk::types::Event::Deposited {
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

/// Deploys the system contract from the owner's account: free of gas, and with nothing held.
///
/// # Errors
/// The code isn't fit, or its constructor fails.
pub(crate) fn deploy_system_contract(
    core: &Core,
    state: &mut Overlay<'_>,
    env: &Env,
    cluster: &mut Cluster,
    hash: Hash,
    receipt: &mut Receipt,
) -> Result<(), Failure> {
    let failed = |reason: String| Failure::new("SystemContractFailed", reason);
    let code = match state.host().system_code(&hash) {
        Ok(Some(code)) => code,
        Ok(None) => {
            // The chain keeps what its messages name: a worker without it isn't in order.
            state.set_fault(Fault::Host {
                reason: "the system contract's code isn't there".into(),
            });
            return Err(failed("no code".into()));
        }
        Err(fault) => {
            state.set_fault(fault);
            return Err(failed("no code".into()));
        }
    };
    // Nothing is held for it, whatever the prices are, and it needs no existential deposit: an
    // owner without money has a system contract, too.
    let free = Cluster {
        deposit_per_byte: 0,
        deposit_per_item: 0,
        existential_deposit: 0,
        ..cluster.clone()
    };
    let stored = Stored::check(core, state, &free, code, Determinism::Enforced)?;
    if stored.hash != hash {
        return Err(failed("the code has another hash".into()));
    }
    stored
        .store(core, state, &free, cluster.owner, &mut receipt.events)
        .map_err(|error| failed(error.name().into_owned()))?;
    let owner = cluster.owner;
    let mut machine = Machine {
        state,
        core,
        env,
        cluster: &free,
        origin: owner,
        determinism: Determinism::Enforced,
        frames: Vec::new(),
        events: Vec::new(),
        event_bytes: 0,
        effects: Vec::new(),
        transient: Transient::default(),
        debug: Vec::new(),
        nonce: None,
        done: None,
    };
    let address = contract_address(&owner, &hash, &cluster.id, SYSTEM_SALT);
    let ran = super::run_first(&mut machine, Weight::default(), &address, |machine| {
        let request = InstantiateRequest {
            code_hash: hash,
            value: 0,
            input: CONSTRUCTOR.to_vec(),
            salt: SYSTEM_SALT,
            gas: Weight::new(u64::MAX, u64::MAX),
            deposit_limit: 0,
        };
        machine
            .instantiate_first(request, DepositMeter::root(Balance::MAX))
            .map(|(_, returned)| returned)
    });
    if ran.ended.outcome != Outcome::Success {
        return Err(failed(format!(
            "its constructor ended as {:?}",
            ran.ended.outcome
        )));
    }
    cluster.system_contract = Some(address);
    state.put_as(CLUSTER, cluster);
    receipt.events.extend(ran.events);
    receipt.address = Some(address);
    receipt.code_hash = Some(hash);
    Ok(())
}
