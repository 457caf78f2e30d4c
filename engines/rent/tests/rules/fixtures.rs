//! Contracts that the tests use.

use crate::wasm::{contract, wat};
use pink_engine_sdk::types::{AccountId, Balance, Hash};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:02x}")).collect()
}

/// Does nothing.
pub(crate) fn idle() -> Vec<u8> {
    wat(r#"(module (func (export "deploy")) (func (export "call")))"#)
}

/// Emits an event and returns, both in its start function.
pub(crate) fn event_from_start() -> Vec<u8> {
    contract(
        &["seal_deposit_event", "seal_return"],
        r#"
        (data (i32.const 8) "\01\02\03\04")
        (start $start)
        (func $start
            (call $seal_deposit_event (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 4))
            (call $seal_return (i32.const 0) (i32.const 8) (i32.const 4))
            (unreachable))
        (func (export "call") (unreachable))
        (func (export "deploy") (unreachable))
        "#,
    )
}

/// Writes as many bytes of storage, or emits as many bytes in an event, as its input says.
pub(crate) fn sized(event: bool) -> Vec<u8> {
    let act = if event {
        "(call $seal_deposit_event (i32.const 0) (i32.const 0) (i32.const 64))"
    } else {
        "(call $seal_set_storage (i32.const 32) (i32.const 64))"
    };
    let act = act.strip_suffix(')').unwrap();
    contract(
        &["seal_input", "seal_deposit_event", "seal_set_storage"],
        &format!(
            r#"
            (data (i32.const 4) "\04")
            (func (export "deploy"))
            (func (export "call")
                (call $seal_input (i32.const 0) (i32.const 4))
                {act} (i32.load (i32.const 0))))
            "#
        ),
    )
}

/// Never ends.
pub(crate) fn endless() -> Vec<u8> {
    wat(r#"(module
        (func (export "deploy"))
        (func (export "call") (loop $again (br $again)) (unreachable)))"#)
}

/// Sets its rent allowance to the 16 bytes of its constructor's input, if there are any, and
/// stores four bytes. Called with 4 bytes it stores four more, with 8 it removes them.
pub(crate) fn tenant() -> Vec<u8> {
    contract(
        &[
            "seal_input",
            "seal_set_storage",
            "seal_clear_storage",
            "seal_set_rent_allowance",
        ],
        r#"
        (data (i32.const 2048) "\01")
        (func $input (result i32)
            (i32.store (i32.const 0) (i32.const 64))
            (call $seal_input (i32.const 16) (i32.const 0))
            (i32.load (i32.const 0)))
        (func (export "deploy")
            (if (i32.eq (call $input) (i32.const 16))
                (then (call $seal_set_rent_allowance (i32.const 16) (i32.const 16))))
            (call $seal_set_storage (i32.const 1024) (i32.const 8) (i32.const 4)))
        (func (export "call") (local $len i32)
            (local.set $len (call $input))
            (if (i32.eq (local.get $len) (i32.const 4))
                (then (call $seal_set_storage (i32.const 2048) (i32.const 16) (i32.const 4))))
            (if (i32.eq (local.get $len) (i32.const 8))
                (then (call $seal_clear_storage (i32.const 2048)))))
        "#,
    )
}

/// Has what [`tenant`] stored, and one item more, under this key. Called with a code hash and an
/// address it restores that tombstone, without the additional item, with an allowance of 50.
/// With a byte more it calls itself without that byte, and traps if that fails.
pub(crate) fn restorer() -> Vec<u8> {
    contract(
        &[
            "seal_input",
            "seal_set_storage",
            "seal_restore_to",
            "seal_address",
            "seal_call",
        ],
        r#"
        (data (i32.const 2048) "\01")
        (data (i32.const 3000) "\32")
        (data (i32.const 3100) "\28")
        (data (i32.const 3200) "\20")
        (func (export "deploy")
            (call $seal_set_storage (i32.const 1024) (i32.const 8) (i32.const 4))
            (call $seal_set_storage (i32.const 2048) (i32.const 3100) (i32.const 4)))
        (func (export "call")
            (i32.store (i32.const 0) (i32.const 65))
            (call $seal_input (i32.const 16) (i32.const 0))
            (if (i32.eq (i32.load (i32.const 0)) (i32.const 65))
                (then
                    (call $seal_address (i32.const 3300) (i32.const 3200))
                    (if (call $seal_call
                            (i32.const 3300) (i32.const 32) (i64.const 0)
                            (i32.const 3400) (i32.const 16) (i32.const 16) (i32.const 64)
                            (i32.const -1) (i32.const 0))
                        (then (unreachable)))
                    (return)))
            (call $seal_restore_to
                (i32.const 48) (i32.const 32)
                (i32.const 16) (i32.const 32)
                (i32.const 3000) (i32.const 16)
                (i32.const 2048) (i32.const 1))
            (unreachable))
        "#,
    )
}

