use crate::{
    codes::KnownCodes,
    error::{decode, WorkerError},
    exec::Parked,
    store::{NewBlock, Store, StoreError},
    worker::Worker,
};
use fat_contracts_primitives::{BlockNumber, ClusterBlock, EngineRecord, EngineVersion, Seq};
use std::{collections::BTreeMap, ops::RangeInclusive};

/// What a replay found.
#[derive(Debug)]
pub struct ReplayReport {
    /// Blocks that were executed again, from the first.
    pub blocks: u32,
    /// Messages in them.
    pub messages: u64,
    /// Blocks that were compared with what is stored.
    pub compared: u32,
    /// The first difference; none if everything is as it was.
    pub divergence: Option<Divergence>,
}

/// Where a replay left what is stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Divergence {
    /// A message gave another receipt.
    #[error(
        "block {block}, message {seq}: the receipt differs\n  stored:   {stored}\n  \
        replayed: {replayed}"
    )]
    Receipt {
        /// The block.
        block: BlockNumber,
        /// The message.
        seq: Seq,
        /// What is stored.
        stored: String,
        /// What the replay gave.
        replayed: String,
    },
    /// The state after a block is another one.
    #[error("block {block}: the state root is {replayed}, {stored} is stored")]
    Root {
        /// The block.
        block: BlockNumber,
        /// What is stored.
        stored: String,
        /// What the replay gave.
        replayed: String,
    },
    /// The receipts of a block, which are forgotten, had another root.
    #[error("block {block}: the receipts' root is {replayed}, {stored} is stored")]
    ReceiptsRoot {
        /// The block.
        block: BlockNumber,
        /// What is stored.
        stored: String,
        /// What the replay gave.
        replayed: String,
    },
    /// A block couldn't be executed.
    #[error(transparent)]
    Parked(#[from] Parked),
}

/// Executes a worker's stored history again from its first block on, each message by the version
/// that executed it then, and compares receipts and roots of the blocks in `range`. Of a worker that
/// began with a snapshot it begins there, as long as that state can be read.
///
/// `progress` is told after each block how many there were and how many there will be.
///
/// # Errors
/// [`WorkerError::NoBlocks`] if the range has none, so that nothing would be compared;
/// [`StoreError::OlderThanSnapshot`] or [`WorkerError::OfSnapshot`] if it begins where the worker didn't
/// execute yet (0 stands for the first block); [`StoreError::Pruned`] if the state of the snapshot that
/// it began with is gone; or the store failed. A difference is no error; see [`ReplayReport::divergence`].
pub fn replay(
    worker: &Worker,
    range: RangeInclusive<BlockNumber>,
    progress: impl FnMut(BlockNumber),
) -> Result<ReplayReport, WorkerError> {
    replay_by(worker, &[], range, progress)
}

