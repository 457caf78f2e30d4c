use crate::{Expected, Header, SnapshotError, SnapshotReader};
use fat_contracts_primitives::{EngineVersion, StateRoot};
use parity_scale_codec::{DecodeAll, Encode};
use pink_capi::types::Version;
use pink_engine_host::chain_version;
use pink_worker_core::{
    exec::{BlockRecord, VERSION_KEY},
    store::{root_over, NewBlock, Row, Store, StoreOptions},
};
use std::{cell::Cell, io::Read, path::Path};

/// Makes a worker's store of a snapshot, in a base path that has none. The header is compared with what is
/// confirmed before anything is written, and the root over the pairs before the store gets its name: if it
/// doesn't, there is none. A worker goes on from it with the next block. `progress` is told after each chunk how
/// many there were, of how many.
///
/// # Errors
/// The snapshot isn't what is expected, or isn't sound; there is a store already; or it can't be written.
pub fn install<R: Read>(
    base: &Path,
    options: StoreOptions,
    snapshot: SnapshotReader<R>,
    expected: &Expected,
    progress: impl FnMut(u32, u32),
) -> Result<Header, SnapshotError> {
    let header = snapshot.header().clone();
    expected.check(&header)?;
    let checkpoint = &header.checkpoint;
    let record = BlockRecord {
        cluster: header.cluster,
        engine: Some(checkpoint.engine),
        messages: 0,
        next_seq: checkpoint.last_seq.saturating_add(1),
        message_hash: checkpoint.message_hash,
        receipts_root: checkpoint.receipts_root,
        effects: checkpoint.effects.clone(),
        promised: Vec::new(),
    };
    let block = NewBlock {
        number: checkpoint.block,
        record: record.encode(),
        ..NewBlock::default()
    };
    let version = Cell::new(None);
    let rows = watched(snapshot, &version, progress);
    let accept = |root| accept(&header, root, version.get());
    let store = Store::create_with(base, options, &block, rows, accept)?;
    store.close()?;
    tracing::info!(
        block = checkpoint.block,
        pairs = header.pairs,
        "installed a snapshot"
    );
    Ok(header)
}

/// Reads a snapshot to its end and computes its root: it is sound, whatever it is of.
///
/// # Errors
/// As [`install`].
pub fn verify<R: Read>(
    snapshot: SnapshotReader<R>,
    progress: impl FnMut(u32, u32),
) -> Result<Header, SnapshotError> {
    let header = snapshot.header().clone();
    let version = Cell::new(None);
    let root = root_over(watched(snapshot, &version, progress))?;
    accept(&header, root, version.get())?;
    Ok(header)
}

/// The pairs, with the version that the state belongs to as it comes along.
fn watched<'v, R: Read + 'v>(
    snapshot: SnapshotReader<R>,
    version: &'v Cell<Option<EngineVersion>>,
    mut progress: impl FnMut(u32, u32) + 'v,
) -> impl Iterator<Item = Result<Row, SnapshotError>> + 'v {
    let mut rows = snapshot.rows();
    let mut told = 0;
    std::iter::from_fn(move || {
        let row = rows.next();
        let (done, all) = rows.progress();
        if done > told {
            told = done;
            progress(done, all);
        }
        if let Some(Ok((_, value))) = row
            .as_ref()
            .filter(|row| matches!(row, Ok((key, _)) if key.as_slice() == VERSION_KEY))
        {
            let stored = Version::decode_all(&mut value.as_slice());
            version.set(stored.ok().map(chain_version));
        }
        row
    })
}

/// The state has the root and the version that the header names.
fn accept(
    header: &Header,
    found: StateRoot,
    version: Option<EngineVersion>,
) -> Result<(), SnapshotError> {
    let expected = header.checkpoint.root;
    if found != expected {
        return Err(SnapshotError::Root {
            expected: format!("{expected:?}"),
            found: format!("{found:?}"),
        });
    }
    let expected = header.checkpoint.engine;
    if version != Some(expected) {
        return Err(SnapshotError::Engine {
            expected,
            found: version,
        });
    }
    Ok(())
}
