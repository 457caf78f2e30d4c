//! Contracts that go where compiled code could differ. `salt` makes each another one.

/// What a byte of input makes [`traps`] do.
pub(crate) const TRAPS: [&str; 12] = [
    "no trap",
    "unreachable",
    "memory, at its end",
    "memory, far beyond",
    "table",
    "null",
    "signature",
    "division by zero",
    "overflow",
    "height",
    "bulk memory of the host's",
    "no trap: growth that is refused",
];

pub(crate) fn traps(salt: u32) -> Vec<u8> {
    let text = format!(
        r#"(module
            (import "seal0" "seal_input" (func $input (param i32 i32)))
            (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
            (import "env" "memory" (memory 2 4))
            (type $none (func))
            (type $one (func (param i32)))
            (table 4 4 funcref)
            (elem (i32.const 0) $nothing $takes)
            (data (i32.const 8) "\20")
            (global $salt (mut i32) (i32.const {salt}))
            (func (export "deploy"))
            (func $nothing)
            (func $takes (param i32))
            (func $recurse (param i64 i64 i64 i64)
                (call $recurse (local.get 3) (local.get 2) (local.get 1) (local.get 0)))
            (func (export "call") (local $mode i32)
                (call $input (i32.const 32) (i32.const 8))
                (local.set $mode (i32.load8_u (i32.const 32)))
                (if (i32.eq (local.get $mode) (i32.const 1)) (then (unreachable)))
                (if (i32.eq (local.get $mode) (i32.const 2)) (then
                    (i32.store offset=3 (i32.const 131066) (i32.const 1))))
                (if (i32.eq (local.get $mode) (i32.const 3)) (then
                    (i64.store offset=4294967295 (i32.const -1) (i64.const 1))))
                (if (i32.eq (local.get $mode) (i32.const 4)) (then
                    (call_indirect (type $none) (i32.const 4))))
                (if (i32.eq (local.get $mode) (i32.const 5)) (then
                    (call_indirect (type $none) (i32.const 3))))
                (if (i32.eq (local.get $mode) (i32.const 6)) (then
                    (call_indirect (type $none) (i32.const 1))))
                (if (i32.eq (local.get $mode) (i32.const 7)) (then
                    (drop (i32.div_u (i32.const 1) (i32.load (i32.const 1024))))))
                (if (i32.eq (local.get $mode) (i32.const 8)) (then
                    (i64.store (i32.const 1024) (i64.const -9223372036854775808))
                    (drop (i64.div_s (i64.load (i32.const 1024)) (i64.const -1)))))
                (if (i32.eq (local.get $mode) (i32.const 9)) (then
                    (call $recurse (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4))))
                (if (i32.eq (local.get $mode) (i32.const 10)) (then
                    (call $input (i32.const 131072) (i32.const 8))))
                (if (i32.eq (local.get $mode) (i32.const 11)) (then
                    (i32.store (i32.const 1024) (memory.grow (i32.const 3)))
                    (i32.store (i32.const 1028) (memory.grow (i32.const 2)))
                    (i32.store (i32.const 1032) (memory.grow (i32.const 1)))
                    (i32.store (i32.const 1036) (memory.grow (i32.const -1)))
                    (i32.store (i32.const 1040) (memory.size))
                    (i32.store (i32.const 262140) (i32.const 7))
                    (call $return (i32.const 0) (i32.const 1024) (i32.const 20))))))"#
    );
    wat::parse_str(text).unwrap()
}

/// How deep [`deep`] goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deep {
    /// Calls of its function within each frame.
    pub(crate) height: u16,
    /// Calls of itself, each at the bottom of the one before.
    pub(crate) nested: u16,
}

impl Deep {
    pub(crate) fn input(self) -> Vec<u8> {
        [self.height.to_le_bytes(), self.nested.to_le_bytes()].concat()
    }
}

