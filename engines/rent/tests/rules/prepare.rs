//! What code may be: each case of 2021, with its reason.

use crate::{
    harness::{deploy, rejected, Harness, ALICE},
    wasm::wat,
};
use pink_engine_rent::{Release, V1_0, V1_1};
use pink_engine_sdk::types::{Message, Outcome};

const ENTRIES: &str = r#"(func (export "call")) (func (export "deploy"))"#;

/// A cluster whose limits are those of the cases.
fn harness<V: Release>(println: bool) -> Harness<V> {
    let mut harness = Harness::new();
    harness.fund(ALICE, 1_000_000_000);
    let receipt = harness.update_schedule(|schedule| {
        schedule.enable_println = println;
        schedule.limits.globals = 3;
        schedule.limits.parameters = 3;
        schedule.limits.table_size = 3;
        schedule.limits.br_table_size = 3;
    });
    assert_eq!(receipt.outcome, Outcome::Success);
    harness
}

/// What becomes of a module: nothing, or the reason for which it is refused.
fn prepared<V: Release>(code: &[u8], println: bool) -> Option<String> {
    let receipt =
        harness::<V>(println).execute(Message::Instantiate(deploy(ALICE, code, 1_000_000)));
    match &receipt.outcome {
        Outcome::Success => None,
        _ => {
            let failure = rejected(&receipt);
            assert_eq!(failure.error, "CodeRejected");
            assert_eq!(
                receipt.gas_limit.ref_time, 0,
                "a refused module costs nothing"
            );
            Some(failure.detail.clone())
        }
    }
}

/// In both versions alike.
fn check(module: &str, expected: Option<&str>) {
    let code = wat(module);
    assert_eq!(prepared::<V1_0>(&code, false).as_deref(), expected, "1.0");
    assert_eq!(prepared::<V1_1>(&code, false).as_deref(), expected, "1.1");
}

macro_rules! cases {
    ($($name:ident: $parts:expr => $expected:expr;)+) => {
        $(
            #[test]
            fn $name() {
                check(&format!("(module {})", $parts.concat()), $expected);
            }
        )+
    };
}

