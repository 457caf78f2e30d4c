//! `pink-worker engine …`: engine files, looked at without executing them, and the conformance
//! checks, which execute them in processes of their own.

use super::{
    args::COMMON,
    engines_dir,
    report::{hex0x, Report, Status},
    values::parse_code_hash,
};
use crate::{
    engine::{inspect, EngineError, EngineRegistry, FoundFile},
    io_hint::{engine_hint, io_hint},
    releases::{self, Release},
};
use clap::{Args, Subcommand};
use comfy_table::{presets::NOTHING, Table};
use engine_tester::{check_in_this_process, checks, Options, Outcome, Selection, TesterError};
use fat_contracts_primitives::{EngineVersion, Hash};
use indicatif::ProgressBar;
use serde_json::{json, Value};
use std::{
    fmt::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

/// What this program calls itself with to make one check.
const CHECK_ONE: &[&str] = &["engine", "check-one"];

/// The arguments of `engine`.
#[derive(Clone, Debug, Args)]
pub struct EngineArgs {
    /// Print one JSON object on stdout, whatever happens.
    #[arg(long, global = true, help_heading = COMMON)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: EngineCommand,
}

/// What can be done with engine files.
#[derive(Clone, Debug, Subcommand)]
#[non_exhaustive]
pub enum EngineCommand {
    /// What is in the engine directory; nothing of it is executed.
    List {
        /// Where the engine files are [default: $PINK_ENGINES, or `engines` beside this program].
        #[arg(long, value_name = "DIR")]
        engines: Option<PathBuf>,
    },
    /// What a file says about itself; nothing of it is executed.
    Inspect {
        /// The file: libpink.so.X.Y.
        file: PathBuf,
    },
    /// Whether a file is an engine of the version that its name claims, the one with this hash, and
    /// one of the released engines that this program knows; nothing of it is executed.
    Verify {
        /// The file: libpink.so.X.Y.
        file: PathBuf,
        /// The BLAKE2b-256 that the chain, or a release, names.
        #[arg(long, value_name = "HASH", value_parser = parse_code_hash)]
        hash: Option<Hash>,
        /// Fail if it is no released engine: chains of value take no other.
        #[arg(long)]
        released: bool,
    },
    /// Whether an engine keeps every promise of its ABI; each check executes it in a process of
    /// its own.
    ///
    /// Exit status: 0 if every check that applies is passed, 1 if not, 2 if it can't be tested.
    Test {
        /// The file: libpink.so.X.Y.
        #[arg(required_unless_present = "list")]
        file: Option<PathBuf>,
        /// Print the checks and what each is about, and run none.
        #[arg(long)]
        list: bool,
        /// The check of this name, or those that match this pattern.
        #[arg(long, value_name = "NAME")]
        only: Option<String>,
        /// Seconds that a check may take.
        #[arg(long, value_name = "SECONDS", default_value_t = 30)]
        timeout: u64,
    },
    /// Make one check in this very process.
    #[command(hide = true)]
    CheckOne {
        /// Its name.
        check: String,
        /// The file.
        file: PathBuf,
    },
}

/// Does what the arguments say. One check of many prints what it found itself, for the process
/// that started it, and gives its exit status.
pub(super) fn run(args: EngineArgs) -> Result<Report, ExitCode> {
    let report = match args.command {
        EngineCommand::List { engines } => list(engines).map(|list| Report {
            text: Some(table_of(&list)),
            ..list
        }),
        EngineCommand::Inspect { file } => inspect(&file).map(|found| described(&found)),
        EngineCommand::Verify {
            file,
            hash,
            released,
        } => verify(&file, hash, released),
        EngineCommand::CheckOne { check, file } => {
            return match check_in_this_process(&check, &file) {
                Ok(found) => Err(found),
                Err(error) => Ok(Report::error(error, None)),
            };
        }
        EngineCommand::Test { list: true, .. } => Ok(list_checks()),
        EngineCommand::Test {
            file,
            only,
            timeout,
            ..
        } => {
            let timeout = Duration::from_secs(timeout);
            let file = file.unwrap_or_default();
            Ok(test(&file, only.as_deref(), timeout)
                .unwrap_or_else(|(error, hint)| Report::error(error, hint)))
        }
    };
    Ok(report.unwrap_or_else(|error| Report::error(error.to_string(), Some(engine_hint(&error)))))
}

fn list(engines: Option<PathBuf>) -> Result<Report, EngineError> {
    let registry = EngineRegistry::new(engines_dir::choose(engines));
    let rows: Vec<_> = registry
        .list()?
        .into_iter()
        .map(|(version, path)| match inspect(&path) {
            // A file under another version's name is shown as what it is.
            Ok(found) if found.version == version => facts(&found),
            Ok(found) => json!({
                "file": path.display().to_string(),
                "error": misnamed(version, found.version),
            }),
            Err(error) => json!({
                "file": path.display().to_string(),
                "error": error.to_string(),
            }),
        })
        .collect();
    Ok(Report::success()
        .with("directory", registry.directory().display().to_string())
        .with("engines", rows))
}

/// The list for people.
fn table_of(list: &Report) -> String {
    let text = |row: &Value, field: &str| match row.get(field) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let mut table = Table::new();
    let header = [
        "version",
        "ABI",
        "bytes",
        "hash, cost table, dependencies",
        "file",
    ];
    table.load_style(NOTHING).set_header(header);
    for row in list
        .more
        .get("engines")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let said = match row.get("error") {
            Some(_) => text(row, "error"),
            None => ["hash", "cost_table_hash", "dep_tree_hash"]
                .map(|field| text(row, field))
                .join("\n"),
        };
        table.add_row([
            text(row, "version"),
            text(row, "abi"),
            text(row, "size"),
            said,
            text(row, "file"),
        ]);
    }
    format!("{table}\n")
}

