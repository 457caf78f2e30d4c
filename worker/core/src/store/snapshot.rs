//! A consistent view of the state at the end of one block.

use std::collections::BTreeMap;
use std::fmt;
use std::iter::Peekable;
use std::ops::{Bound, Deref};
use std::sync::Arc;

use fat_contracts_primitives::StateRoot;
use redb::{OwnedAccessGuard, OwnedRange, ReadTransaction};

use super::core::Core;
use super::tables;
use super::trie::{ReadTable, StoredNodes};
use super::types::{ChangeSet, CommittedBlock};
use super::StoreError;

/// The state as it was at the end of a block, however the store moves on meanwhile.
///
/// Cheap to make and to clone, readable from any thread, in parallel with the writer and with
/// other snapshots. While it lives the file can't reuse the pages it sees, so it should live for a
/// request or a block and not for ever.
#[derive(Clone)]
pub struct Snapshot(Arc<View>);

struct View {
    core: Arc<Core>,
    block: Option<CommittedBlock>,
    /// The newest block's root, state and trie, which the tables hold.
    stored_root: StateRoot,
    state: ReadTable,
    trie: ReadTable,
    /// Old values that lie over the newest state; empty in a snapshot of the newest block.
    undone: BTreeMap<Vec<u8>, Option<Arc<[u8]>>>,
}

impl Snapshot {
    /// The state that `txn` sees, under old values; `block` is the block they lead back to.
    pub(super) fn new(
        core: &Arc<Core>,
        txn: &ReadTransaction,
        newest: Option<&CommittedBlock>,
        block: Option<CommittedBlock>,
        undone: ChangeSet,
    ) -> Result<Self, StoreError> {
        let undone = undone
            .into_iter()
            .map(|(key, old)| (key, old.map(Arc::from)))
            .collect();
        Ok(Self(Arc::new(View {
            core: core.clone(),
            stored_root: newest.map_or_else(super::empty_root, |newest| newest.root),
            state: txn.open_table(tables::STATE).map_err(core.error("read"))?,
            trie: txn.open_table(tables::TRIE).map_err(core.error("read"))?,
            block,
            undone,
        })))
    }

    /// The block at whose end this is; `None` before the first block, when the state is empty.
    pub fn block(&self) -> Option<&CommittedBlock> {
        self.0.block.as_ref()
    }

    /// The root of this state.
    pub fn root(&self) -> StateRoot {
        self.block()
            .map_or_else(super::empty_root, |block| block.root)
    }

    /// The value of a key, without copying it.
    ///
    /// # Errors
    /// [`StoreError::Io`], [`StoreError::Damaged`] or [`StoreError::Database`] when the file can't
    /// be read.
    pub fn get(&self, key: &[u8]) -> Result<Option<StateBytes>, StoreError> {
        if let Some(old) = self.0.undone.get(key) {
            return Ok(old.clone().map(StateBytes::undone));
        }
        self.get_stored(key)
    }

    /// All keys from `start` up to but without `end` (to the last key without it), in order.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn iter(&self, start: &[u8], end: Option<&[u8]>) -> Result<StateIter, StoreError> {
        let end_bound = end.map_or(Bound::Unbounded, Bound::Excluded);
        // Both the database and the map below take an upside-down range for a bug of the caller.
        let start = match end {
            Some(end) if end < start => end,
            _ => start,
        };
        let range = self
            .0
            .state
            .range_owned::<&[u8]>((Bound::Included(start), end_bound));
        let range = range.map_err(self.0.core.error("read"))?;
        Ok(StateIter {
            stored: range.peekable(),
            view: self.0.clone(),
            undone: UndoCursor {
                next: Bound::Included(start.to_vec()),
                end: end.map(<[u8]>::to_vec),
            },
        })
    }

    /// The first `limit` keys of [`iter`](Self::iter) with their values.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn range(
        &self,
        start: &[u8],
        end: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(StateBytes, StateBytes)>, StoreError> {
        self.iter(start, end)?.take(limit).collect()
    }

    /// The newest block's trie.
    pub(super) fn stored_nodes(&self) -> StoredNodes<'_> {
        let view = &*self.0;
        StoredNodes::new(&view.core, &view.state, &view.trie)
    }

    pub(super) fn stored_root(&self) -> StateRoot {
        self.0.stored_root
    }

    pub(super) fn undone(&self) -> &BTreeMap<Vec<u8>, Option<Arc<[u8]>>> {
        &self.0.undone
    }

    /// The value in the newest state.
    pub(super) fn get_stored(&self, key: &[u8]) -> Result<Option<StateBytes>, StoreError> {
        let stored = self.0.state.get_owned(key);
        let stored = stored.map_err(self.0.core.error("read"))?;
        Ok(stored.map(StateBytes::stored))
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("block", &self.0.block)
            .field("undone", &self.0.undone.len())
            .finish_non_exhaustive()
    }
}

