//! A look at a contract's storage, with what was read for it.

use crate::{error::WorkerError, exec::StateError, exec::StateRead, view::View};
use fat_contracts_primitives::{BlockNumber, StateRoot};
use pink_capi::types::AccessError;
use pink_engine_host::Pairs;
use std::{
    borrow::Cow,
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

/// A state that notes which keys are read of it.
pub(crate) struct ReadRecorder<'s> {
    base: &'s dyn StateRead,
    keys: Mutex<BTreeSet<Vec<u8>>>,
}

impl<'s> ReadRecorder<'s> {
    pub(crate) fn new(base: &'s dyn StateRead) -> Self {
        Self {
            base,
            keys: Mutex::default(),
        }
    }

    pub(crate) fn into_keys(self) -> BTreeSet<Vec<u8>> {
        let keys = self.keys.into_inner();
        keys.unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, key: &[u8]) {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(key.to_vec());
    }
}

impl StateRead for ReadRecorder<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StateError> {
        self.note(key);
        self.base.get(key)
    }

    fn range(&self, start: &[u8], end: Option<&[u8]>, limit: u32) -> Result<Pairs, StateError> {
        let pairs = self.base.range(start, end, limit)?;
        pairs.iter().for_each(|(key, _)| self.note(key));
        Ok(pairs)
    }
}

/// A value of a contract's storage, and what shows it.
///
/// How contracts lie in the state is the engine's business. So what is proven is each key of the state
/// that the engine read for its answer, with its value: whoever knows the engine's rules, or asks the
/// engine again over these pairs alone, needs to trust nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageProof {
    /// The engine's answer.
    pub value: Result<Option<Vec<u8>>, AccessError>,
    /// The block that it is so after.
    pub block: BlockNumber,
    /// The root of the state.
    pub root: StateRoot,
    /// What the engine read, ascending, with what was there.
    pub reads: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// The trie's nodes on the way from the root to these keys, each whole, and long values as entries of
    /// their own.
    pub nodes: Vec<Vec<u8>>,
}

impl View {
    /// As [`contract_storage`](Self::contract_storage), with a proof.
    ///
    /// # Errors
    /// As there.
    pub fn prove_contract_storage(
        &self,
        address: &pink_capi::types::AccountId,
        key: &[u8],
    ) -> Result<StorageProof, WorkerError> {
        let (value, keys) = self.contract_storage_recorded(address, key)?;
        let keys: Vec<_> = keys.into_iter().collect();
        let snapshot = &self.snapshot;
        let mut reads = Vec::with_capacity(keys.len());
        for key in &keys {
            let value = snapshot.get(key)?.map(|value| value.to_vec());
            reads.push((key.clone(), value));
        }
        Ok(StorageProof {
            value,
            block: self.block(),
            root: snapshot.root(),
            nodes: snapshot.prove_plainly(&keys)?,
            reads,
        })
    }
}
