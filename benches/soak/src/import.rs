//! How long the worker takes to import blocks, by its own metrics.

use crate::harness::Harness;
use anyhow::{ensure, Context};
use std::{
    thread,
    time::{Duration, Instant},
};

/// Four looks for each block.
const LOOK: Duration = Duration::from_millis(250);

/// What had been imported at some time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Imported {
    blocks: f64,
    /// Executing them, and making them durable, in seconds.
    seconds: f64,
}

impl Imported {
    pub(crate) fn now(harness: &Harness) -> anyhow::Result<Self> {
        Self::of(&harness.metrics()?)
    }

    fn of(text: &str) -> anyhow::Result<Self> {
        let number = |name: &str| -> anyhow::Result<f64> {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            Ok(line.with_context(|| format!("no {name}"))?.trim().parse()?)
        };
        Ok(Self {
            blocks: number("pink_block_execution_seconds_count")?,
            seconds: number("pink_block_execution_seconds_sum")?
                + number("pink_commit_seconds_sum")?,
        })
    }

    /// Milliseconds of a block that was imported since then.
    pub(crate) fn since(&self, before: &Self) -> anyhow::Result<f64> {
        let blocks = self.blocks - before.blocks;
        ensure!(blocks >= 1.0, "no block was imported in all that time");
        Ok((self.seconds - before.seconds) * 1e3 / blocks)
    }
}

/// Milliseconds that each block took that is imported within some time: it is looked more often than blocks come. The
/// mean says how busy the disk is with others now and then, and the median what a block takes.
pub(crate) fn blocks(harness: &Harness, time: Duration) -> anyhow::Result<Vec<f64>> {
    let (begun, mut before, mut took) = (Instant::now(), Imported::now(harness)?, Vec::new());
    while begun.elapsed() < time {
        thread::sleep(LOOK);
        let now = Imported::now(harness)?;
        if now.blocks > before.blocks {
            took.push(now.since(&before)?);
            before = now;
        }
    }
    ensure!(!took.is_empty(), "no block was imported in a whole window");
    Ok(took)
}
