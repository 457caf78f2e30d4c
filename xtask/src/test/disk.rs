//! Room on the disk: a run from nothing takes some gigabytes, and a compiler that has none left says so in words that
//! name everything but the disk.

use crate::process;
use std::{fmt, fs, path::Path, process::Command};

/// What a run from nothing takes, measured: the node's folder is the largest, then the tests of all crates.
const NEEDED: Room = Room(20 << 20);

/// With less than this, what no later step reads is removed. Else it stays, and the next run is quicker.
const TIGHT: Room = Room(12 << 20);

/// A size in KiB.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Room(u64);

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = self.0.saturating_mul(10) >> 20;
        write!(f, "{}.{} GiB", tenths / 10, tenths % 10)
    }
}

/// What is free where the checkout lies; nothing where `df` doesn't say.
pub(super) fn free(root: &Path) -> Option<Room> {
    let said = process::capture(Command::new("df").arg("-Pk").arg(root)).ok()?;
    read(&said.text)
}

/// The fourth column of the second line, as POSIX has it.
fn read(said: &str) -> Option<Room> {
    let free = said.lines().nth(1)?.split_whitespace().nth(3)?;
    free.parse().ok().map(Room)
}

/// Removes folders below `target`, if there is little room. That it can't is no reason to fail: the step that finds no room is.
pub(super) fn make_room(root: &Path, folders: &[&str]) {
    if free(root).is_some_and(|free| free < TIGHT) {
        remove(root, folders);
    }
}

fn remove(root: &Path, folders: &[&str]) {
    for folder in folders {
        let folder = root.join("target").join(folder);
        if folder.exists() {
            eprintln!("the disk is nearly full: {} goes", folder.display());
            if let Err(error) = fs::remove_dir_all(&folder) {
                eprintln!("warning: {}: {error}", folder.display());
            }
        }
    }
}

/// Says before the first step what may end a later one.
pub(super) fn warn(root: &Path) {
    match free(root) {
        Some(free) if free < NEEDED => eprintln!(
            "warning: {free} are free where {} lies, and a run from nothing takes {NEEDED}",
            root.display()
        ),
        Some(free) => eprintln!("{free} are free on the disk"),
        None => eprintln!("df doesn't say what is free on the disk"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_needed_goes_and_all_else_stays() {
        let root = tempfile::tempdir().expect("a folder");
        let target = root.path().join("target");
        for folder in ["node-build/debug", "node", "debug"] {
            fs::create_dir_all(target.join(folder)).expect("a folder");
        }
        remove(root.path(), &["node-build", "wasm"]);
        let left = |folder| target.join(folder).exists();
        assert_eq!(
            ["node-build", "wasm", "node", "debug"].map(left),
            [false, false, true, true]
        );
    }

    /// What a step leaves lies below `target`, and isn't where finished things lie.
    #[test]
    fn no_step_leaves_what_is_finished() {
        let kept = ["", "debug", "engines", "released", "node", "fixtures"];
        let leaves = super::super::steps::ALL.iter().flat_map(|step| step.leaves);
        for folder in leaves {
            assert!(!kept.contains(folder) && !folder.contains(".."), "{folder}");
        }
    }

    #[test]
    fn what_df_says_is_read() {
        let said = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda 100 60 1572864 60% /\n";
        assert_eq!(
            read(said).map(|room| room.to_string()).as_deref(),
            Some("1.5 GiB")
        );
        assert!(read("df: no file systems processed\n").is_none());
    }
}
