//! `pink-worker`: see the library for what it is made of, and `pink-worker help` for its use.

use pink_worker::cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::logging::begin();
    cli::run(std::env::args_os())
}