fn misnamed(named: EngineVersion, holds: EngineVersion) -> String {
    format!("it is named after version {named} and holds {holds}")
}

/// What is known of a file without executing it.
fn facts(found: &FoundFile) -> Value {
    let note = &found.facts.note;
    json!({
        "version": found.version.to_string(),
        "abi": format!("{}.{}", note.abi_major, note.abi_minor),
        "size": found.size,
        "hash": hex0x(found.hash),
        "cost_table_hash": hex0x(note.cost_table_hash),
        "dep_tree_hash": hex0x(note.dep_tree_hash),
        "file": found.path.display().to_string(),
    })
}

fn described(found: &FoundFile) -> Report {
    let all = facts(found);
    let fields = all.as_object().cloned().unwrap_or_default();
    let mut report = Report::success();
    report.more.extend(fields);
    report
        .with("needed", found.facts.needed.clone())
        .with("exports", found.facts.exports.clone())
}

/// The released engines, as they were known when this program was built.
fn known_releases() -> Vec<Release> {
    // A test reads it.
    releases::parse(include_str!("../../../engines/RELEASES.toml")).unwrap_or_default()
}

/// The release that a file is an artefact of.
fn release_of(found: &FoundFile) -> Option<Release> {
    let (version, hash) = (found.version.to_string(), hex0x(found.hash));
    known_releases().into_iter().find(|release| {
        let mut files = release.artefacts.iter();
        release.version == version && files.any(|it| it.hash == hash && it.size == found.size)
    })
}

