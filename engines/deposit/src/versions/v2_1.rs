//! 2.1: 2.0 with another meter, with compiled code, and with room for more topics.

use super::{BaseWeights, Compiling, Cost, FrameCosts, Interpreter, Limits, Metered, Rules};
use pink_engine_sdk::types::Version;

/// What 2.0 needs, where code of frames takes nothing of it, and for each frame that can be open what
/// compiled code may take.
const HOST_STACK_BYTES: u64 = {
    let units = pink_engine_meter::Rules::V2_1.reserved_units() as u64;
    let frames = Rules::V2_0.limits.call_depth as u64;
    Rules::V2_0.interpreter.host_stack_bytes + 8 * units * frames
};

impl Rules {
    /// Version 2.1. It isn't released, and may change.
    ///
    /// `event_topics`: indexers look for more than what ink! puts into four, and a topic is paid for.
    ///
    /// `metered`: gas is counted by the code itself (`docs/compiled-code.md`). `upload` and `load` are
    /// what metering and translating what was metered take, which is more than 2.0 does. **These prices
    /// are provisional**: they were fitted to figures of a busy machine, not by `bench weights`.
    pub const V2_1: Self = Self {
        version: Version::new(2, 1),
        upgrades_from: &[Version::new(1, 0), Version::new(1, 1), Version::new(2, 0)],
        limits: Limits {
            event_topics: 8,
            ..Self::V2_0.limits
        },
        interpreter: Interpreter {
            host_stack_bytes: HOST_STACK_BYTES,
            ..Self::V2_0.interpreter
        },
        bases: BaseWeights {
            upload: Cost::new((290_000_000, 490_000), (256, 0)),
            ..BaseWeights::V2_0
        },
        frames: FrameCosts {
            load: Cost::new((30_000_000, 400_000), (256, 1)),
            ..FrameCosts::V2_0
        },
        metered: Some(Metered {
            meter: pink_engine_meter::Rules::V2_1,
            interpreted: 2_000,
            compiled: 100,
            warm_up: 10,
            load: Cost::new((100_000_000, 20_000), (256, 1)),
            activate: Cost::new((260_000_000, 0), (512, 0)),
            compiling: Compiling {
                base: 10_000_000_000,
                byte: 30_000_000,
                function: 100_000_000,
                cell: 1_000_000,
                crossing: 100_000,
            },
        }),
        ..Self::V2_0
    };
}
