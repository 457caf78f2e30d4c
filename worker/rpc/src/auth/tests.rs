//! What wallets sign, made by Polkadot-JS: tests/vectors/make.mjs.

use super::{signature::verify, *};
use serde_json::Value;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../tests/vectors/signed.json")).unwrap()
}

fn text<'v>(of: &'v Value, name: &str) -> &'v str {
    of[name].as_str().unwrap()
}

fn read<T: serde::de::DeserializeOwned>(of: &Value, name: &str) -> T {
    serde_json::from_value(of[name].clone()).unwrap()
}

/// Every key type in every form: the signature is the account's, and nobody else's, over no other text.
#[test]
fn what_wallets_sign_is_taken_and_nothing_else() {
    let all = vectors();
    let list = all["vectors"].as_array().unwrap();
    assert_eq!(list.len(), 3 * 30);
    for it in list {
        let (kind, signer): (KeyKind, Account) = (read(it, "kind"), read(it, "signer"));
        let (signature, words): (Bytes, _) = (read(it, "signature"), text(it, "text"));
        let good = |kind, who: &[u8; 32], words: &str, signature: &[u8]| {
            verify(kind, who, words.as_bytes(), signature)
        };
        assert!(good(kind, &signer.0, words, &signature.0), "{it}");
        let mut other = signer.0;
        other[0] ^= 1;
        assert!(!good(kind, &other, words, &signature.0), "{it}");
        assert!(!good(
            kind,
            &signer.0,
            &words.replace("cluster 1", "cluster 2"),
            &signature.0
        ));
        let mut flipped = signature.0.clone();
        flipped[10] ^= 4;
        assert!(!good(kind, &signer.0, words, &flipped), "{it}");
        assert!(!good(kind, &signer.0, words, &signature.0[1..]), "{it}");
        for wrong in [KeyKind::Sr25519, KeyKind::Ed25519, KeyKind::Ecdsa] {
            assert_eq!(
                good(wrong, &signer.0, words, &signature.0),
                wrong == kind,
                "{it}"
            );
        }
    }
}

/// A short text is signed as it is: a signature over its hash is one over something else.
#[test]
fn only_long_texts_are_hashed() {
    use sp_core::{ed25519, Pair};
    let pair = ed25519::Pair::from_seed(&[1; 32]);
    let who = pair.public().0;
    let signed = |words: &[u8]| pair.sign(&sp_crypto_hashing::blake2_256(words)).0;
    for (length, taken) in [(256, false), (257, true)] {
        let words = vec![b'x'; length];
        // In its wrap it is longer than that either way, but this is the hash of what has none.
        assert_eq!(
            verify(KeyKind::Ed25519, &who, &words, &signed(&words)),
            taken,
            "{length}"
        );
    }
}

/// The texts are those of the other implementation, to the byte.
#[test]
fn the_texts_are_the_same() {
    let all = vectors();
    let (genesis, after, code): (Hash, Hash, Hash) = (
        read(&all, "genesis"),
        read(&all, "after"),
        read(&all, "codeHash"),
    );
    let (contract, input, salt): (Account, Bytes, Bytes) = (
        read(&all, "contract"),
        read(&all, "input"),
        read(&all, "salt"),
    );
    let (value, lent) = (
        text(&all, "value").parse().unwrap(),
        text(&all, "lent").parse().unwrap(),
    );
    let mut compared = 0;
    for it in all["vectors"].as_array().unwrap() {
        let account: Account = read(it, "account");
        let (contract, input) = (contract.0, input.0.as_slice());
        let asked = match text(it, "what") {
            "query" | "query by session" => SignedRequest::Query {
                contract,
                input,
                value,
                lent,
            },
            "call" => SignedRequest::Call {
                contract,
                input,
                value,
            },
            "instantiate" => SignedRequest::Instantiate {
                code_hash: code.0,
                input,
                value,
                salt: &salt.0,
            },
            "revoke" => {
                let revoke = RevokeText {
                    genesis: genesis.0,
                    cluster: 1,
                    account: account.0,
                    name: "console",
                    after: after.0,
                };
                assert_eq!(revoke.to_string(), text(it, "text"));
                continue;
            }
            _ => continue,
        };
        let ours = QueryText {
            genesis: genesis.0,
            cluster: 1,
            account: account.0,
            asked: &asked,
            after: after.0,
        };
        assert_eq!(ours.to_string(), text(it, "text"));
        compared += 1;
    }
    assert_eq!(compared, 3 * 16);
}

/// 2026-11-27T12:00Z.
const NOON: u64 = 1_795_780_800_000;
const MINUTE: u64 = 60_000;
const DAY: u64 = 24 * 60 * MINUTE;

fn code<T: std::fmt::Debug>(result: Result<T, RpcError>) -> Code {
    result.unwrap_err().code
}

