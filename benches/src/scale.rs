//! Calls and roots against the size of the state.

use crate::{holders::Holders, report::Row, Setting};
use anyhow::Context;
use pink_capi::types::Message;
use pink_engine_benches::{contracts, in_turns};
use pink_worker_core::store::{ChangeSet, Snapshot, Store};
use std::{
    path::Path,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::Instant,
};

/// Keys of the small state.
const SMALL: u32 = 10_000;
/// Accounts that always have their turn again.
const FIXED: u32 = 100;
/// Keys that a block changes.
pub(crate) const CHANGED: u32 = 1_000;

/// A store on disk with a token and its holders.
#[derive(Debug)]
pub(crate) struct State {
    holders: Holders,
    keys: u32,
    store: Store,
    snapshot: Snapshot,
    /// Which accounts come next.
    drawn: AtomicU32,
}

impl State {
    /// Fills a store in bulk.
    pub(crate) fn new(engines: &Path, scratch: &Path, keys: u32) -> anyhow::Result<Self> {
        let folder = scratch.join(format!("{keys}-keys"));
        let (holders, store) = Holders::filled(engines, &folder, keys)?;
        let snapshot = store.snapshot()?;
        Ok(Self {
            holders,
            keys,
            store,
            snapshot,
            drawn: AtomicU32::new(1),
        })
    }

    /// What the state is read from.
    pub(crate) fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The cluster, for queries.
    pub(crate) fn holders(&self) -> &Holders {
        &self.holders
    }

    /// A number below the number of keys; a linear congruential sequence, the same in every run.
    fn draw(&self) -> u32 {
        let next = self
            .drawn
            .load(Relaxed)
            .wrapping_mul(1_664_525)
            .wrapping_add(1_013_904_223);
        self.drawn.store(next, Relaxed);
        ((u64::from(next) * u64::from(self.keys)) >> 32) as u32
    }

    /// A transfer to a holder.
    pub(crate) fn transfer(&self, number: u32) -> Message {
        let input = contracts::transfer(&Holders::account(number));
        self.holders.ours.message(&input)
    }

    /// Transfers to accounts that always have their turn again.
    pub(crate) fn fixed(&self) -> Vec<Message> {
        (0..FIXED).map(|number| self.transfer(number)).collect()
    }

    /// A transfer to a holder that is drawn.
    pub(crate) fn random(&self) -> anyhow::Result<()> {
        self.call(&self.transfer(self.draw()))
    }

    /// One call, whose changes are dropped.
    pub(crate) fn call(&self, message: &Message) -> anyhow::Result<()> {
        self.holders.ours.call_on(&self.snapshot, message).map(drop)
    }

    /// New balances of n holders; `draw` names them.
    fn changes(&self, mut draw: impl FnMut(u32) -> u32) -> ChangeSet {
        let new = (self.drawn.load(Relaxed), 0xFFu8);
        (0..CHANGED)
            .map(|at| {
                let key = self.holders.key(&Holders::account(draw(at)));
                (key, Some(parity_scale_codec::Encode::encode(&(new, at))))
            })
            .collect()
    }
}

/// The state with the keys that the setting asks for, made when it is first needed.
fn large(setting: &Setting) -> anyhow::Result<&State> {
    if setting.large.get().is_none() {
        eprintln!("filling a store with {} keys", setting.keys);
        let start = Instant::now();
        let state = State::new(&setting.engines, setting.scratch.path(), setting.keys)?;
        eprintln!("that took {} s", start.elapsed().as_secs());
        // Nobody else is there to fill it meanwhile.
        let _ = setting.large.set(state);
    }
    setting.large.get().context("it was just made")
}

pub(crate) fn call(setting: &Setting) -> anyhow::Result<Row> {
    let large = large(setting)?;
    let scratch = setting.scratch.path().join("scale");
    let small = State::new(&setting.engines, &scratch, SMALL)?;
    let fixed = |state: &State| {
        let messages = state.fixed();
        messages.iter().try_for_each(|message| state.call(message))
    };
    let times = in_turns(setting.rounds, 1, || fixed(large), || fixed(&small))?;
    let random = in_turns(setting.rounds, FIXED, || large.random(), || small.random())?;
    let note = format!(
        "{} keys; random accounts {:.2}; times are of {FIXED} calls",
        large.keys,
        random.0 as f64 / random.1 as f64
    );
    Ok(Row::at_most("scale", 1.5, times).with_note(note))
}

pub(crate) fn root(setting: &Setting) -> anyhow::Result<Row> {
    let large = large(setting)?;
    let scratch = setting.scratch.path().join("root");
    let small = State::new(&setting.engines, &scratch, SMALL)?;
    let rounds = setting.rounds.min(20);
    let update = |state: &State, changes: &ChangeSet| {
        let root = state.snapshot.root_with(changes)?;
        anyhow::ensure!(root != state.snapshot.root(), "nothing changed");
        Ok(())
    };
    // What is to be changed is drawn beforehand.
    let blocks = |state: &State| -> Vec<ChangeSet> {
        (0..rounds.saturating_add(3))
            .map(|_| state.changes(|_| state.draw()))
            .collect()
    };
    let (large_blocks, small_blocks) = (blocks(large), blocks(&small));
    let (mut large_blocks, mut small_blocks) = (large_blocks.iter(), small_blocks.iter());
    let times = in_turns(
        rounds,
        1,
        || update(large, large_blocks.next().context("a block a round")?),
        || update(&small, small_blocks.next().context("a block a round")?),
    )?;
    let (again, small_again) = (large.changes(|at| at), small.changes(|at| at));
    let hot = in_turns(
        rounds,
        1,
        || update(large, &again),
        || update(&small, &small_again),
    )?;
    let note = format!(
        "{} keys, others in each round; always the same keys {:.2}",
        large.keys,
        hot.0 as f64 / hot.1 as f64
    );
    large.store.cursor()?;
    Ok(Row::at_most("root", 4.0, times).with_note(note))
}
