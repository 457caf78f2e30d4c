//! What things cost besides operators, in picoseconds of ref time and bytes of proof size.
//!
//! One row for each host function, and for what a message and a frame cost before code runs.
//! Proof size counts bytes read from the state. The figures are estimates from the release build,
//! not yet derived by a benchmark, rounded up to leave room for slower machines and for the store's own work:
//! a write is part of a commit and of the state root, which are most of what it takes.

use parity_scale_codec::Encode;
use pink_engine_sdk::types::Weight;

/// A fixed part and a part per byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode)]
pub struct Cost {
    /// Picoseconds.
    pub ref_time: u64,
    /// Bytes.
    pub proof_size: u64,
    /// Picoseconds per byte.
    pub ref_time_per_byte: u64,
    /// Bytes per byte.
    pub proof_size_per_byte: u64,
}

impl Cost {
    const fn flat(ref_time: u64) -> Self {
        Self::sized(ref_time, 0)
    }

    const fn sized(ref_time: u64, ref_time_per_byte: u64) -> Self {
        Self {
            ref_time,
            proof_size: 0,
            ref_time_per_byte,
            proof_size_per_byte: 0,
        }
    }

    const fn reading(self, proof_size: u64, proof_size_per_byte: u64) -> Self {
        Self {
            proof_size,
            proof_size_per_byte,
            ..self
        }
    }

    /// The cost without any byte.
    pub const fn base(&self) -> Weight {
        Weight::new(self.ref_time, self.proof_size)
    }

    /// The cost for so many bytes.
    pub fn of(&self, bytes: u32) -> Weight {
        let bytes = u64::from(bytes);
        Weight::new(
            self.ref_time
                .saturating_add(self.ref_time_per_byte.saturating_mul(bytes)),
            self.proof_size
                .saturating_add(self.proof_size_per_byte.saturating_mul(bytes)),
        )
    }

    /// The part for so many bytes alone.
    pub fn bytes(&self, bytes: u32) -> Weight {
        self.of(bytes).saturating_sub(self.base())
    }
}

/// What a message costs before anything of it is executed: decoding, escrow, settlement, and the
/// commit of the accounts concerned. Part of its limit and of what it consumes.
#[derive(Clone, Copy, Debug, Encode)]
pub struct Bases {
    /// A call; per byte of input.
    pub call: Cost,
    /// An instantiation; per byte of input and salt.
    pub instantiate: Cost,
    /// Validation, translation and storing of code, per byte of it; for an upload, and for an
    /// instantiation that brings code on top of that one's base.
    pub upload: Cost,
    /// A removal of code, per byte of it.
    pub remove_code: Cost,
    /// A withdrawal.
    pub withdraw: Cost,
}

impl Bases {
    /// Those of 2.0.
    pub const V2_0: Self = Self {
        call: Cost::sized(40_000_000, 500).reading(512, 0),
        instantiate: Cost::sized(80_000_000, 2_000).reading(1024, 0),
        upload: Cost::sized(100_000_000, 150_000).reading(256, 0),
        remove_code: Cost::sized(60_000_000, 500).reading(512, 0),
        withdraw: Cost::flat(40_000_000).reading(512, 0),
    };
}

/// What a frame costs before its code runs, whether the code is compiled already or not.
#[derive(Clone, Copy, Debug, Encode)]
pub struct FrameCosts {
    /// A frame, per byte of its code. Twice the interpreter's instantiation of such code; a
    /// worker that finds its cache cold takes longer, and can't be made to for long.
    pub load: Cost,
    /// Each page of memory that the code starts with.
    pub per_page: u64,
}

impl FrameCosts {
    /// Those of 2.0.
    pub const V2_0: Self = Self {
        load: Cost::sized(8_000_000, 4_000).reading(256, 1),
        per_page: 4_000_000,
    };
}

