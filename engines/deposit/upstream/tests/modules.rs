//! What is code and what isn't: modules written by hand and modules with a few bytes changed, which
//! both sides have to take or to refuse alike, and run alike.

use pink_deposit_upstream::*;
use proptest::prelude::*;

/// Makes a contract of this code and calls it; tells whether it was taken.
#[track_caller]
fn same(both: &mut Both, code: &[u8], salt: u32) -> [Vec<MessageResult>; 2] {
    let salt = salt.to_le_bytes();
    let made = both.each(|side| {
        side.instantiate(&Instantiate {
            code: Source::Code(code),
            value: 0,
            input: b"i",
            salt: &salt,
            limit: None,
        })
    });
    let contract = made[0].events.iter().find_map(|event| match event {
        pink_engine_sdk::types::Event::Instantiated { contract, .. } => Some(*contract),
        _ => None,
    });
    let called = contract.map(|contract| {
        both.each(|side| {
            side.call(&Call {
                origin: ALICE,
                contract,
                value: 0,
                input: b"i",
                limit: None,
            })
        })
    });
    let [ours, theirs] = made;
    match called {
        Some([our_call, their_call]) => [vec![ours, our_call], vec![theirs, their_call]],
        None => [vec![ours], vec![theirs]],
    }
}

/// Both, with so little gas that what never ends ends soon.
fn limited() -> Both {
    let mut both = Both::new();
    both.ours.gas = 20_000_000_000;
    both.theirs.gas = 20_000_000_000;
    both
}

fn text(done: &[MessageResult]) -> String {
    done.iter()
        .map(MessageResult::text)
        .collect::<Vec<_>>()
        .join("\n")
}

const EDGES: &[(bool, &str)] = &[
    // Entry points.
    (
        true,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call") unreachable)"#,
    ),
    (
        true,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy") (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call") (result i64) (i64.const 1))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call") (param i32))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call")) (func (export "more"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call")) (export "memory" (memory 0))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call")) (global (export "g") i32 (i32.const 0))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call")) (table (export "t") 1 funcref)"#,
    ),
    // Memory.
    (false, r#"(func (export "deploy")) (func (export "call"))"#),
    (
        false,
        r#"(memory 1 1) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        true,
        r#"(import "env" "memory" (memory 0 0)) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        true,
        r#"(import "env" "memory" (memory 0)) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        true,
        r#"(import "env" "memory" (memory 16)) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        true,
        r#"(import "env" "memory" (memory 16 16)) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 65)) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 65)) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memories" (memory 1 1)) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "seal0" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory i64 1 1)) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1 shared)) (func (export "deploy")) (func (export "call"))"#,
    ),
    // Other imports.
    (
        false,
        r#"(import "env" "table" (table 1 funcref)) (import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "global" (global i32)) (import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "seal0" "gas" (func (param i32))) (import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        true,
        r#"(import "seal0" "caller" (func (param i32 i32))) (import "seal0" "caller" (func (param i32 i32))) (import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call"))"#,
    ),
    // Segments.
    (
        true,
        r#"(import "env" "memory" (memory 1 1)) (data (i32.const 65535) "a") (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        true,
        r#"(import "env" "memory" (memory 1 1)) (data (i32.const 65536) "") (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 2)) (data (i32.const 65537) "") (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 2)) (data (i32.const 65535) "ab") (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 2)) (data (i32.const -1) "a") (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        true,
        r#"(import "env" "memory" (memory 1 2)) (data "a") (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (global $g i32 (i32.const 0)) (data (global.get $g) "a") (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        true,
        r#"(import "env" "memory" (memory 1 1)) (table 1 funcref) (elem (i32.const 0) $f) (func $f (export "deploy")) (func (export "call"))"#,
    ),
    (
        true,
        r#"(import "env" "memory" (memory 1 1)) (table 1 funcref) (elem (i32.const 1)) (func $f (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (table 1 funcref) (elem (i32.const 2)) (func $f (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (table 1 funcref) (elem (i32.const 1) $f) (func $f (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (table 1 funcref) (elem funcref (ref.func $f)) (func $f (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (table 1 funcref) (table 1 funcref) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (table 1 externref) (func (export "deploy")) (func (export "call"))"#,
    ),
    // Features.
    (
        true,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call") (drop (i32.extend8_s (i32.const 200))) (drop (i64.extend32_s (i64.const 200))))"#,
    ),
    (
        true,
        r#"(import "env" "memory" (memory 1 1)) (global $g (mut i64) (i64.const 1)) (func (export "deploy")) (func (export "call") (global.set $g (i64.const 2)))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call") (drop (f32.const 1)))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func $f (param f64)) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (global f32 (f32.const 1)) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call") (local f32))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (type (func (param f32))) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call") (memory.copy (i32.const 0) (i32.const 1) (i32.const 1)))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call") (memory.fill (i32.const 0) (i32.const 1) (i32.const 1)))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func $f (result i32 i32) (i32.const 1) (i32.const 2)) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call") (i32.const 1) (block (param i32) (drop)))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func $f (export "deploy")) (func (export "call") (return_call $f))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call") (drop (ref.null func)))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call") (local externref))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call") (drop (i32.trunc_sat_f32_s (f32.const 1))))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call") (drop (select (result i32) (i32.const 1) (i32.const 1) (i32.const 1))))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (global i32 (i32.add (i32.const 1) (i32.const 2))) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (global $a i32 (i32.const 1)) (global i32 (global.get $a)) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call") (drop (v128.const i32x4 0 0 0 0)))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call") (drop (i32.atomic.load (i32.const 0))))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (tag) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (memory 1 1) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1 (pagesize 1))) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call") (i64.add128 (i64.const 1) (i64.const 1) (i64.const 1) (i64.const 1)) (drop) (drop))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call") (try_table (nop)))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (type (struct)) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (type (sub (func))) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (rec (type (func)) (type (func))) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        false,
        r#"(import "env" "memory" (memory 1 1)) (table 1 1 (ref func)  (ref.func 0)) (func (export "deploy")) (func (export "call"))"#,
    ),
    // Start functions.
    (
        true,
        r#"(import "env" "memory" (memory 1 1)) (import "seal0" "seal_return" (func $r (param i32 i32 i32))) (func $s (i32.store (i32.const 0) (i32.const 7))) (start $s) (func (export "deploy")) (func (export "call") (call $r (i32.const 0) (i32.const 0) (i32.const 4)))"#,
    ),
    (
        true,
        r#"(import "env" "memory" (memory 1 1)) (import "seal0" "seal_return" (func $r (param i32 i32 i32))) (func $s (call $r (i32.const 0) (i32.const 0) (i32.const 4))) (start $s) (func (export "deploy") unreachable) (func (export "call") unreachable)"#,
    ),
    (
        true,
        r#"(import "env" "memory" (memory 1 1)) (func $s unreachable) (start $s) (func (export "deploy")) (func (export "call"))"#,
    ),
    (
        true,
        r#"(import "env" "memory" (memory 1 1)) (func $s (export "deploy") (export "call")) (start $s)"#,
    ),
    // Growing.
    (
        true,
        r#"(import "env" "memory" (memory 1 3)) (import "seal0" "seal_return" (func $r (param i32 i32 i32))) (func (export "deploy"))
        (func (export "call") (local $a i32) (local $b i32)
          (local.set $a (memory.grow (i32.const 2))) (local.set $b (memory.grow (i32.const 1)))
          (i32.store (i32.const 131072) (local.get $a)) (i32.store (i32.const 131076) (local.get $b)) (i32.store (i32.const 131080) (memory.size))
          (call $r (i32.const 0) (i32.const 131072) (i32.const 12)))"#,
    ),
    // Traps.
    (
        true,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call") (drop (i32.div_u (i32.const 1) (i32.const 0))))"#,
    ),
    (
        true,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call") (drop (i32.load (i32.const 65533))))"#,
    ),
    (
        true,
        r#"(import "env" "memory" (memory 1 1)) (table 1 funcref) (func (export "deploy")) (func (export "call") (call_indirect (i32.const 0)))"#,
    ),
    (
        true,
        r#"(import "env" "memory" (memory 1 1)) (func (export "deploy")) (func $f (export "call") (call $f))"#,
    ),
];

