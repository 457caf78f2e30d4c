//! What somebody could do with 2.1's metered and compiled code to those who did nothing: stop a cluster that
//! has moved, have others' code interpreted for ever, or be charged for what nobody does.

mod common;

#[path = "compiled/library.rs"]
mod library;

use common::*;
use library::{metered, Before, Interpreted, Library, V2_1};
use pink_engine_deposit::{Preparing, Release, Rules};
use pink_engine_sdk::types::*;
use std::sync::OnceLock;

library::libraries! { Crowded }

/// The cluster of another chain, as another engine finds it.
fn moved(of: &Chain<Before>) -> Chain<Interpreted> {
    let mut moved = Chain::empty();
    *moved.host.state.lock().unwrap() = of.state();
    moved.block = of.block.clone();
    moved.seq = of.seq;
    let receipt = moved.send(Message::Upgrade(Upgrade {
        from: Version::new(2, 0),
        system_code: None,
    }));
    assert_eq!(receipt.outcome, Outcome::Success);
    moved
}

/// A function with as many operands as an interpreter's frame has room for, by the last one: what the meter writes
/// behind them has none any more. The longest body that 2.0 takes has as many, and nothing ever calls it.
fn deepest_operands() -> Vec<u8> {
    let operands = "i32.const 0 ".repeat(65_533);
    wat(&format!(
        r#"(module (import "env" "memory" (memory 1 1))
            (func $deep (param i32) {operands} loop end unreachable)
            (func (export "deploy"))
            (func (export "call")))"#
    ))
}

/// Code that 2.0 took moves with its cluster. Whatever 2.1 makes of it, calling it is no fault, which every
/// worker would stop at.
#[test]
fn code_of_2_0_with_the_deepest_operands_stops_nobody() {
    let mut old: Chain<Before> = Chain::with_rules();
    let contract = old.make(&deepest_operands(), &[]);
    assert_eq!(old.call(contract, &[]).outcome, Outcome::Success);
    let hash = old.contract(contract).unwrap().code_hash;

    let mut chain = moved(&old);
    let receipt = chain.call(contract, &[]);
    assert_eq!(error(&receipt), "ContractNotFound");
    let receipt = chain.send(Message::ActivateCode(ActivateCode {
        origin: BOB,
        code_hash: hash,
        gas_limit: Weight::new(500_000_000_000, 1_000_000),
        max_gas_price: GAS_PRICE,
    }));
    assert_eq!(error(&receipt), "CodeRejected");
    // Nor is new code of that kind.
    let mut fresh: Chain<Interpreted> = Chain::with_rules();
    assert_eq!(error(&fresh.upload(&deepest_operands())), "CodeRejected");
}

/// A module with a section more, ahead of its code.
fn with_section(code: &[u8], id: u8, bytes: &[u8]) -> Vec<u8> {
    let mut at = 8;
    while code[at] != 10 {
        // Lengths of one byte, as all of them are here.
        at += 2 + usize::from(code[at + 1]);
    }
    let section = [&[id, bytes.len() as u8], bytes].concat();
    [&code[..at], &section, &code[at..]].concat()
}

/// What 2.0 takes 2.1 takes: a count of the data, which newer compilers write, and a function's type in its long form.
#[test]
fn what_2_0_takes_moves() {
    let plain = wat(
        r#"(module (import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call"))
            (data (i32.const 0) "a"))"#,
    );
    let counted = with_section(&plain, 12, &[1]);
    // The only type, () -> (), as one that nothing may be a kind of.
    assert_eq!(plain[8..14], [1, 4, 1, 0x60, 0, 0]);
    let long = [&plain[..8], &[1, 6, 1, 0x4f, 0, 0x60, 0, 0], &plain[14..]].concat();
    for code in [counted, long] {
        let mut old: Chain<Before> = Chain::with_rules();
        let uploaded = old.instantiate(Code::Upload(code.clone()), &[]);
        if uploaded.outcome != Outcome::Success {
            println!("2.0: {uploaded:?}");
            continue;
        }
        let contract = uploaded.address.unwrap();
        assert_eq!(old.call(contract, &[]).outcome, Outcome::Success);
        assert_eq!(moved(&old).call(contract, &[]).outcome, Outcome::Success);
        let mut fresh: Chain<Interpreted> = Chain::with_rules();
        assert_eq!(fresh.upload(&code).outcome, Outcome::Success);
    }
}

/// As deep as a parser of nested text goes, with a function as long as the longest of our contracts: it ran under 2.0, and
/// what the contract has must not be locked up by the move.
#[test]
fn recursion_of_2_0_is_no_deeper_in_2_1() {
    let work = "(drop (i32.const 1))".repeat(2_000);
    let code = wat(&format!(
        r#"(module (import "env" "memory" (memory 1 1))
            (func $down (param i32)
                (if (local.get 0) (then {work}
                    (call $down (i32.sub (local.get 0) (i32.const 1))))))
            (func (export "deploy"))
            (func (export "call") (call $down (i32.const 40))))"#
    ));
    let mut old: Chain<Before> = Chain::with_rules();
    let contract = old.make(&code, &[]);
    assert_eq!(old.call(contract, &[]).outcome, Outcome::Success);
    let receipt = moved(&old).call(contract, &[]);
    assert_eq!(receipt.outcome, Outcome::Success);
}

