//! How queries end before they are done, and that it leaves nothing behind.

use crate::harness::{address, address_text, gas_limit, input, registry, returned, Harness};
use fat_contracts_primitives::{CodeSource, EngineVersion};
use pallet_fat_contracts::Call;
use parity_scale_codec::Encode;
use pink_capi::types::{Outcome, Receipt, Weight};
use pink_devchain::{owner, DevConfig, DevNode, CLUSTER, GAS_LIMIT};
use pink_engine_host::PoolError;
use pink_worker_core::query::{
    InkMessage, Queries, QueryConfig, QueryError, QueryOptions, Running,
};
use pink_worker_metrics::Metrics;
use runtime_mock::runtime::Runtime;
use std::{sync::Arc, time::Duration};

fn message(payload: Vec<u8>, estimating: bool) -> InkMessage {
    InkMessage {
        payload,
        estimating,
        ..InkMessage::default()
    }
}

/// Begins something that only a deadline or a call from outside ends: what it may use is more
/// than it can within any test.
fn begin(queries: &Queries, payload: Vec<u8>, estimating: bool) -> Running {
    let message = message(payload, estimating);
    let options = QueryOptions::default();
    let begun = queries.start(owner().into(), address(), message, options);
    begun.expect("it begins")
}

/// Gas for a day, which the owner could pay: an estimate asks for the money.
fn endless() -> QueryConfig {
    QueryConfig {
        max_ref_time: 100_000_000_000_000_000,
        timeout_ms: u64::MAX / 2,
        ..QueryConfig::default()
    }
}

fn works(harness: &mut Harness) {
    let count: u32 = returned(&harness.query(&input("count", ())).receipt);
    let sent = harness.send(harness.contract, &input("increment", ()));
    assert_eq!(sent.outcome, Outcome::Success);
    let after: u32 = returned(&harness.query(&input("count", ())).receipt);
    assert_eq!(after, count + 1);
}

#[test]
fn an_endless_loop_that_is_called_off_ends() {
    let mut harness = Harness::new("");
    let queries = Queries::new(harness.node.worker().handle().clone(), endless());
    for estimating in [false, true] {
        let running = begin(&queries, input("spin", ()), estimating);
        let canceller = running.canceller();
        let thread = std::thread::spawn(move || canceller.cancel());
        let ended = running.wait();
        assert!(matches!(ended, Err(QueryError::Cancelled)), "{ended:?}");
        thread.join().expect("it called it off");
        works(&mut harness);
    }
}

#[test]
fn an_endless_loop_ends_at_its_deadline() {
    let mut harness = Harness::new("");
    let queries = Queries::new(harness.node.worker().handle().clone(), endless());
    for estimating in [false, true] {
        let message = message(input("spin", ()), estimating);
        let options = QueryOptions {
            timeout: Some(Duration::from_millis(50)),
            ..QueryOptions::default()
        };
        let ended = queries.query(owner().into(), address(), message, options);
        assert!(
            matches!(ended, Err(QueryError::Deadline { .. })),
            "{ended:?}"
        );
        works(&mut harness);
    }
    // The operator's bound holds for whoever asks for more.
    let config = QueryConfig {
        timeout_ms: 50,
        ..endless()
    };
    let queries = Queries::new(harness.node.worker().handle().clone(), config);
    let ended = begin(&queries, input("spin", ()), false).wait();
    assert!(
        matches!(ended, Err(QueryError::Deadline { .. })),
        "{ended:?}"
    );
}

#[test]
fn gas_is_a_deadline_too() {
    let mut harness = Harness::new("");
    let spin = input("spin", ());
    let spent = harness.query(&spin).receipt;
    assert_eq!(spent.outcome, Outcome::OutOfGas);
    assert_eq!(spent.gas_consumed, spent.gas_limit);
    assert_eq!((spent.fee, spent.refund), (0, 0));
    let queries = harness.node.queries();
    let options = QueryOptions {
        gas_limit: Some(Weight::new(u64::MAX, 1)),
        ..QueryOptions::default()
    };
    let refused = queries.query(owner().into(), address(), message(spin, false), options);
    assert!(matches!(refused, Err(QueryError::GasLimit { .. })));
    works(&mut harness);
}

