//! A node that a test tells what to answer: blocks, a pool, and what goes wrong with them.

pub mod metadata;

use fat_contracts_primitives::{AccountId, Hash};
use jsonrpsee::{
    server::{RpcModule, Server, ServerHandle, SubscriptionMessage},
    types::ErrorObjectOwned,
};
use metadata::{metadata, Event, PaymentEvent, SystemEvent};
use parity_scale_codec::Encode;
use serde_json::{json, Value};
use sp_crypto_hashing::{blake2_256, twox_128};
use sp_runtime::DispatchError;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
};
use tokio::runtime::Runtime;

/// What becomes of one extrinsic that is submitted. Without any, it is in the next block, which is final.
#[derive(Clone, Debug)]
pub enum Fate {
    /// The pool refuses it: a code and its data.
    Refuse(i32, &'static str),
    /// The pool refuses it, since another transaction of the account was in a block first.
    Overtake(i32, &'static str),
    /// The pool takes it, and tells this, and nothing more.
    Tell(Vec<Value>),
    /// The pool takes it, and the connection is lost; it is in the next block all the same.
    TakeAndBreak,
    /// There is never an answer.
    Silence,
    /// It is in the next block, and fails there.
    Fail(DispatchError),
}

pub struct Block {
    pub extrinsics: Vec<Vec<u8>>,
    events: Vec<u8>,
}

#[derive(Default)]
pub struct State {
    pub fates: VecDeque<Fate>,
    /// What was submitted, in order.
    pub sent: Vec<Vec<u8>>,
    pub blocks: Vec<Block>,
    pub finalized: usize,
    pub pending: Vec<Vec<u8>>,
    /// What the account's next transaction has as nonce, by the chain's state.
    pub nonce: u64,
    /// Its record in `System.Account`.
    pub account: Option<Vec<u8>>,
    pub spec: u32,
    /// The index of the contracts pallet.
    pub index: u8,
    /// Makes other metadata of it.
    pub other_metadata: Option<fn(Vec<u8>) -> Vec<u8>>,
    pub genesis: u8,
    /// Blocks with something in them have a number of the far future, as it says.
    pub far: bool,
    /// Nothing is in any block, as it says.
    pub hides: bool,
}

impl State {
    pub fn hash(&self, number: usize) -> Hash {
        Hash::from(blake2_256(&(self.genesis, number as u64).encode()))
    }

    fn number(&self, hash: Hash) -> Option<usize> {
        (0..self.blocks.len()).find(|number| self.hash(*number) == hash)
    }

    /// A block with extrinsics, each of which fails or not.
    pub fn block(&mut self, extrinsics: Vec<(Vec<u8>, Option<DispatchError>)>) {
        let who = AccountId::new([0; 32]);
        let mut events: Vec<(u8, u32, Event, Vec<Hash>)> = Vec::new();
        for (index, (_, failed)) in extrinsics.iter().enumerate() {
            let index = index as u32;
            let fee = PaymentEvent::TransactionFeePaid {
                who: who.clone(),
                actual_fee: 1_234,
                tip: 0,
            };
            events.push((0, index, Event::TransactionPayment(fee), Vec::new()));
            let end = match failed {
                Some(error) => SystemEvent::ExtrinsicFailed {
                    dispatch_error: *error,
                },
                None => SystemEvent::ExtrinsicSuccess,
            };
            events.push((0, index, Event::System(end), Vec::new()));
        }
        self.nonce += extrinsics.len() as u64;
        let extrinsics = extrinsics.into_iter().map(|(bytes, _)| bytes).collect();
        self.blocks.push(Block {
            extrinsics,
            events: events.encode(),
        });
    }

    /// Empty blocks, final ones.
    pub fn grow(&mut self, blocks: usize) {
        for _ in 0..blocks {
            self.block(Vec::new());
        }
        self.finalized = self.blocks.len() - 1;
    }

    /// An extrinsic in the next block, which is final.
    pub fn include(&mut self, bytes: Vec<u8>, failed: Option<DispatchError>) -> Hash {
        self.block(vec![(bytes, failed)]);
        self.finalized = self.blocks.len() - 1;
        self.hash(self.finalized)
    }
}

/// A node that a test tells what to answer.
pub struct Node {
    pub url: String,
    state: Arc<Mutex<State>>,
    handle: Mutex<Option<ServerHandle>>,
    threads: Runtime,
}

impl Node {
    /// With blocks up to number 100, all of them final.
    pub fn start() -> Self {
        Self::with(State {
            spec: 7,
            index: 4,
            ..State::default()
        })
    }

    pub fn with(mut state: State) -> Self {
        state.grow(101);
        let state = Arc::new(Mutex::new(state));
        let threads = Runtime::new().expect("threads");
        let (address, handle) = threads.block_on(async {
            let server = Server::builder()
                .build("127.0.0.1:0")
                .await
                .expect("a port");
            let address = server.local_addr().expect("an address");
            (address, server.start(module(state.clone())))
        });
        Self {
            url: format!("ws://{address}"),
            state,
            handle: Mutex::new(Some(handle)),
            threads,
        }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panicked")
    }

    /// Refuses connections from now on, and ends those that are there.
    pub fn stop(&self) {
        if let Some(handle) = self.handle.lock().expect("nobody panicked").take() {
            let _ = handle.stop();
            self.threads.block_on(handle.stopped());
        }
    }
}

fn hex(bytes: &[u8]) -> Value {
    json!(format!("0x{}", hex::encode(bytes)))
}

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex.trim_start_matches("0x")).expect("hex")
}

