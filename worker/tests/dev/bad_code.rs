//! Code that isn't a contract.

use crate::node::{artefact, Node};
use std::fs;

/// A module that would be a contract but for `body`.
fn contract(body: &str) -> Vec<u8> {
    let text = format!(
        r#"(module
            (import "env" "memory" (memory 1 16))
            {body}
            (func (export "deploy"))
            (func (export "call")))"#
    );
    wat::parse_str(text).expect("a literal")
}

/// Both ways in: uploaded alone, and with an instantiation.
fn refused(node: &Node, name: &str, bytes: &[u8], words: &[&str]) {
    let file = node.file(name, bytes);
    node.refused(&["upload", &file], words);
    node.refused(&["instantiate", "--code", &file, "--data", "00"], words);
}

#[test]
fn what_is_no_code_is_refused() {
    let node = Node::new();
    refused(
        &node,
        "text.wasm",
        b"hello, world",
        &["neither WebAssembly", "68656c6c6f"],
    );
    refused(&node, "nothing.wasm", b"", &["begins with nothing"]);
    refused(&node, "other.contract", b"{}", &["no code", "source.wasm"]);
    refused(
        &node,
        "hex.contract",
        br#"{"source": {"wasm": "0xzz"}}"#,
        &["no code"],
    );
    let missing = node.dir.path().join("missing.wasm").display().to_string();
    node.refused(
        &["upload", &missing],
        &["can't read", "missing.wasm", "check the path"],
    );
    refused(
        &node,
        "cut.wasm",
        b"\0asm\x01\0\0\0\x01\xff",
        &["CodeRejected"],
    );
}

#[test]
fn code_that_engines_refuse_is_refused_with_the_reason() {
    let node = Node::new();
    let unknown = contract(r#"(import "seal0" "does_not_exist" (func))"#);
    // Imports come first in a module.
    refused(
        &node,
        "unknown.wasm",
        &unknown,
        &["CodeRejected", "does_not_exist"],
    );
    let floats = contract("(func (result f64) (f64.const 1))");
    refused(&node, "floats.wasm", &floats, &["CodeRejected", "float"]);
    let wasm = fs::read(artefact("flipper.wasm")).expect("the flipper");

    // Custom sections are allowed; this one makes the code too large for the engine.
    let padded = |len: usize| {
        let mut bytes = wasm.clone();
        bytes.push(0);
        let mut size = len + 2;
        while size >= 0x80 {
            bytes.push((size & 0x7f) as u8 | 0x80);
            size >>= 7;
        }
        bytes.push(size as u8);
        bytes.extend_from_slice(b"\x01p");
        bytes.resize(bytes.len() + len, 0);
        bytes
    };
    refused(
        &node,
        "large.wasm",
        &padded(600_000),
        &["CodeTooLarge", "bytes of code"],
    );
    refused(
        &node,
        "larger.wasm",
        &padded(1_100_000),
        &["MessageTooLong", "MaxMessageBytes"],
    );
    refused(&node, "huge.wasm", &padded(17 << 20), &["larger than"]);
}

#[test]
fn code_that_is_not_there_is_refused() {
    let node = Node::new();
    let hash = format!("0x{}", "11".repeat(32));
    node.refused(
        &["instantiate", "--code-hash", &hash, "--data", "00"],
        &["CodeNotFound", "upload"],
    );
    node.refused(
        &["instantiate", "--code-hash", &hash, "--message", "new"],
        &["nothing is known", "--metadata"],
    );
}
