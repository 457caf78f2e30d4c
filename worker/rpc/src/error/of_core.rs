//! What the core says, in this server's codes.

use super::{Code, RpcError};
use pink_engine_host::PoolError;
use pink_worker_core::{query::QueryError, store::StoreError, WorkerError};
use serde_json::json;

impl From<PoolError> for RpcError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Overloaded { .. } => Self::busy("questions"),
            error => internal(&error),
        }
    }
}

/// What happened is the operator's business: it may name files. He finds it in the log.
fn internal(error: &dyn std::error::Error) -> RpcError {
    tracing::error!(%error, "a call failed");
    RpcError::new(Code::Internal, "the worker failed at it; its log says how")
        .hint("ask another worker, and tell this one's operator")
}

impl From<StoreError> for RpcError {
    fn from(error: StoreError) -> Self {
        let known = matches!(
            error,
            StoreError::NoSuchBlock { .. }
                | StoreError::Pruned { .. }
                | StoreError::ReceiptsPruned { .. }
                | StoreError::OlderThanSnapshot { .. }
        );
        if known {
            Self::new(Code::NoBlock, error.to_string())
                .hint("`cluster_v1_info` says which blocks are kept")
        } else {
            internal(&error)
        }
    }
}

impl From<WorkerError> for RpcError {
    fn from(error: WorkerError) -> Self {
        let code = match &error {
            WorkerError::Empty => Code::NoState,
            WorkerError::Destroyed => Code::Destroyed,
            WorkerError::OfSnapshot { .. }
            | WorkerError::NoBlocks { .. }
            | WorkerError::NothingToRehearse { .. }
            | WorkerError::MessageNotKept { .. } => Code::NoBlock,
            WorkerError::NotExecuted { .. } => Code::NoReceipt,
            WorkerError::NotNewer { .. } => Code::NotNewer,
            WorkerError::NoUpgradePath { .. } => Code::NoUpgradePath,
            WorkerError::NotTried { .. } => Code::NotTried,
            WorkerError::Parked(_) => {
                // The sentence may name files.
                tracing::error!(%error, "a call failed");
                return Self::new(Code::Parked, "the engine of this state can't be had here")
                    .hint("ask another worker, and tell this one's operator");
            }
            _ => {
                return match error {
                    WorkerError::Store(error) => error.into(),
                    WorkerError::Pool(error) => error.into(),
                    error => internal(&error),
                }
            }
        };
        Self::new(code, error.to_string())
    }
}

impl From<QueryError> for RpcError {
    fn from(error: QueryError) -> Self {
        let (hint, text) = (error.hint(), error.to_string());
        let code = match error {
            QueryError::Deadline { .. } | QueryError::Cancelled => Code::Timeout,
            QueryError::Memory { .. } => Code::Memory,
            QueryError::GasLimit { most, .. } => {
                let most = crate::bytes::Gas::from(most);
                return Self::new(Code::GasLimit, text)
                    .hint("ask with less")
                    .with(json!({ "most": most }));
            }
            QueryError::LentToEstimate { .. } | QueryError::NotTriedOut => Code::NotTriedOut,
            QueryError::Pool(PoolError::Overloaded { .. }) => return Self::busy("queries"),
            QueryError::Pool(error) => return error.into(),
            QueryError::Worker(error) => return error.into(),
            error => {
                tracing::error!(%error, "a query failed");
                return Self::new(Code::QueryFailed, "the engine failed at the query")
                    .hint("ask another worker; if it fails there too, report it");
            }
        };
        Self::new(code, text).hint(hint)
    }
}
