//! The same contracts on both sides, where the rules are narrow: order of checks, locks, exchanged
//! code, ends, limits, and what is seen of a contract while it changes.

use pink_deposit_upstream::marionette::{marionette, Strings};
use pink_deposit_upstream::puppet::{puppet, Script, ALLOW_REENTRY, READ_ONLY};
use pink_deposit_upstream::*;
use pink_engine_sdk::types::{AccountId, Determinism, Event, Hash, StorageDeposit};

fn script() -> Script {
    Script::new()
}

fn join(parts: &[&Script]) -> Script {
    Script(parts.iter().flat_map(|part| part.0.clone()).collect())
}

fn word(output: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(output[at..at + 4].try_into().expect("a word"))
}

/// A module that does nothing, of its own hash and length.
fn nothing(number: u32) -> Vec<u8> {
    let text = format!(
        r#"(module (import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call"))
           (func (drop (i32.const {number}))))"#
    );
    wat::parse_str(text).expect("a module")
}

const FLOATS: &str = r#"(module (import "env" "memory" (memory 1 1))
    (func (export "deploy")) (func (export "call") (drop (f32.const 1))))"#;

fn floats() -> Vec<u8> {
    wat::parse_str(FLOATS).expect("a module")
}

fn upload(code: &[u8], determinism: Determinism) -> Upload<'_> {
    Upload {
        origin: ALICE,
        code,
        limit: None,
        determinism,
    }
}

/// What is known of a contract's code while it is exchanged.
#[test]
fn exchanged_code_is_seen() {
    let mut both = Both::new();
    let hash = both.upload(&marionette());
    let a = both.make(&marionette(), 0, 1);
    let b = both.make(&marionette(), 0, 2);
    let other = both.upload(&puppet());
    let look = |who| script().own_code_hash().code_hash(who).contract_at(who);
    // At once, where the pallet tells the old one as long as the contract calls nobody.
    let now = script()
        .set_code_hash(other)
        .own_code_hash()
        .code_hash(a)
        .revert();
    let [ours, theirs] = both.differ(a, None, &now);
    let seen = |done: &MessageResult| -> [Hash; 2] {
        [4, 40].map(|at| done.output[at..at + 32].try_into().expect("a hash"))
    };
    assert_eq!(seen(&ours), [other, other]);
    assert_eq!(seen(&theirs), [other, hash]);
    // From the next call on, and for others.
    let peek = script().call(0, b, 0, look(a));
    both.run(
        a,
        &join(&[&script().set_code_hash(other).own_code_hash(), &peek]),
    );
}

/// The first frame's limit comes before what else is wrong with a constructor.
#[test]
fn an_ended_constructor_over_its_limit() {
    let mut both = Both::new();
    let hash = both.upload(&puppet());
    let end = script().terminate(BOB);
    for limit in [Some(0), Some(999), Some(1_000), None] {
        both.same(|side| {
            side.instantiate(&Instantiate {
                code: Source::Hash(hash),
                value: 0,
                input: &end.0,
                salt: &[],
                limit,
            })
        });
    }
    // By another contract it is the other way round.
    let a = both.puppet(10_000, 1);
    for limit in [None, Some(1), Some(22_200), Some(50_000)] {
        both.run(a, &script().instantiate(hash, 0, limit, end.clone(), b"x"));
    }
}

