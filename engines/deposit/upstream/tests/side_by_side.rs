//! The same contracts on both sides. What is asserted besides that both agree are figures that the
//! pallet gave.

use pink_deposit_upstream::puppet::{puppet, Script, ALLOW_REENTRY, READ_ONLY};
use pink_deposit_upstream::*;
use pink_engine_sdk::types::{AccountId, Event, StorageDeposit};

fn script() -> Script {
    Script::new()
}

fn word(output: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(output[at..at + 4].try_into().expect("a word"))
}

/// The names of events, in their order.
fn names(done: &MessageResult) -> Vec<String> {
    let name = |event: &Event| {
        let text = format!("{event:?}");
        text.split([' ', '{']).next().unwrap_or_default().to_owned()
    };
    done.events.iter().map(name).collect()
}

/// One event for each charge: the record's, then the storage's.
#[test]
fn an_instantiation() {
    let mut both = Both::new();
    let code = puppet();
    let store = script().set(b"k", 1);
    let made = both.same(|side| {
        side.instantiate(&Instantiate {
            code: Source::Code(&code),
            value: 5,
            input: &store.0,
            salt: b"s",
            limit: None,
        })
    });
    let held: Vec<_> = made
        .events
        .iter()
        .filter_map(|event| match event {
            Event::StorageDepositTransferredAndHeld { amount, .. } => Some(*amount),
            _ => None,
        })
        .collect();
    assert_eq!(held, [22_200, 10_100]);
}

/// A parent ends its child in its own favour, and then spends what it doesn't have yet.
#[test]
fn an_ended_contract_pays_at_the_end_of_the_stack() {
    let mut both = Both::new();
    let parent = both.puppet(0, 1);
    let child = both.puppet(50_000, 2);
    let end = script().terminate(parent);
    let done = both.run(
        parent,
        &script()
            .call(0, child, 0, end.clone())
            .transfer(BOB, 40_000),
    );
    assert_eq!(word(&done.output, 8), 5, "not yet");
    assert_eq!(
        names(&done),
        [
            "Terminated",
            "Called",
            "Called",
            "StorageDepositTransferredAndReleased",
            "KilledAccount",
            "Transfer"
        ]
    );
    // Money for the address of the ended one is its beneficiary's.
    for amount in [5, 2_000] {
        let mut both = Both::new();
        let parent = both.puppet(10_000, 1);
        let child = both.puppet(50_000, 2);
        let done = both.run(
            parent,
            &script()
                .call(0, child, 0, end.clone())
                .transfer(child, amount),
        );
        assert_eq!(word(&done.output, 8), 0);
        assert_eq!(done.money[2], (10_000 + 50_000 + 2 * MINIMUM, 22_200));
        assert_eq!(done.money[3], (0, 0));
    }
}

/// What holds of an end in all its variants.
#[test]
fn ends() {
    let mut both = Both::new();
    let parent = both.puppet(100_000, 1);
    let hash = both.upload(&puppet());
    let other = both.upload(&wat::parse_str(OTHER).expect("a module"));
    let child = both.puppet(50_000, 2);
    // Dependencies are given back one by one, before the rest.
    let ended = script().lock(other).set(b"a", 10).terminate(BOB);
    both.run(child, &script().lock(other).set(b"x", 3));
    both.run(child, &script().unlock(other));
    let done = both.run(child, &script().terminate(BOB));
    assert_eq!(done.outcome, "Success");
    let child = both.puppet(50_000, 3);
    let done = both.run(child, &ended);
    assert_eq!(done.outcome, "Success");
    // To nobody, who would be too poor: the whole message fails.
    let child = both.puppet(0, 4);
    both.run(child, &script().terminate([0xee; 32]));
    // In its own favour: the account stays.
    let child = both.puppet(7, 5);
    let done = both.run(child, &script().terminate(child));
    assert_eq!(done.money.last(), Some(&(1_007, 0)));
    // Ended and made again in one message, by the same parent with the same salt.
    let make = |value| script().instantiate(hash, value, None, script(), b"again");
    let done = both.run(parent, &make(10));
    let child: AccountId = done.output[4..36].try_into().expect("an address");
    both.known.push(child);
    let again = script()
        .call(0, child, 0, script().terminate(BOB))
        .instantiate(hash, 20, None, script().set(b"new", 4), b"again");
    let done = both.run(parent, &again);
    assert_eq!(done.outcome, "Success");
    // The money of the new one was the old one's beneficiary's in the end.
    assert_eq!(done.money.last().expect("the child").0, MINIMUM);
    // An end that is undone pays nobody.
    let undone = script().call(0, child, 0, script().terminate(BOB)).revert();
    assert_eq!(both.run(parent, &undone).outcome, "Reverted");
    both.run(parent, &script().call(0, child, 0, script()));
}

