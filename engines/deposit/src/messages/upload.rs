//! Code.

use super::driver::{drive, Charge, Context, Executed};
use crate::{
    bytes::{hex, length},
    code::Stored,
};
use pink_engine_sdk::{
    types::{AccountId, Failure, Receipt, StorageDeposit, Upload, Weight},
    Overlay,
};

/// Executes an upload.
///
/// # Errors
/// Why it is rejected.
pub(super) fn execute(
    context: Context<'_>,
    state: &mut Overlay<'_>,
    message: Upload,
) -> Result<Receipt, Failure> {
    drive(context, state, message, validate, store)
}

struct Valid {
    origin: AccountId,
    stored: Stored,
    base: Weight,
}

fn validate(
    context: Context<'_>,
    state: &mut Overlay<'_>,
    message: Upload,
) -> Result<(Charge, Valid), Failure> {
    let rules = context.core.rules;
    let upload = rules.bases.upload.of(length(&message.code));
    let (code, determinism) = (message.code, message.determinism);
    let stored = Stored::check(rules, state, context.cluster, code, determinism)?;
    if let Some(limit) = message
        .storage_deposit_limit
        .filter(|limit| *limit < stored.deposit)
    {
        return Err(Failure::new(
            "StorageDepositLimitExhausted",
            format!("{} have to be held, the limit is {limit}", stored.deposit),
        ));
    }
    let base = upload.saturating_add(stored.compiling);
    let charge = Charge {
        payer: message.origin,
        limit: base,
        max_price: message.max_gas_price,
        query_deposit: 0,
    };
    let valid = Valid {
        origin: message.origin,
        stored,
        base,
    };
    Ok((charge, valid))
}

fn store(context: Context<'_>, state: &mut Overlay<'_>, valid: Valid) -> Result<Executed, Failure> {
    let (stored, cache) = (valid.stored, &context.core.cache);
    let (hash, deposit) = (stored.hash, stored.deposit);
    let mut events = Vec::new();
    stored
        .store(
            cache,
            state,
            context.cluster,
            valid.origin,
            context.env.block.number,
            &mut events,
        )
        .map_err(|error| {
            Failure::new(
                error.name(),
                format!("{deposit} have to be held for the code {}", hex(&hash)),
            )
        })?;
    Ok(Executed {
        storage_deposit: StorageDeposit::Charge(deposit),
        code_hash: Some(hash),
        ..Executed::without_code(valid.base, events)
    })
}