/// Users of code lock a part of its deposit; what they lock can't be removed.
#[test]
fn locks() {
    let mut both = Both::with_lockup();
    let a = both.puppet(50_000, 1);
    let b = both.puppet(50_000, 2);
    let hash = both.upload(&puppet());
    let [one, two, three] = [1, 2, 3].map(|number| both.upload(&nothing(number)));
    let remove = |both: &mut Both, who, hash| both.same(|side| side.remove_code(who, hash));
    let done = both.run(a, &script().lock(one).lock(two));
    assert!(matches!(done.deposit, StorageDeposit::Charge(amount) if amount > 0));
    assert_eq!(remove(&mut both, ALICE, one).outcome, "CodeInUse");
    assert_eq!(remove(&mut both, BOB, one).outcome, "CodeInUse");
    assert_eq!(remove(&mut both, BOB, three).outcome, "BadOrigin");
    assert_eq!(remove(&mut both, BOB, [9; 32]).outcome, "CodeNotFound");
    assert_eq!(remove(&mut both, ALICE, three).outcome, "Success");
    let three = both.upload(&nothing(3));
    // Refusals.
    for refused in [
        script().lock(one),
        script().lock(hash),
        script().unlock(three),
        script().lock([9; 32]),
        script().delegate(0, hash, script().lock(one)),
    ] {
        both.run(a, &refused);
        both.run(b, &script().call(0, a, 0, refused));
    }
    // Locked and unlocked in one message, in one frame and in several.
    both.run(a, &script().lock(three).unlock(three).lock(three));
    both.run(a, &script().unlock(three));
    both.run(
        b,
        &script()
            .call(0, a, 0, script().lock(three))
            .call(0, a, 0, script().unlock(three)),
    );
    both.run(
        a,
        &script()
            .delegate(0, hash, script().lock(three))
            .unlock(three),
    );
    both.run(
        a,
        &script()
            .call(ALLOW_REENTRY, a, 0, script().unlock(one))
            .lock(one),
    );
    // Undone.
    both.run(b, &script().call(0, a, 0, script().unlock(one).trap()));
    both.run(b, &script().call(0, a, 0, script().unlock(one).revert()));
    assert_eq!(remove(&mut both, ALICE, one).outcome, "CodeInUse");
    // Limits.
    for limit in [Some(1), Some(10_000)] {
        both.run(
            b,
            &script().call_with(0, a, 0, (0, 0), limit, script().lock(three)),
        );
        both.run_with(a, 0, limit, &script().unlock(two).lock(three));
        both.run(a, &script().unlock(three).lock(two));
    }
    // Code that isn't deterministic can be locked, and not called.
    let relaxed = both.same(|side| side.upload(&upload(&floats(), Determinism::Relaxed)));
    let relaxed: Hash = relaxed.output.try_into().expect("a hash");
    both.run(a, &script().lock(relaxed));
    both.run(a, &script().delegate(0, relaxed, script()));
    both.run(a, &script().set_code_hash(relaxed));
    both.run(a, &script().instantiate(relaxed, 0, None, script(), b""));
    // Prices change, and what was locked is given back.
    both.set_prices(PER_ITEM * 3, PER_BYTE * 2);
    both.run(a, &script().unlock(one));
    both.run(a, &script().lock(one));
    // Its own code that was exchanged is another's.
    both.run(a, &script().set_code_hash(two).lock(hash));
    let end = both.run(b, &script().lock(one).lock(two));
    assert_eq!(end.outcome, "Success");
    both.run(b, &script().terminate(BOB));
    assert_eq!(remove(&mut both, ALICE, one).outcome, "CodeInUse");
}

/// At the most 32.
#[test]
fn the_last_lock() {
    let mut both = Both::with_lockup();
    let a = both.puppet(50_000, 1);
    let hashes: Vec<_> = (0..33)
        .map(|number| both.upload(&nothing(number)))
        .collect();
    let all = hashes[..32]
        .iter()
        .fold(script(), |script, hash| script.lock(*hash));
    assert_eq!(both.run(a, &all).outcome, "Success");
    assert_eq!(
        both.run(a, &script().lock(hashes[32])).outcome,
        "MaxDelegateDependenciesReached"
    );
    assert_eq!(
        both.run(a, &script().lock(hashes[3])).outcome,
        "DelegateDependencyAlreadyExists"
    );
    both.run(a, &script().unlock(hashes[3]).lock(hashes[32]));
    both.run(a, &script().terminate(BOB));
    assert_eq!(
        both.same(|side| side.remove_code(ALICE, hashes[0])).outcome,
        "Success"
    );
}

