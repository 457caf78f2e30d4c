//! A cluster whose Setup fails was never there: nobody's money may stay in it.

use crate::{Clusters, Config, Event, Pallet, Progress, Queues, Refunds, Setup, LOG_TARGET};
use fat_contracts_primitives::{AccountId, Balance, ClusterId, ClusterStatus, Seq};
use frame_support::pallet_prelude::*;

/// Whose money a deposit is, if it never arrives.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Refund {
    /// The chain account that paid.
    pub to: AccountId,
    /// How much.
    pub amount: Balance,
}

impl<T: Config> Pallet<T> {
    /// Remembers whose a deposit is, until it is known that there is a ledger for it.
    pub(crate) fn note_deposit(cluster: ClusterId, seq: Seq, to: AccountId, amount: Balance) {
        let done = matches!(Progress::<T>::get(cluster).setup, Setup::Done { .. });
        if !done && amount > 0 {
            Refunds::<T>::insert(cluster, seq, Refund { to, amount });
        }
    }

    /// What workers confirmed about the Setup.
    pub(crate) fn setup_confirmed(cluster: ClusterId, failed: bool) {
        let mut progress = Progress::<T>::get(cluster);
        if progress.setup != Setup::Unconfirmed {
            return;
        }
        progress.setup = if failed {
            Setup::Failed
        } else {
            Setup::Done {
                before: Queues::<T>::get(cluster).next,
            }
        };
        Progress::<T>::insert(cluster, progress);
        if !failed {
            return;
        }
        log::warn!(target: LOG_TARGET, "cluster {cluster}: its Setup failed");
        Self::deposit_event(Event::SetupFailed { cluster });
        let open =
            Clusters::<T>::get(cluster).filter(|record| record.status == ClusterStatus::Active);
        if let Some(record) = open {
            Self::close(cluster, record);
        }
        // The owner's own. The others' are claimed by anyone, or paid when they are pruned: there
        // may be more of them than one call can pay.
        Self::refund(cluster, 0);
    }

    /// Gives back a deposit that never arrived.
    fn refund(cluster: ClusterId, seq: Seq) {
        if let Some(Refund { to, amount }) = Refunds::<T>::take(cluster, seq) {
            Self::owe(cluster, seq, to, amount);
        }
    }

    /// Gives back a deposit that is skipped, if it wasn't given back already.
    pub(crate) fn refund_skipped(cluster: ClusterId, seq: Seq, from: AccountId, amount: Balance) {
        let noted = Refunds::<T>::take(cluster, seq).is_some();
        let done = matches!(Progress::<T>::get(cluster).setup, Setup::Done { .. });
        if noted || done {
            Self::owe(cluster, seq, from, amount);
        }
    }

    /// A message is pruned: what is noted about its deposit has to be done now.
    pub(crate) fn prune_refund(cluster: ClusterId, setup: Setup, seq: Seq) {
        match setup {
            Setup::Done { before } if seq < before => Refunds::<T>::remove(cluster, seq),
            // What nobody knows stays.
            Setup::Done { .. } | Setup::Unconfirmed => {}
            Setup::Failed => Self::refund(cluster, seq),
        }
    }
}
