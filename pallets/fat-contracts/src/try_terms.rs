//! Invariants of who counts, of what they said, and of what hangs on it.

use crate::{
    checkpoints::Confirmation, transitions::Transition, AmendedMessages, Amendments, Clusters,
    Config, Confirmations, Held, Leavers, Members, Pallet, ParkReports, Progress, Refunds, Setup,
    Tallies, Transitions, Withdrawals, Workers,
};
use alloc::collections::BTreeMap;
use fat_contracts_primitives::{AccountId, BlockNumber, ClusterId, ClusterRecord, ClusterStatus};
use frame_support::ensure;
use sp_runtime::DispatchError;

type Check = Result<(), DispatchError>;

impl<T: Config> Pallet<T> {
    pub(crate) fn check_members(cluster: ClusterId, record: &ClusterRecord) -> Check {
        let other = DispatchError::Other;
        let members = Members::<T>::get(cluster);
        for member in &members {
            let admitted = Workers::<T>::get(&member.worker);
            ensure!(
                admitted.is_some_and(|admitted| admitted.cluster == Some(cluster)),
                other("a member that works for another cluster, or none")
            );
            ensure!(
                member.leaves.is_none(),
                other("a member that left long ago")
            );
            ensure!(
                member.until.is_some() == member.diverged.is_some(),
                other("a member that doesn't count any more and isn't marked")
            );
        }
        let leavers = Leavers::<T>::get(cluster);
        let destroyed = matches!(record.status, ClusterStatus::Destroyed { .. });
        ensure!(
            !destroyed || (members.is_empty() && leavers.is_empty()),
            other("somebody works for a destroyed cluster")
        );
        ensure!(
            leavers.iter().all(|term| term.until.is_some()),
            other("a worker left and still counts")
        );
        if destroyed {
            return Ok(());
        }
        let counting = members.iter().filter(|m| m.diverged.is_none()).count();
        let progress = Progress::<T>::get(cluster);
        let unstaffed = progress
            .unstaffed
            .filter(|unstaffed| unstaffed.filled.is_none());
        ensure!(
            unstaffed.is_some() == (counting == 0),
            other("an unstaffed period with members, or none without")
        );
        Self::check_terms(cluster)?;
        Self::check_reports(cluster)?;
        // What waits for confirmation is somebody's, or falls to whoever comes.
        if let Some(next) = Self::next_checkpoint(cluster, progress.confirmed) {
            let block = next.cursor.block;
            let somebody = Self::terms(cluster).iter().any(|term| term.covers(block));
            ensure!(
                somebody || unstaffed.is_some_and(|unstaffed| unstaffed.after < block),
                other("a checkpoint that is nobody's")
            );
        }
        ensure!(
            record
                .diverged
                .is_none_or(|diverged| diverged > progress.confirmed.block),
            other("workers disagree about what is confirmed")
        );
        Ok(())
    }

    /// A worker's terms don't overlap, and it has one place.
    fn check_terms(cluster: ClusterId) -> Check {
        let other = DispatchError::Other;
        let now = Self::now();
        let mut known = BTreeMap::<AccountId, (BlockNumber, BlockNumber)>::new();
        for term in Self::terms(cluster) {
            ensure!(
                term.acked.block < now && term.joined <= now,
                other("an acknowledgement of what isn't there")
            );
            let until = term.until.unwrap_or(BlockNumber::MAX);
            let covers = term.joined < until;
            if let Some((before, place)) = known.get(&term.worker) {
                ensure!(
                    !covers || term.joined >= *before,
                    other("a worker that counts twice")
                );
                ensure!(
                    term.diverged.is_some() || term.acked.block >= *place,
                    other("a worker in two places")
                );
            }
            if term.diverged.is_none() {
                known.insert(term.worker, (until, term.acked.block));
            }
        }
        Self::check_unheard(cluster)
    }

