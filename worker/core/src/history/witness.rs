use crate::{
    codes::KnownCodes,
    error::WorkerError,
    exec::{
        BlockExecutor, BlockState, ParkReason, Parked, Session, StateError, StateRead, SystemCodes,
        Task,
    },
    worker::Worker,
    ClusterKey, WorkerHandle,
};
use fat_contracts_primitives::{BlockNumber, EngineVersion, Seq};
use parity_scale_codec::{Decode, DecodeAll, Encode};
use pink_capi::types::{Env, Hash, Message, Receipt};
use pink_engine_host::{chain_version, Changes, Engine, Pairs};
use std::{
    borrow::Cow,
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// Version of the witness encoding; the first two bytes of a file.
pub const WITNESS_FORMAT: u16 = 1;

/// A range of the state that was read.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RangeRead {
    /// First key.
    pub start: Vec<u8>,
    /// The key behind the last; `None`: no bound.
    pub end: Option<Vec<u8>>,
    /// How many pairs were asked for.
    pub limit: u32,
    /// What was there.
    pub pairs: Pairs,
}

/// One message, everything that it read, and what it must give: enough to execute it alone,
/// without a chain and without a store, by any engine.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Witness {
    /// [`WITNESS_FORMAT`].
    pub format: u16,
    /// The version that executed it.
    pub engine: EngineVersion,
    /// Its environment.
    pub env: Env,
    /// The message.
    pub message: Message,
    /// Keys that were read, ascending, with what was there.
    pub reads: Changes,
    /// Ranges that were read.
    pub ranges: Vec<RangeRead>,
    /// System contract codes that were asked for.
    pub codes: Vec<(Hash, Option<Vec<u8>>)>,
    /// The receipt.
    pub receipt: Receipt,
    /// The changes, ascending by key.
    pub changes: Changes,
}

/// Why a witness can't be written, read or executed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessError {
    /// These bytes are no witness of this format.
    #[error("not a witness of format {WITNESS_FORMAT}: {0}")]
    Format(String),
    /// No engine executed it: it was skipped, or rejected by the worker itself.
    #[error("message {seq} of block {block} was executed by no engine")]
    NotExecuted {
        /// The block.
        block: BlockNumber,
        /// The message.
        seq: Seq,
    },
    /// There is no such message in the block.
    #[error("block {block} has no message {seq}")]
    NoMessage {
        /// The block.
        block: BlockNumber,
        /// The message.
        seq: Seq,
    },
    /// The block's part before the message can't be executed.
    #[error(transparent)]
    Parked(#[from] Parked),
    /// The worker failed.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// The engine failed, or read what the witness doesn't hold.
    #[error(transparent)]
    Reason(#[from] ParkReason),
}

impl Witness {
    /// Executes a message of a stored block again, on the state before it, and writes down what
    /// it reads. The block before must be within the store's window. To be called on a thread
    /// with stack for engines.
    ///
    /// # Errors
    /// There is no such message, its state can't be had any more, or an engine failed.
    pub fn record(worker: &Worker, block: BlockNumber, seq: Seq) -> Result<Self, WitnessError> {
        Self::of_handle(worker.handle(), block, seq)
    }

    /// The same by what reads of a worker need, while it goes on.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub fn of_handle(
        worker: &WorkerHandle,
        block: BlockNumber,
        seq: Seq,
    ) -> Result<Self, WitnessError> {
        worker.executed_here(block)?;
        let missing = || WitnessError::NoMessage { block, seq };
        let input = worker.input(block)?.ok_or_else(missing)?;
        if !input.messages.iter().any(|(it, _)| *it == seq) {
            return Err(missing());
        }
        let codes = KnownCodes {
            store: worker.store(),
            new: BTreeMap::new(),
        };
        let before = block.checked_sub(1).ok_or_else(missing)?;
        let snapshot = worker
            .store()
            .snapshot_at(before)
            .map_err(WorkerError::from)?;
        let executor = BlockExecutor {
            registry: worker.registry(),
            codes: &codes,
            cluster_key: worker.cluster_key(),
        };
        let mut state = BlockState::new(&snapshot);
        let (changes, task) = executor.before(&snapshot, &input, seq)?;
        state.apply(changes);
        let Task {
            version,
            env,
            message,
            ..
        } = task.ok_or(WitnessError::NotExecuted { block, seq })?;
        // One that has executed anything doesn't read again what it has compiled.
        let record = input.engine_record(version);
        let record = record.ok_or(ParkReason::NoRecord { version })?;
        let engine = worker.registry().get_cold(version, record);
        let engine = engine.map_err(ParkReason::from)?;
        let recorder = Recorder::new(&state, &codes);
        let session = Session::changing(&recorder, &recorder)
            .with_cluster_key(worker.cluster_key().map(|key| key.seed()));
        let (receipt, changes) = run(&*engine, session, &env, &message)
            .map_err(|fault| ParkReason::Fault { version, fault })?;
        let read = recorder.into_inner();
        Ok(Self {
            format: WITNESS_FORMAT,
            engine: version,
            env,
            message,
            reads: read.keys.into_iter().collect(),
            ranges: read.ranges,
            codes: read.codes.into_iter().collect(),
            receipt,
            changes,
        })
    }

    /// What a stored block has changed when one of its messages is next, executed again on the state
    /// before it; behind its last message all that it changes, its end included. To be called on a thread
    /// with stack for engines.
    ///
    /// # Errors
    /// The block wasn't executed here, its state can't be had any more, or an engine failed.
    pub fn changes_before(
        worker: &Worker,
        block: BlockNumber,
        seq: Seq,
    ) -> Result<Changes, WitnessError> {
        worker.executed_here(block)?;
        let missing = || WitnessError::NoMessage { block, seq };
        let input = worker.input(block)?.ok_or_else(missing)?;
        let before = block.checked_sub(1).ok_or_else(missing)?;
        let store = worker.store();
        let snapshot = store.snapshot_at(before).map_err(WorkerError::from)?;
        let new = BTreeMap::new();
        let executor = BlockExecutor {
            registry: worker.registry(),
            codes: &KnownCodes { store, new },
            cluster_key: worker.cluster_key(),
        };
        Ok(executor.before(&snapshot, &input, seq)?.0)
    }

    /// Reads a witness from its bytes.
    ///
    /// # Errors
    /// They are none, or of another format.
    pub fn from_bytes(mut bytes: &[u8]) -> Result<Self, WitnessError> {
        let format = u16::decode(&mut &bytes[..])
            .map_err(|error| WitnessError::Format(error.to_string()))?;
        if format != WITNESS_FORMAT {
            return Err(WitnessError::Format(format!("format {format}")));
        }
        Self::decode_all(&mut bytes).map_err(|error| WitnessError::Format(error.to_string()))
    }

    /// Executes the message by an engine, on nothing but what the witness holds. The result is
    /// the engine's receipt and changes, to be compared with the witness' own. To be called on a
    /// thread with stack for engines. The cluster's key is a secret and not in the witness.
    ///
    /// # Errors
    /// The engine failed, or read what isn't in the witness.
    pub fn execute(
        &self,
        engine: &dyn Engine,
        cluster_key: Option<ClusterKey>,
    ) -> Result<(Receipt, Changes), WitnessError> {
        let version = chain_version(engine.info().version);
        let session =
            Session::changing(self, self).with_cluster_key(cluster_key.map(|key| key.seed()));
        run(engine, session, &self.env, &self.message)
            .map_err(|fault| ParkReason::Fault { version, fault }.into())
    }
}

