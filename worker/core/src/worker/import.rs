//! Blocks come in: they are checked, executed, and kept in one transaction.

use super::{
    plan::{parked, GoBack, Plan},
    records::REWOUND_TABLE,
    shadow::ShadowMode,
    Worker,
};
use crate::{
    codes::{KnownCodes, CODES_TABLE},
    error::WorkerError,
    exec::{
        receipts_root, with_stack, BlockExecutor, BlockOutcome, BlockRecord, BlockState, Disorder,
        LogLine, MessageReceipt, ParkReason, Parked, Place, Promise, StateError, StateRead,
        SystemCodes,
    },
    observe::Observer,
    post_commit::{self, PostCommit},
    read_cache::ReadCache,
    store::{BlockBatch, ExtraRow, NewBlock},
};
use fat_contracts_primitives::{BlockNumber, ClusterBlock, EngineVersion, StateRoot};
use parity_scale_codec::Encode;
use pink_capi::types::{AccountId, BlockReceipt, Hash};
use std::{collections::BTreeMap, time::Instant};

/// A block that a worker executed, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutedBlock {
    /// The block.
    pub number: BlockNumber,
    /// The state root after it.
    pub root: StateRoot,
    /// What is kept beside its receipts.
    pub record: BlockRecord,
    /// One receipt a message, in order.
    pub receipts: Vec<MessageReceipt>,
    /// What its begin and end did.
    pub idle: Vec<BlockReceipt>,
    /// Lines for the operator.
    pub log: Vec<LogLine>,
}

/// What became of blocks that were given to a worker.
#[derive(Debug)]
pub struct Imported {
    /// Those that were executed, in order; ahead of them those that were executed again.
    pub executed: Vec<ExecutedBlock>,
    /// The block that the worker went back to, because of an amendment that came after its message
    /// had been executed; none if there was no such.
    pub went_back_to: Option<BlockNumber>,
    /// What a source told of amendments ahead of the blocks that deliver them, and that isn't so.
    /// What was done by it is undone. Whoever keeps several sources knows which of them told it.
    pub broken: Vec<Promise>,
    /// Why the rest wasn't.
    pub parked: Option<Parked>,
}

