//! `pink-worker witness …`: one message with everything that it read, written down and executed
//! alone.

use super::{
    args::COMMON,
    closing::close,
    code::read_file,
    engines_dir,
    failure::Failure,
    history::{open, warned},
    invocation::Invocation,
    report::Report,
};
use clap::{Args, Subcommand};
use fat_contracts_primitives::{BlockNumber, EngineVersion, Seq};
use parity_scale_codec::Encode;
use pink_engine_host::EngineRegistry;
use pink_worker_core::{
    draft::Draft,
    exec::with_stack,
    history::{Witness, WitnessError},
    ClusterKey, InstalledEngine, InstalledError, Worker, WorkerError,
};
use std::{
    ffi::OsStr,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The arguments of `witness`.
#[derive(Clone, Debug, Args)]
pub struct WitnessArgs {
    /// Where the worker's data is kept; `record` reads it.
    #[arg(long, value_name = "DIR", global = true, help_heading = COMMON)]
    pub base_path: Option<PathBuf>,
    /// Where the engine files are [default: $PINK_ENGINES, or `engines` beside this program].
    #[arg(long, value_name = "DIR", global = true, help_heading = COMMON)]
    pub engines: Option<PathBuf>,
    /// Print one JSON object on stdout, whatever happens.
    #[arg(long, global = true, help_heading = COMMON)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: WitnessCommand,
}

/// What can be done with witnesses.
#[derive(Clone, Debug, Subcommand)]
#[non_exhaustive]
pub enum WitnessCommand {
    /// Execute a stored message again and write down what it reads and what it gives.
    Record {
        /// The block of the message.
        #[arg(long, value_name = "N")]
        block: BlockNumber,
        /// The message.
        #[arg(long, value_name = "N")]
        seq: Seq,
        /// The file to write; there must be none.
        file: PathBuf,
    },
    /// Execute a witness, without a chain and without a store, and compare.
    Execute {
        /// The witness.
        file: PathBuf,
        /// By this engine [default: the one that executed it; then the result must be the same].
        #[arg(long, value_name = "X.Y")]
        engine: Option<EngineVersion>,
        /// The cluster's key, if the message's contract asked for one: the witness doesn't hold it.
        #[arg(long, value_name = "FILE")]
        cluster_key: Option<PathBuf>,
    },
}

/// Does one command.
pub(super) fn run(args: WitnessArgs) -> Result<Report, Failure> {
    match args.command {
        WitnessCommand::Record { block, seq, file } => {
            let base_path = args.base_path.ok_or(Failure::NoBasePath)?;
            let (worker, warnings) = open(&base_path, args.engines)?;
            let report = close(worker.store(), record(&worker, block, seq, file));
            warned(report, &warnings)
        }
        WitnessCommand::Execute {
            file,
            engine,
            cluster_key,
        } => {
            let cluster_key = cluster_key.map(|file| ClusterKey::load(&file));
            let cluster_key = cluster_key.transpose()?;
            let witness = Witness::from_bytes(&read_file(&file)?).map_err(boxed)?;
            execute(
                &witness,
                engine,
                cluster_key,
                &EngineRegistry::new(engines_dir::choose(args.engines)),
            )
        }
    }
}

fn record(worker: &Worker, block: BlockNumber, seq: Seq, file: PathBuf) -> Result<Report, Failure> {
    let recorded = with_stack(|| Witness::record(worker, block, seq).map_err(boxed));
    let witness = recorded.map_err(WorkerError::from)??;
    let bytes = witness.encode();
    keep(&file, &bytes).map_err(|error| Failure::NotWritten { path: file, error })?;
    Ok(Report {
        engine: Some(witness.engine.to_string()),
        block: Some(block),
        seq: Some(seq),
        ..Report::success()
    }
    .with("bytes", bytes.len())
    .with("keys_read", witness.reads.len()))
}

/// Writes a file that isn't there yet, whole or not at all.
pub(super) fn keep(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().and_then(OsStr::to_str);
    let name = name.ok_or(io::ErrorKind::InvalidFilename)?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let draft = Draft::new(folder.unwrap_or(Path::new(".")), name, 0o666)?;
    draft.file()?.write_all(bytes)?;
    draft.name_new(path)
}

fn execute(
    witness: &Witness,
    by: Option<EngineVersion>,
    cluster_key: Option<ClusterKey>,
    registry: &EngineRegistry,
) -> Result<Report, Failure> {
    let version = by.unwrap_or(witness.engine);
    let found = InstalledEngine::find(registry, version)?;
    let engine = registry
        .get(version, &found.record)
        .map_err(InstalledError::from)?;
    let executed = with_stack(|| witness.execute(&*engine, cluster_key).map_err(boxed));
    let (receipt, changes) = executed.map_err(WorkerError::from)??;
    let (same_receipt, same_changes) = (receipt == witness.receipt, changes == witness.changes);
    let mut report = Report::of_receipt(
        version,
        witness.env.block.number,
        &receipt,
        &(),
        &Invocation::default(),
    );
    report.seq = Some(witness.env.seq);
    if version == witness.engine && !(same_receipt && same_changes) {
        let error = format!("engine {version} gives another result than it gave then");
        let hint = "compare the engine file's hash with the chain's record".into();
        report = Report::error(error, Some(hint));
    } else if report.status != super::report::Status::Error {
        // How the message ended is in `outcome`: this command did what it was asked for.
        report = Report {
            error: None,
            hint: None,
            status: super::report::Status::Success,
            ..report
        };
    }
    Ok(report
        .with("outcome", super::history::outcome(&receipt.outcome))
        .with("same_receipt", same_receipt)
        .with("same_changes", same_changes))
}

fn boxed(error: WitnessError) -> Failure {
    Failure::Witness(error.into())
}
