//! The store itself: the one writer, and the readers beside it.

use std::ops::Deref;
use std::path::Path;

use fat_contracts_primitives::{BlockNumber, StateRoot};
use redb::StorageBackend;

use super::read::Reader;
use super::types::{BlockBatch, ExtraRow, NewBlock, Row};
use super::write::Keep;
use super::{commit, import, open, prune, revert, Pruned, Pruning, StoreError};

/// How a store is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreOptions {
    /// For how many blocks back the state can be read and reverted to. 0 keeps none.
    pub undo_window: u32,
    /// The most memory for cached pages, in bytes. It fills as the store is used.
    pub cache_bytes: usize,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            undo_window: 256,
            cache_bytes: 256 << 20,
        }
    }
}

/// A cluster's store. There is one writer, this; [`reader`](Self::reader) gives handles for other
/// threads. Every method of [`Reader`] is available here too.
///
/// After an error of [`commit`](Self::commit) nothing of the batch is there. If the file couldn't
/// be written, every later call fails until the store is opened again.
#[derive(Debug)]
pub struct Store {
    reader: Reader,
    options: StoreOptions,
}

impl Store {
    /// Makes a store in a directory that has none; the directory is made if need be.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`], or [`StoreError::Io`].
    pub fn create(base: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        open::create(base, &options, |_| Ok(())).map(|reader| Self { reader, options })
    }

    /// Opens the store in a directory. Recovers by itself from a crash: the state is that of the
    /// last commit that returned, or of one that was about to. That reads the whole file once.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::NotAStore`], [`StoreError::Format`],
    /// [`StoreError::Damaged`], [`StoreError::Locked`] or [`StoreError::Io`].
    pub fn open(base: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        open::open(base, &options).map(|reader| Self { reader, options })
    }

    /// Opens the store in a directory for reading alone, however it was left: nothing there is
    /// written, so the directory may be one that can't be. Others may read it at the same time,
    /// but nobody may have it open for writing. After a crash it is recovered in memory.
    ///
    /// # Errors
    /// As [`open`](Self::open). What would write fails with [`StoreError::ReadOnly`].
    pub fn open_read_only(base: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        open::open_read_only(base, &options).map(|reader| Self { reader, options })
    }

    /// A store in memory, for benches, simulators and tests; it is gone when it is dropped.
    ///
    /// # Errors
    /// [`StoreError::Database`], when the database refuses.
    pub fn open_in_memory() -> Result<Self, StoreError> {
        Self::open_in_memory_with(StoreOptions::default())
    }

    /// The same, kept in another way.
    ///
    /// # Errors
    /// As [`open_in_memory`](Self::open_in_memory).
    pub fn open_in_memory_with(options: StoreOptions) -> Result<Self, StoreError> {
        open::open_in_memory(&options).map(|reader| Self { reader, options })
    }

    /// A store over any storage, under checksums as a file is, for tests that make it fail. Empty storage becomes a new store.
    ///
    /// # Errors
    /// Those of [`open`](Self::open) that the storage can cause.
    pub fn with_backend(
        backend: impl StorageBackend,
        options: StoreOptions,
    ) -> Result<Self, StoreError> {
        open::open_backend(backend, &options).map(|reader| Self { reader, options })
    }

    /// A handle for readers on other threads.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Commits blocks and extra rows in one durable transaction: when it returns, all of it
    /// survives a crash; when it fails, nothing of it is there. Returns the root after each block.
    ///
    /// # Errors
    /// [`StoreError::OutOfOrder`], [`StoreError::TooLong`], [`StoreError::Damaged`],
    /// [`StoreError::Io`] or [`StoreError::Database`].
    pub fn commit(&mut self, batch: &BlockBatch) -> Result<Vec<StateRoot>, StoreError> {
        self.commit_keeping(batch, None)
    }

    /// The same, and whatever the window is, what it takes to revert to the block before `from`
    /// stays, if it is there by now.
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    pub fn commit_keeping(
        &mut self,
        batch: &BlockBatch,
        from: Option<BlockNumber>,
    ) -> Result<Vec<StateRoot>, StoreError> {
        let keep = Keep {
            window: self.options.undo_window,
            from,
        };
        let roots = self
            .core()
            .guarded(|| commit::commit(&self.reader, batch, keep))?;
        if let (Some(block), Some(root)) = (batch.blocks.last(), roots.last()) {
            tracing::debug!(block = block.number, ?root, "committed");
        }
        Ok(roots)
    }

