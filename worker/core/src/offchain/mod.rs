//! What contracts' queries reach beyond the state: the network, the local cache, the clock,
//! randomness, the worker's own key.
//!
//! Nothing of it is the same on two workers, so nothing of it is there in a transaction or an
//! estimate. What a transaction has the cache do is done when its block is kept.
//!
//! * [`ServicesConfig`]: what the operator allows;
//! * `request`, `http`, `fair_queue`, `names`, `addresses`: requests, whose turn it is, and where they
//!   may go;
//! * `cache`: what contracts keep here;
//! * `query`: all of it, as one query sees it.

mod addresses;
mod cache;
mod config;
mod fair_queue;
mod http;
mod names;
mod query;
mod request;

pub use config::{CacheConfig, HttpConfig, ServicesConfig};
pub(crate) use query::{CacheCommand, QueryServices};

use crate::{Observer, WorkerKey};
use cache::Cache;
use http::Http;
use pink_capi::types::{AccountId, HttpRequest};
use std::{
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

/// What all queries of a worker reach.
#[derive(Debug)]
pub struct WorkerServices {
    /// Another one when the operator changes what is allowed; requests that run go on as they began.
    http: RwLock<Arc<Http>>,
    cache: Mutex<Cache>,
    /// What all contracts together may keep.
    cache_bytes: u64,
    public_key: [u8; 32],
    observer: OnceLock<Arc<dyn Observer>>,
}

impl WorkerServices {
    /// The services that the operator allows. Nothing is begun yet.
    pub fn new(config: ServicesConfig, key: &WorkerKey) -> Self {
        Self {
            http: RwLock::new(Arc::new(Http::new(config.http))),
            cache_bytes: config.cache.max_bytes,
            cache: Mutex::new(Cache::new(config.cache)),
            public_key: key.public(),
            observer: OnceLock::new(),
        }
    }

    /// Nothing to reach, and no room to keep anything.
    pub(crate) fn nothing() -> Self {
        let http = HttpConfig {
            enabled: false,
            ..HttpConfig::default()
        };
        let cache = CacheConfig {
            max_bytes: 0,
            ..CacheConfig::default()
        };
        Self {
            public_key: [0; 32],
            ..Self::new(ServicesConfig { http, cache }, &WorkerKey::new([0; 32]))
        }
    }

    /// From now on other limits of requests. The cache stays as it is: the system contract may have set
    /// its shares meanwhile.
    pub fn reconfigure(&self, config: HttpConfig) {
        let new = Arc::new(Http::new(config));
        *self.http.write().unwrap_or_else(PoisonError::into_inner) = new;
    }

    fn http(&self) -> Arc<Http> {
        let http = self.http.read().unwrap_or_else(PoisonError::into_inner);
        http.clone()
    }

    /// Tells somebody of requests, unless it tells somebody already.
    pub(crate) fn observe(&self, observer: Arc<dyn Observer>) {
        // Whoever measures does so for as long as the worker runs.
        let _ = self.observer.set(observer);
    }

    /// Makes a contract's requests; see [`Http::run`].
    fn request(
        &self,
        contract: &AccountId,
        requests: Vec<HttpRequest>,
        deadline: Instant,
        wanted: &dyn Fn() -> bool,
    ) -> Vec<http::Answer> {
        let answers = self.http().run(contract, requests, deadline, wanted);
        if let Some(observer) = self.observer.get() {
            for answer in &answers {
                observer.requested(answer.as_ref().err());
            }
        }
        answers
    }

    /// What a contract may keep in the cache, in bytes.
    pub fn cache_quota(&self, contract: &AccountId) -> u64 {
        self.cache().quota(contract)
    }

    /// Sets a contract's share of the cache, in relation to the others'.
    pub(crate) fn set_weight(&self, contract: AccountId, weight: u32) {
        self.cache().set_weight(contract, weight);
    }

    /// Does what a contract has its cache do. What doesn't fit isn't done.
    pub(crate) fn apply(&self, contract: &AccountId, command: CacheCommand) {
        let now = now_ms();
        let mut cache = self.cache();
        match command {
            CacheCommand::Set { key, value } => {
                if cache.set(contract, key, value, now).is_err() {
                    tracing::debug!(contract = hex::encode(contract), "no room in the cache");
                }
            }
            CacheCommand::SetExpiration { key, seconds } => {
                cache.set_expiration(contract, &key, seconds, now);
            }
            CacheCommand::Remove { key } => {
                cache.remove(contract, &key, now);
            }
        }
    }

    fn cached(&self, contract: &AccountId, key: &[u8]) -> Option<Vec<u8>> {
        let cache = self.cache();
        cache.get(contract, key, now_ms()).map(<[u8]>::to_vec)
    }

    fn fits(&self, contract: &AccountId, key: &[u8], value: &[u8]) -> bool {
        self.cache().fits(contract, key, value)
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The worker's clock, in milliseconds of the Unix epoch; 0 before it.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}

/// Fills bytes from the system's randomness.
///
/// # Panics
/// The system has none.
fn fill_random(bytes: &mut [u8]) {
    // The system always has some once it has started; if not, the query ends as a panic of its
    // own, and never with bytes that somebody could guess.
    assert!(
        getrandom::fill(bytes).is_ok(),
        "the system gives no randomness"
    );
}
