//! Which blocks of a cluster are checkpoints, and what the chain knows about each.
//!
//! A block with a message or an amendment is a checkpoint: it leaves a *mark*. So is every
//! `CheckpointInterval`-th block; those leave nothing, because nothing changed since the mark
//! before. The marks form a list, each naming the next; the newest one is in the queue's record.
//! A *cursor* is a checkpoint together with the mark that was in force there, so that the next
//! checkpoint is found in one step.

use crate::{Clusters, Config, Marks, Pallet, Queues};
use fat_contracts_primitives::{BlockNumber, ClusterId, MessageHash, Seq};
use frame_support::{pallet_prelude::*, traits::Get};

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
    /// The newest mark up to that block; none before the cluster's first. Or, in a cursor that was
    /// set back, the mark after that block.
    pub mark: Option<BlockNumber>,
}

impl Cursor {
    /// The place before a block that has a mark.
    pub(crate) fn before(marked: BlockNumber) -> Self {
        Self {
            block: marked.saturating_sub(1),
            mark: Some(marked),
        }
    }
}

/// What a block with messages or amendments left behind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Mark {
    /// Its first message, if it has one: otherwise the one that came next.
    pub first: Seq,
    /// The seq after its last message.
    pub end: Seq,
    /// Bytes of its messages that are kept.
    pub bytes: u64,
    /// The running hash after it.
    pub message_hash: MessageHash,
    /// The mark after this one.
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
        self.cursor.mark == Some(self.cursor.block) && (self.first..=self.last_seq).contains(&seq)
    }
}

impl<T: Config> Pallet<T> {
    /// The mark of a block, the newest one included.
    pub(crate) fn mark(cluster: ClusterId, block: BlockNumber) -> Option<Mark> {
        let queue = Queues::<T>::get(cluster);
        if queue.block != block {
            return Marks::<T>::get(cluster, block);
        }
        Some(Mark {
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
        let mut newest = cursor.mark;
        let mut marked = match newest {
            // It was set back: its mark is the next one, and no checkpoint comes between.
            Some(mark) if mark > cursor.block => Some(mark),
            Some(mark) => Self::mark(cluster, mark)?.next,
            None => Some(Clusters::<T>::get(cluster)?.created_at),
        };
        // A cursor may have been taken in the middle of a block that got its mark later.
        if let Some(late) = marked.filter(|marked| *marked <= cursor.block) {
            newest = Some(late);
            marked = Self::mark(cluster, late)?.next;
        }
        let interval = T::CheckpointInterval::get().max(1);
        let regular = (cursor.block / interval)
            .checked_add(1)
            .and_then(|count| count.checked_mul(interval))?;
        let block = marked.map_or(regular, |marked| marked.min(regular));
        let next = Cursor {
            block,
            mark: if marked == Some(block) {
                marked
            } else {
                newest
            },
        };
        if next.block >= Self::now() {
            return None;
        }
        let mark = Self::mark(cluster, next.mark?)?;
        Some(ExpectedCheckpoint {
            cursor: next,
            first: mark.first,
            last_seq: mark.end.saturating_sub(1),
            message_hash: mark.message_hash,
        })
    }
}
