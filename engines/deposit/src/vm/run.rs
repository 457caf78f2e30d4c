//! Running one frame's code.

use super::{
    linker::{Handles, Progress, Runtime, RUNTIME},
    module::Module,
};
use crate::{
    error::Error,
    ext::{ExecReturnValue, ExportedFunction, Ext, TrapReason},
};
use pink_engine_sdk::types::Mode;
use wasmi::{Instance, Store, TrapCode, TypedFunc, TypedResumableCall, WasmResults};

/// The fuel after which the code of a query or an estimate is held, to ask whether anybody still
/// waits for it: two milliseconds by its price. Not a rule: the gas doesn't know the difference.
const SLICE: u64 = 1_000_000;

/// Runs an exported function in the current frame.
///
/// A start function runs first; if it ends the call, the exported function doesn't run.
///
/// # Errors
/// Why the code couldn't go on.
pub(crate) fn run(
    ext: &mut dyn Ext,
    module: &Module,
    entry: ExportedFunction,
) -> Result<ExecReturnValue, Error> {
    let in_slices = ext.mode() != Mode::Transaction;
    let mut pooled = module.instance().map_err(|_| Error::ContractTrapped)?;
    let fuel = ext.fuel()?;
    let mut progress = Progress::new(fuel);
    let made = pooled.store.set_fuel(fuel);
    let made = made.and_then(|()| pooled.entry(module, entry));
    let ended = made.and_then(|(start, function)| {
        if in_slices {
            let left = pooled.store.get_fuel()?;
            let now = progress.begin_slices(SLICE, left);
            pooled.store.set_fuel(now)?;
        }
        let runtime = Runtime {
            ext: &mut *ext,
            progress: &mut progress,
        };
        RUNTIME.set(runtime, || {
            if let Some(start) = start {
                start.call(&mut pooled.store, in_slices)?;
            }
            function.call(&mut pooled.store, in_slices)
        })
    });
    let left = pooled.store.get_fuel().unwrap_or(0);
    module.give_back(pooled);
    let mut runtime = Runtime {
        ext: &mut *ext,
        progress: &mut progress,
    };
    runtime.burn(left)?;
    match (progress.trap, ended) {
        (Some(TrapReason::Return(returned)), _) => Ok(returned),
        (Some(TrapReason::Terminated), _) | (None, Ok(())) => Ok(ExecReturnValue::default()),
        (Some(TrapReason::Error(error)), _) => Err(error),
        (None, Err(error)) if error.as_trap_code() == Some(TrapCode::OutOfFuel) => {
            ext.drain_ref_time()?;
            Err(Error::OutOfGas)
        }
        (None, Err(_)) => Err(Error::ContractTrapped),
    }
}

/// An entry point of an instance. It may return an integer, which means nothing.
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
                // Of a host function the runtime remembers why; an intrinsic says it itself.
                return Err(match held.host_error().as_trap_code() {
                    Some(code) => code.into(),
                    None => wasmi::Error::i32_exit(0),
                });
            }
            TypedResumableCall::OutOfFuel(held) => {
                let left = store.get_fuel()?;
                let more = RUNTIME.with(|mut runtime| runtime.more_fuel(left));
                store.set_fuel(more.ok_or(TrapCode::OutOfFuel)?)?;
                call = held.resume(&mut *store)?;
            }
        }
    }
}