impl Worker {
    /// Executes blocks, in order, and commits them in one durable transaction together with rows
    /// of the caller's. If a block parks the cluster, those before it and the rows are kept all
    /// the same, and giving the block again tries again.
    ///
    /// Nobody is believed: the worker folds the blocks into the running hash from its own last
    /// record, and parks with [`Disorder`] at the first that isn't the one that follows. Blocks
    /// that were executed before are passed over, if they are the same again. `codes` is asked for
    /// system contract codes that the store hasn't got yet, and they are compared with their hash.
    ///
    /// If a block delivers an amendment of a message that was executed without it, the worker goes
    /// back to before that message and executes what followed again. What it takes back waits in
    /// the store, and is executed with the next import if it isn't with this one. It does so too if
    /// it was told of an amendment that isn't delivered; see [`Imported::broken`].
    ///
    /// # Errors
    /// The store failed, or there is no thread for the engine. Then nothing of these blocks is
    /// kept, nor the rows. What goes wrong after the commit (the shadow, a look at a pending
    /// engine) is logged, and is no error: the receipts are those that are kept.
    pub fn import(
        &mut self,
        inputs: &[ClusterBlock],
        extra: Vec<ExtraRow>,
        codes: &dyn SystemCodes,
    ) -> Result<Imported, WorkerError> {
        let mut plan = Plan::new(self, inputs)?;
        let mut went_back_to = None;
        let mut broken = Vec::new();
        // Each time further than the last, if ever more than once.
        while let Some(back) = plan.back.take() {
            self.go_back(&back)?;
            self.handle.observer.went_back(back.to);
            went_back_to = Some(back.to);
            broken.extend(back.broken);
            plan = Plan::new(self, inputs)?;
        }
        broken.append(&mut plan.dropped);
        let new_codes = self.new_codes(&mut plan, codes)?;
        let inputs: Vec<&ClusterBlock> = plan.blocks.iter().map(|input| &**input).collect();

        let mut record = self.head()?.map(|(_, _, record)| record);
        let before = record.as_ref().and_then(|record| record.engine);
        let told_before = record.as_ref().map_or(Vec::new(), |it| it.promised.clone());
        let mut batch = BlockBatch {
            blocks: Vec::new(),
            extra,
        };
        let known = KnownCodes {
            store: &self.store,
            new: new_codes,
        };
        let snapshot = self.store.snapshot()?;
        let executor = BlockExecutor {
            registry: &self.handle.registry,
            codes: &known,
            cluster_key: self.cluster_key(),
        };
        let reads = ReadCache::new(&snapshot);
        let (outcomes, stopped) =
            with_stack(|| execute_all(&executor, &reads, &inputs, &*self.handle.observer))?;

        let mut executed = Vec::with_capacity(outcomes.len());
        let mut said = Vec::with_capacity(outcomes.len());
        let places = plan.places.iter();
        for ((input, place), (outcome, system_contract)) in inputs.iter().zip(places).zip(outcomes)
        {
            let effects =
                PostCommit::of_block(input, &outcome, system_contract, self.handle.logs.is_some());
            batch.extra.extend(effects.rows());
            said.push(effects);
            let next = next_record(record.as_ref(), input, place, &outcome);
            let receipts = outcome.receipts.iter();
            batch.blocks.push(NewBlock {
                number: input.number,
                changes: outcome.changes.into_iter().collect(),
                receipts: receipts.map(|it| (it.seq, it.canonical())).collect(),
                input: input.encode(),
                record: next.encode(),
            });
            record = Some(next.clone());
            executed.push(ExecutedBlock {
                number: input.number,
                root: StateRoot::zero(),
                record: next,
                receipts: outcome.receipts,
                idle: outcome.idle,
                log: outcome.log,
            });
        }
        let new_codes = known.new.into_iter().map(|(hash, code)| ExtraRow {
            table: CODES_TABLE.into(),
            key: hash.to_vec(),
            value: Some(code),
        });
        batch.extra.extend(new_codes);
        let done = executed.last().map(|block| block.number);
        let waited = self.rewound()?.into_iter().map(|input| input.number);
        let waited = waited.filter(|number| done.is_some_and(|done| *number <= done));
        batch
            .extra
            .extend(waited.map(|number| rewound(number, None)));
        // What was told may have to be undone, however long it takes to find out.
        let told = executed.iter().flat_map(|it| &it.record.promised);
        let told = told.chain(&told_before).map(|it| it.of).min();
        let begun = Instant::now();
        let roots = self.store.commit_keeping(&batch, told)?;
        let observer = &self.handle.observer;
        if !executed.is_empty() {
            observer.committed(executed.len(), begun.elapsed());
        }
        for (block, root) in executed.iter_mut().zip(roots) {
            block.root = root;
        }
        for (block, input) in executed.iter().zip(&inputs) {
            observer.kept(input, block);
        }
        // Only of what is kept for ever.
        for (block, effects) in executed.iter().zip(said) {
            effects.follow(&self.handle, &block.log);
        }
        if !executed.is_empty() {
            self.after_commit(before, &inputs, &executed, &batch);
        }
        let parked = stopped.or(plan.stopped);
        // No blocks at all tell nothing of whether it still stands.
        if !inputs.is_empty() || parked.is_some() {
            self.handle.observer.stands(parked.as_ref());
        }
        Ok(Imported {
            executed,
            went_back_to,
            broken,
            parked,
        })
    }

    /// What follows from blocks that are kept, for the operator alone: it can't undo them.
    fn after_commit(
        &mut self,
        before: Option<EngineVersion>,
        inputs: &[&ClusterBlock],
        executed: &[ExecutedBlock],
        batch: &BlockBatch,
    ) {
        if let Err(error) = self.follow_in_shadow(before, inputs, executed, batch) {
            tracing::error!(%error, "the shadow can't follow; the blocks are kept");
        }
        if let Err(error) = self.warn_of_pending() {
            tracing::error!(%error, "the pending engine can't be looked at; the blocks are kept");
        }
    }

