//! A chain with a node, whose cluster gets workers.

use crate::{
    chain,
    council::carry,
    process::{engines, Node, Upstream},
    programs::{said, success, until, Running},
    signing::pair,
};
use fat_contracts_primitives::AccountId;
use pallet_fat_contracts::Call;
use pink_capi::types::{Outcome, Receipt};
use pink_engine_host::EngineRegistry;
use pink_worker_core::{
    query::{InkMessage, Queries, QueryConfig, QueryOptions},
    store::{Store, StoreOptions},
    Worker,
};
use runtime_mock::runtime::Runtime;
use serde_json::{json, Value};
use sp_core::{crypto::Ss58Codec, Pair};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Owns the cluster, and is the chain's Sudo.
pub(crate) const OWNER: &str = "//Alice";

/// Adds the first byte of its input to what it keeps, and returns the sum. Engines of every version take it.
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

pub(crate) struct Harness {
    node: Node,
    dir: TempDir,
}

/// A contract's bundle.
pub(crate) fn artefact(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../contracts/artifacts");
    folder.join(name).display().to_string()
}

impl Harness {
    pub(crate) fn start() -> Self {
        Self::of(Node::start(&["--state-pruning", "archive"]))
    }

    pub(crate) fn of(node: Node) -> Self {
        Self {
            node,
            dir: TempDir::new().expect("a directory"),
        }
    }

    pub(crate) fn node(&self) -> &Upstream {
        &self.node.client
    }

    pub(crate) fn url(&self) -> &str {
        &self.node.url
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Has the chain do something, and waits until it is in a final block.
    pub(crate) fn tell(&self, from: &str, command: &[&str]) -> Value {
        let chain = ["--chain", self.url(), "--from", from, "--json"];
        success(&[command, &chain].concat())
    }

    /// Takes an account into the cluster as a worker's.
    pub(crate) fn admit(&self, worker: &str) {
        self.tell(OWNER, &["worker", "admit", worker, "--sudo"]);
        self.join(worker);
    }

    /// The same, of an account that the council admits.
    pub(crate) fn admit_by_council(&self, worker: &str) {
        let register = Call::<Runtime>::register_worker {
            worker: AccountId::new(pair(worker).public().0),
        };
        assert_eq!(carry(self.node(), register), Ok(()));
        self.join(worker);
    }

    /// Takes a worker that is admitted into the cluster.
    fn join(&self, worker: &str) {
        self.tell(worker, &["worker", "serve", OWNER]);
        self.tell(OWNER, &["worker", "add", worker]);
    }

    /// The hash of the chain's genesis block: who isn't told hands the cluster's key to nobody.
    pub(crate) fn genesis(&self) -> String {
        let genesis = self.node().ask("chain_getBlockHash", json!([0]));
        let genesis = genesis.expect("an answer");
        genesis.as_str().expect("a hash").to_owned()
    }

    /// Starts a worker that signs with an account.
    pub(crate) fn run(&self, name: &str, account: &str) -> Running {
        let options = ["--from", account, "--genesis", &self.genesis()];
        Running::start(&self.path(name), self.url(), &options)
    }

    /// Waits until the workers' quorum agreed about a block.
    pub(crate) fn confirmed(&self, block: u64) {
        until(&format!("the confirmation of block {block}"), || {
            (chain::confirmed(self.node()) >= block).then_some(())
        });
    }

    /// Makes a counter, with money that its rent is paid of: each call adds its first byte, and gives the sum.
    pub(crate) fn counter(&self) -> String {
        let code = self.path("counter.wasm");
        std::fs::write(&code, wat::parse_str(COUNTER).expect("a literal")).expect("a file");
        let code = code.display().to_string();
        let made = self.tell(
            OWNER,
            &[
                "instantiate",
                "--code",
                &code,
                "--data",
                "0x",
                "--value",
                "10u",
            ],
        );
        made["address"].as_str().expect("an address").into()
    }

    /// Calls a contract with bytes; the message's block and number.
    pub(crate) fn add(&self, counter: &str, number: u8) -> (u64, u64) {
        let data = format!("0x{number:02x}");
        place(&self.tell(OWNER, &["call", counter, "--data", &data]))
    }

    /// Calls a contract; the message's block and number.
    pub(crate) fn call(&self, contract: &str, bundle: &str, message: &[&str]) -> (u64, u64) {
        let bundle = artefact(bundle);
        let command = ["call", contract, "--metadata", &bundle, "--message"];
        place(&self.tell(OWNER, &[&command[..], message].concat()))
    }
}

/// Where a message was ordered.
pub(crate) fn place(told: &Value) -> (u64, u64) {
    let number = |name: &str| told[name].as_u64().unwrap_or_else(|| panic!("{told}"));
    (number("block"), number("seq"))
}

/// What came of a message, by a worker that doesn't run.
pub(crate) fn receipt(base: &Path, place: (u64, u64)) -> (Outcome, Vec<u8>) {
    let receipt = whole_receipt(base, place);
    (receipt.outcome, receipt.output)
}

/// The same with all that is in it.
pub(crate) fn whole_receipt(base: &Path, (block, seq): (u64, u64)) -> Receipt {
    let worker = resting(base);
    let block = u32::try_from(block).expect("a block");
    let mut receipts = worker.receipts(block).expect("a store").into_iter();
    let found = receipts.find(|it| it.seq == seq).expect("the message");
    found.receipt
}

/// A worker that doesn't run.
fn resting(base: &Path) -> Worker {
    let store = Store::open_read_only(base, StoreOptions::default()).expect("a store");
    Worker::new(store, EngineRegistry::new(engines()))
}

/// What a worker that doesn't run says that a call of the owner would do, next.
pub(crate) fn estimate(base: &Path, contract: &str, message: &str) -> Receipt {
    let contract = AccountId::from_ss58check(contract).expect("an address");
    let message = InkMessage {
        // As ink! has it.
        payload: sp_crypto_hashing::blake2_256(message.as_bytes())[..4].to_vec(),
        estimating: true,
        ..InkMessage::default()
    };
    let queries = Queries::new(resting(base).handle().clone(), QueryConfig::default());
    let owner = pair(OWNER).public().0;
    let told = queries.query(owner, contract.into(), message, QueryOptions::default());
    told.expect("an answer").receipt
}

/// Compares two workers that don't run.
pub(crate) fn compare(one: &Path, other: &Path) -> (i32, Value) {
    let (one, other) = (one.display().to_string(), other.display().to_string());
    said(&["compare", "--json", "--base-path", &one, "--with", &other])
}

/// Executes a worker's history again.
pub(crate) fn replay(base: &Path) -> Value {
    let base = base.display().to_string();
    success(&["replay", "--verify", "--json", "--base-path", &base])
}
