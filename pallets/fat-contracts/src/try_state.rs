//! Invariants of the storage. Each is true after every call of every block.

use crate::{
    ArtefactVersions, BlockAmendments, BlockInputs, ClusterCount, Clusters, Config, Engines, Held,
    InterpretedEngines, Messages, Pallet, PendingPrices, PricesAt, Progress, QueueCheckpoints,
    Queues, Shares, TouchedClusters, Transitions, UpgradesAt, Withdrawals,
};
use alloc::{collections::BTreeMap, vec::Vec};
use fat_contracts_primitives::{
    ClusterId, ClusterRecord, ClusterStatus, EngineVersion, MessageHash, PendingUpgrade,
};
use frame_support::{
    ensure,
    traits::{fungible::Inspect, Get},
};
use sp_runtime::DispatchError;

type Check = Result<(), DispatchError>;

impl<T: Config> Pallet<T> {
    /// Checks every invariant. Reads all storage: never on a chain.
    ///
    /// # Errors
    /// `Other`, which says what doesn't hold.
    pub fn do_try_state() -> Check {
        let mut users = BTreeMap::<EngineVersion, u32>::new();
        for (cluster, record) in Clusters::<T>::iter() {
            let other = DispatchError::Other;
            ensure!(
                (1..=ClusterCount::<T>::get()).contains(&cluster),
                other("a cluster that was never counted")
            );
            let destroyed = matches!(record.status, ClusterStatus::Destroyed { .. });
            if !destroyed {
                Self::check_queue(cluster)?;
                Self::check_order(cluster)?;
                Self::check_history(cluster)?;
            }
            Self::check_progress(cluster, &record)?;
            Self::check_members(cluster, &record)?;
            Self::check_money(cluster, &record)?;
            Self::check_schedule(cluster, &record)?;
            Self::check_transitions(cluster, &record)?;
            Self::check_refunds(cluster)?;
            Self::check_keys(cluster)?;
            if !destroyed {
                let upgrading = Transitions::<T>::get(cluster)
                    .into_iter()
                    .map(|transition| transition.to);
                for version in core::iter::once(record.engine).chain(upgrading) {
                    let count = users.entry(version).or_default();
                    *count = count.saturating_add(1);
                }
            }
        }
        Self::check_engines(&users)?;
        Self::check_worker_keys()?;
        Self::check_scheduled_blocks()
    }

    fn check_engines(users: &BTreeMap<EngineVersion, u32>) -> Check {
        let other = DispatchError::Other;
        let mut files = 0usize;
        for (version, engine) in Engines::<T>::iter() {
            ensure!(
                engine.users == users.get(&version).copied().unwrap_or_default(),
                other("an engine's users aren't the clusters that run it")
            );
            ensure!(
                engine.upgrades_from.iter().all(|from| *from < version),
                other("an engine that migrates from a newer one")
            );
            for file in &engine.artefacts {
                files = files.saturating_add(1);
                ensure!(
                    ArtefactVersions::<T>::get(file.hash) == Some(version),
                    other("a file that is another version's, or nobody's")
                );
            }
        }
        ensure!(
            ArtefactVersions::<T>::iter().count() == files,
            other("a file of no engine")
        );
        let interpreted = InterpretedEngines::<T>::get();
        ensure!(
            interpreted.windows(2).all(|two| two[0] < two[1]),
            other("interpreted engines that aren't in order, or one twice")
        );
        ensure!(
            interpreted.iter().all(Engines::<T>::contains_key),
            other("an interpreted engine that isn't registered")
        );
        ensure!(
            users.keys().all(Engines::<T>::contains_key),
            other("a cluster runs an engine that isn't registered")
        );
        Ok(())
    }

