//! A development chain in this process, its worker behind a server on a port that is free.

use fat_contracts_primitives::{
    contract_address, AccountId, CodeHash, CodeSource, EngineVersion, Hash,
};
use pallet_fat_contracts::{Call, Event};
use parity_scale_codec::Encode;
use pink_console::Console;
use pink_devchain::{owner, DevConfig, DevNode, ExecutedMessage, CLUSTER, GAS_LIMIT};
use pink_engine_host::EngineRegistry;
use pink_worker_core::accounts::ss58;
use pink_worker_rpc::{Clock, Daemon, LogFilter, Observer, RpcConfig, Server, StatusBoard};
use runtime_mock::{
    runtime::{Runtime, System},
    RuntimeEvent,
};
use serde_json::{json, Value};
use sp_core::{sr25519, Pair};
use sp_crypto_hashing::blake2_256;
use std::{
    collections::BTreeMap,
    env, fs,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc, Mutex,
    },
    time::Duration,
};
use tempfile::TempDir;

/// A contract that tells what its caller has, counts, talks and works.
const CODE: &[u8] = include_bytes!("../../../../contracts/artifacts/outside.wasm");
pub(crate) const CONSTRUCTOR: [u8; 4] = [0xed, 0x4b, 0x9d, 0x1b];
pub(crate) const GENESIS: [u8; 32] = [7; 32];

/// Noon of 2026-11-27, where each harness's clock stands until a test turns it.
pub(crate) const NOON: u64 = 1_795_780_800_000;

/// Counts.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    pub(crate) calls: Mutex<BTreeMap<(String, Option<i32>), u64>>,
    pub(crate) open: AtomicU64,
    pub(crate) closed: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) lost: AtomicU64,
}

impl Observer for Counted {
    fn call_finished(&self, method: &'static str, error: Option<i32>, _: Duration) {
        let mut calls = self.calls.lock().unwrap();
        *calls.entry((method.into(), error)).or_default() += 1;
    }

    fn session_opened(&self, _: IpAddr) {
        self.open.fetch_add(1, Ordering::SeqCst);
    }

    fn session_closed(&self, _: IpAddr, _: Duration) {
        self.closed.fetch_add(1, Ordering::SeqCst);
    }

    fn session_refused(&self) {
        self.refused.fetch_add(1, Ordering::SeqCst);
    }

    fn notifications_lost(&self, _: &'static str, count: u64) {
        self.lost.fetch_add(count, Ordering::SeqCst);
    }
}

/// Notes what it is told.
#[derive(Debug, Default)]
pub(crate) struct Filter(pub(crate) Mutex<Vec<String>>);

impl LogFilter for Filter {
    fn add(&self, directives: &str) -> Result<(), String> {
        if directives.contains('?') {
            return Err("no such level".into());
        }
        self.0.lock().unwrap().push(directives.into());
        Ok(())
    }

    fn reset(&self) -> Result<(), String> {
        self.0.lock().unwrap().clear();
        Ok(())
    }
}

pub(crate) struct Harness {
    // Ended before what it stands on.
    pub(crate) server: Server,
    pub(crate) node: DevNode,
    pub(crate) standing: StatusBoard,
    pub(crate) seen: Arc<Counted>,
    pub(crate) filter: Arc<Filter>,
    pub(crate) now: Arc<AtomicU64>,
    pub(crate) contract: [u8; 32],
    _base: TempDir,
}

pub(crate) fn engines() -> PathBuf {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/engines");
    let engines = env::var_os("PINK_ENGINES").map_or(built, PathBuf::from);
    let file = engines.join("libpink.so.2.0");
    assert!(
        file.is_file(),
        "there is no {}: run `cargo xtask engines` first",
        file.display()
    );
    engines
}

/// Loopback, any port.
pub(crate) fn config() -> RpcConfig {
    RpcConfig {
        listen: "127.0.0.1:0".parse().unwrap(),
        ..RpcConfig::default()
    }
}

/// A message's selector and arguments.
pub(crate) fn input(message: &str, args: impl Encode) -> Vec<u8> {
    let mut input = blake2_256(message.as_bytes())[..4].to_vec();
    args.encode_to(&mut input);
    input
}

pub(crate) fn hex0x(bytes: impl AsRef<[u8]>) -> String {
    format!("0x{}", hex::encode(bytes))
}

pub(crate) fn alice() -> sr25519::Pair {
    sr25519::Pair::from_string("//Alice", None).unwrap()
}

impl Harness {
    pub(crate) fn new() -> Self {
        Self::with(config(), "")
    }

    pub(crate) fn with(config: RpcConfig, file: &str) -> Self {
        Self::serving(config, file, None)
    }

