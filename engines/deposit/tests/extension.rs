//! The pink extension, row by row, in each mode; the system contract's orders.

mod common;

use common::{puppet::*, *};
use parity_scale_codec::{Decode, Encode};
use pink_engine_sdk::{capi::calls::OCalls, types::*, Fault};

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

struct Harness {
    chain: Chain,
    contract: AccountId,
}

impl Harness {
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
    let mut harness = Harness::new();
    let none = ();
    harness.expect(10, (3u8, "a line"), none, none);
    harness.expect(12, none, false, true);
    let version = (RULES.version.major, RULES.version.minor);
    harness.expect(21, none, version, version);
    harness.expect(23, none, (0u64, [0u8; 32]), (0u64, [0u8; 32]));
    let exception = (5u8, "JavaScript isn't available");
    harness.expect(24, none, exception, exception);
    harness.expect(25, none, None::<()>, None::<()>);
    let bob = (MONEY, MONEY);
    harness.expect(16, BOB, bob, bob);
    harness.expect(16, NOBODY, (0u128, 0u128), (0u128, 0u128));
    let code = harness.chain.contract(harness.contract).unwrap().code_hash;
    harness.expect(19, (code, false), true, true);
    harness.expect(19, (code, true), false, false);
    harness.expect(19, ([1u8; 32], false), false, false);
    for receipt in harness.ask(15, none) {
        assert_eq!(error(&receipt), "SystemContractMissing");
    }
    for receipt in harness.ask(20, BOB) {
        assert_eq!(error(&receipt), "BadOrigin");
    }
    for id in [0, 26, 0xffff] {
        for receipt in harness.ask(id, none) {
            assert_eq!(error(&receipt), "UnknownChainExtensionFunction");
        }
    }
    for receipt in harness.ask(0x1_0001, none) {
        assert_eq!(error(&receipt), "UnknownChainExtensionId");
    }
    // Too little, too much.
    for receipt in harness.ask(16, [0u8; 31]) {
        assert_eq!(error(&receipt), "DecodingFailed");
    }
    for receipt in harness.ask(16, [0u8; 33]) {
        assert_eq!(error(&receipt), "DecodingFailed");
    }
}

