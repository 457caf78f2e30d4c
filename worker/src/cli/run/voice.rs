//! With whose account a worker speaks.

use pink_rpc_source::{Mute, Sender};

/// A worker without a key follows, and says nothing.
pub(super) fn none() -> (Box<dyn Sender>, bool) {
    (Box::new(Mute::new()), false)
}