/// The item that [`restorer`] has and [`tenant`] hasn't.
pub(crate) fn delta_key() -> [u8; 32] {
    let mut key = [0; 32];
    key[0] = 1;
    key
}

/// Does what the first byte of its input says, in constructor and call alike: 0 returns the rest,
/// 1 reverts with the rest, 2 traps, 3 never ends, 4 stores and returns, 5 stores and traps, 6
/// reads its input twice, 7 returns with a reserved flag, 8 stores and then reverts.
pub(crate) fn puppet() -> Vec<u8> {
    contract(
        &["seal_input", "seal_return", "seal_set_storage"],
        r#"
        (func $store (call $seal_set_storage (i32.const 1024) (i32.const 8) (i32.const 4)))
        (func $return (param $flags i32)
            (call $seal_return (local.get $flags) (i32.const 17)
                (i32.sub (i32.load (i32.const 0)) (i32.const 1))))
        (func $act (local $what i32)
            (i32.store (i32.const 0) (i32.const 256))
            (call $seal_input (i32.const 16) (i32.const 0))
            (if (i32.eqz (i32.load (i32.const 0))) (then (return)))
            (local.set $what (i32.load8_u (i32.const 16)))
            (if (i32.eq (local.get $what) (i32.const 0)) (then (call $return (i32.const 0))))
            (if (i32.eq (local.get $what) (i32.const 1)) (then (call $return (i32.const 1))))
            (if (i32.eq (local.get $what) (i32.const 2)) (then (unreachable)))
            (if (i32.eq (local.get $what) (i32.const 3)) (then (loop $again (br $again))))
            (if (i32.eq (local.get $what) (i32.const 4)) (then (call $store)))
            (if (i32.eq (local.get $what) (i32.const 5)) (then (call $store) (unreachable)))
            (if (i32.eq (local.get $what) (i32.const 6))
                (then (call $seal_input (i32.const 16) (i32.const 0))))
            (if (i32.eq (local.get $what) (i32.const 7)) (then (call $return (i32.const 2))))
            (if (i32.eq (local.get $what) (i32.const 8))
                (then (call $store) (call $return (i32.const 1)))))
        (func (export "deploy") (call $act))
        (func (export "call") (call $act))
        "#,
    )
}

/// Called with `callee ‖ gas ‖ value ‖ input` it makes that call and returns
/// `code ‖ length ‖ output`.
pub(crate) fn proxy() -> Vec<u8> {
    contract(
        &["seal_input", "seal_return", "seal_call"],
        r#"
        (func (export "deploy"))
        (func (export "call")
            (i32.store (i32.const 0) (i32.const 512))
            (call $seal_input (i32.const 16) (i32.const 0))
            (i32.store (i32.const 3996) (i32.const 256))
            (i32.store (i32.const 3992) (call $seal_call
                (i32.const 16) (i32.const 32)
                (i64.load (i32.const 48))
                (i32.const 56) (i32.const 16)
                (i32.const 72) (i32.sub (i32.load (i32.const 0)) (i32.const 56))
                (i32.const 4000) (i32.const 3996)))
            (if (i32.eq (i32.load (i32.const 3996)) (i32.const 256))
                (then (i32.store (i32.const 3996) (i32.const 0))))
            (call $seal_return (i32.const 0) (i32.const 3992)
                (i32.add (i32.load (i32.const 3996)) (i32.const 8))))
        "#,
    )
}

/// The input for [`proxy`].
pub(crate) fn through(callee: &AccountId, gas: u64, value: Balance, input: &[u8]) -> Vec<u8> {
    [&callee[..], &gas.to_le_bytes(), &value.to_le_bytes(), input].concat()
}

/// Called with `code hash ‖ gas ‖ value ‖ salt (4 bytes) ‖ input` it makes that contract and
/// returns `code ‖ address ‖ length ‖ output`.
pub(crate) fn factory() -> Vec<u8> {
    contract(
        &["seal_input", "seal_return", "seal_instantiate"],
        r#"
        (func (export "deploy"))
        (func (export "call")
            (i32.store (i32.const 0) (i32.const 512))
            (call $seal_input (i32.const 16) (i32.const 0))
            (i32.store (i32.const 8) (i32.const 32))
            (i32.store (i32.const 4036) (i32.const 256))
            (i32.store (i32.const 4000) (call $seal_instantiate
                (i32.const 16) (i32.const 32)
                (i64.load (i32.const 48))
                (i32.const 56) (i32.const 16)
                (i32.const 76) (i32.sub (i32.load (i32.const 0)) (i32.const 60))
                (i32.const 4004) (i32.const 8)
                (i32.const 4040) (i32.const 4036)
                (i32.const 72) (i32.const 4)))
            (if (i32.eq (i32.load (i32.const 4036)) (i32.const 256))
                (then (i32.store (i32.const 4036) (i32.const 0))))
            (call $seal_return (i32.const 0) (i32.const 4000)
                (i32.add (i32.load (i32.const 4036)) (i32.const 40))))
        "#,
    )
}

