//! The longest time per gas: what an adversary would send.

use crate::{
    adversaries::{adversaries, module},
    clock::median,
    fixture::{call_with, Fixture, Subject},
    functions, loads,
    seeds::fixtures,
};
use anyhow::ensure;
use pink_capi::types::{AccountId, Mode, Outcome, Weight};
use serde::Serialize;

/// Nanoseconds of a thread for each nanosecond that was paid for.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub name: String,
    pub ratio: f64,
}

/// All of them, the worst first. The store's part of the time isn't in them, the state is in
/// memory.
pub(crate) fn measure(file: &Subject, rounds: u32) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (name, imports, body) in adversaries() {
        eprintln!("{name}");
        let mut fixture = Fixture::new(file.clone())?;
        let (contract, _) = fixture.make(wat::parse_str(module(&imports, &body))?, Vec::new())?;
        rows.push(Row {
            name: format!("loop: {name}"),
            ratio: endless(&fixture, contract, rounds)?,
        });
    }
    let (fixture, unstable, seeds) = fixtures(file.clone())?;
    for probe in functions::probes() {
        eprintln!("{}", probe.name);
        let found = probe.measure((&fixture, &unstable), &seeds, rounds, |_| Some(0.0))?;
        let (time, charged) = found.largest;
        rows.push(Row {
            name: format!("function: {}", probe.name),
            ratio: time * 1_000.0 / charged,
        });
    }
    eprintln!("loads");
    for load in loads::measure(file, rounds)? {
        let name = format!("{}, {} bytes", load.name, load.bytes);
        rows.push(Row {
            name: format!("cold load: {name}"),
            ratio: (load.cold + load.warm) * 1_000.0 / load.charged,
        });
        rows.push(Row {
            name: format!("upload: {name}"),
            ratio: load.upload * 1_000.0 / load.charged_upload,
        });
    }
    rows.sort_by(|a, b| b.ratio.total_cmp(&a.ratio));
    Ok(rows)
}

/// Of a contract that runs until its gas is used up: what is left of the time when the way in and out
/// is taken off, by two limits.
///
/// # Errors
/// It ended otherwise.
pub(crate) fn endless(fixture: &Fixture, contract: AccountId, rounds: u32) -> anyhow::Result<f64> {
    let mut ratios = Vec::new();
    for round in 0..rounds + 2 {
        let run = |nanoseconds: u64| {
            let gas = Weight::new(nanoseconds * 1_000, u64::MAX / 4);
            let (time, receipt, _) =
                fixture.execute(Mode::Transaction, call_with(contract, Vec::new(), gas))?;
            ensure!(
                receipt.outcome == Outcome::OutOfGas,
                "{:?}",
                receipt.outcome
            );
            Ok(time)
        };
        let (short, long) = (run(2_000_000)?, run(10_000_000)?);
        if round >= 2 {
            ratios.push((long - short) / 8_000_000.0);
        }
    }
    Ok(median(ratios))
}

/// For people.
pub(crate) fn print(rows: &[Row]) {
    for row in rows {
        println!("{:>7.3}  {}", row.ratio, row.name);
    }
}
