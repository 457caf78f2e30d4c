//! The chain changes while its workers follow it.

use crate::{
    chain,
    harness::Harness,
    process::variable,
    programs::until,
    signing::{pair, submit, sudo},
};
use fat_contracts_primitives::AccountId;
use parity_scale_codec::Encode;
use serde_json::Value;
use sp_core::Pair;
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

/// Other authorities finalize blocks.
pub(crate) fn authorities(harness: &Harness, contract: &str) -> (u64, u64) {
    let before = chain::set_id(harness.node());
    let alice = AccountId::new(pair("//Alice").public().0);
    let named = [vec![7, 0], vec![alice].encode()].concat();
    submit(harness.node(), "//Alice", &sudo(&named));
    until("other authorities", || {
        (chain::set_id(harness.node()) > before).then_some(())
    });
    asked(harness, contract)
}

/// The runtime is replaced by one of another version.
pub(crate) fn runtime(harness: &Harness, contract: &str) -> (u64, u64) {
    let before = chain::spec_version(harness.node());
    let code = variable("PINK_NODE").with_file_name("pink_runtime.next.wasm");
    let code = fs::read(code).expect("the next runtime, by `cargo xtask node`");
    // System.set_code, which weighs as much as a block, under Sudo.sudo_unchecked_weight.
    let call = [vec![10, 1], vec![0, 2], code.encode(), vec![0, 0]].concat();
    submit(harness.node(), "//Alice", &call);
    until("the next version", || {
        (chain::spec_version(harness.node()) > before).then_some(())
    });
    asked(harness, contract)
}

/// A client that isn't ours sends extrinsics.
pub(crate) fn foreign(harness: &Harness) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../node/tests/foreign");
    assert!(
        folder.join("node_modules").is_dir(),
        "its packages aren't there: `npm ci` in {}",
        folder.display()
    );
    let sent = Command::new("node")
        .current_dir(folder)
        .args(["send.mjs", harness.url()])
        .stdin(Stdio::null())
        .output()
        .expect("Node.js");
    let said = String::from_utf8_lossy(&sent.stdout);
    let wrong = String::from_utf8_lossy(&sent.stderr);
    assert!(sent.status.success(), "{said}{wrong}");
    let lines: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(lines.len(), 3, "{said}");
    // The deposit is a message, and the cluster's workers take it.
    let deposit = &lines[1];
    let events = deposit["said"].as_array().expect("a list");
    assert!(
        events.contains(&"FatContracts.DepositQueued".into()),
        "{said}"
    );
    harness.confirmed(deposit["block"].as_u64().expect("a number"));
}

/// A call that the workers executed and agreed about.
fn asked(harness: &Harness, contract: &str) -> (u64, u64) {
    let place = harness.call(contract, "flipper.contract", &["get"]);
    harness.confirmed(place.0);
    place
}
