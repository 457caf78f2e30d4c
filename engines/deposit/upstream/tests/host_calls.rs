//! Every host function of the pallet with drawn arguments, good and bad, on both sides: pointers
//! inside, at the edge and outside, every length, every flag, buffers that overlap; directly, from
//! a read-only call, and by delegate. What is compared is the outcome, every code, all of the
//! memory, and every event.

use pink_deposit_upstream::puppet::{puppet, Script, READ_ONLY};
use pink_deposit_upstream::*;
use pink_engine_sdk::types::{AccountId, Balance, Event, Hash};
use proptest::prelude::*;
use proptest::sample::select;

/// What an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Account,
    CodeHash,
    Value,
    /// A value, or nothing.
    Limit,
    Key,
    KeyLen,
    Data,
    Len,
    Topics,
    TopicsLen,
    Out,
    /// Where the length of the buffer is.
    OutLen,
    CallFlags,
    ReturnFlags,
    Extension,
    Gas,
    /// Not looked at.
    Any,
}

use Kind::*;

/// A function: its modules' number, its name, whether it has a second name, its arguments, and its
/// result. As the pallet's source declares them.
type Function = (u8, &'static str, bool, &'static [Kind], &'static str);

const FUNCTIONS: &[Function] = &[
    (0, "set_storage", true, &[Key, Data, Len], ""),
    (1, "set_storage", true, &[Key, Data, Len], "i32"),
    (2, "set_storage", true, &[Key, KeyLen, Data, Len], "i32"),
    (0, "clear_storage", true, &[Key], ""),
    (1, "clear_storage", true, &[Key, KeyLen], "i32"),
    (0, "get_storage", true, &[Key, Out, OutLen], "i32"),
    (1, "get_storage", true, &[Key, KeyLen, Out, OutLen], "i32"),
    (0, "contains_storage", true, &[Key], "i32"),
    (1, "contains_storage", true, &[Key, KeyLen], "i32"),
    (0, "take_storage", true, &[Key, KeyLen, Out, OutLen], "i32"),
    (0, "transfer", true, &[Account, Any, Value, Any], "i32"),
    (
        0,
        "call",
        true,
        &[Account, Any, Gas, Value, Any, Data, Len, Out, OutLen],
        "i32",
    ),
    (
        1,
        "call",
        true,
        &[CallFlags, Account, Gas, Value, Data, Len, Out, OutLen],
        "i32",
    ),
    (
        2,
        "call",
        false,
        &[
            CallFlags, Account, Gas, Gas, Limit, Value, Data, Len, Out, OutLen,
        ],
        "i32",
    ),
    (
        0,
        "delegate_call",
        true,
        &[CallFlags, CodeHash, Data, Len, Out, OutLen],
        "i32",
    ),
    (
        0,
        "instantiate",
        true,
        &[
            CodeHash, Any, Gas, Value, Any, Data, Len, Out, OutLen, Out, OutLen, Data, Len,
        ],
        "i32",
    ),
    (
        1,
        "instantiate",
        true,
        &[
            CodeHash, Gas, Value, Data, Len, Out, OutLen, Out, OutLen, Data, Len,
        ],
        "i32",
    ),
    (
        2,
        "instantiate",
        false,
        &[
            CodeHash, Gas, Gas, Limit, Value, Data, Len, Out, OutLen, Out, OutLen, Data, Len,
        ],
        "i32",
    ),
    (0, "terminate", true, &[Account, Any], ""),
    (1, "terminate", true, &[Account], ""),
    (0, "input", true, &[Out, OutLen], ""),
    (0, "seal_return", false, &[ReturnFlags, Data, Len], ""),
    (0, "caller", true, &[Out, OutLen], ""),
    (0, "is_contract", true, &[Account], "i32"),
    (0, "code_hash", true, &[Account, Out, OutLen], "i32"),
    (0, "own_code_hash", true, &[Out, OutLen], ""),
    (0, "caller_is_origin", true, &[], "i32"),
    (0, "caller_is_root", false, &[], "i32"),
    (0, "address", true, &[Out, OutLen], ""),
    (0, "weight_to_fee", true, &[Gas, Out, OutLen], ""),
    (0, "gas_left", true, &[Out, OutLen], ""),
    (0, "balance", true, &[Out, OutLen], ""),
    (0, "value_transferred", true, &[Out, OutLen], ""),
    (0, "now", true, &[Out, OutLen], ""),
    (0, "minimum_balance", true, &[Out, OutLen], ""),
    (0, "block_number", true, &[Out, OutLen], ""),
    (0, "instantiation_nonce", false, &[], "i64"),
    (
        0,
        "deposit_event",
        true,
        &[Topics, TopicsLen, Data, Len],
        "",
    ),
    (0, "debug_message", true, &[Data, Len], "i32"),
    (0, "hash_sha2_256", true, &[Data, Len, Out], ""),
    (0, "hash_keccak_256", true, &[Data, Len, Out], ""),
    (0, "hash_blake2_256", true, &[Data, Len, Out], ""),
    (0, "hash_blake2_128", true, &[Data, Len, Out], ""),
    (0, "ecdsa_recover", true, &[Data, Data, Out], "i32"),
    (0, "ecdsa_to_eth_address", true, &[Data, Out], "i32"),
    (0, "sr25519_verify", false, &[Data, Data, Len, Data], "i32"),
    (0, "set_code_hash", true, &[CodeHash], "i32"),
    (0, "lock_delegate_dependency", false, &[CodeHash], ""),
    (0, "unlock_delegate_dependency", false, &[CodeHash], ""),
    (
        0,
        "call_chain_extension",
        true,
        &[Extension, Data, Len, Out, OutLen],
        "i32",
    ),
];

/// Listed as different: no chain to dispatch on.
const OTHERWISE: &[Function] = &[
    (0, "call_runtime", false, &[Data, Len], "i32"),
    (0, "xcm_execute", false, &[Data, Len], "i32"),
    (0, "xcm_send", false, &[Data, Data, Len, Out], "i32"),
];

/// For contracts of earlier times, and for nobody.
const NOT_FOR_NEW_CODE: &[Function] = &[
    (0, "random", true, &[Data, Len, Out, OutLen], ""),
    (1, "random", true, &[Data, Len, Out, OutLen], ""),
    (0, "tombstone_deposit", true, &[Out, OutLen], ""),
    (
        0,
        "restore_to",
        true,
        &[Any, Any, Any, Any, Any, Any, Any, Any],
        "",
    ),
    (1, "restore_to", true, &[Any, Any, Any, Any, Any], ""),
    (0, "set_rent_allowance", true, &[Any, Any], ""),
    (1, "set_rent_allowance", true, &[Any], ""),
    (0, "rent_allowance", true, &[Out, OutLen], ""),
    (1, "weight_to_fee", false, &[Gas, Gas, Out, OutLen], ""),
    (1, "gas_left", false, &[Out, OutLen], ""),
    (0, "reentrance_count", false, &[], "i32"),
    (0, "account_reentrance_count", false, &[Account], "i32"),
    (
        0,
        "set_transient_storage",
        false,
        &[Key, KeyLen, Data, Len],
        "i32",
    ),
    (0, "clear_transient_storage", false, &[Key, KeyLen], "i32"),
    (
        0,
        "get_transient_storage",
        false,
        &[Key, KeyLen, Out, OutLen],
        "i32",
    ),
    (
        0,
        "contains_transient_storage",
        false,
        &[Key, KeyLen],
        "i32",
    ),
    (
        0,
        "take_transient_storage",
        false,
        &[Key, KeyLen, Out, OutLen],
        "i32",
    ),
];

fn wasm_type(kind: &Kind) -> &'static str {
    match kind {
        Gas => "i64",
        _ => "i32",
    }
}

