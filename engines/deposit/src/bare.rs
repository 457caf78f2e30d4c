//! The executor alone, to be compared with another one.

use crate::{
    code,
    versions::Rules,
    vm::{self, Shape},
};
use pink_engine_sdk::types::Determinism;

/// What 2.0 asks the interpreter for.
pub fn config() -> wasmi::Config {
    let shape = Shape {
        determinism: Determinism::Enforced,
        initial_pages: 1,
        maximum_pages: 2,
        largest_frame: 16,
    };
    vm::config(&Rules::V2_0, &shape)
}

/// Code as it is given to the interpreter.
///
/// # Errors
/// It isn't code.
pub fn rewrite(code: &[u8]) -> Result<Vec<u8>, String> {
    let prepared = code::rewrite(code).map_err(|error| error.to_string())?;
    Ok(prepared.code)
}
