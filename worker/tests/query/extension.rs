//! The pink extension, row by row, in all three modes. What a transaction does, its estimate
//! does, to the picosecond.

use crate::harness::{address_text, input, returned, trapped, Harness, OUTSIDE};
use parity_scale_codec::{Decode, Encode};
use pink_capi::types::{Event, HttpRequest, HttpRequestError, HttpResponse, Receipt};
use pink_devchain::ENDOWMENT;
use pink_worker_core::WorkerKey;
use runtime_mock::DEV_ACCOUNTS;
use sp_crypto_hashing::blake2_256;

/// What a function gave: its status and, if that is 0, its answer.
type Given = (u32, Vec<u8>);

struct Rows(Harness);

impl Rows {
    fn new(config: &str) -> Self {
        Self(Harness::new(config))
    }

    /// In a query, and in a transaction, which the estimate is held to.
    fn receipts(&mut self, function: u16, args: impl Encode) -> [Receipt; 2] {
        let message = input("ask", (function, args.encode()));
        let query = self.0.query(&message).receipt;
        let estimate = self.0.estimate(&message).receipt;
        let sent = self.0.send(self.0.contract, &message);
        assert_eq!(estimate.outcome, sent.outcome, "{function}");
        assert_eq!(estimate.output, sent.output, "{function}");
        assert_eq!(estimate.events, sent.events, "{function}");
        assert_eq!(estimate.gas_consumed, sent.gas_consumed, "{function}");
        assert_eq!(estimate.gas_required, sent.gas_required, "{function}");
        // Whatever it is, it is paid for.
        assert!(query.gas_consumed.ref_time > 0 && sent.gas_consumed.ref_time > 0);
        [query, sent]
    }

    fn ask(&mut self, function: u16, args: impl Encode) -> [Given; 2] {
        self.receipts(function, args)
            .map(|receipt| returned(&receipt))
    }

    /// The answers of a function that worked.
    #[track_caller]
    fn answers<T: Decode>(&mut self, function: u16, args: impl Encode) -> [T; 2] {
        self.ask(function, args).map(|(status, answer)| {
            assert_eq!(status, 0, "{function}");
            T::decode(&mut &answer[..]).expect("the function's type")
        })
    }

    #[track_caller]
    fn expect(&mut self, function: u16, args: impl Encode, query: impl Encode, sent: impl Encode) {
        let given = self.ask(function, args);
        assert_eq!(
            given,
            [(0, query.encode()), (0, sent.encode())],
            "{function}"
        );
    }
}

fn get(url: &str) -> HttpRequest {
    HttpRequest {
        url: url.into(),
        method: "GET".into(),
        headers: Vec::new(),
        body: Vec::new(),
    }
}

fn no_response(status_code: u16, why: &str) -> HttpResponse {
    HttpResponse {
        status_code,
        reason_phrase: why.into(),
        headers: Vec::new(),
        body: Vec::new(),
    }
}

#[test]
fn keys_and_signatures() {
    let mut rows = Rows::new("");
    let message = b"a message".to_vec();
    // 4: the same in all modes, another for another salt.
    let [asked, sent]: [Vec<u8>; 2] = rows.answers(4, b"salt".to_vec());
    assert_eq!(asked, sent);
    assert_eq!(asked.len(), 64);
    let [other, _]: [Vec<u8>; 2] = rows.answers(4, b"other".to_vec());
    assert_ne!(asked, other);
    let seed = vec![7u8; 32];
    for (ty, key, len) in [(0u8, &seed, 64), (1, &asked, 64), (2, &seed, 65)] {
        // 5, 2 and 3.
        let [public, again]: [Vec<u8>; 2] = rows.answers(5, (ty, key));
        assert_eq!(public, again);
        let [signed, in_transaction]: [Vec<u8>; 2] = rows.answers(2, (ty, key, &message));
        assert_eq!(signed.len(), len);
        match ty {
            1 => assert!(in_transaction.is_empty()),
            _ => assert_eq!(in_transaction, signed),
        }
        rows.expect(3, (ty, &public, &message, &signed), true, true);
        rows.expect(3, (ty, &public, b"else".to_vec(), &signed), false, false);
    }
    // 13 and 14.
    let hash = [9u8; 32];
    let [signed, again]: [[u8; 65]; 2] = rows.answers(13, (&seed, hash));
    assert_eq!(signed, again);
    let [public, _]: [Vec<u8>; 2] = rows.answers(5, (2u8, &seed));
    let public: [u8; 33] = public.try_into().expect("33 bytes");
    rows.expect(14, (signed, hash, public), true, true);
    rows.expect(14, (signed, [8u8; 32], public), false, false);
}

