use crate::{
    codes::KnownCodes,
    compared::{
        state_diff::{self, StateComparison},
        Comparison, Fork,
    },
    error::WorkerError,
    exec::{with_stack, BlockExecutor, BlockOutcome, Parked},
    handle::WorkerHandle,
};
use fat_contracts_primitives::{
    AccountId, BlockNumber, ClusterBlock, EngineRecord, EngineVersion, Hash,
};
use pink_capi::types::{Event, Outcome, Receipt};
use pink_engine_host::MemoryUse;
use std::collections::{BTreeMap, BTreeSet};

/// What the last messages would have done under another engine.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// The version that executed them.
    pub from: EngineVersion,
    /// The version that they were tried under.
    pub to: EngineVersion,
    /// The receipt of the upgrade itself, of the newest state: what it would give now. If it
    /// isn't a success (or, of the state before the messages, wasn't), there is nothing to compare.
    pub upgrade: Receipt,
    /// Blocks that were executed under both.
    pub blocks: u32,
    /// Their messages under both.
    pub messages: Comparison,
    /// The state after them.
    pub state: StateComparison,
    /// Codes of the newest state that `to` keeps but doesn't call.
    pub refused_codes: Vec<RefusedCode>,
    /// Tombstones of the newest state that `to` removes, and the money that nobody can reach then.
    pub tombstones: Vec<(AccountId, u128)>,
    /// Blocks at whose ends `to` converts what the migration of the newest state leaves to them; if they
    /// are [`MAX_ENDS`](super::MAX_ENDS), there is more, and the two lists above aren't whole.
    pub move_blocks: u32,
    /// What the engines of both versions have allocated in this process.
    pub memory: Vec<(EngineVersion, MemoryUse)>,
}

/// A code that the newer engine doesn't call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedCode {
    /// The code.
    pub code_hash: Hash,
    /// Why.
    pub reason: String,
    /// The contracts that are made of it, as far as receipts name them.
    pub contracts: Vec<AccountId>,
}

/// Forks the state as it was before the last messages, twice: on one fork they are executed again
/// as they were, on the other the upgrade to another version comes first. Then compares the two.
/// On a third fork, of the newest state, the upgrade alone is tried, with the ends of blocks to which
/// the engine leaves a part of it.
///
/// Only blocks that the current version executed, and whose state can still be read, are tried.
/// `progress` is told after each block how many there were, of how many.
///
/// # Errors
/// [`WorkerError::NotNewer`]; [`WorkerError::NothingToRehearse`] if there is no such block, so that
/// nothing would be compared; [`WorkerError::NotReproduced`] if the history doesn't give again
/// what it gave, so that there is nothing to compare with; or the store or an engine failed.
pub fn rehearse(
    worker: &WorkerHandle,
    to: EngineVersion,
    record: &EngineRecord,
    last_messages: u64,
    mut progress: impl FnMut(u64, u64),
) -> Result<Rehearsal, WorkerError> {
    let (head, _, kept) = worker.head()?.ok_or(WorkerError::Empty)?;
    let from = kept.engine.ok_or(WorkerError::Empty)?;
    if to <= from {
        return Err(WorkerError::NotNewer { from, to });
    }
    worker.executed_here(head)?;
    let newest = worker.input(head)?.ok_or(WorkerError::Empty)?;
    let (inputs, base) = last_blocks(worker, &newest, from, last_messages)?;
    let first = inputs.first().ok_or(WorkerError::NothingToRehearse {
        version: from,
        last: head,
    })?;
    let codes = KnownCodes {
        store: worker.store(),
        new: BTreeMap::new(),
    };
    let executor = BlockExecutor {
        registry: worker.registry(),
        codes: &codes,
        cluster_key: worker.cluster_key(),
    };
    let mut now = Fork::new(worker.store().snapshot()?);
    let upgrade = with_stack(|| now.upgrade(&executor, from, (to, record), &newest))??;
    let (mut events, move_blocks) = with_stack(|| now.settle(&executor, &newest))??;
    events.extend(upgrade.events.iter().cloned());
    let mut rehearsal = Rehearsal {
        from,
        to,
        refused_codes: refused_codes(worker, &events)?,
        tombstones: tombstones(&events),
        move_blocks,
        upgrade,
        blocks: 0,
        messages: Comparison::default(),
        state: StateComparison::default(),
        memory: Vec::new(),
    };
    if rehearsal.upgrade.outcome != Outcome::Success {
        return Ok(rehearsal);
    }
    let base = worker.store().snapshot_at(base)?;
    let (mut was, mut other) = (Fork::new(base.clone()), Fork::new(base.clone()));
    let upgrade = with_stack(|| other.upgrade(&executor, from, (to, record), first))??;
    if upgrade.outcome != Outcome::Success {
        rehearsal.upgrade = upgrade;
        return Ok(rehearsal);
    }
    // What the migration leaves to the ends of blocks is no message's doing.
    let _ = with_stack(|| other.settle(&executor, first))??;
    let after_upgrade = other.changes().clone();
    let all = inputs.len() as u64;
    for input in &inputs {
        let (again, tried) = with_stack(|| -> Result<(BlockOutcome, BlockOutcome), Parked> {
            Ok((
                was.execute(&executor, input)?,
                other.execute(&executor, input)?,
            ))
        })?
        .map_err(|parked| *parked.reason)?;
        if again.receipts != worker.receipts(input.number)? {
            return Err(WorkerError::NotReproduced {
                block: input.number,
            });
        }
        rehearsal.blocks = rehearsal.blocks.saturating_add(1);
        rehearsal
            .messages
            .add(input.number, &again.receipts, &tried.receipts);
        progress(rehearsal.blocks.into(), all);
    }
    rehearsal.state = state_diff::compare(&base, &was, &other, &after_upgrade)?;
    rehearsal.memory = worker
        .registry()
        .loaded()
        .into_iter()
        .filter(|(version, _)| *version == from || *version == to)
        .collect();
    Ok(rehearsal)
}

