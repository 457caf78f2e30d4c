//! What a worker reads. Each view is of the state in which it is called: for a block's input,
//! that has to be the block's post-state.

use crate::{
    history::ExpectedCheckpoint, Amendments, BlockAmendments, Clusters, Config, Engines, Messages,
    Moves, Pallet, PinkSystemCodeHash, PinkSystemCodes, Progress, Queues,
};
use alloc::{collections::BTreeSet, vec::Vec};
use fat_contracts_primitives::{
    AccountId, Amendment, BlockNumber, ClusterBlock, ClusterId, ClusterMessage, ClusterRecord,
    CodeHash, EngineRecord, EngineStatus, EngineVersion, Hash, QueuedMessage, Remedy, Seq,
};
use frame_support::traits::{Randomness, Time};
use parity_scale_codec::DecodeAll;
use sp_crypto_hashing::blake2_256;

impl<T: Config> Pallet<T> {
    /// All that the current block gives to a cluster's engine. None if there is no such cluster,
    /// or if a message of this block is gone, which pruning never lets happen.
    pub fn cluster_block(cluster: ClusterId) -> Option<ClusterBlock> {
        let record = Clusters::<T>::get(cluster)?;
        let queue = Queues::<T>::get(cluster);
        let number = Self::now();
        let first = if queue.block == number {
            queue.block_first
        } else {
            queue.next
        };
        let messages = (first..queue.next)
            .map(|seq| Some((seq, Self::message(cluster, seq)?.message)))
            .collect::<Option<Vec<_>>>()?;
        let amendments = Self::amendments_of(cluster, number);
        Some(ClusterBlock {
            cluster,
            number,
            now_ms: T::Time::now(),
            entropy: Self::entropy(),
            upgrade_targets: Self::upgrade_targets(record.engine_of_the_tail()),
            system_code: PinkSystemCodeHash::<T>::get(),
            engines: Self::engines_for(cluster, &record, &amendments, &messages),
            amendments,
            amended_later: Vec::new(),
            messages,
            message_hash: queue.hash,
        })
    }

    /// A message that is still kept.
    pub fn message(cluster: ClusterId, seq: Seq) -> Option<QueuedMessage> {
        let bytes = Messages::<T>::get(cluster, seq)?;
        QueuedMessage::decode_all(&mut &bytes[..]).ok()
    }

    /// The amendments that a block delivered to a cluster; for the current block and the ones
    /// since, until there are others.
    fn amendments_of(cluster: ClusterId, number: BlockNumber) -> Vec<Amendment> {
        let (of, amendments) = BlockAmendments::<T>::get(cluster);
        if of == number {
            amendments.into_inner()
        } else {
            Vec::new()
        }
    }

    /// The remedy for a message, if it was amended. Whoever executes or replays a message has to
    /// ask, because an amendment is younger than its message.
    pub fn amendment(cluster: ClusterId, seq: Seq) -> Option<Remedy> {
        Amendments::<T>::get(cluster, seq).map(|amended| amended.remedy)
    }

    /// Makes of a block's input what it has to be executed as now: governance may have amended its
    /// messages since, in a block behind it. Whoever gives workers a block that wasn't executed
    /// yet asks here, because that block is the only place where an amendment can take effect.
    ///
    /// With an amendment that brings another engine come its record, and the same for the blocks
    /// between the message and the amendment, which were ordered when nobody knew of it.
    pub fn amend_block(block: &mut ClusterBlock) {
        for (seq, _) in &block.messages {
            if let Some(remedy) = Self::amendment(block.cluster, *seq) {
                let amendment = Amendment { seq: *seq, remedy };
                if !block.amendments.contains(&amendment) {
                    block.amendments.push(amendment);
                }
            }
        }
        let later = Amendments::<T>::iter_prefix_values(block.cluster)
            .filter(|amended| amended.block > block.number);
        let mut brought: Vec<_> = later
            .filter_map(|amended| match amended.remedy {
                Remedy::ExecuteFrom(version) => Some(version),
                Remedy::Skip => None,
            })
            .collect();
        brought.sort();
        brought.dedup();
        for version in brought {
            let known = block.engines.iter().any(|(named, _)| *named == version);
            if let (false, Some(record)) = (known, Self::engine(version)) {
                block.engines.push((version, record));
            }
        }
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

    /// The record of a cluster: owner, version, prices, the move under way.
    pub fn cluster(cluster: ClusterId) -> Option<ClusterRecord> {
        Clusters::<T>::get(cluster)
    }

    /// The record of an engine version.
    pub fn engine(version: EngineVersion) -> Option<EngineRecord> {
        Engines::<T>::get(version).map(Into::into)
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

    /// The block's entropy: BLAKE2b-256(randomness ‖ parent hash).
    fn entropy() -> Hash {
        let (random, _) = T::Randomness::random_seed();
        let parent = frame_system::Pallet::<T>::parent_hash();
        let bytes = [random.as_ref(), parent.as_ref()].concat();
        blake2_256(&bytes).into()
    }

    /// Versions that a cluster on `from` may ask to move to, in order.
    fn upgrade_targets(from: EngineVersion) -> Vec<EngineVersion> {
        let mut targets: Vec<_> = Engines::<T>::iter()
            .filter(|(to, engine)| {
                *to > from
                    && engine.status == EngineStatus::Active
                    && engine.upgrades_from.contains(&from)
            })
            .map(|(to, _)| to)
            .collect();
        targets.sort();
        targets
    }

    /// The records that a worker may need for this block.
    fn engines_for(
        cluster: ClusterId,
        record: &ClusterRecord,
        amendments: &[Amendment],
        messages: &[(Seq, ClusterMessage)],
    ) -> Vec<(EngineVersion, EngineRecord)> {
        let mut versions = BTreeSet::from([record.engine]);
        versions.extend(record.pending.map(|pending| pending.to));
        versions.extend(Moves::<T>::get(cluster).iter().map(|turn| turn.to));
        for amendment in amendments {
            if let Remedy::ExecuteFrom(version) = amendment.remedy {
                versions.insert(version);
            }
        }
        for (_, message) in messages {
            match message {
                ClusterMessage::Setup { engine, .. } => versions.extend([*engine]),
                ClusterMessage::Upgrade { from, to, .. } => versions.extend([*from, *to]),
                _ => {}
            }
        }
        versions
            .into_iter()
            .filter_map(|version| Some((version, Self::engine(version)?)))
            .collect()
    }
}
