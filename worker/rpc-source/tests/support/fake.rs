//! A node that isn't one: the pallet's real state, from a chain in process, in real tries behind real headers,
//! finalized by authorities whose keys are known.

use super::{refused, signed::Set, Answers};
use fat_contracts_primitives::Hash;
use jsonrpsee::core::RpcResult;
use parity_scale_codec::Encode;
use pink_rpc_source::Header;
use runtime_mock::{Block, Extrinsic, MockChain};
use serde_json::{json, Value};
use sp_consensus_grandpa::{ConsensusLog, ScheduledChange, GRANDPA_ENGINE_ID};
use sp_core::Blake2Hasher;
use sp_crypto_hashing::{twox_128, twox_64};
use sp_runtime::DigestItem;
use sp_trie::{
    recorder::Recorder, LayoutV1, MemoryDB, Trie, TrieDBBuilder, TrieDBMutBuilder, TrieMut,
};
use std::{collections::BTreeMap, sync::Mutex};

type Layout = LayoutV1<Blake2Hasher>;

/// A block of the chain.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) header: Header,
    pub(crate) hash: Hash,
    pairs: Vec<(Vec<u8>, Vec<u8>)>,
    justification: Option<Vec<u8>>,
}

/// The chain, as the node has it.
pub(crate) struct State {
    pub(crate) mock: MockChain,
    pub(crate) blocks: Vec<Made>,
    /// Who finalizes the next block.
    pub(crate) set: Set,
    /// Each such block keeps its justification; the last block of a set does anyway.
    pub(crate) period: u32,
    /// The oldest block whose state is there.
    pub(crate) oldest_state: u32,
    /// How far it says that it is final; all, if it says nothing.
    pub(crate) finalized: Option<u32>,
    /// By the block from which on it is so.
    pub(crate) metadata: Vec<(u32, Vec<u8>)>,
    /// What is in the state beside the pallets'.
    pub(crate) extra: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Whether it proves where sets ended.
    pub(crate) proves: bool,
    /// A set that comes, and the last block before it.
    pending: Option<(u32, Set)>,
    /// Last blocks of sets.
    ends: Vec<u32>,
    /// The newest state's nodes, and its root.
    trie: (MemoryDB<Blake2Hasher>, Hash),
}

/// The node.
pub(crate) struct Fake(Mutex<State>);

pub(crate) fn key(pallet: &str, item: &str) -> Vec<u8> {
    [twox_128(pallet.as_bytes()), twox_128(item.as_bytes())].concat()
}

impl Fake {
    /// A node at the chain's genesis block. Other blocks of the chain have to be imported by what
    /// made them.
    pub(crate) fn new(mock: MockChain) -> Self {
        let metadata = mock
            .query(runtime_mock::runtime::Runtime::metadata)
            .encode();
        let fake = Self(Mutex::new(State {
            mock,
            blocks: Vec::new(),
            set: Set {
                id: 0,
                seeds: vec![1, 2, 3],
            },
            period: 1,
            oldest_state: 0,
            finalized: None,
            metadata: vec![(0, metadata)],
            extra: BTreeMap::new(),
            proves: false,
            pending: None,
            ends: Vec::new(),
            trie: Default::default(),
        }));
        fake.with(|state| state.import(Vec::new()));
        fake
    }

    pub(crate) fn with<R>(&self, of: impl FnOnce(&mut State) -> R) -> R {
        of(&mut self.0.lock().expect("no panic"))
    }

    /// Makes blocks in which nothing happens.
    pub(crate) fn idle(&self, blocks: u32) {
        for _ in 0..blocks {
            self.block(Vec::new());
        }
    }

    pub(crate) fn block(&self, extrinsics: Vec<Extrinsic>) -> Block {
        self.with(|state| {
            let now_ms = state.mock.head().now_ms + 6_000;
            let block = state.mock.build_block(now_ms, extrinsics).expect("a block");
            state.import(Vec::new());
            block
        })
    }

