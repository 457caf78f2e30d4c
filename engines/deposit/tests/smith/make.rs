//! Valid modules out of random bytes. The fuzz target uses this file too.
#![allow(unreachable_pub)]

use wasm_smith::{Config, Module};

fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_default()
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

/// A module made of these bytes, if they suffice.
pub fn module(bytes: &[u8]) -> Option<Vec<u8>> {
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
    let module = Module::new(config, &mut arbitrary::Unstructured::new(bytes)).ok()?;
    Some(module.to_bytes())
}
