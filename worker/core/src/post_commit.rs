//! What follows from a block on this worker alone: the commands that its contracts gave, and what
//! they said.
//!
//! Commands that outlive the process (shares, the log handler) are rows of the block's own
//! transaction; the rest is done once that is kept.

use crate::{
    commands::{self, Command, RefusedCommand},
    error::{decode, WorkerError},
    exec::{BlockExecutor, BlockOutcome, LogLine, Session, StateRead},
    handle::WorkerHandle,
    logs::{ExecMode, SystemMessage},
    store::{ExtraRow, Reader},
};
use fat_contracts_primitives::{ClusterBlock, ClusterMessage, Seq};
use parity_scale_codec::Encode;
use pink_capi::{
    calls::view,
    pink,
    types::{AccountId, Event, Hash},
};
use std::collections::BTreeMap;

/// The table of contracts' shares: address → weight.
const WEIGHTS_TABLE: &str = "local/weights";

/// What follows from a block.
#[derive(Debug)]
pub(crate) struct PostCommit {
    block_number: u32,
    now_ms: u64,
    messages: Vec<MessageOutput>,
    commands: Vec<(AccountId, Result<Command, RefusedCommand>)>,
}

/// What contracts said in a message.
#[derive(Debug)]
struct MessageOutput {
    seq: Seq,
    /// Who called which contract, and what came back; none of a message that called none.
    call: Option<(AccountId, AccountId, Vec<u8>)>,
    events: Vec<(AccountId, Vec<Hash>, Vec<u8>)>,
}

/// The contracts' shares, as they were last set.
///
/// # Errors
/// The store failed, or a row can't be read.
pub(crate) fn stored_weights(store: &Reader) -> Result<Vec<(AccountId, u32)>, WorkerError> {
    let rows = store.extra_range(WEIGHTS_TABLE, &[], usize::MAX)?;
    let weights = rows.into_iter().map(|(key, value)| {
        let contract = decode(0, "contract of a weight", &key)?;
        Ok((contract, decode(0, "weight of a contract", &value)?))
    });
    weights.collect()
}

/// The system contract after a block whose events are privileged commands; none of any other block.
pub(crate) fn system_contract(
    executor: &BlockExecutor<'_>,
    state: &dyn StateRead,
    input: &ClusterBlock,
    outcome: &BlockOutcome,
) -> Option<AccountId> {
    let events = outcome.receipts.iter().flat_map(|it| &it.receipt.events);
    if !events.into_iter().any(commands::is_privileged) {
        return None;
    }
    let version = outcome.engine?;
    let record = input.engine_record(version)?;
    let engine = executor.registry.get(version, record).ok()?;
    let mut session = Session::reading(state, executor.codes);
    let cluster = engine.view(&mut session, view::Cluster {});
    cluster.ok().flatten()?.system_contract
}

impl PostCommit {
    /// Collects what follows from a block; what contracts push only if somebody `listens`.
    pub(crate) fn of_block(
        input: &ClusterBlock,
        outcome: &BlockOutcome,
        system_contract: Option<AccountId>,
        listens: bool,
    ) -> Self {
        let messages: BTreeMap<Seq, &ClusterMessage> = input
            .messages
            .iter()
            .map(|(seq, message)| (*seq, message))
            .collect();
        let mut commands = Vec::new();
        let said = outcome.receipts.iter().map(|receipt| {
            let mut events = Vec::new();
            for event in &receipt.receipt.events {
                let Event::ContractEmitted {
                    contract,
                    topics,
                    data,
                } = event
                else {
                    continue;
                };
                if pink::is_pink(topics) {
                    let command = commands::check(system_contract, contract, data, false);
                    commands.push((*contract, command));
                }
                if listens {
                    events.push((*contract, topics.clone(), data.clone()));
                }
            }
            let call = match messages.get(&receipt.seq) {
                Some(ClusterMessage::Call {
                    origin, contract, ..
                }) if listens => Some((
                    origin.clone().into(),
                    contract.clone().into(),
                    receipt.receipt.output.clone(),
                )),
                _ => None,
            };
            MessageOutput {
                seq: receipt.seq,
                call,
                events,
            }
        });
        Self {
            block_number: input.number,
            now_ms: input.now_ms,
            messages: said.collect(),
            commands,
        }
    }

    /// The rows that belong into the block's transaction.
    pub(crate) fn rows(&self) -> Vec<ExtraRow> {
        let weights = self
            .commands
            .iter()
            .filter_map(|(_, command)| match command {
                Ok(Command::Weight(contract, weight)) => Some(ExtraRow {
                    table: WEIGHTS_TABLE.into(),
                    key: contract.to_vec(),
                    value: (*weight > 0).then(|| weight.encode()),
                }),
                _ => None,
            });
        weights.collect()
    }

    /// Applies the commands and says what was said, after the block is kept.
    pub(crate) fn follow(self, handle: &WorkerHandle, log: &[LogLine]) {
        let Self {
            block_number,
            now_ms,
            messages,
            commands,
        } = self;
        push_log(handle, block_number, ExecMode::Transaction, now_ms, log);
        for said in messages {
            for (contract, topics, payload) in said.events {
                push(handle, || SystemMessage::PinkEvent {
                    block_number,
                    contract,
                    topics,
                    payload,
                });
            }
            if let Some((origin, contract, output)) = said.call {
                push(handle, || SystemMessage::PinkMessageOutput {
                    block_number,
                    origin,
                    contract,
                    nonce: said.seq.to_be_bytes().to_vec(),
                    output,
                });
            }
        }
        for (contract, command) in commands {
            apply(handle, block_number, contract, command);
        }
    }
}

/// Applies a command, or says why not.
pub(crate) fn apply(
    handle: &WorkerHandle,
    block_number: u32,
    by: AccountId,
    command: Result<Command, RefusedCommand>,
) {
    match command {
        Ok(Command::Cache(command)) => {
            if let Some(services) = &handle.services {
                services.apply(&by, command);
            }
        }
        Ok(Command::Weight(contract, weight)) => {
            if let Some(services) = &handle.services {
                services.set_weight(contract, weight);
            }
            push(handle, || SystemMessage::WeightSet {
                block_number,
                contract,
                weight,
            });
        }
        Ok(Command::LogHandler(contract)) => push(handle, || SystemMessage::LogHandlerSet {
            block_number,
            contract,
        }),
        Ok(Command::ByEngine) => {}
        Err(RefusedCommand { command, reason }) => {
            let contract = hex::encode(by);
            tracing::error!(
                block_number,
                contract,
                command,
                "a command is refused: {reason}"
            );
            push(handle, || SystemMessage::CommandRefused {
                block_number,
                contract: by,
                command,
                reason,
            });
        }
    }
}

/// Gives the lines of a call to whoever listens.
pub(crate) fn push_log(
    handle: &WorkerHandle,
    block_number: u32,
    exec_mode: ExecMode,
    timestamp_ms: u64,
    log: &[LogLine],
) {
    for line in log {
        push(handle, || {
            let entry = line.entry.unwrap_or_default();
            SystemMessage::PinkLog {
                block_number,
                contract: line.contract.unwrap_or(entry),
                entry,
                exec_mode,
                timestamp_ms,
                level: line.level,
                message: line.text.clone(),
            }
        });
    }
}

fn push(handle: &WorkerHandle, message: impl FnOnce() -> SystemMessage) {
    if let Some(logs) = &handle.logs {
        logs.push(message());
    }
}
