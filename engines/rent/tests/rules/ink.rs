//! A contract that people write: a flipper in ink! 3, the language of these rules.

use crate::harness::{call, deploy, test_config, test_setup, Harness, Succeed, ALICE, BOB};
use pink_engine_rent::{Release, RentConfig, V1_0, V1_1};
use pink_engine_sdk::types::{AccountId, Balance, Message};

const FLIPPER: &[u8] = include_bytes!("../../../../contracts/artifacts/flipper-ink3.wasm");
const NEW: [u8; 4] = [0x9b, 0xae, 0x9d, 0x5e];
const FLIP: [u8; 4] = [0x63, 0x3a, 0xa5, 0x51];
const GET: [u8; 4] = [0x2f, 0x86, 0x5b, 0xd9];
const UNIT: Balance = 1_000_000_000_000;

/// A development chain, and a flipper on it that is on.
fn flipper<V: Release>() -> (Harness<V>, AccountId) {
    let mut setup = test_setup(&test_config());
    setup.engine_config = Vec::new();
    setup.gas_price = 1;
    setup.existential_deposit = UNIT / 1_000;
    setup.deposit_per_item = UNIT / 100;
    setup.deposit_per_byte = UNIT / 100_000;
    let mut harness = Harness::<V>::with(setup);
    harness.fund(ALICE, 1_000_000 * UNIT);
    harness.fund(BOB, 1_000_000 * UNIT);
    // Its constructors take no money, so that its account has it beforehand.
    harness.fund(harness.address(&ALICE, FLIPPER, &[]), UNIT / 4);
    let mut message = deploy(ALICE, FLIPPER, 0);
    message.input = [&NEW[..], &[1]].concat();
    let address = harness.succeed(message).address.unwrap();
    (harness, address)
}

fn flips<V: Release>() {
    let (mut harness, address) = flipper::<V>();
    let get = |harness: &Harness<V>| {
        harness
            .query(&Message::Call(call(BOB, address, &GET)))
            .output
    };
    assert_eq!(get(&harness), [1]);
    let off = harness.succeed(call(BOB, address, &FLIP));
    assert_eq!(get(&harness), [0]);
    let on = harness.succeed(call(BOB, address, &FLIP));
    assert_eq!(get(&harness), [1]);
    assert_eq!(on.gas_consumed, off.gas_consumed);
    // The call, a value read and written, the input: about twice the base.
    assert!((800_000_000..1_500_000_000).contains(&on.gas_consumed.ref_time));
    // An unknown selector.
    harness.fail(call(BOB, address, &[1, 2, 3, 4]), "ContractTrapped");
    // It lives for some thousand blocks.
    let at = harness.rent_view(&address).unwrap().eviction_at.unwrap();
    assert!((2_000..10_000).contains(&at), "{at}");
    assert_eq!(RentConfig::DEVELOPMENT.max_code_size, 131_072);
}

#[test]
fn a_flipper_of_ink_3() {
    flips::<V1_0>();
    flips::<V1_1>();
}
