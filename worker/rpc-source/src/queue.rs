//! A cluster's queue checkpoints: which blocks are in its history.
//!
//! They are a list, each naming the next one, so no key has to be searched for. Those that have a next
//! one never change, and are remembered.

use crate::{
    keys::{CLUSTERS, INTERPRETED, PROGRESS, QUEUES, QUEUE_CHECKPOINTS},
    state::{pick, State},
    stored::{ClusterProgress, Queue, QueueCheckpoint},
};
use fat_contracts_primitives::{
    BlockNumber, ClusterId, ClusterRecord, EngineVersion, MessageHash, Seq,
};
use pink_worker_core::source::SourceError;
use std::collections::BTreeMap;

/// For how many block numbers is looked at once, where the next checkpoints are likely.
const AHEAD: BlockNumber = 32;

/// The most that is remembered: some ten megabytes.
const MOST: usize = 100_000;

/// Queue checkpoints that are proven and won't change.
#[derive(Debug, Default)]
pub(crate) struct Remembered {
    checkpoints: BTreeMap<(ClusterId, BlockNumber), QueueCheckpoint>,
    /// The engines that are interpreted, as of the state in which blocks were read last.
    pub(crate) interpreted: Option<Vec<EngineVersion>>,
    /// The newest version that a cluster's record named in that state.
    pub(crate) named: BTreeMap<ClusterId, EngineVersion>,
}

/// A cluster in a state.
pub(crate) struct ClusterState<'s> {
    pub(crate) state: &'s dyn State,
    pub(crate) id: ClusterId,
    pub(crate) record: ClusterRecord,
    pub(crate) queue: Queue,
    pub(crate) progress: ClusterProgress,
    /// The engines that are interpreted, of all clusters.
    pub(crate) interpreted: Vec<EngineVersion>,
}

impl<'s> ClusterState<'s> {
    /// None if there is no such cluster.
    pub(crate) fn read(state: &'s dyn State, id: ClusterId) -> Result<Option<Self>, SourceError> {
        let keys = [
            CLUSTERS.key((id,)),
            QUEUES.key((id,)),
            PROGRESS.key((id,)),
            INTERPRETED.key(()),
        ];
        let values = state.read_all(&keys)?;
        let interpreted = pick(&values, &INTERPRETED, ())?.unwrap_or_default();
        let Some(record) = pick(&values, &CLUSTERS, (id,))? else {
            return Ok(None);
        };
        Ok(Some(Self {
            state,
            id,
            record,
            queue: pick(&values, &QUEUES, (id,))?.unwrap_or_default(),
            progress: pick(&values, &PROGRESS, (id,))?.unwrap_or_default(),
            interpreted,
        }))
    }

    /// The newest version that its record names: the one of the upgrade that is under way, or the confirmed one.
    pub(crate) fn newest_version(&self) -> EngineVersion {
        let pending = self.record.pending.map(|pending| pending.to);
        pending.map_or(self.record.engine, |to| to.max(self.record.engine))
    }

    /// The queue checkpoint of a block, the newest one included.
    pub(crate) fn checkpoint(
        &self,
        block: BlockNumber,
        remembered: &mut Remembered,
    ) -> Result<Option<QueueCheckpoint>, SourceError> {
        if self.queue.block == block {
            return Ok(Some(QueueCheckpoint {
                first: self.queue.block_first,
                end: self.queue.next,
                bytes: self.queue.block_bytes,
                message_hash: self.queue.hash,
                next: None,
            }));
        }
        if let Some(known) = remembered.checkpoints.get(&(self.id, block)) {
            return Ok(Some(*known));
        }
        let end = block
            .saturating_add(AHEAD)
            .min(self.queue.block.max(block.saturating_add(1)));
        let numbers: Vec<_> = (block..end).collect();
        let key = |number: &BlockNumber| QUEUE_CHECKPOINTS.key((self.id, *number));
        let keys: Vec<_> = numbers.iter().map(key).collect();
        let values = self.state.read_all(&keys)?;
        let mut found = None;
        for number in numbers {
            let Some(read) = pick(&values, &QUEUE_CHECKPOINTS, (self.id, number))? else {
                continue;
            };
            if number == block {
                found = Some(read);
            }
            remembered.keep(self.id, number, read);
        }
        Ok(found)
    }

