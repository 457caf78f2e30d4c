//! Codes of the system contract, which blocks bring and engines ask for by hash.

use crate::{
    exec::{StateError, SystemCodes},
    store::Reader,
};
use pink_capi::types::Hash;
use std::collections::BTreeMap;

/// The store's table of system contract codes by hash. They are kept for ever: replay needs them.
pub(crate) const CODES_TABLE: &str = "system_codes";

/// System codes of the store and of the blocks at hand.
pub(crate) struct KnownCodes<'w> {
    pub(crate) store: &'w Reader,
    pub(crate) new: BTreeMap<Hash, Vec<u8>>,
}

impl SystemCodes for KnownCodes<'_> {
    fn system_code(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StateError> {
        match self.new.get(hash) {
            Some(code) => Ok(Some(code.clone())),
            None => self
                .store
                .extra(CODES_TABLE, hash)
                .map_err(|error| StateError(error.to_string())),
        }
    }
}
