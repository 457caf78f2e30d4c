//! The first frame of a message.

use super::driver::Executed;
use crate::{
    error::{Error, ExecError},
    exec::CallStack,
    ext::ExecReturnValue,
    gas::GasMeter,
};
use pink_engine_sdk::types::{AccountId, Outcome, StorageDeposit, Weight};

/// Runs the first frame, which is `contract`'s, and collects its deposits; if either fails,
/// everything is as it was. What the contracts said is logged in any case.
pub(super) fn run_root(
    stack: &mut CallStack<'_, '_>,
    base: Weight,
    contract: &AccountId,
    first: impl FnOnce(&mut CallStack<'_, '_>) -> Result<ExecReturnValue, ExecError>,
) -> Executed {
    // Inside of the message's own transaction: a failure undoes this, and the charge stays.
    stack.state.begin();
    let result = first(stack);
    let (gas, deposit) = stack.take_meters().unzip();
    let mut outcome = outcome(&result);
    let mut storage_deposit = StorageDeposit::default();
    if outcome == Outcome::Success {
        let origin = stack.origin();
        // Once, when the whole stack ended well, and still in its transaction: deposits that can't
        // be paid undo what they were for.
        match deposit
            .unwrap_or_default()
            .collect(&mut stack.ledger(), &origin)
        {
            Ok(moved) => storage_deposit = moved,
            Err(error) => outcome = Outcome::Trapped(error.into()),
        }
    }
    stack.log_debug(contract);
    if outcome == Outcome::Success {
        stack.state.commit();
    } else {
        stack.state.rollback();
        stack.events.clear();
        stack.effects.clear();
    }
    // A trapped message has no output: what was there was undone with the rest.
    let output = match (&outcome, result) {
        (Outcome::Success | Outcome::Reverted, Ok(returned)) => returned.data,
        _ => Vec::new(),
    };
    let gas = gas.unwrap_or_else(|| GasMeter::new(Weight::default()));
    let (consumed, required) = match outcome {
        // The whole limit is paid, whichever dimension ran out.
        Outcome::OutOfGas => (gas.limit(), gas.limit()),
        _ => (gas.consumed(), gas.required()),
    };
    Executed {
        outcome,
        consumed: base.saturating_add(consumed),
        required: base.saturating_add(required),
        storage_deposit,
        output,
        address: None,
        code_hash: None,
        events: std::mem::take(&mut stack.events),
        effects: std::mem::take(&mut stack.effects),
    }
}

/// The outcome of a first frame.
fn outcome(result: &Result<ExecReturnValue, ExecError>) -> Outcome {
    match result {
        Ok(returned) if returned.did_revert() => Outcome::Reverted,
        Ok(_) => Outcome::Success,
        Err(ExecError {
            error: Error::OutOfGas,
            ..
        }) => Outcome::OutOfGas,
        Err(ExecError { error, .. }) => Outcome::Trapped((*error).into()),
    }
}