/// A query is held now and then to ask whether it is still wanted; a transaction runs in one
/// piece. Both use the same gas.
#[test]
fn gas_is_the_same_in_slices_and_in_one_piece() {
    let mut harness = Harness::new("");
    for turns in [0u32, 1_000, 2_000_000] {
        let work = input("work", turns);
        let query = harness.query(&work).receipt;
        let estimate = harness.estimate(&work).receipt;
        let sent = harness.send(harness.contract, &work);
        let result: u32 = returned(&sent);
        assert_eq!(returned::<u32>(&query), result);
        for other in [&query, &estimate] {
            assert_eq!(other.gas_consumed, sent.gas_consumed, "{turns}");
            assert_eq!(other.gas_required, sent.gas_required, "{turns}");
        }
        if turns > 1_000_000 {
            // Several slices of a million of fuel, a thousand picoseconds each.
            assert!(sent.gas_consumed.ref_time > 5_000_000_000);
        }
    }
}

#[test]
fn nothing_is_left_of_what_was_called_off() {
    let harness = Harness::new(&format!("[cache.weights]\n{} = 1\n", address_text()));
    let handle = harness.node.worker().handle();
    let queries = Queries::new(handle.clone(), endless());
    let mut log = handle.logs().expect("a stream").subscribe();
    let key = b"key".to_vec();
    let cached = || -> Option<Vec<u8>> {
        let ask = input("ask", (8u16, key.encode()));
        let (_, answer): (u32, Vec<u8>) = returned(&harness.query(&ask).receipt);
        parity_scale_codec::Decode::decode(&mut &answer[..]).expect("a value or none")
    };
    let running = begin(
        &queries,
        input("cache_and_spin", (&key, b"v".to_vec())),
        false,
    );
    running.canceller().cancel();
    assert!(matches!(running.wait(), Err(QueryError::Cancelled)));
    assert_eq!(cached(), None);
    // Nor of what trapped.
    let trapped = harness.query(&input("cache_and_trap", (&key, b"v".to_vec())));
    assert!(matches!(trapped.receipt.outcome, Outcome::Trapped(_)));
    assert_eq!(cached(), None);
    assert_eq!(log.try_next(), None);
}

#[test]
fn too_many_are_refused_and_the_rest_goes_on() {
    let mut harness = Harness::new("");
    let config = QueryConfig {
        threads: 1,
        max_waiting: 1,
        ..endless()
    };
    let queries = Queries::new(harness.node.worker().handle().clone(), config);
    let first = begin(&queries, input("spin", ()), false);
    let second = begin(&queries, input("count", ()), false);
    let third = queries.start(
        owner().into(),
        address(),
        message(input("count", ()), false),
        QueryOptions::default(),
    );
    assert!(matches!(
        third,
        Err(QueryError::Pool(PoolError::Overloaded { .. }))
    ));
    // Other pools don't notice.
    works(&mut harness);
    // Dropped is called off.
    drop(first);
    let answer = second.wait().expect("an answer");
    // Of the state when it was asked for, before `works`.
    assert_eq!(returned::<u32>(&answer.receipt), 0);
}

#[test]
fn money_is_lent_to_queries_alone() {
    let harness = Harness::new("");
    let nobody = [0xee; 32];
    let queries = harness.node.queries();
    let ask = |message: InkMessage| {
        let options = QueryOptions::default();
        queries.query(nobody, address(), message, options)
    };
    let query_deposit = InkMessage {
        payload: input("money", ()),
        deposit: 50_000_000_000,
        transfer: 20_000_000_000,
        estimating: false,
    };
    let receipt = ask(query_deposit.clone()).expect("an answer").receipt;
    let (left, came): (u128, u128) = returned(&receipt);
    assert_eq!((left, came), (30_000_000_000, 20_000_000_000));
    let poor = InkMessage {
        deposit: 0,
        ..query_deposit.clone()
    };
    let receipt = ask(poor).expect("an answer").receipt;
    assert!(
        matches!(receipt.outcome, Outcome::Rejected(_)),
        "{receipt:?}"
    );
    let estimate = InkMessage {
        estimating: true,
        ..query_deposit
    };
    assert!(matches!(
        ask(estimate),
        Err(QueryError::LentToEstimate { .. })
    ));
}