/// The base is held anew, at today's prices and for the new code.
#[test]
fn exchanges_and_their_deposits() {
    for lockup in [false, true] {
        let mut both = if lockup {
            Both::with_lockup()
        } else {
            Both::new()
        };
        let a = both.puppet(50_000, 1);
        let b = both.puppet(50_000, 2);
        let hash = both.upload(&puppet());
        let other = both.upload(&marionette());
        let small = both.upload(&nothing(1));
        both.run(a, &script().set_code_hash(other));
        both.run(a, &script().set_code_hash(hash));
        both.run(a, &script().set_code_hash(hash));
        both.run(a, &script().set_code_hash(other).set_code_hash(hash));
        both.run(
            b,
            &script().call(0, a, 0, script().set_code_hash(other).trap()),
        );
        both.run(
            b,
            &script()
                .call(0, a, 0, script().set_code_hash(other))
                .call(0, a, 0, script()),
        );
        both.run(
            b,
            &script().call_with(0, a, 0, (0, 0), Some(1), script().set_code_hash(hash)),
        );
        // In a delegate call, and called back from one.
        both.run(
            a,
            &script().delegate(0, hash, script().set_code_hash(other)),
        );
        let back = script().call(0, a, 0, script().set_code_hash(hash));
        both.run(a, &script().call(ALLOW_REENTRY, b, 0, back).set(b"k", 5));
        both.set_prices(PER_ITEM * 2, PER_BYTE * 3);
        both.run(a, &script().set_code_hash(other));
        both.run_with(a, 0, Some(0), &script().set_code_hash(hash));
        both.set_prices(PER_ITEM / 2, PER_BYTE / 2);
        both.run(a, &script().set(b"k", 9).set_code_hash(other));
        // Locks are part of the record.
        both.run(a, &script().lock(small));
        let done = both.run(a, &script().set_code_hash(hash));
        if !lockup {
            assert_eq!(done.deposit, StorageDeposit::Charge(48 * PER_BYTE / 2));
        }
        both.run(a, &script().unlock(small));
        both.run(
            a,
            &script()
                .set_code_hash(other)
                .lock(hash)
                .lock(small)
                .set_code_hash(small),
        );
        both.run(a, &script());
        both.run(b, &script().lock(small).set_code_hash(other));
        both.run(b, &script().terminate(BOB));
    }
    // In a constructor.
    let mut both = Both::with_lockup();
    let a = both.puppet(50_000, 1);
    let (hash, other) = (both.upload(&puppet()), both.upload(&marionette()));
    for inner in [
        script().set_code_hash(other),
        script().lock(other),
        script().lock(hash),
    ] {
        both.run(a, &script().instantiate(hash, 0, None, inner, b"x"));
    }
    both.same(|side| side.remove_code(ALICE, other));
}

/// Contracts that end in each other's favour, in whichever order.
#[test]
fn ends_in_favour_of_each_other() {
    for (first, second) in [(0, 1), (1, 0)] {
        for to in [None, Some(())] {
            let mut both = Both::new();
            let a = both.puppet(7_000, 1);
            let children = [both.puppet(50_000, 2), both.puppet(60_000, 3)];
            let beneficiary = |of: usize| match to {
                Some(()) => children[1 - of],
                None if of == 0 => children[1],
                None => BOB,
            };
            let end = |which: usize| {
                script().call(
                    0,
                    children[which],
                    0,
                    script().terminate(beneficiary(which)),
                )
            };
            let done = both.run(a, &join(&[&end(first), &end(second)]));
            assert_eq!(done.outcome, "Success");
            both.run(
                a,
                &script()
                    .transfer(children[0], 5)
                    .transfer(children[1], 2_000),
            );
        }
    }
    // In favour of the one who called, of the origin, of a contract that isn't made yet.
    let mut both = Both::new();
    let a = both.puppet(7_000, 1);
    let hash = both.upload(&puppet());
    let made = both.run(a, &script().instantiate(hash, 3, None, script(), b"x"));
    let x: AccountId = made.output[4..36].try_into().expect("an address");
    both.known.push(x);
    both.run(a, &script().call(0, x, 0, script().terminate(ALICE)));
    for salt in 5..7 {
        let b = both.puppet(8_000, salt);
        let done = both.run(
            a,
            &script().call(0, b, 0, script().terminate(x)).instantiate(
                hash,
                3,
                None,
                script(),
                b"x",
            ),
        );
        assert_eq!(done.outcome, "Success");
        both.run(a, &script().call(0, x, 0, script().terminate(a)));
    }
    // At an address that has money of nobody's already.
    both.run(a, &script().transfer(x, 1_500));
    both.run(
        a,
        &script().instantiate(hash, 3, None, script().balance(), b"x"),
    );
}