    /// Takes blocks back, and keeps them to be executed again.
    fn go_back(&mut self, back: &GoBack) -> Result<(), WorkerError> {
        let Some((head, _, _)) = self.head()? else {
            return Ok(());
        };
        let mut rows = Vec::new();
        for number in back.to.saturating_add(1)..=head {
            let missing = || WorkerError::Broken {
                block: number,
                what: "input",
                reason: "it isn't there".into(),
            };
            let input = back.cleaned(self.input(number)?.ok_or_else(missing)?);
            rows.push(rewound(number, Some(input.encode())));
        }
        tracing::warn!(
            from = head,
            to = back.to,
            broken = ?back.broken,
            "governance decided otherwise about a message that was executed: going back"
        );
        self.store.revert(back.to, &rows)?;
        // The shadow stood on what was taken back.
        self.shadow_mode = self.shadow_mode.take().map(|_| ShadowMode::default());
        Ok(())
    }

    /// Codes that these blocks name and the store hasn't got. The plan stops at a block whose code
    /// can't be had, or is another one.
    fn new_codes(
        &self,
        plan: &mut Plan<'_>,
        codes: &dyn SystemCodes,
    ) -> Result<BTreeMap<Hash, Vec<u8>>, WorkerError> {
        let mut new = BTreeMap::new();
        for at in 0..plan.blocks.len() {
            let Some(input) = plan.blocks.get(at) else {
                break;
            };
            let Some(expected) = input.system_code else {
                continue;
            };
            if new.contains_key(&expected.0)
                || self.store.extra(CODES_TABLE, &expected.0)?.is_some()
            {
                continue;
            }
            let reason = match codes.system_code(&expected.0) {
                Ok(Some(code)) => {
                    let found = sp_crypto_hashing::blake2_256(&code);
                    if found == expected.0 {
                        new.insert(found, code);
                        continue;
                    }
                    let found = found.into();
                    Disorder::SystemCode { expected, found }.into()
                }
                Ok(None) => ParkReason::NoSystemCode {
                    code_hash: expected.0,
                },
                Err(StateError(error)) => ParkReason::ChainUnavailable(error),
            };
            plan.stopped = Some(parked(input, None, reason));
            plan.blocks.truncate(at);
        }
        Ok(new)
    }
}

pub(super) fn rewound(number: BlockNumber, input: Option<Vec<u8>>) -> ExtraRow {
    ExtraRow {
        table: REWOUND_TABLE.into(),
        key: number.to_be_bytes().to_vec(),
        value: input,
    }
}

/// Executes blocks one on top of the other, up to the first that parks. Each comes with the
/// system contract, if one of its events is a command that only that may give.
fn execute_all(
    executor: &BlockExecutor<'_>,
    snapshot: &dyn StateRead,
    inputs: &[&ClusterBlock],
    observer: &dyn Observer,
) -> (Vec<(BlockOutcome, Option<AccountId>)>, Option<Parked>) {
    let mut state = BlockState::new(snapshot);
    let mut outcomes = Vec::with_capacity(inputs.len());
    for input in inputs {
        let _span = tracing::info_span!("block", number = input.number).entered();
        let begun = Instant::now();
        match executor.execute(&state, input) {
            Ok(outcome) => {
                observer.executed(input.number, begun.elapsed());
                state.apply(outcome.changes.iter().cloned());
                let system_contract =
                    post_commit::system_contract(executor, &state, input, &outcome);
                outcomes.push((outcome, system_contract));
            }
            Err(parked) => return (outcomes, Some(parked)),
        }
    }
    (outcomes, None)
}

/// The record of a block, after which the history stands at a place: the hash in it is the one that
/// was folded when the block's input was checked.
fn next_record(
    last: Option<&BlockRecord>,
    input: &ClusterBlock,
    place: &Place,
    outcome: &BlockOutcome,
) -> BlockRecord {
    let open = last.map_or(&[][..], |last| &last.promised);
    let open = open.iter().filter(|it| it.by > input.number).copied();
    let later = input.amended_later.iter();
    let new = later.map(|(by, amendment)| Promise {
        of: input.number,
        by: *by,
        amendment: *amendment,
    });
    BlockRecord {
        cluster: input.cluster,
        engine: outcome.engine,
        messages: u32::try_from(input.messages.len()).unwrap_or(u32::MAX),
        next_seq: place.next_seq,
        message_hash: place.message_hash,
        receipts_root: receipts_root(&outcome.receipts),
        effects: outcome.effects.clone(),
        promised: open.chain(new).collect(),
    }
}
