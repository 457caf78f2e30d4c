//! What holds of the pairs of every snapshot, for whoever writes one and for whoever reads one.

use crate::SnapshotError;
use pink_worker_core::store::{MAX_KEY_BYTES, MAX_VALUE_BYTES};

/// Lengths that a state may have.
///
/// # Errors
/// [`SnapshotError::TooLarge`].
pub(crate) fn check_lengths(key: usize, value: usize) -> Result<(), SnapshotError> {
    for (what, found, max) in [
        ("key", key, MAX_KEY_BYTES),
        ("value", value, MAX_VALUE_BYTES),
    ] {
        if found > max {
            let (found, max) = (found as u64, max as u64);
            return Err(SnapshotError::TooLarge { what, found, max });
        }
    }
    Ok(())
}

/// Puts a key in the place of the last one, which it has to come behind.
///
/// # Errors
/// [`SnapshotError::Order`].
pub(crate) fn go_on_to(last: &mut Option<Vec<u8>>, key: &[u8]) -> Result<(), SnapshotError> {
    if last.as_ref().is_some_and(|last| last.as_slice() >= key) {
        return Err(SnapshotError::Order {
            key: hex::encode(key),
        });
    }
    *last = Some(key.to_vec());
    Ok(())
}
