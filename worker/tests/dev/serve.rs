//! `dev serve` as people and scripts run it.

use crate::node::engines;
use serde_json::Value;
use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long something is waited for that has to come.
const LONG: Duration = Duration::from_secs(60);

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pink-worker"));
    command.args(["dev", "serve", "--engines"]).arg(engines());
    command.args(arguments).env("RUST_LOG", "off");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// It runs until it is told to end.
struct Running {
    child: Child,
    config: Value,
}

impl Running {
    fn start(base: &Path, arguments: &[&str]) -> Self {
        let out = base.join("config.json");
        let _ = fs::remove_file(&out);
        let mut command = command(&["--chain-port", "0", "--rpc-port", "0", "--config-out"]);
        let mut child = command
            .arg(&out)
            .args(arguments)
            .spawn()
            .expect("it starts");
        let begun = Instant::now();
        while !out.exists() {
            let ended = child.try_wait().expect("its state");
            assert!(
                ended.is_none() && begun.elapsed() < LONG,
                "it ended: {ended:?}"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        let config = serde_json::from_slice(&fs::read(out).expect("the file")).expect("JSON");
        Self { child, config }
    }

    fn address(&self, name: &str) -> String {
        let url = self.config[name].as_str().expect("a URL");
        url.split_once("://").expect("a scheme").1.to_owned()
    }

    fn ask(&self, method: &str, params: &str) -> Value {
        let mut socket = TcpStream::connect(self.address("chain")).expect("a connection");
        let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#);
        write!(
            socket,
            "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nconnection: close\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("a request");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).expect("an answer");
        let body = answer.split_once("\r\n\r\n").expect("a body").1;
        serde_json::from_str::<Value>(body).expect("JSON")["result"].clone()
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let done = Command::new("kill")
            .args([name, &id])
            .status()
            .expect("kill");
        assert!(done.success());
    }

    /// Ends it by a signal; what it said.
    fn end(self, signal: &str) -> Output {
        self.signal(signal);
        self.child.wait_with_output().expect("its end")
    }
}

/// It doesn't start: the error, and what to do about it in parentheses.
fn refused(arguments: &[&str]) -> String {
    let output = command(arguments).arg("--json").output().expect("it ends");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    report["error"].as_str().expect("an error").to_owned()
}

#[test]
fn it_says_where_it_is_and_whose_the_money_is() {
    let base = TempDir::new().expect("a directory");
    let running = Running::start(base.path(), &["--engine", "2.0"]);
    let accounts = running.config["accounts"]
        .as_array()
        .expect("accounts")
        .clone();
    // As `subkey inspect //Alice` says.
    assert_eq!(accounts[0]["name"], "//Alice");
    assert_eq!(
        accounts[0]["address"],
        "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
    );
    assert_eq!(
        accounts[0]["secretSeed"],
        "0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a"
    );
    assert_eq!(
        (accounts.len(), &running.config["cluster"]),
        (6, &Value::from(1))
    );
    assert_eq!(running.config["kept"], Value::Null);
    let genesis = running.ask("chain_getBlockHash", "[0]");
    assert_eq!(running.config["genesis"], genesis);
    let (chain, worker) = (running.address("chain"), running.address("worker"));
    let output = running.end("-INT");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let said = String::from_utf8(output.stdout).expect("text");
    for part in [
        &*chain,
        &*worker,
        "//Ferdie",
        "0xe5be9a5092b8",
        "never use them elsewhere",
        "nowhere",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // The ports are free again.
    drop(TcpListener::bind(chain).expect("the port"));
}

#[test]
fn without_an_engine_it_is_the_newest_that_is_released() {
    let base = TempDir::new().expect("a directory");
    let running = Running::start(base.path(), &["--silent"]);
    let releases = include_str!("../../../engines/RELEASES.toml");
    let newest = pink_worker_core::releases::parse(releases).expect("the list");
    let newest = newest
        .iter()
        .map(|it| it.version.parse().expect("a version"));
    let newest: fat_contracts_primitives::EngineVersion = newest.max().expect("a release");
    assert_eq!(running.config["engine"], newest.to_string());
    let output = running.end("-TERM");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0));
}

#[test]
fn a_state_file_is_written_at_the_end_and_read_at_the_start() {
    let base = TempDir::new().expect("a directory");
    let state = base.path().join("chain.state");
    let state = state.to_str().expect("a path");
    let running = Running::start(base.path(), &["--state", state]);
    running.ask("dev_mine", "[7]");
    let head = running.ask("chain_getBlockHash", "[]");
    assert_eq!(running.end("-TERM").status.code(), Some(0));
    let running = Running::start(base.path(), &["--state", state]);
    assert_eq!(running.ask("chain_getBlockHash", "[]"), head);
    assert_eq!(running.config["resumed"], true);
    assert_eq!(running.end("-TERM").status.code(), Some(0));
    // Keys are in it.
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(state).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// What SIGKILL does to a file it doesn't to a folder.
#[test]
fn a_folder_outlives_being_killed() {
    let base = TempDir::new().expect("a directory");
    let folder = base.path().join("chain");
    let folder = folder.to_str().expect("a path");
    let running = Running::start(base.path(), &["--base-path", folder]);
    running.ask("dev_mine", "[7]");
    let head = running.ask("chain_getBlockHash", "[]");
    running.end("-KILL");
    let running = Running::start(base.path(), &["--base-path", folder]);
    assert_eq!(running.ask("chain_getBlockHash", "[]"), head);
    assert_eq!(
        running.ask("dev_status", "[]")["executed"],
        running.ask("dev_status", "[]")["best"]
    );
    running.end("-TERM");
}

#[test]
fn what_cant_be_is_said_with_what_to_do() {
    let base = TempDir::new().expect("a directory");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("its address").port().to_string();
    let error = refused(&["--chain-port", &port, "--rpc-port", "0"]);
    assert!(
        error.contains(&port) && error.contains("--chain-port"),
        "{error}"
    );
    let error = refused(&["--chain-port", "0", "--rpc-port", &port]);
    assert!(
        error.contains(&port) && error.contains("--rpc-port"),
        "{error}"
    );
    let error = refused(&["--chain-port", "0", "--rpc-port", "0", "--engine", "9.9"]);
    assert!(
        error.contains("9.9") && error.contains("--engines"),
        "{error}"
    );
    let file = base.path().join("no-state");
    fs::write(&file, "no state").expect("a file");
    let file = file.to_str().expect("a path");
    let error = refused(&["--chain-port", "0", "--rpc-port", "0", "--state", file]);
    assert!(
        error.contains(file) && error.contains("isn't there yet"),
        "{error}"
    );
    // A folder of the other commands, and theirs of this one.
    let folder = base.path().join("init");
    let folder = folder.to_str().expect("a path");
    let init = |folder: &str| {
        let mut init = Command::new(env!("CARGO_BIN_EXE_pink-worker"));
        init.args(["dev", "init", "--json", "--base-path", folder, "--engines"])
            .arg(engines());
        init.output().expect("it ends")
    };
    assert!(init(folder).status.success());
    let error = refused(&[
        "--chain-port",
        "0",
        "--rpc-port",
        "0",
        "--base-path",
        folder,
    ]);
    assert!(
        error.contains("something else") && error.contains("name a file or folder"),
        "{error}"
    );
    for contradiction in [
        &["--state", "a", "--base-path", "b"][..],
        &["--block-time", "5", "--no-mining"],
        &["--block-time", "0"],
        &["--state-interval", "5"],
    ] {
        let output = command(contradiction).output().expect("it ends");
        assert_eq!(output.status.code(), Some(2), "{contradiction:?}");
    }
}
