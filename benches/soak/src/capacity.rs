//! How many questions are answered on one core and on two, and what they do to blocks.

use crate::{
    harness::Harness,
    http::Client,
    import::blocks,
    load::{Answers, Load},
    machine::{self, Ticks},
    report::{median, print, Percentiles},
    traffic::{question, Traffic},
};
use anyhow::ensure;
use serde::Serialize;
use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

/// Connections that ask as fast as they are answered: more than queries run at a time, fewer than may wait.
const CONNECTIONS: usize = 16;
/// Messages a second while blocks are measured.
const MESSAGES: u32 = 20;

/// What is measured in rounds, and how often.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Rounds {
    /// Rounds of questions on one core and on two, beside threads that spin
    #[arg(long, default_value = "7")]
    rounds: usize,
    /// Rounds of blocks with questions, without, and beside threads that spin
    #[arg(long, default_value = "15")]
    windows: usize,
    /// Seconds of each part of a round
    #[arg(long, default_value = "10")]
    seconds: u64,
}

/// Questions, by cores.
#[derive(Debug, Serialize)]
pub(crate) struct Capacity {
    /// Questions a second on one core, on two: who asks is on the same ones.
    one: f64,
    two: f64,
    /// Two cores' answers over one's, as the median of the rounds' ratios.
    answers_ratio: f64,
    /// The same of threads that count.
    spins_ratio: f64,
    /// The one over the other.
    of_the_machine: f64,
    took_one: Percentiles,
    took_two: Percentiles,
    busy: u64,
    cores_of_others: f64,
}

/// Blocks, with and without questions.
#[derive(Debug, Serialize)]
pub(crate) struct Isolation {
    /// Blocks without questions; about as many with them, and beside spinning threads.
    blocks: usize,
    /// Milliseconds a block, medians of all blocks.
    quiet_ms: f64,
    load_ms: f64,
    spin_ms: f64,
    /// Medians of the rounds' ratios, of which each is that of medians of its blocks.
    load_ratio: f64,
    spin_ratio: f64,
    rounds: Vec<(f64, f64, f64)>,
    answers_per_second: f64,
    took: Percentiles,
    cores_of_others: f64,
}

fn load(harness: &Harness) -> Load {
    Load {
        address: harness.rpc,
        connections: CONNECTIONS,
        body: question(harness),
        rate: None,
    }
}

/// One core and two, in turns, and spinning threads in between.
pub(crate) fn capacity(harness: &mut Harness, rounds: Rounds) -> anyhow::Result<Capacity> {
    let load = load(harness);
    let time = Duration::from_secs(rounds.seconds);
    let worker = harness.processes()[0];
    let mut all = [None, None];
    let (mut rates, mut answered, mut spun) = ([vec![], vec![]], vec![], vec![]);
    let begun = Ticks::now(harness.processes())?;
    for _ in 0..rounds.rounds {
        let (mut answers, mut spins) = ([0.0; 2], [0.0; 2]);
        for cores in [1, 2] {
            spins[cores - 1] = machine::spin(cores, time / 5)?;
            machine::keep_to(worker, cores)?;
            let ((), given) = load.during(|| {
                thread::sleep(time);
                Ok(())
            })?;
            answers[cores - 1] = given.rate();
            rates[cores - 1].push(given.rate());
            add(&mut all[cores - 1], given)?;
        }
        eprintln!("questions a second on one core and on two {answers:.0?}, counts {spins:.0?}");
        answered.push(answers[1] / answers[0]);
        spun.push(spins[1] / spins[0]);
        harness.lives()?;
    }
    machine::keep_to(machine::this(), 2)?;
    let (each, others) = Ticks::now(harness.processes())?.since(&begun);
    eprintln!("cores: worker, node, this {each:.2?}, others {others:.2}");
    let [one, two] = rates.map(median);
    let (answers_ratio, spins_ratio) = (median(answered), median(spun));
    let [took_one, took_two] = all;
    let busy = [&took_one, &took_two]
        .into_iter()
        .flatten()
        .map(|it| it.busy)
        .sum();
    let took = |of: Option<Answers>| of.map(|it| Percentiles::of(&it)).unwrap_or_default();
    print(Capacity {
        one,
        two,
        answers_ratio,
        spins_ratio,
        of_the_machine: answers_ratio / spins_ratio,
        took_one: took(took_one),
        took_two: took(took_two),
        busy,
        cores_of_others: others,
    })
}

fn add(all: &mut Option<Answers>, given: Answers) -> anyhow::Result<()> {
    match all {
        Some(all) => all.join(&given),
        None => {
            *all = Some(given);
            Ok(())
        }
    }
}

/// Blocks without questions, under as many as are answered, and beside threads of the same priority that do nothing
/// but count: what those cost is the machine's.
pub(crate) fn isolation(harness: &mut Harness, rounds: Rounds) -> anyhow::Result<Isolation> {
    let traffic = Traffic::start(harness, MESSAGES)?;
    let load = load(harness);
    let time = Duration::from_secs(rounds.seconds);
    let (mut parts, mut each) = (Vec::new(), [vec![], vec![], vec![]]);
    let mut all = None;
    // The first message of each kind is slower, and the load makes threads.
    load.during(|| {
        thread::sleep(time);
        Ok(())
    })?;
    let begun = Ticks::now(harness.processes())?;
    for _ in 0..rounds.windows {
        let quiet = window(harness, time)?;
        let (loaded, given) = load.during(|| window(harness, time))?;
        add(&mut all, given)?;
        let spun = beside_spinning(|| window(harness, time))?;
        for (took, all) in [&quiet, &loaded, &spun].into_iter().zip(&mut each) {
            all.extend(took);
        }
        let [quiet, loaded, spun] = [quiet, loaded, spun].map(median);
        eprintln!("ms a block: quiet {quiet:.3}, load {loaded:.3}, spinning {spun:.3}");
        parts.push((quiet, loaded, spun));
        harness.lives()?;
        ensure!(
            traffic.flows(),
            "no more messages: {:#}",
            traffic.end().err().unwrap()
        );
    }
    let (_, others) = Ticks::now(harness.processes())?.since(&begun);
    eprintln!("{} messages", traffic.end()?);
    let of = |part: fn(&(f64, f64, f64)) -> f64| median(parts.iter().map(part).collect());
    let blocks = each[0].len();
    let [quiet_ms, load_ms, spin_ms] = each.map(median);
    print(Isolation {
        blocks,
        quiet_ms,
        load_ms,
        spin_ms,
        load_ratio: of(|it| it.1 / it.0),
        spin_ratio: of(|it| it.2 / it.0),
        answers_per_second: all.as_ref().map_or(0.0, Answers::rate),
        took: all.map(|it| Percentiles::of(&it)).unwrap_or_default(),
        rounds: parts,
        cores_of_others: others,
    })
}

/// What blocks took within some time.
fn window(harness: &Harness, time: Duration) -> anyhow::Result<Vec<f64>> {
    // What came before has an end.
    thread::sleep(Duration::from_secs(1));
    blocks(harness, time)
}

fn beside_spinning<T>(work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| machine::count(&stop));
        }
        let done = work();
        stop.store(true, Ordering::Relaxed);
        done
    })
}

/// That the worker answers.
pub(crate) fn answers(harness: &Harness) -> anyhow::Result<()> {
    let version = Client::connect(harness.rpc)?.call("system_version", &serde_json::json!([]))?;
    eprintln!("{version}");
    Ok(())
}
