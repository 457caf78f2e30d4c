//! `cargo run --release --example measure`: what calls take in each executor, and what compiling takes.
//! All in one process, in turns; the least of each. `measure calls` or `measure bombs` for one of the
//! two, `measure one NAME` to compile one of the bombs, however long that takes.
// No part of an engine: it may ask the machine, and for the time.
#![allow(missing_docs, unreachable_pub)]
#![allow(clippy::disallowed_methods, clippy::float_arithmetic)]

#[path = "../tests/common/bombs.rs"]
mod bombs;
#[path = "../tests/common/mod.rs"]
mod common;
#[path = "measure/fuel.rs"]
mod fuel;
#[path = "../tests/common/harness.rs"]
mod harness;
#[path = "../tests/common/shapes.rs"]
mod shapes;

use common::{hash, metered, Both, ALL, RULES};
use fuel::Fuel;
use harness::{flipper, input, token, Harness};
use pink_engine_executor::{Compiler, Executor, Instance, Limits, Reference, Settings};
use pink_engine_meter::{meter, Class, Costs, Language, Rules};
use pink_engine_native::Native;
use std::time::Instant;

fn artifact(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../contracts/artifacts");
    std::fs::read(format!("{folder}/{name}.wasm")).expect("the contracts are there")
}

/// The least of several: what others on the machine take only makes it more.
fn least(all: &[f64]) -> f64 {
    all.iter().copied().fold(f64::INFINITY, f64::min)
}

