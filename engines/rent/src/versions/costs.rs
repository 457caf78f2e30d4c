//! What everything costs, in picoseconds of computation, as data.
//!
//! One gas is one weight is one picosecond. The figures of [`BaseWeights`] are the benchmarks of
//! 18 February 2021 with the database's share in them (a read 25 µs, a write 100 µs); those of
//! [`InstructionWeights`] and [`HostFnWeights`] are what the schedule of 25 February 2021 derived
//! from its benchmarks. Figures without a source in 2021 say so.

use parity_scale_codec::{Decode, Encode};
use pink_engine_sdk::rules;

macro_rules! weights {
    (
        $(#[$doc:meta])*
        pub struct $Name:ident: $unit:ty = $CONST:ident {
            $($(#[$field_doc:meta])* $field:ident = $value:literal,)+
        }
    ) => {
        rules! {
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
            #[allow(missing_docs)] // a field is named after what it is the price of
            pub struct $Name {
                $($(#[$field_doc])* pub $field: $unit,)+
            }
        }

        impl $Name {
            #[doc = concat!("The figures of March 2021: `", stringify!($Name), "`.")]
            pub const $CONST: Self = Self { $($field: $value,)+ };
        }
    };
}

weights! {
    /// The fixed part of each message, and of the work between blocks.
    pub struct BaseWeights: u64 = MARCH_2021 {
        /// The deletion queue, once a block.
        on_initialize = 28_733_000,
        /// Each storage item that is deleted.
        on_initialize_per_trie_key = 102_295_000,
        /// Each entry of the deletion queue, for decoding it.
        on_initialize_per_queue_item = 140_992_000,
        instrument = 169_198_000,
        instrument_per_kib = 125_833_000,
        instantiate_with_code = 830_015_000,
        instantiate_with_code_per_kib = 167_480_000,
        instantiate_with_code_per_salt_kib = 2_581_000,
        instantiate = 730_996_000,
        instantiate_per_kib = 8_684_000,
        instantiate_per_salt_kib = 2_518_000,
        call = 509_326_000,
        call_per_kib = 3_920_000,
        claim_surcharge = 828_270_000,
        claim_surcharge_per_kib = 5_108_000,
    }
}

/// Whole KiB: what is shorter than one costs nothing extra.
fn kib(bytes: u32) -> u64 {
    u64::from(bytes / 1024)
}

impl BaseWeights {
    /// Checking and instrumenting code of this length.
    pub fn instrument(&self, code: u32) -> u64 {
        linear(self.instrument, self.instrument_per_kib, code)
    }

    /// A call of code of this length.
    pub fn call(&self, code: u32) -> u64 {
        linear(self.call, self.call_per_kib, code)
    }

    /// An instantiation from stored code.
    pub fn instantiate(&self, code: u32, salt: u32) -> u64 {
        linear(self.instantiate, self.instantiate_per_kib, code)
            .saturating_add(self.instantiate_per_salt_kib.saturating_mul(kib(salt)))
    }

    /// An instantiation with its code.
    pub fn instantiate_with_code(&self, code: u32, salt: u32) -> u64 {
        linear(
            self.instantiate_with_code,
            self.instantiate_with_code_per_kib,
            code,
        )
        .saturating_add(
            self.instantiate_with_code_per_salt_kib
                .saturating_mul(kib(salt)),
        )
    }

    /// A claim against a contract with code of this length.
    pub fn claim_surcharge(&self, code: u32) -> u64 {
        linear(self.claim_surcharge, self.claim_surcharge_per_kib, code)
    }
}

fn linear(base: u64, per_kib: u64, bytes: u32) -> u64 {
    base.saturating_add(per_kib.saturating_mul(kib(bytes)))
}

weights! {
    /// What one instruction costs. `i32` variants cost what their `i64` ones do, all loads and all
    /// stores cost the same, and `end`, `else`, `return` and `unreachable` are free.
    pub struct InstructionWeights: u32 = MARCH_2021 {
        /// Constants, `block`, `loop`, `nop`, `drop`.
        i64const = 1_656,
        i64load = 155_813,
        i64store = 226_465,
        select = 5_671,
        r#if = 7_181,
        br = 3_298,
        br_if = 5_742,
        br_table = 10_495,
        /// Each target of a `br_table`, without the default one.
        br_table_per_entry = 160,
        call = 96_395,
        call_indirect = 194_788,
        call_indirect_per_param = 1_719,
        /// Each local of a function that is called. 0 until 1.1 (see `Rules::SCHEDULE_1_1`).
        call_per_local = 0,
        local_get = 1_580,
        local_set = 1_831,
        local_tee = 1_447,
        global_get = 6_004,
        global_set = 10_186,
        memory_current = 1_832,
        /// For all pages that a memory may have, whatever the instruction asks for.
        memory_grow = 143_649_282,
        i64clz = 2_031,
        i64ctz = 2_045,
        i64popcnt = 2_620,
        i64eqz = 2_147,
        i64extendsi32 = 1_919,
        i64extendui32 = 1_991,
        i32wrapi64 = 2_046,
        i64eq = 2_441,
        i64ne = 2_338,
        i64lts = 2_282,
        i64ltu = 2_499,
        i64gts = 2_343,
        i64gtu = 1_881,
        i64les = 2_261,
        i64leu = 2_178,
        i64ges = 2_486,
        i64geu = 2_426,
        i64add = 2_249,
        i64sub = 2_203,
        i64mul = 2_235,
        i64divs = 8_101,
        i64divu = 7_349,
        i64rems = 8_090,
        i64remu = 7_362,
        i64and = 2_188,
        i64or = 2_155,
        i64xor = 2_282,
        i64shl = 2_368,
        i64shrs = 2_450,
        i64shru = 2_300,
        i64rotl = 2_478,
        i64rotr = 2_498,
    }
}

weights! {
    /// What a host function costs, and each byte, topic or key that it is given.
    pub struct HostFnWeights: u64 = MARCH_2021 {
        caller = 2_701_230,
        address = 2_701_030,
        gas_left = 2_644_670,
        balance = 5_732_820,
        value_transferred = 2_631_100,
        minimum_balance = 2_655_650,
        tombstone_deposit = 2_657_280,
        rent_allowance = 6_043_730,
        block_number = 2_623_290,
        now = 2_632_340,
        weight_to_fee = 5_053_780,
        gas = 1_245_990,
        input = 7_310_000,
        input_per_byte = 267,
        r#return = 4_740_000,
        /// Also charged, and given back, for typed arguments that are read from memory.
        return_per_byte = 765,
        terminate = 657_679_000,
        terminate_per_code_byte = 8_355,
        restore_to = 834_528_000,
        restore_to_per_caller_code_byte = 8_848,
        restore_to_per_tombstone_code_byte = 4_694,
        restore_to_per_delta = 162_361_960,
        random = 6_435_550,
        deposit_event = 9_371_260,
        deposit_event_per_topic = 130_945_410,
        deposit_event_per_byte = 2_451,
        set_rent_allowance = 7_145_900,
        set_storage = 286_670_820,
        set_storage_per_byte = 730,
        clear_storage = 147_813_470,
        get_storage = 34_307_040,
        get_storage_per_byte = 1_520,
        transfer = 180_662_750,
        call = 154_618_610,
        call_per_code_byte = 3_839,
        call_transfer_surcharge = 150_571_810,
        call_per_input_byte = 585,
        call_per_output_byte = 810,
        instantiate = 589_076_300,
        instantiate_per_code_byte = 8_585,
        instantiate_per_input_byte = 615,
        instantiate_per_output_byte = 855,
        instantiate_per_salt_byte = 3_046,
        hash_sha2_256 = 2_409_130,
        hash_sha2_256_per_byte = 4_194,
        hash_keccak_256 = 2_569_460,
        hash_keccak_256_per_byte = 3_360,
        hash_blake2_256 = 2_254_740,
        hash_blake2_256_per_byte = 1_560,
        hash_blake2_128 = 2_256_120,
        hash_blake2_128_per_byte = 1_560,
        /// Only for 1.1, and no figure of 2021: it reads what `balance` and `rent_allowance` read.
        rent_params = 11_776_550,
    }
}
