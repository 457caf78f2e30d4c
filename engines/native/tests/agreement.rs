//! Both executors do the same, whatever the code and whatever the limits.
//!
//! `PINK_MODULES=100000 PINK_LIMITS=10000 PINK_SEED=1 cargo test --release --test agreement` for as
//! many as one likes.
#![allow(missing_docs)]
// No part of an engine: it may ask the machine.
#![allow(clippy::disallowed_methods)]

mod common;

use common::{functions, metered, smith, Both, Draw, Stub, ALL};
use pink_engine_executor::{CallEnd, Limits, LoadError, Trap, Value};
use pink_engine_meter::{meter, Class, Error, Language};
use pink_executor_tests::{programs, recorded};
use std::collections::BTreeMap;

fn from_env(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |value| value.parse().expect("a number"))
}

fn kind(ended: &CallEnd) -> String {
    match ended {
        CallEnd::Returned(_) => "returned".to_owned(),
        CallEnd::Trapped(trap) => format!("{trap:?}"),
        other => format!("{other:?}"),
    }
}

#[test]
fn drawn_modules_do_the_same_in_both() {
    let (modules, first) = (from_env("PINK_MODULES", 2_000), from_env("PINK_SEED", 0));
    let both = Both::new();
    let mut ends = BTreeMap::<String, u64>::new();
    let mut classes = BTreeMap::<Class, u64>::new();
    let (mut refused, mut unfit) = (0u64, 0u64);
    for seed in (first << 32..).take(modules as usize) {
        let Some(code) = smith(seed) else {
            continue;
        };
        // What the meter doesn't know no contract has.
        let metered = match meter(&code, Language::default(), &common::RULES) {
            Ok(metered) => metered,
            Err(Error::Unsupported { .. }) => {
                refused += 1;
                continue;
            }
            Err(error) => panic!("module {seed}: {error}"),
        };
        let mut pair = match both.load(&metered) {
            Ok(pair) => pair,
            Err(LoadError::Instance(_)) => {
                unfit += 1;
                continue;
            }
            Err(error) => panic!("module {seed}: {error}"),
        };
        *classes.entry(metered.class).or_default() += 1;
        let mut draw = Draw(seed);
        for (name, ty) in functions(&code).iter().chain(&functions(&code)) {
            let args: Vec<Value> = ty.params().iter().map(|ty| draw.value(*ty)).collect();
            let limits = draw.limits();
            let host = Stub {
                more: draw.below(3) * 2_000,
                slice: 1 + draw.below(700),
                ..Stub::new()
            };
            let (outcome, _) = pair.call(name, &args, limits, &host);
            *ends.entry(kind(&outcome.ended)).or_default() += 1;
        }
        pair.clean();
    }
    println!("{classes:?}, {refused} refused, {unfit} can't be instantiated: {ends:?}");
    // They aren't too tame.
    for end in [
        "returned",
        "OutOfGas",
        "Unreachable",
        "Memory",
        "Height",
        "Stopped",
    ] {
        assert!(
            ends.get(end).is_some_and(|count| *count >= modules / 500),
            "{end}"
        );
    }
    assert!(classes.values().sum::<u64>() >= modules / 2);
}

/// What another implementation made of programs as they were, before anything was written into
/// them. These have selects after compares with zero, and what they do doesn't depend on the limits.
#[test]
fn metered_programs_do_what_was_recorded_of_them() {
    let both = Both::new();
    for (seed, (program, expected)) in recorded::read().expect("recorded").into_iter().enumerate() {
        let mut pair = both.load(&metered(&program.code)).expect("valid");
        let limits = Limits {
            gas: 1 << 40,
            ..ALL
        };
        for (call, expected) in program.calls.iter().zip(&expected.ended) {
            let args: Vec<Value> = call.args.iter().map(|arg| value(*arg)).collect();
            let (outcome, _) = pair.call(&call.name, &args, limits, &Stub::new());
            let ended = match outcome.ended {
                CallEnd::Returned(None) => recorded::CallEnd::Nothing,
                CallEnd::Returned(Some(Value::I32(value))) => {
                    recorded::CallEnd::Value(programs::Value::I32(value))
                }
                CallEnd::Returned(Some(Value::I64(value))) => {
                    recorded::CallEnd::Value(programs::Value::I64(value))
                }
                CallEnd::Trapped(trap) => recorded::CallEnd::Trap(trap_of(trap)),
                other => panic!("program {seed}: {other:?}"),
            };
            assert_eq!(ended, *expected, "program {seed}, {call:?}");
        }
        let memory = recorded::hash(pair.instances[1].memory());
        assert_eq!(memory, expected.memory, "program {seed}");
    }
}

