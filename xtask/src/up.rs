//! A chain with a node and two workers on this machine, until somebody presses Ctrl-C.
//!
//! Everything is done by the programs' own commands, as an operator does it.

use crate::{
    engines,
    error::{Error, OnPath, Result},
    process::{self, output},
    tree,
};
use serde_json::Value;
use std::{
    env, fs,
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

/// The development accounts that the workers sign with: they have money.
const WORKERS: [(&str, &str); 2] = [("one", "//Dave"), ("two", "//Eve")];

/// The owner of the development chain's cluster, who is also its Sudo.
const OWNER: &str = "//Alice";

/// How long a program has to end by itself.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a node has to answer for the first time.
const STARTS_WITHIN: Duration = Duration::from_secs(120);

/// Somebody asked for the end.
static OVER: AtomicBool = AtomicBool::new(false);

/// Where things are to be kept.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Keep chain and workers here, and go on with them the next time [default: nowhere]
    #[arg(long, value_name = "DIR")]
    base_path: Option<PathBuf>,
    /// The node's RPC port [default: one that is free]
    #[arg(long, value_name = "N")]
    rpc_port: Option<u16>,
    /// Engines that are there, with their engines.json [default: those of this tree, built]
    #[arg(long, value_name = "DIR")]
    engines: Option<PathBuf>,
}

/// Starts everything, says where it is, and waits for the end.
pub(crate) fn run(args: &Args) -> Result<()> {
    let root = tree::root();
    let node = node(&root)?;
    let engines = match &args.engines {
        Some(path) => path.clone(),
        None => {
            engines::build(&[])?;
            root.join("target/engines")
        }
    };
    let worker = match env::var_os("PINK_WORKER") {
        Some(path) => path.into(),
        None => crate::demo::build_worker(&root, &[])?,
    };
    // From here on there is something to end.
    let over = ctrlc::set_handler(|| OVER.store(true, Ordering::SeqCst));
    over.map_err(|error| Error::Up(error.to_string()))?;
    let thrown_away = tempfile::tempdir().on(env::temp_dir())?;
    let base = match &args.base_path {
        Some(path) => path.clone(),
        None => thrown_away.path().to_owned(),
    };
    fs::create_dir_all(&base).on(&base)?;
    let port = match args.rpc_port {
        Some(port) => port,
        None => free_port()?,
    };
    let mut up = Up {
        worker,
        engines,
        url: format!("ws://127.0.0.1:{port}"),
        genesis: String::new(),
        base,
        running: Vec::new(),
    };
    up.start_node(&node, port)?;
    up.genesis = genesis(port)?;
    // All are members before the first one runs: what all members confirmed is pruned, and who comes after that
    // has nothing to begin with.
    for of in [Up::admit, Up::start_worker] {
        for (name, secret) in WORKERS {
            if !OVER.load(Ordering::SeqCst) {
                of(&mut up, name, secret)?;
            }
        }
    }
    up.say(args.base_path.is_some());
    up.wait()
}

/// The node's program: what `PINK_NODE` names, or what `cargo xtask node` built.
pub(crate) fn node(root: &Path) -> Result<PathBuf> {
    let path = match env::var_os("PINK_NODE") {
        Some(path) => PathBuf::from(path),
        None => root.join("target/node/pink-node"),
    };
    if path.is_file() {
        Ok(path)
    } else {
        Err(Error::NoNode(path))
    }
}

fn free_port() -> Result<u16> {
    let bound = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
    bound
        .map(|it| it.port())
        .map_err(|error| Error::Up(format!("there is no free port: {error}")))
}

/// Asks a node that may still be starting for its genesis block's hash.
fn genesis(port: u16) -> Result<String> {
    let until = Instant::now() + STARTS_WITHIN;
    loop {
        let asked = ask(
            port,
            r#"{"jsonrpc":"2.0","id":1,"method":"chain_getBlockHash","params":[0]}"#,
        );
        match asked {
            Ok(answer) => match answer["result"].as_str() {
                Some(hash) => return Ok(hash.into()),
                None => {
                    return Err(Error::Up(format!(
                        "the node says of its genesis block: {answer}"
                    )))
                }
            },
            Err(error) if OVER.load(Ordering::SeqCst) || Instant::now() > until => {
                return Err(Error::Up(format!("the node doesn't answer: {error}")));
            }
            Err(_) => thread::sleep(Duration::from_millis(200)),
        }
    }
}

/// One question to a node on this machine, over HTTP, which its RPC port takes as well.
fn ask(port: u16, question: &str) -> io::Result<Value> {
    let mut node = TcpStream::connect(("127.0.0.1", port))?;
    node.set_read_timeout(Some(PATIENCE))?;
    let length = question.len();
    write!(
        node,
        "POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{question}"
    )?;
    let mut answer = String::new();
    node.read_to_string(&mut answer)?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    serde_json::from_str(body).map_err(io::Error::from)
}

/// What runs. Dropping it ends it.
struct Up {
    worker: PathBuf,
    engines: PathBuf,
    url: String,
    /// The hash of the chain's genesis block, as this node says, which was started here.
    genesis: String,
    base: PathBuf,
    /// The last one is ended first.
    running: Vec<(String, Child)>,
}

