//! A state that a later version wrote: some record has a field that 2.0 doesn't know. Whoever comes
//! upon it says at which key, and nothing is changed.

mod common;

use common::{puppet::Script, *};
use parity_scale_codec::{Compact, Encode};
use pink_engine_deposit::{DepositEngine, Form, KINDS};
use pink_engine_sdk::{types::*, Changes, Engine, Fault, MemoryHost, Overlay, VERSION_KEY};
use std::collections::BTreeMap;

/// Code that only the rent era knew.
const OLD_CODE: Hash = [0x0d; 32];

/// A cluster that has a record of each kind, contracts of whose storage some waits for its deletion.
/// Returns a contract that is there.
fn everything() -> (Chain, AccountId) {
    let mut chain = Chain::new();
    let ended = chain.puppet(MINIMUM);
    let stored = chain.call(ended, &Script::new().set(b"key", 5).0);
    assert_eq!(stored.outcome, Outcome::Success);
    let end = chain.call(ended, &Script::new().terminate(BOB).0);
    assert_eq!(end.outcome, Outcome::Success);
    let puppet = chain.puppet(MINIMUM);
    let stored = chain.call(puppet, &Script::new().set(b"key", 5).0);
    assert_eq!(stored.outcome, Outcome::Success);
    // What a move leaves to the ends of blocks, as the rent era and the move write it.
    let prefab = (
        (Compact(1u32), Compact(1u32), Compact(1u32), Compact(1u64)),
        (10u32, 12u32, [3u8; 32]),
    );
    let walked = (Some(b"contract/".to_vec()), Some(b"prefab/".to_vec()));
    let mut state = chain.host.state.lock().unwrap();
    state.insert([&b"prefab/"[..], &OLD_CODE].concat(), prefab.encode());
    state.insert([&b"instrumented/"[..], &OLD_CODE].concat(), vec![0; 12]);
    state.insert(b"moving".to_vec(), walked.encode());
    drop(state);
    (chain, puppet)
}

/// What comes upon a record.
#[allow(clippy::large_enum_variant)] // There is a handful of them.
enum Reader {
    Message(Message),
    EndOfBlock,
    View,
}

/// Of a kind of records, the end of the key of one, and who reads it first.
fn reader(kind: &[u8], chain: &Chain, puppet: AccountId) -> (Vec<u8>, Reader) {
    let code_hash = chain.contract(puppet).expect("there").code_hash;
    let deposit = |dest| Message::Deposit(Deposit { dest, amount: 1 });
    let called = |script: Script| Message::Call(call(puppet, &script.0));
    let made = |hash| Message::Instantiate(instantiate(Code::Existing(hash), &[1]));
    let (rest, message): (&[u8], Message) = match kind {
        b"cluster" => (&[], deposit(BOB)),
        b"account/" => (&BOB, deposit(BOB)),
        b"contract/" => (&puppet, called(Script::new())),
        b"codeinfo/" => (&code_hash, called(Script::new())),
        b"nonce" => (&[], made(code_hash)),
        b"deletions" => (&[], called(Script::new().terminate(BOB))),
        b"prefab/" => (&OLD_CODE, made(OLD_CODE)),
        b"moving" => return (vec![], Reader::EndOfBlock),
        kind if kind == VERSION_KEY => return (vec![], Reader::View),
        // A new kind has a reader here: that it is refused has to be seen.
        other => panic!("no test of {}", String::from_utf8_lossy(other)),
    };
    (rest.to_vec(), Reader::Message(message))
}

/// What an engine that was just loaded makes of a state: a fault, or changes.
fn run(
    chain: &Chain,
    state: BTreeMap<Vec<u8>, Vec<u8>>,
    reader: &Reader,
) -> Result<Changes, Fault> {
    let host = MemoryHost::default();
    *host.state.lock().unwrap() = state;
    let engine = DepositEngine::<Tested>::new();
    let mut overlay = Overlay::new(&host);
    let env = Env {
        mode: Mode::Transaction,
        block: chain.block.clone(),
        seq: chain.seq,
    };
    match reader {
        Reader::Message(message) => drop(engine.execute(&mut overlay, &env, message.clone())),
        Reader::EndOfBlock => drop(engine.end_block(&mut overlay, &env.block)),
        Reader::View => drop(engine.cluster(&mut overlay)),
    }
    overlay.into_changes()
}

/// Whether a key is one of a kind.
fn is_of(key: &[u8], kind: &[u8]) -> bool {
    match key.strip_prefix(kind) {
        Some(rest) if kind.ends_with(b"/") => [8, 32].contains(&rest.len()),
        Some(rest) => rest.is_empty(),
        None => false,
    }
}

#[test]
fn a_record_with_a_field_of_a_later_version_is_named() {
    let (chain, puppet) = everything();
    let state = chain.state();
    for (kind, form) in KINDS {
        if *form == Form::Raw {
            continue;
        }
        let (rest, reader) = reader(kind, &chain, puppet);
        let key = [*kind, &rest].concat();
        let name = String::from_utf8_lossy(kind);
        let sound = run(&chain, state.clone(), &reader);
        assert!(sound.is_ok(), "{name}: {sound:?}");
        for field in [&[0][..], &[1], &[0; 4], &[0xff; 16]] {
            let mut later = state.clone();
            let record = later.get_mut(&key).unwrap_or_else(|| panic!("no {name}"));
            record.extend(field);
            match run(&chain, later, &reader) {
                Err(Fault::BrokenState { key: at, reason }) => {
                    assert_eq!(at, key, "{name}");
                    assert!(!reason.is_empty());
                }
                other => panic!("{name} with {field:?}: {other:?}"),
            }
        }
    }
}

/// The list of kinds is whole: a state has no key that isn't in it, but for contracts' storage, and of
/// each kind the state above has one.
#[test]
fn every_key_is_of_a_kind() {
    let (mut chain, _) = everything();
    let mut states = vec![chain.state()];
    assert_eq!(
        chain.send(Message::Destroy(Destroy {})).outcome,
        Outcome::Success
    );
    states.push(chain.state());
    let mut seen = BTreeMap::new();
    for key in states.iter().flat_map(BTreeMap::keys) {
        let kind = KINDS.iter().find(|(kind, _)| is_of(key, kind));
        // The prefix of a contract, and the hash before a key of variable length.
        let stored = key.len() >= 32 + 16;
        let name = String::from_utf8_lossy(key);
        assert!(kind.is_some() != stored, "{name} is of {kind:?}");
        *seen.entry(kind.map(|(kind, _)| *kind)).or_insert(0) += 1;
    }
    let missing = KINDS
        .iter()
        .filter(|(kind, _)| !seen.contains_key(&Some(*kind)));
    let missing: Vec<_> = missing
        .map(|(kind, _)| String::from_utf8_lossy(kind))
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}

/// Code has no fields, and yet is refused by its key if it isn't what was stored.
#[test]
fn code_that_was_not_stored_is_named() {
    let (chain, puppet) = everything();
    let code_hash = chain.contract(puppet).expect("there").code_hash;
    let key = [&b"code/"[..], &code_hash].concat();
    let mut later = chain.state();
    later.get_mut(&key).expect("code").push(0);
    let reader = Reader::Message(Message::Call(call(puppet, &[0])));
    let done = run(&chain, later, &reader);
    assert!(
        matches!(&done, Err(Fault::BrokenState { key: at, .. }) if *at == key),
        "{done:?}"
    );
}
