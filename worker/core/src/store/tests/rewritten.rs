//! Rows that are others than were written, under right checksums of both the file and the database: as a
//! faulty program would leave them. No seal finds that; what belongs together has to.

use super::*;
use crate::exec::{receipts_root, BlockRecord as Executed, MessageReceipt};
use crate::history::{check, CheckReport};
use crate::store::tables::{block_key, block_row, message_key};
use fat_contracts_primitives::{
    AccountId, ClusterBlock, ClusterMessage, EngineVersion, Hash, MessageHash,
};
use parity_scale_codec::Encode;
use pink_capi::types::Receipt;
use redb::ReadableTable;

const FIRST: BlockNumber = 5;
const LAST: BlockNumber = 8;

/// A deposit of the amount.
fn deposit(amount: u128) -> ClusterMessage {
    let (from, dest) = (AccountId::new([1; 32]), AccountId::new([2; 32]));
    ClusterMessage::Deposit { from, dest, amount }
}

fn receipt(seq: Seq) -> MessageReceipt {
    let (engine, receipt) = (EngineVersion::new(2, 0), Receipt::free());
    MessageReceipt {
        seq,
        engine,
        receipt,
    }
}

/// Input and record of a block with two messages, and what it gives.
fn executed(number: BlockNumber, before: MessageHash) -> (ClusterBlock, Executed, NewBlock) {
    let seq = u64::from(number - FIRST) * 2;
    let mut input = ClusterBlock {
        cluster: 1,
        number,
        now_ms: 1,
        entropy: Hash::zero(),
        upgrade_targets: Vec::new(),
        system_code: None,
        engines: Vec::new(),
        amendments: Vec::new(),
        amended_later: Vec::new(),
        messages: (seq..seq + 2).map(|seq| (seq, deposit(9))).collect(),
        message_hash: MessageHash::zero(),
        read_at: number,
        extrinsics: Vec::new(),
    };
    input.message_hash = input.fold(&before);
    let receipts = [receipt(seq), receipt(seq + 1)];
    let record = Executed {
        cluster: 1,
        engine: Some(EngineVersion::new(2, 0)),
        messages: 2,
        next_seq: seq + 2,
        message_hash: input.message_hash,
        receipts_root: receipts_root(&receipts),
        effects: Vec::new(),
        promised: Vec::new(),
    };
    let value = number.to_be_bytes().to_vec();
    let rows = [b"a".to_vec(), [b"key/", &value[..]].concat()];
    let block = NewBlock {
        number,
        changes: rows.map(|key| (key, Some(value.clone()))).into(),
        receipts: receipts.map(|it| (it.seq, it.canonical())).into(),
        input: input.encode(),
        record: record.encode(),
    };
    (input, record, block)
}

/// A store of four blocks; and the input and the record of block 7.
fn made() -> (tempfile::TempDir, ClusterBlock, Executed) {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::create(dir.path(), StoreOptions::default()).unwrap();
    let mut before = MessageHash::zero();
    let mut kept = None;
    for number in FIRST..=LAST {
        let (input, record, block) = executed(number, before);
        before = record.message_hash;
        store.commit(&block.into()).unwrap();
        if number == 7 {
            kept = Some((input, record));
        }
    }
    store.close().unwrap();
    let (input, record) = kept.unwrap();
    (dir, input, record)
}