fn run(
    engine: &dyn Engine,
    mut session: Session<'_>,
    env: &Env,
    message: &Message,
) -> Result<(Receipt, Changes), pink_capi::Fault> {
    let receipt = engine.execute(&mut session, env, message)?;
    Ok((receipt, session.finish().0))
}

impl StateRead for Witness {
    fn get(&self, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StateError> {
        match self
            .reads
            .binary_search_by(|(read, _)| read.as_slice().cmp(key))
        {
            Ok(at) => Ok(self
                .reads
                .get(at)
                .and_then(|(_, value)| value.as_deref())
                .map(Cow::Borrowed)),
            Err(_) => Err(StateError(format!(
                "the witness doesn't hold key {key:02x?}"
            ))),
        }
    }

    fn range(&self, start: &[u8], end: Option<&[u8]>, limit: u32) -> Result<Pairs, StateError> {
        self.ranges
            .iter()
            .find(|it| it.start == start && it.end.as_deref() == end && it.limit == limit)
            .map(|it| it.pairs.clone())
            .ok_or_else(|| StateError(format!("the witness doesn't hold range {start:02x?}")))
    }
}

impl SystemCodes for Witness {
    fn system_code(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StateError> {
        self.codes
            .iter()
            .find(|(it, _)| it == hash)
            .map(|(_, code)| code.clone())
            .ok_or_else(|| StateError(format!("the witness doesn't hold code {hash:02x?}")))
    }
}

#[derive(Debug, Default)]
struct ReadSet {
    keys: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    ranges: Vec<RangeRead>,
    codes: BTreeMap<Hash, Option<Vec<u8>>>,
}

/// A state that writes down what is read of it.
struct Recorder<'s> {
    state: &'s dyn StateRead,
    codes: &'s dyn SystemCodes,
    read: Mutex<ReadSet>,
}

impl<'s> Recorder<'s> {
    fn new(state: &'s dyn StateRead, codes: &'s dyn SystemCodes) -> Self {
        Self {
            state,
            codes,
            read: Mutex::default(),
        }
    }

    fn note(&self, note: impl FnOnce(&mut ReadSet)) {
        note(&mut self.read.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn into_inner(self) -> ReadSet {
        self.read
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl StateRead for Recorder<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StateError> {
        let value = self.state.get(key)?;
        self.note(|read| {
            read.keys
                .insert(key.into(), value.as_deref().map(<[u8]>::to_vec));
        });
        Ok(value)
    }

    fn range(&self, start: &[u8], end: Option<&[u8]>, limit: u32) -> Result<Pairs, StateError> {
        let pairs = self.state.range(start, end, limit)?;
        let noted = RangeRead {
            start: start.into(),
            end: end.map(<[u8]>::to_vec),
            limit,
            pairs: pairs.clone(),
        };
        self.note(|read| read.ranges.push(noted));
        Ok(pairs)
    }
}

impl SystemCodes for Recorder<'_> {
    fn system_code(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StateError> {
        let code = self.codes.system_code(hash)?;
        self.note(|read| {
            read.codes.insert(*hash, code.clone());
        });
        Ok(code)
    }
}
