//! The key that a cluster's workers share: a commitment to it, and sealed copies for those who come.
//!
//! Contracts' keys are derived from a seed that the members of a cluster share. The chain never has
//! it. The cluster's first member draws it and commits to it, once: what was derived would change with
//! it. Governance alone can take a commitment back, for a cluster that has no use of it. Whoever comes later publishes an X25519 key, and the members that hold the seed seal
//! it to that. The chain can't look into an envelope; the newcomer compares what is in it with the
//! commitment, so a false one costs it nothing but the look.
//!
//! A newcomer has one envelope of each member, not one in all: else who lies could put a false one in
//! the place of every right one. What a member sealed outlasts its membership, as long as there is room,
//! so that the seed can be handed over by one who goes.
//!
//! The first member is whom the owner added first, of those that are there, agree with the others and
//! aren't silent for too long. Were it any member, a newcomer without the seed could commit to one of its
//! own where others have shared one by files for long.

use crate::{ClusterKeys, Config, Error, Event, Members, Pallet, SealedKeys, WorkerKeys, Workers};
use fat_contracts_primitives::{AccountId, ClusterId, EnvelopeKey, KeyCommitment, SealedKey};
use frame_support::{ensure, pallet_prelude::*};
use sp_runtime::DispatchResult;

/// A seed that a member sealed to another one.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Envelope {
    /// Who sealed it.
    pub from: AccountId,
    /// What only the worker can open to which it was sealed.
    pub sealed: SealedKey,
}

impl<T: Config> Pallet<T> {
    /// The member that draws the seed of a cluster and commits to it.
    pub fn first_member(cluster: ClusterId) -> Option<AccountId> {
        Members::<T>::get(cluster)
            .into_iter()
            .find(|member| member.diverged.is_none() && member.lapsed.is_none())
            .map(|member| member.worker)
    }

    /// A key to which something was sealed stays, as long as its worker stays in the cluster: else it
    /// could have all the others pay for new envelopes as often as it likes.
    pub(crate) fn do_set_worker_key(worker: AccountId, key: EnvelopeKey) -> DispatchResult {
        let admitted = Workers::<T>::get(&worker).ok_or(Error::<T>::WorkerNotFound)?;
        if WorkerKeys::<T>::get(&worker) == Some(key) {
            return Ok(());
        }
        let sealed = admitted
            .cluster
            .is_some_and(|cluster| SealedKeys::<T>::contains_key(cluster, &worker));
        ensure!(!sealed, Error::<T>::WorkerKeyInUse);
        WorkerKeys::<T>::insert(&worker, key);
        Self::deposit_event(Event::WorkerKeySet { worker, key });
        Ok(())
    }

    pub(crate) fn do_commit_cluster_key(
        worker: AccountId,
        cluster: ClusterId,
        commitment: KeyCommitment,
    ) -> DispatchResult {
        Self::ensure_agreeing_member(cluster, &worker)?;
        ensure!(
            !ClusterKeys::<T>::contains_key(cluster),
            Error::<T>::ClusterKeyExists
        );
        ensure!(
            Self::first_member(cluster).as_ref() == Some(&worker),
            Error::<T>::NotFirstMember
        );
        ClusterKeys::<T>::insert(cluster, commitment);
        Self::deposit_event(Event::ClusterKeyCommitted {
            cluster,
            worker,
            commitment,
        });
        Ok(())
    }

    pub(crate) fn do_share_cluster_key(
        from: AccountId,
        cluster: ClusterId,
        to: AccountId,
        sealed: SealedKey,
    ) -> DispatchResult {
        Self::ensure_agreeing_member(cluster, &from)?;
        Self::ensure_agreeing_member(cluster, &to)?;
        ensure!(
            ClusterKeys::<T>::contains_key(cluster),
            Error::<T>::NoClusterKey
        );
        ensure!(WorkerKeys::<T>::contains_key(&to), Error::<T>::NoWorkerKey);
        let mut envelopes = SealedKeys::<T>::get(cluster, &to);
        envelopes.retain(|envelope| envelope.from != from);
        if envelopes.is_full() {
            // There are no more members than envelopes may be: somebody's who left is among them.
            let members = Members::<T>::get(cluster);
            envelopes.retain(|envelope| members.iter().any(|it| it.worker == envelope.from));
        }
        let envelope = Envelope {
            from: from.clone(),
            sealed,
        };
        envelopes
            .try_push(envelope)
            .map_err(|_| Error::<T>::TooManyMembers)?;
        SealedKeys::<T>::insert(cluster, &to, envelopes);
        Self::deposit_event(Event::ClusterKeyShared { cluster, from, to });
        Ok(())
    }

    /// Only members have envelopes, so there are no more lists than members.
    pub(crate) fn do_clear_cluster_key(cluster: ClusterId) -> DispatchResult {
        let commitment = ClusterKeys::<T>::take(cluster).ok_or(Error::<T>::NoClusterKey)?;
        for member in Members::<T>::get(cluster) {
            SealedKeys::<T>::remove(cluster, &member.worker);
        }
        Self::deposit_event(Event::ClusterKeyCleared {
            cluster,
            commitment,
        });
        Ok(())
    }

    /// # Errors
    /// `NotMember`, `WorkerDiverged`.
    fn ensure_agreeing_member(cluster: ClusterId, worker: &AccountId) -> Result<(), Error<T>> {
        let members = Members::<T>::get(cluster);
        let member = members.iter().find(|member| member.worker == *worker);
        let member = member.ok_or(Error::<T>::NotMember)?;
        ensure!(member.diverged.is_none(), Error::<T>::WorkerDiverged);
        Ok(())
    }
}
