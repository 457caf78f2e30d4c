//! The off-chain services of queries: what takes the engine's time and no other.

use pink_capi::types::{
    AccountId, HttpRequest, HttpRequestError, HttpResponse, StorageQuotaExceeded,
};
use pink_engine_host::OffchainServices;

/// Answers at once.
#[derive(Debug)]
pub(crate) struct Nothing;

fn response() -> HttpResponse {
    HttpResponse {
        status_code: 200,
        reason_phrase: "OK".into(),
        headers: Vec::new(),
        body: Vec::new(),
    }
}

impl OffchainServices for Nothing {
    fn worker_pubkey(&self) -> [u8; 32] {
        [0; 32]
    }
    fn random(&self, len: u8) -> Vec<u8> {
        vec![7; len.into()]
    }
    fn now_ms(&self) -> u64 {
        0
    }
    fn http_request(
        &self,
        _: &AccountId,
        _: HttpRequest,
    ) -> Result<HttpResponse, HttpRequestError> {
        Ok(response())
    }
    fn batch_http_request(
        &self,
        _: &AccountId,
        requests: Vec<HttpRequest>,
        _: u64,
    ) -> Result<Vec<Result<HttpResponse, HttpRequestError>>, HttpRequestError> {
        Ok(requests.iter().map(|_| Ok(response())).collect())
    }
    fn cache_get(&self, _: &AccountId, key: &[u8]) -> Option<Vec<u8>> {
        Some(key.to_vec())
    }
    fn cache_set(&self, _: &AccountId, _: &[u8], _: Vec<u8>) -> Result<(), StorageQuotaExceeded> {
        Ok(())
    }
    fn cache_set_expiration(&self, _: &AccountId, _: &[u8], _: u64) {}
    fn cache_remove(&self, _: &AccountId, key: &[u8]) -> Option<Vec<u8>> {
        Some(key.to_vec())
    }
}
