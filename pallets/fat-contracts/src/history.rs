//! Which blocks of a cluster are checkpoints, and what the chain knows about each.
//!
//! A block with a message or an amendment is a checkpoint: it leaves a *queue checkpoint*. So is every
//! `CheckpointInterval`-th block; those leave nothing, because nothing changed since the queue
//! checkpoint before. The queue checkpoints form a list, each naming the next; the newest one is in the queue's record.
//! A *cursor* is a checkpoint together with the queue checkpoint that was in force there, so that the next
//! checkpoint is found in one step.

use crate::{Clusters, Config, Pallet, Progress, Queue, QueueCheckpoints, Queues, TouchedClusters};
use fat_contracts_primitives::{BlockNumber, ClusterId, MessageHash, Seq, Weight as GasWeight};
use frame_support::{pallet_prelude::*, traits::Get};
use sp_runtime::SaturatedConversion;

/// The place of a checkpoint in a cluster's history.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Debug,
    Default,
    Encode,
    Decode,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct Cursor {
    /// The block.
    pub block: BlockNumber,
    /// The newest queue checkpoint up to that block; `None` before the cluster's first. Or, in a cursor that was
    /// set back, the one after that block.
    pub queue_checkpoint: Option<BlockNumber>,
}

impl Cursor {
    /// The place before a block that has a queue checkpoint.
    pub(crate) fn before(marked: BlockNumber) -> Self {
        Self {
            block: marked.saturating_sub(1),
            queue_checkpoint: Some(marked),
        }
    }
}

/// What a block with messages or amendments left behind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct QueueCheckpoint {
    /// Its first message, if it has one: otherwise the one that came next.
    pub first: Seq,
    /// The seq after its last message.
    pub end: Seq,
    /// Bytes of its messages that are kept.
    pub bytes: u64,
    /// The running hash after it.
    pub message_hash: MessageHash,
    /// The block of the next one.
    pub next: Option<BlockNumber>,
}

/// What the chain knows about a checkpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct ExpectedCheckpoint {
    /// Its place.
    pub cursor: Cursor,
    /// Its first message, if it has any.
    pub first: Seq,
    /// The last message executed so far.
    pub last_seq: Seq,
    /// The running hash so far.
    pub message_hash: MessageHash,
}

impl ExpectedCheckpoint {
    /// Whether `seq` is a message of this very block.
    pub(crate) fn contains(&self, seq: Seq) -> bool {
        self.cursor.queue_checkpoint == Some(self.cursor.block)
            && (self.first..=self.last_seq).contains(&seq)
    }
}

/// What follows from a block's becoming the newest queue checkpoint.
pub(crate) struct OpenedCheckpoint {
    /// The queue checkpoint that ended thereby, with its block; `None` if the queue was empty.
    closed: Option<(BlockNumber, QueueCheckpoint)>,
}

impl<T: Config> Pallet<T> {
    /// The queue checkpoint of a block, the newest one included.
    pub(crate) fn queue_checkpoint(
        cluster: ClusterId,
        block: BlockNumber,
    ) -> Option<QueueCheckpoint> {
        let queue = Queues::<T>::get(cluster);
        if queue.block != block {
            return QueueCheckpoints::<T>::get(cluster, block);
        }
        Some(QueueCheckpoint {
            first: queue.block_first,
            end: queue.next,
            bytes: queue.block_bytes,
            message_hash: queue.hash,
            next: None,
        })
    }

    /// The checkpoint after `cursor`. None if it isn't there yet: a checkpoint is there when its
    /// block is over.
    pub fn next_checkpoint(cluster: ClusterId, cursor: Cursor) -> Option<ExpectedCheckpoint> {
        let mut newest = cursor.queue_checkpoint;
        let mut marked = match newest {
            // It was set back: it names the next one, and no checkpoint comes between.
            Some(checkpoint) if checkpoint > cursor.block => Some(checkpoint),
            Some(checkpoint) => Self::queue_checkpoint(cluster, checkpoint)?.next,
            None => Some(Clusters::<T>::get(cluster)?.created_at),
        };
        // A cursor may have been taken in the middle of a block that got its queue checkpoint later.
        if let Some(late) = marked.filter(|marked| *marked <= cursor.block) {
            newest = Some(late);
            marked = Self::queue_checkpoint(cluster, late)?.next;
        }
        let interval = T::CheckpointInterval::get().max(1);
        let regular = (cursor.block / interval)
            .checked_add(1)
            .and_then(|count| count.checked_mul(interval))?;
        let block = marked.map_or(regular, |marked| marked.min(regular));
        let next = Cursor {
            block,
            queue_checkpoint: if marked == Some(block) {
                marked
            } else {
                newest
            },
        };
        if next.block >= Self::now() {
            return None;
        }
        let checkpoint = Self::queue_checkpoint(cluster, next.queue_checkpoint?)?;
        Some(ExpectedCheckpoint {
            cursor: next,
            first: checkpoint.first,
            last_seq: checkpoint.end.saturating_sub(1),
            message_hash: checkpoint.message_hash,
        })
    }

    /// The number of the current block.
    pub(crate) fn now() -> BlockNumber {
        // A chain with wider numbers would have to run for centuries to reach the end of these.
        frame_system::Pallet::<T>::block_number().saturated_into()
    }

    /// Makes the current block the newest queue checkpoint, if it isn't yet. What follows from
    /// that has to be written by [`Pallet::write_queue_checkpoint`].
    pub(crate) fn open_queue_checkpoint(queue: &mut Queue) -> Option<OpenedCheckpoint> {
        let block = Self::now();
        if queue.block == block {
            return None;
        }
        let closed = QueueCheckpoint {
            first: queue.block_first,
            end: queue.next,
            bytes: queue.block_bytes,
            message_hash: queue.hash,
            next: Some(block),
        };
        let of = queue.block;
        queue.congestion = Self::congestion_at(queue, block);
        queue.block = block;
        queue.block_first = queue.next;
        queue.block_weight = GasWeight::default();
        queue.block_withdrawals = 0;
        queue.block_bytes = 0;
        queue.sealed = false;
        Some(OpenedCheckpoint {
            closed: (queue.next > 0).then_some((of, closed)),
        })
    }

    /// Writes what [`Pallet::open_queue_checkpoint`] returned.
    pub(crate) fn write_queue_checkpoint(cluster: ClusterId, opened: Option<OpenedCheckpoint>) {
        let Some(OpenedCheckpoint { closed }) = opened else {
            return;
        };
        if let Some((of, checkpoint)) = closed {
            QueueCheckpoints::<T>::insert(cluster, of, checkpoint);
        }
        TouchedClusters::<T>::insert(cluster, ());
    }

    /// The seq after the last message that is confirmed.
    pub(crate) fn confirmed_end(cluster: ClusterId) -> Seq {
        let confirmed = Progress::<T>::get(cluster).confirmed;
        let checkpoint = confirmed
            .queue_checkpoint
            .and_then(|checkpoint| Self::queue_checkpoint(cluster, checkpoint));
        checkpoint.map_or(0, |checkpoint| checkpoint.end)
    }
}
