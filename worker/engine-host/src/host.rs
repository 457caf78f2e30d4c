use crate::{OffchainServices, TRANSACTION_MEMORY_BYTES};
use pink_capi::{
    types::{AccountId, Changes, Hash, Pairs},
    Fault,
};
use std::borrow::Cow;

/// The most bytes of the state that are lent to one call as copies at a time; and, through the first
/// ABI, the most that one answer holds. Part of consensus, passing it is [`Fault::Lent`]. Far above
/// what gas lets a contract read: `proof_size` bounds that on 2.0 (8 MiB on the runtime of this
/// repository); what 1.x is answered it copies and gives back at once, and its largest value has 16
/// KiB.
pub const MAX_LENT_BYTES: u64 = 256 << 20;

/// The most keys that one call changes. Part of consensus, passing it is
/// [`Fault::ChangesTooLarge`]. 2.0 has 30 µs of gas for each key: with the two seconds that a
/// message has on the runtime of this repository it writes 67,000. What begins and ends blocks, and
/// migrates from another engine, has budgets of its own, of a few thousand.
pub const MAX_CHANGED_KEYS: u64 = 1 << 20;

/// The most bytes of keys and values that one call changes. Part of consensus, passing it is
/// [`Fault::ChangesTooLarge`]. With two seconds of gas a message of 2.0 writes 130 MB.
pub const MAX_CHANGE_BYTES: u64 = 512 << 20;

/// Counts what a call changes, before anything is copied.
///
/// # Errors
/// [`Fault::ChangesTooLarge`].
pub(crate) fn check_changes(
    lengths: impl ExactSizeIterator<Item = (usize, usize)>,
) -> Result<(), Fault> {
    let keys = lengths.len() as u64;
    if keys > MAX_CHANGED_KEYS {
        return Err(Fault::ChangesTooLarge { keys, bytes: 0 });
    }
    let bytes = lengths.fold(0u64, |all, (key, value)| {
        all.saturating_add(key as u64).saturating_add(value as u64)
    });
    if bytes > MAX_CHANGE_BYTES {
        return Err(Fault::ChangesTooLarge { keys, bytes });
    }
    Ok(())
}

/// Whether `used` bytes may be lent to a call.
///
/// # Errors
/// [`Fault::Lent`].
pub(crate) fn check_lent(used: u64) -> Result<(), Fault> {
    if used > MAX_LENT_BYTES {
        return Err(Fault::Lent {
            used,
            limit: MAX_LENT_BYTES,
        });
    }
    Ok(())
}

/// What an engine may ask of the worker during one call, whichever ABI carries it. `'s` is the
/// life of the state that the call sees.
pub trait Host<'s> {
    /// The value under a key, as of the start of the call.
    ///
    /// # Errors
    /// The store failed.
    fn get(&self, key: &[u8]) -> Result<Option<Cow<'s, [u8]>>, Fault>;

    /// The first `limit` pairs with `start <= key < end`, ascending.
    ///
    /// # Errors
    /// The store failed.
    fn range(&self, start: &[u8], end: Option<&[u8]>, limit: u32) -> Result<Pairs, Fault>;

    /// Stages the change set of the call.
    ///
    /// # Errors
    /// A second one in a call, one in a call that must not change the state, or one whose keys
    /// don't ascend.
    fn commit(&mut self, changes: Changes) -> Result<(), Fault>;

    /// A line for the operator.
    fn log(&mut self, level: u8, contract: Option<AccountId>, text: String);

    /// The bytes of a system contract's code.
    ///
    /// # Errors
    /// The store failed.
    fn system_code(&self, hash: &Hash) -> Result<Option<Vec<u8>>, Fault>;

    /// The seed that the cluster's workers share.
    ///
    /// # Errors
    /// [`Fault::NoClusterKey`]: this worker hasn't got it. The contract doesn't get to know, or
    /// workers would part.
    fn cluster_key(&self) -> Result<[u8; 32], Fault>;

    /// The most that the call may take, in bytes: what the engine allocates, and what it is lent
    /// as copies. Read once, when the call begins.
    fn memory_bytes(&self) -> u64 {
        TRANSACTION_MEMORY_BYTES
    }

    /// Whether the call should go on; asked in queries and estimates only.
    ///
    /// # Errors
    /// [`Fault::Cancelled`]: nobody waits for the answer any more.
    fn poll(&self) -> Result<(), Fault> {
        Ok(())
    }

    /// What a query may reach beyond the state.
    ///
    /// # Errors
    /// This call is no query.
    fn services(&self) -> Result<&dyn OffchainServices, Fault>;
}
