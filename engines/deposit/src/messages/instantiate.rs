//! New contracts.

use super::{
    call::{hex, length},
    paid::{deposit_limit, Paid},
    upload::Stored,
};
use crate::{
    deposit::DepositMeter,
    engine::Core,
    exec::{InstantiateRequest, SYSTEM_SALT},
    hash::contract_address,
    state::{code_info_key, contract_key, Cluster, CodeInfo, CodeStatus},
};
use pink_engine_sdk::{
    types::{
        Balance, Code, Determinism, Env, Failure, Hash, Instantiate, Outcome, Receipt,
        StorageDeposit,
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
        check_existing(state, &code_hash)?;
    }
    let address = contract_address(&message.origin, &code_hash, &cluster.id, &message.salt);
    if state.contains(&contract_key(&address)) {
        return Err(Failure::new(
            "DuplicateContract",
            format!("there is a contract at {} already", hex(&address)),
        ));
    }
    let limit = base.saturating_add(message.gas_limit);
    state.begin();
    let code_deposit = stored.as_ref().map_or(0, |stored| stored.deposit);
    let opened = Paid::open(
        core,
        state,
        env,
        cluster,
        message.origin,
        limit,
        message.max_gas_price,
    )
    .and_then(|paid| {
        let limit = deposit_limit(
            core,
            state,
            cluster,
            &message.origin,
            message.value,
            message.storage_deposit_limit,
            code_deposit,
        )?;
        Ok((paid, limit))
    });
    let (paid, deposit_limit) = match opened {
        Ok(opened) => opened,
        Err(failure) => {
            state.rollback();
            return Err(failure);
        }
    };
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
    state.commit();
    Ok(receipt)
}

fn check_existing(state: &mut Overlay<'_>, hash: &Hash) -> Result<(), Failure> {
    let info: Option<CodeInfo> = state.get_as(&code_info_key(hash));
    let Some(info) = info else {
        return Err(Failure::new(
            "CodeNotFound",
            format!("there is no code with the hash {}", hex(hash)),
        ));
    };
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
