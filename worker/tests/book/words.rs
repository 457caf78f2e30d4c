//! Every command and option that the book and the handbooks name is one of the program's.

use crate::{blocks, book, pages, root};
use clap::{Arg, Command, CommandFactory};
use pink_worker::cli::args::Cli;
use std::{collections::BTreeSet, fs, path::PathBuf};

/// Options of other programs that are named alone. Whose they are is said beside them.
const OF_OTHERS: &[&str] = &[
    // cargo
    "no-default-features",
    "test",
    "locked",
    "ignored",
    "nocapture",
    "verifiable",
    "package",
    "features",
    // `cargo xtask test`
    "within",
    // of the worker, where it is built with a feature that these tests aren't
    "otlp-endpoint",
    // the node
    "alice",
    "base-path",
    "bootnodes",
    "chain",
    "dev",
    "engine",
    "engines",
    "raw",
    "runtime",
    "sealing",
    "state-pruning",
    "unsafe-force-node-key-generation",
    // cargo contract
    "execute",
    "manifest-path",
    "output-json",
    "proof-size",
    "skip-confirm",
    "suri",
    "url",
    // the linker
    "build-id",
    // cargo xtask
    "accept",
    "only",
    "released",
    "list",
    "plots",
    "quick",
    "write",
];

/// Pages that speak of what was, and those that the program writes itself.
const APART: &[&str] = &["CHANGELOG.md", "SUMMARY.md", "reference/cli.md"];

fn texts() -> Vec<(PathBuf, String)> {
    let mut paths = pages(&book());
    paths.extend(pages(&root().join("docs")));
    paths.extend(["README.md", "SECURITY.md"].map(|name| root().join(name)));
    paths.retain(|path| !APART.iter().any(|name| path.ends_with(name)));
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a page");
        (path, text)
    };
    paths.into_iter().map(read).collect()
}

/// What stands in code on a page: the lines of blocks for a shell, and what is marked between words.
fn code(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for mark in ["sh", "console"] {
        for (_, lines) in blocks(text, mark) {
            let lines = lines
                .iter()
                .map(|line| line.strip_prefix("$ ").unwrap_or(line));
            let joined = lines.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
            found.extend(joined.lines().map(Into::into));
        }
    }
    let mut inside = false;
    let mut prose = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
        } else if !inside {
            prose += line.trim();
            prose.push(if line.trim().is_empty() { '\n' } else { ' ' });
        }
    }
    for paragraph in prose.lines() {
        found.extend(paragraph.split('`').skip(1).step_by(2).map(Into::into));
    }
    found
}

fn takes<'c>(command: &'c Command, flag: &str) -> Option<&'c Arg> {
    command.get_arguments().find(|arg| {
        let aliases = arg.get_all_aliases().unwrap_or_default();
        arg.get_long() == Some(flag) || aliases.contains(&flag)
    })
}

/// Whether a line's words are a command of the program, with options that it has.
fn check(root: &Command, words: &[&str]) -> Result<(), String> {
    let mut path = vec![root];
    let mut value = false;
    for word in words {
        let last = word.ends_with(';');
        let word = word
            .trim_end_matches([',', ';', ':', '.', ')', ']'])
            .trim_start_matches('[');
        if ["|", "||", "&", "&&", ">", "2>", "#", "<", "\\"].contains(&word) || word.is_empty() {
            break;
        }
        if let Some(flag) = word.strip_prefix("--") {
            let flag = flag.split('=').next().unwrap_or_default();
            let run = path
                .iter()
                .any(|it| it.get_arguments().any(Arg::is_trailing_var_arg_set))
                // What it takes are the options of `run`.
                .then(|| root.find_subcommand("run"))
                .flatten();
            let known = path.iter().copied().chain(run);
            let known = known.into_iter().find_map(|it| takes(it, flag));
            value = known.is_some_and(|it| it.get_action().takes_values()) && !word.contains('=');
            if known.is_none() && !["help", "version"].contains(&flag) {
                return Err(format!("there is no --{flag}"));
            }
        } else if value {
            value = false;
        } else if let Some(here) = path.last().filter(|it| it.has_subcommands()) {
            let open = word.contains('…') || ["COMMAND", "help", "-V", "-h"].contains(&word);
            if !open {
                let mut found = None;
                for name in word.split('|') {
                    found = here.find_subcommand(name);
                    if found.is_none() {
                        return Err(format!("there is no command {name}"));
                    }
                }
                path.extend(found);
            }
        }
        if last {
            break;
        }
    }
    Ok(())
}

/// The words behind the program's name, if a line starts it.
fn behind(line: &str) -> Option<Vec<&str>> {
    let words: Vec<_> = line.split_whitespace().collect();
    let is = |word: &&str| *word == "pink-worker" || word.ends_with("/pink-worker");
    match words.iter().position(is) {
        // `cargo build --package pink-worker` starts cargo.
        Some(at) if at > 0 && ["--package", "-p", "build"].contains(&words[at - 1]) => None,
        Some(at) => Some(words[at + 1..].to_vec()),
        // The handbooks' own name for it.
        None if words.first() == Some(&"dev") && words.len() > 1 => Some(words),
        None => None,
    }
}

fn program() -> Command {
    let mut program = Cli::command();
    program.build();
    program
}

#[test]
fn every_command_is_the_program_s() {
    let program = program();
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for (path, text) in texts() {
        for line in code(&text) {
            if let Some(words) = behind(&line) {
                seen += 1;
                if let Err(why) = check(&program, &words) {
                    wrong.push(format!("{}: {line}: {why}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(seen > 150, "commands aren't found: {seen}");
}

#[test]
fn every_option_is_somebody_s() {
    fn of(command: &Command, into: &mut BTreeSet<String>) {
        for arg in command.get_arguments() {
            let aliases = arg.get_all_aliases().unwrap_or_default();
            into.extend(arg.get_long().into_iter().chain(aliases).map(Into::into));
        }
        command.get_subcommands().for_each(|it| of(it, into));
    }
    let mut known: BTreeSet<_> = OF_OTHERS.iter().map(|it| (*it).to_owned()).collect();
    of(&program(), &mut known);
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for (path, text) in texts() {
        for line in code(&text) {
            let flag = line
                .strip_prefix("--")
                .and_then(|it| it.split([' ', '=']).next());
            if let Some(flag) = flag.filter(|it| it.starts_with(char::is_alphabetic)) {
                seen += 1;
                if !known.contains(flag) {
                    wrong.push(format!("{}: {line}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(seen > 50, "options aren't found: {seen}");
}

#[test]
fn a_wrong_command_is_found() {
    let program = program();
    for (line, right) in [
        ("pink-worker dev call A --message flip --base-path x", true),
        ("pink-worker dev --base-path x call A", true),
        (
            "RUST_LOG=info target/debug/pink-worker run --chain ws://x 2> log",
            true,
        ),
        ("pink-worker snapshot export|import", true),
        (
            "until pink-worker replay --verify --base-path x; do sleep --nonsense; done",
            true,
        ),
        ("dev engines --accept 2.0", true),
        ("pink-worker dev cal A", false),
        ("pink-worker dev call A --mesage flip", false),
        ("pink-worker snapshot export|fly", false),
        ("pink-worker replay --lend 5u", false),
    ] {
        let words = behind(line).expect(line);
        assert_eq!(check(&program, &words).is_ok(), right, "{line}");
    }
    assert_eq!(behind("cargo build --package pink-worker --release"), None);
}
