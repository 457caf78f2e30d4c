//! `pink-worker engine …`: engine files, looked at without executing them, and the conformance
//! checks, which execute them in processes of their own.

#[cfg(feature = "dev")]
use super::engine_test;
use super::{
    args::COMMON,
    engines_dir,
    report::{hex0x, Report},
    values::parse_code_hash,
};
use clap::{Args, Subcommand};
use comfy_table::{presets::NOTHING, Table};
use fat_contracts_primitives::{EngineVersion, Hash};
use pink_engine_host::{inspect, EngineError, EngineRegistry, FoundFile};
use pink_worker_core::{
    io_hint::engine_hint,
    releases::{self, Release},
};
use serde_json::{json, Value};
#[cfg(feature = "dev")]
use std::time::Duration;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

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
    #[cfg(feature = "dev")]
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
    #[cfg(feature = "dev")]
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
        #[cfg(feature = "dev")]
        EngineCommand::CheckOne { check, file } => return engine_test::one(&check, &file),
        #[cfg(feature = "dev")]
        EngineCommand::Test { list: true, .. } => Ok(engine_test::list_checks()),
        #[cfg(feature = "dev")]
        EngineCommand::Test {
            file,
            only,
            timeout,
            ..
        } => {
            let timeout = Duration::from_secs(timeout);
            let file = file.unwrap_or_default();
            Ok(engine_test::test(&file, only.as_deref(), timeout)
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

/// The release that a file is an artefact of; else why it is none, in words.
fn release_of<'k>(found: &FoundFile, known: &'k [Release]) -> Result<&'k Release, String> {
    let (version, hash) = (found.version, hex0x(found.hash));
    let name = version.to_string();
    let Some(release) = known.iter().find(|release| release.version == name) else {
        return Err(format!(
            "it is no release of engine {version} that this program knows; its hash is {hash}"
        ));
    };
    let rules = hex0x(found.facts.note.cost_table_hash);
    if rules != release.cost_table_hash {
        return Err(format!(
            "its rules aren't those of the released engine {version}: its cost table is {rules}, the \
             release's {}",
            release.cost_table_hash
        ));
    }
    let mut files = release.artefacts.iter();
    if files.any(|file| file.hash == hash && file.size == found.size) {
        return Ok(release);
    }
    let files = release.artefacts.iter();
    let files =
        files.map(|file| format!("{}, {} bytes, for {}", file.hash, file.size, file.target));
    Err(format!(
        "it isn't the released file of engine {version}: its hash is {hash}, {} bytes; the release's {}",
        found.size,
        files.collect::<Vec<_>>().join("; ")
    ))
}

fn verify(path: &Path, hash: Option<Hash>, released: bool) -> Result<Report, EngineError> {
    verify_among(&known_releases(), path, hash, released)
}

fn verify_among(
    known: &[Release],
    path: &Path,
    hash: Option<Hash>,
    released: bool,
) -> Result<Report, EngineError> {
    let found = inspect(path)?;
    let named: Option<EngineVersion> = path
        .file_name()
        .and_then(|name| name.to_str())
        .and_then(|name| name.strip_prefix("libpink.so."))
        .and_then(|version| version.parse().ok());
    let release = release_of(&found, known);
    let wrong = match (named, hash, &release) {
        (Some(named), _, _) if named != found.version => Some(misnamed(named, found.version)),
        (_, Some(hash), _) if hash != found.hash => Some(format!(
            "its hash is {}, not {}",
            hex0x(found.hash),
            hex0x(hash)
        )),
        (_, _, Err(why)) if released => Some(why.clone()),
        _ => None,
    };
    let release = release.ok().map(|release| release.commit.clone());
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

    /// The engine of 2.0 that was built, and the list that names this very file as the release.
    fn released() -> (Vec<u8>, [u8; 32], Vec<Release>) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let engines = std::env::var_os("PINK_ENGINES");
        let engines = engines.map_or(root.join("target/engines"), PathBuf::from);
        let file = engines.join("libpink.so.2.0");
        let found = inspect(&file).expect("`cargo xtask engines` builds it");
        let rules = found.facts.note.cost_table_hash;
        let text = format!(
            "[[release]]\nversion = \"2.0\"\ncommit = \"c\"\ntoolchain = \"t\"\nabi = 2\n\
             cost_table_hash = \"{}\"\ndeps_hash = \"0x02\"\nlock_hash = \"0x03\"\n\
             corpus_hash = \"0x04\"\n[[release.artefact]]\ntarget = \"here\"\nhash = \"{}\"\n\
             size = {}\n",
            hex0x(rules),
            hex0x(found.hash),
            found.size
        );
        let list = releases::parse(&text).expect("a list");
        (std::fs::read(file).expect("the engine"), rules, list)
    }

    /// Verifies these bytes as the released engine 2.0: the error, if they aren't.
    fn verified(bytes: &[u8], known: &[Release]) -> Option<String> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("libpink.so.2.0");
        std::fs::write(&file, bytes).expect("a file");
        match verify_among(known, &file, None, true) {
            Ok(report) => report.error,
            Err(error) => Some(error.to_string()),
        }
    }

    /// One byte of the released file, wherever it is, and it isn't the release any more.
    #[test]
    fn a_released_file_with_another_byte_is_refused_by_name() {
        let (bytes, _, known) = released();
        assert_eq!(verified(&bytes, &known), None);
        // In the code, in the tables behind it, and behind everything that is loaded.
        for at in [bytes.len() / 3, bytes.len() / 2, bytes.len() - 1] {
            let mut other = bytes.clone();
            other[at] ^= 1;
            let error = verified(&other, &known).expect("refused");
            assert!(error.contains("released file of engine 2.0"), "{error}");
            assert!(error.contains(&known[0].artefacts[0].hash), "{error}");
        }
        let longer = [&bytes[..], &[0]].concat();
        let error = verified(&longer, &known).expect("refused");
        assert!(error.contains("released file of engine 2.0"), "{error}");
    }

    /// A build of newer sources whose rules differ is told from one that has other bytes alone.
    #[test]
    fn a_file_with_other_rules_than_the_release_is_refused_by_name() {
        let (mut bytes, rules, known) = released();
        let note = bytes.windows(32).position(|part| part == rules);
        bytes[note.expect("the rules' hash is in the file")] ^= 1;
        let error = verified(&bytes, &known).expect("refused");
        assert!(
            error.contains("rules aren't those of the released engine 2.0"),
            "{error}"
        );
        assert!(error.contains(&known[0].cost_table_hash), "{error}");
        // A version that the list doesn't name is no release at all.
        let error = verified(&bytes, &[]).expect("refused");
        assert!(error.contains("no release of engine 2.0"), "{error}");
    }
}
