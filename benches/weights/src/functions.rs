//! The probes of the host functions.

use crate::probe::{probe, Part, Probe, Seeds, INPUTS};
use pink_capi::types::Mode;

/// `(import …)` of a function, named `$f`.
fn import(module: &str, name: &str, params: &str, result: &str) -> String {
    let types: Vec<&str> = params
        .chars()
        .map(|ty| if ty == 'l' { "i64" } else { "i32" })
        .collect();
    let params = if types.is_empty() {
        String::new()
    } else {
        format!("(param {})", types.join(" "))
    };
    let result = match result {
        "" => String::new(),
        ty => format!("(result {ty})"),
    };
    format!(r#"(import "{module}" "{name}" (func $f {params} {result}))"#)
}

const VALUES: &[u32] = &[32, 1024, 16_384];
const HASHED: &[u32] = &[0, 1024, 16_384, 60_000];
const OUT: &str = "(i32.const 140000) (i32.const 65800)";
const NONE: &str = "(i32.const -1) (i32.const 0)";

/// All of them, in an order in which what is subtracted was measured before.
pub(crate) fn probes() -> Vec<Probe> {
    let mut all = vec![
        Probe {
            minus: &[],
            turns: 20_000,
            ..probe("loop", "", "", "")
        },
        Probe {
            minus: &["loop"],
            turns: 5_000,
            ..probe(
                "caller_is_root",
                "host_call",
                &import("seal0", "caller_is_root", "", "i32"),
                "(drop (call $f))",
            )
        },
    ];
    all.extend(getters());
    all.extend(storage());
    all.extend(frames());
    all.extend(contracts());
    all.extend(events());
    all.extend(crypto());
    all.extend(transient());
    all.extend(crate::extension::probes());
    all
}

fn getters() -> Vec<Probe> {
    let mut all = Vec::new();
    for name in [
        "caller",
        "address",
        "value_transferred",
        "now",
        "minimum_balance",
        "block_number",
        "gas_left",
    ] {
        // `address` is imported already, by the same name as far as the text goes.
        all.push(Probe {
            turns: 2_000,
            ..probe(
                name,
                "getter",
                &import("seal0", name, "ii", ""),
                &format!("(call $f {OUT})"),
            )
        });
    }
    all.push(probe(
        "weight_to_fee",
        "getter",
        &import("seal0", "weight_to_fee", "lii", ""),
        &format!("(call $f (i64.const 1000000) {OUT})"),
    ));
    all.push(probe(
        "caller_is_origin",
        "getter",
        &import("seal0", "caller_is_origin", "", "i32"),
        "(drop (call $f))",
    ));
    let looks = |name, params, result, body: &str| Probe {
        reads: 1,
        ..probe(
            name,
            if name == "balance" {
                "balance"
            } else {
                "contract_info"
            },
            &import("seal0", name, params, result),
            body,
        )
    };
    all.push(looks("balance", "ii", "", &format!("(call $f {OUT})")));
    all.push(looks(
        "is_contract",
        "i",
        "i32",
        "(drop (call $f (i32.const 65536)))",
    ));
    all.push(looks(
        "code_hash",
        "iii",
        "i32",
        &format!("(drop (call $f (i32.const 65600) {OUT}))"),
    ));
    all.push(looks(
        "own_code_hash",
        "ii",
        "",
        &format!("(call $f {OUT})"),
    ));
    all.push(looks("instantiation_nonce", "", "i64", "(drop (call $f))"));
    all.push(Probe {
        sizes: &[0, 4096, 32_768],
        rest: |_, size| vec![0; size as usize],
        ..probe(
            "input",
            "input",
            &import("seal0", "input", "ii", ""),
            &format!("(call $f {OUT})"),
        )
    });
    for (name, params, args) in [
        ("call_runtime", "ii", "(i32.const 70000) (local.get $size)"),
        ("xcm_execute", "ii", "(i32.const 70000) (local.get $size)"),
        (
            "xcm_send",
            "iiii",
            "(i32.const 70000) (i32.const 70000) (local.get $size) (i32.const 140000)",
        ),
    ] {
        all.push(Probe {
            sizes: INPUTS,
            ..probe(
                name,
                "refused",
                &import("seal0", name, params, "i32"),
                &format!("(drop (call $f {args}))"),
            )
        });
    }
    all
}

fn storage() -> Vec<Probe> {
    const SET: &str =
        r#"(import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))"#;
    let fill =
        "(drop (call $set (i32.const 65536) (i32.const 4) (i32.const 70000) (local.get $size)))";
    let small =
        "(drop (call $set (i32.const 65536) (i32.const 4) (i32.const 70000) (i32.const 32)))";
    let with = |module, name, params| format!("{SET}{}", import(module, name, params, "i32"));
    let key = "(i32.const 65536) (i32.const 4)";
    vec![
        Probe {
            fill: fill.into(),
            sizes: VALUES,
            reads: 1,
            reads_size: true,
            ..probe(
                "get_storage",
                "get_storage",
                &with("seal1", "get_storage", "iiii"),
                &format!("(drop (call $f {key} {OUT}))"),
            )
        },
        Probe {
            fill: fill.into(),
            sizes: VALUES,
            reads: 1,
            reads_size: true,
            ..probe(
                "contains_storage",
                "contains_storage",
                &with("seal1", "contains_storage", "ii"),
                &format!("(drop (call $f {key}))"),
            )
        },
        Probe {
            sizes: &[4, 32, 128],
            part: Part::PerByte,
            ..probe(
                "storage keys",
                "storage_key",
                &import("seal1", "contains_storage", "ii", "i32"),
                "(drop (call $f (i32.const 65536) (local.get $size)))",
            )
        },
        Probe {
            fill: small.into(),
            sizes: VALUES,
            reads: 1,
            writes: 1,
            writes_size: true,
            ..probe("set_storage", "set_storage", SET, fill)
        },
        Probe {
            fill: fill.into(),
            sizes: VALUES,
            part: Part::PerByte,
            reads_size: true,
            ..probe("set_storage over a value", "old_value", SET, small)
        },
        Probe {
            fill: small.into(),
            reads: 1,
            writes: 1,
            ..probe(
                "clear_storage",
                "clear_storage",
                &with("seal1", "clear_storage", "ii"),
                &format!("(drop (call $f {key}))"),
            )
        },
        Probe {
            fill: fill.into(),
            sizes: VALUES,
            reads: 1,
            writes: 1,
            reads_size: true,
            ..probe(
                "take_storage",
                "take_storage",
                &with("seal0", "take_storage", "iiii"),
                &format!("(drop (call $f {key} {OUT}))"),
            )
        },
    ]
}

const CALL: &str =
    r#"(import "seal1" "call" (func $f (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))"#;
const DELEGATE: &str =
    r#"(import "seal0" "delegate_call" (func $f (param i32 i32 i32 i32 i32 i32) (result i32)))"#;

fn calls(flags: u32, value: u32, input: &str, output: &str) -> String {
    format!(
        "(drop (call $f (i32.const {flags}) (i32.const 12) (i64.const 0) (i32.const {value}) {input} {output}))"
    )
}

fn frames() -> Vec<Probe> {
    let idle: fn(&Seeds, u32) -> Vec<u8> = |seeds, _| seeds.idle.0.to_vec();
    let idle_code: fn(&Seeds, u32) -> Vec<u8> = |seeds, _| seeds.idle.1.to_vec();
    let returns: fn(&Seeds, u32) -> Vec<u8> = |seeds, _| seeds.returns.to_vec();
    let sized = "(i32.const 70000) (local.get $size)";
    let delegate = format!("(drop (call $f (i32.const 0) (i32.const 12) {sized} {NONE}))");
    let plain = calls(0, 80_000, sized, NONE);
    let ask = "(i32.store (i32.const 70000) (local.get $size))";
    vec![
        // The frame itself: its surroundings, its memory, its instance.
        Probe {
            part: Part::Base,
            rest: idle_code,
            ..probe("a frame", "load", DELEGATE, &delegate)
        },
        Probe {
            sizes: INPUTS,
            rest: idle_code,
            reads: 1,
            kept: 65,
            minus: &["loop", "caller_is_root", "a frame"],
            ..probe("delegate_call", "delegate_call", DELEGATE, &delegate)
        },
        Probe {
            sizes: INPUTS,
            rest: idle,
            reads: 2,
            kept: 65,
            minus: &["loop", "caller_is_root", "a frame"],
            ..probe("call", "call", CALL, &plain)
        },
        Probe {
            sizes: VALUES,
            part: Part::PerByte,
            rest: |seeds, size| {
                let mut rest = seeds.idle.0.to_vec();
                rest.resize(size as usize, 0);
                rest
            },
            ..probe(
                "call with the own input",
                "call_cloned",
                CALL,
                &calls(2, 80_000, sized, NONE),
            )
        },
        Probe {
            rest: idle,
            reads: 1,
            writes: 1,
            minus: &["loop", "caller_is_root", "a frame", "call"],
            ..probe(
                "call with value",
                "call_value",
                CALL,
                &calls(0, 65_700, sized, NONE),
            )
        },
        Probe {
            sizes: INPUTS,
            rest: returns,
            minus: &["loop", "caller_is_root", "a frame", "call", "input"],
            ..probe(
                "seal_return",
                "seal_return",
                CALL,
                &format!(
                    "{ask} {}",
                    calls(0, 80_000, "(i32.const 70000) (i32.const 4)", NONE)
                ),
            )
        },
        Probe {
            sizes: INPUTS,
            rest: returns,
            part: Part::PerByte,
            ..probe(
                "output of a call",
                "output",
                CALL,
                &format!(
                    "{ask} {}",
                    calls(0, 80_000, "(i32.const 70000) (i32.const 4)", OUT)
                ),
            )
        },
    ]
}

fn contracts() -> Vec<Probe> {
    const INSTANTIATE: &str = r#"(import "seal1" "instantiate" (func $new (param i32 i64 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))"#;
    let new = "(drop (call $new (i32.const 12) (i64.const 0) (i32.const 80000) (i32.const 70000) (local.get $size)
        (i32.const 140000) (i32.const 65800) (i32.const -1) (i32.const 0) (i32.const 65536) (i32.const 4)))";
    let hash = |name, imports: &str, body: &str| {
        let row = if name == "set_code_hash" {
            name
        } else {
            "delegate_dependency"
        };
        Probe {
            rest: |seeds, _| seeds.idle.1.to_vec(),
            ..probe(name, row, imports, body)
        }
    };
    let locks = r#"(import "seal0" "lock_delegate_dependency" (func $lock (param i32)))
        (import "seal0" "unlock_delegate_dependency" (func $unlock (param i32)))"#;
    let pair = "(call $lock (i32.const 12)) (call $unlock (i32.const 12))";
    vec![
        Probe {
            reads: 1,
            writes: 1,
            ..probe(
                "transfer",
                "transfer",
                &import("seal0", "transfer", "iiii", "i32"),
                "(drop (call $f (i32.const 65536) (i32.const 32) (i32.const 65700) (i32.const 16)))",
            )
        },
        Probe {
            turns: 60,
            sizes: INPUTS,
            rest: |seeds, _| seeds.idle.1.to_vec(),
            reads: 3,
            writes: 3,
            minus: &["loop", "caller_is_root", "a frame"],
            ..probe("instantiate", "instantiate", INSTANTIATE, new)
        },
        Probe {
            turns: 60,
            rest: |seeds, _| seeds.ends.to_vec(),
            reads: 3,
            writes: 5,
            minus: &[
                "loop",
                "caller_is_root",
                "caller_is_root",
                "caller_is_root",
                "a frame",
                "a frame",
                "instantiate",
                "call",
            ],
            ..probe(
                "terminate",
                "terminate",
                &format!("{INSTANTIATE}{CALL}"),
                &format!(
                    "{new} (drop (call $f (i32.const 0) (i32.const 140000) (i64.const 0) (i32.const 80000)
                        (i32.const 65600) (i32.const 32) {NONE}))"
                ),
            )
        },
        Probe {
            reads: 3,
            writes: 3,
            ..hash(
                "set_code_hash",
                &import("seal0", "set_code_hash", "i", "i32"),
                "(drop (call $f (i32.const 12)))",
            )
        },
        Probe {
            times: 2,
            reads: 1,
            writes: 2,
            minus: &["loop", "caller_is_root", "caller_is_root"],
            ..hash("lock and unlock", locks, pair)
        },
        Probe {
            times: 2,
            reads: 1,
            writes: 1,
            row: "terminate_dependency",
            minus: &["loop", "caller_is_root", "caller_is_root"],
            ..hash("the same at a contract's end", locks, pair)
        },
    ]
}

