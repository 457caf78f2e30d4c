//! A cluster's blocks, read in one state however old they are.

use crate::{
    parts::Parts,
    queue::{ClusterState, Remembered},
    state::State,
    stored::QueueCheckpoint,
};
use fat_contracts_primitives::{BlockNumber, ClusterBlock, ClusterId};
use pink_worker_core::source::{Cursor, PermanentError, SourceError};

/// The most bytes of messages that are given at once. One block's may be more.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// The cluster's blocks behind a cursor; see [`pink_worker_core::source::ChainSource::blocks_after`].
pub(crate) fn blocks_after(
    state: &dyn State,
    remembered: &mut Remembered,
    cluster: ClusterId,
    cursor: &Cursor,
    limit: usize,
) -> Result<Vec<ClusterBlock>, SourceError> {
    let Some(cluster) = ClusterState::read(state, cluster)? else {
        return Ok(Vec::new());
    };
    remembered.interpreted = Some(cluster.interpreted.clone());
    remembered
        .named
        .insert(cluster.id, cluster.newest_version());
    let first = match cursor.block {
        Some(done) => done.saturating_add(1),
        None => cluster.record.created_at,
    };
    let head = state.number();
    let limit = BlockNumber::try_from(limit).unwrap_or(BlockNumber::MAX);
    if first > head || limit == 0 {
        return Ok(Vec::new());
    }
    let mut last = head.min(first.saturating_add(limit.saturating_sub(1)));
    let pruned = cluster.progress.pruned;
    if pruned.queue_checkpoint.is_some_and(|gone| gone >= first) {
        return Err(lost(first, pruned.block));
    }
    let (mut bytes, mut full) = (0u64, None);
    let touched = cluster.touched(first, remembered, |block, checkpoint| {
        if block > last || full.is_some() {
            return false;
        }
        bytes = bytes.saturating_add(checkpoint.bytes);
        full = (bytes >= MOST_BYTES).then_some(block);
        true
    })?;
    if let Some(gone) = touched.broken_at {
        return Err(lost(first, gone));
    }
    last = full.unwrap_or(last);
    let kept = |checkpoint: &QueueCheckpoint| {
        checkpoint.first >= cluster.queue.first || checkpoint.first == checkpoint.end
    };
    if let Some((gone, _)) = touched.blocks.iter().find(|(_, it)| !kept(it)) {
        return Err(lost(first, *gone));
    }
    let before = match first.checked_sub(1) {
        Some(before) if before >= cluster.record.created_at => {
            cluster.last_touched(before, remembered)?
        }
        _ => None,
    };
    let parts = Parts::read(&cluster, remembered, &touched.blocks, before)?;
    parts.blocks(first..=last, cursor.message_hash)
}

fn lost(next: BlockNumber, gone: BlockNumber) -> SourceError {
    let oldest = gone.saturating_add(1);
    PermanentError::Pruned { next, oldest }.into()
}

/// A block that a worker kept, as it has to be executed now.
pub(crate) fn amended(
    state: &dyn State,
    remembered: &mut Remembered,
    mut block: ClusterBlock,
) -> Result<ClusterBlock, SourceError> {
    block.read_at = state.number();
    let Some(cluster) = ClusterState::read(state, block.cluster)? else {
        return Ok(block);
    };
    let mut parts = Parts::of(&cluster);
    parts.read_amendments(remembered, block.number, &block.messages)?;
    parts.read_engines(parts.brought_later(&block))?;
    parts.amend(&mut block);
    Ok(block)
}
