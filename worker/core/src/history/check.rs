use crate::{
    exec::{receipts_root, BlockRecord, MessageReceipt},
    store::{Reader, Store, StoreError, StoreOptions},
};
use fat_contracts_primitives::{BlockNumber, ClusterBlock, MessageHash, Seq, StateRoot};
use parity_scale_codec::{Decode, DecodeAll};
use std::path::Path;

/// The most places that are named; then it is enough, and nothing more is looked for.
const MOST_NAMED: usize = 100;

/// What a check of a base path's store found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// How many blocks there are.
    pub blocks: u64,
    /// The state root of the last one, as it is stored.
    pub root: Option<StateRoot>,
    /// The root over the state that is there; none unless it was asked for, and could be read.
    pub computed_root: Option<StateRoot>,
    /// What is damaged; at most 100 places are named.
    pub damaged: Vec<Damage>,
}

/// Something that isn't as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// What it belongs to: the file, a table, a block.
    pub place: String,
    /// What is wrong with it.
    pub found: String,
}

/// Looks through the store of a base path, without writing anything there.
///
/// The database verifies itself, every row is read, and of every block record, input and receipts
/// have to belong together. A `deep` check also computes the root over the whole state, the trie
/// over it, and the root of every older state that can be read. `progress` is told how much is
/// done, and of how much: rows and blocks.
///
/// # Errors
/// There is no such store, somebody has it open, or the system refuses to read it. Damage is no
/// error; see [`CheckReport::damaged`].
pub fn check(
    base: &Path,
    deep: bool,
    progress: impl FnMut(u64, u64),
) -> Result<CheckReport, StoreError> {
    let mut check = Check {
        base,
        store: None,
        beyond_opening: false,
        progress,
        done: 0,
        all: 0,
        found: CheckReport::default(),
    };
    check.run(deep)?;
    Ok(check.found)
}

struct Check<'b, P> {
    base: &'b Path,
    /// Opened anew after damage: the database refuses everything from then on.
    store: Option<Store>,
    /// It can't even be opened.
    beyond_opening: bool,
    progress: P,
    done: u64,
    all: u64,
    found: CheckReport,
}

