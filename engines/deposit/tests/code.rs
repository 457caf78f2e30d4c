//! What code has to be: each way of being refused, with words that help, and nothing changed.

mod common;

use common::{puppet::Script, *};
use pink_engine_sdk::types::*;

const MEMORY: &str = r#"(import "env" "memory" (memory 1 1))"#;
const ENTRIES: &str = r#"(func (export "deploy")) (func (export "call"))"#;

#[track_caller]
fn refused(module: &str, part_of_detail: &str) {
    refused_bytes(&wat(module), part_of_detail);
}

#[track_caller]
fn refused_bytes(code: &[u8], part_of_detail: &str) {
    let mut chain = Chain::new();
    for receipt in [
        chain.upload(code),
        chain.instantiate(Code::Upload(code.to_vec()), &[]),
    ] {
        assert!(
            matches!(error(&receipt), "CodeRejected" | "CodeTooLarge"),
            "{receipt:?}"
        );
        assert!(
            detail(&receipt).contains(part_of_detail),
            "{}",
            detail(&receipt)
        );
    }
}

#[track_caller]
fn accepted(module: &str) {
    let receipt = Chain::new().upload(&wat(module));
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
}

#[test]
fn what_is_not_wasm() {
    refused_bytes(b"", "not a WebAssembly module");
    refused_bytes(b"\x7fELF", "7f, 45, 4c, 46");
    refused_bytes(b"\0asm", "invalid WebAssembly");
    refused_bytes(b"\0asm\x01\0\0\0\xff", "invalid WebAssembly");
    // A component isn't a module.
    refused_bytes(b"\0asm\x0d\0\x01\0", "invalid WebAssembly");
    let mut cut = artefact("flipper");
    cut.truncate(cut.len() / 2);
    refused_bytes(&cut, "invalid WebAssembly");
    // Text isn't code, whatever the interpreter could do with it.
    refused_bytes(b"(module)", "not a WebAssembly module");
}

#[test]
fn what_is_too_large() {
    let limits = RULES.limits;
    let mut code = wat(&format!("(module {MEMORY} {ENTRIES})"));
    let name = b"\x01x".to_vec();
    let len = limits.code_len as usize;
    code.push(0);
    // A custom section fills it up.
    let mut body = name;
    body.resize(len, 0);
    let mut size = body.len();
    let mut leb = Vec::new();
    loop {
        let byte = (size & 0x7f) as u8;
        size >>= 7;
        leb.push(byte | if size > 0 { 0x80 } else { 0 });
        if size == 0 {
            break;
        }
    }
    code.extend(leb);
    code.extend(body);
    refused_bytes(&code, "bytes of code, 524288 allowed");
}