/// What is installed stays so: a stranger's uploads of a few milliseconds' price each don't have the others' code
/// interpreted, at a price that is that of compiled code.
#[test]
fn what_is_installed_stays_installed() {
    let mut chain: Chain<Crowded> = Chain::with_rules();
    let library = Crowded::library();
    let flipper = chain.make(&artefact("flipper"), &message("new", true));
    assert!(library.compile(&artefact("flipper")));
    chain.block.number += 10;
    let runs_compiled = |chain: &mut Chain<Crowded>| {
        let before = library.calls();
        let flipped = chain.call(flipper, &message("flip", ()));
        assert_eq!(flipped.outcome, Outcome::Success);
        library.calls() > before
    };
    assert!(runs_compiled(&mut chain));
    // The most memory that there may be. The last one is called, so that nobody has the first at hand.
    let mut paid = 0;
    let mut last = flipper;
    for salt in 0..9 {
        let code = wat(&format!(
            r#"(module (import "env" "memory" (memory 64 64))
                (func (export "deploy")) (func (export "call") (drop (i32.const {salt}))))"#
        ));
        let receipt = chain.instantiate(Code::Upload(code.clone()), &[]);
        paid += receipt.gas_consumed.ref_time;
        assert!(library.compile(&code));
        last = receipt.address.unwrap();
    }
    assert_eq!(chain.call(last, &[]).outcome, Outcome::Success);
    assert!(
        runs_compiled(&mut chain),
        "nine uploads for {} ms of gas put it out",
        paid / 1_000_000_000
    );
}

/// 700 divisions that a compiler takes out of a loop and keeps through 1,300 conditions: 15,596 bytes, for which it took
/// six times as long as was paid. What has as many isn't compiled, and what is pays for what it has.
#[test]
fn what_is_kept_through_many_blocks_is_paid_for() {
    let code = |values: i32, conditions: usize| {
        let values: String = (0..values)
            .map(|at| {
                let divisor = at * 7 + 3;
                format!(
                    "(local.set 1 (i64.xor (local.get 1) (i64.div_s (local.get 0) (i64.const {divisor}))))"
                )
            })
            .collect();
        let conditions = "(if (global.get $g) (then nop))".repeat(conditions);
        wat(&format!(
            r#"(module (import "env" "memory" (memory 1 1)) (global $g (mut i32) (i32.const 1))
                (func (local i64 i64) (loop {values} {conditions} (br_if 0 (global.get $g))))
                (func (export "deploy")) (func (export "call")))"#
        ))
    };
    let mut chain: Chain<Interpreted> = Chain::with_rules();
    let mut paid = |code: &[u8]| {
        let receipt = chain.upload(code);
        assert_eq!(receipt.outcome, Outcome::Success);
        let compiled = receipt.events.len() == 2;
        let base = V2_1.bases.upload.of(code.len() as u32);
        (compiled, receipt.gas_consumed.ref_time - base.ref_time)
    };
    assert_eq!(paid(&code(700, 1_300)), (false, 0));
    // One after the other costs less than one in the other: 600 × 2 more blocks, of which each crosses all operators.
    let (one, none) = (paid(&code(300, 300)), paid(&code(300, 0)));
    assert!(one.0 && none.0);
    let bytes = (code(300, 300).len() - code(300, 0).len()) as u64;
    let cells = 600 * 3;
    // Six operators a value, four a condition, and five around them.
    let crossings = (300 * 6 + 300 * 4 + 5) * 602 - (300 * 6 + 5) * 2;
    assert_eq!(
        one.1 - none.1,
        30_000_000 * bytes + 1_000_000 * cells + 100_000 * crossings
    );
}

/// Code whose constructor fails isn't stored, and nobody compiles it.
#[test]
fn a_constructor_that_fails_pays_for_no_compiling() {
    let mut chain: Chain<Interpreted> = Chain::with_rules();
    let failing = |what: &str| {
        wat(&format!(
            r#"(module (import "env" "memory" (memory 1 1))
                (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
                (func (export "deploy") {what}) (func (export "call")))"#
        ))
    };
    for code in [
        failing("(call $return (i32.const 1) (i32.const 0) (i32.const 0))"),
        failing("unreachable"),
    ] {
        let mut consumed = Vec::new();
        for _ in 0..2 {
            let receipt = chain.instantiate(Code::Upload(code.clone()), &[]);
            assert_ne!(receipt.outcome, Outcome::Success);
            consumed.push(receipt.gas_consumed.ref_time);
        }
        let compiling = metered().compiling.base;
        for consumed in consumed {
            assert!(
                consumed < compiling,
                "{consumed} are taken, and {compiling} at least for what nobody compiles"
            );
        }
    }
    assert!(V2_1.metered.is_some());
}
