use crate::{
    check::{Abi, Check},
    child::{VerdictLine, MARK},
    file::{File, FileError},
    Outcome, Report, Row, Selection,
};
use std::{
    ffi::OsString,
    io::{self, Read},
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The most of a process's output that is kept.
const MAX_OUTPUT_BYTES: u64 = 1 << 20;

/// How often a process is asked whether it has ended.
const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// How to run the checks.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which of them.
    pub selection: Selection,
    /// How long each may take.
    pub timeout: Duration,
    /// The program that makes one check, and its arguments before the check's name and the file.
    /// It has to call [`check_in_this_process`](crate::check_in_this_process) with both.
    pub program: PathBuf,
    /// See [`program`](Self::program).
    pub arguments: Vec<OsString>,
}

impl Options {
    /// All checks, half a minute each, made by this program under these arguments.
    ///
    /// # Errors
    /// The system doesn't say which program this is.
    pub fn for_this_program(arguments: &[&str]) -> io::Result<Self> {
        Ok(Self {
            selection: Selection::All,
            timeout: Duration::from_secs(30),
            program: std::env::current_exe()?,
            arguments: arguments.iter().map(Into::into).collect(),
        })
    }
}

/// Why there is no report. Nothing that an engine does is among the reasons.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TesterError {
    /// The file can't be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// A check's process can't be started or waited for.
    #[error("can't run {program}: {error}", program = program.display())]
    Process {
        /// The program.
        program: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

/// Runs the chosen checks against a file, one process each, and calls `done` after each of them.
///
/// # Errors
/// The file can't be read, or no process can be started.
pub fn run(
    path: &Path,
    options: &Options,
    mut done: impl FnMut(&Row),
) -> Result<Report, TesterError> {
    let file = File::read(path)?;
    let abi = file.abi();
    let mut report = Report {
        file: path.into(),
        abi,
        rows: Vec::new(),
    };
    for check in crate::checks() {
        // Of a file of unknown ABI, what every engine promises is looked at.
        let applies = match abi {
            Some(abi) => check.abis.contains(&abi),
            None => check.abis == [Abi::V1, Abi::V2],
        };
        if !applies || !options.selection.has(check) {
            continue;
        }
        let row = match blocked_by(check, &report.rows, abi) {
            Some(detail) => Row {
                name: check.name,
                outcome: Outcome::Blocked,
                detail,
                millis: 0,
            },
            None => run_one(check, &file, options)?,
        };
        done(&row);
        report.rows.push(row);
    }
    Ok(report)
}

/// The first thing that this check builds on and that isn't there.
fn blocked_by(check: &Check, rows: &[Row], abi: Option<Abi>) -> Option<String> {
    let missing = rows.iter().find(|row| {
        check.needs.contains(&row.name) && matches!(row.outcome, Outcome::Failed | Outcome::Blocked)
    });
    match missing {
        Some(row) if row.outcome == Outcome::Blocked => Some(row.detail.clone()),
        Some(row) => Some(format!("by {}", row.name)),
        None if abi.is_none() && !check.needs.is_empty() => Some("by exported-symbols".into()),
        None => None,
    }
}

fn run_one(check: &Check, file: &File, options: &Options) -> Result<Row, TesterError> {
    let failed = |error| TesterError::Process {
        program: options.program.clone(),
        error,
    };
    let begun = Instant::now();
    let mut child = Command::new(&options.program)
        .args(&options.arguments)
        .arg(check.name)
        .arg(&file.path)
        // Where a panic was is of use, the tester's own frames are not.
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (ended, said, complained) = thread::scope(|scope| {
        let said = scope.spawn(|| read_all(stdout));
        let complained = scope.spawn(|| read_all(stderr));
        let ended = loop {
            match child.try_wait() {
                Ok(None) if begun.elapsed() < options.timeout => thread::sleep(POLL_INTERVAL),
                Ok(None) => {
                    // It may have ended in between, and is waited for in either case.
                    let _ = child.kill();
                    break child.wait().map(|_| None);
                }
                Ok(Some(status)) => break Ok(Some(status)),
                Err(error) => break Err(error),
            }
        };
        let text = |thread: thread::ScopedJoinHandle<'_, String>| thread.join().unwrap_or_default();
        (ended, text(said), text(complained))
    });
    let (outcome, detail) = judge(ended.map_err(failed)?, &said, &complained, options.timeout);
    Ok(Row {
        name: check.name,
        outcome,
        detail,
        millis: begun.elapsed().as_millis() as u64,
    })
}

/// What a process's end and words mean for its check.
fn judge(
    ended: Option<ExitStatus>,
    said: &str,
    complained: &str,
    timeout: Duration,
) -> (Outcome, String) {
    let verdict = said
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix(MARK))
        .and_then(|json| serde_json::from_str::<VerdictLine>(json).ok());
    let with_last_words = |text: String| match last_words(complained) {
        words if words.is_empty() => text,
        words => format!("{text}: {words}"),
    };
    match (ended, verdict) {
        (None, _) => {
            let text = format!("not done after {} ms", timeout.as_millis());
            (Outcome::Failed, text)
        }
        (Some(status), Some(said)) if status.success() => said.into_outcome(),
        (Some(status), verdict) => {
            let when = if verdict.is_some() { " at its end" } else { "" };
            let text = match (status.signal(), status.code()) {
                (Some(signal), _) => format!("the process was killed{when} by {}", name(signal)),
                (None, code) => format!(
                    "the process ended{when} by itself, with code {}",
                    code.unwrap_or_default()
                ),
            };
            (Outcome::Failed, with_last_words(text))
        }
    }
}

fn name(signal: i32) -> String {
    let name = match signal {
        libc::SIGABRT => "SIGABRT",
        libc::SIGBUS => "SIGBUS",
        libc::SIGFPE => "SIGFPE",
        libc::SIGILL => "SIGILL",
        libc::SIGKILL => "SIGKILL",
        libc::SIGSEGV => "SIGSEGV",
        libc::SIGTRAP => "SIGTRAP",
        _ => return format!("signal {signal}"),
    };
    name.into()
}

/// The end of what a process wrote before it died, in one line.
fn last_words(text: &str) -> String {
    let lines: Vec<_> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("note: run with"))
        .collect();
    let from = lines.len().saturating_sub(4);
    lines[from..].join(" / ")
}

/// All that comes, as text; what is beyond the limit is read and dropped.
fn read_all(from: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut from) = from {
        // A pipe that breaks is at its end.
        let _ = from.by_ref().take(MAX_OUTPUT_BYTES).read_to_end(&mut bytes);
        let _ = io::copy(&mut from, &mut io::sink());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
