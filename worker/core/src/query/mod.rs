//! Calls off the chain: free, on the state after a block, with the world beyond it.
//!
//! [`Queries`] runs them on a bounded pool of threads, in parallel with each other and with the
//! blocks that the worker executes. Each sees the state as it was when it was asked for, changes
//! nothing of it, and ends at its bounds: in gas, in time and in memory. Engines ask for the last two
//! at every host call and about every two milliseconds of computation. One that is called off, runs
//! out of time or of memory, or panics is an error of its own and leaves nothing behind.
//!
//! What a query that succeeded leaves: its changes of the local cache, the commands that contracts
//! may give in queries, and lines of the log.

mod ask;
mod end;
mod error;
mod running;

pub use ask::Ask;
pub use end::QueryEnd;
pub use error::QueryError;
pub use running::{Cancel, Running};

use crate::{
    commands,
    exec::LogLine,
    handle::WorkerHandle,
    logs::ExecMode,
    offchain::{now_ms, QueryServices, WorkerServices},
    post_commit,
    view::View,
};
use fat_contracts_primitives::{BlockNumber, EngineVersion};
use pink_capi::{
    pink,
    types::{AccountId, Balance, Call, Event, Message, Outcome, Receipt, Weight},
    Fault,
};
use pink_engine_host::{OffchainServices, Pool, QUERY_MEMORY_BYTES};
use serde::Deserialize;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// How many queries there may be, and what each may use.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QueryConfig {
    /// Queries that run at a time.
    pub threads: usize,
    /// Queries that wait for their turn; one more is refused.
    pub max_waiting: usize,
    /// The most that a query may take, its wait included, in milliseconds.
    pub timeout_ms: u64,
    /// The most ref time that a query may use, in picoseconds.
    pub max_ref_time: u64,
    /// The most bytes of state that a query may read.
    pub max_proof_size: u64,
    /// The most memory that a query may take, in bytes: what the engine allocates for it, and what
    /// of the state is copied for it. All that run at a time may take `threads` times as much.
    pub max_memory_bytes: u64,
}

impl Default for QueryConfig {
    fn default() -> Self {
        Self {
            threads: 4,
            max_waiting: 32,
            timeout_ms: 10_000,
            // Ten seconds.
            max_ref_time: 10_000_000_000_000,
            max_proof_size: 64 << 20,
            max_memory_bytes: QUERY_MEMORY_BYTES,
        }
    }
}

/// A call of a contract.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InkMessage {
    /// Selector and arguments.
    pub payload: Vec<u8>,
    /// Money that is lent to the asker for this call; not in an estimate.
    pub deposit: Balance,
    /// Money for the contract, of the asker's own and of what is lent.
    pub transfer: Balance,
    /// Compute it as a transaction would be, and nothing else: no cache, no network.
    pub estimating: bool,
}

/// What a query may use; never more than the operator allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueryOptions {
    /// Gas [default: what the operator allows]. Of an estimate it is the message's limit.
    pub gas_limit: Option<Weight>,
    /// The highest storage deposit to accept [default: the engine's].
    pub storage_deposit_limit: Option<Balance>,
    /// Time, the wait for a thread included [default: what the operator allows].
    pub timeout: Option<Duration>,
}

/// What a query gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The block after which it is so.
    pub block: BlockNumber,
    /// The engine that gave it.
    pub engine: EngineVersion,
    /// What came of it. Its gas and deposits are rounded up, if the cluster has it so.
    pub receipt: Receipt,
    /// Lines of contracts and of the engine.
    pub log: Vec<LogLine>,
}

/// Runs queries. Cheap to clone; all clones share one pool.
#[derive(Clone, Debug)]
pub struct Queries {
    worker: WorkerHandle,
    services: Arc<WorkerServices>,
    config: QueryConfig,
    pool: Arc<Pool>,
}

impl Queries {
    /// Queries of a worker. If it has no services, nothing can be reached.
    pub fn new(worker: WorkerHandle, config: QueryConfig) -> Self {
        let pool = Arc::new(Pool::for_engines(config.threads, config.max_waiting));
        let services = worker.services.clone();
        let services = services.unwrap_or_else(|| Arc::new(WorkerServices::nothing()));
        Self {
            worker,
            services,
            config,
            pool,
        }
    }

    /// Asks a contract and waits for the answer.
    ///
    /// # Errors
    /// See [`QueryError`]. That the contract failed is none: see [`Receipt::outcome`].
    pub fn query(
        &self,
        origin: AccountId,
        contract: AccountId,
        message: InkMessage,
        options: QueryOptions,
    ) -> Result<Answer, QueryError> {
        self.start(origin, contract, message, options)?.wait()
    }

