//! The probes of the pink extension.

use crate::{
    fixture::{call, Fixture},
    probe::{probe, Part, Probe, Seeds, INPUTS},
};
use anyhow::{ensure, Context};
use parity_scale_codec::{Decode, Encode};
use pink_capi::types::{HttpRequest, Mode, Outcome};

const ASK: &str =
    r#"(import "seal0" "call_chain_extension" (func $f (param i32 i32 i32 i32 i32) (result i32)))"#;
const KEY: [u8; 32] = [5; 32];

fn asking(id: u32) -> String {
    format!(
        "(if (call $f (i32.const {id}) (i32.const 12) (i32.sub (i32.load (i32.const 0)) (i32.const 8))
            (i32.const 140000) (i32.const 65800)) (then unreachable))"
    )
}

fn function(
    name: &'static str,
    row: &'static str,
    id: u32,
    rest: fn(&Seeds, u32) -> Vec<u8>,
) -> Probe {
    Probe {
        turns: 100,
        rest,
        minus: &["loop", "caller_is_root", "extension"],
        ..probe(name, row, ASK, &asking(id))
    }
}

fn request() -> HttpRequest {
    HttpRequest {
        url: "https://example.org/".into(),
        method: "GET".into(),
        headers: Vec::new(),
        body: Vec::new(),
    }
}

fn zeros(size: u32) -> Vec<u8> {
    vec![0; size as usize]
}

/// All of them.
pub(crate) fn probes() -> Vec<Probe> {
    let mut all = vec![
        Probe {
            sizes: INPUTS,
            minus: &["loop", "caller_is_root"],
            ..function("extension", "extension", 8, |_, size| zeros(size).encode())
        },
        Probe {
            sizes: INPUTS,
            part: Part::PerByte,
            mode: Mode::Query,
            ..function(
                "output of the extension",
                "extension_output",
                8,
                |_, size| zeros(size).encode(),
            )
        },
        function("is_in_transaction (12)", "extension_fact", 12, |_, _| {
            Vec::new()
        }),
        function("runtime_version (21)", "extension_fact", 21, |_, _| {
            Vec::new()
        }),
        function("event_chain_head (23)", "extension_fact", 23, |_, _| {
            Vec::new()
        }),
        function("js_eval (24)", "extension_fact", 24, |_, _| Vec::new()),
        function("worker_sgx_quote (25)", "extension_fact", 25, |_, _| {
            Vec::new()
        }),
        Probe {
            reads: 1,
            ..function("balance_of (16)", "extension_balance", 16, |_, size| {
                [size as u8; 32].to_vec()
            })
        },
        Probe {
            reads: 1,
            ..function(
                "code_exists (19)",
                "extension_code_exists",
                19,
                |seeds, _| (seeds.idle.1, false).encode(),
            )
        },
        Probe {
            sizes: &[0, 1024, 8192],
            outside: true,
            ..function("log (10)", "extension_log", 10, |_, size| {
                (3u8, " ".repeat(size as usize)).encode()
            })
        },
    ];
    all.extend(keys());
    let in_query = |name, row, id, rest| Probe {
        mode: Mode::Query,
        outside: true,
        ..function(name, row, id, rest)
    };
    all.push(in_query("http_request (1)", "extension_http", 1, |_, _| {
        request().encode()
    }));
    all.push(in_query(
        "batch_http_request (22)",
        "extension_http",
        22,
        |_, _| (vec![request(); 5], 1_000u64).encode(),
    ));
    all.push(in_query(
        "getrandom (11)",
        "extension_outside",
        11,
        |_, _| vec![255],
    ));
    all.push(in_query(
        "worker_pubkey (17)",
        "extension_outside",
        17,
        |_, _| Vec::new(),
    ));
    all.push(in_query(
        "untrusted_millis (18)",
        "extension_outside",
        18,
        |_, _| Vec::new(),
    ));
    type Rest = fn(&Seeds, u32) -> Vec<u8>;
    let caches: [(&str, u32, Rest); 4] = [
        ("cache_set (6)", 6, |_, _| (zeros(32), zeros(32)).encode()),
        ("cache_set_expiration (7)", 7, |_, _| {
            (zeros(32), 5u64).encode()
        }),
        ("cache_get (8)", 8, |_, _| zeros(32).encode()),
        ("cache_remove (9)", 9, |_, _| zeros(32).encode()),
    ];
    for (name, id, rest) in caches {
        all.push(function(name, "extension_cache", id, rest));
        all.push(in_query(name, "extension_cache", id, rest));
    }
    all
}

