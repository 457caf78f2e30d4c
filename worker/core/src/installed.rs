//! The engines of a directory, each with what a chain would have to record of it.

use crate::io_hint::engine_hint;
use fat_contracts_primitives::{EngineRecord, EngineVersion};
use pink_engine_host::{chain_version, EngineError, EngineRegistry, FoundFile};
use std::path::PathBuf;

/// An engine that is there, as governance would have to record it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledEngine {
    /// The version.
    pub version: EngineVersion,
    /// The record.
    pub record: EngineRecord,
}

/// Why a directory's engines can't be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstalledError {
    /// There is none.
    #[error("there is no engine in {directory}", directory = directory.display())]
    None {
        /// Where they were looked for.
        directory: PathBuf,
    },
    /// The one that was asked for isn't there.
    #[error("there is no engine {version} in {directory}; it has {found}",
        directory = directory.display())]
    NoSuchVersion {
        /// The version.
        version: EngineVersion,
        /// Where it was looked for.
        directory: PathBuf,
        /// What is there.
        found: String,
    },
    /// A file can't be used.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl InstalledError {
    /// A version that isn't among those that were found.
    pub fn no_such_version(
        registry: &EngineRegistry,
        version: EngineVersion,
        found: impl Iterator<Item = EngineVersion>,
    ) -> Self {
        let all: Vec<_> = found.map(|version| version.to_string()).collect();
        Self::NoSuchVersion {
            version,
            directory: registry.directory().into(),
            found: if all.is_empty() {
                "none".into()
            } else {
                all.join(", ")
            },
        }
    }

    /// What the caller can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::None { .. } | Self::NoSuchVersion { .. } => {
                "build the engines with `cargo xtask engines`, or say with --engines where they are"
                    .into()
            }
            Self::Engine(error) => engine_hint(error),
        }
    }
}

impl InstalledEngine {
    /// Looks at every engine file of the directory, and loads it: it has to say for itself whose
    /// state it can take over, and one that can't be loaded must not be recorded.
    ///
    /// # Errors
    /// There is no directory, or a file can't be loaded.
    pub fn find_all(registry: &EngineRegistry) -> Result<Vec<Self>, InstalledError> {
        if !registry.directory().is_dir() {
            return Err(InstalledError::None {
                directory: registry.directory().into(),
            });
        }
        let found = registry.scan()?;
        found
            .iter()
            .map(|file| Ok(Self::load(registry, file)?))
            .collect()
    }

    /// Looks at the file of one version, and loads it.
    ///
    /// # Errors
    /// There is none, or it can't be loaded.
    pub fn find(registry: &EngineRegistry, version: EngineVersion) -> Result<Self, InstalledError> {
        let found = if registry.directory().is_dir() {
            registry.scan()?
        } else {
            Vec::new()
        };
        match found.iter().find(|file| file.version == version) {
            Some(file) => Ok(Self::load(registry, file)?),
            None => {
                let found = found.iter().map(|file| file.version);
                Err(InstalledError::no_such_version(registry, version, found))
            }
        }
    }

    /// Loads one, of whichever ABI its file is.
    fn load(registry: &EngineRegistry, file: &FoundFile) -> Result<Self, EngineError> {
        let version = file.version;
        let mut record = file.record(Vec::new());
        let engine = registry.get(version, &record)?;
        record.upgrades_from = engine
            .info()
            .upgrades_from
            .iter()
            .map(|from| chain_version(*from))
            .collect();
        Ok(Self { version, record })
    }
}
