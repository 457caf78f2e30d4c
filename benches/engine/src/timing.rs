//! Two sides, in turns.

use std::time::Instant;

/// Lets both sides take turns, `rounds` times, each turn `batch` calls, and returns the median time
/// of one call of each, in nanoseconds.
///
/// # Errors
/// The first failure of either side.
pub fn in_turns(
    rounds: u32,
    batch: u32,
    ours: impl FnMut() -> anyhow::Result<()>,
    other: impl FnMut() -> anyhow::Result<()>,
) -> anyhow::Result<(u64, u64)> {
    in_turns_of(rounds, (batch, batch), ours, other)
}

/// As [`in_turns`], with a batch for each side, so that turns take about as long and are short: a
/// busy machine interrupts long ones more often, and a short one begins with the caches as the
/// other side left them, which counts the more the fewer calls it has.
///
/// # Errors
/// The first failure of either side.
pub fn in_turns_of(
    rounds: u32,
    batches: (u32, u32),
    mut ours: impl FnMut() -> anyhow::Result<()>,
    mut other: impl FnMut() -> anyhow::Result<()>,
) -> anyhow::Result<(u64, u64)> {
    let (mut our_times, mut other_times) = (Vec::new(), Vec::new());
    for round in 0..rounds.saturating_add(3) {
        let our = turn(batches.0, &mut ours)?;
        let others = turn(batches.1, &mut other)?;
        // The first rounds warm both sides up.
        if round >= 3 {
            our_times.push(our);
            other_times.push(others);
        }
    }
    Ok((median(our_times), median(other_times)))
}

fn turn(batch: u32, call: &mut impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<u64> {
    let start = Instant::now();
    for _ in 0..batch {
        call()?;
    }
    let nanoseconds = start.elapsed().as_nanos() / u128::from(batch.max(1));
    Ok(u64::try_from(nanoseconds).unwrap_or(u64::MAX).max(1))
}

/// The median; one for no times at all.
pub fn median(mut times: Vec<u64>) -> u64 {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or(1)
}
