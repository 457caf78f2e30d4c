use crate::ElfError;
use fat_contracts_primitives::{EngineVersion, Hash};
use std::path::PathBuf;

/// Why an engine can't be used. Nothing of the file has been executed for any but the last seven.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// There is no file of this version.
    #[error("engine {version} ({hash:?}) is missing; looked for {path}", path = path.display())]
    Missing {
        /// The version.
        version: EngineVersion,
        /// The hash that the chain recorded.
        hash: Hash,
        /// Where it should be.
        path: PathBuf,
    },
    /// The chain names no file for this machine.
    #[error("engine {version} is not built for {target}; the chain names {named}")]
    NoArtefact {
        /// The version.
        version: EngineVersion,
        /// This machine.
        target: &'static str,
        /// The targets of the record.
        named: String,
    },
    /// The file, or the directory, can't be read.
    #[error("can't read {path}: {error}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file has another length than the chain recorded.
    #[error("{path} has {found} bytes, the chain's record of engine {version} says {expected}",
        path = path.display())]
    Size {
        /// The file.
        path: PathBuf,
        /// The version.
        version: EngineVersion,
        /// By the record.
        expected: u64,
        /// By the file system.
        found: u64,
    },
    /// The file has another hash than the chain recorded.
    #[error("{path} has the hash {found:?}, the chain's record of engine {version} says \
        {expected:?}", path = path.display())]
    Hash {
        /// The file.
        path: PathBuf,
        /// The version.
        version: EngineVersion,
        /// By the record.
        expected: Hash,
        /// Of the file.
        found: Hash,
    },
    /// The file isn't an engine's.
    #[error("{path} is not an engine: {error}", path = path.display())]
    Elf {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: ElfError,
    },
    /// One version under two hashes in one worker.
    #[error("engine {version} is loaded with the hash {loaded:?} and asked for with {asked:?}")]
    TwoHashes {
        /// The version.
        version: EngineVersion,
        /// Of the loaded file.
        loaded: Hash,
        /// By the record.
        asked: Hash,
    },
    /// The record names an ABI that this worker doesn't speak.
    #[error("engine {version} speaks ABI {found}; this worker speaks {spoken}")]
    Abi {
        /// The version.
        version: EngineVersion,
        /// By the record.
        found: u16,
        /// What the worker speaks.
        spoken: &'static str,
    },
    /// The system's loader refused the file.
    #[error("the loader refused {path}: {reason}", path = path.display())]
    Load {
        /// The file.
        path: PathBuf,
        /// What the loader said.
        reason: String,
    },
    /// The engine refused to start.
    #[error("engine {path} refused to start, status {status}", path = path.display())]
    Init {
        /// The file.
        path: PathBuf,
        /// Its answer, one of the header's constants.
        status: i32,
    },
    /// The engine's table isn't one of the second ABI.
    #[error("{path} gave a table of magic {magic:#x} and ABI {major}", path = path.display())]
    Entry {
        /// The file.
        path: PathBuf,
        /// What stands where the magic should be.
        magic: u64,
        /// The ABI that it says it speaks.
        major: u16,
    },
    /// The file holds another version than its record says.
    #[error("{path} holds engine {found}, the chain's record says {expected}",
        path = path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// By the record.
        expected: EngineVersion,
        /// By the engine.
        found: EngineVersion,
    },
    /// The engine needs more stack than the worker's threads have.
    #[error("engine {version} needs {needed} bytes of stack, the worker gives {given}")]
    Stack {
        /// The version.
        version: EngineVersion,
        /// What it asks for.
        needed: u64,
        /// What the worker gives.
        given: u64,
    },
    /// The engine didn't describe itself in order.
    #[error("engine {version} doesn't describe itself: {fault}")]
    Describe {
        /// The version.
        version: EngineVersion,
        /// What came instead.
        fault: pink_capi::Fault,
    },
}

impl EngineError {
    /// What the operator can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Missing { path, .. } => format!(
                "put the released file at {}; the worker goes on by itself as soon as it is there",
                path.display()
            ),
            Self::NoArtefact { .. } => {
                "run the worker on a machine that the record names, or have governance register \
                 an artefact for this one"
                    .into()
            }
            Self::Unreadable { path, .. } => {
                format!(
                    "check that {} exists and that the worker may read it",
                    path.display()
                )
            }
            Self::Size { path, version, .. } | Self::Hash { path, version, .. } => format!(
                "replace {} by the released file of engine {version}",
                path.display()
            ),
            Self::Elf { path, .. } | Self::Load { path, .. } => {
                format!("replace {} by the released file", path.display())
            }
            Self::TwoHashes { .. } => {
                "restart the worker, so that it loads only the file that the chain names".into()
            }
            Self::Abi { .. } | Self::Stack { .. } => "install a newer worker".into(),
            Self::Init { .. }
            | Self::Entry { .. }
            | Self::Version { .. }
            | Self::Describe { .. } => {
                "the chain's record names a file that isn't what it says: governance has to \
                 correct it"
                    .into()
            }
        }
    }
}
