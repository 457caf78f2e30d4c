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
    collections::BTreeMap,
    env,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread::sleep,
    time::Duration,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// How long a node may take until it answers, in seconds. It compiles its runtime first, and a busy machine is slow.
const PATIENCE: u32 = 600;

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

/// What a node is started with.
#[derive(Clone, Copy)]
pub(crate) struct Start<'a> {
    /// The preset of its chain.
    pub(crate) chain: &'a str,
    /// The engine version of the first cluster.
    pub(crate) engine: &'a str,
    /// The chain's runtime, if it isn't the one beside the program.
    pub(crate) runtime: Option<&'a Path>,
    /// Whose keys it has.
    pub(crate) authority: &'a str,
    /// Options beside those.
    pub(crate) more: &'a [&'a str],
}

impl Default for Start<'_> {
    fn default() -> Self {
        Self {
            chain: "dev",
            engine: "2.0",
            runtime: None,
            authority: "--alice",
            more: &[],
        }
    }
}

impl Start<'_> {
    /// The raw specification of its chain. It takes as long as a node's start, so it is made once for all nodes of a
    /// process.
    fn spec(&self) -> PathBuf {
        type Made = BTreeMap<String, PathBuf>;
        static MADE: Mutex<Made> = Mutex::new(Made::new());
        let runtime = self.runtime.and_then(Path::file_stem);
        let runtime = runtime.map_or("own".into(), |it| it.to_string_lossy());
        let name = format!("{}-{}-{runtime}.json", self.chain, self.engine);
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(spec) = made.get(&name) {
            return spec.clone();
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let (spec, fresh) = (
            folder.join(&name),
            folder.join(format!(".{}-{name}", std::process::id())),
        );
        let program = variable("PINK_NODE");
        let mut export = Command::new(&program);
        export
            .args(["export-chain-spec", "--raw", "--chain", self.chain])
            .args(["--engine", self.engine])
            .arg("--engines")
            .arg(engines().join("engines.json"))
            .arg("--output")
            .arg(&fresh);
        if let Some(runtime) = self.runtime {
            export.arg("--runtime").arg(runtime);
        }
        let status = export.stderr(Stdio::null()).status();
        let status = status.unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        assert!(status.success(), "no chain specification");
        std::fs::rename(&fresh, &spec).expect("the same folder");
        made.insert(name, spec.clone());
        spec
    }
}

/// A node that ends with this.
pub(crate) struct Node {
    child: Child,
    pub(crate) client: Arc<Upstream>,
    pub(crate) url: String,
    /// The raw specification of its chain.
    pub(crate) spec: PathBuf,
    peers: u16,
    log: PathBuf,
    _base: TempDir,
}

impl Node {
    /// Without consensus: a block when it is asked for, final at once, proven by nobody. There is the first.
    pub(crate) fn start_sealing(start: Start<'_>) -> Self {
        let more = [start.more, &["--sealing", "manual"]].concat();
        let start = Start {
            more: &more,
            ..start
        };
        Self::begin(start, |client| client.seal().ok().map(drop))
    }

    /// With Aura and GRANDPA, until a block is final.
    pub(crate) fn start(more: &[&str]) -> Self {
        Self::start_as(Start {
            more,
            ..Start::default()
        })
    }

    /// The same of any chain.
    pub(crate) fn start_as(start: Start<'_>) -> Self {
        Self::begin(start, |client| {
            let hash = client.ask("chain_getFinalizedHead", json!([])).ok()?;
            let header = client.ask("chain_getHeader", json!([hash])).ok()?;
            (header["number"] != "0x0").then_some(())
        })
    }

    /// Until it answers, and something is so.
    pub(crate) fn begin(start: Start<'_>, ready: impl Fn(&Upstream) -> Option<()>) -> Self {
        let spec = start.spec();
        let base = TempDir::new().expect("a directory");
        let log = base.path().join("log");
        let (rpc, peers) = (free_port(), free_port());
        let child = Command::new(variable("PINK_NODE"))
            .arg("--chain")
            .arg(&spec)
            .args([start.authority, "--validator", "--force-authoring"])
            .arg("--base-path")
            .arg(base.path().join("node"))
            .args(["--unsafe-force-node-key-generation", "--no-prometheus"])
            .args(["--no-telemetry", "--no-mdns"])
            .args(["--rpc-port", &rpc.to_string()])
            .args(["--port", &peers.to_string()])
            .args(start.more)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(&log).expect("a file"))
            .spawn()
            .expect("a node");
        let url = format!("ws://127.0.0.1:{rpc}");
        let mut node = Self {
            child,
            client: Arc::new(Upstream::new(&url)),
            url,
            spec,
            peers,
            log,
            _base: base,
        };
        node.wait(|client| client.connect().ok());
        node.wait(ready);
        node
    }

    /// Where another node finds it.
    pub(crate) fn address(&self) -> String {
        let id = self.client.ask("system_localPeerId", json!([]));
        let id = id.expect("an answer");
        let id = id.as_str().expect("a name");
        format!("/ip4/127.0.0.1/tcp/{}/p2p/{id}", self.peers)
    }

    /// Until something is so.
    pub(crate) fn wait<T>(&mut self, of: impl Fn(&Upstream) -> Option<T>) -> T {
        for _ in 0..PATIENCE * 5 {
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
        if std::thread::panicking() {
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            let last: Vec<_> = log.lines().rev().take(8).collect();
            let last: Vec<_> = last.into_iter().rev().collect();
            eprintln!("the node at {}:\n{}", self.url, last.join("\n"));
        }
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection to the node.
pub(crate) struct Upstream {
    url: String,
    runtime: Runtime,
    client: Mutex<Option<Arc<WsClient>>>,
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
            client: Mutex::new(None),
        }
    }

    fn connect(&self) -> Result<(), String> {
        let builder = WsClientBuilder::new().max_response_size(64 * 1024 * 1024);
        let client = self.runtime.block_on(builder.build(&self.url));
        let client = client.map_err(|error| error.to_string())?;
        *self.client.lock().expect("no panic") = Some(Arc::new(client));
        Ok(())
    }

    /// Has a node that seals when it is told to make a block, which is final at once. Returns its hash.
    pub(crate) fn seal(&self) -> RpcResult<Hash> {
        let made = self.ask("engine_createBlock", json!([true, true, null]))?;
        Ok(serde_json::from_value(made["hash"].clone()).expect("a hash"))
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
