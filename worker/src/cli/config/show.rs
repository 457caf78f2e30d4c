//! `config check` and `config show`.

use super::{
    super::{args::Cli, failure::Failure, report::Report, wrong_args::parse_error},
    definition, place, resolve, Origin, Setting, COMMAND, SETTINGS,
};
use clap::{error::ErrorKind, Args, Parser, Subcommand};
use pink_sender::Keystore;
use pink_worker_core::WorkerConfig;
use serde_json::{json, Value};
use std::{env, ffi::OsString, fmt::Write, sync::PoisonError};

/// The arguments of `config`.
#[derive(Clone, Debug, Args)]
pub struct ConfigArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ConfigCommand,
}

/// A command on the configuration of `run`.
#[derive(Clone, Debug, Subcommand)]
pub enum ConfigCommand {
    /// Say whether `run` would start with these options, this environment and this file. Begins nothing.
    Check(OptionsOfRun),
    /// Show the value of every option of `run`, and where it comes from.
    Show(OptionsOfRun),
}

/// Options of another command.
#[derive(Clone, Debug, Args)]
pub struct OptionsOfRun {
    /// Print one JSON object on stdout, whatever happens. It stands in front of the options of `run`.
    #[arg(long)]
    pub json: bool,
    /// The options that `run` would be given, like --config FILE.
    #[arg(
        value_name = "OPTION",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub options: Vec<OsString>,
}

impl ConfigArgs {
    /// Whether the answer is to be JSON.
    pub fn json(&self) -> bool {
        match &self.command {
            ConfigCommand::Check(args) | ConfigCommand::Show(args) => {
                args.json || args.options.iter().any(|it| it == "--json")
            }
        }
    }
}

/// Checks or shows.
pub(in super::super) fn run(args: &ConfigArgs) -> Result<Report, Failure> {
    let (options, shows) = match &args.command {
        ConfigCommand::Check(args) => (&args.options, false),
        ConfigCommand::Show(args) => (&args.options, true),
    };
    let resolved = resolve(&definition(), options, &env::vars_os().collect())?;
    *SETTINGS.lock().unwrap_or_else(PoisonError::into_inner) = resolved.settings.clone();
    let begin = ["pink-worker", COMMAND].map(OsString::from);
    let words: Vec<_> = begin.into_iter().chain(resolved.words).collect();
    let parsed = Cli::try_parse_from(&words);
    let mut report = match parsed {
        // What is missing is no reason not to show what is there.
        Err(error) if !shows || error.kind() != ErrorKind::MissingRequiredArgument => {
            let text = parse_error(&error, &words);
            let hint = place(&text);
            return Ok(Report::error(text, hint));
        }
        Ok(Cli { command }) if !shows => {
            look(&command)?;
            Report::success()
        }
        _ => Report::success(),
    };
    report.warnings.extend(resolved.warnings);
    if shows {
        report.text = Some(table(&resolved.settings));
        report
            .more
            .insert("settings".into(), listed(&resolved.settings));
    } else {
        report.text = Some("the configuration can be started with\n".into());
        report.more.insert("checked".into(), Value::Bool(true));
    }
    Ok(report)
}

/// Looks at what the options name, as far as it is there.
fn look(command: &super::super::args::Command) -> Result<(), Failure> {
    let super::super::args::Command::Run(run) = command else {
        return Ok(());
    };
    let config = WorkerConfig::of_base_path(&run.base_path)?;
    run.operating.memory(config)?;
    super::super::logging::configure(&run.operating.log, None)?;
    if let Some(keystore) = &run.keystore {
        Keystore::open(keystore)?.key(run.account.as_ref())?;
    }
    Ok(())
}

fn shown(setting: &Setting) -> String {
    match setting.values.as_slice() {
        [] => "none".into(),
        values => values.join(", "),
    }
}

fn table(settings: &[Setting]) -> String {
    let mut text = String::new();
    for setting in settings {
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "{:<24}{:<40}{}",
            setting.key,
            shown(setting),
            setting.origin
        );
    }
    text
}

fn listed(settings: &[Setting]) -> Value {
    let rows = settings.iter().map(|setting| {
        let origin = match &setting.origin {
            Origin::Flag => "flag",
            Origin::Environment(_) => "environment",
            Origin::File(_) => "file",
            Origin::Default => "default",
        };
        json!({
            "key": setting.key,
            "values": setting.values,
            "origin": origin,
            "place": setting.origin.to_string(),
        })
    });
    rows.collect()
}
