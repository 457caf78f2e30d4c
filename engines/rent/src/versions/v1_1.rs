//! 1.1: 1.0 with its quirks repaired.

use super::{
    CallIndirect, HostFnWeights, InstructionWeights, Instrumentation, Limits, Release, Rules,
    Schedule,
};
use pink_engine_sdk::types::Version;

/// The rules of March 2021, quirks repaired: [`Rules::V1_1`].
#[derive(Debug)]
pub enum V1_1 {}

impl Release for V1_1 {
    const RULES: &'static Rules = &Rules::V1_1;
}

impl Rules {
    /// The same with the quirks repaired and a newer schedule.
    pub const V1_1: Self = Self {
        version: Version::new(1, 1),
        upgrades_from: &[Version::new(1, 0)],
        schedule: Self::SCHEDULE_1_1,
        instrumentation: Instrumentation::WasmInstrument,
        call_indirect: CallIndirect::Full,
        idle_work_is_reported: false,
        restore_recounts_items: true,
        topics_keep_their_order: true,
        failure_leaves_traces: false,
        exemption_counts_as_paid: true,
        println_is_charged: true,
        later_host_functions: true,
        ..Self::V1_0
    };

    /// March 2021 with a newer version, so that stored code is instrumented again, and with a
    /// price for each local of a called function: clearing one costs about what reading one does.
    const SCHEDULE_1_1: Schedule = Schedule {
        version: 1,
        enable_println: false,
        limits: Limits::MARCH_2021,
        instruction_weights: InstructionWeights {
            call_per_local: 1_580,
            ..InstructionWeights::MARCH_2021
        },
        host_fn_weights: HostFnWeights::MARCH_2021,
    };
}
