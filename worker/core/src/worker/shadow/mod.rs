//! Shadow mode: what the engine of a pending upgrade makes of every block.
//!
//! Nothing here can park a worker or change its state. What the shadow finds is for the operator.

mod running;

use super::{pending::pending_in, ExecutedBlock, Worker};
use crate::{
    codes::KnownCodes,
    compared::Comparison,
    error::{decode, WorkerError},
    exec::{with_stack, BlockExecutor, ParkReason},
    store::{BlockBatch, ExtraRow, StoreError},
};
use fat_contracts_primitives::{BlockNumber, ClusterBlock, EngineRecord, EngineVersion, Seq};
use parity_scale_codec::{Decode, Encode};
use pink_capi::types::Outcome;
use running::Shadow;
use std::collections::BTreeMap;

/// The store's table of what the shadow found; not part of the state.
const SHADOW_TABLE: &str = "shadow";
/// Its one row.
const SHADOW_KEY: &[u8] = b"last";

/// What a pending engine made of the blocks that the current one executed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ShadowSummary {
    /// The pending version.
    pub to: EngineVersion,
    /// The first block that was followed.
    pub since: BlockNumber,
    /// The last block that was to be followed.
    pub until: BlockNumber,
    /// How many were.
    pub blocks: u32,
    /// Their messages.
    pub messages: u64,
    /// Messages that do something else under it.
    pub differing: u64,
    /// The last of them.
    pub last_difference: Option<(BlockNumber, Seq)>,
    /// Why the last block couldn't be followed, if so. It is tried again with the next.
    pub failure: Option<String>,
}

/// Shadow mode, between blocks.
#[derive(Debug, Default)]
pub(crate) struct ShadowMode {
    running: Option<Shadow>,
}

impl Worker {
    /// What the shadow found about the version that it followed last; none if it never ran.
    ///
    /// # Errors
    /// The store failed.
    pub fn shadow(&self) -> Result<Option<ShadowSummary>, WorkerError> {
        let row = self.store().extra(SHADOW_TABLE, SHADOW_KEY)?;
        row.map(|bytes| decode(0, "shadow", &bytes)).transpose()
    }

    /// Runs blocks that were executed and committed under the pending engine as well, if shadow
    /// mode is on and an upgrade is pending. `before` is the version before the first of them.
    pub(crate) fn follow_in_shadow(
        &mut self,
        before: Option<EngineVersion>,
        inputs: &[&ClusterBlock],
        executed: &[ExecutedBlock],
        batch: &BlockBatch,
    ) -> Result<(), WorkerError> {
        let Some(mut mode) = self.shadow_mode.take() else {
            return Ok(());
        };
        let followed = self.follow_all(&mut mode, before, inputs, executed, batch);
        self.shadow_mode = Some(mode);
        followed
    }

    fn follow_all(
        &mut self,
        mode: &mut ShadowMode,
        mut current: Option<EngineVersion>,
        inputs: &[&ClusterBlock],
        executed: &[ExecutedBlock],
        batch: &BlockBatch,
    ) -> Result<(), WorkerError> {
        let mut summary = self.shadow()?;
        let known = summary.clone();
        for (input, really) in inputs.iter().zip(executed) {
            let from = std::mem::replace(&mut current, really.record.engine);
            let pending = pending_in(input, from);
            let (Some(from), Some((to, record))) = (from, pending) else {
                mode.running = None;
                continue;
            };
            let summary = match &mut summary {
                Some(summary) if summary.to == to => summary,
                other => other.insert(ShadowSummary {
                    to,
                    since: input.number,
                    until: input.number,
                    blocks: 0,
                    messages: 0,
                    differing: 0,
                    last_difference: None,
                    failure: None,
                }),
            };
            summary.until = input.number;
            let found = self.follow_one(mode, from, (to, record), input, really)?;
            summary.failure = match found {
                Ok(comparison) => {
                    note(summary, &comparison);
                    None
                }
                Err(failure) => {
                    tracing::warn!(version = %to, block = input.number, failure, "no shadow");
                    mode.running = None;
                    Some(failure)
                }
            };
        }
        if let Some(running) = &mut mode.running {
            let changed = batch.blocks.iter().flat_map(|block| block.changes.keys());
            running.rebase(self.store.snapshot()?, changed)?;
        }
        if summary != known {
            let row = ExtraRow {
                table: SHADOW_TABLE.into(),
                key: SHADOW_KEY.to_vec(),
                value: summary.map(|summary| summary.encode()),
            };
            let rows = BlockBatch {
                blocks: Vec::new(),
                extra: vec![row],
            };
            self.store.commit(&rows)?;
        }
        Ok(())
    }

    /// Follows one block, from a new fork if there is none yet; or says why it can't be.
    fn follow_one(
        &self,
        mode: &mut ShadowMode,
        from: EngineVersion,
        (to, record): (EngineVersion, &EngineRecord),
        input: &ClusterBlock,
        really: &ExecutedBlock,
    ) -> Result<Result<Comparison, String>, WorkerError> {
        let codes = KnownCodes {
            store: self.store(),
            new: BTreeMap::new(),
        };
        let executor = BlockExecutor {
            registry: self.registry(),
            codes: &codes,
            cluster_key: self.cluster_key(),
        };
        if mode.running.as_ref().is_none_or(|shadow| shadow.to() != to) {
            mode.running = None;
            let before = input.number.saturating_sub(1);
            let base = match self.store().snapshot_at(before) {
                Ok(base) => base,
                Err(error @ (StoreError::Pruned { .. } | StoreError::NoSuchBlock { .. })) => {
                    return Ok(Err(error.to_string()));
                }
                Err(error) => return Err(error.into()),
            };
            let start = || Shadow::start(&executor, base, from, (to, record), input);
            match with_stack(start)? {
                Ok(shadow) => mode.running = Some(shadow),
                Err(reason) => return Ok(Err(reason.to_string())),
            }
        }
        let Some(shadow) = &mut mode.running else {
            return Ok(Err("there is no fork".into()));
        };
        if let Outcome::Rejected(why) | Outcome::Trapped(why) = &shadow.upgrade().outcome {
            return Ok(Err(format!(
                "engine {to} doesn't take the state over: {why}"
            )));
        }
        let followed = with_stack(|| shadow.follow(&executor, input, &really.receipts))?;
        Ok(followed.map_err(|reason: ParkReason| reason.to_string()))
    }
}

/// Adds a block to what is known.
fn note(summary: &mut ShadowSummary, block: &Comparison) {
    summary.blocks = summary.blocks.saturating_add(1);
    summary.messages = summary.messages.saturating_add(block.messages);
    let differing = block.differences.len() as u64;
    summary.differing = summary.differing.saturating_add(differing);
    for difference in &block.differences {
        tracing::warn!(
            version = %summary.to,
            block = difference.block,
            seq = difference.seq,
            outcome = ?difference.outcome,
            other_outcome = ?difference.other_outcome,
            output = difference.output,
            events = difference.events,
            "a message does something else under the pending engine"
        );
    }
    if let Some(last) = block.differences.last() {
        summary.last_difference = Some((last.block, last.seq));
    }
}
