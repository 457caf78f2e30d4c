//! Upgrading a cluster to a newer engine.

use crate::{
    tiers::QueuePriority, transitions::Transition, Clusters, Config, Engines, Error, Event,
    InternalError, Members, Pallet, UpgradesAt, Workers, LOG_TARGET,
};
use fat_contracts_primitives::{
    BlockNumber, ClusterId, ClusterMessage, ClusterRecord, ClusterStatus, EngineStatus,
    EngineVersion, PendingUpgrade, Seq, Weight as GasWeight,
};
use frame_support::{
    defensive, ensure,
    pallet_prelude::*,
    traits::{DefensiveResult, Get},
};
use sp_runtime::{DispatchError, DispatchResult};

/// Why an upgrade that was scheduled didn't take place.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum DropReason {
    /// The target was revoked meanwhile.
    #[codec(index = 0)]
    Revoked,
    /// The cluster runs it, or something newer, already.
    #[codec(index = 1)]
    NotNewer,
    /// Workers disagree about the cluster's state.
    #[codec(index = 2)]
    Diverged,
    /// The cluster is being destroyed.
    #[codec(index = 3)]
    Closing,
    /// The queue had no room even for this.
    #[codec(index = 4)]
    QueueFull,
    /// No system contract is set for an engine that needs one.
    #[codec(index = 5)]
    NoPinkSystemCode,
    /// Governance amended the cluster's history instead.
    #[codec(index = 6)]
    Amended,
    /// The owner or governance cancelled it.
    #[codec(index = 7)]
    Cancelled,
}

impl<T: Config> Pallet<T> {
    /// Schedules an upgrade. The owner's, governance's and the system contract's are of one kind.
    ///
    /// # Errors
    /// `ClusterNotFound`, `ClusterClosing`, `ClusterDiverged`, `UpgradePending`,
    /// `EngineNotFound`, `EngineNotActive`, `NotNewer`, `UnsupportedUpgradePath`,
    /// `NoPinkSystemCode`, `TooSoon`, `NotEnoughWorkersReady`, `TooManyUpgrades`.
    pub(crate) fn schedule_upgrade(
        cluster: ClusterId,
        to: EngineVersion,
        at: BlockNumber,
    ) -> DispatchResult {
        let mut record = Clusters::<T>::get(cluster).ok_or(Error::<T>::ClusterNotFound)?;
        ensure!(
            record.status == ClusterStatus::Active,
            Error::<T>::ClusterClosing
        );
        ensure!(record.diverged.is_none(), Error::<T>::ClusterDiverged);
        ensure!(record.pending.is_none(), Error::<T>::UpgradePending);
        Self::check_path(&record, to)?;
        Self::system_code_for(to)?;
        ensure!(at >= Self::earliest_upgrade(), Error::<T>::TooSoon);
        let (have, need) = Self::readiness(cluster, to);
        ensure!(
            have >= need,
            Error::<T>::NotEnoughWorkersReady {
                have: u8::try_from(have).unwrap_or(u8::MAX),
                need: u8::try_from(need).unwrap_or(u8::MAX),
            }
        );
        UpgradesAt::<T>::try_append(at, cluster).map_err(|_| Error::<T>::TooManyUpgrades)?;
        record.pending = Some(PendingUpgrade { to, at, seq: None });
        let from = record.engine;
        Clusters::<T>::insert(cluster, record);
        Self::deposit_event(Event::UpgradeScheduled {
            cluster,
            from,
            to,
            at,
        });
        Ok(())
    }

    /// Whether a cluster may come to a version.
    pub(crate) fn check_path(record: &ClusterRecord, to: EngineVersion) -> Result<(), Error<T>> {
        let engine = Self::active_engine(to)?;
        let from = record.engine_of_the_tail();
        ensure!(to > from, Error::<T>::NotNewer);
        ensure!(
            engine.upgrades_from.contains(&from),
            Error::<T>::UnsupportedUpgradePath
        );
        Ok(())
    }

    /// The first block that an upgrade requested now may name.
    pub fn earliest_upgrade() -> BlockNumber {
        Self::now().saturating_add(T::MinUpgradeNotice::get())
    }

    /// How many of a cluster's workers announced a file of the version, and how many it takes:
    /// max(1, ⌈threshold × n⌉).
    pub fn readiness(cluster: ClusterId, version: EngineVersion) -> (u32, u32) {
        let members = Members::<T>::get(cluster);
        let files = Engines::<T>::get(version).map(|engine| engine.artefacts);
        let has_file = |worker: &_| {
            let announced = Workers::<T>::get(worker).map(|worker| worker.engines);
            let (Some(files), Some(announced)) = (&files, announced) else {
                return false;
            };
            files.iter().any(|file| announced.contains(&file.hash))
        };
        let counted = members
            .iter()
            .filter(|m| m.diverged.is_none() && m.lapsed.is_none());
        let (mut all, mut have) = (0u32, 0u32);
        for member in counted {
            all = all.saturating_add(1);
            have = have.saturating_add(u32::from(has_file(&member.worker)));
        }
        let need = T::ReadyThreshold::get().mul_ceil(all).max(1);
        (have, need)
    }

    pub(crate) fn do_cancel_upgrade(cluster: ClusterId, record: ClusterRecord) -> DispatchResult {
        let unqueued = record.pending.is_some_and(|pending| pending.seq.is_none());
        ensure!(unqueued, Error::<T>::NoPendingUpgrade);
        Self::drop_scheduled(cluster, record, DropReason::Cancelled);
        Ok(())
    }

