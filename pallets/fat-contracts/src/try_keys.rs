//! Invariants of the keys that clusters' workers share.

use crate::{ClusterKeys, Config, Members, Pallet, SealedKeys, WorkerKeys, Workers};
use fat_contracts_primitives::ClusterId;
use frame_support::ensure;
use sp_runtime::DispatchError;

type Check = Result<(), DispatchError>;

impl<T: Config> Pallet<T> {
    /// What is sealed is sealed to members with a key, in a cluster with a commitment, once by each.
    pub(crate) fn check_keys(cluster: ClusterId) -> Check {
        let other = DispatchError::Other;
        let members = Members::<T>::get(cluster);
        ensure!(
            !members.is_empty() || SealedKeys::<T>::iter_prefix(cluster).next().is_none(),
            other("a key that is sealed in a cluster without members")
        );
        for (to, envelopes) in SealedKeys::<T>::iter_prefix(cluster) {
            ensure!(
                ClusterKeys::<T>::contains_key(cluster),
                other("a key that is sealed and that nobody committed to")
            );
            ensure!(
                members.iter().any(|member| member.worker == to)
                    && WorkerKeys::<T>::contains_key(&to),
                other("a key that is sealed to who isn't a member, or has no key")
            );
            let mut senders: alloc::vec::Vec<_> = envelopes.iter().map(|it| &it.from).collect();
            senders.sort();
            senders.dedup();
            ensure!(
                senders.len() == envelopes.len() && !envelopes.is_empty(),
                other("two envelopes of one sender, or a list of none")
            );
        }
        Ok(())
    }

    pub(crate) fn check_worker_keys() -> Check {
        let admitted = |worker| Workers::<T>::contains_key(worker);
        ensure!(
            WorkerKeys::<T>::iter_keys().all(admitted),
            DispatchError::Other("a key of a worker that isn't admitted")
        );
        let clusters = ClusterKeys::<T>::iter_keys();
        let known = |cluster: ClusterId| cluster <= crate::ClusterCount::<T>::get();
        ensure!(
            clusters.into_iter().all(known),
            DispatchError::Other("a commitment of no cluster")
        );
        Ok(())
    }
}