cases! {
    no_floats: [r#"(func (export "deploy"))
        (func (export "call") (drop (f32.add (f32.const 0) (f32.const 1))))"#]
        => Some("gas instrumentation failed");

    param_number_valid: [ENTRIES, "(func (param i32 i32 i32))"] => None;
    param_number_invalid: [ENTRIES, "(func (param i32 i32 i32 i32)) (func (param i32))"]
        => Some("Use of a function type with too many parameters.");

    global_number_valid: [ENTRIES, &"(global i64 (i64.const 0))".repeat(3)] => None;
    global_number_too_high: [ENTRIES, &"(global i64 (i64.const 0))".repeat(4)]
        => Some("module declares too many globals");

    memory_with_one_page: [r#"(import "env" "memory" (memory 1 1))"#, ENTRIES] => None;
    internal_memory_declaration: ["(memory 1 1)", ENTRIES]
        => Some("module declares internal memory");
    no_memory_import: [ENTRIES] => None;
    initial_exceeds_maximum: [r#"(import "env" "memory" (memory 16 1))"#, ENTRIES]
        => Some("Module is not valid");
    no_maximum: [r#"(import "env" "memory" (memory 1))"#, ENTRIES]
        => Some("Maximum number of pages should be always declared.");
    requested_maximum_valid: [r#"(import "env" "memory" (memory 1 16))"#, ENTRIES] => None;
    requested_maximum_exceeds_configured_maximum:
        [r#"(import "env" "memory" (memory 1 17))"#, ENTRIES]
        => Some("Maximum number of pages should not exceed the configured maximum.");
    field_name_not_memory: [r#"(import "env" "forgetit" (memory 1 1))"#, ENTRIES]
        => Some("Memory import must have the field name 'memory'");
    multiple_memory_imports: ["", &r#"(import "env" "memory" (memory 1 1))"#.repeat(2), ENTRIES]
        => Some("Module is not valid");
    table_import: [r#"(import "seal0" "table" (table 1 funcref))"#, ENTRIES]
        => Some("Cannot import tables");
    global_import: [r#"(global (import "seal0" "global") i32)"#, ENTRIES]
        => Some("Cannot import globals");

    no_tables: [ENTRIES] => None;
    table_valid_size: ["(table 3 funcref)", ENTRIES] => None;
    table_too_big: ["(table 4 funcref)", ENTRIES]
        => Some("table exceeds maximum size allowed");
    br_table_valid_size: [ENTRIES, "(func i32.const 0 br_table 0 0 0 0)"] => None;
    br_table_too_big: [ENTRIES, "(func i32.const 0 br_table 0 0 0 0 0)"]
        => Some("BrTable's immediate value is too big.");

    can_import_legit_function:
        [r#"(import "seal0" "seal_clear_storage" (func (param i32)))"#, ENTRIES] => None;
    can_not_import_gas_function: [r#"(import "seal0" "gas" (func (param i32)))"#, ENTRIES]
        => Some("module imports a non-existent function");
    memory_not_in_seal0: [r#"(import "seal0" "memory" (memory 1 1))"#, ENTRIES]
        => Some("Invalid module for imported memory");
    memory_not_in_arbitrary_module: [r#"(import "any" "memory" (memory 1 1))"#, ENTRIES]
        => Some("Invalid module for imported memory");
    function_not_in_env: [r#"(import "env" "seal_clear_storage" (func (param i32)))"#, ENTRIES]
        => Some("Invalid module for imported function");
    function_not_arbitrary_module:
        [r#"(import "any" "seal_clear_storage" (func (param i32)))"#, ENTRIES]
        => Some("Invalid module for imported function");
    wrong_signature: [r#"(import "seal0" "seal_clear_storage" (func (param i64)))"#, ENTRIES]
        => Some("module imports a non-existent function");
    unknown_func_name: [r#"(import "seal0" "unknown_func" (func))"#, ENTRIES]
        => Some("module imports a non-existent function");
    seal_println_debug_disabled:
        [r#"(import "seal0" "seal_println" (func (param i32 i32)))"#, ENTRIES]
        => Some("module imports `seal_println` but debug features disabled");

    it_works: [ENTRIES] => None;
    omit_deploy: [r#"(func (export "call"))"#] => Some("deploy function isn't exported");
    omit_call: [r#"(func (export "deploy"))"#] => Some("call function isn't exported");
    try_sneak_export_as_entrypoint:
        [r#"(import "seal0" "panic" (func)) (func (export "deploy")) (export "call" (func 0))"#]
        => Some("entry point points to an imported function");
    try_sneak_export_as_global:
        [r#"(func (export "deploy")) (global (export "call") i32 (i32.const 0))"#]
        => Some("expected a function");
    entry_wrong_signature: [r#"(func (export "deploy")) (func (export "call") (param i32))"#]
        => Some("entry point has wrong signature");
    entry_may_return_a_number:
        [r#"(func (export "deploy")) (func (export "call") (result i32) (i32.const 7))"#]
        => None;
    unknown_exports: [ENTRIES, r#"(func (export "whatevs"))"#]
        => Some("unknown export: expecting only deploy and call functions");
    global_float: ["(global f32 (f32.const 0))", ENTRIES]
        => Some("use of floating point type in globals is forbidden");
    local_float: ["(func (local f32))", ENTRIES]
        => Some("use of floating point type in locals is forbidden");
    param_float: ["(func (param f32))", ENTRIES]
        => Some("use of floating point type in function types is forbidden");
    result_float: ["(func (result f32) (f32.const 0))", ENTRIES]
        => Some("use of floating point type in function types is forbidden");

    locals_valid: ["(func (local ", &"i64 ".repeat(1024), "))", ENTRIES] => None;
    too_many_locals: ["(func (local ", &"i64 ".repeat(1025), "))", ENTRIES]
        => Some("function declares too many locals");
    two_tables: ["(table 1 funcref) (table 1 funcref)", ENTRIES]
        => Some("Module is not valid");
    sign_extension: [ENTRIES, "(func (drop (i32.extend8_s (i32.const 1))))"]
        => Some("Can't decode wasm code");
    bulk_memory:
        [r#"(import "env" "memory" (memory 1 1))"#, ENTRIES,
         "(func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))"]
        => Some("Can't decode wasm code");
    ill_typed: [ENTRIES, "(func (drop (i32.add (i64.const 1) (i32.const 1))))"]
        => Some("Module is not valid");
}

#[test]
fn seal_println_debug_enabled() {
    let code = wat(&format!(
        r#"(module (import "seal0" "seal_println" (func (param i32 i32))) {ENTRIES})"#
    ));
    assert_eq!(prepared::<V1_0>(&code, true), None);
    assert_eq!(prepared::<V1_1>(&code, true), None);
}

#[test]
fn what_is_no_module_is_refused() {
    for bytes in [&b""[..], b"no module", b"\0asm\x01\0\0\0\xff"] {
        let expected = Some("Can't decode wasm code".into());
        assert_eq!(prepared::<V1_0>(bytes, false), expected);
        assert_eq!(prepared::<V1_1>(bytes, false), expected);
    }
}

/// Under the limits of 2021.
fn prepared_by_default<V: Release>(import: &str) -> Option<String> {
    let code = wat(&format!("(module {import} {ENTRIES})"));
    let mut harness = Harness::<V>::new();
    harness.fund(ALICE, 1_000_000_000);
    let receipt = harness.execute(Message::Instantiate(deploy(ALICE, &code, 1_000_000)));
    match &receipt.outcome {
        Outcome::Success => None,
        _ => Some(rejected(&receipt).detail.clone()),
    }
}

#[test]
fn chain_extension() {
    let import = r#"(import "seal0" "seal_call_chain_extension"
        (func (param i32 i32 i32 i32 i32) (result i32)))"#;
    let expected = Some("module uses chain extensions but chain extensions are disabled".into());
    assert_eq!(prepared_by_default::<V1_0>(import), expected);
    assert_eq!(prepared_by_default::<V1_1>(import), expected);
}

#[test]
fn only_1_1_has_the_later_functions() {
    for (import, reason) in [
        (
            r#"(import "seal0" "seal_rent_params" (func (param i32 i32)))"#,
            "module imports a non-existent function",
        ),
        (
            r#"(import "seal1" "seal_random" (func (param i32 i32 i32 i32)))"#,
            "Invalid module for imported function",
        ),
    ] {
        assert_eq!(prepared_by_default::<V1_0>(import).as_deref(), Some(reason));
        assert_eq!(prepared_by_default::<V1_1>(import), None);
    }
}

/// In a cluster that allows long code.
#[test]
fn segments_are_bounded() {
    fn outcome<V: Release>(segment: &str, count: usize) -> Outcome {
        let mut config = crate::harness::test_config();
        config.max_code_size = 64 * 1024;
        let mut harness = Harness::<V>::with(crate::harness::test_setup(&config));
        harness.fund(ALICE, 1_000_000_000);
        let memory = r#"(import "env" "memory" (memory 1 1)) (table 1 funcref)"#;
        let segments = segment.repeat(count);
        let code = wat(&format!("(module {memory} {segments} {ENTRIES})"));
        let message = Message::Instantiate(deploy(ALICE, &code, 100_000_000));
        harness.execute(message).outcome
    }
    for segment in ["(data (i32.const 0) \"a\")", "(elem (i32.const 0) 0)"] {
        for (count, ok) in [(1_024, true), (1_025, false)] {
            for outcome in [
                outcome::<V1_0>(segment, count),
                outcome::<V1_1>(segment, count),
            ] {
                assert_eq!(outcome == Outcome::Success, ok, "{segment} {count}");
                let refused = format!("{outcome:?}").contains("module declares too many segments");
                assert_eq!(refused, !ok);
            }
        }
    }
}
