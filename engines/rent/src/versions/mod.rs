//! The rules as values: one for each version, and nothing else tells the versions apart.
//!
//! | file | what it holds |
//! |---|---|
//! | `v1_0`, `v1_1` | the values of each version |
//! | `costs`, `schedule`, `config` | what they are made of |

mod config;
mod costs;
mod schedule;
mod v1_0;
mod v1_1;

pub use config::RentConfig;
pub use costs::{BaseWeights, HostFnWeights, InstructionWeights};
pub use schedule::{Limits, Schedule};
pub use v1_0::V1_0;
pub use v1_1::V1_1;

use parity_scale_codec::Encode;
use pink_engine_sdk::{
    rules,
    rules::{Rule, Table},
    single_rules,
    types::{Hash, Version},
};
use sp_crypto_hashing::blake2_256;

rules! {
    /// Everything that 1.0 and 1.1 could differ in. What is the same in both is in the code.
    ///
    /// Each field's comment says what 1.0 does, as the module of March 2021 did it, and what 1.1
    /// does instead, and why.
    #[derive(Clone, Debug)]
    pub struct Rules {
        /// The version.
        pub version: Version,
        /// Versions whose state it takes over.
        pub upgrades_from: &'static [Version],
        /// The fixed weight of messages.
        pub base: BaseWeights,
        /// The schedule that a new cluster begins with, and that the move to this version installs.
        pub schedule: Schedule,
        /// How gas and stack counters get into the code.
        ///
        /// 1.0: `pwasm-utils` 0.16, so that the instrumented bytes, and with them rent, are what they
        /// were. 1.1: its successor, `wasm-instrument` 0.4, which differs in this:
        /// * the stack counter counts locals one by one and not by groups of one type, and two values
        ///   more for each frame, so that no function is free of it and all entry points are counted;
        /// * each local of a called function is priced (`call_per_local`);
        /// * the price of a block is a 64-bit number, so that a block of any size has one.
        ///
        /// Code that runs is longer for it, most where functions are small.
        pub instrumentation: Instrumentation,
        /// 1.0: `call_indirect` is priced by the number of its parameters alone, a few picoseconds,
        /// because its own weight was left out of the sum. 1.1: its weight, and the one per parameter.
        pub call_indirect: CallIndirect,
        /// 1.0: an empty deletion queue, or no budget for one item, reports the whole limit as used.
        /// 1.1: nothing, as nothing was done.
        pub idle_work_is_reported: bool,
        /// 1.0: `seal_restore_to` deletes the keys of the delta, but goes on counting them as items
        /// of the contract, which then pays rent for them. 1.1: it counts them out.
        pub restore_recounts_items: bool,
        /// 1.0: an event's topics come out sorted, because finding duplicates sorts them. 1.1: in the
        /// contract's order.
        pub topics_keep_their_order: bool,
        /// 1.0: rent that was charged, and code that was instrumented again, at the beginning of a
        /// message survive its failure. 1.1: a message that fails leaves no trace but its fee. An
        /// eviction whose reward finds no account survives in both.
        pub failure_leaves_traces: bool,
        /// 1.0: a contract whose balance covers its space owes nothing, but the block up to which it
        /// has paid stays where it was; when it is drained, it owes rent for all that time. 1.1: that
        /// block moves along whenever the contract is called, so that it owes what accrued since.
        pub exemption_counts_as_paid: bool,
        /// 1.0: `seal_println` is free. 1.1: it costs what returning these bytes does.
        pub println_is_charged: bool,
        /// 1.1 has `seal0.seal_rent_params` and `seal1.seal_random`, which came a few weeks later.
        pub later_host_functions: bool,
        /// Locals of one function, parameters not counted. In both versions, and not in 2021: the
        /// interpreter clears them at every call, which 1.0 doesn't price.
        pub max_locals: u32,
        /// Data segments, and element segments, of a module. In both versions, and not in 2021: each is
        /// copied whenever the contract is called, whatever its length.
        pub max_segments: u32,
        /// Bytes of all events of one message: they are kept with the receipt, which workers refuse
        /// beyond 64 MiB. In both versions, and not in 2021, where a block's weight was the only bound.
        pub event_bytes: u32,
        /// Bytes that a message's first frame may return, in a transaction and in an estimate: they are
        /// kept with the receipt. What a contract returns to another one, and to a query, is bounded by
        /// its memory alone. In both versions, and not in 2021, where outputs were no part of a block.
        /// ink! returns what fits into its buffer of 16 KiB.
        pub output_bytes: u32,
        /// What `seal_restore_to` pays for each item of the calling contract. In both versions, and
        /// not in 2021: there the root of the storage was at hand, here it is computed.
        pub restore_per_item: u64,
        /// The same, for each byte of its values.
        pub restore_per_byte: u64,
        /// What the interpreter is asked for.
        pub interpreter: Interpreter,
    }
}

/// Which library instruments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode)]
pub enum Instrumentation {
    /// `pwasm-utils` 0.16 over `parity-wasm` 0.41.
    PwasmUtils,
    /// `wasm-instrument` 0.4 over `parity-wasm` 0.45.
    WasmInstrument,
}

/// How `call_indirect` is priced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode)]
pub enum CallIndirect {
    /// One picosecond for each parameter.
    ParametersOnly,
    /// As its two weights say.
    Full,
}

rules! {
    /// Bounds of the interpreter, for recursion that the injected counter doesn't see (a function
    /// that needs no stack costs none). Reaching one is a trap.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Interpreter {
        /// Functions on the stack. The interpreter of March 2021 had the same bound.
        pub max_recursion: u32,
        /// Bytes of the value stack: 131,072 values, as in March 2021.
        pub max_stack_bytes: u32,
    }
}

single_rules!(Instrumentation, CallIndirect);

impl Rules {
    /// Every version of this era, oldest first.
    pub const ALL: &'static [&'static Self] = &[&Self::V1_0, &Self::V1_1];

    /// BLAKE2b-256 of the named rows of these rules and of the default configuration, by which a
    /// chain knows them: see [`pink_engine_sdk::rules`](mod@pink_engine_sdk::rules).
    pub fn hash(&self) -> Hash {
        let mut table = Table::of(self);
        RentConfig::DEVELOPMENT.add_to("config", &mut table);
        blake2_256(&table.encode())
    }
}

/// A version, as a type: which value of rules an engine runs.
pub trait Release: Send + Sync + 'static {
    /// Its rules.
    const RULES: &'static Rules;
}
