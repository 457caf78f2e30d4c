//! Functions whose frames are as large as compiled ones can be, each calling itself.
#![allow(
    dead_code,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub
)]

use std::fmt::Write;

/// A module whose `f` asks the host once at each depth, and calls itself for ever.
fn module(functions: &str) -> Vec<u8> {
    let text = format!(
        r#"(module (import "env" "memory" (memory 1 2)) (import "env" "probe" (func $probe))
            (global $g (mut i32) (i32.const 1)) (global $w (mut i64) (i64.const 1))
            (func $one (result i32) (global.get $g))
            (func $wide (result i64) (global.get $w))
            {functions})"#
    );
    wat::parse_str(text).expect("a literal")
}

/// Nothing in it.
fn tiny() -> String {
    r#"(func $f (export "f") (call $probe) (call $f))"#.to_owned()
}

/// Operands that lie there while it calls itself.
fn operands(count: usize, get: &str, ty: &str) -> String {
    let mut body = String::new();
    for _ in 0..count {
        write!(body, "(call ${get}) ").expect("a string");
    }
    body.push_str("(call $probe) (call $f) ");
    body.push_str(&format!("{ty}.xor ").repeat(count - 1));
    let set = if ty == "i64" { "$w" } else { "$g" };
    format!(r#"(func $f (export "f") {body} (global.set {set}))"#)
}

/// Values that a compiler takes out of a loop, because they are the same in each turn.
fn hoisted(count: usize, operator: &str) -> String {
    let mut body = String::new();
    for number in 0..count {
        let value = number * 7 + 3;
        write!(
            body,
            "(local.set 1 (i32.xor (local.get 1) ({operator} (local.get 0) (i32.const {value}))))"
        )
        .expect("a string");
    }
    format!(
        r#"(func $f (export "f") (local i32 i32) (local.set 0 (global.get $g))
            (loop {body} (call $probe) (call $f) (global.set $g (local.get 1)) (br_if 0 (local.get 1))))"#
    )
}

/// Values of one operator each, kept in operands' order by addresses.
fn addresses(count: usize) -> String {
    let mut body = String::new();
    for number in 0..count {
        write!(
            body,
            "(i32.store (local.get 0) (i32.load offset={} (local.get 0)))",
            number * 4
        )
        .expect("a string");
    }
    format!(
        r#"(func $f (export "f") (local i32)
            (loop {body} (call $probe) (call $f) {body} (br_if 0 (global.get $g))))"#
    )
}

/// Functions of the host's, whose places a compiler looks up before the loop.
fn imports(count: usize) -> Vec<u8> {
    let mut text = String::from(r#"(module (import "env" "memory" (memory 1 2))"#);
    for number in 0..count {
        write!(text, r#"(import "env" "f{number}" (func $f{number}))"#).expect("a string");
    }
    text.push_str(
        r#"(global $g (mut i32) (i32.const 0))
        (func $f (export "f") (call $f0) (if (global.get $g) (then (loop "#,
    );
    for number in 1..count {
        write!(text, "(call $f{number})").expect("a string");
    }
    text.push_str("(br_if 0 (global.get $g))))) (call $f)))");
    wat::parse_str(text).expect("a literal")
}

/// As many parameters as there may be, given on the stack.
fn parameters(count: usize) -> String {
    let (mut params, mut args) = (String::new(), String::new());
    for number in 0..count {
        params.push_str("i64 ");
        write!(args, "(local.get {}) ", (number + 1) % count).expect("a string");
    }
    format!(
        r#"(func $h (param {params}) (call $probe) (call $h {args}) (global.set $w (local.get 3)))
        (func (export "f") {} (call $h))"#,
        "(global.get $w) ".repeat(count)
    )
}

/// One small frame that calls with many arguments many times.
fn arguments(count: usize) -> String {
    let params = "i64 ".repeat(count);
    let args = "(global.get $w) ".repeat(count);
    format!(
        r#"(func $h (param {params}) (call $f)) (func $f (export "f") (call $probe) {args} (call $h))"#
    )
}

/// Locals that are all alive.
fn locals(count: usize) -> String {
    let (mut sets, mut gets) = (String::new(), String::new());
    for number in 0..count {
        write!(sets, "(local.set {number} (call $wide))").expect("a string");
        write!(
            gets,
            "(global.set $w (i64.xor (global.get $w) (local.get {number})))"
        )
        .expect("a string");
    }
    format!(
        r#"(func $f (export "f") (local {}) {sets} (call $probe) (call $f) {gets})"#,
        "i64 ".repeat(count)
    )
}

/// All of them.
pub fn all() -> Vec<(String, Vec<u8>)> {
    let mut all = vec![
        ("tiny".to_owned(), tiny()),
        ("4000 operands".to_owned(), operands(4_000, "one", "i32")),
        (
            "4000 wide operands".to_owned(),
            operands(4_000, "wide", "i64"),
        ),
        ("256 wide operands".to_owned(), operands(256, "wide", "i64")),
        ("20 operands".to_owned(), operands(20, "wide", "i64")),
        ("600 addresses".to_owned(), addresses(600)),
        ("64 parameters".to_owned(), parameters(64)),
        ("7 parameters".to_owned(), parameters(7)),
        ("128 arguments".to_owned(), arguments(128)),
        ("10 arguments".to_owned(), arguments(10)),
        ("64 locals".to_owned(), locals(64)),
    ];
    for operator in [
        "i32.mul",
        "i32.rotl",
        "i32.div_u",
        "i32.lt_s",
        "i32.shl",
        "i32.and",
    ] {
        for count in [40, 1_100] {
            all.push((
                format!("{count} {operator} out of a loop"),
                hoisted(count, operator),
            ));
        }
    }
    let mut all: Vec<_> = all
        .into_iter()
        .map(|(name, text)| (name, module(&text)))
        .collect();
    for count in [20, 255] {
        all.push((format!("{count} imports"), imports(count)));
    }
    all
}