/// The same by other files: `instead` has the records that count for their versions, whatever the
/// history says. Another build of a version has to give what was given.
///
/// # Errors
/// As [`replay`].
pub fn replay_by(
    worker: &Worker,
    instead: &[(EngineVersion, EngineRecord)],
    range: RangeInclusive<BlockNumber>,
    mut progress: impl FnMut(BlockNumber),
) -> Result<ReplayReport, WorkerError> {
    let (from, to) = (*range.start(), *range.end());
    let stored = worker.store().first_block()?.zip(worker.store().cursor()?);
    let (first, last) = stored.ok_or(WorkerError::Empty)?;
    let last = last.number;
    let snapshot = worker.snapshot_block()?;
    if from > 0 {
        worker.executed_here(from)?;
    }
    worker.executed_here(to)?;
    let first = snapshot.map_or(first, |snapshot| snapshot.saturating_add(1));
    if from.max(first) > to.min(last) {
        return Err(WorkerError::NoBlocks {
            from,
            to,
            first,
            last,
        });
    }
    let mut report = ReplayReport {
        blocks: 0,
        messages: 0,
        compared: 0,
        divergence: None,
    };
    let codes = KnownCodes {
        store: worker.store(),
        new: BTreeMap::new(),
    };
    let mut store = Store::open_in_memory()?;
    if let Some(snapshot) = snapshot {
        begin_at(worker, snapshot, &mut store)?;
    }
    let mut again =
        Worker::new(store, worker.registry().another()).with_cluster_key(worker.cluster_key());
    for stored in worker.store().inputs(BlockNumber::MIN, to)? {
        let (number, bytes) = stored?;
        let mut input: ClusterBlock = decode(number, "input", &bytes)?;
        // What is kept was told, and is taken as it was executed.
        input.read_at = BlockNumber::MAX;
        for (version, record) in &mut input.engines {
            if let Some((_, other)) = instead.iter().find(|(it, _)| it == version) {
                record.clone_from(other);
            }
        }
        let mut imported = again.import(std::slice::from_ref(&input), Vec::new(), &codes)?;
        if let Some(parked) = imported.parked {
            report.divergence = Some(parked.into());
            break;
        }
        let Some(executed) = imported.executed.pop() else {
            continue;
        };
        report.blocks = report.blocks.saturating_add(1);
        report.messages = report.messages.saturating_add(input.messages.len() as u64);
        if range.contains(&number) {
            report.compared = report.compared.saturating_add(1);
            report.divergence = compare(worker, &executed)?;
            if report.divergence.is_some() {
                break;
            }
        }
        progress(number);
    }
    Ok(report)
}

/// Fills a store with the state that a worker began with, if that can still be read.
fn begin_at(worker: &Worker, block: BlockNumber, store: &mut Store) -> Result<(), WorkerError> {
    let state = worker.store().snapshot_at(block)?;
    let kept = worker.store().block(block)?.ok_or(WorkerError::Empty)?;
    let begin = NewBlock {
        number: block,
        record: kept.record,
        ..NewBlock::default()
    };
    let pairs = state.iter(&[], None)?;
    let rows = pairs.map(|pair| pair.map(|(key, value)| (key.to_vec(), value.to_vec())));
    store.import_if(&begin, rows, |_| Ok::<_, StoreError>(()))?;
    Ok(())
}

fn compare(
    worker: &Worker,
    executed: &crate::ExecutedBlock,
) -> Result<Option<Divergence>, WorkerError> {
    let block = executed.number;
    let stored = match worker.receipts(block) {
        Err(WorkerError::Store(StoreError::ReceiptsPruned { .. })) => {
            return compare_roots(worker, executed)
        }
        stored => stored?,
    };
    for (stored, replayed) in stored.iter().zip(&executed.receipts) {
        if stored != replayed {
            return Ok(Some(Divergence::Receipt {
                block,
                seq: stored.seq,
                stored: format!("{stored:?}"),
                replayed: format!("{replayed:?}"),
            }));
        }
    }
    let root = worker.store().block(block)?.map(|record| record.root);
    Ok(
        (root != Some(executed.root) || stored.len() != executed.receipts.len()).then(|| {
            Divergence::Root {
                block,
                stored: root.map_or("none".into(), |root| format!("{root:?}")),
                replayed: format!("{:?}", executed.root),
            }
        }),
    )
}

/// Of a block whose receipts are forgotten there is their root.
fn compare_roots(
    worker: &Worker,
    executed: &crate::ExecutedBlock,
) -> Result<Option<Divergence>, WorkerError> {
    let block = executed.number;
    let root = worker.store().block(block)?.map(|record| record.root);
    let kept = worker.record(block)?.map(|record| record.receipts_root);
    let replayed = executed.record.receipts_root;
    if kept != Some(replayed) {
        return Ok(Some(Divergence::ReceiptsRoot {
            block,
            stored: kept.map_or("none".into(), |root| format!("{root:?}")),
            replayed: format!("{replayed:?}"),
        }));
    }
    Ok((root != Some(executed.root)).then(|| Divergence::Root {
        block,
        stored: root.map_or("none".into(), |root| format!("{root:?}")),
        replayed: format!("{:?}", executed.root),
    }))
}
