//! Contracts are compiled beside the blocks.

use super::{super::failure::Failure, base::Base, operating::OperatingArgs};
use pink_prepare::{Preparer, Settings, DEFAULT_CACHE_BYTES};
use pink_worker_core::Both;
use pink_worker_metrics::{
    table::{ARTEFACT_BYTES, COMPILE_QUEUE},
    Metrics,
};
use std::{path::Path, sync::Arc};

/// Starts to compile for a worker, which tells its metrics as well.
///
/// # Errors
/// The system gives no thread. That nothing can be kept on the disk is said in the log.
pub(super) fn start(
    base: &mut Base,
    path: &Path,
    operating: &OperatingArgs,
    metrics: &Metrics,
) -> Result<Preparer, Failure> {
    let handle = base.worker.handle().clone();
    handle.modes().interpret_all(operating.interpret);
    if operating.interpret {
        tracing::warn!("contracts are interpreted: --interpret");
    }
    let bytes = operating.artefact_cache_size.unwrap_or(DEFAULT_CACHE_BYTES);
    let settings = Settings {
        threads: operating.compile_threads.into(),
        cache: (bytes > 0).then(|| (path.into(), bytes)),
        // Without a place on the disk they are compiled all the same.
        max_installed_bytes: if bytes == 0 {
            DEFAULT_CACHE_BYTES
        } else {
            bytes
        },
        modes: handle.modes().clone(),
        told: Some(Arc::new(metrics.clone())),
    };
    let preparer = Preparer::start(handle, settings).map_err(Failure::NoThread)?;
    let figures = preparer.figures();
    metrics.at_each_look(move |metrics| {
        let (waiting, bytes) = figures();
        metrics.set_number(&COMPILE_QUEUE, &[], waiting as u128);
        metrics.set_number(&ARTEFACT_BYTES, &[], bytes.into());
    });
    let observers = Both(Arc::new(metrics.clone()), preparer.observer());
    base.worker.observe(Arc::new(observers));
    Ok(preparer)
}
