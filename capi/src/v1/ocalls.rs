use super::calls::call_table;
use crate::types::{AccountId, Hash};

call_table! {
    /// Calls from an engine back into the worker, during an ecall and on its thread.
    ///
    /// Reads see the state at the start of the ecall, with the block's earlier messages in it and
    /// without what this ecall stages.
    trait OCalls, client OCallsClient, rows OCALLS {
        /// The value under a key.
        1 since "1.0" fn storage_get(key: Vec<u8>) -> Option<Vec<u8>>;
        /// The first `limit` pairs with `start <= key < end`, in ascending order of keys. No end
        /// means up to the last key.
        2 since "1.0" fn storage_range(start: Vec<u8>, end: Option<Vec<u8>>, limit: u32)
            -> Vec<(Vec<u8>, Vec<u8>)>;
        /// Stages the changes of this ecall: ascending keys, none twice; no value removes the key.
        /// At most once in an ecall, and only where the state may change.
        3 since "1.0" fn storage_commit(changes: Vec<(Vec<u8>, Option<Vec<u8>>)>) -> ();
        /// A line for the operator, not part of any result. Levels as in `log`: 1 error … 5 trace.
        4 since "1.0" fn log(level: u8, contract: Option<AccountId>, text: String) -> ();
        /// The bytes of a system contract's code, by their BLAKE2b-256.
        5 since "1.0" fn system_code(hash: Hash) -> Option<Vec<u8>>;
    }
}
