//! The executor alone, to be compared with another one.

use crate::{code::instrument, vm, Release};
use parity_wasm::elements;

/// What a version asks the interpreter for.
pub fn config<V: Release>() -> wasmi::Config {
    vm::config(V::RULES)
}

/// Code as a version gives it to the interpreter.
///
/// # Errors
/// It isn't code, or can't be instrumented.
pub fn rewrite<V: Release>(code: &[u8]) -> Result<Vec<u8>, String> {
    let module: elements::Module =
        elements::deserialize_buffer(code).map_err(|error: elements::Error| error.to_string())?;
    let instrumented = instrument(code, module, &V::RULES.schedule, V::RULES)?;
    let code = vm::with_barriers(&instrumented).ok_or("it can't be decoded")?;
    Ok(code.into_owned())
}
