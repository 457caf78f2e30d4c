//! The same history interpreted and compiled, with everything real: the engine's file, its compiler, the cache on the disk.

use crate::node::{artefact, engines, Node};
use fat_contracts_primitives::{AccountId, CodeSource, EngineVersion, ExecutionMode};
use pallet_fat_contracts::Call;
use pink_devchain::{DevConfig, DevNode, CLUSTER, GAS_LIMIT};
use pink_engine_host::EngineRegistry;
use pink_worker::cli::{
    abi::{Abi, Entry},
    code::CodeFile,
    values::parse_who,
};
use runtime_mock::{runtime::Runtime, Extrinsic};
use std::{collections::BTreeMap, fs, path::Path, time::SystemTime};

/// The version that compiles.
const COMPILES: &str = "2.1";

/// The artefacts of a base path, by their names, with when each was used last.
fn artefacts(base: &Path) -> BTreeMap<String, SystemTime> {
    let Ok(all) = fs::read_dir(base.join("artefacts")) else {
        return BTreeMap::new();
    };
    let all = all.map(|it| it.expect("an entry"));
    all.filter(|it| it.file_name() != "key")
        .map(|it| {
            let used = it.metadata().expect("a file").modified().expect("a time");
            (it.file_name().to_string_lossy().into(), used)
        })
        .collect()
}

fn deploy(node: &Node, how: &[&str], name: &str, arg: &str, salt: &str) -> String {
    let code = artefact(&format!("{name}.contract"));
    let args = ["instantiate", "--code", &code, "--constructor", "new"];
    let more = ["--args", arg, "--salt", salt];
    let made = node.run(&[&args[..], &more, how].concat()).success();
    made.text("address").to_owned()
}

/// A token of 2.0 comes to 2.1, is activated, and runs on both sides of the warm-up, with another one that is deployed there.
/// Each command is a process of its own, so every one of them begins with what is on the disk.
fn history(node: &Node, how: &[&str]) {
    let run = |args: &[&str]| node.run(&[args, how].concat());
    run(&["init", "--engine", "2.0"]).success();
    let old = deploy(node, how, "token", "1_000", "0x01");
    let transfer = |token: &str, amount: &str| {
        run(&[
            "call",
            token,
            "--message",
            "transfer",
            "--args",
            "//Bob",
            amount,
        ])
    };
    transfer(&old, "7").success();
    run(&["upgrade", COMPILES]).success();
    run(&["advance", "12"]).success();
    transfer(&old, "7").success();
    assert!(artefacts(&node.base_path()).is_empty(), "nobody paid");
    let bundle = CodeFile::load(Path::new(&artefact("token.contract"))).expect("the token");
    let code_hash = format!(
        "0x{}",
        hex::encode(sp_crypto_hashing::blake2_256(&bundle.wasm))
    );
    run(&["activate", &code_hash]).success();
    // Twice is for nothing.
    assert_ne!(run(&["activate", &code_hash]).exit, 0);
    transfer(&old, "8").success();
    run(&["advance", "12"]).success();
    transfer(&old, "9").success();
    transfer(&old, "1_000_000").failed("reverted");
    let new = deploy(node, how, "token", "1_000", "0x02");
    transfer(&new, "3").success();
    let flipper = deploy(node, how, "flipper", "false", "0x03");
    run(&["advance", "12"]).success();
    run(&["call", &flipper, "--message", "flip"]).success();
    transfer(&new, "4").success();
}

#[test]
fn compiled_and_interpreted_have_the_same_roots() {
    let (compiled, interpreted) = (Node::empty(engines()), Node::empty(engines()));
    history(&compiled, &[]);
    history(&interpreted, &["--interpret"]);
    assert_eq!(compiled.roots(), interpreted.roots());
    assert_eq!(compiled.state(), interpreted.state());
    // The token and the flipper.
    let kept = artefacts(&compiled.base_path());
    assert_eq!(kept.len(), 2, "{kept:?}");

    // What is on the disk is used by whoever starts, spoiled or gone it is made again, and nothing of it shows.
    for (node, how) in [(&compiled, &[][..]), (&interpreted, &["--interpret"])] {
        deploy(node, how, "flipper", "true", "0x04");
    }
    assert_eq!(compiled.roots(), interpreted.roots());
    let used = artefacts(&compiled.base_path());
    assert!(
        used.iter().all(|(name, used)| kept[name] < *used),
        "{used:?}"
    );
    for name in kept.keys() {
        let path = compiled.base_path().join("artefacts").join(name);
        let mut bytes = fs::read(&path).expect("an artefact");
        *bytes.last_mut().expect("bytes") ^= 1;
        fs::write(&path, bytes).expect("written");
    }
    for salt in ["0x05", "0x06"] {
        for (node, how) in [(&compiled, &[][..]), (&interpreted, &["--interpret"])] {
            deploy(node, how, "flipper", "true", salt);
        }
        assert_eq!(compiled.roots(), interpreted.roots());
        fs::remove_dir_all(compiled.base_path().join("artefacts")).expect("removed");
    }
    assert!(artefacts(&interpreted.base_path()).is_empty());
}

