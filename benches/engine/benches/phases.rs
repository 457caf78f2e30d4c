//! The phases of an engine's work that need no chain, each by itself: load, translate,
//! instantiate, execute, boundary.

use anyhow::{ensure, Context};
use criterion::{BenchmarkId, Criterion};
use pink_capi::types::{Code, Determinism, Message, Upload};
use pink_engine_benches::{load, Engine, Floor, Ours, Reader, Side, Subject, USER};
use pink_engine_host::{inspect, EngineRegistry};
use sp_crypto_hashing::blake2_256;
use std::{
    env,
    path::Path,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};
use wasmi::{CompilationMode, Config, Module};

const ENGINES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/engines");
/// The readers, and 2.0's rules behind the first ABI.
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/fixtures");
const FILE: &str = "libpink.so.2.0";

/// What this program is called with to load the engine once and to print the nanoseconds.
const LOAD_ONCE: &str = "load-once";

fn main() -> anyhow::Result<()> {
    if env::args().nth(1).as_deref() == Some(LOAD_ONCE) {
        return load_once();
    }
    let mut criterion = Criterion::default()
        .without_plots()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    loading(&mut criterion)?;
    translating(&mut criterion)?;
    instantiating(&mut criterion)?;
    executing(&mut criterion)?;
    crossing(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}

/// Engine 2.0, from a folder.
fn engine(folder: &str) -> anyhow::Result<Arc<dyn Engine>> {
    let version = "2.0".parse().map_err(anyhow::Error::msg)?;
    load(Path::new(folder), version).context("`cargo xtask bench phases` builds what is measured")
}

fn loading(criterion: &mut Criterion) -> anyhow::Result<()> {
    let file = Path::new(ENGINES).join(FILE);
    inspect(&file)?;
    let mut group = criterion.benchmark_group("load");
    group.sample_size(10);
    group.bench_function("read, hash, ELF check", |bencher| {
        bencher.iter(|| inspect(&file).expect("it was inspected before"))
    });
    group.bench_function("first in a process", |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| in_a_process()).sum())
    });
    group.finish();
    Ok(())
}

/// Loads the engine in a process of its own.
fn in_a_process() -> Duration {
    let run = || {
        let output = Command::new(env::current_exe()?).arg(LOAD_ONCE).output()?;
        ensure!(output.status.success(), "{output:?}");
        Ok(String::from_utf8(output.stdout)?.trim().parse()?)
    };
    Duration::from_nanos(run().expect("the engine can be loaded"))
}

fn load_once() -> anyhow::Result<()> {
    let file = inspect(&Path::new(ENGINES).join(FILE))?;
    let (registry, record) = (EngineRegistry::new(ENGINES), file.record(Vec::new()));
    let start = Instant::now();
    registry.get(file.version, &record)?;
    println!("{}", start.elapsed().as_nanos());
    Ok(())
}

/// The interpreter alone, and an upload, which checks the code as well.
fn translating(criterion: &mut Criterion) -> anyhow::Result<()> {
    // With a contract of other code: what is stored already isn't looked at again.
    let other = Subject::nested();
    let ours = Ours::new(engine(ENGINES)?, other.code, &other.constructor)?;
    let mut group = criterion.benchmark_group("translate");
    for (name, subject) in subjects() {
        let upload = Message::Upload(Upload {
            origin: USER,
            code: subject.code.to_vec(),
            storage_deposit_limit: None,
            determinism: Determinism::Enforced,
            max_gas_price: u128::MAX,
        });
        ours.call_on(&ours.state, &upload)?;
        group.bench_function(BenchmarkId::new("bare wasmi", name), |bencher| {
            bencher.iter(|| bare(subject.code).expect("the engine took it"))
        });
        group.bench_function(BenchmarkId::new("upload", name), |bencher| {
            bencher.iter(|| ours.call_on(&ours.state, &upload).expect("it did before"))
        });
    }
    group.finish();
    Ok(())
}

/// As the engine's interpreter translates.
fn bare(code: &[u8]) -> Result<Module, wasmi::Error> {
    let mut config = Config::default();
    config
        .consume_fuel(true)
        .compilation_mode(CompilationMode::Eager);
    Module::new(&wasmi::Engine::new(&config), code)
}

/// Another contract of code that is there already.
fn instantiating(criterion: &mut Criterion) -> anyhow::Result<()> {
    let engine = engine(ENGINES)?;
    let mut group = criterion.benchmark_group("instantiate");
    for (name, subject) in subjects() {
        let ours = Ours::new(engine.clone(), subject.code, &subject.constructor)?;
        let code = Code::Existing(blake2_256(subject.code));
        let message = Ours::instantiation(code, &subject.constructor, 1);
        ours.call_on(&ours.state, &message)?;
        group.bench_function(name, |bencher| {
            bencher.iter(|| ours.call_on(&ours.state, &message).expect("it did before"))
        });
    }
    group.finish();
    Ok(())
}

/// Whole calls, the same rules through both ABIs.
fn executing(criterion: &mut Criterion) -> anyhow::Result<()> {
    let (second, first) = (engine(ENGINES)?, engine(FIXTURES)?);
    let mut group = criterion.benchmark_group("execute");
    for (name, subject) in [
        ("flip", Subject::flip()),
        ("token", Subject::token()),
        ("nested", Subject::nested()),
        ("turns", Subject::turns()),
    ] {
        for (abi, engine) in [("ABI 2", &second), ("ABI 1", &first)] {
            let mut work = subject.calls(engine.clone())?;
            group.bench_function(BenchmarkId::new(name, abi), |bencher| {
                bencher.iter(|| work().expect("the call succeeds"))
            });
        }
    }
    let flip = Subject::flip();
    let mut floor = Floor::new(flip.code, &flip.constructor)?;
    let input = (flip.input)(&USER);
    group.bench_function(BenchmarkId::new("flip", "bare wasmi"), |bencher| {
        bencher.iter(|| floor.call(&input).expect("the call succeeds"))
    });
    group.finish();
    Ok(())
}

/// A thousand reads of the state.
fn crossing(criterion: &mut Criterion) -> anyhow::Result<()> {
    let mut group = criterion.benchmark_group("boundary");
    for bytes in [32, 4096] {
        for (name, side) in [
            ("ABI 2", Side::Abi2),
            ("ABI 1", Side::Abi1),
            ("within the process", Side::Process),
        ] {
            let reader = Reader::new(Path::new(FIXTURES), side, bytes)?;
            group.bench_function(BenchmarkId::new(name, bytes), |bencher| {
                bencher.iter(|| reader.read().expect("the map has every key"))
            });
        }
    }
    group.finish();
    Ok(())
}

/// Contracts by name, a small one and a larger one.
fn subjects() -> [(&'static str, Subject); 2] {
    [("flipper", Subject::flip()), ("token", Subject::token())]
}