/// Returns the block's number and time.
const CLOCK: &str = r#"(module
    (import "seal0" "seal_block_number" (func $number (param i32 i32)))
    (import "seal0" "seal_now" (func $now (param i32 i32)))
    (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
    (import "env" "memory" (memory 1 4))
    (func (export "deploy"))
    (func (export "call")
        (i32.store (i32.const 0) (i32.const 8))
        (call $number (i32.const 16) (i32.const 0))
        (i32.store (i32.const 0) (i32.const 8))
        (call $now (i32.const 24) (i32.const 0))
        (call $return (i32.const 0) (i32.const 16) (i32.const 16))))"#;

/// The engine's own estimate: in the next block, with the sender's money, as the transaction.
#[test]
fn an_estimate_is_the_transaction_of_the_next_block() {
    let mut harness = Harness::new("");
    // What the caller has beside the escrow.
    let ask = input("money", ());
    let estimate = harness.estimate(&ask).receipt;
    let sent = harness.send(harness.contract, &ask);
    let (left, _): (u128, u128) = returned(&estimate);
    assert_eq!(estimate, sent);
    let escrow = u128::from(sent.gas_limit.ref_time) * sent.gas_price;
    let view = harness.node.worker().view().expect("a state");
    let after = view.account(owner().as_ref()).expect("an account").free;
    assert!(escrow > 0 && left < after && after < left + escrow);

    let call = Call::<Runtime>::instantiate_contract {
        cluster: CLUSTER,
        code: CodeSource::Code(wat::parse_str(CLOCK).expect("a literal")),
        input: Vec::new(),
        salt: Vec::new(),
        value: 0,
        gas_limit: GAS_LIMIT,
        storage_deposit_limit: None,
        max_gas_price: None,
        max_ordering_fee: u128::MAX,
    };
    let made = harness
        .node
        .submit(owner(), call, Vec::new())
        .expect("made");
    let clock = made.receipt.receipt.address.expect("a contract");
    let options = QueryOptions {
        gas_limit: Some(gas_limit()),
        ..QueryOptions::default()
    };
    let head = harness.node.chain().head();
    let ask = |estimating, from: [u8; 32]| {
        let queries = harness.node.queries();
        let answer = queries.query(from, clock, message(Vec::new(), estimating), options);
        answer.expect("an answer").receipt
    };
    let (estimate, query) = (ask(true, owner().into()), ask(false, owner().into()));
    let poor = ask(true, [0xee; 32]);
    assert!(matches!(&poor.outcome, Outcome::Rejected(why) if why.error == "InsufficientBalance"));
    let sent = harness.send(clock, &[]);
    let number = |receipt: &Receipt| receipt.output.first().copied().map(u32::from);
    assert_eq!(number(&query), Some(head.number));
    assert_eq!(number(&estimate), Some(head.number + 1));
    let now = (head.now_ms + 6_000).to_le_bytes();
    assert_eq!(estimate.output.get(8..), Some(&now[..]));
    assert_eq!(estimate, sent);
}

