//! 2.2: 2.1 with deeper call stacks.

use super::{Limits, Rules};
use pink_engine_sdk::types::Version;

impl Rules {
    /// Version 2.2. It isn't released, and may change.
    ///
    /// `call_depth`: a router before a proxy before a token takes some frames by itself.
    pub const V2_2: Self = Self {
        version: Version::new(2, 2),
        upgrades_from: &[Version::new(2, 0), Version::new(2, 1)],
        limits: Limits {
            call_depth: 28,
            ..Self::V2_1.limits
        },
        ..Self::V2_1
    };
}
