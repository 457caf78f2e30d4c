//! One body over a chain in process and over a node: the same extrinsics in the same blocks.

use crate::{
    chain,
    council::Motion,
    process::{config, engines, Node, Start},
    signing::{pair, submit},
    support::following::source,
};
use fat_contracts_primitives::{
    contract_address, AccountId, BlockNumber, ClusterMessage, ClusterRecord, CodeSource,
    EngineVersion, Hash, Weight,
};
use pallet_fat_contracts::Call;
use parity_scale_codec::{Decode, DecodeAll, Encode};
use pink_capi::types::Outcome;
use pink_engine_host::EngineRegistry;
use pink_rpc_source::{Config, RpcSource};
use pink_worker_core::{
    exec::{StateError, SystemCodes},
    source::Follower,
    store::Store,
    Worker,
};
use runtime_mock::{
    runtime::{FatContracts, Runtime, UncheckedExtrinsic},
    Extrinsic, MockChain, RuntimeCall, UNIT,
};
use serde_json::{json, Value};
use sp_core::Pair;
use sp_runtime::{generic::Preamble, MultiAddress};
use std::collections::VecDeque;

const CLUSTER: u64 = 1;

/// Keeps and returns the block's number and time, and a value that is made of its entropy.
const WITNESS: &str = r#"(module
    (import "seal0" "seal_block_number" (func $number (param i32 i32)))
    (import "seal0" "seal_now" (func $now (param i32 i32)))
    (import "seal0" "seal_random" (func $random (param i32 i32 i32 i32)))
    (import "seal0" "seal_set_storage" (func $set (param i32 i32 i32)))
    (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
    (import "env" "memory" (memory 1 1))
    ;; 0: a length, 16: number, 24: time, 32: random, 64: the key
    (func (export "deploy"))
    (func (export "call")
        (i32.store (i32.const 0) (i32.const 8))
        (call $number (i32.const 16) (i32.const 0))
        (i32.store (i32.const 0) (i32.const 8))
        (call $now (i32.const 24) (i32.const 0))
        (i32.store (i32.const 0) (i32.const 32))
        (call $random (i32.const 64) (i32.const 0) (i32.const 32) (i32.const 0))
        (call $set (i32.const 64) (i32.const 16) (i32.const 48))
        (call $return (i32.const 0) (i32.const 16) (i32.const 48))))"#;

/// What the body needs of a chain.
trait Chain {
    /// Makes a block of these signed calls, and has the worker execute it. Returns its number.
    fn block(&mut self, calls: Vec<(&str, RuntimeCall)>) -> BlockNumber;
    fn worker(&self) -> &Worker;
    fn cluster(&self) -> ClusterRecord;
}

fn account(name: &str) -> AccountId {
    AccountId::new(pair(name).public().0)
}

fn worker() -> Worker {
    let store = Store::open_in_memory().expect("memory");
    Worker::new(store, EngineRegistry::new(engines())).with_cluster(CLUSTER)
}

/// A block as a node made it.
struct Made {
    now_ms: u64,
    hash: Hash,
    signed: Vec<(AccountId, RuntimeCall)>,
    /// The index in the block of each of them.
    places: Vec<u32>,
}

/// A node that seals when it is told to, and a worker that reads its blocks over RPC.
struct OverNode {
    node: Node,
    source: RpcSource,
    follower: Follower,
    worker: Worker,
    made: Vec<Made>,
}

impl OverNode {
    fn start() -> Self {
        let node = Node::start_sealing(Start {
            engine: "1.1",
            ..Start::default()
        });
        let source = source(Config {
            trust_node: true,
            ..config(&node.url)
        });
        let made = vec![read(&node, node.hash(1))];
        let mut this = Self {
            node,
            source,
            follower: Follower::new(CLUSTER),
            worker: worker(),
            made,
        };
        this.follow();
        this
    }

