//! The services, as one query sees them.

use super::WorkerServices;
use pink_capi::types::{
    AccountId, HttpRequest, HttpRequestError, HttpResponse, StorageQuotaExceeded,
};
use pink_engine_host::OffchainServices;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// What one query reaches, until its deadline. What it changes in the cache is its own until
/// [`keep`](Self::keep): a query that is called off leaves nothing.
pub(crate) struct QueryServices<'q> {
    all: &'q WorkerServices,
    deadline: Option<Instant>,
    wanted: &'q (dyn Fn() -> bool + Sync),
    changes: Mutex<Changes>,
}

#[derive(Debug, Default)]
struct Changes {
    requests: u32,
    /// Bytes of keys and values below.
    bytes: u64,
    /// In order; the last one for a key counts.
    commands: Vec<(AccountId, CacheCommand)>,
    /// What reads see where it differs from the cache.
    seen: BTreeMap<(AccountId, Vec<u8>), Option<Vec<u8>>>,
}

/// A change of a contract's own cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CacheCommand {
    /// Keep a value.
    Set { key: Vec<u8>, value: Vec<u8> },
    /// Give a value another time.
    SetExpiration { key: Vec<u8>, seconds: u64 },
    /// Forget a value.
    Remove { key: Vec<u8> },
}

impl Changes {
    /// Counts what is about to be remembered; false if it would be too much for a query.
    fn take(&mut self, most: u64, key: &[u8], value: &[u8]) -> bool {
        // Both lists hold it, with something around it.
        let bytes = (key.len() as u64).saturating_add(value.len() as u64);
        let bytes = bytes.saturating_add(64).saturating_mul(2);
        let all = self.bytes.saturating_add(bytes);
        let fits = all <= most;
        if fits {
            self.bytes = all;
        }
        fits
    }
}

/// What a thread may hold at a time is shared with nobody but the engine that calls.
fn locked(changes: &Mutex<Changes>) -> MutexGuard<'_, Changes> {
    changes.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'q> QueryServices<'q> {
    pub(crate) fn new(
        all: &'q WorkerServices,
        deadline: Option<Instant>,
        wanted: &'q (dyn Fn() -> bool + Sync),
    ) -> Self {
        Self {
            all,
            deadline,
            wanted,
            changes: Mutex::default(),
        }
    }

    /// Lets the cache have what the query changed in it.
    pub(crate) fn keep(self) {
        let changes = self.changes.into_inner();
        for (contract, command) in changes.unwrap_or_else(PoisonError::into_inner).commands {
            self.all.apply(&contract, command);
        }
    }

    /// When requests that begin now have to be done.
    fn deadline(&self, most: Duration) -> Instant {
        let now = Instant::now();
        let most = most.min(self.all.http().config().timeout());
        let own = now.checked_add(most).unwrap_or(now);
        self.deadline.map_or(own, |deadline| deadline.min(own))
    }

    /// What a query may change in the cache, in bytes, before it is kept: as much as it holds.
    fn most_bytes(&self) -> u64 {
        self.all.cache_bytes.saturating_mul(2)
    }

    /// Counts requests.
    fn allow(&self, requests: usize) -> Result<(), HttpRequestError> {
        let http = self.all.http();
        let config = http.config();
        let mut changes = locked(&self.changes);
        let all = u32::try_from(requests)
            .ok()
            .and_then(|requests| changes.requests.checked_add(requests))
            .filter(|all| *all <= config.max_per_query)
            .ok_or(HttpRequestError::TooManyRequests)?;
        changes.requests = all;
        Ok(())
    }
}

impl OffchainServices for QueryServices<'_> {
    fn worker_pubkey(&self) -> [u8; 32] {
        self.all.public_key
    }

    fn random(&self, len: u8) -> Vec<u8> {
        let mut bytes = vec![0; len.into()];
        super::fill_random(&mut bytes);
        bytes
    }

    fn now_ms(&self) -> u64 {
        super::now_ms()
    }

    fn http_request(
        &self,
        contract: &AccountId,
        request: HttpRequest,
    ) -> Result<HttpResponse, HttpRequestError> {
        self.allow(1)?;
        let deadline = self.deadline(Duration::MAX);
        let mut answers = self
            .all
            .request(contract, vec![request], deadline, self.wanted);
        answers.pop().unwrap_or(Err(HttpRequestError::Timeout))
    }

    fn batch_http_request(
        &self,
        contract: &AccountId,
        requests: Vec<HttpRequest>,
        timeout_ms: u64,
    ) -> Result<Vec<Result<HttpResponse, HttpRequestError>>, HttpRequestError> {
        if requests.len() > self.all.http().config().max_batch {
            return Err(HttpRequestError::TooManyRequests);
        }
        self.allow(requests.len())?;
        let deadline = self.deadline(Duration::from_millis(timeout_ms));
        Ok(self.all.request(contract, requests, deadline, self.wanted))
    }

    fn cache_get(&self, contract: &AccountId, key: &[u8]) -> Option<Vec<u8>> {
        match locked(&self.changes).seen.get(&(*contract, key.to_vec())) {
            Some(seen) => seen.clone(),
            None => self.all.cached(contract, key),
        }
    }

    fn cache_set(
        &self,
        contract: &AccountId,
        key: &[u8],
        value: Vec<u8>,
    ) -> Result<(), StorageQuotaExceeded> {
        if !self.all.fits(contract, key, &value) {
            return Err(StorageQuotaExceeded);
        }
        let mut changes = locked(&self.changes);
        if !changes.take(self.most_bytes(), key, &value) {
            return Err(StorageQuotaExceeded);
        }
        let own = (*contract, key.to_vec());
        changes.seen.insert(own, Some(value.clone()));
        let key = key.to_vec();
        changes
            .commands
            .push((*contract, CacheCommand::Set { key, value }));
        Ok(())
    }

    fn cache_set_expiration(&self, contract: &AccountId, key: &[u8], seconds: u64) {
        let mut changes = locked(&self.changes);
        if !changes.take(self.most_bytes(), key, &[]) {
            return;
        }
        let key = key.to_vec();
        if seconds == 0 {
            changes.seen.insert((*contract, key.clone()), None);
        }
        changes
            .commands
            .push((*contract, CacheCommand::SetExpiration { key, seconds }));
    }

    fn cache_remove(&self, contract: &AccountId, key: &[u8]) -> Option<Vec<u8>> {
        let before = self.cache_get(contract, key);
        let mut changes = locked(&self.changes);
        if !changes.take(self.most_bytes(), key, &[]) {
            return before;
        }
        let key = key.to_vec();
        changes.seen.insert((*contract, key.clone()), None);
        changes
            .commands
            .push((*contract, CacheCommand::Remove { key }));
        before
    }
}
