//! Rent: when it is paid, and what becomes of who can't.

use crate::{
    fixtures,
    harness::{
        call, call_base, claim, code_bytes, deploy, rejected, rent, Harness, Succeed, ALICE, BOB,
        CHARLIE, PER_BYTE, THRESHOLD, TREASURY,
    },
};
use pink_engine_rent::{Release, V1_0, V1_1};
use pink_engine_sdk::types::{AccessError, AccountId, Balance, Event, Message, Outcome, RentView};

/// 828,270,000 ps and 5,108,000 for each KiB of code.
fn claim_base(code_len: u32) -> u64 {
    828_270_000 + 5_108_000 * u64::from(code_len / 1024)
}

fn tenancy<V: Release>(value: Balance, allowance: Option<Balance>) -> (Harness<V>, AccountId) {
    let mut harness = Harness::<V>::new();
    harness.fund(ALICE, 1_000_000);
    let mut message = deploy(ALICE, &fixtures::tenant(), value);
    message.input = allowance.map_or(vec![], |allowance| allowance.to_le_bytes().to_vec());
    let address = harness.succeed(message).address.unwrap();
    (harness, address)
}

/// The published figure of 2021's own test: its contract took 371 and 424 bytes, was endowed with
/// 100,000, paid for its first block and one more, and left 93,654.
#[test]
fn the_figure_of_2021() {
    let first = rent(371 + 424, 0, 100_000);
    let second = rent(371 + 424, 0, 100_000 - first);
    assert_eq!(100_000 - first - second, 93_654);
}

#[test]
fn deduct_blocks() {
    let (mut harness, address) = tenancy::<V1_0>(60_000, Some(50_000));
    let bytes = code_bytes(&harness, &fixtures::tenant()) + 4;
    let rent0 = rent(bytes, 1, 60_000);
    let check = |harness: &Harness<V1_0>, paid: Balance, block: u32| {
        let contract = harness.alive(&address).unwrap();
        assert_eq!(contract.rent_allowance, 50_000 - paid);
        assert_eq!(contract.rent_paid, paid);
        assert_eq!(contract.deduct_block, block);
        assert_eq!(harness.free(&address), 60_000 - paid);
        assert_eq!(harness.free(&TREASURY), paid);
    };
    check(&harness, rent0, 1);
    harness.go_to_block(5);
    let receipt = harness.succeed(call(ALICE, address, &[]));
    let rent1 = 4 * rent(bytes, 1, 60_000 - rent0);
    check(&harness, rent0 + rent1, 5);
    harness.go_to_block(7);
    harness.succeed(call(ALICE, address, &[]));
    let rent2 = 2 * rent(bytes, 1, 60_000 - rent0 - rent1);
    check(&harness, rent0 + rent1 + rent2, 7);
    // The same block is free, and costs the same gas.
    let again = harness.succeed(call(ALICE, address, &[]));
    check(&harness, rent0 + rent1 + rent2, 7);
    assert_eq!(again.gas_consumed, receipt.gas_consumed);
    assert_gas!(again, 519_738_875);
}

/// Claims by workers and by others, in the three ways in which a contract can run out.
fn contract_removals(by_worker: bool) {
    // The balance is used up.
    let (mut harness, address) = tenancy::<V1_0>(70_000, Some(100_000));
    let nothing = |harness: &mut Harness<V1_0>| {
        let before = harness.state();
        let receipt = harness.execute(claim(ALICE, address, by_worker));
        assert_eq!(harness.state(), before);
        receipt
    };
    let failed = nothing(&mut harness);
    assert!(
        matches!(&failed.outcome, Outcome::Trapped(failure) if failure.error == "ContractNotEvictable")
    );
    assert_eq!(failed.gas_consumed.ref_time, claim_base(0));
    assert_eq!(failed.gas_limit.ref_time, claim_base(2_048));
    harness.go_to_block(40);
    let receipt = harness.succeed(claim(ALICE, address, by_worker));
    assert_eq!(receipt.events, evicted(address));
    assert_eq!(receipt.fee, 0);
    assert!(harness.is_tombstone(&address));
    assert_eq!(harness.free(&address), THRESHOLD);
    harness.go_to_block(43);
    assert_eq!(
        rejected(&nothing(&mut harness)).error,
        "ContractNotEvictable"
    );

    // The allowance is used up.
    let (mut harness, address) = tenancy::<V1_0>(100_000, Some(70_000));
    harness.go_to_block(40);
    harness.succeed(claim(ALICE, address, by_worker));
    assert!(harness.is_tombstone(&address));
    assert_eq!(harness.free(&address), 30_000);

    // It has exactly the threshold.
    let (mut harness, address) = tenancy::<V1_0>(THRESHOLD * 100, Some(THRESHOLD * 100));
    harness.set_free(&address, THRESHOLD);
    harness.go_to_block(10);
    harness.succeed(claim(ALICE, address, by_worker));
    assert!(harness.is_tombstone(&address));
    assert_eq!(harness.free(&address), THRESHOLD);
}

