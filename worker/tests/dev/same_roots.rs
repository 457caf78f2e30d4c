//! The same commands give the same roots, wherever and in however many steps.

use crate::node::{artefact, engines, Node};
use fat_contracts_primitives::{AccountId, CodeSource, Weight};
use pallet_fat_contracts::Call;
use pink_devchain::{DevConfig, DevNode, CLUSTER, GAS_LIMIT};
use pink_engine_host::EngineRegistry;
use pink_worker::cli::{
    abi::{Abi, Entry},
    code::CodeFile,
    values::parse_who,
};
use runtime_mock::runtime::Runtime;
use std::path::Path;

/// A few blocks of everything.
fn commands(node: &Node) {
    node.run(&["transfer", "//Bob", "5_000_000_000"]).success();
    let token = node.deploy("token", &["1_000"]);
    node.call(&token, "transfer", &["//Bob", "7"]).success();
    node.run(&["advance", "250", "--seconds", "9"]).success();
    node.call(&token, "transfer", &["//Bob", "1_000_000"])
        .failed("reverted");
    node.run(&["advance", "3"]).success();
}

#[test]
fn two_base_paths_given_the_same_commands_have_the_same_roots() {
    let (one, other) = (Node::new(), Node::new());
    commands(&one);
    commands(&other);
    assert_eq!(one.roots(), other.roots());
    assert_eq!(one.state(), other.state());
}

/// The program stops after each command; here, one node does all of it without stopping.
#[test]
fn stopping_and_going_on_gives_the_same_roots_as_not_stopping() {
    let stopping = Node::new();
    commands(&stopping);

    let dir = tempfile::TempDir::new().expect("a folder for the test");
    let config = DevConfig {
        engine: Some("2.0".parse().expect("a version")),
        ..DevConfig::default()
    };
    let registry = EngineRegistry::new(engines());
    let (mut node, _) = DevNode::init(dir.path(), registry, &config).expect("a node");
    let (alice, bob) = (who("//Alice"), who("//Bob"));
    let transfer = Call::<Runtime>::transfer_to_cluster {
        cluster: CLUSTER,
        dest: bob.clone(),
        amount: 5_000_000_000,
        max_ordering_fee: u128::MAX,
    };
    node.submit(alice.clone(), transfer, Vec::new())
        .expect("a transfer");
    let bundle = CodeFile::load(Path::new(&artefact("token.contract"))).expect("the token");
    let abi = bundle.abi.expect("its metadata");
    let deploy = Call::<Runtime>::instantiate_contract {
        cluster: CLUSTER,
        code: CodeSource::Code(bundle.wasm),
        input: input(&abi, Entry::Constructor, "new", &["1_000"]),
        salt: Vec::new(),
        value: 0,
        gas_limit: GAS_LIMIT,
        storage_deposit_limit: None,
        max_gas_price: None,
        max_ordering_fee: u128::MAX,
    };
    let made = node
        .submit(alice.clone(), deploy, Vec::new())
        .expect("a token");
    let token = AccountId::new(made.receipt.receipt.address.expect("an address"));
    let call = |amount: &str| Call::<Runtime>::call_contract {
        cluster: CLUSTER,
        contract: token.clone(),
        input: input(&abi, Entry::Message, "transfer", &["//Bob", amount]),
        value: 0,
        gas_limit: Weight { ..GAS_LIMIT },
        storage_deposit_limit: None,
        max_gas_price: None,
        max_ordering_fee: u128::MAX,
    };
    node.submit(alice.clone(), call("7"), Vec::new())
        .expect("a call");
    node.advance(250, 9_000, |_| ()).expect("blocks");
    node.submit(alice, call("1_000_000"), Vec::new())
        .expect("a call");
    node.advance(3, 6_000, |_| ()).expect("blocks");

    let blocks = node.worker().store().last_blocks(100_000).expect("blocks");
    let roots: Vec<_> = blocks
        .iter()
        .map(|block| format!("{:?}", block.root))
        .collect();
    assert_eq!(roots, stopping.roots());
}

/// A run of empty blocks is the same in one piece and in several.
#[test]
fn blocks_may_be_made_in_any_portions() {
    let (whole, parts) = (Node::new(), Node::new());
    whole.run(&["advance", "301"]).success();
    for part in ["1", "99", "100", "37", "64"] {
        parts.run(&["advance", part]).success();
    }
    whole.run(&["transfer", "//Bob", "5_000_000_000"]).success();
    parts.run(&["transfer", "//Bob", "5_000_000_000"]).success();
    assert_eq!(whole.roots(), parts.roots());
    whole.run(&["replay", "--verify"]).success();
}

/// Killed in the middle of something, it goes on where the last transaction ended.
#[test]
fn being_killed_loses_nothing() {
    let (killed, control) = (Node::new(), Node::new());
    control.run(&["advance", "2000"]).success();
    let expected = control.roots();
    for millis in [20, 80, 200] {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_pink-worker"))
            .args(["dev", "--base-path"])
            .arg(killed.base_path())
            .arg("--engines")
            .arg(&killed.engines)
            .args(["advance", "100000"])
            .spawn()
            .expect("the program runs");
        std::thread::sleep(std::time::Duration::from_millis(millis));
        child.kill().expect("it is killed");
        child.wait().expect("it ended");
        let roots = killed.roots();
        let common = roots.len().min(expected.len());
        assert_eq!(roots[..common], expected[..common]);
        let status = killed.run(&["status"]).success();
        assert_eq!(status.json["state"], "running");
        assert_eq!(status.json["chain_block"], status.json["block"]);
    }
    killed
        .run(&["transfer", "//Bob", "5_000_000_000"])
        .success();
    killed.run(&["replay", "--verify"]).success();
}

fn who(name: &str) -> AccountId {
    parse_who(name).expect("a name")
}

fn input(abi: &Abi, entry: Entry, name: &str, args: &[&str]) -> Vec<u8> {
    let args: Vec<_> = args.iter().map(|arg| (*arg).to_owned()).collect();
    abi.encode(entry, name, &args).expect("an input")
}
