//! The command line: what people and scripts touch.
//!
//! [`run()`] reads the arguments, does one command and says what became of it, as text or, with
//! `--json`, as exactly one JSON object on stdout, whatever happens. Logs go to stderr.
//!
//! * [`args`]: the commands and their arguments; [`values`], [`amount`]: accounts, hex, money;
//! * [`abi`], [`code`]: contracts by name, through their metadata;
//! * [`report`], [`events`], [`human`]: what is said;
//! * `dev`: the commands of the development node; `history`: those on stored history; [`check`];
//! * [`engine`]: those on engine files; [`witness`]: those on single messages; [`db`]: those on a store as a whole;
//! * with the feature `chain`, `chain`: the commands that say something to a chain that runs, and the keys that
//!   sign; `ask`: questions to a worker that runs; `run`: following a chain, with `config`, `logging` and `shell`,
//!   what its operator has beside; `snapshot`: whole states, from worker to worker; `compare`: two workers.

pub mod abi;
pub mod amount;
pub mod args;
#[cfg(feature = "chain")]
pub mod ask;
#[cfg(feature = "chain")]
mod chain;
pub mod check;
mod closing;
pub mod code;
#[cfg(feature = "chain")]
pub mod compare;
#[cfg(feature = "chain")]
pub mod config;
pub mod db;
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
#[cfg(any(feature = "chain", feature = "dev"))]
mod input;
pub mod invocation;
pub mod logging;
mod outcome;
mod rehearsal;
mod rehearsed_message;
pub mod report;
#[cfg(feature = "chain")]
pub mod run;
#[cfg(feature = "chain")]
pub mod shell;
#[cfg(feature = "chain")]
pub mod snapshot;
pub mod values;
pub mod witness;
mod wrong_args;

use args::{Cli, Command};
use clap::{error::ErrorKind as Refused, Parser};
use invocation::Invocation;
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
    let json = arguments.iter().any(|argument| argument == "--json");
    #[cfg(feature = "chain")]
    let (arguments, warnings) = match config::completed(arguments) {
        Ok(completed) => completed,
        Err(failure) => return say(&Report::failure(&failure, &Invocation::default()), json),
    };
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
                #[cfg(feature = "chain")]
                Command::Compare(compare) => compare.json,
                #[cfg(feature = "chain")]
                Command::Snapshot(snapshot) => snapshot.json,
                #[cfg(feature = "chain")]
                Command::Upload(args) => args.json,
                #[cfg(feature = "chain")]
                Command::Instantiate(args) => args.json,
                #[cfg(feature = "chain")]
                Command::Call(args) => args.json,
                #[cfg(feature = "chain")]
                Command::Query(args) => args.json,
                #[cfg(feature = "chain")]
                Command::Estimate(args) => args.json,
                #[cfg(feature = "chain")]
                Command::EstimateInstantiate(args) => args.json,
                #[cfg(feature = "chain")]
                Command::Transfer(args) => args.json,
                #[cfg(feature = "chain")]
                Command::Withdraw(args) => args.json,
                #[cfg(feature = "chain")]
                Command::Upgrade(args) => args.json,
                #[cfg(feature = "chain")]
                Command::Worker(args) => args.json(),
                #[cfg(feature = "chain")]
                Command::Key(args) => args.json,
                #[cfg(feature = "chain")]
                Command::Run(run) => run.json,
                #[cfg(feature = "chain")]
                Command::Config(config) => config.json(),
                Command::Db(db) => db.json,
                #[cfg(feature = "chain")]
                Command::Completions(_) | Command::Man(_) => false,
            };
            let invocation = match &command {
                #[cfg(feature = "dev")]
                Command::Dev(dev) => dev::invocation(&dev.command),
                _ => Invocation::default(),
            };
            #[cfg(feature = "chain")]
            let mut serving = None;
            let report = match command {
                #[cfg(feature = "dev")]
                Command::Dev(dev) => dev::run(*dev, &invocation),
                Command::Replay(replay) => history::replay_stored(replay),
                Command::Rehearse(rehearse) => history::rehearse_stored(rehearse),
                Command::Witness(witness) => witness::run(witness),
                Command::Check(args) => check::run(&args),
                #[cfg(feature = "chain")]
                Command::Compare(args) => compare::run(&args),
                #[cfg(feature = "chain")]
                Command::Snapshot(args) => snapshot::run(args).map(|(report, server)| {
                    serving = server;
                    report
                }),
                #[cfg(feature = "chain")]
                Command::Upload(args) => chain::upload(args),
                #[cfg(feature = "chain")]
                Command::Instantiate(args) => chain::instantiate(args),
                #[cfg(feature = "chain")]
                Command::Call(args) => chain::call(args),
                #[cfg(feature = "chain")]
                Command::Query(args) => ask::query(args),
                #[cfg(feature = "chain")]
                Command::Estimate(args) => ask::estimate(args),
                #[cfg(feature = "chain")]
                Command::EstimateInstantiate(args) => ask::estimate_instantiate(args),
                #[cfg(feature = "chain")]
                Command::Transfer(args) => chain::transfer(args),
                #[cfg(feature = "chain")]
                Command::Withdraw(args) => chain::withdraw(args),
                #[cfg(feature = "chain")]
                Command::Upgrade(args) => chain::upgrade(args),
                #[cfg(feature = "chain")]
                Command::Worker(args) => chain::workers(args),
                #[cfg(feature = "chain")]
                Command::Key(args) => chain::keys(&args),
                #[cfg(feature = "chain")]
                Command::Run(args) => run::run(*args, &warnings),
                #[cfg(feature = "chain")]
                Command::Config(args) => config::run(&args),
                Command::Db(args) => db::run(&args),
                #[cfg(feature = "chain")]
                Command::Completions(args) => return shell::completions(&args),
                #[cfg(feature = "chain")]
                Command::Man(args) => shell::man(&args),
                Command::Engine(engine) => match engine::run(engine) {
                    Ok(report) => Ok(report),
                    Err(exit) => return exit,
                },
            };
            let mut report =
                report.unwrap_or_else(|failure| Report::failure(&failure, &invocation));
            if report.error.is_some() {
                let notes = report.hint.into_iter().chain(misspelt(&arguments));
                report.hint = notes.reduce(|hint, note| format!("{hint}; {note}"));
            }
            let exit = say(&report, json);
            // Until the process is ended.
            #[cfg(feature = "chain")]
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
            #[cfg(feature = "chain")]
            let place = config::place(&text);
            #[cfg(not(feature = "chain"))]
            let place = None;
            say(&Report::error(text, place), json)
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
