//! The cost table: from times to prices, and beside the frozen one.

use crate::{
    clock::{machine, today},
    fixture::Subject,
    functions,
    loads::{self, Load},
    messages,
    probe::{Found, Part},
    seeds::fixtures,
};
use anyhow::Context;
use pink_engine_deposit::{Cost, Rules};
use serde::Serialize;
use std::{collections::BTreeMap, fmt::Write as _};

/// How much slower than this machine a worker may be, and what a disturbed measurement may be
/// wrong by.
pub(crate) const FACTOR: f64 = 2.0;
/// What a point read of the worker's store takes with ten million keys in it, in nanoseconds.
pub(crate) const STORE_READ: f64 = 1_200.0;
/// The same for each byte read.
pub(crate) const STORE_READ_BYTE: f64 = 0.25;
/// What a changed key takes in the commit of a block of a thousand of them with ten million keys
/// in the store, state root included, in nanoseconds.
pub(crate) const STORE_WRITE: f64 = 30_000.0;
/// The same for each byte written: hashed once, written twice (the undo record).
pub(crate) const STORE_WRITE_BYTE: f64 = 5.0;
/// What the worker takes for what isn't the state (cache, clock, randomness, a line for the operator),
/// in nanoseconds. Waiting for a response isn't in it.
const OUTSIDE: f64 = 2_000.0;
/// SHA-2 for each byte on a processor without instructions for it, in nanoseconds.
const SHA2_BYTE: f64 = 4.5;
/// As [`FACTOR`], for the time that code takes cold. Every frame pays it, few find the code cold.
const LOAD_FACTOR: f64 = 1.25;
/// The least price, in picoseconds.
const LEAST: f64 = 10_000.0;
/// The least price of a byte that is copied.
const LEAST_BYTE: f64 = 100.0;

/// A row.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// `bases.call`, and so on.
    pub name: String,
    /// Nanoseconds, with the store's part and without the factor.
    pub ns: f64,
    pub ns_per_byte: f64,
    /// What the row would be, in picoseconds.
    pub ref_time: u64,
    pub ref_time_per_byte: u64,
    /// What it is.
    pub frozen_ref_time: u64,
    pub frozen_ref_time_per_byte: u64,
    /// By which probes.
    pub from: Vec<&'static str>,
    #[serde(skip)]
    cost: Cost,
}

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Table {
    pub machine: String,
    pub date: String,
    pub factor: f64,
    pub load_factor: f64,
    pub rows: Vec<Row>,
}

#[derive(Debug, Default)]
struct Sum {
    /// Not only a price per byte.
    flat: bool,
    base: f64,
    per_byte: f64,
    from: Vec<&'static str>,
}

impl Sum {
    /// The row is as dear as the dearest of what it stands for.
    fn take(&mut self, name: &'static str, base: f64, per_byte: f64) {
        self.flat |= base > 0.0 || per_byte <= 0.0;
        self.base = self.base.max(base);
        self.per_byte = self.per_byte.max(per_byte);
        self.from.push(name);
    }
}

