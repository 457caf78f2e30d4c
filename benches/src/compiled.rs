//! Engine 2.1, its contracts compiled, against the peer and against 2.0.

use crate::{
    calls::{against_peer, COMPILED, VERSION},
    report::Row,
    Setting,
};
use pink_engine_benches::{in_turns_of, load, Subject};

pub(crate) fn token(setting: &Setting) -> anyhow::Result<Row> {
    row(
        "token21",
        30.0,
        setting,
        (setting.rounds, (100, 3)),
        Subject::token(),
    )
}

pub(crate) fn flip(setting: &Setting) -> anyhow::Result<Row> {
    row(
        "flip21",
        30.0,
        setting,
        (setting.rounds, (150, 5)),
        Subject::flip(),
    )
}

pub(crate) fn nested(setting: &Setting) -> anyhow::Result<Row> {
    row(
        "nested21",
        60.0,
        setting,
        (setting.rounds, (60, 1)),
        Subject::nested(),
    )
}

/// The worse of two kinds of computing.
pub(crate) fn compute(setting: &Setting) -> anyhow::Result<Row> {
    let turns = row("compute21", 12.0, setting, few(setting), Subject::turns())?;
    let sha = row("compute21", 12.0, setting, few(setting), Subject::sha256())?;
    let note = format!(
        "a million turns {:.2}, SHA-256 {:.2}",
        turns.ratio, sha.ratio
    );
    let worse = if turns.ratio <= sha.ratio { turns } else { sha };
    Ok(worse.with_note(note))
}

pub(crate) fn sha(setting: &Setting) -> anyhow::Result<Row> {
    row("sha21", 20.0, setting, few(setting), Subject::sha256())
}

/// Against 2.0: what an oracle does.
pub(crate) fn phat(setting: &Setting) -> anyhow::Result<Row> {
    let subject = Subject::verified();
    let times = in_turns_of(
        setting.rounds.min(20),
        (5, 1),
        subject.calls(load(&setting.engines, COMPILED)?)?,
        subject.calls(load(&setting.engines, VERSION)?)?,
    )?;
    Ok(Row::at_least("phat21", 6.0, times))
}

fn few(setting: &Setting) -> (u32, (u32, u32)) {
    (setting.rounds.min(20), (10, 1))
}

fn row(
    name: &'static str,
    bound: f64,
    setting: &Setting,
    turns: (u32, (u32, u32)),
    subject: Subject,
) -> anyhow::Result<Row> {
    let times = against_peer(setting, COMPILED, turns, &subject)?;
    Ok(Row::at_least(name, bound, times))
}
