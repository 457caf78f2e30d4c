//! A real node, a worker that is a member of its cluster, and a contract to ask.

use crate::http::{get, Client};
use anyhow::{bail, ensure, Context};
use serde_json::{json, Value};
use std::{
    fs::File,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Owns the cluster and the tokens, and pays.
const OWNER: &str = "//Alice";
const MEMBER: &str = "//Dave";

/// A node compiles its runtime first.
const PATIENCE: Duration = Duration::from_secs(300);

/// Where the programs and the engines are.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Programs {
    /// The worker's program
    #[arg(long, default_value = "target/release/pink-worker")]
    worker: PathBuf,
    /// The node's program
    #[arg(long, default_value = "target/node/pink-node")]
    node: PathBuf,
    /// Where the engine files are
    #[arg(long, default_value = "target/engines")]
    engines: PathBuf,
    /// The contract that is asked and called
    #[arg(long, default_value = "contracts/artifacts/token.contract")]
    token: PathBuf,
}

/// Processes that end with this.
pub(crate) struct Harness {
    worker: Child,
    node: Child,
    /// Where the node answers, over HTTP.
    pub(crate) chain: SocketAddr,
    /// Where the worker answers.
    pub(crate) rpc: SocketAddr,
    metrics: SocketAddr,
    /// The token's address.
    pub(crate) token: String,
    folder: TempDir,
}

fn free() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

impl Harness {
    pub(crate) fn start(programs: &Programs) -> anyhow::Result<Self> {
        // Beside the build, where there is a disk: the system's own place may be memory.
        let folder = tempfile::tempdir_in("target").context("a folder in target/")?;
        let (chain, rpc, metrics, peers) = (free()?, free()?, free()?, free()?);
        let out = |name: &str| File::create(folder.path().join(name));
        let node = Command::new(&programs.node)
            .args(["--dev", "--engine", "2.0", "--no-prometheus"])
            .args(["--no-telemetry", "--no-mdns", "--base-path"])
            .arg(folder.path().join("node"))
            .arg("--engines")
            .arg(programs.engines.join("engines.json"))
            .args(["--rpc-port", &chain.port().to_string()])
            .args(["--port", &peers.port().to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(out("node.log")?)
            .spawn()
            .with_context(|| programs.node.display().to_string())?;
        let mut node = Ends(Some(node));
        let genesis = until("the node's first final block", || {
            let mut client = Client::connect(chain)?;
            let head = client.call("chain_getFinalizedHead", &json!([]))?;
            let header = client.call("chain_getHeader", &json!([head]))?;
            ensure!(header["number"] != "0x0", "it is the first one");
            client.call("chain_getBlockHash", &json!([0]))
        })?;
        let genesis = genesis.as_str().context("a hash")?;
        let url = format!("ws://{chain}");
        let tell = |from: &str, words: &[&str]| tell(programs, &url, from, words);
        tell(OWNER, &["worker", "admit", MEMBER, "--sudo"])?;
        tell(MEMBER, &["worker", "serve", OWNER])?;
        tell(OWNER, &["worker", "add", MEMBER])?;
        let worker = Command::new(&programs.worker)
            .args(["run", "--json", "--chain", &url, "--genesis", genesis])
            .args(["--from", MEMBER, "--base-path"])
            .arg(folder.path().join("worker"))
            .arg("--engines")
            .arg(&programs.engines)
            .args(["--prometheus-port", &metrics.port().to_string()])
            .args(["--rpc-port", &rpc.port().to_string()])
            .stdin(Stdio::null())
            .stdout(out("worker.json")?)
            .stderr(out("worker.log")?)
            .spawn()
            .with_context(|| programs.worker.display().to_string())?;
        let mut worker = Ends(Some(worker));
        let token = path(&programs.token)?;
        let supply = ["--constructor", "new", "--args", "1000000000000000"];
        let made = tell(
            OWNER,
            &[
                &["instantiate", "--code", token, "--value", "10u"][..],
                &supply,
            ]
            .concat(),
        );
        let made = made.or_else(|_| {
            // A constructor that takes no money.
            tell(
                OWNER,
                &[&["instantiate", "--code", token][..], &supply].concat(),
            )
        })?;
        let address = made["address"].as_str().context("an address")?.to_string();
        let harness = Self {
            worker: worker.0.take().context("a worker")?,
            node: node.0.take().context("a node")?,
            chain,
            rpc,
            metrics,
            token: address,
            folder,
        };
        let block = made["block"].as_u64().context("a block")?;
        until("the token at the worker", || {
            let info = Client::connect(rpc)?.call("cluster_v1_info", &json!([]))?;
            ensure!(info["block"].as_u64() >= Some(block), "{info}");
            Ok(info)
        })?;
        Ok(harness)
    }

    /// The worker, the node, and this process.
    pub(crate) fn processes(&self) -> [u32; 3] {
        [self.worker.id(), self.node.id(), crate::machine::this()]
    }

    /// The worker's metrics.
    pub(crate) fn metrics(&self) -> anyhow::Result<String> {
        get(self.metrics, "/metrics")
    }

    /// What the worker logged, if it logged anything.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("worker.log")).unwrap_or_default()
    }

    /// An error, if a process ended.
    pub(crate) fn lives(&mut self) -> anyhow::Result<()> {
        for (name, child) in [("worker", &mut self.worker), ("node", &mut self.node)] {
            if let Some(status) = child.try_wait()? {
                bail!("the {name} ended: {status}");
            }
        }
        Ok(())
    }
}

impl Drop for Harness {
    fn drop(&mut self) {
        for child in [&mut self.worker, &mut self.node] {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Ends a process unless it is taken out.
struct Ends(Option<Child>);

impl Drop for Ends {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn path(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("a path that is text")
}

/// Has somebody say something to the chain, by the worker's own commands.
fn tell(programs: &Programs, url: &str, from: &str, words: &[&str]) -> anyhow::Result<Value> {
    let done = Command::new(&programs.worker)
        .args(words)
        .args(["--chain", url, "--from", from, "--json"])
        .stdin(Stdio::null())
        .output()
        .with_context(|| programs.worker.display().to_string())?;
    let said = String::from_utf8_lossy(&done.stdout);
    ensure!(
        done.status.success(),
        "{words:?}: {said}{}",
        String::from_utf8_lossy(&done.stderr)
    );
    Ok(serde_json::from_str(&said)?)
}

/// Tries until it is so.
fn until<T>(what: &str, mut look: impl FnMut() -> anyhow::Result<T>) -> anyhow::Result<T> {
    let begun = Instant::now();
    loop {
        match look() {
            Ok(found) => return Ok(found),
            Err(error) if begun.elapsed() > PATIENCE => {
                return Err(error).with_context(|| format!("waited in vain for {what}"))
            }
            Err(_) => sleep(Duration::from_millis(200)),
        }
    }
}
