//! Messages for the cluster: transfers of the token, signed by its owner, at a steady rate.

use crate::{harness::Harness, http::Client};
use anyhow::{anyhow, ensure, Context};
use parity_scale_codec::{Compact, Encode};
use schnorrkel::{signing_context, ExpansionMode, Keypair, MiniSecretKey};
use serde_json::{json, Value};
use std::{
    net::SocketAddr,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// The secret of //Alice, and her address: everybody knows both.
const SECRET: &str = "e5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a";
const ADDRESS: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

/// The contracts pallet of the node's runtime, and its calls. A wrong one is refused by the node.
const PALLET: u8 = 4;
const CALL_CONTRACT: u8 = 7;
const TRANSFER_TO_CLUSTER: u8 = 8;
const CLUSTER: u64 = 1;
const UNIT: u128 = 1_000_000_000_000;

/// `transfer(to, value)` of the token.
const TRANSFER: [u8; 4] = [0x84, 0xa1, 0x5d, 0xa1];
/// `balance_of(owner)`.
const BALANCE_OF: [u8; 4] = [0x0f, 0x75, 0x5a, 0x56];

/// Accounts that tokens go to, one after the other.
const HOLDERS: u64 = 256;

/// What a transfer may use; unused gas is given back.
const REF_TIME: u64 = 20_000_000_000;
const PROOF_SIZE: u64 = 65_536;

/// Sends until it is dropped.
pub(crate) struct Traffic {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<anyhow::Result<u64>>>,
}

impl Traffic {
    /// `each_second` transfers a second.
    pub(crate) fn start(harness: &Harness, each_second: u32) -> anyhow::Result<Self> {
        let mut sender = Sender::new(harness)?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let between = Duration::from_secs(1) / each_second.max(1);
        let thread = thread::spawn(move || {
            let mut due = Instant::now();
            let mut sent = 0u64;
            while !stopped.load(Ordering::Relaxed) {
                sender.send(sent % HOLDERS)?;
                sent += 1;
                due += between;
                thread::sleep(due.saturating_duration_since(Instant::now()));
            }
            Ok(sent)
        });
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }

    /// How many were sent in all.
    pub(crate) fn end(mut self) -> anyhow::Result<u64> {
        self.stop.store(true, Ordering::Relaxed);
        let thread = self.thread.take().context("a thread")?;
        thread.join().map_err(|_| anyhow!("the traffic panicked"))?
    }

    /// An error, if it failed.
    pub(crate) fn flows(&self) -> bool {
        self.thread.as_ref().is_some_and(|it| !it.is_finished())
    }
}

/// The question that is asked: what an account has of the token.
pub(crate) fn question(harness: &Harness) -> String {
    let input = [&BALANCE_OF[..], &holder(7)].concat();
    let input = format!("0x{}", hex::encode(input));
    json!({ "jsonrpc": "2.0", "id": 1, "method": "cluster_v1_query", "params": [harness.token, input] })
        .to_string()
}

fn holder(number: u64) -> [u8; 32] {
    sp_crypto_hashing::blake2_256(&number.encode())
}

struct Sender {
    node: Client,
    pair: Keypair,
    nonce: u32,
    versions: (u32, u32),
    genesis: [u8; 32],
    token: [u8; 32],
}

impl Sender {
    fn new(harness: &Harness) -> anyhow::Result<Self> {
        let address: SocketAddr = harness.chain;
        let mut node = Client::connect(address)?;
        let seed = MiniSecretKey::from_bytes(&hex::decode(SECRET)?);
        let seed = seed.map_err(|error| anyhow!("{error}"))?;
        let nonce = node.call("system_accountNextIndex", &json!([ADDRESS]))?;
        let version = node.call("state_getRuntimeVersion", &json!([]))?;
        let genesis = node.call("chain_getBlockHash", &json!([0]))?;
        let genesis = genesis.as_str().context("a hash")?;
        let genesis = hex::decode(genesis.trim_start_matches("0x"))?;
        let mut sender = Self {
            node,
            pair: seed.expand_to_keypair(ExpansionMode::Ed25519),
            nonce: number(&nonce)?,
            versions: (
                number(&version["specVersion"])?,
                number(&version["transactionVersion"])?,
            ),
            genesis: genesis.try_into().map_err(|_| anyhow!("a hash"))?,
            token: account(&harness.token)?,
        };
        // What the transfers' gas is paid of.
        let own = account(ADDRESS)?;
        sender.submit(&(
            PALLET,
            TRANSFER_TO_CLUSTER,
            CLUSTER,
            own,
            10_000 * UNIT,
            UNIT,
        ))?;
        Ok(sender)
    }

    fn send(&mut self, to: u64) -> anyhow::Result<()> {
        let input = [&TRANSFER[..], &holder(to), &1u128.encode()].concat();
        // No value, no limit of deposits, any price of gas.
        let none: Option<u128> = None;
        let gas = (REF_TIME, PROOF_SIZE);
        let what = (PALLET, CALL_CONTRACT, CLUSTER, self.token, input, 0u128);
        self.submit(&(what, gas, none, none, UNIT))
    }

    /// Signs a call with the next nonce, for ever, and hands it in.
    fn submit(&mut self, call: &impl Encode) -> anyhow::Result<()> {
        let call = call.encode();
        // Immortal, nonce, tip.
        let extra = (0u8, Compact(self.nonce), Compact(0u128)).encode();
        let implied = (self.versions, self.genesis, self.genesis).encode();
        let payload = [&call[..], &extra, &implied].concat();
        let payload = match payload.len() > 256 {
            true => sp_crypto_hashing::blake2_256(&payload).to_vec(),
            false => payload,
        };
        let signature = self
            .pair
            .sign(signing_context(b"substrate").bytes(&payload));
        // Signed, version 4; the account by its id; sr25519.
        let mut body = vec![0x84, 0];
        body.extend(self.pair.public.to_bytes());
        body.push(1);
        body.extend(signature.to_bytes());
        body.extend(extra);
        body.extend(call);
        let text = format!("0x{}", hex::encode(body.encode()));
        let sent = self.node.call("author_submitExtrinsic", &json!([text]));
        // A pool that has it already (1013) has it.
        if let Err(error) = sent {
            ensure!(error.to_string().contains("\"code\":1013"), error);
        }
        self.nonce += 1;
        Ok(())
    }
}

/// The account of an address of prefix 42: a byte, the account, and two of a checksum, which whoever gave it made.
fn account(address: &str) -> anyhow::Result<[u8; 32]> {
    let bytes = bs58::decode(address).into_vec()?;
    ensure!(bytes.len() == 35, "{address} is no address");
    bytes[1..33].try_into().context("32 bytes")
}

fn number(value: &Value) -> anyhow::Result<u32> {
    Ok(u32::try_from(value.as_u64().context("a number")?)?)
}
