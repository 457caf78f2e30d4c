//! What is said to a real node: the program that the environment variable PINK_NODE names.
//!
//! They don't run by themselves: `cargo xtask test --only sender` runs them.

use fat_contracts_primitives::{AccountId, CodeSource, Hash, Weight};
use jsonrpsee::{core::client::ClientT, rpc_params, ws_client::WsClientBuilder};
use pink_sender::{Call, Error, Included, Key, Limits, Sender, SubmitOutcome, Value};
use std::{
    env,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, Weak},
    thread,
    time::Duration,
};
use tempfile::TempDir;

const UNIT: u128 = 1_000_000_000_000;

struct Node {
    child: Child,
    url: String,
    port: u16,
}

fn program() -> PathBuf {
    let path = env::var_os("PINK_NODE").expect("PINK_NODE names no node: see `cargo xtask node`");
    path.into()
}

fn engines() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/engines/engines.json");
    root.canonicalize()
        .expect("engines: see `cargo xtask engines`")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

impl Node {
    fn start(port: u16, arguments: &[&str]) -> Self {
        let child = Command::new(program())
            .args(arguments)
            .args(["--rpc-port", &port.to_string()])
            .args(["--port", &free_port().to_string()])
            .args(["--no-prometheus", "--no-telemetry", "--no-mdns"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the node starts");
        Self {
            child,
            url: format!("ws://127.0.0.1:{port}"),
            port,
        }
    }

    fn stop(mut self) {
        self.kill();
    }

    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn sender(&self, secret: &str) -> Sender {
        sender(&self.url, secret)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

fn sender(url: &str, secret: &str) -> Sender {
    let key = Key::development(secret).expect("a path");
    let limits = Limits {
        // The node needs some time to start.
        accept: Duration::from_secs(120),
        longest_pause: Duration::from_secs(2),
        ..Limits::default()
    };
    Sender::new(vec![url.into()], key, None, limits).expect("an endpoint")
}

/// The node that the tests share; the last of them ends it.
fn node() -> Arc<Node> {
    static SHARED: Mutex<Weak<Node>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(node) = shared.upgrade() {
        return node;
    }
    let engines = engines();
    let engines = engines.to_str().expect("text");
    let port = free_port();
    let node = Arc::new(Node::start(
        port,
        &["--dev", "--engines", engines, "--engine", "2.0"],
    ));
    *shared = Arc::downgrade(&node);
    node
}

fn address(account: &AccountId) -> Value {
    let bytes: &[u8; 32] = account.as_ref();
    Value::unnamed_variant("Id", [Value::from_bytes(bytes)])
}

fn pay(to: &AccountId, amount: u128) -> Call {
    Call::new("Balances", "transfer_keep_alive")
        .with_value("dest", address(to))
        .with("value", &amount)
}

fn deposit(to: &AccountId, cluster: u64) -> Call {
    Call::contracts("transfer_to_cluster")
        .with("cluster", &cluster)
        .with("dest", to)
        .with("amount", &UNIT)
        .with("max_ordering_fee", &UNIT)
}

/// A key of which the chain knows nothing before the test.
fn fresh(node: &Node, name: &str, units: u128) -> Sender {
    let fresh = node.sender(&format!("//Sender//{name}"));
    if units > 0 {
        node.sender("//Ferdie")
            .submit(pay(fresh.account(), units * UNIT))
            .expect("paid");
    }
    fresh
}

#[test]
#[ignore = "needs a node"]
fn a_transfer_is_paid_and_its_fee_is_what_is_missing() {
    let node = node();
    let poor = fresh(&node, "transfer", 10);
    assert_eq!(poor.balance().expect("read"), 10 * UNIT);
    let to = Key::development("//Sender//to")
        .expect("a path")
        .account()
        .clone();
    let paid = poor.submit(pay(&to, UNIT)).expect("paid");
    let event = paid.event("Balances", "Transfer").expect("an event");
    assert_eq!(event.number("amount"), Some(UNIT));
    assert_eq!(event.bytes32("to").map(AccountId::new), Some(to));
    let fee = paid.fee.expect("told");
    assert!(fee > 0);
    assert_eq!(poor.balance().expect("read"), 9 * UNIT - fee);
}

#[test]
#[ignore = "needs a node"]
fn governance_admits_a_worker_who_then_speaks() {
    let node = node();
    let worker = fresh(&node, "worker", 10);
    let register = Call::contracts("register_worker").with("worker", worker.account());
    // Of the worker's own it is refused, by its name.
    let refused = worker.submit(register.clone());
    assert!(
        matches!(&refused, Err(Error::Refused { error, .. }) if error.contains("Bad origin")),
        "{refused:?}"
    );
    let sudo = Call::new("Sudo", "sudo").with_value("call", register.into_value());
    let admitted = node.sender("//Alice").submit(sudo).expect("admitted");
    let event = admitted
        .event("FatContracts", "WorkerRegistered")
        .expect("an event");
    assert_eq!(
        event.bytes32("worker").map(AccountId::new).as_ref(),
        Some(worker.account())
    );
    let said = worker.announce_engines(&[Hash::repeat_byte(7)], admitted.block);
    assert!(matches!(said, Ok(SubmitOutcome::Sent { .. })), "{said:?}");
    let again = worker.announce_engines(&[Hash::repeat_byte(7)], admitted.block);
    assert!(
        matches!(again, Ok(SubmitOutcome::OnItsWay | SubmitOutcome::Known)),
        "{again:?}"
    );
    until(|| worker.on_its_way().is_empty());
    let spent = 10 * UNIT - worker.balance().expect("read");
    // One refused call and one announcement.
    assert!(spent > 0 && spent < UNIT, "{spent}");
    let known = worker.announce_engines(&[Hash::repeat_byte(7)], admitted.block);
    assert_eq!(known.expect("known"), SubmitOutcome::Known);
}

fn until(done: impl Fn() -> bool) {
    for _ in 0..600 {
        if done() {
            return;
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("it never came");
}

#[test]
#[ignore = "needs a node"]
fn a_contract_is_ordered_from_money_to_call() {
    let node = node();
    let user = fresh(&node, "user", 20);
    let seq = |included: &Included, event: &str| {
        let event = included.event("FatContracts", event).expect("an event");
        event.number("seq").expect("a number")
    };
    let money = user.submit(deposit(user.account(), 1)).expect("ordered");
    let first = seq(&money, "DepositQueued");
    let code = CodeSource::Code(vec![0, 1, 2]);
    let limit = Weight {
        ref_time: 1_000_000_000,
        proof_size: 1_000,
    };
    let none: Option<u128> = None;
    let instantiate = Call::contracts("instantiate_contract")
        .with("cluster", &1u64)
        .with("code", &code)
        .with("input", &vec![1u8, 2, 3, 4])
        .with("salt", &vec![5u8])
        .with("value", &0u128)
        .with("gas_limit", &limit)
        .with("storage_deposit_limit", &none)
        .with("max_gas_price", &Some(1_000u128))
        .with("max_ordering_fee", &UNIT);
    let made = user.submit(instantiate).expect("ordered");
    let second = seq(&made, "InstantiationQueued");
    assert!(second > first);
    let code_hash = sp_crypto_hashing::blake2_256(&[0, 1, 2]);
    let expected =
        fat_contracts_primitives::contract_address(user.account(), &code_hash.into(), 1, &[5]);
    let event = made
        .event("FatContracts", "InstantiationQueued")
        .expect("an event");
    let address = event.bytes32("address").map(AccountId::new);
    assert_eq!(address, Some(expected.clone()), "{event:?}");
    let call = |cluster: u64| {
        Call::contracts("call_contract")
            .with("cluster", &cluster)
            .with("contract", &expected)
            .with("input", &vec![1u8, 2, 3, 4])
            .with("value", &0u128)
            .with("gas_limit", &limit)
            .with("storage_deposit_limit", &none)
            .with("max_gas_price", &none)
            .with("max_ordering_fee", &UNIT)
    };
    let called = user.submit(call(1)).expect("ordered");
    assert!(seq(&called, "CallQueued") > second);
    assert!(called.event("FatContracts", "OrderingFeePaid").is_some());
    // A wrong one is named.
    match user.submit(call(99)) {
        Err(Error::Refused {
            call, error, fee, ..
        }) => {
            assert_eq!(
                (call, &*error),
                ("call_contract", "FatContracts::ClusterNotFound")
            );
            assert!(fee.is_some_and(|it| it > 0));
        }
        other => panic!("{other:?}"),
    }
    match user.submit(Call::contracts("no_such_call")) {
        Err(Error::Unsupported { what, .. }) => assert_eq!(what, "call FatContracts.no_such_call"),
        other => panic!("{other:?}"),
    }
}

#[test]
#[ignore = "needs a node"]
fn many_at_once_by_two_programs_are_all_taken() {
    let node = node();
    let one = fresh(&node, "racer", 20);
    let other = node.sender("//Sender//racer");
    let to = Key::development("//Sender//raced")
        .expect("a path")
        .account()
        .clone();
    thread::scope(|scope| {
        let all: Vec<_> = [&one, &one, &one, &other, &other]
            .into_iter()
            .map(|sender| {
                let to = &to;
                scope.spawn(move || sender.submit(pay(to, UNIT)))
            })
            .collect();
        for paid in all {
            paid.join().expect("no panic").expect("paid");
        }
    });
    let receiver = node.sender("//Sender//raced");
    assert_eq!(receiver.balance().expect("read"), 5 * UNIT);
}

#[test]
#[ignore = "needs a node"]
fn who_has_no_money_is_named() {
    let node = node();
    let poor = fresh(&node, "poor", 0);
    match poor.submit(deposit(poor.account(), 1)) {
        Err(Error::Underfunded { account, free, .. }) => {
            assert_eq!((&account, free), (poor.account(), Some(0)));
        }
        other => panic!("{other:?}"),
    }
}

/// Has a node with manual sealing make a final block.
fn seal(url: &str) {
    let threads = tokio::runtime::Runtime::new().expect("threads");
    threads.block_on(async {
        for _ in 0..300 {
            if let Ok(client) = WsClientBuilder::default().build(url).await {
                let params = rpc_params![true, true, Option::<Hash>::None];
                let made: Result<serde_json::Value, _> =
                    client.request("engine_createBlock", params).await;
                made.expect("a block");
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("no node at {url}");
    });
}

/// A pool is in memory: whoever ends the node empties it.
#[test]
#[ignore = "needs a node"]
fn what_a_restarted_node_forgot_is_sent_again_and_executed_once() {
    let dir = TempDir::new().expect("a directory");
    let spec = dir.path().join("raw.json");
    let engines = engines();
    let exported = Command::new(program())
        .args(["export-chain-spec", "--chain", "dev", "--raw", "--output"])
        .arg(&spec)
        .arg("--engines")
        .arg(&engines)
        .stderr(Stdio::null())
        .status();
    assert!(exported.expect("the node runs").success());
    let base = dir.path().join("base");
    let arguments = [
        "--chain",
        spec.to_str().expect("text"),
        "--alice",
        "--validator",
        "--sealing",
        "manual",
        "--unsafe-force-node-key-generation",
        "--base-path",
        base.to_str().expect("text"),
    ];
    let first = Node::start(free_port(), &arguments);
    let (url, port) = (first.url.clone(), first.port);
    // The first block makes the cluster and takes nothing.
    seal(&url);
    let alice = first.sender("//Alice");
    let files = [Hash::repeat_byte(1)];
    let to = Key::development("//Sender//forgotten")
        .expect("a path")
        .account()
        .clone();
    thread::scope(|scope| {
        let paid = scope.spawn(|| alice.submit(pay(&to, UNIT)));
        let client = first.sender("//Alice");
        until(|| pending(&url) == 1);
        drop(client);
        first.stop();
        let second = Node::start(port, &arguments);
        until(|| pending(&url) == 1);
        seal(&url);
        paid.join().expect("no panic").expect("paid");
        let receiver = second.sender("//Sender//forgotten");
        assert_eq!(receiver.balance().expect("read"), UNIT);
        // As if the program were started anew: what it said is in the pool.
        let said = alice.say(words(&files), 1);
        assert!(matches!(said, Ok(SubmitOutcome::Sent { .. })), "{said:?}");
        let anew = second.sender("//Alice");
        assert_eq!(
            anew.say(words(&files), 1).expect("known"),
            SubmitOutcome::OnItsWay
        );
        assert_eq!(pending(&url), 1);
        seal(&url);
        until(|| anew.on_its_way().is_empty() && alice.on_its_way().is_empty());
        second.stop();
    });
}

fn words(files: &[Hash]) -> pink_sender::submissions::Submission {
    pink_sender::submissions::announce_engines(files)
}

/// How many extrinsics wait in a node's pool.
fn pending(url: &str) -> usize {
    let threads = tokio::runtime::Runtime::new().expect("threads");
    threads.block_on(async {
        let Ok(client) = WsClientBuilder::default().build(url).await else {
            return 0;
        };
        let found: Result<Vec<String>, _> = client
            .request("author_pendingExtrinsics", rpc_params![])
            .await;
        found.map_or(0, |it| it.len())
    })
}
