//! Extrinsics: signatures, nonces, fees, eras.

use crate::harness::{by_hand, config, hex0x, pay, sign, who, Harness, UNIT};
use parity_scale_codec::Encode;
use runtime_mock::{runtime::Runtime, RuntimeCall};
use serde_json::{json, Value};
use sp_runtime::generic::Era;

/// The code of a refusal, and what it says.
fn refusal(answer: Result<Value, Value>) -> (i64, String) {
    let error = answer.expect_err("a refusal");
    let data = error["data"].as_str().unwrap_or_default();
    (error["code"].as_i64().expect("a code"), data.to_owned())
}

#[test]
fn fees_are_paid_as_they_were_foretold() {
    let harness = Harness::start(&config());
    let (bob, eve) = (who("//Bob"), who("//Eve"));
    let (had, has) = (harness.balance(&bob), harness.balance(&eve));
    let extrinsic = harness.signed("//Bob", pay("//Eve", 3 * UNIT), 0, 7);
    let info = harness.get("payment_queryInfo", json!([extrinsic]));
    let fee: u128 = info["partialFee"]
        .as_str()
        .expect("a fee")
        .parse()
        .expect("a number");
    harness.submit(&extrinsic).expect("taken");
    harness
        .until(|harness| (harness.nonce(&bob) == 1 && harness.balance(&eve) > has).then_some(()));
    assert_eq!(harness.balance(&eve), has + 3 * UNIT);
    // The tip comes on top.
    assert_eq!(harness.balance(&bob), had - 3 * UNIT - fee - 7);
    // A picosecond costs the smallest unit, a byte a millionth of a unit; the base weight of an extrinsic is in it.
    let length = extrinsic.len() / 2 - 1;
    assert!(fee > length as u128 * 1_000_000, "{fee}");
    assert_eq!(info["class"], "normal");
}

#[test]
fn what_isnt_valid_is_refused_with_substrates_words() {
    let harness = Harness::start(&by_hand());
    let call = || pay("//Eve", UNIT);
    let good = harness.signed("//Bob", call(), 0, 0);
    // A byte of the signature.
    let mut forged = hex::decode(&good[2..]).expect("hex");
    forged[60] ^= 1;
    let (code, data) = refusal(harness.submit(&hex0x(&forged)));
    assert_eq!((code, &*data), (1010, "Transaction has a bad signature"));
    // For another chain.
    let genesis = Default::default();
    let foreign = sign("//Bob", call(), 0, 0, genesis, (Era::Immortal, genesis));
    assert_eq!(
        refusal(harness.submit(&hex0x(foreign.encode()))).1,
        "Transaction has a bad signature"
    );
    // Nobody's money.
    let poor = harness.signed("//Nobody", call(), 0, 0);
    let (code, data) = refusal(harness.submit(&poor));
    assert!(
        code == 1010 && data.starts_with("Inability to pay some fees"),
        "{data}"
    );
    assert_eq!(refusal(harness.submit("0x00")).0, 1001);
    assert_eq!(refusal(harness.submit("0x")).0, 1001);
    // Twice, and another one with the same nonce.
    harness.submit(&good).expect("taken");
    assert_eq!(refusal(harness.submit(&good)).0, 1013);
    let rival = harness.signed("//Bob", pay("//Dave", UNIT), 0, 0);
    assert_eq!(refusal(harness.submit(&rival)).0, 1014);
    let dearer = harness.signed("//Bob", pay("//Dave", UNIT), 0, UNIT);
    harness.submit(&dearer).expect("it offers more");
    assert_eq!(
        harness.get("author_pendingExtrinsics", json!([])),
        json!([dearer])
    );
    harness.get("dev_mine", json!([]));
    assert_eq!(harness.nonce(&who("//Bob")), 1);
    let (code, data) = refusal(harness.submit(&good));
    assert_eq!((code, &*data), (1010, "Transaction is outdated"));
}

#[test]
fn what_comes_too_early_waits() {
    let harness = Harness::start(&config());
    let bob = who("//Bob");
    let third = harness.signed("//Bob", pay("//Eve", UNIT), 2, 0);
    let second = harness.signed("//Bob", pay("//Eve", UNIT), 1, 0);
    let first = harness.signed("//Bob", pay("//Eve", UNIT), 0, 0);
    let has = harness.balance(&who("//Eve"));
    harness.submit(&third).expect("taken");
    harness.submit(&second).expect("taken");
    assert_eq!(harness.number("pool"), 2);
    harness.submit(&first).expect("taken");
    harness.until(|harness| (harness.number("pool") == 0).then_some(()));
    assert_eq!(harness.nonce(&bob), 3);
    assert_eq!(harness.balance(&who("//Eve")), has + 3 * UNIT);
}

#[test]
fn an_extrinsic_is_mortal() {
    let harness = Harness::start(&by_hand());
    let best = harness.number("best");
    let birth = harness.get("chain_getBlockHash", json!([best]));
    let birth = crate::harness::hash(&birth);
    let era = (Era::mortal(4, best), birth);
    let mortal = sign("//Bob", pay("//Eve", UNIT), 0, 0, harness.info.genesis, era);
    let mortal = hex0x(mortal.encode());
    let info = harness.get("payment_queryInfo", json!([mortal]));
    assert_eq!(info["class"], "normal");
    harness.get("dev_mine", json!([5]));
    let (code, data) = refusal(harness.submit(&mortal));
    // Its era begins anew with another block, which isn't the one that was signed.
    assert_eq!((code, &*data), (1010, "Transaction has a bad signature"));
    // In time it is as good as any.
    let best = harness.number("best");
    let birth = crate::harness::hash(&harness.get("chain_getBlockHash", json!([best])));
    let era = (Era::mortal(8, best), birth);
    let mortal = sign("//Bob", pay("//Eve", UNIT), 0, 0, harness.info.genesis, era);
    harness.submit(&hex0x(mortal.encode())).expect("taken");
    harness.get("dev_mine", json!([]));
    assert_eq!(harness.nonce(&who("//Bob")), 1);
}

/// Over some extrinsics the runtime panics in process where a node's Wasm would trap. They are dropped, and the chain
/// goes on.
#[test]
fn what_the_runtime_panics_over_is_dropped() {
    let harness = Harness::start(&by_hand());
    let code = frame_system::Call::<Runtime>::set_code {
        code: vec![1, 2, 3],
    };
    let call = Box::new(RuntimeCall::from(code));
    harness.send("//Alice", pallet_sudo::Call::<Runtime>::sudo { call });
    harness.send("//Bob", pay("//Eve", UNIT));
    let best = harness.number("best");
    harness.get("dev_mine", json!([]));
    assert_eq!(
        (harness.number("best"), harness.number("pool")),
        (best + 1, 0)
    );
    assert_eq!(harness.nonce(&who("//Bob")), 1);
    // It is as if it had never been sent.
    let alice = harness.nonce(&who("//Alice"));
    harness.send("//Alice", pay("//Eve", UNIT));
    harness.get("dev_mine", json!([]));
    assert_eq!(harness.nonce(&who("//Alice")), alice + 1);
}
