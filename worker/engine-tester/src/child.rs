//! What a check's process does.

use crate::{
    check::{Abi, Stop, Verdict},
    file::File,
    Outcome,
};
use serde::{Deserialize, Serialize};
use std::{io::Write, path::Path, process::ExitCode, thread};

/// What stands before the verdict in a line of its own; an engine may print what it likes.
pub(crate) const MARK: &str = "engine-tester-verdict ";

/// Stack of the thread that makes a check; only what is touched is ever there.
pub(crate) const STACK_BYTES: usize = 256 << 20;

/// A verdict, from one process to the other.
#[derive(Serialize, Deserialize)]
pub(crate) struct VerdictLine {
    outcome: String,
    detail: String,
}

impl VerdictLine {
    fn new(verdict: Verdict) -> Self {
        let (outcome, detail) = match verdict {
            Ok(()) => ("passed", String::new()),
            Err(Stop::Failed(why)) => ("failed", why),
            Err(Stop::NotApplicable(why)) => ("not-applicable", why),
        };
        Self {
            outcome: outcome.into(),
            detail,
        }
    }

    pub(crate) fn into_outcome(self) -> (Outcome, String) {
        let outcome = match self.outcome.as_str() {
            "passed" => Outcome::Passed,
            "not-applicable" => Outcome::NotApplicable,
            _ => Outcome::Failed,
        };
        (outcome, self.detail)
    }
}

/// Makes one check of one file and prints the verdict for [`run`](crate::run), which started this
/// process. Nothing else may have been loaded or done here before.
///
/// # Errors
/// There is no such check, or the file can't be read.
pub fn check_in_this_process(name: &str, path: &Path) -> Result<ExitCode, String> {
    let check = crate::checks()
        .iter()
        .find(|check| check.name == name)
        .ok_or_else(|| format!("no check is called {name:?}"))?;
    let file = File::read(path).map_err(|error| error.to_string())?;
    // Checks of the file alone are made of files of any kind.
    let abi = file.abi().unwrap_or(Abi::V2);
    let run = check.run;
    let done = thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(move || run(&file, abi))
        .map_err(|error| format!("can't start a thread: {error}"))?
        .join();
    let verdict = done.unwrap_or_else(|_| Err(Stop::Failed("the tester itself panicked".into())));
    let said =
        serde_json::to_string(&VerdictLine::new(verdict)).map_err(|error| error.to_string())?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n{MARK}{said}")
        .and_then(|()| out.flush())
        .map_err(|error| format!("can't print the verdict: {error}"))?;
    Ok(ExitCode::SUCCESS)
}