macro_rules! host_costs {
    ($($(#[$doc:meta])* $name:ident: $cost:expr,)*) => {
        /// What host functions cost, on top of `call`, which every one costs.
        #[derive(Clone, Copy, Debug, Encode)]
        pub struct HostCosts {
            $($(#[$doc])* pub $name: Cost,)*
        }

        impl HostCosts {
            /// Those of 2.0.
            pub const V2_0: Self = Self { $($name: $cost,)* };

            /// Every row with its name, for whoever prints or measures the table.
            pub fn rows(&self) -> Vec<(&'static str, Cost)> {
                vec![$((stringify!($name), self.$name),)*]
            }
        }
    };
}

host_costs! {
    /// The way out of the interpreter and back, with the exchange of fuel.
    host_call: Cost::flat(60_000),
    /// A look at what the frame knows: caller, address, value, block, time, and the like.
    getter: Cost::flat(80_000),
    /// A look at the ledger: the balance.
    balance: Cost::flat(600_000).reading(64, 0),
    /// A look at another contract's record.
    contract_info: Cost::flat(2_000_000).reading(256, 0),
    /// The input, per byte copied.
    input: Cost::sized(100_000, 100),
    /// The result, per byte copied.
    seal_return: Cost::sized(100_000, 200),
    /// Reading a value, per byte.
    get_storage: Cost::sized(2_500_000, 100).reading(96, 1),
    /// Looking whether there is a value.
    contains_storage: Cost::sized(2_500_000, 100).reading(96, 1),
    /// Writing a value, per byte written.
    set_storage: Cost::sized(15_000_000, 500).reading(96, 0),
    /// The value that is replaced or removed, per byte.
    old_value: Cost::sized(0, 100).reading(0, 1),
    /// Removing a value.
    clear_storage: Cost::flat(15_000_000).reading(96, 0),
    /// Removing a value and reading it, per byte.
    take_storage: Cost::sized(15_000_000, 200).reading(96, 1),
    /// Hashing a storage key, per byte.
    storage_key: Cost::sized(300_000, 1_500),
    /// Moving money.
    transfer: Cost::flat(20_000_000).reading(128, 0),
    /// A nested call, per byte of input copied.
    call: Cost::sized(6_000_000, 200).reading(256, 0),
    /// A nested call with the input that the frame itself got, per byte.
    call_cloned: Cost::sized(0, 200),
    /// A nested call with value.
    call_value: Cost::flat(20_000_000).reading(128, 0),
    /// A delegate call, per byte of input copied.
    delegate_call: Cost::sized(4_000_000, 200).reading(128, 0),
    /// What a nested frame returned, per byte copied.
    output: Cost::sized(0, 200),
    /// A nested instantiation, per byte of input and salt.
    instantiate: Cost::sized(60_000_000, 2_000).reading(512, 0),
    /// The end of a contract.
    terminate: Cost::flat(60_000_000).reading(512, 0),
    /// Each locked dependency of a contract that ends.
    terminate_dependency: Cost::flat(10_000_000).reading(128, 0),
    /// An event, per byte of data; events are kept with the receipt.
    deposit_event: Cost::sized(1_500_000, 30_000),
    /// Each topic of an event.
    event_topic: Cost::flat(1_500_000),
    /// A debug message, per byte.
    debug_message: Cost::sized(200_000, 100),
    /// SHA-2, per byte hashed.
    sha2_256: Cost::sized(500_000, 6_000),
    /// Keccak, per byte hashed.
    keccak_256: Cost::sized(800_000, 6_000),
    /// BLAKE2b-256, per byte hashed.
    blake2_256: Cost::sized(400_000, 2_000),
    /// BLAKE2b-128, per byte hashed.
    blake2_128: Cost::sized(400_000, 2_000),
    /// Recovery of an ECDSA public key.
    ecdsa_recover: Cost::flat(300_000_000),
    /// An Ethereum address of an ECDSA public key.
    ecdsa_to_eth_address: Cost::flat(50_000_000),
    /// Verification of an sr25519 signature, per byte of the message.
    sr25519_verify: Cost::sized(200_000_000, 6_000),
    /// Exchange of a contract's code.
    set_code_hash: Cost::flat(30_000_000).reading(512, 0),
    /// Locking or unlocking code for delegate calls.
    delegate_dependency: Cost::flat(20_000_000).reading(256, 0),
    /// Transient storage, per byte.
    transient: Cost::sized(500_000, 300),
    /// What is refused: dispatch to a chain that isn't there.
    refused: Cost::sized(200_000, 100),
    /// A chain extension function, per byte of input.
    extension: Cost::sized(1_000_000, 200),
    /// An extension function that signs, verifies or derives, per byte of the message.
    extension_crypto: Cost::sized(300_000_000, 6_000),
    /// An extension function that asks the outside; the same where it isn't asked.
    extension_outside: Cost::flat(20_000_000),
    /// What a chain extension function gives back, per byte.
    extension_output: Cost::sized(0, 200),
}
