//! Queries beside each other.

use crate::{report::Row, scale::State, Setting};
use anyhow::anyhow;
use pink_capi::types::Message;
use pink_engine_benches::{contracts, in_turns, median};
use rustix::time::{clock_gettime, ClockId};
use std::{sync::Mutex, thread};

/// Queries of one thread in a turn.
const QUERIES: usize = 1_000;
/// Keys of the state.
const KEYS: u32 = 10_000;

/// Two threads with as many queries each, against one.
pub(crate) fn queries(setting: &Setting) -> anyhow::Result<Row> {
    let state = State::new(
        &setting.engines,
        &setting.scratch.path().join("queries"),
        KEYS,
    )?;
    let ours = &state.holders().ours;
    let messages: Vec<Message> = (0..100)
        .map(|number| {
            let account = crate::holders::Holders::account(number);
            ours.message(&contracts::balance_of(&account))
        })
        .collect();
    let work = || {
        for message in messages.iter().cycle().take(QUERIES) {
            ours.query(state.snapshot(), message)?;
        }
        on_processor()
    };
    let beside = |threads: usize, taken: &Mutex<Vec<u64>>| {
        thread::scope(|scope| {
            let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            running.into_iter().try_for_each(|thread| {
                let ns = thread.join().map_err(|_| anyhow!("a query panicked"))??;
                taken
                    .lock()
                    .map_err(|_| anyhow!("a query panicked"))?
                    .push(ns);
                Ok(())
            })
        })
    };
    let taken = (Mutex::default(), Mutex::default());
    let (two, one) = in_turns(
        setting.rounds,
        1,
        || beside(2, &taken.0),
        || beside(1, &taken.1),
    )?;
    let taken = (taken.0.into_inner()?, taken.1.into_inner()?);
    let cores = thread::available_parallelism()?;
    let note = format!(
        "{cores} cores; times are of {QUERIES} queries; processor time of a query beside another {:.2}",
        median(taken.0) as f64 / median(taken.1) as f64
    );
    // Two threads did twice the work.
    Ok(Row::at_least("queries", 1.8, (two / 2, one)).with_note(note))
}

/// How long this thread was on a processor, in nanoseconds. Unlike the time that passes it doesn't
/// grow when a neighbour takes the core, but does when threads get into each other's way.
fn on_processor() -> anyhow::Result<u64> {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let ns = time.tv_sec * 1_000_000_000 + time.tv_nsec;
    Ok(u64::try_from(ns)?)
}
