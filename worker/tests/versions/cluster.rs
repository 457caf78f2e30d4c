//! A chain with one cluster, and its workers.

use crate::{
    codes::{Codes, SYSTEM},
    files::record_of,
};
use fat_contracts_primitives::{
    AccountId, BlockNumber, ClusterBlock, ClusterRecord, EngineVersion, Permission, Seq, StateRoot,
    Weight,
};
use pallet_fat_contracts::Call;
use pink_engine_host::{engine_file_name, EngineRegistry};
use pink_worker_core::{
    exec::{MessageReceipt, Parked},
    history::replay,
    store::Store,
    Worker,
};
use runtime_mock::{
    runtime::{FatContracts, Runtime},
    workers, Block, Extrinsic, Genesis, MockChain, DEV_ACCOUNTS, EXISTENTIAL_DEPOSIT, UNIT,
};
use std::{
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// The one cluster.
pub(crate) const ID: u64 = 1;

/// What a call of these tests may use.
pub(crate) const GAS: Weight = Weight {
    ref_time: 20_000_000_000,
    proof_size: 256 * 1024,
};

/// A contract that every era runs: it adds its first input byte to what it stores, and returns
/// that.
const COUNTER: &str = r#"(module
    (import "seal0" "seal_input" (func $input (param i32 i32)))
    (import "seal0" "seal_get_storage" (func $get (param i32 i32 i32) (result i32)))
    (import "seal0" "seal_set_storage" (func $set (param i32 i32 i32)))
    (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
    (import "env" "memory" (memory 1 1))
    ;; 0: key, 32: counter, 36: its length, 40: input, 104: the input's length
    (data (i32.const 36) "\04\00\00\00")
    (data (i32.const 104) "\40\00\00\00")
    (func (export "deploy"))
    (func (export "call")
        (call $input (i32.const 40) (i32.const 104))
        (drop (call $get (i32.const 0) (i32.const 32) (i32.const 36)))
        (i32.store (i32.const 32)
            (i32.add (i32.load (i32.const 32)) (i32.load8_u (i32.const 40))))
        (call $set (i32.const 0) (i32.const 32) (i32.const 4))
        (call $return (i32.const 0) (i32.const 32) (i32.const 4))))"#;

/// A worker with a store and an engine folder of its own.
pub(crate) struct Node {
    pub(crate) account: AccountId,
    pub(crate) engines: TempDir,
    pub(crate) worker: Worker,
}

impl Node {
    fn new(account: AccountId, files: &[PathBuf]) -> Self {
        Self::over(Store::open_in_memory().expect("memory"), account, files)
    }

    fn over(store: Store, account: AccountId, files: &[PathBuf]) -> Self {
        let engines = TempDir::new().expect("a folder");
        let node = Self {
            account,
            worker: Worker::new(store, EngineRegistry::new(engines.path())),
            engines,
        };
        for file in files {
            node.put(file);
        }
        node
    }

    /// Where the file of a version is.
    pub(crate) fn place(&self, version: EngineVersion) -> PathBuf {
        self.engines.path().join(engine_file_name(version))
    }

    /// Puts an engine's file there.
    pub(crate) fn put(&self, file: &Path) {
        let (version, _) = record_of(file);
        fs::copy(file, self.place(version)).expect("a copy");
    }

    /// Where it is.
    pub(crate) fn head(&self) -> BlockNumber {
        let head = self.worker.head().expect("memory");
        head.map_or(0, |(number, _, _)| number)
    }

    /// The root after a block.
    pub(crate) fn root(&self, block: BlockNumber) -> Option<StateRoot> {
        let stored = self.worker.store().block(block).expect("memory");
        stored.map(|stored| stored.root)
    }

    /// A message's receipt.
    pub(crate) fn receipt(&self, seq: Seq) -> MessageReceipt {
        let found = (1..=self.head())
            .flat_map(|block| self.worker.receipts(block).expect("memory"))
            .find(|receipt| receipt.seq == seq);
        found.unwrap_or_else(|| panic!("message {seq} has no receipt"))
    }

    /// Its history gives again what it gave.
    pub(crate) fn replays(&self) {
        let found = replay(&self.worker, 0..=BlockNumber::MAX, |_| ()).expect("memory");
        assert!(found.divergence.is_none(), "{:?}", found.divergence);
        assert_eq!(found.compared, self.head());
    }
}

/// A chain, its cluster's history, and the workers.
pub(crate) struct Cluster {
    pub(crate) chain: MockChain,
    pub(crate) history: Vec<ClusterBlock>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) counter: AccountId,
    files: Vec<PathBuf>,
}

pub(crate) fn account(index: usize) -> AccountId {
    AccountId::new(DEV_ACCOUNTS[index].1)
}