fn events() -> Vec<Probe> {
    let event = import("seal0", "deposit_event", "iiii", "");
    vec![
        Probe {
            turns: 100,
            sizes: INPUTS,
            kept: 64,
            writes_size: true,
            ..probe(
                "deposit_event",
                "deposit_event",
                &event,
                "(call $f (i32.const 0) (i32.const 0) (i32.const 70000) (local.get $size))",
            )
        },
        Probe {
            times: 4,
            turns: 100,
            kept: 32,
            minus: &["loop", "caller_is_root", "deposit_event"],
            ..probe(
                "a topic",
                "event_topic",
                &format!(r#"{event} (data (i32.const 71000) "\10")"#),
                "(call $f (i32.const 71000) (i32.const 129) (i32.const 70000) (i32.const 0))",
            )
        },
        Probe {
            turns: 60,
            sizes: &[0, 512, 2048],
            mode: Mode::Estimating,
            ..probe(
                "debug_message",
                "debug_message",
                &import("seal0", "debug_message", "ii", "i32"),
                "(drop (call $f (i32.const 70000) (local.get $size)))",
            )
        },
    ]
}

fn crypto() -> Vec<Probe> {
    let hash = |name, row| Probe {
        sizes: HASHED,
        turns: 50,
        ..probe(
            name,
            row,
            &import("seal0", name, "iii", ""),
            "(call $f (i32.const 70000) (local.get $size) (i32.const 140000))",
        )
    };
    vec![
        hash("hash_sha2_256", "sha2_256"),
        hash("hash_keccak_256", "keccak_256"),
        hash("hash_blake2_256", "blake2_256"),
        hash("hash_blake2_128", "blake2_128"),
        Probe {
            turns: 5,
            rest: |seeds, _| [seeds.prehashed.clone(), vec![7; 32]].concat(),
            ..probe(
                "ecdsa_recover",
                "ecdsa_recover",
                &import("seal0", "ecdsa_recover", "iii", "i32"),
                "(if (call $f (i32.const 12) (i32.const 77) (i32.const 140000)) (then unreachable))",
            )
        },
        Probe {
            turns: 10,
            rest: |seeds, _| seeds.public[2].clone(),
            ..probe(
                "ecdsa_to_eth_address",
                "ecdsa_to_eth_address",
                &import("seal0", "ecdsa_to_eth_address", "ii", "i32"),
                "(if (call $f (i32.const 12) (i32.const 140000)) (then unreachable))",
            )
        },
        Probe {
            turns: 5,
            sizes: INPUTS,
            rest: |seeds, size| [seeds.signature(1, size), seeds.public[1].clone()].concat(),
            ..probe(
                "sr25519_verify",
                "sr25519_verify",
                &import("seal0", "sr25519_verify", "iiii", "i32"),
                "(if (call $f (i32.const 12) (i32.const 76) (local.get $size) (i32.const 70000)) (then unreachable))",
            )
        },
    ]
}

fn transient() -> Vec<Probe> {
    let set = r#"(import "seal0" "set_transient_storage" (func $set (param i32 i32 i32 i32) (result i32)))"#;
    let put =
        "(drop (call $set (i32.const 65536) (i32.const 4) (i32.const 70000) (local.get $size)))";
    vec![
        Probe {
            turns: 50,
            sizes: VALUES,
            unstable: true,
            ..probe("set_transient_storage", "transient", set, put)
        },
        Probe {
            turns: 50,
            sizes: VALUES,
            unstable: true,
            ..probe(
                "take_transient_storage",
                "transient",
                &format!(
                    "{set}{}",
                    import("seal0", "take_transient_storage", "iiii", "i32")
                ),
                &format!("{put} (drop (call $f (i32.const 65536) (i32.const 4) {OUT}))"),
            )
        },
    ]
}
