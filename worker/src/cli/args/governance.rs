//! Arguments of the commands about what the council and other workers say.

use crate::cli::values::{parse_root, parse_who};
use clap::{Args, ValueEnum};
use fat_contracts_primitives::{AccountId, EngineVersion, ExecutionMode, StateRoot};

/// An engine to record.
#[derive(Clone, Debug, Args)]
pub struct RegisterArgs {
    /// Its version.
    #[arg(value_name = "X.Y")]
    pub version: EngineVersion,
}

/// How contracts are to run under an engine.
#[derive(Clone, Debug, Args)]
pub struct EngineModeArgs {
    /// The engine's version.
    #[arg(value_name = "X.Y")]
    pub version: EngineVersion,
    /// How; results are the same.
    pub mode: RunMode,
}

/// How contracts run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RunMode {
    /// Compiled, as far as the engine can and the code was paid for.
    Native,
    /// Interpreted: for the day on which the compiler has an advisory.
    Interpreted,
}

impl From<RunMode> for ExecutionMode {
    fn from(mode: RunMode) -> Self {
        match mode {
            RunMode::Native => Self::Native,
            RunMode::Interpreted => Self::Interpreted,
        }
    }
}

/// A worker to take in.
#[derive(Clone, Debug, Args)]
pub struct AddWorkerArgs {
    /// The worker.
    #[arg(value_name = "WHO", value_parser = parse_who)]
    pub worker: AccountId,
}

/// What another worker says.
#[derive(Clone, Debug, Args)]
pub struct AcknowledgeArgs {
    /// The worker.
    #[arg(value_name = "WHO", value_parser = parse_who)]
    pub worker: AccountId,
    /// The root that it names for the last block [default: the right one].
    #[arg(long, value_name = "HEX", value_parser = parse_root)]
    pub root: Option<StateRoot>,
}

/// What the council decides.
#[derive(Clone, Debug, Args)]
pub struct ResolveArgs {
    /// The root that is right [default: the development worker's].
    #[arg(long, value_name = "HEX", value_parser = parse_root)]
    pub root: Option<StateRoot>,
}