/// What an end doesn't do, and what becomes of what was written before it.
#[test]
fn ends_and_writes() {
    let mut both = Both::new();
    let a = both.puppet(9_000, 1);
    let b = both.puppet(9_000, 2);
    let hash = both.upload(&puppet());
    both.run(b, &script().set(b"old", 100));
    // In one frame.
    both.run(
        a,
        &script()
            .call(
                0,
                b,
                0,
                script().clear(b"old").set(b"new", 10).terminate(BOB),
            )
            .call(0, b, 0, script()),
    );
    // By delegate, and below oneself.
    let c = both.puppet(9_000, 3);
    for inner in [
        script().delegate(0, hash, script().terminate(BOB)),
        script().call(
            ALLOW_REENTRY,
            a,
            0,
            script().call(0, c, 0, script().terminate(BOB)),
        ),
        script().call(READ_ONLY, c, 0, script().terminate(BOB)),
    ] {
        both.run(c, &inner);
        both.run(a, &script().call(ALLOW_REENTRY, c, 0, inner));
    }
    // Before anybody looked at the limit.
    for limit in [Some(0), Some(1)] {
        let d = both.puppet(9_000, 10 + limit.unwrap() as u8);
        both.run(
            a,
            &script().call_with(
                0,
                d,
                0,
                (0, 0),
                limit,
                script().set(b"k", 1_000).terminate(BOB),
            ),
        );
        both.run_with(d, 0, limit, &script().set(b"k", 1_000).terminate(BOB));
    }
    // Out of a constructor, by those that it calls.
    let e = both.puppet(9_000, 20);
    both.run(
        a,
        &script().instantiate(
            hash,
            0,
            None,
            script().call(0, e, 0, script().terminate(BOB)).set(b"k", 1),
            b"y",
        ),
    );
}

/// What is charged to a contract that ends in the same message is held by the pallet for ever, if
/// its account stays; 2.0 forgets it there as well.
#[test]
fn an_end_in_ones_own_favour_owes_nothing() {
    let mut both = Both::new();
    let (a, b) = (both.puppet(0, 1), both.puppet(0, 2));
    let end = script()
        .call(0, b, 0, script().set(b"k", 1))
        .call(0, b, 0, script().terminate(b));
    let [ours, theirs] = both.differ(a, None, &end);
    assert_eq!(ours.deposit, StorageDeposit::Refund(22_200));
    assert_eq!(ours.money[3], (MINIMUM, 0));
    assert_eq!(theirs.deposit, StorageDeposit::Refund(22_200));
    assert_eq!(theirs.money[3], (MINIMUM, 10_100));
}

/// Money to oneself is never moved, and so never missing.
#[test]
fn money_to_oneself() {
    let mut both = Both::new();
    let a = both.make(&marionette(), 5_000, 1);
    both.run(
        a,
        &script()
            .transfer(a, u128::MAX)
            .transfer(a, 0)
            .transfer(BOB, u128::MAX)
            .transfer([0xee; 32], 0),
    );
    both.run(
        a,
        &script().call(
            ALLOW_REENTRY,
            a,
            1 << 100,
            script().value().balance().caller().caller_is_origin(),
        ),
    );
    let hash = both.upload(&marionette());
    both.run_with(
        a,
        70,
        None,
        &script().delegate(
            0,
            hash,
            script()
                .value()
                .caller()
                .caller_is_origin()
                .balance()
                .minimum(),
        ),
    );
    // Down to the existential deposit, and not below.
    both.run(
        a,
        &script()
            .transfer(BOB, 5_071)
            .transfer(BOB, 5_070)
            .transfer(BOB, 1)
            .balance(),
    );
}

