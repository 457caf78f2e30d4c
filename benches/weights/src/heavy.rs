//! Modules that are large, each with much of one thing: what takes long to load for its length.

use std::fmt::Write as _;

/// Modules by name, of about `bytes` bytes where that can be had. But for those of ink!, each is another
/// one for each `salt`.
pub(crate) fn modules(bytes: usize, salt: u32) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut add = |name: &str, text: String| {
        let module = format!(
            r#"(module (import "env" "memory" (memory 1 1))
                (func (export "deploy") (drop (i32.const {salt}))) (func (export "call")) {text})"#
        );
        match wat::parse_str(&module) {
            Ok(code) => all.push((name.to_owned(), code)),
            Err(error) => panic!("{name}: {error}"),
        }
    };
    // Each function's body stays below the limit of a body.
    let bodies = |unit: &str, unit_bytes: usize, head: &str| {
        let per_body = (100 * 1024 / unit_bytes).min(bytes / unit_bytes).max(1);
        let count = (bytes / unit_bytes / per_body).max(1);
        format!("(func {head} {})", unit.repeat(per_body)).repeat(count)
    };
    let functions = |one: &str, one_bytes: usize| one.repeat((bytes / one_bytes).min(8_000));
    // As many functions as there may be, and as many locals, of what takes long besides.
    let one = |locals: usize, ifs: usize| {
        let body = "(if (local.get 0) (then) (else))".repeat(ifs);
        format!("(func (local {}) {body})", "i32 ".repeat(locals))
    };
    add("small functions", functions(&one(1, 1), 14));
    add("functions of some size", functions(&one(2, 4), 32));
    add("functions with locals", functions(&one(10, 6), 48));
    let parameters = format!(
        "(func (param {}) {})",
        "i32 ".repeat(100),
        "(if (local.get 0) (then) (else))".repeat(66)
    );
    add("functions with parameters", functions(&parameters, 410));
    add("one function of many locals", one(1_024, 1));
    add("constants", bodies("(drop (i32.const 1))", 3, ""));
    add(
        "sums",
        bodies(
            "(local.set 0 (i32.add (local.get 0) (local.get 1)))",
            7,
            "(local i32 i32)",
        ),
    );
    add(
        "sums of wide constants",
        bodies(
            "(local.set 0 (i64.add (local.get 0) (i64.const 0x7123456789abcdef)))",
            15,
            "(local i64)",
        ),
    );
    add("loads", bodies("(drop (i32.load (i32.const 0)))", 6, ""));
    add("blocks", bodies("(block)", 3, ""));
    add(
        "branches",
        bodies("(block (br_if 0 (local.get 0)))", 7, "(local i32)"),
    );
    add(
        "conditions",
        bodies("(if (local.get 0) (then) (else))", 6, "(local i32)"),
    );
    add("calls", bodies("(call 0)", 2, ""));
    let targets = "0 ".repeat(256);
    add(
        "branch tables",
        bodies(
            &format!("(block (br_table {targets} (local.get 0)))"),
            265,
            "(local i32)",
        ),
    );
    let keep = format!(
        "{} {} {}",
        "(local.get 0)".repeat(500),
        "(local.set 1 (i32.const 5)) (local.set 0 (i32.const 5))".repeat(100),
        "drop ".repeat(500)
    );
    add(
        "locals kept on the stack",
        bodies(&keep, 500 * 3 + 100 * 8, "(local i32 i32)"),
    );
    add(
        "many locals kept on the stack",
        bodies(
            &format!(
                "{} {} {}",
                (0..500).fold(String::new(), |mut text, local| {
                    let _ = write!(text, "(local.get {local})");
                    text
                }),
                (0..500).fold(String::new(), |mut text, local| {
                    let _ = write!(text, "(local.set {local} (i32.const 5))");
                    text
                }),
                "drop ".repeat(500)
            ),
            500 * 9,
            &format!("(local {})", "i32 ".repeat(500)),
        ),
    );
    let wide = format!("(call $wide {}) ", "(local.get 0)".repeat(100));
    add(
        "calls of a hundred parameters",
        format!(
            "(func $wide (param {})) {}",
            "i32 ".repeat(100),
            bodies(&wide, 202, "(local i32)")
        ),
    );
    add(
        "data",
        format!(
            r#"(data (i32.const 0) "{}")"#,
            "x".repeat(bytes.min(65_536))
        ),
    );
    add(
        "data segments",
        r#"(data (i32.const 9) "x")"#.repeat((bytes / 7).min(1_000)),
    );
    add(
        "elements",
        format!(
            "(table 4096 funcref) (elem (i32.const 0) {})",
            "0 ".repeat(bytes.min(4_096))
        ),
    );
    add(
        "globals",
        "(global (mut i64) (i64.const 1))".repeat((bytes / 5).min(256)),
    );
    let imports = r#"(import "seal0" "seal_caller_is_origin" (func (result i32)))"#;
    let text = format!(
        r#"(module (import "env" "memory" (memory 1 1)) {}
            (func (export "deploy")) (func (export "call")))"#,
        imports.repeat((bytes / 32).min(250))
    );
    if let Ok(code) = wat::parse_str(text) {
        all.push(("imports".into(), code));
    }
    for contract in ["flipper", "token", "factory", "bench", "system"] {
        let path = format!(
            "{}/../../contracts/artifacts/{contract}.wasm",
            env!("CARGO_MANIFEST_DIR")
        );
        if let Ok(code) = std::fs::read(path) {
            all.push((format!("{contract}, of ink!"), code));
        }
    }
    all
}