    /// Asks a contract, on the state as it is now.
    ///
    /// # Errors
    /// It wasn't begun: there is no state yet or no engine for it, too many wait, or it asks for
    /// more than it may use.
    pub fn start(
        &self,
        origin: AccountId,
        contract: AccountId,
        message: InkMessage,
        options: QueryOptions,
    ) -> Result<Running, QueryError> {
        let most = self.most_gas();
        let asked = options.gas_limit.unwrap_or(most);
        let ask = Ask {
            at: None,
            estimating: message.estimating,
            timeout: options.timeout,
            message: Message::Call(Call {
                origin,
                contract,
                input: message.payload,
                value: message.transfer,
                gas_limit: asked,
                storage_deposit_limit: options.storage_deposit_limit,
                max_gas_price: Balance::MAX,
                query_deposit: message.deposit,
            }),
        };
        let begun = Instant::now();
        let running = self.prepare(ask).and_then(|query| {
            let cancel = query.cancel.clone();
            let started = self.pool.start(self.measured(query, begun))?;
            Ok(Running::new(started, cancel))
        });
        running.map_err(|error| self.refused(error, begun))
    }

    /// Runs a query, and tells who measures. The wait for a thread is part of it.
    fn measured(
        &self,
        query: Query,
        begun: Instant,
    ) -> impl FnOnce() -> Result<Answer, QueryError> + Send + 'static {
        let observer = self.worker.observer.clone();
        move || {
            let answer = query.run();
            observer.queried(QueryEnd::of(answer.as_ref()), begun.elapsed());
            answer
        }
    }

    /// Tells who measures of a query that wasn't begun.
    fn refused(&self, error: QueryError, begun: Instant) -> QueryError {
        let end = QueryEnd::of(Err(&error));
        self.worker.observer.queried(end, begun.elapsed());
        error
    }
}

/// A query on its way.
struct Query {
    view: View,
    services: Arc<WorkerServices>,
    estimating: bool,
    message: Message,
    deadline: Option<Instant>,
    timeout: Duration,
    memory_bytes: u64,
    cancel: Cancel,
}

impl Query {
    fn run(self) -> Result<Answer, QueryError> {
        let wanted = || {
            let in_time = self.deadline.is_none_or(|it| Instant::now() < it);
            in_time && !self.cancel.is_cancelled()
        };
        if !wanted() {
            return Err(self.why_not_wanted());
        }
        let services = if self.estimating {
            None
        } else {
            Some(QueryServices::new(&self.services, self.deadline, &wanted))
        };
        let reached = services
            .as_ref()
            .map(|services| services as &dyn OffchainServices);
        let memory = self.memory_bytes;
        let done = self
            .view
            .execute_here(&self.message, reached, &wanted, memory);
        let (receipt, mut log) = done.map_err(|fault| match fault {
            Fault::Cancelled => self.why_not_wanted(),
            Fault::Memory { limit, .. } | Fault::Lent { limit, .. } => {
                QueryError::Memory { most: limit }
            }
            fault => QueryError::Fault {
                engine: self.view.version(),
                fault,
            },
        })?;
        for line in &mut log {
            line.entry = self.entry();
        }
        if let (Some(services), Outcome::Success) = (services, &receipt.outcome) {
            services.keep();
            self.apply(&receipt);
        }
        let mode = if self.estimating {
            ExecMode::Estimating
        } else {
            ExecMode::Query
        };
        let block = self.view.block();
        post_commit::push_log(&self.view.handle, block, mode, now_ms(), &log);
        Ok(Answer {
            block,
            engine: self.view.version(),
            receipt,
            log,
        })
    }

    /// The contract that was called first; none of one that isn't made yet.
    fn entry(&self) -> Option<AccountId> {
        match &self.message {
            Message::Call(call) => Some(call.contract),
            _ => None,
        }
    }

    /// Does what contracts ordered, as far as queries may.
    fn apply(&self, receipt: &Receipt) {
        let privileged = receipt.events.iter().any(commands::is_privileged);
        let system_contract = if privileged {
            self.view.system_contract_here()
        } else {
            None
        };
        for event in &receipt.events {
            match event {
                Event::ContractEmitted {
                    contract,
                    topics,
                    data,
                } if pink::is_pink(topics) => {
                    let command = commands::check(system_contract, contract, data, true);
                    post_commit::apply(&self.view.handle, self.view.block(), *contract, command);
                }
                _ => {}
            }
        }
    }

    fn why_not_wanted(&self) -> QueryError {
        if self.cancel.is_cancelled() {
            QueryError::Cancelled
        } else {
            QueryError::Deadline {
                timeout: self.timeout,
            }
        }
    }
}
