//! Metrics that a run by hand has: each is fed by what happens, and by nothing else.

use crate::{
    deposit,
    operating::{metrics, said, text},
    process::{engines, Running},
    rpc::address,
    snapshots::member,
    support::following::who,
    Harness, V1_0,
};
use fat_contracts_primitives::{EngineVersion, ParkCause, Remedy};
use pallet_fat_contracts::Call;
use pink_engine_host::{engine_file_name, EngineRegistry};
use pink_worker_core::InstalledEngine;
use runtime_mock::{
    runtime::{FatContracts, Runtime},
    workers, Extrinsic, Genesis, UNIT,
};
use serde_json::json;
use std::fs;
use tempfile::TempDir;

fn alice(call: Call<Runtime>) -> Extrinsic {
    Extrinsic::signed(who("//Alice"), call)
}

/// A worker that the chain admitted and that is no member: it announces its files, to a node that takes nothing.
#[test]
fn what_is_asked_and_said_is_counted() {
    let mut harness = Harness::begin(Genesis::development());
    let dave = who("//Dave");
    let admit = Call::register_worker {
        worker: dave.clone(),
    };
    harness.block(vec![Extrinsic::governance(admit)]);
    harness.block(vec![deposit(100 * UNIT)]);
    harness.block(vec![crate::fuzz::instantiate()]);
    let base = TempDir::new().expect("a directory");
    let more = [
        "--from",
        "//Dave",
        "--rpc-port",
        "0",
        "--prometheus-port",
        "0",
    ];
    let mut running = harness.start(base.path(), &more);
    let line = running.until("metrics at http://");
    let client = pink_worker_rpc::client::Client::new(address(&mut running));
    running.until(&format!("it is at block={}", harness.head()));
    let bob = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";
    client
        .call("system_version", &json!([]))
        .expect("a version");
    client
        .call("system_version", &json!([1]))
        .expect_err("it takes nothing");
    client
        .call("no_such_method", &json!([]))
        .expect_err("there is none");
    client
        .call("cluster_v1_query", &json!([bob, "0x00"]))
        .expect("an answer");
    // What it says it says beside the blocks.
    let failed = "pink_chain_messages_total{call=\"announce_engines\",result=\"failed\"}";
    let asked = (0..6_000).find_map(|_| {
        let found = metrics(&line);
        if found[failed] > 0.0 {
            return Some(found);
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
        None
    });
    let found = asked.expect("it is counted");
    let worker = harness.worker(&harness.made);
    let receipts = harness
        .made
        .iter()
        .flat_map(|block| worker.receipts(block.number).expect("a store"));
    let gas: u64 = receipts.map(|it| it.receipt.gas_consumed.ref_time).sum();
    assert!(gas > 0, "nothing was executed that takes gas");
    let balance = harness.fake.with(|state| state.mock.balance(&dave));
    for (name, value) in [
        ("pink_account_balance", balance as f64),
        ("pink_speaks", 1.0),
        (
            "pink_gas_consumed_total{dimension=\"ref_time\"}",
            gas as f64,
        ),
        (
            "pink_rpc_calls_total{is_error=\"false\",method=\"system_version\"}",
            1.0,
        ),
        (
            "pink_rpc_calls_total{is_error=\"true\",method=\"system_version\"}",
            1.0,
        ),
        (
            "pink_rpc_calls_total{is_error=\"true\",method=\"unknown\"}",
            1.0,
        ),
        (
            "pink_rpc_call_seconds_count{method=\"system_version\"}",
            2.0,
        ),
        (
            "pink_rpc_call_seconds_count{method=\"cluster_v1_query\"}",
            1.0,
        ),
        ("pink_queries_total{outcome=\"rejected\"}", 1.0),
        ("pink_queries_total{outcome=\"success\"}", 0.0),
        ("pink_query_seconds_count", 1.0),
        (
            "pink_chain_messages_total{call=\"announce_engines\",result=\"sent\"}",
            0.0,
        ),
        (
            "pink_chain_messages_total{call=\"acknowledge\",result=\"failed\"}",
            0.0,
        ),
        ("pink_acknowledgement_last_success_timestamp_seconds", 0.0),
    ] {
        assert_eq!(found.get(name), Some(&value), "{name}: {found:#?}");
    }
    assert_eq!(running.stop("TERM").0, 0);
}

/// A move that is announced, with its engine's file here and without; and who waited for a file goes on, and says so.
#[test]
fn what_comes_and_what_is_missing_is_shown() {
    let mut harness = Harness::begin(Genesis::development());
    let v1_1 = EngineVersion::new(1, 1);
    let registry = EngineRegistry::new(engines());
    let engine = InstalledEngine::find(&registry, v1_1).expect("`cargo xtask engines`");
    let files: Vec<_> = engine.record.artefacts.iter().map(|it| it.hash).collect();
    let register = Call::register_engine {
        version: v1_1,
        abi: engine.record.abi,
        upgrades_from: vec![V1_0],
        artefacts: engine.record.artefacts,
    };
    harness.block(vec![Extrinsic::governance(register)]);
    harness.block(workers::add_worker(member(), who("//Alice"), 1, files));
    let earliest = harness
        .fake
        .with(|state| state.mock.query(FatContracts::earliest_upgrade));
    harness.block(vec![alice(Call::upgrade_runtime {
        cluster: 1,
        to: v1_1,
        at_block: earliest + 20,
    })]);
    // A block in which nothing happens says nothing of engines: the chain's record does.
    harness.block(Vec::new());
    let (base, folder) = (TempDir::new(), TempDir::new());
    let (base, folder) = (base.expect("a directory"), folder.expect("a directory"));
    let copy = |version| {
        let name = engine_file_name(version);
        fs::copy(engines().join(&name), folder.path().join(&name)).expect("a file");
    };
    let more = ["--engines", text(folder.path()), "--prometheus-port", "0"];
    let mut running = harness.start(base.path(), &more);
    let line = running.until("metrics at http://");
    running.until("is parked before block");
    let missing = "pink_parked{cause=\"engine_missing\"}";
    assert_eq!(metrics(&line)[missing], 1.0);
    copy(V1_0);
    running.until(&format!("followed block={}", harness.head()));
    running.until("it is at block=");
    let found = metrics(&line);
    let parked: Vec<_> = found
        .iter()
        .filter(|(name, _)| name.starts_with("pink_parked"))
        .collect();
    assert!(
        parked.len() > 3 && parked.iter().all(|(_, value)| **value == 0.0),
        "{parked:?}"
    );
    let pending = |found: &std::collections::BTreeMap<String, f64>| {
        (
            found["pink_upgrade_pending"],
            found["pink_upgrade_engine_present"],
        )
    };
    assert_eq!(pending(&found), (1.0, 0.0));
    copy(v1_1);
    // The files are looked at again when the operator says so, and not ten seconds later.
    running.signal("HUP");
    running.until("the configuration was read again");
    running.until("it is at block=");
    running.until("it is at block=");
    assert_eq!(pending(&metrics(&line)), (1.0, 1.0));
    assert_eq!(running.stop("TERM").0, 0);
}

/// Governance skips a message that was executed, and later confirms something else than the worker has.
#[test]
fn going_back_and_parting_are_shown() {
    let mut harness = Harness::with_member();
    let base = TempDir::new().expect("a directory");
    let start = |harness: &Harness| harness.start(base.path(), &["--prometheus-port", "0"]);
    harness.block(vec![deposit(UNIT)]);
    let last = harness.made.last().expect("a block").clone();
    let (seq, _) = last.messages[0];
    let mut running = start(&harness);
    let line = running.until("metrics at http://");
    running.until(&format!("it is at block={}", harness.head()));
    let found = metrics(&line);
    assert_eq!(
        (found["pink_went_back_total"], found["pink_diverged"]),
        (0.0, 0.0)
    );
    let cause = ParkCause::EnginePanicked;
    let as_of = harness.head();
    harness.block(vec![
        workers::report_parked(member(), 1, last.number, seq, cause, as_of),
        Extrinsic::governance(Call::amend {
            cluster: 1,
            seq,
            remedy: Remedy::Skip,
        }),
    ]);
    harness.idle(3);
    harness.tell();
    running.until(&format!("followed block={}", harness.head()));
    running.until("it is at block=");
    assert_eq!(metrics(&line)["pink_went_back_total"], 1.0);
    assert_eq!(running.stop("TERM").0, 0);

    // The only member's word is a quorum.
    let asked = harness
        .fake
        .with(|state| state.mock.to_acknowledge(1, &member(), 64));
    let worker = harness.worker(&harness.made);
    let told: Vec<_> = asked
        .iter()
        .map(|it| {
            let mut own = worker
                .checkpoint(it.cursor.block)
                .expect("a store")
                .expect("executed");
            own.root = [0x66; 32].into();
            own
        })
        .collect();
    assert!(!told.is_empty(), "nothing is to be acknowledged");
    harness.block(vec![workers::acknowledge(member(), 1, told)]);
    let mut running = start(&harness);
    let line = running.until("metrics at http://");
    running.until("isn't what the chain confirmed");
    running.until("it is at block=");
    assert_eq!(metrics(&line)["pink_diverged"], 1.0);
    assert_eq!(running.stop("TERM").0, 0);
}

/// By hand: of a chain whose newest block is N, with 300 blocks to be kept, block N − 300 is there by its root alone, and
/// what was executed is there from N − 299 on. States are kept of the last 256 blocks and of the one before those.
#[test]
fn what_is_beyond_a_window_is_gone_and_what_is_in_it_is_there() {
    let mut harness = Harness::with_member();
    harness.idle(360 - harness.head());
    let base = TempDir::new().expect("a directory");
    let folder = TempDir::new().expect("a directory");
    let file = folder.path().join("worker.conf");
    fs::write(&file, "").expect("a file");
    // Before it is confirmed: what was, the chain has no more.
    let mut running = harness.start(base.path(), &[]);
    running.until(&format!("followed block={}", harness.head()));
    assert_eq!(running.stop("TERM").0, 0);
    let confirmed = harness.confirm().block;
    harness.idle(3);
    let head = harness.head();
    let gone = head - 300;
    assert!(confirmed > gone, "{confirmed} is too old for this");
    let first = harness.made[0].number;
    let url = harness.endpoint.url();
    let arguments = [
        "--chain",
        &url,
        "--config",
        text(&file),
        "--rpc-port",
        "0",
        "--prometheus-port",
        "0",
    ];
    let mut running = Running::start(base.path(), &arguments);
    let line = running.until("metrics at http://");
    let client = pink_worker_rpc::client::Client::new(address(&mut running));
    running.until(&format!("followed block={head}"));
    running.until("it is at block=");
    let rows = |found: &std::collections::BTreeMap<String, f64>| {
        found["pink_store_rows{table=\"blocks\"}"]
    };
    let pruned = "pink_pruned_blocks_total{what=\"blocks\"}";
    let found = metrics(&line);
    assert_eq!(
        (found[pruned], rows(&found)),
        (0.0, harness.made.len() as f64),
        "without an option all is kept"
    );
    let ask = |at: u32| {
        let bob = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";
        client.call(
            "cluster_v1_query",
            &json!({ "contract": bob, "input": "0x00", "at": at }),
        )
    };
    let info = client
        .call("cluster_v1_info", &json!([]))
        .expect("an answer");
    assert_eq!(info["oldestState"], head - 256);
    assert_eq!(ask(head - 256).expect("it is kept")["block"], head - 256);
    for beyond in [head - 257, head + 1] {
        let error = ask(beyond).expect_err("it isn't kept");
        assert!(error.to_string().contains("9003"), "{beyond}: {error}");
    }
    // At once, since there is a window now; it was asked at the start what is confirmed.
    fs::write(&file, "keep-blocks = 300\n").expect("a file");
    running.signal("HUP");
    running.until("the configuration was read again");
    running.until("it is at block=");
    running.until("it is at block=");
    let found = metrics(&line);
    assert_eq!(found[pruned], f64::from(gone - first + 1));
    assert_eq!(rows(&found), 301.0);
    assert_eq!(running.stop("TERM").0, 0);
    let (status, stats) = said(&["db", "--json", "--base-path", text(base.path()), "stats"]);
    assert_eq!(
        (status, &stats["first_block"], &stats["snapshot_block"]),
        (0, &json!(gone), &json!(gone)),
        "{stats}"
    );
    assert_eq!(
        (&stats["last_block"], &stats["oldest_state"]),
        (&json!(head), &json!(head - 256))
    );

    // A longer window of states fills as blocks come.
    harness.idle(40);
    let more = ["--keep-states", "280", "--keep-blocks", "300"];
    let mut running = harness.start(base.path(), &more);
    running.until(&format!("followed block={}", harness.head()));
    running.until("it is at block=");
    let (status, report) = running.stop("TERM");
    assert_eq!((status, &report["state_root"]), (0, &json!(harness.root())));
    let (_, stats) = said(&["db", "--json", "--base-path", text(base.path()), "stats"]);
    assert_eq!(stats["oldest_state"], harness.head() - 280, "{stats}");
    let (status, report) = harness
        .start(base.path(), &["--keep-states", "255"])
        .ended();
    assert_eq!(status, 2, "{report}");
}
