//! Reads of the state by an engine.

use crate::{report::Row, Setting};
use pink_engine_benches::{in_turns, Reader, Side};

pub(crate) fn read32(setting: &Setting) -> anyhow::Result<Row> {
    let times = times(setting, 32, Side::Abi1)?;
    Ok(Row::at_least("read32", 5.0, times))
}

pub(crate) fn read4k(setting: &Setting) -> anyhow::Result<Row> {
    let times = times(setting, 4096, Side::Abi1)?;
    Ok(Row::at_least("read4k", 3.0, times))
}

/// With values of both lengths; the worse of the two is the row.
pub(crate) fn boundary(setting: &Setting) -> anyhow::Result<Row> {
    let row = |bytes| {
        let times = times(setting, bytes, Side::Process)?;
        anyhow::Ok(Row::at_most("boundary", 1.3, times))
    };
    let (short, long) = (row(32)?, row(4096)?);
    let note = format!("32 bytes {:.2}, 4 KiB {:.2}", short.ratio, long.ratio);
    let worse = if short.ratio >= long.ratio {
        short
    } else {
        long
    };
    Ok(worse.with_note(note))
}

/// The time of a thousand reads through the second ABI, and by another way.
fn times(setting: &Setting, value_bytes: usize, other: Side) -> anyhow::Result<(u64, u64)> {
    let ours = Reader::new(&setting.fixtures, Side::Abi2, value_bytes)?;
    let other = Reader::new(&setting.fixtures, other, value_bytes)?;
    in_turns(setting.rounds, 5, || ours.read(), || other.read())
}
