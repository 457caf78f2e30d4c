//! What one message would have done under a newer engine, on the very state that it met.

use crate::{
    codes::KnownCodes,
    compared::{difference, Difference},
    error::WorkerError,
    exec::{
        amendment, with_stack, BlockExecutor, BlockOutcome, MessageReceipt, ParkReason, Parked,
        NO_ENGINE,
    },
    handle::WorkerHandle,
};
use fat_contracts_primitives::{
    Amendment, BlockNumber, ClusterBlock, ClusterMessage, EngineRecord, EngineVersion, Remedy, Seq,
};
use pink_capi::types::Outcome;
use std::collections::BTreeMap;

/// One message under the engine that executed it, and under another one.
#[derive(Clone, Debug)]
pub struct MessageRehearsal {
    /// Its block.
    pub block: BlockNumber,
    /// The version that executed it.
    pub from: EngineVersion,
    /// The version that it was tried under.
    pub to: EngineVersion,
    /// How the move to `to` ends, made just before the message. If it isn't a success, the message wasn't tried.
    pub upgrade: Outcome,
    /// What the message gave.
    pub was: MessageReceipt,
    /// What it gives under `to`; none if it wasn't tried.
    pub other: Option<MessageReceipt>,
    /// In what the two differ, as a rehearsal of many compares them; none if in nothing of that.
    pub difference: Option<Difference>,
}

/// Executes one message again on the state that it met, which is that after the block before, with what its block did before it;
/// then on the same state as `to` takes it over. That is what an amendment `ExecuteFrom` of this message would have made of it:
/// what came before in its block is executed as it was, and nothing that came behind is.
///
/// # Errors
/// [`WorkerError::NotExecuted`], [`WorkerError::MessageNotKept`] or a store's error if the message or the state before it isn't
/// there; [`WorkerError::NotNewer`]; [`WorkerError::NoUpgradePath`]; [`WorkerError::NotTried`] if no engine has a part in the
/// message; [`WorkerError::NotReproduced`] if the history doesn't give again what it gave; or an engine failed.
pub fn rehearse_message(
    worker: &WorkerHandle,
    seq: Seq,
    to: EngineVersion,
    record: &EngineRecord,
) -> Result<MessageRehearsal, WorkerError> {
    let (_, _, kept) = worker.head()?.ok_or(WorkerError::Empty)?;
    if seq >= kept.next_seq {
        let next = kept.next_seq;
        return Err(WorkerError::NotExecuted { seq, next });
    }
    let not_kept = || WorkerError::MessageNotKept { seq };
    let mut input = worker.block_of(seq)?.ok_or_else(not_kept)?;
    let block = input.number;
    let before = block.checked_sub(1).ok_or_else(not_kept)?;
    worker.executed_here(block)?;
    // Nothing that came behind it has a part in this.
    input.messages.retain(|(it, _)| *it <= seq);
    let mut receipts = worker.receipts(block)?;
    receipts.retain(|it| it.seq <= seq);
    let was = receipts.last().filter(|it| it.seq == seq).cloned();
    let was = was.ok_or_else(not_kept)?;
    let from = was.engine;
    tryable(&input, &was)?;
    if to <= from {
        return Err(WorkerError::NotNewer { from, to });
    }
    if !record.upgrades_from.contains(&from) {
        return Err(WorkerError::NoUpgradePath { from, to });
    }
    let before = worker.store().snapshot_at(before)?;
    let codes = KnownCodes {
        store: worker.store(),
        new: BTreeMap::new(),
    };
    let executor = BlockExecutor {
        registry: worker.registry(),
        codes: &codes,
        cluster_key: worker.cluster_key(),
    };
    let execute = |input: &ClusterBlock| -> Result<Result<BlockOutcome, Parked>, WorkerError> {
        Ok(with_stack(|| executor.execute(&before, input))?)
    };
    let again = execute(&input)?.map_err(|parked| *parked.reason)?;
    if again.receipts != receipts {
        return Err(WorkerError::NotReproduced { block });
    }
    let none = MessageRehearsal {
        block,
        from,
        to,
        upgrade: Outcome::Success,
        was,
        other: None,
        difference: None,
    };
    let tried = match execute(&moved_before(input, seq, to, record))? {
        Ok(tried) => tried,
        Err(parked) => {
            return match *parked.reason {
                ParkReason::UpgradeImpossible { outcome, .. } => Ok(MessageRehearsal {
                    upgrade: outcome,
                    ..none
                }),
                reason => Err(reason.into()),
            };
        }
    };
    let other = tried.receipts.into_iter().find(|it| it.seq == seq);
    let differing = other
        .as_ref()
        .and_then(|other| difference(block, &none.was, other));
    Ok(MessageRehearsal {
        other,
        difference: differing,
        ..none
    })
}

/// That an engine executes the message, in the cluster's state: it is tried under another one.
fn tryable(input: &ClusterBlock, was: &MessageReceipt) -> Result<(), WorkerError> {
    let not_tried = |why| WorkerError::NotTried { seq: was.seq, why };
    let message = input.messages.last().map(|(_, message)| message);
    if matches!(
        message,
        Some(ClusterMessage::Setup { .. } | ClusterMessage::Upgrade { .. })
    ) {
        return Err(not_tried("it puts the state under an engine itself"));
    }
    if was.engine == NO_ENGINE {
        return Err(not_tried("there was no cluster that an engine runs"));
    }
    match amendment(input, was.seq) {
        Some((_, Remedy::Skip)) => Err(not_tried("governance had it skipped")),
        _ => Ok(()),
    }
}

/// The block, as if governance had said of its last message that `to` executes it, by the file that is here.
fn moved_before(
    mut input: ClusterBlock,
    seq: Seq,
    to: EngineVersion,
    record: &EngineRecord,
) -> ClusterBlock {
    input.engines.retain(|(version, _)| *version != to);
    input.engines.push((to, record.clone()));
    let remedy = Remedy::ExecuteFrom(to);
    input
        .amended_later
        .push((input.number, Amendment { seq, remedy }));
    input
}
