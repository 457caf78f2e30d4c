//! Questions by an account: its signature, here and now; a session's key for it.

use crate::harness::{alice, hex0x, input, Harness, GENESIS, NOON};
use fat_contracts_primitives::AccountId;
use parity_scale_codec::Encode;
use pink_worker_core::accounts::ss58;
use pink_worker_rpc::RpcConfig;
use serde_json::{json, Value};
use sp_core::{ecdsa, ed25519, sr25519, Pair};
use sp_crypto_hashing::blake2_256;
use std::sync::atomic::Ordering;

const MINUTE: u64 = 60_000;

/// The text of a query, written as docs/rpc.md has it and not by what is tested.
fn text(harness: &Harness, account: [u8; 32], message: &[u8], after: &str) -> String {
    let hash = blake2_256(&(message, 0u128, 0u128).encode());
    format!(
        "pink query v1\nchain {}\ncluster 1\nas {}\nto {}\ninput {}\nafter {after}",
        hex::encode(GENESIS),
        ss58(&AccountId::new(account)),
        harness.to(),
        hex::encode(hash),
    )
}

fn wrapped(text: &str) -> Vec<u8> {
    format!("<Bytes>{text}</Bytes>").into_bytes()
}

fn money(harness: &Harness, auth: Value) -> Value {
    let message = hex0x(input("money", ()));
    json!({ "contract": harness.to(), "input": message, "auth": auth })
}

/// The one who has something is Alice: nobody has nothing.
fn asked_as_alice(answer: &Value) -> bool {
    let output = hex::decode(
        answer["receipt"]["output"]
            .as_str()
            .unwrap()
            .trim_start_matches("0x"),
    )
    .unwrap();
    output.len() == 33 && output[1..17] != [0; 16]
}

fn auth(harness: &Harness, pair: &sr25519::Pair, words: &[u8]) -> Value {
    let signer = hex0x(pair.public().0);
    let signature = hex0x(pair.sign(words).0);
    json!({ "signer": signer, "kind": "sr25519", "signature": signature, "after": hex0x(harness.newest()) })
}

fn signed(harness: &Harness) -> (String, Value) {
    let words = text(
        harness,
        alice().public().0,
        &input("money", ()),
        &hex::encode(harness.newest()),
    );
    let auth = auth(harness, &alice(), &wrapped(&words));
    (words, auth)
}

#[test]
fn a_signed_query_runs_as_who_signed() {
    let harness = Harness::new();
    let unsigned = harness.good(
        "cluster_v1_query",
        json!([harness.to(), hex0x(input("money", ()))]),
    );
    assert!(!asked_as_alice(&unsigned));
    let (_, auth) = signed(&harness);
    let answer = harness.good("cluster_v1_query", money(&harness, auth));
    assert!(asked_as_alice(&answer));
    assert_eq!(answer["origin"], ss58(&pink_devchain::owner()));
}

/// The three kinds of keys, end to end: the text is over 256 bytes, so a Ledger signs its hash.
#[test]
fn each_kind_of_key_signs() {
    let harness = Harness::new();
    let after = hex::encode(harness.newest());
    let message = input("money", ());
    let ed = ed25519::Pair::from_string("//Alice", None).unwrap();
    let ec = ecdsa::Pair::from_string("//Alice", None).unwrap();
    let of_ec = blake2_256(&ec.public().0);
    let words = text(&harness, ed.public().0, &message, &after);
    assert!(words.len() > 256);
    let ledger = ed.sign(&blake2_256(&wrapped(&words)));
    let words = text(&harness, of_ec, &message, &after);
    let by_ec = ec.sign(&wrapped(&words));
    for (kind, who, signature) in [
        ("ed25519", ed.public().0, ledger.0.to_vec()),
        ("ecdsa", of_ec, by_ec.0.to_vec()),
    ] {
        let auth = json!({ "signer": hex0x(who), "kind": kind, "signature": hex0x(&signature),
            "after": hex0x(harness.newest()) });
        let answer = harness.good("cluster_v1_query", money(&harness, auth));
        assert_eq!(answer["origin"], ss58(&AccountId::new(who)));
    }
}