fn verify(path: &Path, hash: Option<Hash>, released: bool) -> Result<Report, EngineError> {
    let found = inspect(path)?;
    let named: Option<EngineVersion> = path
        .file_name()
        .and_then(|name| name.to_str())
        .and_then(|name| name.strip_prefix("libpink.so."))
        .and_then(|version| version.parse().ok());
    let wrong = match (named, hash) {
        (Some(named), _) if named != found.version => Some(misnamed(named, found.version)),
        (_, Some(hash)) if hash != found.hash => Some(format!(
            "its hash is {}, not {}",
            hex0x(found.hash),
            hex0x(hash)
        )),
        _ if released && release_of(&found).is_none() => Some(format!(
            "it is no release of engine {} that this program knows; its hash is {}",
            found.version,
            hex0x(found.hash)
        )),
        _ => None,
    };
    let release = release_of(&found).map(|release| release.commit);
    let report = described(&found)
        .with("released", release.is_some())
        .with("release_commit", release);
    Ok(match wrong {
        None => report.with("verified", true),
        Some(wrong) => {
            let error = format!("{}: {wrong}", path.display());
            let hint = "replace it by the released file".to_owned();
            Report {
                more: report.with("verified", false).more,
                ..Report::error(error, Some(hint))
            }
        }
    })
}

fn list_checks() -> Report {
    let abis = |check: &engine_tester::Check| -> Vec<u16> {
        check.abis.iter().map(|abi| abi.major()).collect()
    };
    let mut text = String::new();
    for check in checks() {
        let abis: Vec<_> = abis(check).iter().map(u16::to_string).collect();
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "{:<28}{:<5}{}",
            check.name,
            abis.join(","),
            check.about
        );
    }
    let rows: Vec<_> = checks()
        .iter()
        .map(|check| json!({"name": check.name, "abis": abis(check), "about": check.about}))
        .collect();
    Report {
        text: Some(text),
        ..Report::success().with("checks", rows)
    }
}

/// # Errors
/// What is wrong, and what to do about it.
fn test(
    file: &Path,
    only: Option<&str>,
    timeout: Duration,
) -> Result<Report, (String, Option<String>)> {
    let see_list = || Some("`engine test --list` shows the checks".to_owned());
    let selection = match only {
        Some(only) => Selection::parse(only).map_err(|error| (error.to_string(), None))?,
        None => Selection::All,
    };
    let failed = |error: TesterError| {
        let system = match &error {
            TesterError::File(file) => &file.error,
            TesterError::Process { error, .. } => error,
            _ => return (error.to_string(), None),
        };
        (error.to_string(), Some(io_hint(system).into()))
    };
    let options = Options {
        selection,
        timeout,
        ..Options::for_this_program(CHECK_ONE)
            .map_err(|error| (error.to_string(), Some(io_hint(&error).into())))?
    };
    let bar = ProgressBar::new_spinner();
    let report = engine_tester::run(file, &options, |row| {
        bar.set_message(row.name);
        bar.inc(1);
    });
    bar.finish_and_clear();
    let tested = report.map_err(failed)?;
    if tested.rows.is_empty() {
        let error = "none of the chosen checks is for engines of this ABI";
        return Err((error.into(), see_list()));
    }
    let report = match tested.passed() {
        true => Report::success(),
        false => Report {
            status: Status::Failed,
            ..Report::error(not_passed(&tested), None)
        },
    };
    let mut report = Report {
        text: Some(format!("{tested}\n")),
        ..report
    };
    let fields = tested.to_json();
    report
        .more
        .extend(fields.as_object().cloned().unwrap_or_default());
    Ok(report)
}

/// Which checks aren't passed.
fn not_passed(tested: &engine_tester::Report) -> String {
    let failed = tested.names(Outcome::Failed).join(", ");
    match tested.names(Outcome::Blocked).len() {
        0 => format!("checks that aren't passed: {failed}"),
        more => format!("checks that aren't passed: {failed}, and {more} that build on them"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_releases_is_one() {
        let text = include_str!("../../../engines/RELEASES.toml");
        let list = releases::parse(text).expect("a list");
        assert_eq!(list, known_releases());
        for release in list {
            assert!(
                release.version.parse::<EngineVersion>().is_ok(),
                "{release:?}"
            );
        }
    }
}
