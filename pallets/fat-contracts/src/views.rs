//! What a worker reads.
//!
//! [`Pallet::cluster_block`] is of the current block: it has to be asked in the block's post-state.
//! Everything else is of whatever block somebody missed, read from any later state:
//! [`Pallet::queue_checkpoint_blocks`] and [`Pallet::block_of`].

use crate::{
    checkpoints::Confirmation,
    history::{ExpectedCheckpoint, QueueCheckpoint},
    Amendments, BlockAmendments, BlockInputs, Clusters, Config, Confirmations, Engines,
    InterpretedEngines, KeptInput, Messages, Pallet, PinkSystemCodes, Progress, Queues,
};
use alloc::{collections::BTreeSet, vec::Vec};
use fat_contracts_primitives::{
    fold_input, AccountId, Amendment, BlockNumber, ClusterBlock, ClusterId, ClusterMessage,
    ClusterRecord, CodeHash, EngineRecord, EngineVersion, ExecutionMode, MessageHash,
    QueuedMessage, Remedy, Seq,
};
use parity_scale_codec::DecodeAll;

impl<T: Config> Pallet<T> {
    /// All that the current block gives to a cluster's engine. None if there is no such cluster,
    /// or if a message of this block is gone, which pruning never lets happen.
    pub fn cluster_block(cluster: ClusterId) -> Option<ClusterBlock> {
        let record = Clusters::<T>::get(cluster)?;
        let queue = Queues::<T>::get(cluster);
        let number = Self::now();
        let input = Self::current_input(cluster, &record, &Self::paths());
        let touched = queue.block == number;
        let first = if touched {
            queue.block_first
        } else {
            queue.next
        };
        // Before the block's end the hash is what it would be if nothing more happened.
        let hash = if touched && !queue.sealed {
            fold_input(&queue.hash, &input.input())
        } else {
            queue.hash
        };
        Self::assemble(cluster, input, first..queue.next, hash)
    }

    /// All that a block gave to a cluster's engine, from any later state: with the amendments of
    /// its messages that came since. None if nothing happened to the cluster in that block, if it
    /// was pruned, or if it isn't over.
    ///
    /// Where nothing happened, engines are given the block's number and nothing else.
    pub fn block_of(cluster: ClusterId, number: BlockNumber) -> Option<ClusterBlock> {
        let input = BlockInputs::<T>::get(cluster, number)?;
        let checkpoint = Self::queue_checkpoint(cluster, number)?;
        Self::assemble(
            cluster,
            input,
            checkpoint.first..checkpoint.end,
            checkpoint.message_hash,
        )
    }

    /// The blocks after `after` in which something happened to a cluster and which aren't pruned, not
    /// in part either, in order; with the current one when it is over.
    ///
    /// There are at most as many as the queue holds messages and amendments that wait for pruning.
    pub fn queue_checkpoint_blocks(cluster: ClusterId, after: BlockNumber) -> Vec<BlockNumber> {
        let kept = Queues::<T>::get(cluster).first;
        // A block with many messages may be pruned in several calls.
        let whole = |at: &QueueCheckpoint| at.first >= kept || at.first == at.end;
        Self::queue_checkpoints(cluster, after)
            .into_iter()
            .filter(|(_, checkpoint)| whole(checkpoint))
            .map(|(block, _)| block)
            .collect()
    }

    /// The same with their queue checkpoints, and with a block that is pruned in part.
    pub(crate) fn queue_checkpoints(
        cluster: ClusterId,
        after: BlockNumber,
    ) -> Vec<(BlockNumber, QueueCheckpoint)> {
        let Some(record) = Clusters::<T>::get(cluster) else {
            return Vec::new();
        };
        // Whoever knows a queue checkpoint goes on from there.
        let known = Self::queue_checkpoint(cluster, after).map(|_| after);
        let pruned = Progress::<T>::get(cluster).pruned.queue_checkpoint;
        let mut at = known.or(pruned).or(Some(record.created_at));
        let mut checkpoints = Vec::new();
        let over = |block: &BlockNumber| BlockInputs::<T>::contains_key(cluster, block);
        while let Some(block) = at.filter(over) {
            let Some(checkpoint) = Self::queue_checkpoint(cluster, block) else {
                break;
            };
            at = checkpoint.next;
            if block > after && pruned != Some(block) {
                checkpoints.push((block, checkpoint));
            }
        }
        checkpoints
    }

