use crate::{
    header::tuple_hash,
    write::{write_rows, Digest},
    Header, SnapshotError,
};
use fat_contracts_primitives::{BlockNumber, Checkpoint, ClusterId, Hash};
use pink_worker_core::{
    draft::Draft,
    exec::VERSION_KEY,
    store::{Reader, Snapshot},
    Worker, WorkerError,
};
use std::{
    ffi::OsStr,
    fs::File,
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

/// A worker's state after a block that is to be written while the worker goes on, by any thread.
#[derive(Clone, Debug)]
pub struct Prepared {
    reader: Reader,
    cluster: ClusterId,
    checkpoint: Checkpoint,
}

impl Prepared {
    /// Of a block whose state is kept, and rests on nothing that isn't delivered. Reads the block's record alone.
    ///
    /// # Errors
    /// There is no such block, it can't be handed on yet, or the store fails.
    pub fn new(worker: &Worker, block: BlockNumber) -> Result<Self, SnapshotError> {
        let record = worker.record(block)?.ok_or(WorkerError::Empty)?;
        let checkpoint = worker.kept_checkpoint(block)?;
        Ok(Self {
            reader: worker.store().reader().clone(),
            cluster: record.cluster,
            checkpoint: checkpoint.ok_or(SnapshotError::Unsaid { block })?,
        })
    }

    /// What the worker says of the state.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The hash of it, by which a chain knows it.
    pub fn tuple_hash(&self) -> Hash {
        tuple_hash(&self.checkpoint)
    }

    /// Writes it into a file that isn't there yet, which is whole or not there at all. `stopped` is asked before
    /// each pair.
    ///
    /// # Errors
    /// As [`export_file`]; [`SnapshotError::Stopped`].
    pub fn write_file(
        &self,
        genesis: Option<Hash>,
        path: &Path,
        stopped: &dyn Fn() -> bool,
    ) -> Result<Exported, SnapshotError> {
        let state = state_after(&self.reader, self.checkpoint.block)?;
        to_file(path, |out| self.write(&state, genesis, stopped, out))
    }

    fn write<W: Write + Seek>(
        &self,
        state: &Snapshot,
        genesis: Option<Hash>,
        stopped: &dyn Fn() -> bool,
        mut out: W,
    ) -> Result<Exported, SnapshotError> {
        let pairs = state.iter(&[], None)?.map(|pair| {
            if stopped() {
                Err(SnapshotError::Stopped)
            } else {
                let (key, value) = pair?;
                Ok((key.to_vec(), value.to_vec()))
            }
        });
        let start = out.stream_position().map_err(cant)?;
        let checkpoint = self.checkpoint.clone();
        let (header, digest) = write_rows(genesis, self.cluster, checkpoint, pairs, &mut out)?;
        let end = out.stream_position().map_err(cant)?;
        let block = self.checkpoint.block;
        tracing::info!(block, pairs = header.pairs, "wrote a snapshot");
        Ok(Exported {
            header,
            digest,
            length: end.saturating_sub(start),
        })
    }
}

/// The state after a block after which there is one. An older one is read through the undo records.
fn state_after(reader: &Reader, block: BlockNumber) -> Result<Snapshot, SnapshotError> {
    let state = reader.snapshot_at(block)?;
    match state.get(VERSION_KEY)? {
        Some(_) => Ok(state),
        None => Err(SnapshotError::NotSetUp { block }),
    }
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
    out: W,
) -> Result<Exported, SnapshotError> {
    let (head, _, _) = worker.head()?.ok_or(WorkerError::Empty)?;
    let block = block.unwrap_or(head);
    let state = state_after(worker.store(), block)?;
    let prepared = Prepared::new(worker, block)?;
    prepared.write(&state, genesis, &|| false, out)
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
    to_file(path, |out| export(worker, genesis, block, out))
}

/// Writes a file that gets its name when it is whole.
fn to_file(
    path: &Path,
    write: impl FnOnce(BufWriter<&File>) -> Result<Exported, SnapshotError>,
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
    let exported = write(BufWriter::new(&file))?;
    draft.name_new(path).map_err(cant())?;
    Ok(exported)
}