    /// The next block announces other authorities, for behind a block that comes so much later.
    pub(crate) fn change(&self, seeds: &[u8], delay: u32, forced: bool) {
        self.with(|state| {
            let number = state.mock.head().number + 1;
            let next = Set {
                id: state.set.id + 1,
                seeds: seeds.to_vec(),
            };
            let change = ScheduledChange {
                next_authorities: next.list(),
                delay,
            };
            if delay > 0 {
                let none: Option<u32> = None;
                let stored = (number, delay, next.list(), none);
                state
                    .extra
                    .insert(key("Grandpa", "PendingChange"), stored.encode());
            }
            let log = if forced {
                ConsensusLog::ForcedChange(0, change)
            } else {
                ConsensusLog::ScheduledChange(change)
            };
            state.pending = Some((number + delay, next));
            let now_ms = state.mock.head().now_ms + 6_000;
            state.mock.build_block(now_ms, Vec::new()).expect("a block");
            state.import(vec![DigestItem::Consensus(GRANDPA_ENGINE_ID, log.encode())]);
        });
    }

    /// What it says of a block that became final just now.
    pub(crate) fn news(&self, number: u32) -> (Value, Value) {
        self.with(|state| {
            let made = &state.blocks[number as usize];
            let justification = state.justify(number);
            (hex0x(&justification), json!(made.header))
        })
    }
}

pub(crate) fn hex0x(bytes: &[u8]) -> Value {
    Value::from(format!("0x{}", hex::encode(bytes)))
}

impl State {
    /// Puts the chain's newest block behind the others.
    pub(crate) fn import(&mut self, logs: Vec<DigestItem>) {
        let number = self.mock.head().number;
        assert_eq!(number as usize, self.blocks.len());
        let set = self.set.clone();
        if let Some((_, next)) = self.pending.take_if(|(last, _)| *last == number) {
            self.set = next;
            self.extra.remove(&key("Grandpa", "PendingChange"));
            self.ends.push(number);
        }
        let mut pairs: BTreeMap<_, _> = self.mock.export().into_iter().collect();
        pairs.insert(key("Grandpa", "Authorities"), self.set.list().encode());
        pairs.insert(key("Grandpa", "CurrentSetId"), self.set.id.encode());
        if let Some(genesis) = self.blocks.first() {
            let number = 0u32.encode();
            let of = [key("System", "BlockHash"), twox_64(&number).into(), number].concat();
            pairs.insert(of, genesis.hash.encode());
        }
        pairs.extend(self.extra.clone());
        let pairs: Vec<_> = pairs.into_iter().collect();
        let parent = self.blocks.last().map_or(Hash::zero(), |made| made.hash);
        let header = Header {
            parent_hash: parent,
            number,
            state_root: self.root_with(&pairs),
            extrinsics_root: Hash::repeat_byte(3),
            digest: sp_runtime::Digest { logs },
        };
        let hash = header.hash();
        self.blocks.push(Made {
            header,
            hash,
            pairs,
            justification: Some(set.justify(hash, number)),
        });
    }

    /// The root over these pairs, from that over the last block's.
    fn root_with(&mut self, pairs: &[(Vec<u8>, Vec<u8>)]) -> Hash {
        let none = Vec::new();
        let before: BTreeMap<_, _> = {
            let last = self.blocks.last().map_or(&none, |made| &made.pairs);
            last.iter().map(|(key, value)| (key, value)).collect()
        };
        let now: BTreeMap<_, _> = pairs.iter().map(|(key, value)| (key, value)).collect();
        let (db, root) = &mut self.trie;
        let mut trie = if before.is_empty() {
            TrieDBMutBuilder::<Layout>::new(db, root).build()
        } else {
            TrieDBMutBuilder::<Layout>::from_existing(db, root).build()
        };
        for (key, value) in &now {
            if before.get(key) != Some(value) {
                trie.insert(key, value).expect("in memory");
            }
        }
        for key in before.keys().filter(|key| !now.contains_key(*key)) {
            trie.remove(key).expect("in memory");
        }
        drop(trie);
        *root
    }

    /// The justification of a block, whether or not it is kept.
    pub(crate) fn justify(&self, number: u32) -> Vec<u8> {
        self.blocks[number as usize]
            .justification
            .clone()
            .expect("one")
    }

    fn kept(&self, number: u32) -> Option<Vec<u8>> {
        let kept =
            number > 0 && (number.is_multiple_of(self.period) || self.ends.contains(&number));
        kept.then(|| self.justify(number))
    }