    /// A block from what is stored of it.
    fn assemble(
        cluster: ClusterId,
        input: KeptInput<T>,
        seqs: core::ops::Range<Seq>,
        message_hash: MessageHash,
    ) -> Option<ClusterBlock> {
        let mut extrinsics = Vec::new();
        let messages = seqs
            .map(|seq| {
                let queued = Self::message(cluster, seq)?;
                extrinsics.extend(queued.extrinsic.map(|extrinsic| (seq, extrinsic)));
                Some((seq, queued.message))
            })
            .collect::<Option<Vec<_>>>()?;
        let mut block = ClusterBlock {
            cluster,
            number: input.number,
            now_ms: input.now_ms,
            entropy: input.entropy,
            amendments: BlockAmendments::<T>::get(cluster, input.number).into_inner(),
            amended_later: Vec::new(),
            engines: Vec::new(),
            messages,
            message_hash,
            system_code: input.system_code,
            upgrade_targets: input.upgrade_targets.into_inner(),
            read_at: Self::now(),
            extrinsics,
        };
        let mut versions = BTreeSet::from([input.engine]);
        versions.extend(input.upgrading_to);
        versions.extend(block.amendments.iter().filter_map(brought));
        for (_, message) in &block.messages {
            match message {
                ClusterMessage::Setup { engine, .. } => versions.extend([*engine]),
                ClusterMessage::Upgrade { from, to, .. } => versions.extend([*from, *to]),
                _ => {}
            }
        }
        Self::add_records(&mut block, versions);
        Self::amend_block(&mut block);
        Some(block)
    }

    /// A message that is still kept.
    pub fn message(cluster: ClusterId, seq: Seq) -> Option<QueuedMessage> {
        let bytes = Messages::<T>::get(cluster, seq)?;
        QueuedMessage::decode_all(&mut &bytes[..]).ok()
    }

    /// The remedy for a message, if it was amended. Whoever executes or replays a message has to
    /// ask, because an amendment is younger than its message.
    pub fn amendment(cluster: ClusterId, seq: Seq) -> Option<Remedy> {
        Amendments::<T>::get(cluster, seq).map(|amended| amended.remedy)
    }

    /// Makes of a block what it has to be executed as now: governance may have amended its messages
    /// since, in a block behind it. Whoever gives workers a block that was read in its own
    /// post-state and wasn't executed yet asks here, because the block of a message is the only
    /// place where its amendment can be applied. ([`Pallet::block_of`] has done it.)
    ///
    /// With an amendment that brings another engine come its record, and the same for the blocks
    /// between the message and the amendment, which were ordered when nobody knew of it.
    pub fn amend_block(block: &mut ClusterBlock) {
        let (cluster, number) = (block.cluster, block.number);
        let here = |seq: &Seq| block.messages.iter().any(|(own, _)| own == seq);
        let delivered = BlockAmendments::<T>::iter_prefix(cluster)
            .filter(|(of, _)| *of > number)
            .flat_map(|(of, list)| list.into_iter().map(move |amendment| (of, amendment)));
        let mut later: Vec<_> = delivered
            .filter(|(_, amendment)| here(&amendment.seq))
            .collect();
        // The block that delivered it may be pruned: what was decided last is known for ever.
        for (seq, _) in &block.messages {
            let last = Amendments::<T>::get(cluster, seq).filter(|last| last.block > number);
            let told = later.iter().any(|(_, amendment)| amendment.seq == *seq);
            if let (Some(last), false) = (last, told) {
                let remedy = last.remedy;
                later.push((last.block, Amendment { seq: *seq, remedy }));
            }
        }
        // In one block the order is that of the list, which this sort keeps.
        later.sort_by_key(|(of, _)| *of);
        block.amended_later = later;
        block.read_at = Self::now();
        let brought: Vec<_> = Amendments::<T>::iter_prefix(cluster)
            .filter(|(_, amended)| amended.block > number)
            .filter_map(|(seq, amended)| {
                let remedy = amended.remedy;
                brought(&Amendment { seq, remedy })
            })
            .collect();
        Self::add_records(block, brought);
    }

