//! What a module may import.

use super::checks::types;
use crate::{
    host_fns::HostFn,
    versions::{Limits, Rules, Schedule},
};
use parity_wasm::elements::{External, FunctionType, ImportEntry, MemoryType, Module, Type};

/// Checks all imports. Returns the memory, if one is imported.
pub(super) fn scan<'m>(
    module: &'m Module,
    schedule: &Schedule,
    rules: &Rules,
) -> Result<Option<&'m MemoryType>, &'static str> {
    let entries = module
        .import_section()
        .map_or(&[][..], |section| section.entries());
    let mut memory = None;
    for import in entries {
        match import.external() {
            External::Table(_) => return Err("Cannot import tables"),
            External::Global(_) => return Err("Cannot import globals"),
            External::Memory(ty) => {
                memory_import(import, memory.is_some())?;
                memory = Some(ty);
            }
            External::Function(index) => {
                if !is_function_module(import.module(), rules) {
                    return Err("Invalid module for imported function");
                }
                let Type::Function(ty) = types(module)
                    .get(*index as usize)
                    .ok_or("validation: import entry points to a non-existent type")?;
                function_import(import, ty, schedule, rules)?;
            }
        }
    }
    Ok(memory)
}

fn is_function_module(name: &str, rules: &Rules) -> bool {
    match name {
        "seal0" => true,
        "seal1" => rules.later_host_functions,
        _ => false,
    }
}

fn memory_import(import: &ImportEntry, is_second: bool) -> Result<(), &'static str> {
    match (import.module(), import.field()) {
        ("env", "memory") if is_second => Err("Multiple memory imports defined"),
        ("env", "memory") => Ok(()),
        ("env", _) => Err("Memory import must have the field name 'memory'"),
        _ => Err("Invalid module for imported memory"),
    }
}

fn function_import(
    import: &ImportEntry,
    ty: &FunctionType,
    schedule: &Schedule,
    rules: &Rules,
) -> Result<(), &'static str> {
    match import.field() {
        "seal_println" if !schedule.enable_println => {
            return Err("module imports `seal_println` but debug features disabled");
        }
        "seal_call_chain_extension" => {
            return Err("module uses chain extensions but chain extensions are disabled");
        }
        _ => {}
    }
    // `gas` is only for the instrumentation.
    match HostFn::find(import.module(), import.field(), rules) {
        Some(found) if !found.is_gas() && found.has_type(ty) => Ok(()),
        _ => Err("module imports a non-existent function"),
    }
}

/// The pages that a module's memory begins with, and the most that it can have.
pub(super) fn memory_limits(
    memory: Option<&MemoryType>,
    limits: &Limits,
) -> Result<(u32, u32), &'static str> {
    let Some(memory) = memory else {
        return Ok((0, 0));
    };
    match (memory.limits().initial(), memory.limits().maximum()) {
        (initial, Some(maximum)) if initial > maximum => {
            Err("Requested initial number of pages should not exceed the requested maximum")
        }
        (_, Some(maximum)) if maximum > limits.memory_pages => {
            Err("Maximum number of pages should not exceed the configured maximum.")
        }
        (initial, Some(maximum)) => Ok((initial, maximum)),
        (_, None) => Err("Maximum number of pages should be always declared."),
    }
}
