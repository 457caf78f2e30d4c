//! The configuration of `run`: where its options come from, and the commands that show it.

mod error;
mod show;
mod sources;
#[cfg(test)]
mod tests;

pub use error::SettingsError;
pub use show::{ConfigArgs, ConfigCommand};
pub use sources::{resolve, variable, Origin, Resolved, Setting, Variables};

pub(super) use show::run;

use super::{failure::Failure, run::RunArgs};
use clap::{Args, Command};
use std::{
    env,
    ffi::OsString,
    sync::{Mutex, PoisonError},
};

/// The command whose options are configured.
const COMMAND: &str = "run";

/// Where the values of this process's options stand, for what is said of them.
static SETTINGS: Mutex<Vec<Setting>> = Mutex::new(Vec::new());

/// The definition of `run`.
pub(super) fn definition() -> Command {
    let mut command = RunArgs::augment_args(Command::new(COMMAND));
    command.build();
    command
}

/// A command line, with what environment and file say of `run`; another one as it is. With what there is to
/// warn of.
///
/// # Errors
/// Environment or file say what can't be.
pub(super) fn completed(arguments: Vec<OsString>) -> Result<(Vec<OsString>, Vec<String>), Failure> {
    let Some((before, words)) = arguments.split_at_checked(2) else {
        return Ok((arguments, Vec::new()));
    };
    let asks = |word: &OsString| word == "--help" || word == "-h";
    if before.last().is_none_or(|it| it != COMMAND) || words.iter().any(asks) {
        return Ok((arguments, Vec::new()));
    }
    let resolved = resolve(&definition(), words, &env::vars_os().collect())?;
    *SETTINGS.lock().unwrap_or_else(PoisonError::into_inner) = resolved.settings;
    let mut all = before.to_vec();
    all.extend(resolved.words);
    Ok((all, resolved.warnings))
}

/// The options of `run` as they were read last, and where their values stand.
pub(super) fn settings() -> Vec<Setting> {
    let settings = SETTINGS.lock().unwrap_or_else(PoisonError::into_inner);
    settings.clone()
}

/// Where the value of an option stands, if it isn't on the command line; for `--name` in an error.
pub(super) fn place(error: &str) -> Option<String> {
    let settings = SETTINGS.lock().unwrap_or_else(PoisonError::into_inner);
    settings.iter().find_map(|setting| {
        let named = error.contains(&format!("'--{} ", setting.key))
            || error.contains(&format!("'--{}'", setting.key));
        let lower = !matches!(setting.origin, Origin::Flag | Origin::Default);
        (named && lower).then(|| format!("{} stands in {}", setting.key, setting.origin))
    })
}
