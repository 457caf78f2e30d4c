//! A token with as many holders as one likes: large states of the kind that there are.

use crate::calls::ours;
use anyhow::{ensure, Context};
use pink_engine_benches::{contracts, Ours};
use pink_worker_core::store::{NewBlock, Row, Store, StoreOptions};
use sp_crypto_hashing::{blake2_128, blake2_256};
use std::{iter::Peekable, path::Path};

/// What each holder holds.
const BALANCE: u128 = 1_000_000;
/// Bytes of a contract's prefix.
const PREFIX: usize = 32;
/// Bytes of the hash in front of a key of any length.
const HASH: usize = 16;

/// A cluster with a token, and where the contract keeps its balances.
#[derive(Debug)]
pub(crate) struct Holders {
    /// The cluster without the holders.
    pub(crate) ours: Ours,
    /// Prefix of the contract's storage.
    prefix: [u8; PREFIX],
    /// What the contract puts in front of an account.
    mapping: Vec<u8>,
}

impl Holders {
    /// Sees from a transfer where balances lie.
    pub(crate) fn new(engines: &Path) -> anyhow::Result<Self> {
        let probe = [0xA7; 32];
        let mut ours = ours(engines, contracts::TOKEN, &contracts::new_token())?;
        ours.call(&contracts::transfer(&probe))?;
        let key = ours.state.keys().find(|key| key.ends_with(&probe));
        let key = key.context("a transfer leaves a balance under its receiver's account")?;
        let (prefix, rest) = key.split_first_chunk().context("a contract's key")?;
        let (hash, name) = rest
            .split_first_chunk::<HASH>()
            .context("a contract's key")?;
        ensure!(*hash == blake2_128(name), "a key isn't behind its hash");
        let mapping = name.strip_suffix(&probe).unwrap_or_default().to_vec();
        let prefix = *prefix;
        Ok(Self {
            ours,
            prefix,
            mapping,
        })
    }

    /// A store on disk with this many of them, filled in bulk.
    pub(crate) fn filled(
        engines: &Path,
        folder: &Path,
        holders: u32,
    ) -> anyhow::Result<(Self, Store)> {
        let cluster = Self::new(engines)?;
        let mut store = Store::create(folder, StoreOptions::default())?;
        let block = NewBlock {
            number: 1,
            ..NewBlock::default()
        };
        store.import(&block, cluster.rows(holders))?;
        Ok((cluster, store))
    }

    /// The account of a number.
    pub(crate) fn account(number: u32) -> [u8; 32] {
        blake2_256(&number.to_le_bytes())
    }

    /// The key of an account's balance.
    pub(crate) fn key(&self, account: &[u8; 32]) -> Vec<u8> {
        let name = [&self.mapping[..], account].concat();
        [&self.prefix[..], &blake2_128(&name), &name].concat()
    }

    /// The whole state with this many holders, ascending by key. Of each holder only the hash is
    /// kept while they are sorted.
    pub(crate) fn rows(&self, holders: u32) -> impl Iterator<Item = Row> + '_ {
        let mut order: Vec<([u8; HASH], u32)> = (0..holders)
            .map(|number| {
                let name = [&self.mapping[..], &Self::account(number)].concat();
                (blake2_128(&name), number)
            })
            .collect();
        order.sort_unstable();
        let holders = order.into_iter().map(|(_, number)| {
            (
                self.key(&Self::account(number)),
                BALANCE.to_le_bytes().to_vec(),
            )
        });
        let base = self
            .ours
            .state
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()));
        Merged {
            left: base.peekable(),
            right: holders.peekable(),
        }
    }
}

/// Two ascending sequences as one.
struct Merged<L: Iterator, R: Iterator> {
    left: Peekable<L>,
    right: Peekable<R>,
}

impl<L: Iterator<Item = Row>, R: Iterator<Item = Row>> Iterator for Merged<L, R> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        match (self.left.peek(), self.right.peek()) {
            (Some((left, _)), Some((right, _))) if left > right => self.right.next(),
            (Some(_), _) => self.left.next(),
            (None, _) => self.right.next(),
        }
    }
}