#[test]
fn functions_that_ask_the_outside() {
    let mut harness = Harness::new();
    let none = ();
    let refused = HttpResponse {
        status_code: 523,
        reason_phrase: "API Unavailable".into(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    harness.expect(1, request("http://x"), response(200), refused);
    let [query, _] = harness.ask(1, request("bad"));
    let answer = HttpResponse::decode(&mut &query.output[4..]).unwrap();
    assert_eq!(answer.status_code, 524);
    harness.expect(11, 5u8, vec![4u8; 5], Vec::<u8>::new());
    harness.expect(17, none, [0x77u8; 32], [0u8; 32]);
    harness.expect(18, none, 1_234_567u64, 0u64);
    harness.expect(8, vec![1u8, 2], Some(vec![1u8, 2]), None::<Vec<u8>>);

    let [query, sent] = harness.ask(22, (vec![request("a"), request("b")], 1_000u64));
    let answers = Vec::<Result<HttpResponse, HttpRequestError>>::decode(&mut &query.output[4..]);
    assert_eq!(answers.unwrap().len(), 2);
    // `NotAllowed`, which has the index 6.
    assert_eq!(sent.output, [7, 0, 0, 0]);
    let [query, _] = harness.ask(22, (vec![request("a"); 3], 1_000u64));
    assert_eq!(query.output, [8, 0, 0, 0]);
}

/// In a transaction the cache is told by events, and nothing of it is seen.
#[test]
fn the_cache() {
    let mut harness = Harness::new();
    let topic = *b"\x40phala.pink.event\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    let key = vec![1u8, 2];
    let order = |receipt: &Receipt| match &receipt.events[0] {
        Event::ContractEmitted { topics, data, .. } => {
            assert_eq!(topics, &[topic]);
            data.clone()
        }
        other => panic!("{other:?}"),
    };
    let [query, sent] = harness.ask(6, (&key, vec![3u8; 4]));
    assert_eq!((query.output, query.events.len()), (vec![0; 4], 1));
    assert_eq!(sent.output, [0; 4]);
    assert_eq!(order(&sent), (5u8, 0u8, &key, vec![3u8; 4]).encode());
    // Too large for this worker's quota; no worker's quota decides a transaction.
    let [query, sent] = harness.ask(6, (&key, vec![3u8; 11]));
    assert_eq!(query.output, [1, 0, 0, 0]);
    assert_eq!(sent.output, [0; 4]);
    let [_, sent] = harness.ask(7, (&key, 60u64));
    assert_eq!(order(&sent), (5u8, 1u8, &key, 60u64).encode());
    let [query, sent] = harness.ask(9, &key);
    assert_eq!(query.output[4..], Some(&key).encode());
    assert_eq!(sent.output[4..], [0]);
    assert_eq!(order(&sent), (5u8, 2u8, &key).encode());
}

#[test]
fn keys_and_signatures() {
    let mut harness = Harness::new();
    let output = |receipts: &[Receipt; 2], which: usize| -> Vec<u8> {
        assert_eq!(receipts[which].output[..4], [0; 4], "{:?}", receipts[which]);
        Vec::<u8>::decode(&mut &receipts[which].output[4..]).unwrap()
    };
    let derived = harness.ask(4, b"salt".to_vec());
    let secret = output(&derived, 0);
    assert_eq!(secret.len(), 64);
    // The same in every mode, and another for another salt or another contract.
    assert_eq!(secret, output(&derived, 1));
    assert_ne!(secret, output(&harness.ask(4, b"other".to_vec()), 0));
    let first = harness.contract;
    harness.contract = harness.chain.make_wat(&asker());
    assert_ne!(secret, output(&harness.ask(4, b"salt".to_vec()), 0));
    harness.contract = first;

    let message = b"message".to_vec();
    for (ty, key, public_len, signature_len) in [
        (0u8, vec![5u8; 32], 32, 64),
        (1, vec![5; 32], 32, 64),
        (1, secret, 32, 64),
        (2, vec![5; 32], 33, 65),
    ] {
        let public = output(&harness.ask(5, (ty, &key)), 1);
        assert_eq!(public.len(), public_len);
        let signed = harness.ask(2, (ty, &key, &message));
        let signature = output(&signed, 0);
        assert_eq!(signature.len(), signature_len);
        match ty {
            // It would need randomness.
            1 => assert!(output(&signed, 1).is_empty()),
            _ => assert_eq!(output(&signed, 1), signature),
        }
        harness.expect(3, (ty, &public, &message, &signature), true, true);
        harness.expect(
            3,
            (ty, &public, b"other".to_vec(), &signature),
            false,
            false,
        );
        harness.expect(3, (ty, &public, &message, vec![0u8; 9]), false, false);
        harness.expect(3, (ty, vec![0u8; 3], &message, &signature), false, false);
    }
    for receipt in harness.ask(2, (2u8, vec![1u8; 3], &message)) {
        assert_eq!(error(&receipt), "InvalidKey");
    }
    let hash = [8u8; 32];
    let [query, sent] = harness.ask(13, (vec![5u8; 32], hash));
    assert_eq!(query.output, sent.output);
    let signature: [u8; 65] = sent.output[4..].try_into().unwrap();
    let public: [u8; 33] = output(&harness.ask(5, (2u8, vec![5u8; 32])), 1)
        .try_into()
        .unwrap();
    harness.expect(14, (signature, hash, public), true, true);
    harness.expect(14, (signature, [9u8; 32], public), false, false);
}

/// `upgrade_runtime` by its selector in the agreement with tools.
fn upgrade(version: (u32, u32)) -> Vec<u8> {
    [vec![0x31, 0x7f, 0x6b, 0xf3], version.encode()].concat()
}

#[test]
fn the_owner_asks_for_an_engine_that_the_block_allows() {
    let (mut chain, system) = with_system_contract();
    let asked = chain.call(system, &upgrade((2, NEWER.minor)));
    assert_eq!(asked.outcome, Outcome::Success, "{asked:?}");
    assert_eq!(asked.effects, [Effect::UpgradeRequested { to: NEWER }]);
    let unknown = chain.call(system, &upgrade((2, 9)));
    assert_eq!(error(&unknown), "UnsupportedUpgradeTarget");
    assert!(unknown.effects.is_empty());
    let mut other = call(system, &upgrade((2, NEWER.minor)));
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

/// A puppet whose constructor does nothing, so that it can be the system contract.
fn system_puppet() -> Vec<u8> {
    let text = include_str!("common/puppet.wat");
    let idle = text.replace(
        r#"(func (export "deploy") (call $run))"#,
        r#"(func (export "deploy"))"#,
    );
    assert_ne!(idle, text);
    wat(&idle)
}

fn blake2_256(bytes: &[u8]) -> Hash {
    let mut params = blake2b_simd::Params::new();
    let hash = params.hash_length(32).hash(bytes);
    hash.as_bytes().try_into().unwrap()
}

/// Every function of the extension, asked by the system contract: as it may, and as it may not.
struct Asked {
    chain: Chain,
    /// Calls whom it is told to.
    caller: AccountId,
    /// Stands between the two.
    between: AccountId,
    system: AccountId,
    code: Hash,
}

impl Asked {
    fn new() -> Self {
        let mut chain: Chain = Chain::empty();
        let (code, next) = (system_puppet(), puppet());
        let (hash, latest) = (blake2_256(&code), blake2_256(&wat(&asker())));
        chain.host.system_codes.insert(hash, code);
        chain.host.system_codes.insert(latest, wat(&asker()));
        let mut setup = chain.setup_message();
        setup.system_code = Some(hash);
        let system = chain.send(Message::Setup(setup)).address.unwrap();
        chain.deposit(system, 10 * MINIMUM);
        let code = chain.code(&next);
        let (caller, between) = (chain.puppet(0), chain.puppet(0));
        chain.block.system_code = Some(latest);
        *chain.host.outside.lock().unwrap() = Some(Box::new(Outside));
        Self {
            chain,
            caller,
            between,
            system,
            code,
        }
    }

    /// The ways to ask: directly, by delegate call, through another; each under these flags.
    fn ways(&self, flags: u32, ask: &Script) -> [Script; 3] {
        let by_delegate = Script::new().delegate(0, self.code, ask.clone());
        let through = Script::new().call(0, self.system, 0, ask.clone());
        [
            Script::new().call(flags, self.system, 0, ask.clone()),
            Script::new().call(flags, self.system, 0, by_delegate),
            Script::new().call(flags, self.between, 0, through),
        ]
    }

    fn send(&mut self, mode: Mode, script: &Script) -> Receipt {
        let message = call(self.caller, &script.0);
        let receipt = self.chain.execute(mode, Message::Call(message));
        assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
        receipt
    }
}

/// A line's level is one of five, whatever the contract says.
#[test]
fn levels_are_one_to_five() {
    let mut chain = Chain::new();
    let contract = chain.puppet(0);
    for (said, kept) in [(0u8, 1), (1, 1), (3, 3), (5, 5), (6, 5), (255, 5)] {
        let line = Script::new().extension(10, &(said, "a line").encode());
        let lines = chain.log(Mode::Transaction, call(contract, &line.0));
        assert_eq!(lines, [(kept, Some(contract), "a line".into())]);
    }
}

/// Function 19 sees what the same message stored.
#[test]
fn code_exists_as_soon_as_it_is_stored() {
    let mut asked = Asked::new();
    let latest = asked.chain.block.system_code.unwrap();
    let exists = |script: Script| script.extension(19, &(latest, false).encode());
    let import = exists(Script::new()).extension(20, &ALICE.encode());
    let both = Script::new().call(0, asked.system, 0, exists(import));
    let receipt = asked.send(Mode::Transaction, &both);
    // The code and the length of the call's output; then, each time, the status, a length and what it is.
    let told = (
        0u32,
        1u32,
        false,
        (0u32, 33u32, Some(latest)),
        (0u32, 1u32, true),
    )
        .encode();
    assert_eq!(receipt.output[8..], told);
}

/// READ_ONLY holds for the whole extension, a row for each function, directly, in a delegate call
/// and further up: what changes something is refused, what doesn't is answered as ever, at the
/// same price.
#[test]
fn read_only_holds_for_every_function() {
    let key = vec![1u8, 2];
    let hash = [8u8; 32];
    let rows: Vec<(u32, Vec<u8>, bool)> = vec![
        (1, request("http://x").encode(), false),
        (2, (0u8, vec![5u8; 32], b"m".to_vec()).encode(), false),
        (
            3,
            (0u8, vec![5u8; 32], b"m".to_vec(), vec![0u8; 64]).encode(),
            false,
        ),
        (4, b"salt".to_vec().encode(), false),
        (5, (0u8, vec![5u8; 32]).encode(), false),
        (6, (&key, vec![3u8; 4]).encode(), true),
        (7, (&key, 60u64).encode(), true),
        (8, key.encode(), false),
        (9, key.encode(), true),
        (10, (3u8, "a line").encode(), false),
        (11, 5u8.encode(), false),
        (12, Vec::new(), false),
        (13, (vec![5u8; 32], hash).encode(), false),
        (14, ([1u8; 65], hash, [2u8; 33]).encode(), false),
        (15, Vec::new(), false),
        (16, BOB.encode(), false),
        (17, Vec::new(), false),
        (18, Vec::new(), false),
        (19, (hash, false).encode(), false),
        (20, ALICE.encode(), true),
        (21, Vec::new(), false),
        (22, (vec![request("a")], 1_000u64).encode(), false),
        (23, Vec::new(), false),
        (24, Vec::new(), false),
        (25, Vec::new(), false),
    ];
    assert!(rows.iter().map(|(id, ..)| *id).eq(1..=25));
    for (id, args, mutates) in rows {
        for way in 0..3 {
            let ask = Script::new().extension(id, &args);
            let (mut asked, mut other) = (Asked::new(), Asked::new());
            for mode in [Mode::Query, Mode::Estimating, Mode::Transaction] {
                let free = asked.ways(0, &ask)[way].clone();
                let bound = asked.ways(READ_ONLY, &ask)[way].clone();
                let (free, bound) = (asked.send(mode, &free), other.send(mode, &bound));
                let row = format!("{id} {mode:?} {way}");
                let trapped = |receipt: &Receipt| {
                    // The code that the innermost caller got.
                    let at = if way == 0 { 0 } else { 8 };
                    receipt.output[at..at + 4] == [1, 0, 0, 0]
                };
                assert!(!trapped(&free), "{row}: {free:?}");
                assert_eq!(trapped(&bound), mutates, "{row}: {bound:?}");
                if mutates {
                    let orders = |event: &Event| {
                        matches!(
                            event,
                            Event::ContractEmitted { .. } | Event::CodeStored { .. }
                        )
                    };
                    assert!(!bound.events.iter().any(orders), "{row}");
                    assert!(gas(&bound).0 < gas(&free).0, "{row}");
                    assert!(!other.chain.code_exists(), "{row}");
                } else {
                    assert_eq!(bound.output, free.output, "{row}");
                    assert_eq!(bound.events, free.events, "{row}");
                    assert_eq!(gas(&bound), gas(&free), "{row}");
                }
            }
        }
    }
}

impl Chain {
    /// The chain's latest system code was imported.
    fn code_exists(&self) -> bool {
        let hash = blake2_256(&wat(&asker()));
        let key = [b"code/".as_slice(), &hash].concat();
        self.state().contains_key(&key)
    }
}

/// A status that isn't success comes with no output: the length that the contract finds is zero.
#[test]
fn a_status_leaves_an_empty_output() {
    let mut chain = Chain::new();
    let contract = chain.puppet(0);
    let ask = Script::new().extension(22, &(vec![request("a")], 1_000u64).encode());
    let receipt = chain.call(contract, &ask.0);
    assert_eq!(receipt.output, (7u32, 0u32).encode());
    assert_eq!(gas(&receipt), figure(588_945_100, 3_064));
}

fn sha_256(pieces: &[&[u8]]) -> Vec<u8> {
    use sha2::Digest;
    sha2::Sha256::digest(pieces.concat()).to_vec()
}

/// RFC 2104, for keys of at most a block.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let padded = |with: u8| -> Vec<u8> {
        let mut block = [0; 64];
        block[..key.len()].copy_from_slice(key);
        block.iter().map(|byte| byte ^ with).collect()
    };
    sha_256(&[&padded(0x5c), &sha_256(&[&padded(0x36), text])])
}

/// A seed as sr25519 expands it in the way of Ed25519: half of SHA-512, clamped and divided by the
/// cofactor, and the other half for the nonce.
fn expand(seed: &[u8]) -> Vec<u8> {
    use sha2::Digest;
    let mut hash = sha2::Sha512::digest(seed).to_vec();
    hash[0] &= 248;
    hash[31] &= 63;
    hash[31] |= 64;
    for at in 0..32 {
        let above = if at < 31 { hash[at + 1] << 5 } else { 0 };
        hash[at] = hash[at] >> 3 | above;
    }
    hash
}

/// As Phala derives: HKDF-SHA256 under its fixed salt, written out here from the RFCs.
#[test]
fn keys_are_derived_as_ever() {
    let mut harness = Harness::new();
    const SALT: &str = "18e876adfa74cc743b4b7d7f92c96e03de559a3c15270581fce445963d90f85e";
    let salt: Vec<u8> = (0..32)
        .map(|at| u8::from_str_radix(&SALT[2 * at..2 * at + 2], 16).unwrap())
        .collect();
    for given in [&b""[..], b"salt", &[7; 200]] {
        let key = hmac(&salt, &expand(&[0xc1; 32]));
        let info = [&harness.contract[..], given, b"keygen", &[1]].concat();
        let expected = expand(&hmac(&key, &info));
        let [query, sent] = harness.ask(4, given.to_vec());
        assert_eq!(query.output[4..], expected.encode());
        assert_eq!(sent.output, query.output);
        let longer = sent.gas_consumed.ref_time
            - RULES.host.extension_derive.of(given.len() as u32).ref_time;
        assert!(longer < 400_000_000, "{longer}");
    }
}

/// Verification by the rules of ZIP 215, as in today's sp-core: small orders and encodings that
/// aren't canonical count, a scalar that isn't doesn't.
#[test]
fn ed25519_is_verified_like_the_chains_own() {
    let mut harness = Harness::new();
    let mut one = [0u8; 32];
    one[0] = 1;
    // The field's prime, which stands for nought: a point of order four.
    let mut prime = [0xffu8; 32];
    (prime[0], prime[31]) = (0xed, 0x7f);
    let order: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut not_a_point = [0u8; 32];
    not_a_point[0] = 2;
    for (key, r, s, valid) in [
        (one, one, [0; 32], true),
        (prime, one, [0; 32], true),
        (one, prime, [0; 32], true),
        (prime, prime, [0; 32], true),
        (one, one, order, false),
        (one, one, one, false),
        (not_a_point, one, [0; 32], false),
    ] {
        let signature = [r, s].concat();
        let args = (0u8, key.to_vec(), b"anything".to_vec(), signature);
        harness.expect(3, args, valid, valid);
    }
}

/// A recovery id counts from nought where a signature is verified; as Ethereum counts it is
/// recovered, and not verified.
#[test]
fn ecdsa_is_verified_for_four_recovery_ids() {
    let mut harness = Harness::new();
    let key = vec![5u8; 32];
    let text = b"message".to_vec();
    let signed = harness.ask(2, (2u8, &key, &text));
    let signature = Vec::<u8>::decode(&mut &signed[1].output[4..]).unwrap();
    let found = harness.ask(5, (2u8, &key));
    let public = Vec::<u8>::decode(&mut &found[1].output[4..]).unwrap();
    let hash = blake2_256(&text);
    for v in [0u8, 1, 2, 3, 4, 26, 27, 28, 29, 30, 255] {
        let mut other = signature.clone();
        other[64] = v;
        let valid = v == signature[64];
        harness.expect(3, (2u8, &public, &text, &other), valid, valid);
        let fixed: [u8; 65] = other.try_into().unwrap();
        let point: [u8; 33] = public.clone().try_into().unwrap();
        harness.expect(14, (fixed, hash, point), valid, valid);
    }
}
