//! What can be wrong with a configuration.

use pink_worker_core::io_hint::io_hint;
use std::path::PathBuf;

/// Why there is no configuration to be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The file can't be read.
    #[error("can't read the configuration {}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file isn't TOML.
    #[error("the configuration {} isn't TOML: {error}", path.display())]
    NoToml {
        /// The file.
        path: PathBuf,
        /// Where, and what was expected.
        error: Box<toml::de::Error>,
    },
    /// There is no option of that name.
    #[error("the configuration {} has the key {key:?}, which is no option of `run`", path.display())]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
        /// The option that may be meant.
        nearest: Option<String>,
    },
    /// A value is of another kind than the option's.
    #[error("{place}: {key} takes {expected}, found {found}")]
    WrongType {
        /// Where it stands.
        place: String,
        /// The option.
        key: String,
        /// What it takes.
        expected: &'static str,
        /// What was found.
        found: String,
    },
    /// A variable isn't text.
    #[error("the variable {name} isn't text")]
    NotText {
        /// Its name.
        name: String,
    },
    /// A secret is in the environment, where every child process and many a report sees it.
    #[error("the variable {name} is set, and a secret isn't taken from the environment")]
    SecretInEnvironment {
        /// Its name.
        name: String,
    },
}

impl SettingsError {
    /// What the operator can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Unreadable { error, .. } => io_hint(error).into(),
            Self::NoToml { .. } => {
                "a line is `key = value`, like `prometheus-port = 9615` or `chain = [\"ws://127.0.0.1:9944\"]`"
                    .into()
            }
            Self::UnknownKey {
                nearest: Some(nearest),
                ..
            } => format!("is {nearest:?} meant? `pink-worker run --help` names all of them"),
            Self::UnknownKey { nearest: None, .. } => {
                "keys are the options of `pink-worker run --help`, without the hyphens in front; what queries may \
                 use and reach stands in worker.toml in the base path"
                    .into()
            }
            Self::WrongType { .. } => "`pink-worker run --help` says what each option takes".into(),
            Self::NotText { .. } => "set it to text in UTF-8, or unset it".into(),
            Self::SecretInEnvironment { .. } => {
                "unset it; a key belongs into a keystore: --keystore DIR, and `pink-worker key insert`".into()
            }
        }
    }
}

/// The name that is nearest to another one, if it is near.
pub(super) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let like = name.to_lowercase().replace('_', "-");
    known
        .map(|it| {
            (
                strsim::damerau_levenshtein(&like, &it.to_lowercase().replace('_', "-")),
                it,
            )
        })
        .min()
        .filter(|(distance, it)| distance.saturating_mul(3) <= it.len().max(3))
        .map(|(_, it)| it)
}
