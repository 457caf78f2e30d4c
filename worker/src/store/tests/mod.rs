//! Tests of the store as its users see it.

mod root;

use super::*;

/// A block with only changes.
fn block<'a>(
    number: BlockNumber,
    changes: impl IntoIterator<Item = (&'a [u8], Option<&'a [u8]>)>,
) -> BlockBatch {
    let own = |(key, value): (&[u8], Option<&[u8]>)| (key.to_vec(), value.map(<[u8]>::to_vec));
    NewBlock {
        number,
        changes: changes.into_iter().map(own).collect(),
        ..NewBlock::default()
    }
    .into()
}

/// Everything a snapshot holds.
fn contents(snapshot: &Snapshot) -> Vec<(Vec<u8>, Vec<u8>)> {
    let rows = snapshot.range(b"", None, usize::MAX).unwrap();
    rows.iter().map(|(k, v)| (k.to_vec(), v.to_vec())).collect()
}