fn worker(index: usize) -> AccountId {
    AccountId::new([index as u8 + 100; 32])
}

impl Cluster {
    /// A cluster on the oldest of these engines, with a counter, and with workers that have all of
    /// them.
    pub(crate) fn new(files: Vec<PathBuf>, workers: usize) -> Self {
        let mut cluster = Self::without_contract(files, workers, Vec::new());
        let code = wat::parse_str(COUNTER).expect("a literal");
        let code_hash = sp_crypto_hashing::blake2_256(&code).into();
        cluster.counter =
            fat_contracts_primitives::contract_address(&account(0), &code_hash, ID, &[]);
        cluster.signed(
            0,
            Call::instantiate_contract {
                cluster: ID,
                code: fat_contracts_primitives::CodeSource::Code(code),
                input: Vec::new(),
                salt: Vec::new(),
                value: 10 * UNIT,
                gas_limit: GAS,
                storage_deposit_limit: None,
                max_gas_price: None,
                max_ordering_fee: u128::MAX,
            },
        );
        cluster
    }

    /// The same without the counter, and with a configuration for its first engine.
    pub(crate) fn without_contract(
        files: Vec<PathBuf>,
        workers: usize,
        engine_config: Vec<u8>,
    ) -> Self {
        let mut genesis = Genesis::development().system_code(SYSTEM.to_vec());
        for index in 0..=workers {
            genesis = genesis.endow(worker(index), 1000 * UNIT);
        }
        let mut cluster = Self {
            chain: genesis.build().expect("a genesis"),
            history: Vec::new(),
            nodes: Vec::new(),
            counter: account(0),
            files,
        };
        let mut calls = Vec::new();
        let mut hashes = Vec::new();
        let mut versions = Vec::new();
        for file in &cluster.files {
            let (version, record) = record_of(file);
            hashes.extend(record.artefacts.iter().map(|artefact| artefact.hash));
            versions.push(version);
            calls.push(Extrinsic::governance(Call::register_engine {
                version,
                abi: record.abi,
                upgrades_from: record.upgrades_from,
                artefacts: record.artefacts,
            }));
        }
        let version = versions.into_iter().min().expect("an engine");
        calls.push(Extrinsic::governance(Call::set_pink_runtime_version {
            version,
        }));
        calls.push(Extrinsic::signed(
            account(0),
            Call::add_cluster {
                engine: version,
                owner: account(0),
                permission: Permission::Public,
                workers: Vec::new(),
                deposit: 100_000 * UNIT,
                gas_price: 1,
                deposit_per_item: UNIT / 1000,
                deposit_per_byte: UNIT / 100_000,
                treasury_account: AccountId::new([99; 32]),
                existential_deposit: UNIT / 1000,
                engine_config,
            },
        ));
        for index in 0..workers {
            let add_worker = workers::add_worker(worker(index), account(0), ID, hashes.clone());
            calls.extend(add_worker);
            cluster.nodes.push(Node::new(worker(index), &cluster.files));
        }
        cluster.block(calls);
        cluster
    }

    /// A worker that comes now, with an empty store.
    pub(crate) fn newcomer(&self) -> Node {
        Node::new(worker(self.nodes.len()), &self.files)
    }

    /// The same, with a store of one's own.
    pub(crate) fn newcomer_over(&self, store: Store) -> Node {
        Node::over(store, worker(self.nodes.len()), &self.files)
    }

    /// The chain's next block; every extrinsic has to succeed.
    #[track_caller]
    pub(crate) fn block(&mut self, calls: Vec<Extrinsic>) -> Block {
        let now = self.chain.head().now_ms + 6_000;
        let block = self.chain.build_block(now, calls).expect("time goes on");
        for applied in &block.applied {
            assert!(applied.result.is_ok(), "{:?}", applied.result);
        }
        let input = block.clusters.iter().find(|it| it.cluster == ID);
        self.history.extend(input.cloned());
        block
    }

    /// A block of one call, by a development account.
    #[track_caller]
    pub(crate) fn signed(&mut self, who: usize, call: Call<Runtime>) -> Block {
        self.block(vec![Extrinsic::signed(account(who), call)])
    }

    /// A call that the chain has to refuse; its error's name.
    #[track_caller]
    pub(crate) fn refused(&self, call: Extrinsic) -> String {
        let mut chain = self.chain.clone();
        let now = chain.head().now_ms + 6_000;
        let block = chain.build_block(now, vec![call]).expect("time goes on");
        let error = block.applied[0].result.expect_err("it was taken").error;
        pink_devchain::Refusal::from(error).name
    }

    /// The counter is called; the message that this becomes.
    #[track_caller]
    pub(crate) fn call(&mut self, input: &[u8]) -> Seq {
        self.signed(0, self.calling(input));
        self.last_seq()
    }

