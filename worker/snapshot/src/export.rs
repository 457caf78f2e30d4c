use crate::{write, Digest, Header, SnapshotError};
use fat_contracts_primitives::{BlockNumber, Hash};
use pink_worker_core::{draft::Draft, exec::VERSION_KEY, Worker, WorkerError};
use std::{
    ffi::OsStr,
    io::{self, BufWriter, Seek, Write},
    path::Path,
};

/// A snapshot that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Its header.
    pub header: Header,
    /// What tells it from other files.
    pub digest: Digest,
    /// The file's length in bytes.
    pub length: u64,
}

/// Writes a worker's state after a block, or after its last one. It may be any block whose state is kept:
/// an older one is read through the undo records, which takes memory for what changed since.
///
/// # Errors
/// There is no such block, its state is gone, it rests on what isn't delivered yet, or the state isn't what
/// its root says; or the store fails, or nothing can be written.
pub fn export<W: Write + Seek>(
    worker: &Worker,
    genesis: Option<Hash>,
    block: Option<BlockNumber>,
    mut out: W,
) -> Result<Exported, SnapshotError> {
    let (head, _, _) = worker.head()?.ok_or(WorkerError::Empty)?;
    let block = block.unwrap_or(head);
    let snapshot = worker.store().snapshot_at(block)?;
    if snapshot.get(VERSION_KEY)?.is_none() {
        return Err(SnapshotError::NotSetUp { block });
    }
    let record = worker.record(block)?.ok_or(WorkerError::Empty)?;
    let checkpoint = worker.kept_checkpoint(block)?;
    let checkpoint = checkpoint.ok_or(SnapshotError::Unsaid { block })?;
    let pairs = snapshot.iter(&[], None)?;
    let pairs = pairs.map(|pair| pair.map(|(key, value)| (key.to_vec(), value.to_vec())));
    let start = out.stream_position().map_err(cant)?;
    let (header, digest) = write(genesis, record.cluster, checkpoint, pairs, &mut out)?;
    let end = out.stream_position().map_err(cant)?;
    tracing::info!(block, pairs = header.pairs, "wrote a snapshot");
    Ok(Exported {
        header,
        digest,
        length: end.saturating_sub(start),
    })
}

fn cant(error: io::Error) -> SnapshotError {
    SnapshotError::io("write the snapshot")(error)
}

/// The same into a file that isn't there yet, which is whole or not there at all.
///
/// # Errors
/// As [`export`], or the file is there.
pub fn export_file(
    worker: &Worker,
    genesis: Option<Hash>,
    block: Option<BlockNumber>,
    path: &Path,
) -> Result<Exported, SnapshotError> {
    let cant = || SnapshotError::io(format!("write {}", path.display()));
    let name = path.file_name().and_then(OsStr::to_str);
    let name = name.ok_or_else(|| cant()(io::ErrorKind::InvalidFilename.into()))?;
    if path.try_exists().map_err(cant())? {
        return Err(cant()(io::ErrorKind::AlreadyExists.into()));
    }
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let draft = Draft::new(folder.unwrap_or(Path::new(".")), name, 0o666).map_err(cant())?;
    let file = draft.file().map_err(cant())?;
    let exported = export(worker, genesis, block, BufWriter::new(file))?;
    draft.name_new(path).map_err(cant())?;
    Ok(exported)
}
