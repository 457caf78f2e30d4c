//! Every constant of a version, as one value.
//!
//! Two versions of this era differ in their [`Rules`] and nowhere else. Its rows, name and value, are
//! hashed into [`EngineInfo::cost_table_hash`](pink_engine_sdk::types::EngineInfo), so that a
//! changed number is a changed engine, and visible as one.

mod costs;
mod metered;
mod operators;
mod v2_0;
#[cfg(feature = "metered")]
mod v2_1;

pub use costs::{BaseWeights, Cost, FrameCosts, HostCosts};
pub use metered::{Compiling, MeterRules, Metered};
pub use operators::OperatorCosts;

use crate::hash::blake2_256;
use parity_scale_codec::Encode;
use pink_engine_sdk::{
    rules,
    rules::Table,
    types::{Hash, Version},
};

rules! {
    /// Every constant of a version.
    #[derive(Clone, Debug)]
    pub struct Rules {
        /// The version.
        pub version: Version,
        /// Versions whose state it can take over.
        pub upgrades_from: &'static [Version],
        /// What contracts may be.
        pub limits: Limits,
        /// How the interpreter is set up.
        pub interpreter: Interpreter,
        /// What a message costs before anything of it is executed.
        pub bases: BaseWeights,
        /// What a frame costs before its code runs.
        pub frames: FrameCosts,
        /// What host functions cost.
        pub host: HostCosts,
        /// What operators cost, in fuel.
        pub operators: OperatorCosts,
        /// What storage and code are held for.
        pub deposits: Deposits,
        /// What happens at the end of a block.
        pub idle: Idle,
        /// How code is metered; before 2.1 the interpreter counts.
        pub metered: Option<Metered>,
    }
}

rules! {
    /// Bounds on code and on what it may ask for. Everything is refused before it is allocated.
    #[derive(Clone, Debug)]
    pub struct Limits {
        /// Bytes of code. Phat contracts reach some hundred KiB.
        pub code_len: u32,
        /// Pages of 64 KiB that a contract's memory may grow to; the maximum of one that declares
        /// none. ink! declares 16; the system that this one re-thinks allowed 64.
        pub memory_pages: u32,
        /// Elements of the table.
        pub table_elements: u32,
        /// Globals.
        pub globals: u32,
        /// Parameters of a function type.
        pub parameters: u32,
        /// Locals of a function, parameters included. With it the frame of a call is bounded, and its
        /// price can be: see [`OperatorCosts::call_cost`].
        pub locals: u32,
        /// Targets of one `br_table`.
        pub br_table_targets: u32,
        /// Functions, imported ones included.
        pub functions: u32,
        /// Function types.
        pub types: u32,
        /// Imports.
        pub imports: u32,
        /// Data segments.
        pub data_segments: u32,
        /// Element segments.
        pub element_segments: u32,
        /// Bytes of one function's body: what makes the translator's work per function bounded.
        pub function_body: u32,
        /// Functions that a module may have whatever its length. Each takes the translator a time of
        /// its own, about that of ten of its bytes, and loading is paid by the byte.
        pub free_functions: u32,
        /// Bytes of code that there must be for each function beyond those.
        pub bytes_per_function: u32,
        /// Bytes of code that there must be for each local (parameters included) of all functions
        /// together, beyond one largest frame's: a thousand locals are declared in four bytes, and
        /// translated one by one.
        pub bytes_per_local: u32,
        /// Nesting of blocks in a function.
        pub block_depth: u32,
        /// Contract frames of one call stack.
        pub call_depth: u32,
        /// Topics of an event; also today's limit of ink!.
        pub event_topics: u32,
        /// Bytes of an event's data, or of a storage value.
        pub payload_len: u32,
        /// Bytes of all events of one message: they are kept with the receipt.
        pub event_bytes: u32,
        /// Bytes that a message's first frame may return, in a transaction and in an estimate: they are
        /// kept with the receipt. What a contract returns to another one, and to a query, is bounded by
        /// its memory alone. ink! returns what fits into its buffer of 16 KiB.
        pub output_bytes: u32,
        /// Bytes of a variable storage key.
        pub storage_key_len: u32,
        /// Code that one contract may lock for delegate calls.
        pub delegate_dependencies: u32,
        /// Bytes of a salt.
        pub salt_len: u32,
        /// Bytes of a random subject; only the deprecated function has one.
        pub random_subject_len: u32,
        /// Bytes of all debug messages of one call.
        pub debug_len: u32,
        /// Bytes of transient storage in one call stack.
        pub transient_bytes: u32,
        /// Functions that aren't stable (transient storage, counters of reentrance) may be imported.
        pub unstable_functions: bool,
    }
}

