use crate::{guarded, Engine, Fault, Shards};
use std::sync::{
    atomic::{AtomicU64, Ordering},
    Arc, Mutex, PoisonError, RwLock,
};

/// Holds the one engine of a library, made when it is first needed and made anew after a panic.
#[derive(Debug)]
pub struct EngineCell<E> {
    engine: Mutex<Option<Arc<E>>>,
    /// How many engines panicked.
    panics: AtomicU64,
    /// The same engine, for threads to find without meeting.
    shards: Shards<LoadedEngine<E>>,
}

/// An engine, and how many had panicked when it was put here: one from before another panic counts
/// for nothing.
type LoadedEngine<E> = RwLock<Option<(u64, Arc<E>)>>;

impl<E: Engine> Default for EngineCell<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E: Engine> EngineCell<E> {
    /// A cell without an engine yet.
    pub const fn new() -> Self {
        Self {
            engine: Mutex::new(None),
            panics: AtomicU64::new(0),
            shards: Shards::empty(),
        }
    }

    /// Works with the engine. A panic becomes a fault, and every later call gets a new engine,
    /// because what a panic left in the caches isn't to be trusted. Calls that run on other
    /// threads go on with the one that they have.
    ///
    /// # Errors
    /// The work's own fault, or its panic.
    pub fn with<T>(&self, work: impl FnOnce(&E) -> Result<T, Fault>) -> Result<T, Fault> {
        let done = guarded(|| {
            let shard = self.shards.local().read();
            if let Some((panics, engine)) = &*shard.unwrap_or_else(PoisonError::into_inner) {
                if *panics == self.panics.load(Ordering::Acquire) {
                    return work(engine);
                }
            }
            work(&self.engine())
        });
        if let Err(Fault::Panicked { .. }) = done {
            let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
            self.panics.fetch_add(1, Ordering::Release);
            engine.take();
        }
        done
    }

    /// The engine that is there, or a new one. This thread's shard gets it, unless a call that
    /// runs still holds what was there before.
    fn engine(&self) -> Arc<E> {
        let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        let engine = engine.get_or_insert_with(|| Arc::new(E::new()));
        if let Ok(mut shard) = self.shards.local().try_write() {
            *shard = Some((self.panics.load(Ordering::Acquire), Arc::clone(engine)));
        }
        Arc::clone(engine)
    }
}

#[cfg(test)]
mod tests;