/// What is there while a constructor runs, for itself and for others.
#[test]
fn under_construction() {
    let mut both = Both::new();
    let a = both.make(&marionette(), 50_000, 1);
    let hash = both.upload(&marionette());
    // The address is the same each time.
    let made = both.run(
        a,
        &script().instantiate(hash, 0, None, script().trap(), b"x"),
    );
    assert_eq!(word(&made.output, 0), 1);
    let code = marionette();
    let made = both.run(a, &script().instantiate(hash, 0, None, script(), b"x"));
    let x: AccountId = made.output[4..36].try_into().expect("an address");
    both.known.push(x);
    both.run(a, &script().call(0, x, 0, script().terminate(ALICE)));
    let _ = code;
    let look = script().contract_at(x).code_hash(x);
    let peek = script().call(ALLOW_REENTRY, a, 0, look.clone().call(0, x, 0, script()));
    let constructor = join(&[&look.own_code_hash().caller().value(), &peek])
        .set(b"k", 3)
        .balance();
    let done = both.run(a, &script().instantiate(hash, 40, None, constructor, b"x"));
    assert_eq!(done.outcome, "Success");
    // One that failed leaves nothing, not even its account.
    for end in [
        script().revert(),
        script().trap(),
        script().return_with(2),
        script().return_with(3),
    ] {
        both.run(
            a,
            &join(&[
                &script().call(0, x, 0, script().terminate(BOB)),
                &script().instantiate(hash, 40, None, end, b"x"),
            ]),
        );
        both.run(a, &script().instantiate(hash, 40, None, script(), b"x"));
    }
    // Too poor a parent, too small a limit.
    for value in [45_000, 60_000, u128::MAX] {
        both.run(a, &script().instantiate(hash, value, None, script(), b"y"));
    }
}

/// While a contract is made, its deployer makes it again: two at one address, each paid for, and one
/// of the records is lost. Here the address is taken as soon as the first is begun.
#[test]
fn nothing_is_made_twice() {
    let mut both = Both::new();
    let a = both.puppet(50_000, 1);
    let hash = both.upload(&puppet());
    let inner = script().instantiate(hash, 0, None, script().set(b"in", 1), b"x");
    let outer = script().instantiate(
        hash,
        0,
        None,
        script().call(0, a, 0, inner).set(b"out", 2),
        b"x",
    );
    let [ours, theirs] = both.differ(a, None, &outer);
    assert_eq!(ours.outcome, "Success");
    let made = |done: &MessageResult| {
        done.events
            .iter()
            .filter(|event| matches!(event, Event::Instantiated { .. }))
            .count()
    };
    assert_eq!((made(&ours), made(&theirs)), (1, 2));
}

/// Old lengths are those of what was there.
#[test]
fn storage_tells_old_lengths() {
    let mut both = Both::new();
    let a = both.make(&marionette(), 0, 1);
    let key = [3; 32];
    let done = both.run(
        a,
        &script()
            .clear(b"k")
            .set(b"k", 0)
            .contains(b"k")
            .set(b"k", 7)
            .get(b"k")
            .take(b"k")
            .take(b"k")
            .contains(b"k")
            .set_fixed(key, 4)
            .contains_fixed(key)
            .contains(&key)
            .set(&key, 9)
            .clear_fixed(key)
            .contains_fixed(key)
            .get(&key)
            .set(b"", 3)
            .take(b"")
            .set(&[1; 128], 16_384)
            .set(&[1; 128], 16_384),
    );
    assert_eq!(done.outcome, "Success");
    both.run(a, &script().set(&[1; 129], 1));
    both.run(a, &script().set(b"k", 16_385));
    both.run(a, &script().take(&[1; 128]).clear(&key).clear(&key));
    both.run(a, &script().get(b"none").take(b"none").clear(b"none"));
}

/// Transient storage, and how often a contract is on the stack.
#[test]
fn transient() {
    let mut both = Both::new();
    let [a, b] = [1, 2].map(|salt| both.make(&marionette(), 0, salt));
    let hash = both.upload(&marionette());
    let see = script()
        .get_transient(b"k")
        .contains_transient(b"k")
        .reentrance(a);
    let again = join(&[
        &see,
        &script().set_transient(b"k", 3).set_transient(b"k", 3),
        &see,
    ]);
    for end in [script(), script().revert(), script().trap()] {
        let inner = join(&[&again, &end]);
        let back = script().call(0, a, 0, inner.clone());
        both.run(
            a,
            &join(&[
                &script().set_transient(b"k", 9),
                &script().call(ALLOW_REENTRY, b, 0, join(&[&see, &back, &see])),
                &see,
                &script().delegate(0, hash, inner),
                &see,
                &script()
                    .take_transient(b"k")
                    .take_transient(b"k")
                    .clear_transient(b"k")
                    .set_transient(b"k", 0)
                    .clear_transient(b"k"),
            ]),
        );
        both.run(a, &see);
    }
}