#[test]
fn it_is_good_for_nothing_else_and_nowhere_else() {
    let harness = Harness::new();
    let (words, auth) = signed(&harness);
    let refused = |params: Value| harness.code("cluster_v1_query", params);
    // Another message, money, contract, method.
    let count =
        json!({ "contract": harness.to(), "input": hex0x(input("count", ())), "auth": auth });
    assert_eq!(refused(count), 9020);
    for (name, value) in [
        ("value", json!("1")),
        ("lent", json!(1)),
        ("contract", json!(hex0x([3; 32]))),
    ] {
        let mut other = money(&harness, auth.clone());
        other[name] = value;
        assert_eq!(refused(other), 9020, "{name}");
    }
    assert_eq!(
        harness.code("cluster_v1_estimateCall", money(&harness, auth.clone())),
        9020
    );
    // Another chain, cluster, account, domain.
    for (from, to) in [
        ("chain 07", "chain 08"),
        ("cluster 1", "cluster 2"),
        ("pink query", "pink estimate call"),
        ("input ", "input 0"),
    ] {
        let other = words.replacen(from, to, 1);
        assert_ne!(other, words);
        let signed = self::auth(&harness, &alice(), &wrapped(&other));
        assert_eq!(refused(money(&harness, signed)), 9020, "{from}");
    }
    let bob = sr25519::Pair::from_string("//Bob", None).unwrap();
    let mut stolen = auth.clone();
    stolen["signer"] = hex0x(bob.public().0).into();
    assert_eq!(refused(money(&harness, stolen)), 9020);
    let mut kind = auth.clone();
    kind["kind"] = "ed25519".into();
    assert_eq!(refused(money(&harness, kind)), 9020);
    kind = auth.clone();
    kind["signature"] = "0x00".into();
    let error = harness
        .call("cluster_v1_query", money(&harness, kind))
        .unwrap_err();
    assert_eq!(
        error["data"]["details"]["text"], words,
        "the asker sees what was to be signed"
    );
    for wrong in [json!({}), json!(1), json!({ "signer": "x" })] {
        assert_eq!(refused(money(&harness, wrong)), -32602);
    }
    harness.good("cluster_v1_query", money(&harness, auth));
}

/// What was signed once is no use when its block isn't a recent one any more.
#[test]
fn it_is_good_for_some_blocks_only() {
    let config = RpcConfig {
        recent_blocks: 2,
        ..crate::harness::config()
    };
    let mut harness = Harness::with(config, "");
    let (_, auth) = signed(&harness);
    for block in 0..3 {
        harness.good("cluster_v1_query", money(&harness, auth.clone()));
        harness.send("increment", ());
        let _ = block;
    }
    assert_eq!(
        harness.code("cluster_v1_query", money(&harness, auth.clone())),
        9021,
        "replayed"
    );
    let mut never = auth;
    never["after"] = hex0x([9; 32]).into();
    assert_eq!(
        harness.code("cluster_v1_query", money(&harness, never)),
        9021
    );
}

/// A page's key, and what Alice signed for it.
fn session(harness: &Harness, lines: &str) -> (sr25519::Pair, Value) {
    let key = sr25519::Pair::from_seed(&[5; 32]);
    let address = ss58(&AccountId::new(key.public().0));
    let text = format!(
        "pink session v1\nchain {}\ncluster 1\nkey {address}\n{lines}",
        hex::encode(GENESIS)
    );
    let signature = hex0x(alice().sign(&wrapped(&text)).0);
    let _ = harness;
    let session = json!({ "account": hex0x(alice().public().0), "kind": "sr25519", "text": text, "signature": signature });
    (key, session)
}

/// A query by a session's key, for Alice.
fn by_session(harness: &Harness, key: &sr25519::Pair, session: &Value) -> Value {
    let words = text(
        harness,
        alice().public().0,
        &input("money", ()),
        &hex::encode(harness.newest()),
    );
    let mut auth = auth(harness, key, words.as_bytes());
    auth["session"] = session.clone();
    money(harness, auth)
}

#[test]
fn a_session_asks_for_its_account() {
    let harness = Harness::new();
    for scope in ["any".to_string(), harness.to()] {
        let (key, session) = session(
            &harness,
            &format!("for {scope}\nuntil 2026-11-27T12:30Z\nname console"),
        );
        let answer = harness.good("cluster_v1_query", by_session(&harness, &key, &session));
        assert!(asked_as_alice(&answer));
    }
    let mut both = [harness.contract, [3; 32]];
    both.sort();
    let hash = hex::encode(&blake2_256(&both.concat())[..20]);
    let (key, mut of_list) = session(
        &harness,
        &format!("for list {hash}\nfrom 2026-11-27T11:45Z\nname console"),
    );
    of_list["contracts"] = json!(both.map(hex0x));
    harness.good("cluster_v1_query", by_session(&harness, &key, &of_list));
    of_list["contracts"] = json!([hex0x([3; 32])]);
    assert_eq!(
        harness.code("cluster_v1_query", by_session(&harness, &key, &of_list)),
        9022
    );
}

