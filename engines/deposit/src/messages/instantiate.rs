//! New contracts.

use super::{
    call::{hex, length},
    paid::{deposit_limit, Paid},
    upload::Stored,
};
use crate::{
    deposit::DepositMeter,
    engine::Core,
    exec::{pays_for_loading, InstantiateRequest, SYSTEM_SALT},
    hash::contract_address,
    records,
    state::{Cluster, CodeStatus},
};
use pink_engine_sdk::{
    types::{
        Balance, Code, Determinism, Env, Failure, Hash, Instantiate, Outcome, Receipt,
        StorageDeposit, Weight,
    },
    Overlay,
};

/// Executes an instantiation, with code that is there or that it brings.
///
/// Code that it brings is stored if, and only if, the constructor ends well.
///
/// # Errors
/// Why it is rejected.
pub(super) fn execute(
    core: &Core,
    state: &mut Overlay<'_>,
    env: &Env,
    cluster: &Cluster,
    message: Instantiate,
) -> Result<Receipt, Failure> {
    state.begin();
    match undone_if_rejected(core, state, env, cluster, message) {
        Ok(receipt) => {
            state.commit();
            Ok(receipt)
        }
        Err(failure) => {
            state.rollback();
            Err(failure)
        }
    }
}

fn undone_if_rejected(
    core: &Core,
    state: &mut Overlay<'_>,
    env: &Env,
    cluster: &Cluster,
    message: Instantiate,
) -> Result<Receipt, Failure> {
    if message.salt == SYSTEM_SALT {
        return Err(Failure::new(
            "ReservedSalt",
            "the salt of system contracts can't be used",
        ));
    }
    let salt_len = core.rules.limits.salt_len;
    if message.salt.len() > salt_len as usize {
        return Err(Failure::new(
            "ValueTooLarge",
            format!("{} bytes of salt, {salt_len} allowed", message.salt.len()),
        ));
    }
    let size = length(&message.input).saturating_add(length(&message.salt));
    let mut base = core.rules.bases.instantiate.of(size);
    let (stored, code_hash) = match message.code {
        Code::Upload(code) => {
            base = base.saturating_add(core.rules.bases.upload.of(length(&code)));
            let stored = Stored::check(core, state, cluster, code, Determinism::Enforced)?;
            let hash = stored.hash;
            (Some(stored), hash)
        }
        Code::Existing(hash) => (None, hash),
    };
    if stored.as_ref().is_none_or(|stored| !stored.is_new()) {
        check_existing(core, state, &code_hash, message.gas_limit)?;
    }
    let address = contract_address(&message.origin, &code_hash, &cluster.id, &message.salt);
    if records::contract(state, &address).is_some() {
        return Err(Failure::new(
            "DuplicateContract",
            format!("there is a contract at {} already", hex(&address)),
        ));
    }
    let limit = base.saturating_add(message.gas_limit);
    let code_deposit = stored.as_ref().map_or(0, |stored| stored.deposit);
    let paid = Paid::open(
        core,
        state,
        env,
        cluster,
        message.origin,
        limit,
        message.max_gas_price,
    )?;
    let deposit_limit = deposit_limit(
        core,
        state,
        cluster,
        &message.origin,
        message.value,
        message.storage_deposit_limit,
        code_deposit,
    )?;
    let origin = message.origin;
    let mut machine = paid.machine(state);
    let mut ran = super::run_first(&mut machine, base, &address, |machine| {
        if let Some(stored) = stored {
            stored.store(core, machine.state, cluster, origin, &mut machine.events)?;
        }
        let request = InstantiateRequest {
            code_hash,
            value: message.value,
            input: message.input,
            salt: &message.salt,
            gas: message.gas_limit,
            deposit_limit: 0,
        };
        let first = machine.instantiate_first(request, DepositMeter::root(deposit_limit));
        first.map(|(_, returned)| returned)
    });
    let success = ran.ended.outcome == Outcome::Success;
    if success {
        ran.ended.storage_deposit = add(ran.ended.storage_deposit, code_deposit);
    }
    let mut receipt = paid.settle(state, ran.ended, ran.events);
    receipt.code_hash = Some(code_hash);
    receipt.address = success.then_some(address);
    receipt.effects = ran.effects;
    Ok(receipt)
}

/// Whether contracts can be made of code that is there, as far as the message's gas pays for
/// finding out.
///
/// # Errors
/// They can't, or it isn't there.
fn check_existing(
    core: &Core,
    state: &mut Overlay<'_>,
    hash: &Hash,
    gas: Weight,
) -> Result<(), Failure> {
    let missing = || {
        Failure::new(
            "CodeNotFound",
            format!("there is no code with the hash {}", hex(hash)),
        )
    };
    let len = records::code_len(state, hash).ok_or_else(missing)?;
    if !pays_for_loading(&core.rules, gas, len) {
        return Ok(());
    }
    // The event of a refusal is undone with it, and told when the code's turn comes.
    let info = records::code(core, state, hash, true, &mut Vec::new()).ok_or_else(missing)?;
    match (info.determinism, info.status) {
        (Determinism::Relaxed, _) => Err(Failure::new(
            "Indeterministic",
            "the code isn't deterministic; it can only be reached by delegate call, in a query",
        )),
        (_, CodeStatus::Current) => Ok(()),
        _ => Err(Failure::new(
            "CodeRejected",
            "the code came from an earlier version, and no new contract can be made of it",
        )),
    }
}

fn add(deposit: StorageDeposit, amount: Balance) -> StorageDeposit {
    match deposit {
        StorageDeposit::Charge(charge) => StorageDeposit::Charge(charge.saturating_add(amount)),
        StorageDeposit::Refund(refund) => match amount.checked_sub(refund) {
            Some(charge) => StorageDeposit::Charge(charge),
            None => StorageDeposit::Refund(refund.saturating_sub(amount)),
        },
    }
}
