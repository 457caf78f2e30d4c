//! What the machine gives: which cores, how much of them, and how much of it others take.

use anyhow::{ensure, Context};
use rustix::process::nice;
use std::{
    fs,
    hint::black_box,
    process::{id, Command},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// The priority of the worker's threads that answer questions, and so that of all that asks or spins here.
const LOWEST: i32 = 19;

/// Ticks a second, as Linux counts them for programs on every architecture that a worker runs on.
const HERTZ: f64 = 100.0;

/// Gives the calling thread the priority that the worker's queries have.
pub(crate) fn give_way() {
    // On Linux niceness is a thread's own. What can't be had lower is low enough.
    let _ = nice(LOWEST);
}

/// Has every thread of a process, and those that these start, run on the first `cores` cores.
pub(crate) fn keep_to(process: u32, cores: usize) -> anyhow::Result<()> {
    let cores = format!("0-{}", cores.max(1) - 1);
    let mut taskset = Command::new("taskset");
    taskset.args([
        "--all-tasks",
        "--cpu-list",
        "--pid",
        &cores,
        &process.to_string(),
    ]);
    let done = taskset
        .output()
        .context("taskset, of the package util-linux")?;
    let said = String::from_utf8_lossy(&done.stderr);
    // A thread may have ended meanwhile.
    ensure!(
        done.status.success() || said.contains("No such process"),
        "{taskset:?}: {said}"
    );
    Ok(())
}

/// How far `threads` threads count, that have nothing to do with each other, in a second; on as many cores.
pub(crate) fn spin(threads: usize, time: Duration) -> anyhow::Result<f64> {
    keep_to(this(), threads)?;
    let (stop, all) = (AtomicBool::new(false), AtomicU64::new(0));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                all.fetch_add(count(&stop), Ordering::Relaxed);
            });
        }
        std::thread::sleep(time);
        stop.store(true, Ordering::Relaxed);
    });
    Ok(all.into_inner() as f64 / begun.elapsed().as_secs_f64())
}

/// Counts until it is told to stop, at the lowest priority.
pub(crate) fn count(stop: &AtomicBool) -> u64 {
    give_way();
    let mut turns = 0u64;
    while !stop.load(Ordering::Relaxed) {
        for _ in 0..1_000 {
            turns = black_box(turns.wrapping_add(1));
        }
    }
    turns
}

/// This process.
pub(crate) fn this() -> u32 {
    id()
}

/// Bytes of memory that a process has.
pub(crate) fn resident(process: u32) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next());
    Ok(kib.context("VmRSS")?.parse::<u64>()? * 1024)
}

/// Processor time so far, in ticks: the machine's, and that of some processes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticks {
    all: u64,
    ours: [u64; 3],
    at: Instant,
}

impl Ticks {
    pub(crate) fn now(processes: [u32; 3]) -> anyhow::Result<Self> {
        let stat = fs::read_to_string("/proc/stat")?;
        let numbers: Vec<u64> = stat
            .lines()
            .next()
            .context("/proc/stat")?
            .split_whitespace()
            .filter_map(|it| it.parse().ok())
            .collect();
        // user, nice, system, idle, iowait, irq, softirq, steal: steal is taken by others than this machine.
        let idle = numbers.get(3..5).context("/proc/stat")?.iter().sum::<u64>();
        let all = numbers.iter().take(8).sum::<u64>() - idle;
        let mut ours = [0; 3];
        for (ticks, process) in ours.iter_mut().zip(processes) {
            *ticks = of_process(process)?;
        }
        let at = Instant::now();
        Ok(Self { all, ours, at })
    }

    /// Cores that were taken since: by each of the processes, and by all others.
    pub(crate) fn since(&self, before: &Self) -> ([f64; 3], f64) {
        let hertz = HERTZ;
        let all = self.at.duration_since(before.at).as_secs_f64() * hertz;
        let mut each = [0.0; 3];
        for (share, (now, then)) in each.iter_mut().zip(self.ours.iter().zip(before.ours)) {
            *share = now.saturating_sub(then) as f64 / all;
        }
        let busy = self.all.saturating_sub(before.all) as f64 / all;
        (each, busy - each.iter().sum::<f64>())
    }
}

fn of_process(process: u32) -> anyhow::Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // Behind the name, which may have anything in it, utime and stime are the 12th and 13th.
    let (_, rest) = stat.rsplit_once(')').context("/proc/PID/stat")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks =
        |at: usize| -> anyhow::Result<u64> { Ok(fields.get(at).context("ticks")?.parse()?) };
    Ok(ticks(11)? + ticks(12)?)
}
