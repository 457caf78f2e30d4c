use crate::{
    compare::{About, OfferedSnapshot},
    export::{export_file, Exported, Prepared},
    header::Header,
    write::{Digest, CHUNK_HEAD_BYTES},
    SnapshotError, EXTENSION,
};
use fat_contracts_primitives::{BlockNumber, Hash};
use pink_worker_core::{store::Reader, Worker};
use std::{
    fs::{self, File},
    io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::{Arc, OnceLock, PoisonError, RwLock},
};

/// How many snapshots are kept: the newest, and the one before, for who is fetching that.
pub const KEPT_FILES: usize = 2;

/// What a worker offers.
#[derive(Debug)]
pub struct Offer {
    pub(super) reader: Option<Reader>,
    genesis: OnceLock<Hash>,
    /// The newest is the last.
    files: RwLock<Vec<Arc<OfferedFile>>>,
}

/// A snapshot's file, which stays open: whatever becomes of its name, who fetches it gets it whole.
#[derive(Debug)]
pub(super) struct OfferedFile {
    pub(super) file: Arc<File>,
    pub(super) length: u64,
    pub(super) etag: String,
    header: Header,
}

impl Offer {
    /// Offers what a store keeps of its blocks, if one is given, and no snapshot yet.
    pub fn new(reader: Option<Reader>, genesis: Option<Hash>) -> Self {
        let offer = Self {
            reader,
            genesis: OnceLock::new(),
            files: RwLock::default(),
        };
        if let Some(genesis) = genesis {
            offer.know_genesis(genesis);
        }
        offer
    }

    /// Names the chain from now on, if nobody did.
    pub fn know_genesis(&self, genesis: Hash) {
        self.genesis.get_or_init(|| genesis);
    }

    /// The hash of the chain's genesis block, if it is known.
    pub fn genesis(&self) -> Option<Hash> {
        self.genesis.get().copied()
    }

    /// Writes a worker's state at a block that the chain confirmed to a folder, and offers it. Files of
    /// older ones go, but for the last. Returns its header.
    ///
    /// # Errors
    /// As [`export_file`]. A file of that block that is there already is offered as it is.
    pub fn publish(
        &self,
        worker: &Worker,
        confirmed: BlockNumber,
        folder: &Path,
    ) -> Result<Header, SnapshotError> {
        self.publish_file(confirmed, folder, |path| {
            export_file(worker, self.genesis(), Some(confirmed), path)
        })
    }

    /// The same of a state that was prepared, while its worker goes on. `stopped` is asked before each pair.
    ///
    /// # Errors
    /// As [`publish`](Self::publish); [`SnapshotError::Stopped`].
    pub fn publish_prepared(
        &self,
        prepared: &Prepared,
        folder: &Path,
        stopped: &dyn Fn() -> bool,
    ) -> Result<Header, SnapshotError> {
        self.publish_file(prepared.checkpoint().block, folder, |path| {
            prepared.write_file(self.genesis(), path, stopped)
        })
    }

    fn publish_file(
        &self,
        confirmed: BlockNumber,
        folder: &Path,
        export: impl FnOnce(&Path) -> Result<Exported, SnapshotError>,
    ) -> Result<Header, SnapshotError> {
        let cant = || SnapshotError::io(format!("keep snapshots in {}", folder.display()));
        fs::create_dir_all(folder).map_err(cant())?;
        let path = file_of(folder, confirmed);
        if !path.try_exists().map_err(cant())? {
            export(&path)?;
        }
        let header = self.put(&path)?;
        let older = blocks_in(folder).map_err(cant())?.into_iter();
        let older = older.filter(|number| *number < confirmed);
        for old in older.skip(KEPT_FILES.saturating_sub(1)) {
            let old = file_of(folder, old);
            if let Err(error) = fs::remove_file(&old) {
                tracing::warn!(file = %old.display(), %error, "an old snapshot isn't removed");
            }
        }
        Ok(header)
    }

