//! What a contract gives to those that it calls and makes: limits, money, codes.

mod common;

use common::*;
use pink_engine_sdk::types::*;

/// Input: callee, then the limit of the deposit (u128), then how many bytes the callee writes
/// (u32). Returns the code.
const LIMITER: &str = r#"
    (i32.store8 (i32.const 9100) (call $call (i32.const 0) (i32.const 4) (i64.const 0) (i64.const 0)
        (i32.const 36) (i32.const 9200) (i32.const 52) (i32.const 4) (i32.const -1) (i32.const 0)))
    (call $return (i32.const 0) (i32.const 9100) (i32.const 1))"#;
const LIMITER_IMPORTS: &str = r#"(import "seal2" "call" (func $call (param i32 i32 i64 i64 i32 i32 i32 i32 i32 i32) (result i32)))"#;

/// Writes a value of as many bytes as the input says.
const WRITER_IMPORTS: &str =
    r#"(import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))"#;
const WRITER: &str =
    r#"(drop (call $set (i32.const 0) (i32.const 4) (i32.const 100) (i32.load (i32.const 4))))"#;

#[test]
fn a_nested_deposit_limit_ends_the_caller() {
    let mut chain = Chain::new();
    let limiter = chain.make_wat(&module(LIMITER_IMPORTS, LIMITER));
    let writer = chain.make_wat(&module(WRITER_IMPORTS, WRITER));
    let needed = PER_ITEM + 50 * PER_BYTE;
    let input = |limit: Balance, bytes: u32| {
        [
            writer.to_vec(),
            limit.to_le_bytes().to_vec(),
            bytes.to_le_bytes().to_vec(),
        ]
        .concat()
    };
    let receipt = chain.call(limiter, &input(needed - 1, 50));
    assert_eq!(error(&receipt), "StorageDepositLimitExhausted");
    let receipt = chain.call(limiter, &input(needed, 50));
    assert_eq!(receipt.output, [0]);
    assert_eq!(receipt.storage_deposit, StorageDeposit::Charge(needed));
    // Zero stands for what the message allows.
    let mut message_ = call(limiter, &input(0, 60));
    message_.storage_deposit_limit = Some(10 * PER_BYTE - 1);
    let receipt = chain.send(Message::Call(message_.clone()));
    assert_eq!(error(&receipt), "StorageDepositLimitExhausted");
    message_.storage_deposit_limit = Some(10 * PER_BYTE);
    let receipt = chain.send(Message::Call(message_));
    assert_eq!(receipt.output, [0]);
    // A refund needs no limit.
    let receipt = chain.call(limiter, &input(1, 0));
    assert_eq!(
        receipt.storage_deposit,
        StorageDeposit::Refund(60 * PER_BYTE)
    );
}

/// Input: code hash, value (u128), limit of the deposit (u128), flag, rest: input; the salt is
/// the last byte of it.
const MAKER_IMPORTS: &str = r#"(import "seal2" "instantiate" (func $make (param i32 i64 i64 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))"#;
const MAKER: &str = r#"
    (i32.store (i32.const 9000) (i32.const 32))
    (i32.store (i32.const 9004) (i32.const 100))
    (i32.store8 (i32.const 9100) (call $make (i32.const 4) (i64.load (i32.const 68)) (i64.const 0)
        (i32.const 52) (i32.const 36) (i32.const 76) (i32.const 4)
        (i32.const 9101) (i32.const 9000) (i32.const 9133) (i32.const 9004) (i32.const 80) (i32.const 1)))
    (call $return (i32.const 0) (i32.const 9100) (i32.const 40))"#;

/// A constructor that does what its input says: 0 nothing, 1 reverts, 2 traps, 3 spins.
const CHILD: &str = r#"
    (if (i32.eq (i32.load8_u (i32.const 4)) (i32.const 1)) (then (call $return (i32.const 1) (i32.const 4) (i32.const 1))))
    (if (i32.eq (i32.load8_u (i32.const 4)) (i32.const 2)) (then unreachable))
    (if (i32.eq (i32.load8_u (i32.const 4)) (i32.const 3)) (then (loop (br 0))))"#;

struct Maker {
    chain: Chain,
    maker: AccountId,
    child: Hash,
}

impl Maker {
    fn new() -> Self {
        let mut chain = Chain::new();
        let maker = chain.make_wat(&module(MAKER_IMPORTS, MAKER));
        chain.deposit(maker, 100_000);
        let child = chain.code(&wat(&module_with("", CHILD, "")));
        Self {
            chain,
            maker,
            child,
        }
    }

    fn make(&mut self, hash: Hash, value: Balance, limit: Balance, what: u8, salt: u8) -> Receipt {
        let gas: u64 = if what == 3 { 1_000_000_000 } else { 0 };
        let input = [
            hash.to_vec(),
            value.to_le_bytes().to_vec(),
            limit.to_le_bytes().to_vec(),
            gas.to_le_bytes().to_vec(),
            vec![what, 0, 0, 0, salt],
        ]
        .concat();
        self.chain.call(self.maker, &input)
    }
}

