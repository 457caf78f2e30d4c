//! The headers are the specification, so they have to compile in both languages that include
//! them, with hidden padding as an error. Their assertions carry the layout that
//! `src/v1/ffi.rs` and `src/note.rs` assert in Rust.

use std::{path::Path, process::Command};

fn compile(compiler: &str, args: &[&str], header: &str) {
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("include");
    let out = Command::new(compiler)
        .args(args)
        .args([
            "-Wall",
            "-Wextra",
            "-Wpedantic",
            "-Wpadded",
            "-Werror",
            "-fsyntax-only",
        ])
        .arg(include.join(header))
        .output()
        .unwrap_or_else(|error| panic!("{compiler} is needed to check the headers: {error}"));
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
}

#[test]
fn v1_is_c11() {
    compile("cc", &["-std=c11", "-x", "c"], "pink_engine_v1.h");
}

#[test]
fn v1_is_cpp17() {
    compile("c++", &["-std=c++17", "-x", "c++"], "pink_engine_v1.h");
}

#[test]
fn note_is_c11() {
    compile("cc", &["-std=c11", "-x", "c"], "pink_engine_note.h");
}

#[test]
fn note_is_cpp17() {
    compile("c++", &["-std=c++17", "-x", "c++"], "pink_engine_note.h");
}

#[test]
fn v2_is_c11() {
    compile("cc", &["-std=c11", "-x", "c"], "pink_engine_v2.h");
}

#[test]
fn v2_is_cpp17() {
    compile("c++", &["-std=c++17", "-x", "c++"], "pink_engine_v2.h");
}
