//! Whole calls against `pallet-contracts`, and against the floor.

use crate::{peer::Peer, report::Row, Setting};
use anyhow::Context;
use fat_contracts_primitives::EngineVersion;
use pink_engine_benches::{in_turns, in_turns_of, load, Floor, Ours, Subject, Work};
use std::path::Path;

/// The engine that is measured.
pub(crate) const VERSION: EngineVersion = EngineVersion::new(2, 0);
/// The one whose code is compiled.
pub(crate) const COMPILED: EngineVersion = EngineVersion::new(2, 1);

pub(crate) fn token(setting: &Setting) -> anyhow::Result<Row> {
    let times = against_peer(
        setting,
        VERSION,
        (setting.rounds, (60, 3)),
        &Subject::token(),
    )?;
    Ok(Row::at_least("token", 30.0, times))
}

pub(crate) fn flip(setting: &Setting) -> anyhow::Result<Row> {
    let times = against_peer(
        setting,
        VERSION,
        (setting.rounds, (120, 5)),
        &Subject::flip(),
    )?;
    Ok(Row::at_least("flip", 30.0, times))
}

pub(crate) fn nested(setting: &Setting) -> anyhow::Result<Row> {
    let times = against_peer(
        setting,
        VERSION,
        (setting.rounds, (40, 1)),
        &Subject::nested(),
    )?;
    Ok(Row::at_least("nested", 30.0, times))
}

/// The worse of two kinds of computing.
pub(crate) fn compute(setting: &Setting) -> anyhow::Result<Row> {
    let few = (setting.rounds.min(20), (1, 1));
    let turns = against_peer(setting, VERSION, few, &Subject::turns())?;
    let sha = against_peer(setting, VERSION, few, &Subject::sha256())?;
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
    let flip = Subject::flip();
    let mut ours = ours(&setting.engines, flip.code, &flip.constructor)?;
    let mut floor = Floor::new(flip.code, &flip.constructor)?;
    let input = (flip.input)(&ours.contract);
    let times = in_turns(
        setting.rounds,
        50,
        || ours.call(&input),
        || floor.call(&input),
    )?;
    Ok(Row::at_most("floor", 1.6, times))
}

/// Engine 2.0 with one contract.
pub(crate) fn ours(engines: &Path, code: &[u8], constructor: &[u8]) -> anyhow::Result<Ours> {
    Ours::new(load(engines, VERSION)?, code, constructor).context("our side")
}

/// One call on both sides.
pub(crate) fn against_peer(
    setting: &Setting,
    version: EngineVersion,
    (rounds, batches): (u32, (u32, u32)),
    subject: &Subject,
) -> anyhow::Result<(u64, u64)> {
    let ours = subject.calls(load(&setting.engines, version)?);
    in_turns_of(
        rounds,
        batches,
        ours.context("our side")?,
        by_peer(subject)?,
    )
}

/// Whole calls of the peer.
pub(crate) fn by_peer(subject: &Subject) -> anyhow::Result<Work> {
    let mut peer = Peer::new(subject.code, &subject.constructor).context("the peer")?;
    let input = (subject.input)(&peer.callee(subject.code, &subject.constructor)?);
    Ok(Box::new(move || peer.call(&input)))
}
