//! What workers say about a cluster's state.

use crate::{
    effects::requests, history::ExpectedCheckpoint, quorum::QuorumOutcome, terms::ClusterMember,
    Config, Confirmations, Error, Event, Pallet, ParkReports, Progress, Tallies, LOG_TARGET,
};
use alloc::vec::Vec;
use core::marker::PhantomData;
use fat_contracts_primitives::{
    AccountId, BlockNumber, Checkpoint, ClusterId, Effect, EngineVersion, Hash, ReceiptsRoot,
    StateRoot,
};
use frame_support::{
    ensure, pallet_prelude::*, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use sp_crypto_hashing::blake2_256;

/// The most workers whose word about a checkpoint is kept: members, and as many that left.
#[derive(Debug)]
pub struct MaxVoters<T>(PhantomData<T>);

impl<T: Config> Get<u32> for MaxVoters<T> {
    fn get() -> u32 {
        T::MaxMembers::get().saturating_mul(2)
    }
}

/// The workers that say the same about a checkpoint.
#[derive(
    CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct Tally<T: Config> {
    /// Hash of the whole tuple that they reported.
    pub hash: Hash,
    /// The engine in it.
    pub engine: EngineVersion,
    /// The state root in it.
    pub root: StateRoot,
    /// The root over the receipts in it.
    pub receipts_root: ReceiptsRoot,
    /// The effects in it, without what only says that a message was amended.
    pub effects: BoundedVec<Effect, T::MaxEffects>,
    /// Who reported it. It is still the word of those that stand by it: see
    /// [`ClusterMember`]'s place.
    pub voters: BoundedVec<AccountId, MaxVoters<T>>,
}

/// What was confirmed about a checkpoint, for those who come later.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Confirmation {
    /// The tuple with this hash: a quorum's, or governance's choice.
    #[codec(index = 0)]
    Tuple(Hash),
    /// Its place in the history alone, because governance named a root: neither a quorum nor
    /// governance has told the effects. See `hearing`.
    #[codec(index = 1)]
    Root {
        /// The root that governance named; `None` for a checkpoint before the one that it named.
        root: Option<StateRoot>,
        /// How many were members at the block.
        members: u32,
    },
}

/// The hash by which workers agree: of the whole tuple, `receipts_root` included.
fn tuple_hash(checkpoint: &Checkpoint) -> Hash {
    blake2_256(&checkpoint.encode()).into()
}

impl<T: Config> Pallet<T> {
    /// Takes a worker's checkpoints, in order. Returns what came of it, and how
    /// many things were pruned.
    ///
    /// # Errors
    /// `TooManyCheckpoints`, `NotMember`, `WorkerDiverged`, `CheckpointNotThere`,
    /// `NotNextCheckpoint`, `WrongHistory`, `TooManyEffects`, `OtherAmendment`,
    /// `AmendmentMissing`, `ImpossibleEffect`. Then nothing is taken.
    pub(crate) fn do_acknowledge(
        worker: AccountId,
        cluster: ClusterId,
        checkpoints: Vec<Checkpoint>,
    ) -> Result<(QuorumOutcome, u32), Error<T>> {
        ensure!(
            !checkpoints.is_empty()
                && checkpoints.len() as u64 <= u64::from(T::MaxCheckpoints::get()),
            Error::<T>::TooManyCheckpoints
        );
        for checkpoint in checkpoints {
            Self::take_checkpoint(&worker, cluster, checkpoint)?;
        }
        let settled = Self::settle(cluster);
        let pruned = Self::prune_some(cluster, T::MaxPrune::get());
        Ok((settled, pruned))
    }

    /// Takes one checkpoint.
    fn take_checkpoint(
        worker: &AccountId,
        cluster: ClusterId,
        checkpoint: Checkpoint,
    ) -> Result<(), Error<T>> {
        let term = Self::term_of(cluster, worker).ok_or(Error::<T>::NotMember)?;
        ensure!(term.diverged.is_none(), Error::<T>::WorkerDiverged);
        ensure!(
            checkpoint.block < Self::now(),
            Error::<T>::CheckpointNotThere
        );
        let expected = Self::expected_of(cluster, &term, checkpoint.block)
            .ok_or(Error::<T>::NotNextCheckpoint)?;
        let known = Confirmations::<T>::get(cluster, checkpoint.block);
        Self::check(cluster, &expected, &checkpoint, known)?;
        Self::note_place(cluster, worker, &expected);
        match known {
            None => Self::count(worker, cluster, checkpoint),
            Some(Confirmation::Tuple(hash)) if hash == tuple_hash(&checkpoint) => Ok(()),
            Some(Confirmation::Root { root, .. })
                if root.is_none_or(|root| root == checkpoint.root) =>
            {
                Self::count(worker, cluster, checkpoint)
            }
            Some(_) => {
                let block = checkpoint.block;
                log::warn!(target: LOG_TARGET, "cluster {cluster}: a worker disagrees about block {block}");
                Self::deposit_event(Event::StateDiverged {
                    cluster,
                    block,
                    worker: worker.clone(),
                    root: checkpoint.root,
                });
                Self::mark_diverged(cluster, block, core::slice::from_ref(worker));
                Ok(())
            }
        }
    }

