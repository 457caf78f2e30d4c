use crate::accounts::parse_who;
use fat_contracts_primitives::AccountId;
use ipnet::IpNet;
use serde::{de::Error, Deserialize, Deserializer};
use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

/// What contracts' queries may reach, and how much of it. An operator's choice: no result of a
/// transaction depends on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServicesConfig {
    /// Requests over HTTP.
    pub http: HttpConfig,
    /// The local cache.
    pub cache: CacheConfig,
}

/// Bounds of requests over HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpConfig {
    /// No requests at all, if this is false.
    pub enabled: bool,
    /// Networks that may be reached although they aren't public. Public ones always may.
    pub allow_networks: Vec<IpNet>,
    /// The most that one request may take, redirects included, in milliseconds.
    pub timeout_ms: u64,
    /// The longest body that is received, in bytes.
    pub max_response_bytes: usize,
    /// The longest body that is sent, in bytes.
    pub max_request_bytes: usize,
    /// The longest URL, in bytes.
    pub max_url_bytes: usize,
    /// The most headers, sent or received. What is received can't exceed 128.
    pub max_headers: usize,
    /// The most bytes of headers, sent or received.
    pub max_header_bytes: usize,
    /// The most redirects that are followed.
    pub max_redirects: u32,
    /// The most requests of one batch.
    pub max_batch: usize,
    /// The most requests of one query.
    pub max_per_query: u32,
    /// The most requests of all queries that are under way at a time.
    pub max_parallel: usize,
    /// The most requests that wait for their turn.
    pub max_waiting: usize,
    /// The most requests of one contract that are under way at a time, at least one: its share of
    /// `max_parallel`. A look-up of a name is part of its request.
    pub max_parallel_per_contract: usize,
    /// The most requests of one contract that wait for those.
    pub max_waiting_per_contract: usize,
    /// The most that the look-up of a name may take, in milliseconds.
    pub lookup_timeout_ms: u64,
    /// Who is asked for the addresses of names, with ports. None: the system's nameservers.
    pub nameservers: Vec<SocketAddr>,
}

/// Bounds of the local cache.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CacheConfig {
    /// What all contracts together may keep, in bytes. It is divided by their weights.
    pub max_bytes: u64,
    /// Contracts' weights, until the system contract sets others.
    #[serde(deserialize_with = "weights")]
    pub weights: BTreeMap<AccountId, u32>,
    /// How long a value is kept that says nothing about it, in seconds.
    pub default_ttl_s: u64,
}

/// An account as the key of a table. Its own reading says no more than that a length is bad.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct AccountKey(AccountId);

impl<'de> Deserialize<'de> for AccountKey {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        parse_who(&text)
            .map(Self)
            .map_err(|error| D::Error::custom(format_args!("a contract's weight: {error}")))
    }
}

fn weights<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<AccountId, u32>, D::Error> {
    let weights = BTreeMap::<AccountKey, u32>::deserialize(from)?;
    let pairs = weights.into_iter();
    Ok(pairs
        .map(|(AccountKey(who), weight)| (who, weight))
        .collect())
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            allow_networks: Vec::new(),
            timeout_ms: 10_000,
            max_response_bytes: 2 << 20,
            max_request_bytes: 2 << 20,
            max_url_bytes: 8 << 10,
            max_headers: 128,
            max_header_bytes: 64 << 10,
            max_redirects: 5,
            max_batch: 5,
            max_per_query: 32,
            max_parallel: 16,
            max_waiting: 64,
            max_parallel_per_contract: 4,
            max_waiting_per_contract: 16,
            lookup_timeout_ms: 5_000,
            nameservers: Vec::new(),
        }
    }
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self {
            max_bytes: 20 << 20,
            weights: BTreeMap::new(),
            default_ttl_s: 7 * 24 * 60 * 60,
        }
    }
}

impl HttpConfig {
    /// The most that one request may take.
    pub(super) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}
