//! Changes the rules and the pallet in small ways, one at a time, and asks whether a test notices.
//!
//! The changes are made by cargo-mutants, in a checkout of the last commit that is made for it. A
//! sample of them is drawn from a seed, so that a score can be had again. What no test notices has
//! to stand in [`SURVIVORS`] with the reason why no test could.
//!
//! A whole sample takes hours. It can be tried in parts, on as many nights: what a part found is
//! kept as long as the sources and their tests stay as they are, and the last part judges all.

use crate::{
    engines,
    error::{Error, OnPath, Result},
    process, tools, tree,
};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    str::FromStr,
};

/// The version whose changes are drawn from: another one makes others.
/// (Those from 25.4 on make changes of one kind, fields left out of structs, that no filter reaches.)
const MUTANTS: (&str, &str) = ("cargo-mutants", "25.3.1");

/// What is changed, by package: its own tests have to notice.
const SUBJECTS: &[(&str, &str)] = &[
    ("pink-engine-deposit", "engines/deposit/src/**"),
    ("pink-engine-rent", "engines/rent/src/**"),
    ("pallet-fat-contracts", "pallets/fat-contracts/src/*.rs"),
];

/// What makes no rule: benchmarks run on nodes, tests are no subject of tests.
const APART: &[&str] = &["**/benchmarking.rs", "**/*_tests.rs", "**/weights/**"];

/// The test that is about the file alone: one of the library is another process each time anyway.
const NEEDS_FILE: &str = "gas_is_the_same_in_a_fresh_process";

/// Known survivors, from the root of the checkout.
const SURVIVORS: &str = "xtask/survivors.toml";

/// What cargo-mutants ends with when changes survived, and when tests didn't end.
const MISSED: i32 = 2;
const ENDLESS: i32 = 3;

/// How a change can end: cargo-mutants leaves a list of names for each.
const ENDINGS: [&str; 4] = ["missed", "caught", "timeout", "unviable"];

/// How many of a hundred have to be noticed.
const WANTED: usize = 95;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Draws the sample; the same seed draws the same from the same sources
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many changes are tried; 0: all of them
    #[arg(long, default_value_t = 120)]
    sample: usize,
    /// Only changes whose name has this in it, a file or a function for example
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// This part of the sample alone; all of them together are judged as soon as the last is there
    #[arg(long, value_name = "I/N", default_value = "1/1")]
    part: Part,
    /// Names the sample, or the part of it, and does nothing
    #[arg(long)]
    list: bool,
}

/// The `index`-th of `count` parts, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    index: usize,
    count: usize,
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let wrong = || format!("`{text}` is no part: 2/4 is the second of four");
        let (index, count) = text.split_once('/').ok_or_else(wrong)?;
        let number = |text: &str| text.parse().map_err(|_| wrong());
        let part = Self {
            index: number(index)?,
            count: number(count)?,
        };
        if part.index == 0 || part.index > part.count {
            return Err(wrong());
        }
        Ok(part)
    }
}

impl Part {
    /// Every `count`-th name: each part has as much of everything.
    fn of(self, sample: Vec<String>) -> Vec<String> {
        let mine = sample.into_iter().skip(self.index.saturating_sub(1));
        mine.step_by(self.count).collect()
    }
}

/// The file of known survivors.
#[derive(Deserialize, Default)]
struct Survivors {
    #[serde(default)]
    survivor: Vec<Survivor>,
}

#[derive(Deserialize)]
struct Survivor {
    /// The change's name, without line and column, which move.
    name: String,
    reason: String,
}

