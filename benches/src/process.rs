//! What has to be measured in a process of its own: a first load, a first call, memory at rest.

use crate::{
    calls::COMPILED,
    cold,
    report::{time, Row},
    Setting,
};
use anyhow::{ensure, Context};
use pink_engine_benches::{load as engine, median};
use pink_engine_host::{EngineRegistry, FoundFile};
use pink_worker_core::{
    store::{Store, StoreOptions},
    Worker,
};
use std::{fs, path::Path, process::Command, time::Instant};

/// A C program that loads a library and prints how long that took, in nanoseconds.
const PLAIN: &str = include_str!("dlopen.c");
/// Engines that a worker holds in the row `memory`.
const ENGINES: usize = 4;

/// What a process is started for.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum Work {
    /// Loads the largest engine and prints the nanoseconds.
    Load,
    /// Calls a contract that is compiled on the disk, and again; prints the nanoseconds of the first
    /// call, of that its artefact's load, and of a later call.
    Cold,
    /// Loads all engines, rests, and prints the bytes.
    Rest,
}

impl Work {
    pub(crate) fn run(self, engines: &Path, folder: &Path) -> anyhow::Result<()> {
        let registry = EngineRegistry::new(engines);
        match self {
            Self::Load => {
                let file = largest(&registry)?;
                let record = file.record(Vec::new());
                let start = Instant::now();
                registry.get(file.version, &record)?;
                println!("{}", start.elapsed().as_nanos());
            }
            Self::Cold => {
                let [first, loading, later] = cold::calls(engine(engines, COMPILED)?, folder)?;
                println!("{first} {loading} {later}");
            }
            Self::Rest => {
                let folder = tempfile::tempdir()?;
                let store = Store::create(folder.path(), StoreOptions::default())?;
                let worker = Worker::new(store, registry);
                for file in worker.registry().scan()? {
                    worker
                        .registry()
                        .get(file.version, &file.record(Vec::new()))?;
                }
                let loaded = worker.registry().loaded().len();
                ensure!(
                    loaded == ENGINES,
                    "{loaded} engines are loaded, not {ENGINES}"
                );
                println!("{}", resident()?);
            }
        }
        Ok(())
    }

    /// Starts a process for it; what it printed.
    fn start<const N: usize>(self, setting: &Setting) -> anyhow::Result<[u64; N]> {
        let name = match self {
            Self::Load => "load",
            Self::Cold => "cold",
            Self::Rest => "rest",
        };
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(["--child", name])
            .arg("--engines")
            .arg(&setting.engines)
            .arg("--folder")
            .arg(setting.scratch.path());
        numbers(&mut command)
    }
}

/// The engine whose file has the most bytes.
fn largest(registry: &EngineRegistry) -> anyhow::Result<FoundFile> {
    let largest = registry.scan()?.into_iter().max_by_key(|file| file.size);
    largest.context("there is no engine")
}

/// Bytes of memory that this process has.
fn resident() -> anyhow::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next());
    Ok(kib.context("VmRSS")?.parse::<u64>()? * 1024)
}

/// Runs a program that prints numbers.
fn numbers<const N: usize>(command: &mut Command) -> anyhow::Result<[u64; N]> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {said}");
    let printed = String::from_utf8(output.stdout)?;
    let numbers = printed.split_whitespace().map(str::parse);
    let numbers: Vec<u64> = numbers.collect::<Result<_, _>>()?;
    let numbers = numbers.try_into();
    numbers.map_err(|_| anyhow::anyhow!("{command:?} printed {printed}"))
}

pub(crate) fn load(setting: &Setting) -> anyhow::Result<Row> {
    let source = setting.scratch.path().join("dlopen.c");
    let plain = setting.scratch.path().join("dlopen");
    fs::write(&source, PLAIN)?;
    let mut cc = Command::new("cc");
    cc.arg("-O2").arg("-o").arg(&plain).arg(&source).arg("-ldl");
    ensure!(
        cc.status().context("cc")?.success(),
        "cc can't build the plain loader"
    );
    let engine = largest(&EngineRegistry::new(&setting.engines))?;
    let library = fs::canonicalize(&engine.path)?;
    let (mut ours, mut other) = (Vec::new(), Vec::new());
    for _ in 0..setting.rounds.min(30) {
        ours.extend(Work::Load.start::<1>(setting)?);
        other.extend(numbers::<1>(Command::new(&plain).arg(&library))?);
    }
    let times = (median(ours), median(other));
    let note = format!("engine {}, {} bytes", engine.version, engine.size);
    Ok(Row::at_most_ms_more("load", 10.0, times).with_note(note))
}

pub(crate) fn memory(setting: &Setting) -> anyhow::Result<Row> {
    let resident = (0..5).map(|_| Work::Rest.start::<1>(setting));
    let resident = resident.collect::<anyhow::Result<Vec<_>>>()?.concat();
    Ok(Row::at_most_mib("memory", 64.0, median(resident)))
}

/// A flip, whole, against bare `wasmtime`.
pub(crate) fn floor21(setting: &Setting) -> anyhow::Result<Row> {
    let mut command = Command::new(&setting.native);
    command.arg(&setting.engines);
    command.arg(setting.rounds.to_string());
    let [ours, other] = numbers(&mut command)?;
    Ok(Row::at_most("floor21", 2.5, (ours, other)))
}

/// The first call of a contract after a restart, its artefact's way from the disk included, against a
/// later one.
pub(crate) fn cold21(setting: &Setting) -> anyhow::Result<Row> {
    let engine = engine(&setting.engines, COMPILED)?;
    let bytes = cold::write(engine, setting.scratch.path())?;
    let (mut first, mut loads, mut later) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..setting.rounds.min(30) {
        let [a, b, c] = Work::Cold.start(setting)?;
        first.push(a);
        loads.push(b);
        later.push(c);
    }
    let (first, later) = (median(first), median(later));
    let note = format!(
        "{bytes} bytes of code, {} of it for the artefact",
        time(median(loads))
    );
    Ok(Row::at_most_ms_more("cold21", 1.0, (first, later)).with_note(note))
}
