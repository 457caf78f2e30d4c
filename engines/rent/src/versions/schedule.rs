//! The schedule: limits and prices that governance can change while a version runs.

use crate::versions::{HostFnWeights, InstructionWeights};
use parity_scale_codec::{Decode, Encode};
use pink_engine_sdk::rules;

/// Bytes of one page of a contract's memory.
const PAGE: u32 = 64 * 1024;

rules! {
    /// Limits and prices for contract code. Code that was prepared under an older schedule is checked
    /// and instrumented again when it is loaded next.
    #[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
    pub struct Schedule {
        /// Grows with every change.
        pub version: u32,
        /// Whether contracts may import `seal_println`. For development.
        pub enable_println: bool,
        /// What a module may ask for.
        pub limits: Limits,
        /// What its instructions cost.
        pub instruction_weights: InstructionWeights,
        /// What it pays for host functions.
        pub host_fn_weights: HostFnWeights,
    }
}

rules! {
    /// What a module may ask for.
    #[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
    pub struct Limits {
        /// Topics of one event.
        pub event_topics: u32,
        /// Values on the stack, as the injected counter counts them.
        pub stack_height: u32,
        /// Globals of a module.
        pub globals: u32,
        /// Parameters of a function type.
        pub parameters: u32,
        /// Pages of 64 KiB.
        pub memory_pages: u32,
        /// Elements of the table.
        pub table_size: u32,
        /// Targets of a `br_table`, without the default one.
        pub br_table_size: u32,
        /// Bytes of the subject of a random value.
        pub subject_len: u32,
    }
}

impl Limits {
    /// The limits of March 2021.
    pub const MARCH_2021: Self = Self {
        event_topics: 4,
        stack_height: 512,
        globals: 256,
        parameters: 128,
        memory_pages: 16,
        table_size: 4096,
        br_table_size: 256,
        subject_len: 32,
    };

    /// The widest limits that a schedule may set. Beyond them the interpreter could refuse, or a
    /// exec could fail to hold, what a contract is promised.
    const WIDEST: Self = Self {
        event_topics: 16,
        stack_height: 16_384,
        globals: 1_000,
        parameters: 256,
        memory_pages: 64,
        table_size: 16_384,
        br_table_size: 16_384,
        subject_len: 1_024,
    };

    /// Bytes that a contract's memory can have, and so the longest buffer in it.
    pub fn max_memory_size(&self) -> u32 {
        self.memory_pages.saturating_mul(PAGE)
    }
}

impl Schedule {
    /// The schedule of March 2021.
    pub const MARCH_2021: Self = Self {
        version: 0,
        enable_println: false,
        limits: Limits::MARCH_2021,
        instruction_weights: InstructionWeights::MARCH_2021,
        host_fn_weights: HostFnWeights::MARCH_2021,
    };

    /// Whether each limit is at most what an engine can keep.
    ///
    /// # Errors
    /// Says which isn't.
    pub fn validate(&self) -> Result<(), String> {
        let (is, most) = (&self.limits, &Limits::WIDEST);
        [
            ("event_topics", is.event_topics, most.event_topics),
            ("stack_height", is.stack_height, most.stack_height),
            ("globals", is.globals, most.globals),
            ("parameters", is.parameters, most.parameters),
            ("memory_pages", is.memory_pages, most.memory_pages),
            ("table_size", is.table_size, most.table_size),
            ("br_table_size", is.br_table_size, most.br_table_size),
            ("subject_len", is.subject_len, most.subject_len),
        ]
        .into_iter()
        .find(|(_, is, most)| is > most)
        .map_or(Ok(()), |(name, is, most)| {
            Err(format!("limits.{name} is {is}, at most {most} is possible"))
        })
    }
}