/// The newest blocks that hold the number of messages that is asked for, all of the version that runs now and of the very
/// file (a development chain may have accepted another), and the block before them.
fn last_blocks(
    worker: &WorkerHandle,
    newest: &ClusterBlock,
    version: EngineVersion,
    messages: u64,
) -> Result<(Vec<ClusterBlock>, BlockNumber), WorkerError> {
    let head = newest.number;
    let oldest = worker.store().oldest_state()?.unwrap_or(head);
    let files = |input: &ClusterBlock| {
        let record = input.engine_record(version);
        record.map(|record| record.artefacts.clone())
    };
    let same_files = files(newest);
    let mut inputs = Vec::new();
    let mut found = 0u64;
    let mut base = head;
    while found < messages {
        let Some(before) = base.checked_sub(1).filter(|before| *before >= oldest) else {
            break;
        };
        let runs_then = worker.record(before)?.and_then(|record| record.engine);
        if runs_then != Some(version) {
            break;
        }
        let Some(input) = worker.input(base)?.filter(|it| files(it) == same_files) else {
            break;
        };
        found = found.saturating_add(input.messages.len() as u64);
        inputs.push(input);
        base = before;
    }
    inputs.reverse();
    Ok((inputs, base))
}

fn tombstones(events: &[Event]) -> Vec<(AccountId, u128)> {
    events
        .iter()
        .filter_map(|event| match event {
            Event::TombstoneRemoved { contract, balance } => Some(((*contract).into(), *balance)),
            _ => None,
        })
        .collect()
}

fn refused_codes(worker: &WorkerHandle, events: &[Event]) -> Result<Vec<RefusedCode>, WorkerError> {
    let mut refused: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::CodeDisabled { code_hash, reason } => Some(RefusedCode {
                code_hash: (*code_hash).into(),
                reason: reason.clone(),
                contracts: Vec::new(),
            }),
            _ => None,
        })
        .collect();
    if refused.is_empty() {
        return Ok(refused);
    }
    let view = worker.view()?;
    for contract in contracts_ever_made(worker)? {
        let made_of = view
            .contract(&contract)?
            .filter(|it| !it.tombstone)
            .map(|it| Hash::from(it.code_hash));
        let of_it = refused.iter_mut();
        let of_it = of_it.filter(|refused| Some(refused.code_hash) == made_of);
        of_it.for_each(|refused| refused.contracts.push(AccountId::new(contract)));
    }
    Ok(refused)
}

/// Every address that a receipt says was instantiated. How an engine keeps its contracts is the
/// engine's business.
fn contracts_ever_made(worker: &WorkerHandle) -> Result<BTreeSet<[u8; 32]>, WorkerError> {
    let mut made = BTreeSet::new();
    let Some((head, _, _)) = worker.head()? else {
        return Ok(made);
    };
    for stored in worker.store().inputs(BlockNumber::MIN, head)? {
        let (number, _) = stored?;
        for receipt in worker.receipts(number)? {
            made.extend(receipt.receipt.address);
            made.extend(
                receipt
                    .receipt
                    .events
                    .iter()
                    .filter_map(|event| match event {
                        Event::Instantiated { contract, .. } => Some(*contract),
                        _ => None,
                    }),
            );
        }
    }
    Ok(made)
}
