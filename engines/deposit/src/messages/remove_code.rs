//! The end of code that nothing uses.

use super::{
    call::hex,
    paid::{Ended, Paid},
};
use crate::{
    engine::Core,
    ledger::Ledger,
    records,
    state::{Cluster, CodeInfo},
};
use pink_engine_sdk::{
    types::{Env, Event, Failure, Outcome, Receipt, RemoveCode, StorageDeposit},
    Overlay,
};

/// Executes a removal.
///
/// # Errors
/// Why it is rejected: there is no such code, something uses it, or the sender didn't upload it;
/// in this order, which is that of `pallet-contracts`.
pub(super) fn execute(
    core: &Core,
    state: &mut Overlay<'_>,
    env: &Env,
    cluster: &Cluster,
    message: &RemoveCode,
) -> Result<Receipt, Failure> {
    let info = removable(state, message)?;
    let base = core.rules.bases.remove_code.of(info.code_len);
    state.begin();
    let opened = Paid::open(
        core,
        state,
        env,
        cluster,
        message.origin,
        base,
        message.max_gas_price,
    );
    let paid = match opened {
        Ok(paid) => paid,
        Err(failure) => {
            state.rollback();
            return Err(failure);
        }
    };
    let mut events = Vec::new();
    Ledger::new(state, &mut events, cluster).release_for_code(&info.owner, info.deposit);
    records::remove_code(state, &message.code_hash);
    events.push(Event::CodeRemoved {
        code_hash: message.code_hash,
        deposit_released: info.deposit,
        remover: message.origin,
    });
    let mut receipt = paid.settle(
        state,
        Ended {
            outcome: Outcome::Success,
            consumed: base,
            required: base,
            storage_deposit: StorageDeposit::Refund(info.deposit),
            output: Vec::new(),
        },
        events,
    );
    receipt.code_hash = Some(message.code_hash);
    state.commit();
    Ok(receipt)
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
