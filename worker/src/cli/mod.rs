//! The command line: what people and scripts touch.
//!
//! [`run()`] reads the arguments, does one command and says what became of it, as text or, with
//! `--json`, as exactly one JSON object on stdout, whatever happens. Logs go to stderr.
//!
//! * [`args`]: the commands and their arguments; [`values`], [`amount`]: accounts, hex, money;
//! * [`abi`], [`code`]: contracts by name, through their metadata;
//! * [`report`], [`events`], [`human`]: what is said;
//! * `dev`: the commands of the development node; `history`: those on stored history; [`check`];
//! * [`ask`]: questions to a worker that runs;
//! * `chain`: those that say something to a chain that runs, and the keys that sign;
//! * [`engine`]: those on engine files; [`witness`]: those on single messages; [`snapshot`]: those on whole
//!   states; [`compare`]: on two workers.
//! * [`run`](mod@run): following a chain.

pub mod abi;
pub mod amount;
pub mod args;
pub mod ask;
pub mod asked;
mod chain;
pub mod check;
mod closing;
pub mod code;
pub mod compare;
#[cfg(feature = "dev")]
mod dev;
pub mod engine;
#[cfg(feature = "dev")]
mod engine_test;
mod engines_dir;
pub mod events;
pub mod failure;
mod hints;
mod history;
pub mod human;
mod input;
mod outcome;
mod rehearsal;
pub mod report;
pub mod run;
pub mod snapshot;
pub mod values;
pub mod witness;
mod wrong_args;

use args::{Cli, Command};
use asked::Asked;
use clap::{error::ErrorKind as Refused, Parser};
use pink_worker_core::io_hint::io_hint;
use report::{Report, Status};
use std::{
    ffi::OsString,
    io::{self, ErrorKind, Write},
    process::ExitCode,
};
use wrong_args::{misspelt, parse_error};

/// Reads the arguments, does what they say, prints the result and gives the exit status.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<_> = arguments.into_iter().collect();
    match Cli::try_parse_from(&arguments) {
        Ok(Cli { command }) => {
            let json = match &command {
                #[cfg(feature = "dev")]
                Command::Dev(dev) => dev.json,
                Command::Replay(replay) => replay.json,
                Command::Rehearse(rehearse) => rehearse.json,
                Command::Engine(engine) => engine.json,
                Command::Witness(witness) => witness.json,
                Command::Check(check) => check.json,
                Command::Compare(compare) => compare.json,
                Command::Snapshot(snapshot) => snapshot.json,
                Command::Upload(args) => args.json,
                Command::Instantiate(args) => args.json,
                Command::Call(args) => args.json,
                Command::Query(args) => args.json,
                Command::Estimate(args) => args.json,
                Command::EstimateInstantiate(args) => args.json,
                Command::Transfer(args) => args.json,
                Command::Withdraw(args) => args.json,
                Command::Upgrade(args) => args.json,
                Command::Worker(args) => args.json(),
                Command::Key(args) => args.json,
                Command::Run(run) => run.json,
            };
            let asked = match &command {
                #[cfg(feature = "dev")]
                Command::Dev(dev) => dev::asked(&dev.command),
                _ => Asked::default(),
            };
            let mut serving = None;
            let report = match command {
                #[cfg(feature = "dev")]
                Command::Dev(dev) => dev::run(*dev, &asked),
                Command::Replay(replay) => history::replay_stored(replay),
                Command::Rehearse(rehearse) => history::rehearse_stored(rehearse),
                Command::Witness(witness) => witness::run(witness),
                Command::Check(args) => check::run(&args),
                Command::Compare(args) => compare::run(&args),
                Command::Snapshot(args) => snapshot::run(args).map(|(report, server)| {
                    serving = server;
                    report
                }),
                Command::Upload(args) => chain::upload(args),
                Command::Instantiate(args) => chain::instantiate(args),
                Command::Call(args) => chain::call(args),
                Command::Query(args) => ask::query(args),
                Command::Estimate(args) => ask::estimate(args),
                Command::EstimateInstantiate(args) => ask::estimate_instantiate(args),
                Command::Transfer(args) => chain::transfer(args),
                Command::Withdraw(args) => chain::withdraw(args),
                Command::Upgrade(args) => chain::upgrade(args),
                Command::Worker(args) => chain::workers(args),
                Command::Key(args) => chain::keys(&args),
                Command::Run(args) => run::run(args),
                Command::Engine(engine) => match engine::run(engine) {
                    Ok(report) => Ok(report),
                    Err(exit) => return exit,
                },
            };
            let mut report = report.unwrap_or_else(|failure| Report::failure(&failure, &asked));
            if report.error.is_some() {
                let notes = report.hint.into_iter().chain(misspelt(&arguments));
                report.hint = notes.reduce(|hint, note| format!("{hint}; {note}"));
            }
            let exit = say(&report, json);
            // Until the process is ended.
            while serving.is_some() {
                std::thread::park();
            }
            exit
        }
        Err(error) if matches!(error.kind(), Refused::DisplayHelp | Refused::DisplayVersion) => {
            print(&error.to_string(), ExitCode::SUCCESS)
        }
        Err(error) => {
            let text = parse_error(&error, &arguments);
            let json = arguments.iter().any(|argument| argument == "--json");
            say(&Report::error(text, None), json)
        }
    }
}

/// Prints a report.
fn say(report: &Report, json: bool) -> ExitCode {
    let exit = report.status.exit_code();
    if json {
        return print(&format!("{}\n", report.to_json()), exit);
    }
    for warning in &report.warnings {
        // As with errors.
        let _ = io::stderr().write_all(format!("warning: {warning}\n").as_bytes());
    }
    let exit = print(&human::text(report), exit);
    if let Some(error) = &report.error {
        complain(error, report.hint.as_deref());
    }
    exit
}

/// Says on stderr what is wrong.
fn complain(error: &str, hint: Option<&str>) {
    let hint = hint.map(|hint| format!("\n  hint: {hint}"));
    let text = format!("error: {error}{}\n", hint.unwrap_or_default());
    // Nobody may be listening; the exit status says it as well.
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Writes the answer, and gives the exit status: an answer that can't be written is none. That its
/// reader went away is up to the reader: `| head` has read enough.
fn print(text: &str, exit: ExitCode) -> ExitCode {
    let mut stdout = io::stdout().lock();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let hint = format!(
                "{}; what was asked for is done, if no other error is named",
                io_hint(&error)
            );
            complain(&format!("can't write the answer: {error}"), Some(&hint));
            Status::Error.exit_code()
        }
        Ok(()) | Err(_) => exit,
    }
}
