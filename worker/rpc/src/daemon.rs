//! What the server needs of the process that it is in.

use fat_contracts_primitives::{BlockNumber, ClusterId, Hash};
use pink_console::Console;
use pink_worker_core::{exec::Parked, query::Queries, WorkerHandle};
use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

/// Final blocks whose hashes are remembered: what was signed after one of them can be checked.
const REMEMBERED: usize = 1_024;

/// Why a worker stands still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standstill {
    /// The block that isn't executed.
    pub block: BlockNumber,
    /// The message at which it stopped, if one is at fault.
    pub seq: Option<u64>,
    /// The cause as the chain counts it; none for what is this worker's alone.
    pub cause: Option<String>,
    /// Why, in a sentence. It may name files of the operator's.
    pub reason: String,
    /// What the operator can do.
    pub hint: String,
}

impl From<&Parked> for Standstill {
    fn from(parked: &Parked) -> Self {
        Self {
            block: parked.block,
            seq: parked.seq,
            cause: parked.reason.cause().map(|cause| format!("{cause:?}")),
            reason: parked.reason.to_string(),
            hint: parked.reason.hint(),
        }
    }
}

/// What is known of the chain, as of now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChainStatus {
    /// The genesis block's hash.
    pub genesis: Option<Hash>,
    /// The newest final block.
    pub finalized: Option<(BlockNumber, Hash)>,
    /// When it came, in milliseconds of the Unix epoch.
    pub finalized_at_ms: Option<u64>,
    /// Why the worker stands still, if it does.
    pub parked: Option<Standstill>,
    /// Why the chain can't be asked, if it can't.
    pub unreachable: Option<String>,
    /// What the account that signs has for fees, if it is known.
    pub fee_balance: Option<u128>,
}

#[derive(Debug, Default)]
struct Board {
    seen: ChainStatus,
    recent: BTreeMap<BlockNumber, Hash>,
}

/// Where whoever drives the worker writes down how it stands, and the server reads it. Cheap to clone; all clones
/// are one. Nobody waits here for anybody.
#[derive(Clone, Debug, Default)]
pub struct StatusBoard(Arc<Mutex<Board>>);

impl StatusBoard {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The chain's genesis block.
    pub fn set_genesis(&self, genesis: Hash) {
        self.board().seen.genesis = Some(genesis);
    }

    /// A block is final, since now.
    pub fn set_final(&self, number: BlockNumber, hash: Hash, now_ms: u64) {
        let mut board = self.board();
        let newer = board.seen.finalized.is_none_or(|(known, _)| known < number);
        if newer {
            board.seen.finalized = Some((number, hash));
            board.seen.finalized_at_ms = Some(now_ms);
        }
        board.recent.insert(number, hash);
        while board.recent.len() > REMEMBERED {
            board.recent.pop_first();
        }
    }

    /// It stands still, or doesn't any more.
    pub fn set_parked(&self, parked: Option<Standstill>) {
        self.board().seen.parked = parked;
    }

    /// The chain can't be asked, or can again.
    pub fn set_unreachable(&self, why: Option<String>) {
        self.board().seen.unreachable = why;
    }

    /// What there is for fees.
    pub fn set_fee_balance(&self, balance: Option<u128>) {
        self.board().seen.fee_balance = balance;
    }

    /// How it stands.
    pub fn seen(&self) -> ChainStatus {
        self.board().seen.clone()
    }

    /// The number of a final block that was lately told of.
    pub fn number_of(&self, hash: &Hash) -> Option<BlockNumber> {
        let board = self.board();
        let mut recent = board.recent.iter().rev();
        recent
            .find(|(_, it)| *it == hash)
            .map(|(number, _)| *number)
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The log filter of the process, for the operator.
pub trait LogFilter: Debug + Send + Sync + 'static {
    /// Adds directives like `pink_worker=debug`.
    ///
    /// # Errors
    /// They can't be read: why.
    fn add(&self, directives: &str) -> Result<(), String>;

    /// Goes back to those that the process was started with.
    ///
    /// # Errors
    /// It can't be done: why.
    fn reset(&self) -> Result<(), String>;
}

/// What the server needs of its process: made of a worker's handle, whoever drives the worker.
#[derive(Clone, Debug)]
pub struct Daemon {
    /// The worker.
    pub worker: WorkerHandle,
    /// Its queries. All of the server's run here.
    pub queries: Queries,
    /// The cluster.
    pub cluster: ClusterId,
    /// How it stands.
    pub standing: StatusBoard,
    /// The process' log filter, if it can be changed.
    pub log_filter: Option<Arc<dyn LogFilter>>,
    /// The clock by which sessions end, and the age of final blocks is told.
    pub clock: Clock,
    /// The page to serve at `/console/`, if one is to be served.
    pub console: Option<Arc<Console>>,
}

impl Daemon {
    /// A daemon by the system's clock, whose log filter stays, without a page.
    pub fn new(
        worker: WorkerHandle,
        queries: Queries,
        cluster: ClusterId,
        standing: StatusBoard,
    ) -> Self {
        Self {
            worker,
            queries,
            cluster,
            standing,
            log_filter: None,
            clock: Clock::default(),
            console: None,
        }
    }
}

/// A clock: milliseconds of the Unix epoch.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> u64 + Send + Sync>);

impl Clock {
    /// One that says what a function says.
    pub fn new(now_ms: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(now_ms))
    }

    /// What it says.
    pub fn now_ms(&self) -> u64 {
        (self.0)()
    }
}

impl Default for Clock {
    /// The system's.
    fn default() -> Self {
        Self::new(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH);
            since.map_or(0, |since| {
                u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
            })
        })
    }
}

impl Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Clock").field(&self.now_ms()).finish()
    }
}