fn import(module: &str, name: &str, params: &[&str], result: &str) -> String {
    let params = params.join(" ");
    let result = match result {
        "" => String::new(),
        ty => format!("(result {ty})"),
    };
    format!(
        r#"(module (import "{module}" "{name}" (func (param {params}) {result}))
        (import "env" "memory" (memory 1 1)) (func (export "deploy")) (func (export "call")))"#
    )
}

/// Each name in each module with the right type, and with others; and every name in every other
/// module, with and without the prefix.
#[test]
fn every_name_and_type() {
    let mut both = Both::new();
    let mut salt = 0u32;
    let mut try_it = |text: &str| {
        let code = wat::parse_str(text).expect("a module");
        salt += 1;
        let salt = salt.to_le_bytes();
        let made = both.each(|side| instantiate(side, &code, 0, &salt));
        assert_eq!(made[0], made[1], "{text}");
        made[0].outcome == "Success"
    };
    let all = [FUNCTIONS, OTHERWISE, NOT_FOR_NEW_CODE].concat();
    let mut accepted = 0;
    for (_, name, _, kinds, result) in &all {
        let params: Vec<_> = kinds.iter().map(wasm_type).collect();
        let bare = name.strip_prefix("seal_").unwrap_or(name);
        for module in ["seal0", "seal1", "seal2", "seal3", "env", "__unstable__"] {
            for name in [bare.to_owned(), format!("seal_{bare}")] {
                let fine = try_it(&import(module, &name, &params, result));
                if fine {
                    accepted += 1;
                    let longer = [&params[..], &["i32"]].concat();
                    assert!(!try_it(&import(module, &name, &longer, result)));
                    let other = if *result == "i32" { "" } else { "i32" };
                    assert!(!try_it(&import(module, &name, &params, other)));
                    for at in 0..params.len() {
                        let mut swapped = params.clone();
                        swapped[at] = if swapped[at] == "i32" { "i64" } else { "i32" };
                        assert!(!try_it(&import(module, &name, &swapped, result)));
                    }
                }
            }
        }
    }
    // Some functions of different versions have the same type.
    let names = |functions: &[Function]| -> usize {
        functions
            .iter()
            .map(|(_, _, two, ..)| 1 + usize::from(*two))
            .sum()
    };
    assert_eq!(
        names(FUNCTIONS) + names(OTHERWISE),
        111 - names(&NOT_FOR_NEW_CODE[..8])
    );
    assert!(accepted >= names(FUNCTIONS) + names(OTHERWISE));
}