    /// Takes back an upgrade that isn't queued yet, if there is one. Writes the record.
    pub(crate) fn drop_scheduled(
        cluster: ClusterId,
        mut record: ClusterRecord,
        reason: DropReason,
    ) -> ClusterRecord {
        if let Some(PendingUpgrade { to, at, seq: None }) = record.pending {
            UpgradesAt::<T>::mutate_exists(at, |clusters| {
                if let Some(list) = clusters {
                    list.retain(|scheduled| *scheduled != cluster);
                    if list.is_empty() {
                        *clusters = None;
                    }
                }
            });
            record.pending = None;
            Clusters::<T>::insert(cluster, &record);
            log::warn!(target: LOG_TARGET, "cluster {cluster}: the upgrade to {to} is dropped ({reason:?})");
            Self::deposit_event(Event::UpgradeDropped {
                cluster,
                to,
                reason,
            });
        }
        record
    }

    /// Appends the Upgrade messages that are due, before any other message of the block. Returns
    /// their number.
    pub(crate) fn begin_due_upgrades() -> u32 {
        let due = UpgradesAt::<T>::take(Self::now());
        for cluster in &due {
            let Some(mut record) = Clusters::<T>::get(cluster) else {
                continue;
            };
            let Some(PendingUpgrade { to, at, seq: None }) = record.pending else {
                Self::internal_error(InternalError::LostUpgrade);
                defensive!("a scheduled cluster has no upgrade pending");
                continue;
            };
            record.pending = None;
            Clusters::<T>::insert(cluster, &record);
            if let Err(reason) = Self::begin_upgrade(*cluster, &record, to, at) {
                log::warn!(target: LOG_TARGET, "cluster {cluster}: the upgrade to {to} is dropped ({reason:?})");
                Self::deposit_event(Event::UpgradeDropped {
                    cluster: *cluster,
                    to,
                    reason,
                });
            }
        }
        due.len() as u32
    }

    fn begin_upgrade(
        cluster: ClusterId,
        record: &ClusterRecord,
        to: EngineVersion,
        at: BlockNumber,
    ) -> Result<(), DropReason> {
        let from = record.engine_of_the_tail();
        let revoked = Engines::<T>::get(to).is_none_or(|e| e.status == EngineStatus::Revoked);
        ensure!(!revoked, DropReason::Revoked);
        ensure!(to > from, DropReason::NotNewer);
        ensure!(record.diverged.is_none(), DropReason::Diverged);
        let active = record.status == ClusterStatus::Active;
        ensure!(active, DropReason::Closing);
        let system_code = Self::system_code_for(to).map_err(|_| DropReason::NoPinkSystemCode)?;
        let message = ClusterMessage::Upgrade {
            from,
            to,
            system_code,
        };
        let seq = Self::enqueue(
            cluster,
            message,
            QueuePriority::System,
            GasWeight::default(),
        )
        .map_err(|_| DropReason::QueueFull)?;
        log::debug!(target: LOG_TARGET, "cluster {cluster}: the upgrade from {from} to {to} is message {seq}");
        Self::deposit_event(Event::UpgradeQueued {
            cluster,
            seq,
            from,
            to,
        });
        // An upgrade is scheduled only where no other is under way, so there is room.
        let from = Some(from);
        Self::add_transition(cluster, Transition { seq, from, to, at }).defensive_ok();
        Ok(())
    }

    /// Notes which engine a cluster runs, after the messages up to `last_seq`.
    pub(crate) fn engine_confirmed(cluster: ClusterId, last_seq: Seq, engine: EngineVersion) {
        let known = Engines::<T>::contains_key(engine);
        if !known {
            Self::internal_error(InternalError::UnknownEngine);
        }
        Clusters::<T>::mutate(cluster, |record| {
            let Some(record) = record.as_mut().filter(|record| record.engine != engine) else {
                return;
            };
            if known {
                let from = core::mem::replace(&mut record.engine, engine);
                Self::use_engine(engine);
                Self::leave_engine(from);
                log::debug!(target: LOG_TARGET, "cluster {cluster}: upgraded from {from} to {engine}");
                Self::deposit_event(Event::RuntimeUpgraded {
                    cluster,
                    from,
                    to: engine,
                });
            }
        });
        // What is confirmed is over, and so is an Upgrade from a version that is left behind.
        Self::drop_transitions(cluster, |transition| {
            let overtaken = transition.from.is_some_and(|from| from < engine);
            transition.seq <= last_seq || (known && overtaken)
        });
    }

    /// The system contract asked for an upgrade: it is treated as the owner's call, at the earliest
    /// block.
    pub(crate) fn upgrade_requested(cluster: ClusterId, to: EngineVersion) {
        let at = Self::earliest_upgrade();
        let scheduled =
            frame_support::storage::with_storage_layer(|| Self::schedule_upgrade(cluster, to, at));
        if let Err(reason) = scheduled {
            Self::reject_request(cluster, to, reason);
        }
    }

    fn reject_request(cluster: ClusterId, to: EngineVersion, reason: DispatchError) {
        Self::deposit_event(Event::UpgradeRequestRejected {
            cluster,
            to,
            reason,
        });
    }
}
