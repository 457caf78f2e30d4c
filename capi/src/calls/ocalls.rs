//! Calls from an engine back into the worker.

use super::{
    decode_args, decode_reply,
    ocalls_macro::{ocalls, optional, scope},
    CrossCall, OcallInfo, Scope,
};
use crate::{
    types::{
        AccountId, Hash, HttpRequest, HttpRequestError, HttpResponse, StorageQuotaExceeded, Version,
    },
    Fault,
};
use parity_scale_codec::Encode;

ocalls! {
    /// The value under a key.
    1 since "1.0" as "storage.get" fn storage_get(key: Vec<u8>) -> Option<Vec<u8>>;
    /// The first `limit` pairs with `start <= key < end`, in ascending order of keys. No end
    /// means up to the last key.
    2 since "1.0" as "storage.iter_*"
        fn storage_range(start: Vec<u8>, end: Option<Vec<u8>>, limit: u32)
        -> Vec<(Vec<u8>, Vec<u8>)>;
    /// Stages the changes of this ecall: ascending keys, none twice; no value removes the key.
    /// At most once in an ecall, and only where the state may change.
    3 since "1.0" as "storage.commit"
        fn storage_commit(changes: Vec<(Vec<u8>, Option<Vec<u8>>)>) -> ();
    /// A line for the operator, not part of any result. Levels as in `log`: 1 error … 5 trace.
    4 since "1.0" as "env.log"
        fn log(level: u8, contract: Option<AccountId>, text: String) -> ();
    /// The bytes of a system contract's code, by their BLAKE2b-256.
    5 since "1.0" fn system_code(hash: Hash) -> Option<Vec<u8>>;
    /// The seed that the cluster's workers share and contracts' keys are derived from. A
    /// worker that has none answers with the fault `NoClusterKey`.
    6 since "2.0" fn cluster_key() -> Option<[u8; 32]>;
    /// The worker's own public key.
    7 since "2.0" in Query fn worker_pubkey() -> [u8; 32];
    /// `len` random bytes.
    8 since "2.0" in Query fn random(len: u8) -> Vec<u8>;
    /// The worker's clock, in milliseconds of the Unix epoch.
    9 since "2.0" in Query fn now_ms() -> u64;
    /// Makes a request for a contract.
    10 since "2.0" in Query fn http_request(contract: AccountId, request: HttpRequest)
        -> Result<HttpResponse, HttpRequestError>;
    /// Makes several at once, within `timeout_ms`; a response or an error for each.
    11 since "2.0" in Query fn batch_http_request(
        contract: AccountId,
        requests: Vec<HttpRequest>,
        timeout_ms: u64,
    ) -> Result<Vec<Result<HttpResponse, HttpRequestError>>, HttpRequestError>;
    /// A value of the contract's cache.
    12 since "2.0" in Query fn cache_get(contract: AccountId, key: Vec<u8>) -> Option<Vec<u8>>;
    /// Puts a value there, for seven days.
    13 since "2.0" in Query fn cache_set(contract: AccountId, key: Vec<u8>, value: Vec<u8>)
        -> Result<(), StorageQuotaExceeded>;
    /// Lets a value expire in `seconds`.
    14 since "2.0" in Query
        fn cache_set_expiration(contract: AccountId, key: Vec<u8>, seconds: u64) -> ();
    /// Takes a value out.
    15 since "2.0" in Query fn cache_remove(contract: AccountId, key: Vec<u8>) -> Option<Vec<u8>>;
    /// Whether a query or an estimate should go on. The fault `Cancelled`: nobody waits for
    /// the answer any more; `Memory`: it took more than it may. Always in order in other calls.
    16 since "1.0" minor 1 as "env.poll" fn poll() -> ();
}

/// The row of a call; `None` if there is no such call.
pub fn ocall(id: u32) -> Option<&'static OcallInfo> {
    let row = OCALLS.binary_search_by_key(&id, |row| row.id).ok()?;
    OCALLS.get(row)
}
