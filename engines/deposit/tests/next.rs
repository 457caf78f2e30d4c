//! Version 2.1 beside 2.0: what differs, what doesn't, and the move from one to the other.

mod common;

use common::{puppet::Script, *};
use pink_engine_deposit::{contract_address, Release, Rules};
use pink_engine_sdk::types::*;

/// The version that follows the one under test.
#[derive(Debug)]
struct V2_1;

impl Release for V2_1 {
    const RULES: Rules = Rules::V2_1;
}

/// The cluster of another chain, as an engine of another version finds it.
fn copy<R: Release, S: Release>(of: &Chain<R>) -> Chain<S> {
    let mut copy = Chain::empty();
    *copy.host.state.lock().unwrap() = of.state();
    copy.host.system_codes = of.host.system_codes.clone();
    copy.block = of.block.clone();
    copy.seq = of.seq;
    copy
}

fn upgrade<R: Release>(chain: &mut Chain<R>, system_code: Option<Hash>) -> Receipt {
    let from = Version::new(2, 0);
    let receipt = chain.send(Message::Upgrade(Upgrade { from, system_code }));
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
    let to = Version::new(2, 1);
    assert_eq!(receipt.events.last(), Some(&Event::Upgraded { from, to }));
    receipt
}

/// A receipt without what the two versions count by rules of their own.
fn without_gas(receipt: &Receipt) -> Receipt {
    assert!(receipt.gas_consumed.ref_time > 0);
    Receipt {
        gas_consumed: Weight::default(),
        gas_required: Weight::default(),
        fee: 0,
        refund: 0,
        ..receipt.clone()
    }
}

/// `count` topics, as an event has them.
fn topics(count: u8) -> Vec<u8> {
    let mut bytes = vec![count << 2];
    for topic in 0..count {
        bytes.extend([topic; 32]);
    }
    bytes
}

#[test]
fn events_have_more_topics_and_cost_the_same() {
    let mut old = Chain::new();
    let puppet = old.puppet(0);
    let mut new: Chain<V2_1> = copy(&old);
    upgrade(&mut new, None);
    new.seq = old.seq;
    for (count, in_old, in_new) in [
        (4, true, true),
        (5, false, true),
        (8, false, true),
        (9, false, false),
    ] {
        let script = Script::new().event(&topics(count), b"data").0;
        let (before, after) = (old.query(puppet, &script), new.query(puppet, &script));
        for (receipt, allowed) in [(&before, in_old), (&after, in_new)] {
            if allowed {
                assert_eq!(receipt.outcome, Outcome::Success, "{count}");
            } else {
                assert_eq!(error(receipt), "TooManyTopics", "{count}");
            }
        }
        if in_old {
            assert_eq!(without_gas(&before), without_gas(&after));
        }
    }
    // By the table: one more topic is one more price, and nothing else.
    let cost = |chain: &mut Chain<V2_1>, count| {
        let receipt = chain.query(puppet, &Script::new().event(&topics(count), b"").0);
        receipt.gas_consumed.ref_time
    };
    // The puppet's script is 32 bytes longer, for which the message, its input and the copy pay.
    let steps: Vec<_> = (4..8)
        .map(|count| cost(&mut new, count + 1) - cost(&mut new, count))
        .collect();
    assert!(steps
        .iter()
        .all(|step| *step >= RULES.host.event_topic.ref_time));
    assert_eq!(steps.iter().max(), steps.iter().min(), "{steps:?}");
}

/// Contracts, money, holds, locked code, code of others, what waits for its deletion: all bytes of
/// it are as they were, but for the version.
#[test]
fn a_cluster_moves_with_all_that_it_has() {
    let mut old = Chain::new();
    // Gas costs nothing here: the two count it by other rules, and all else has to be the same.
    old.send(Message::UpdatePrices(UpdatePrices {
        gas_price: 0,
        deposit_per_item: PER_ITEM,
        deposit_per_byte: PER_BYTE,
    }));
    let puppet = old.puppet(5_000_000);
    let other = old.puppet(0);
    let ended = old.puppet(0);
    let locked = old.code(&artefact("flipper"));
    for script in [
        Script::new().set(b"a", 100).set(b"b", 200),
        Script::new().lock(locked),
    ] {
        assert_eq!(old.call(puppet, &script.0).outcome, Outcome::Success);
    }
    let script = Script::new().set(b"c", 7);
    assert_eq!(old.call(ended, &script.0).outcome, Outcome::Success);
    let end = Script::new().terminate(BOB);
    assert_eq!(old.call(ended, &end.0).outcome, Outcome::Success);
    assert!(old.held(puppet) > 0);

    let mut new: Chain<V2_1> = copy(&old);
    upgrade(&mut new, None);
    let (mut before, mut after) = (old.state(), new.state());
    let version = pink_engine_sdk::VERSION_KEY;
    assert_eq!(before.remove(version), Some(vec![2, 0, 0, 0, 0, 0, 0, 0]));
    assert_eq!(after.remove(version), Some(vec![2, 0, 0, 0, 1, 0, 0, 0]));
    assert_eq!(before, after);

    // From here on both do the same, but for what they count.
    new.seq = old.seq;
    let steps = [
        (puppet, Script::new().clear(b"a").set(b"b", 300)),
        (puppet, Script::new().unlock(locked)),
        (other, Script::new().set(b"d", 9)),
        (puppet, Script::new().terminate(BOB)),
    ];
    for (contract, script) in steps {
        let receipt = old.call(contract, &script.0);
        assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
        let after = new.call(contract, &script.0);
        assert_eq!(without_gas(&after), without_gas(&receipt));
    }
    assert_eq!(old.end_block(), new.end_block());
    let (mut before, mut after) = (old.state(), new.state());
    before.remove(version);
    after.remove(version);
    assert_eq!(before, after);
    assert_eq!((new.held(puppet), new.free(puppet)), (0, 0));
}

