//! 1.0: March 2021, with the known quirks.

use super::{BaseWeights, CallIndirect, Instrumentation, Interpreter, Release, Rules, Schedule};
use pink_engine_sdk::types::Version;

/// The rules of March 2021, quirks included: [`Rules::V1_0`].
#[derive(Debug)]
pub enum V1_0 {}

impl Release for V1_0 {
    const RULES: &'static Rules = &Rules::V1_0;
}

impl Rules {
    /// The rules of March 2021, quirks included.
    pub const V1_0: Self = Self {
        version: Version::new(1, 0),
        upgrades_from: &[],
        base: BaseWeights::MARCH_2021,
        schedule: Schedule::MARCH_2021,
        instrumentation: Instrumentation::PwasmUtils,
        call_indirect: CallIndirect::ParametersOnly,
        idle_work_is_reported: true,
        restore_recounts_items: false,
        topics_keep_their_order: false,
        failure_leaves_traces: true,
        exemption_counts_as_paid: false,
        println_is_charged: false,
        later_host_functions: false,
        max_locals: 1024,
        max_segments: 1024,
        event_bytes: 4 << 20,
        output_bytes: 16 << 10,
        restore_per_item: 2_500_000,
        restore_per_byte: 2_000,
        interpreter: Interpreter {
            max_recursion: 65_536,
            max_stack_bytes: 1 << 20,
        },
    };
}