const OTHER: &str = r#"(module (import "env" "memory" (memory 1 1))
    (func (export "deploy")) (func (export "call")))"#;

/// Nothing is available, so a nested limit isn't one.
#[test]
fn a_nested_limit_when_nothing_is_available() {
    let mut both = Both::new();
    let (a, b) = (both.puppet(0, 1), both.puppet(0, 2));
    both.run(a, &script().set(b"much", 500));
    both.run(b, &script().set(b"k", 1));
    let freed = script()
        .call_with(0, b, 0, (0, 0), Some(1_000_000), script().set(b"k", 11))
        .clear(b"much");
    let done = both.run_with(a, 0, Some(0), &freed);
    assert_eq!(done.outcome, "Success");
    assert_eq!(done.deposit, StorageDeposit::Refund(60_000 - 1_000));
}

#[test]
fn nested_limits() {
    let mut both = Both::new();
    let (a, b) = (both.puppet(0, 1), both.puppet(0, 2));
    let hash = both.upload(&puppet());
    for (outer, inner, bytes) in [
        (Some(100_000), Some(11_000), 10),
        (Some(100_000), Some(10_999), 10),
        (Some(10_999), Some(20_000), 10),
        (Some(11_000), Some(20_000), 10),
        (Some(11_000), None, 10),
        (Some(10_999), None, 10),
        (None, Some(1), 0),
    ] {
        let nested = script().call_with(0, b, 0, (0, 0), inner, script().set(b"k", bytes));
        both.run_with(a, 0, outer, &nested);
        both.run(b, &script().clear(b"k"));
    }
    for limit in [23_199, 23_200, 33_299, 33_300] {
        let made = script().instantiate(hash, 0, Some(limit), script().set(b"k", 1), b"m");
        both.run(a, &made);
    }
    // Two nested calls share what there is.
    for limit in [21_999, 22_000] {
        let twice = script()
            .call_with(0, b, 0, (0, 0), Some(11_000), script().set(b"1", 10))
            .call_with(0, b, 0, (0, 0), Some(11_000), script().set(b"2", 10));
        both.run_with(a, 0, Some(limit), &twice);
    }
}

#[test]
fn topics_are_all_of_their_bytes() {
    let mut both = Both::new();
    let a = both.puppet(0, 1);
    let topic = [4u8, 9].iter().copied().chain([0; 31]).collect::<Vec<_>>();
    assert_eq!(
        both.run(a, &script().event(&topic, b"x")).outcome,
        "Success"
    );
    let longer = [&topic[..], &[0]].concat();
    let shorter = &topic[..32];
    for wrong in [&longer[..], shorter, &[20], &[0xfe, 0xff, 0xff, 0xff]] {
        let done = both.run(a, &script().event(wrong, b"x"));
        assert_eq!(done.outcome, "DecodingFailed");
    }
    let five = [&[20][..], &[0; 160]].concat();
    assert_eq!(
        both.run(a, &script().event(&five, b"")).outcome,
        "TooManyTopics"
    );
    assert_eq!(both.run(a, &script().event(&[0], b"")).outcome, "Success");
}

/// In the order of absorption, refunds first, each by itself.
#[test]
fn the_order_of_deposits() {
    let mut both = Both::new();
    let contracts: Vec<_> = (1..5).map(|salt| both.puppet(0, salt)).collect();
    let [a, b, c, d] = contracts[..] else {
        panic!()
    };
    both.run(b, &script().set(b"old", 100));
    both.run(d, &script().set(b"old", 50));
    let deep = script().set(b"1", 1).call(0, d, 0, script().clear(b"old"));
    let done = both.run(
        a,
        &script()
            .set(b"first", 10)
            .call(0, c, 0, deep)
            .call(0, b, 0, script().clear(b"old").set(b"new", 3))
            .call(0, c, 0, script().set(b"2", 2))
            .call(0, b, 0, script().set(b"newer", 300)),
    );
    assert_eq!(done.outcome, "Success");
    let deposits: Vec<_> = names(&done)
        .into_iter()
        .filter(|name| name.starts_with("Storage"))
        .collect();
    assert_eq!(deposits.len(), 6);
    assert!(deposits[..2].iter().all(|name| name.ends_with("Released")));
    // Reentrance: each frame is charged for itself, the deeper ones first.
    let inner = script().set(b"2", 20);
    let done = both.run(
        a,
        &script()
            .set(b"3", 30)
            .call(ALLOW_REENTRY, a, 0, inner.clone())
            .set(b"4", 40),
    );
    assert_eq!(done.outcome, "Success");
    let hash = both.upload(&puppet());
    both.run(
        a,
        &script()
            .set(b"5", 50)
            .delegate(0, hash, inner)
            .set(b"6", 60),
    );
}