/// A contract whose function has as many parameters of 64 bits as take the most native stack for each
/// unit of height.
pub(crate) fn deep(salt: u32) -> Vec<u8> {
    const PARAMETERS: usize = 48;
    let parameters = "(param i64)".repeat(PARAMETERS);
    let next: String = (0..PARAMETERS)
        .map(|at| match at {
            0 => "(i64.sub (local.get 0) (i64.const 1))".to_owned(),
            _ => format!("(local.get {})", (at % (PARAMETERS - 1)) + 1),
        })
        .collect();
    let first = "(i64.const 0)".repeat(PARAMETERS - 1);
    let text = format!(
        r#"(module
            (import "seal0" "seal_input" (func $input (param i32 i32)))
            (import "seal0" "seal_address" (func $address (param i32 i32)))
            (import "seal1" "seal_call"
                (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))
            (import "env" "memory" (memory 1 1))
            (data (i32.const 0) "\04")
            (data (i32.const 8) "\20")
            (global $salt (mut i32) (i32.const {salt}))
            (func (export "deploy"))
            (func $bottom
                (if (i32.eqz (i32.load16_u (i32.const 34))) (then (return)))
                (i32.store16 (i32.const 34)
                    (i32.sub (i32.load16_u (i32.const 34)) (i32.const 1)))
                (call $address (i32.const 96) (i32.const 8))
                (if (call $call (i32.const 8) (i32.const 96) (i64.const 0) (i32.const 160)
                        (i32.const 32) (i32.const 4) (i32.const -1) (i32.const 0))
                    (then (unreachable))))
            (func $down {parameters}
                (if (i64.eqz (local.get 0))
                    (then (call $bottom))
                    (else (call $down {next}))))
            (func (export "call")
                (call $input (i32.const 32) (i32.const 0))
                (call $down (i64.load16_u (i32.const 32)) {first})))"#
    );
    wat::parse_str(text).unwrap()
}

/// A contract with a function of more locals than are compiled.
pub(crate) fn many_locals(salt: u32) -> Vec<u8> {
    let locals = "(local i64)".repeat(100);
    let text = format!(
        r#"(module
            (import "env" "memory" (memory 1 1))
            (global $salt (mut i32) (i32.const {salt}))
            (func (export "deploy"))
            (func (export "call") {locals} (local.set 0 (i64.const 1))))"#
    );
    wat::parse_str(text).unwrap()
}

/// A contract that calls itself for ever, with a loop in each frame that is never entered and calls 254 functions of
/// the host's. Where each of them lies a compiler looks up before the loop, and keeps all that.
pub(crate) fn imports(salt: u32) -> Vec<u8> {
    const IMPORTS: usize = 254;
    let imports: String = (0..IMPORTS)
        .map(|at| format!(r#"(import "seal0" "seal_caller_is_origin" (func $f{at} (result i32)))"#))
        .collect();
    let calls: String = (0..IMPORTS)
        .map(|at| format!("(drop (call $f{at}))"))
        .collect();
    let text = format!(
        r#"(module
            {imports}
            (import "env" "memory" (memory 1 1))
            (global $salt (mut i32) (i32.const {salt}))
            (global $never (mut i32) (i32.const 0))
            (func (export "deploy"))
            (func $down
                (if (global.get $never) (then
                    (loop $again {calls} (br_if $again (global.get $never)))))
                (call $down))
            (func (export "call") (call $down)))"#
    );
    wat::parse_str(text).unwrap()
}

/// A contract that grows its memory by 60 pages, and returns what that gave.
pub(crate) fn growing(salt: u32) -> Vec<u8> {
    let text = format!(
        r#"(module
            (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
            (import "env" "memory" (memory 1 64))
            (global $salt (mut i32) (i32.const {salt}))
            (func (export "deploy"))
            (func (export "call")
                (i32.store (i32.const 0) (memory.grow (i32.const 60)))
                (call $return (i32.const 0) (i32.const 0) (i32.const 4))))"#
    );
    wat::parse_str(text).unwrap()
}