impl Up {
    fn start_node(&mut self, program: &Path, port: u16) -> Result<()> {
        let mut node = Command::new(program);
        node.args(["--dev", "--force-authoring", "--engine", "2.0"]);
        node.arg("--engines").arg(self.engines.join("engines.json"));
        node.arg("--base-path").arg(self.base.join("chain"));
        node.args(["--rpc-port", &port.to_string()]);
        node.args(["--port", &free_port()?.to_string()]);
        node.args(["--no-prometheus", "--no-telemetry", "--no-mdns"]);
        self.start("node", &mut node)?;
        eprintln!("the node starts: {}", self.url);
        Ok(())
    }

    /// Makes an account of the development chain a member of the cluster.
    fn admit(&mut self, name: &str, secret: &str) -> Result<()> {
        let home = self.base.join(format!("worker-{name}"));
        let keys = home.join("keystore");
        fs::create_dir_all(&home).on(&home)?;
        if !keys.exists() {
            self.insert(&keys, secret)?;
            eprintln!("worker {name} becomes a member");
            self.tell(&["worker", "admit", secret, "--sudo", "--from", OWNER])?;
            self.tell(&["worker", "serve", OWNER, "--from", secret])?;
            self.tell(&["worker", "add", secret, "--from", OWNER])?;
        }
        Ok(())
    }

    fn start_worker(&mut self, name: &str, _: &str) -> Result<()> {
        let home = self.base.join(format!("worker-{name}"));
        let keys = home.join("keystore");
        let mut worker = Command::new(&self.worker);
        worker.args(["run", "--chain", &self.url, "--genesis", &self.genesis]);
        worker.arg("--base-path").arg(home.join("data"));
        worker.arg("--engines").arg(&self.engines);
        worker.arg("--keystore").arg(&keys);
        self.start(&format!("worker-{name}"), &mut worker)
    }

    /// Puts a secret into a keystore: over standard input, as secrets are given.
    fn insert(&self, keys: &Path, secret: &str) -> Result<()> {
        let mut insert = Command::new(&self.worker);
        insert.args(["key", "insert", "--keystore"]).arg(keys);
        let failed = |source| Error::Start {
            command: "pink-worker key insert".into(),
            source,
        };
        let mut child = insert
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .map_err(failed)?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(secret.as_bytes()).map_err(failed)?;
        }
        let status = child.wait().map_err(failed)?;
        if status.success() {
            Ok(())
        } else {
            Err(Error::Failed {
                command: "pink-worker key insert".into(),
                status: status.to_string(),
            })
        }
    }

    /// Has the chain do something. The first time, the node may still be starting: the command waits for it.
    fn tell(&self, command: &[&str]) -> Result<Value> {
        let mut told = Command::new(&self.worker);
        told.args(command).args(["--chain", &self.url, "--json"]);
        let said = output(&mut told)?;
        serde_json::from_str(&said).map_err(|error| Error::Up(error.to_string()))
    }

    /// Starts a program that writes its log beside its data.
    fn start(&mut self, name: &str, program: &mut Command) -> Result<()> {
        let log = self.base.join(format!("{name}.log"));
        let file = fs::File::create(&log).on(&log)?;
        let errors = file.try_clone().on(&log)?;
        let started = program
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(errors)
            .spawn();
        let child = started.map_err(|source| Error::Start {
            command: name.into(),
            source,
        })?;
        self.running.push((name.into(), child));
        Ok(())
    }

    fn say(&self, kept: bool) {
        let (url, worker) = (&self.url, self.worker.display());
        println!("node            {url}");
        for (name, secret) in WORKERS {
            let home = self.base.join(format!("worker-{name}"));
            println!("worker {name:<9}{secret}, {}", home.display());
        }
        println!("cluster         1, of {OWNER}");
        println!("logs            {}/*.log", self.base.display());
        if !kept {
            println!(
                "                all of it is thrown away at the end; --base-path DIR keeps it"
            );
        }
        let flipper = "contracts/artifacts/flipper.contract";
        println!("\nA first contract, and a first call:");
        println!(
            "  {worker} instantiate --chain {url} --from {OWNER} --code {flipper} \
             --constructor new --args true"
        );
        println!(
            "  {worker} call ADDRESS --chain {url} --from {OWNER} --metadata {flipper} \
             --message flip"
        );
        println!("\nCtrl-C ends it.");
    }

    /// Waits until somebody asks for the end, or one of them ends by itself.
    fn wait(mut self) -> Result<()> {
        while !OVER.load(Ordering::SeqCst) {
            for (name, child) in &mut self.running {
                if let Ok(Some(status)) = child.try_wait() {
                    let log = self.base.join(format!("{name}.log"));
                    let tail = fs::read_to_string(log).unwrap_or_default();
                    let tail: Vec<_> = tail.lines().rev().take(5).collect();
                    let tail: Vec<_> = tail.into_iter().rev().collect();
                    return Err(Error::Up(format!(
                        "the {name} ended ({status}):\n{}",
                        tail.join("\n")
                    )));
                }
            }
            thread::sleep(Duration::from_millis(200));
        }
        eprintln!("ending");
        Ok(())
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        while let Some((name, mut child)) = self.running.pop() {
            // Ctrl-C went to all of them, a request to end it to this program alone.
            let id = child.id().to_string();
            if matches!(child.try_wait(), Ok(None)) {
                let asked = process::run(Command::new("kill").args(["-TERM", &id]));
                drop(asked);
            }
            let until = Instant::now() + PATIENCE;
            while matches!(child.try_wait(), Ok(None)) {
                if Instant::now() > until {
                    eprintln!("the {name} doesn't end by itself");
                    let _ = child.kill();
                    let _ = child.wait();
                    break;
                }
                thread::sleep(Duration::from_millis(50));
            }
        }
    }
}
