use crate::{guarded, Engine, Fault};
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};

/// Holds the one engine of a library, made when it is first needed and made anew after a panic.
#[derive(Debug)]
pub struct Slot<E>(RwLock<Option<E>>);

impl<E: Engine> Default for Slot<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E: Engine> Slot<E> {
    /// An empty slot.
    pub const fn new() -> Self {
        Self(RwLock::new(None))
    }

    /// Works with the engine. A panic becomes a fault, and the next call gets a new engine,
    /// because what a panic left in the caches isn't to be trusted.
    ///
    /// # Errors
    /// The work's own fault, or its panic.
    pub fn with<T>(&self, work: impl FnOnce(&E) -> Result<T, Fault>) -> Result<T, Fault> {
        let done = guarded(|| {
            if let Some(engine) = &*self.0.read().unwrap_or_else(PoisonError::into_inner) {
                return work(engine);
            }
            self.write().get_or_insert_with(E::new);
            // Another thread's panic may have emptied it again; then this call makes its own.
            match &*self.0.read().unwrap_or_else(PoisonError::into_inner) {
                Some(engine) => work(engine),
                None => work(&E::new()),
            }
        });
        if let Err(Fault::Panicked { .. }) = done {
            self.write().take();
        }
        done
    }

    fn write(&self) -> RwLockWriteGuard<'_, Option<E>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