fn instantiate(side: &mut dyn Side, code: &[u8], value: Balance, salt: &[u8]) -> MessageResult {
    side.instantiate(&Instantiate {
        code: Source::Code(code),
        value,
        input: &[],
        salt,
        limit: None,
    })
}

/// A contract of this code, on both sides.
#[track_caller]
fn make(both: &mut Both, code: &[u8], value: Balance, salt: &[u8]) -> AccountId {
    let made = both.same(|side| instantiate(side, code, value, salt));
    assert_eq!(made.outcome, "Success", "{made:?}");
    let contract = made.events.iter().find_map(|event| match event {
        Event::Instantiated { contract, .. } => Some(*contract),
        _ => None,
    });
    contract.expect("it was made")
}

const OWN: u32 = 1_000 + 3 * 32;
const OWN_HASH: u32 = 1_200 + 3 * 32;
const PAGE: u32 = 65_536;
const LOG: u32 = 64;

const LENGTHS: [u32; 11] = [0, 3, 4, 8, 15, 16, 31, 32, 64, 16_384, u32::MAX];
const VALUES: [u128; 7] = [0, 1, 500, 999, 1_000, 1_000_000, u128::MAX];

/// What lies in the memory at first.
fn memory(accounts: [AccountId; 3], hashes: [Hash; 3]) -> Vec<(u32, Vec<u8>)> {
    let s = Script::new;
    let mut parts = vec![
        (1_000, accounts.concat()),
        (1_200, hashes.concat()),
        (
            1_400,
            VALUES
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect(),
        ),
        (
            1_600,
            LENGTHS.iter().flat_map(|len| len.to_le_bytes()).collect(),
        ),
        (1_800, [&[4][..], &[7; 32]].concat()),
        (1_840, [&[8][..], &[9; 64]].concat()),
        (1_910, [&[20][..], &[1; 160]].concat()),
    ];
    let scripts = [
        s().set(b"k", 9),
        s().trap(),
        s().balance().revert(),
        s().event(&[], b"!"),
    ];
    for (at, script) in (0u32..).zip(scripts) {
        assert!(script.0.len() <= 16);
        parts.push((2_200 + 16 * at, script.0));
    }
    parts
}

