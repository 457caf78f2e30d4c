//! The command line: what people and scripts touch.
//!
//! [`run`] reads the arguments, does one command and says what became of it, as text or, with
//! `--json`, as exactly one JSON object on stdout, whatever happens. Logs go to stderr.
//!
//! * [`args`]: the commands and their arguments; [`values`], [`amount`]: accounts, hex, money;
//! * [`abi`], [`code`]: contracts by name, through their metadata;
//! * [`report`], [`events`], [`human`]: what is said;
//! * `dev`: the commands of the development node; `history`: those on stored history; [`check`];
//! * [`engine`]: those on engine files; [`witness`]: those on single messages.

pub mod abi;
pub mod amount;
pub mod args;
pub mod asked;
mod chain_events;
pub mod check;
mod closing;
pub mod code;
mod dev;
pub mod engine;
mod engines_dir;
pub mod events;
pub mod failure;
mod hints;
mod history;
pub mod human;
mod outcome;
mod rehearsal;
pub mod report;
pub mod values;
pub mod witness;

use args::{Cli, Command};
use asked::Asked;
use clap::{error::ErrorKind, Parser};
use report::Report;
use std::{
    ffi::OsString,
    io::{self, Write},
    process::ExitCode,
};

/// Reads the arguments, does what they say, prints the result and gives the exit status.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<_> = arguments.into_iter().collect();
    match Cli::try_parse_from(&arguments) {
        Ok(Cli { command }) => {
            let json = match &command {
                Command::Dev(dev) => dev.json,
                Command::Replay(replay) => replay.json,
                Command::Rehearse(rehearse) => rehearse.json,
                Command::Engine(engine) => engine.json,
                Command::Witness(witness) => witness.json,
                Command::Check(check) => check.json,
            };
            let asked = match &command {
                Command::Dev(dev) => dev::asked(&dev.command),
                _ => Asked::default(),
            };
            let report = match command {
                Command::Dev(dev) => dev::run(*dev, &asked),
                Command::Replay(replay) => history::replay_stored(replay),
                Command::Rehearse(rehearse) => history::rehearse_stored(rehearse),
                Command::Witness(witness) => witness::run(witness),
                Command::Check(args) => check::run(&args),
                // The tester's report is another object, and its exit status another.
                Command::Engine(engine) => return engine::run(engine),
            };
            let mut report = report.unwrap_or_else(|failure| Report::failure(&failure, &asked));
            if report.error.is_some() {
                let notes = report.hint.into_iter().chain(misspelt(&arguments));
                report.hint = notes.reduce(|hint, note| format!("{hint}; {note}"));
            }
            say(&report, json)
        }
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            ) =>
        {
            print(&error.to_string());
            ExitCode::SUCCESS
        }
        Err(error) => {
            let text = parse_error(&error, &arguments);
            let json = arguments.iter().any(|argument| argument == "--json");
            say(&Report::error(text, None), json)
        }
    }
}

/// What is wrong with the arguments, without repeating long ones whole.
fn parse_error(error: &clap::Error, arguments: &[OsString]) -> String {
    let text = error.to_string();
    let mut text = text
        .strip_prefix("error: ")
        .unwrap_or(&text)
        .trim_end()
        .to_owned();
    for argument in arguments.iter().map(|it| it.to_string_lossy()) {
        // `--name=value` is repeated in parts.
        let parts = argument.split_once('=');
        let parts = parts.into_iter().flat_map(|(name, value)| [name, value]);
        for part in [&*argument].into_iter().chain(parts) {
            if part.len() > values::MOST_ECHOED {
                text = text.replace(part, &values::shortened(part).replace('"', ""));
            }
        }
    }
    text
}

/// What to say about an account whose name is almost that of a development account: it is a good
/// name of another one.
fn misspelt(arguments: &[OsString]) -> Option<String> {
    let texts = arguments.iter().map(|it| it.to_string_lossy());
    texts.into_iter().find_map(|text| {
        let mut names = text.split('=').filter(|it| it.starts_with("//"));
        names.find_map(|name| {
            let (like, how) = values::almost(name)?;
            let account = values::parse_who(name).ok()?;
            Some(format!(
                "{} is the account {}, another than {like}: {how}",
                name,
                values::ss58(&account)
            ))
        })
    })
}

/// Prints a report.
fn say(report: &Report, json: bool) -> ExitCode {
    if json {
        print(&format!("{}\n", report.to_json()));
    } else {
        print(&human::text(report));
        if let Some(error) = &report.error {
            let hint = report.hint.as_ref().map(|hint| format!("\n  hint: {hint}"));
            let text = format!("error: {error}{}\n", hint.unwrap_or_default());
            // Nobody may be listening; the exit status says it as well.
            let _ = io::stderr().write_all(text.as_bytes());
        }
    }
    report.status.exit_code()
}

fn print(text: &str) {
    let mut stdout = io::stdout().lock();
    // A reader that went away is no reason to panic.
    let _ = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
}