    fn follow(&mut self) {
        let last = self.made.len() as BlockNumber;
        let mut tries = 0;
        loop {
            let followed = self
                .follower
                .follow(&mut self.worker, &self.source, 64, Vec::new())
                .expect("an honest node");
            assert!(followed.failed.is_none());
            assert!(
                followed.imported.parked.is_none(),
                "{:?}",
                followed.imported
            );
            let head = self.worker.head().expect("a store");
            if head.is_some_and(|(number, ..)| number == last) {
                return;
            }
            tries += 1;
            assert!(tries < 1_000, "block {last} isn't told");
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    }
}

/// What a node has in a block.
fn read(node: &Node, hash: Hash) -> Made {
    let block = node.client.ask("chain_getBlock", json!([hash]));
    let block = block.expect("an answer");
    let mut now_ms = None;
    let (mut signed, mut places) = (Vec::new(), Vec::new());
    for (place, text) in (0..).zip(block["block"]["extrinsics"].as_array().expect("a list")) {
        let bytes = hex::decode(text.as_str().expect("text").trim_start_matches("0x"));
        let extrinsic = UncheckedExtrinsic::decode_all(&mut &bytes.expect("hex")[..]);
        let extrinsic = extrinsic.expect("an extrinsic");
        match (extrinsic.preamble, extrinsic.function) {
            (Preamble::Bare(_), RuntimeCall::Timestamp(call)) => {
                // `set` has the call index 0 and the time as a compact number.
                let call = call.encode();
                let time = parity_scale_codec::Compact::<u64>::decode(&mut &call[1..]);
                now_ms = Some(time.expect("a time").0);
            }
            (Preamble::Signed(MultiAddress::Id(who), ..), call) => {
                signed.push((who, call));
                places.push(place);
            }
            (_, call) => panic!("{call:?}"),
        }
    }
    Made {
        now_ms: now_ms.expect("a time"),
        hash,
        signed,
        places,
    }
}

impl Made {
    /// What the extrinsics queue: by the index of each, who signed it, and the kind of its message.
    fn queues(&self) -> Vec<(u32, AccountId, &'static str)> {
        let all = self.places.iter().zip(&self.signed);
        let queues = all.filter_map(|(place, (who, call))| {
            let RuntimeCall::FatContracts(call) = call else {
                return None;
            };
            let kind = match call {
                Call::transfer_to_cluster { .. } => "deposit",
                Call::withdraw_from_cluster { .. } => "withdraw",
                Call::instantiate_contract { .. } => "instantiate",
                Call::call_contract { .. } => "call",
                _ => return None,
            };
            Some((*place, who.clone(), kind))
        });
        queues.collect()
    }
}

/// What a worker kept of a block: the messages of which it knows the extrinsic, in the same form.
fn kept(worker: &Worker, block: BlockNumber) -> Vec<(u32, AccountId, &'static str)> {
    let input = worker.input(block).expect("a store").expect("executed");
    let kept = input.messages.iter().filter_map(|(seq, message)| {
        let who = match message {
            ClusterMessage::Deposit { from, .. } | ClusterMessage::Withdraw { from, .. } => from,
            ClusterMessage::Instantiate { origin, .. } | ClusterMessage::Call { origin, .. } => {
                origin
            }
            _ => {
                assert_eq!(input.extrinsic_of(*seq), None, "{}", message.kind());
                return None;
            }
        };
        let extrinsic = input.extrinsic_of(*seq)?;
        Some((extrinsic, who.clone(), message.kind()))
    });
    kept.collect()
}

impl Chain for OverNode {
    fn block(&mut self, calls: Vec<(&str, RuntimeCall)>) -> BlockNumber {
        for (name, call) in &calls {
            submit(&self.node.client, name, &call.encode());
        }
        let hash = self.node.client.seal().expect("a block");
        let made = read(&self.node, hash);
        // A pool may order what several accounts sent.
        let mut sent: Vec<_> = calls
            .iter()
            .map(|(name, call)| (account(name), call.encode()))
            .collect();
        for (who, call) in &made.signed {
            let place = sent
                .iter()
                .position(|it| *it == (who.clone(), call.encode()));
            sent.remove(place.expect("nobody else sends anything"));
        }
        assert!(sent.is_empty(), "{} calls aren't in the block", sent.len());
        self.made.push(made);
        self.follow();
        self.made.len() as BlockNumber
    }

    fn worker(&self) -> &Worker {
        &self.worker
    }

