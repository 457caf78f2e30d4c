//! How much a message, and a block, may give a worker to keep.
//!
//! Whatever a worker refuses by size is part of consensus: it is counted here, message by message,
//! in the same way on every worker, and it parks the cluster at the message, where an amendment
//! can reach it. Nothing that a message brings about is left to the store to refuse.
//! `docs/limits.md` says which rule of each engine keeps below each bound.

use crate::store::{MAX_KEY_BYTES, MAX_VALUE_BYTES};
use std::fmt;

/// The longest key of the state, in bytes.
pub const MAX_CHANGED_KEY_BYTES: u64 = MAX_KEY_BYTES as u64;

/// The longest value of the state, in bytes.
pub const MAX_CHANGED_VALUE_BYTES: u64 = MAX_VALUE_BYTES as u64;

/// Keys that the messages of a block may change, each counted once for every message that changes
/// it. 4,194,304 take about a gigabyte while the block is executed.
pub const MAX_BLOCK_CHANGED_KEYS: u64 = 4 << 20;

/// Bytes that the messages of a block may change: keys, new values, and the values that they
/// replace, which are kept for the undo window. Each is counted once for every message that changes
/// it. The replaced values of a block are one row of the store, which takes up to three gigabytes.
pub const MAX_BLOCK_CHANGED_BYTES: u64 = 1 << 30;

/// The longest receipt, in bytes of its canonical encoding.
pub const MAX_RECEIPT_BYTES: u64 = MAX_VALUE_BYTES as u64;

/// Bytes of all receipts of a block, in their canonical encoding. The events that engines 1.x let
/// five seconds of gas emit (2,451 ps a byte) are 2,040,000,000 bytes.
pub const MAX_BLOCK_RECEIPTS_BYTES: u64 = 9 << 28;

/// Something is larger than a worker keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge {
    /// Which thing.
    pub what: &'static str,
    /// How large it is.
    pub found: u64,
    /// The largest that is kept.
    pub most: u64,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, found, most } = self;
        write!(f, "{found} {what}, the most is {most}")
    }
}

fn within(what: &'static str, found: u64, most: u64) -> Result<(), TooLarge> {
    if found <= most {
        Ok(())
    } else {
        Err(TooLarge { what, found, most })
    }
}

/// What the messages of a block changed so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Changed {
    keys: u64,
    bytes: u64,
}

impl Changed {
    /// Counts a change: the lengths of the key, of the new value and of the one it replaces.
    pub(super) fn add(&mut self, key: usize, new: usize, old: usize) -> Result<(), TooLarge> {
        let (key, new, old) = (key as u64, new as u64, old as u64);
        within("bytes of one key", key, MAX_CHANGED_KEY_BYTES)?;
        within("bytes of one value", new, MAX_CHANGED_VALUE_BYTES)?;
        self.keys = self.keys.saturating_add(1);
        within(
            "keys changed in the block",
            self.keys,
            MAX_BLOCK_CHANGED_KEYS,
        )?;
        for bytes in [key, new, old] {
            self.bytes = self.bytes.saturating_add(bytes);
        }
        within(
            "bytes changed in the block",
            self.bytes,
            MAX_BLOCK_CHANGED_BYTES,
        )
    }
}

/// What the receipts of a block take so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Received {
    bytes: u64,
}

impl Received {
    /// Counts a receipt of a length.
    pub(super) fn add(&mut self, receipt: usize) -> Result<(), TooLarge> {
        let receipt = receipt as u64;
        within("bytes of one receipt", receipt, MAX_RECEIPT_BYTES)?;
        self.bytes = self.bytes.saturating_add(receipt);
        within(
            "bytes of the block's receipts",
            self.bytes,
            MAX_BLOCK_RECEIPTS_BYTES,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    #[test]
    fn a_change_is_taken_up_to_each_bound_and_not_beyond() {
        let one = |key, new, old| Changed::default().add(key, new, old);
        assert_eq!(one(512, 64 * MIB, 0), Ok(()));
        let too_large = |what, found, most| Err(TooLarge { what, found, most });
        assert_eq!(one(513, 0, 0), too_large("bytes of one key", 513, 512));
        let most = 64 << 20;
        let found = most + 1;
        assert_eq!(
            one(1, 64 * MIB + 1, 0),
            too_large("bytes of one value", found, most)
        );

        // A gigabyte, to the byte, in keys, new values and old ones.
        let mut changed = Changed::default();
        for _ in 0..8 {
            assert_eq!(changed.add(512, 64 * MIB - 512, 64 * MIB), Ok(()));
        }
        assert_eq!(changed.bytes, 1_073_741_824);
        assert_eq!(changed.add(0, 0, 0), Ok(()));
        let found = 1_073_741_825;
        let what = "bytes changed in the block";
        assert_eq!(
            changed.add(0, 0, 1),
            too_large(what, found, MAX_BLOCK_CHANGED_BYTES)
        );

        let mut changed = Changed::default();
        for _ in 0..4_194_304 {
            assert_eq!(changed.add(1, 0, 0), Ok(()));
        }
        let what = "keys changed in the block";
        assert_eq!(changed.add(1, 0, 0), too_large(what, 4_194_305, 4_194_304));
    }

    #[test]
    fn a_receipt_is_taken_up_to_each_bound_and_not_beyond() {
        let too_large = |what, found, most| Err(TooLarge { what, found, most });
        let most = 64 << 20;
        assert_eq!(Received::default().add(64 * MIB), Ok(()));
        assert_eq!(
            Received::default().add(64 * MIB + 1),
            too_large("bytes of one receipt", most + 1, most)
        );
        let mut received = Received::default();
        for _ in 0..36 {
            assert_eq!(received.add(64 * MIB), Ok(()));
        }
        assert_eq!(received.bytes, 2_415_919_104);
        let what = "bytes of the block's receipts";
        assert_eq!(
            received.add(1),
            too_large(what, 2_415_919_105, 2_415_919_104)
        );
        // What five seconds of events on 1.x can be stays below it.
        const { assert!(5_000_000_000_000 / 2_451 < MAX_BLOCK_RECEIPTS_BYTES) };
    }
}