/// Gas from nothing up to what a program takes: it ends at the same operator in both, and with as
/// much as it took it ends as it did. In slices it takes the same.
#[test]
fn drawn_limits_end_the_same_in_both() {
    let (limits, first) = (from_env("PINK_LIMITS", 1_000), from_env("PINK_SEED", 0));
    let both = Both::new();
    let mut ends = BTreeMap::<String, u64>::new();
    let mut draw = Draw(first);
    let mut drawn = 0;
    while drawn < limits {
        let program = programs::program(draw.next() >> 20);
        let mut pair = both.load(&metered(&program.code)).expect("valid");
        let call = &program.calls[draw.below(program.calls.len() as u64) as usize];
        let args: Vec<Value> = call.args.iter().map(|arg| value(*arg)).collect();
        let plenty = Limits {
            gas: 1 << 40,
            ..ALL
        };
        let (all, _) = pair.call(&call.name, &args, plenty, &Stub::new());
        let used = plenty.gas - all.gas;
        for turn in 0..10 {
            assert!(pair.clean() || pair_anew(&both, &program.code, &mut pair));
            let gas = match turn {
                0 => used,
                1 => used.saturating_sub(1),
                _ => draw.below(used.saturating_mul(5) / 4 + 2),
            };
            let height = match draw.below(2) {
                0 => ALL.height,
                _ => draw.below(600) as u32,
            };
            let (outcome, _) = pair.call(&call.name, &args, Limits { gas, height }, &Stub::new());
            if turn < 2 && height == ALL.height {
                assert_eq!(outcome.ended == CallEnd::OutOfGas, turn == 1);
                assert!(turn == 1 || (outcome.ended == all.ended && outcome.gas == 0));
            }
            // The same in slices, by a host that has the rest.
            assert!(pair.clean() || pair_anew(&both, &program.code, &mut pair));
            let first = draw.below(gas + 1);
            let host = Stub {
                more: gas - first,
                slice: 1 + draw.below(50),
                ..Stub::new()
            };
            let now = Limits { gas: first, height };
            let (sliced, host) = pair.call(&call.name, &args, now, &host);
            assert_eq!(sliced.ended, outcome.ended);
            if outcome.ended != CallEnd::OutOfGas {
                assert_eq!(sliced.gas + host.more, outcome.gas);
            }
            *ends.entry(kind(&outcome.ended)).or_default() += 1;
            drawn += 1;
        }
    }
    println!("{ends:?}");
    assert!(ends["OutOfGas"] >= limits / 10 && ends["returned"] >= limits / 50);
    assert!(ends["Height"] >= limits / 50);
}

/// Loops that are done by bulk operators: the same in both, at every edge.
#[test]
fn known_loops_do_the_same_in_both() {
    use pink_engine_meter::Loop;
    use wasm_encoder::*;
    let both = Both::new();
    let mut draw = Draw(5);
    for known in Loop::ALL {
        let mut module = Module::new();
        let results = vec![ValType::I32; usize::from(known.has_result())];
        let mut types = TypeSection::new();
        types.ty().function([ValType::I32; 3], results);
        module.section(&types);
        let mut functions = FunctionSection::new();
        functions.function(0);
        module.section(&functions);
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 1,
            maximum: Some(1),
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        module.section(&memories);
        let mut exports = ExportSection::new();
        exports.export("f", ExportKind::Func, 0);
        exports.export("memory", ExportKind::Memory, 0);
        module.section(&exports);
        let mut code = CodeSection::new();
        code.raw(known.body());
        module.section(&code);
        let mut data = DataSection::new();
        let bytes: Vec<u8> = (0..=255).cycle().take(65_536).collect();
        data.active(0, &ConstExpr::i32_const(0), bytes);
        module.section(&data);
        let code = metered(&module.finish());
        assert_eq!(code.loops, [known]);
        let mut pair = both.load(&code).expect("fits");
        for _ in 0..500 {
            let args = [(); 3].map(|()| {
                Value::I32(match draw.below(4) {
                    0 => draw.below(600) as u32,
                    1 => 65_536 - draw.below(300) as u32,
                    2 => draw.below(65_540) as u32,
                    _ => draw.next() as u32,
                })
            });
            pair.call("f", &args, draw.limits(), &Stub::new());
        }
        assert!(pair.clean());
    }
}

fn pair_anew(both: &Both, code: &[u8], pair: &mut common::Pair) -> bool {
    *pair = both.load(&metered(code)).expect("as before");
    true
}

fn value(value: programs::Value) -> Value {
    match value {
        programs::Value::I32(value) => Value::I32(value),
        programs::Value::I64(value) => Value::I64(value),
    }
}

fn trap_of(trap: Trap) -> recorded::Trap {
    match trap {
        Trap::Unreachable => recorded::Trap::Unreachable,
        Trap::Memory => recorded::Trap::Memory,
        Trap::Table => recorded::Trap::Table,
        Trap::Null => recorded::Trap::Null,
        Trap::Signature => recorded::Trap::Signature,
        Trap::Division => recorded::Trap::Division,
        Trap::Overflow => recorded::Trap::Overflow,
        Trap::Conversion | Trap::Height => recorded::Trap::Other,
    }
}