    fn finalized(&self) -> &Made {
        match self.finalized {
            Some(number) => &self.blocks[number as usize],
            None => self.blocks.last().expect("genesis"),
        }
    }

    fn of(&self, hash: Option<&Value>) -> Option<&Made> {
        let Some(hash) = hash else {
            return self.blocks.last();
        };
        let hash: Hash = serde_json::from_value(hash.clone()).ok()?;
        self.blocks.iter().rfind(|made| made.hash == hash)
    }

    fn prove(&self, params: &[Value]) -> RpcResult<Value> {
        let made = self
            .of(params.get(1))
            .ok_or_else(|| refused("UnknownBlock: Header was not found"))?;
        if made.header.number < self.oldest_state {
            return Err(refused("UnknownBlock: State already discarded for it"));
        }
        let keys: Vec<sp_core::Bytes> = serde_json::from_value(params[0].clone()).expect("keys");
        let (db, root) = trie(&made.pairs);
        let recorder = Recorder::<Blake2Hasher>::default();
        {
            let mut recording = recorder.as_trie_recorder(root);
            let trie = TrieDBBuilder::<Layout>::new(&db, &root)
                .with_recorder(&mut recording)
                .build();
            for key in keys {
                trie.get(&key).expect("it is whole");
            }
        }
        let nodes: Vec<_> = recorder
            .drain_storage_proof()
            .into_nodes()
            .iter()
            .map(|node| hex0x(node))
            .collect();
        Ok(json!({ "at": made.hash, "proof": nodes }))
    }

    fn hash_of(&self, number: &Value) -> Value {
        let number = number.as_u64().unwrap_or(u64::MAX);
        let made = usize::try_from(number)
            .ok()
            .and_then(|at| self.blocks.get(at));
        made.map_or(Value::Null, |made| json!(made.hash))
    }
}

fn trie(pairs: &[(Vec<u8>, Vec<u8>)]) -> (MemoryDB<Blake2Hasher>, Hash) {
    let (mut db, mut root) = (MemoryDB::<Blake2Hasher>::default(), Hash::zero());
    let mut trie = TrieDBMutBuilder::<Layout>::new(&mut db, &mut root).build();
    for (key, value) in pairs {
        trie.insert(key, value).expect("in memory");
    }
    drop(trie);
    (db, root)
}

impl Answers for Fake {
    fn answer(&self, method: &str, params: &[Value]) -> RpcResult<Value> {
        let state = self.0.lock().expect("no panic");
        let none = || Ok(Value::Null);
        match method {
            "chain_getBlockHash" => Ok(match params.first() {
                Some(Value::Array(numbers)) => {
                    numbers.iter().map(|number| state.hash_of(number)).collect()
                }
                Some(number) => state.hash_of(number),
                None => json!(state.blocks.last().map(|made| made.hash)),
            }),
            "chain_getFinalizedHead" => Ok(json!(state.finalized().hash)),
            "chain_getHeader" => state
                .of(params.first())
                .map_or_else(none, |made| Ok(json!(made.header))),
            "chain_getBlock" => state.of(params.first()).map_or_else(none, |made| {
                let kept = state.kept(made.header.number);
                let justifications = kept.map(|bytes| json!([[b"FRNK", bytes]]));
                Ok(json!({
                    "block": { "header": made.header, "extrinsics": ["0x00"] },
                    "justifications": justifications,
                }))
            }),
            "state_getReadProof" => state.prove(params),
            "state_getMetadata" => {
                let made = state
                    .of(params.first())
                    .ok_or_else(|| refused("UnknownBlock"))?;
                let of = |(from, _): &&(u32, _)| *from <= made.header.number;
                let metadata = state.metadata.iter().rfind(of).expect("metadata");
                Ok(hex0x(&metadata.1))
            }
            "grandpa_proveFinality" => {
                let number = params[0].as_u64().expect("a number") as u32;
                let end = state
                    .ends
                    .iter()
                    .find(|end| **end >= number && state.proves);
                let end =
                    end.ok_or_else(|| refused("Block not covered by authority set changes"))?;
                let unknown: Vec<Header> = Vec::new();
                let of = state.blocks[*end as usize].hash;
                Ok(hex0x(&(of, state.justify(*end), unknown).encode()))
            }
            other => panic!("nobody answers {other}"),
        }
    }
}
