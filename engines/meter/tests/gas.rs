//! What code takes, by arithmetic done by hand with the rows of the table:
//! a block 3, a frame 4 and one for each eight cells, a call 8, through the table 12, most others 1.
#![allow(missing_docs)]

mod common;

use common::{metered, Run};
use wasmi::{TrapCode, Val};

fn takes(text: &str, args: &[i32]) -> i64 {
    Run::new(&metered(text).code).takes(args)
}

/// frame 4 + 1 for a cell; block 3; three operators.
#[test]
fn a_function_is_a_block_with_a_frame() {
    let text = r#"(module (func (export "f") (result i32)
        (i32.add (i32.const 1) (i32.const 2))))"#;
    assert_eq!(takes(text, &[]), 4 + 1 + 3 + 3);
    // No operator that costs anything and no cell: the frame and the block.
    assert_eq!(takes(r#"(module (func (export "f")))"#, &[]), 4 + 3);
}

/// Cells are parameters, locals and operands: 3 + 4 + 2 take two units.
#[test]
fn a_frame_is_paid_by_its_cells() {
    let text = r#"(module (func (export "f") (param i32 i32 i32) (local i64 i64 i64 i64)
        (drop (i32.add (local.get 0) (local.get 1)))))"#;
    assert_eq!(takes(text, &[0, 0, 0]), 4 + 2 + 3 + 3);
}

/// Function: 5 + block 3 (the `loop` is free). Each turn: block 3, get, const, sub, tee, br_if 5.
/// Behind the branch: nothing.
#[test]
fn each_turn_of_a_loop_is_paid() {
    let text = r#"(module (func (export "f") (param i32)
        (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))"#;
    for turns in [1, 2, 100] {
        assert_eq!(takes(text, &[turns]), 5 + 3 + 8 * i64::from(turns));
    }
}

/// A loop without an operator ends all the same.
#[test]
fn an_empty_loop_runs_out_of_gas() {
    let text = r#"(module (func (export "f") (loop (br 0))))"#;
    let mut run = Run::new(&metered(text).code);
    // 4 + 3 for the function, 3 + 1 for a turn. The charge that fails is made.
    let (ended, left, _) = run.call("f", &[], 7 + 4 * 10 + 3, 65_536);
    assert_eq!((ended, left), (Err(None), -1));
}

/// Condition: 5 + 3 + get + if. Arms: 3 + 1, or 3 + 4. Where they meet: a block with one operator.
#[test]
fn only_the_arm_that_is_taken_is_paid() {
    let text = r#"(module (func (export "f") (param i32) (result i32) (local i32)
        (if (local.get 0) (then (local.set 1 (i32.const 7)))
            (else (local.set 1 (i32.add (i32.const 1) (i32.const 2)))))
        (local.get 1)))"#;
    let around = 5 + 3 + 2 + 3 + 1;
    assert_eq!(takes(text, &[1]), around + 3 + 2);
    assert_eq!(takes(text, &[0]), around + 3 + 4);
    let one_armed = r#"(module (func (export "f") (param i32) (result i32)
        (if (local.get 0) (then (local.set 0 (i32.const 7)))) (local.get 0)))"#;
    assert_eq!(takes(one_armed, &[1]), 5 + 3 + 2 + 3 + 2 + 3 + 1);
    assert_eq!(takes(one_armed, &[0]), 5 + 3 + 2 + 3 + 1);
}

/// A block's end is where control comes together only if something branches to it.
#[test]
fn blocks_that_nothing_branches_to_are_part_of_what_is_around() {
    let text = r#"(module (func (export "f") (param i32) (result i32)
        (block (drop (local.get 0))) (local.get 0)))"#;
    assert_eq!(takes(text, &[1]), 5 + 3 + 2);
    // 5 + 3, get, br_if; behind it 3, get, set... and the end, to which it branches: 3, get.
    let text = r#"(module (func (export "f") (param i32) (result i32)
        (block (br_if 0 (local.get 0)) (local.set 0 (i32.const 3))) (local.get 0)))"#;
    assert_eq!(takes(text, &[0]), 5 + 3 + 2 + 3 + 2 + 3 + 1);
    assert_eq!(takes(text, &[1]), 5 + 3 + 2 + 3 + 1);
}

