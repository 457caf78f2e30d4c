//! Orders of contracts to their worker, and who has the right to which.

use crate::world::{address, address_text, input, returned, World};
use parity_scale_codec::{Decode, Encode};
use pink_capi::types::Outcome;
use pink_worker_core::logs::{Delivery, Subscriber, SystemMessage};

fn order(order: impl Encode) -> Vec<u8> {
    input("order", order)
}

fn cached(world: &World, key: &[u8]) -> Option<Vec<u8>> {
    let ask = input("ask", (8u16, key.to_vec().encode()));
    let (_, answer): (u32, Vec<u8>) = returned(&world.query(&ask).receipt);
    Decode::decode(&mut &answer[..]).expect("a value or none")
}

fn quota(world: &World) -> u64 {
    let services = world.node.worker().handle().services();
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
    let mut world = World::new(&format!("[cache.weights]\n{} = 1\n", address_text()));
    let (key, value) = (b"key".to_vec(), b"value".to_vec());
    let sent = world.send(
        world.contract,
        &input("ask", (6u16, (&key, &value).encode())),
    );
    assert_eq!(sent.outcome, Outcome::Success);
    assert_eq!(cached(&world, &key), Some(value.clone()));
    // As an event of its own making.
    let sent = world.send(world.contract, &order((5u8, 2u8, &key)));
    assert_eq!(sent.outcome, Outcome::Success);
    assert_eq!(cached(&world, &key), None);
    // In a query too.
    let query = order((5u8, 0u8, &key, &value));
    assert_eq!(world.query(&query).receipt.outcome, Outcome::Success);
    assert_eq!(cached(&world, &key), Some(value.clone()));
    // And an estimate keeps nothing.
    world.estimate(&order((5u8, 2u8, &key)));
    assert_eq!(cached(&world, &key), Some(value));
    let other = b"other".to_vec();
    let trapped = world.send(
        world.contract,
        &input("cache_and_trap", (&other, b"v".to_vec())),
    );
    assert!(matches!(trapped.outcome, Outcome::Trapped(_)));
    assert_eq!(cached(&world, &other), None);
}

#[test]
fn shares_are_the_system_contract_s_to_give() {
    let mut world = World::new("");
    let logs = world.node.worker().handle().logs().cloned();
    let mut log = logs.expect("a stream").subscribe();
    let weight = |weight: u32| order((9u8, address(), weight));
    let mut give = |world: &mut World, by: [u8; 32], message: &[u8]| {
        let sent = world.send(by, message);
        assert_eq!(sent.outcome, Outcome::Success);
        heard(&mut log)
    };
    let (anybody, system) = (world.contract, world.system);
    // The engine lets nobody else give these; the worker's own look is tested beside it.
    for message in [
        weight(5),
        order((8u8, address())),
        order((2u8, 0u8, address(), 1u32, 1u64)),
        order((3u8, address(), [0u8; 32])),
        order((7u8, address())),
        order((10u8, 2u32, 1u32)),
    ] {
        for receipt in [world.send(anybody, &message), world.query(&message).receipt] {
            assert!(
                matches!(&receipt.outcome, Outcome::Trapped(why) if why.error == "BadOrigin"),
                "{receipt:?}"
            );
        }
    }
    assert_eq!(quota(&world), 0);
    assert_eq!(give(&mut world, system, &weight(5)), ["weight 5"]);
    assert_eq!(quota(&world), 20 << 20);
    assert_eq!(
        give(&mut world, system, &order((8u8, address()))),
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
        assert_eq!(give(&mut world, system, &message), [said]);
    }
    // The share outlives the process; the values don't.
    let world = world.reopened(|_| {});
    assert_eq!(quota(&world), 20 << 20);
    let mut world = world;
    let system = world.system;
    world.send(system, &weight(0));
    assert_eq!(quota(&world), 0);
    let world = world.reopened(|_| {});
    assert_eq!(quota(&world), 0);
}
