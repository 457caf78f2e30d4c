//! Code: how it is checked, instrumented, stored, shared and loaded.

mod checks;
mod imports;
mod instrument;
mod load;
mod prepare;
mod weights;

#[cfg(any(test, feature = "bare"))]
pub(crate) use instrument::instrument;
pub(crate) use load::{prefab, Executable};

use parity_scale_codec::{Compact, Decode, Encode};
use pink_engine_sdk::types::Hash;

/// What is known about stored code. Its bytes lie beside it, so that counting a user or looking
/// at a length doesn't move them.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Prefab {
    /// The schedule that it was instrumented under.
    #[codec(encoded_as = "Compact<u32>")]
    pub schedule_version: u32,
    /// Pages of memory that it begins with.
    #[codec(encoded_as = "Compact<u32>")]
    pub initial: u32,
    /// Pages of memory that it can have.
    #[codec(encoded_as = "Compact<u32>")]
    pub maximum: u32,
    /// Contracts that use it; it goes when the last one does.
    #[codec(encoded_as = "Compact<u64>")]
    pub refcount: u64,
    /// Bytes of the code as it was uploaded.
    pub original_len: u32,
    /// Bytes of the code as it runs.
    pub instrumented_len: u32,
    /// BLAKE2b-256 of the code as it runs.
    pub instrumented_hash: Hash,
}

impl Prefab {
    /// One user's part of the bytes that this code takes. The count is cut to 32 bits, as in 2021.
    pub(crate) fn occupied_storage(&self) -> u32 {
        let len = self.original_len.saturating_add(self.instrumented_len);
        #[allow(clippy::cast_possible_truncation)] // a rule of 2021
        let users = self.refcount as u32;
        len.checked_div(users).unwrap_or(len)
    }
}