/// What nothing ever comes to is in no block: 5 + 3, const, return.
#[test]
fn dead_code_is_free() {
    let text = r#"(module (func (export "f") (result i32)
        (return (i32.const 1))
        (block (result i32) (loop (br_if 0 (i32.const 1))) (i32.const 2))
        (if (then (nop))) (i32.const 7)))"#;
    assert_eq!(takes(text, &[]), 5 + 3 + 2);
}

/// A branch that is never taken is no reason for a block: behind the condition are const, set and get in one.
#[test]
fn dead_branches_end_no_block() {
    let text = r#"(module (func (export "f") (param i32) (result i32)
        (block (if (local.get 0) (then (return (i32.const 1)) (br 1)))
            (local.set 0 (i32.const 2)))
        (local.get 0)))"#;
    assert_eq!(takes(text, &[0]), 5 + 3 + 2 + 3 + 3);
}

/// 17 targets take two units more than a `br_table` without.
#[test]
fn a_br_table_is_paid_by_its_targets() {
    let table = |targets: usize| {
        let targets = "0 ".repeat(targets);
        format!(
            r#"(module (func (export "f") (param i32) (block (br_table {targets} 0 (local.get 0)))))"#
        )
    };
    assert_eq!(takes(&table(0), &[0]), 5 + 3 + 1 + 3);
    assert_eq!(takes(&table(16), &[99]), 5 + 3 + 1 + 4);
    assert_eq!(takes(&table(17), &[3]), 5 + 3 + 1 + 5);
}

/// The caller pays the call, the function that is called its frame.
#[test]
fn calls_are_paid_by_both() {
    let text = r#"(module (table funcref (elem $g))
        (func (export "f") (param i32)
            (call $g) (call_indirect (local.get 0)))
        (func $g (local i64) (local.set 0 (i64.const 1))))"#;
    let called = 4 + 1 + 3 + 2;
    assert_eq!(takes(text, &[0]), 5 + 3 + 8 + 1 + 12 + 2 * called);
}

/// A trap in a block's middle has paid to its end.
#[test]
fn a_block_is_paid_before_it_runs() {
    let text = r#"(module (func (export "f") (param i32)
        (drop (i32.div_u (i32.const 1) (local.get 0)))
        (drop (i32.mul (local.get 0) (local.get 0)))))"#;
    assert_eq!(takes(text, &[1]), 5 + 3 + 2 + 5 + 3);
    assert_eq!(takes(text, &[0]), takes(text, &[1]));
    let mut run = Run::new(&metered(text).code);
    let (ended, ..) = run.call("f", &[Val::I32(0)], 18, 65_536);
    assert_eq!(ended, Err(Some(TrapCode::IntegerDivisionByZero)));
    // With one less nothing of it runs.
    let (ended, left, _) = run.call("f", &[Val::I32(0)], 17, 65_536);
    assert_eq!((ended, left), (Err(None), -1));
}

/// 5 + 3, get, 200, and a page 16,384, whether it is there or not; more than there can ever be are
/// refused for nothing.
#[test]
fn growing_is_paid_by_the_page() {
    let text = r#"(module (import "env" "memory" (memory 1 2))
        (func (export "f") (param i32) (result i32) (memory.grow (local.get 0))))"#;
    let mut run = Run::new(&metered(text).code);
    let fixed = 5 + 3 + 1 + 200;
    assert_eq!(run.takes(&[0]), fixed);
    assert_eq!(run.takes(&[64]), fixed + 64 * 16_384);
    assert_eq!(run.takes(&[65]), fixed);
    assert_eq!(run.takes(&[-1]), fixed);
    assert_eq!(run.memory.size(&run.store), 1);
    assert_eq!(run.takes(&[1]), fixed + 16_384);
    assert_eq!(run.memory.size(&run.store), 2);
}

