//! What contracts keep on this worker alone, for a while.
//!
//! A value is gone when its time is up, when the worker ends, or when its contract needs the
//! room; nobody may rely on it. How much room a contract has is its part of the whole by weight,
//! and the weights are set by the system contract's commands.

use super::config::CacheConfig;
use pink_capi::types::{AccountId, StorageQuotaExceeded};
use std::collections::{BTreeMap, BTreeSet};

/// What an entry counts for besides its key and its value: about what keeping it takes.
const ENTRY_BYTES: u64 = 128;

/// How many changes go by until what expired is looked for everywhere.
const CHANGES_UNTIL_SWEEP: u32 = 1_000;

/// The cache of all contracts. Times are milliseconds of one clock, whichever it is.
#[derive(Debug)]
pub(super) struct Cache {
    config: CacheConfig,
    weights: BTreeMap<AccountId, u32>,
    all_weights: u64,
    contracts: BTreeMap<AccountId, Entries>,
    changes: u32,
}

#[derive(Debug, Default)]
struct Entries {
    values: BTreeMap<Vec<u8>, Entry>,
    /// When which key expires.
    expiring: BTreeSet<(u64, Vec<u8>)>,
    bytes: u64,
}

#[derive(Debug)]
struct Entry {
    value: Vec<u8>,
    expires: u64,
}

fn size(key: &[u8], value: &[u8]) -> u64 {
    (key.len() as u64)
        .saturating_add(value.len() as u64)
        .saturating_add(ENTRY_BYTES)
}

impl Cache {
    pub(super) fn new(config: CacheConfig) -> Self {
        let mut cache = Self {
            weights: BTreeMap::new(),
            all_weights: 0,
            contracts: BTreeMap::new(),
            changes: 0,
            config,
        };
        for (contract, weight) in cache.config.weights.clone() {
            cache.set_weight(contract.into(), weight);
        }
        cache
    }

    /// Sets a contract's weight. Everybody's part of the whole changes with it.
    pub(super) fn set_weight(&mut self, contract: AccountId, weight: u32) {
        match weight {
            0 => self.weights.remove(&contract),
            weight => self.weights.insert(contract, weight),
        };
        self.all_weights = self.weights.values().copied().map(u64::from).sum();
        let quotas: Vec<_> = self
            .contracts
            .keys()
            .map(|it| (*it, self.quota(it)))
            .collect();
        for (contract, quota) in quotas {
            if let Some(entries) = self.contracts.get_mut(&contract) {
                entries.shrink(quota);
            }
        }
        self.contracts
            .retain(|_, entries| !entries.values.is_empty());
    }

    /// What a contract may keep, in bytes.
    pub(super) fn quota(&self, contract: &AccountId) -> u64 {
        let weight = self.weights.get(contract).copied().unwrap_or(0);
        let part = u128::from(self.config.max_bytes).saturating_mul(weight.into());
        let part = part.checked_div(self.all_weights.into()).unwrap_or(0);
        u64::try_from(part).unwrap_or(u64::MAX)
    }

    /// Whether a contract could keep this value at all.
    pub(super) fn fits(&self, contract: &AccountId, key: &[u8], value: &[u8]) -> bool {
        size(key, value) <= self.quota(contract)
    }

    /// A value whose time isn't up.
    pub(super) fn get(&self, contract: &AccountId, key: &[u8], now: u64) -> Option<&[u8]> {
        let entry = self.contracts.get(contract)?.values.get(key)?;
        (entry.expires > now).then_some(&*entry.value)
    }

    /// Keeps a value. For the room, those go that would expire first.
    ///
    /// # Errors
    /// It is larger than the contract's part; then everything is as before, the old value
    /// included.
    pub(super) fn set(
        &mut self,
        contract: &AccountId,
        key: Vec<u8>,
        value: Vec<u8>,
        now: u64,
    ) -> Result<(), StorageQuotaExceeded> {
        if !self.fits(contract, &key, &value) {
            return Err(StorageQuotaExceeded);
        }
        self.changed(now);
        let quota = self.quota(contract);
        let expires = after(now, self.config.default_ttl_s);
        let entries = self.contracts.entry(*contract).or_default();
        entries.remove(&key);
        entries.expire(now);
        entries.shrink(quota.saturating_sub(size(&key, &value)));
        entries.insert(key, Entry { value, expires });
        Ok(())
    }

    /// Gives a value another time. One whose time was up stays away.
    pub(super) fn set_expiration(
        &mut self,
        contract: &AccountId,
        key: &[u8],
        seconds: u64,
        now: u64,
    ) {
        let Some(entries) = self.contracts.get_mut(contract) else {
            return;
        };
        match entries.remove(key) {
            Some(entry) if entry.expires > now && seconds > 0 => {
                let expires = after(now, seconds);
                entries.insert(key.to_vec(), Entry { expires, ..entry });
            }
            _ => {}
        }
        self.changed(now);
    }

    /// Takes a value out.
    pub(super) fn remove(&mut self, contract: &AccountId, key: &[u8], now: u64) -> Option<Vec<u8>> {
        let entry = self.contracts.get_mut(contract)?.remove(key)?;
        self.changed(now);
        (entry.expires > now).then_some(entry.value)
    }

    /// What is kept, in bytes.
    #[cfg(test)]
    fn bytes(&self) -> u64 {
        self.contracts.values().map(|entries| entries.bytes).sum()
    }