/// Draws changes, tries them, and judges.
pub(crate) fn run(args: &Args) -> Result<()> {
    let root = tree::root();
    let program = tools::install(&root, MUTANTS.0, MUTANTS.1)?;
    let checkout = checkout(&root)?;
    let sample = args.part.of(sample(&listed(&program, &checkout)?, args));
    if args.list {
        sample.iter().for_each(|name| println!("{name}"));
        return Ok(());
    }
    let out = root.join("target/mutants");
    let mut mutants = command(&program, &checkout);
    mutants.args(["--in-place", "--no-shuffle", "--colors=never"]);
    mutants.args(["--timeout-multiplier=5", "--minimum-test-timeout=300"]);
    mutants.arg("--output").arg(&out);
    for name in &sample {
        mutants.args(["--re", &format!("^{}$", regex_syntax::escape(name))]);
    }
    // The file of an engine isn't made of the changed sources: to compare with it would notice
    // everything, and show nothing.
    mutants.env("PINK_LIBRARY_ALONE", "1");
    mutants.env("PINK_ENGINES", tree::engines_dir(&root));
    mutants.env("CARGO_TARGET_DIR", out.join("build"));
    mutants.args(["--", "--", "--skip", NEEDS_FILE]);
    engines::build(&[])?;
    // Whether it is a failure that some survived, or didn't end, is judged below. What was interrupted isn't kept.
    process::run_to(&mut mutants, &[0, MISSED, ENDLESS])?;
    let parts = keep(&out, &checkout, args)?;
    match parts.iter().position(|part| !part.exists()) {
        None => judge(&parts, &survivors(&root)?),
        Some(missing) => {
            println!(
                "kept; part {}/{} is still to try",
                missing + 1,
                args.part.count
            );
            Ok(())
        }
    }
}

/// Keeps what a part found, and names the folders of all parts.
fn keep(out: &Path, checkout: &Path, args: &Args) -> Result<Vec<PathBuf>> {
    // What is changed, and what has to notice: with anything else in there it is another sample.
    let mut trees = Command::new("git");
    trees
        .current_dir(checkout)
        .args(["rev-parse", "HEAD:engines/deposit"]);
    trees.args(["HEAD:engines/rent", "HEAD:pallets/fat-contracts"]);
    let only = args.only.as_deref().unwrap_or_default();
    let drawn = format!(
        "{} {} {} {only}",
        process::output(&mut trees)?,
        args.seed,
        args.sample
    );
    let key = sp_crypto_hashing::blake2_128(drawn.as_bytes());
    let place = out
        .join("parts")
        .join(format!("{:032x}", u128::from_be_bytes(key)));
    let part = |index| place.join(format!("{index}-of-{}", args.part.count));
    let mine = part(args.part.index);
    fs::create_dir_all(&mine).on(&mine)?;
    for how in ENDINGS {
        let from = out.join("mutants.out").join(how).with_extension("txt");
        let to = mine.join(how).with_extension("txt");
        fs::copy(&from, &to).on(&from)?;
    }
    Ok((1..=args.part.count).map(part).collect())
}

/// A checkout of the last commit in which files may be changed.
fn checkout(root: &Path) -> Result<PathBuf> {
    let place = root.join("target/mutants/checkout");
    let git = |folder: &Path, args: &[&str]| {
        process::run(Command::new("git").current_dir(folder).args(args))
    };
    let head = process::output(
        Command::new("git")
            .current_dir(root)
            .args(["rev-parse", "HEAD"]),
    )?;
    if !place.exists() {
        let parent = root.join("target/mutants");
        fs::create_dir_all(&parent).on(&parent)?;
        git(
            &parent,
            &[
                "clone",
                "--quiet",
                "--shared",
                "--no-checkout",
                "../..",
                "checkout",
            ],
        )?;
    }
    git(&place, &["fetch", "--quiet", "origin"])?;
    git(
        &place,
        &["checkout", "--quiet", "--force", "--detach", head.trim()],
    )?;
    Ok(place)
}

fn command(program: &Path, checkout: &Path) -> Command {
    let mut mutants = Command::new(program);
    mutants.current_dir(checkout).arg("mutants");
    for (package, files) in SUBJECTS {
        mutants.args(["--package", package, "--file", files]);
    }
    for files in APART {
        mutants.args(["--exclude", files]);
    }
    mutants
}