/// 5 + 3, three gets, 20, and a unit for each 16 bytes, also of what then traps.
#[test]
fn bulk_operators_are_paid_by_the_byte() {
    for operator in ["memory.copy", "memory.fill"] {
        let text = format!(
            r#"(module (import "env" "memory" (memory 1 2)) (func (export "f") (param i32 i32 i32)
                ({operator} (local.get 0) (local.get 1) (local.get 2))))"#
        );
        let mut run = Run::new(&metered(&text).code);
        let fixed = 5 + 3 + 3 + 20;
        for (len, units) in [(0, 0), (15, 0), (16, 1), (1_000, 62), (-1, 268_435_455)] {
            assert_eq!(run.takes(&[0, 0, len]), fixed + units);
        }
        let args = [0, 0, 1_000].map(Val::I32);
        let (ended, left, _) = run.call("f", &args, fixed + 61, 65_536);
        assert_eq!((ended, left), (Err(None), -1));
    }
}

/// A frame is 16, and one for each parameter, local and operand, and for two operators. Counted are
/// functions that call others, and large ones.
#[test]
fn height_is_taken_and_given_back() {
    // Operators: get, if, get, const, sub, call, end, end: 8. Operands: two. 16 + 1 + 2 + 4 = 23.
    let text = r#"(module (func $f (export "f") (param i32)
        (if (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1)))))))"#;
    let mut run = Run::new(&metered(text).code);
    for (turns, height, ends) in [
        (0, 23, true),
        (0, 22, false),
        (9, 230, true),
        (10, 230, false),
    ] {
        let (ended, _, left) = run.call("f", &[Val::I32(turns)], 1 << 40, height);
        let expected = if ends {
            (Ok(None), height)
        } else {
            (
                Err(Some(TrapCode::UnreachableCodeReached)),
                (height - 23 * (turns + 1)),
            )
        };
        assert_eq!((ended, left), expected);
    }
    // One that calls nothing isn't counted, unless it is large.
    let adds = |count: usize| {
        let adds = "(local.set 0 (i32.add (local.get 0) (i32.const 1)))".repeat(count);
        format!(r#"(module (func (export "f") (param i32) {adds}))"#)
    };
    for (count, fits) in [(100, true), (200, false)] {
        let mut run = Run::new(&metered(&adds(count)).code);
        let (ended, ..) = run.call("f", &[Val::I32(0)], 1 << 40, 0);
        assert_eq!(ended.is_ok(), fits);
    }
}

/// From wherever it returns, a function gives back what it took.
#[test]
fn every_way_out_gives_height_back() {
    let text = r#"(module (func $g)
        (func (export "f") (param i32) (result i32)
            (call $g)
            (block (block (block
                (br_table 0 1 2 3 (i32.const 5) (local.get 0)))
                (return (i32.const 1)))
                (br 1 (i32.const 2)))
            (if (i32.eq (local.get 0) (i32.const 2)) (then (br 1 (i32.const 3))))
            (i32.const 4)))"#;
    // `br_table` carries a value to the function's end alone.
    let text = text.replace(
        "(br_table 0 1 2 3 (i32.const 5) (local.get 0))",
        "(br_table 0 1 2 (local.get 0))",
    );
    let mut run = Run::new(&metered(&text).code);
    for (arg, result) in [(0, 1), (1, 2), (2, 3), (3, 3)] {
        let (ended, _, left) = run.call("f", &[Val::I32(arg)], 1 << 40, 1_000);
        let result = if arg == 3 { 4 } else { result };
        assert_eq!((ended, left), (Ok(Some(result)), 1_000), "{arg}");
    }
}
