//! The costs of version 2.0. Written by `cargo xtask bench weights --write`; what it does is
//! said in `benches/weights`.
//!
//! Measured on AMD EPYC, 2 cores (2026-11-21): medians of the thread's own
//! time, times 2 (1.25 for the loading of code), rounded up to two digits. What the worker
//! does is stated, not measured here: 1200 ns and 0.25 ns per byte for a point
//! read of the store, 30000 ns and 5 ns per byte for a key written,
//! 2000 ns for what isn't the state. SHA-2 counts at least 4.5 ns per byte, as without
//! instructions for it.

use crate::versions::{BaseWeights, Cost, FrameCosts, HostCosts};

impl BaseWeights {
    /// Those of 2.0.
    pub const V2_0: Self = Self {
        call: Cost::new((150_000_000, 11_000), (512, 0)),
        instantiate: Cost::new((390_000_000, 11_000), (1024, 0)),
        upload: Cost::new((290_000_000, 260_000), (256, 0)),
        remove_code: Cost::new((260_000_000, 10_000), (512, 0)),
        withdraw: Cost::new((140_000_000, 0), (512, 0)),
        deleted_item: Cost::new((64_000_000, 0), (0, 0)),
    };
}

impl FrameCosts {
    /// Those of 2.0.
    pub const V2_0: Self = Self {
        load: Cost::new((20_000_000, 170_000), (256, 1)),
        page: Cost::new((3_700_000, 0), (0, 0)),
    };
}

impl HostCosts {
    /// Those of 2.0.
    pub const V2_0: Self = Self {
        host_call: Cost::new((120_000, 0), (0, 0)),
        getter: Cost::new((22_000, 0), (0, 0)),
        balance: Cost::new((2_600_000, 0), (64, 0)),
        contract_info: Cost::new((2_900_000, 0), (256, 0)),
        input: Cost::new((18_000, 100), (0, 0)),
        seal_return: Cost::new((2_900_000, 100), (0, 0)),
        get_storage: Cost::new((3_600_000, 570), (96, 1)),
        contains_storage: Cost::new((3_500_000, 520), (96, 1)),
        set_storage: Cost::new((65_000_000, 11_000), (96, 0)),
        old_value: Cost::new((0, 530), (0, 1)),
        clear_storage: Cost::new((64_000_000, 0), (96, 0)),
        take_storage: Cost::new((65_000_000, 660), (96, 1)),
        storage_key: Cost::new((0, 1400), (0, 0)),
        transfer: Cost::new((65_000_000, 0), (128, 0)),
        call: Cost::new((6_100_000, 130), (256, 0)),
        call_cloned: Cost::new((0, 100), (0, 0)),
        call_value: Cost::new((64_000_000, 0), (128, 0)),
        delegate_call: Cost::new((3_900_000, 100), (128, 0)),
        output: Cost::new((0, 130), (0, 0)),
        instantiate: Cost::new((200_000_000, 590), (512, 0)),
        terminate: Cost::new((320_000_000, 0), (512, 0)),
        terminate_dependency: Cost::new((64_000_000, 0), (128, 0)),
        deposit_event: Cost::new((860_000, 11_000), (0, 0)),
        event_topic: Cost::new((410_000, 0), (0, 0)),
        debug_message: Cost::new((76_000, 1100), (0, 0)),
        sha2_256: Cost::new((150_000, 9000), (0, 0)),
        keccak_256: Cost::new((840_000, 5800), (0, 0)),
        blake2_256: Cost::new((340_000, 2000), (0, 0)),
        blake2_128: Cost::new((330_000, 2000), (0, 0)),
        ecdsa_recover: Cost::new((460_000_000, 0), (0, 0)),
        ecdsa_to_eth_address: Cost::new((18_000_000, 0), (0, 0)),
        sr25519_verify: Cost::new((86_000_000, 9400), (0, 0)),
        set_code_hash: Cost::new((190_000_000, 0), (512, 0)),
        delegate_dependency: Cost::new((130_000_000, 0), (256, 0)),
        transient: Cost::new((1_500_000, 160), (0, 0)),
        refused: Cost::new((35_000, 100), (0, 0)),
        extension: Cost::new((200_000, 100), (0, 0)),
        extension_output: Cost::new((0, 1100), (0, 0)),
        extension_http: Cost::new((9_100_000, 0), (0, 0)),
        extension_sign: Cost::new((310_000_000, 11_000), (0, 0)),
        extension_verify: Cost::new((460_000_000, 9100), (0, 0)),
        extension_derive: Cost::new((18_000_000, 9000), (0, 0)),
        extension_public_key: Cost::new((140_000_000, 0), (0, 0)),
        extension_ecdsa_sign: Cost::new((310_000_000, 0), (0, 0)),
        extension_cache: Cost::new((4_700_000, 0), (0, 0)),
        extension_log: Cost::new((4_100_000, 970), (0, 0)),
        extension_outside: Cost::new((4_400_000, 0), (0, 0)),
        extension_fact: Cost::new((10_000, 0), (0, 0)),
        extension_balance: Cost::new((2_500_000, 0), (64, 0)),
        extension_code_exists: Cost::new((2_600_000, 0), (256, 0)),
    };
}
