//! A node of its own for each test.

use crate::support::{following, Answers, Endpoint};
use fat_contracts_primitives::Hash;
use jsonrpsee::{
    core::{client::ClientT, params::ArrayParams, RpcResult},
    types::ErrorObjectOwned,
    ws_client::{WsClient, WsClientBuilder},
};
use pink_rpc_source::Config;
use serde_json::{json, Value};
use std::{
    env,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    thread::sleep,
    time::Duration,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// How long a node may take until it answers, in seconds. It compiles its runtime first.
const START: u32 = 240;

pub(crate) fn variable(name: &str) -> PathBuf {
    let value = env::var_os(name).filter(|it| !it.is_empty());
    value
        .unwrap_or_else(|| panic!("{name} isn't set: `cargo xtask test --only node` sets it"))
        .into()
}

pub(crate) fn engines() -> PathBuf {
    match env::var_os("PINK_ENGINES").filter(|it| !it.is_empty()) {
        Some(engines) => engines.into(),
        // Another crate's tests use this too.
        None => Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|it| it.join("target/engines"))
            .find(|it| it.is_dir())
            .expect("engines: `cargo xtask engines`"),
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

/// A node that makes a block a second, and ends with this.
pub(crate) struct Node {
    child: Child,
    pub(crate) client: Arc<Upstream>,
    pub(crate) url: String,
    _base: TempDir,
}

impl Node {
    /// Without consensus: a block when there is something to be in it, final at once, proven by nobody.
    pub(crate) fn start_sealing() -> Self {
        Self::begin(&["--sealing", "manual"], |client| {
            let block = client.ask("engine_createBlock", json!([true, true, null]));
            block.ok().map(|_| ())
        })
    }

    /// With Aura and GRANDPA, until a block is final.
    pub(crate) fn start(more: &[&str]) -> Self {
        Self::begin(more, |client| {
            let hash = client.ask("chain_getFinalizedHead", json!([])).ok()?;
            let header = client.ask("chain_getHeader", json!([hash])).ok()?;
            (header["number"] != "0x0").then_some(())
        })
    }

    fn begin(more: &[&str], ready: impl Fn(&Upstream) -> Option<()>) -> Self {
        let program = variable("PINK_NODE");
        let base = TempDir::new().expect("a directory");
        let spec = base.path().join("spec.json");
        let engines = engines().join("engines.json");
        let made = Command::new(&program)
            .args([
                "export-chain-spec",
                "--chain",
                "dev",
                "--raw",
                "--engine",
                "2.0",
            ])
            .arg("--engines")
            .arg(&engines)
            .arg("--output")
            .arg(&spec)
            .stderr(Stdio::null())
            .status()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        assert!(made.success(), "no chain specification");
        let (rpc, peers) = (free_port(), free_port());
        let child = Command::new(&program)
            .arg("--chain")
            .arg(&spec)
            .args(["--alice", "--validator", "--force-authoring", "--base-path"])
            .arg(base.path().join("node"))
            .args(["--unsafe-force-node-key-generation", "--no-prometheus"])
            .args([
                "--no-telemetry",
                "--no-mdns",
                "--rpc-port",
                &rpc.to_string(),
            ])
            .args(["--port", &peers.to_string()])
            .args(more)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a node");
        let url = format!("ws://127.0.0.1:{rpc}");
        let mut node = Self {
            child,
            client: Arc::new(Upstream::new(&url)),
            url,
            _base: base,
        };
        node.wait(|client| client.connect().ok());
        node.wait(ready);
        node
    }

    /// Until something is so.
    pub(crate) fn wait<T>(&mut self, of: impl Fn(&Upstream) -> Option<T>) -> T {
        for _ in 0..START * 5 {
            if let Some(done) = of(&self.client) {
                return done;
            }
            if let Some(status) = self.child.try_wait().expect("a child") {
                panic!("the node ended: {status}");
            }
            sleep(Duration::from_millis(200));
        }
        panic!("the node doesn't get there");
    }

    pub(crate) fn hash(&self, number: u32) -> Hash {
        let hash = self.client.ask("chain_getBlockHash", json!([number]));
        serde_json::from_value(hash.expect("an answer")).expect("a hash")
    }

    /// An endpoint between this node and who asks.
    pub(crate) fn proxy(&self) -> Endpoint {
        Endpoint::start(self.client.clone())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection to the node.
pub(crate) struct Upstream {
    url: String,
    runtime: Runtime,
    client: std::sync::Mutex<Option<Arc<WsClient>>>,
}

impl Upstream {
    fn new(url: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        Self {
            url: url.into(),
            runtime: runtime.expect("a runtime"),
            client: std::sync::Mutex::new(None),
        }
    }

    fn connect(&self) -> Result<(), String> {
        let builder = WsClientBuilder::new().max_response_size(64 * 1024 * 1024);
        let client = self.runtime.block_on(builder.build(&self.url));
        let client = client.map_err(|error| error.to_string())?;
        *self.client.lock().expect("no panic") = Some(Arc::new(client));
        Ok(())
    }

    pub(crate) fn ask(&self, method: &str, params: Value) -> RpcResult<Value> {
        let client = self.client.lock().expect("no panic").clone();
        let client = client.expect("it is connected");
        let mut array = ArrayParams::new();
        for param in params.as_array().expect("a list") {
            array.insert(param).expect("JSON");
        }
        let answer = self
            .runtime
            .block_on(client.request::<Value, _>(method, array));
        answer.map_err(|error| match error {
            jsonrpsee::core::client::Error::Call(error) => error,
            error => ErrorObjectOwned::owned(1, error.to_string(), None::<()>),
        })
    }
}

impl Answers for Upstream {
    fn answer(&self, method: &str, params: &[Value]) -> RpcResult<Value> {
        self.ask(method, json!(params))
    }
}

pub(crate) fn config(url: &str) -> Config {
    following::config([url.into()])
}
