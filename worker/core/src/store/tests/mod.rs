//! Tests of the store as its users see it.

mod base_path;
mod crash;
mod damage;
mod history;
mod import;
mod proof;
mod prune;
mod root;
mod rows;

use super::*;
use fat_contracts_primitives::{BlockNumber, Seq, StateRoot};

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

/// A block that looks like a worker's, different for each number and the same in every run: new
/// keys, changed ones, removed ones, long and empty values, receipts and rows of the caller.
fn lively(number: BlockNumber) -> BlockBatch {
    let mut changes = ChangeSet::new();
    for i in 0..12_u32 {
        let pick = (number.wrapping_mul(2_654_435_761).wrapping_add(i * 40_503)) >> 7;
        let key = format!("key/{}", pick % 40).into_bytes();
        let value = match pick % 5 {
            0 => None,
            1 => Some(vec![]),
            2 => Some(vec![number as u8; 32]),
            3 => Some(vec![number as u8; 33]),
            _ => Some([pick.to_be_bytes(), number.to_be_bytes()].concat()),
        };
        changes.insert(key, value);
    }
    let note = number.to_be_bytes().to_vec();
    let row = |key: &[u8], value: Option<Vec<u8>>| ExtraRow {
        table: "chain".into(),
        key: key.to_vec(),
        value,
    };
    BlockBatch {
        blocks: vec![NewBlock {
            number,
            changes,
            receipts: (0..3)
                .map(|i| (u64::from(number) * 3 + i, note.clone()))
                .collect(),
            input: [b"input".as_slice(), &note].concat(),
            record: [b"record".as_slice(), &note].concat(),
        }],
        extra: vec![row(b"head", Some(note.clone())), row(&note, Some(vec![1]))],
    }
}

/// All that can be read of a store after its blocks, to compare two stores by.
#[derive(Debug, PartialEq, Eq)]
struct Everything {
    blocks: Vec<CommittedBlock>,
    state: Vec<(Vec<u8>, Vec<u8>)>,
    inputs: Vec<(BlockNumber, Vec<u8>)>,
    receipts: Vec<Vec<(Seq, Vec<u8>)>>,
    extra: Vec<(Vec<u8>, Vec<u8>)>,
}

fn everything(store: &Store) -> Everything {
    let blocks = store.last_blocks(usize::MAX).unwrap();
    let newest = blocks.last().map_or(0, |block| block.number);
    Everything {
        state: contents(&store.snapshot().unwrap()),
        inputs: store
            .inputs(0, newest)
            .unwrap()
            .map(Result::unwrap)
            .collect(),
        receipts: blocks
            .iter()
            .map(|block| store.receipts(block.number).unwrap())
            .collect(),
        extra: store.extra_range("chain", b"", usize::MAX).unwrap(),
        blocks,
    }
}
