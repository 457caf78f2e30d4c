//! The message at which two workers part, by executing it again on both.

use super::{CompareError, Kind, Parting};
use fat_contracts_primitives::{BlockNumber, Seq};
use pink_engine_host::Changes;
use pink_worker_core::{
    exec::with_stack,
    history::{Witness, WitnessError},
    Worker, WorkerError,
};

/// What comes of executing a block again where two workers part.
#[derive(Debug)]
pub struct Message {
    /// The first message that differs; none if each gives the same on both, so that what differs came into
    /// one of the stores from elsewhere.
    pub seq: Option<Seq>,
    /// The message as the one executes it.
    pub one: Option<Witness>,
    /// The message as the other executes it.
    pub other: Option<Witness>,
    /// Whether executing the block again gives the state root that the one keeps.
    pub one_reproduced: bool,
    /// Whether it gives the root that the other keeps.
    pub other_reproduced: bool,
}

/// Executes the block where two workers part again on both, each with its own engines, on its own state, and with
/// its own key of the cluster.
///
/// # Errors
/// One of the states is gone, or an engine can't be had.
pub fn part_in(one: &Worker, other: &Worker, parting: &Parting) -> Result<Message, CompareError> {
    let block = parting.block;
    let run = || -> Result<Message, CompareError> {
        let messages: Vec<Seq> = one
            .input(block)
            .map_err(WitnessError::from)?
            .map_or(Vec::new(), |input| {
                input.messages.iter().map(|(seq, _)| *seq).collect()
            });
        let end = messages.last().map_or(0, |last| last.saturating_add(1));
        let (whole, whole_other) = (
            Witness::changes_before(one, block, end)?,
            Witness::changes_before(other, block, end)?,
        );
        let one_reproduced = gives(one, block, &whole)?;
        let other_reproduced = gives(other, block, &whole_other)?;
        let seq = match parting.kind {
            Kind::Receipts | Kind::State => {
                let equal = whole == whole_other;
                first(one, other, block, &messages, equal)?
            }
            Kind::Before | Kind::History => None,
        };
        let witness = |worker| match seq {
            Some(seq) => recorded(worker, block, seq),
            None => Ok(None),
        };
        Ok(Message {
            seq,
            one: witness(one)?,
            other: witness(other)?,
            one_reproduced,
            other_reproduced,
        })
    };
    with_stack(run).map_err(|error| WitnessError::from(WorkerError::from(error)))?
}

/// A message that the worker rejected by itself, or skipped, has no witness.
fn recorded(
    worker: &Worker,
    block: BlockNumber,
    seq: Seq,
) -> Result<Option<Witness>, CompareError> {
    match Witness::record(worker, block, seq) {
        Ok(witness) => Ok(Some(witness)),
        Err(WitnessError::NotExecuted { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whether changes give the state root that a worker keeps of a block.
fn gives(worker: &Worker, block: BlockNumber, changes: &Changes) -> Result<bool, CompareError> {
    let failed = |error| WitnessError::from(WorkerError::from(error));
    let before = worker.store().snapshot_at(block.saturating_sub(1));
    let changes = changes.iter().cloned().collect();
    let root = before.and_then(|before| before.root_with(&changes));
    let kept = worker.store().block(block).map_err(failed)?;
    Ok(kept.map(|kept| kept.root) == Some(root.map_err(failed)?))
}

/// The first message that gives another receipt or changes something else; by halving, because what a message
/// leaves is there when the next one begins. If `equal`, the blocks change the same, and only receipts can
/// tell.
fn first(
    one: &Worker,
    other: &Worker,
    block: BlockNumber,
    messages: &[Seq],
    equal: bool,
) -> Result<Option<Seq>, CompareError> {
    let kept = |worker: &Worker| worker.receipts(block).map_err(WitnessError::from);
    let (ours, theirs) = (kept(one)?, kept(other)?);
    // Receipts that are kept: what they say was seen then, even if it doesn't come again.
    let by_receipt = ours
        .iter()
        .zip(&theirs)
        .position(|(ours, theirs)| ours != theirs);
    let (mut low, mut high) = (0, by_receipt.unwrap_or(messages.len()));
    if equal && by_receipt.is_none() {
        return Ok(None);
    }
    // What differs before the first message is none's doing.
    if let Some(begin) = messages.first() {
        let ours = Witness::changes_before(one, block, *begin)?;
        if ours != Witness::changes_before(other, block, *begin)? {
            return Ok(None);
        }
    }
    // The message at `high` differs, or the end does; those before `low` don't.
    while low < high {
        let middle = low.midpoint(high);
        let Some(seq) = messages.get(middle) else {
            break;
        };
        // What is there when the message behind it begins.
        let behind = seq.saturating_add(1);
        let ours = Witness::changes_before(one, block, behind)?;
        let theirs = Witness::changes_before(other, block, behind)?;
        if ours == theirs {
            low = middle.saturating_add(1)
        } else {
            high = middle
        }
    }
    Ok(messages.get(high).copied())
}
