//! What things cost besides operators, in picoseconds of ref time and bytes of proof size.
//!
//! One row for each host function and each function of the extension, or for a few that do the
//! same; and rows for what a message and a frame cost before code runs. The figures of a version
//! are data in a file of its own, written by `cargo xtask bench weights --write`, which measures
//! the engine; how it does is said there. Proof size counts the bytes that are read from the
//! state; those figures are counted, not measured.

use pink_engine_sdk::{rules, types::Weight};

rules! {
    /// A fixed part and a part per byte.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
}

impl Cost {
    /// What is paid for with something else.
    pub(crate) const FREE: Self = Self::new((0, 0), (0, 0));

    /// `(ref_time, ref_time_per_byte)` and `(proof_size, proof_size_per_byte)`.
    pub(super) const fn new(ref_time: (u64, u64), proof_size: (u64, u64)) -> Self {
        Self {
            ref_time: ref_time.0,
            proof_size: proof_size.0,
            ref_time_per_byte: ref_time.1,
            proof_size_per_byte: proof_size.1,
        }
    }

    /// The cost without any byte.
    pub const fn base(&self) -> Weight {
        Weight::new(self.ref_time, self.proof_size)
    }

    /// The cost for `bytes` bytes.
    pub fn of(&self, bytes: u32) -> Weight {
        let bytes = u64::from(bytes);
        Weight::new(
            self.ref_time
                .saturating_add(self.ref_time_per_byte.saturating_mul(bytes)),
            self.proof_size
                .saturating_add(self.proof_size_per_byte.saturating_mul(bytes)),
        )
    }

    /// The part for `bytes` bytes alone.
    pub fn bytes(&self, bytes: u32) -> Weight {
        self.of(bytes).saturating_sub(self.base())
    }
}

macro_rules! costs {
    ($(#[$doc:meta])* $name:ident { $($(#[$row_doc:meta])* $row:ident,)* }) => {
        rules! {
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $name {
                $($(#[$row_doc])* pub $row: Cost,)*
            }
        }

        impl $name {
            /// Every row with its name, for whoever prints or measures the table.
            pub fn rows(&self) -> Vec<(&'static str, Cost)> {
                vec![$((stringify!($row), self.$row),)*]
            }
        }
    };
}

costs! {
    /// What a message costs before anything of it is executed: decoding, escrow, settlement, and the
    /// commit of the accounts concerned. Part of its limit and of what it consumes.
    BaseWeights {
        /// A call; per byte of input.
        call,
        /// An instantiation; per byte of input and salt.
        instantiate,
        /// Validation, translation and storing of code, per byte of it; for an upload, and for an
        /// instantiation that brings code on top of that one's base.
        upload,
        /// A removal of code, per byte of it.
        remove_code,
        /// A withdrawal.
        withdraw,
        /// An item of a contract that is gone, deleted at the end of a block: part of that block's
        /// weight, paid by nobody.
        deleted_item,
    }
}

costs! {
    /// What a frame costs before its code runs, whether the code is compiled already or not.
    FrameCosts {
        /// A frame, per byte of its code: bounds what it takes to validate and to translate the code anew,
        /// because gas must not depend on what a worker has in its cache.
        load,
        /// Each page of memory that the code starts with.
        page,
    }
}

costs! {
    /// What host functions cost, on top of `host_call`, which every one costs.
    HostCosts {
        /// The way out of the interpreter and back, with the exchange of fuel.
        host_call,
        /// A look at what the frame knows: caller, address, value, block, time, and the like.
        getter,
        /// A look at the ledger: the balance.
        balance,
        /// A look at another contract's record.
        contract_info,
        /// The input, per byte copied.
        input,
        /// The result, per byte copied.
        seal_return,
        /// Reading a value, per byte.
        get_storage,
        /// Looking whether there is a value.
        contains_storage,
        /// Writing a value, per byte written.
        set_storage,
        /// The value that is replaced or removed, per byte.
        old_value,
        /// Removing a value.
        clear_storage,
        /// Removing a value and reading it, per byte.
        take_storage,
        /// Hashing a storage key, per byte.
        storage_key,
        /// Moving money.
        transfer,
        /// A nested call, per byte of input copied.
        call,
        /// A nested call with the input that the frame itself got, per byte.
        call_cloned,
        /// A nested call with value.
        call_value,
        /// A delegate call, per byte of input copied.
        delegate_call,
        /// What a nested frame returned, per byte copied.
        output,
        /// A nested instantiation, per byte of input and salt.
        instantiate,
        /// The end of a contract.
        terminate,
        /// Each locked dependency of a contract that ends.
        terminate_dependency,
        /// An event, per byte of data; events are kept with the receipt.
        deposit_event,
        /// Each topic of an event.
        event_topic,
        /// A debug message, per byte.
        debug_message,
        /// SHA-2, per byte hashed.
        sha2_256,
        /// Keccak, per byte hashed.
        keccak_256,
        /// BLAKE2b-256, per byte hashed.
        blake2_256,
        /// BLAKE2b-128, per byte hashed.
        blake2_128,
        /// Recovery of an ECDSA public key.
        ecdsa_recover,
        /// An Ethereum address of an ECDSA public key.
        ecdsa_to_eth_address,
        /// Verification of an sr25519 signature, per byte of the message.
        sr25519_verify,
        /// Exchange of a contract's code.
        set_code_hash,
        /// Locking or unlocking code for delegate calls.
        delegate_dependency,
        /// Transient storage, per byte.
        transient,
        /// What is refused: dispatch to a chain that isn't there.
        refused,
        /// A chain extension function, per byte of input.
        extension,
        /// What a chain extension function gives back, per byte.
        extension_output,
        /// Functions 1 and 22 of the extension: requests. What takes long is to wait for a response, and the
        /// worker bounds that; in a transaction nothing is asked.
        extension_http,
        /// Function 2: a signature, per byte of the message.
        extension_sign,
        /// Functions 3 and 14: verification of a signature, per byte of the message.
        extension_verify,
        /// Function 4: derivation of a key, per byte of the salt.
        extension_derive,
        /// Function 5: a public key.
        extension_public_key,
        /// Function 13: an ECDSA signature of a hash.
        extension_ecdsa_sign,
        /// Functions 6 to 9: the cache; in a transaction an order to it, which is paid as an event besides.
        extension_cache,
        /// Function 10: a line for the operator, per byte.
        extension_log,
        /// Functions 11, 17 and 18: randomness, the worker's key, its clock.
        extension_outside,
        /// Functions 12, 15, 21 and 23 to 25: what the engine knows, or has a fixed answer for.
        extension_fact,
        /// Function 16: anybody's balance.
        extension_balance,
        /// Function 19: whether there is code with a hash.
        extension_code_exists,
    }
}
