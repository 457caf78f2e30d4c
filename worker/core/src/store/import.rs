//! A whole state at once: from a snapshot file, or made up for a bench.

use std::cell::RefCell;
use std::ops::Bound;

use fat_contracts_primitives::StateRoot;
use redb::{CursorError, Table};

use super::commit::check;
use super::core::Core;
use super::read::Reader;
use super::tables::{block_key, block_row};
use super::trie;
use super::types::{NewBlock, Row};
use super::write::Tables;
use super::{StoreError, MAX_KEY_BYTES, MAX_VALUE_BYTES};

/// Bytes of the trie's rows that are gathered and put in order before they are written.
const GATHERED_BYTES: usize = if cfg!(test) { 4 << 10 } else { 64 << 20 };

/// Fills an empty store with keys in ascending order, in one durable transaction, if `accept` agrees to
/// the root over them. A block without input is one that wasn't executed here: nothing is kept of it
/// but root and record.
///
/// The trie's nodes are written as `sp-trie` finishes them, some megabytes at a time, so memory
/// doesn't grow with the state. Both tables are filled in order of their keys, which spares the
/// database most of its look-ups.
pub(super) fn import<E: From<StoreError>>(
    reader: &Reader,
    block: &NewBlock,
    state: impl IntoIterator<Item = Result<Row, E>>,
    accept: impl FnOnce(StateRoot) -> Result<(), E>,
) -> Result<StateRoot, E> {
    let core = reader.core();
    let txn = core.begin_write()?;
    let root;
    {
        let mut tables = Tables::open(core, &txn)?;
        if tables.cursor()?.is_some() {
            let reason = "the store holds blocks already".into();
            return Err(StoreError::Import { reason }.into());
        }
        let error = core.error("write to");
        let Tables {
            state: flat, trie, ..
        } = &mut tables;
        let end = flat.upper_bound_mut(Bound::<&[u8]>::Unbounded);
        let mut end = end.map_err(&error)?;
        let mut last = None;
        // sp-trie asks for one key after the other and can't be told to stop with an error, so the
        // first one ends the keys and is looked at afterwards.
        let failure = RefCell::new(None);
        let written = state.into_iter().map_while(|row| {
            let write = || -> Result<Row, E> {
                let (key, value) = row?;
                check("a key of the state", key.len(), MAX_KEY_BYTES)?;
                check("a value of the state", value.len(), MAX_VALUE_BYTES)?;
                if last.as_ref().is_some_and(|last| *last >= key) {
                    let reason = format!("the key 0x{} is out of order", hex::encode(&key));
                    return Err(StoreError::Import { reason }.into());
                }
                end.insert_before(key.as_slice(), value.as_slice())
                    .map_err(core.error("write to"))?;
                last = Some(key.clone());
                Ok((key, value))
            };
            match write() {
                Ok(row) => Some(row),
                Err(error) => {
                    *failure.borrow_mut() = Some(error);
                    None
                }
            }
        });
        let mut rows = NodeRows::new(core, trie);
        let built = trie::build(written, |key, node| rows.put(key, node));
        if let Some(error) = failure.take() {
            return Err(error);
        }
        root = built?;
        rows.write()?;
        end.close().map_err(&error)?;
        accept(root)?;
        let row = block_row(&root, &block.record);
        let key = block_key(block.number);
        tables.blocks.insert(key, row.as_slice()).map_err(&error)?;
        if !block.input.is_empty() {
            let input = block.input.as_slice();
            tables.inputs.insert(key, input).map_err(&error)?;
        }
    }
    txn.commit().map_err(core.error("commit to"))?;
    tracing::info!(block = block.number, ?root, "imported a state");
    Ok(root)
}

/// Rows of the trie on their way into its table.
///
/// They come nearly in order: a branch comes after those below it, and its row belongs among
/// theirs, because behind the path its key goes on with the hash.
struct NodeRows<'t, 'txn> {
    core: &'t Core,
    trie: &'t mut Table<'txn, &'static [u8], &'static [u8]>,
    gathered: Vec<Row>,
    bytes: usize,
}

impl<'t, 'txn> NodeRows<'t, 'txn> {
    fn new(core: &'t Core, trie: &'t mut Table<'txn, &'static [u8], &'static [u8]>) -> Self {
        Self {
            core,
            trie,
            gathered: Vec::new(),
            bytes: 0,
        }
    }

    fn put(&mut self, key: &[u8], node: &[u8]) -> Result<(), StoreError> {
        self.bytes += key.len() + node.len();
        self.gathered.push((key.to_vec(), node.to_vec()));
        if self.bytes < GATHERED_BYTES {
            Ok(())
        } else {
            self.write()
        }
    }

    /// Writes what was gathered.
    fn write(&mut self) -> Result<(), StoreError> {
        self.bytes = 0;
        self.gathered.sort_unstable();
        let mut rows = self.gathered.drain(..).peekable();
        while let Some((first, node)) = rows.next() {
            let at = Bound::Included(first.as_slice());
            let gap = self.trie.lower_bound_mut(at);
            let mut gap = gap.map_err(self.core.error("write to"))?;
            gap.insert_before(first.as_slice(), node.as_slice())
                .map_err(self.core.error("write to"))?;
            // On, up to a row that was written before and lies in between.
            while let Some((key, node)) = rows.peek() {
                match gap.insert_before(key.as_slice(), node.as_slice()) {
                    Ok(()) => drop(rows.next()),
                    Err(CursorError::UnorderedKey) => break,
                    Err(error) => return Err(self.core.error("write to")(error)),
                }
            }
            gap.close().map_err(self.core.error("write to"))?;
        }
        Ok(())
    }
}
