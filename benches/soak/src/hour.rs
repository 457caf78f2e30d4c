//! A long run at a rate that the machine bears easily: whether anything grows, and how late answers come.

use crate::{
    harness::Harness,
    import::Imported,
    load::{Answers, Load},
    machine::{self, Ticks},
    report::{print, Percentiles, Plot},
    traffic::{question, Traffic},
};
use anyhow::{ensure, Context};
use serde::Serialize;
use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// How much is asked, and for how long.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Hour {
    /// Minutes
    #[arg(long, default_value = "60")]
    minutes: u64,
    /// Questions a second
    #[arg(long, default_value = "100")]
    rate: f64,
    /// Connections that ask them
    #[arg(long, default_value = "20")]
    connections: usize,
    /// Messages for the cluster a second
    #[arg(long, default_value = "3")]
    messages: u32,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub(crate) struct Soaked {
    minutes: f64,
    answers: u64,
    answers_per_second: f64,
    busy: u64,
    took: Percentiles,
    /// MiB that the worker had: after a tenth of the run, at its end, and the most.
    resident_then: f64,
    resident_end: f64,
    resident_most: f64,
    /// MiB an hour, by least squares, over the run's second half.
    resident_slope: f64,
    messages: u64,
    block_ms: f64,
    /// Cores that were taken by the worker, the node, and this program; and by all others on the machine.
    cores: [f64; 3],
    cores_of_others: f64,
    /// What the worker warned of.
    warnings: usize,
}

/// Seconds between two looks.
const LOOK: u64 = 10;

/// Soaks.
pub(crate) fn soak(
    harness: &mut Harness,
    how: Hour,
    plots: Option<&Path>,
) -> anyhow::Result<Soaked> {
    let load = Load {
        address: harness.rpc,
        connections: how.connections,
        body: question(harness),
        rate: Some(how.rate),
    };
    let traffic = Traffic::start(harness, how.messages)?;
    let before = Imported::now(harness)?;
    let (processes, begun) = (harness.processes(), Instant::now());
    let ticks = Ticks::now(processes)?;
    let mut resident = Vec::new();
    let (mut p50, mut p99, mut p999) = (vec![], vec![], vec![]);
    let mut all: Option<Answers> = None;
    for minute in 1..=how.minutes {
        let (looked, given) = load.during(|| {
            let mut looked = Vec::new();
            for _ in 0..60 / LOOK {
                thread::sleep(Duration::from_secs(LOOK));
                let at = begun.elapsed().as_secs_f64() / 60.0;
                looked.push((at, mebibytes(machine::resident(processes[0])?)));
            }
            Ok(looked)
        })?;
        resident.extend(looked);
        for (line, percent) in [(&mut p50, 50.0), (&mut p99, 99.0), (&mut p999, 99.9)] {
            line.push((minute as f64, given.percentile(percent)));
        }
        eprintln!(
            "{minute} min: {:?}, {:?} MiB",
            Percentiles::of(&given),
            resident.last()
        );
        match &mut all {
            Some(all) => all.join(&given)?,
            None => all = Some(given),
        }
        harness.lives()?;
        ensure!(
            traffic.flows(),
            "no more messages: {:#}",
            traffic.end().err().unwrap()
        );
    }
    let all = all.context("it took no time")?;
    let (cores, cores_of_others) = Ticks::now(processes)?.since(&ticks);
    let block_ms = Imported::now(harness)?.since(&before)?;
    let tenth = resident.get(resident.len() / 10).context("a look")?.1;
    let half = resident.get(resident.len() / 2..).context("looks")?;
    let soaked = print(Soaked {
        minutes: begun.elapsed().as_secs_f64() / 60.0,
        answers: all.took.len(),
        answers_per_second: all.rate(),
        busy: all.busy,
        took: Percentiles::of(&all),
        resident_then: tenth,
        resident_end: resident.last().context("a look")?.1,
        resident_most: resident.iter().map(|it| it.1).fold(0.0, f64::max),
        resident_slope: slope(half) * 60.0,
        messages: traffic.end()?,
        block_ms,
        cores,
        cores_of_others,
        warnings: harness
            .log()
            .lines()
            .filter(|it| it.contains("WARN"))
            .count(),
    })?;
    let memory = Plot {
        name: "soak-memory",
        title: "Memory of a worker that is asked all the time",
        x: "minutes",
        y: "MiB",
        log: false,
        lines: vec![("resident", resident)],
    };
    let latency = Plot {
        name: "soak-latency",
        title: "How late answers come, by minutes",
        x: "minutes",
        y: "milliseconds",
        log: false,
        lines: vec![("p50", p50), ("p99", p99), ("p99.9", p999)],
    };
    if let Some(file) = plots {
        let drawn = serde_json::to_vec(&[memory, latency])?;
        fs::write(file, drawn).with_context(|| file.display().to_string())?;
    }
    Ok(soaked)
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// How much it goes up in each unit of x.
fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|it| it.0), mean(|it| it.1));
    let up: f64 = points.iter().map(|it| (it.0 - x) * (it.1 - y)).sum();
    let along: f64 = points.iter().map(|it| (it.0 - x).powi(2)).sum();
    up / along.max(f64::MIN_POSITIVE)
}