/// Nothing changes in a call that is to change nothing; the pallet lets this through.
#[test]
fn transient_storage_is_read_only_too() {
    let mut both = Both::new();
    let [a, b] = [1, 2].map(|salt| both.make(&marionette(), 0, salt));
    for inner in [
        script().set_transient(b"k", 3),
        script().clear_transient(b"k"),
        script().take_transient(b"k"),
    ] {
        let [ours, theirs] = both.differ(a, None, &script().call(READ_ONLY, b, 0, inner));
        assert_eq!((word(&ours.output, 0), word(&theirs.output, 0)), (1, 0));
    }
    let see = script().get_transient(b"k").contains_transient(b"k");
    both.run(a, &script().call(READ_ONLY, b, 0, see));
}

/// Gas of one nested call: without it the callee fails, and the caller goes on.
#[test]
fn nested_gas() {
    let mut both = Both::new();
    let [a, b] = [1, 2].map(|salt| both.puppet(0, salt));
    let rich = both.puppet(50_000, 3);
    let hash = both.upload(&puppet());
    let write = script().set(b"k", 1).event(&[], b"x");
    for gas in [(1, 0), (0, 1), (1, 1), (u64::MAX, u64::MAX), (0, 0)] {
        both.run(
            a,
            &script()
                .set(b"a", 1)
                .call_with(0, b, 5, gas, None, write.clone())
                .call_with(0, b, 0, gas, Some(1), write.clone())
                .clear(b"a"),
        );
        let done = both.run(
            a,
            &script()
                .call_with(0, b, 0, gas, None, write.clone())
                .set(b"b", 2),
        );
        assert_eq!(done.outcome, "Success");
        let code = word(&done.output, 0);
        assert_eq!(code, u32::from(gas.0 == 1 || gas.1 == 1));
        for value in [5, 60_000] {
            let made = script().instantiate_within(gas, hash, value, write.clone());
            both.run(rich, &made.nonce());
        }
    }
}

/// Limits of the message at their edges, with a value, from somebody else.
#[test]
fn limits_of_the_message() {
    let mut both = Both::new();
    let a = both.puppet(0, 1);
    let write = script().set(b"k", 10);
    for (value, limit) in [(0, 10_999), (0, 11_000), (7, 11_000), (MONEY, 0)] {
        both.same(|side| {
            side.call(&Call {
                origin: BOB,
                contract: a,
                value: value % MONEY,
                input: &write.0,
                limit: Some(limit),
            })
        });
        both.run(a, &script().clear(b"k"));
    }
    let free = both.ours.money(&BOB).0;
    for (value, limit) in [
        (0, free - 2 * MINIMUM),
        (0, free - 2 * MINIMUM + 1),
        (500, free - 2 * MINIMUM - 500),
        (500, free - 2 * MINIMUM - 499),
        (0, u128::MAX),
    ] {
        both.same(|side| {
            side.call(&Call {
                origin: BOB,
                contract: a,
                value,
                input: &[],
                limit: Some(limit),
            })
        });
    }
    // Refunds are the sender's, whoever paid.
    both.run(a, &write);
    both.same(|side| {
        side.call(&Call {
            origin: BOB,
            contract: a,
            value: 0,
            input: &script().clear(b"k").0,
            limit: None,
        })
    });
    both.same(|side| {
        side.call(&Call {
            origin: BOB,
            contract: [9; 32],
            value: 0,
            input: &[],
            limit: None,
        })
    });
    // Ended by somebody else.
    both.same(|side| {
        side.call(&Call {
            origin: BOB,
            contract: a,
            value: 0,
            input: &script().terminate([0xee; 32]).0,
            limit: None,
        })
    });
}

