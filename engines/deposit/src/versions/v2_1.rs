//! 2.1: 2.0 with room for more topics.

use super::{Limits, Rules};
use pink_engine_sdk::types::Version;

impl Rules {
    /// Version 2.1. It isn't released, and may change.
    ///
    /// `event_topics`: indexers look for more than what ink! puts into four, and a topic is paid for.
    pub const V2_1: Self = Self {
        version: Version::new(2, 1),
        upgrades_from: &[Version::new(1, 0), Version::new(1, 1), Version::new(2, 0)],
        limits: Limits {
            event_topics: 8,
            ..Self::V2_0.limits
        },
        ..Self::V2_0
    };
}
