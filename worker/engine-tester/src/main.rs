//! `engine-tester FILE`: the checks as a program of their own. `pink-worker engine test` is the
//! same, for who has the worker.

use clap::Parser;
use engine_tester::{checks, run, Options, Selection};
use std::{path::PathBuf, process::ExitCode, time::Duration};

/// What this program calls itself with to make one check.
const CHILD: &str = "--in-this-process";

/// Checks that a contract engine keeps every promise of its ABI.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The engine: libpink.so.X.Y
    #[arg(required_unless_present_any = ["list", "in_this_process"])]
    file: Option<PathBuf>,
    /// Prints the checks and what each is about, and runs none
    #[arg(long)]
    list: bool,
    /// Prints the report as one JSON object
    #[arg(long)]
    json: bool,
    /// The check of this name, or those that match this pattern
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// Milliseconds that a check may take
    #[arg(long, value_name = "MS", default_value_t = 30_000)]
    timeout_ms: u64,
    /// Makes one check in this very process
    #[arg(long, hide = true, num_args = 2, value_names = ["CHECK", "FILE"])]
    in_this_process: Option<Vec<String>>,
}

fn main() -> ExitCode {
    match answer(&Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn answer(arguments: &Arguments) -> Result<ExitCode, String> {
    if let Some([check, file]) = arguments.in_this_process.as_deref() {
        return engine_tester::check_in_this_process(check, file.as_ref());
    }
    if arguments.list {
        for check in checks() {
            let abis: Vec<_> = check.abis.iter().map(ToString::to_string).collect();
            println!("{:<28}{:<5}{}", check.name, abis.join(","), check.about);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let Some(file) = &arguments.file else {
        return Err("which file?".into());
    };
    let mut options = Options::for_this_program(&[CHILD]).map_err(|error| error.to_string())?;
    options.timeout = Duration::from_millis(arguments.timeout_ms);
    if let Some(only) = &arguments.only {
        options.selection = Selection::parse(only).map_err(|error| error.to_string())?;
    }
    let report = run(file, &options, |_| {}).map_err(|error| error.to_string())?;
    if report.rows.is_empty() {
        return Err("none of the chosen checks is for engines of this ABI".into());
    }
    if arguments.json {
        println!("{}", report.to_json())
    } else {
        println!("{report}")
    }
    Ok(if report.passed() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
