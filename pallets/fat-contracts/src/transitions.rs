//! Where in a cluster's queue it may come to another version, until workers confirmed it.
//!
//! Beside an Upgrade message, an amendment may bring a newer version, before or behind it. What a
//! message runs under is then a matter of all of them; and each version that may be reached is in
//! use until workers confirmed what came of its message, or the message is skipped.

use crate::{Clusters, Config, Error, Pallet, Transitions};
use alloc::vec::Vec;
use fat_contracts_primitives::{BlockNumber, ClusterId, EngineVersion, PendingUpgrade, Seq};
use frame_support::{pallet_prelude::*, traits::ConstU32};

/// The most transitions of a cluster that can wait for confirmation.
pub type MaxTransitions = ConstU32<16>;

/// A message at which a cluster may come to another version.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Transition {
    /// The message.
    pub seq: Seq,
    /// The version that an Upgrade message migrates the state from; it does nothing on another.
    /// `None`: an amendment, which migrates whatever there is that is older.
    pub from: Option<EngineVersion>,
    /// The version from this message on.
    pub to: EngineVersion,
    /// The block that brought it.
    pub at: BlockNumber,
}

impl Transition {
    /// Order in the queue; of a message's, the amendment comes first.
    fn place(&self) -> (Seq, bool) {
        (self.seq, self.from.is_some())
    }
}

/// What runs after these transitions, if they all succeed, and which of them brought it.
fn run_through(
    start: EngineVersion,
    transitions: &[Transition],
) -> (EngineVersion, Option<Transition>) {
    let (mut version, mut last) = (start, None);
    for (index, transition) in transitions.iter().enumerate() {
        let counts = match transition.from {
            // An amendment of the very message names another target for it.
            Some(from) => {
                let amended = index
                    .checked_sub(1)
                    .and_then(|before| transitions.get(before))
                    .is_some_and(|before| before.seq == transition.seq);
                from == version && !amended
            }
            // One of an older message may have brought something newer, and then there is nothing to
            // migrate.
            None => transition.to > version,
        };
        if counts {
            version = transition.to;
            last = Some(*transition);
        }
    }
    (version, last)
}

impl<T: Config> Pallet<T> {
    /// The version that runs just before a message, if the transitions ahead of it succeed.
    pub(crate) fn engine_before(
        cluster: ClusterId,
        confirmed: EngineVersion,
        seq: Seq,
    ) -> EngineVersion {
        let transitions = Transitions::<T>::get(cluster);
        let ahead: Vec<_> = transitions
            .into_iter()
            .filter(|transition| transition.seq < seq)
            .collect();
        run_through(confirmed, &ahead).0
    }

    /// Notes that a cluster may come to a version, which is in use from now on. An amendment
    /// replaces an earlier one of its message.
    ///
    /// # Errors
    /// `TooManyAmendments`.
    pub(crate) fn add_transition(
        cluster: ClusterId,
        transition: Transition,
    ) -> Result<(), Error<T>> {
        let mut transitions = Transitions::<T>::get(cluster);
        let replaced = transitions
            .iter()
            .position(|it| it.place() == transition.place());
        if let Some(replaced) = replaced {
            let old = transitions.remove(replaced);
            Self::leave_engine(old.to);
        }
        let at = transitions.partition_point(|it| it.place() < transition.place());
        transitions
            .try_insert(at, transition)
            .map_err(|_| Error::<T>::TooManyAmendments)?;
        Transitions::<T>::insert(cluster, transitions);
        Self::use_engine(transition.to);
        Self::note_pending(cluster);
        Ok(())
    }

    /// Drops transitions that can't come any more, or that are confirmed, and returns them.
    pub(crate) fn drop_transitions(
        cluster: ClusterId,
        over: impl Fn(&Transition) -> bool,
    ) -> Vec<Transition> {
        let mut transitions = Transitions::<T>::get(cluster);
        let dropped: Vec<_> = transitions
            .iter()
            .copied()
            .filter(|transition| over(transition))
            .collect();
        if dropped.is_empty() {
            return dropped;
        }
        transitions.retain(|transition| !over(transition));
        if transitions.is_empty() {
            Transitions::<T>::remove(cluster);
        } else {
            Transitions::<T>::insert(cluster, transitions);
        }
        for transition in &dropped {
            Self::leave_engine(transition.to);
        }
        Self::note_pending(cluster);
        dropped
    }

    /// Writes into the cluster's record what its transitions come to.
    fn note_pending(cluster: ClusterId) {
        Clusters::<T>::mutate(cluster, |record| {
            let Some(record) = record else { return };
            let pending = Self::pending_of(cluster, record.engine);
            // An upgrade that isn't queued yet is noted by itself.
            if pending.is_some() || record.pending.is_some_and(|it| it.seq.is_some()) {
                record.pending = pending;
            }
        });
    }

    /// The upgrade that a cluster's transitions come to.
    pub(crate) fn pending_of(
        cluster: ClusterId,
        confirmed: EngineVersion,
    ) -> Option<PendingUpgrade> {
        let transitions = Transitions::<T>::get(cluster);
        let (to, last) = run_through(confirmed, &transitions);
        let transition = last.or(transitions.last().copied())?;
        Some(PendingUpgrade {
            to,
            at: transition.at,
            seq: Some(transition.seq),
        })
    }
}