/// The only user of its code is evicted.
fn evicted(contract: AccountId) -> Vec<Event> {
    vec![
        Event::CodeRemoved {
            code_hash: crate::harness::blake2_256(&fixtures::tenant()),
            deposit_released: 0,
            remover: contract,
        },
        Event::Evicted { contract },
    ]
}

#[test]
fn inherent_claim_surcharge_contract_removals() {
    contract_removals(true);
}

#[test]
fn signed_claim_surcharge_contract_removals() {
    contract_removals(false);
}

/// Everyone but a worker waits two blocks longer.
#[test]
fn claim_surcharge_malus() {
    // An allowance that pays the first block and six more.
    let (harness, _) = tenancy::<V1_0>(30_000, Some(10_000));
    let bytes = code_bytes(&harness, &fixtures::tenant()) + 4;
    let first = rent(bytes, 1, 30_000);
    let allowance = first + 6 * rent(bytes, 1, 30_000 - first) - 1;
    let evicts = |number: u32, by_worker: bool| {
        let (mut harness, address) = tenancy::<V1_0>(30_000, Some(allowance));
        harness.go_to_block(number);
        let receipt = harness.execute(claim(ALICE, address, by_worker));
        receipt.outcome == Outcome::Success
    };
    assert!(evicts(7, true));
    assert!(!evicts(6, true));
    assert!(evicts(9, false));
    assert!(!evicts(8, false));
}

#[test]
fn call_removed_contract() {
    let (mut harness, address) = tenancy::<V1_0>(30_000, Some(10_000));
    harness.succeed(call(ALICE, address, &[]));
    harness.go_to_block(27);
    for _ in 0..2 {
        let before = harness.state();
        let receipt = harness.fail(call(ALICE, address, &[]), "NotCallable");
        assert!(format!("{:?}", receipt.outcome).contains("can't pay its rent"));
        assert!(receipt.events.is_empty());
        assert_eq!(harness.state(), before, "alive, until someone claims");
        assert_eq!(receipt.gas_consumed.ref_time, call_base(0));
    }
    harness.succeed(claim(ALICE, address, true));
    assert!(harness.is_tombstone(&address));
    let receipt = harness.execute(Message::Call(call(ALICE, address, &[])));
    assert_eq!(rejected(&receipt).error, "NotCallable");
}

#[test]
fn surcharge_reward_is_capped() {
    let (mut harness, address) = tenancy::<V1_0>(30_000, Some(10_000));
    let paid = harness.alive(&address).unwrap().rent_paid;
    assert!(paid > 0 && paid < 500_000);
    let before = harness.free(&ALICE);
    harness.go_to_block(40);
    harness.succeed(claim(ALICE, address, true));
    // All rent of its life, the last included: the whole allowance.
    assert_eq!(harness.free(&ALICE), before + 10_000);
    // It came out of the treasury, which had nothing else.
    assert_eq!(harness.free(&TREASURY), 0);
}

#[test]
fn the_reward_is_at_most_what_the_treasury_has() {
    let (mut harness, address) = tenancy::<V1_0>(30_000, Some(10_000));
    harness.set_free(&TREASURY, 0);
    let last = {
        let contract = harness.alive(&address).unwrap();
        10_000 - contract.rent_paid
    };
    let before = harness.free(&ALICE);
    harness.go_to_block(40);
    harness.succeed(claim(ALICE, address, true));
    assert_eq!(harness.free(&ALICE), before + last);
}

/// A claim that fails is paid for, one that works is not.
#[test]
fn claims_cost_what_they_say() {
    let mut setup = crate::harness::test_setup(&crate::harness::test_config());
    setup.gas_price = 2;
    let mut harness = Harness::<V1_0>::with(setup);
    harness.fund(ALICE, 1_000_000_000_000);
    harness.fund(BOB, 10_000_000_000);
    let mut message = deploy(ALICE, &fixtures::tenant(), 30_000);
    message.input = 10_000_u128.to_le_bytes().to_vec();
    let address = harness.succeed(message).address.unwrap();
    let receipt = harness.execute(claim(BOB, address, false));
    assert_eq!(receipt.fee, Balance::from(claim_base(0)) * 2);
    assert_eq!(harness.free(&BOB), 10_000_000_000 - receipt.fee);
    harness.go_to_block(40);
    let before = harness.free(&BOB);
    let receipt = harness.succeed(claim(BOB, address, false));
    assert_eq!(receipt.gas_consumed.ref_time, claim_base(0));
    assert_eq!(receipt.fee, 0);
    assert_eq!(harness.free(&BOB), before + 10_000);
    // Who can't put up the base is rejected.
    let receipt = harness.execute(claim(CHARLIE, address, false));
    assert_eq!(rejected(&receipt).error, "ContractNotEvictable");
}

