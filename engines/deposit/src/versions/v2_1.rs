//! 2.1: 2.0 with another meter, with compiled code, and with room for more topics.

use super::{Compiling, Cost, Interpreter, Limits, Metered, Rules};
use pink_engine_sdk::types::Version;

impl Rules {
    /// Version 2.1. It isn't released, and may change.
    ///
    /// `event_topics`: indexers look for more than what ink! puts into four, and a topic is paid for.
    ///
    /// `metered`: gas is counted by the code itself (`docs/compiled-code.md`). **Its prices are
    /// provisional.**
    pub const V2_1: Self = Self {
        version: Version::new(2, 1),
        upgrades_from: &[Version::new(1, 0), Version::new(1, 1), Version::new(2, 0)],
        limits: Limits {
            event_topics: 8,
            ..Self::V2_0.limits
        },
        interpreter: Interpreter {
            // Beside what 2.0 has: native code of an instance for each frame, 594,560 bytes at most.
            host_stack_bytes: 24 * 1024 * 1024,
            ..Self::V2_0.interpreter
        },
        metered: Some(Metered {
            meter: pink_engine_meter::Rules::V2_1,
            interpreted: 2_000,
            compiled: 500,
            warm_up: 10,
            load: Cost::new((100_000_000, 20_000), (256, 1)),
            activate: Cost::new((260_000_000, 0), (512, 0)),
            compiling: Compiling {
                base: 10_000_000_000,
                byte: 30_000_000,
                function: 100_000_000,
                cell: 1_000_000,
            },
        }),
        ..Self::V2_0
    };
}