    /// What the chain expects of a worker about a block, if that is the one it has to say
    /// something about: its next one, the next that isn't confirmed, or the next that is unheard. (What is confirmed it may
    /// skip, because it may have begun with a snapshot of that.)
    fn expected_of(
        cluster: ClusterId,
        term: &ClusterMember,
        block: BlockNumber,
    ) -> Option<ExpectedCheckpoint> {
        let progress = Progress::<T>::get(cluster);
        let next = Self::next_for(cluster, term, &progress)?;
        if next.cursor.block == block {
            return Some(next);
        }
        if progress.confirmed.block < next.cursor.block {
            return None;
        }
        // Or the first that is unheard: whoever can't say what was confirmed before it, because that
        // was a lie, can tell it all the same.
        let ends = [progress.heard(), progress.confirmed];
        ends.into_iter()
            .filter_map(|end| Self::next_checkpoint(cluster, end))
            .find(|open| open.cursor.block == block && block > next.cursor.block)
            .filter(|_| term.until.is_none_or(|until| block <= until))
    }

    /// A worker is past a checkpoint: it was heard, and what it reported up to there is over.
    fn note_place(cluster: ClusterId, worker: &AccountId, expected: &ExpectedCheckpoint) {
        let now = Self::now();
        Self::change_terms(cluster, |term| {
            (term.worker == *worker).then(|| {
                term.acked = expected.cursor;
                term.acked_at = now;
                if !term.is_gone(now) {
                    term.lapsed = None;
                }
            })
        });
        ParkReports::<T>::mutate(cluster, |reports| {
            reports
                .retain(|report| report.worker != *worker || report.block > expected.cursor.block);
        });
    }

    /// The checkpoint that a member has to acknowledge next. What was pruned it may skip.
    pub(crate) fn next_for(
        cluster: ClusterId,
        term: &ClusterMember,
        progress: &crate::ClusterProgress,
    ) -> Option<ExpectedCheckpoint> {
        let from = if term.acked.block < progress.pruned.block {
            progress.pruned
        } else {
            term.acked
        };
        Self::next_checkpoint(cluster, from)
            .filter(|next| term.until.is_none_or(|until| next.cursor.block <= until))
    }

    /// Adds a worker to those who say the same. A second opinion never passes silently.
    fn count(
        worker: &AccountId,
        cluster: ClusterId,
        checkpoint: Checkpoint,
    ) -> Result<(), Error<T>> {
        let hash = tuple_hash(&checkpoint);
        let block = checkpoint.block;
        let terms = Self::terms(cluster);
        let mut tallies = Tallies::<T>::get(cluster, block);
        // What nobody stands by any more makes room; so does what this worker said before it was
        // sent back.
        for tally in tallies.iter_mut() {
            tally.voters.retain(|voter| {
                let stands = terms
                    .iter()
                    .any(|term| term.worker == *voter && term.stands_by(block));
                voter != worker && stands
            });
        }
        tallies.retain(|tally| !tally.voters.is_empty());
        let others = tallies.iter().any(|tally| tally.hash != hash);
        let known = tallies.iter_mut().find(|tally| tally.hash == hash);
        let counted = match known {
            Some(tally) => tally.voters.try_push(worker.clone()).is_ok(),
            None => {
                let effects: Vec<_> = requests(&checkpoint.effects).cloned().collect();
                let effects =
                    BoundedVec::try_from(effects).map_err(|_| Error::<T>::TooManyEffects)?;
                let tally = Tally {
                    hash,
                    engine: checkpoint.engine,
                    root: checkpoint.root,
                    receipts_root: checkpoint.receipts_root,
                    effects,
                    voters: BoundedVec::truncate_from(alloc::vec![worker.clone()]),
                };
                tallies.try_push(tally).is_ok()
            }
        };
        // Each voter has a term, and there is room for one of each.
        ensure!(counted, Error::<T>::TooManyMembers);
        Tallies::<T>::insert(cluster, block, tallies);
        if others {
            log::warn!(target: LOG_TARGET, "cluster {cluster}: a worker disagrees about block {block}");
            Self::deposit_event(Event::StateDiverged {
                cluster,
                block,
                worker: worker.clone(),
                root: checkpoint.root,
            });
        }
        Ok(())
    }
}
