//! The phases of the work that need the peer, the worker or its store, each ready to be repeated.
//! Those of an engine alone are in `pink-engine-benches`.

use crate::{
    blocks::{import, Blocks, TRANSFERS},
    calls::{by_peer, VERSION},
    holders::Holders,
    scale::{State, CHANGED},
};
use anyhow::ensure;
use parity_scale_codec::Encode;
use pink_engine_benches::{contracts, load, Subject, Work};
use pink_engine_host::EngineRegistry;
use pink_worker_core::{
    store::{BlockBatch, ChangeSet, NewBlock, Store, StoreOptions},
    Worker,
};
use std::path::Path;

/// Keys of every state: it is the phase that is measured here, and not the size.
const KEYS: u32 = 10_000;

/// Makes what is measured of a phase, given where the engines are and a folder for stores: works
/// by their names.
pub type Make = fn(&Path, &Path) -> anyhow::Result<Vec<(String, Work)>>;

/// The phases by their names.
pub const ALL: &[(&str, Make)] = &[
    ("execute", execute),
    ("commit", commit),
    ("root", root),
    ("block", block),
    ("query", query),
];

/// Whole calls, of the peer and of ours.
fn execute(engines: &Path, _: &Path) -> anyhow::Result<Vec<(String, Work)>> {
    let mut works = Vec::new();
    for (name, subject) in [
        ("flip", Subject::flip()),
        ("token", Subject::token()),
        ("nested", Subject::nested()),
        ("turns", Subject::turns()),
    ] {
        let ours = subject.calls(load(engines, VERSION)?)?;
        works.push((format!("{name}/engine 2.0"), ours));
        works.push((format!("{name}/pallet-contracts 51"), by_peer(&subject)?));
    }
    Ok(works)
}

/// A block's changes made durable, its root included.
fn commit(engines: &Path, scratch: &Path) -> anyhow::Result<Vec<(String, Work)>> {
    let (holders, mut store) = Holders::filled(engines, &scratch.join("commit"), KEYS)?;
    // By turns, so that every block changes something.
    let [mut block, mut next] = [1u8, 2].map(|turn| NewBlock {
        changes: changes(&holders, turn),
        ..NewBlock::default()
    });
    let mut number = 1;
    let work: Work = Box::new(move || {
        number += 1;
        block.number = number;
        store.commit(&BlockBatch::from(block.clone()))?;
        std::mem::swap(&mut block, &mut next);
        Ok(())
    });
    Ok(vec![(format!("{CHANGED} of {KEYS} keys"), work)])
}

/// The root after a block's changes.
fn root(engines: &Path, scratch: &Path) -> anyhow::Result<Vec<(String, Work)>> {
    let (holders, store) = Holders::filled(engines, &scratch.join("root"), KEYS)?;
    let snapshot = store.snapshot()?;
    let changes = changes(&holders, 1);
    let work: Work = Box::new(move || {
        let root = snapshot.root_with(&changes)?;
        ensure!(root != snapshot.root(), "nothing changed");
        Ok(())
    });
    Ok(vec![(format!("{CHANGED} of {KEYS} keys"), work)])
}

/// Everything that a worker does for a block.
fn block(engines: &Path, scratch: &Path) -> anyhow::Result<Vec<(String, Work)>> {
    let store = Store::create(&scratch.join("block"), StoreOptions::default())?;
    let mut worker = Worker::new(store, EngineRegistry::new(engines));
    let mut blocks = Blocks::new(worker.registry(), VERSION)?;
    let first = blocks.first();
    blocks.deployed(&import(&mut worker, first)?)?;
    let work: Work = Box::new(move || import(&mut worker, blocks.transfers(TRANSFERS)).map(drop));
    Ok(vec![(format!("{TRANSFERS} transfers"), work)])
}

/// A query of a snapshot.
fn query(engines: &Path, scratch: &Path) -> anyhow::Result<Vec<(String, Work)>> {
    let state = State::new(engines, &scratch.join("query"), KEYS)?;
    let input = contracts::balance_of(&Holders::account(7));
    let message = state.holders().ours.message(&input);
    let work: Work = Box::new(move || {
        let ours = &state.holders().ours;
        ours.query(state.snapshot(), &message).map(drop)
    });
    Ok(vec![(format!("a balance among {KEYS}"), work)])
}

/// New balances of the first holders.
fn changes(holders: &Holders, turn: u8) -> ChangeSet {
    (0..CHANGED)
        .map(|number| {
            let key = holders.key(&Holders::account(number));
            (key, Some((turn, number).encode()))
        })
        .collect()
}