/// Code and its deposit.
#[test]
fn uploads() {
    let mut both = Both::new();
    let code = puppet();
    let deposit = 100 * (code.len() as u128 + 61) + 20_000;
    for limit in [Some(deposit - 1), Some(deposit), Some(0), None] {
        both.same(|side| {
            side.upload(&Upload {
                limit,
                ..upload(&code, Determinism::Enforced)
            })
        });
    }
    // There already: nothing is held, and the owner is who was first.
    both.same(|side| {
        side.upload(&Upload {
            origin: BOB,
            ..upload(&code, Determinism::Relaxed)
        })
    });
    let hash = both.upload(&code);
    assert_eq!(
        both.same(|side| side.remove_code(BOB, hash)).outcome,
        "BadOrigin"
    );
    assert_eq!(
        both.same(|side| side.remove_code(ALICE, hash)).outcome,
        "Success"
    );
    // With a constructor: its limit is what the code leaves.
    for (salt, ask, end) in [
        (1, deposit + 23_199, script()),
        (2, deposit + 23_200, script().trap()),
        (3, deposit + 23_200, script().revert()),
        (4, deposit - 1, script()),
        (5, deposit + 23_200, script()),
    ] {
        both.same(|side| {
            side.instantiate(&Instantiate {
                code: Source::Code(&code),
                value: 3,
                input: &end.0,
                salt: &[salt],
                limit: Some(ask),
            })
        });
        both.same(|side| side.remove_code(ALICE, hash));
    }
    for source in [
        Source::Hash([9; 32]),
        Source::Hash(hash),
        Source::Code(b"\0asm"),
        Source::Code(b""),
    ] {
        both.same(|side| {
            side.instantiate(&Instantiate {
                code: source,
                value: 3,
                input: &[],
                salt: &[5],
                limit: None,
            })
        });
    }
}

/// What was stored as indeterministic isn't taken for deterministic the second time.
#[test]
fn relaxed_code_stays_relaxed() {
    let mut both = Both::new();
    let code = floats();
    both.same(|side| side.upload(&upload(&code, Determinism::Enforced)));
    let stored = both.same(|side| side.upload(&upload(&code, Determinism::Relaxed)));
    let hash: Hash = stored.output.try_into().expect("a hash");
    both.same(|side| side.upload(&upload(&code, Determinism::Relaxed)));
    for source in [Source::Hash(hash), Source::Code(&code)] {
        both.same(|side| {
            side.instantiate(&Instantiate {
                code: source,
                value: 0,
                input: &[],
                salt: &[],
                limit: None,
            })
        });
    }
    let again = both.same(|side| side.upload(&upload(&code, Determinism::Enforced)));
    assert_eq!(again.outcome, "CodeRejected");
    assert_eq!(
        both.same(|side| side.remove_code(ALICE, hash)).outcome,
        "Success"
    );
}

/// Its start function does what the first byte of the input says.
const STARTS: &str = r#"(module (import "env" "memory" (memory 1 1))
    (import "seal0" "input" (func $input (param i32 i32)))
    (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
    (import "seal1" "terminate" (func $terminate (param i32)))
    (import "seal0" "deposit_event" (func $event (param i32 i32 i32 i32)))
    (func $start (local $op i32)
        (i32.store (i32.const 0) (i32.const 64))
        (call $input (i32.const 4) (i32.const 0))
        (call $event (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 1))
        (local.set $op (i32.load8_u (i32.const 4)))
        (if (i32.eq (local.get $op) (i32.const 1)) (then (call $return (i32.const 0) (i32.const 4) (i32.const 2))))
        (if (i32.eq (local.get $op) (i32.const 2)) (then (call $return (i32.const 1) (i32.const 4) (i32.const 2))))
        (if (i32.eq (local.get $op) (i32.const 3)) (then (call $return (i32.const 2) (i32.const 4) (i32.const 2))))
        (if (i32.eq (local.get $op) (i32.const 4)) (then (call $terminate (i32.const 5))))
        (if (i32.eq (local.get $op) (i32.const 5)) (then (unreachable))))
    (func $end
        (call $event (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 2)))
    (func (export "deploy") (call $end))
    (func (export "call") (call $end))
    (start $start))"#;

/// A start function runs first, and may be all that runs.
#[test]
fn start_functions() {
    let mut both = Both::new();
    let code = wat::parse_str(STARTS).expect("a module");
    let hash = both.upload(&code);
    let a = both.puppet(50_000, 1);
    for op in 0..6u8 {
        let mut input = vec![op];
        input.extend(BOB);
        both.same(|side| {
            side.instantiate(&Instantiate {
                code: Source::Hash(hash),
                value: 4,
                input: &input,
                salt: &[op],
                limit: None,
            })
        });
        let input = Script(input);
        let contract = both.make(&code, 9_000, 100 + op);
        both.run(
            a,
            &script().instantiate(hash, 9, None, input.clone(), &[op]),
        );
        both.run(a, &script().delegate(0, hash, input.clone()));
        both.run(a, &script().call(0, contract, 0, input.clone()));
        both.run(contract, &input);
    }
}

