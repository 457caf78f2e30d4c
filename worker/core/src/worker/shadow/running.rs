//! A pending engine beside the running one, on a fork.

use crate::{
    compared::{Comparison, Fork},
    exec::{BlockExecutor, MessageReceipt, ParkReason},
    store::{Snapshot, StoreError},
};
use fat_contracts_primitives::{ClusterBlock, EngineRecord, EngineVersion};
use pink_capi::types::{Outcome, Receipt};

/// Runs every block under a pending engine as well, on a fork that begins where the upgrade was
/// first seen. The state is never touched, and a failure here stops nothing but the shadow.
///
/// Its methods call engines: run them with [`crate::exec::with_stack`].
#[derive(Debug)]
pub(super) struct Shadow {
    fork: Fork,
    to: EngineVersion,
    upgrade: Receipt,
}

impl Shadow {
    /// Forks a state, and moves the fork to the pending version as of the beginning of a block.
    ///
    /// # Errors
    /// The pending engine can't be had, or failed.
    pub(super) fn start(
        executor: &BlockExecutor<'_>,
        base: Snapshot,
        from: EngineVersion,
        (to, record): (EngineVersion, &EngineRecord),
        input: &ClusterBlock,
    ) -> Result<Self, ParkReason> {
        let mut fork = Fork::new(base);
        let upgrade = fork.upgrade(executor, from, (to, record), input)?;
        Ok(Self { fork, to, upgrade })
    }

    /// The pending version.
    pub(super) fn to(&self) -> EngineVersion {
        self.to
    }

    /// What the upgrade itself gave. If it isn't a success, there is nothing to follow.
    pub(super) fn upgrade(&self) -> &Receipt {
        &self.upgrade
    }

    /// Runs a block that the worker executed, and compares what came of its messages.
    ///
    /// # Errors
    /// The pending engine failed.
    pub(super) fn follow(
        &mut self,
        executor: &BlockExecutor<'_>,
        input: &ClusterBlock,
        really: &[MessageReceipt],
    ) -> Result<Comparison, ParkReason> {
        let mut comparison = Comparison::default();
        if self.upgrade.outcome == Outcome::Success {
            let tried = self.fork.execute(executor, input);
            let tried = tried.map_err(|parked| *parked.reason)?;
            comparison.add(input.number, really, &tried.receipts);
        }
        Ok(comparison)
    }

    /// Lets the older state go that the fork stands on; see [`Fork::rebase`].
    ///
    /// # Errors
    /// The older state can't be read.
    pub(super) fn rebase<'k>(
        &mut self,
        newer: Snapshot,
        changed: impl IntoIterator<Item = &'k Vec<u8>>,
    ) -> Result<(), StoreError> {
        self.fork.rebase(newer, changed)
    }
}
