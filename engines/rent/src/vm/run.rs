//! Running a contract's code.

use super::cache::{Compiled, Import};
use crate::{
    code::Executable,
    error::Error,
    exec::{ExecReturnValue, Execution, Frame, REVERT},
    gas::Meter,
    host_fns::RentParams,
};
use pink_engine_sdk::types::Balance;
use wasmi::{errors::ErrorKind, Extern, Instance, Memory, MemoryType, Module, Store};

/// Which export runs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ExportedFunction {
    Deploy,
    Call,
}

/// What runs, and with what.
#[derive(Debug)]
pub(crate) struct Run<'r> {
    pub(crate) code: &'r Executable,
    pub(crate) entry: ExportedFunction,
    pub(crate) value: Balance,
    pub(crate) input: Vec<u8>,
}

/// Why a host function ends the contract's run.
#[derive(Debug)]
pub(crate) enum TrapReason {
    /// The contract returned.
    Return(ExecReturnValue),
    /// It ended itself, or gave itself away.
    Ended,
    /// It can't go on.
    Failed(Error),
}

impl From<Error> for TrapReason {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Tells the interpreter to stop; why is in the runtime.
#[derive(Debug)]
pub(crate) struct Stopped;

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("stopped by a host function")
    }
}

impl wasmi::errors::HostError for Stopped {}

/// What the host functions of one run work on.
pub(crate) struct Runtime<'f, 's, 'h> {
    pub(crate) exec: &'f mut Execution<'s, 'h>,
    pub(crate) frame: &'f Frame<'f>,
    pub(crate) meter: &'f mut Meter,
    pub(crate) value: Balance,
    /// Until the contract reads it.
    pub(crate) input: Option<Vec<u8>>,
    /// As of when the run began.
    pub(crate) rent_params: Option<RentParams>,
    pub(crate) memory: Option<Memory>,
    pub(crate) stop: Option<TrapReason>,
}

impl Execution<'_, '_> {
    /// Runs code in a fresh instance with zeroed memory.
    pub(crate) fn run(
        &mut self,
        frame: &Frame<'_>,
        run: Run<'_>,
        meter: &mut Meter,
    ) -> Result<ExecReturnValue, Error> {
        let modules = self.modules;
        let rules = self.rules;
        let hash = run.code.prefab.instrumented_hash;
        let compiled = modules
            .get(&hash, rules, || self.instrumented(run.code))
            .ok_or(INVALID)?;
        let rent_params = if rules.later_host_functions {
            RentParams::of(self, &frame.account, &run.code.prefab)
        } else {
            None
        };
        let mut store = Store::new(
            &compiled.engine,
            Runtime {
                exec: self,
                frame,
                meter,
                value: run.value,
                input: Some(run.input),
                rent_params,
                memory: None,
                stop: None,
            },
        );
        let pages = (run.code.prefab.initial, run.code.prefab.maximum);
        let result = execute(&mut store, &compiled, pages, run.entry);
        let stop = store.into_data().stop;
        match stop {
            Some(TrapReason::Return(output)) if output.flags & !REVERT != 0 => {
                Err(Error::Other("used reserved bit in return flags"))
            }
            Some(TrapReason::Return(output)) => {
                self.check_output(frame, &output)?;
                Ok(output)
            }
            Some(TrapReason::Ended) => Ok(ExecReturnValue::default()),
            Some(TrapReason::Failed(error)) => Err(error),
            None => result.map(|()| ExecReturnValue::default()),
        }
    }
}

/// What 2021 says of a module that can't be instantiated.
const INVALID: Error = Error::Other("validation error");

fn execute(
    store: &mut Store<Runtime<'_, '_, '_>>,
    compiled: &Compiled,
    (initial, maximum): (u32, u32),
    entry: ExportedFunction,
) -> Result<(), Error> {
    let memory = memory_type(initial, maximum)
        .and_then(|ty| Memory::new(&mut *store, ty).ok())
        .ok_or(INVALID)?;
    store.data_mut().memory = Some(memory);
    let imports: Vec<Extern> = compiled
        .imports
        .iter()
        .map(|import| match import {
            Import::Memory => Extern::Memory(memory),
            Import::Function(function) => Extern::Func(function.link(&mut *store)),
        })
        .collect();
    let instance = instantiate(store, &compiled.module, &imports)?;
    let name = match entry {
        ExportedFunction::Deploy => "deploy",
        ExportedFunction::Call => "call",
    };
    let function = instance.get_func(&*store, name).ok_or(INVALID)?;
    // An entry point may return a number, which nobody looks at.
    let mut ignored = [wasmi::Val::I32(0)];
    let results = function.ty(&*store).results().len();
    function
        .call(
            &mut *store,
            &[],
            ignored.get_mut(..results).unwrap_or_default(),
        )
        .map_err(|_| Error::ContractTrapped)
}

fn memory_type(initial: u32, maximum: u32) -> Option<MemoryType> {
    let mut builder = MemoryType::builder();
    builder.min(initial.into()).max(Some(maximum.into()));
    builder.build().ok()
}

/// Runs the start function as well. Its traps are the contract's; that segments don't fit is the
/// module's fault.
fn instantiate(
    store: &mut Store<Runtime<'_, '_, '_>>,
    module: &Module,
    imports: &[Extern],
) -> Result<Instance, Error> {
    Instance::new(store, module, imports).map_err(|error| match error.kind() {
        ErrorKind::TrapCode(_) | ErrorKind::Host(_) => Error::ContractTrapped,
        _ => INVALID,
    })
}
