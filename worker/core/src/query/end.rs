use super::{Answer, QueryError};
use pink_capi::types::Outcome;
use pink_engine_host::PoolError;

/// How a query ended, for whoever counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryEnd {
    /// The contract answered.
    Success,
    /// The contract undid it.
    Reverted,
    /// The contract couldn't go on.
    Trapped,
    /// It used its gas up.
    OutOfGas,
    /// The engine refused it.
    Rejected,
    /// It asked for more than it may use.
    TooMuchAsked,
    /// It took too long.
    Deadline,
    /// Whoever asked called it off.
    Cancelled,
    /// It took too much memory.
    Memory,
    /// Too many waited, so it wasn't begun.
    Overloaded,
    /// The engine, the store or the machine failed at it, or there was no state to ask.
    Failed,
}

impl QueryEnd {
    /// Every one, in order.
    pub const ALL: [Self; 11] = [
        Self::Success,
        Self::Reverted,
        Self::Trapped,
        Self::OutOfGas,
        Self::Rejected,
        Self::TooMuchAsked,
        Self::Deadline,
        Self::Cancelled,
        Self::Memory,
        Self::Overloaded,
        Self::Failed,
    ];

    pub(super) fn of(answer: Result<&Answer, &QueryError>) -> Self {
        match answer {
            Ok(answer) => match answer.receipt.outcome {
                Outcome::Success => Self::Success,
                Outcome::Reverted => Self::Reverted,
                Outcome::Trapped(_) => Self::Trapped,
                Outcome::OutOfGas => Self::OutOfGas,
                Outcome::Rejected(_) => Self::Rejected,
            },
            Err(QueryError::Deadline { .. }) => Self::Deadline,
            Err(QueryError::Cancelled) => Self::Cancelled,
            Err(QueryError::Memory { .. }) => Self::Memory,
            Err(
                QueryError::GasLimit { .. }
                | QueryError::LentToEstimate { .. }
                | QueryError::NotTriedOut,
            ) => Self::TooMuchAsked,
            Err(QueryError::Pool(PoolError::Overloaded { .. })) => Self::Overloaded,
            Err(QueryError::Pool(_) | QueryError::Fault { .. } | QueryError::Worker(_)) => {
                Self::Failed
            }
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Reverted => "reverted",
            Self::Trapped => "trapped",
            Self::OutOfGas => "out_of_gas",
            Self::Rejected => "rejected",
            Self::TooMuchAsked => "too_much_asked",
            Self::Deadline => "deadline",
            Self::Cancelled => "cancelled",
            Self::Memory => "memory",
            Self::Overloaded => "overloaded",
            Self::Failed => "failed",
        }
    }
}
