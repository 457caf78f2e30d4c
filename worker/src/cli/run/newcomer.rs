//! A worker that begins with a snapshot of another one.

use super::{
    super::failure::{chain_hint, Failure},
    base::Base,
    RunArgs,
};
use fat_contracts_primitives::{ClusterId, Hash};
use pink_engine_host::EngineRegistry;
use pink_rpc_source::{pause, stored::Confirmation, Config, RpcSource, Signal, Trusted};
use pink_snapshot::{
    fetch::{sync_from, FetchConfig, FetchError},
    Confirmed, ConfirmedQueue, Expected, Header, SnapshotError,
};
use pink_worker_core::{
    source::{ChainSource, Cursor, PermanentError, SourceError},
    store::{StoreOptions, FILE_NAME},
    WorkerConfig,
};
use std::fs;

/// What a newcomer learned of the chain on the way.
#[derive(Debug)]
pub(super) struct Learned {
    pub(super) genesis: Option<Hash>,
    pub(super) known: Option<Trusted>,
}

/// Begins an empty base path with a snapshot that the chain confirmed, from the first worker that has one. If
/// none has, it begins with the chain's first block, as long as there is that; otherwise it tries again until it is
/// stopped.
///
/// # Errors
/// Every endpoint serves another chain than the base path's, or what came can't be kept.
pub(super) fn begin(
    base: Base,
    config: Config,
    args: &RunArgs,
    registry: EngineRegistry,
    signal: &Signal,
) -> Result<(Base, Learned), Failure> {
    let cluster = base.cluster;
    // It has no blocks, and a snapshot begins a store of its own. Its chain is bound to that again.
    base.worker.store().close()?;
    drop(base);
    let path = args.base_path.join(FILE_NAME);
    fs::remove_file(&path).map_err(|source| {
        let doing = format!("remove the empty {}", path.display());
        Failure::Snapshot(SnapshotError::Io { doing, source }.into())
    })?;
    let source = RpcSource::new(config, signal.clone());
    let source = source.map_err(Failure::NoThread)?;
    let mut failures = 0u32;
    while !signal.is_stopped() {
        match attempt(cluster, &source, args) {
            Ok(()) => break,
            Err(_) if signal.is_stopped() => {}
            Err(Trouble::Here(failure)) => return Err(failure),
            Err(Trouble::Passing(text)) => {
                failures = failures.saturating_add(1);
                tracing::error!("{text}");
                signal.pause(pause(failures));
            }
        }
    }
    let learned = Learned {
        genesis: source.genesis(),
        known: source.known(),
    };
    let base = Base::open(&args.base_path, registry, Some(cluster), &args.operating)?;
    Ok((base, learned))
}

/// Why a newcomer hasn't begun.
enum Trouble {
    /// It is tried again.
    Passing(String),
    /// It is of no use to try again.
    Here(Failure),
}

impl From<SourceError> for Trouble {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Permanent(error @ PermanentError::OtherChain { .. }) => {
                Self::Here(Failure::Source(Box::new(error.into())))
            }
            error => Self::Passing(format!("{error}{}", chain_hint(&error))),
        }
    }
}

fn attempt(cluster: ClusterId, source: &RpcSource, args: &RunArgs) -> Result<(), Trouble> {
    // Which chain it is stands before what somebody says of it.
    source.finalized()?;
    let divided = args.operating.memory(WorkerConfig::default());
    let options = divided.map_or_else(|_| StoreOptions::default(), |divided| divided.store);
    let mut expected = |header: &Header| expected(source, cluster, header);
    let fetched = sync_from(
        &args.base_path,
        options,
        &args.sync_from,
        &mut expected,
        &FetchConfig::default(),
        &mut |done, all| tracing::debug!(done, all, "chunks of a snapshot"),
    );
    let error = match fetched {
        Ok(header) => {
            let block = header.checkpoint.block;
            tracing::info!("begins with a snapshot of block {block}");
            return Ok(());
        }
        Err(error @ FetchError::Here(_)) => {
            return Err(Trouble::Here(Failure::Fetch(error.into())))
        }
        Err(error) => error,
    };
    match source.blocks_after(cluster, &Cursor::default(), 1) {
        Ok(_) => {
            tracing::warn!("{error}; begins with the chain's first block, which is there still");
            Ok(())
        }
        Err(SourceError::Permanent(pruned @ PermanentError::Pruned { .. })) => Err(
            Trouble::Passing(format!("{error}; and {pruned}\n  hint: {}", error.hint())),
        ),
        Err(error) => Err(error.into()),
    }
}

/// What the chain confirmed of a snapshot's block.
fn expected(
    source: &RpcSource,
    cluster: ClusterId,
    header: &Header,
) -> Result<Expected, SnapshotError> {
    let block = header.checkpoint.block;
    let unknown = |why: String| SnapshotError::NotConfirmed { block, why };
    let confirmed = source.confirmation(cluster, block);
    let confirmed = match confirmed.map_err(|error| unknown(error.to_string()))? {
        Some(Confirmation::Tuple(hash)) => Confirmed::Tuple { block, hash },
        Some(Confirmation::Root {
            root: Some(root), ..
        }) => {
            // Of the tuple the chain doesn't know more than the root. What it ordered it knows by itself.
            let queue = source.queue_at(cluster, block);
            let queue = queue.map_err(|error| unknown(error.to_string()))?;
            let (last_seq, message_hash) =
                queue.ok_or_else(|| unknown("what was ordered up to there is pruned".into()))?;
            Confirmed::Root {
                block: Some(block),
                root,
                queue: Some(ConfirmedQueue {
                    last_seq,
                    message_hash,
                }),
            }
        }
        Some(Confirmation::Root { root: None, .. }) => {
            return Err(unknown("it was confirmed by a later root alone".into()))
        }
        None => {
            return Err(unknown(format!(
                "it isn't confirmed in cluster {cluster}, or too long ago"
            )))
        }
    };
    Ok(Expected {
        genesis: source.genesis(),
        cluster: Some(cluster),
        confirmed,
    })
}