/// Prices change; what is refunded is a part of what was paid.
#[test]
fn refunds_are_pro_rata() {
    let mut both = Both::new();
    let a = both.puppet(0, 1);
    both.each(|side| {
        side.set_prices(0, PER_BYTE);
        side.call(&Call {
            origin: ALICE,
            contract: a,
            value: 0,
            input: &[],
            limit: None,
        })
    });
    both.run(a, &script().set(b"1", 1_024).set(b"2", 1_024));
    both.each(|side| {
        side.set_prices(0, 50);
        side.call(&Call {
            origin: ALICE,
            contract: a,
            value: 0,
            input: &script().set(b"3", 2_048).0,
            limit: None,
        })
    });
    let done = both.run(a, &script().clear(b"1"));
    // A quarter of the bytes, whatever was paid for these. Other parts aren't exact: see below.
    assert_eq!(done.deposit, StorageDeposit::Refund(76_800));
    both.run(a, &script().clear(b"2").clear(b"3"));
}

/// Here 2.0 is exact, and the pallet multiplies by a rounded ratio: 3,899 against 3,900.
#[test]
fn refunds_round_once() {
    let mut both = Both::new();
    let a = both.puppet(0, 1);
    both.each(|side| {
        side.set_prices(0, 300);
        side.call(&Call {
            origin: ALICE,
            contract: a,
            value: 0,
            input: &script().set(b"1", 13).set(b"2", 26).0,
            limit: None,
        })
    });
    let [ours, theirs] = both.differ(a, None, &script().clear(b"1"));
    assert_eq!(ours.deposit, StorageDeposit::Refund(3_900));
    assert_eq!(theirs.deposit, StorageDeposit::Refund(3_899));
}

/// A frame removes what the one below it, of the same contract, wrote. The pallet charges for it
/// until the contract ends; 2.0 doesn't.
#[test]
fn a_nested_refund_is_whole() {
    for by_delegate in [false, true] {
        let mut both = Both::new();
        let a = both.puppet(0, 1);
        let hash = both.upload(&puppet());
        let write = script().set(b"k", 1_000);
        let clear = script().clear(b"k");
        let script = if by_delegate {
            write.delegate(0, hash, clear)
        } else {
            write.call(ALLOW_REENTRY, a, 0, clear)
        };
        let [ours, theirs] = both.differ(a, None, &script);
        assert_eq!(ours.deposit, StorageDeposit::Charge(0));
        assert_eq!(ours.money[2].1, 22_200);
        assert_eq!(theirs.deposit, StorageDeposit::Charge(110_000));
        assert_eq!(theirs.money[2].1, 22_200 + 110_000);
    }
}

/// Instantiations that a failed frame made stay counted, its own doesn't.
#[test]
fn the_nonce() {
    let mut both = Both::new();
    let a = both.puppet(0, 1);
    let b = both.puppet(0, 2);
    let hash = both.upload(&puppet());
    let make = |inner: Script, salt: &[u8]| script().instantiate(hash, 0, None, inner, salt);
    for nested in [
        make(script(), b"1"),
        make(script().revert(), b"2"),
        make(script().trap(), b"2"),
        script().call(0, b, 0, make(script(), b"3").revert()),
        script().call(0, b, 0, make(script(), b"3").trap()),
        make(make(script(), b"4").trap(), b"4"),
        script().call(0, b, 0, make(script(), b"5")),
        // There is one already.
        script().call(0, b, 0, make(script(), b"5")),
        script().instantiate([9; 32], 0, None, script(), b"6"),
    ] {
        both.run(a, &script().nonce().call(0, b, 0, script()).nonce());
        both.run(
            a,
            &Script([script().nonce().0, nested.0, script().nonce().0].concat()),
        );
        both.run(a, &script().nonce());
    }
}

