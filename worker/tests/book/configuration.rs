//! The page of what an operator can set is the program's: its options, and the keys that `worker.toml` may have.

use crate::{blocks, root, write_or_compare};
use clap::{Arg, ArgAction, Command, CommandFactory};
use pink_worker::cli::{
    args::Cli,
    config::{resolve, variable, SettingsError, Variables},
};
use pink_worker_core::WorkerConfig;
use std::{collections::BTreeMap, ffi::OsString, fmt::Write, fs, path::Path};
use tempfile::TempDir;

/// Where the parts of `worker.toml` are defined.
const PARTS: [(&str, &str, &str); 4] = [
    ("http", "HttpConfig", "worker/core/src/offchain/config.rs"),
    ("cache", "CacheConfig", "worker/core/src/offchain/config.rs"),
    ("query", "QueryConfig", "worker/core/src/query/mod.rs"),
    ("log", "LogConfig", "worker/core/src/logs/stream.rs"),
];

#[test]
fn the_page_of_configuration_is_current() {
    let mut text = String::from(
        "# Configuration\n\nWritten by a test from the definitions of `pink-worker`. What an operator sets stands in two files: options of \
         `pink-worker run`, and what queries may use and reach. `pink-worker config show` says where each value comes from, `pink-worker config check` \
         whether `run` would start with them. What to think of: [Operating a worker](../docs/operating-a-worker.md#options).\n\n\
         ## Options of `run`\n\nEach can stand in the file that `--config` names (TOML, `key = value`), in the environment, or on the command line. The command \
         line counts more than a variable, that more than the file, that more than the default. In a variable, commas divide a list, and a switch is `true` or \
         `false`.\n\n| in the file | variable | on the command line | default | |\n|---|---|---|---|---|\n",
    );
    let mut cli = Cli::command();
    cli.build();
    let run = cli.find_subcommand("run").expect("the command");
    let folder = TempDir::new().expect("a folder");
    for option in run.get_arguments() {
        if let Some(name) = option.get_long().filter(|it| *it != "help") {
            text += &row(run, option, name, folder.path());
        }
    }
    text += "\n## `worker.toml`\n\nIn the base path of `run`, of `pink-worker dev` and of `dev serve`; all of it is optional. No result of a transaction depends on it. \
             What is there for whom: [Queries](../docs/operating-a-worker.md#queries).\n";
    let defaults = defaults();
    let keys = keys(folder.path(), "");
    assert_eq!(keys, PARTS.map(|(name, ..)| name));
    for (part, of, source) in PARTS {
        let _ = write!(
            text,
            "\n### `[{part}]`\n\n| key | default | |\n|---|---|---|\n"
        );
        let docs = docs(source, of);
        for key in self::keys(folder.path(), part) {
            let default = match &*defaults[&format!("{part}.{key}")] {
                "[]" | "{}" => "none".into(),
                value => format!("`{value}`"),
            };
            let _ = writeln!(text, "| `{key}` | {default} | {} |", docs[&key]);
        }
    }
    // By hand, of the sources.
    for line in [
        "| `chain = […]` | `PINK_WORKER_CHAIN` | `--chain URL` | needed | A node of the chain, ws://… or wss://…; may be given several times, and is asked in that order |",
        "| `trust-node` | `PINK_WORKER_TRUST_NODE` | `--trust-node` | `false` |",
        "| `from` | it would be a secret | `--from //NAME` | |",
        "| | `PINK_WORKER_CONFIG` | `--config FILE` | |",
        "| `threads` | `4` | Queries that run at a time. |",
        "| `max_response_bytes` | `2097152` | The longest body that is received, in bytes. |",
        "| `allow_networks` | none |",
    ] {
        assert!(text.contains(&format!("\n{line}")), "{line}\n{text}");
    }
    write_or_compare("reference/configuration.md", &text);
}

