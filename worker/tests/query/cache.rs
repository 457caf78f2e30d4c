//! Orders of contracts to their worker, and who has the right to which.

use crate::harness::{address, address_text, input, returned, Harness};
use parity_scale_codec::{Decode, Encode};
use pink_capi::types::Outcome;
use pink_worker_core::logs::{Delivery, Subscriber, SystemMessage};

fn order(order: impl Encode) -> Vec<u8> {
    input("order", order)
}

fn cached(harness: &Harness, key: &[u8]) -> Option<Vec<u8>> {
    let ask = input("ask", (8u16, key.to_vec().encode()));
    let (_, answer): (u32, Vec<u8>) = returned(&harness.query(&ask).receipt);
    Decode::decode(&mut &answer[..]).expect("a value or none")
}

fn quota(harness: &Harness) -> u64 {
    let services = harness.node.worker().handle().services();
    services.expect("services").cache_quota(&address())
}

/// What the worker made of orders, in words.
fn heard(log: &mut Subscriber) -> Vec<String> {
    let mut heard = Vec::new();
    while let Some(delivery) = log.try_next() {
        let Delivery::Record(record) = delivery else {
            panic!("records are lost");
        };
        match &record.message {
            SystemMessage::CommandRefused {
                command, reason, ..
            } => {
                heard.push(format!("{command}: {reason}"));
            }
            SystemMessage::WeightSet { weight, .. } => heard.push(format!("weight {weight}")),
            SystemMessage::LogHandlerSet { .. } => heard.push("log handler".into()),
            _ => {}
        }
    }
    heard
}

#[test]
fn a_transaction_s_orders_reach_the_cache_if_it_succeeds() {
    let mut harness = Harness::new(&format!("[cache.weights]\n{} = 1\n", address_text()));
    let (key, value) = (b"key".to_vec(), b"value".to_vec());
    let sent = harness.send(
        harness.contract,
        &input("ask", (6u16, (&key, &value).encode())),
    );
    assert_eq!(sent.outcome, Outcome::Success);
    assert_eq!(cached(&harness, &key), Some(value.clone()));
    // As an event of its own making.
    let sent = harness.send(harness.contract, &order((5u8, 2u8, &key)));
    assert_eq!(sent.outcome, Outcome::Success);
    assert_eq!(cached(&harness, &key), None);
    // In a query too.
    let query = order((5u8, 0u8, &key, &value));
    assert_eq!(harness.query(&query).receipt.outcome, Outcome::Success);
    assert_eq!(cached(&harness, &key), Some(value.clone()));
    // And an estimate keeps nothing.
    harness.estimate(&order((5u8, 2u8, &key)));
    assert_eq!(cached(&harness, &key), Some(value));
    let other = b"other".to_vec();
    let trapped = harness.send(
        harness.contract,
        &input("cache_and_trap", (&other, b"v".to_vec())),
    );
    assert!(matches!(trapped.outcome, Outcome::Trapped(_)));
    assert_eq!(cached(&harness, &other), None);
}

#[test]
fn shares_are_the_system_contract_s_to_give() {
    let mut harness = Harness::new("");
    let logs = harness.node.worker().handle().logs().cloned();
    let mut log = logs.expect("a stream").subscribe();
    let weight = |weight: u32| order((9u8, address(), weight));
    let mut give = |harness: &mut Harness, by: [u8; 32], message: &[u8]| {
        let sent = harness.send(by, message);
        assert_eq!(sent.outcome, Outcome::Success);
        heard(&mut log)
    };
    let (anybody, system) = (harness.contract, harness.system);
    // The engine lets nobody else give these; the worker's own look is tested beside it.
    for message in [
        weight(5),
        order((8u8, address())),
        order((2u8, 0u8, address(), 1u32, 1u64)),
        order((3u8, address(), [0u8; 32])),
        order((7u8, address())),
        order((10u8, 2u32, 1u32)),
    ] {
        for receipt in [
            harness.send(anybody, &message),
            harness.query(&message).receipt,
        ] {
            assert!(
                matches!(&receipt.outcome, Outcome::Trapped(why) if why.error == "BadOrigin"),
                "{receipt:?}"
            );
        }
    }
    assert_eq!(quota(&harness), 0);
    assert_eq!(give(&mut harness, system, &weight(5)), ["weight 5"]);
    assert_eq!(quota(&harness), 20 << 20);
    assert_eq!(
        give(&mut harness, system, &order((8u8, address()))),
        ["log handler"]
    );
    // There is nobody who could obey these; it is said.
    for (message, said) in [
        (
            order((2u8, 0u8, address(), 1u32, 1u64)),
            "SetHook: this worker has no hooks",
        ),
        (
            order((7u8, address())),
            "ForceStopSidevm: this worker runs no programs beside contracts",
        ),
        (
            order(6u8),
            "StopSidevm: this worker runs no programs beside contracts",
        ),
    ] {
        assert_eq!(give(&mut harness, system, &message), [said]);
    }
    // The share outlives the process; the values don't.
    let harness = harness.reopened(|_| {});
    assert_eq!(quota(&harness), 20 << 20);
    let mut harness = harness;
    let system = harness.system;
    harness.send(system, &weight(0));
    assert_eq!(quota(&harness), 0);
    let harness = harness.reopened(|_| {});
    assert_eq!(quota(&harness), 0);
}
