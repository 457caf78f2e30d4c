//! Snapshots and comparisons as operators make them: with the program, from one base path to another.

use crate::{
    damage::with_mounts,
    node::{artefact, engines, Node},
};
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

/// A server that ends with the test.
struct Serving {
    child: Child,
    said: Value,
}

impl Serving {
    fn of(node: &Node, block: u64) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_pink-worker"))
            .args([
                "snapshot",
                "serve",
                "--json",
                "--listen",
                "127.0.0.1:0",
                "--block",
            ])
            .arg(block.to_string())
            .arg("--base-path")
            .arg(node.base_path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut line = String::new();
        let out = child.stdout.take().expect("a pipe");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let said = serde_json::from_str(&line).expect("one JSON object");
        Self { child, said }
    }

    fn url(&self) -> &str {
        self.said["listening"].as_str().expect("text")
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

#[test]
fn a_worker_begins_with_what_another_one_wrote() {
    let node = Node::new();
    let flip = node.deploy("flipper", &["true"]);
    let last = node.call(&flip, "flip", &[]).success();
    let block = last.json["block"].as_u64().expect("a number");
    node.run(&["advance", "2"]).success();
    let root = node.roots()[block as usize - 1].clone();
    let (base, at) = (text(&node.base_path()), block.to_string());
    let path = |name: &str| text(&node.dir.path().join(name));
    let file = path("file.pinksnap");
    let export = [
        "snapshot",
        "export",
        "--base-path",
        &base,
        "--out",
        &file,
        "--block",
    ];
    let said = node.program(&[&export[..], &[&at]].concat()).success();
    assert_eq!(
        (said.text("state_root"), said.text("engine")),
        (&*root, "2.0")
    );
    assert_eq!(said.json["block"], block);
    assert_eq!(said.json["seq"], last.json["seq"]);
    assert_eq!(said.json["cluster"], 1);
    assert_eq!(
        said.json["file_bytes"],
        fs::metadata(&file).expect("a file").len()
    );
    let tuple = said.text("tuple_hash").to_owned();
    // What is there isn't written over, and what isn't there isn't written.
    node.program(&[&export[..], &[&at]].concat())
        .error(&["can't write", "isn't there yet"]);
    let other = path("other");
    let none = [
        "snapshot",
        "export",
        "--base-path",
        &base,
        "--out",
        &other,
        "--block",
        "99",
    ];
    node.program(&none).error(&["block 99 is not stored"]);
    assert!(!Path::new(&other).exists());
    let info = node
        .program(&["snapshot", "info", "--verify", &file])
        .success();
    assert_eq!(
        (info.text("tuple_hash"), &info.json["verified"]),
        (&*tuple, &true.into())
    );

    // The chain at the first base path says what is confirmed.
    let new = path("new");
    let import = ["snapshot", "import", "--base-path", &new, &file];
    node.program(&import).error(&["--confirmed-root"]);
    let zero = format!("0x{}", "0".repeat(64));
    for (wrong, words) in [
        (
            ["--confirmed-root", &zero],
            &["state root is 0x", "expected 0x0000"][..],
        ),
        (["--confirmed-root", "0x12"], &["32 bytes"]),
        (
            ["--confirmed-by", "nowhere"],
            &["says nothing of block", "nowhere"],
        ),
    ] {
        node.program(&[&import[..], &wrong].concat()).error(words);
    }
    let by = ["--confirmed-by", &base];
    node.program(&[&import[..], &by, &["--cluster", "2"]].concat())
        .error(&["cluster is 1, expected 2"]);
    let early = path("early");
    let head = ["snapshot", "export", "--base-path", &base, "--out", &early];
    node.program(&head).success();
    node.program(&[
        "snapshot",
        "import",
        "--base-path",
        &new,
        &early,
        "--confirmed-by",
        &base,
    ])
    .error(&[
        "says nothing of block",
        &format!("the newest block that it confirmed is {block}"),
    ]);
    let mut damaged = fs::read(&file).expect("a file");
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    let damaged = node.file("damaged", &damaged);
    let import_it = [
        "snapshot",
        "import",
        "--base-path",
        &new,
        &damaged,
        "--confirmed-root",
        &root,
    ];
    node.program(&import_it)
        .error(&["chunk 0: it doesn't have its checksum", "another worker"]);
    assert!(!Path::new(&new).join("store.redb").exists());
    let said = node.program(&[&import[..], &by].concat()).success();
    assert_eq!(said.text("tuple_hash"), tuple);
    node.program(&[&import[..], &by].concat())
        .error(&["already holds a store"]);

    // It is a sound store, which begins there.
    let check = node
        .program(&["check", "--base-path", &new, "--deep"])
        .success();
    assert_eq!(
        (check.text("root"), check.text("computed_root")),
        (&*root, &*root)
    );
    assert_eq!(check.json["blocks"], 1);
    node.program(&["replay", "--base-path", &new, "--from", "1"])
        .error(&["older than the snapshot", &format!("of block {block}")]);
    let record = [
        "witness",
        "record",
        "--base-path",
        &new,
        "--block",
        &at,
        "--seq",
        "1",
        &other,
    ];
    node.program(&record)
        .error(&["its state came with a snapshot"]);
    let compared = node
        .program(&["compare", "--base-path", &new, "--with", &base])
        .success();
    assert_eq!(compared.json["equal"], true);
    assert_eq!(
        (&compared.json["from"], &compared.json["to"]),
        (&block.into(), &block.into())
    );
    assert_eq!(compared.json["ahead"], -2);
}

#[test]
fn a_worker_begins_with_what_it_fetches() {
    let node = Node::new();
    let flip = node.deploy("flipper", &["true"]);
    let block = node.call(&flip, "flip", &[]).success().json["block"].as_u64();
    let block = block.expect("a number");
    node.run(&["advance", "1"]).success();
    let serving = Serving::of(&node, block);
    let base = text(&node.base_path());
    let path = |name: &str| text(&node.dir.path().join(name));
    let (new, file, few) = (path("new"), path("file.pinksnap"), path("few"));
    let nobody = "http://127.0.0.1:9";
    let fetch = [
        "snapshot",
        "fetch",
        nobody,
        serving.url(),
        "--confirmed-by",
        &base,
    ];
    node.program(&[&fetch[..], &["--base-path", &new]].concat())
        .success();
    let said = node
        .program(&[&fetch[..], &["--out", &file]].concat())
        .success();
    assert_eq!(said.json["tuple_hash"], serving.said["tuple_hash"]);
    node.program(&["snapshot", "info", &file]).success();
    node.program(&fetch).error(&["--out"]);
    node.program(&[&fetch[..], &["--base-path", &new]].concat())
        .error(&["already holds a store"]);
    let too_few = [&fetch[..], &["--max-bytes", "1000", "--out", &few]].concat();
    node.program(&too_few)
        .error(&["the most is 1000", "127.0.0.1:9: ", "it can't be asked"]);
    for with in [&*base, serving.url()] {
        let compare = ["compare", "--base-path", &new, "--with", with];
        assert_eq!(node.program(&compare).success().json["equal"], true);
    }
    node.program(&["compare", "--base-path", &new, "--with", nobody])
        .error(&["can't be asked"]);
    node.program(&["compare", "--base-path", &new, "--with", "nowhere"])
        .error(&["no store"]);
}

/// Two workers that have different keys of the cluster part at the first contract that keeps what it derives:
/// nothing in its receipt tells, but what it changed does.
#[test]
fn where_two_workers_part_is_found_and_written_down() {
    let key = "11".repeat(32);
    let one = Node::new();
    let key = one.file("key", key.as_bytes());
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .expect("its mode");
    let other = Node::with(&["--cluster-key", &key]);
    let mut found = Vec::new();
    for node in [&one, &other] {
        let code = artefact("outside.contract");
        let made = node.run(&["instantiate", "--code", &code, "--constructor", "default"]);
        let address = made.success().text("address").to_owned();
        node.call(&address, "increment", &[]).success();
        let said = node.call(&address, "keep_key", &["0x01"]).success();
        found.push((said.json["block"].clone(), said.json["seq"].clone()));
        for _ in 0..3 {
            node.call(&address, "increment", &[]).success();
        }
    }
    assert_eq!(found[0], found[1]);
    let (block, seq) = &found[0];
    let (ours, theirs) = (text(&one.base_path()), text(&other.base_path()));
    let folder = text(&one.dir.path().join("witnesses"));
    let compare = [
        "compare",
        "--base-path",
        &ours,
        "--with",
        &theirs,
        "--witness",
        &folder,
    ];
    let said = one
        .program(&compare)
        .error(&["the workers part at block", "witness"]);
    assert_eq!(
        (&said.json["equal"], &said.json["kind"]),
        (&false.into(), &"state".into())
    );
    assert_eq!((&said.json["block"], &said.json["seq"]), (block, seq));
    assert_eq!(
        (&said.json["one_reproduced"], &said.json["other_reproduced"]),
        (&true.into(), &true.into())
    );
    assert_eq!(said.json["keys"].as_array().expect("a list").len(), 1);
    assert_ne!(
        said.json["one"]["state_root"],
        said.json["other"]["state_root"]
    );

    // Anybody executes it, by the engine's file: with the key that each had.
    let keys = [one.base_path(), other.base_path()].map(|base| text(&base.join("cluster.key")));
    let files = ["one", "other"].map(|side| format!("{folder}/{block}-{seq}.{side}.witness"));
    for (side, file) in files.iter().enumerate() {
        assert!(said.json[["one_witness", "other_witness"][side]]["file"] == **file);
        let execute = ["witness", "execute", file, "--cluster-key"];
        let same = one
            .program(&[&execute[..], &[&keys[side]]].concat())
            .success();
        assert_eq!(
            (&same.json["same_receipt"], &same.json["same_changes"]),
            (&true.into(), &true.into())
        );
        let wrong = one.program(&[&execute[..], &[&keys[1 - side]]].concat());
        wrong.error(&["gives another result"]);
    }
    // They are there now.
    one.program(&compare).error(&["can't write"]);

    // Over HTTP the same block is found. What the message changed only its worker knows.
    let serving = Serving::of(&other, block.as_u64().expect("a number"));
    let said = one.program(&["compare", "--base-path", &ours, "--with", serving.url()]);
    let said = said.error(&["the workers part at block"]);
    assert_eq!(
        (&said.json["block"], &said.json["kind"]),
        (block, &"state".into())
    );
}

#[test]
fn what_is_exported_needs_nothing_to_write() {
    let node = Node::new();
    node.run(&["advance", "2"]).success();
    let script = r#"mount --bind "$BASE" "$BASE"
        mount -o remount,ro,bind "$BASE"
        if touch "$BASE/written"; then exit 90; fi
        mount -t tmpfs none /mnt
        "$PINK" snapshot export --base-path "$BASE" --out /mnt/file --json
        "$PINK" snapshot info /mnt/file --verify --json
        "$PINK" compare --base-path "$BASE" --with "$BASE" --json
        "$PINK" snapshot import /mnt/file --base-path "$BASE" --json --confirmed-by "$BASE" || test $? = 2"#;
    let (code, said) = with_mounts(&node, script);
    assert_eq!(code, 0, "{said}");
    let lines = said
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let lines: Vec<Value> = lines.collect();
    assert_eq!(lines.len(), 4, "{said}");
    assert_eq!(lines[0]["state_root"], node.root().as_str());
    assert_eq!(lines[1]["verified"], true);
    assert_eq!(lines[2]["equal"], true);
    assert_eq!(lines[3]["status"], "error");
    assert!(engines().is_dir());
}

/// A disk that is full on the way leaves no store, and says so.
#[test]
fn an_import_on_a_full_disk_leaves_nothing() {
    let node = Node::new();
    node.deploy("token", &["1_000"]);
    let (base, file) = (text(&node.base_path()), text(&node.dir.path().join("file")));
    let said = node.program(&["snapshot", "export", "--base-path", &base, "--out", &file]);
    let root = said.success().text("state_root").to_owned();
    let mut failed = 0;
    for kib in [4, 16, 64, 128, 192, 4_096] {
        let script = format!(
            r#"mount -t tmpfs -o size={kib}k none /mnt
            "$PINK" snapshot import {file} --base-path /mnt/new --json --confirmed-root {root} || test $? = 2
            echo "left: $(ls /mnt/new | tr '\n' ' ')""#
        );
        let (code, said) = with_mounts(&node, &script);
        assert_eq!(code, 0, "{kib} KiB: {said}");
        let (json, left) = said.split_once("left: ").expect("both");
        let json: Value = serde_json::from_str(json).expect("one JSON object");
        if json["status"] == "success" {
            assert_eq!(left.trim(), "store.redb");
            continue;
        }
        assert_eq!(left.trim(), "", "{kib} KiB: {json}");
        let error = json["error"].as_str().expect("text");
        assert!(
            error.contains("the disk is full: free some space"),
            "{error}"
        );
        failed += 1;
    }
    assert!((3..6).contains(&failed), "{failed}");
}