fn lengths() -> impl Strategy<Value = u32> {
    prop_oneof![
        6 => select(vec![0u32, 1, 4, 5, 16, 32, 33, 64, 100]),
        1 => select(vec![127u32, 128, 129, 1_024, 16_383, 16_384, 16_385]),
        1 => select(vec![PAGE - 1, PAGE, PAGE + 1, 1 << 31, u32::MAX - 1, u32::MAX]),
    ]
}

/// Where anything may point to.
fn anywhere() -> impl Strategy<Value = u32> {
    prop_oneof![
        (0u32..3_000),
        (PAGE - 70..PAGE + 3),
        select(vec![1 << 31, u32::MAX - 3, u32::MAX - 1, u32::MAX]),
    ]
}

fn mostly(good: impl Strategy<Value = u32> + 'static) -> BoxedStrategy<u32> {
    prop_oneof![12 => good, 1 => anywhere()].boxed()
}

fn places(base: u32, step: u32, count: u32) -> BoxedStrategy<u32> {
    mostly((0..count).prop_map(move |at| base + step * at))
}

fn argument(kind: Kind) -> BoxedStrategy<u64> {
    match kind {
        Account => places(1_000, 32, 4),
        CodeHash => places(1_200, 32, 4),
        Value => places(1_400, 16, 7),
        Limit => prop_oneof![Just(u32::MAX), places(1_400, 16, 7)].boxed(),
        Key => places(1_700, 1, 3),
        KeyLen => prop_oneof![6 => Just(4u32), 2 => Just(32), 1 => lengths()].boxed(),
        Data => prop_oneof![
            4 => (0u32..4).prop_map(|at| 2_200 + 16 * at),
            2 => 0u32..3_000,
            1 => anywhere(),
        ]
        .boxed(),
        Len => lengths().boxed(),
        Topics => prop_oneof![8 => select(vec![1_800u32, 1_840, 1_910]), 1 => anywhere()].boxed(),
        TopicsLen => select(vec![0u32, 1, 32, 33, 34, 64, 65, 66, 161, PAGE, u32::MAX]).boxed(),
        Out => prop_oneof![
            6 => select(vec![8_192u32, 40_000, 1_600, 1_620, 1_000, 1_400]),
            1 => Just(u32::MAX),
            1 => anywhere(),
        ]
        .boxed(),
        OutLen => places(1_600, 4, 11),
        CallFlags => {
            prop_oneof![12 => 0u32..32, 1 => select(vec![32u32, 1 << 31, u32::MAX])].boxed()
        }
        ReturnFlags => prop_oneof![4 => 0u32..2, 1 => select(vec![2u32, 3, u32::MAX])].boxed(),
        Extension => Just(21).boxed(),
        Gas => return select(vec![0u64, 0, 0, u64::MAX, 1 << 40]).boxed(),
        Any => any::<u32>().boxed(),
    }
    .prop_map(u64::from)
    .boxed()
}

/// A call of a function.
#[derive(Clone)]
struct Step(Function, Vec<u64>);

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self((version, name, ..), arguments) = self;
        write!(f, "seal{version}.{name}{arguments:?}")
    }
}

fn step() -> impl Strategy<Value = Step> {
    select(FUNCTIONS.to_vec()).prop_flat_map(|function| {
        let arguments: Vec<_> = function.3.iter().map(|kind| argument(*kind)).collect();
        (Just(function), arguments)
            .prop_map(|(function, arguments)| Step(function, arguments))
            .prop_filter("what isn't a listed difference", |step| !listed(step))
    })
}

fn program() -> impl Strategy<Value = Vec<Step>> {
    // Exchanged code is seen by everybody at once, and what a record with locks is held for then is
    // another test's: see the list.
    let name = |name: &'static str| move |Step((_, other, ..), _): &Step| *other == name;
    prop::collection::vec(step(), 1..5).prop_map(move |mut steps| {
        if steps.iter().any(name("lock_delegate_dependency")) {
            steps.retain(|step| !name("set_code_hash")(step));
        }
        if steps.iter().any(name("set_code_hash")) {
            steps.retain(|step| !name("code_hash")(step));
        }
        steps
    })
}

