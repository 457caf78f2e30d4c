//! Who tells what a block asks of the chain, where governance moved the confirmed end by a root.
//!
//! A state root doesn't cover effects: two tuples with one root may tell different payouts. So no
//! worker's word is taken because its root is right. Such a block is confirmed and *unheard*:
//! workers go on telling their tuples of it, also those that joined later, and begin before it; who
//! tells another root than governance named is marked at once. Its effects come about
//!
//! * when a quorum of those who were members at the block says the same tuple: the quorum of any
//!   other checkpoint, never less than a strict majority of them; or
//! * when governance resolves in favour of a worker that told it, which may be a later joiner.
//!
//! A worker may go straight to the first unheard block, past what it can't say of confirmed ones.
//! Unheard blocks are heard in order. Nothing is pruned from the first of them on, so a newcomer can
//! always execute and tell them; and governance, who admits workers, can always choose that one.

use crate::{
    checkpoints::{Confirmation, Tally},
    effects::requests,
    history::ExpectedCheckpoint,
    quorum::{votes, Electorate, QuorumOutcome},
    resolve::word_of,
    terms::ClusterMember,
    Config, Confirmations, Pallet, Progress, Tallies, LOG_TARGET,
};
use fat_contracts_primitives::{AccountId, BlockNumber, ClusterId};

impl<T: Config> Pallet<T> {
    /// Hears the first unheard block, if enough of its members say the same. Returns the number of
    /// effects.
    pub(crate) fn hear_quorum(cluster: ClusterId) -> Option<u32> {
        Self::hear_next(
            cluster,
            BlockNumber::MAX,
            |tallies, terms, block, members| {
                let mut electorate = Electorate::at(terms, block, Self::now());
                electorate.members = electorate.members.max(members);
                let best = tallies
                    .iter()
                    .max_by_key(|tally| votes(terms, tally, block))?;
                // Where nobody counted it is governance's choice alone.
                let enough =
                    electorate.members > 0 && votes(terms, best, block) >= electorate.need();
                enough.then_some(best)
            },
        )
    }

    /// Hears what a worker told of unheard blocks, up to a block: as much as one call may.
    pub(crate) fn hear_words_of(
        cluster: ClusterId,
        worker: &AccountId,
        up_to: BlockNumber,
    ) -> QuorumOutcome {
        let mut settled = QuorumOutcome::default();
        while Self::has_room(&settled) {
            let heard = Self::hear_next(cluster, up_to, |tallies, terms, block, _| {
                word_of(worker, tallies, terms, block)
            });
            let Some(effects) = heard else { break };
            settled.add(effects);
        }
        settled
    }

    /// Takes the tuple that `choose` returns for the first unheard block, or goes past a block that was
    /// confirmed with its effects. None if there is no such block up to `up_to`, or no such tuple.
    fn hear_next(
        cluster: ClusterId,
        up_to: BlockNumber,
        choose: impl for<'a> Fn(
            &'a [Tally<T>],
            &[ClusterMember],
            BlockNumber,
            u32,
        ) -> Option<&'a Tally<T>>,
    ) -> Option<u32> {
        let (before, _) = Progress::<T>::get(cluster).unheard?;
        let first =
            Self::next_checkpoint(cluster, before).filter(|first| first.cursor.block <= up_to)?;
        let block = first.cursor.block;
        let mut effects = 0;
        if let Some(Confirmation::Root { members, .. }) = Confirmations::<T>::get(cluster, block) {
            let terms = Self::terms(cluster);
            let tallies = Tallies::<T>::get(cluster, block);
            let tally = choose(&tallies, &terms, block, members)?;
            Self::hear(cluster, &first, tally, &tallies, &terms);
            effects = requests(&tally.effects).count() as u32;
        }
        Progress::<T>::mutate(cluster, |progress| {
            progress.unheard = progress
                .unheard
                .filter(|(_, last)| block < *last)
                .map(|(_, last)| (first.cursor, last));
        });
        Self::prune_terms(cluster);
        Some(effects)
    }

    /// Makes a tuple the truth about a block whose place in the history is confirmed already.
    fn hear(
        cluster: ClusterId,
        checkpoint: &ExpectedCheckpoint,
        tally: &Tally<T>,
        tallies: &[Tally<T>],
        terms: &[ClusterMember],
    ) {
        let block = checkpoint.cursor.block;
        Self::mark_others(cluster, block, tally, tallies, terms);
        Tallies::<T>::remove(cluster, block);
        Confirmations::<T>::insert(cluster, block, Confirmation::Tuple(tally.hash));
        log::debug!(target: LOG_TARGET, "cluster {cluster}: the effects of block {block} are heard");
        Self::tell_confirmed(cluster, checkpoint, tally);
        // Of older blocks it says nothing about the present.
        if Progress::<T>::get(cluster).confirmed == checkpoint.cursor {
            Self::engine_confirmed(cluster, checkpoint.last_seq, tally.engine);
        }
        Self::bring_about(cluster, checkpoint, &tally.effects);
    }
}