    /// The queue is what its record says.
    fn check_queue(cluster: ClusterId) -> Check {
        let other = DispatchError::Other;
        let queue = Queues::<T>::get(cluster);
        ensure!(
            queue.first <= queue.next && queue.block_first <= queue.next,
            other("a queue that ends before it begins")
        );
        let mut kept = 0u64;
        let mut bytes = 0u64;
        for (seq, message) in Messages::<T>::iter_prefix(cluster) {
            ensure!(
                (queue.first..queue.next).contains(&seq),
                other("a message outside of its queue")
            );
            kept = kept.saturating_add(1);
            bytes = bytes.saturating_add(message.len() as u64);
        }
        ensure!(kept == queue.len(), other("a message is missing"));
        // What is pruned in part is taken off when the rest of its block is.
        let partly = Self::queue_checkpoint(cluster, Self::oldest_block(cluster))
            .map_or(0, |checkpoint| checkpoint.bytes);
        ensure!(
            (bytes..=bytes.saturating_add(partly)).contains(&queue.bytes),
            other("the bytes of a queue don't add up")
        );
        ensure!(
            queue.len() <= u64::from(T::MaxQueueMessages::get())
                && queue.bytes <= T::MaxQueueBytes::get(),
            other("a queue beyond its bounds")
        );
        Ok(())
    }

    /// From what is pruned to the newest, every block with a queue checkpoint can be read from this state, and its
    /// fold leads from the hash of the one before to its own.
    fn check_history(cluster: ClusterId) -> Check {
        let other = DispatchError::Other;
        let (queue, now) = (Queues::<T>::get(cluster), Self::now());
        let pruned = Progress::<T>::get(cluster).pruned.queue_checkpoint;
        let mut hash = match pruned {
            Some(checkpoint) => Self::queue_checkpoint(cluster, checkpoint)
                .map(|checkpoint| checkpoint.message_hash),
            None => Some(MessageHash::zero()),
        }
        .ok_or(other("the queue checkpoint of what is pruned is missing"))?;
        let mut blocks: Vec<_> = Self::queue_checkpoints(cluster, 0)
            .into_iter()
            .map(|(block, _)| (block, Self::block_of(cluster, block)))
            .collect();
        let open = queue.block == now && !queue.sealed;
        if open {
            blocks.push((now, Self::cluster_block(cluster)));
        }
        for (number, block) in blocks {
            let checkpoint = Self::queue_checkpoint(cluster, number)
                .ok_or(other("a listed queue checkpoint is missing"))?;
            let partly = checkpoint.first < queue.first;
            let folded = block.map(|block| (block.fold(&hash), block.message_hash));
            ensure!(
                folded.map_or(partly, |(folded, told)| folded == told),
                other("the running hash isn't that of what the block had")
            );
            hash = checkpoint.message_hash;
        }
        let marked = |block: u32| Self::queue_checkpoint(cluster, block).is_some();
        let inputs: Vec<_> = BlockInputs::<T>::iter_key_prefix(cluster).collect();
        // One for each queue checkpoint, and for the newest when its block is over.
        let checkpoints = QueueCheckpoints::<T>::iter_prefix(cluster).count();
        ensure!(
            inputs.iter().copied().all(marked)
                && inputs.len() == checkpoints.saturating_add(usize::from(queue.sealed)),
            other("the inputs of blocks aren't those of the queue checkpoints")
        );
        ensure!(
            BlockAmendments::<T>::iter_key_prefix(cluster).all(marked),
            other("amendments of a block without a queue checkpoint")
        );
        ensure!(
            TouchedClusters::<T>::contains_key(cluster) == open,
            other("a cluster that was touched and isn't noted, or the other way round")
        );
        ensure!(
            open || Shares::<T>::iter_prefix(cluster).next().is_none(),
            other("a sender's share of a block that is over")
        );
        Ok(())
    }

    /// The block of the oldest message that is kept.
    fn oldest_block(cluster: ClusterId) -> u32 {
        let queue = Queues::<T>::get(cluster);
        Self::message(cluster, queue.first).map_or(queue.block, |queued| queued.block)
    }

