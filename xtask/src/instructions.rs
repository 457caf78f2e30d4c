//! Counts the instructions of calls, and compares them with the committed table.

use crate::{
    error::{Error, OnPath, Result},
    fixtures::{self, READERS},
    process, tools, tree,
};
use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The form of the table. The program that counts knows it as well.
#[path = "../../benches/instructions/table.rs"]
mod table;

/// The table, from the root of the checkout.
const TABLE: &str = "benches/instructions/table.toml";

/// What starts callgrind for the benchmarks; of the version of their library.
const RUNNER: (&str, &str) = ("gungraun-runner", "0.20.0");

/// The runner's exit status when a count is beyond its limit.
const BEYOND: i32 = 3;

/// Whether this machine can count.
pub(crate) fn can_count() -> bool {
    process::answers(Command::new("valgrind").arg("--version"))
}

/// Builds the program that starts callgrind.
pub(crate) fn runner(root: &Path) -> Result<PathBuf> {
    tools::install(root, RUNNER.0, RUNNER.1)
}

/// Counts calls of the engines in `target/engines`, and compares or writes the table.
pub(crate) fn run(write: bool) -> Result<()> {
    let root = tree::root();
    if !can_count() {
        return Err(Error::NoValgrind);
    }
    let runner = runner(&root)?;
    fixtures::build(&root, READERS)?;
    let path = root.join(TABLE);
    let text = fs::read_to_string(&path).on(&path)?;
    let table = table::parse(&text).map_err(|error| Error::CountTable {
        path: path.clone(),
        reason: error.to_string(),
    })?;
    let counts = count(&root, &runner)?;
    if write {
        return fs::write(&path, written(&text, &table, &counts)).on(&path);
    }
    compare(&table, &counts)
}

/// What was counted of one name.
struct Count {
    /// Instructions of all calls together.
    all: u64,
    /// It is beyond its limit.
    too_many: bool,
}

type Counts = BTreeMap<String, Count>;

fn count(root: &Path, runner: &Path) -> Result<Counts> {
    let mut cargo = process::cargo();
    cargo.current_dir(root.join("benches/instructions"));
    cargo.args(["bench", "--quiet", "--locked", "--"]);
    cargo.arg("--output-format=json");
    cargo.env("CARGO_TARGET_DIR", root.join("target/instructions"));
    cargo.env("GUNGRAUN_RUNNER", runner);
    eprintln!("counting instructions");
    let said = process::capture(&mut cargo)?;
    let mut counts = Counts::new();
    // A line for each name.
    for line in said.text.lines().filter(|line| line.starts_with('{')) {
        let summary: serde_json::Value = serde_json::from_str(line)?;
        let total = summary.pointer("/profiles/0/data/total");
        let all = total.and_then(|total| total.pointer("/metrics/Ir/values/new")?.as_u64());
        let beyond = total.and_then(|total| total.get("regressions")?.as_array());
        if let (Some(name), Some(all), Some(beyond)) = (summary["id"].as_str(), all, beyond) {
            let too_many = !beyond.is_empty();
            counts.insert(name.into(), Count { all, too_many });
        }
    }
    // What is beyond a limit is shown beside the rest; whatever else fails ends it here.
    if !matches!(said.code, Some(0 | BEYOND)) || counts.is_empty() {
        eprintln!("{}", said.text);
        return Err(Error::Failed {
            command: "cargo bench".into(),
            status: format!("exit status {:?}", said.code),
        });
    }
    Ok(counts)
}

fn compare(table: &table::Table, counts: &Counts) -> Result<()> {
    let mut off = String::new();
    for (name, count) in counts {
        let now = count.all / table.calls.max(1);
        let Some(then) = table.instructions.get(name).copied() else {
            let _ = writeln!(off, "{name:<8}{now:>10}, and isn't in the table");
            continue;
        };
        let line = format!(
            "{name:<8}{now:>10}, in the table {then} ({})",
            change(then, now)
        );
        let too_few = now.saturating_mul(100) < then.saturating_mul(100 - 2 * table.tolerance);
        if count.too_many || too_few {
            off += &(line + "\n")
        } else {
            println!("{line}")
        }
    }
    for name in table.instructions.keys() {
        if !counts.contains_key(name) {
            let _ = writeln!(off, "{name:<8} is in the table, and wasn't counted");
        }
    }
    if off.is_empty() {
        Ok(())
    } else {
        Err(Error::Instructions { off })
    }
}

/// How much more or less, in percent.
fn change(then: u64, now: u64) -> String {
    let permille = now.abs_diff(then).saturating_mul(1_000) / then.max(1);
    let sign = if now < then { '-' } else { '+' };
    format!("{sign}{}.{} %", permille / 10, permille % 10)
}

/// The table with what was counted; what is said in front of the counts is kept.
fn written(text: &str, table: &table::Table, counts: &Counts) -> String {
    const COUNTS: &str = "[instructions]\n";
    let kept = text.find(COUNTS).unwrap_or(text.len());
    let mut written = text[..kept].to_owned() + COUNTS;
    for (name, count) in counts {
        let _ = writeln!(written, "{name} = {}", count.all / table.calls.max(1));
    }
    written
}
