use crate::{exec::ParkReason, WorkerError};
use fat_contracts_primitives::EngineVersion;
use pink_capi::{
    types::{Balance, Weight},
    Fault,
};
use pink_engine_host::PoolError;
use std::time::Duration;

/// Why there is no answer. Nothing is left of the query.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// It took longer than it may.
    #[error("the query took longer than {} ms", timeout.as_millis())]
    Deadline {
        /// How long it may take.
        timeout: Duration,
    },
    /// It was called off.
    #[error("the query was called off")]
    Cancelled,
    /// It took more memory than it may.
    #[error("the query took more memory than it may: {most} bytes")]
    Memory {
        /// What the operator allows.
        most: u64,
    },
    /// It asks for more gas than it may use.
    #[error(
        "the gas limit is {},{}, at most {},{} is allowed",
        asked.ref_time, asked.proof_size, most.ref_time, most.proof_size
    )]
    GasLimit {
        /// What it asks for.
        asked: Weight,
        /// What the operator allows.
        most: Weight,
    },
    /// Money was to be lent to an estimate, which must be what the transaction would be.
    #[error("{deposit} can't be lent to an estimate: it computes what the asker could do himself")]
    LentToEstimate {
        /// How much.
        deposit: Balance,
    },
    /// Neither a call, nor an estimate of the making of a contract.
    #[error("only a call can be a query, and only that and the making of a contract an estimate")]
    NotTriedOut,
    /// Too many wait, there is no thread, or it panicked outside of the engine.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// The engine, or what it stands on, failed at it.
    #[error("engine {engine} failed at the query: {fault}")]
    Fault {
        /// The engine.
        engine: EngineVersion,
        /// How.
        fault: Fault,
    },
    /// There is no state to ask, or no engine for it.
    #[error(transparent)]
    Worker(#[from] WorkerError),
}

impl QueryError {
    /// What the asker or the operator can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Deadline { .. } => {
                "give it more time, or less to do; the operator's `timeout_ms` bounds it".into()
            }
            Self::Cancelled => "ask again".into(),
            Self::Memory { .. } => {
                "ask for less; the operator's `max_memory_bytes` bounds it".into()
            }
            Self::GasLimit { .. } => {
                "ask with less; the operator's `max_ref_time` and `max_proof_size` bound it".into()
            }
            Self::LentToEstimate { .. } => "lend to a query, or estimate without".into(),
            Self::NotTriedOut => "ask for a call".into(),
            Self::Pool(_) => "try again when the worker has less to do".into(),
            Self::Fault { engine, fault } => ParkReason::Fault {
                version: *engine,
                fault: fault.clone(),
            }
            .hint(),
            Self::Worker(WorkerError::Parked(reason)) => reason.hint(),
            Self::Worker(_) => "look at the worker's `status`".into(),
        }
    }
}