    /// With a page.
    pub(crate) fn serving(config: RpcConfig, file: &str, console: Option<Arc<Console>>) -> Self {
        let base = TempDir::new().unwrap();
        fs::write(base.path().join("worker.toml"), file).unwrap();
        let dev = DevConfig {
            engine: Some(EngineVersion::new(2, 0)),
            ..DevConfig::default()
        };
        let registry = EngineRegistry::new(engines());
        let (node, _) = DevNode::init(base.path(), registry, &dev).unwrap();
        let standing = StatusBoard::new();
        standing.set_genesis(GENESIS.into());
        let (seen, filter) = (Arc::<Counted>::default(), Arc::<Filter>::default());
        let now = Arc::new(AtomicU64::new(NOON));
        let hands = now.clone();
        let daemon = Daemon {
            log_filter: Some(filter.clone()),
            console,
            clock: Clock::new(move || hands.load(Ordering::SeqCst)),
            ..Daemon::new(
                node.worker().handle().clone(),
                node.queries().clone(),
                CLUSTER,
                standing.clone(),
            )
        };
        let server = Server::start(config, daemon, seen.clone()).unwrap();
        let code_hash = CodeHash::from(blake2_256(CODE));
        let contract = contract_address(&owner(), &code_hash, CLUSTER, b"rpc").into();
        let mut harness = Self {
            server,
            node,
            standing,
            seen,
            filter,
            now,
            contract,
            _base: base,
        };
        harness.submit(Call::instantiate_contract {
            cluster: CLUSTER,
            code: CodeSource::Code(CODE.to_vec()),
            input: CONSTRUCTOR.to_vec(),
            salt: b"rpc".to_vec(),
            value: 0,
            gas_limit: GAS_LIMIT,
            storage_deposit_limit: None,
            max_gas_price: None,
            max_ordering_fee: u128::MAX,
        });
        harness
    }

    /// Makes a block of one extrinsic of the owner's, and tells the server of it.
    pub(crate) fn submit(&mut self, call: Call<Runtime>) -> ExecutedMessage {
        let done = self.node.submit(owner(), call, Vec::new()).unwrap();
        let head = self.node.chain().head();
        self.standing
            .set_final(head.number, head.hash, self.now.load(Ordering::SeqCst));
        done
    }

    /// Sends a message to the contract.
    pub(crate) fn send(&mut self, message: &str, args: impl Encode) -> ExecutedMessage {
        self.submit(Call::call_contract {
            cluster: CLUSTER,
            contract: self.contract.into(),
            input: input(message, args),
            value: 0,
            gas_limit: GAS_LIMIT,
            storage_deposit_limit: None,
            max_gas_price: None,
            max_ordering_fee: u128::MAX,
        })
    }

    /// The index of the extrinsic that queued a message in the newest block, by the chain's own event.
    pub(crate) fn extrinsic_of(&self, seq: u64) -> u32 {
        let told = |event: &RuntimeEvent| match event {
            RuntimeEvent::FatContracts(
                Event::CallQueued { seq, .. } | Event::DepositQueued { seq, .. },
            ) => Some(*seq),
            _ => None,
        };
        let found = self.node.chain().query(|| {
            let mut events = System::read_events_no_consensus();
            events.find(|record| told(&record.event) == Some(seq))
        });
        // SCALE of the phase in which extrinsics are applied: 0, and the index.
        let phase = found.expect("the chain tells of it").phase.encode();
        let [0, index @ ..] = &phase[..] else {
            panic!("message {seq}: no extrinsic queued it");
        };
        u32::from_le_bytes(index.try_into().unwrap())
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The contract as text.
    pub(crate) fn to(&self) -> String {
        ss58(&AccountId::new(self.contract))
    }

    /// The newest final block's hash.
    pub(crate) fn newest(&self) -> Hash {
        self.node.chain().head().hash
    }

    /// Posts a body; status and what came.
    pub(crate) fn post(&self, body: impl Into<String>) -> (u16, String) {
        post(self.address(), body.into())
    }

    /// Calls a method: its result, or its error.
    pub(crate) fn call(&self, method: &str, params: Value) -> Result<Value, Value> {
        call(self.address(), method, params)
    }

    /// A method's result.
    #[track_caller]
    pub(crate) fn good(&self, method: &str, params: Value) -> Value {
        self.call(method, params.clone())
            .unwrap_or_else(|error| panic!("{method} {params}: {error}"))
    }

    /// The code of a method's error.
    #[track_caller]
    pub(crate) fn code(&self, method: &str, params: Value) -> i64 {
        match self.call(method, params.clone()) {
            Err(error) => error["code"].as_i64().unwrap(),
            Ok(result) => panic!("{method} {params} has a result: {result}"),
        }
    }
}

pub(crate) fn post(address: SocketAddr, body: String) -> (u16, String) {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let sent = agent
        .post(format!("http://{address}"))
        .content_type("application/json")
        .send(body);
    let mut response = sent.unwrap();
    let status = response.status().as_u16();
    (status, response.body_mut().read_to_string().unwrap())
}

pub(crate) fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let mut response = agent.get(format!("http://{address}{path}")).call().unwrap();
    let status = response.status().as_u16();
    (status, response.body_mut().read_to_string().unwrap())
}

pub(crate) fn call(address: SocketAddr, method: &str, params: Value) -> Result<Value, Value> {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let (_, text) = post(address, body.to_string());
    let mut answer: Value =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    match answer.get_mut("error") {
        Some(error) => Err(error.take()),
        None => Ok(answer["result"].take()),
    }
}