fn told(code: i32, data: &str) -> ErrorObjectOwned {
    ErrorObjectOwned::owned(code, "refused", Some(data))
}

fn module(state: Arc<Mutex<State>>) -> RpcModule<Arc<Mutex<State>>> {
    let mut module = RpcModule::new(state);
    type Answer = Result<Value, ErrorObjectOwned>;
    let mut add = |name: &'static str, f: fn(&mut State, Vec<Value>) -> Answer| {
        module
            .register_method(name, move |params, state, _| {
                let params: Vec<Value> = params.parse().unwrap_or_default();
                f(&mut state.lock().expect("nobody panicked"), params)
            })
            .expect("a new name");
    };
    add("chain_getBlockHash", |state, params| {
        let number = match params.first().and_then(Value::as_u64) {
            Some(number) => number as usize,
            None => state.blocks.len() - 1,
        };
        Ok(json!(state.hash(number)))
    });
    add("chain_getFinalizedHead", |state, _| {
        Ok(json!(state.hash(state.finalized)))
    });
    add("chain_getHeader", |state, params| {
        let Some(number) = at(state, &params, 0) else {
            return Ok(Value::Null);
        };
        let far = state.far && !state.blocks[number].extrinsics.is_empty();
        let told = if far { 4_000_000_000 } else { number };
        Ok(json!({
            "number": format!("{told:#x}"),
            "parentHash": state.hash(number.saturating_sub(1)),
        }))
    });
    add("chain_getBlock", |state, params| {
        let Some(number) = at(state, &params, 0) else {
            return Ok(Value::Null);
        };
        let all = state.blocks[number].extrinsics.iter();
        let body: Vec<_> = all.filter(|_| !state.hides).map(|it| hex(it)).collect();
        Ok(json!({ "block": { "extrinsics": body } }))
    });
    add("author_pendingExtrinsics", |state, _| {
        Ok(state.pending.iter().map(|it| hex(it)).collect())
    });
    add("system_accountNextIndex", |state, _| Ok(json!(state.nonce)));
    add("state_getRuntimeVersion", |state, _| {
        Ok(json!({ "specVersion": state.spec, "transactionVersion": 3 }))
    });
    add("state_getMetadata", |state, _| {
        let known = metadata(state.index);
        Ok(hex(&match state.other_metadata {
            Some(other) => other(known),
            None => known,
        }))
    });
    add("state_getStorage", |state, params| {
        let key = bytes(params[0].as_str().expect("a key"));
        let events = [twox_128(b"System"), twox_128(b"Events")].concat();
        Ok(match at(state, &params, 1) {
            Some(number) if key == events => hex(&state.blocks[number].events),
            _ => state.account.as_deref().map_or(Value::Null, hex),
        })
    });
    add("state_call", |state, params| match params[0].as_str() {
        Some("AccountNonceApi_account_nonce") => {
            Ok(hex(&u32::try_from(state.nonce).expect("small").encode()))
        }
        _ => Err(told(4003, "no such function")),
    });
    module
        .register_subscription(
            "author_submitAndWatchExtrinsic",
            "author_extrinsicUpdate",
            "author_unwatchExtrinsic",
            |params, pending, state, _| async move {
                let params: Vec<String> = params.parse().unwrap_or_default();
                let extrinsic = bytes(&params[0]);
                let fate = {
                    let mut state = state.lock().expect("nobody panicked");
                    state.sent.push(extrinsic.clone());
                    let fate = state.fates.pop_front();
                    if let Some(Fate::Overtake(..)) = fate {
                        state.nonce += 1;
                    }
                    fate
                };
                let include = |failed| {
                    let mut state = state.lock().expect("nobody panicked");
                    let hash = state.include(extrinsic.clone(), failed);
                    vec![
                        json!("ready"),
                        json!({ "inBlock": hash }),
                        json!({ "finalized": hash }),
                    ]
                };
                let (statuses, stay) = match fate {
                    None => (include(None), true),
                    Some(Fate::Fail(error)) => (include(Some(error)), true),
                    Some(Fate::Tell(statuses)) => (statuses, true),
                    Some(Fate::TakeAndBreak) => {
                        include(None);
                        (vec![json!("ready")], false)
                    }
                    Some(Fate::Silence) => return std::future::pending().await,
                    Some(Fate::Refuse(code, data) | Fate::Overtake(code, data)) => {
                        pending.reject(told(code, data)).await;
                        return;
                    }
                };
                let Ok(sink) = pending.accept().await else {
                    return;
                };
                for status in statuses {
                    let raw = serde_json::value::to_raw_value(&status).expect("JSON");
                    let _ = sink.send(SubscriptionMessage::from(raw)).await;
                }
                if stay {
                    sink.closed().await;
                }
            },
        )
        .expect("a new name");
    module
}

fn at(state: &State, params: &[Value], index: usize) -> Option<usize> {
    let hash = serde_json::from_value(params.get(index)?.clone()).ok()?;
    state.number(hash)
}
