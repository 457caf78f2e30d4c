//! The puppet with more strings: what only these tests need, and what isn't stable.

use crate::puppet::Script;
use pink_engine_sdk::types::{AccountId, Hash};

const IMPORTS: &str = r#"
 (import "seal0" "is_contract" (func $is (param i32) (result i32)))
 (import "seal0" "code_hash" (func $codehash (param i32 i32 i32) (result i32)))
 (import "seal0" "own_code_hash" (func $own (param i32 i32)))
 (import "seal0" "set_transient_storage" (func $tset (param i32 i32 i32 i32) (result i32)))
 (import "seal0" "get_transient_storage" (func $tget (param i32 i32 i32 i32) (result i32)))
 (import "seal0" "clear_transient_storage" (func $tclear (param i32 i32) (result i32)))
 (import "seal0" "contains_transient_storage" (func $tcontains (param i32 i32) (result i32)))
 (import "seal0" "take_transient_storage" (func $ttake (param i32 i32 i32 i32) (result i32)))
 (import "seal0" "reentrance_count" (func $count (result i32)))
 (import "seal0" "account_reentrance_count" (func $acount (param i32) (result i32)))
 (import "seal0" "take_storage" (func $stake (param i32 i32 i32 i32) (result i32)))
 (import "seal1" "contains_storage" (func $contains (param i32 i32) (result i32)))
 (import "seal1" "set_storage" (func $fset (param i32 i32 i32) (result i32)))
 (import "seal0" "contains_storage" (func $fcontains (param i32) (result i32)))
 (import "seal0" "clear_storage" (func $fclear (param i32)))
 (import "seal0" "caller_is_origin" (func $isorigin (result i32)))
 (import "seal0" "minimum_balance" (func $minimum (param i32 i32)))
"#;

/// Number and text of each operation. `$a` and `$b` are length and place of a key.
const OPERATIONS: &[(u8, &str)] = &[
    (40, "(call $emit32 (call $is (call $take (i32.const 32))))"),
    (41, "(call $fill (i32.const 0x30000) (i32.const 0) (i32.const 32)) (i32.store (i32.const 0) (i32.const 32)) (call $emit32 (call $codehash (call $take (i32.const 32)) (i32.const 0x30000) (i32.const 0))) (call $emit (i32.const 0x30000) (i32.const 32))"),
    (42, "(i32.store (i32.const 0) (i32.const 32)) (call $own (i32.const 0x30000) (i32.const 0)) (call $emit (i32.const 0x30000) (i32.const 32))"),
    (43, "KEY (local.set $c (call $u32)) (call $fill (i32.const 0x30000) (i32.const 7) (local.get $c)) (call $emit32 (call $tset (local.get $b) (local.get $a) (i32.const 0x30000) (local.get $c)))"),
    (44, "KEY (call $outlen) (local.set $c (call $tget (local.get $b) (local.get $a) (i32.const 0x30000) (i32.const 0))) (call $emit32 (local.get $c)) (call $emit32 (i32.load (i32.const 0)))"),
    (45, "KEY (call $emit32 (call $tclear (local.get $b) (local.get $a)))"),
    (46, "KEY (call $outlen) (call $emit32 (call $ttake (local.get $b) (local.get $a) (i32.const 0x30000) (i32.const 0))) (call $emit32 (i32.load (i32.const 0)))"),
    (47, "(call $emit32 (call $count))"),
    (48, "(call $emit32 (call $acount (call $take (i32.const 32))))"),
    (49, "KEY (call $outlen) (call $emit32 (call $stake (local.get $b) (local.get $a) (i32.const 0x30000) (i32.const 0))) (call $emit32 (i32.load (i32.const 0)))"),
    (50, "KEY (call $emit32 (call $contains (local.get $b) (local.get $a)))"),
    (51, "(local.set $b (call $take (i32.const 32))) (call $emit32 (call $fset (local.get $b) (i32.const 0x30000) (call $u32)))"),
    (52, "(call $emit32 (call $fcontains (call $take (i32.const 32))))"),
    (53, "(call $fclear (call $take (i32.const 32)))"),
    (54, "(call $emit32 (call $isorigin))"),
    (55, "(i32.store (i32.const 0) (i32.const 16)) (call $minimum (i32.const 0x30000) (i32.const 0)) (call $emit (i32.const 0x30000) (i32.const 16))"),
    (56, "KEY (call $emit32 (call $tcontains (local.get $b) (local.get $a)))"),
];