/// One call, as often as it takes to be measured: microseconds of interpreter with fuel, interpreter
/// metered, compiled.
fn measure(
    name: &str,
    contract: &str,
    calls: &[(&'static str, Vec<u8>)],
    which: usize,
    often: u32,
) {
    let code = artifact(contract);
    let metered = metered(&code);
    let both = Both::new();
    let pair = both.load(&metered).expect("a contract");
    let mut instances = pair.instances;
    let limits = Limits {
        gas: 1 << 40,
        ..ALL
    };
    let mut servings = vec![Harness::new(&code).serving(); 2];
    let mut used = 0;
    let mut run = |instance: &mut Box<dyn Instance>, serving: &mut harness::Serving, at: usize| {
        let (entry, input) = &calls[at];
        serving.harness.input.clone_from(input);
        serving.harness.events.clear();
        let outcome = instance.call(entry, &[], limits, serving);
        used = limits.gas - outcome.gas;
        assert!(instance.clean());
    };
    let mut fuel = Fuel::new(&code, metered.data.clone(), Harness::new(&code).serving());
    for (at, (entry, input)) in calls.iter().enumerate().take(which) {
        for (instance, serving) in instances.iter_mut().zip(&mut servings) {
            run(instance, serving, at);
        }
        fuel.serving().harness.input.clone_from(input);
        fuel.call(entry);
    }
    let mut times = [vec![], vec![], vec![]];
    for _ in 0..60 {
        let start = Instant::now();
        for _ in 0..often {
            fuel.serving().harness.input.clone_from(&calls[which].1);
            fuel.serving().harness.events.clear();
            fuel.call(calls[which].0);
        }
        times[0].push(start.elapsed().as_secs_f64() * 1e6 / f64::from(often));
        for number in 0..2 {
            let start = Instant::now();
            for _ in 0..often {
                run(&mut instances[number], &mut servings[number], which);
            }
            let took = start.elapsed().as_secs_f64() * 1e6 / f64::from(often);
            times[number + 1].push(took);
        }
    }
    let [fuelled, interpreted, compiled] = times.map(|times| least(&times));
    println!(
        "{name:24} {fuelled:9.2} {interpreted:9.2} {compiled:9.2}   {:5.1} x   {used} units, {:.0} and {:.0} ps a unit",
        fuelled / compiled,
        interpreted * 1e6 / used as f64,
        compiled * 1e6 / used as f64
    );
}

fn calls() {
    println!(
        "call                     wasmi fuel, wasmi metered, compiled: us; ratio of first to last"
    );
    measure("flip", "flipper", &flipper(), 2, 300);
    let mut transfer = token();
    transfer[1].1 = input(
        [0x84, 0xa1, 0x5d, 0xa1],
        &[&harness::ACCOUNTS[1], &1u128.to_le_bytes()],
    );
    measure("token transfer", "token", &transfer, 1, 100);
    let bench = |selector, n: u32| {
        vec![
            ("deploy", input([0x9b, 0xae, 0x9d, 0x5e], &[])),
            ("call", input(selector, &[&n.to_le_bytes()])),
        ]
    };
    measure(
        "nothing",
        "bench",
        &bench([0x03, 0x99, 0x50, 0xa6], 0),
        1,
        2_000,
    );
    measure(
        "10^6 turns",
        "bench",
        &bench([0x3a, 0x88, 0xfa, 0x0c], 1_000_000),
        1,
        3,
    );
    measure(
        "SHA-256, 100 times",
        "bench",
        &bench([0x7f, 0xde, 0xfa, 0x43], 100),
        1,
        20,
    );
}

fn bombs(longest: f64) {
    println!("code                                      bytes  metered  class        wasmi ms  native ms  ms a KiB  meter ms");
    let contracts = ["flipper", "token", "bench", "outside", "system", "factory"];
    let contracts = contracts.map(|name| (name.to_owned(), artifact(name)));
    let both = Both::new();
    for (name, code) in contracts
        .into_iter()
        .chain(bombs::all())
        .chain(shapes::all())
    {
        let start = Instant::now();
        let made = match meter(&code, Language::default(), &RULES) {
            Ok(made) => made,
            Err(error) => {
                println!("{name}: {error}");
                continue;
            }
        };
        let metering = start.elapsed().as_secs_f64() * 1e3;
        let time = |executor: &dyn Executor| {
            let times = (0..7).map(|_| {
                let start = Instant::now();
                executor.load(&made).expect("valid");
                start.elapsed().as_secs_f64() * 1e3
            });
            least(&times.collect::<Vec<_>>())
        };
        let interpreted = time(&both.reference);
        let shape = &made.shape;
        // Those of the notes may take longer than anybody waits.
        let hopeless = shape.cells > 40_000;
        let compiled = if hopeless {
            f64::NAN
        } else {
            time(&both.native)
        };
        let kib = compiled * 1024.0 / code.len() as f64;
        println!(
            "{name:40} {:6} {:8}  {:11} {interpreted:8.2} {compiled:9.1} {kib:8.1} {metering:9.2}   cells {} of all {}, {} functions",
            code.len(), made.code.len(), format!("{:?}", made.class), shape.cells, shape.all_cells, shape.functions
        );
        if made.class == Class::Compiled && kib > longest {
            println!("    LONGER than {longest} ms a KiB");
        }
    }
}

/// Artefacts: how large, the same twice, and how long it takes to wipe.
fn rest() {
    let settings = Settings {
        rules: &RULES,
        floats: false,
    };
    let native = Native::new(settings).expect("a known processor");
    for name in ["flipper", "token", "bench"] {
        let made = metered(&artifact(name));
        let (one, other) = (
            native.compile(&made).expect("valid"),
            native.compile(&made).expect("valid"),
        );
        println!(
            "{name}: {} bytes metered, artefact {} bytes, the same twice: {}",
            made.code.len(),
            one.module().len(),
            hash(one.module()) == hash(other.module())
        );
    }
    println!(
        "stores: flip {}, token transfer {}",
        stores("flipper", &flipper(), 2),
        stores("token", &token(), 1)
    );
    let mut memory = vec![0u8; 128 * 1024];
    let start = Instant::now();
    for turn in 0..10_000 {
        memory[turn % 65_536] = 1;
        pink_engine_sdk::wipe(std::hint::black_box(&mut memory));
    }
    println!(
        "looking at 128 KiB and wiping one part: {:.2} us",
        start.elapsed().as_secs_f64() * 100.0
    );
    println!(
        "stack that compiled code needs: {} bytes",
        Native::stack_bytes(&RULES)
    );
    let _ = (Rules::V2_1.hash(), Reference::new(settings));
}

/// How many stores a call makes: gas by a table in which nothing else costs anything.
fn stores(contract: &str, calls: &[(&'static str, Vec<u8>)], which: usize) -> u64 {
    let costs = Costs {
        block: 0,
        frame: 0,
        frame_cells_per_unit: u32::MAX,
        local: 0,
        global: 0,
        arithmetic: 0,
        multiply: 0,
        divide: 0,
        divide_wide: 0,
        load: 0,
        store: 1,
        select: 0,
        branch: 0,
        branch_table: 0,
        targets_per_unit: u32::MAX,
        call: 0,
        call_indirect: 0,
        memory_size: 0,
        memory_grow: 0,
        memory_page: 0,
        memory_copy: 1,
        memory_fill: 1,
        bytes_per_unit: u32::MAX,
        float: 0,
        float_slow: 0,
    };
    let rules = Rules {
        costs,
        ..Rules::V2_1
    };
    let code = artifact(contract);
    let made = meter(&code, Language::default(), &rules).expect("a contract");
    let both = Both::new();
    let loaded = both.reference.load(&made).expect("valid");
    let mut instance = loaded.instance().expect("fits");
    let mut serving = Harness::new(&code).serving();
    let mut left = 0;
    for (entry, input) in calls.iter().take(which + 1) {
        serving.harness.input.clone_from(input);
        serving.calls = 0;
        left = instance.call(entry, &[], ALL, &mut serving).gas;
        assert!(instance.clean());
    }
    // Frames cost a unit each, too.
    ALL.gas - left - serving.calls * harness::GAS
}

/// The one of the bombs that is named, compiled once, however long that takes.
fn one(name: &str) {
    let both = Both::new();
    for (known, code) in bombs::all() {
        if known == name {
            let made = metered(&code);
            let start = Instant::now();
            both.native.load(&made).expect("valid");
            println!("{name}: {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
        }
    }
}

fn main() {
    let which = std::env::args().nth(1);
    let all = which.is_none();
    if which.as_deref() == Some("one") {
        return one(&std::env::args().nth(2).unwrap_or_default());
    }
    if all || which.as_deref() == Some("calls") {
        calls();
        rest();
    }
    if all || which.as_deref() == Some("bombs") {
        bombs(40.0);
    }
}
