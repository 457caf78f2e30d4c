//! The executor alone, to be compared with another one.

use crate::{code::instrument, vm, Release};
use parity_wasm::elements;

/// What a version asks the interpreter for.
pub fn config<V: Release>() -> wasmi::Config {
    vm::config(V::RULES)
}

/// Code as a version gives it to the interpreter, but for the limit of the stack counter: a trap
/// doesn't give back what it counted, and whoever compares calls many functions of one instance,
/// where an engine makes an instance for each call.
///
/// # Errors
/// It isn't code, or can't be instrumented.
pub fn rewrite<V: Release>(code: &[u8]) -> Result<Vec<u8>, String> {
    let module: elements::Module =
        elements::deserialize_buffer(code).map_err(|error: elements::Error| error.to_string())?;
    let mut schedule = V::RULES.schedule.clone();
    schedule.limits.stack_height = STACK_HEIGHT;
    let instrumented = instrument(code, module, &schedule, V::RULES)?;
    let code = vm::with_barriers(&instrumented).ok_or("it can't be decoded")?;
    Ok(code.into_owned())
}

/// More than drawn programs count in all their calls.
const STACK_HEIGHT: u32 = 1 << 20;
