//! The pink extension, row by row, in each mode; the system contract's orders.

mod common;

use common::*;
use parity_scale_codec::{Decode, Encode};
use pink_engine_sdk::{capi::v1::OCalls, types::*, Fault};

/// An outside that always says the same, and remembers what it was asked.
struct Outside;

impl OCalls for Outside {
    fn storage_get(&mut self, _: Vec<u8>) -> Result<Option<Vec<u8>>, Fault> {
        Err(Fault::NoHost)
    }
    fn storage_range(
        &mut self,
        _: Vec<u8>,
        _: Option<Vec<u8>>,
        _: u32,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, Fault> {
        Err(Fault::NoHost)
    }
    fn storage_commit(&mut self, _: Vec<(Vec<u8>, Option<Vec<u8>>)>) -> Result<(), Fault> {
        Err(Fault::NoHost)
    }
    fn log(&mut self, _: u8, _: Option<AccountId>, _: String) -> Result<(), Fault> {
        Ok(())
    }
    fn system_code(&mut self, _: Hash) -> Result<Option<Vec<u8>>, Fault> {
        Err(Fault::NoHost)
    }
    fn cluster_key(&mut self) -> Result<Option<[u8; 32]>, Fault> {
        Ok(Some([0xc1; 32]))
    }
    fn worker_pubkey(&mut self) -> Result<[u8; 32], Fault> {
        Ok([0x77; 32])
    }
    fn random(&mut self, len: u8) -> Result<Vec<u8>, Fault> {
        Ok(vec![4; len.into()])
    }
    fn now_ms(&mut self) -> Result<u64, Fault> {
        Ok(1_234_567)
    }
    fn http_request(
        &mut self,
        _: AccountId,
        request: HttpRequest,
    ) -> Result<Result<HttpResponse, HttpRequestError>, Fault> {
        Ok(match request.url.as_str() {
            "bad" => Err(HttpRequestError::InvalidUrl),
            _ => Ok(response(200)),
        })
    }
    fn batch_http_request(
        &mut self,
        _: AccountId,
        requests: Vec<HttpRequest>,
        _: u64,
    ) -> Result<Result<Vec<Result<HttpResponse, HttpRequestError>>, HttpRequestError>, Fault> {
        Ok(match requests.len() {
            0..=2 => Ok(requests.iter().map(|_| Ok(response(200))).collect()),
            _ => Err(HttpRequestError::TooManyRequests),
        })
    }
    fn cache_get(&mut self, _: AccountId, key: Vec<u8>) -> Result<Option<Vec<u8>>, Fault> {
        Ok(Some(key))
    }
    fn cache_set(
        &mut self,
        _: AccountId,
        _: Vec<u8>,
        value: Vec<u8>,
    ) -> Result<Result<(), StorageQuotaExceeded>, Fault> {
        Ok(match value.len() {
            0..=10 => Ok(()),
            _ => Err(StorageQuotaExceeded),
        })
    }
    fn cache_set_expiration(&mut self, _: AccountId, _: Vec<u8>, _: u64) -> Result<(), Fault> {
        Ok(())
    }
    fn cache_remove(&mut self, _: AccountId, key: Vec<u8>) -> Result<Option<Vec<u8>>, Fault> {
        Ok(Some(key))
    }
    fn poll(&mut self) -> Result<(), Fault> {
        Ok(())
    }
}

fn response(status_code: u16) -> HttpResponse {
    HttpResponse {
        status_code,
        reason_phrase: "OK".into(),
        headers: Vec::new(),
        body: b"body".to_vec(),
    }
}

fn request(url: &str) -> HttpRequest {
    HttpRequest {
        url: url.into(),
        method: "GET".into(),
        headers: Vec::new(),
        body: Vec::new(),
    }
}

/// Input: id, then the arguments. Returns the status, then the output.
fn asker() -> String {
    module(
        r#"(import "seal0" "call_chain_extension" (func $ask (param i32 i32 i32 i32 i32) (result i32)))"#,
        r#"(i32.store (i32.const 20000) (i32.const 8000))
           (i32.store (i32.const 20004) (call $ask (i32.load (i32.const 4)) (i32.const 8)
             (i32.sub (i32.load (i32.const 0)) (i32.const 4)) (i32.const 20008) (i32.const 20000)))
           (if (i32.load (i32.const 20004)) (then (i32.store (i32.const 20000) (i32.const 0))))
           (call $return (i32.const 0) (i32.const 20004) (i32.add (i32.const 4) (i32.load (i32.const 20000))))"#,
    )
}

struct World {
    chain: Chain,
    contract: AccountId,
}

impl World {
    fn new() -> Self {
        let mut chain = Chain::new();
        let contract = chain.make_wat(&asker());
        *chain.host.outside.lock().unwrap() = Some(Box::new(Outside));
        Self { chain, contract }
    }

