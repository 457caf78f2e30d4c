//! The headers are the specification, so they have to compile in both languages that include
//! them, with hidden padding as an error. Their assertions carry the layout that
//! `src/v1/ffi.rs` and `src/note.rs` assert in Rust.

use std::{fs, path::Path, process::Command};

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

#[test]
fn prepare_is_c11() {
    compile("cc", &["-std=c11", "-x", "c"], "pink_prepare_1.h");
}

#[test]
fn prepare_is_cpp17() {
    compile("c++", &["-std=c++17", "-x", "c++"], "pink_prepare_1.h");
}

/// A function that a header declares.
struct Function {
    name: String,
    parameters: Vec<String>,
    returns: bool,
    /// The comment right before it.
    comment: String,
}

/// The functions of a header: pointers in structs, types of pointers, and exported symbols.
fn functions(header: &str) -> Vec<Function> {
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("include");
    let text = fs::read_to_string(include.join(header)).expect("there is a header");
    let mut found = Vec::new();
    let (mut rest, mut comment) = (text.as_str(), "");
    while let Some(next) = rest.find([';', '{', '}', '/']) {
        if rest[next..].starts_with("/*") {
            let end = next + rest[next..].find("*/").expect("comments end");
            comment = &rest[next..end];
            rest = &rest[end + 2..];
            continue;
        }
        let (declaration, mark) = (rest[..next].trim(), &rest[next..=next]);
        rest = &rest[next + 1..];
        let is_macro = declaration.contains('#') || declaration.contains("PINK_");
        if mark == ";" && declaration.ends_with(')') && !is_macro {
            let head = declaration.replacen("(*", "", 1).replacen(')', "", 1);
            let is_pointer = declaration.contains("(*");
            let head = if is_pointer {
                head.as_str()
            } else {
                declaration
            };
            let (before, list) = head.split_once('(').expect("a list of parameters");
            let name = before.rsplit([' ', '*']).next().expect("a name");
            let last_word = |parameter: &str| -> String {
                parameter
                    .trim()
                    .rsplit([' ', '*'])
                    .next()
                    .unwrap_or_default()
                    .into()
            };
            found.push(Function {
                name: name.into(),
                parameters: list
                    .trim_end_matches(')')
                    .split(',')
                    .map(last_word)
                    .collect(),
                returns: !before.trim_start_matches("typedef ").starts_with("void ")
                    || before.contains("void *"),
                comment: comment.into(),
            });
        }
        if mark == ";" && !declaration.starts_with("typedef const") {
            comment = "";
        }
    }
    found
}

/// Every parameter is explained where its function is, and what comes back.
#[test]
fn every_parameter_is_documented() {
    let mut seen = 0;
    let headers = ["pink_engine_v1.h", "pink_engine_v2.h", "pink_prepare_1.h"];
    for header in headers {
        for function in functions(header) {
            let Function {
                name,
                parameters,
                returns,
                comment,
            } = function;
            // A type for a function that is explained as the function.
            if ["PinkInitV1", "PinkEngineEntryV2"].contains(&name.as_str()) {
                continue;
            }
            let documented: Vec<_> = comment
                .lines()
                .filter_map(|line| line.trim_start_matches([' ', '*']).strip_prefix("@param "))
                .filter_map(|line| line.split_whitespace().next())
                .collect();
            assert_eq!(documented, parameters, "{header}: {name}");
            assert_eq!(comment.contains("@return "), returns, "{header}: {name}");
            seen += 1;
        }
    }
    // V1: 2 types, 4 of the allocator, init. V2: release, 7 of storage, 3 of env, 4 of the
    // allocator, 1 of the host, 4 of the entry, the symbol. The extension: 5.
    assert_eq!(seen, 7 + 21 + 5);
}
