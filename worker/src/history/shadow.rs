use super::{
    compare::{difference, Difference, GasRatios},
    Fork,
};
use crate::{
    exec::with_stack,
    worker::{ExecutedBlock, KnownCodes, Worker, WorkerError},
};
use fat_contracts_primitives::{BlockNumber, ClusterBlock, EngineRecord, EngineVersion};
use pink_capi::types::{Outcome, Receipt};
use std::collections::BTreeMap;

/// What a pending engine made of a block that the current one executed.
#[derive(Clone, Debug)]
pub struct ShadowReport {
    /// The block.
    pub block: BlockNumber,
    /// Messages that do something else.
    pub differences: Vec<Difference>,
    /// Gas under the pending engine by gas as it was.
    pub gas: GasRatios,
}

/// Runs every block under a pending engine as well, on a fork that begins where the upgrade was
/// first seen. The state is never touched, and a failure here stops nothing but the shadow.
#[derive(Debug)]
pub struct Shadow<'w> {
    worker: &'w Worker,
    fork: Fork<'w>,
    upgrade: Receipt,
}

impl<'w> Shadow<'w> {
    /// Forks the worker's newest state and moves the fork to the pending version.
    ///
    /// # Errors
    /// There is no cluster yet, or the store or the pending engine failed.
    pub fn start(
        worker: &'w Worker,
        to: EngineVersion,
        record: &EngineRecord,
    ) -> Result<Self, WorkerError> {
        let (head, _, kept) = worker.head()?.ok_or(WorkerError::Empty)?;
        let from = kept.engine.ok_or(WorkerError::Empty)?;
        let input = worker.input(head)?.ok_or(WorkerError::Empty)?;
        let base = worker.store().snapshot()?;
        let mut fork = Fork::new(base, worker.registry(), to, record.clone());
        let codes = KnownCodes {
            store: worker.store(),
            new: BTreeMap::new(),
        };
        let upgrade = with_stack(|| fork.upgrade(from, &input, &codes))??;
        Ok(Self {
            worker,
            fork,
            upgrade,
        })
    }

    /// What the upgrade itself gave. If it isn't a success, there is nothing to follow.
    pub fn upgrade(&self) -> &Receipt {
        &self.upgrade
    }

    /// Runs a block that the worker executed, and compares.
    ///
    /// # Errors
    /// The store or the pending engine failed.
    pub fn follow(
        &mut self,
        input: &ClusterBlock,
        really: &ExecutedBlock,
    ) -> Result<ShadowReport, WorkerError> {
        let mut report = ShadowReport {
            block: input.number,
            differences: Vec::new(),
            gas: GasRatios::default(),
        };
        if self.upgrade.outcome != Outcome::Success {
            return Ok(report);
        }
        let codes = KnownCodes {
            store: self.worker.store(),
            new: BTreeMap::new(),
        };
        let outcome = with_stack(|| self.fork.execute(input, &codes))??;
        for other in &outcome.receipts {
            let Some(was) = really.receipts.iter().find(|was| was.seq == other.seq) else {
                continue;
            };
            report
                .differences
                .extend(difference(input.number, was, other));
            report.gas.add(&was.receipt, &other.receipt);
        }
        Ok(report)
    }
}
