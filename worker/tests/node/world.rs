//! A chain with a node, whose cluster gets workers.

use crate::{
    chain,
    process::{engines, Node, Upstream},
    programs::{said, success, until, Running},
};
use pink_capi::types::Outcome;
use pink_engine_host::EngineRegistry;
use pink_worker_core::{
    store::{Store, StoreOptions},
    Worker,
};
use serde_json::{json, Value};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Owns the cluster, and is the chain's Sudo.
pub(crate) const OWNER: &str = "//Alice";

pub(crate) struct World {
    node: Node,
    dir: TempDir,
}

/// A contract's bundle.
pub(crate) fn artefact(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../contracts/artifacts");
    folder.join(name).display().to_string()
}

impl World {
    pub(crate) fn start() -> Self {
        Self {
            node: Node::start(&["--state-pruning", "archive"]),
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
        self.tell(worker, &["worker", "serve", OWNER]);
        self.tell(OWNER, &["worker", "add", worker]);
    }

    /// Starts a worker that signs with an account.
    pub(crate) fn run(&self, name: &str, account: &str) -> Running {
        let genesis = self.node().ask("chain_getBlockHash", json!([0]));
        let genesis = genesis.expect("an answer");
        let genesis = genesis.as_str().expect("a hash");
        let options = ["--from", account, "--genesis", genesis];
        Running::start(&self.path(name), self.url(), &options)
    }

    /// Waits until the workers' quorum agreed about a block.
    pub(crate) fn confirmed(&self, block: u64) {
        until(&format!("the confirmation of block {block}"), || {
            (chain::confirmed(self.node()) >= block).then_some(())
        });
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
pub(crate) fn receipt(base: &Path, (block, seq): (u64, u64)) -> (Outcome, Vec<u8>) {
    let store = Store::open_read_only(base, StoreOptions::default()).expect("a store");
    let worker = Worker::new(store, EngineRegistry::new(engines()));
    let block = u32::try_from(block).expect("a block");
    let mut receipts = worker.receipts(block).expect("a store").into_iter();
    let found = receipts.find(|it| it.seq == seq).expect("the message");
    (found.receipt.outcome, found.receipt.output)
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