/// Engines of ABI 1 ask as well: what only counts ends when it is called off and at its deadline, and
/// what is left of its gas then is never used.
#[test]
fn on_1_x_a_query_ends_when_nobody_waits() {
    for version in [EngineVersion::new(1, 0), EngineVersion::new(1, 1)] {
        let base = tempfile::TempDir::new().expect("a folder for the test");
        let dev = DevConfig {
            engine: Some(version),
            ..DevConfig::default()
        };
        let (mut node, _) = DevNode::init(base.path(), registry(), &dev).expect("a chain");
        let code = wat::parse_str(
            r#"(module (import "env" "memory" (memory 1 1))
                 (func (export "deploy")) (func (export "call") (loop $again (br $again))))"#,
        )
        .expect("a module");
        let call = Call::<Runtime>::instantiate_contract {
            cluster: CLUSTER,
            code: CodeSource::Code(code),
            input: Vec::new(),
            salt: Vec::new(),
            value: runtime_mock::UNIT * 1_000,
            gas_limit: GAS_LIMIT,
            storage_deposit_limit: None,
            max_gas_price: None,
            max_ordering_fee: u128::MAX,
        };
        let done = node.submit(owner(), call, Vec::new()).expect("executed");
        let spinner = done.receipt.receipt.address.expect("a contract");
        let queries = Queries::new(node.worker().handle().clone(), endless());
        let ask = |options: QueryOptions| {
            let begun = queries.start(owner().into(), spinner, message(Vec::new(), false), options);
            begun.expect("it begins")
        };
        let running = ask(QueryOptions::default());
        running.canceller().cancel();
        let ended = running.wait();
        assert!(matches!(ended, Err(QueryError::Cancelled)), "{ended:?}");
        let late = ask(QueryOptions {
            timeout: Some(Duration::from_millis(50)),
            ..QueryOptions::default()
        });
        let ended = late.wait();
        assert!(
            matches!(ended, Err(QueryError::Deadline { .. })),
            "{ended:?}"
        );
        // Gas is a deadline too.
        let ended = ask(QueryOptions {
            gas_limit: Some(Weight::new(100_000_000_000, 0)),
            ..QueryOptions::default()
        });
        let ended = ended.wait().expect("an answer");
        assert_eq!(ended.receipt.outcome, Outcome::OutOfGas);
        assert_eq!(ended.engine, version);
    }
}

/// One of each: each is counted once, under its own name.
#[test]
fn how_queries_end_is_counted() {
    let harness = Harness::new("");
    let metrics = Metrics::new();
    let handle = harness.node.worker().handle().clone();
    let handle = handle.with_observer(Arc::new(metrics.clone()));
    let queries = Queries::new(handle, endless());
    let ask = |payload: Vec<u8>, options: QueryOptions| {
        queries.query(owner().into(), address(), message(payload, false), options)
    };
    let options = QueryOptions::default;
    ask(input("count", ()), options()).expect("an answer");
    ask(input("get", "http://127.0.0.1:1/"), options()).expect("an answer");
    let soon = QueryOptions {
        timeout: Some(Duration::from_millis(50)),
        ..options()
    };
    let ended = ask(input("spin", ()), soon);
    assert!(
        matches!(ended, Err(QueryError::Deadline { .. })),
        "{ended:?}"
    );
    let greedy = QueryOptions {
        gas_limit: Some(Weight::new(u64::MAX, 1)),
        ..options()
    };
    let refused = ask(input("count", ()), greedy);
    assert!(
        matches!(refused, Err(QueryError::GasLimit { .. })),
        "{refused:?}"
    );
    let running = begin(&queries, input("spin", ()), false);
    running.canceller().cancel();
    assert!(matches!(running.wait(), Err(QueryError::Cancelled)));
    let text = metrics.text();
    let counted = text.lines().filter(|line| {
        let ours = line.starts_with("pink_queries_total") || line.starts_with("pink_http_requests");
        ours && !line.ends_with(" 0")
    });
    assert_eq!(
        counted.collect::<Vec<_>>(),
        [
            "pink_http_requests_total{result=\"not_allowed\"} 1",
            "pink_queries_total{outcome=\"cancelled\"} 1",
            "pink_queries_total{outcome=\"deadline\"} 1",
            "pink_queries_total{outcome=\"success\"} 2",
            "pink_queries_total{outcome=\"too_much_asked\"} 1",
        ]
    );
    assert!(text.contains("\npink_query_seconds_count 5\n"), "{text}");
}
