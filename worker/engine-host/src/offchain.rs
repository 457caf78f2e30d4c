//! What a query may reach beyond the state: the network, the local cache, the clock, randomness.
//!
//! None of it is deterministic, so none of it is there in a transaction or an estimate: a call
//! gets an [`OffchainServices`] only in a query.

use pink_capi::types::{
    AccountId, HttpRequest, HttpRequestError, HttpResponse, StorageQuotaExceeded,
};

/// What a worker offers to contracts in queries, and to no transaction.
pub trait OffchainServices: Send + Sync {
    /// The worker's own public key.
    fn worker_pubkey(&self) -> [u8; 32];

    /// `len` random bytes.
    fn random(&self, len: u8) -> Vec<u8>;

    /// The clock, in milliseconds of the Unix epoch.
    fn now_ms(&self) -> u64;

    /// Makes a request for a contract.
    ///
    /// # Errors
    /// Why there is no response.
    fn http_request(
        &self,
        contract: &AccountId,
        request: HttpRequest,
    ) -> Result<HttpResponse, HttpRequestError>;

    /// Makes several requests at once, within `timeout_ms`.
    ///
    /// # Errors
    /// Why none of them was made.
    #[allow(clippy::type_complexity)]
    fn batch_http_request(
        &self,
        contract: &AccountId,
        requests: Vec<HttpRequest>,
        timeout_ms: u64,
    ) -> Result<Vec<Result<HttpResponse, HttpRequestError>>, HttpRequestError>;

    /// A value of a contract's cache.
    fn cache_get(&self, contract: &AccountId, key: &[u8]) -> Option<Vec<u8>>;

    /// Puts a value there. If it doesn't fit, the old value stays.
    ///
    /// # Errors
    /// The contract's share is used up.
    fn cache_set(
        &self,
        contract: &AccountId,
        key: &[u8],
        value: Vec<u8>,
    ) -> Result<(), StorageQuotaExceeded>;

    /// Lets a value expire in `seconds`; one that isn't there stays away.
    fn cache_set_expiration(&self, contract: &AccountId, key: &[u8], seconds: u64);

    /// Takes a value out.
    fn cache_remove(&self, contract: &AccountId, key: &[u8]) -> Option<Vec<u8>>;
}