#[test]
fn edges() {
    let mut both = limited();
    let mut wrong = Vec::new();
    for (number, (taken, source)) in (0u32..).zip(EDGES) {
        let code = wat::parse_str(format!("(module {source})"))
            .unwrap_or_else(|error| panic!("{source}: {error}"));
        let [ours, theirs] = same(&mut both, &code, number);
        if ours != theirs || (theirs[0].outcome == "CodeRejected") == *taken {
            wrong.push(format!(
                "{source}\nours:\n{}\nthe pallet's:\n{}",
                text(&ours),
                text(&theirs)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// An entry point may give an integer: the pallet means to allow it, takes such code, and then can't call
/// it. 2.0 can.
#[test]
fn entry_points_that_give_an_integer() {
    let mut both = limited();
    let give = |deploy: &str, call: &str| {
        wat::parse_str(format!(
            r#"(module (import "seal0" "caller_is_origin" (func $f (result i32)))
            (import "env" "memory" (memory 1 1)) {deploy} {call})"#
        ))
        .expect("a module")
    };
    let nothing = r#"(func (export "deploy"))"#;
    let number = r#"(func (export "call") (result i32) (i32.const 1))"#;
    for code in [
        give(nothing, number),
        give(nothing, r#"(export "call" (func $f))"#),
    ] {
        let [ours, theirs] = same(&mut both, &code, 1);
        assert_eq!(ours[0], theirs[0]);
        assert_eq!(ours[1].outcome, "Success");
        assert_eq!(theirs[1].outcome, "CodeRejected");
    }
    let deploy = give(
        r#"(func (export "deploy") (result i32) (i32.const 1))"#,
        r#"(func (export "call"))"#,
    );
    let [ours, theirs] = same(&mut both, &deploy, 2);
    assert_eq!(ours[0].outcome, "Success");
    assert_eq!(theirs[0].outcome, "CodeRejected");
}

/// The first six bits of an access's first number are its alignment. The pallet's parser takes the next
/// bit for one that says that the number of a memory follows, of a proposal that it doesn't have.
#[test]
fn an_access_names_no_memory() {
    let mut both = limited();
    let mut code = wat::parse_str(
        r#"(module (import "env" "memory" (memory 1 1)) (func (export "deploy"))
        (func (export "call") (i32.store offset=128 (i32.const 0) (i32.const 7))))"#,
    )
    .expect("a module");
    let [ours, theirs] = same(&mut both, &code, 1);
    assert_eq!((&ours[1].outcome[..], ours == theirs), ("Success", true));
    let store = [0x36, 0x02, 0x80, 0x01];
    let at = code.windows(4).position(|bytes| bytes == store);
    let at = at.expect("a store at 128");
    // Memory 0, and an offset of 1.
    code[at..at + 4].copy_from_slice(&[0x36, 0x42, 0x00, 0x01]);
    let [ours, theirs] = same(&mut both, &code, 2);
    assert_eq!(ours[0].outcome, "CodeRejected");
    assert_eq!(theirs[0].outcome, "Success");
}

/// Gas isn't compared, and so it is all the same what else fails where one side has run out of it.
fn agree(ours: &[MessageResult], theirs: &[MessageResult]) -> bool {
    let failed = |done: &[MessageResult]| done.iter().any(|done| done.outcome != "Success");
    if [ours, theirs]
        .iter()
        .any(|done| done.iter().any(|done| done.outcome == "OutOfGas"))
    {
        failed(ours) && failed(theirs)
    } else {
        ours == theirs
    }
}

/// The pallet's parser is of 2022, and reads some bytes that no proposal that it has allows.
fn stricter(detail: &str) -> bool {
    // An access that names its memory.
    detail.contains("malformed memop alignment")
}

/// A module with something of everything, in few bytes.
const SOURCE: &str = r#"(module
    (import "seal0" "input" (func $input (param i32 i32)))
    (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
    (import "seal1" "set_storage" (func $set (param i32 i32 i32) (result i32)))
    (import "env" "memory" (memory 1 2))
    (table 2 2 funcref) (elem (i32.const 0) $f $g)
    (global $a (mut i32) (i32.const 9)) (global $b i64 (i64.const -1))
    (data (i32.const 64) "\10\00\00\00abc")
    (start $s)
    (func $s (global.set $a (i32.const 11)))
    (func $f (param i32) (result i32) (local i64 i32) (i32.add (local.get 0) (i32.const 3)))
    (func $g (param i32) (result i32) (if (result i32) (local.get 0) (then (i32.const 1)) (else (global.get $a))))
    (func $deploy (export "deploy") (drop (call $set (i32.const 0) (i32.const 64) (i32.const 7))))
    (func (export "call") (local $n i32)
      (call $input (i32.const 128) (i32.const 64))
      (block (loop (br_table 1 0 1 (i32.and (local.get $n) (i32.const 1)))))
      (i32.store (i32.const 0) (call_indirect (param i32) (result i32) (i32.load8_u (i32.const 128)) (i32.const 1)))
      (i64.store (i32.const 8) (i64.extend32_s (global.get $b)))
      (i32.store (i32.const 4) (memory.grow (i32.const 1)))
      (call $return (i32.const 0) (i32.const 0) (i32.const 16))))"#;

#[derive(Clone, Copy, Debug)]
enum Change {
    Replace(usize, u8),
    Flip(usize, u8),
    Remove(usize),
    Insert(usize, u8),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => (any::<usize>(), any::<u8>()).prop_map(|(at, to)| Change::Replace(at, to)),
        3 => (any::<usize>(), 0u8..8).prop_map(|(at, bit)| Change::Flip(at, bit)),
        1 => any::<usize>().prop_map(Change::Remove),
        1 => (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Change::Insert(at, byte)),
    ]
}

fn changed(mut code: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        let len = code.len();
        match *change {
            Change::Replace(at, to) => code[at % len] = to,
            Change::Flip(at, bit) => code[at % len] ^= 1 << bit,
            Change::Remove(at) => drop(code.remove(at % len)),
            Change::Insert(at, byte) => code.insert(at % len, byte),
        }
    }
    code
}

/// Of ten times as many none differed.
const CASES: u32 = 32;

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_bytes(all in prop::collection::vec(prop::collection::vec(change(), 1..3), 60)) {
        let mut both = limited();
        let source = wat::parse_str(SOURCE).expect("a module");
        for (number, changes) in (0u32..).zip(&all) {
            let code = changed(source.clone(), changes);
            let [ours, theirs] = same(&mut both, &code, number);
            prop_assert!(
                agree(&ours, &theirs) || stricter(&both.ours.detail),
                "{changes:?}\n{}\nours: {}\n{}\nthe pallet's:\n{}",
                code.iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
                both.ours.detail,
                text(&ours),
                text(&theirs)
            );
            if ours != theirs {
                both = limited();
            }
        }
    }
}