#[test]
fn imports() {
    let with = |import: &str| format!("(module {MEMORY} {import} {ENTRIES})");
    refused(
        &with(r#"(import "seal0" "seal_nothing" (func))"#),
        "there is no function seal0.seal_nothing to import",
    );
    refused(
        &with(r#"(import "env" "seal_caller" (func (param i32 i32)))"#),
        "there is no function env.seal_caller",
    );
    refused(
        &with(r#"(import "seal9" "caller" (func (param i32 i32)))"#),
        "there is no function seal9.caller",
    );
    refused(
        &with(r#"(import "seal0" "gas" (func (param i32)))"#),
        "there is no function seal0.gas",
    );
    refused(
        &with(r#"(import "seal0" "seal_caller" (func (param i32)))"#),
        "another signature than (i32, i32) -> ()",
    );
    refused(
        &with(
            r#"(import "seal0" "set_transient_storage" (func (param i32 i32 i32 i32) (result i32)))"#,
        ),
        "isn't stable yet",
    );
    refused(
        &with(r#"(import "seal0" "seal_random" (func (param i32 i32 i32 i32)))"#),
        "only contracts of earlier times",
    );
    refused(
        &with(r#"(import "env" "table" (table 1 funcref))"#),
        "tables can't be imported",
    );
    refused(
        &with(r#"(import "env" "global" (global i32))"#),
        "globals can't be imported",
    );
    accepted(&with(
        r#"(import "seal0" "seal_caller" (func (param i32 i32)))
           (import "seal0" "caller" (func (param i32 i32)))
           (import "seal2" "call" (func (param i32 i32 i64 i64 i32 i32 i32 i32 i32 i32) (result i32)))"#,
    ));
}

#[test]
fn memory() {
    let with = |memory: &str| format!("(module {memory} {ENTRIES})");
    refused(&with(""), "imports no memory");
    refused(&with("(memory 1 1)"), "a memory of its own");
    refused(
        &with(r#"(import "env" "mem" (memory 1 1))"#),
        "as env.memory, not env.mem",
    );
    refused(
        &with(r#"(import "seal0" "memory" (memory 1 1))"#),
        "as env.memory, not seal0.memory",
    );
    refused(
        &with(r#"(import "env" "memory" (memory 1 65))"#),
        "may have 65 pages, 64 are allowed",
    );
    refused(
        &with(r#"(import "env" "memory" (memory 65))"#),
        "may have 65 pages, 64 are allowed",
    );
    refused(
        &with(r#"(import "env" "memory" (memory 1 1)) (import "env" "memory" (memory 1 1))"#),
        "multiple memories",
    );
    accepted(&with(r#"(import "env" "memory" (memory 64 64))"#));
    // No maximum: the version's.
    accepted(&with(r#"(import "env" "memory" (memory 1))"#));
    refused(
        &with(r#"(import "env" "memory" (memory 1 1)) (data (i32.const 65535) "ab")"#),
        "outside of the initial memory",
    );
    accepted(&with(
        r#"(import "env" "memory" (memory 1 1)) (data (i32.const 65534) "ab")"#,
    ));
}

#[test]
fn exports() {
    let with = |rest: &str| format!("(module {MEMORY} {rest})");
    refused(&with(r#"(func (export "call"))"#), "doesn't export deploy");
    refused(&with(r#"(func (export "deploy"))"#), "doesn't export call");
    refused(
        &with(&format!(r#"{ENTRIES} (func (export "other"))"#)),
        "exports the function other",
    );
    refused(
        &with(&format!(
            r#"{ENTRIES} (global (export "g") i32 (i32.const 1))"#
        )),
        "only functions can be exported, not g",
    );
    refused(
        &with(r#"(func (export "deploy")) (global (export "call") i32 (i32.const 1))"#),
        "call is exported, but not as a function",
    );
    refused(
        &with(r#"(func (export "deploy")) (func (export "call") (param i32))"#),
        "another signature than () -> ()",
    );
    refused(
        &with(r#"(func (export "deploy")) (func (export "call") (result i64) i64.const 1)"#),
        "another signature than () -> ()",
    );
    accepted(&with(
        r#"(func (export "deploy")) (func (export "call") (result i32) i32.const 1)"#,
    ));
    // An imported function may be an entry point, as it always could.
    accepted(&format!(
        r#"(module {MEMORY}
            (import "seal0" "caller_is_origin" (func $f (result i32)))
            (export "deploy" (func $f)) (export "call" (func $f)))"#
    ));
}

#[test]
fn floats() {
    let with = |rest: &str| format!("(module {MEMORY} {ENTRIES} {rest})");
    for part in [
        "(func (local f32))",
        "(func (param f64))",
        "(func (result f32) f32.const 1)",
        "(func f64.const 1 drop)",
        "(global f32 (f32.const 1))",
    ] {
        refused(&with(part), "floats aren't deterministic");
    }
}

#[test]
fn newer_webassembly() {
    let with = |rest: &str| format!("(module {MEMORY} {ENTRIES} {rest})");
    for part in [
        "(func (result i32 i32) i32.const 1 i32.const 1)",
        "(func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(func (memory.copy (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(func (local v128))",
        "(func (local externref))",
        "(func (return_call 0))",
        "(table 1 funcref) (table 1 funcref)",
        "(global (mut i64) (i64.add (i64.const 1) (i64.const 1)))",
        "(memory 1)",
    ] {
        let code = wat(&with(part));
        let receipt = Chain::new().upload(&code);
        assert_eq!(error(&receipt), "CodeRejected", "{part}");
    }
    accepted(&with("(func (result i32) i32.const 1 i32.extend8_s)"));
    accepted(&with(
        "(type $t (func)) (table 2 funcref) (elem (i32.const 0) 0 1) (func (call_indirect (type $t) (i32.const 0)))",
    ));
    accepted(&with("(global (mut i32) (i32.const 1))"));
}

#[test]
fn sizes_of_the_parts() {
    let limits = RULES.limits;
    let with = |rest: &str| format!("(module {MEMORY} {ENTRIES} {rest})");
    let many = |part: &str, count: u32| part.repeat(count as usize);

    let locals = |count| with(&format!("(func (local {}))", many("i64 ", count)));
    accepted(&locals(limits.locals));
    refused(&locals(limits.locals + 1), "1025 locals in a function");
    // One group in the binary is enough for four billion.
    let mixed = with(&format!(
        "(func (param {}) (local {}))",
        many("i32 ", 100),
        many("i64 ", 925)
    ));
    refused(&mixed, "1025 locals in a function");

    let params = |count| with(&format!("(func (param {}))", many("i32 ", count)));
    accepted(&params(limits.parameters));
    refused(&params(limits.parameters + 1), "129 parameters");

    let globals = |count| with(&many("(global i32 (i32.const 1))", count));
    accepted(&globals(limits.globals));
    refused(&globals(limits.globals + 1), "257 globals");

    let table = |count| with(&format!("(table {count} funcref)"));
    accepted(&table(limits.table_elements));
    refused(&table(limits.table_elements + 1), "4097 elements");
    refused(
        &with("(table 1 funcref) (elem (i32.const 1) 0)"),
        "outside of the table",
    );

    let targets = |count| {
        with(&format!(
            "(func (block (br_table {} 0 (i32.const 0))))",
            many("0 ", count)
        ))
    };
    accepted(&targets(limits.br_table_targets));
    refused(&targets(limits.br_table_targets + 1), "257 targets");

    let data = |count| with(&many("(data (i32.const 0) \"\")", count));
    accepted(&data(limits.data_segments));
    refused(&data(limits.data_segments + 1), "1025 data segments");

    let blocks = |count| {
        with(&format!(
            "(func {}{})",
            many("block ", count),
            many("end ", count)
        ))
    };
    accepted(&blocks(limits.block_depth));
    refused(&blocks(limits.block_depth + 1), "513 nested blocks");

    let functions = |count| with(&many("(func nop nop nop nop nop nop nop nop)", count));
    accepted(&functions(limits.functions - 2));
    refused(&functions(limits.functions - 1), "8193 functions");

    // Each function and each local takes the translator time, and bytes are what is paid for.
    let small = |count| with(&many("(func)", count));
    accepted(&small(limits.free_functions - 2));
    refused(&small(60), "62 functions in 306 bytes of code, 41 allowed");
    let locals = |count| {
        with(&many(
            &format!("(func (local {}))", many("i64 ", 64)),
            count,
        ))
    };
    accepted(&locals(16));
    refused(
        &locals(18),
        "1152 locals in 173 bytes of code, 1067 allowed",
    );
}

/// Uploading twice costs the fee twice, and holds once. Who holds is who was first.
#[test]
fn code_is_stored_once() {
    let mut chain = Chain::new();
    let code = artefact("flipper");
    let first = chain.upload(&code);
    let deposit = PER_BYTE * (code.len() as Balance + 62) + 2 * PER_ITEM;
    assert_eq!(first.storage_deposit, StorageDeposit::Charge(deposit));
    assert_eq!(chain.held(ALICE), deposit);
    assert_eq!(
        first.events[..1],
        [Event::CodeStored {
            code_hash: first.code_hash.unwrap(),
            deposit_held: deposit,
            uploader: ALICE
        }]
    );
    assert_eq!(first.gas_consumed, storing(&code));
    let mut again = upload(&code);
    again.origin = BOB;
    let second = chain.send(Message::Upload(again));
    assert_eq!(second.outcome, Outcome::Success);
    assert_eq!(second.storage_deposit, StorageDeposit::Charge(0));
    assert_eq!(second.code_hash, first.code_hash);
    assert_eq!((chain.held(ALICE), chain.held(BOB)), (deposit, 0));
    assert_eq!(chain.free(BOB), MONEY - second.fee);
}

#[test]
fn an_upload_keeps_its_deposit_limit() {
    let mut chain = Chain::new();
    let code = artefact("flipper");
    let deposit = PER_BYTE * (code.len() as Balance + 62) + 2 * PER_ITEM;
    let mut message = upload(&code);
    message.storage_deposit_limit = Some(deposit - 1);
    let receipt = chain.send(Message::Upload(message.clone()));
    assert_eq!(error(&receipt), "StorageDepositLimitExhausted");
    message.storage_deposit_limit = Some(deposit);
    let receipt = chain.send(Message::Upload(message));
    assert_eq!(receipt.outcome, Outcome::Success);
}

/// Floats are for queries, by delegate call; what turns out to be deterministic is stored so.
#[test]
fn relaxed_code() {
    let mut chain = Chain::new();
    let mut floats = upload(&wat(&format!(
        "(module {MEMORY} {ENTRIES} (func f64.const 1 drop))"
    )));
    floats.determinism = Determinism::Relaxed;
    let stored = chain.send(Message::Upload(floats));
    assert_eq!(stored.outcome, Outcome::Success);
    let hash = stored.code_hash.unwrap();
    let receipt = chain.instantiate(Code::Existing(hash), &[]);
    assert_eq!(error(&receipt), "Indeterministic");
    // Nor does a contract make one: it traps, and has paid for loading the code.
    let puppet = chain.puppet(1_000_000);
    let before = chain.state();
    let make = Script::new().instantiate(hash, 0, None, Script::new(), b"one");
    let receipt = chain.call(puppet, &make.0);
    assert_eq!(error(&receipt), "Indeterministic");
    let nothing = chain.call(puppet, &Script::new().0);
    assert_eq!(nothing.outcome, Outcome::Success);
    let more = receipt.gas_consumed.ref_time - nothing.gas_consumed.ref_time;
    // The call of a host function that makes contracts, 200 µs.
    assert!(more > 200_000_000, "{more}");
    let contracts = |state: &std::collections::BTreeMap<Vec<u8>, Vec<u8>>| {
        let keys = state.keys().filter(|key| key.starts_with(b"contract/"));
        keys.count()
    };
    assert_eq!(contracts(&chain.state()), contracts(&before));

    let mut plain = upload(&artefact("flipper"));
    plain.determinism = Determinism::Relaxed;
    let hash = chain.send(Message::Upload(plain)).code_hash.unwrap();
    let receipt = chain.instantiate(Code::Existing(hash), &message("default", ()));
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
}