/// A key or a value of the state, borrowed from the database's own pages where possible.
///
/// It keeps the snapshot's pages alive, so it may be held for as long as a call lasts.
pub struct StateBytes(Repr);

enum Repr {
    Stored(OwnedAccessGuard<&'static [u8]>),
    Shared(Arc<[u8]>),
}

impl StateBytes {
    fn stored(guard: OwnedAccessGuard<&'static [u8]>) -> Self {
        Self(Repr::Stored(guard))
    }

    fn undone(bytes: Arc<[u8]>) -> Self {
        Self(Repr::Shared(bytes))
    }
}

impl From<Vec<u8>> for StateBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Repr::Shared(bytes.into()))
    }
}

impl Deref for StateBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Repr::Stored(guard) => guard.value(),
            Repr::Shared(bytes) => bytes,
        }
    }
}

impl AsRef<[u8]> for StateBytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl fmt::Debug for StateBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// Keys and values of a snapshot in order; made by [`Snapshot::iter`].
pub struct StateIter {
    stored: Peekable<OwnedRange<&'static [u8], &'static [u8]>>,
    view: Arc<View>,
    undone: UndoCursor,
}

/// A key of the undone ones and the value it had.
type OldRow = (Vec<u8>, Option<Arc<[u8]>>);

/// Where the walk is among the old values.
struct UndoCursor {
    next: Bound<Vec<u8>>,
    end: Option<Vec<u8>>,
}

impl Iterator for StateIter {
    type Item = Result<(StateBytes, StateBytes), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let undone = self.undone.peek(&self.view);
            let order = match (self.stored.peek(), &undone) {
                (Some(Ok((stored, _))), Some((undone, _))) => stored.value().cmp(undone.as_slice()),
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (_, None) | (Some(Err(_)), _) => std::cmp::Ordering::Less,
            };
            if order.is_le() {
                let entry = match self.stored.next()? {
                    Ok(entry) => entry,
                    Err(error) => return Some(Err(self.view.core.error("read")(error))),
                };
                if order.is_lt() {
                    let (key, value) = entry;
                    return Some(Ok((StateBytes::stored(key), StateBytes::stored(value))));
                }
            }
            // The old value wins over the stored one, and an absent one hides it.
            let (key, old) = undone?;
            let found = old.map(|old| (StateBytes::from(key.clone()), StateBytes::undone(old)));
            self.undone.next = Bound::Excluded(key);
            if let Some(found) = found {
                return Some(Ok(found));
            }
        }
    }
}

impl UndoCursor {
    fn peek(&self, view: &View) -> Option<OldRow> {
        if view.undone.is_empty() {
            return None;
        }
        let from = self.next.as_ref().map(Vec::as_slice);
        let mut rest = view.undone.range::<[u8], _>((from, Bound::Unbounded));
        let (key, old) = rest.next()?;
        let past = self.end.as_ref().is_some_and(|end| key >= end);
        (!past).then(|| (key.clone(), old.clone()))
    }
}

impl fmt::Debug for StateIter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StateIter").finish_non_exhaustive()
    }
}
