//! What the chain has of a cluster's key.

use crate::{
    keys::{CLUSTER_KEYS, MEMBERS, PROGRESS, SEALED_KEYS, WORKER_KEYS},
    state::{pick, State},
    stored::ClusterMember,
};
use fat_contracts_primitives::{AccountId, ClusterId};
use pink_worker_core::source::{KeyMember, KeyState, SourceError};

/// See [`pink_worker_core::source::ChainSource::cluster_keys`].
pub(crate) fn cluster_keys(
    state: &dyn State,
    cluster: ClusterId,
    worker: &AccountId,
) -> Result<KeyState, SourceError> {
    let keys = [
        MEMBERS.key((cluster,)),
        PROGRESS.key((cluster,)),
        CLUSTER_KEYS.key((cluster,)),
    ];
    let values = state.read_all(&keys)?;
    let mut members = pick(&values, &MEMBERS, (cluster,))?.unwrap_or_default();
    members.retain(|member| member.diverged.is_none());
    let sealed_to = |who: &AccountId| SEALED_KEYS.key((cluster, who.clone()));
    let of_members = members.iter().flat_map(|member| {
        let key = WORKER_KEYS.key((member.worker.clone(),));
        [key, sealed_to(&member.worker)]
    });
    let keys: Vec<_> = of_members.chain([sealed_to(worker)]).collect();
    let held = state.read_all(&keys)?;
    let envelopes = |to: &AccountId| {
        let found = pick(&held, &SEALED_KEYS, (cluster, to.clone()));
        found.map(Option::unwrap_or_default)
    };
    let first = members.iter().find(|member| member.lapsed.is_none());
    Ok(KeyState {
        commitment: pick(&values, &CLUSTER_KEYS, (cluster,))?,
        first: first.map(|member| member.worker.clone()),
        confirmed: pick(&values, &PROGRESS, (cluster,))?
            .unwrap_or_default()
            .confirmed
            .block,
        envelopes: envelopes(worker)?
            .into_iter()
            .map(|it| (it.from, it.sealed))
            .collect(),
        members: members
            .into_iter()
            .map(|ClusterMember { worker: member, .. }| {
                let ours = envelopes(&member)?
                    .into_iter()
                    .find(|it| it.from == *worker);
                Ok(KeyMember {
                    key: pick(&held, &WORKER_KEYS, (member.clone(),))?,
                    sealed: ours.map(|it| it.sealed),
                    worker: member,
                })
            })
            .collect::<Result<_, SourceError>>()?,
    })
}
