//! The first frame of a message.

use super::paid::{outcome, Ended};
use crate::{
    error::ExecError,
    exec::{Machine, Returned},
    gas::GasMeter,
};
use pink_engine_sdk::types::{AccountId, Effect, Event, Outcome, StorageDeposit, Weight};

/// What running the first frame left.
#[derive(Debug)]
pub(super) struct Ran {
    pub ended: Ended,
    pub events: Vec<Event>,
    pub effects: Vec<Effect>,
}

/// Runs the first frame, which is `contract`'s, and collects its deposits; if either fails,
/// everything is as it was. What the contracts said is logged in any case.
pub(super) fn run_first(
    machine: &mut Machine<'_, '_>,
    base: Weight,
    contract: &AccountId,
    first: impl FnOnce(&mut Machine<'_, '_>) -> Result<Returned, ExecError>,
) -> Ran {
    machine.state.begin();
    let result = first(machine);
    let (gas, deposit) = match machine.done.take() {
        Some((gas, deposit)) => (Some(gas), deposit),
        None => Default::default(),
    };
    let mut outcome = outcome(&result);
    let mut storage_deposit = StorageDeposit::default();
    if outcome == Outcome::Success {
        let origin = machine.origin;
        match deposit.collect(&mut machine.ledger(), &origin) {
            Ok(moved) => storage_deposit = moved,
            Err(error) => outcome = Outcome::Trapped(error.into()),
        }
    }
    machine.log_debug(contract);
    let success = outcome == Outcome::Success;
    match success {
        true => machine.state.commit(),
        false => {
            machine.state.rollback();
            machine.events.clear();
            machine.effects.clear();
        }
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
    Ran {
        ended: Ended {
            outcome,
            consumed: base.saturating_add(consumed),
            required: base.saturating_add(required),
            storage_deposit,
            output,
        },
        events: std::mem::take(&mut machine.events),
        effects: std::mem::take(&mut machine.effects),
    }
}