    /// Offers the newest file that an earlier run published to a folder, if there is one. Returns its header.
    ///
    /// # Errors
    /// It can't be read, or is no snapshot.
    pub fn put_newest(&self, folder: &Path) -> Result<Option<Header>, SnapshotError> {
        let newest = match blocks_in(folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => {
                let doing = format!("read {}", folder.display());
                return Err(SnapshotError::io(doing)(error));
            }
            Ok(blocks) => blocks.first().copied(),
        };
        let header = newest.map(|block| self.put(&file_of(folder, block)));
        header.transpose()
    }

    /// Offers a snapshot's file as the newest.
    ///
    /// # Errors
    /// It is no snapshot, or can't be read. Its chunks are looked at when it was written, and by who gets it.
    pub fn put(&self, path: &Path) -> Result<Header, SnapshotError> {
        let cant = SnapshotError::io(format!("read {}", path.display()));
        let file = File::open(path).map_err(cant)?;
        let (header, digest, length) = look(&file)?;
        let kept = OfferedFile {
            file: Arc::new(file),
            length,
            etag: format!("\"{}\"", hex::encode(digest)),
            header: header.clone(),
        };
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        files.retain(|it| it.etag != kept.etag);
        files.push(Arc::new(kept));
        let superfluous = files.len().saturating_sub(KEPT_FILES);
        files.drain(..superfluous);
        Ok(header)
    }

    /// The file with this tag, or the newest.
    pub(super) fn file(&self, etag: Option<&str>) -> Option<Arc<OfferedFile>> {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        let tagged = etag.and_then(|etag| files.iter().find(|it| it.etag == etag));
        tagged.or_else(|| files.last()).cloned()
    }

    /// What is offered.
    pub(super) fn about(&self) -> Result<About, SnapshotError> {
        let snapshot = self.file(None).map(|kept| OfferedSnapshot {
            block: kept.header.checkpoint.block,
            root: kept.header.checkpoint.root.into(),
            length: kept.length,
            etag: kept.etag.clone(),
        });
        let mut about = match &self.reader {
            Some(reader) => About::of(reader, self.genesis())?,
            None => About::default(),
        };
        about.genesis = self.genesis().map(Into::into);
        if let (None, Some(kept)) = (about.cluster, self.file(None)) {
            about.cluster = Some(kept.header.cluster);
        }
        about.snapshot = snapshot;
        Ok(about)
    }
}

fn file_of(folder: &Path, block: BlockNumber) -> PathBuf {
    folder.join(format!("{block}.{EXTENSION}"))
}

/// The blocks of the files in a folder, the newest first.
fn blocks_in(folder: &Path) -> io::Result<Vec<BlockNumber>> {
    let mut blocks = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let stem = name.to_str().and_then(|name| name.strip_suffix(EXTENSION));
        blocks.extend(stem.and_then(|stem| stem.strip_suffix('.')?.parse::<BlockNumber>().ok()));
    }
    blocks.sort_unstable_by(|a, b| b.cmp(a));
    Ok(blocks)
}

/// A file's header, what tells it from others, and its length.
fn look(file: &File) -> Result<(Header, Digest, u64), SnapshotError> {
    let cant = || SnapshotError::io("read the snapshot");
    let length = file.metadata().map_err(cant())?.len();
    let mut from = BufReader::new(file);
    let (header, _) = Header::read(&mut from)?;
    let mut known = header.framed();
    for chunk in 0..header.chunks {
        let mut head = [0; CHUNK_HEAD_BYTES];
        let read = from.read_exact(&mut head);
        read.map_err(|_| crate::header::cut(format!("chunk {chunk}")))?;
        known.extend(head);
        let packed = head.first_chunk().map_or(0, |it| u32::from_le_bytes(*it));
        from.seek_relative(packed.into()).map_err(cant())?;
    }
    if from.stream_position().map_err(cant())? != length {
        return Err(crate::header::cut("its end"));
    }
    from.seek(SeekFrom::Start(0)).map_err(cant())?;
    Ok((header, sp_crypto_hashing::blake2_256(&known).into(), length))
}
