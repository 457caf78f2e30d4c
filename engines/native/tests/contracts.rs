//! Contracts as ink! makes them.
#![allow(missing_docs)]
// No part of an engine: it may ask the machine.
#![allow(clippy::disallowed_methods)]

mod common;
#[path = "common/harness.rs"]
mod harness_of;

use common::{hash, metered, Both, ALL, RULES, SETTINGS};
use harness_of::{flipper, token, Harness};
use pink_engine_executor::{CallEnd, Compiler, Limits, ModuleInfo, Outcome, Settings};
use pink_engine_meter::Rules;
use pink_engine_native::Native;

fn artifact(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../contracts/artifacts");
    std::fs::read(format!("{folder}/{name}.wasm")).expect("the contracts are there")
}

/// Runs the calls in both, one instance after the other and one instance again and again.
fn both(
    name: &str,
    calls: &[(&'static str, Vec<u8>)],
    limits: impl Fn(usize) -> Limits,
) -> Vec<(Outcome, Harness)> {
    let code = artifact(name);
    let both = Both::new();
    let pair = both.load(&metered(&code)).expect("a contract");
    let mut harnesses = vec![Harness::new(&code); 4];
    let mut reused = pair.instances;
    let mut results = Vec::new();
    for (at, (entry, input)) in calls.iter().enumerate() {
        let mut seen = Vec::new();
        for (number, harness) in harnesses.iter_mut().enumerate() {
            harness.input.clone_from(input);
            harness.returned = None;
            let mut serving = harness.clone().serving();
            let mut new;
            let instance = if number < 2 {
                &mut reused[number]
            } else {
                new = pair.codes[number - 2].instance().expect("as before");
                &mut new
            };
            let outcome = instance.call(entry, &[], limits(at), &mut serving);
            let memory = hash(instance.memory());
            // What was rolled back isn't kept.
            if outcome.ended == CallEnd::Stopped {
                harness.clone_from(&serving.harness);
            }
            seen.push((outcome, serving.harness, memory));
            assert!(number >= 2 || instance.clean());
        }
        for other in &seen[1..] {
            assert_eq!(&seen[0], other, "{name} {entry} {input:02x?}");
        }
        let (outcome, harness, _) = seen.swap_remove(0);
        results.push((outcome, harness));
    }
    results
}

fn returned(result: &(Outcome, Harness)) -> (u32, &[u8]) {
    assert_eq!(result.0.ended, CallEnd::Stopped);
    let (flags, data) = result.1.returned.as_ref().expect("it returned");
    (*flags, data)
}

#[test]
fn flipper_does_the_same_in_both() {
    let results = both("flipper", &flipper(), |_| ALL);
    // Ok(true), Ok(false): what ink! says of a bool in a result.
    assert_eq!(returned(&results[1]), (0, &[0, 1][..]));
    assert_eq!(returned(&results[3]), (0, &[0, 0][..]));
    // The selector is unknown: reverted.
    assert_eq!(returned(&results[4]).0, 1);
}

#[test]
fn token_does_the_same_in_both() {
    let results = both("token", &token(), |_| ALL);
    let amount = |units: u128| [&[0][..], &units.to_le_bytes()].concat();
    assert_eq!(returned(&results[2]), (0, &amount(77)[..]));
    assert_eq!(returned(&results[4]), (0, &amount(9)[..]));
    assert_eq!(returned(&results[5]), (0, &amount(1_000_000)[..]));
    // Ok(Err(InsufficientBalance)), reverted.
    assert_eq!(returned(&results[6]), (1, &[0, 1, 0][..]));
    assert_eq!(results[1].1.events.len(), 2);
}

/// A transfer with less than it takes runs out, in both, wherever that is; with as much it doesn't.
#[test]
fn a_transfer_with_too_little_gas_runs_out_in_both() {
    let calls = &token()[..2];
    let transfer = |gas| {
        let limits = |at| Limits {
            gas: if at == 1 { gas } else { ALL.gas },
            ..ALL
        };
        both("token", calls, limits).swap_remove(1).0
    };
    let used = ALL.gas - transfer(ALL.gas).gas;
    println!("a transfer takes {used} units");
    for gas in (0..used).step_by(211).chain([used - 61]) {
        assert_eq!(transfer(gas).ended, CallEnd::OutOfGas, "{gas} of {used}");
    }
    assert_eq!(transfer(used).ended, CallEnd::Stopped);
}

/// What was compiled and is loaded later does what the same code does that is loaded at once.
#[test]
fn an_artefact_does_what_its_code_does() {
    let code = artifact("token");
    let metered = metered(&code);
    let native = Native::new(SETTINGS).expect("a known processor");
    let artefact = native.compile(&metered).expect("a contract");
    let again = native.compile(&metered).expect("as before");
    assert!(artefact.module() == again.module(), "another artefact");
    // Another one of the same settings, as another process has it.
    let other = Native::new(SETTINGS).expect("as before");
    let loaded = other.load_artefact(artefact, ModuleInfo::of(&metered));
    let loaded = loaded.expect("of the same compiler");
    let at_once = Both::new().load(&metered).expect("a contract");
    let mut harnesses = [Harness::new(&code), Harness::new(&code)];
    for (entry, input) in token() {
        let seen: Vec<_> = [&loaded, &at_once.codes[1]]
            .into_iter()
            .zip(&mut harnesses)
            .map(|(code, harness)| {
                harness.input.clone_from(&input);
                let mut serving = harness.clone().serving();
                let mut instance = code.instance().expect("as before");
                let outcome = instance.call(entry, &[], ALL, &mut serving);
                if outcome.ended == CallEnd::Stopped {
                    harness.clone_from(&serving.harness);
                }
                (outcome, serving.harness, hash(instance.memory()))
            })
            .collect();
        assert_eq!(seen[0], seen[1], "{entry} {input:02x?}");
    }
}

/// Whatever an artefact depends on is in the compiler's name, and nothing else.
#[test]
fn a_compiler_is_named_by_what_its_artefacts_depend_on() {
    let name = |settings| Native::new(settings).expect("a known processor").id();
    assert_eq!(name(SETTINGS), name(SETTINGS));
    let floats = Settings {
        floats: true,
        ..SETTINGS
    };
    assert_ne!(name(SETTINGS), name(floats));
    let mut rules: Rules = RULES.clone();
    rules.stack.frame += 1;
    let rules = Settings {
        rules: Box::leak(Box::new(rules)),
        ..SETTINGS
    };
    assert_ne!(name(SETTINGS), name(rules));
    // The compiler itself would take what one with floats made: it is this name that keeps them apart.
}
