//! Messages for the cluster: transfers of the token, signed by its owner, so many in each second.

use crate::{
    http::Client,
    world::{World, OWNER},
};
use anyhow::{anyhow, Context};
use fat_contracts_primitives::{AccountId, Hash, Weight};
use pallet_fat_contracts::Call;
use parity_scale_codec::{Compact, Encode};
use runtime_mock::{runtime::Runtime, RuntimeCall, UNIT};
use serde_json::{json, Value};
use sp_core::{crypto::Ss58Codec, sr25519, Pair};
use std::{
    net::SocketAddr,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// `transfer(to, value)` of the token.
const TRANSFER: [u8; 4] = [0x84, 0xa1, 0x5d, 0xa1];
/// `balance_of(owner)`.
const BALANCE_OF: [u8; 4] = [0x0f, 0x75, 0x5a, 0x56];

/// Accounts that tokens go to, one after the other.
const HOLDERS: u64 = 256;

/// What a transfer may use; unused gas is given back.
const GAS: Weight = Weight {
    ref_time: 20_000_000_000,
    proof_size: 65_536,
};

/// Sends until it is dropped.
pub(crate) struct Traffic {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<anyhow::Result<u64>>>,
}

impl Traffic {
    /// So many transfers a second.
    pub(crate) fn start(world: &World, each_second: u32) -> anyhow::Result<Self> {
        let mut sender = Sender::new(world)?;
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
pub(crate) fn question(world: &World) -> String {
    let input = [&BALANCE_OF[..], &holder(7)].concat();
    let input = format!("0x{}", hex::encode(input));
    json!({ "jsonrpc": "2.0", "id": 1, "method": "cluster_v1_query", "params": [world.token, input] })
        .to_string()
}

fn holder(number: u64) -> [u8; 32] {
    sp_crypto_hashing::blake2_256(&number.encode())
}

struct Sender {
    node: Client,
    pair: sr25519::Pair,
    nonce: u32,
    versions: (u32, u32),
    genesis: Hash,
    token: AccountId,
}

impl Sender {
    fn new(world: &World) -> anyhow::Result<Self> {
        let address: SocketAddr = world.chain;
        let mut node = Client::connect(address)?;
        let pair = sr25519::Pair::from_string(OWNER, None).map_err(|error| anyhow!("{error:?}"))?;
        let account = AccountId::new(pair.public().0);
        let nonce = node.call("system_accountNextIndex", &json!([account.to_ss58check()]))?;
        let version = node.call("state_getRuntimeVersion", &json!([]))?;
        let genesis = node.call("chain_getBlockHash", &json!([0]))?;
        let token = AccountId::from_ss58check(&world.token);
        let mut sender = Self {
            node,
            pair,
            nonce: number(&nonce)?,
            versions: (
                number(&version["specVersion"])?,
                number(&version["transactionVersion"])?,
            ),
            genesis: serde_json::from_value(genesis)?,
            token: token.map_err(|error| anyhow!("{error:?}"))?,
        };
        // What the transfers' gas is paid of.
        sender.submit(Call::transfer_to_cluster {
            cluster: 1,
            dest: account,
            amount: 10_000 * UNIT,
            max_ordering_fee: UNIT,
        })?;
        Ok(sender)
    }

    fn send(&mut self, to: u64) -> anyhow::Result<()> {
        let input = [&TRANSFER[..], &holder(to), &1u128.encode()].concat();
        self.submit(Call::call_contract {
            cluster: 1,
            contract: self.token.clone(),
            input,
            value: 0,
            gas_limit: GAS,
            storage_deposit_limit: None,
            max_gas_price: None,
            max_ordering_fee: UNIT,
        })
    }

    /// Signs a call with the next nonce, for ever, and hands it in.
    fn submit(&mut self, call: Call<Runtime>) -> anyhow::Result<()> {
        let call = RuntimeCall::from(call).encode();
        // Immortal, nonce, tip.
        let extra = (0u8, Compact(self.nonce), Compact(0u128)).encode();
        let implied = (self.versions, self.genesis, self.genesis).encode();
        let payload = [&call[..], &extra, &implied].concat();
        let payload = match payload.len() > 256 {
            true => sp_crypto_hashing::blake2_256(&payload).to_vec(),
            false => payload,
        };
        // Signed, version 4; the account by its id; sr25519.
        let mut body = vec![0x84, 0];
        body.extend(self.pair.public().0);
        body.push(1);
        body.extend(self.pair.sign(&payload).encode());
        body.extend(extra);
        body.extend(call);
        let text = format!("0x{}", hex::encode(body.encode()));
        self.node.call("author_submitExtrinsic", &json!([text]))?;
        self.nonce += 1;
        Ok(())
    }
}

fn number(value: &Value) -> anyhow::Result<u32> {
    Ok(u32::try_from(value.as_u64().context("a number")?)?)
}