    /// In a query, an estimate, and a transaction; the last two are one.
    fn ask(&mut self, id: u32, args: impl Encode) -> [Receipt; 2] {
        let input = [id.encode(), args.encode()].concat();
        let query = self.chain.query(self.contract, &input);
        let estimate = self.chain.estimate(self.contract, &input);
        let sent = self.chain.call(self.contract, &input);
        assert_eq!(estimate.outcome, sent.outcome, "{id}");
        assert_eq!(estimate.gas_consumed, sent.gas_consumed, "{id}");
        assert_eq!(estimate.output, sent.output, "{id}");
        assert_eq!(estimate.events, sent.events, "{id}");
        [query, sent]
    }

    fn expect(&mut self, id: u32, args: impl Encode, query: impl Encode, sent: impl Encode) {
        let [asked, did] = self.ask(id, args);
        for (receipt, expected) in [(asked, query.encode()), (did, sent.encode())] {
            assert_eq!(receipt.outcome, Outcome::Success, "{id}: {receipt:?}");
            assert_eq!(receipt.output[..4], [0; 4], "{id}");
            assert_eq!(receipt.output[4..], expected, "{id}");
            // Whatever it is, it was paid for.
            assert!(
                receipt.gas_consumed.ref_time
                    > RULES.bases.call.ref_time + RULES.frames.load.ref_time
            );
        }
    }
}

#[test]
fn functions_that_need_nothing_from_outside() {
    let mut world = World::new();
    let none = ();
    world.expect(10, (3u8, "a line"), none, none);
    world.expect(12, none, false, true);
    world.expect(21, none, (2u32, 0u32), (2u32, 0u32));
    world.expect(23, none, (0u64, [0u8; 32]), (0u64, [0u8; 32]));
    let exception = (5u8, "JavaScript isn't available");
    world.expect(24, none, exception, exception);
    world.expect(25, none, None::<()>, None::<()>);
    let bob = (MONEY, MONEY);
    world.expect(16, BOB, bob, bob);
    world.expect(16, NOBODY, (0u128, 0u128), (0u128, 0u128));
    let code = world.chain.contract(world.contract).unwrap().code_hash;
    world.expect(19, (code, false), true, true);
    world.expect(19, (code, true), false, false);
    world.expect(19, ([1u8; 32], false), false, false);
    for receipt in world.ask(15, none) {
        assert_eq!(error(&receipt), "SystemContractMissing");
    }
    for receipt in world.ask(20, BOB) {
        assert_eq!(error(&receipt), "BadOrigin");
    }
    for id in [0, 26, 0xffff] {
        for receipt in world.ask(id, none) {
            assert_eq!(error(&receipt), "UnknownChainExtensionFunction");
        }
    }
    for receipt in world.ask(0x1_0001, none) {
        assert_eq!(error(&receipt), "UnknownChainExtensionId");
    }
    // Too little, too much.
    for receipt in world.ask(16, [0u8; 31]) {
        assert_eq!(error(&receipt), "DecodingFailed");
    }
    for receipt in world.ask(16, [0u8; 33]) {
        assert_eq!(error(&receipt), "DecodingFailed");
    }
}

#[test]
fn functions_that_ask_the_outside() {
    let mut world = World::new();
    let none = ();
    let refused = HttpResponse {
        status_code: 523,
        reason_phrase: "API Unavailable".into(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    world.expect(1, request("http://x"), response(200), refused);
    let [query, _] = world.ask(1, request("bad"));
    let answer = HttpResponse::decode(&mut &query.output[4..]).unwrap();
    assert_eq!(answer.status_code, 524);
    world.expect(11, 5u8, vec![4u8; 5], Vec::<u8>::new());
    world.expect(17, none, [0x77u8; 32], [0u8; 32]);
    world.expect(18, none, 1_234_567u64, 0u64);
    world.expect(8, vec![1u8, 2], Some(vec![1u8, 2]), None::<Vec<u8>>);

    let [query, sent] = world.ask(22, (vec![request("a"), request("b")], 1_000u64));
    let answers = Vec::<Result<HttpResponse, HttpRequestError>>::decode(&mut &query.output[4..]);
    assert_eq!(answers.unwrap().len(), 2);
    // `NotAllowed`, which has the index 6.
    assert_eq!(sent.output, [7, 0, 0, 0]);
    let [query, _] = world.ask(22, (vec![request("a"); 3], 1_000u64));
    assert_eq!(query.output, [8, 0, 0, 0]);
}

/// In a transaction the cache is told by events, and nothing of it is seen.
#[test]
fn the_cache() {
    let mut world = World::new();
    let topic = *b"\x40phala.pink.event\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    let key = vec![1u8, 2];
    let order = |receipt: &Receipt| match &receipt.events[0] {
        Event::ContractEmitted { topics, data, .. } => {
            assert_eq!(topics, &[topic]);
            data.clone()
        }
        other => panic!("{other:?}"),
    };
    let [query, sent] = world.ask(6, (&key, vec![3u8; 4]));
    assert_eq!((query.output, query.events.len()), (vec![0; 4], 1));
    assert_eq!(sent.output, [0; 4]);
    assert_eq!(order(&sent), (5u8, 0u8, &key, vec![3u8; 4]).encode());
    // Too large for this worker's quota; no worker's quota decides a transaction.
    let [query, sent] = world.ask(6, (&key, vec![3u8; 11]));
    assert_eq!(query.output, [1, 0, 0, 0]);
    assert_eq!(sent.output, [0; 4]);
    let [_, sent] = world.ask(7, (&key, 60u64));
    assert_eq!(order(&sent), (5u8, 1u8, &key, 60u64).encode());
    let [query, sent] = world.ask(9, &key);
    assert_eq!(query.output[4..], Some(&key).encode());
    assert_eq!(sent.output[4..], [0]);
    assert_eq!(order(&sent), (5u8, 2u8, &key).encode());
}

#[test]
fn keys_and_signatures() {
    let mut world = World::new();
    let output = |receipts: &[Receipt; 2], which: usize| -> Vec<u8> {
        assert_eq!(receipts[which].output[..4], [0; 4], "{:?}", receipts[which]);
        Vec::<u8>::decode(&mut &receipts[which].output[4..]).unwrap()
    };
    let derived = world.ask(4, b"salt".to_vec());
    let secret = output(&derived, 0);
    assert_eq!(secret.len(), 64);
    // The same in every mode, and another for another salt or another contract.
    assert_eq!(secret, output(&derived, 1));
    assert_ne!(secret, output(&world.ask(4, b"other".to_vec()), 0));
    let first = world.contract;
    world.contract = world.chain.make_wat(&asker());
    assert_ne!(secret, output(&world.ask(4, b"salt".to_vec()), 0));
    world.contract = first;

    let message = b"message".to_vec();
    for (ty, key, public_len, signature_len) in [
        (0u8, vec![5u8; 32], 32, 64),
        (1, vec![5; 32], 32, 64),
        (1, secret, 32, 64),
        (2, vec![5; 32], 33, 65),
    ] {
        let public = output(&world.ask(5, (ty, &key)), 1);
        assert_eq!(public.len(), public_len);
        let signed = world.ask(2, (ty, &key, &message));
        let signature = output(&signed, 0);
        assert_eq!(signature.len(), signature_len);
        match ty {
            // It would need randomness.
            1 => assert!(output(&signed, 1).is_empty()),
            _ => assert_eq!(output(&signed, 1), signature),
        }
        world.expect(3, (ty, &public, &message, &signature), true, true);
        world.expect(
            3,
            (ty, &public, b"other".to_vec(), &signature),
            false,
            false,
        );
        world.expect(3, (ty, &public, &message, vec![0u8; 9]), false, false);
        world.expect(3, (ty, vec![0u8; 3], &message, &signature), false, false);
    }
    for receipt in world.ask(2, (2u8, vec![1u8; 3], &message)) {
        assert_eq!(error(&receipt), "InvalidKey");
    }
    let hash = [8u8; 32];
    let [query, sent] = world.ask(13, (vec![5u8; 32], hash));
    assert_eq!(query.output, sent.output);
    let signature: [u8; 65] = sent.output[4..].try_into().unwrap();
    let public: [u8; 33] = output(&world.ask(5, (2u8, vec![5u8; 32])), 1)
        .try_into()
        .unwrap();
    world.expect(14, (signature, hash, public), true, true);
    world.expect(14, (signature, [9u8; 32], public), false, false);
}

/// `upgrade_runtime` by its selector in the agreement with tools.
fn upgrade(version: (u32, u32)) -> Vec<u8> {
    [vec![0x31, 0x7f, 0x6b, 0xf3], version.encode()].concat()
}

#[test]
fn the_owner_asks_for_an_engine_that_the_block_allows() {
    let (mut chain, system) = with_system_contract();
    let asked = chain.call(system, &upgrade((2, 1)));
    assert_eq!(asked.outcome, Outcome::Success, "{asked:?}");
    assert_eq!(
        asked.effects,
        [Effect::UpgradeRequested {
            to: Version::new(2, 1)
        }]
    );
    let unknown = chain.call(system, &upgrade((2, 9)));
    assert_eq!(error(&unknown), "UnsupportedUpgradeTarget");
    assert!(unknown.effects.is_empty());
    let mut other = call(system, &upgrade((2, 1)));
    other.origin = BOB;
    let refused = chain.send(Message::Call(other));
    assert_eq!(refused.outcome, Outcome::Reverted);
    assert!(refused.effects.is_empty());
}

/// The same order from any other contract ends its call.
#[test]
fn nobody_else_orders() {
    let (mut chain, _) = with_system_contract();
    let contract = chain.make_wat(&module(
        r#"(import "seal0" "deposit_event" (func $event (param i32 i32 i32 i32)))
           (data (i32.const 8100) "\04\40phala.pink.event\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")"#,
        "(call $event (i32.const 8100) (i32.const 33) (i32.const 4) (i32.load (i32.const 0)))",
    ));
    let receipt = chain.call(contract, &[vec![10], (2u32, 1u32).encode()].concat());
    assert_eq!(error(&receipt), "BadOrigin", "{receipt:?}");
    assert!(receipt.events.is_empty() && receipt.effects.is_empty());
}

/// The owner replaces the system contract's code by the chain's, at his own expense.
#[test]
fn the_system_contract_replaces_its_code() {
    let (mut chain, system) = with_system_contract();
    // `upgrade_system_contract`.
    let upgrade = [0xaf, 0x69, 0xca, 0x03];
    let none = chain.call(system, &upgrade);
    assert_ne!(none.outcome, Outcome::Success);
    let code = artefact("system-next");
    let hash: Hash = blake2b_simd::Params::new()
        .hash_length(32)
        .hash(&code)
        .as_bytes()
        .try_into()
        .unwrap();
    chain.host.system_codes.insert(hash, code);
    chain.block.system_code = Some(hash);
    let mut other = call(system, &upgrade);
    other.origin = BOB;
    assert_ne!(chain.send(Message::Call(other)).outcome, Outcome::Success);
    let done = chain.call(system, &upgrade);
    assert_eq!(done.outcome, Outcome::Success, "{done:?}");
    assert_eq!(chain.contract(system).unwrap().code_hash, hash);
    assert!(chain.held(ALICE) > 0);
}
