//! Text modules, and those that try to take longer than they pay for. `benches/weights` uses this
//! file too.
#![allow(dead_code, unreachable_pub)] // each user needs a part of it

/// A module with these imports, this code for `call`, and nothing in the constructor. The input
/// is at 4 and its length at 0; `$return` and `$input` are imported already.
pub fn module(imports: &str, body: &str) -> String {
    module_with(imports, "", body)
}

/// The same with code in the constructor.
pub fn module_with(imports: &str, deploy: &str, body: &str) -> String {
    format!(
        r#"(module
            (import "env" "memory" (memory 1 16))
            (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
            (import "seal0" "input" (func $input (param i32 i32)))
            {imports}
            (func $read
                (i32.store (i32.const 0) (i32.const 8000))
                (call $input (i32.const 4) (i32.const 0)))
            (func $run_deploy {deploy})
            (func $run_call {body})
            (func (export "deploy") (call $read) (call $run_deploy))
            (func (export "call") (call $read) (call $run_call)))"#
    )
}

const SELF_CALLS: &str = r#"(import "seal0" "address" (func $address (param i32 i32)))
    (import "seal1" "call" (func $again (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))"#;

/// A contract that calls itself for ever, and does this in the frames that it calls.
fn calling_itself(inner: &str) -> String {
    format!(
        "(local i32 i32)
        (if (i32.load (i32.const 0)) (then {inner}) (else
            (i32.store (i32.const 9000) (i32.const 32))
            (call $address (i32.const 9100) (i32.const 9000))
            (loop
                (drop (call $again (i32.const 8) (i32.const 9100) (i64.const 0) (i32.const 9200)
                    (i32.const 9000) (i32.const 4) (i32.const -1) (i32.const 0)))
                (br 0))))"
    )
}

/// Functions that 2.0 does natively, as contracts have them: byte by byte. `$copy`, `$fill`, `$compare`.
pub const LOOPS: &str = r#"
    (func $copy (param i32 i32 i32) (result i32) (local i32)
        loop (result i32)
            (i32.eq (local.get 2) (local.get 3))
            if (result i32)
                local.get 0
            else
                (i32.add (local.get 0) (local.get 3))
                (i32.load8_u (i32.add (local.get 1) (local.get 3)))
                i32.store8
                (local.set 3 (i32.add (local.get 3) (i32.const 1)))
                br 1
            end
        end)
    (func $fill (param i32 i32 i32) (result i32) (local i32)
        loop (result i32)
            (i32.eq (local.get 2) (local.get 3))
            if (result i32)
                local.get 0
            else
                (i32.add (local.get 0) (local.get 3))
                local.get 1
                i32.store8
                (local.set 3 (i32.add (local.get 3) (i32.const 1)))
                br 1
            end
        end)
    (func $compare (param i32 i32 i32) (result i32) (local i32 i32)
        loop
            (i32.eqz (local.get 2))
            if
                i32.const 0
                return
            end
            (local.set 2 (i32.sub (local.get 2) (i32.const 1)))
            (local.set 3 (i32.load8_u (local.get 1)))
            (local.set 4 (i32.load8_u (local.get 0)))
            (local.set 1 (i32.add (local.get 1) (i32.const 1)))
            (local.set 0 (i32.add (local.get 0) (i32.const 1)))
            (br_if 0 (i32.eq (local.get 3) (local.get 4)))
        end
        (i32.sub (local.get 4) (local.get 3)))"#;

/// Native loops of a length, for ever. A comparison is of bytes that are the same.
fn native(function: &str, len: u32) -> (String, String) {
    let call =
        format!("(drop (call ${function} (i32.const 16384) (i32.const 32768) (i32.const {len})))");
    (LOOPS.into(), format!("(loop {} (br 0))", call.repeat(100)))
}

/// Lengths around which a way out of the interpreter takes more or less than the loop.
const LENGTHS: [u32; 7] = [0, 1, 2, 4, 8, 16, 64];

/// Loops that take as long as they can for what they cost: name, imports and definitions, body.
/// Each runs until the gas is used up. A benchmark looks for the worst time per fuel among them.
pub fn adversaries() -> Vec<(String, String, String)> {
    let forever = |body: &str| format!("(loop {body} (br 0))");
    let wide = format!("(func $wide (local {}))", "i64 ".repeat(1024));
    let many = |what: &str| what.repeat(200);
    let fixed = vec![
        ("branches", String::new(), forever("")),
        ("blocks", String::new(), forever(&many("(block)"))),
        (
            "locals",
            "(func $f (param i32 i32) (loop (local.get 0) (local.get 1) (local.set 0) (local.set 1) (br 0)))".into(),
            "(call $f (i32.const 1) (i32.const 2))".into(),
        ),
        (
            "copies to keep what a local was",
            format!(
                "(func $f (param i64) (loop {} (local.set 0 (i64.const 5)) {} (br 0)))",
                "(local.get 0)".repeat(200),
                "drop ".repeat(200)
            ),
            "(call $f (i64.const 1))".into(),
        ),
        ("calls", "(func $f)".into(), forever(&many("(call $f)"))),
        ("calls of wide frames", wide.clone(), forever(&many("(call $wide)"))),
        (
            "indirect calls of wide frames",
            format!("{wide} (type $t (func)) (table 1 funcref) (elem (i32.const 0) $wide)"),
            forever(&many("(call_indirect (type $t) (i32.const 0))")),
        ),
        (
            "divisions",
            String::new(),
            forever(&many("(i64.store (i32.const 0) (i64.div_s (i64.const -9223372036854775807) (i64.load (i32.const 8192))))")).replace("(loop", "(i64.store (i32.const 8192) (i64.const 3)) (loop"),
        ),
        (
            "loads all over the memory",
            "(func $f (local i32) (loop (local.set 0 (i32.and (i32.add (i32.mul (local.get 0) (i32.const 1664525)) (i32.load (i32.and (local.get 0) (i32.const 65532)))) (i32.const 65535))) (br 0)))".into(),
            "(call $f)".into(),
        ),
        (
            "stores all over the memory",
            "(func $f (local i32) (loop (i64.store (i32.and (local.tee 0 (i32.add (local.get 0) (i32.const 4099))) (i32.const 65528)) (i64.const 1)) (br 0)))".into(),
            "(call $f)".into(),
        ),
        (
            "branch tables",
            String::new(),
            forever(&many("(block (block (block (br_table 0 1 2 (i32.const 1)))))")),
        ),
        (
            "globals",
            "(global $g (mut i64) (i64.const 0))".into(),
            forever(&many("(global.set $g (i64.add (global.get $g) (i64.const 1)))")),
        ),
        (
            "frames that grow their memory",
            SELF_CALLS.into(),
            calling_itself(
                "(local.set 0 (memory.size)) (loop
                    (drop (memory.grow (i32.const 1)))
                    (local.set 1 (i32.shl (local.get 0) (i32.const 16)))
                    (loop
                        (i32.store8 (local.get 1) (i32.const 1))
                        (local.set 1 (i32.add (local.get 1) (i32.const 4096)))
                        (br_if 0 (i32.and (local.get 1) (i32.const 65535))))
                    (br_if 0 (i32.lt_u (local.tee 0 (memory.size)) (i32.const 16))))",
            ),
        ),
        ("frames that do nothing", SELF_CALLS.into(), calling_itself("")),
        ("frames that trap", SELF_CALLS.into(), calling_itself("unreachable")),
        ("sizes of memory", String::new(), forever(&many("(drop (memory.size))"))),
        ("failing growth", String::new(), forever(&many("(drop (memory.grow (i32.const 65535)))"))),
        (
            "selections",
            String::new(),
            forever(&many("(drop (select (i64.const 1) (i64.const 2) (i32.load (i32.const 0))))")),
        ),
        (
            "host functions",
            r#"(import "seal0" "caller_is_origin" (func $is (result i32)))"#.into(),
            forever(&many("(drop (call $is))")),
        ),
        (
            "small hashes",
            r#"(import "seal0" "hash_blake2_128" (func $hash (param i32 i32 i32)))"#.into(),
            forever("(call $hash (i32.const 0) (i32.const 32) (i32.const 0))"),
        ),
        (
            "selections after compares with zero",
            String::new(),
            forever(&many("(drop (select (i64.const 1) (i64.const 2) (i32.eqz (i32.load (i32.const 0)))))")),
        ),
        (
            "selections over many locals",
            "(func $f (param i32 i32 i32 i32) (loop (local.get 0) (local.get 1) (local.get 2) (local.get 3)
                (select (local.get 0) (local.get 1) (i32.eqz (local.get 2))) (drop) (drop) (drop) (drop) (drop) (br 0)))".into(),
            "(call $f (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4))".into(),
        ),
    ];
    let named = |(name, definitions, body): (&str, _, _)| (name.to_owned(), definitions, body);
    let mut all: Vec<_> = fixed.into_iter().map(named).collect();
    for function in ["copy", "fill", "compare"] {
        for len in LENGTHS {
            let (definitions, body) = native(function, len);
            all.push((
                format!("native loops: {function} of {len} bytes"),
                definitions,
                body,
            ));
        }
    }
    all
}
