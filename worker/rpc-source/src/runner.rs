//! Threads of the client's own, and waiting for what they do.

use crate::signal::Signal;
use std::{
    future::Future,
    io,
    sync::mpsc,
    time::{Duration, Instant},
};
use tokio::runtime::{Builder, Runtime};

/// How soon a wait notices that everything is to stop.
const STEP: Duration = Duration::from_millis(50);

/// Runs what is asynchronous. Whoever waits needs no runtime, and may have another one.
#[derive(Debug)]
pub(crate) struct Runner {
    /// Taken when this ends.
    runtime: Option<Runtime>,
    signal: Signal,
}

impl Runner {
    /// # Errors
    /// The system gives no thread.
    pub(crate) fn new(signal: Signal) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("chain")
            .enable_all()
            .build()?;
        Ok(Self {
            runtime: Some(runtime),
            signal,
        })
    }

    pub(crate) fn signal(&self) -> &Signal {
        &self.signal
    }

    /// Runs something nobody waits for.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.runtime {
            runtime.spawn(task);
        }
    }

    /// Waits for something, as long as that.
    ///
    /// # Errors
    /// The time is over, or everything is to stop.
    pub(crate) fn wait<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
        most: Duration,
    ) -> Result<T, String> {
        let (send, receive) = mpsc::sync_channel(1);
        let stopping = || Err("this worker stops".into());
        if self.signal.is_stopped() {
            return stopping();
        }
        let Some(runtime) = &self.runtime else {
            return stopping();
        };
        let task = runtime.spawn(async move {
            // Whoever waited may have gone.
            let _ = send.send(task.await);
        });
        let start = Instant::now();
        loop {
            if let Ok(done) = receive.recv_timeout(STEP) {
                return Ok(done);
            }
            let gone = task.is_finished();
            if self.signal.is_stopped() || gone || start.elapsed() >= most {
                task.abort();
                // It may just have come.
                return match receive.try_recv() {
                    Ok(done) => Ok(done),
                    Err(_) if self.signal.is_stopped() => stopping(),
                    Err(_) if gone => Err("the client failed".into()),
                    Err(_) => Err(format!("no answer in {} s", most.as_secs_f32())),
                };
            }
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
