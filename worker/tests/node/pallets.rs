//! Chains whose pallet isn't the one that the worker was built for.

use crate::{
    chain,
    harness::Harness,
    process::{variable, Node, Start},
    programs::{said, Running},
    signing::submit,
};
use parity_scale_codec::Encode;
use std::{fs, path::Path, path::PathBuf};

/// A runtime with one name in place of another, as long, wherever the whole name stands.
///
/// It is still a runtime that works: a name is bytes in its metadata.
fn renamed(runtime: &str, from: &str, to: &str) -> PathBuf {
    assert_eq!(from.len(), to.len());
    let whole = variable("PINK_NODE").with_file_name(runtime);
    let mut code = fs::read(whole).expect("a runtime, by `cargo xtask node`");
    let mut renamed = 0;
    for at in 0..code.len() - from.len() {
        let (before, behind) = (at.checked_sub(1), &code[at + from.len()..]);
        // Names of functions that begin with it are others.
        let is_part = behind.starts_with(b"Api") || before.is_some_and(|it| code[it] == b'<');
        if code[at..].starts_with(from.as_bytes()) && !is_part {
            code[at..at + to.len()].copy_from_slice(to.as_bytes());
            renamed += 1;
        }
    }
    assert!(renamed > 0, "{from} isn't in the runtime");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{to}.wasm"));
    fs::write(&file, code).expect("a file");
    file
}

#[test]
#[ignore = "needs PINK_NODE: run by the step `node`"]
fn a_chain_without_the_pallet_is_named() {
    let runtime = renamed("pink_runtime.wasm", "FatContracts", "OldContracts");
    let harness = Harness::of(Node::start_sealing(Start {
        runtime: Some(&runtime),
        ..Start::default()
    }));
    let absent = "pallet FatContracts is unknown to this program: the chain has no such pallet";
    let mut worker = Running::start(&harness.path("worker"), harness.url(), &["--trust-node"]);
    let line = worker.says("pallet FatContracts");
    assert!(line.contains(absent), "{line}");
    worker.says("use the program of its release");
    let report = worker.stop();
    assert!(report["block"].is_null(), "{report}");

    let command = ["transfer", "//Bob", "1u", "--from", "//Bob", "--json"];
    let (status, told) = said(&[&command[..], &["--chain", harness.url()]].concat());
    let error = told["error"].as_str().expect("an error");
    assert!(status != 0 && error.contains("FatContracts"), "{told}");
}

fn set_code(harness: &Harness, code: &Path) {
    let code = fs::read(code).expect("a file");
    // System.set_code_without_checks, under Sudo.sudo_unchecked_weight: it weighs as much as a block.
    let call = [vec![10, 1], vec![0, 3], code.encode(), vec![0, 0]].concat();
    submit(harness.node(), "//Alice", &call);
    // The block that has it, and the first one under it.
    for _ in 0..2 {
        harness.node().seal().expect("a block");
    }
}

/// The pallet loses a part of its storage: the worker stands where it is and says which, until the chain has it again.
#[test]
#[ignore = "needs PINK_NODE: run by the step `node`"]
fn a_pallet_that_becomes_another_is_named_until_it_is_known_again() {
    let harness = Harness::of(Node::start_sealing(Start::default()));
    let mut worker = Running::start(&harness.path("worker"), harness.url(), &["--trust-node"]);
    worker.follows(1);
    let next = "pink_runtime.next.wasm";
    set_code(&harness, &renamed(next, "BlockInputs", "OtherInputs"));
    let line = worker.says("storage FatContracts.BlockInputs");
    assert!(line.contains("it isn't there"), "{line}");
    worker.says("use the program of its release");
    set_code(&harness, &variable("PINK_NODE").with_file_name(next));
    let last = chain::number(harness.node());
    worker.says("it goes on");
    worker.follows(last.into());
    worker.stop();
}