    fn cluster(&self) -> ClusterRecord {
        chain::cluster(&self.node.client)
    }
}

/// The chain in process, begun as the node was, with its blocks' times; and a worker that is given its blocks as the
/// pallet made them.
struct InProcess {
    mock: MockChain,
    worker: Worker,
    as_the_node: VecDeque<Made>,
}

struct Codes;

impl SystemCodes for Codes {
    fn system_code(&self, hash: &[u8; 32]) -> Result<Option<Vec<u8>>, StateError> {
        let code = include_bytes!("../../../contracts/artifacts/system.wasm");
        Ok((sp_crypto_hashing::blake2_256(code) == *hash).then(|| code.to_vec()))
    }
}

impl InProcess {
    fn start(node: OverNode) -> Self {
        let spec = std::fs::read(&node.node.spec).expect("a file");
        let spec: Value = serde_json::from_slice(&spec).expect("JSON");
        let bytes = |text: &str| hex::decode(text.trim_start_matches("0x")).expect("hex");
        let pairs = spec["genesis"]["raw"]["top"].as_object().expect("pairs");
        let pairs = pairs
            .iter()
            .map(|(key, value)| (bytes(key), bytes(value.as_str().expect("hex"))));
        let mut this = Self {
            mock: MockChain::with_genesis(pairs, node.node.hash(0)),
            worker: worker(),
            as_the_node: node.made.into(),
        };
        this.block(Vec::new());
        this
    }
}

impl Chain for InProcess {
    fn block(&mut self, calls: Vec<(&str, RuntimeCall)>) -> BlockNumber {
        let node = self.as_the_node.pop_front().expect("the node made it too");
        let mut calls: Vec<_> = calls
            .into_iter()
            .map(|(name, call)| (account(name), call))
            .collect();
        let place =
            |it: &(AccountId, RuntimeCall)| node.signed.iter().position(|other| other == it);
        assert!(calls.iter().all(|call| place(call).is_some()));
        calls.sort_by_key(place);
        let calls = calls
            .into_iter()
            .map(|(who, call)| Extrinsic::signed(who, call))
            .collect();
        let block = self.mock.build_block(node.now_ms, calls).expect("a block");
        self.mock.set_head_hash(node.hash);
        let imported = self.worker.import(&block.clusters, Vec::new(), &Codes);
        let parked = imported.expect("a store").parked;
        assert!(parked.is_none(), "{parked:?}");
        block.head.number
    }

    fn worker(&self) -> &Worker {
        &self.worker
    }