/// The row of an option.
fn row(run: &Command, option: &Arg, name: &str, folder: &Path) -> String {
    let (switch, list) = (
        matches!(option.get_action(), ArgAction::SetTrue),
        matches!(option.get_action(), ArgAction::Append),
    );
    // What the program says of it, not what we think.
    let file = folder.join("options.toml");
    let value = if switch { "true" } else { "\"7\"" };
    fs::write(&file, format!("{name} = {value}\n")).expect("a file");
    let words = ["--config".into(), OsString::from(&file)];
    let in_file = match resolve(run, &words, &Variables::new()) {
        Ok(_) if list => format!(" `{name} = […]`"),
        Ok(_) => format!(" `{name}`"),
        Err(SettingsError::UnknownKey { .. }) => String::new(),
        Err(error) => panic!("{name}: {error}"),
    };
    let variable = variable(name);
    let said = [(OsString::from(&variable), "true".into())].into_iter();
    // Of a file that isn't there it is another error.
    let in_environment = match resolve(run, &[], &said.collect()) {
        Ok(_) | Err(SettingsError::Unreadable { .. }) => format!("`{variable}`"),
        Err(SettingsError::SecretInEnvironment { .. }) => "it would be a secret".into(),
        Err(error) => panic!("{name}: {error}"),
    };
    let values = option.get_value_names().unwrap_or_default();
    let value = match values.first() {
        // A cell ends at a bar, inside of backticks too.
        Some(value) if !switch => format!(" {}", value.replace('|', "\\|")),
        _ => String::new(),
    };
    let short = option.get_short().map(|it| format!("`-{it}`, "));
    let help = option
        .get_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    // The default stands in the help where it isn't a value.
    let (help, told) = match help.split_once("[default: ") {
        Some((before, rest)) => {
            let (default, after) = rest.split_once(']').expect("its end");
            let words = format!("{}{after}", before.trim_end());
            (words, default.to_owned())
        }
        None => (help, String::new()),
    };
    let default = option.get_default_values();
    let default = match (switch, default, option.is_required_set()) {
        (true, ..) => "`false` ".into(),
        (_, [], true) => "needed ".into(),
        (_, [], false) if told.is_empty() => String::new(),
        (_, [], false) => format!("{told} "),
        (_, values, _) => {
            let values = values
                .iter()
                .map(|it| format!("`{}`", it.to_string_lossy()));
            format!("{} ", values.collect::<Vec<_>>().join(", "))
        }
    };
    let help = help.trim().trim_end_matches('.').replace('|', "\\|");
    format!(
        "|{in_file} | {in_environment} | {}`--{name}{value}` | {default}| {help} |\n",
        short.unwrap_or_default()
    )
}

/// The keys that a part of `worker.toml` may have, by what the program says of one that it may not; those of the file for "".
fn keys(folder: &Path, part: &str) -> Vec<String> {
    let text = match part {
        "" => "no-such-key = 1\n".into(),
        part => format!("[{part}]\nno-such-key = 1\n"),
    };
    fs::write(folder.join("worker.toml"), text).expect("a file");
    let error = WorkerConfig::of_base_path(folder)
        .expect_err("no such key")
        .to_string();
    let (_, known) = error
        .split_once("`no-such-key`, expected ")
        .unwrap_or_else(|| panic!("{error}"));
    known
        .split('`')
        .skip(1)
        .step_by(2)
        .map(Into::into)
        .collect()
}

/// The default of each key, `part.key`.
fn defaults() -> BTreeMap<String, String> {
    let text = format!("{:#?}", WorkerConfig::default());
    let (mut part, mut found) = (String::new(), BTreeMap::new());
    for line in text.lines() {
        let Some((key, value)) = line.trim().split_once(": ") else {
            continue;
        };
        match line.len() - line.trim_start().len() {
            4 => part = key.into(),
            8 => {
                let value = value.trim_end_matches(',').to_owned();
                found.insert(format!("{part}.{key}"), value);
            }
            _ => {}
        }
    }
    found
}

/// What the source says of each field of a struct.
fn docs(source: &str, name: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(root().join(source)).expect(source);
    let begin = format!("pub struct {name} {{\n");
    let (_, body) = text.split_once(&begin).expect("the struct");
    let (body, _) = body.split_once("\n}\n").expect("its end");
    let (mut said, mut found) = (Vec::new(), BTreeMap::new());
    for line in body.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("///") {
            said.push(words.trim());
        } else if let Some((field, _)) =
            line.strip_prefix("pub ").and_then(|it| it.split_once(": "))
        {
            found.insert(field.into(), said.join(" "));
            said.clear();
        }
    }
    found
}

/// The handbook shows every key with its default, "but for the lists".
#[test]
fn the_handbook_s_example_is_the_default() {
    let text = fs::read_to_string(root().join("docs/operating-a-worker.md")).expect("the handbook");
    let all = blocks(&text, "toml");
    let (_, lines) = all
        .iter()
        .find(|(_, lines)| lines.contains(&"[query]"))
        .expect("the example");
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("worker.toml"), lines.join("\n")).expect("a file");
    let mut config = WorkerConfig::of_base_path(folder.path()).expect("the example can be read");
    config.http.allow_networks.clear();
    config.http.nameservers.clear();
    config.cache.weights.clear();
    assert_eq!(config, WorkerConfig::default());
    for (part, ..) in PARTS {
        for key in keys(folder.path(), part) {
            let shown = |line: &&&str| {
                line.starts_with(&format!("{key} ="))
                    || line.starts_with(&format!("[{part}.{key}]"))
            };
            assert!(lines.iter().any(|line| shown(&line)), "{part}.{key}");
        }
    }
}
