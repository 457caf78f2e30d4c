//! What governance decides where workers can't agree, or don't come.

use crate::{
    checkpoints::{Confirmation, Tally},
    quorum::{standing, Settled},
    Clusters, Config, Error, Event, Pallet, Progress, Tallies,
};
use alloc::vec::Vec;
use fat_contracts_primitives::{AccountId, BlockNumber, ClusterId, ClusterStatus, StateRoot};
use frame_support::ensure;

impl<T: Config> Pallet<T> {
    /// Confirms what some workers say, up to a block, whatever others say: as much as one call
    /// may.
    fn confirm_words_of(
        cluster: ClusterId,
        up_to: BlockNumber,
        is_right: impl Fn(&AccountId) -> bool,
    ) -> Settled {
        let mut settled = Settled::default();
        while Self::has_room(&settled) {
            let confirmed = Progress::<T>::get(cluster).confirmed;
            let Some(next) =
                Self::next_checkpoint(cluster, confirmed).filter(|next| next.cursor.block <= up_to)
            else {
                break;
            };
            let block = next.cursor.block;
            let terms = Self::terms(cluster);
            let tallies = Tallies::<T>::get(cluster, block);
            let right = |tally: &Tally<T>| {
                standing(&terms, tally, block)
                    .filter(|voter| is_right(voter))
                    .count()
            };
            let best = tallies.iter().max_by_key(|tally| right(tally));
            let Some(tally) = best.filter(|tally| right(tally) > 0) else {
                break;
            };
            let effects = Self::confirm(cluster, next, tally, &tallies, &terms);
            settled.confirmed = settled.confirmed.saturating_add(1);
            settled.effects = settled.effects.saturating_add(effects);
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
    ) -> Result<Settled, Error<T>> {
        Self::ensure_resolvable(cluster)?;
        let confirmed = Progress::<T>::get(cluster).confirmed;
        let next = Self::next_checkpoint(cluster, confirmed)
            .filter(|next| next.cursor.block <= block)
            .ok_or(Error::<T>::NothingToResolve)?;
        let terms = Self::terms(cluster);
        let tallies = Tallies::<T>::get(cluster, block);
        // Who is right there was right before.
        let right: Vec<_> = tallies
            .iter()
            .filter(|tally| tally.root == root)
            .max_by_key(|tally| standing(&terms, tally, block).count())
            .map(|tally| standing(&terms, tally, block).cloned().collect())
            .unwrap_or_default();
        let settled = if !right.is_empty() {
            Self::confirm_words_of(cluster, block, |worker| right.contains(worker))
        } else {
            // Nobody reported it, so nobody has said yet what the block asks of the chain; and
            // nobody can say what came before.
            ensure!(next.cursor.block == block, Error::<T>::NothingToResolve);
            let wrong: Vec<_> = tallies
                .iter()
                .flat_map(|tally| standing(&terms, tally, block).cloned())
                .collect();
            Self::mark_diverged(cluster, block, &wrong);
            Self::move_confirmed(cluster, next, Confirmation::Root(root));
            Self::deposit_event(Event::CheckpointConfirmed {
                cluster,
                block,
                last_seq: next.last_seq,
                root,
                receipts_root: None,
            });
            Settled {
                confirmed: 1,
                effects: 0,
            }
        };
        ensure!(settled.confirmed > 0, Error::<T>::NothingToResolve);
        let reached = Progress::<T>::get(cluster).confirmed.block;
        if reached == block {
            Self::deposit_event(Event::DivergenceResolved {
                cluster,
                block,
                root,
            });
        }
        Ok(Self::settle_after(cluster, settled))
    }

    /// Governance says which worker is right, up to a block.
    pub(crate) fn do_resolve_in_favour(
        cluster: ClusterId,
        worker: AccountId,
        up_to: BlockNumber,
    ) -> Result<Settled, Error<T>> {
        Self::ensure_resolvable(cluster)?;
        let mut terms = Self::terms(cluster).into_iter();
        let known = terms.any(|term| term.worker == worker && term.diverged.is_none());
        ensure!(known, Error::<T>::NotMember);
        let settled = Self::confirm_words_of(cluster, up_to, |voter| *voter == worker);
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
