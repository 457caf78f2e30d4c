//! Running a contract's code.

use super::cache::{Compiled, Import};
use crate::{
    error::Error,
    ext::{ExportedFunction, TrapReason},
    host_fns::Runtime,
};
use wasmi::{errors::ErrorKind, Extern, Instance, Memory, MemoryType, Module, Store};

/// Runs code in a fresh instance with zeroed memory of these pages, first and at most. Returns how the
/// interpreter ended, and why a host function stopped it, if one did.
pub(crate) fn run(
    runtime: Runtime<'_>,
    compiled: &Compiled,
    pages: (u32, u32),
    entry: ExportedFunction,
) -> (Result<(), Error>, Option<TrapReason>) {
    let mut store = Store::new(&compiled.engine, runtime);
    let result = execute(&mut store, compiled, pages, entry);
    (result, store.into_data().stop)
}

/// What 2021 says of a module that can't be instantiated.
pub(crate) const INVALID: Error = Error::Other("validation error");

fn execute(
    store: &mut Store<Runtime<'_>>,
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
    store: &mut Store<Runtime<'_>>,
    module: &Module,
    imports: &[Extern],
) -> Result<Instance, Error> {
    Instance::new(store, module, imports).map_err(|error| match error.kind() {
        ErrorKind::TrapCode(_) | ErrorKind::Host(_) => Error::ContractTrapped,
        _ => INVALID,
    })
}
