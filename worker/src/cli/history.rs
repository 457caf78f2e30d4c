//! `replay` and `rehearse`: on a development node, and on whatever a worker has stored.

use super::{
    args::{RehearseArgs, ReplayArgs, StoredArgs},
    closing::close,
    engines_dir,
    failure::Failure,
    invocation::Invocation,
    rehearsal, rehearsed_message,
    report::{hex0x, Report},
};
use fat_contracts_primitives::BlockNumber;
use indicatif::ProgressBar;
use pink_capi::types::Outcome;
use pink_engine_host::{EngineError, EngineRegistry};
use pink_worker_core::{
    exec::ParkReason,
    history::{rehearse, rehearse_message, replay_by, Divergence},
    store::{Store, StoreOptions},
    ClusterKey, InstalledEngine, KeyFileError, Worker,
};
use std::path::{Path, PathBuf};

/// A worker on what is stored, for reading alone, and what to warn of.
pub(super) fn open(
    base_path: &Path,
    engines: Option<PathBuf>,
) -> Result<(Worker, Vec<KeyFileError>), Failure> {
    let store = Store::open_read_only(base_path, StoreOptions::default());
    let store = store?;
    let registry = EngineRegistry::new(engines_dir::choose(engines));
    let (cluster_key, warning) = ClusterKey::look(base_path)?;
    let worker = Worker::new(store, registry).with_cluster_key(cluster_key);
    Ok((worker, warning.into_iter().collect()))
}

/// With warnings, whatever the command came to.
pub(super) fn warned(
    report: Result<Report, Failure>,
    warnings: &[KeyFileError],
) -> Result<Report, Failure> {
    if warnings.is_empty() {
        return report;
    }
    let report = report.unwrap_or_else(|failure| Report::failure(&failure, &Invocation::default()));
    Ok(report.warned(warnings))
}

pub(super) fn replay_stored(args: StoredArgs<ReplayArgs>) -> Result<Report, Failure> {
    let (worker, warnings) = open(&args.base_path, args.engines)?;
    warned(
        close(worker.store(), replay_of(&worker, &args.what)),
        &warnings,
    )
}

pub(super) fn rehearse_stored(args: StoredArgs<RehearseArgs>) -> Result<Report, Failure> {
    let (worker, warnings) = open(&args.base_path, args.engines)?;
    warned(
        close(worker.store(), rehearse_on(&worker, &args.what)),
        &warnings,
    )
}

/// Executes the history of a worker again.
pub(super) fn replay_of(worker: &Worker, args: &ReplayArgs) -> Result<Report, Failure> {
    let head = worker.head()?.map_or(0, |(number, _, _)| number);
    let from = args.from.unwrap_or(0);
    let to = args.to.unwrap_or(head.max(from));
    let bar = ProgressBar::new(to.min(head).into());
    let instead: Vec<_> = if args.current {
        InstalledEngine::find_all(worker.registry())?
            .into_iter()
            .map(|engine| (engine.version, engine.record))
            .collect()
    } else {
        Vec::new()
    };
    let progress = |number: BlockNumber| bar.set_position(number.into());
    let result = replay_by(worker, &instead, from..=to, progress);
    bar.finish_and_clear();
    let found = result?;
    let hint = found.divergence.as_ref().map(hint);
    let divergence = found.divergence.map(|divergence| divergence.to_string());
    let report = match &divergence {
        Some(what) if args.verify => Report::error(format!("the replay differs: {what}"), hint),
        _ => Report::success(),
    };
    let root = worker.store().block(to.min(head))?;
    Ok(Report {
        state_root: root
            .filter(|_| divergence.is_none())
            .map(|block| hex0x(block.root)),
        ..report
    }
    .with("replayed_blocks", found.blocks)
    .with("replayed_messages", found.messages)
    .with("compared_blocks", found.compared)
    .with("divergence", divergence))
}

/// What to do about a difference.
fn hint(divergence: &Divergence) -> String {
    let reason = match divergence {
        Divergence::Parked(parked) => Some(&*parked.reason),
        _ => None,
    };
    match reason {
        Some(ParkReason::Engine(
            EngineError::Hash { .. } | EngineError::Size { .. } | EngineError::TwoHashes { .. },
        )) => {
            "another build executed that block: put that file there, or replay with --current by \
               the files that are there"
                .into()
        }
        Some(reason) => reason.hint(),
        None => "check the engine files with `engines`, and the disk".into(),
    }
}

/// Tries the last messages of a worker, or one of all, under another engine, which its directory has.
pub(super) fn rehearse_on(worker: &Worker, args: &RehearseArgs) -> Result<Report, Failure> {
    let engine = InstalledEngine::find(worker.registry(), args.to)?;
    if let Some(seq) = args.message {
        let tried = rehearse_message(worker.handle(), seq, args.to, &engine.record)?;
        return Ok(rehearsed_message::report(&tried));
    }
    let bar = ProgressBar::no_length();
    let rehearsal = rehearse(
        worker.handle(),
        args.to,
        &engine.record,
        args.last,
        |done, all| {
            bar.set_length(all);
            bar.set_position(done);
        },
    );
    bar.finish_and_clear();
    Ok(rehearsal::report(&rehearsal?))
}

/// How a message ended, in a word.
pub(super) fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Success => "success".into(),
        Outcome::Reverted => "reverted".into(),
        Outcome::OutOfGas => "out_of_gas".into(),
        Outcome::Trapped(why) => format!("trapped: {why}"),
        Outcome::Rejected(why) => format!("rejected: {why}"),
    }
}