/// The names of all changes, in an order that depends on nothing but them.
fn listed(program: &Path, checkout: &Path) -> Result<Vec<String>> {
    let listed = process::output(command(program, checkout).arg("--list"))?;
    let mut names: Vec<_> = listed.lines().map(String::from).collect();
    names.sort();
    names.dedup();
    Ok(names)
}

fn sample(names: &[String], args: &Args) -> Vec<String> {
    let wanted = |name: &&String| {
        let only = args.only.as_deref();
        only.is_none_or(|text| name.contains(text))
    };
    // Drawn by hash: a change keeps its place when others come or go.
    let mut drawn: Vec<_> = names
        .iter()
        .filter(wanted)
        .map(|name| {
            let seeded = [&args.seed.to_le_bytes()[..], place_free(name).as_bytes()].concat();
            (sp_crypto_hashing::blake2_256(&seeded), name.clone())
        })
        .collect();
    drawn.sort();
    if args.sample > 0 {
        drawn.truncate(args.sample);
    }
    drawn.into_iter().map(|(_, name)| name).collect()
}

/// A name without its line and column.
fn place_free(name: &str) -> String {
    let mut parts = name.splitn(4, ':');
    match (parts.next(), parts.nth(2)) {
        (Some(file), Some(what)) => format!("{file}:{what}"),
        _ => name.into(),
    }
}

fn survivors(root: &Path) -> Result<BTreeMap<String, String>> {
    let path = root.join(SURVIVORS);
    let text = fs::read_to_string(&path).on(&path)?;
    let known: Survivors = toml::from_str(&text).map_err(|error| Error::Survivors {
        path,
        reason: error.to_string(),
    })?;
    Ok(known
        .survivor
        .into_iter()
        .map(|it| (it.name, it.reason))
        .collect())
}

/// Judges by the lists of names of all parts.
fn judge(parts: &[PathBuf], known: &BTreeMap<String, String>) -> Result<()> {
    let ended = |how: &str| -> Result<Vec<String>> {
        let mut names = Vec::new();
        for part in parts {
            let path = part.join(how).with_extension("txt");
            let text = fs::read_to_string(&path).on(&path)?;
            names.extend(text.lines().map(String::from));
        }
        Ok(names)
    };
    let missed = ended("missed")?;
    // A test that doesn't end has noticed; on a busy machine it may be the machine, so they are named.
    let endless = ended("timeout")?;
    endless
        .iter()
        .for_each(|name| println!("doesn't end: {name}"));
    let caught = ended("caught")?.len() + endless.len();
    let tried = caught + missed.len();
    for name in &missed {
        match known.get(&place_free(name)) {
            Some(reason) => println!("survives: {name}\n    {reason}"),
            None => println!("survives, and no reason is known: {name}"),
        }
    }
    println!(
        "{caught} of {tried} changes noticed; {} don't compile",
        ended("unviable")?.len()
    );
    let unknown = missed
        .iter()
        .filter(|name| !known.contains_key(&place_free(name)))
        .count();
    if tried == 0 || caught * 100 < tried * WANTED || unknown > 0 {
        return Err(Error::Mutants {
            caught,
            tried,
            unknown,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_the_sample() {
        let sample: Vec<_> = (0..7).map(|n| n.to_string()).collect();
        let part = |text: &str| text.parse::<Part>().map(|part| part.of(sample.clone()));
        assert_eq!(part("1/3"), Ok(["0", "3", "6"].map(String::from).to_vec()));
        assert_eq!(part("3/3"), Ok(["2", "5"].map(String::from).to_vec()));
        assert_eq!(part("1/1"), Ok(sample.clone()));
        for wrong in ["0/3", "4/3", "2", "a/3", ""] {
            assert!(part(wrong).is_err(), "{wrong}");
        }
    }
}
