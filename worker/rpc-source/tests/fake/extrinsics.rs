//! Which extrinsic queued a message, as the chain's queue has it.

use crate::{harness::*, support::fake::key};
use parity_scale_codec::{DecodeAll, Encode};
use pink_worker_core::source::Cursor;
use sp_crypto_hashing::twox_64;

/// Where the chain keeps a message of cluster 1.
fn place(seq: u64) -> Vec<u8> {
    let hashed = |id: u64| [&twox_64(&id.encode())[..], &id.encode()].concat();
    [key("FatContracts", "Messages"), hashed(1), hashed(seq)].concat()
}

/// A message that was queued before the chain kept the index ends ahead of it; those behind it have theirs.
#[test]
fn messages_of_before_and_after_are_read() {
    let harness = Harness::begin();
    let fake = &harness.fake;
    fake.block(vec![deposit("//Bob"), deposit("//Charlie")]);
    fake.with(|state| {
        let mut pairs = state.mock.export().into_iter();
        let (key, value) = pairs.find(|(key, _)| *key == place(1)).expect("queued");
        let mut entry = Vec::<u8>::decode_all(&mut &value[..]).expect("bytes");
        // By hand: it is the first extrinsic behind the block's time.
        assert!(entry.ends_with(&[1, 1, 0, 0, 0]));
        entry.truncate(entry.len() - 5);
        state.extra.insert(key, entry.encode());
    });
    fake.block(vec![call(vec![1])]);
    let read = blocks(&harness.source(), Cursor::default(), 100).expect("an honest node");
    let of = |number| {
        let block = read.iter().find(|it| it.number == number).expect("read");
        let seqs: Vec<_> = block.messages.iter().map(|(seq, _)| *seq).collect();
        (seqs, block.extrinsics.clone())
    };
    assert_eq!(of(4), (vec![1, 2], vec![(2, 2)]));
    assert_eq!(of(5), (vec![3], vec![(3, 1)]));
}
