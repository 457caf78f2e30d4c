//! `pink-worker`: see the library for what it is made of, and `pink-worker help` for its use.

use std::process::ExitCode;
use tracing_subscriber::{fmt, EnvFilter};

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    pink_worker::cli::run(std::env::args_os())
}
