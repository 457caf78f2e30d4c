//! Where in a cluster's queue it may come to another version, until workers confirmed it.
//!
//! Beside an Upgrade message, an amendment may bring a newer version, before or behind it. What a
//! message runs under is then a matter of all of them; and each version that may be reached is in
//! use until workers confirmed what came of its message, or the message is skipped.

use crate::{Clusters, Config, Error, Moves, Pallet};
use alloc::vec::Vec;
use fat_contracts_primitives::{BlockNumber, ClusterId, EngineVersion, Move, Seq};
use frame_support::{pallet_prelude::*, traits::ConstU32};

/// The most turns of a cluster that can wait for confirmation.
pub type MaxTurns = ConstU32<16>;

/// A message at which a cluster may come to another version.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Turn {
    /// The message.
    pub seq: Seq,
    /// The version that an Upgrade message takes the state over from; it does nothing on another.
    /// None for an amendment, which takes over whatever there is that is older.
    pub from: Option<EngineVersion>,
    /// The version from this message on.
    pub to: EngineVersion,
    /// The block that brought it.
    pub at: BlockNumber,
}

impl Turn {
    /// Order in the queue; of a message's, the amendment comes first.
    fn place(&self) -> (Seq, bool) {
        (self.seq, self.from.is_some())
    }
}

/// What runs after these turns, if they all succeed, and which of them brought it.
fn run_through(start: EngineVersion, turns: &[Turn]) -> (EngineVersion, Option<Turn>) {
    let (mut version, mut last) = (start, None);
    for (index, turn) in turns.iter().enumerate() {
        let counts = match turn.from {
            // An amendment of the very message names another target for it.
            Some(from) => {
                let amended = index
                    .checked_sub(1)
                    .and_then(|before| turns.get(before))
                    .is_some_and(|before| before.seq == turn.seq);
                from == version && !amended
            }
            // One of an older message may have brought something newer, and then there is nothing to
            // take over.
            None => turn.to > version,
        };
        if counts {
            version = turn.to;
            last = Some(*turn);
        }
    }
    (version, last)
}

impl<T: Config> Pallet<T> {
    /// The version that runs just before a message, if the turns ahead of it succeed.
    pub(crate) fn engine_before(
        cluster: ClusterId,
        confirmed: EngineVersion,
        seq: Seq,
    ) -> EngineVersion {
        let turns = Moves::<T>::get(cluster);
        let ahead: Vec<_> = turns.into_iter().filter(|turn| turn.seq < seq).collect();
        run_through(confirmed, &ahead).0
    }

    /// Notes that a cluster may come to a version, which is in use from now on. An amendment
    /// replaces an earlier one of its message.
    ///
    /// # Errors
    /// `TooManyAmendments`.
    pub(crate) fn add_turn(cluster: ClusterId, turn: Turn) -> Result<(), Error<T>> {
        let mut turns = Moves::<T>::get(cluster);
        let replaced = turns.iter().position(|it| it.place() == turn.place());
        if let Some(replaced) = replaced {
            let old = turns.remove(replaced);
            Self::leave_engine(old.to);
        }
        let at = turns.partition_point(|it| it.place() < turn.place());
        turns
            .try_insert(at, turn)
            .map_err(|_| Error::<T>::TooManyAmendments)?;
        Moves::<T>::insert(cluster, turns);
        Self::use_engine(turn.to);
        Self::note_pending(cluster);
        Ok(())
    }

    /// Forgets turns that can't come any more, or that are confirmed. Gives them.
    pub(crate) fn drop_turns(cluster: ClusterId, over: impl Fn(&Turn) -> bool) -> Vec<Turn> {
        let mut turns = Moves::<T>::get(cluster);
        let dropped: Vec<_> = turns.iter().copied().filter(|turn| over(turn)).collect();
        if dropped.is_empty() {
            return dropped;
        }
        turns.retain(|turn| !over(turn));
        if turns.is_empty() {
            Moves::<T>::remove(cluster);
        } else {
            Moves::<T>::insert(cluster, turns);
        }
        for turn in &dropped {
            Self::leave_engine(turn.to);
        }
        Self::note_pending(cluster);
        dropped
    }

    /// Writes into the cluster's record what its turns come to.
    fn note_pending(cluster: ClusterId) {
        Clusters::<T>::mutate(cluster, |record| {
            let Some(record) = record else { return };
            let pending = Self::pending_of(cluster, record.engine);
            // A move that isn't queued yet is noted by itself.
            if pending.is_some() || record.pending.is_some_and(|it| it.seq.is_some()) {
                record.pending = pending;
            }
        });
    }

    /// The move that a cluster's turns come to.
    pub(crate) fn pending_of(cluster: ClusterId, confirmed: EngineVersion) -> Option<Move> {
        let turns = Moves::<T>::get(cluster);
        let (to, last) = run_through(confirmed, &turns);
        let turn = last.or(turns.last().copied())?;
        Some(Move {
            to,
            at: turn.at,
            seq: Some(turn.seq),
        })
    }
}
