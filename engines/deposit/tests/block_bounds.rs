//! What the messages of a block can give a worker to keep, by the frozen rules of all versions, is
//! below what it keeps: arithmetic over the rules, the runtime's `MaxBlockWeight` and the bounds on
//! `docs/limits.md`, which a test of the worker holds to its sources.
//!
//! Gas bounds what is paid by the byte. What isn't (a receipt's own fields, an output up to its
//! bound, the accounts that settlement writes) comes once for each message, and the rules' base isn't in a
//! block's weight; so messages are counted by the length of a block, in which each has a place.

use pink_engine_deposit::{Cost, Rules};
use pink_engine_rent::{RentConfig, Rules as RentRules};

/// Gas of a block, in ps.
const BLOCK_GAS: u64 = 5_000_000_000_000;
/// The longest block, FRAME's default.
const BLOCK_BYTES: u64 = 5 << 20;
/// A `call_contract` without input, as short as it can be: indices (2), cluster (8), contract (32),
/// input (1), value (16), gas limit (16), two absent options (2), the most for the order (16).
const CALL_BYTES: u64 = 2 + 8 + 32 + 1 + 16 + 16 + 2 + 16;
const MESSAGES: u64 = BLOCK_BYTES / CALL_BYTES;

/// A receipt without output and events: see `worker/tests/versions/limits.rs`; and address, code
/// hash, a failure's name and detail, and the events that come with every message: the call, the
/// value, the fee and the refund.
const RECEIPT: u64 = 138 + 64 + 128 + 4 * 97;
/// What settlement writes: sender, treasury, contract and code, keys of up to 72 bytes, records of
/// up to 200, new and old.
const RECORDS: u64 = 4 * (72 + 200 + 200);
/// An event's contract, index and lengths.
const EVENT: u64 = 32 + 1 + 4 + 1;

/// A bound's value on the page.
fn bound(name: &str) -> u64 {
    let page = include_str!("../../../docs/limits.md");
    let row = page
        .lines()
        .find(|line| line.starts_with(&format!("| `{name}`")));
    let cell = row.and_then(|row| row.split('|').nth(2)).expect("a row");
    let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
    digits.parse().expect("a number")
}

/// Bytes that a block's gas buys, at a number of them for a price.
fn bought(bytes: u64, price: u64) -> u64 {
    u64::try_from(u128::from(BLOCK_GAS) * u128::from(bytes) / u128::from(price)).expect("it fits")
}

fn price(cost: &Cost, bytes: u64) -> u64 {
    cost.ref_time + cost.ref_time_per_byte * bytes
}

/// The most that a block's gas buys of any of these, each bytes for a price.
fn most(offers: &[(u64, u64)]) -> u64 {
    let bought = offers.iter().map(|(bytes, price)| bought(*bytes, *price));
    bought.max().expect("an offer")
}

#[test]
fn the_runtime_is_the_one_that_is_counted_for() {
    let runtime = include_str!("../../../runtime-mock/src/runtime/mod.rs");
    let (_, weight) = runtime
        .split_once("const MaxBlockWeight: GasWeight =")
        .expect("it's there");
    let weight = weight.split_once(';').expect("its end").0;
    assert!(weight.contains("ref_time: 5_000_000_000_000,"), "{weight}");
    assert!(weight.contains("proof_size: 32 * 1024 * 1024"), "{weight}");
    assert_eq!(MESSAGES, 56_375);
}

#[test]
fn receipts_of_a_block_are_kept() {
    let most_kept = bound("MAX_BLOCK_RECEIPTS_BYTES");
    for rules in RentRules::ALL {
        let costs = &rules.schedule.host_fn_weights;
        let offers: Vec<_> = [0, 32, 1_024, 16_384]
            .map(|len| {
                (
                    len + EVENT,
                    costs.deposit_event + costs.deposit_event_per_byte * len,
                )
            })
            .into();
        let events = most(&offers);
        assert_eq!(events, 1_657_835_243);
        let outputs = MESSAGES * (RECEIPT + u64::from(rules.output_bytes));
        // Gas that outputs cost buys no events.
        let returning = costs.r#return + costs.return_per_byte * u64::from(rules.output_bytes);
        let left = BLOCK_GAS - MESSAGES * returning;
        let both = outputs + events / 1_000 * (left / (BLOCK_GAS / 1_000)) + events / 1_000;
        for all in [events, both] {
            assert!(all < most_kept, "{all}");
        }
    }
    for rules in Rules::ALL {
        let event = &rules.host.deposit_event;
        let offers: Vec<_> = [0, 32, 1_024, 16_384]
            .map(|len| (len + EVENT, price(event, len)))
            .into();
        let events = most(&offers);
        let outputs = MESSAGES * (RECEIPT + u64::from(rules.limits.output_bytes));
        assert!(events + outputs < most_kept, "{events} + {outputs}");
        // And one receipt: what it may hold of each.
        let receipt = u64::from(rules.limits.event_bytes + rules.limits.output_bytes) + RECEIPT;
        assert!(receipt < bound("MAX_RECEIPT_BYTES"));
    }
    for (events, output) in [
        (RentRules::V1_0.event_bytes, RentRules::V1_0.output_bytes),
        (RentRules::V1_1.event_bytes, RentRules::V1_1.output_bytes),
    ] {
        assert!(u64::from(events + output) + RECEIPT < bound("MAX_RECEIPT_BYTES"));
    }
}

#[test]
fn changes_of_a_block_are_kept() {
    let most_kept = bound("MAX_BLOCK_CHANGED_BYTES");
    // By the largest configuration that a cluster can be given.
    let largest = |size, depth| RentConfig {
        max_value_size: size,
        deletion_queue_depth: depth,
        ..RentConfig::DEVELOPMENT
    };
    let taken = |config: RentConfig| {
        RentConfig::from_bytes(&parity_scale_codec::Encode::encode(&config)).is_ok()
    };
    let (value, depth) = (16_384, 2_048);
    assert!(taken(largest(value as u32, depth as u32)));
    assert!(!taken(largest(value as u32 + 1, depth as u32)));
    assert!(!taken(largest(value as u32, depth as u32 + 1)));
    // Every end of a contract writes the queue anew, and nothing leaves it within the messages.
    let queue = 36 * depth * depth;
    // A message with code is longer by it, and stores it as it came and as it runs, which takes at
    // most sixteen times that.
    let fixed = (MESSAGES * RECORDS).max(BLOCK_BYTES * 17);
    for rules in RentRules::ALL {
        let costs = &rules.schedule.host_fn_weights;
        let values = most(&[
            (
                72 + 2 * value,
                costs.set_storage + costs.set_storage_per_byte * value,
            ),
            (72 + value, costs.clear_storage),
        ]);
        assert_eq!(values, 556_647_509);
        let all = values + queue + fixed;
        assert!(all < most_kept, "{all}");
    }
    // From 2.0 on an old value counts as state that is read, 32 MiB in a block, and a key has up to
    // 176 bytes.
    for rules in Rules::ALL {
        let value = u64::from(rules.limits.payload_len);
        assert_eq!(rules.host.old_value.proof_size_per_byte, 1);
        let values = most(&[
            (176 + value, price(&rules.host.set_storage, value)),
            (176, price(&rules.host.set_storage, 0)),
            (176, price(&rules.host.clear_storage, 0)),
        ]);
        let all = values + (32 << 20) + fixed;
        assert!(all < most_kept, "{all}");
    }
}