/// One row of a table: another value, or none.
enum Row {
    State(&'static [u8], Option<&'static [u8]>),
    Undo(BlockNumber, &'static [u8]),
    Block(BlockNumber, Option<Executed>),
    Root(BlockNumber),
    Input(BlockNumber, Option<ClusterBlock>),
    /// The last bytes of an input, which have to be these, are cut off.
    InputEnd(BlockNumber, &'static [u8]),
    Receipt(BlockNumber, Seq, Option<Vec<u8>>),
}

/// Writes the rows as the store does, and says what a check finds.
fn rewritten(rows: impl FnOnce(ClusterBlock, Executed) -> Vec<Row>) -> CheckReport {
    let (dir, input, record) = made();
    let store = Store::open(dir.path(), StoreOptions::default()).unwrap();
    let txn = store.core().begin_write().unwrap();
    for row in rows(input, record) {
        match row {
            Row::State(key, value) => {
                let mut table = txn.open_table(tables::STATE).unwrap();
                match value {
                    Some(value) => drop(table.insert(key, value).unwrap()),
                    None => drop(table.remove(key).unwrap()),
                }
            }
            Row::Undo(block, value) => {
                let mut table = txn.open_table(tables::UNDO).unwrap();
                let row = table
                    .get(block_key(block))
                    .unwrap()
                    .unwrap()
                    .value()
                    .to_vec();
                let old = (block - 1).to_be_bytes();
                let at = row.windows(4).rposition(|bytes| bytes == old).unwrap();
                let row = [&row[..at], value, &row[at + 4..]].concat();
                drop(table.insert(block_key(block), &row[..]).unwrap());
            }
            Row::Block(block, record) => {
                let mut table = txn.open_table(tables::BLOCKS).unwrap();
                let root = store.block(block).unwrap().unwrap().root;
                match record {
                    Some(it) => {
                        let row = block_row(&root, &it.encode());
                        drop(table.insert(block_key(block), &row[..]).unwrap());
                    }
                    None => drop(table.remove(block_key(block)).unwrap()),
                }
            }
            Row::Root(block) => {
                let mut table = txn.open_table(tables::BLOCKS).unwrap();
                let record = store.block(block).unwrap().unwrap().record;
                let row = block_row(&StateRoot::repeat_byte(1), &record);
                drop(table.insert(block_key(block), &row[..]).unwrap());
            }
            Row::Input(block, input) => {
                let mut table = txn.open_table(tables::INPUTS).unwrap();
                match input {
                    Some(it) => {
                        let row = it.encode();
                        drop(table.insert(block_key(block), &row[..]).unwrap());
                    }
                    None => drop(table.remove(block_key(block)).unwrap()),
                }
            }
            Row::InputEnd(block, end) => {
                let row = store.input(block).unwrap().unwrap();
                let row = row.strip_suffix(end).unwrap();
                let mut table = txn.open_table(tables::INPUTS).unwrap();
                drop(table.insert(block_key(block), row).unwrap());
            }
            Row::Receipt(block, seq, receipt) => {
                let mut table = txn.open_table(tables::RECEIPTS).unwrap();
                let key = message_key(block, seq);
                match receipt {
                    Some(it) => drop(table.insert(key, &it[..]).unwrap()),
                    None => drop(table.remove(key).unwrap()),
                }
            }
        }
    }
    txn.commit().unwrap();
    store.close().unwrap();
    check(dir.path(), true, |_, _| {}).unwrap()
}

/// What is found is one thing, at this place and in these words.
#[track_caller]
fn found(report: &CheckReport, place: &str, words: &str) {
    let [damage] = &report.damaged[..] else {
        panic!("not one thing: {:?}", report.damaged);
    };
    assert_eq!(damage.place, place);
    assert!(damage.found.contains(words), "{}", damage.found);
}

#[test]
fn what_nobody_rewrote_is_sound() {
    let report = rewritten(|_, _| vec![]);
    assert_eq!(report.damaged, []);
    assert_eq!((report.blocks, report.computed_root), (4, report.root));
}

#[test]
fn a_receipt_that_was_rewritten_is_found() {
    let mut other = receipt(5);
    other.receipt.fee = 1;
    let other = other.canonical();
    let report = rewritten(|_, _| vec![Row::Receipt(7, 5, Some(other))]);
    found(&report, "block 7", "its receipts have the root");
    let report = rewritten(|_, _| vec![Row::Receipt(7, 5, Some(receipt(4).canonical()))]);
    found(&report, "block 7", "the receipt of 4 is at message 5");
    let report = rewritten(|_, _| vec![Row::Receipt(7, 5, Some(vec![1]))]);
    found(&report, "block 7", "its receipt can't be read");
    let report = rewritten(|_, _| vec![Row::Receipt(7, 5, None)]);
    found(&report, "block 7", "those of the messages [4]");
    let more = receipt(6).canonical();
    let report = rewritten(|_, _| vec![Row::Receipt(7, 6, Some(more))]);
    found(&report, "block 7", "those of the messages [4, 5, 6]");
    // Of a block that isn't there.
    let more = receipt(8).canonical();
    let report = rewritten(|_, _| vec![Row::Receipt(9, 8, Some(more))]);
    found(&report, "the receipts", "9 rows, not 8");
}

/// As an input was kept before it named extrinsics: it ends ahead of them, which are none here.
#[test]
fn an_input_that_is_older_than_its_extrinsics_is_sound() {
    let older = |_, _| {
        (FIRST..=LAST)
            .map(|block| Row::InputEnd(block, &[0]))
            .collect()
    };
    let report = rewritten(older);
    assert_eq!(report.damaged, []);
    assert_eq!(report.blocks, 4);
    // A byte more, and it is none.
    let report = rewritten(|_, _| vec![Row::InputEnd(7, &[0, 0])]);
    found(&report, "block 7", "its input can't be read");
}

#[test]
fn an_input_that_was_rewritten_is_found() {
    let report = rewritten(|mut input, _| {
        input.number = 6;
        vec![Row::Input(7, Some(input))]
    });
    found(&report, "block 7", "its input is that of block 6");
    let report = rewritten(|mut input, _| {
        input.message_hash = MessageHash::repeat_byte(1);
        vec![Row::Input(7, Some(input))]
    });
    found(&report, "block 7", "other message hashes");
    // The message alone, its hash being as it was.
    let report = rewritten(|mut input, _| {
        input.messages[1].1 = deposit(10);
        vec![Row::Input(7, Some(input))]
    });
    found(&report, "block 7", "isn't what its message hash is over");
    let report = rewritten(|mut input, _| {
        input.entropy = Hash::repeat_byte(1);
        vec![Row::Input(7, Some(input))]
    });
    found(&report, "block 7", "isn't what its message hash is over");
    let report = rewritten(|_, _| vec![Row::Input(7, None)]);
    found(&report, "block 7", "its input is missing");
    let report = rewritten(|input, _| vec![Row::Input(9, Some(input))]);
    found(&report, "the inputs", "5 rows, not 4");
}

#[test]
fn a_record_that_was_rewritten_is_found() {
    let report = rewritten(|_, mut record| {
        record.messages = 3;
        vec![Row::Block(7, Some(record))]
    });
    found(&report, "block 7", "has 2 messages, not 3");
    let report = rewritten(|_, mut record| {
        record.receipts_root = Hash::repeat_byte(1);
        vec![Row::Block(7, Some(record))]
    });
    found(&report, "block 7", "its receipts have the root");
    let report = rewritten(|_, mut record| {
        record.message_hash = MessageHash::repeat_byte(1);
        vec![Row::Block(7, Some(record))]
    });
    assert_eq!(report.damaged[0].place, "block 7");
    let report = rewritten(|_, _| vec![Row::Block(7, None)]);
    found(&report, "block 7", "its record is missing");
}

#[test]
fn a_state_that_was_rewritten_is_found() {
    let report = rewritten(|_, _| vec![Row::State(b"a", Some(b"other"))]);
    found(&report, "the state", "it has the root");
    assert!(report.computed_root.is_some() && report.computed_root != report.root);
    let report = rewritten(|_, _| vec![Row::State(b"a", None)]);
    found(&report, "the state", "it has the root");
    let report = rewritten(|_, _| vec![Row::State(b"b", Some(b""))]);
    found(&report, "the state", "it has the root");
    // An older state: what block 7 replaced of `a` was written by block 6.
    let report = rewritten(|_, _| vec![Row::Undo(7, &[0, 0, 0, 1])]);
    let places: Vec<_> = report.damaged.iter().map(|it| &it.place[..]).collect();
    assert_eq!(places, ["the state at block 6"], "{:?}", report.damaged);
    // A root that isn't its state's: the newest's, and an older one's.
    let report = rewritten(|_, _| vec![Row::Root(LAST)]);
    found(&report, "the state", "it has the root");
    let report = rewritten(|_, _| vec![Row::Root(6)]);
    found(&report, "the state at block 6", "undo records");
}