#[test]
fn codes_of_an_instantiation() {
    let mut maker = Maker::new();
    let child = maker.child;
    let made = maker.make(child, 77, 0, 0, 1);
    assert_eq!(made.output[0], 0, "{made:?}");
    let address: AccountId = made.output[1..33].try_into().unwrap();
    assert_eq!(
        address,
        pink_engine_deposit::contract_address(&maker.maker, &child, &[0; 32], &[1])
    );
    // The existential deposit came from the origin, the value from the maker.
    assert_eq!(maker.chain.free(address), MINIMUM + 77);
    assert_eq!(maker.chain.free(maker.maker), MINIMUM + 100_000 - 77);
    assert!(made.events.contains(&Event::Instantiated {
        deployer: maker.maker,
        contract: address
    }));

    for (what, code) in [(1, 2), (2, 1), (3, 1)] {
        let receipt = maker.make(child, 0, 0, what, 2);
        assert_eq!(receipt.output[0], code);
        // The address is written only when there is something there.
        assert_eq!(receipt.output[1..33], [0; 32]);
        assert_eq!(receipt.storage_deposit, StorageDeposit::Charge(0));
    }
    assert_eq!(maker.make([1; 32], 0, 0, 0, 3).output[0], 7);
    assert_eq!(maker.make(child, 1_000_000, 0, 0, 3).output[0], 5);
    assert_eq!(error(&maker.make(child, 0, 0, 0, 1)), "DuplicateContract");
    // Its limit has to cover the existential deposit and its record.
    let base = 107 * PER_BYTE + PER_ITEM;
    let receipt = maker.make(child, 0, MINIMUM + base - 1, 0, 4);
    assert_eq!(error(&receipt), "StorageDepositLimitExhausted");
    let receipt = maker.make(child, 0, MINIMUM + base, 0, 4);
    assert_eq!(receipt.output[0], 0);
    assert_eq!(
        receipt.storage_deposit,
        StorageDeposit::Charge(MINIMUM + base)
    );
}

#[test]
fn the_system_salt_is_nobodys() {
    let mut chain = Chain::new();
    let body = MAKER.replace(
        "(i32.const 80) (i32.const 1)",
        "(i32.const 80) (i32.const 11)",
    );
    let maker = chain.make_wat(&module(MAKER_IMPORTS, &body));
    let child = chain.code(&wat(&module_with("", CHILD, "")));
    let input = [&child[..], &[0; 40], &[0; 4], b"pink:system"].concat();
    assert_eq!(error(&chain.call(maker, &input)), "ReservedSalt");
}

/// 1,024 bytes are a salt, of a contract that makes another and of a message alike; one more are none.
#[test]
fn a_salt_has_at_most_1024_bytes() {
    let mut chain = Chain::new();
    let child = chain.code(&wat(&module_with("", CHILD, "")));
    let salted = |len: u32| {
        let salt = format!("(i32.const 80) (i32.const {len})");
        MAKER.replace("(i32.const 80) (i32.const 1)", &salt)
    };
    let input = [&child[..], &[0; 40], &[0; 4]].concat();
    let [longest, longer] =
        [1024, 1025].map(|len| chain.make_wat(&module(MAKER_IMPORTS, &salted(len))));
    let made = chain.call(longest, &input);
    assert_eq!(made.output[0], 0, "{made:?}");
    assert_eq!(
        made.output[1..33],
        pink_engine_deposit::contract_address(&longest, &child, &[0; 32], &[0; 1024])
    );
    let refused = chain.call(longer, &input);
    assert_eq!(error(&refused), "ValueTooLarge");
    // It was charged for the byte more before it was looked at.
    assert!(refused.gas_consumed.ref_time > call_base(input.len()).ref_time);

    let mut message = instantiate(Code::Existing(child), &[0; 4]);
    message.salt = vec![0; 1024];
    let made = chain.send(Message::Instantiate(message.clone()));
    assert_eq!(made.outcome, Outcome::Success);
    message.salt.push(0);
    let refused = chain.send(Message::Instantiate(message));
    assert!(
        matches!(refused.outcome, Outcome::Rejected(_)),
        "{refused:?}"
    );
    assert_eq!(refused.gas_consumed, Weight::default());
}

#[test]
fn the_nonce_counts_what_was_made() {
    let mut chain = Chain::new();
    let text = module(
        r#"(import "seal0" "instantiation_nonce" (func $nonce (result i64)))"#,
        r#"(i64.store (i32.const 9000) (call $nonce)) (call $return (i32.const 0) (i32.const 9000) (i32.const 8))"#,
    );
    let first = chain.make_wat(&text);
    let nonce = |chain: &mut Chain| chain.call(first, &[]).output[0];
    assert_eq!(nonce(&mut chain), 1);
    chain.make_wat(&text);
    assert_eq!(nonce(&mut chain), 2);
    // What fails doesn't count.
    let failing = wat(&module_with("", "unreachable", ""));
    chain.instantiate(Code::Upload(failing), &[]);
    assert_eq!(nonce(&mut chain), 2);
}

/// The origin who hasn't got the deposit undoes all of it, and pays the fee.
#[test]
fn a_deposit_that_cant_be_paid_undoes_the_call() {
    let mut chain = Chain::new();
    let writer = chain.make_wat(&module(WRITER_IMPORTS, WRITER));
    let mut message_ = call(writer, &1000u32.to_le_bytes());
    message_.origin = CHARLIE;
    message_.gas_limit = Weight::new(1_000_000_000, 100_000);
    let limit = Balance::from(1_000_000_000 + call_base(4).ref_time) * GAS_PRICE;
    // Enough for the fee and two existential deposits, but not for what is written.
    chain.deposit(CHARLIE, limit + 2 * MINIMUM + 100);
    let before = chain.contract(writer);
    let receipt = chain.send(Message::Call(message_.clone()));
    // Without a limit of his own, his limit is what he has.
    assert_eq!(error(&receipt), "StorageDepositLimitExhausted");
    assert_eq!(chain.contract(writer), before);
    message_.storage_deposit_limit = Some(101);
    chain.deposit(CHARLIE, receipt.fee);
    let receipt = chain.send(Message::Call(message_));
    assert_eq!(error(&receipt), "StorageDepositNotEnoughFunds");
}
