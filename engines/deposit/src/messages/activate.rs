//! Code that is to run compiled.

use super::driver::{drive, Charge, Context, Executed};
use crate::{
    bytes::hex,
    code::Prices,
    error::Error,
    exec::not_ready,
    gas::GasMeter,
    records,
    state::{code_info_key, code_key, CodeStatus},
    versions::Metered,
};
use pink_engine_sdk::{
    types::{
        ActivateCode, BlockNumber, Determinism, Event, Failure, Hash, Outcome, Receipt, Weight,
    },
    Overlay,
};

/// Executes an activation: the code counts as compiled some blocks from now on. Paid by whoever
/// asks for it, like an upload without the storing: looking at the code, and compiling it.
///
/// # Errors
/// Why it is rejected.
pub(super) fn execute(
    context: Context<'_>,
    state: &mut Overlay<'_>,
    message: ActivateCode,
) -> Result<Receipt, Failure> {
    if context.core.rules.metered.is_none() {
        return Ok(Receipt::unsupported("code is only interpreted"));
    }
    drive(context, state, message, validate, run)
}

struct Valid {
    hash: Hash,
    len: u32,
    gas: Weight,
    metered: &'static Metered,
}

fn validate(
    context: Context<'_>,
    state: &mut Overlay<'_>,
    message: ActivateCode,
) -> Result<(Charge, Valid), Failure> {
    let code = hex(&message.code_hash);
    let metered = context.core.rules.metered.as_ref();
    let metered = metered.ok_or_else(|| Failure::new("Unsupported", "code is only interpreted"))?;
    let known = records::loading(state, &message.code_hash)
        .ok_or_else(|| Failure::new("CodeNotFound", format!("there is no code {code}")))?;
    if let Some(from) = known.compiled_from {
        return Err(Failure::new(
            "CodeAlreadyActive",
            format!("the code {code} counts as compiled from block {from} on"),
        ));
    }
    let charge = Charge {
        payer: message.origin,
        limit: metered.activate.base().saturating_add(message.gas_limit),
        max_price: message.max_gas_price,
        query_deposit: 0,
    };
    let valid = Valid {
        hash: message.code_hash,
        len: known.len,
        gas: message.gas_limit,
        metered,
    };
    Ok((charge, valid))
}

fn run(context: Context<'_>, state: &mut Overlay<'_>, valid: Valid) -> Result<Executed, Failure> {
    let mut gas = GasMeter::new(valid.gas);
    let mut events = Vec::new();
    state.begin();
    let outcome = match activate(context, state, &valid, &mut gas, &mut events) {
        Ok(()) => {
            state.commit();
            Outcome::Success
        }
        Err(outcome) => {
            state.rollback();
            events.clear();
            outcome
        }
    };
    let (consumed, required) = match outcome {
        // The whole limit is paid, whichever dimension ran out.
        Outcome::OutOfGas => (gas.limit(), gas.limit()),
        _ => (gas.consumed(), gas.required()),
    };
    let base = valid.metered.activate.base();
    Ok(Executed {
        outcome,
        consumed: base.saturating_add(consumed),
        required: base.saturating_add(required),
        code_hash: Some(valid.hash),
        ..Executed::without_code(base, events)
    })
}

/// Finds out what compiling costs, takes it, and writes it down.
///
/// # Errors
/// How the message ends instead.
fn activate(
    context: Context<'_>,
    state: &mut Overlay<'_>,
    valid: &Valid,
    gas: &mut GasMeter,
    events: &mut Vec<Event>,
) -> Result<(), Outcome> {
    let core = context.core;
    let trapped = |error: Error| Outcome::Trapped(error.into());
    let mut pay = |amount: Weight| gas.charge(amount).map(drop).map_err(|_| Outcome::OutOfGas);
    // Before the code is looked at, and before its record: looking may convert it.
    pay(core.rules.frames.load.of(valid.len))?;
    let mut info = core
        .code_info(state, &valid.hash, true, events)
        .ok_or_else(|| trapped(Error::CodeNotFound))?;
    if info.status == CodeStatus::Disabled {
        return Err(trapped(Error::CodeRejected));
    }
    if info.determinism == Determinism::Relaxed {
        return Err(trapped(Error::Indeterministic));
    }
    let asked = (info.determinism, Prices::Interpreted);
    let compiled = core.cache.get(core.rules, &valid.hash, asked, || {
        state.get(&code_key(&valid.hash)).map(<[u8]>::to_vec)
    });
    let compiled = compiled.map_err(|why| {
        let refused = Error::CodeRejected;
        trapped(not_ready(state, &valid.hash, why, refused))
    })?;
    let cost = compiled.compiling().map_err(|reason| {
        // A rule of the compiler, not a fault of the code: it stays as it is.
        Outcome::Trapped(Failure::new("CodeNotCompilable", reason))
    })?;
    pay(cost)?;
    let compiled_from = from(context.env.block.number, valid.metered);
    info.compiled_from = Some(compiled_from);
    state.put_as(&code_info_key(&valid.hash), &info);
    events.push(Event::CodeActivated {
        code_hash: valid.hash,
        compiled_from,
    });
    Ok(())
}

fn from(block: BlockNumber, metered: &Metered) -> BlockNumber {
    block.saturating_add(metered.warm_up)
}
