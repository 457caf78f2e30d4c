//! Undo records: what a block replaced, so that the state before it can be read or restored.
//!
//! One row for each block, so that writing one and pruning one is one operation however large the
//! block is. The row is a run of `key length (u32) ‖ key ‖ old value`, where the old value is
//! `u32::MAX` for none, or `length (u32) ‖ bytes`. Lengths are big-endian.

use super::types::ChangeSet;

const ABSENT: u32 = u32::MAX;

/// A block's undo record while the block is being applied.
#[derive(Debug, Default)]
pub(super) struct UndoRow(Vec<u8>);

impl UndoRow {
    /// Notes what a key had before; keys and values are shorter than 4 GiB, as commits check.
    pub(super) fn push(&mut self, key: &[u8], old: Option<&[u8]>) {
        self.0.extend_from_slice(&(key.len() as u32).to_be_bytes());
        self.0.extend_from_slice(key);
        match old {
            None => self.0.extend_from_slice(&ABSENT.to_be_bytes()),
            Some(old) => {
                self.0.extend_from_slice(&(old.len() as u32).to_be_bytes());
                self.0.extend_from_slice(old);
            }
        }
    }

    /// The row.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// What keys had before, in the order in which it was noted.
    pub(super) fn old_values(&self) -> impl Iterator<Item = Option<&[u8]>> {
        let mut row = self.0.as_slice();
        std::iter::from_fn(move || take_note(&mut row).map(|(_, old)| old))
    }
}

/// Merges a row into `into`; an older block's record goes over a newer one's, so rows are merged
/// from the newest block backwards. `false` when the bytes aren't a row.
pub(super) fn merge(mut row: &[u8], into: &mut ChangeSet) -> bool {
    while !row.is_empty() {
        let Some((key, old)) = take_note(&mut row) else {
            return false;
        };
        into.insert(key.to_vec(), old.map(<[u8]>::to_vec));
    }
    true
}

/// A key and what it had before.
fn take_note<'a>(row: &mut &'a [u8]) -> Option<(&'a [u8], Option<&'a [u8]>)> {
    let len = take_length(row)?;
    let key = take(row, len)?;
    match take_length(row)? {
        ABSENT => Some((key, None)),
        len => Some((key, Some(take(row, len)?))),
    }
}

fn take_length(row: &mut &[u8]) -> Option<u32> {
    let (len, rest) = row.split_first_chunk::<4>()?;
    *row = rest;
    Some(u32::from_be_bytes(*len))
}

fn take<'a>(row: &mut &'a [u8], len: u32) -> Option<&'a [u8]> {
    let (head, rest) = row.split_at_checked(usize::try_from(len).ok()?)?;
    *row = rest;
    Some(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_gives_back_what_was_noted_and_refuses_a_cut() {
        let mut row = UndoRow::default();
        row.push(b"gone", None);
        row.push(b"empty", Some(b""));
        row.push(b"", Some(b"value"));
        let noted: Vec<_> = row.old_values().collect();
        assert_eq!(noted, [None, Some(&b""[..]), Some(b"value")]);
        let mut read = ChangeSet::new();
        assert!(merge(row.bytes(), &mut read));
        let expected: ChangeSet = [
            (b"gone".to_vec(), None),
            (b"empty".to_vec(), Some(vec![])),
            (vec![], Some(b"value".to_vec())),
        ]
        .into();
        assert_eq!(read, expected);
        let whole = row.bytes().len();
        let cuts = (1..whole).filter(|cut| merge(&row.bytes()[..*cut], &mut ChangeSet::new()));
        // Only a cut between two notes is still a row.
        assert_eq!(cuts.count(), 2);
    }
}
