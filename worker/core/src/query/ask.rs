use super::{Answer, Cancel, Queries, Query, QueryConfig, QueryError};
use fat_contracts_primitives::BlockNumber;
use pink_capi::types::{Message, Weight};
use std::time::{Duration, Instant};

/// A message that is tried out on the state after a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// After which block [default: the newest].
    pub at: Option<BlockNumber>,
    /// The message, whose gas limit is at most what the operator allows: a call, the making of a
    /// contract, or an activation.
    pub message: Message,
    /// Compute it as a transaction would be, and nothing else: no cache, no network.
    pub estimating: bool,
    /// Time, the wait for a thread included [default: what the operator allows].
    pub timeout: Option<Duration>,
}

impl Ask {
    /// Its gas limit; none of a message that has none.
    fn gas_limit(&self) -> Option<Weight> {
        match &self.message {
            Message::Call(call) => Some(call.gas_limit),
            Message::Instantiate(it) => Some(it.gas_limit),
            Message::ActivateCode(it) => Some(it.gas_limit),
            _ => None,
        }
    }

    fn query_deposit(&self) -> u128 {
        match &self.message {
            Message::Call(call) => call.query_deposit,
            _ => 0,
        }
    }
}

impl Queries {
    /// What queries may use.
    pub fn config(&self) -> &QueryConfig {
        &self.config
    }

    /// The most gas that one may use.
    pub fn most_gas(&self) -> Weight {
        Weight::new(self.config.max_ref_time, self.config.max_proof_size)
    }

    /// Asks, and has somebody told on the query's own thread. Who isn't told (`then` is dropped) learns that
    /// it panicked.
    ///
    /// # Errors
    /// As [`start`](Self::start); or it is no message that can be tried out, or the state is older than what is
    /// kept.
    pub fn start_then(
        &self,
        ask: Ask,
        then: impl FnOnce(Result<Answer, QueryError>) + Send + 'static,
    ) -> Result<Cancel, QueryError> {
        let begun = Instant::now();
        let begin = |query: Query| {
            let cancel = query.cancel.clone();
            let run = self.measured(query, begun);
            self.pool.submit(move || then(run()))?;
            Ok(cancel)
        };
        let cancel = self.prepare(ask).and_then(begin);
        cancel.map_err(|error| self.refused(error, begun))
    }

    pub(super) fn prepare(&self, ask: Ask) -> Result<Query, QueryError> {
        let most = self.most_gas();
        let asked = ask.gas_limit().ok_or(QueryError::NotTriedOut)?;
        if asked.ref_time > most.ref_time || asked.proof_size > most.proof_size {
            return Err(QueryError::GasLimit { asked, most });
        }
        let deposit = ask.query_deposit();
        if ask.estimating && deposit > 0 {
            return Err(QueryError::LentToEstimate { deposit });
        }
        if !ask.estimating && !matches!(ask.message, Message::Call(_)) {
            return Err(QueryError::NotTriedOut);
        }
        let most = Duration::from_millis(self.config.timeout_ms);
        let timeout = ask.timeout.map_or(most, |timeout| timeout.min(most));
        Ok(Query {
            view: match ask.at {
                None => self.worker.view()?,
                Some(block) => self.worker.view_at(block)?,
            },
            services: self.services.clone(),
            estimating: ask.estimating,
            message: ask.message,
            deadline: Instant::now().checked_add(timeout),
            timeout,
            memory_bytes: self.config.max_memory_bytes,
            cancel: Cancel::default(),
        })
    }
}