#[test]
fn what_is_known_inside() {
    let mut rows = Rows::new("");
    let none = ();
    rows.expect(10, (3u8, "a line"), none, none);
    rows.expect(12, none, false, true);
    let system = rows.0.system;
    rows.expect(15, none, system, system);
    rows.expect(16, [0xee_u8; 32], (0u128, 0u128), (0u128, 0u128));
    // Not of the sender: a transaction has prepaid its gas.
    let bob = DEV_ACCOUNTS[1].1;
    rows.expect(16, bob, (ENDOWMENT, ENDOWMENT), (ENDOWMENT, ENDOWMENT));
    let code = blake2_256(OUTSIDE);
    rows.expect(19, (code, false), true, true);
    rows.expect(19, (code, true), false, false);
    rows.expect(19, ([1u8; 32], false), false, false);
    for receipt in rows.receipts(20, bob) {
        assert_eq!(trapped(&receipt), "BadOrigin");
    }
    rows.expect(21, none, (2u32, 0u32), (2u32, 0u32));
    rows.expect(23, none, (0u64, [0u8; 32]), (0u64, [0u8; 32]));
    let exception = (5u8, "JavaScript isn't available");
    rows.expect(24, none, exception, exception);
    rows.expect(25, none, None::<()>, None::<()>);
    for function in [0, 26, u16::MAX] {
        for receipt in rows.receipts(function, none) {
            assert_eq!(trapped(&receipt), "UnknownChainExtensionFunction");
        }
    }
}

#[test]
fn clock_chance_and_the_worker_s_key() {
    let mut rows = Rows::new("");
    // 11
    let [random, in_transaction]: [Vec<u8>; 2] = rows.answers(11, 32u8);
    let [other, _]: [Vec<u8>; 2] = rows.answers(11, 32u8);
    assert_eq!(random.len(), 32);
    assert_ne!(random, other);
    assert!(in_transaction.is_empty());
    rows.expect(11, 0u8, Vec::<u8>::new(), Vec::<u8>::new());
    // 17
    let key = WorkerKey::of_base_path(rows.0.base.path()).expect("its key");
    rows.expect(17, (), key.public(), [0u8; 32]);
    // 18: after these lines were written, and not in a transaction.
    let [now, in_transaction]: [u64; 2] = rows.answers(18, ());
    assert!(now > 1_700_000_000_000);
    assert_eq!(in_transaction, 0);
}

#[test]
fn the_network_without_an_allowance() {
    let mut rows = Rows::new("");
    let api = no_response(523, "API Unavailable");
    for (url, why) in [
        ("http://127.0.0.1:1/", "NotAllowed"),
        ("http://[::1]:1/", "NotAllowed"),
        ("http://[::ffff:127.0.0.1]:1/", "NotAllowed"),
        ("http://0x7f.1:1/", "NotAllowed"),
        ("http://localhost:1/", "NotAllowed"),
        ("http://169.254.169.254/latest/meta-data", "NotAllowed"),
        ("http://10.0.0.1/", "NotAllowed"),
        ("file:///etc/passwd", "InvalidUrl"),
        ("no url", "InvalidUrl"),
    ] {
        rows.expect(1, get(url), no_response(524, why), &api);
    }
    // 22: a status of its own in a transaction.
    let requests = vec![get("http://127.0.0.1:1/"), get("gopher://a/")];
    let given = rows.ask(22, (requests, 1_000u64));
    let answers: Vec<Result<HttpResponse, HttpRequestError>> = vec![
        Err(HttpRequestError::NotAllowed),
        Err(HttpRequestError::InvalidUrl),
    ];
    assert_eq!(given[0], (0, answers.encode()));
    assert_eq!(given[1], (7, Vec::new()));
    let many = vec![get("http://127.0.0.1:1/"); 6];
    let given = rows.ask(22, (many, u64::MAX));
    assert_eq!(given, [(8, Vec::new()), (7, Vec::new())]);
}

/// 6 to 9, of a contract without a share of the cache, and of one with.
#[test]
fn the_cache() {
    let mut rows = Rows::new("");
    let (key, value) = (b"key".to_vec(), b"value".to_vec());
    let given = rows.ask(6, (&key, &value));
    assert_eq!(given, [(1, Vec::new()), (0, Vec::new())]);
    rows.expect(8, &key, None::<Vec<u8>>, None::<Vec<u8>>);

    let config = format!("[cache.weights]\n{} = 1\n", address_text());
    let mut rows = Rows::new(&config);
    let none = None::<Vec<u8>>;
    rows.expect(8, &key, &none, &none);
    let [query, sent] = rows.receipts(6, (&key, &value));
    assert_eq!(returned::<Given>(&query), (0, Vec::new()));
    assert_eq!(orders(&query), 0);
    assert_eq!(returned::<Given>(&sent), (0, Vec::new()));
    assert_eq!(orders(&sent), 1);
    // A transaction never sees it.
    rows.expect(8, &key, Some(&value), &none);
    rows.expect(7, (&key, 1_000u64), (), ());
    rows.expect(8, &key, Some(&value), &none);
    rows.expect(9, &key, Some(&value), &none);
    rows.expect(8, &key, &none, &none);
    // Larger than all that the contract may keep.
    let large = vec![0u8; 12_000];
    let config = format!(
        "[cache]\nmax_bytes = 10_000\n[cache.weights]\n{} = 1\n",
        address_text()
    );
    let mut rows = Rows::new(&config);
    rows.ask(6, (&key, &value));
    let given = rows.ask(6, (&key, &large));
    assert_eq!(given, [(1, Vec::new()), (0, Vec::new())]);
    rows.expect(8, &key, Some(&value), &none);
}

fn orders(receipt: &Receipt) -> usize {
    let emitted = |event: &&Event| matches!(event, Event::ContractEmitted { .. });
    receipt.events.iter().filter(emitted).count()
}
