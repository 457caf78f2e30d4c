//! From a version of this era.

use super::{ended, none};
use crate::state::{is_destroyed, Cluster};
use pink_engine_sdk::{types::Failure, Overlay};

/// Everything is as it was, and what is left of an earlier move goes on.
///
/// # Errors
/// There is no cluster, or it has ended.
pub(super) fn take_over(state: &mut Overlay<'_>) -> Result<Cluster, Failure> {
    if is_destroyed(state) {
        Err(ended())
    } else {
        Cluster::load(state).ok_or_else(none)
    }
}
