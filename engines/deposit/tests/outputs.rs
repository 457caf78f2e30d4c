//! What a message's first frame may return: it is kept with the receipt.

mod common;

use common::*;
use pink_engine_sdk::types::*;

/// 16 KiB: the buffer that ink! encodes what it returns in.
const MOST: u32 = 16_384;

const SET: &str =
    r#"(import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))"#;
/// Writes to its storage, and returns as many bytes as the first word of its input says, with the
/// second one for flags.
const WRITE_AND_RETURN: &str = "
    (drop (call $set (i32.const 5000) (i32.const 1) (i32.const 4) (i32.const 4)))
    (call $return (i32.load (i32.const 8)) (i32.const 0) (i32.load (i32.const 4)))";

fn asks(len: u32, flags: u32) -> Vec<u8> {
    [len.to_le_bytes(), flags.to_le_bytes()].concat()
}

#[test]
fn a_transaction_and_an_estimate_return_16_kib_and_no_more() {
    assert_eq!(RULES.limits.output_bytes, MOST);
    let mut chain = Chain::new();
    let contract = chain.make_wat(&module(SET, WRITE_AND_RETURN));
    for flags in [0, 1] {
        let state = chain.state();
        let (most, more) = (asks(MOST, flags), asks(MOST + 1, flags));
        let kept = chain.estimate(contract, &most);
        assert_eq!(kept.output.len(), 16_384);
        let ended = match flags {
            0 => Outcome::Success,
            _ => Outcome::Reverted,
        };
        assert_eq!(kept.outcome, ended);

        let estimated = chain.estimate(contract, &more);
        let receipt = chain.call(contract, &more);
        for trapped in [&estimated, &receipt] {
            assert_eq!(error(trapped), "OutputTooLarge");
            assert!(trapped.output.is_empty());
            assert_eq!(trapped.storage_deposit, StorageDeposit::default());
            // What the shorter one took, and 100 ps for the byte: the gas is paid, not the limit.
            assert_eq!(gas(trapped).0, gas(&kept).0 + 100);
            assert_eq!(trapped.fee, Balance::from(gas(trapped).0) * GAS_PRICE);
            assert!(!trapped
                .events
                .iter()
                .any(|event| matches!(event, Event::Called { .. })));
        }
        // Only money moved, from the sender to the treasury.
        let changed: Vec<_> = chain
            .state()
            .into_iter()
            .filter(|(key, value)| state.get(key) != Some(value))
            .collect();
        assert_eq!(changed.len(), 2, "{changed:?}");
        assert_eq!(
            chain.contract(contract).expect("it is there").storage_items,
            0
        );

        // Whoever asks a worker gets what there is.
        let asked = chain.query(contract, &more);
        assert_eq!((asked.outcome, asked.output.len()), (kept.outcome, 16_385));
    }
    let kept = chain.call(contract, &asks(MOST, 0));
    assert_eq!(
        (kept.outcome, kept.output.len()),
        (Outcome::Success, 16_384)
    );
    assert_eq!(
        chain.contract(contract).expect("it is there").storage_items,
        1
    );
}

#[test]
fn a_constructor_returns_no_more() {
    let mut chain = Chain::new();
    let code = wat(&module_with(SET, WRITE_AND_RETURN, ""));
    let hash = chain.code(&code);
    let trapped = chain.instantiate(Code::Existing(hash), &asks(MOST + 1, 0));
    assert_eq!(error(&trapped), "OutputTooLarge");
    assert_eq!(trapped.address, None);
    let made = chain.instantiate(Code::Existing(hash), &asks(MOST, 0));
    assert_eq!(
        (made.outcome, made.output.len()),
        (Outcome::Success, 16_384)
    );
    // The contract is there for the first time, with the same address: nothing was left.
    assert!(made.address.is_some());
    assert!(gas(&trapped).0 > 390_000_000 + 100 * 16_385);
}

/// What contracts return to each other goes into no receipt.
#[test]
fn a_nested_frame_returns_what_it_can() {
    let mut chain = Chain::new();
    let callee = chain.make_wat(&module(SET, WRITE_AND_RETURN));
    let caller = chain.make_wat(&module(
        r#"(import "seal1" "call" (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))"#,
        "(i32.store (i32.const 9000) (i32.const 40000))
         (i32.store (i32.const 9008) (call $call (i32.const 0) (i32.const 4) (i64.const 0)
            (i32.const 9100) (i32.const 36) (i32.const 8) (i32.const 10000) (i32.const 9000)))
         (i32.store (i32.const 9004) (i32.load (i32.const 9008)))
         (call $return (i32.const 0) (i32.const 9000) (i32.const 8))",
    ));
    let mut ask = |len: u32| {
        let receipt = chain.call(caller, &[&callee[..], &asks(len, 0)].concat());
        assert_eq!(receipt.outcome, Outcome::Success);
        // So much came, and the code for success.
        assert_eq!(receipt.output, [len.to_le_bytes(), [0; 4]].concat());
        gas(&receipt).0
    };
    let _first_write = ask(MOST);
    // 100 ps to return a byte and 130 to take it.
    assert_eq!(ask(MOST + 10) - ask(MOST), 2_300);
}