/// The refusals of calls, in their order.
#[test]
fn refusals() {
    let mut both = Both::new();
    let (a, b) = (both.puppet(5_000, 1), both.puppet(0, 2));
    let hash = both.upload(&puppet());
    for refused in [
        script().call(0, [9; 32], 0, script()),
        script().call(0, a, 0, script()),
        script().call(32, b, 0, script()),
        script().call(READ_ONLY, b, 1, script()),
        script().call(READ_ONLY, b, 0, script().set(b"k", 1)),
        script().call(
            READ_ONLY,
            b,
            0,
            script().call(0, a, 0, script().terminate(BOB)),
        ),
        script().call(0, b, 6_000, script()),
        script().delegate(READ_ONLY, hash, script()),
        script().delegate(0, [9; 32], script()),
        script().delegate(0, hash, script().terminate(BOB)),
        script().call(0, b, 0, script().call(0, a, 0, script())),
        script().call(ALLOW_REENTRY, a, 0, script().terminate(BOB)),
        script().set_code_hash([9; 32]),
        script().lock([9; 32]),
        script().unlock([9; 32]),
        script().lock(hash),
        script().transfer([0xee; 32], 999),
        script().transfer(BOB, 6_000),
    ] {
        both.run(a, &refused);
        both.run(b, &script().call(0, a, 0, refused));
    }
    // As deep as it goes: the look-up of the code comes before the depth.
    let mut deep =
        script()
            .delegate(0, [9; 32], script())
            .instantiate([9; 32], 0, None, script(), b"");
    for _ in 0..23 {
        deep = script().call(ALLOW_REENTRY, a, 0, deep);
    }
    both.run(a, &deep);
    let deeper = script().call(ALLOW_REENTRY, a, 0, deep);
    both.run(a, &deeper);
}

/// Where the pallet fails and 2.0 doesn't, on purpose.
#[test]
fn what_the_pallet_gets_wrong() {
    // Written and ended in one message: the charge for a contract that is gone can't be held.
    let mut both = Both::new();
    let (a, b) = (both.puppet(0, 1), both.puppet(0, 2));
    let both_in_one =
        script()
            .call(0, b, 0, script().set(b"k", 1))
            .call(0, b, 0, script().terminate(BOB));
    let [ours, theirs] = both.differ(a, None, &both_in_one);
    assert_eq!(ours.outcome, "Success");
    assert_eq!(ours.deposit, StorageDeposit::Refund(22_200));
    assert_eq!(theirs.outcome, "Token(CannotCreateHold)");

    // Written and removed in two calls: more is given back than is held, and not made up for.
    let mut both = Both::new();
    let (a, b) = (both.puppet(0, 1), both.puppet(0, 2));
    let twice =
        script()
            .call(0, b, 0, script().set(b"k", 1_000))
            .call(0, b, 0, script().clear(b"k"));
    let [ours, theirs] = both.differ(a, None, &twice);
    assert_eq!(
        (ours.deposit, ours.money[3].1),
        (StorageDeposit::Charge(0), 22_200)
    );
    assert_eq!(
        (theirs.deposit, theirs.money[3].1),
        (StorageDeposit::Charge(0), 110_000)
    );

    // A frame with a limit of its own, whose contract another frame changed: it is charged for what
    // it wrote, and the record doesn't count it.
    let mut both = Both::new();
    let [a, b, c] = [1, 2, 3].map(|salt| both.puppet(0, salt));
    let again = script().call(ALLOW_REENTRY, b, 0, script().set(b"2", 200));
    let inner = script().set(b"1", 100).call(ALLOW_REENTRY, c, 0, again);
    let limited = script().call_with(0, b, 0, (0, 0), Some(1_000_000), inner);
    let done = both.run(a, &limited);
    assert_eq!(done.deposit, StorageDeposit::Charge(50_000));
    let [ours, theirs] = both.differ(b, None, &script().clear(b"1").clear(b"2"));
    assert_eq!(ours.deposit, StorageDeposit::Refund(50_000));
    assert_eq!(theirs.deposit, StorageDeposit::Refund(30_000));

    // At no price at all the ended contract keeps its money.
    let mut both = Both::new();
    both.each(|side| {
        side.set_prices(0, 0);
        side.call(&Call {
            origin: ALICE,
            contract: BOB,
            value: 0,
            input: &[],
            limit: None,
        })
    });
    let a = both.puppet(5_000, 1);
    let [ours, theirs] = both.differ(a, None, &script().terminate(BOB));
    assert_eq!(ours.money[2].0, 0);
    assert_eq!(theirs.money[2].0, 6_000);
}