    fn check_progress(cluster: ClusterId, record: &ClusterRecord) -> Check {
        let other = DispatchError::Other;
        if matches!(record.status, ClusterStatus::Destroyed { .. }) {
            return Ok(());
        }
        let progress = Progress::<T>::get(cluster);
        ensure!(
            progress.pruned <= progress.confirmed && progress.confirmed.block < Self::now(),
            other("pruned beyond what is confirmed, or confirmed beyond what is there")
        );
        // From what is pruned to the newest, the queue checkpoints are one list and nothing else.
        let newest = Queues::<T>::get(cluster).block;
        let mut at = progress
            .pruned
            .queue_checkpoint
            .unwrap_or(record.created_at);
        let mut listed = 0usize;
        while at != newest {
            let checkpoint = QueueCheckpoints::<T>::get(cluster, at)
                .ok_or(other("a queue checkpoint is missing"))?;
            let next = checkpoint
                .next
                .ok_or(other("a queue checkpoint without a next one"))?;
            ensure!(next > at, other("queue checkpoints out of order"));
            at = next;
            listed = listed.saturating_add(1);
        }
        ensure!(
            QueueCheckpoints::<T>::iter_prefix(cluster).count() == listed,
            other("a queue checkpoint outside of the list")
        );
        Ok(())
    }

    /// The escrow holds the chain's existential deposit and what is owed, at least: anyone may
    /// send it more.
    fn check_money(cluster: ClusterId, record: &ClusterRecord) -> Check {
        let other = DispatchError::Other;
        let held = Held::<T>::get(cluster);
        if matches!(record.status, ClusterStatus::Destroyed { .. }) {
            ensure!(held == 0, other("a destroyed cluster is owed money"));
            return Ok(());
        }
        let least = T::Currency::minimum_balance().saturating_add(held);
        let escrow = T::Currency::balance(&Self::escrow_account(cluster));
        ensure!(escrow >= least, other("an escrow holds less than it owes"));
        let due = Withdrawals::<T>::iter_prefix(cluster)
            .filter(|(_, withdrawal)| withdrawal.due)
            .fold(0u128, |sum, (_, due)| sum.saturating_add(due.amount));
        ensure!(due <= held, other("more is due than is held"));
        Ok(())
    }

    fn check_schedule(cluster: ClusterId, record: &ClusterRecord) -> Check {
        let other = DispatchError::Other;
        if let Some(PendingUpgrade { to, at, seq: None }) = record.pending {
            ensure!(to > record.engine, other("an upgrade backwards"));
            ensure!(at > Self::now(), other("an upgrade that was missed"));
            ensure!(
                UpgradesAt::<T>::get(at).contains(&cluster),
                other("an upgrade that no block knows of")
            );
        }
        if let Some((at, _)) = PendingPrices::<T>::get(cluster) {
            ensure!(
                at > Self::now() && PricesAt::<T>::get(at).contains(&cluster),
                other("prices that no block knows of")
            );
        }
        Ok(())
    }

    fn check_scheduled_blocks() -> Check {
        let other = DispatchError::Other;
        for (at, clusters) in UpgradesAt::<T>::iter() {
            ensure!(!clusters.is_empty(), other("a block of no upgrades"));
            for cluster in clusters {
                let pending = Clusters::<T>::get(cluster).and_then(|record| record.pending);
                ensure!(
                    pending.is_some_and(|pending| pending.at == at && pending.seq.is_none()),
                    other("a block knows of an upgrade that isn't there")
                );
            }
        }
        for (at, clusters) in PricesAt::<T>::iter() {
            for cluster in clusters {
                let pending = PendingPrices::<T>::get(cluster);
                ensure!(
                    pending.is_some_and(|(when, _)| when == at),
                    other("a block knows of prices that aren't there")
                );
            }
        }
        Ok(())
    }
}
