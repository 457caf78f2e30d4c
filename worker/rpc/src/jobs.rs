//! What takes longer than a glance is done on a fixed number of threads of its own.

use crate::error::{Code, RpcError};
use pink_engine_host::Pool;
use pink_worker_core::query::{Answer, Ask, Cancel, Queries, QueryError};
use std::sync::Arc;
use tokio::sync::oneshot;

/// Threads for reads of the store and for signatures.
const THREADS: usize = 2;

/// Reads that wait for one of them; one more is refused.
const WAITING: usize = 512;

/// The pool of reads. Cheap to clone; all clones are one.
#[derive(Clone, Debug)]
pub(crate) struct Jobs(Arc<Pool>);

impl Jobs {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Pool::for_engines(THREADS, WAITING)))
    }

    /// Reads.
    ///
    /// # Errors
    /// [`Code::Busy`], or what `read` gives.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce() -> Result<T, RpcError> + Send + 'static,
    ) -> Result<T, RpcError> {
        let (done, told) = oneshot::channel();
        self.0.submit(move || {
            // Who asked may be gone: then nothing is done for him.
            if !done.is_closed() {
                let _ = done.send(read());
            }
        })?;
        told.await.unwrap_or_else(|_| Err(panicked()))
    }
}

fn panicked() -> RpcError {
    RpcError::new(Code::Internal, "the worker failed at it; its log says how")
}

/// Calls a query off when nobody waits for it any more.
struct WhileWanted(Cancel);

impl Drop for WhileWanted {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Asks contracts.
///
/// # Errors
/// What the query gives.
pub(crate) async fn ask(jobs: &Jobs, queries: &Queries, ask: Ask) -> Result<Answer, RpcError> {
    let (done, told) = oneshot::channel::<Result<Answer, QueryError>>();
    let queries = queries.clone();
    // Where it begins the state is opened.
    let started = jobs.read(move || {
        let cancel = queries.start_then(ask, move |answer| {
            let _ = done.send(answer);
        })?;
        Ok(WhileWanted(cancel))
    });
    let _wanted = started.await?;
    let answer = told.await.map_err(|_| panicked())?;
    Ok(answer?)
}
