//! The same code makes the same bytes, for ever.
#![allow(missing_docs)]

use pink_engine_meter::{meter, Class, Language, Loop, Rules};
use std::{fmt::Write, path::Path};

fn hex(bytes: &[u8]) -> String {
    let hash = blake2b_simd::Params::new().hash_length(32).hash(bytes);
    hash.to_hex().to_string()
}

/// What this prints goes into `golden.txt` when the meter changes before its release, and never
/// after.
#[test]
fn contracts_have_their_bytes() {
    let mut table = format!("rules {}\n", rules());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts/artifacts");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the contracts are there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "wasm")
        })
        .collect();
    paths.sort();
    for path in paths {
        let code = std::fs::read(&path).expect("readable");
        let made = meter(&code, Language::default(), &Rules::V2_1).expect("a contract");
        assert_eq!(made.class, Class::Compiled, "{path:?}: {:?}", made.shape);
        let name = path.file_stem().and_then(|name| name.to_str());
        let name = name.expect("a name");
        let (from, to) = (code.len(), made.code.len());
        let known = made.loops.len();
        writeln!(
            table,
            "{name} {} {from} {to} {known} {}",
            hex(&code),
            hex(&made.code)
        )
        .expect("a string");
    }
    assert_eq!(table, include_str!("golden.txt"), "\n{table}");
}

fn rules() -> String {
    let hash = Rules::V2_1.hash();
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// ink! 3 to 5 bring what is known; each of the forms is in some contract.
#[test]
fn every_loop_that_is_known_is_in_a_contract() {
    let mut found = std::collections::BTreeSet::new();
    for name in [
        "flipper",
        "flipper-ink3",
        "flipper-ink4",
        "token",
        "system",
        "bench",
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts/artifacts");
        let code = std::fs::read(folder.join(name).with_extension("wasm")).expect("readable");
        let made = meter(&code, Language::default(), &Rules::V2_1).expect("a contract");
        println!("{name}: {:?} {:?}", made.loops, made.shape);
        found.extend(made.loops);
    }
    println!("{found:?} of {:?}", Loop::ALL);
    assert!(found.contains(&Loop::Copy) && found.contains(&Loop::Compare));
}