    /// What is confirmed and unheard is between two known ends, and there alone words are kept of
    /// what is confirmed.
    fn check_unheard(cluster: ClusterId) -> Check {
        let other = DispatchError::Other;
        let progress = Progress::<T>::get(cluster);
        let mut last = None;
        for (block, confirmation) in Confirmations::<T>::iter_prefix(cluster) {
            if let Confirmation::Root { .. } = confirmation {
                ensure!(
                    block > progress.heard().block && block <= progress.confirmed.block,
                    other("an unheard block that nobody waits for")
                );
                last = last.max(Some(block));
            }
        }
        ensure!(
            last == progress.unheard.map(|(_, last)| last),
            other("nobody knows up to where it is unheard")
        );
        ensure!(
            Tallies::<T>::iter_key_prefix(cluster).all(|block| {
                let known = Confirmations::<T>::get(cluster, block);
                known.map_or(block > progress.confirmed.block, |known| {
                    matches!(known, Confirmation::Root { .. })
                })
            }),
            other("a tally of what is confirmed")
        );
        Ok(())
    }

    /// Who reports where it stands is a member that didn't say it was past that.
    fn check_reports(cluster: ClusterId) -> Check {
        let other = DispatchError::Other;
        let members = Members::<T>::get(cluster);
        let reports = ParkReports::<T>::get(cluster);
        for report in &reports {
            let mine = reports.iter().filter(|it| it.worker == report.worker);
            ensure!(
                mine.count() == 1,
                other("a worker that stands in two places")
            );
            let member = members.iter().find(|it| it.worker == report.worker);
            ensure!(
                member.is_some_and(|it| it.diverged.is_none() && it.acked.block < report.block),
                other("a report of one that went on")
            );
        }
        Ok(())
    }

    /// The upgrade that is under way is what the transitions come to.
    pub(crate) fn check_transitions(cluster: ClusterId, record: &ClusterRecord) -> Check {
        let other = DispatchError::Other;
        let transitions = Transitions::<T>::get(cluster);
        let place = |transition: &Transition| (transition.seq, transition.from.is_some());
        ensure!(
            transitions
                .windows(2)
                .all(|pair| place(&pair[0]) < place(&pair[1])),
            other("transitions out of order")
        );
        let queued = record.pending.filter(|pending| pending.seq.is_some());
        ensure!(
            queued == Self::pending_of(cluster, record.engine),
            other("an upgrade that no message makes")
        );
        ensure!(
            transitions.is_empty() || record.pending == queued,
            other("two upgrades at a time")
        );
        let mut amended = BTreeMap::<BlockNumber, u32>::new();
        for seq in Amendments::<T>::iter_key_prefix(cluster) {
            if let Some(queued) = Self::message(cluster, seq) {
                let count = amended.entry(queued.block).or_default();
                *count = count.saturating_add(1);
            }
        }
        ensure!(
            amended.iter().all(|(block, count)| {
                let kept = AmendedMessages::<T>::get(cluster, block);
                kept.messages >= *count && kept.amendments >= kept.messages
            }),
            other("an amended message that no checkpoint has to name")
        );
        Ok(())
    }

    /// Where there is no ledger, all that is held goes back to who brought it.
    pub(crate) fn check_refunds(cluster: ClusterId) -> Check {
        let other = DispatchError::Other;
        let open = Clusters::<T>::get(cluster)
            .is_some_and(|it| !matches!(it.status, ClusterStatus::Destroyed { .. }));
        if !open || Progress::<T>::get(cluster).setup != Setup::Failed {
            return Ok(());
        }
        let back = Refunds::<T>::iter_prefix(cluster)
            .fold(0u128, |sum, (_, refund)| sum.saturating_add(refund.amount));
        let due = Withdrawals::<T>::iter_prefix(cluster)
            .filter(|(_, withdrawal)| withdrawal.due)
            .fold(0u128, |sum, (_, due)| sum.saturating_add(due.amount));
        ensure!(
            Held::<T>::get(cluster) == back.saturating_add(due),
            other("a cluster that never was keeps somebody's money")
        );
        Ok(())
    }
}
