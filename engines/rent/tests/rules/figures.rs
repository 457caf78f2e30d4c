//! Rent against a few lines of arithmetic that share nothing with the engine: for each version 1,000
//! contracts, balances and gaps between blocks, through its file.

use crate::{
    fixtures,
    harness::{call, claim, deploy, test_config, test_setup, Harness, ALICE},
};
use parity_scale_codec::Encode;
use pink_engine_rent::{Contract, Prefab, Release, V1_0, V1_1};
use pink_engine_sdk::types::{Balance, Message, Outcome};
use sp_core::U256;

/// A small generator of numbers: the same cases everywhere, every time.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        // xorshift64
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Of any magnitude up to a number of bits.
    fn wide(&mut self, bits: u64) -> u128 {
        let value = u128::from(self.next()) << 64 | u128::from(self.next());
        value >> (128 - 1 - self.below(bits))
    }
}

/// Everything that rent depends on.
#[derive(Clone, Debug)]
struct Case {
    per_byte: u128,
    per_item: u128,
    per_contract: u128,
    billionths: u32,
    tombstone_deposit: u128,
    storage_size: u32,
    items: u32,
    users: u64,
    free: u128,
    allowance: u128,
    since: u32,
    now: u32,
    handicap: u32,
}

/// What becomes of it, in 256 bits and by the book: the fee is the uncovered deposit times the
/// fraction, rounded up; the budget is what is above the threshold, or the allowance.
#[derive(Debug, PartialEq, Eq)]
enum Expected {
    Exempt,
    Charge(u128),
    Evict(u128),
}

fn by_the_book(case: &Case, code_bytes: u64, handicap: u32) -> Expected {
    let wide = |value: u128| U256::from(value);
    let most = wide(u128::MAX);
    let blocks = u64::from(case.now)
        .saturating_sub(u64::from(handicap))
        .saturating_sub(u64::from(case.since));
    let share = match case.users as u32 {
        0 => code_bytes,
        users => code_bytes / u64::from(users),
    };
    let bytes = (u64::from(case.storage_size) + share).min(u64::from(u32::MAX));
    let deposits = (wide(case.per_byte) * U256::from(bytes)).min(most)
        + (wide(case.per_item) * U256::from(case.items)).min(most);
    let deposits = (deposits.min(most) + wide(case.per_contract)).min(most);
    let uncovered = deposits.saturating_sub(wide(case.free));
    let billion = U256::from(1_000_000_000_u64);
    let fee = (uncovered * U256::from(case.billionths) + billion - U256::one()) / billion;
    if blocks == 0 || fee.is_zero() {
        return Expected::Exempt;
    }
    let dues = (fee * U256::from(blocks)).min(most);
    let budget = case
        .free
        .saturating_sub(case.tombstone_deposit.saturating_add(50))
        .min(case.allowance);
    if wide(budget) < dues {
        Expected::Evict(budget)
    } else {
        Expected::Charge(dues.as_u128())
    }
}

fn random_case(numbers: &mut Numbers) -> Case {
    let extreme = numbers.below(10) == 0;
    let bits = if extreme { 127 } else { 40 };
    let since = numbers.below(50_000) as u32;
    let mut case = Case {
        per_byte: numbers.wide(bits),
        per_item: numbers.wide(bits),
        per_contract: numbers.wide(bits),
        billionths: match numbers.below(6) {
            0 => numbers.below(1_000_000_001) as u32,
            1 => 1_000_000_000,
            _ => numbers.below(100_000) as u32,
        },
        tombstone_deposit: numbers.wide(30),
        storage_size: numbers.wide(31) as u32,
        items: numbers.wide(20) as u32,
        users: 1 + numbers.below(9),
        free: numbers.wide(if extreme { 120 } else { 60 }),
        allowance: u128::MAX,
        since,
        now: since + numbers.wide(17) as u32,
        handicap: numbers.below(5) as u32,
    };
    if !extreme {
        // Around what the deposits are, so that all verdicts come up.
        let deposits = case.per_byte * u128::from(case.storage_size)
            + case.per_item * u128::from(case.items)
            + case.per_contract;
        case.free = deposits / 100 * u128::from(numbers.below(110));
        if numbers.below(3) == 0 {
            case.allowance = case.free / 100 * u128::from(numbers.below(120));
        }
    }
    case
}

#[test]
fn rent_is_by_the_book() {
    by_the_book_in::<V1_0>(0x005e_ed0f_2021);
    by_the_book_in::<V1_1>(0x005e_ed0f_1101);
}

