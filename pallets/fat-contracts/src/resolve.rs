//! What governance decides where workers can't agree, or don't come.
//!
//! Governance knows a root because it replayed the history, or a worker because it trusts it. The
//! two are different decisions. A *root* is of the state alone: a tuple with that root may tell any
//! effects, so whoever has the root has nobody's leave to be paid. `resolve_divergence` therefore
//! moves the confirmed end and finds who was wrong, and no more: see `hearing` for who then tells
//! what the blocks ask of the chain. `resolve_in_favour` takes a *worker's* whole tuples, effects
//! included.

use crate::{
    checkpoints::{Confirmation, Tally},
    quorum::{standing, Electorate, QuorumOutcome},
    Clusters, Config, Error, Event, Pallet, Progress, StagedAmendments, Tallies,
};
use alloc::vec::Vec;
use fat_contracts_primitives::{
    AccountId, Amendment, BlockNumber, ClusterId, ClusterStatus, StateRoot,
};
use frame_support::{ensure, traits::Get};

impl<T: Config> Pallet<T> {
    /// Confirms what a worker says, up to a block, whatever others say: as much as one call may.
    fn confirm_words_of(
        cluster: ClusterId,
        worker: &AccountId,
        up_to: BlockNumber,
        mut settled: QuorumOutcome,
    ) -> QuorumOutcome {
        while Self::has_room(&settled) {
            let confirmed = Progress::<T>::get(cluster).confirmed;
            let Some(next) =
                Self::next_checkpoint(cluster, confirmed).filter(|next| next.cursor.block <= up_to)
            else {
                break;
            };
            let terms = Self::terms(cluster);
            let tallies = Tallies::<T>::get(cluster, next.cursor.block);
            let Some(tally) = word_of(worker, &tallies, &terms, next.cursor.block) else {
                break;
            };
            let effects = Self::confirm(cluster, next, tally, &tallies, &terms);
            settled.add(effects);
        }
        settled
    }

    /// A cluster whose confirmed end governance may move.
    fn ensure_resolvable(cluster: ClusterId) -> Result<(), Error<T>> {
        let record = Clusters::<T>::get(cluster).ok_or(Error::<T>::ClusterNotFound)?;
        let destroyed = matches!(record.status, ClusterStatus::Destroyed { .. });
        ensure!(!destroyed, Error::<T>::NothingToResolve);
        Ok(())
    }

    /// Governance says which root of a block is right.
    pub(crate) fn do_resolve_divergence(
        cluster: ClusterId,
        block: BlockNumber,
        root: StateRoot,
        as_of: BlockNumber,
    ) -> Result<QuorumOutcome, Error<T>> {
        Self::ensure_resolvable(cluster)?;
        Self::ensure_not_amended_since(cluster, as_of)?;
        let mut on_the_way = Vec::new();
        let mut from = Progress::<T>::get(cluster).confirmed;
        while from.block < block {
            let next = Self::next_checkpoint(cluster, from)
                .filter(|next| next.cursor.block <= block)
                .ok_or(Error::<T>::NothingToResolve)?;
            let room = (on_the_way.len() as u64) < u64::from(T::MaxCheckpoints::get());
            ensure!(room, Error::<T>::TooManyCheckpoints);
            from = next.cursor;
            on_the_way.push(next);
        }
        ensure!(!on_the_way.is_empty(), Error::<T>::NothingToResolve);
        // The next block amends what is on the way: the root is of a history that ends with this one,
        // and of what is confirmed nothing can be amended any more.
        let last = on_the_way.last().map_or(0, |last| last.last_seq);
        let staged = StagedAmendments::<T>::get();
        let amended = |(of, it): &(ClusterId, Amendment)| *of == cluster && it.seq <= last;
        ensure!(!staged.iter().any(amended), Error::<T>::AmendmentPending);
        // A message that no worker can execute is amended first: nobody could say anything of a
        // block with it, and nothing of what is confirmed can be amended any more.
        ensure!(
            !Self::is_parked_up_to(cluster, last),
            Error::<T>::WorkersParked
        );

        // Whoever reported another root is wrong. Perhaps the others are enough by themselves.
        let terms = Self::terms(cluster);
        let mut tallies = Tallies::<T>::get(cluster, block);
        let wrong: Vec<_> = tallies
            .iter()
            .filter(|tally| tally.root != root)
            .flat_map(|tally| standing(&terms, tally, block).cloned())
            .collect();
        Self::mark_diverged(cluster, block, &wrong);
        let mut settled = Self::settle(cluster);
        for next in on_the_way {
            let at = next.cursor.block;
            if at <= Progress::<T>::get(cluster).confirmed.block {
                continue;
            }
            // Who counted there is written down, because terms are pruned behind what is
            // confirmed, and a quorum must not become less thereby.
            let members = Electorate::at(&Self::terms(cluster), at, Self::now()).members;
            let root = (at == block).then_some(root);
            Self::move_confirmed(cluster, next, Confirmation::Root { root, members });
            settled.add(0);
            if let Some(root) = root {
                tallies.retain(|tally| tally.root == root);
                Tallies::<T>::set(cluster, block, tallies.clone());
                Self::deposit_event(Event::CheckpointConfirmed {
                    cluster,
                    block,
                    last_seq: next.last_seq,
                    root,
                    receipts_root: None,
                });
            }
        }
        Self::deposit_event(Event::DivergenceResolved {
            cluster,
            block,
            root,
        });
        Ok(Self::settle_after(cluster, settled))
    }

    /// Governance says which worker is right, up to a block.
    pub(crate) fn do_resolve_in_favour(
        cluster: ClusterId,
        worker: AccountId,
        up_to: BlockNumber,
    ) -> Result<QuorumOutcome, Error<T>> {
        Self::ensure_resolvable(cluster)?;
        let mut terms = Self::terms(cluster).into_iter();
        let known = terms.any(|term| term.worker == worker && term.diverged.is_none());
        ensure!(known, Error::<T>::NotMember);
        let settled = Self::hear_words_of(cluster, &worker, up_to);
        let settled = Self::confirm_words_of(cluster, &worker, up_to, settled);
        ensure!(settled.confirmed > 0, Error::<T>::NothingToResolve);
        let block = Progress::<T>::get(cluster).confirmed.block;
        Self::deposit_event(Event::ResolvedInFavour {
            cluster,
            worker,
            block,
        });
        Ok(Self::settle_after(cluster, settled))
    }
}

/// What a worker says of a block, if that is its word still.
pub(crate) fn word_of<'a, T: Config>(
    worker: &AccountId,
    tallies: &'a [Tally<T>],
    terms: &[crate::ClusterMember],
    block: BlockNumber,
) -> Option<&'a Tally<T>> {
    tallies
        .iter()
        .find(|tally| standing(terms, tally, block).any(|voter| voter == worker))
}
