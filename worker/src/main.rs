//! `pink-worker`: see the library for what it is made of, and `pink-worker help` for its use.

use std::{
    env,
    io::{stderr, IsTerminal},
    process::ExitCode,
};
use tracing_subscriber::{fmt, EnvFilter};

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_ansi(colours())
        .init();
    pink_worker::cli::run(std::env::args_os())
}

/// Colours are for terminals, and for who didn't ask for none (<https://no-color.org>).
fn colours() -> bool {
    let unwanted = env::var_os("NO_COLOR").is_some_and(|it| !it.is_empty());
    stderr().is_terminal() && !unwanted
}
