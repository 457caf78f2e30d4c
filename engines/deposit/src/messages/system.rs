//! The system contract.

use super::root::run_root;
use crate::{
    code::Stored,
    core::Core,
    deposit::DepositMeter,
    exec::{CallStack, SYSTEM_SALT},
    ext::InstantiateRequest,
    hash::contract_address,
    state::{Cluster, CLUSTER},
};
use pink_engine_sdk::{
    types::{Balance, Determinism, Env, Failure, Hash, Outcome, Receipt, Weight},
    Fault, Overlay,
};

/// Selector of the system contract's constructor, `default`.
const CONSTRUCTOR: [u8; 4] = [0xed, 0x4b, 0x9d, 0x1b];

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
    let stored = Stored::check(core.rules, state, &free, code, Determinism::Enforced)?;
    if stored.hash != hash {
        return Err(failed("the code has another hash".into()));
    }
    let owner = cluster.owner;
    // Free of gas, and so of compiling: whoever wants that pays for it.
    let (stored, block) = (stored.only_interpreted(), env.block.number);
    stored
        .store(&core.cache, state, &free, owner, block, &mut receipt.events)
        .map_err(|error| failed(error.name().into_owned()))?;
    let address = contract_address(&owner, &hash, &cluster.id, SYSTEM_SALT);
    let mut stack = CallStack::new(core, state, env, &free, owner);
    let executed = run_root(&mut stack, Weight::default(), &address, |stack| {
        let request = InstantiateRequest {
            code_hash: hash,
            value: 0,
            input: CONSTRUCTOR.to_vec(),
            salt: SYSTEM_SALT,
            gas: Weight::new(u64::MAX, u64::MAX),
            deposit_limit: 0,
        };
        stack.instantiate_root(request, DepositMeter::root(Balance::MAX))
    });
    if executed.outcome != Outcome::Success {
        return Err(failed(format!(
            "its constructor ended as {:?}",
            executed.outcome
        )));
    }
    cluster.system_contract = Some(address);
    state.put_as(CLUSTER, cluster);
    receipt.events.extend(executed.events);
    receipt.address = Some(address);
    receipt.code_hash = Some(hash);
    Ok(())
}