/// A system contract with something in it, and the hash of its code.
fn with_flipper() -> (Chain, AccountId, Hash) {
    let mut chain = Chain::empty();
    let code = artefact("flipper");
    let hash = blake2_256(&code);
    chain.host.system_codes.insert(hash, code);
    let mut setup = chain.setup_message();
    setup.system_code = Some(hash);
    let receipt = chain.send(Message::Setup(setup));
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
    let system = receipt.address.unwrap();
    let flipped = chain.call(system, &message("flip", ()));
    assert_eq!(flipped.outcome, Outcome::Success, "{flipped:?}");
    (chain, system, hash)
}

fn system_of<R: Release>(chain: &Chain<R>) -> Option<AccountId> {
    let view = chain.view(|engine, state| {
        use pink_engine_sdk::Engine;
        engine.cluster(state)
    });
    view.unwrap().system_contract
}

/// The chain names the same system code as before: the contract stays, and what is in it.
#[test]
fn a_system_contract_of_the_same_code_is_kept() {
    let (old, system, hash) = with_flipper();
    let mut new: Chain<V2_1> = copy(&old);
    let receipt = upgrade(&mut new, Some(hash));
    assert_eq!(receipt.events.len(), 1, "nothing is deployed");
    assert_eq!(receipt.address, Some(system));
    assert_eq!(system_of(&new), Some(system));
    assert_eq!(new.query(system, &message("get", ())).output, [0, 1]);
}

/// Another code: a contract of its own, and the one before stays as any other.
#[test]
fn a_system_contract_of_other_code_is_deployed() {
    let (mut old, system, hash) = with_flipper();
    let code = [artefact("flipper"), vec![0, 2, 1, b'x']].concat();
    let newer = blake2_256(&code);
    old.host.system_codes.insert(newer, code);
    let mut new: Chain<V2_1> = copy(&old);
    let receipt = upgrade(&mut new, Some(newer));
    let deployed = contract_address(&ALICE, &newer, &[0; 32], b"pink:system");
    assert_eq!(receipt.address, Some(deployed));
    assert_eq!(system_of(&new), Some(deployed));
    assert_eq!(new.query(deployed, &message("get", ())).output, [0, 0]);
    assert_eq!(new.query(system, &message("get", ())).output, [0, 1]);

    // Another move names the first code again: the contract at its address is taken up again.
    let mut back: Chain<V2_1> = copy(&new);
    let version = pink_engine_sdk::VERSION_KEY.to_vec();
    back.host
        .state
        .lock()
        .unwrap()
        .insert(version, vec![2, 0, 0, 0, 0, 0, 0, 0]);
    let receipt = upgrade(&mut back, Some(hash));
    assert_eq!(receipt.address, Some(system));
    assert_eq!(system_of(&back), Some(system));
}

/// What 2.1 changes is in its table, and 2.0's table hasn't changed for it.
#[test]
fn a_version_has_a_table_of_its_own() {
    assert_ne!(Rules::V2_0.hash(), Rules::V2_1.hash());
    let pinned = include_str!("../src/versions/v2_0/rules.hash");
    let hash: String = Rules::V2_0
        .hash()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(hash, pinned.trim());
}

/// A move says from which version, and the state has to be of it: what else it is isn't known.
#[test]
fn a_state_of_another_version_than_the_chain_says_is_refused_by_name() {
    let (old, _, hash) = with_flipper();
    let version = pink_engine_sdk::VERSION_KEY;
    for (bytes, error, words) in [
        (Some(vec![2, 0, 0, 0, 2, 0, 0, 0]), "OtherVersion", "2.2"),
        (Some(vec![1, 0, 0, 0, 1, 0, 0, 0]), "OtherVersion", "1.1"),
        (None, "NoCluster", "no cluster"),
    ] {
        let mut new: Chain<V2_1> = copy(&old);
        let mut state = new.host.state.lock().unwrap();
        match bytes {
            Some(bytes) => state.insert(version.to_vec(), bytes),
            None => state.remove(version),
        };
        drop(state);
        let before = new.state();
        let receipt = new.send(Message::Upgrade(Upgrade {
            from: Version::new(2, 0),
            system_code: Some(hash),
        }));
        let Outcome::Rejected(failure) = &receipt.outcome else {
            panic!("{receipt:?}");
        };
        assert_eq!(failure.error, error);
        assert!(failure.detail.contains(words), "{failure:?}");
        assert_eq!(receipt.effects, [Effect::UpgradeFailed]);
        assert_eq!(new.state(), before);
    }
}