    /// The blocks in which something happened, from one on, in order and as long as `wanted` says so. What
    /// was pruned in part is among them.
    pub(crate) fn touched(
        &self,
        from: BlockNumber,
        remembered: &mut Remembered,
        mut wanted: impl FnMut(BlockNumber, &QueueCheckpoint) -> bool,
    ) -> Result<Touched, SourceError> {
        let mut touched = Touched::default();
        if self.queue.block < from {
            return Ok(touched);
        }
        let before = from.checked_sub(1);
        let known = before.and_then(|before| remembered.last_until(self.id, before));
        let pruned = self.progress.pruned.queue_checkpoint;
        // A place that was pruned keeps its checkpoint, because that names the next one.
        let mut at = known.max(pruned).unwrap_or(self.record.created_at);
        loop {
            let Some(checkpoint) = self.checkpoint(at, remembered)? else {
                touched.broken_at = Some(at);
                return Ok(touched);
            };
            if at >= from {
                if !wanted(at, &checkpoint) {
                    return Ok(touched);
                }
                touched.blocks.push((at, checkpoint));
            }
            match checkpoint.next {
                Some(next) if next > at => at = next,
                _ => return Ok(touched),
            }
        }
    }

    /// The last block up to one in which something happened; none if that was pruned.
    pub(crate) fn last_touched(
        &self,
        until: BlockNumber,
        remembered: &mut Remembered,
    ) -> Result<Option<BlockNumber>, SourceError> {
        if self.queue.block <= until {
            return Ok(Some(self.queue.block));
        }
        // Walking there makes them known.
        self.touched(until.saturating_add(1), remembered, |_, _| false)?;
        Ok(remembered.last_until(self.id, until))
    }
}

/// The last message up to the end of a block, and the running hash there. See `RpcSource::queue_at`.
pub(crate) fn end_at(
    state: &dyn State,
    remembered: &mut Remembered,
    cluster: ClusterId,
    block: BlockNumber,
) -> Result<Option<(Seq, MessageHash)>, SourceError> {
    let Some(cluster) = ClusterState::read(state, cluster)? else {
        return Ok(None);
    };
    let Some(touched) = cluster.last_touched(block, remembered)? else {
        return Ok(None);
    };
    let checkpoint = cluster.checkpoint(touched, remembered)?;
    // As the chain counts: the last message's number, where a message is.
    Ok(checkpoint.and_then(|it| Some((it.end.checked_sub(1)?, it.message_hash))))
}

/// See [`ClusterState::touched`].
#[derive(Debug, Default)]
pub(crate) struct Touched {
    pub(crate) blocks: Vec<(BlockNumber, QueueCheckpoint)>,
    /// The list isn't whole: this one is gone, which the one before it names.
    pub(crate) broken_at: Option<BlockNumber>,
}

impl Remembered {
    fn keep(&mut self, cluster: ClusterId, block: BlockNumber, checkpoint: QueueCheckpoint) {
        if checkpoint.next.is_none() {
            return;
        }
        self.checkpoints.insert((cluster, block), checkpoint);
        while self.checkpoints.len() > MOST {
            self.checkpoints.pop_first();
        }
    }

    fn last_until(&self, cluster: ClusterId, until: BlockNumber) -> Option<BlockNumber> {
        let range = (cluster, BlockNumber::MIN)..=(cluster, until);
        let mut range = self.checkpoints.range(range);
        range.next_back().map(|((_, block), _)| *block)
    }
}
