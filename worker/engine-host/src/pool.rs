use std::{
    any::Any,
    collections::VecDeque,
    fmt,
    panic::{catch_unwind, AssertUnwindSafe},
    sync::{mpsc, Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

/// Stack of a thread that runs engines, in bytes: for the engine that asks for the most, and for
/// what the worker does around it.
pub const ENGINE_THREAD_STACK_BYTES: usize =
    (crate::MAX_ENGINE_STACK_BYTES as usize).saturating_add(1 << 20);

/// How far the threads that answer questions give way to those that execute blocks: as far as the
/// system lets them. By Linux' table of weights (1024 for niceness 0, 15 for 19) a thread that executes
/// blocks keeps 97 % of a processor that it shares with two of them.
pub const BACKGROUND_NICENESS: i32 = 19;

/// Has the calling thread give way to others by so much. On Linux niceness is a thread's own.
pub fn give_way(niceness: i32) {
    if niceness > 0 {
        if let Err(error) = rustix::process::nice(niceness) {
            tracing::warn!(%error, "a thread keeps the priority that it has");
        }
    }
}

/// Threads of a bounded number that do what they are given, in the order in which it came.
///
/// They are made when they are first needed, and end with the pool, after what waits is done.
pub struct Pool(Arc<Shared>);

struct Shared {
    name: &'static str,
    most_threads: usize,
    most_waiting: usize,
    stack_bytes: usize,
    niceness: i32,
    state: Mutex<State>,
    work: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Job>,
    threads: usize,
    idle: usize,
    closed: bool,
}

type Job = Box<dyn FnOnce() + Send>;

/// Why a pool didn't do something.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PoolError {
    /// As much waits already as may wait.
    #[error("{waiting} requests wait already, and no more may")]
    Overloaded {
        /// How many that is.
        waiting: usize,
    },
    /// The system gave no thread.
    #[error("no thread for it: {0}")]
    Thread(std::io::Error),
    /// It panicked.
    #[error("it panicked: {0}")]
    Panicked(String),
}

/// What was given to a pool and isn't waited for yet.
#[derive(Debug)]
pub struct Started<T>(mpsc::Receiver<Result<T, String>>);

impl<T> Started<T> {
    /// Waits until it is done.
    ///
    /// # Errors
    /// [`PoolError::Panicked`].
    pub fn wait(self) -> Result<T, PoolError> {
        match self.0.recv() {
            Ok(done) => done.map_err(PoolError::Panicked),
            Err(_) => Err(PoolError::Panicked("its thread is gone".into())),
        }
    }
}

impl Pool {
    /// A pool of at most `threads` threads, at least one, where at most `waiting` jobs wait.
    pub fn new(name: &'static str, threads: usize, waiting: usize, stack_bytes: usize) -> Self {
        Self::with_niceness(name, threads, waiting, stack_bytes, 0)
    }

    fn with_niceness(
        name: &'static str,
        threads: usize,
        waiting: usize,
        stack_bytes: usize,
        niceness: i32,
    ) -> Self {
        Self(Arc::new(Shared {
            name,
            most_threads: threads.max(1),
            most_waiting: waiting,
            stack_bytes,
            niceness,
            state: Mutex::default(),
            work: Condvar::new(),
        }))
    }

    /// A pool whose threads have stack for any engine. The stack is only reserved, and takes
    /// memory as it is used.
    ///
    /// They give way to the threads that execute blocks, which have none of a pool's: see
    /// [`BACKGROUND_NICENESS`].
    pub fn for_engines(threads: usize, waiting: usize) -> Self {
        let stack = ENGINE_THREAD_STACK_BYTES;
        Self::with_niceness("engine", threads, waiting, stack, BACKGROUND_NICENESS)
    }

    /// Has something done that nobody waits for. A panic of it ends nothing else.
    ///
    /// # Errors
    /// [`PoolError::Overloaded`] or [`PoolError::Thread`]: it won't be done.
    pub fn submit(&self, job: impl FnOnce() + Send + 'static) -> Result<(), PoolError> {
        let shared = &self.0;
        let mut state = shared.locked();
        let busy = state.idle <= state.waiting.len();
        if busy && state.threads < shared.most_threads {
            self.start_thread().map_err(PoolError::Thread)?;
            state.threads = state.threads.saturating_add(1);
            // It comes for work at once, and so counts as waiting for it.
            state.idle = state.idle.saturating_add(1);
        } else if busy && state.waiting.len() >= shared.most_waiting.saturating_add(state.idle) {
            return Err(PoolError::Overloaded {
                waiting: state.waiting.len(),
            });
        }
        state.waiting.push_back(Box::new(job));
        drop(state);
        shared.work.notify_one();
        Ok(())
    }

    /// Has something done, and returns what stands for its result.
    ///
    /// # Errors
    /// As [`submit`](Self::submit).
    pub fn start<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Started<T>, PoolError> {
        let (send, receive) = mpsc::sync_channel(1);
        self.submit(move || {
            let done = catch_unwind(AssertUnwindSafe(work)).map_err(|panic| text_of(&*panic));
            // Whoever waited may be gone.
            let _ = send.send(done);
        })?;
        Ok(Started(receive))
    }

    /// Has something done and waits for it.
    ///
    /// # Errors
    /// Too much waits already, there is no thread for it, or it panicked.
    pub fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PoolError> {
        self.start(work)?.wait()
    }

    fn start_thread(&self) -> Result<(), std::io::Error> {
        let shared = self.0.clone();
        thread::Builder::new()
            .name(shared.name.into())
            .stack_size(shared.stack_bytes)
            .spawn(move || {
                give_way(shared.niceness);
                shared.work();
            })
            .map(drop)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.0.locked().closed = true;
        self.0.work.notify_all();
    }
}

impl Shared {
    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a thread does. It was counted as idle by whoever started it.
    fn work(&self) {
        let mut state = self.locked();
        loop {
            if let Some(job) = state.waiting.pop_front() {
                state.idle = state.idle.saturating_sub(1);
                drop(state);
                if let Err(panic) = catch_unwind(AssertUnwindSafe(job)) {
                    let text = text_of(&*panic);
                    tracing::error!(pool = self.name, "a job panicked: {text}");
                }
                state = self.locked();
                state.idle = state.idle.saturating_add(1);
            } else if state.closed {
                return;
            } else {
                let woken = self.work.wait(state);
                state = woken.unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

fn text_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("without a message").to_owned()
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.0.locked();
        f.debug_struct("Pool")
            .field("name", &self.0.name)
            .field("threads", &state.threads)
            .field("idle", &state.idle)
            .field("waiting", &state.waiting.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;

    #[test]
    fn threads_and_waiting_are_bounded() {
        let pool = Pool::new("test", 2, 1, 1 << 20);
        let held = Arc::new(Barrier::new(3));
        let hold = |held: &Arc<Barrier>| {
            let held = held.clone();
            move || {
                held.wait();
                held.wait();
            }
        };
        let running = [
            pool.start(hold(&held)).unwrap(),
            pool.start(hold(&held)).unwrap(),
        ];
        // Both run now; one more may wait, and then no more.
        held.wait();
        let waits = pool.start(|| 7).unwrap();
        assert!(matches!(
            pool.start(|| 8),
            Err(PoolError::Overloaded { waiting: 1 })
        ));
        held.wait();
        assert_eq!(waits.wait().unwrap(), 7);
        for it in running {
            it.wait().unwrap();
        }
        assert_eq!(pool.0.locked().threads, 2);
    }

    #[test]
    fn a_panic_is_its_own_request_s_alone() {
        let pool = Pool::new("test", 1, 8, 1 << 20);
        for _ in 0..3 {
            let failed: Result<(), _> = pool.run(|| panic!("as asked"));
            assert!(matches!(failed, Err(PoolError::Panicked(text)) if text == "as asked"));
            pool.submit(|| panic!("unheard")).unwrap();
            assert_eq!(pool.run(|| 5).unwrap(), 5);
        }
    }

    #[test]
    fn what_waits_is_done_when_the_pool_is_dropped() {
        let pool = Pool::new("test", 1, 8, 1 << 20);
        let started: Vec<_> = (0..5).map(|at| pool.start(move || at).unwrap()).collect();
        drop(pool);
        for (at, it) in started.into_iter().enumerate() {
            assert_eq!(it.wait().unwrap(), at);
        }
    }
}
