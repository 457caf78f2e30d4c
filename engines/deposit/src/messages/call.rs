//! Calls.

use super::{
    driver::{drive, Charge, Context, Executed},
    limit::deposit_limit,
    root::run_root,
};
use crate::{
    bytes::{hex, length},
    deposit::DepositMeter,
    exec::{pays_for_loading, CallStack},
    ext::CallRequest,
    quantise::quantise,
    records,
    state::{CodeStatus, Contract},
};
use pink_engine_sdk::{
    types::{Call, Failure, Hash, Mode, Receipt, Weight},
    Overlay,
};

/// Executes a call.
///
/// # Errors
/// Why it is rejected.
pub(super) fn execute(
    context: Context<'_>,
    state: &mut Overlay<'_>,
    message: Call,
) -> Result<Receipt, Failure> {
    let mut receipt = drive(context, state, message, validate, run)?;
    let cluster = context.cluster;
    if context.env.mode == Mode::Query && cluster.config.quantised_queries {
        quantise(&mut receipt, cluster.deposit_per_byte);
    }
    Ok(receipt)
}

struct Valid {
    message: Call,
    contract: Contract,
    base: Weight,
}

fn validate(
    context: Context<'_>,
    state: &mut Overlay<'_>,
    message: Call,
) -> Result<(Charge, Valid), Failure> {
    let core = context.core;
    let contract = records::contract(state, &message.contract).ok_or_else(|| {
        Failure::new(
            "ContractNotFound",
            format!("there is no contract at {}", hex(&message.contract)),
        )
    })?;
    check_code(context, state, &contract.code_hash, message.gas_limit)?;
    let base = core.rules.bases.call.of(length(&message.input));
    let charge = Charge {
        payer: message.origin,
        limit: base.saturating_add(message.gas_limit),
        max_price: message.max_gas_price,
        query_deposit: message.query_deposit,
    };
    let valid = Valid {
        message,
        contract,
        base,
    };
    Ok((charge, valid))
}

fn run(context: Context<'_>, state: &mut Overlay<'_>, valid: Valid) -> Result<Executed, Failure> {
    let (message, contract) = (valid.message, valid.contract);
    let (origin, given) = (message.origin, message.storage_deposit_limit);
    let limit = deposit_limit(context, state, &origin, message.value, given, 0)?;
    let mut stack = CallStack::new(context.core, state, context.env, context.cluster, origin);
    let executed = run_root(&mut stack, valid.base, &message.contract, |stack| {
        let request = CallRequest {
            to: message.contract,
            value: message.value,
            input: message.input,
            gas: message.gas_limit,
            deposit_limit: 0,
            allow_reentry: true,
            read_only: false,
        };
        stack.call_root(request, &contract, DepositMeter::root(limit))
    });
    Ok(Executed {
        code_hash: Some(contract.code_hash),
        ..executed
    })
}

/// Whether the contract's code runs, as far as the message's gas pays for finding out.
///
/// # Errors
/// It doesn't, or isn't there.
fn check_code(
    context: Context<'_>,
    state: &mut Overlay<'_>,
    hash: &Hash,
    gas: Weight,
) -> Result<(), Failure> {
    let (core, block) = (context.core, context.env.block.number);
    let code = records::loading(state, hash)
        .ok_or_else(|| Failure::new("CodeNotFound", "the contract's code isn't there"))?;
    if !pays_for_loading(core.rules, gas, &code, block) {
        return Ok(());
    }
    // The event of a refusal is undone with it, and told when the code's turn comes.
    let info = core.code_info(state, hash, true, &mut Vec::new());
    match info.map(|info| info.status) {
        Some(CodeStatus::Disabled) => Err(Failure::new(
            "CodeRejected",
            "the contract's code doesn't pass this version's checks",
        )),
        _ => Ok(()),
    }
}
