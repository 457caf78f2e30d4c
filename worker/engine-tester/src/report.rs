use crate::check::Abi;
use serde::Serialize;
use std::{fmt, path::PathBuf};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The promise is kept.
    Passed,
    /// It is broken.
    Failed,
    /// It can't be looked at, because a check that it builds on isn't passed.
    Blocked,
    /// The engine does nothing that it is about.
    NotApplicable,
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The check's name.
    pub name: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// Why; empty if it is passed.
    pub detail: String,
    /// How long its process ran, in milliseconds.
    pub millis: u64,
}

/// What all checks found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The file.
    pub file: PathBuf,
    /// The ABI that it speaks; `None` if it can't be told.
    pub abi: Option<Abi>,
    /// The checks that were run, in order.
    pub rows: Vec<Row>,
}

impl Report {
    /// Whether every promise that applies is kept.
    pub fn passed(&self) -> bool {
        self.rows
            .iter()
            .all(|row| matches!(row.outcome, Outcome::Passed | Outcome::NotApplicable))
    }

    /// The names of the checks that ended in this way.
    pub fn names(&self, outcome: Outcome) -> Vec<&'static str> {
        self.rows
            .iter()
            .filter(|row| row.outcome == outcome)
            .map(|row| row.name)
            .collect()
    }

    /// One object: `{"file", "abi", "passed", "checks": [{"name", "outcome", "detail", "millis"}]}`.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "file": self.file.display().to_string(),
            "abi": self.abi.map(Abi::major),
            "passed": self.passed(),
            "checks": self.rows,
        })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = match self.outcome {
            Outcome::Passed => "ok",
            Outcome::Failed => "FAILED",
            Outcome::Blocked => "blocked",
            Outcome::NotApplicable => "n/a",
        };
        write!(f, "{outcome:<8}{:<28}", self.name)?;
        match self.detail.as_str() {
            "" => Ok(()),
            detail => write!(
                f,
                "{}",
                detail.replace('\n', "\n                                    ")
            ),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.abi {
            Some(abi) => writeln!(f, "{}: an engine of ABI {abi}", self.file.display())?,
            None => writeln!(f, "{}: of no known ABI", self.file.display())?,
        }
        for row in &self.rows {
            writeln!(f, "{}", row.to_string().trim_end())?;
        }
        let count = |outcome| self.names(outcome).len();
        write!(
            f,
            "{} passed, {} failed, {} blocked, {} not applicable",
            count(Outcome::Passed),
            count(Outcome::Failed),
            count(Outcome::Blocked),
            count(Outcome::NotApplicable)
        )
    }
}
