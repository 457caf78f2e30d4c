//! Who joins a cluster that has a history, and who parts from it.

use crate::{
    chain,
    harness::{artefact, compare, place, Harness, OWNER},
    programs::{success, until, Running},
    scenario::stopped,
};
use serde_json::{json, Value};
use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
};

/// Begins a worker with another one's state, of which the chain has the hash.
fn snapshot(harness: &Harness, of: &Path, bases: &[&Path]) {
    let tuples = chain::tuples(harness.node());
    let (block, hash) = tuples.into_iter().max().expect("one is kept");
    let genesis = harness.node().ask("chain_getBlockHash", json!([0]));
    let genesis = genesis.expect("an answer");
    let (file, of) = (harness.path("snapshot"), of.display().to_string());
    let (file, block) = (file.display().to_string(), block.to_string());
    let genesis = genesis.as_str().expect("a hash");
    let export = ["snapshot", "export", "--json", "--base-path", &of];
    let what = ["--block", &block, "--genesis", genesis, "--out", &file];
    let exported = success(&[&export[..], &what].concat());
    let expected = format!("0x{}", hex::encode(hash));
    assert_eq!(exported["tuple_hash"], expected, "{exported}");
    let root = exported["state_root"].as_str().expect("a root");
    for base in bases {
        let base = base.display().to_string();
        let import = ["snapshot", "import", &file, "--json", "--base-path", &base];
        success(
            &[
                &import[..],
                &["--confirmed-root", root, "--genesis", genesis],
            ]
            .concat(),
        );
    }
}

/// A third member begins with a snapshot and gets the cluster's key; a worker that has another key is told apart.
pub(crate) fn join(harness: &Harness, workers: Vec<Running>, flipper: &str) -> Vec<Running> {
    let bases = stopped(workers);
    let (newcomer, other) = (harness.path("three"), harness.path("other"));
    snapshot(harness, &bases[0], &[&newcomer, &other]);
    let key = other.join("cluster.key");
    fs::write(&key, "11".repeat(32)).expect("a file");
    fs::set_permissions(&key, Permissions::from_mode(0o600)).expect("its mode");

    let mut workers = crate::scenario::begin(harness);
    harness.admit("//Ferdie");
    workers.push(harness.run("three", "//Ferdie"));
    let handed = until("the newcomer's key", || workers[2].file("cluster.key"));
    assert_eq!(Some(handed), workers[0].file("cluster.key"));

    // Without an account it says nothing, so nobody sees that its key is another one.
    let mut mute = Running::start(&other, harness.url(), &[]);
    let bundle = artefact("outside.contract");
    let make = ["instantiate", "--code", &bundle, "--constructor", "default"];
    let made = harness.tell(OWNER, &make);
    let keeper = made["address"].as_str().expect("an address");
    harness.call(keeper, "outside.contract", &["increment"]);
    let kept = harness.call(keeper, "outside.contract", &["keep_key", "--args", "0x01"]);
    let (after, _) = harness.call(flipper, "flipper.contract", &["get"]);
    // The quorum of three is all of them: the newcomer as well.
    harness.confirmed(after);
    mute.follows(after);
    mute.stop();
    let bases = stopped(workers);
    let (status, said) = compare(&bases[0], &other);
    assert_eq!((status, &said["equal"]), (2, &false.into()), "{said}");
    assert_eq!(place(&said), kept, "{said}");
    let reproduced = (&said["one_reproduced"], &said["other_reproduced"]);
    assert_eq!(
        reproduced,
        (&Value::from(true), &Value::from(true)),
        "{said}"
    );
    let mut workers = crate::scenario::begin(harness);
    workers.push(harness.run("three", "//Ferdie"));
    workers
}
