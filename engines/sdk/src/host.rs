use crate::{
    types::{AccountId, Changes, Hash, Pairs, Version},
    Fault, Value,
};
use pink_capi::calls::{CrossCall, OCalls, OCallsClient};
use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{
        atomic::{AtomicU64, Ordering},
        Mutex, PoisonError,
    },
};

/// What an engine may ask of the worker during one call.
///
/// Reads see the state at the start of the call. All methods take `&self`, so that views into
/// the worker's memory can be kept for the whole call.
pub trait Host {
    /// The value under a key.
    ///
    /// # Errors
    /// The store failed.
    fn get(&self, key: &[u8]) -> Result<Option<Value<'_>>, Fault>;

    /// The first `limit` pairs with `start <= key < end`, ascending; `None`: all that follow.
    ///
    /// # Errors
    /// The store failed.
    fn range(&self, start: &[u8], end: Option<&[u8]>, limit: u32) -> Result<Pairs, Fault>;

    /// Stages the change set of this call.
    ///
    /// # Errors
    /// A second one, one where the state must not change, or the host's own failure.
    fn commit(&self, changes: Changes) -> Result<(), Fault>;

    /// A line for the operator. Never part of a result, and so it can't fail.
    fn log(&self, level: u8, contract: Option<&AccountId>, text: &str);

    /// The bytes of a system contract's code, by their hash.
    ///
    /// # Errors
    /// The store failed.
    fn system_code(&self, hash: &Hash) -> Result<Option<Vec<u8>>, Fault> {
        generic_ocalls(self).system_code(*hash)
    }

    /// Whether the call should go on. Never part of a result; a transaction must not ask.
    ///
    /// # Errors
    /// [`Fault::Cancelled`]: nobody waits for the answer any more.
    fn poll(&self) -> Result<(), Fault> {
        Ok(())
    }

    /// Makes an ocall that has no method here; see [`generic_ocalls`].
    ///
    /// # Errors
    /// There is no such call, or the host failed.
    fn cross_call(&self, id: u32, args: &[u8]) -> Result<Vec<u8>, Fault>;
}

/// Carries ocalls that have no method in [`Host`] through one.
#[derive(Debug)]
pub struct GenericOcall<'h, H: ?Sized>(&'h H);

impl<H: Host + ?Sized> CrossCall for GenericOcall<'_, H> {
    fn cross_call(&mut self, id: u32, args: &[u8]) -> Result<Vec<u8>, Fault> {
        self.0.cross_call(id, args)
    }
}

/// The ocalls that have no method in [`Host`], made through a host:
/// `generic_ocalls(host).now_ms()`.
pub fn generic_ocalls<H: Host + ?Sized>(host: &H) -> OCallsClient<GenericOcall<'_, H>> {
    OCallsClient(GenericOcall(host))
}

/// Any version has all ocalls that there are at this one.
const NEWEST: Version = Version::new(u32::MAX, u32::MAX);

/// A host in memory, for the unit tests of rules. A worker has the real one.
#[derive(Default)]
pub struct MemoryHost {
    /// The state.
    pub state: Mutex<BTreeMap<Vec<u8>, Vec<u8>>>,
    /// System contract codes by hash.
    pub system_codes: BTreeMap<Hash, Vec<u8>>,
    /// What serves the generic ocalls, if a test needs it.
    pub outside: Mutex<Option<Box<dyn OCalls + Send>>>,
    /// How often it was polled.
    pub polls: AtomicU64,
    /// A call is cancelled after this many polls; `None`: never.
    pub polls_allowed: Mutex<Option<u64>>,
}

impl std::fmt::Debug for MemoryHost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryHost")
            .field("keys", &self.locked().len())
            .finish_non_exhaustive()
    }
}

impl MemoryHost {
    fn locked(&self) -> std::sync::MutexGuard<'_, BTreeMap<Vec<u8>, Vec<u8>>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(crate) fn locked_for_tests(&self) -> std::sync::MutexGuard<'_, BTreeMap<Vec<u8>, Vec<u8>>> {
        self.locked()
    }
}

impl Host for MemoryHost {
    fn get(&self, key: &[u8]) -> Result<Option<Value<'_>>, Fault> {
        Ok(self.locked().get(key).cloned().map(Value::Owned))
    }

    fn range(&self, start: &[u8], end: Option<&[u8]>, limit: u32) -> Result<Pairs, Fault> {
        if end.is_some_and(|end| end <= start) {
            return Ok(Pairs::new());
        }
        let end = end.map_or(Bound::Unbounded, Bound::Excluded);
        Ok(self
            .locked()
            .range::<[u8], _>((Bound::Included(start), end))
            .take(limit as usize)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect())
    }

    fn commit(&self, changes: Changes) -> Result<(), Fault> {
        let mut state = self.locked();
        for (key, value) in changes {
            match value {
                Some(value) => state.insert(key, value),
                None => state.remove(&key),
            };
        }
        Ok(())
    }

    fn log(&self, _: u8, _: Option<&AccountId>, _: &str) {}

    fn system_code(&self, hash: &Hash) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.system_codes.get(hash).cloned())
    }

    fn poll(&self) -> Result<(), Fault> {
        let before = self.polls.fetch_add(1, Ordering::Relaxed);
        let allowed = self
            .polls_allowed
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if allowed.is_some_and(|allowed| before >= allowed) {
            return Err(Fault::Cancelled);
        }
        Ok(())
    }

    fn cross_call(&self, id: u32, args: &[u8]) -> Result<Vec<u8>, Fault> {
        let mut outside = self.outside.lock().unwrap_or_else(PoisonError::into_inner);
        let outside: &mut dyn OCalls = &mut **outside.as_mut().ok_or(Fault::NoHost)?;
        Ok(outside.dispatch(NEWEST, id, args))
    }
}
