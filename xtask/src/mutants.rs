//! Changes the rules and the pallet in small ways, one at a time, and asks whether a test notices.
//!
//! The changes are made by cargo-mutants, in a checkout of the last commit that is made for it. A
//! sample of them is drawn from a seed, so that a score can be had again. What no test notices has
//! to stand in [`SURVIVORS`] with the reason why no test could.

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

/// So many of a hundred have to be noticed.
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
    /// Names the sample and does nothing
    #[arg(long)]
    list: bool,
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
    let sample = sample(&listed(&program, &checkout)?, args);
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
    // Survivors make it fail; whether that is a failure is judged below.
    let _ = process::run(&mut mutants);
    judge(&out.join("mutants.out"), &survivors(&root)?)
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

/// Judges by the lists of names that cargo-mutants leaves, one for each way to end.
fn judge(results: &Path, known: &BTreeMap<String, String>) -> Result<()> {
    let ended = |how: &str| -> Result<Vec<String>> {
        let path = results.join(how).with_extension("txt");
        let names = fs::read_to_string(&path).on(&path)?;
        Ok(names.lines().map(String::from).collect())
    };
    let missed = ended("missed")?;
    let caught = ended("caught")?.len() + ended("timeout")?.len();
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
