//! A node that runs while a test does.

use crate::rpc::Rpc;
use serde_json::json;
use std::{
    env, fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

/// The longest that a test waits for anything: a busy machine is slow, and nothing here measures it.
const PATIENCE: Duration = Duration::from_secs(240);

/// Engines of a chain's specification: what is registered is only their hashes.
const ENGINES: &str = r#"[
    {"version": "1.0", "abi": 1, "size": 11, "target": "x86_64-unknown-linux-gnu",
     "hash": "0x1010101010101010101010101010101010101010101010101010101010101010"},
    {"version": "2.0", "abi": 2, "size": 22, "target": "x86_64-unknown-linux-gnu",
     "hash": "0x2020202020202020202020202020202020202020202020202020202020202020"}
]"#;

/// A file of the folder with the runtimes.
pub(crate) fn runtime(name: &str) -> PathBuf {
    let folder = env::var_os("PINK_NODE_RUNTIMES")
        .expect("PINK_NODE_RUNTIMES names the runtimes' folder: cargo xtask test --only node");
    Path::new(&folder).join(name)
}

/// A program of the node, with its runtime.
pub(crate) fn program() -> Command {
    let mut node = Command::new(env!("CARGO_BIN_EXE_pink-node"));
    node.stdin(Stdio::null());
    node
}

/// The folder of this run's tests.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(std::process::id().to_string());
        fs::create_dir_all(&folder).expect("a folder");
        folder
    })
}

/// The raw specification of a development chain, made once: a start from it is twice as fast.
fn raw_spec() -> &'static Path {
    static SPEC: OnceLock<PathBuf> = OnceLock::new();
    SPEC.get_or_init(|| {
        let engines = folder().join("engines.json");
        fs::write(&engines, ENGINES).expect("a file");
        let spec = folder().join("raw.json");
        let status = program()
            .args(["export-chain-spec", "--raw", "--chain=dev", "--output"])
            .arg(&spec)
            .arg("--engines")
            .arg(engines)
            .arg("--runtime")
            .arg(runtime("pink_runtime.wasm"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("the node starts");
        assert!(status.success(), "the node exports no specification");
        spec
    })
}

/// A running node; it ends with the value.
pub(crate) struct Node {
    child: Child,
    pub(crate) rpc: Rpc,
    port: u16,
    log: PathBuf,
}

/// A port that nobody has now.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

impl Node {
    /// A node of the development chain, with these options.
    pub(crate) fn start(args: &[&str]) -> Self {
        let (rpc_port, port) = (free_port(), free_port());
        let log = folder().join(format!("{rpc_port}.log"));
        let file = fs::File::create(&log).expect("a file");
        let child = program()
            .arg("--chain")
            .arg(raw_spec())
            .args(["--tmp", "--no-prometheus", "--no-telemetry", "--no-mdns"])
            .args([
                "--state-pruning=archive",
                "--unsafe-force-node-key-generation",
            ])
            .arg(format!("--rpc-port={rpc_port}"))
            .arg(format!("--listen-addr=/ip4/127.0.0.1/tcp/{port}"))
            .args(args)
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .expect("the node starts");
        let mut node = Self {
            child,
            rpc: Rpc::new(rpc_port),
            port,
            log,
        };
        let start = Instant::now();
        while let Err(error) = node.rpc.try_call("system_health", &json!([])) {
            let ended = node.child.try_wait().expect("a child");
            assert!(
                ended.is_none() && start.elapsed() < PATIENCE,
                "the node doesn't answer ({ended:?}): {error}\n{}",
                node.said()
            );
            std::thread::sleep(Duration::from_millis(200));
        }
        node
    }

    /// Where another node finds it.
    pub(crate) fn address(&self) -> String {
        let id = self.rpc.call("system_localPeerId", json!([]));
        let id = id.as_str().expect("a name");
        format!("/ip4/127.0.0.1/tcp/{}/p2p/{id}", self.port)
    }

    /// What it logged.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until `ask` gives something.
    pub(crate) fn wait<T>(&self, what: &str, mut ask: impl FnMut(&Rpc) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = ask(&self.rpc) {
                return found;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "waited for {what}:\n{}",
                self.said()
            );
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Waits until a block of that height is final, and gives the justification of the newest that is. Several may
    /// become final at once: then the last of them alone has one.
    pub(crate) fn finalized(&self, number: u64) -> (Vec<u8>, Vec<u8>) {
        self.wait("finality", |rpc| {
            (rpc.finalized_number() >= number).then_some(())
        });
        let head = self.rpc.call("chain_getFinalizedHead", json!([]));
        let block = self.rpc.call("chain_getBlock", json!([head]));
        serde_json::from_value(block["justifications"][0].clone()).expect("a justification")
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