fn input(abi: &Abi, entry: Entry, name: &str, args: &[&str]) -> Vec<u8> {
    let args: Vec<_> = args.iter().map(|it| (*it).to_owned()).collect();
    abi.encode(entry, name, &args).expect("an input")
}

/// Governance throws the switch between calls, there and back: with the very next block it is obeyed, and what comes out is
/// what comes out of a worker that only ever interprets. Both are in this process, one after the other: how a library runs is
/// said once for a process.
#[test]
fn the_switch_in_the_middle_of_a_run_changes_no_root() {
    let version: EngineVersion = COMPILES.parse().expect("a version");
    let bundle = CodeFile::load(Path::new(&artefact("token.contract"))).expect("the token");
    let abi = bundle.abi.expect("its metadata");
    let who = |name: &str| parse_who(name).expect("an account");
    let mut seen = Vec::new();
    for interpret in [false, true] {
        let dir = tempfile::TempDir::new().expect("a folder for the test");
        let config = DevConfig {
            engine: Some(version),
            ..DevConfig::default()
        };
        let registry = EngineRegistry::new(engines());
        let (mut node, _) = DevNode::init(dir.path(), registry, &config).expect("a node");
        node.compile(interpret).expect("threads");
        let modes = node.worker().handle().modes().clone();
        let deploy = Call::<Runtime>::instantiate_contract {
            cluster: CLUSTER,
            code: CodeSource::Code(bundle.wasm.clone()),
            input: input(&abi, Entry::Constructor, "new", &["1_000"]),
            salt: Vec::new(),
            value: 0,
            gas_limit: GAS_LIMIT,
            storage_deposit_limit: None,
            max_gas_price: None,
            max_ordering_fee: u128::MAX,
        };
        let made = node.submit(who("//Alice"), deploy, Vec::new());
        let made = made.expect("a token").receipt.receipt;
        let token = AccountId::new(made.address.expect("an address"));
        let mut roots = Vec::new();
        let mut call = |node: &mut DevNode, amount: &str| {
            let call = Call::<Runtime>::call_contract {
                cluster: CLUSTER,
                contract: token.clone(),
                input: input(&abi, Entry::Message, "transfer", &["//Bob", amount]),
                value: 0,
                gas_limit: GAS_LIMIT,
                storage_deposit_limit: None,
                max_gas_price: None,
                max_ordering_fee: u128::MAX,
            };
            let done = node
                .submit(who("//Alice"), call, Vec::new())
                .expect("a call");
            roots.push((done.root, done.receipt));
        };
        call(&mut node, "1");
        node.advance(12, 6_000, |_| {}).expect("blocks");
        call(&mut node, "2");
        for mode in [ExecutionMode::Interpreted, ExecutionMode::Native] {
            let call_of = Call::<Runtime>::set_engine_mode { version, mode };
            let set = node.dispatch(vec![Extrinsic::governance(call_of)], Vec::new());
            set.expect("the council's word");
            call(&mut node, "3");
            let expected = match (interpret, mode) {
                (false, ExecutionMode::Native) => pink_engine_host::ExecutionMode::Native,
                _ => pink_engine_host::ExecutionMode::Interpreted,
            };
            assert_eq!(modes.in_effect(version), Some(expected));
            call(&mut node, "1_000_000");
        }
        let kept = artefacts(dir.path()).len();
        assert_eq!(kept, usize::from(!interpret));
        seen.push(roots);
    }
    assert_eq!(seen[0], seen[1]);
}
