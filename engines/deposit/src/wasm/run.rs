//! Running one frame's code.

use super::{
    linker::{Handles, Scope, MACHINE},
    module::Compiled,
};
use crate::{
    error::Error,
    exec::{Entry, Machine, Returned, Trap},
};
use pink_engine_sdk::types::Mode;
use wasmi::{Instance, Store, TrapCode, TypedFunc, TypedResumableCall, WasmResults};

/// The fuel after which the code of a query or an estimate is held, to ask whether anybody still
/// waits for it: two milliseconds by its price. Not a rule: the gas doesn't know the difference.
const SLICE: u64 = 1_000_000;

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
    let in_slices = machine.env.mode != Mode::Transaction;
    let frame = machine.top_mut()?;
    let mut around = compiled
        .surroundings()
        .map_err(|_| Error::ContractTrapped)?;
    frame.fuel_given = frame.gas.fuel(per_fuel);
    let given = frame.slice(frame.fuel_given);
    let made = around.store.set_fuel(given);
    let made = made.and_then(|()| around.entry(compiled, entry));
    let ended = made.and_then(|(start, function)| {
        if in_slices {
            if let Ok(frame) = machine.top_mut() {
                frame.fuel_slice = SLICE;
                let left = around.store.get_fuel()?;
                around.store.set_fuel(frame.slice(left))?;
            }
        }
        MACHINE.set(Scope(machine), || {
            if let Some(start) = start {
                start.call(&mut around.store, in_slices)?;
            }
            function.call(&mut around.store, in_slices)
        })
    });
    let left = around.store.get_fuel().unwrap_or(0);
    compiled.keep(around);
    let frame = machine.top_mut()?;
    frame.burn(left, per_fuel);
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

/// An entry point of an instance. It may give an integer, which means nothing.
#[derive(Clone, Copy, Debug)]
pub(super) enum Function {
    Nothing(TypedFunc<(), ()>),
    Number(TypedFunc<(), i32>),
}

impl Function {
    /// The function that an instance exports under a name.
    ///
    /// # Errors
    /// There is none of either type; checked when the code was stored.
    pub(super) fn of(
        instance: Instance,
        store: &Store<Handles>,
        name: &str,
    ) -> Result<Self, wasmi::Error> {
        match instance.get_typed_func(store, name) {
            Ok(function) => Ok(Self::Nothing(function)),
            Err(_) => instance.get_typed_func(store, name).map(Self::Number),
        }
    }

    fn call(self, store: &mut Store<Handles>, in_slices: bool) -> Result<(), wasmi::Error> {
        match (self, in_slices) {
            (Self::Nothing(function), false) => function.call(store, ()),
            (Self::Number(function), false) => function.call(store, ()).map(drop),
            (Self::Nothing(function), true) => call_in_slices(function, store),
            (Self::Number(function), true) => call_in_slices(function, store),
        }
    }
}

/// Calls a function and gives it more fuel whenever it has used up what it had. What it burns is
/// the same as if it had had all of it from the beginning: an operator takes the whole of its
/// price or, when it can't, nothing, and is tried again.
fn call_in_slices<Results: WasmResults>(
    function: TypedFunc<(), Results>,
    store: &mut Store<Handles>,
) -> Result<(), wasmi::Error> {
    let mut call = function.call_resumable(&mut *store, ())?;
    loop {
        match call {
            TypedResumableCall::Finished(_) => return Ok(()),
            TypedResumableCall::HostTrap(held) => {
                // Of a host function the machine remembers why; a known loop says it itself.
                return Err(match held.host_error().as_trap_code() {
                    Some(code) => code.into(),
                    None => wasmi::Error::i32_exit(0),
                });
            }
            TypedResumableCall::OutOfFuel(held) => {
                let left = store.get_fuel()?;
                let more = MACHINE.with(|machine| machine.0.more_fuel(left));
                store.set_fuel(more.ok_or(TrapCode::OutOfFuel)?)?;
                call = held.resume(&mut *store)?;
            }
        }
    }
}