    /// Takes back all blocks after `to`, with their receipts and inputs, in one durable
    /// transaction; gives the root, which is that of `to`. The one before the first block takes
    /// back everything. The caller's rows aren't undone: what they have to become goes into `extra`.
    ///
    /// # Errors
    /// [`StoreError::NoSuchBlock`], [`StoreError::Pruned`], else as [`commit`](Self::commit); then
    /// nothing is changed.
    pub fn revert(&mut self, to: BlockNumber, extra: &[ExtraRow]) -> Result<StateRoot, StoreError> {
        self.core()
            .guarded(|| revert::revert(&self.reader, to, extra))
    }

    /// Forgets blocks and receipts that are older than what is to stay, in one durable transaction of at most
    /// `most` blocks. Of a block after `settled` all stays, and every block stays whose state can be read or gone
    /// back to, whatever the window is.
    ///
    /// # Errors
    /// As [`commit`](Self::commit); then nothing is changed.
    pub fn prune(
        &mut self,
        keep: Pruning,
        settled: BlockNumber,
        most: u32,
    ) -> Result<Pruned, StoreError> {
        self.core()
            .guarded(|| prune::prune(&self.reader, keep, settled, most))
    }

    /// Makes a store in a directory that has none, with a whole state, sorted by key; see
    /// [`import_if`](Self::import_if). The store gets its name when all of it is there: whatever
    /// happens on the way, there is no store in the directory.
    ///
    /// # Errors
    /// As [`create`](Self::create) and [`import_if`](Self::import_if).
    pub fn create_with<E: From<StoreError>>(
        base: &Path,
        options: StoreOptions,
        block: &NewBlock,
        state: impl IntoIterator<Item = Result<Row, E>>,
        accept: impl FnOnce(StateRoot) -> Result<(), E>,
    ) -> Result<Self, E> {
        let reader = open::create(base, &options, |reader| {
            import::import(reader, block, state, accept).map(drop)
        })?;
        Ok(Self { reader, options })
    }

    /// Fills a store without blocks with a whole state, sorted by key, in one durable transaction, if
    /// `accept` agrees to its root, which is given back. Of `block` the number, the input and the
    /// record count; without an input it is one that wasn't executed here, see
    /// [`Reader::snapshot_block`].
    ///
    /// # Errors
    /// The first of the state's, that of `accept`, [`StoreError::Import`], else as
    /// [`commit`](Self::commit); then nothing is changed.
    pub fn import_if<E: From<StoreError>>(
        &mut self,
        block: &NewBlock,
        state: impl IntoIterator<Item = Result<Row, E>>,
        accept: impl FnOnce(StateRoot) -> Result<(), E>,
    ) -> Result<StateRoot, E> {
        self.core()
            .guarded(|| Ok(import::import(&self.reader, block, state, accept)))?
    }

    /// Fills a store without blocks with a whole state, sorted by key, in one durable transaction,
    /// and gives its root. Of `block` the number, the input and the record count.
    ///
    /// # Errors
    /// [`StoreError::Import`], else as [`commit`](Self::commit); then nothing is changed.
    pub fn import(
        &mut self,
        block: &NewBlock,
        state: impl IntoIterator<Item = Row>,
    ) -> Result<StateRoot, StoreError> {
        self.import_if(block, state.into_iter().map(Ok), |_| Ok(()))
    }
}

impl Deref for Store {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.reader
    }
}

#[cfg(test)]
impl Store {
    /// How many rows the trie has.
    pub(super) fn stored_nodes(&self) -> u64 {
        use redb::ReadableTableMetadata;
        let txn = self.reader.begin().unwrap();
        let trie = txn.open_table(super::tables::TRIE).unwrap();
        trie.len().unwrap()
    }

    /// The trie's rows.
    pub(super) fn trie_rows(&self) -> Vec<Row> {
        let txn = self.reader.begin().unwrap();
        let trie = txn.open_table(super::tables::TRIE).unwrap();
        let rows = trie.range::<&[u8]>(..).unwrap().map(Result::unwrap);
        rows.map(|(key, node)| (key.value().to_vec(), node.value().to_vec()))
            .collect()
    }
}