/// Its code.
pub fn marionette() -> Vec<u8> {
    const MEMORY: &str = r#"(import "env" "memory""#;
    const LAST: &str = "\n   (unreachable)))";
    const KEY: &str = "(local.set $a (call $u8)) (local.set $b (call $take (local.get $a)))";
    let puppet = include_str!("../../tests/common/puppet.wat");
    assert_eq!(
        (puppet.matches(MEMORY).count(), puppet.matches(LAST).count()),
        (1, 1)
    );
    let operations: String = OPERATIONS
        .iter()
        .map(|(number, text)| {
            let text = text.replace("KEY", KEY);
            format!(
                "\n   (if (i32.eq (local.get $o) (i32.const {number})) (then {text} (br $next)))"
            )
        })
        .collect();
    let text = puppet
        .replace(MEMORY, &format!("{IMPORTS}{MEMORY}"))
        .replace(LAST, &format!("{operations}{LAST}"));
    wat::parse_str(text).expect("a module")
}

/// What a marionette does besides.
pub trait Strings: Sized {
    fn op(self, op: u8, parts: &[&[u8]]) -> Self;

    fn key(self, op: u8, key: &[u8]) -> Self {
        self.op(op, &[&[key.len() as u8], key])
    }
    /// Returns the code, and the length of the value.
    fn get(self, key: &[u8]) -> Self {
        self.key(3, key)
    }
    fn return_with(self, flags: u32) -> Self {
        self.op(11, &[&flags.to_le_bytes()])
    }
    fn caller(self) -> Self {
        self.op(15, &[])
    }
    fn grow(self, pages: u32) -> Self {
        self.op(17, &[&pages.to_le_bytes()])
    }
    fn value(self) -> Self {
        self.op(24, &[])
    }
    fn contract_at(self, who: AccountId) -> Self {
        self.op(40, &[&who])
    }
    fn code_hash(self, who: AccountId) -> Self {
        self.op(41, &[&who])
    }
    fn own_code_hash(self) -> Self {
        self.op(42, &[])
    }
    /// As the puppet instantiates, with a limit of the gas. Returns the code, and the address.
    fn instantiate_within(self, gas: (u64, u64), hash: Hash, value: u128, script: Script) -> Self {
        self.op(
            5,
            &[
                &hash,
                &value.to_le_bytes(),
                &gas.0.to_le_bytes(),
                &gas.1.to_le_bytes(),
                &[0; 17],
                &(script.0.len() as u32).to_le_bytes(),
                &script.0,
                &[0; 4],
            ],
        )
    }
    fn set_transient(self, key: &[u8], bytes: u32) -> Self {
        self.op(43, &[&[key.len() as u8], key, &bytes.to_le_bytes()])
    }
    fn get_transient(self, key: &[u8]) -> Self {
        self.key(44, key)
    }
    fn clear_transient(self, key: &[u8]) -> Self {
        self.key(45, key)
    }
    fn take_transient(self, key: &[u8]) -> Self {
        self.key(46, key)
    }
    fn contains_transient(self, key: &[u8]) -> Self {
        self.key(56, key)
    }
    fn reentrance(self, who: AccountId) -> Self {
        self.op(47, &[]).op(48, &[&who])
    }
    fn take(self, key: &[u8]) -> Self {
        self.key(49, key)
    }
    fn contains(self, key: &[u8]) -> Self {
        self.key(50, key)
    }
    fn set_fixed(self, key: Hash, bytes: u32) -> Self {
        self.op(51, &[&key, &bytes.to_le_bytes()])
    }
    fn contains_fixed(self, key: Hash) -> Self {
        self.op(52, &[&key])
    }
    fn clear_fixed(self, key: Hash) -> Self {
        self.op(53, &[&key])
    }
    fn caller_is_origin(self) -> Self {
        self.op(54, &[])
    }
    fn minimum(self) -> Self {
        self.op(55, &[])
    }
}

impl Strings for Script {
    fn op(mut self, op: u8, parts: &[&[u8]]) -> Self {
        self.0.push(op);
        self.0.extend(parts.concat());
        self
    }
}
