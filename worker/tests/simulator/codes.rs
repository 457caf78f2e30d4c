//! The system contract's code, as the chain has it.

use pink_worker_core::exec::{StateError, SystemCodes};

/// The code that the chain's genesis names.
pub(crate) const SYSTEM: &[u8] = include_bytes!("../../../contracts/artifacts/system.wasm");

pub(crate) struct Codes;

impl SystemCodes for Codes {
    fn system_code(&self, hash: &[u8; 32]) -> Result<Option<Vec<u8>>, StateError> {
        Ok((sp_crypto_hashing::blake2_256(SYSTEM) == *hash).then(|| SYSTEM.to_vec()))
    }
}
