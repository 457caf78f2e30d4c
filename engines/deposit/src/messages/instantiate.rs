//! New contracts.

use super::{
    driver::{drive, Charge, Context, Executed},
    limit::deposit_limit,
    root::run_root,
};
use crate::{
    bytes::{hex, length},
    code::Stored,
    deposit::DepositMeter,
    exec::{pays_for_loading, CallStack, SYSTEM_SALT},
    ext::InstantiateRequest,
    hash::contract_address,
    records,
    state::CodeStatus,
};
use pink_engine_sdk::{
    types::{
        AccountId, Balance, Code, Determinism, Failure, Hash, Instantiate, Outcome, Receipt,
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
    context: Context<'_>,
    state: &mut Overlay<'_>,
    message: Instantiate,
) -> Result<Receipt, Failure> {
    drive(context, state, message, validate, run)
}

struct Valid {
    origin: AccountId,
    value: Balance,
    input: Vec<u8>,
    salt: Vec<u8>,
    gas: Weight,
    deposit_limit: Option<Balance>,
    /// Code that it brings.
    stored: Option<Stored>,
    code_hash: Hash,
    address: AccountId,
    base: Weight,
}

fn validate(
    context: Context<'_>,
    state: &mut Overlay<'_>,
    message: Instantiate,
) -> Result<(Charge, Valid), Failure> {
    let core = context.core;
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
            let stored = Stored::check(
                core.rules,
                state,
                context.cluster,
                code,
                Determinism::Enforced,
            )?;
            base = base.saturating_add(stored.compiling);
            let hash = stored.hash;
            (Some(stored), hash)
        }
        Code::Existing(hash) => (None, hash),
    };
    if stored.as_ref().is_none_or(|stored| !stored.is_new()) {
        check_existing(context, state, &code_hash, message.gas_limit)?;
    }
    let address = contract_address(
        &message.origin,
        &code_hash,
        &context.cluster.id,
        &message.salt,
    );
    if records::contract(state, &address).is_some() {
        return Err(Failure::new(
            "DuplicateContract",
            format!("there is a contract at {} already", hex(&address)),
        ));
    }
    let charge = Charge {
        payer: message.origin,
        limit: base.saturating_add(message.gas_limit),
        max_price: message.max_gas_price,
        query_deposit: 0,
    };
    let valid = Valid {
        origin: message.origin,
        value: message.value,
        input: message.input,
        salt: message.salt,
        gas: message.gas_limit,
        deposit_limit: message.storage_deposit_limit,
        stored,
        code_hash,
        address,
        base,
    };
    Ok((charge, valid))
}

fn run(context: Context<'_>, state: &mut Overlay<'_>, valid: Valid) -> Result<Executed, Failure> {
    let (core, cluster, origin) = (context.core, context.cluster, valid.origin);
    let code_deposit = valid.stored.as_ref().map_or(0, |stored| stored.deposit);
    let compiling = valid.stored.as_ref().map(|stored| stored.compiling);
    let (value, given) = (valid.value, valid.deposit_limit);
    let limit = deposit_limit(context, state, &origin, value, given, code_deposit)?;
    let mut stack = CallStack::new(core, state, context.env, cluster, origin);
    let mut executed = run_root(&mut stack, valid.base, &valid.address, |stack| {
        // In the transaction of the first frame: what fails leaves no code.
        if let Some(stored) = valid.stored {
            let block = context.env.block.number;
            stored.store(
                &core.cache,
                stack.state,
                cluster,
                origin,
                block,
                &mut stack.events,
            )?;
        }
        let request = InstantiateRequest {
            code_hash: valid.code_hash,
            value,
            input: valid.input,
            salt: &valid.salt,
            gas: valid.gas,
            deposit_limit: 0,
        };
        stack.instantiate_root(request, DepositMeter::root(limit))
    });
    if executed.outcome == Outcome::Success {
        executed.storage_deposit = add(executed.storage_deposit, code_deposit);
        executed.address = Some(valid.address);
    } else if executed.outcome != Outcome::OutOfGas {
        // Nothing is stored, and so nobody compiles it. Who runs out of gas pays all that there was.
        let compiling = compiling.unwrap_or_default();
        executed.consumed = executed.consumed.saturating_sub(compiling);
    }
    executed.code_hash = Some(valid.code_hash);
    Ok(executed)
}

/// Whether contracts can be made of code that is there, as far as the message's gas pays for
/// finding out.
///
/// # Errors
/// They can't, or it isn't there.
fn check_existing(
    context: Context<'_>,
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
    let (core, block) = (context.core, context.env.block.number);
    let code = records::loading(state, hash).ok_or_else(missing)?;
    if !pays_for_loading(core.rules, gas, &code, block) {
        return Ok(());
    }
    // The event of a refusal is undone with it, and told when the code's turn comes.
    let info = core
        .code_info(state, hash, true, &mut Vec::new())
        .ok_or_else(missing)?;
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