    /// A call of the counter.
    pub(crate) fn calling(&self, input: &[u8]) -> Call<Runtime> {
        Call::call_contract {
            cluster: ID,
            contract: self.counter.clone(),
            input: input.to_vec(),
            value: 0,
            gas_limit: GAS,
            storage_deposit_limit: None,
            max_gas_price: None,
            max_ordering_fee: u128::MAX,
        }
    }

    /// The last message so far.
    pub(crate) fn last_seq(&self) -> Seq {
        let messages = self.history.iter().flat_map(|block| &block.messages);
        messages.last().expect("a message").0
    }

    /// The block of a message.
    pub(crate) fn block_of(&self, seq: Seq) -> BlockNumber {
        let holds = |block: &&ClusterBlock| block.messages.iter().any(|(it, _)| *it == seq);
        self.history.iter().find(holds).expect("a block").number
    }

    /// Empty blocks up to this one.
    pub(crate) fn advance_to(&mut self, block: BlockNumber) {
        while self.chain.head().number < block {
            self.block(Vec::new());
        }
    }

    /// Schedules a move for the earliest block; that block.
    #[track_caller]
    pub(crate) fn upgrade(&mut self, to: EngineVersion) -> BlockNumber {
        let at_block = self.chain.query(FatContracts::earliest_upgrade) + 1;
        let upgrade = Call::upgrade_runtime {
            cluster: ID,
            to,
            at_block,
        };
        self.signed(0, upgrade);
        at_block
    }

    /// Has a worker execute what it hasn't yet; why it stopped, if it did.
    pub(crate) fn turn(&mut self, at: usize) -> Option<Parked> {
        run(&mut self.nodes[at], &self.chain, &self.history)
    }

    /// Has everybody execute everything.
    #[track_caller]
    pub(crate) fn all_run(&mut self) {
        for at in 0..self.nodes.len() {
            if let Some(parked) = self.turn(at) {
                panic!("worker {at}: {parked}");
            }
        }
        self.roots_are_equal();
    }

    /// Every block that two workers have has one root.
    #[track_caller]
    pub(crate) fn roots_are_equal(&self) {
        for block in &self.history {
            let roots: Vec<_> = self
                .nodes
                .iter()
                .filter_map(|node| node.root(block.number))
                .collect();
            let same = roots.windows(2).all(|pair| pair[0] == pair[1]);
            assert!(same, "block {}: {roots:?}", block.number);
        }
    }

    /// Everybody says to the chain what it has, until there is nothing left to say.
    #[track_caller]
    pub(crate) fn all_acknowledge(&mut self) {
        for _ in 0..10 {
            let acks: Vec<_> = self
                .nodes
                .iter()
                .filter_map(|node| acknowledgement(node, &self.chain))
                .collect();
            if acks.is_empty() {
                return;
            }
            self.block(acks);
            self.all_run();
        }
        panic!("there is always something left to say");
    }

    /// The chain's record.
    pub(crate) fn record(&self) -> ClusterRecord {
        let record = self.chain.query(|| FatContracts::cluster(ID));
        record.expect("a cluster")
    }

    /// With everything confirmed, the chain holds what the ledger says, and its invariants hold.
    #[track_caller]
    pub(crate) fn money_is_right(&self) {
        let view = self.nodes[0].worker.view().expect("a cluster");
        let ledger = view.total_issuance().expect("the engine answers");
        let escrow = self.chain.query(|| FatContracts::escrow_account(ID));
        assert_eq!(self.chain.balance(&escrow), EXISTENTIAL_DEPOSIT + ledger);
        let state = self.chain.query(FatContracts::do_try_state);
        state.expect("the chain's invariants hold");
    }
}

/// Has a worker execute a history, as its chain amended it.
pub(crate) fn run(node: &mut Node, chain: &MockChain, history: &[ClusterBlock]) -> Option<Parked> {
    let done = node.head();
    let open = history.iter().filter(|block| block.number > done);
    let open: Vec<_> = open.map(|block| chain.amended(block.clone())).collect();
    let imported = node.worker.import(&open, Vec::new(), &Codes);
    imported.expect("memory").parked
}

/// What a worker says to the chain; none if there is nothing.
pub(crate) fn acknowledgement(node: &Node, chain: &MockChain) -> Option<Extrinsic> {
    let expected = chain.to_acknowledge(ID, &node.account, 16);
    let reached = expected
        .iter()
        .map_while(|it| node.worker.checkpoint(it.cursor.block).expect("memory"));
    let checkpoints: Vec<_> = reached.collect();
    (!checkpoints.is_empty()).then(|| workers::acknowledge(node.account.clone(), ID, checkpoints))
}
