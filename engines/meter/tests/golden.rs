//! The same code makes the same bytes, for ever.
#![allow(missing_docs)]

use pink_engine_meter::{meter, meter_by, Class, Language, Loop, Metered, Pricing, Rules};
use std::{collections::BTreeSet, fmt::Write};

fn contracts() -> Vec<(&'static str, &'static [u8], Metered)> {
    macro_rules! all {
        ($($name:literal)*) => {
            vec![$({
                let code: &[u8] =
                    include_bytes!(concat!("../../../contracts/artifacts/", $name, ".wasm"));
                let made = meter(code, Language::default(), &Rules::V2_1).expect("a contract");
                ($name, code, made)
            }),*]
        };
    }
    all!("bench" "factory" "flipper" "flipper-ink3" "flipper-ink4" "outside" "signed-feed" "system" "system-next" "token")
}

fn hex(bytes: &[u8]) -> String {
    let hash = blake2b_simd::Params::new().hash_length(32).hash(bytes);
    hash.to_hex().to_string()
}

/// Of each: hash and bytes of its code, how many of its loops are known, hash and bytes of what is made
/// of it by the prices of interpreted code, and by those of compiled code. What this prints goes into `golden.txt` when the meter changes before its release, and
/// never after.
#[test]
fn contracts_have_their_bytes() {
    let rules = Rules::V2_1.hash();
    let mut table = String::from("rules ");
    for byte in rules {
        write!(table, "{byte:02x}").expect("a string");
    }
    table.push('\n');
    for (name, code, made) in contracts() {
        let by = |pricing| meter_by(code, Language::default(), &Rules::V2_1, pricing);
        assert_eq!(by(Pricing::Interpreted).as_ref(), Ok(&made));
        let compiled = by(Pricing::Compiled).expect("a contract");
        // Nothing but numbers differs.
        assert_eq!((compiled.class, &compiled.shape), (made.class, &made.shape));
        let (from, known) = (code.len(), made.loops.len());
        write!(table, "{name} {} {from} {known}", hex(code)).expect("a string");
        for made in [made, compiled] {
            write!(table, " {} {}", hex(&made.code), made.code.len()).expect("a string");
        }
        table.push('\n');
    }
    assert_eq!(table, include_str!("golden.txt"), "\n{table}");
}

/// They are ordinary, and have to be compiled.
#[test]
fn contracts_are_of_the_class_that_is_compiled() {
    for (name, _, made) in contracts() {
        assert_eq!(made.class, Class::Compiled, "{name}: {:?}", made.shape);
    }
}

/// All forms but one, which ink! had between these versions.
#[test]
fn loops_that_are_known_are_in_contracts() {
    let found: BTreeSet<Loop> = contracts()
        .into_iter()
        .flat_map(|(.., made)| made.loops)
        .collect();
    let expected = [Loop::Copy, Loop::CopyOnly, Loop::Fill, Loop::Compare];
    assert_eq!(found, BTreeSet::from(expected));
}
