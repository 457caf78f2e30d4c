use super::{
    compare::{difference, Difference, GasRatios},
    Fork,
};
use crate::{
    engine::MemoryUse,
    exec::{with_stack, ParkReason, StateRead},
    worker::{KnownCodes, Worker, WorkerError},
};
use fat_contracts_primitives::{BlockNumber, ClusterBlock, EngineRecord, EngineVersion, Hash};
use pink_capi::types::{Event, Receipt};
use std::collections::BTreeMap;

/// What the last messages would have done under another engine.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// The version that executed them.
    pub from: EngineVersion,
    /// The version that they were tried under.
    pub to: EngineVersion,
    /// The receipt of the upgrade itself, before the first of them.
    pub upgrade: Receipt,
    /// Blocks that were executed again.
    pub blocks: u32,
    /// Messages in them.
    pub messages: u64,
    /// Messages that do something else.
    pub differences: Vec<Difference>,
    /// State keys that both sides touched and left with different values.
    pub state_differences: u64,
    /// Gas under `to` by gas as it was.
    pub gas: GasRatios,
    /// Codes that `to` keeps but doesn't call, with its reason.
    pub refused_codes: Vec<(Hash, String)>,
    /// What the engines of both versions have allocated.
    pub memory: Vec<(EngineVersion, MemoryUse)>,
}

/// Runs the upgrade to another version and then the last messages on a fork of the state as it
/// was before them, and compares with what really happened.
///
/// Only blocks that the current version executed, and whose state can still be read, are tried.
///
/// # Errors
/// There is no history, or the store or an engine failed.
pub fn rehearse(
    worker: &Worker,
    to: EngineVersion,
    record: &EngineRecord,
    last_messages: u64,
) -> Result<Rehearsal, WorkerError> {
    let (inputs, from, base) = last_blocks(worker, last_messages)?;
    let first = inputs.first().ok_or(WorkerError::Empty)?;
    let codes = KnownCodes {
        store: worker.store(),
        new: BTreeMap::new(),
    };
    let base = worker.store().snapshot_at(base)?;
    let mut fork = Fork::new(base, worker.registry(), to, record.clone());
    let upgrade = with_stack(|| fork.upgrade(from, first, &codes))??;
    let mut rehearsal = Rehearsal {
        from,
        to,
        refused_codes: refused_codes(&upgrade),
        upgrade,
        blocks: 0,
        messages: 0,
        differences: Vec::new(),
        state_differences: 0,
        gas: GasRatios::default(),
        memory: Vec::new(),
    };
    if rehearsal.upgrade.outcome != pink_capi::types::Outcome::Success {
        return Ok(rehearsal);
    }
    for input in &inputs {
        let other = with_stack(|| fork.execute(input, &codes))??;
        let was = worker.receipts(input.number)?;
        rehearsal.blocks = rehearsal.blocks.saturating_add(1);
        for other in &other.receipts {
            let Some(was) = was.iter().find(|was| was.seq == other.seq) else {
                continue;
            };
            rehearsal.messages = rehearsal.messages.saturating_add(1);
            rehearsal
                .differences
                .extend(difference(input.number, was, other));
            rehearsal.gas.add(&was.receipt, &other.receipt);
        }
    }
    rehearsal.state_differences = state_differences(worker, &fork)?;
    rehearsal.memory = worker
        .registry()
        .loaded()
        .into_iter()
        .filter(|(version, _)| *version == from || *version == to)
        .collect();
    Ok(rehearsal)
}

/// The newest blocks that hold so many messages, all of the version that runs now; that version;
/// and the block before them.
fn last_blocks(
    worker: &Worker,
    messages: u64,
) -> Result<(Vec<ClusterBlock>, EngineVersion, BlockNumber), WorkerError> {
    let (head, _, record) = worker.head()?.ok_or(WorkerError::Empty)?;
    let version = record.engine.ok_or(WorkerError::Empty)?;
    let mut inputs = Vec::new();
    let mut found = 0u64;
    let mut base = head;
    while found < messages {
        let Some(before) = base.checked_sub(1) else {
            break;
        };
        let runs_then = worker.record(before)?.and_then(|record| record.engine);
        if runs_then != Some(version) || worker.store().snapshot_at(before).is_err() {
            break;
        }
        let Some(input) = worker.input(base)? else {
            break;
        };
        found = found.saturating_add(input.messages.len() as u64);
        inputs.push(input);
        base = before;
    }
    inputs.reverse();
    Ok((inputs, version, base))
}

fn refused_codes(upgrade: &Receipt) -> Vec<(Hash, String)> {
    upgrade
        .events
        .iter()
        .filter_map(|event| match event {
            Event::CodeDisabled { code_hash, reason } => {
                Some(((*code_hash).into(), reason.clone()))
            }
            _ => None,
        })
        .collect()
}

fn state_differences(worker: &Worker, fork: &Fork<'_>) -> Result<u64, WorkerError> {
    let now = worker.store().snapshot()?;
    let mut differences = 0u64;
    for (key, value) in fork.changes() {
        let really =
            StateRead::get(&now, key).map_err(|error| ParkReason::State(error.to_string()))?;
        if really.as_deref() != value.as_deref() {
            differences = differences.saturating_add(1);
        }
    }
    Ok(differences)
}
