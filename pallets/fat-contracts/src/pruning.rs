//! Pruning what no worker needs any more, a bounded number of things at a time.

use crate::{
    AmendedMessages, Amendments, BlockAmendments, BlockInputs, ClusterProgress, Clusters, Config,
    Confirmations, Error, Messages, Pallet, Progress, QueueCheckpoints, Queues, Refunds, Tallies,
    Withdrawals,
};
use fat_contracts_primitives::{BlockNumber, ClusterId, ClusterStatus};
use frame_support::{ensure, traits::Get};

impl<T: Config> Pallet<T> {
    /// Prunes a cluster's history, or what is left of a destroyed cluster. Returns how many things
    /// were removed.
    ///
    /// # Errors
    /// `ClusterNotFound`, `NothingToPrune`.
    pub(crate) fn do_prune(cluster: ClusterId, limit: u32) -> Result<u32, Error<T>> {
        let record = Clusters::<T>::get(cluster).ok_or(Error::<T>::ClusterNotFound)?;
        let limit = limit.min(T::MaxPrune::get());
        let pruned = match record.status {
            // Workers read the last message in some later, finalized state: they have as long for
            // it as for anything that they have to say.
            ClusterStatus::Destroyed { at } => {
                let read = at.saturating_add(T::LivenessPeriod::get());
                if Self::now() > read {
                    Self::prune_destroyed(cluster, limit)
                } else {
                    0
                }
            }
            _ => Self::prune_some(cluster, limit),
        };
        ensure!(pruned > 0, Error::<T>::NothingToPrune);
        Ok(pruned)
    }

    /// Removes messages, queue checkpoints and confirmations that every live worker is past, and a quorum
    /// too.
    pub(crate) fn prune_some(cluster: ClusterId, limit: u32) -> u32 {
        let mut progress = Progress::<T>::get(cluster);
        let target = Self::prune_target(cluster, &progress);
        let mut queue = Queues::<T>::get(cluster);
        let mut pruned = 0u32;
        while pruned < limit {
            let Some(next) = Self::next_checkpoint(cluster, progress.pruned)
                .filter(|next| next.cursor.block <= target)
            else {
                break;
            };
            let block = next.cursor.block;
            if next.cursor.queue_checkpoint == Some(block) {
                while queue.first <= next.last_seq && pruned < limit {
                    Messages::<T>::remove(cluster, queue.first);
                    Self::prune_refund(cluster, progress.setup, queue.first);
                    queue.first = queue.first.saturating_add(1);
                    pruned = pruned.saturating_add(1);
                }
                if queue.first <= next.last_seq {
                    break;
                }
                if queue.block == block {
                    queue.bytes = queue.bytes.saturating_sub(queue.block_bytes);
                    queue.block_bytes = 0;
                } else {
                    let bytes = QueueCheckpoints::<T>::get(cluster, block)
                        .map_or(0, |checkpoint| checkpoint.bytes);
                    queue.bytes = queue.bytes.saturating_sub(bytes);
                    QueueCheckpoints::<T>::mutate(cluster, block, |checkpoint| {
                        if let Some(checkpoint) = checkpoint {
                            checkpoint.bytes = 0;
                        }
                    });
                }
                // The queue checkpoint of a cursor stays: it names the next one.
                if let Some(old) = progress.pruned.queue_checkpoint {
                    QueueCheckpoints::<T>::remove(cluster, old);
                    BlockInputs::<T>::remove(cluster, old);
                    BlockAmendments::<T>::remove(cluster, old);
                }
            }
            // What is known of a cursor stays as well: whoever begins with a snapshot of it, because the
            // messages up to there are gone, compares that with it.
            Confirmations::<T>::remove(cluster, progress.pruned.block);
            AmendedMessages::<T>::remove(cluster, block);
            progress.pruned = next.cursor;
            pruned = pruned.saturating_add(1);
        }
        if pruned > 0 {
            Queues::<T>::insert(cluster, queue);
            Progress::<T>::insert(cluster, progress);
        }
        pruned
    }

    /// The lowest checkpoint that all live workers acknowledged, or the last confirmed one if
    /// that is lower. A worker is live unless it has had something to acknowledge for
    /// `LivenessPeriod` and wasn't heard; one that left, as long as it has something to say. What
    /// is unheard is kept, so that whoever comes can execute and tell it.
    fn prune_target(cluster: ClusterId, progress: &ClusterProgress) -> BlockNumber {
        let now = Self::now();
        let terms = Self::terms(cluster);
        let live = terms.iter().filter(|term| {
            term.diverged.is_none()
                && !Self::is_silent(cluster, term, progress)
                && (term.leaves.is_none()
                    || (!term.is_gone(now) && Self::next_for(cluster, term, progress).is_some()))
        });
        live.map(|term| term.acked.block)
            .fold(progress.heard().block, BlockNumber::min)
    }

    /// Removes what is left of a destroyed cluster, the record last.
    fn prune_destroyed(cluster: ClusterId, limit: u32) -> u32 {
        let mut queue = Queues::<T>::get(cluster);
        let mut pruned = 0u32;
        while queue.first < queue.next && pruned < limit {
            Messages::<T>::remove(cluster, queue.first);
            queue.first = queue.first.saturating_add(1);
            pruned = pruned.saturating_add(1);
        }
        let mut whole = queue.first == queue.next;
        Queues::<T>::insert(cluster, queue);
        let left = |pruned: u32| limit.saturating_sub(pruned);
        macro_rules! clear {
            ($map:ident) => {
                if whole && left(pruned) > 0 {
                    let cleared = $map::<T>::clear_prefix(cluster, left(pruned), None);
                    pruned = pruned.saturating_add(cleared.loops);
                    whole = cleared.maybe_cursor.is_none();
                }
            };
        }
        clear!(QueueCheckpoints);
        clear!(BlockInputs);
        clear!(BlockAmendments);
        clear!(Tallies);
        clear!(Confirmations);
        clear!(Withdrawals);
        clear!(Amendments);
        clear!(AmendedMessages);
        clear!(Refunds);
        if whole && left(pruned) > 0 {
            Progress::<T>::remove(cluster);
            Queues::<T>::remove(cluster);
            Clusters::<T>::remove(cluster);
            pruned = pruned.saturating_add(1);
        }
        pruned
    }
}