/// Measures all rows.
pub(crate) fn measure(file: &Subject, rounds: u32) -> anyhow::Result<Table> {
    let (fixture, unstable, seeds) = fixtures(file.clone())?;
    let mut known: BTreeMap<&'static str, Found> = BTreeMap::new();
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    for probe in functions::probes() {
        eprintln!("{}", probe.name);
        let found = probe.measure((&fixture, &unstable), &seeds, rounds, |name| {
            known.get(name).map(|found| found.base)
        })?;
        known.insert(probe.name, found);
        if probe.row.is_empty() {
            continue;
        }
        let group = if probe.row == "load" {
            "frames"
        } else {
            "host"
        };
        let store = f64::from(probe.reads) * STORE_READ
            + f64::from(probe.writes) * STORE_WRITE
            + f64::from(probe.kept) * STORE_WRITE_BYTE
            + f64::from(u8::from(probe.outside)) * OUTSIDE;
        let store_byte = f64::from(u8::from(probe.reads_size)) * STORE_READ_BYTE
            + f64::from(u8::from(probe.writes_size)) * STORE_WRITE_BYTE;
        let base = match probe.part {
            Part::PerByte => 0.0,
            Part::Both | Part::Base => found.base + store,
        };
        let per_byte = match probe.part {
            Part::Base => 0.0,
            Part::Both | Part::PerByte => found.per_byte + store_byte,
        };
        let per_byte = match probe.row {
            "sha2_256" | "extension_derive" => per_byte.max(SHA2_BYTE),
            _ if probe.sizes.len() > 1 => per_byte.max(LEAST_BYTE / 1_000.0 / FACTOR),
            _ => per_byte,
        };
        sums.entry(format!("{group}.{}", probe.row))
            .or_default()
            .take(probe.name, base, per_byte);
    }
    let frame = known.get("a frame").context("no frame")?.base;
    // Accounts of payer and treasury are written; contract, code and cluster are read too.
    for (name, found) in messages::measure(file, rounds, frame)? {
        // A message's input is kept for replay.
        let (reads, writes, kept) = match name {
            "call" => (6.0, 2.0, STORE_WRITE_BYTE),
            "instantiate" => (8.0, 6.0, STORE_WRITE_BYTE),
            // The undo record has the code.
            "remove_code" => (3.0, 4.0, STORE_WRITE_BYTE),
            "withdraw" => (3.0, 2.0, 0.0),
            _ => (1.0, 1.0, 0.0),
        };
        sums.entry(format!("bases.{name}")).or_default().take(
            name,
            found.base + reads * STORE_READ + writes * STORE_WRITE,
            found.per_byte + kept,
        );
    }
    eprintln!("loads");
    let page = loads::page(file, rounds)?;
    sums.entry("frames.page".into())
        .or_default()
        .take("pages", page, 0.0);
    let loads = loads::measure(file, rounds)?;
    let load = fit(&loads, |load| load.cold + load.warm);
    let warm_call = known_time(&loads, |load| load.warm);
    sums.entry("frames.load".into()).or_default().take(
        "cold loads",
        (load.0 - warm_call).max(0.0) + frame + STORE_READ,
        load.1 + STORE_READ_BYTE,
    );
    let upload = fit(&loads, |load| load.upload);
    sums.entry("bases.upload".into()).or_default().take(
        "uploads",
        upload.0 + 4.0 * STORE_READ + 4.0 * STORE_WRITE,
        upload.1 + STORE_WRITE_BYTE,
    );
    Ok(Table {
        machine: machine(),
        date: today(),
        factor: FACTOR,
        load_factor: LOAD_FACTOR,
        rows: rows(&sums),
    })
}

/// A line above all points: as steep as the steepest way up from the smallest module to a large
/// one, and as high as the dearest of the small ones needs it.
fn fit(loads: &[Load], time: impl Fn(&Load) -> f64) -> (f64, f64) {
    const LARGE: f64 = 2_048.0;
    let smallest = known_time(loads, &time);
    let per_byte = loads
        .iter()
        .filter(|load| load.bytes >= LARGE)
        .map(|load| (time(load) - smallest) / load.bytes)
        .fold(0.0, f64::max);
    let base = loads
        .iter()
        .map(|load| time(load) - per_byte * load.bytes)
        .fold(0.0, f64::max);
    (base, per_byte)
}

fn known_time(loads: &[Load], time: impl Fn(&Load) -> f64) -> f64 {
    loads.iter().map(time).fold(f64::INFINITY, f64::min)
}

/// Up to two digits.
fn round_up(picoseconds: f64) -> u64 {
    let mut unit = 1.0;
    while picoseconds / unit > 100.0 {
        unit *= 10.0;
    }
    ((picoseconds / unit).ceil() * unit) as u64
}

/// The rows of the frozen table, by group.
pub(crate) fn frozen() -> Vec<(&'static str, Vec<(&'static str, Cost)>)> {
    let rules = Rules::V2_0;
    vec![
        ("bases", rules.bases.rows()),
        ("frames", rules.frames.rows()),
        ("host", rules.host.rows()),
    ]
}

