//! Running one frame's code.

use super::{
    linker::{Scope, MACHINE},
    module::Compiled,
};
use crate::{
    error::Error,
    exec::{Entry, Machine, Returned, Trap},
};
use wasmi::{Instance, TrapCode, Val};

/// Runs an entry point of the machine's top frame.
///
/// A start function runs first; if it ends the call, the entry point doesn't run.
///
/// # Errors
/// Why the code couldn't go on.
pub(crate) fn run(
    machine: &mut Machine<'_, '_>,
    compiled: &Compiled,
    entry: Entry,
) -> Result<Returned, Error> {
    let per_fuel = machine.rules().interpreter.ref_time_per_fuel;
    let frame = machine.top_mut()?;
    let mut around = compiled
        .surroundings()
        .map_err(|_| Error::ContractTrapped)?;
    let fuel = frame.gas.fuel(per_fuel);
    frame.fuel_given = fuel;
    let ended = around.store.set_fuel(fuel).and_then(|()| {
        MACHINE.set(Scope(machine), || {
            let instance = Instance::new(&mut around.store, &compiled.module, &around.imports)?;
            let function = instance
                .get_func(&around.store, entry.name())
                .ok_or_else(|| wasmi::Error::new("checked when the code was stored"))?;
            // An entry point may give an integer, which means nothing.
            let mut results = [Val::I32(0)];
            let count = function.ty(&around.store).results().len();
            let results = results.get_mut(..count).unwrap_or_default();
            function.call(&mut around.store, &[], results)
        })
    });
    let left = around.store.get_fuel().unwrap_or(0);
    compiled.keep(around);
    let frame = machine.top_mut()?;
    frame.gas.burn(frame.fuel_given, left, per_fuel);
    match (frame.trap.take(), ended) {
        (Some(Trap::Return(returned)), _) => Ok(returned),
        (Some(Trap::Terminated), _) | (None, Ok(())) => Ok(Returned::default()),
        (Some(Trap::Error(error)), _) => Err(error),
        (None, Err(error)) if error.as_trap_code() == Some(TrapCode::OutOfFuel) => {
            frame.gas.drain_ref_time();
            Err(Error::OutOfGas)
        }
        (None, Err(_)) => Err(Error::ContractTrapped),
    }
}
