//! A worker that follows a chain is asked while it runs.

use crate::{process::Running, World};
use runtime_mock::Genesis;
use serde_json::{json, Value};
use std::{net::TcpListener, process::Command};
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
    let world = World::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let mut running = world.start(base.path(), &["--rpc-port", "0"]);
    let url = address(&mut running);
    running.until(&format!("followed block={}", world.head()));
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
        (&json!(world.head()), &json!(0)),
        "{info}"
    );
    assert_eq!(
        (&info["status"], &info["ready"]),
        (&json!("running"), &json!(true)),
        "{info}"
    );
    assert_eq!(info["stateRoot"], world.root());
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
    assert_eq!((status, &report["block"]), (0, &json!(world.head())));
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
    let world = World::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let (status, report) = world.start(base.path(), &["--rpc-port", &port]).ended();
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
    let (status, report) = world
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