fn by_the_book_in<V: Release>(seed: u64) {
    let mut numbers = Numbers(seed);
    let code = fixtures::tenant();
    let mut seen = [0_u32; 3];
    for round in 0..1_000 {
        let case = random_case(&mut numbers);
        let mut config = test_config();
        config.tombstone_deposit = case.tombstone_deposit;
        config.deposit_per_contract = case.per_contract;
        config.rent_fraction = case.billionths;
        config.signed_claim_handicap = case.handicap;
        let mut setup = test_setup(&config);
        setup.deposit_per_byte = case.per_byte;
        setup.deposit_per_item = case.per_item;
        // A contract that is made while rent costs nothing, and then is what the case says.
        let mut free_of_rent = config.clone();
        free_of_rent.rent_fraction = 0;
        let mut harness = Harness::<V>::with(pink_engine_sdk::types::Setup {
            engine_config: free_of_rent.encode(),
            ..setup
        });
        harness.fund(ALICE, 1_000_000);
        let receipt = harness.execute(Message::Instantiate(deploy(ALICE, &code, 500_000)));
        let address = receipt.address.unwrap();
        harness.put(b"config", config.encode());
        let mut contract = harness.alive(&address).unwrap();
        contract.storage_size = case.storage_size;
        contract.pair_count = case.items;
        contract.rent_allowance = case.allowance;
        contract.deduct_block = case.since;
        contract.rent_paid = 5;
        harness.put(
            &[b"contract/", &address[..]].concat(),
            Contract::Alive(contract.clone()).encode(),
        );
        let prefab = Prefab {
            refcount: case.users,
            ..harness.prefab(&code).unwrap()
        };
        let code_bytes = u64::from(prefab.original_len) + u64::from(prefab.instrumented_len);
        let hash = crate::harness::blake2_256(&code);
        harness.put(&[b"prefab/", &hash[..]].concat(), prefab.encode());
        harness.set_free(&address, case.free);
        harness.go_to_block(case.now);

        let verdict = harness.rent_view(&address).unwrap().verdict;
        let expected = by_the_book(&case, code_bytes, 0);
        let receipt = harness.execute(Message::Call(call(ALICE, address, &[])));
        let after = harness.alive(&address).unwrap();
        match expected {
            Expected::Exempt => {
                seen[0] += 1;
                assert_eq!(verdict, "exempt", "{round} {case:?}");
                assert_eq!(receipt.outcome, Outcome::Success);
                // 1.1: exempt time counts as paid, when the contract is called.
                let mut same = contract.clone();
                if V::RULES.exemption_counts_as_paid {
                    same.deduct_block = case.since.max(case.now);
                }
                assert_eq!((after, harness.free(&address)), (same, case.free));
            }
            Expected::Charge(dues) => {
                seen[1] += 1;
                assert_eq!(verdict, "charge", "{round} {case:?}");
                assert_eq!(receipt.outcome, Outcome::Success);
                assert_eq!(harness.free(&address), case.free - dues);
                assert_eq!(after.rent_allowance, case.allowance - dues);
                assert_eq!(after.rent_paid, 5 + dues);
                assert_eq!(after.deduct_block, case.now);
            }
            Expected::Evict(_) => {
                seen[2] += 1;
                assert_eq!(verdict, "evict", "{round} {case:?}");
                assert!(matches!(receipt.outcome, Outcome::Trapped(_)));
                assert_eq!(
                    (after, harness.free(&address)),
                    (contract.clone(), case.free)
                );
            }
        }
        // And a claim by someone who has to wait longer.
        let contract = harness.alive(&address).unwrap();
        let case = Case {
            since: contract.deduct_block,
            free: harness.free(&address),
            allowance: contract.rent_allowance,
            ..case
        };
        let (alice, free) = (harness.free(&ALICE), case.free);
        let receipt = harness.execute(claim(ALICE, address, false));
        match by_the_book(&case, code_bytes, case.handicap) {
            Expected::Evict(amount) => {
                assert_eq!(receipt.outcome, Outcome::Success, "{round} {case:?}");
                assert_eq!(harness.free(&address), free - amount);
                let reward = (contract.rent_paid + amount).min(500_000);
                let treasury = harness.free(&crate::harness::TREASURY);
                let paid = harness.free(&ALICE) - alice;
                assert!(
                    paid == reward || (paid < reward && treasury == 0),
                    "{round}"
                );
            }
            _ => {
                assert!(
                    matches!(receipt.outcome, Outcome::Trapped(_)),
                    "{round} {case:?}"
                );
                assert_eq!(harness.free(&address), free);
            }
        }
    }
    let enough: Balance = 100;
    assert!(
        seen.iter().all(|&count| Balance::from(count) >= enough),
        "{seen:?}"
    );
}
