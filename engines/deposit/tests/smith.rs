//! A thousand modules that nobody would write. The engine never panics, never leaves a fault,
//! and two instances never differ.

mod common;

use common::*;
use pink_engine_sdk::{types::*, Engine, MemoryHost};
use wasm_smith::{Config, Module};

/// Bytes that look random and are the same everywhere (SplitMix64).
fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed;
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bytes.extend((word ^ (word >> 31)).to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}

/// What may be imported: a part of the table.
fn imports() -> Vec<u8> {
    wat(r#"(module
        (import "env" "memory" (memory 2 16))
        (import "seal0" "seal_return" (func (param i32 i32 i32)))
        (import "seal0" "input" (func (param i32 i32)))
        (import "seal0" "caller" (func (param i32 i32)))
        (import "seal2" "set_storage" (func (param i32 i32 i32 i32) (result i32)))
        (import "seal1" "get_storage" (func (param i32 i32 i32 i32) (result i32)))
        (import "seal0" "take_storage" (func (param i32 i32 i32 i32) (result i32)))
        (import "seal0" "transfer" (func (param i32 i32 i32 i32) (result i32)))
        (import "seal1" "call" (func (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))
        (import "seal0" "deposit_event" (func (param i32 i32 i32 i32)))
        (import "seal0" "hash_blake2_256" (func (param i32 i32 i32)))
        (import "seal1" "terminate" (func (param i32)))
        (import "seal0" "instantiation_nonce" (func (result i64))))"#)
}

fn exports() -> Vec<u8> {
    wat(r#"(module (func (export "deploy")) (func (export "call")))"#)
}

fn smith(seed: u64) -> Option<Vec<u8>> {
    let bytes = noise(seed, 2048);
    let config = Config {
        available_imports: Some(imports()),
        exports: Some(exports()),
        min_imports: 13,
        max_imports: 13,
        allow_floats: false,
        bulk_memory_enabled: false,
        exceptions_enabled: false,
        extended_const_enabled: false,
        gc_enabled: false,
        memory64_enabled: false,
        multi_value_enabled: false,
        reference_types_enabled: false,
        relaxed_simd_enabled: false,
        saturating_float_to_int_enabled: false,
        shared_everything_threads_enabled: false,
        simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        custom_page_sizes_enabled: false,
        compact_imports_enabled: false,
        max_memories: 1,
        max_tables: 1,
        max_table_elements: 100,
        table_max_size_required: true,
        max_globals: 8,
        max_instructions: 200,
        allow_start_export: true,
        export_everything: false,
        ..Config::default()
    };
    let module = Module::new(config, &mut arbitrary::Unstructured::new(&bytes)).ok()?;
    Some(module.to_bytes())
}

#[test]
fn a_thousand_modules() {
    let mut accepted = 0u32;
    let mut ran = std::collections::BTreeMap::<String, u32>::new();
    // Half of them have no memory, or their own.
    for seed in 0..4_000 {
        if accepted == 1_000 {
            break;
        }
        let Some(code) = smith(seed) else { continue };
        let mut first = Chain::new();
        let mut second: Chain = Chain {
            host: MemoryHost::default(),
            ..Chain::empty()
        };
        *second.host.state.lock().unwrap() = first.state();
        let mut both = |message: Message| {
            // The second engine never has anything in its cache.
            second.engine = Engine::new();
            let receipt = first.send(message.clone());
            assert_eq!(
                receipt,
                second.execute(Mode::Transaction, message),
                "{seed}"
            );
            assert_eq!(first.state(), second.state(), "{seed}");
            receipt
        };
        let mut make = instantiate(Code::Upload(code), b"input");
        make.gas_limit.ref_time = 2_000_000_000;
        let made = both(Message::Instantiate(make));
        let name = match &made.outcome {
            Outcome::Rejected(failure) => format!("rejected {failure}"),
            Outcome::Trapped(failure) => failure.error.clone(),
            other => format!("{other:?}"),
        };
        *ran.entry(name).or_default() += 1;
        if !matches!(made.outcome, Outcome::Rejected(_)) {
            accepted += 1;
        }
        if let Some(address) = made.address {
            let mut message = call(address, b"some input");
            message.gas_limit.ref_time = 2_000_000_000;
            message.value = 5_000;
            both(Message::Call(message.clone()));
            both(Message::Call(message));
        }
    }
    println!("{ran:?}");
    assert_eq!(accepted, 1_000, "{ran:?}");
}

/// The same bytes, cut and bent: what isn't code is refused, and nothing else happens.
#[test]
fn damaged_modules() {
    let mut chain = Chain::new();
    let code = artefact("token");
    for seed in 0..500u64 {
        let noise = noise(seed, 16);
        let mut damaged = code.clone();
        for pair in noise.chunks(4) {
            let at = usize::from(u16::from_le_bytes([pair[0], pair[1]])) % damaged.len();
            damaged[at] = pair[2];
        }
        damaged.truncate(damaged.len() - usize::from(noise[3]) % 32);
        let mut make = instantiate(Code::Upload(damaged), &message("new", 5u128));
        make.gas_limit.ref_time = 5_000_000_000;
        make.salt = seed.to_le_bytes().to_vec();
        chain.send(Message::Instantiate(make));
    }
}
