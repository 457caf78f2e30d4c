//! Room on the disk: a run from nothing takes some gigabytes, and a compiler that has none left says so in words that
//! name everything but the disk.

use crate::process;
use std::{fmt, path::Path, process::Command};

/// What a run from nothing takes, measured: the node's folder is the largest, then the tests of all crates.
const NEEDED: Room = Room(20 << 20);

/// So many KiB.
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
    let said = process::said(Command::new("df").arg("-Pk").arg(root)).ok()?;
    read(&said.text)
}

/// The fourth column of the second line, as POSIX has it.
fn read(said: &str) -> Option<Room> {
    let free = said.lines().nth(1)?.split_whitespace().nth(3)?;
    free.parse().ok().map(Room)
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
    fn what_df_says_is_read() {
        let said = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda 100 60 1572864 60% /\n";
        assert_eq!(
            read(said).map(|room| room.to_string()).as_deref(),
            Some("1.5 GiB")
        );
        assert!(read("df: no file systems processed\n").is_none());
    }
}
