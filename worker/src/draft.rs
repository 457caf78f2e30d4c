//! Files that get their name when they are whole.
//!
//! A draft lies beside the file that it becomes. It goes away when it comes to nothing, and what a
//! crash left of one is swept up by the next: a draft's name is drawn, and as long as somebody works
//! on it, it is locked.

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use tempfile::{NamedTempFile, PersistError};

/// How often a draft is made anew, when somebody who sweeps took it before it was locked.
const ATTEMPTS: usize = 8;

/// A file without its name.
#[derive(Debug)]
pub(crate) struct Draft(NamedTempFile);

impl Draft {
    /// Makes a draft of a file in a folder, with at most these permissions.
    pub(crate) fn new(folder: &Path, name: &str, mode: u32) -> io::Result<Self> {
        sweep(folder, name)?;
        for _ in 0..ATTEMPTS {
            let made = tempfile::Builder::new()
                .prefix(&format!("{name}."))
                .suffix(".new")
                .permissions(Permissions::from_mode(mode))
                .tempfile_in(folder)?;
            // A file system without locks sweeps nothing, either.
            let _ = made.as_file().try_lock();
            let still_there = fs::metadata(made.path());
            if still_there.is_ok_and(|it| {
                made.as_file()
                    .metadata()
                    .is_ok_and(|own| own.ino() == it.ino())
            }) {
                return Ok(Self(made));
            }
        }
        Err(io::Error::other("somebody else takes every draft away"))
    }

    /// The file, to be written.
    pub(crate) fn file(&self) -> io::Result<File> {
        self.0.as_file().try_clone()
    }

    /// Makes it durable, and gives it a name that nothing has yet.
    pub(crate) fn name_new(self, path: &Path) -> io::Result<()> {
        self.0.as_file().sync_all()?;
        named(self.0.persist_noclobber(path), path)
    }

    /// Makes it durable, and puts it in the place of what has the name.
    pub(crate) fn replace(self, path: &Path) -> io::Result<()> {
        self.0.as_file().sync_all()?;
        named(self.0.persist(path), path)
    }
}

/// A name is durable when its folder is.
fn named(persisted: Result<File, PersistError>, path: &Path) -> io::Result<()> {
    persisted.map_err(|error| error.error)?;
    sync_folder_of(path)
}

/// Makes names in a file's folder durable.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Removes drafts of a file that nobody works on.
fn sweep(folder: &Path, name: &str) -> io::Result<()> {
    let is_draft = |found: &OsStr| {
        let rest = found.to_str().and_then(|found| found.strip_prefix(name));
        rest.is_some_and(|rest| rest.starts_with('.') && rest.ends_with(".new"))
    };
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !is_draft(&entry.file_name()) {
            continue;
        }
        let left = File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
        if left {
            tracing::info!(draft = %entry.path().display(), "removing what was left of a draft");
            // Whoever else swept it up was as right.
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}
