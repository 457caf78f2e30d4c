//! Weights as source, in the form that the field's template gives them.

use super::{Fit, Measured, STEPS};
use std::fmt::Write;

/// How much longer Wasm may take than the native code that was measured.
const WASM_MARGIN: u64 = 3;

/// The file `weights.rs` of the pallet: its trait, weights for a chain, and weights for tests.
#[must_use]
pub fn print(all: &[Measured], repeats: u32) -> String {
    let mut text = String::new();
    // Writing to a string can't fail.
    let _ = write_all(&mut text, all, repeats);
    text
}

fn write_all(out: &mut String, all: &[Measured], repeats: u32) -> std::fmt::Result {
    writeln!(
        out,
        "//! Weights of `pallet_fat_contracts`, measured by the example `weights` of `runtime-mock`; not to be
//! edited. STEPS: `{STEPS}`, REPEAT: `{repeats}`, WORST CASE MAP SIZE: `1000000`.
//!
//! A chain measures with its own node and its own database. Until then: the time is that of native code
//! on a state in memory, times {WASM_MARGIN} for Wasm; reads and writes are counted, and weighed by the chain's own
//! `DbWeight`. The proof size is the sum over the storage items, each at its `max_size` where the mode says so.
//! Weights that add up from several of these are in `weighing`.

// Executed Command:
// cargo run --release -p runtime-mock --features runtime-benchmarks --example weights

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens, unused_imports, missing_docs, missing_debug_implementations)]

use core::marker::PhantomData;
use frame_support::{{traits::Get, weights::{{constants::RocksDbWeight, Weight}}}};

/// Weight functions needed for `pallet_fat_contracts`.
pub trait WeightInfo {{"
    )?;
    for row in all {
        writeln!(out, "\tfn {}({}) -> Weight;", row.name, arguments(row))?;
    }
    writeln!(
        out,
        "}}

/// Weights for `pallet_fat_contracts` on a chain with the database that `T` says.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {{"
    )?;
    for row in all {
        function(out, row, "T::DbWeight")?;
    }
    writeln!(
        out,
        "}}\n\n// For backwards compatibility and tests.\nimpl WeightInfo for () {{"
    )?;
    for row in all {
        function(out, row, "RocksDbWeight")?;
    }
    writeln!(out, "}}")
}

fn arguments(row: &Measured) -> String {
    let name = row.component.as_ref().map(|it| &it.name[..]);
    name.map(|name| format!("{name}: u32, "))
        .unwrap_or_default()
}

fn function(out: &mut String, row: &Measured, db: &str) -> std::fmt::Result {
    for line in &row.storage {
        writeln!(out, "\t/// {line}")?;
    }
    let used = [row.time, row.reads, row.writes, row.estimated];
    let used = used.iter().any(|fit| fit.slope > 0);
    let mut signature = arguments(row);
    let name = row.component.as_ref().map(|it| &it.name[..]);
    let name = name.unwrap_or_default();
    if let Some(component) = &row.component {
        let (low, high) = component.range;
        writeln!(
            out,
            "\t/// The range of component `{name}` is `[{low}, {high}]`."
        )?;
        if !used {
            signature.insert(0, '_');
        }
    }
    let (recorded, estimated) = (line(row.recorded, name), line(row.estimated, name));
    writeln!(out, "\tfn {}({signature}) -> Weight {{", row.name)?;
    writeln!(out, "\t\t// Proof Size summary in bytes:")?;
    writeln!(out, "\t\t//  Measured:  `{recorded}`")?;
    writeln!(out, "\t\t//  Estimated: `{estimated}`")?;
    writeln!(
        out,
        "\t\t// Minimum execution time: {}_000 picoseconds.",
        underscore(row.fastest)
    )?;
    write!(
        out,
        "\t\tWeight::from_parts({}, {})",
        underscore(row.time.base.saturating_mul(WASM_MARGIN)),
        row.estimated.base
    )?;
    if row.time.slope > 0 {
        write!(
            out,
            "\n\t\t\t// Standard Error: {}\n\t\t\t.saturating_add(Weight::from_parts({}, 0).saturating_mul({name}.into()))",
            underscore(row.time.error.saturating_mul(WASM_MARGIN)),
            underscore(row.time.slope.saturating_mul(WASM_MARGIN))
        )?;
    }
    for (what, fit) in [("reads", row.reads), ("writes", row.writes)] {
        if fit.base > 0 {
            write!(
                out,
                "\n\t\t\t.saturating_add({db}::get().{what}({}_u64))",
                fit.base
            )?;
        }
        if fit.slope > 0 {
            write!(
                out,
                "\n\t\t\t.saturating_add({db}::get().{what}(({}_u64).saturating_mul({name}.into())))",
                fit.slope
            )?;
        }
    }
    if row.estimated.slope > 0 {
        write!(
            out,
            "\n\t\t\t.saturating_add(Weight::from_parts(0, {}).saturating_mul({name}.into()))",
            row.estimated.slope
        )?;
    }
    writeln!(out, "\n\t}}")
}

/// A figure as the summary of proof sizes has it.
fn line(fit: Fit, name: &str) -> String {
    let mut text = fit.base.to_string();
    if fit.slope > 0 {
        let _ = write!(
            text,
            " + {name} * ({} ±{})",
            fit.slope,
            underscore(fit.error)
        );
    }
    text
}

/// A number with an underscore before each three digits.
fn underscore(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::underscore;

    #[test]
    fn digits_are_grouped() {
        let all = [0, 999, 1_000, 48_834_000].map(underscore);
        assert_eq!(all, ["0", "999", "1_000", "48_834_000"]);
    }
}
