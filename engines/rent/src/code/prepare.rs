//! From uploaded bytes to code that may run: every check, in order, each with its reason.

use super::{checks, imports, instrument, Prefab};
use crate::{
    core::Execution,
    error::Error,
    versions::{Rules, Schedule},
    vm,
};
use parity_wasm::elements;
use pink_engine_sdk::types::Hash;
use sp_crypto_hashing::blake2_256;

/// Code that passed.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// What will be stored about it, with one user.
    pub(crate) prefab: Prefab,
    /// The code as it runs.
    pub(crate) instrumented: Vec<u8>,
}

/// Checks and instruments code, and compiles it, so that code which the interpreter can't take is
/// refused here and not when it is called.
///
/// 2021's own interpreter validated the uploaded code. Today's does it here, for the same
/// features: none beyond the first version of WebAssembly.
pub(crate) fn prepare(
    original: &[u8],
    schedule: &Schedule,
    rules: &'static Rules,
    modules: &vm::Cache,
) -> Result<Prepared, &'static str> {
    let module = elements::deserialize_buffer(original).map_err(|_| "Can't decode wasm code")?;
    vm::validate(original, rules).map_err(|_| "Module is not valid")?;
    checks::exports(&module)?;
    checks::no_internal_memory(&module)?;
    checks::table(&module, &schedule.limits)?;
    checks::globals(&module, &schedule.limits)?;
    checks::no_floats(&module)?;
    checks::parameters(&module, &schedule.limits)?;
    checks::br_tables(&module, &schedule.limits)?;
    checks::locals(&module, rules)?;
    checks::segments(&module, rules)?;
    let memory = imports::scan(&module, schedule, rules)?;
    let (initial, maximum) = imports::memory_limits(memory, &schedule.limits)?;
    let instrumented = instrument::instrument(original, module, schedule, rules)?;
    let instrumented_hash: Hash = blake2_256(&instrumented);
    modules
        .get(&instrumented_hash, rules, || Some(instrumented.clone()))
        .ok_or("Module is not valid")?;
    let len = |bytes: &[u8]| u32::try_from(bytes.len()).map_err(|_| "Module is not valid");
    Ok(Prepared {
        prefab: Prefab {
            schedule_version: schedule.version,
            initial,
            maximum,
            refcount: 1,
            original_len: len(original)?,
            instrumented_len: len(&instrumented)?,
            instrumented_hash,
        },
        instrumented,
    })
}

impl Execution<'_, '_> {
    /// [`prepare`] under the cluster's schedule.
    pub(super) fn prepare(&self, original: &[u8]) -> Result<Prepared, Error> {
        prepare(original, &self.schedule, self.rules, self.modules).map_err(Error::CodeRejected)
    }
}