rules! {
    /// The interpreter's settings, none of them its default.
    #[derive(Clone, Debug)]
    pub struct Interpreter {
        /// Picoseconds of ref time that one unit of fuel stands for. The dearest loop that
        /// `cargo xtask bench worst` knows took 1,540 on the machine that the costs were measured on.
        pub ref_time_per_fuel: u64,
        /// Depth of calls within one instance; the next one traps. A call of an intrinsic
        /// (`vm/intrinsics.rs`) isn't one.
        pub recursion_depth: u32,
        /// Bytes of the value stack; what needs more traps.
        pub stack_height: u32,
        /// Bytes of memory that one unit of fuel grows.
        pub bytes_per_fuel: u32,
        /// Stack of the calling thread that the deepest legal nesting needs, in bytes, with room for
        /// what the worker has on it.
        pub host_stack_bytes: u64,
    }
}

rules! {
    /// What storage and code are held for. The prices are the cluster's, these are the quantities.
    #[derive(Clone, Debug)]
    pub struct Deposits {
        /// Bytes that a code's record counts for, besides the code.
        pub code_info_bytes: u32,
        /// Items that a stored code counts for: its bytes and its record.
        pub code_items: u32,
        /// Bytes that a contract's record counts for.
        pub contract_bytes: u32,
        /// Bytes that its record counts for besides, by each lock on code, when its base is held anew.
        pub dependency_bytes: u32,
        /// Items that a contract counts for.
        pub contract_items: u32,
        /// Part of a code's deposit that each user of it locks up, in parts per million.
        pub lockup_ppm: u32,
        /// Deposit limit of a message that gives none, as a quantity of bytes.
        pub default_limit_bytes: u32,
        /// The same in items.
        pub default_limit_items: u32,
        /// Existential deposits in it, one for each contract that is made on the way.
        pub default_limit_accounts: u32,
    }
}

rules! {
    /// Work of a block's end. Constant budgets: nothing depends on what the worker is doing.
    #[derive(Clone, Debug)]
    pub struct Idle {
        /// Items that are deleted in one block: storage of contracts that ended, and accounts of a
        /// cluster that was destroyed.
        pub deleted_items: u32,
        /// Records of contracts and tombstones of the rent era that are walked in one block after a
        /// move. Each writes two keys, its own and its account's: what deleting twice as many takes,
        /// 66 ms by [`BaseWeights::deleted_item`]. A million of them take 1,954 blocks.
        pub moved_records: u32,
        /// Bytes of code of the rent era that are checked in one block after a move. The code that
        /// reaches the budget is checked whole, and no code is larger than
        /// [`Limits::code_len`] without being refused for it: 131 ms at most, by [`FrameCosts::load`].
        pub moved_code_bytes: u32,
        /// Codes that are checked in one block after a move, however short they are: each writes three
        /// keys, one of which was the code as it ran, 1 MiB at most. 12 ms by [`BaseWeights::deleted_item`].
        pub moved_codes: u32,
    }
}

impl Rules {
    /// Every version of this era, oldest first.
    pub const ALL: &'static [&'static Self] = &[
        &Self::V2_0,
        #[cfg(feature = "metered")]
        &Self::V2_1,
    ];

    /// Bytes of the longest variable storage key that any version allows: a state is read by
    /// versions after the one that wrote it.
    pub(crate) const LONGEST_STORAGE_KEY: u32 = {
        let (mut longest, mut index) = (0, 0);
        while index < Self::ALL.len() {
            let len = Self::ALL[index].limits.storage_key_len;
            if len > longest {
                longest = len;
            }
            index += 1;
        }
        longest
    };

    /// BLAKE2b-256 of the named rows: see [`pink_engine_sdk::rules`](mod@pink_engine_sdk::rules).
    pub fn hash(&self) -> Hash {
        blake2_256(&Table::of(self).encode())
    }
}