    fn changed(&mut self, now: u64) {
        self.changes = self.changes.saturating_add(1);
        if self.changes >= CHANGES_UNTIL_SWEEP {
            self.changes = 0;
            for entries in self.contracts.values_mut() {
                entries.expire(now);
            }
            self.contracts
                .retain(|_, entries| !entries.values.is_empty());
        }
    }
}

impl Entries {
    fn insert(&mut self, key: Vec<u8>, entry: Entry) {
        self.bytes = self.bytes.saturating_add(size(&key, &entry.value));
        self.expiring.insert((entry.expires, key.clone()));
        self.values.insert(key, entry);
    }

    fn remove(&mut self, key: &[u8]) -> Option<Entry> {
        let entry = self.values.remove(key)?;
        self.expiring.remove(&(entry.expires, key.to_vec()));
        self.bytes = self.bytes.saturating_sub(size(key, &entry.value));
        Some(entry)
    }

    /// Drops what has expired.
    fn expire(&mut self, now: u64) {
        while let Some((expires, key)) = self.expiring.first() {
            if *expires > now {
                return;
            }
            let key = key.clone();
            self.remove(&key);
        }
    }

    /// Drops what expires first, until no more than `most` bytes are left.
    fn shrink(&mut self, most: u64) {
        while self.bytes > most {
            let Some((_, key)) = self.expiring.first() else {
                return;
            };
            let key = key.clone();
            self.remove(&key);
        }
    }
}

fn after(now: u64, seconds: u64) -> u64 {
    now.saturating_add(seconds.saturating_mul(1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: AccountId = [1; 32];
    const B: AccountId = [2; 32];

    fn cache(max_bytes: u64) -> Cache {
        let mut cache = Cache::new(CacheConfig {
            max_bytes,
            default_ttl_s: 10,
            ..CacheConfig::default()
        });
        cache.set_weight(A, 3);
        cache.set_weight(B, 1);
        cache
    }

    #[test]
    fn the_whole_is_divided_by_weight() {
        let mut cache = cache(4_000);
        assert_eq!((cache.quota(&A), cache.quota(&B)), (3_000, 1_000));
        assert_eq!(cache.quota(&[3; 32]), 0);
        assert!(cache.set(&[3; 32], vec![1], vec![], 0).is_err());
        cache.set_weight(A, 0);
        assert_eq!((cache.quota(&A), cache.quota(&B)), (0, 4_000));
        cache.set_weight(B, u32::MAX);
        cache.set_weight(A, u32::MAX);
        assert_eq!((cache.quota(&A), cache.quota(&B)), (2_000, 2_000));
    }

    #[test]
    fn a_value_that_doesnt_fit_leaves_the_old_one() {
        let mut cache = cache(4_000);
        cache.set(&B, vec![1], vec![7; 10], 0).unwrap();
        let largest = 1_000 - ENTRY_BYTES as usize - 1;
        assert!(cache.set(&B, vec![1], vec![8; largest + 1], 0).is_err());
        assert_eq!(cache.get(&B, &[1], 0), Some(&[7; 10][..]));
        cache.set(&B, vec![1], vec![8; largest], 0).unwrap();
        assert_eq!(cache.bytes(), 1_000);
    }

    #[test]
    fn what_expires_first_makes_room() {
        let mut cache = cache(4_000);
        for key in 0..4 {
            cache.set(&B, vec![key], vec![key; 100], 0).unwrap();
        }
        cache.set_expiration(&B, &[0], 1_000, 0);
        cache.set_expiration(&B, &[2], 1, 0);
        cache.set(&B, vec![9], vec![9; 400], 0).unwrap();
        assert!(cache.bytes() <= 1_000);
        assert_eq!(cache.get(&B, &[2], 0), None);
        assert!(cache.get(&B, &[0], 0).is_some());
        // Less weight: what is over goes.
        cache.set_weight(A, 30);
        assert!(cache.bytes() <= 4_000 / 31);
    }

    #[test]
    fn nothing_that_expired_comes_back() {
        let mut cache = cache(4_000);
        cache.set(&A, vec![1], vec![1], 0).unwrap();
        assert_eq!(cache.get(&A, &[1], 9_999), Some(&[1][..]));
        assert_eq!(cache.get(&A, &[1], 10_000), None);
        cache.set_expiration(&A, &[1], 1_000, 10_000);
        assert_eq!(cache.get(&A, &[1], 10_000), None);
        cache.set(&A, vec![1], vec![2], 10_000).unwrap();
        cache.set_expiration(&A, &[1], u64::MAX, 10_000);
        assert_eq!(cache.get(&A, &[1], u64::MAX - 1), Some(&[2][..]));
        cache.set_expiration(&A, &[1], 0, 10_000);
        assert_eq!(cache.get(&A, &[1], 10_000), None);
        cache.set(&A, vec![1], vec![3], 20_000).unwrap();
        assert_eq!(cache.remove(&A, &[1], 30_000), None);
        cache.set(&A, vec![1], vec![4], 20_000).unwrap();
        assert_eq!(cache.remove(&A, &[1], 20_001), Some(vec![4]));
        assert_eq!(cache.bytes(), 0);
    }

    #[test]
    fn what_expired_doesnt_pile_up() {
        let mut cache = cache(1 << 30);
        for at in 0..5_000u64 {
            let key = at.to_le_bytes().to_vec();
            cache.set(&A, key, vec![0; 8], at * 1_000).unwrap();
        }
        let entries = &cache.contracts[&A];
        assert!(entries.values.len() <= 11, "{}", entries.values.len());
        assert_eq!(entries.values.len(), entries.expiring.len());
    }
}
