//! What has to be measured in a process of its own: a first load, and memory at rest.

use crate::{calls::VERSION, report::Row, Setting};
use anyhow::{ensure, Context};
use pink_engine_benches::median;
use pink_engine_host::{engine_file_name, EngineRegistry};
use pink_worker_core::{
    store::{Store, StoreOptions},
    Worker,
};
use std::{fs, path::Path, process::Command, time::Instant};

/// A C program that loads a library and prints how long that took, in nanoseconds.
const PLAIN: &str = include_str!("dlopen.c");
/// Engines that a worker holds in the row `memory`.
const ENGINES: usize = 3;

/// What a process is started for.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum Work {
    /// Loads engine 2.0 and prints the nanoseconds.
    Load,
    /// Loads all engines, rests, and prints the bytes.
    Rest,
}

impl Work {
    pub(crate) fn run(self, engines: &Path) -> anyhow::Result<()> {
        let registry = EngineRegistry::new(engines);
        match self {
            Self::Load => {
                let files = registry.scan()?;
                let file = files.iter().find(|file| file.version == VERSION);
                let record = file.context("engine 2.0 is missing")?.record(Vec::new());
                let start = Instant::now();
                registry.get(VERSION, &record)?;
                println!("{}", start.elapsed().as_nanos());
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
    fn start(self, setting: &Setting) -> anyhow::Result<u64> {
        let name = match self {
            Self::Load => "load",
            Self::Rest => "rest",
        };
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(["--child", name])
            .arg("--engines")
            .arg(&setting.engines);
        number(&mut command)
    }
}

/// Bytes of memory that this process has.
fn resident() -> anyhow::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next());
    Ok(kib.context("VmRSS")?.parse::<u64>()? * 1024)
}

/// Runs a program that prints a number.
fn number(command: &mut Command) -> anyhow::Result<u64> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {said}");
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
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
    let library = fs::canonicalize(setting.engines.join(engine_file_name(VERSION)))?;
    let (mut ours, mut other) = (Vec::new(), Vec::new());
    for _ in 0..setting.rounds.min(30) {
        ours.push(Work::Load.start(setting)?);
        other.push(number(Command::new(&plain).arg(&library))?);
    }
    let times = (median(ours), median(other));
    Ok(Row::at_most_ms_more("load", 10.0, times))
}

pub(crate) fn memory(setting: &Setting) -> anyhow::Result<Row> {
    let resident = (0..5).map(|_| Work::Rest.start(setting));
    let resident = resident.collect::<anyhow::Result<Vec<_>>>()?;
    Ok(Row::at_most_mib("memory", 64.0, median(resident)))
}