/// What the list of differences names: debug messages are read here, salts and outputs are bounded.
fn listed(Step((_, name, ..), arguments): &Step) -> bool {
    let inside = |at: usize| {
        let (ptr, len) = (arguments[at], arguments[at + 1].min(128 * 1024));
        ptr + len <= u64::from(PAGE)
    };
    match *name {
        "debug_message" => !inside(0),
        "seal_return" => inside(1) && arguments[2] > 8_192,
        "instantiate" => arguments.last().is_some_and(|len| *len > 1_024),
        _ => false,
    }
}

/// A module that does these steps, logs what they gave, and returns a hash of all its memory and the
/// log.
fn module(steps: &[Step], parts: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut imports = String::new();
    let mut body = String::new();
    for (at, Step((version, name, _, kinds, result), arguments)) in steps.iter().enumerate() {
        let params: Vec<_> = kinds.iter().map(wasm_type).collect();
        let ty = if result.is_empty() {
            String::new()
        } else {
            format!("(result {result})")
        };
        imports += &format!(
            "(import \"seal{version}\" \"{name}\" (func $f{at} (param {}) {ty}))\n",
            params.join(" ")
        );
        let given: Vec<_> = kinds
            .iter()
            .zip(arguments)
            .map(|(kind, value)| match kind {
                Gas => format!("(i64.const {})", *value as i64),
                _ => format!("(i32.const {})", *value as u32 as i32),
            })
            .collect();
        let call = format!("(call $f{at} {})", given.join(" "));
        let log = LOG as usize + 8 * at;
        body += &match *result {
            "" => call,
            ty => format!("({ty}.store (i32.const {log}) {call})"),
        };
        if *name == "gas_left" {
            let ptr = arguments[0] as u32 as i32;
            body += &format!("(i64.store (i32.const {ptr}) (i64.const 0))");
        }
    }
    let data: String = parts
        .iter()
        .map(|(at, bytes)| {
            let text: String = bytes.iter().map(|byte| format!("\\{byte:02x}")).collect();
            format!("(data (i32.const {at}) \"{text}\")\n")
        })
        .collect();
    let text = format!(
        r#"(module {imports}
        (import "seal0" "address" (func $own (param i32 i32)))
        (import "seal0" "own_code_hash" (func $own_hash (param i32 i32)))
        (import "seal0" "hash_blake2_256" (func $hash (param i32 i32 i32)))
        (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
        (import "env" "memory" (memory 1 1)) {data}
        (func (export "deploy"))
        (func (export "call")
          (i32.store (i32.const 0) (i32.const 32)) (call $own (i32.const {OWN}) (i32.const 0))
          (i32.store (i32.const 0) (i32.const 32)) (call $own_hash (i32.const {OWN_HASH}) (i32.const 0))
          {body}
          (call $hash (i32.const 0) (i32.const {PAGE}) (i32.const 0))
          (call $return (i32.const 0) (i32.const 0) (i32.const 128))))"#
    );
    wat::parse_str(text).expect("a module")
}

/// What the list of differences has: a contract that was written to and ended in one message owes nothing for it here, and the
/// pallet can't hold its deposit on an account that is gone.
fn ended_what_it_wrote(ours: &MessageResult, theirs: &MessageResult) -> bool {
    let ended = |event: &Event| matches!(event, Event::Terminated { .. });
    theirs.outcome == "Token(CannotCreateHold)"
        && ours.outcome == "Success"
        && ours.events.iter().any(ended)
}

