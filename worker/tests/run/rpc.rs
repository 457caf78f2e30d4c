//! A worker that follows a chain is asked while it runs.

use crate::{process::Running, Harness};
use runtime_mock::Genesis;
use serde_json::{json, Value};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::Command,
};
use tempfile::TempDir;

const BOB: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

/// Where a worker says that its JSON-RPC is.
pub(crate) fn address(running: &mut Running) -> String {
    let line = running.until("JSON-RPC");
    let address = line.trim().rsplit("address=").next().expect("an address");
    format!("http://{address}")
}

fn asked(arguments: &[&str]) -> (i32, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pink-worker"));
    let output = command
        .args(arguments)
        .arg("--json")
        .output()
        .expect("it starts");
    let text = String::from_utf8(output.stdout).expect("text");
    let report = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    (output.status.code().expect("no signal"), report)
}

#[test]
fn it_answers_while_it_follows() {
    let harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let mut running = harness.start(base.path(), &["--rpc-port", "0"]);
    let url = address(&mut running);
    running.until(&format!("followed block={}", harness.head()));
    let client = pink_worker_rpc::client::Client::new(url.clone());
    // What is final is written down when the step is over.
    let mut info = Value::Null;
    for _ in 0..200 {
        info = client
            .call("cluster_v1_info", &json!([]))
            .expect("an answer");
        if info["lag"] == 0 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
    assert_eq!(
        (&info["block"], &info["lag"]),
        (&json!(harness.head()), &json!(0)),
        "{info}"
    );
    assert_eq!(
        (&info["status"], &info["ready"]),
        (&json!("running"), &json!(true)),
        "{info}"
    );
    assert_eq!(info["stateRoot"], harness.root());
    let call = [BOB, "--data", "0x00", "--worker", &url];
    for (command, signed) in [
        ("query", false),
        ("estimate", false),
        ("query", true),
        ("estimate", true),
    ] {
        let mut arguments = vec![command];
        arguments.extend(call);
        if signed {
            arguments.extend(["--from", "//Bob"]);
        }
        let (status, report) = asked(&arguments);
        assert_eq!(status, 2, "{report}");
        let error = report["error"].as_str().expect("an error");
        // By the engine, over there: nothing is at this address.
        assert!(
            error.contains("cluster rejected it"),
            "{arguments:?}: {report}"
        );
        assert_eq!(report["engine"], "1.0");
    }
    let refused = client
        .call("cluster_v1_contract", &json!([BOB]))
        .expect_err("no contract");
    assert!(refused.to_string().contains("9004"), "{refused}");
    let (status, report) = running.stop("TERM");
    assert_eq!((status, &report["block"]), (0, &json!(harness.head())));
    let mut gone = vec!["query"];
    gone.extend(call);
    let (status, report) = asked(&gone);
    assert_eq!(status, 2);
    assert!(
        report["error"]
            .as_str()
            .expect("an error with a hint")
            .contains("--worker"),
        "{report}"
    );
}

#[test]
fn a_port_that_is_taken_and_one_for_everybody() {
    let harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let (status, report) = harness.start(base.path(), &["--rpc-port", &port]).ended();
    assert_eq!(status, 2, "{report}");
    assert!(
        report["error"].as_str().expect("an error").contains(&port),
        "{report}"
    );
    assert!(
        report["error"]
            .as_str()
            .expect("an error with a hint")
            .contains("--rpc-port"),
        "{report}"
    );
    let (status, report) = harness
        .start(base.path(), &["--rpc-external", "--from", "//Bob"])
        .ended();
    assert_eq!(status, 2, "{report}");
    assert!(
        report["error"]
            .as_str()
            .expect("an error with a hint")
            .contains("--unsafe-rpc-external"),
        "{report}"
    );
}

fn ready(url: &str) -> (u16, Value) {
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("a connection");
    let asked =
        format!("GET /health/readiness HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(asked.as_bytes()).expect("asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a body");
    let status = head.split(' ').nth(1).expect("a status");
    let body = serde_json::from_str(body).expect("JSON");
    (status.parse().expect("a number"), body)
}

/// Until a worker isn't ready for a reason.
fn until_not_ready(url: &str, reason: &str) {
    loop {
        let (status, said) = ready(url);
        let why = said["why"].as_array().expect("a list");
        if why
            .iter()
            .any(|it| it.as_str().expect("text").contains(reason))
        {
            assert_eq!((status, &said["ready"]), (503, &json!(false)));
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
}

#[test]
fn an_operator_says_when_it_is_ready() {
    let mut harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let more = ["--rpc-port", "0", "--rpc-ready-age", "1"];
    let mut running = harness.start(base.path(), &more);
    let url = address(&mut running);
    running.until(&format!("followed block={}", harness.head()));
    // No block comes.
    until_not_ready(&url, "at most 1 are allowed");
    assert_eq!(running.stop("TERM").0, 0);

    // What comes now isn't executed: there is no engine.
    harness.idle(30);
    let none = TempDir::new().expect("a directory");
    let engines = none.path().to_str().expect("text");
    let start = |lag: &str| {
        let age = [
            "--rpc-port",
            "0",
            "--rpc-ready-age",
            "0",
            "--engines",
            engines,
        ];
        harness.start(base.path(), &[&age[..], &["--rpc-ready-lag", lag]].concat())
    };
    let mut running = start("7");
    let url = address(&mut running);
    until_not_ready(&url, "30 blocks behind, at most 7 are allowed");
    assert_eq!(running.stop("TERM").0, 0);
    let mut running = start("30");
    let url = address(&mut running);
    until_not_ready(&url, "parked");
    let (_, said) = ready(&url);
    assert_eq!(said["why"].as_array().map(Vec::len), Some(1), "{said}");
    assert_eq!(running.stop("TERM").0, 0);
}

/// Who asks from elsewhere isn't told what there is.
#[test]
fn an_operator_sees_what_there_is_for_fees() {
    let harness = Harness::begin(Genesis::development());
    let bob = crate::support::following::who("//Bob");
    let balance = harness.fake.with(|state| state.mock.balance(&bob));
    for (methods, told) in [("auto", json!(balance.to_string())), ("safe", Value::Null)] {
        let base = TempDir::new().expect("a directory");
        let more = [
            "--rpc-port",
            "0",
            "--rpc-methods",
            methods,
            "--from",
            "//Bob",
        ];
        let mut running = harness.start(base.path(), &more);
        let url = address(&mut running);
        running.until(&format!("it is at block={}", harness.head()));
        let client = pink_worker_rpc::client::Client::new(url);
        let info = || {
            client
                .call("cluster_v1_info", &json!([]))
                .expect("an answer")
        };
        // It is written down with the step behind the one in which it is read.
        while told != Value::Null && info()["feeBalance"] == Value::Null {
            std::thread::sleep(std::time::Duration::from_millis(25));
        }
        assert_eq!(info()["feeBalance"], told);
        running.kill();
    }
}

/// The niceness of a process' threads, by their names, as the system tells it.
fn niceness(process: u32) -> BTreeMap<String, BTreeSet<i32>> {
    let mut found = BTreeMap::<String, BTreeSet<i32>>::new();
    for thread in std::fs::read_dir(format!("/proc/{process}/task")).expect("it runs") {
        let folder = thread.expect("a thread").path();
        // It may have ended meanwhile.
        let Ok(stat) = std::fs::read_to_string(folder.join("stat")) else {
            continue;
        };
        let (name, fields) = stat.rsplit_once(") ").expect("a name");
        let (_, name) = name.split_once('(').expect("a name");
        // By proc(5) it is the 19th, and the first behind the name is the 3rd.
        let nice = fields.split(' ').nth(16).expect("a field");
        let nice = nice.parse().expect("a number");
        found.entry(name.into()).or_default().insert(nice);
    }
    found
}

/// Whoever is asked gives way to whoever executes blocks: by how much, is a fact of the running program.
#[test]
fn what_answers_has_the_lowest_priority_and_what_executes_the_usual_one() {
    let harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let served = ["--snapshots", "127.0.0.1:0"];
    let more = [&["--rpc-port", "0", "--prometheus-port", "0"][..], &served].concat();
    let mut running = harness.start(base.path(), &more);
    let line = running.until("metrics at http://");
    let url = address(&mut running);
    running.until(&format!("it is at block={}", harness.head()));
    // So that each kind of thread is there.
    crate::operating::metrics(&line);
    let client = pink_worker_rpc::client::Client::new(url);
    let asked = client.call("cluster_v1_query", &json!([BOB, "0x00"]));
    assert_eq!(
        asked.expect("an answer")["receipt"]["outcome"]["type"],
        "rejected"
    );
    let own = niceness(std::process::id());
    let usual = *own.values().flatten().min().expect("a thread");
    let found = niceness(running.id());
    for name in ["engine", "rpc", "rpc-news", "metrics", "snapshots"] {
        assert_eq!(
            found.get(name),
            Some(&BTreeSet::from([19])),
            "{name}: {found:?}"
        );
    }
    // The main thread follows the chain and executes. Its name is the program's, as far as there is room.
    assert_eq!(
        found.get("pink-worker"),
        Some(&BTreeSet::from([usual])),
        "{found:?}"
    );
    assert_eq!(running.stop("TERM").0, 0);
}
