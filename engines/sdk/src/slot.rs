use crate::{guarded, Engine, Fault, Places};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Holds the one engine of a library, made when it is first needed and made anew after a panic.
#[derive(Debug)]
pub struct Slot<E> {
    engine: Mutex<Option<Arc<E>>>,
    /// The same engine, for threads to find without meeting.
    places: Places<RwLock<Option<Arc<E>>>>,
}

impl<E: Engine> Default for Slot<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E: Engine> Slot<E> {
    /// An empty slot.
    pub const fn new() -> Self {
        Self {
            engine: Mutex::new(None),
            places: Places::nothing(),
        }
    }

    /// Works with the engine. A panic becomes a fault, and the next call gets a new engine,
    /// because what a panic left in the caches isn't to be trusted.
    ///
    /// # Errors
    /// The work's own fault, or its panic.
    pub fn with<T>(&self, work: impl FnOnce(&E) -> Result<T, Fault>) -> Result<T, Fault> {
        let done = guarded(|| {
            let place = self.places.here();
            if let Some(engine) = &*place.read().unwrap_or_else(PoisonError::into_inner) {
                return work(engine);
            }
            work(&self.engine())
        });
        if let Err(Fault::Panicked { .. }) = done {
            self.empty();
        }
        done
    }

    /// The engine that is there, or a new one; from now on this thread's place has it.
    fn engine(&self) -> Arc<E> {
        let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        let engine = engine.get_or_insert_with(|| Arc::new(E::new()));
        // Under the lock, or it could be put here after another thread's panic took it away.
        let place = self.places.here().write();
        *place.unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(engine));
        Arc::clone(engine)
    }

    /// Calls that run go on with the engine that they have; no later call gets it.
    fn empty(&self) {
        let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        for place in self.places.all() {
            place.write().unwrap_or_else(PoisonError::into_inner).take();
        }
        engine.take();
    }
}
