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
pub struct Draft(NamedTempFile);

impl Draft {
    /// Makes a draft of a file in a folder, with at most these permissions.
    ///
    /// # Errors
    /// The file system's.
    pub fn new(folder: &Path, name: &str, mode: u32) -> io::Result<Self> {
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
    ///
    /// # Errors
    /// The file system's.
    pub fn file(&self) -> io::Result<File> {
        self.0.as_file().try_clone()
    }

    /// Makes it durable, and gives it a name that nothing has yet.
    ///
    /// # Errors
    /// The file system's.
    pub fn name_new(self, path: &Path) -> io::Result<()> {
        self.0.as_file().sync_all()?;
        named(self.0.persist_noclobber(path), path)
    }

    /// Makes it durable, and puts it in the place of what has the name.
    ///
    /// # Errors
    /// The file system's.
    pub fn replace(self, path: &Path) -> io::Result<()> {
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
///
/// # Errors
/// The file system's.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string();
        let mut names: Vec<_> = entries.map(|entry| name(entry).unwrap()).collect();
        names.sort();
        names
    }

    fn write(folder: &Path, text: &str) -> Draft {
        let draft = Draft::new(folder, "a", 0o600).unwrap();
        draft.file().unwrap().write_all(text.as_bytes()).unwrap();
        draft
    }

    #[test]
    fn what_a_crash_left_is_swept_up_and_what_is_worked_on_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        // As earlier versions named them: in a container every process is number 1.
        for left in ["a.1.new", "a.x7Yz.new"] {
            fs::write(folder.join(left), "half").unwrap();
        }
        // Others' files.
        for others in ["a.new.key", "b.1.new", "aa.1.new"] {
            fs::write(folder.join(others), "").unwrap();
        }
        let (one, two) = (write(folder, "one"), write(folder, "two"));
        assert_eq!(names(folder).len(), 3 + 2);
        two.replace(&folder.join("a")).unwrap();
        assert_eq!(fs::read(folder.join("a")).unwrap(), b"two");
        let taken = write(folder, "three")
            .name_new(&folder.join("a"))
            .unwrap_err();
        assert_eq!(taken.kind(), io::ErrorKind::AlreadyExists);
        one.replace(&folder.join("a")).unwrap();
        assert_eq!(fs::read(folder.join("a")).unwrap(), b"one");
        drop(write(folder, "never"));
        assert_eq!(names(folder), ["a", "a.new.key", "aa.1.new", "b.1.new"]);
    }
}