fn keys() -> Vec<Probe> {
    let slow = |probe: Probe| Probe { turns: 5, ..probe };
    let sized = |probe: Probe| Probe {
        turns: 5,
        sizes: INPUTS,
        mode: Mode::Query,
        ..probe
    };
    vec![
        sized(function(
            "sign (2), ed25519",
            "extension_sign",
            2,
            |_, size| (0u8, KEY.to_vec(), zeros(size)).encode(),
        )),
        sized(function(
            "sign (2), sr25519",
            "extension_sign",
            2,
            |_, size| (1u8, KEY.to_vec(), zeros(size)).encode(),
        )),
        sized(function(
            "sign (2), ecdsa",
            "extension_sign",
            2,
            |_, size| (2u8, KEY.to_vec(), zeros(size)).encode(),
        )),
        sized(function(
            "verify (3), ed25519",
            "extension_verify",
            3,
            |seeds, size| (0u8, &seeds.public[0], zeros(size), seeds.signature(0, size)).encode(),
        )),
        sized(function(
            "verify (3), sr25519",
            "extension_verify",
            3,
            |seeds, size| (1u8, &seeds.public[1], zeros(size), seeds.signature(1, size)).encode(),
        )),
        sized(function(
            "verify (3), ecdsa",
            "extension_verify",
            3,
            |seeds, size| (2u8, &seeds.public[2], zeros(size), seeds.signature(2, size)).encode(),
        )),
        slow(function(
            "ecdsa_verify_prehashed (14)",
            "extension_verify",
            14,
            |seeds, _| {
                [
                    seeds.prehashed.clone(),
                    vec![7; 32],
                    seeds.public[2].clone(),
                ]
                .concat()
            },
        )),
        slow(function(
            "ecdsa_sign_prehashed (13)",
            "extension_ecdsa_sign",
            13,
            |_, _| (KEY.to_vec(), [7u8; 32]).encode(),
        )),
        sized(function(
            "derive_sr25519_key (4)",
            "extension_derive",
            4,
            |_, size| zeros(size).encode(),
        )),
        slow(function(
            "get_public_key (5), ed25519",
            "extension_public_key",
            5,
            |_, _| (0u8, KEY.to_vec()).encode(),
        )),
        slow(function(
            "get_public_key (5), sr25519",
            "extension_public_key",
            5,
            |_, _| (1u8, KEY.to_vec()).encode(),
        )),
        slow(function(
            "get_public_key (5), ecdsa",
            "extension_public_key",
            5,
            |_, _| (2u8, KEY.to_vec()).encode(),
        )),
    ]
}

/// Signs what the probes verify, through the extension itself.
pub(crate) fn sign_for(fixture: &mut Fixture, seeds: &mut Seeds) -> anyhow::Result<()> {
    let asker = wat::parse_str(format!(
        r#"(module (import "env" "memory" (memory 4 4))
            (import "seal0" "input" (func $input (param i32 i32)))
            (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
            {ASK}
            (func (export "deploy"))
            (func (export "call")
                (i32.store (i32.const 0) (i32.const 65536))
                (i32.store (i32.const 140000) (i32.const 1000))
                (call $input (i32.const 4) (i32.const 0))
                (if (call $f (i32.load (i32.const 4)) (i32.const 8)
                      (i32.sub (i32.load (i32.const 0)) (i32.const 4))
                      (i32.const 140004) (i32.const 140000))
                  (then unreachable))
                (call $return (i32.const 0) (i32.const 140004) (i32.load (i32.const 140000)))))"#
    ))?;
    let (asker, _) = fixture.make(asker, Vec::new())?;
    let ask = |id: u32, args: Vec<u8>| -> anyhow::Result<Vec<u8>> {
        let input = [id.encode(), args].concat();
        let (_, receipt, _) = fixture.execute(Mode::Query, call(asker, input))?;
        ensure!(
            receipt.outcome == Outcome::Success,
            "extension {id}: {:?}",
            receipt.outcome
        );
        Ok(receipt.output)
    };
    let bytes = |output: Vec<u8>| Vec::<u8>::decode(&mut &output[..]).context("no bytes");
    seeds.prehashed = ask(13, (KEY.to_vec(), [7u8; 32]).encode())?;
    for kind in 0..3u8 {
        seeds
            .public
            .push(bytes(ask(5, (kind, KEY.to_vec()).encode())?)?);
        for size in INPUTS {
            let signed = ask(2, (kind, KEY.to_vec(), zeros(*size)).encode())?;
            seeds.signatures.push((kind, *size, bytes(signed)?));
        }
    }
    Ok(())
}
