//! Who joins a cluster that has a history, and who parts from it.

use crate::{
    chain,
    programs::{success, until, Running},
    scenario::stopped,
    world::{artefact, compare, place, World, OWNER},
};
use serde_json::{json, Value};
use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
};

/// Begins a worker with another one's state, of which the chain has the hash.
fn snapshot(world: &World, of: &Path, bases: &[&Path]) {
    let tuples = chain::tuples(world.node());
    let (block, hash) = tuples.into_iter().max().expect("one is kept");
    let genesis = world.node().ask("chain_getBlockHash", json!([0]));
    let genesis = genesis.expect("an answer");
    let (file, of) = (world.path("snapshot"), of.display().to_string());
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
pub(crate) fn join(world: &World, workers: Vec<Running>, flipper: &str) -> Vec<Running> {
    let bases = stopped(workers);
    let (newcomer, other) = (world.path("three"), world.path("other"));
    snapshot(world, &bases[0], &[&newcomer, &other]);
    let key = other.join("cluster.key");
    fs::write(&key, "11".repeat(32)).expect("a file");
    fs::set_permissions(&key, Permissions::from_mode(0o600)).expect("its mode");

    let mut workers = crate::scenario::begin(world);
    world.admit("//Ferdie");
    workers.push(world.run("three", "//Ferdie"));
    let handed = until("the newcomer's key", || workers[2].file("cluster.key"));
    assert_eq!(Some(handed), workers[0].file("cluster.key"));

    // Without an account it says nothing, so nobody sees that its key is another one.
    let mut mute = Running::start(&other, world.url(), &[]);
    let bundle = artefact("outside.contract");
    let make = ["instantiate", "--code", &bundle, "--constructor", "default"];
    let made = world.tell(OWNER, &make);
    let keeper = made["address"].as_str().expect("an address");
    world.call(keeper, "outside.contract", &["increment"]);
    let kept = world.call(keeper, "outside.contract", &["keep_key", "--args", "0x01"]);
    let (after, _) = world.call(flipper, "flipper.contract", &["get"]);
    // The quorum of three is all of them: the newcomer as well.
    world.confirmed(after);
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
    let mut workers = crate::scenario::begin(world);
    workers.push(world.run("three", "//Ferdie"));
    workers
}
