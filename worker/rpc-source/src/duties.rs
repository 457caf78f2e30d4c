//! What the chain waits for from a worker, as the pallet counts it.

use crate::{
    keys::{LEAVERS, MEMBERS, STAGED, WORKERS},
    queue::{ClusterState, Remembered},
    state::{pick, State},
    stored::{ClusterMember, Place},
};
use fat_contracts_primitives::{AccountId, BlockNumber, ClusterId};
use pink_worker_core::source::{Duties, SourceError};

/// See [`pink_worker_core::source::ChainSource::duties`].
pub(crate) fn duties(
    state: &dyn State,
    remembered: &mut Remembered,
    interval: BlockNumber,
    cluster: ClusterId,
    worker: &AccountId,
    limit: u32,
) -> Result<Duties, SourceError> {
    let staged = state.get(&STAGED, ())?.unwrap_or_default();
    let ours = staged.iter().filter(|(of, _)| *of == cluster);
    let amended = ours.map(|(_, amendment)| amendment.seq).collect();
    let Some(cluster) = ClusterState::read(state, cluster)? else {
        return Ok(Duties::default());
    };
    // What is said is in the next block at the earliest, and then the last one is over.
    let now = state.number().saturating_add(1);
    let mut expected = Vec::new();
    let term = term_of(&cluster, worker, now)?;
    if let Some(term) = term.filter(|term| term.diverged.is_none()) {
        let pruned = cluster.progress.pruned;
        let mut at = if term.acked.block < pruned.block {
            pruned
        } else {
            term.acked
        };
        while expected.len() < limit as usize {
            let next = next_checkpoint(&cluster, remembered, interval, at, now)?;
            let until = |place: &Place| term.until.is_none_or(|until| place.block <= until);
            let Some(next) = next.filter(until) else {
                break;
            };
            expected.push(next.block);
            at = next;
        }
    }
    Ok(Duties { expected, amended })
}

/// The term in which a worker acknowledges: as a member, or as one that left not long ago and is still
/// admitted.
fn term_of(
    cluster: &ClusterState<'_>,
    worker: &AccountId,
    now: BlockNumber,
) -> Result<Option<ClusterMember>, SourceError> {
    let id = cluster.id;
    let keys = [
        MEMBERS.key((id,)),
        LEAVERS.key((id,)),
        WORKERS.key((worker.clone(),)),
    ];
    let values = cluster.state.read_all(&keys)?;
    let members = pick(&values, &MEMBERS, (id,))?.unwrap_or_default();
    let leavers = pick(&values, &LEAVERS, (id,))?.unwrap_or_default();
    let admitted = pick(&values, &WORKERS, (worker.clone(),))?.is_some();
    let member = members.into_iter().find(|it| it.worker == *worker);
    let may_speak = |it: &ClusterMember| it.leaves.is_some_and(|last| now <= last);
    let left = || {
        let mut last = leavers.into_iter().rev();
        last.find(|it| it.worker == *worker && may_speak(it))
            .filter(|_| admitted)
    };
    Ok(member.or_else(left))
}

/// The checkpoint behind a place, if its block is over: the next block in which something happened, or
/// the next regular one.
fn next_checkpoint(
    cluster: &ClusterState<'_>,
    remembered: &mut Remembered,
    interval: BlockNumber,
    from: Place,
    now: BlockNumber,
) -> Result<Option<Place>, SourceError> {
    let mut newest = from.queue_checkpoint;
    let mut next_of = |block| -> Result<Option<Option<BlockNumber>>, SourceError> {
        let checkpoint = cluster.checkpoint(block, remembered)?;
        Ok(checkpoint.map(|it| it.next))
    };
    let mut touched = match newest {
        // A place that was set back names the next one.
        Some(checkpoint) if checkpoint > from.block => Some(checkpoint),
        Some(checkpoint) => match next_of(checkpoint)? {
            Some(next) => next,
            None => return Ok(None),
        },
        None => Some(cluster.record.created_at),
    };
    // A place may have been taken in the middle of a block that got its queue checkpoint later.
    if let Some(late) = touched.filter(|touched| *touched <= from.block) {
        newest = Some(late);
        touched = match next_of(late)? {
            Some(next) => next,
            None => return Ok(None),
        };
    }
    let interval = interval.max(1);
    let regular = (from.block / interval)
        .checked_add(1)
        .and_then(|count| count.checked_mul(interval));
    let Some(regular) = regular else {
        return Ok(None);
    };
    let block = touched.map_or(regular, |touched| touched.min(regular));
    let queue_checkpoint = if touched == Some(block) {
        touched
    } else {
        newest
    };
    let next = Place {
        block,
        queue_checkpoint,
    };
    Ok(Some(next).filter(|it| it.block < now && it.queue_checkpoint.is_some()))
}
