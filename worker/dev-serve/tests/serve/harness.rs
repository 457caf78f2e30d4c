//! A chain that is served, and those who ask it.

use fat_contracts_primitives::{AccountId, Hash};
use pallet_fat_contracts::Call;
use parity_scale_codec::{Decode, Encode};
use pink_dev_serve::{Info, Mining, Serve, ServeConfig, ServeError, Stopper};
use runtime_mock::{
    runtime::{Address, Runtime, TxExtension, UncheckedExtrinsic},
    RuntimeCall,
};
use serde_json::{json, Value};
use sp_core::{sr25519, Pair};
use sp_runtime::generic::{Era, SignedPayload};
use std::{
    env,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::{Path, PathBuf},
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// One unit of money.
pub(crate) const UNIT: u128 = 1_000_000_000_000;

/// How long something is waited for that has to come.
const LONG: Duration = Duration::from_secs(60);

/// Where the built engines are.
pub(crate) fn engines() -> PathBuf {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/engines");
    let engines = env::var_os("PINK_ENGINES").map_or(built, PathBuf::from);
    assert!(
        engines.join("libpink.so.2.0").is_file(),
        "there is no libpink.so.2.0 in {}: run `cargo xtask engines` first",
        engines.display()
    );
    engines
}

/// On free ports, on engine 2.0.
pub(crate) fn config() -> ServeConfig {
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    ServeConfig {
        engines: engines(),
        engine: Some("2.0".parse().expect("a version")),
        chain: any,
        rpc: any,
        ..ServeConfig::default()
    }
}

/// Blocks come when they are asked for.
pub(crate) fn by_hand() -> ServeConfig {
    ServeConfig {
        mining: Mining::Manual,
        ..config()
    }
}

/// Something is served, until it is dropped or stopped.
pub(crate) struct Harness {
    pub(crate) info: Info,
    stopper: Stopper,
    thread: Option<JoinHandle<Result<(), ServeError>>>,
}

impl Harness {
    pub(crate) fn start(config: &ServeConfig) -> Self {
        let serve = Serve::start(config).unwrap_or_else(|error| panic!("{error}"));
        let (info, stopper) = (serve.info().clone(), serve.stopper());
        let thread = Some(std::thread::spawn(move || serve.run()));
        Self {
            info,
            stopper,
            thread,
        }
    }

    /// Ends it in order.
    pub(crate) fn stop(mut self) {
        self.stopper.stop();
        let ended = self.thread.take().expect("a thread").join();
        ended.expect("no panic").expect("an end in order");
    }

    /// Asks the chain.
    pub(crate) fn ask(&self, method: &str, params: Value) -> Result<Value, Value> {
        call(self.info.chain, method, params)
    }

    /// The same, of what can't be refused.
    #[track_caller]
    pub(crate) fn get(&self, method: &str, params: Value) -> Value {
        let shown = params.to_string();
        self.ask(method, params)
            .unwrap_or_else(|error| panic!("{method}{shown}: {error}"))
    }

    /// Asks the worker.
    #[track_caller]
    pub(crate) fn worker(&self, method: &str, params: Value) -> Value {
        call(self.info.rpc, method, params).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    pub(crate) fn number(&self, what: &str) -> u64 {
        self.get("dev_status", json!([]))[what]
            .as_u64()
            .unwrap_or_else(|| panic!("no {what}"))
    }

    /// Looks until something is so.
    #[track_caller]
    pub(crate) fn until<T>(&self, mut look: impl FnMut(&Self) -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            assert!(
                begun.elapsed() < LONG,
                "it never came: {}",
                self.get("dev_status", json!([]))
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn storage<T: Decode>(&self, key: &[u8], at: Option<&Value>) -> Option<T> {
        let value = self.get("state_getStorage", json!([hex0x(key), at]));
        value
            .as_str()
            .map(|text| T::decode(&mut &bytes(text)[..]).expect("what stands there"))
    }

    /// What somebody has on the chain, as `System.Account` says.
    pub(crate) fn balance(&self, who: &AccountId) -> u128 {
        type Account = (u32, u32, u32, u32, u128, u128);
        let key = [
            &sp_crypto_hashing::twox_128(b"System")[..],
            &sp_crypto_hashing::twox_128(b"Account"),
            &sp_crypto_hashing::blake2_128(who.as_ref()),
            who.as_ref(),
        ];
        self.storage::<Account>(&key.concat(), None)
            .map_or(0, |account| account.4)
    }

    pub(crate) fn nonce(&self, who: &AccountId) -> u32 {
        let nonce = self.get("system_accountNextIndex", json!([who.to_string()]));
        u32::try_from(nonce.as_u64().expect("a number")).expect("a nonce")
    }

    /// Signed for this chain, by what the rules of signing say: nothing of it is asked of the program.
    pub(crate) fn signed(
        &self,
        name: &str,
        call: impl Into<RuntimeCall>,
        nonce: u32,
        tip: u128,
    ) -> String {
        let genesis = self.info.genesis;
        hex0x(
            sign(
                name,
                call.into(),
                nonce,
                tip,
                genesis,
                (Era::Immortal, genesis),
            )
            .encode(),
        )
    }

    pub(crate) fn submit(&self, extrinsic: &str) -> Result<Value, Value> {
        self.ask("author_submitExtrinsic", json!([extrinsic]))
    }

    /// Sends a call with the next nonce.
    #[track_caller]
    pub(crate) fn send(&self, name: &str, call: impl Into<RuntimeCall>) {
        let nonce = self.nonce(&who(name));
        let extrinsic = self.signed(name, call, nonce, 0);
        self.submit(&extrinsic)
            .unwrap_or_else(|error| panic!("{error}"));
    }
}

impl Drop for Harness {
    fn drop(&mut self) {
        self.stopper.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

pub(crate) fn sign(
    name: &str,
    call: RuntimeCall,
    nonce: u32,
    tip: u128,
    genesis: Hash,
    (era, birth): (Era, Hash),
) -> UncheckedExtrinsic {
    let pair = sr25519::Pair::from_string(name, None).expect("a name");
    let extension: TxExtension = (
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckEra::from(era),
        frame_system::CheckNonce::from(nonce),
        frame_system::CheckWeight::new(),
        pallet_transaction_payment::ChargeTransactionPayment::from(tip),
    );
    let implicit = ((), 1, 1, genesis, birth, (), (), ());
    let payload = SignedPayload::from_raw(call, extension, implicit);
    let signature = payload.using_encoded(|it| pair.sign(it));
    let (call, extension, _) = payload.deconstruct();
    let address = Address::Id(who(name));
    UncheckedExtrinsic::new_signed(call, address, signature.into(), extension)
}

pub(crate) fn who(name: &str) -> AccountId {
    let pair = sr25519::Pair::from_string(name, None).expect("a name");
    AccountId::new(pair.public().0)
}

/// Money for the chain's account.
pub(crate) fn pay(to: &str, amount: u128) -> RuntimeCall {
    let dest = Address::Id(who(to));
    pallet_balances::Call::<Runtime>::transfer_keep_alive {
        dest,
        value: amount,
    }
    .into()
}

/// Money into the cluster: a message.
pub(crate) fn bring(amount: u128) -> RuntimeCall {
    Call::<Runtime>::transfer_to_cluster {
        cluster: 1,
        dest: who("//Ferdie"),
        amount,
        max_ordering_fee: u128::MAX,
    }
    .into()
}

pub(crate) fn hex0x(bytes: impl AsRef<[u8]>) -> String {
    format!("0x{}", hex::encode(bytes))
}

pub(crate) fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text.trim_start_matches("0x")).expect("hex")
}

pub(crate) fn hash(value: &Value) -> Hash {
    let bytes = bytes(value.as_str().expect("a hash"));
    Hash::from(<[u8; 32]>::try_from(bytes).expect("32 bytes"))
}

fn call(at: SocketAddr, method: &str, params: Value) -> Result<Value, Value> {
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let (status, body) = post(at, "localhost", None, request.to_string().as_bytes());
    let answer: Value = serde_json::from_str(&body).unwrap_or_else(|_| panic!("{status} {body}"));
    match answer.get("error") {
        Some(error) => Err(error.clone()),
        None => Ok(answer["result"].clone()),
    }
}

/// A request over HTTP: the status and the body.
pub(crate) fn post(at: SocketAddr, host: &str, origin: Option<&str>, body: &[u8]) -> (u16, String) {
    // A server that was just restarted may not listen yet.
    let begun = Instant::now();
    let mut socket = loop {
        match TcpStream::connect(at) {
            Ok(socket) => break socket,
            Err(error) => assert!(begun.elapsed() < LONG, "{error}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let origin = origin.map_or(String::new(), |it| format!("origin: {it}\r\n"));
    let head = format!(
        "POST / HTTP/1.1\r\nhost: {host}\r\n{origin}content-type: application/json\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    socket.write_all(head.as_bytes()).expect("a request");
    // Who is refused early may close before all of it is written.
    let _ = socket.write_all(body);
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer
        .split(' ')
        .nth(1)
        .and_then(|it| it.parse().ok())
        .unwrap_or(0);
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    (status, body.to_owned())
}
