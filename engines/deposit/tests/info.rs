//! What contracts can learn, hash, verify and tell.

mod common;

use common::*;
use parity_scale_codec::{Compact, Encode};
use pink_engine_sdk::types::*;

/// Calls a function that fills a buffer of 64 bytes and returns what it filled.
fn getter(name: &str) -> String {
    module(
        &format!(r#"(import "seal0" "{name}" (func $get (param i32 i32)))"#),
        r#"(i32.store (i32.const 9000) (i32.const 64))
           (call $get (i32.const 9100) (i32.const 9000))
           (call $return (i32.const 0) (i32.const 9100) (i32.load (i32.const 9000)))"#,
    )
}

#[test]
fn getters() {
    let mut chain = Chain::new();
    let now = chain.block.now_ms;
    for (name, expected) in [
        ("caller", ALICE.to_vec()),
        ("seal_caller", ALICE.to_vec()),
        ("now", now.encode()),
        ("block_number", 7u32.encode()),
        ("minimum_balance", MINIMUM.encode()),
        ("value_transferred", 321u128.encode()),
        // Without the existential deposit.
        ("balance", 321u128.encode()),
    ] {
        let contract = chain.make_wat(&getter(name));
        let mut message_ = call(contract, &[]);
        message_.value = 321;
        let receipt = chain.send(Message::Call(message_));
        assert_eq!(receipt.outcome, Outcome::Success, "{name}");
        assert_eq!(receipt.output, expected, "{name}");
    }
    let contract = chain.make_wat(&getter("address"));
    assert_eq!(chain.call(contract, &[]).output, contract);
    let contract = chain.make_wat(&getter("own_code_hash"));
    let hash = chain.contract(contract).unwrap().code_hash;
    assert_eq!(chain.call(contract, &[]).output, hash);
}

/// What it says is left is what is left after it was paid: the rest of the frame explains the
/// difference to what the message consumed.
#[test]
fn gas_left_is_what_is_left() {
    let mut chain = Chain::new();
    let contract = chain.make_wat(&getter("gas_left"));
    let receipt = chain.call(contract, &[]);
    let left = u64::from_le_bytes(receipt.output.clone().try_into().unwrap());
    let consumed_then = receipt.gas_limit.ref_time - left;
    assert!(consumed_then < receipt.gas_consumed.ref_time);
    assert!(receipt.gas_consumed.ref_time - consumed_then < 4_000_000);
}

#[test]
fn weight_to_fee_is_the_clusters_price() {
    let mut chain = Chain::new();
    let contract = chain.make_wat(&module(
        r#"(import "seal0" "weight_to_fee" (func $fee (param i64 i32 i32)))"#,
        r#"(i32.store (i32.const 9000) (i32.const 16))
           (call $fee (i64.const 1000) (i32.const 9100) (i32.const 9000))
           (call $return (i32.const 0) (i32.const 9100) (i32.load (i32.const 9000)))"#,
    ));
    let output = chain.call(contract, &[]).output;
    assert_eq!(output, (1000 * GAS_PRICE).encode());
}

#[test]
fn who_is_who() {
    let mut chain = Chain::new();
    let contract = chain.make_wat(&module(
        r#"(import "seal0" "is_contract" (func $is (param i32) (result i32)))
           (import "seal0" "code_hash" (func $hash (param i32 i32 i32) (result i32)))
           (import "seal0" "caller_is_origin" (func $origin (result i32)))
           (import "seal0" "caller_is_root" (func $root (result i32)))"#,
        r#"(i32.store (i32.const 9000) (i32.const 32))
           (i32.store8 (i32.const 9100) (call $is (i32.const 4)))
           (i32.store8 (i32.const 9101) (call $hash (i32.const 4) (i32.const 9104) (i32.const 9000)))
           (i32.store8 (i32.const 9102) (call $origin))
           (i32.store8 (i32.const 9103) (call $root))
           (call $return (i32.const 0) (i32.const 9100) (i32.const 36))"#,
    ));
    let hash = chain.contract(contract).unwrap().code_hash;
    let output = chain.call(contract, &contract).output;
    assert_eq!(output[..4], [1, 0, 1, 0]);
    assert_eq!(output[4..], hash);
    let output = chain.call(contract, &BOB).output;
    assert_eq!(output[..4], [0, 3, 1, 0]);
}

#[test]
fn hashes() {
    let mut chain = Chain::new();
    let hashed = |name: &str| {
        module(
            &format!(r#"(import "seal0" "{name}" (func $hash (param i32 i32 i32)))"#),
            // In place: input and output overlap.
            r#"(call $hash (i32.const 4) (i32.load (i32.const 0)) (i32.const 4))
               (call $return (i32.const 0) (i32.const 4) (i32.const 32))"#,
        )
    };
    for (name, expected) in [
        (
            "hash_sha2_256",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
        (
            "hash_keccak_256",
            "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
        ),
        (
            "hash_blake2_256",
            "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319",
        ),
        // Half as long; behind it is what was there of the input.
        ("seal_hash_blake2_128", "cf4ab791c62b8d2b2109c90275287816"),
    ] {
        let contract = chain.make_wat(&hashed(name));
        let output = chain.call(contract, b"abc").output;
        let hex: String = output.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(hex.starts_with(expected), "{name} {hex}");
    }
}

#[test]
fn ecdsa() {
    use k256::ecdsa::{SigningKey, VerifyingKey};
    let key = SigningKey::from_slice(&[0x42; 32]).unwrap();
    let public: [u8; 33] = VerifyingKey::from(&key)
        .to_encoded_point(true)
        .as_bytes()
        .try_into()
        .unwrap();
    let hash = [7; 32];
    let (signature, id) = key.sign_prehash_recoverable(&hash).unwrap();
    let mut low = signature.to_bytes().to_vec();
    low.push(id.to_byte());

    let mut chain = Chain::new();
    let contract = chain.make_wat(&module(
        r#"(import "seal0" "ecdsa_recover" (func $recover (param i32 i32 i32) (result i32)))
           (import "seal0" "ecdsa_to_eth_address" (func $eth (param i32 i32) (result i32)))"#,
        r#"(i32.store8 (i32.const 9100) (call $recover (i32.const 4) (i32.const 69) (i32.const 9101)))
           (i32.store8 (i32.const 9134) (call $eth (i32.const 9101) (i32.const 9135)))
           (call $return (i32.const 0) (i32.const 9100) (i32.const 55))"#,
    ));
    let recover = |chain: &mut Chain, signature: &[u8]| {
        let mut input = signature.to_vec();
        input.extend(hash);
        chain.call(contract, &input).output
    };
    let output = recover(&mut chain, &low);
    assert_eq!(output[0], 0);
    assert_eq!(output[1..34], public);
    assert_eq!(output[34], 0);
    assert_ne!(output[35..55], [0; 20]);
    // As Ethereum counts.
    let mut ethereum = low.clone();
    ethereum[64] += 27;
    assert_eq!(recover(&mut chain, &ethereum), output);
    // The other form of s is the same signature, by the mirrored point.
    let mut high = low.clone();
    let s = *signature.s();
    high[32..64].copy_from_slice(&(-s).to_bytes());
    high[64] ^= 1;
    assert_eq!(recover(&mut chain, &high), output);
    for broken in [
        [vec![0; 64], vec![0]].concat(),
        [low[..64].to_vec(), vec![9]].concat(),
    ] {
        let output = recover(&mut chain, &broken);
        assert_eq!((output[0], output[34]), (11, 11), "{broken:?}");
    }
}

/// Alice of every development chain, by a signature of another implementation.
#[test]
fn sr25519() {
    use schnorrkel::{signing_context, ExpansionMode, MiniSecretKey};
    let pair = MiniSecretKey::from_bytes(&[5; 32])
        .unwrap()
        .expand_to_keypair(ExpansionMode::Ed25519);
    let signature = pair.sign(signing_context(b"substrate").bytes(b"message"));
    let mut chain = Chain::new();
    let contract = chain.make_wat(&module(
        r#"(import "seal0" "sr25519_verify" (func $verify (param i32 i32 i32 i32) (result i32)))"#,
        r#"(i32.store8 (i32.const 9100) (call $verify (i32.const 4) (i32.const 68) (i32.sub (i32.load (i32.const 0)) (i32.const 96)) (i32.const 100)))
           (call $return (i32.const 0) (i32.const 9100) (i32.const 1))"#,
    ));
    let mut input = signature.to_bytes().to_vec();
    input.extend(pair.public.to_bytes());
    input.extend(b"message");
    assert_eq!(chain.call(contract, &input).output, [0]);
    let mut other = input.clone();
    other.push(b'!');
    assert_eq!(chain.call(contract, &other).output, [12]);
    input[0] ^= 1;
    assert_eq!(chain.call(contract, &input).output, [12]);
}

#[test]
fn events() {
    let mut chain = Chain::new();
    let contract = chain.make_wat(&module(
        r#"(import "seal0" "deposit_event" (func $event (param i32 i32 i32 i32)))"#,
        // Input: length of the topics, length of the data; topics at 12, data at 5000.
        r#"(call $event (i32.const 12) (i32.load (i32.const 4)) (i32.const 5000) (i32.load (i32.const 8)))"#,
    ));
    let mut emit = |topics: &[u8], data: u32| {
        let mut input = (topics.len() as u32).encode();
        input.extend(data.encode());
        input.extend(topics);
        chain.call(contract, &input)
    };
    let topics: Vec<Hash> = vec![[9; 32], [1; 32], [1; 32], [2; 32]];
    let receipt = emit(&topics.encode(), 3);
    // In their order, and equal ones stay.
    assert_eq!(
        receipt.events[0],
        Event::ContractEmitted {
            contract,
            topics: topics.clone(),
            data: vec![0; 3]
        }
    );
    let receipt = emit(&[], 0);
    assert!(matches!(
        &receipt.events[0],
        Event::ContractEmitted { topics, .. } if topics.is_empty()
    ));
    let more: Vec<Hash> = vec![[0; 32]; either(5, 9)];
    assert_eq!(error(&emit(&more.encode(), 0)), "TooManyTopics");
    // A length that no memory could hold, and bytes behind the topics.
    assert_eq!(
        error(&emit(&Compact(u32::MAX).encode(), 0)),
        "DecodingFailed"
    );
    let behind = [topics.encode(), vec![0]].concat();
    assert_eq!(error(&emit(&behind, 0)), "DecodingFailed");
    assert_eq!(error(&emit(&Compact(1u32).encode(), 0)), "DecodingFailed");
    assert_eq!(emit(&[], 16 * 1024).outcome, Outcome::Success);
    assert_eq!(error(&emit(&[], 16 * 1024 + 1)), "ValueTooLarge");
}

#[test]
fn debug_messages_cost_the_same_everywhere() {
    let mut chain = Chain::new();
    let contract = chain.make_wat(&module(
        r#"(import "seal0" "debug_message" (func $debug (param i32 i32) (result i32)))"#,
        r#"(i32.store8 (i32.const 9100) (call $debug (i32.const 4) (i32.load (i32.const 0))))
           (call $return (i32.const 0) (i32.const 9100) (i32.const 1))"#,
    ));
    for text in [&b"hello"[..], &[0xff, 0xfe]] {
        let sent = chain.call(contract, text);
        assert_eq!(sent.output, [0]);
        assert_eq!(chain.query(contract, text).gas_consumed, sent.gas_consumed);
        assert_eq!(
            chain.estimate(contract, text).gas_consumed,
            sent.gas_consumed
        );
    }
}

/// What there is no chain for says so, as it says on a chain that refuses.
#[test]
fn no_chain_to_dispatch_on() {
    let mut chain = Chain::new();
    let contract = chain.make_wat(&module(
        r#"(import "seal0" "call_runtime" (func $runtime (param i32 i32) (result i32)))
           (import "seal0" "xcm_execute" (func $execute (param i32 i32) (result i32)))
           (import "seal0" "xcm_send" (func $send (param i32 i32 i32 i32) (result i32)))"#,
        r#"(i32.store8 (i32.const 9100) (call $runtime (i32.const 4) (i32.const 4)))
           (i32.store8 (i32.const 9101) (call $execute (i32.const 4) (i32.const 4)))
           (i32.store8 (i32.const 9102) (call $send (i32.const 4) (i32.const 4) (i32.const 4) (i32.const 4)))
           (call $return (i32.const 0) (i32.const 9100) (i32.const 3))"#,
    ));
    assert_eq!(chain.call(contract, &[]).output, [10, 13, 14]);
}

#[test]
fn code_can_be_exchanged_and_locked() {
    let mut chain = Chain::new();
    let other = chain.code(&wat(&getter("caller")));
    let contract = chain.make_wat(&module(
        r#"(import "seal0" "set_code_hash" (func $set (param i32) (result i32)))
           (import "seal0" "lock_delegate_dependency" (func $lock (param i32)))
           (import "seal0" "unlock_delegate_dependency" (func $unlock (param i32)))"#,
        r#"(local $op i32)
           (local.set $op (i32.load8_u (i32.const 36)))
           (if (i32.eqz (local.get $op)) (then (i32.store8 (i32.const 9100) (call $set (i32.const 4)))))
           (if (i32.eq (local.get $op) (i32.const 1)) (then (call $lock (i32.const 4))))
           (if (i32.eq (local.get $op) (i32.const 2)) (then (call $unlock (i32.const 4))))
           (call $return (i32.const 0) (i32.const 9100) (i32.const 1))"#,
    ));
    let own = chain.contract(contract).unwrap().code_hash;
    let with = |hash: Hash, op: u8| [hash.to_vec(), vec![op]].concat();
    for (hash, op, expected) in [
        (own, 1, "CannotAddSelfAsDelegateDependency"),
        ([3; 32], 1, "CodeNotFound"),
        (other, 2, "DelegateDependencyNotFound"),
    ] {
        assert_eq!(error(&chain.call(contract, &with(hash, op))), expected);
    }
    assert_eq!(
        chain.call(contract, &with(other, 1)).outcome,
        Outcome::Success
    );
    assert_eq!(
        error(&chain.call(contract, &with(other, 1))),
        "DelegateDependencyAlreadyExists"
    );
    assert_eq!(
        chain.call(contract, &with(other, 2)).outcome,
        Outcome::Success
    );
    assert_eq!(chain.call(contract, &with([3; 32], 0)).output, [7]);
    let held = chain.held(contract);
    let receipt = chain.call(contract, &with(other, 0));
    assert_eq!(receipt.output, [0]);
    assert!(receipt.events.contains(&Event::ContractCodeUpdated {
        contract,
        new_code_hash: other,
        old_code_hash: own
    }));
    assert_eq!(chain.held(contract), held);
    assert_eq!(chain.call(contract, &[]).output, ALICE);
}