/// A balance as large as the deposits pays nothing, and what was not due then counts later.
#[test]
fn a_contract_covered_by_its_balance_is_exempt() {
    let (mut harness, address) = tenancy::<V1_0>(30_000, None);
    let bytes = code_bytes(&harness, &fixtures::tenant()) + 4;
    let needed = bytes * PER_BYTE + 10_000 + 80_000;
    harness.set_free(&address, needed);
    harness.go_to_block(100);
    harness.succeed(call(ALICE, address, &[]));
    assert_eq!(harness.free(&address), needed);
    assert_eq!(harness.alive(&address).unwrap().deduct_block, 1);
    // The rate of today, for all the time.
    harness.set_free(&address, needed - 1);
    harness.succeed(call(ALICE, address, &[]));
    assert_eq!(harness.free(&address), needed - 1 - 99);
}

/// Code is paid for by all who use it.
#[test]
fn users_share_the_rent_of_their_code() {
    let (mut harness, first) = tenancy::<V1_0>(30_000, None);
    let code = fixtures::tenant();
    let bytes = code_bytes(&harness, &code);
    let mut message = deploy(ALICE, &code, 30_000);
    message.salt = vec![1];
    let second = harness.succeed(message).address.unwrap();
    // The second one's first block: fresh code counts one user.
    let at_first = rent(bytes + 4, 1, 30_000);
    assert_eq!(harness.free(&second), 30_000 - at_first);
    harness.go_to_block(2);
    for contract in [first, second] {
        let before = harness.free(&contract);
        harness.succeed(call(ALICE, contract, &[]));
        let share = rent(bytes / 2 + 4, 1, before);
        assert_eq!(harness.free(&contract), before - share);
    }
}

#[test]
fn prices_of_today_count_for_the_blocks_that_passed() {
    let (mut harness, address) = tenancy::<V1_0>(30_000, None);
    harness.execute(Message::UpdatePrices(
        pink_engine_sdk::types::UpdatePrices {
            gas_price: 0,
            deposit_per_item: 0,
            deposit_per_byte: 0,
        },
    ));
    let before = harness.free(&address);
    harness.go_to_block(11);
    harness.succeed(call(ALICE, address, &[]));
    let fee = ((80_000 - before) * 4).div_ceil(10_000);
    assert_eq!(harness.free(&address), before - 10 * fee);
}

#[test]
fn rent_projection() {
    let (mut harness, address) = tenancy::<V1_1>(30_000, Some(20_000));
    let bytes = code_bytes(&harness, &fixtures::tenant()) + 4;
    let free = harness.free(&address);
    let contract = harness.alive(&address).unwrap();
    let fee = rent(bytes, 1, free);
    let blocks = u32::try_from(contract.rent_allowance / fee).unwrap();
    let view = harness.rent_view(&address).unwrap();
    assert_eq!(
        view,
        RentView {
            eviction_at: Some(1 + blocks),
            allowance: contract.rent_allowance,
            paid: contract.rent_paid,
            threshold: THRESHOLD,
            verdict: "exempt".into(),
        }
    );
    // It can pay up to that block, and not for the next.
    harness.go_to_block(1 + blocks);
    assert_eq!(harness.rent_view(&address).unwrap().verdict, "charge");
    harness.go_to_block(2 + blocks);
    let due = harness.rent_view(&address).unwrap();
    assert_eq!(due.verdict, "evict");
    assert_eq!(due.eviction_at, Some(2 + blocks));
    // Looking changed nothing, evicting does.
    harness.succeed(claim(ALICE, address, true));
    assert_eq!(harness.rent_view(&address), Err(AccessError::IsTombstone));
    assert_eq!(harness.rent_view(&ALICE), Err(AccessError::DoesntExist));
    // Covered: never.
    let (mut harness, address) = tenancy::<V1_0>(30_000, None);
    harness.set_free(&address, 1_000_000_000);
    assert_eq!(harness.rent_view(&address).unwrap().eviction_at, None);
}

/// The defaults, for a chain that counts in units of 10¹².
#[test]
fn a_small_contract_lives_for_some_thousand_blocks() {
    const UNIT: Balance = 1_000_000_000_000;
    for code in [fixtures::idle(), fixtures::tenant(), fixtures::puppet()] {
        let mut setup = crate::harness::test_setup(&crate::harness::test_config());
        setup.engine_config = Vec::new();
        setup.existential_deposit = UNIT / 1_000;
        setup.deposit_per_item = UNIT / 100;
        setup.deposit_per_byte = UNIT / 100_000;
        let mut harness = Harness::<V1_0>::with(setup);
        harness.fund(ALICE, UNIT * 1_000_000);
        let threshold = UNIT / 10 + UNIT / 1_000;
        let message = deploy(ALICE, &code, 2 * threshold);
        let address = harness.succeed(message).address.unwrap();
        let at = harness.rent_view(&address).unwrap().eviction_at.unwrap();
        assert!((2_000..5_000).contains(&at), "{at}");
        assert_eq!(harness.rent_view(&address).unwrap().threshold, threshold);
        // With two units it lives for ever.
        let mut message = deploy(ALICE, &code, 2 * UNIT);
        message.salt = vec![1];
        let address = harness.succeed(message).address.unwrap();
        assert_eq!(harness.rent_view(&address).unwrap().eviction_at, None);
    }
}