/// Of ten times as many none differed, but for what is listed.
const CASES: u32 = 32;

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn drawn_arguments(programs in prop::collection::vec(program(), 12)) {
        let mut both = Both::new();
        let callee = both.puppet(2_000, 1);
        let hash = both.upload(&puppet());
        let other = both.upload(&wat::parse_str(OTHER).expect("a module"));
        let parts = memory([BOB, callee, [0xee; 32]], [hash, other, [9; 32]]);
        for (number, steps) in programs.iter().enumerate() {
            let outer = both.puppet(100_000, 2 + number as u8);
            let code = module(steps, &parts);
            let salt = [number as u8, 77];
            let contract = make(&mut both, &code, 5_000, &salt);
            let code_hash = both.upload(&code);
            let input = Script::new().set(b"input", 3);
            for (called, value, script) in [
                (outer, 0, Script::new().call(READ_ONLY, contract, 0, input.clone())),
                (outer, 0, Script::new().delegate(0, code_hash, input.clone())),
                (outer, 0, Script::new().call(0, contract, 7, input.clone())),
                (contract, 3, input.clone()),
            ] {
                let [ours, theirs] = both.each(|side| side.call(&Call {
                    origin: ALICE,
                    contract: called,
                    value,
                    input: &script.0,
                    limit: None,
                }));
                if ended_what_it_wrote(&ours, &theirs) {
                    // From here on the sides are two histories.
                    return Ok(());
                }
                prop_assert!(
                    ours == theirs,
                    "{steps:?}\nours:\n{}\nthe pallet's:\n{}",
                    ours.text(),
                    theirs.text()
                );
            }
        }
    }
}

const OTHER: &str = r#"(module (import "env" "memory" (memory 1 1))
    (func (export "deploy")) (func (export "call")))"#;

/// What comes first says what is asked: a key of a signature, an address of a key, whether a signature is
/// one. Returns the code, and 33 bytes.
const SIGNATURES: &str = r#"(module
    (import "seal0" "input" (func $input (param i32 i32)))
    (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
    (import "seal0" "ecdsa_recover" (func $recover (param i32 i32 i32) (result i32)))
    (import "seal0" "ecdsa_to_eth_address" (func $eth (param i32 i32) (result i32)))
    (import "seal0" "sr25519_verify" (func $verify (param i32 i32 i32 i32) (result i32)))
    (import "env" "memory" (memory 1 1))
    (func (export "deploy"))
    (func (export "call")
      (i32.store (i32.const 0) (i32.const 1000)) (call $input (i32.const 100) (i32.const 0))
      (if (i32.eq (i32.load8_u (i32.const 100)) (i32.const 0))
        (then (i32.store (i32.const 4) (call $recover (i32.const 101) (i32.const 166) (i32.const 8)))))
      (if (i32.eq (i32.load8_u (i32.const 100)) (i32.const 1))
        (then (i32.store (i32.const 4) (call $eth (i32.const 101) (i32.const 8)))))
      (if (i32.eq (i32.load8_u (i32.const 100)) (i32.const 2))
        (then (i32.store (i32.const 4)
          (call $verify (i32.const 101) (i32.const 165) (i32.const 11) (i32.const 197)))))
      (call $return (i32.const 0) (i32.const 4) (i32.const 37))))"#;

fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).expect("hex"))
        .collect()
}

/// A signature and a hash that the pallet's own tests have.
const ECDSA: &str = "a1eacb4a936033d405aee7098e3089c9a276c043ef1047d87d56a78b460756f1\
                     21579afb511da004b0ef58d3f4e8e834d3ea6473e62f502c98a63e32080d56af1c\
                     a21cf4b3604cf4b2bc53e6f88f6a4d75ef5ff4ab415f3e99aea6b61c8249c4d0";

/// Alice's signature of "hello world" and her key, from there as well.
const SR25519: &str = "b8314aee4ea566fc165c9cb07c76a874f763005e022d09aa49deb64a3c204b40\
                     62ae45375355b462d04be739cd3e04691a88ac117b635affe436733f1ecfcd83\
                     d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d\
                     68656c6c6f20776f726c64";

/// Numbers about the order of the curve's group, about its field's size, and small ones.
fn scalar(given: &'static str) -> impl Strategy<Value = Vec<u8>> {
    const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd036";
    const FIELD: &str = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc";
    prop_oneof![
        4 => Just(hex(given)),
        2 => prop::array::uniform32(any::<u8>()).prop_map(|bytes| bytes.to_vec()),
        2 => (0x4138u16..0x414a).prop_map(|low| [hex(ORDER), low.to_be_bytes().to_vec()].concat()),
        1 => (0u8..0x40).prop_map(|low| [hex(FIELD), vec![low]].concat()),
        1 => (0u8..4).prop_map(|low| [vec![0; 31], vec![low]].concat()),
    ]
}

