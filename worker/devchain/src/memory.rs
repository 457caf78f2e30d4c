//! What a node remembers about contracts, so that they can be called by name.

use crate::{rows, DevError, DevNode};
use fat_contracts_primitives::{AccountId, CodeHash};
use pink_worker_core::store::ExtraRow;

impl DevNode {
    /// The row that remembers what the contracts of a code look like.
    pub fn metadata_row(code_hash: &CodeHash, json: &[u8]) -> ExtraRow {
        rows::metadata(code_hash, json)
    }

    /// What is remembered of a code's contracts.
    ///
    /// # Errors
    /// The store failed.
    pub fn metadata(&self, code_hash: &CodeHash) -> Result<Option<Vec<u8>>, DevError> {
        let store = self.worker.store();
        Ok(store.extra(rows::METADATA, code_hash.as_bytes())?)
    }

    /// The row that remembers which code a contract is made from, for as long as the engine that
    /// knows it can't be asked.
    pub fn contract_row(address: &AccountId, code_hash: &CodeHash) -> ExtraRow {
        rows::contract(address, code_hash)
    }

    /// The code that a contract was made from, if that is remembered.
    ///
    /// # Errors
    /// The store failed.
    pub fn remembered_code(&self, address: &AccountId) -> Result<Option<CodeHash>, DevError> {
        let store = self.worker.store();
        let row = store.extra(rows::CONTRACTS, address.as_ref())?;
        Ok(row
            .filter(|row| row.len() == 32)
            .map(|row| CodeHash::from_slice(&row)))
    }
}
