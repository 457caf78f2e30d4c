//! Starting programs.

use crate::error::{Error, Result};
use std::{
    env,
    process::{Command, Stdio},
};

/// What cargo tells the program that it runs, and build scripts watch: with this program's own values `ring`, and
/// all that stands on it, was built anew whenever a person and this program built by turns.
const OURS: &[&str] = &[
    "CARGO_BIN_NAME",
    "CARGO_CRATE_NAME",
    "CARGO_MANIFEST_",
    "CARGO_PKG_",
    "CARGO_PRIMARY_PACKAGE",
];

/// The cargo that runs this program, so that everything is built by the pinned toolchain.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if OURS.iter().any(|prefix| text.starts_with(prefix)) {
            cargo.env_remove(&name);
        }
    }
    cargo
}

fn shown(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let name = program.rsplit('/').next().unwrap_or(&program).to_owned();
    command
        .get_args()
        .map(|arg| arg.to_string_lossy())
        .fold(name, |line, arg| line + " " + &arg)
}

/// Runs a program to its end; what it prints is seen.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    run_to(command, &[0])
}

/// The same, where other codes than 0 tell of no failure.
pub(crate) fn run_to(command: &mut Command, codes: &[i32]) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|source| Error::Start {
            command: shown(command),
            source,
        })?;
    if status.code().is_some_and(|code| codes.contains(&code)) {
        return Ok(());
    }
    Err(Error::Failed {
        command: shown(command),
        status: status.to_string(),
    })
}

/// Runs a program to its end and returns what it printed; its errors are seen.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let out = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| Error::Start {
            command: shown(command),
            source,
        })?;
    if !out.status.success() {
        return Err(Error::Failed {
            command: shown(command),
            status: out.status.to_string(),
        });
    }
    String::from_utf8(out.stdout).map_err(|_| Error::NotText {
        command: shown(command),
    })
}

/// How a program ended, and all that it printed, errors last.
pub(crate) struct ProcessOutput {
    /// Its exit status; `None` if it was killed.
    pub(crate) code: Option<i32>,
    pub(crate) text: String,
}

/// Runs a program to its end, whichever that is.
pub(crate) fn capture(command: &mut Command) -> Result<ProcessOutput> {
    let out = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| Error::Start {
            command: shown(command),
            source,
        })?;
    let bytes = [out.stdout, out.stderr].concat();
    let text = String::from_utf8(bytes).map_err(|_| Error::NotText {
        command: shown(command),
    })?;
    Ok(ProcessOutput {
        code: out.status.code(),
        text,
    })
}

/// Whether a program answers to these arguments. Whatever it prints is dropped.
pub(crate) fn answers(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