/// The input for [`factory`].
pub(crate) fn making(
    code: &Hash,
    gas: u64,
    value: Balance,
    salt: [u8; 4],
    input: &[u8],
) -> Vec<u8> {
    [
        &code[..],
        &gas.to_le_bytes(),
        &value.to_le_bytes(),
        &salt,
        input,
    ]
    .concat()
}

/// Called with nothing it ends itself, called with something it calls itself with nothing and
/// traps if that fails.
pub(crate) fn terminator(beneficiary: &AccountId) -> Vec<u8> {
    contract(
        &["seal_input", "seal_address", "seal_call", "seal_terminate"],
        &format!(
            r#"
            (data (i32.const 200) "{}")
            (func (export "deploy"))
            (func (export "call")
                (i32.store (i32.const 0) (i32.const 64))
                (call $seal_input (i32.const 16) (i32.const 0))
                (if (i32.eqz (i32.load (i32.const 0)))
                    (then
                        (call $seal_terminate (i32.const 200) (i32.const 32))
                        (unreachable)))
                (i32.store (i32.const 0) (i32.const 32))
                (call $seal_address (i32.const 100) (i32.const 0))
                (if (call $seal_call
                        (i32.const 100) (i32.const 32)
                        (i64.const 0)
                        (i32.const 300) (i32.const 16)
                        (i32.const 0) (i32.const 0)
                        (i32.const -1) (i32.const 0))
                    (then (unreachable))))
            "#,
            hex(beneficiary),
        ),
    )
}

/// Ends itself in its constructor.
pub(crate) fn terminating_constructor() -> Vec<u8> {
    contract(
        &["seal_terminate"],
        r#"
        (func (export "deploy") (call $seal_terminate (i32.const 200) (i32.const 32)))
        (func (export "call"))
        "#,
    )
}

/// Called with `account ‖ value` it sends that and returns the code.
pub(crate) fn payer() -> Vec<u8> {
    contract(
        &["seal_input", "seal_return", "seal_transfer"],
        r#"
        (data (i32.const 0) "\30")
        (func (export "deploy"))
        (func (export "call")
            (call $seal_input (i32.const 16) (i32.const 0))
            (i32.store (i32.const 4)
                (call $seal_transfer (i32.const 16) (i32.const 32) (i32.const 48) (i32.const 16)))
            (call $seal_return (i32.const 0) (i32.const 4) (i32.const 4)))
        "#,
    )
}

/// Called with the number of a hash function and some bytes it returns their hash.
pub(crate) fn hashes() -> Vec<u8> {
    let functions = [
        "seal_hash_sha2_256",
        "seal_hash_keccak_256",
        "seal_hash_blake2_256",
        "seal_hash_blake2_128",
    ];
    let cases: String = functions
        .iter()
        .enumerate()
        .map(|(number, name)| {
            format!(
                "(if (i32.eq (local.get $which) (i32.const {number}))
                    (then (call ${name} (i32.const 17) (local.get $len) (i32.const 17))))"
            )
        })
        .collect();
    contract(
        &[&functions[..], &["seal_input", "seal_return"]].concat(),
        &format!(
            r#"
            (func (export "deploy"))
            (func (export "call") (local $which i32) (local $len i32)
                (i32.store (i32.const 0) (i32.const 256))
                (call $seal_input (i32.const 16) (i32.const 0))
                (local.set $which (i32.load8_u (i32.const 16)))
                (local.set $len (i32.sub (i32.load (i32.const 0)) (i32.const 1)))
                {cases}
                (call $seal_return (i32.const 0) (i32.const 17)
                    (select (i32.const 16) (i32.const 32)
                        (i32.eq (local.get $which) (i32.const 3)))))
            "#
        ),
    )
}

/// Its constructor and its call are this code, with the given host functions at hand. Memory is
/// all zeros but what `data` says.
pub(crate) fn custom(imports: &[&str], data: &str, deploy: &str, call: &str) -> Vec<u8> {
    contract(
        imports,
        &format!(r#"{data} (func (export "deploy") {deploy}) (func (export "call") {call})"#),
    )
}

/// Returns what a function of two pointers writes.
pub(crate) fn tells(function: &str) -> Vec<u8> {
    custom(
        &[function, "seal_return"],
        "",
        "",
        &format!(
            r#"(i32.store (i32.const 0) (i32.const 256))
            (call ${function} (i32.const 16) (i32.const 0))
            (call $seal_return (i32.const 0) (i32.const 16) (i32.load (i32.const 0)))"#
        ),
    )
}
