//! What the checksums under the store's file cost.

use crate::{report::Row, Setting};
use anyhow::ensure;
use pink_engine_benches::in_turns;
use pink_worker_core::store::{BlockBatch, ChangeSet, NewBlock, Store, StoreOptions};
use redb::backends::InMemoryBackend;
use sp_crypto_hashing::blake2_256;

const KEYS: u32 = 100_000;
/// Keys that are read, and changed, in a turn.
const TURN: u32 = 1_000;

/// Reads that find nothing in the database's cache, over memory as a disk, so that nothing hides
/// what is added; the note has commits. What is cached never gets to the checksums.
pub(crate) fn checksums(setting: &Setting) -> anyhow::Result<Row> {
    let (cold, usual) = (options(0), StoreOptions::default());
    let pair = |options: StoreOptions| {
        let sealed = Store::with_backend(InMemoryBackend::new(), options)?;
        let bare = Store::open_in_memory_with(options)?;
        anyhow::Ok((filled(sealed)?, filled(bare)?))
    };
    let (sealed, bare) = pair(cold)?;
    let times = in_turns(setting.rounds, 1, || read(&sealed), || read(&bare))?;
    let (mut sealed, mut bare) = pair(usual)?;
    let (mut turn, mut other_turn) = (1, 1);
    let (ours, other) = in_turns(
        setting.rounds,
        1,
        || commit(&mut sealed, &mut turn),
        || commit(&mut bare, &mut other_turn),
    )?;
    let commits = Row::at_most("commits", 1.3, (ours, other));
    let note = format!("commits of as many keys {:.2}", commits.ratio);
    Ok(Row::at_most("checksums", 2.0, times).with_note(note))
}

fn options(cache_bytes: usize) -> StoreOptions {
    StoreOptions {
        cache_bytes,
        ..StoreOptions::default()
    }
}

fn key(number: u32) -> Vec<u8> {
    blake2_256(&number.to_le_bytes()).to_vec()
}

fn filled(mut store: Store) -> anyhow::Result<Store> {
    let mut state: Vec<_> = (0..KEYS).map(|it| (key(it), vec![7; 32])).collect();
    state.sort();
    let block = NewBlock {
        number: 1,
        ..NewBlock::default()
    };
    store.import(&block, state)?;
    Ok(store)
}

fn read(store: &Store) -> anyhow::Result<()> {
    let snapshot = store.snapshot()?;
    for number in 0..TURN {
        ensure!(
            snapshot.get(&key(number * (KEYS / TURN)))?.is_some(),
            "a key is missing"
        );
    }
    Ok(())
}

fn commit(store: &mut Store, turn: &mut u32) -> anyhow::Result<()> {
    *turn += 1;
    let changes: ChangeSet = (0..TURN)
        .map(|number| {
            (
                key(number * (KEYS / TURN)),
                Some(turn.to_le_bytes().to_vec()),
            )
        })
        .collect();
    let block = NewBlock {
        number: *turn,
        changes,
        ..NewBlock::default()
    };
    store.commit(&BlockBatch::from(block))?;
    Ok(())
}