impl<P: FnMut(u64, u64)> Check<'_, P> {
    fn run(&mut self, deep: bool) -> Result<(), StoreError> {
        self.part("the database", |store, _| store.check_database())?;
        let parts = self.part("the list of tables", |store, _| store.parts())?;
        let parts = parts.unwrap_or_default();
        let rows = |name: &str| {
            let found = parts.iter().find(|(part, _)| part == name);
            found.map_or(0, |(_, rows)| *rows)
        };
        self.found.blocks = rows("blocks");
        let state = if deep { rows("state") } else { 0 };
        let all = parts.iter().map(|(_, rows)| *rows).sum::<u64>();
        self.all = all.saturating_add(self.found.blocks).saturating_add(state);
        for (name, _) in &parts {
            self.part(&format!("the table {name}"), |store, step| {
                store.scan(name, step)
            })?;
        }
        let (first, last) = self
            .part("the blocks", |store, _| {
                Ok((store.first_block()?, store.cursor()?))
            })?
            .unwrap_or_default();
        self.found.root = last.as_ref().map(|last| last.root);
        if let (Some(first), Some(last)) = (first, last) {
            self.blocks(first, last.number, [rows("inputs"), rows("receipts")])?;
            if deep {
                self.states(last.number)?;
            }
        }
        Ok(())
    }

    /// What is stored of each block belongs together; `rows`: how many inputs and receipts there are.
    fn blocks(
        &mut self,
        first: BlockNumber,
        last: BlockNumber,
        rows: [u64; 2],
    ) -> Result<(), StoreError> {
        let mut belonging = [0u64; 2];
        let snapshot = self.part("the first block", |store, _| store.snapshot_block())?;
        let snapshot = snapshot.flatten();
        // None where the block before isn't whole.
        let mut before = Some(MessageHash::zero());
        for block in first..=last {
            let seen = self.part(&format!("block {block}"), |store, step| {
                step();
                if snapshot == Some(block) {
                    block_of_snapshot(store, block)
                } else {
                    block_is_whole(store, block, before)
                }
            })?;
            before = None;
            match seen {
                Some(Ok(whole)) => {
                    before = Some(whole.message_hash);
                    for (sum, of_it) in belonging.iter_mut().zip(whole.rows) {
                        *sum = sum.saturating_add(of_it);
                    }
                }
                Some(Err(found)) => self.damaged(format!("block {block}"), found),
                None => {}
            }
        }
        let kinds = ["the inputs", "the receipts"];
        for (what, (found, expected)) in kinds.into_iter().zip(rows.into_iter().zip(belonging)) {
            if found != expected && self.found.damaged.is_empty() {
                self.damaged(what.into(), format!("{found} rows, not {expected}"));
            }
        }
        Ok(())
    }

    /// The states have the roots that are stored.
    fn states(&mut self, last: BlockNumber) -> Result<(), StoreError> {
        self.found.computed_root =
            self.part("the trie", |store, step| store.recompute_root(step))?;
        if let (Some(computed), Some(stored)) = (self.found.computed_root, self.found.root) {
            if computed != stored {
                let found = format!("it has the root {computed:?}, and not {stored:?}");
                self.damaged("the state".into(), found);
                // Older ones lie on top of it.
                return Ok(());
            }
        }
        let oldest = self.part("the undo records", |store, _| store.oldest_state())?;
        let oldest = oldest.flatten().unwrap_or(last);
        for block in (oldest..last).rev() {
            let name = format!("the state at block {block}");
            self.part(&name, |store, _| match store.block(block)? {
                Some(_) => store.verify_root_at(block),
                // That its record is missing was said above.
                None => Ok(()),
            })?;
        }
        Ok(())
    }

    /// Does a part of the work; none if it met damage.
    fn part<T>(
        &mut self,
        place: &str,
        work: impl FnOnce(&Reader, &mut dyn FnMut()) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        // Each place that is named may take opening the store anew.
        if self.beyond_opening || self.found.damaged.len() >= MOST_NAMED {
            return Ok(None);
        }
        let opened = match self.store.take() {
            Some(store) => Ok(store),
            None => Store::open_read_only(self.base, StoreOptions::default()),
        };
        let store = match opened {
            Ok(store) => store,
            Err(error @ StoreError::Damaged { .. }) => {
                self.beyond_opening = true;
                self.damaged("the file".into(), error.to_string());
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let mut step = || {
            self.done = self.done.saturating_add(1);
            (self.progress)(self.done, self.all);
        };
        match work(&store, &mut step) {
            Ok(done) => {
                self.store = Some(store);
                Ok(Some(done))
            }
            Err(error @ StoreError::Damaged { .. }) => {
                self.damaged(place.into(), error.to_string());
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn damaged(&mut self, place: String, found: String) {
        if self.found.damaged.len() < MOST_NAMED {
            self.found.damaged.push(Damage { place, found });
        }
    }
}

/// What a block that is whole has.
struct Whole {
    /// How many inputs and receipts.
    rows: [u64; 2],
    /// The running hash after it.
    message_hash: MessageHash,
}

/// The same as below of the block that a snapshot was of: it has a record, and nothing was executed. (The
/// first block of a history has a message, so with its input missing it isn't taken for one.)
fn block_of_snapshot(
    store: &Reader,
    block: BlockNumber,
) -> Result<Result<Whole, String>, StoreError> {
    let (record, receipts) = (store.block(block)?, store.receipts(block)?);
    Ok((|| {
        let record = record.ok_or("its record is missing")?;
        let record: BlockRecord = decoded("record", &record.record)?;
        match receipts.len() {
            0 => Ok(Whole {
                rows: [0, 0],
                message_hash: record.message_hash,
            }),
            found => Err(format!("its input is missing, and it has {found} receipts")),
        }
    })())
}

/// What a block has, or what of it doesn't belong together; `before`: the running hash before it, if that
/// is known.
fn block_is_whole(
    store: &Reader,
    block: BlockNumber,
    before: Option<MessageHash>,
) -> Result<Result<Whole, String>, StoreError> {
    let (record, input) = (store.block(block)?, store.input(block)?);
    let receipts = match store.receipts(block) {
        Err(StoreError::ReceiptsPruned { .. }) => None,
        receipts => Some(receipts?),
    };
    Ok((|| {
        let record = record.ok_or("its record is missing")?;
        let record: BlockRecord = decoded("record", &record.record)?;
        let input = input.ok_or("its input is missing")?;
        let input: ClusterBlock = decoded("input", &input)?;
        input_is_of_it(&input, block, &record, before)?;
        let receipts = match receipts {
            Some(receipts) => receipts_are_of_it(&receipts, &input, &record)?,
            None => 0,
        };
        Ok(Whole {
            rows: [1, receipts],
            message_hash: record.message_hash,
        })
    })())
}

fn input_is_of_it(
    input: &ClusterBlock,
    block: BlockNumber,
    record: &BlockRecord,
    before: Option<MessageHash>,
) -> Result<(), String> {
    if input.number != block {
        return Err(format!("its input is that of block {}", input.number));
    }
    if input.message_hash != record.message_hash {
        return Err("input and record have other message hashes".into());
    }
    if before.is_some_and(|before| input.fold(&before) != record.message_hash) {
        return Err("its input isn't what its message hash is over".into());
    }
    if input.messages.len() as u64 != u64::from(record.messages) {
        let (found, expected) = (input.messages.len(), record.messages);
        return Err(format!("its input has {found} messages, not {expected}"));
    }
    Ok(())
}

/// How many receipts it has.
fn receipts_are_of_it(
    receipts: &[(Seq, Vec<u8>)],
    input: &ClusterBlock,
    record: &BlockRecord,
) -> Result<u64, String> {
    let kept: Vec<Seq> = receipts.iter().map(|(seq, _)| *seq).collect();
    let messages = input.messages.iter().map(|(seq, _)| *seq);
    if !messages.eq(kept.iter().copied()) {
        return Err(format!("its receipts are those of the messages {kept:?}"));
    }
    let mut found = Vec::with_capacity(receipts.len());
    for (seq, receipt) in receipts {
        let receipt: MessageReceipt = decoded("receipt", receipt)?;
        if receipt.seq != *seq {
            return Err(format!(
                "the receipt of {} is at message {seq}",
                receipt.seq
            ));
        }
        found.push(receipt);
    }
    let root = receipts_root(&found);
    if root != record.receipts_root {
        let expected = record.receipts_root;
        return Err(format!(
            "its receipts have the root {root:?}, not {expected:?}"
        ));
    }
    Ok(receipts.len() as u64)
}

fn decoded<T: Decode>(what: &str, mut bytes: &[u8]) -> Result<T, String> {
    T::decode_all(&mut bytes).map_err(|error| format!("its {what} can't be read: {error}"))
}
