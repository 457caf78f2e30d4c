//! The end of code that nothing uses.

use super::driver::{drive, Charge, Context, Executed};
use crate::{bytes::hex, ledger::Ledger, records, state::CodeInfo};
use pink_engine_sdk::{
    types::{Event, Failure, Receipt, RemoveCode, StorageDeposit, Weight},
    Overlay,
};

/// Executes a removal.
///
/// # Errors
/// Why it is rejected: there is no such code, something uses it, or the sender didn't upload it;
/// in this order, which is that of `pallet-contracts`.
pub(super) fn execute(
    context: Context<'_>,
    state: &mut Overlay<'_>,
    message: RemoveCode,
) -> Result<Receipt, Failure> {
    drive(context, state, message, validate, remove)
}

struct Valid {
    message: RemoveCode,
    info: CodeInfo,
    base: Weight,
}

fn validate(
    context: Context<'_>,
    state: &mut Overlay<'_>,
    message: RemoveCode,
) -> Result<(Charge, Valid), Failure> {
    let info = removable(state, &message)?;
    let base = context.core.rules.bases.remove_code.of(info.code_len);
    let charge = Charge {
        payer: message.origin,
        limit: base,
        max_price: message.max_gas_price,
        query_deposit: 0,
    };
    let valid = Valid {
        message,
        info,
        base,
    };
    Ok((charge, valid))
}

fn remove(
    context: Context<'_>,
    state: &mut Overlay<'_>,
    valid: Valid,
) -> Result<Executed, Failure> {
    let (message, info) = (valid.message, valid.info);
    let mut events = Vec::new();
    Ledger::new(state, &mut events, context.cluster).release_for_code(&info.owner, info.deposit);
    records::remove_code(state, &message.code_hash);
    events.push(Event::CodeRemoved {
        code_hash: message.code_hash,
        deposit_released: info.deposit,
        remover: message.origin,
    });
    Ok(Executed {
        storage_deposit: StorageDeposit::Refund(info.deposit),
        code_hash: Some(message.code_hash),
        ..Executed::without_code(valid.base, events)
    })
}

/// The record of the code, if the sender may remove it.
fn removable(state: &mut Overlay<'_>, message: &RemoveCode) -> Result<CodeInfo, Failure> {
    let code = hex(&message.code_hash);
    let info = records::unchecked_code(state, &message.code_hash)
        .ok_or_else(|| Failure::new("CodeNotFound", format!("there is no code {code}")))?;
    if info.refcount > 0 {
        return Err(Failure::new(
            "CodeInUse",
            format!("{} contracts use the code {code}", info.refcount),
        ));
    }
    if info.owner != message.origin {
        return Err(Failure::new(
            "BadOrigin",
            format!("{} uploaded the code {code}", hex(&info.owner)),
        ));
    }
    Ok(info)
}