    fn cluster(&self) -> ClusterRecord {
        let record = self.mock.query(|| FatContracts::cluster(CLUSTER));
        record.expect("the cluster is there")
    }
}

const GAS: Weight = Weight {
    ref_time: 100_000_000_000,
    proof_size: 1024 * 1024,
};

fn call(contract: &AccountId, input: &[u8]) -> RuntimeCall {
    let call = Call::<Runtime>::call_contract {
        cluster: CLUSTER,
        contract: contract.clone(),
        input: input.to_vec(),
        value: 0,
        gas_limit: GAS,
        storage_deposit_limit: None,
        max_gas_price: None,
        max_ordering_fee: UNIT,
    };
    call.into()
}

/// Has the council carry a call, in three blocks.
fn carry(chain: &mut impl Chain, call: impl Into<RuntimeCall>, index: u32) -> BlockNumber {
    let motion = Motion::new(call.into(), index);
    chain.block(vec![("//Alice", motion.propose())]);
    chain.block(vec![("//Alice", motion.vote()), ("//Bob", motion.vote())]);
    chain.block(vec![("//Charlie", motion.close())])
}

/// What a call of a block gave.
fn output(chain: &impl Chain, block: BlockNumber) -> Vec<u8> {
    let receipts = chain.worker().receipts(block).expect("a store");
    assert_eq!(receipts.len(), 1, "block {block}");
    assert_eq!(receipts[0].receipt.outcome, Outcome::Success);
    receipts[0].receipt.output.clone()
}

/// Money, code, contracts and calls; a worker is admitted by the council, and the council moves the cluster to 2.0 when
/// that worker has it.
fn live(chain: &mut impl Chain) {
    let code = wat::parse_str(WITNESS).expect("a literal");
    let alice = account("//Alice");
    let witness = contract_address(
        &alice,
        &sp_crypto_hashing::blake2_256(&code).into(),
        CLUSTER,
        &[],
    );
    let deposit = |amount| {
        let call = Call::<Runtime>::transfer_to_cluster {
            cluster: CLUSTER,
            dest: account("//Bob"),
            amount,
            max_ordering_fee: UNIT,
        };
        RuntimeCall::from(call)
    };
    let instantiate = Call::<Runtime>::instantiate_contract {
        cluster: CLUSTER,
        code: CodeSource::Code(code),
        input: Vec::new(),
        salt: Vec::new(),
        value: 10 * UNIT,
        gas_limit: GAS,
        storage_deposit_limit: None,
        max_gas_price: None,
        max_ordering_fee: UNIT,
    };
    // Several in one block: what is done first decides.
    chain.block(vec![
        ("//Alice", instantiate.into()),
        ("//Alice", call(&witness, &[])),
        ("//Bob", deposit(3 * UNIT)),
        ("//Charlie", call(&account("//Dave"), &[])),
    ]);
    chain.block(vec![("//Charlie", call(&witness, &[7]))]);
    chain.block(Vec::new());
    let old = EngineVersion::new(1, 1);
    let first = chain.block(vec![("//Alice", call(&witness, &[]))]);
    let before = output(chain, first);
    assert_eq!(before[..4], first.to_le_bytes());
    let withdraw = Call::<Runtime>::withdraw_from_cluster {
        cluster: CLUSTER,
        dest: account("//Eve"),
        amount: UNIT,
        max_gas_price: None,
        max_ordering_fee: UNIT,
    };
    chain.block(vec![
        ("//Bob", withdraw.into()),
        ("//Alice", deposit(2 * UNIT)),
    ]);

    // Nobody has the engine, then one worker of one does.
    let dave = account("//Dave");
    let to = EngineVersion::new(2, 0);
    let upgrade = |at_block| Call::<Runtime>::upgrade_runtime {
        cluster: CLUSTER,
        to,
        at_block,
    };
    let register = Call::<Runtime>::register_worker {
        worker: dave.clone(),
    };
    let carried = carry(chain, register, 0);
    carry(chain, upgrade(carried + 40), 1);
    assert_eq!(chain.cluster().pending, None, "nobody is ready");
    let registry = EngineRegistry::new(engines());
    let engine =
        pink_worker_core::InstalledEngine::find(&registry, to).expect("`cargo xtask engines`");
    let files: Vec<_> = engine.record.artefacts.iter().map(|it| it.hash).collect();
    let serve = Call::<Runtime>::serve_owner {
        owner: Some(alice.clone()),
    };
    let announce = Call::<Runtime>::announce_engines {
        engines: files.try_into().expect("a few"),
    };
    chain.block(vec![("//Dave", serve.into()), ("//Dave", announce.into())]);
    let join = Call::<Runtime>::add_worker_to_cluster {
        cluster: CLUSTER,
        worker: dave,
    };
    let joined = chain.block(vec![("//Alice", join.into())]);
    let at = joined + 14;
    carry(chain, upgrade(at), 2);
    let pending = chain.cluster().pending.expect("the council carried it");
    assert_eq!((pending.to, pending.at), (to, at));
    while chain.block(Vec::new()) < at {}
    let moved = chain.worker().receipts(at).expect("a store");
    assert_eq!(moved.len(), 1);
    assert_eq!(moved[0].receipt.outcome, Outcome::Success);
    assert_eq!(moved[0].engine, to);
    let receipts = chain.worker().receipts(first).expect("a store");
    assert_eq!(receipts[0].engine, old);
    // What was made under the old rules goes on under the new ones.
    let last = chain.block(vec![("//Charlie", call(&witness, &[]))]);
    let after = output(chain, last);
    assert_eq!(after[..4], last.to_le_bytes());
    assert_ne!(after[16..], before[16..], "another block's entropy");
}

#[test]
#[ignore = "needs PINK_NODE: run by the step `node`"]
fn a_node_and_the_chain_in_process_come_to_the_same() {
    let mut node = OverNode::start();
    live(&mut node);
    let real = std::mem::replace(&mut node.worker, worker());
    let record = node.cluster();
    let times: Vec<_> = node.made.iter().map(|it| it.now_ms).collect();
    // An extrinsic's index is its place in the node's own block. What the first block has was there from the start.
    let mut queued = 0;
    for (number, made) in (2..).zip(node.made.iter().skip(1)) {
        assert_eq!(kept(&real, number), made.queues(), "block {number}");
        queued += made.queues().len();
    }
    assert_eq!(queued, 9);
    let mut mock = InProcess::start(node);
    live(&mut mock);
    assert!(mock.as_the_node.is_empty(), "as many blocks");
    assert_eq!(mock.cluster(), record);

    let mut executed = 0;
    for (number, now_ms) in (1..).zip(times) {
        let of = |worker: &Worker| {
            (
                worker
                    .store()
                    .block(number)
                    .expect("a store")
                    .expect("it")
                    .root,
                worker.receipts(number).expect("a store"),
                worker.checkpoint(number).expect("a store"),
                kept(worker, number),
            )
        };
        let (one, other) = (of(&real), of(&mock.worker));
        assert_eq!(one, other, "block {number}");
        for it in one.1.iter().filter(|it| it.receipt.output.len() == 48) {
            // What the contract saw is what the node put there.
            assert_eq!(it.receipt.output[8..16], now_ms.to_le_bytes());
            executed += 1;
        }
    }
    assert_eq!(executed, 4);
}