#[test]
fn sessions_are_read_and_bounded() {
    let all = vectors();
    let contract: Account = read(&all, "contract");
    let list = [contract, Account([4; 32])];
    let other = Some([4; 32]);
    for it in all["vectors"].as_array().unwrap() {
        let what = text(it, "what");
        let Some(kind) = what.strip_prefix("session ") else {
            continue;
        };
        let (scope, when) = kind.split_once(' ').unwrap();
        let session = SessionText::parse(text(it, "text")).unwrap();
        assert_eq!(
            (session.cluster, session.name, session.genesis),
            (1, "console", [7; 32])
        );
        // Until half past, or an hour from a quarter to.
        let end = if when == "until" {
            NOON + 30 * MINUTE
        } else {
            NOON + 45 * MINUTE
        };
        assert_eq!(session.check_time(end - 1, DAY), Ok(()));
        assert_eq!(code(session.check_time(end, DAY)), Code::SessionExpired);
        assert_eq!(session.check_time(end - 20 * MINUTE, 20 * MINUTE), Ok(()));
        assert_eq!(
            code(session.check_time(end - 20 * MINUTE - 1, 20 * MINUTE)),
            Code::SessionTooLong
        );
        if when == "from" {
            // Five minutes is what clocks may differ by.
            assert_eq!(session.check_time(NOON - 20 * MINUTE, DAY), Ok(()));
            assert_eq!(
                code(session.check_time(NOON - 20 * MINUTE - 1, DAY)),
                Code::BadSession
            );
        }
        let (mine, listed) = (
            Some(contract.0),
            if scope == "list" { &list[..] } else { &[] },
        );
        assert_eq!(session.check_scope(mine, listed), Ok(()));
        assert_eq!(session.check_scope(other, listed).is_ok(), scope != "one");
        assert_eq!(
            session.check_scope(Some([8; 32]), listed).is_ok(),
            scope == "any"
        );
        assert_eq!(session.check_scope(None, listed).is_ok(), scope == "any");
        if scope == "list" {
            let reversed = [list[1], list[0]];
            for wrong in [&reversed[..], &list[..1], &[], &[list[0]; 65]] {
                assert_eq!(code(session.check_scope(mine, wrong)), Code::BadSession);
            }
        }
    }
}

/// There is one way to write a session.
#[test]
fn other_texts_are_no_sessions() {
    let all = vectors();
    let of = all["vectors"].as_array().unwrap();
    let it = of
        .iter()
        .find(|it| text(it, "what") == "session any until")
        .unwrap();
    let good = text(it, "text");
    assert!(SessionText::parse(good).is_ok());
    for (from, to) in [
        ("session v1", "session v2"),
        ("chain 07", "chain 0x07"),
        ("chain 07", "chain "),
        ("07\n", "0A\n"),
        ("cluster 1", "cluster 01"),
        ("cluster 1", "cluster +1"),
        ("cluster 1", "cluster"),
        ("cluster 1", "cluster 18446744073709551616"),
        ("key 5", "key 6"),
        ("key 5", "key  5"),
        ("for any", "for all"),
        ("for any", "for list 00"),
        ("for any", "for //Alice"),
        ("for any\n", ""),
        ("until", "til"),
        ("12:30Z", "12:30"),
        ("name console", "name Console"),
        ("name console", "name "),
        ("name console", "name 1234567890123456"),
        ("name console", "name console\n"),
        ("name console", "name consolé"),
        ("\n", "\r\n"),
        ("pink", " pink"),
    ] {
        let wrong = good.replacen(from, to, 1);
        assert_ne!(wrong, good, "{from}");
        assert_eq!(
            code(SessionText::parse(&wrong)),
            Code::BadSession,
            "{wrong}"
        );
    }
    assert_eq!(code(SessionText::parse("")), Code::BadSession);
    assert_eq!(code(SessionText::parse(&"x".repeat(257))), Code::BadSession);
}

/// With the longest name, a list and a cluster of six digits it is what every wallet signs as it is.
#[test]
fn the_longest_session_is_short_enough() {
    let address = Account([3; 32]).to_string();
    let text = format!(
        "pink session v1\nchain {}\ncluster 999999\nkey {address}\nfor list {}\nuntil 2026-11-27T12:30Z\nname 123456789012345",
        "07".repeat(32), "ab".repeat(20),
    );
    assert!(text.len() <= MAX_TEXT_BYTES, "{}", text.len());
    SessionText::parse(&text).unwrap();
    let one = text.replace(&format!("list {}", "ab".repeat(20)), &address);
    assert!(one.len() <= MAX_TEXT_BYTES, "{}", one.len());
    SessionText::parse(&one).unwrap();
}

#[test]
fn revoked_names_outlive_a_restart_and_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let file = Some(folder.path().join("revoked"));
    let revoked = Revoked::open(file.clone());
    revoked.add([1; 32], "console", 100, 200).unwrap();
    assert!(revoked.has([1; 32], "console", 199));
    assert!(
        !revoked.has([1; 32], "console", 200),
        "whatever had the name has ended"
    );
    assert!(!revoked.has([1; 32], "other", 100) && !revoked.has([2; 32], "console", 100));
    let again = Revoked::open(file.clone());
    assert!(again.has([1; 32], "console", 199));
    for number in 0..63 {
        again.add([1; 32], &format!("n{number}"), 100, 300).unwrap();
    }
    assert_eq!(
        code(again.add([1; 32], "more", 100, 300)),
        Code::TooManyRevoked
    );
    again.add([2; 32], "more", 100, 300).unwrap();
    // The first has ended by itself.
    again.add([1; 32], "more", 200, 300).unwrap();
    std::fs::write(file.as_ref().unwrap(), "rubbish\n\n5x y\n").unwrap();
    assert!(!Revoked::open(file).has([1; 32], "console", 0));
    let nowhere = Revoked::open(Some(folder.path().join("no/such/file")));
    assert_eq!(
        code(nowhere.add([1; 32], "console", 100, 200)),
        Code::Internal
    );
    assert!(!nowhere.has([1; 32], "console", 100));
}
