//! How often in a row the program was started with the same last block: whoever crashes at one block again and
//! again never gets further.

use fat_contracts_primitives::BlockNumber;
use pink_worker_core::draft::Draft;
use std::{fs, io, io::Write, path::Path};

/// The file in a base path: the last block and the count.
const FILE: &str = "starts";

/// Counts this start. That it can't be written down is said, and keeps nobody from starting.
pub(super) fn count(base: &Path, head: BlockNumber) -> u64 {
    let starts = match read(base) {
        Some((block, starts)) if block == head => starts.saturating_add(1),
        _ => 1,
    };
    if let Err(error) = write(base, head, starts) {
        tracing::warn!(%error, "the count of starts isn't kept");
    }
    if starts > 3 {
        tracing::warn!(
            block = head,
            starts,
            "started again with the same last block"
        );
    }
    starts
}

fn read(base: &Path) -> Option<(BlockNumber, u64)> {
    let text = fs::read_to_string(base.join(FILE)).ok()?;
    let (block, starts) = text.trim().split_once(' ')?;
    Some((block.parse().ok()?, starts.parse().ok()?))
}

fn write(base: &Path, head: BlockNumber, starts: u64) -> io::Result<()> {
    let path = base.join(FILE);
    let draft = Draft::new(base, FILE, 0o666)?;
    let mut file = draft.file()?;
    writeln!(file, "{head} {starts}")?;
    file.sync_all()?;
    draft.replace(&path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_at_one_block_are_counted_and_others_begin_anew() {
        let base = tempfile::tempdir().unwrap();
        assert_eq!(
            [7, 7, 7, 8, 8, 7].map(|head| count(base.path(), head)),
            [1, 2, 3, 1, 2, 1]
        );
        // What is no count is none.
        fs::write(base.path().join(FILE), "garbage").unwrap();
        assert_eq!(count(base.path(), 7), 1);
        let gone = base.path().join("gone");
        assert_eq!(count(&gone, 7), 1);
    }
}
