//! Whole calls against `pallet-contracts`, and against the floor.

use crate::{peer::Peer, report::Row, Setting};
use anyhow::Context;
use fat_contracts_primitives::EngineVersion;
use parity_scale_codec::Encode;
use pink_engine_benches::{
    contracts::{self, selector, BENCH, FLIPPER, TOKEN},
    in_turns, in_turns_of, load, Floor, Ours,
};
use std::path::Path;

/// The engine that is measured.
pub(crate) const VERSION: EngineVersion = EngineVersion::new(2, 0);

pub(crate) fn token(setting: &Setting) -> anyhow::Result<Row> {
    let times = against_peer(
        setting,
        (setting.rounds, (20, 3)),
        TOKEN,
        &contracts::new_token(),
        |_| contracts::transfer(&[7; 32]),
    )?;
    Ok(Row::at_least("token", 30.0, times))
}

pub(crate) fn flip(setting: &Setting) -> anyhow::Result<Row> {
    let times = against_peer(
        setting,
        (setting.rounds, (20, 5)),
        FLIPPER,
        &contracts::new_flipper(),
        |_| selector("flip"),
    )?;
    Ok(Row::at_least("flip", 30.0, times))
}

pub(crate) fn nested(setting: &Setting) -> anyhow::Result<Row> {
    let times = against_peer(
        setting,
        (setting.rounds, (5, 1)),
        BENCH,
        &selector("new"),
        |callee| contracts::nested(&callee, 10),
    )?;
    Ok(Row::at_least("nested", 30.0, times))
}

/// The worse of two kinds of computing.
pub(crate) fn compute(setting: &Setting) -> anyhow::Result<Row> {
    let few = (setting.rounds.min(20), (1, 1));
    let turns = [selector("loop_turns"), 1_000_000u32.encode()].concat();
    let turns = against_peer(setting, few, BENCH, &selector("new"), |_| turns.clone())?;
    let sha = [selector("sha256_wasm"), 256u32.encode()].concat();
    let sha = against_peer(setting, few, BENCH, &selector("new"), |_| sha.clone())?;
    let rows = [turns, sha].map(|times| Row::at_least("compute", 2.0, times));
    let note = format!(
        "a million turns {:.2}, SHA-256 {:.2}",
        rows[0].ratio, rows[1].ratio
    );
    let [turns, sha] = rows;
    let worse = if turns.ratio <= sha.ratio { turns } else { sha };
    Ok(worse.with_note(note))
}

pub(crate) fn floor(setting: &Setting) -> anyhow::Result<Row> {
    let mut ours = ours(&setting.engines, FLIPPER, &contracts::new_flipper())?;
    let mut floor = Floor::new(FLIPPER, &contracts::new_flipper())?;
    let flip = selector("flip");
    let times = in_turns(
        setting.rounds,
        50,
        || ours.call(&flip),
        || floor.call(&flip),
    )?;
    Ok(Row::at_most("floor", 1.6, times))
}

/// Engine 2.0 with one contract.
pub(crate) fn ours(engines: &Path, code: &[u8], constructor: &[u8]) -> anyhow::Result<Ours> {
    Ours::new(load(engines, VERSION)?, code, constructor).context("our side")
}

/// One call on both sides; `input` is given the address of a second contract of the same code.
fn against_peer(
    setting: &Setting,
    (rounds, batches): (u32, (u32, u32)),
    code: &[u8],
    constructor: &[u8],
    input: impl Fn([u8; 32]) -> Vec<u8>,
) -> anyhow::Result<(u64, u64)> {
    let mut ours = ours(&setting.engines, code, constructor)?;
    let mut peer = Peer::new(code, constructor).context("the peer")?;
    let our_input = input(ours.callee(code, constructor)?);
    let peer_input = input(peer.callee(code, constructor)?);
    in_turns_of(
        rounds,
        batches,
        || ours.call(&our_input),
        || peer.call(&peer_input),
    )
}