fn asked() -> impl Strategy<Value = Vec<u8>> {
    let recover = (
        scalar(&ECDSA[..64]),
        prop_oneof![
            3 => Just(hex(&ECDSA[64..128])),
            // The mirror image: the order less the one above.
            3 => Just(hex("dea86504aee25ffb4f10a72c0b1717c9e6c47872c919500f272c205ac828ea92")),
            2 => scalar(&ECDSA[64..128]),
        ],
        prop_oneof![4 => 0u8..4, 4 => 27u8..31, 1 => any::<u8>()],
        scalar(&ECDSA[130..]),
    );
    let recover = recover.prop_map(|(r, s, v, hash)| [vec![0], r, s, vec![v], hash].concat());
    let address = (
        prop_oneof![4 => 2u8..4, 1 => any::<u8>()],
        scalar("8db55b05db86c0b1786ca49f095d76344c9e6056b2f02701a7e7f3c20aabfd91"),
    );
    let address = address.prop_map(|(first, x)| [vec![1, first], x].concat());
    let verify = (0usize..112, any::<u8>(), 0usize..3).prop_map(|(at, to, times)| {
        let mut input = [vec![2], hex(SR25519)].concat();
        for time in 0..times {
            let at = 1 + (at + 31 * time) % (input.len() - 1);
            input[at] = to;
        }
        input
    });
    prop_oneof![3 => recover, 2 => address, 3 => verify]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn drawn_signatures(all in prop::collection::vec(asked(), 40)) {
        let mut both = Both::new();
        let code = wat::parse_str(SIGNATURES).expect("a module");
        let contract = make(&mut both, &code, 0, &[]);
        let known = [vec![0], hex(ECDSA)].concat();
        let done = both.run(contract, &Script(known));
        prop_assert_eq!(&done.output[..4], &[0; 4]);
        let known = [vec![2], hex(SR25519)].concat();
        let done = both.run(contract, &Script(known));
        prop_assert_eq!(&done.output[..4], &[0; 4]);
        for input in all {
            let [ours, theirs] = both.differ(contract, None, &Script(input.clone()));
            prop_assert!(
                ours == theirs,
                "{input:02x?}\nours:\n{}\nthe pallet's:\n{}",
                ours.text(),
                theirs.text()
            );
        }
    }
}

/// A contract that exchanges its code is told of the new one by every function; the pallet's tells the
/// old one until the frame ends or calls.
#[test]
fn an_exchange_is_seen_at_once() {
    let mut both = Both::new();
    let hash = both.upload(&puppet());
    let code = wat::parse_str(
        r#"(module
        (import "seal0" "input" (func $input (param i32 i32)))
        (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
        (import "seal0" "set_code_hash" (func $exchange (param i32) (result i32)))
        (import "seal0" "address" (func $address (param i32 i32)))
        (import "seal0" "code_hash" (func $hash (param i32 i32 i32) (result i32)))
        (import "seal0" "own_code_hash" (func $own (param i32 i32)))
        (import "env" "memory" (memory 1 1)) (data (i32.const 0) "\20\00\00\00")
        (func (export "deploy"))
        (func (export "call")
          (call $input (i32.const 100) (i32.const 0)) (call $address (i32.const 200) (i32.const 0))
          (drop (call $exchange (i32.const 100)))
          (call $own (i32.const 300) (i32.const 0))
          (drop (call $hash (i32.const 200) (i32.const 332) (i32.const 0)))
          (call $return (i32.const 0) (i32.const 300) (i32.const 64))))"#,
    )
    .expect("a module");
    let old = both.upload(&code);
    let contract = make(&mut both, &code, 0, &[]);
    let [ours, theirs] = both.differ(contract, None, &Script(hash.to_vec()));
    assert_eq!(ours.output, [hash, hash].concat());
    assert_eq!(theirs.output, [hash, old].concat());
    assert_eq!((ours.events, ours.money), (theirs.events, theirs.money));
}
