use crate::{
    compare::{About, OfferedSnapshot},
    export_file,
    header::Header,
    write::{Digest, CHUNK_HEAD_BYTES},
    SnapshotError, EXTENSION,
};
use fat_contracts_primitives::{BlockNumber, Hash};
use pink_worker_core::{store::Reader, Worker};
use std::{
    fs::{self, File},
    io::{BufReader, Read, Seek, SeekFrom},
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

/// How many snapshots are kept: the newest, and the one before, for who is fetching that.
pub const KEPT_FILES: usize = 2;

/// What a worker offers.
#[derive(Debug)]
pub struct Offer {
    pub(super) reader: Option<Reader>,
    genesis: Option<Hash>,
    /// The newest is the last.
    files: RwLock<Vec<Arc<Kept>>>,
}

/// A snapshot's file, which stays open: whatever becomes of its name, who fetches it gets it whole.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) file: Arc<File>,
    pub(super) length: u64,
    pub(super) etag: String,
    header: Header,
}

impl Offer {
    /// Offers what a store keeps of its blocks, if one is given, and no snapshot yet.
    pub fn new(reader: Option<Reader>, genesis: Option<Hash>) -> Self {
        Self {
            reader,
            genesis,
            files: RwLock::default(),
        }
    }

    /// Writes a worker's state at a block that the chain confirmed to a folder, and offers it. Files of
    /// older ones go, but for the last. Gives its header.
    ///
    /// # Errors
    /// As [`export_file`]. A file of that block that is there already is offered as it is.
    pub fn publish(
        &self,
        worker: &Worker,
        confirmed: BlockNumber,
        folder: &Path,
    ) -> Result<Header, SnapshotError> {
        let cant = || SnapshotError::io(format!("keep snapshots in {}", folder.display()));
        fs::create_dir_all(folder).map_err(cant())?;
        let path = folder.join(format!("{confirmed}.{EXTENSION}"));
        if !path.try_exists().map_err(cant())? {
            export_file(worker, self.genesis, Some(confirmed), &path)?;
        }
        let header = self.put(&path)?;
        let mut numbered = Vec::new();
        for entry in fs::read_dir(folder).map_err(cant())? {
            let name = entry.map_err(cant())?.file_name();
            let stem = name.to_str().and_then(|name| name.strip_suffix(EXTENSION));
            let number = stem.and_then(|stem| stem.strip_suffix('.')?.parse::<BlockNumber>().ok());
            numbered.extend(number.filter(|number| *number < confirmed));
        }
        numbered.sort_unstable_by(|a, b| b.cmp(a));
        for old in numbered.into_iter().skip(KEPT_FILES.saturating_sub(1)) {
            let old = folder.join(format!("{old}.{EXTENSION}"));
            if let Err(error) = fs::remove_file(&old) {
                tracing::warn!(file = %old.display(), %error, "an old snapshot isn't removed");
            }
        }
        Ok(header)
    }

    /// Offers a snapshot's file as the newest.
    ///
    /// # Errors
    /// It is no snapshot, or can't be read. Its chunks are looked at when it was written, and by who gets it.
    pub fn put(&self, path: &Path) -> Result<Header, SnapshotError> {
        let cant = SnapshotError::io(format!("read {}", path.display()));
        let file = File::open(path).map_err(cant)?;
        let (header, digest, length) = look(&file)?;
        let kept = Kept {
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
    pub(super) fn file(&self, etag: Option<&str>) -> Option<Arc<Kept>> {
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
            Some(reader) => About::of(reader, self.genesis)?,
            None => About::default(),
        };
        about.genesis = self.genesis.map(Into::into);
        if let (None, Some(kept)) = (about.cluster, self.file(None)) {
            about.cluster = Some(kept.header.cluster);
        }
        about.snapshot = snapshot;
        Ok(about)
    }
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
