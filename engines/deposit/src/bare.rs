//! The executor alone, to be compared with another one.

use crate::{
    versions::Rules,
    wasm::{self, Checked},
};
use pink_engine_sdk::types::Determinism;

/// What 2.0 asks the interpreter for.
pub fn config() -> wasmi::Config {
    let checked = Checked {
        determinism: Determinism::Enforced,
        initial_pages: 1,
        maximum_pages: 2,
        largest_frame: 16,
        functions: 8,
        deprecated: false,
    };
    wasm::config(&Rules::V2_0, &checked)
}

/// Code as it is given to the interpreter.
///
/// # Errors
/// It isn't code.
pub fn rewrite(code: &[u8]) -> Result<Vec<u8>, String> {
    let rewritten = wasm::rewrite(code).map_err(|error| error.to_string())?;
    Ok(rewritten.code)
}