fn rows(sums: &BTreeMap<String, Sum>) -> Vec<Row> {
    let mut rows = Vec::new();
    for (group, costs) in frozen() {
        for (row, cost) in costs {
            let name = format!("{group}.{row}");
            let none = Sum::default();
            let sum = sums.get(&name).unwrap_or(&none);
            // What has no price per byte was measured at one size only.
            let factor = match name.as_str() {
                "frames.load" => LOAD_FACTOR,
                _ => FACTOR,
            };
            let ref_time = if sum.flat {
                round_up((sum.base * 1_000.0 * factor).max(LEAST))
            } else {
                0
            };
            rows.push(Row {
                ns: sum.base,
                ns_per_byte: sum.per_byte,
                ref_time,
                ref_time_per_byte: round_up(sum.per_byte * 1_000.0 * factor),
                frozen_ref_time: cost.ref_time,
                frozen_ref_time_per_byte: cost.ref_time_per_byte,
                from: sum.from.clone(),
                name,
                cost,
            });
        }
    }
    rows
}

impl Table {
    /// For people.
    pub(crate) fn print(&self) {
        let mut table = comfy_table::Table::new();
        table.set_header([
            "row",
            "ns",
            "ns/byte",
            "ps",
            "ps/byte",
            "frozen ps",
            "frozen ps/byte",
            "ratio",
        ]);
        for row in &self.rows {
            let ratio = |derived: u64, frozen: u64| match frozen {
                0 if derived == 0 => String::new(),
                0 => "new".into(),
                frozen => format!("{:.2}", derived as f64 / frozen as f64),
            };
            table.add_row([
                row.name.clone(),
                format!("{:.0}", row.ns),
                format!("{:.2}", row.ns_per_byte),
                row.ref_time.to_string(),
                row.ref_time_per_byte.to_string(),
                row.frozen_ref_time.to_string(),
                row.frozen_ref_time_per_byte.to_string(),
                format!(
                    "{} {}",
                    ratio(row.ref_time, row.frozen_ref_time),
                    ratio(row.ref_time_per_byte, row.frozen_ref_time_per_byte)
                ),
            ]);
        }
        println!("{}, {}, factor {}", self.machine, self.date, self.factor);
        println!("{table}");
    }

    /// The source of the frozen table, as it would be by these figures.
    pub(crate) fn source(&self) -> String {
        let mut text = format!(
            "//! The costs of version 2.0. Written by `cargo xtask bench weights --write`; what it does is\n\
             //! said in `benches/weights`.\n\
             //!\n\
             //! Measured on {} ({}): medians of the thread's own\n\
             //! time, times {} ({} for the loading of code), rounded up to two digits. What the worker\n\
             //! does is stated, not measured here: {STORE_READ} ns and {STORE_READ_BYTE} ns per byte for a point\n\
             //! read of the store, {STORE_WRITE} ns and {STORE_WRITE_BYTE} ns per byte for a key written,\n\
             //! {OUTSIDE} ns for what isn't the state. SHA-2 counts at least {SHA2_BYTE} ns per byte, as without\n\
             //! instructions for it.\n\n\
             use crate::versions::{{BaseWeights, Cost, FrameCosts, HostCosts}};\n",
            self.machine, self.date, self.factor, self.load_factor,
        );
        for (group, ty) in [
            ("bases", "BaseWeights"),
            ("frames", "FrameCosts"),
            ("host", "HostCosts"),
        ] {
            let _ = write!(
                text,
                "\nimpl {ty} {{\n    /// Those of 2.0.\n    pub const V2_0: Self = Self {{\n"
            );
            for row in &self.rows {
                if let Some(name) = row
                    .name
                    .strip_prefix(group)
                    .and_then(|name| name.strip_prefix('.'))
                {
                    let _ = writeln!(
                        text,
                        "        {name}: Cost::new(({}, {}), ({}, {})),",
                        grouped(row.ref_time),
                        grouped(row.ref_time_per_byte),
                        grouped(row.cost.proof_size),
                        grouped(row.cost.proof_size_per_byte)
                    );
                }
            }
            text.push_str("    };\n}\n");
        }
        text
    }
}

/// `12_345`.
fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) && digits.len() > 4 {
            text.push('_');
        }
        text.push(digit);
    }
    text
}
