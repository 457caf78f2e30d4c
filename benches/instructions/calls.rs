//! Instructions of whole calls, by callgrind: from the worker's side of the ABI through the
//! engine's file and back. No clock is involved, so a busy machine counts the same.
//!
//! Counting begins and ends with [`calls`], on its thread: loading the engine, the cluster, the
//! contract, and the first calls, which fill what an engine keeps, are made beforehand. The limits
//! come from `table.toml`.

mod table;

use gungraun::{
    library_benchmark, library_benchmark_group, main, Callgrind, EventKind, LibraryBenchmarkConfig,
};
use pink_engine_benches::{load, Engine, Reader, Side, Subject, Work};
use std::{
    path::Path,
    sync::{Arc, LazyLock},
};
use table::Table;

/// The engine whose calls are counted.
const ENGINES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/engines");
/// Engines that do nothing but read.
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/fixtures");

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    table::parse(include_str!("table.toml")).expect("table.toml is a table of counts")
});

#[library_benchmark]
#[bench::flip(args = (flip), setup = warm, config = at_most("flip"))]
#[bench::token(args = (token), setup = warm, config = at_most("token"))]
#[bench::nested(args = (nested), setup = warm, config = at_most("nested"))]
#[bench::query(args = (query), setup = warm, config = at_most("query"))]
#[bench::read32(args = (read32), setup = warm, config = at_most("read32"))]
#[bench::read4k(args = (read4k), setup = warm, config = at_most("read4k"))]
fn calls(mut work: Work) -> Work {
    repeat(&mut work);
    // Taken apart when nothing is counted any more.
    work
}

fn repeat(work: &mut Work) {
    for _ in 0..TABLE.calls {
        work().expect("the call succeeds");
    }
}

/// Makes the surroundings of a call, and calls as often as will be counted.
fn warm(make: fn() -> anyhow::Result<Work>) -> Work {
    let mut work = make().expect("its surroundings can be made");
    repeat(&mut work);
    work
}

/// With what the calls of a name may take together. A new name has no limit before it is in the
/// table, and `cargo xtask` refuses it.
fn at_most(name: &str) -> LibraryBenchmarkConfig {
    let mut callgrind = Callgrind::with_args(["--cache-sim=no"]);
    if let Some(call) = TABLE.instructions.get(name) {
        let limit = call * TABLE.calls * (100 + TABLE.tolerance) / 100;
        callgrind.hard_limits([(EventKind::Ir, limit)]);
    }
    LibraryBenchmarkConfig::default().tool(callgrind).clone()
}

fn engine() -> anyhow::Result<Arc<dyn Engine>> {
    let version = "2.0".parse().map_err(anyhow::Error::msg)?;
    load(Path::new(ENGINES), version)
}

fn flip() -> anyhow::Result<Work> {
    Subject::flip().calls(engine()?)
}

fn token() -> anyhow::Result<Work> {
    Subject::token().calls(engine()?)
}

fn nested() -> anyhow::Result<Work> {
    Subject::nested().calls(engine()?)
}

fn query() -> anyhow::Result<Work> {
    Subject::balance().queries(engine()?)
}

fn read32() -> anyhow::Result<Work> {
    read(32)
}

fn read4k() -> anyhow::Result<Work> {
    read(4096)
}

/// A thousand reads in one call.
fn read(value_bytes: usize) -> anyhow::Result<Work> {
    let reader = Reader::new(Path::new(FIXTURES), Side::Abi2, value_bytes)?;
    Ok(Box::new(move || reader.read()))
}

library_benchmark_group!(name = instructions, benchmarks = calls);
main!(library_benchmark_groups = instructions);