#[test]
fn a_session_is_bounded() {
    let harness = Harness::new();
    let code = |lines: &str| {
        let (key, session) = session(&harness, lines);
        harness.code("cluster_v1_query", by_session(&harness, &key, &session))
    };
    let other = ss58(&AccountId::new([3; 32]));
    assert_eq!(
        code(&format!(
            "for {other}\nuntil 2026-11-27T12:30Z\nname console"
        )),
        9025
    );
    assert_eq!(code("for any\nuntil 2026-11-27T12:00Z\nname console"), 9023);
    assert_eq!(code("for any\nuntil 2026-11-28T12:01Z\nname console"), 9024);
    assert_eq!(code("for any\nname console"), 9022, "always with an end");
    // Somebody else's key with it, and another text under the same signature.
    let (key, good) = session(&harness, "for any\nuntil 2026-11-27T12:30Z\nname console");
    let stranger = sr25519::Pair::from_seed(&[6; 32]);
    assert_eq!(
        harness.code("cluster_v1_query", by_session(&harness, &stranger, &good)),
        9020
    );
    let mut longer = good.clone();
    longer["text"] = good["text"]
        .as_str()
        .unwrap()
        .replace("12:30Z", "12:45Z")
        .into();
    assert_eq!(
        harness.code("cluster_v1_query", by_session(&harness, &key, &longer)),
        9020
    );
    let mut elsewhere = good.clone();
    elsewhere["text"] = good["text"]
        .as_str()
        .unwrap()
        .replace("cluster 1", "cluster 2")
        .into();
    assert_eq!(
        harness.code("cluster_v1_query", by_session(&harness, &key, &elsewhere)),
        9026
    );
    // It ends while the page is open.
    harness.good("cluster_v1_query", by_session(&harness, &key, &good));
    harness.now.store(NOON + 30 * MINUTE, Ordering::SeqCst);
    assert_eq!(
        harness.code("cluster_v1_query", by_session(&harness, &key, &good)),
        9023
    );
}

#[test]
fn a_session_is_revoked_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let config = RpcConfig {
        revoked_file: Some(folder.path().join("revoked-sessions")),
        ..crate::harness::config()
    };
    let harness = Harness::with(config, "");
    let (key, console) = session(&harness, "for any\nuntil 2026-11-27T12:30Z\nname console");
    let (_, other) = session(&harness, "for any\nuntil 2026-11-27T12:30Z\nname other");
    let words = |name: &str| {
        format!(
            "pink revoke v1\nchain {}\ncluster 1\nas {}\nname {name}\nafter {}",
            hex::encode(GENESIS),
            ss58(&pink_devchain::owner()),
            hex::encode(harness.newest())
        )
    };
    let by_key = auth(&harness, &key, words("console").as_bytes());
    // The key's own word counts for its own account only.
    assert_eq!(
        harness.code("cluster_v1_revokeSession", json!(["console", by_key])),
        9020
    );
    let wrong = auth(&harness, &alice(), words("other").as_bytes());
    assert_eq!(
        harness.code("cluster_v1_revokeSession", json!(["console", wrong])),
        9020
    );
    assert_eq!(
        harness.code("cluster_v1_revokeSession", json!(["Console", wrong])),
        9022
    );
    harness.good("cluster_v1_query", by_session(&harness, &key, &console));
    let good = auth(&harness, &alice(), &wrapped(&words("console")));
    assert_eq!(
        harness.good("cluster_v1_revokeSession", json!(["console", good])),
        true
    );
    assert_eq!(
        harness.code("cluster_v1_query", by_session(&harness, &key, &console)),
        9027
    );
    harness.good("cluster_v1_query", by_session(&harness, &key, &other));
    let kept = std::fs::read_to_string(folder.path().join("revoked-sessions")).unwrap();
    assert!(kept.contains("console"), "{kept}");
}

#[test]
fn a_signed_estimate_says_everything() {
    let harness = Harness::new();
    let message = input("money", ());
    let hash = blake2_256(&(&message[..], 0u128).encode());
    let words = format!(
        "pink estimate call v1\nchain {}\ncluster 1\nas {}\nto {}\ninput {}\nafter {}",
        hex::encode(GENESIS),
        ss58(&pink_devchain::owner()),
        harness.to(),
        hex::encode(hash),
        hex::encode(harness.newest()),
    );
    let mut params = money(&harness, auth(&harness, &alice(), &wrapped(&words)));
    let answer = harness.good("cluster_v1_estimateCall", params.clone());
    assert_eq!(answer["withheld"], false);
    assert!(asked_as_alice(&answer));
    params["origin"] = hex0x([4; 32]).into();
    assert_eq!(
        harness.code("cluster_v1_estimateCall", params),
        9020,
        "Alice signed, another is to send it"
    );
}
