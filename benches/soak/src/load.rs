//! Questions from many connections.

use crate::{http::Client, machine};
use anyhow::{ensure, Context};
use hdrhistogram::Histogram;
use std::{
    net::SocketAddr,
    sync::{
        atomic::{AtomicBool, Ordering},
        Mutex,
    },
    thread,
    time::{Duration, Instant},
};

/// Longest time that is told apart, in microseconds, and to how many digits.
const LONGEST_US: u64 = 60_000_000;
const DIGITS: u8 = 3;

/// What came of questions.
pub(crate) struct Answers {
    /// How long good answers took, in microseconds.
    pub(crate) took: Histogram<u64>,
    /// Questions that were refused because of too many others (9010).
    pub(crate) busy: u64,
    /// Over how long.
    pub(crate) time: Duration,
}

impl Answers {
    fn none() -> anyhow::Result<Self> {
        Ok(Self {
            took: Histogram::new_with_max(LONGEST_US, DIGITS)?,
            busy: 0,
            time: Duration::ZERO,
        })
    }

    /// Good answers a second.
    pub(crate) fn rate(&self) -> f64 {
        self.took.len() as f64 / self.time.as_secs_f64()
    }

    /// With what came of others in the same time.
    fn add(&mut self, other: &Self) -> anyhow::Result<()> {
        self.took.add(&other.took)?;
        self.busy += other.busy;
        Ok(())
    }

    /// With what came of others in another time.
    pub(crate) fn join(&mut self, other: &Self) -> anyhow::Result<()> {
        self.time += other.time;
        self.add(other)
    }

    /// The time below which `percent` of a hundred are, in milliseconds.
    pub(crate) fn percentile(&self, percent: f64) -> f64 {
        self.took.value_at_quantile(percent / 100.0) as f64 / 1e3
    }
}

/// Who asks: `connections` connections, each with a thread of the lowest priority.
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    pub(crate) connections: usize,
    /// The body of what is asked.
    pub(crate) body: String,
    /// Questions a second, of all together; `None`: each asks as soon as it is answered.
    pub(crate) rate: Option<f64>,
}

impl Load {
    /// Asks while something else is done.
    pub(crate) fn during<T>(
        &self,
        work: impl FnOnce() -> anyhow::Result<T>,
    ) -> anyhow::Result<(T, Answers)> {
        let (stop, all) = (AtomicBool::new(false), Mutex::new(Answers::none()?));
        let begun = Instant::now();
        let done = thread::scope(|scope| {
            let asking: Vec<_> = (0..self.connections)
                .map(|number| {
                    let (stop, all) = (&stop, &all);
                    scope.spawn(move || {
                        let own = self.ask(number, begun, stop)?;
                        let mut all = all
                            .lock()
                            .map_err(|_| anyhow::anyhow!("a thread panicked"))?;
                        all.add(&own)
                    })
                })
                .collect();
            let done = work();
            stop.store(true, Ordering::Relaxed);
            for one in asking {
                one.join()
                    .map_err(|_| anyhow::anyhow!("a thread panicked"))??;
            }
            done
        })?;
        let mut answers = all.into_inner()?;
        answers.time = begun.elapsed();
        Ok((done, answers))
    }

    fn ask(&self, number: usize, begun: Instant, stop: &AtomicBool) -> anyhow::Result<Answers> {
        machine::give_way();
        let mut client = Client::connect(self.address)?;
        let request = client.request(&self.body);
        let mut answers = Answers::none()?;
        let between = self
            .rate
            .map(|rate| Duration::from_secs_f64(self.connections as f64 / rate));
        // One behind the other, not all at once.
        let share = number as f64 / self.connections as f64;
        let mut due = begun + between.unwrap_or_default().mul_f64(share);
        while !stop.load(Ordering::Relaxed) {
            match between {
                Some(between) => {
                    thread::sleep(due.saturating_duration_since(Instant::now()));
                    // An answer that comes late makes those behind it late, and that counts.
                    let since = due;
                    due += between;
                    ask_once(&mut client, &request, since, &mut answers)?;
                }
                None => ask_once(&mut client, &request, Instant::now(), &mut answers)?,
            }
        }
        Ok(answers)
    }
}

fn ask_once(
    client: &mut Client,
    request: &[u8],
    since: Instant,
    answers: &mut Answers,
) -> anyhow::Result<()> {
    let (status, body) = client.send(request).context("a question")?;
    let text = String::from_utf8_lossy(&body);
    if text.contains("\"code\":9010") {
        answers.busy += 1;
        return Ok(());
    }
    ensure!(
        status == 200 && text.contains("\"type\":\"success\""),
        "{status}: {text}"
    );
    let micros = u64::try_from(since.elapsed().as_micros())?;
    answers.took.saturating_record(micros.max(1));
    Ok(())
}
