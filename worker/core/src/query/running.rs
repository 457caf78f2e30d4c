use super::{Answer, QueryError};
use pink_engine_host::Started;
use std::sync::{
    atomic::{AtomicBool, Ordering},
    Arc,
};

/// Calls a query off, from any thread.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Calls it off. The engine notices soon.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether it was called off.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// A query that runs or waits for its turn. Dropped without being waited for, it is called off.
#[derive(Debug)]
pub struct Running {
    started: Option<Started<Result<Answer, QueryError>>>,
    cancel: Cancel,
}

impl Running {
    pub(super) fn new(started: Started<Result<Answer, QueryError>>, cancel: Cancel) -> Self {
        Self {
            started: Some(started),
            cancel,
        }
    }

    /// What calls it off, for another thread.
    pub fn canceller(&self) -> Cancel {
        self.cancel.clone()
    }

    /// Waits for the answer.
    ///
    /// # Errors
    /// It took more time, memory or gas than it may, was called off, or its pool or engine failed.
    pub fn wait(mut self) -> Result<Answer, QueryError> {
        match self.started.take() {
            Some(started) => started.wait()?,
            None => Err(QueryError::Cancelled),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.started.is_some() {
            self.cancel.cancel();
        }
    }
}