/// Both take code whose entry points return a number; the pallet can't run it.
#[test]
fn entry_points_with_a_result() {
    let mut both = Both::new();
    let code = wat::parse_str(
        r#"(module (import "env" "memory" (memory 1 1))
            (func (export "deploy") (result i32) (i32.const 7))
            (func (export "call") (result i32) (i32.const 7)))"#,
    );
    let hash = both.upload(&code.expect("a module"));
    let a = both.puppet(50_000, 1);
    let [ours, theirs] = both.each(|side| {
        side.instantiate(&Instantiate {
            code: Source::Hash(hash),
            value: 0,
            input: &[],
            salt: &[],
            limit: None,
        })
    });
    assert_eq!((&ours.outcome[..], ours.output), ("Success", Vec::new()));
    assert_eq!(theirs.outcome, "CodeRejected");
    let [ours, theirs] = both.differ(a, None, &script().delegate(0, hash, script()));
    assert_eq!((word(&ours.output, 0), word(&theirs.output, 0)), (0, 1));
}

/// Calls with the flags, the callee and the rest of its input, and returns the code and the output.
const PROXY: &str = r#"(module (import "env" "memory" (memory 1 1))
    (import "seal0" "input" (func $input (param i32 i32)))
    (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
    (import "seal1" "call" (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))
    (import "seal0" "delegate_call" (func $delegate (param i32 i32 i32 i32 i32 i32) (result i32)))
    (func (export "deploy"))
    (func (export "call") (local $len i32)
        (i32.store (i32.const 0) (i32.const 4096))
        (call $input (i32.const 4) (i32.const 0))
        (local.set $len (i32.sub (i32.load (i32.const 0)) (i32.const 37)))
        (i32.store (i32.const 9000) (i32.const 4096))
        (i32.store (i32.const 9004) (if (result i32) (i32.load8_u (i32.const 40))
            (then (call $delegate (i32.load (i32.const 4)) (i32.const 8) (i32.const 41) (local.get $len) (i32.const 9008) (i32.const 9000)))
            (else (call $call (i32.load (i32.const 4)) (i32.const 8) (i64.const 0) (i32.const 8000) (i32.const 41) (local.get $len) (i32.const 9008) (i32.const 9000)))))
        (if (i32.eq (i32.load8_u (i32.const 41)) (i32.const 9)) (then
            (i32.store (i32.const 0) (i32.const 4096))
            (call $input (i32.const 4) (i32.const 0))))
        (call $return (i32.const 0) (i32.const 9004) (i32.const 64))))"#;

/// Returns its input, as the first byte says; with its own flags.
const ECHO: &str = r#"(module (import "env" "memory" (memory 1 1))
    (import "seal0" "input" (func $input (param i32 i32)))
    (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
    (func (export "deploy"))
    (func (export "call")
        (i32.store (i32.const 0) (i32.const 4096))
        (call $input (i32.const 4) (i32.const 0))
        (if (i32.eq (i32.load8_u (i32.const 4)) (i32.const 2)) (then (unreachable)))
        (call $return (i32.eq (i32.load8_u (i32.const 4)) (i32.const 1)) (i32.const 4) (i32.load (i32.const 0)))))"#;

/// Input that is given on, and results that are.
#[test]
fn call_flags() {
    let mut both = Both::new();
    let echo = wat::parse_str(ECHO).expect("a module");
    let (hash, to) = (both.upload(&echo), both.make(&echo, 0, 1));
    let proxy = both.make(&wat::parse_str(PROXY).expect("a module"), 0, 2);
    for flags in 0..=32u32 {
        for first in [0u8, 1, 2, 9] {
            for (by_delegate, callee) in [(0, to), (1, hash), (0, proxy), (0, [9; 32])] {
                let mut input = flags.to_le_bytes().to_vec();
                input.extend(callee);
                input.extend([by_delegate, first, 77]);
                both.run(proxy, &Script(input));
            }
        }
    }
}