    /// Adds the records of versions that a worker may need for a block, in order.
    fn add_records(block: &mut ClusterBlock, versions: impl IntoIterator<Item = EngineVersion>) {
        for version in versions {
            let known = block.engines.iter().any(|(named, _)| *named == version);
            if let (false, Some(record)) = (known, Self::engine(version)) {
                block.engines.push((version, record));
            }
        }
        block.engines.sort_by_key(|(version, _)| *version);
    }

    /// What is confirmed of a checkpoint: of one that was pruned nothing is known any more, but for the last.
    pub fn confirmation(cluster: ClusterId, block: BlockNumber) -> Option<Confirmation> {
        Confirmations::<T>::get(cluster, block)
    }

    /// The block of the newest checkpoint that is confirmed; none before the first.
    pub fn confirmed_block(cluster: ClusterId) -> Option<BlockNumber> {
        let confirmed = Progress::<T>::get(cluster).confirmed.block;
        Confirmations::<T>::contains_key(cluster, confirmed).then_some(confirmed)
    }

    /// The checkpoint that a worker has to acknowledge next. None if there is nothing to
    /// acknowledge, or the worker isn't one that counts: a member, or one that left not long ago.
    pub fn next_to_acknowledge(
        cluster: ClusterId,
        worker: &AccountId,
    ) -> Option<ExpectedCheckpoint> {
        let term = Self::term_of(cluster, worker).filter(|term| term.diverged.is_none())?;
        Self::next_for(cluster, &term, &Progress::<T>::get(cluster))
    }

    /// The checkpoints that a worker has to acknowledge, in order, at most `limit`: up to the block
    /// in which it left, if it did. Behind that the whole of an acknowledgement would be refused.
    pub fn to_acknowledge(
        cluster: ClusterId,
        worker: &AccountId,
        limit: usize,
    ) -> Vec<ExpectedCheckpoint> {
        let until = Self::term_of(cluster, worker).and_then(|term| term.until);
        let first = Self::next_to_acknowledge(cluster, worker);
        core::iter::successors(first, |last| Self::next_checkpoint(cluster, last.cursor))
            .take_while(|next| until.is_none_or(|until| next.cursor.block <= until))
            .take(limit)
            .collect()
    }

    /// The record of a cluster: owner, version, prices, the upgrade under way.
    pub fn cluster(cluster: ClusterId) -> Option<ClusterRecord> {
        Clusters::<T>::get(cluster)
    }

    /// The record of an engine version.
    pub fn engine(version: EngineVersion) -> Option<EngineRecord> {
        Engines::<T>::get(version).map(Into::into)
    }

    /// How workers run contracts under an engine version.
    pub fn engine_mode(version: EngineVersion) -> ExecutionMode {
        if InterpretedEngines::<T>::get().contains(&version) {
            ExecutionMode::Interpreted
        } else {
            ExecutionMode::Native
        }
    }

    /// The engine versions under which every worker interprets, in ascending order.
    pub fn interpreted_engines() -> Vec<EngineVersion> {
        InterpretedEngines::<T>::get().into_inner()
    }

    /// All engine records, by version.
    pub fn engines() -> Vec<(EngineVersion, EngineRecord)> {
        let mut all: Vec<_> = Engines::<T>::iter()
            .map(|(version, engine)| (version, engine.into()))
            .collect();
        all.sort_by_key(|(version, _)| *version);
        all
    }

    /// Code of the system contract, by its hash: every code that was ever set.
    pub fn system_code(code_hash: CodeHash) -> Option<Vec<u8>> {
        PinkSystemCodes::<T>::get(code_hash).map(|code| code.into_inner())
    }
}

/// The version that an amendment brings.
fn brought(amendment: &Amendment) -> Option<EngineVersion> {
    match amendment.remedy {
        Remedy::ExecuteFrom(version) => Some(version),
        Remedy::Skip => None,
    }
}
