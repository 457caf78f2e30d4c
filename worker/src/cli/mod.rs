//! The command line: what people and scripts touch.
//!
//! [`run`] reads the arguments, does one command and says what became of it, as text or, with
//! `--json`, as exactly one JSON object on stdout, whatever happens. Logs go to stderr.
//!
//! * [`args`]: the commands and their arguments; [`values`]: accounts, amounts, hex;
//! * [`abi`], [`syntax`], [`code`]: contracts by name, through their metadata;
//! * [`report`], [`events`], [`human`]: what is said;
//! * `dev`: the commands of the development node; `history`: those on stored history; [`check`];
//! * [`engine`]: those on engine files; [`witness`]: those on single messages.

pub mod abi;
pub mod args;
mod chain_events;
pub mod check;
mod closing;
pub mod code;
mod dev;
pub mod engine;
mod engines_dir;
pub mod events;
pub mod failure;
mod history;
pub mod human;
mod outcome;
mod rehearsal;
pub mod report;
pub mod syntax;
pub mod values;
pub mod witness;

use args::{Cli, Command};
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
            let report = match command {
                Command::Dev(dev) => dev::run(*dev),
                Command::Replay(replay) => history::replay_stored(replay),
                Command::Rehearse(rehearse) => history::rehearse_stored(rehearse),
                Command::Witness(witness) => witness::run(witness),
                Command::Check(args) => check::run(&args),
                // The tester's report is another object, and its exit status another.
                Command::Engine(engine) => return engine::run(engine),
            };
            say(
                &report.unwrap_or_else(|failure| Report::failure(&failure)),
                json,
            )
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
            let text = error.to_string();
            let text = text.strip_prefix("error: ").unwrap_or(&text).trim_end();
            let json = arguments.iter().any(|argument| argument == "--json");
            say(&Report::error(text.into(), None), json)
        }
    }
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
