//! `pink-worker engine test`: the conformance checks, which execute an engine in processes of their
//! own.

use super::report::{Report, Status};
use engine_tester::{check_in_this_process, checks, Options, Outcome, Selection, TesterError};
use indicatif::ProgressBar;
use pink_worker_core::io_hint::io_hint;
use serde_json::json;
use std::{fmt::Write, path::Path, process::ExitCode, time::Duration};

/// What this program calls itself with to make one check.
const CHECK_ONE: &[&str] = &["engine", "check-one"];

/// Makes one check in this very process.
///
/// # Errors
/// The exit status, for the process that asked for it: what was found is printed.
pub(super) fn one(check: &str, file: &Path) -> Result<Report, ExitCode> {
    match check_in_this_process(check, file) {
        Ok(found) => Err(found),
        Err(error) => Ok(Report::error(error, None)),
    }
}

/// What checks there are.
pub(super) fn list_checks() -> Report {
    let abis = |check: &engine_tester::Check| -> Vec<u16> {
        check.abis.iter().map(|abi| abi.major()).collect()
    };
    let mut text = String::new();
    for check in checks() {
        let abis: Vec<_> = abis(check).iter().map(u16::to_string).collect();
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "{:<28}{:<5}{}",
            check.name,
            abis.join(","),
            check.about
        );
    }
    let rows: Vec<_> = checks()
        .iter()
        .map(|check| json!({"name": check.name, "abis": abis(check), "about": check.about}))
        .collect();
    Report {
        text: Some(text),
        ..Report::success().with("checks", rows)
    }
}

/// Runs the checks.
///
/// # Errors
/// What is wrong, and what to do about it.
pub(super) fn test(
    file: &Path,
    only: Option<&str>,
    timeout: Duration,
) -> Result<Report, (String, Option<String>)> {
    let see_list = || Some("`engine test --list` shows the checks".to_owned());
    let selection = match only {
        Some(only) => Selection::parse(only).map_err(|error| (error.to_string(), None))?,
        None => Selection::All,
    };
    let failed = |error: TesterError| {
        let system = match &error {
            TesterError::File(file) => &file.error,
            TesterError::Process { error, .. } => error,
            _ => return (error.to_string(), None),
        };
        (error.to_string(), Some(io_hint(system).into()))
    };
    let options = Options {
        selection,
        timeout,
        ..Options::for_this_program(CHECK_ONE)
            .map_err(|error| (error.to_string(), Some(io_hint(&error).into())))?
    };
    let bar = ProgressBar::new_spinner();
    let report = engine_tester::run(file, &options, |row| {
        bar.set_message(row.name);
        bar.inc(1);
    });
    bar.finish_and_clear();
    let tested = report.map_err(failed)?;
    if tested.rows.is_empty() {
        let error = "none of the chosen checks is for engines of this ABI";
        return Err((error.into(), see_list()));
    }
    let report = if tested.passed() {
        Report::success()
    } else {
        Report {
            status: Status::Failed,
            ..Report::error(not_passed(&tested), None)
        }
    };
    let mut report = Report {
        text: Some(format!("{tested}\n")),
        ..report
    };
    let fields = tested.to_json();
    report
        .more
        .extend(fields.as_object().cloned().unwrap_or_default());
    Ok(report)
}

/// Which checks aren't passed.
fn not_passed(tested: &engine_tester::Report) -> String {
    let failed = tested.names(Outcome::Failed).join(", ");
    match tested.names(Outcome::Blocked).len() {
        0 => format!("checks that aren't passed: {failed}"),
        more => format!("checks that aren't passed: {failed}, and {more} that build on them"),
    }
}
