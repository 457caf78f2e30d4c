//! Queries beside each other.

use crate::{report::Row, scale::State, Setting};
use anyhow::anyhow;
use pink_capi::types::Message;
use pink_engine_benches::{contracts::selector, in_turns};
use std::thread;

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
            ours.message(&[&selector("balance_of")[..], &account].concat())
        })
        .collect();
    let work = || {
        for message in messages.iter().cycle().take(QUERIES) {
            ours.query(state.snapshot(), message)?;
        }
        anyhow::Ok(())
    };
    let beside = |threads: usize| {
        thread::scope(|scope| {
            let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            running
                .into_iter()
                .try_for_each(|thread| thread.join().map_err(|_| anyhow!("a query panicked"))?)
        })
    };
    let (two, one) = in_turns(setting.rounds, 1, || beside(2), || beside(1))?;
    let cores = thread::available_parallelism()?;
    let note = format!("{cores} cores; times are of {QUERIES} queries");
    // Two threads did twice the work.
    Ok(Row::at_least("queries", 1.8, (two / 2, one)).with_note(note))
}
