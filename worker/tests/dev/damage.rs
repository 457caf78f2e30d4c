//! A store with a flipped bit, and base paths that can't be written or are full.

use crate::node::{engines, own_engines, Node, Output};
use fat_contracts_primitives::ClusterBlock;
use parity_scale_codec::{Decode, Encode};
use pink_devchain::DevNode;
use pink_engine_host::EngineRegistry;
use pink_worker_core::{
    exec::MessageReceipt,
    history::{check, replay},
    store::{NewBlock, Store, StoreOptions, FILE_NAME},
};
use serde_json::Value;
use std::{fs, path::Path, process::Command};

/// Flips tried within this process, and by the program.
const FLIPS: usize = 300;
const FLIPS_BY_PROGRAM: usize = 40;

/// A chain with a flipper, flipped, and a few blocks.
fn small_chain() -> (Node, String) {
    let node = Node::new();
    let flip = node.deploy("flipper", &["true"]);
    for _ in 0..3 {
        node.call(&flip, "flip", &[]).success();
    }
    node.run(&["transfer", "//Bob", "1_000_000_000_000"])
        .success();
    node.run(&["advance", "3"]).success();
    (node, flip)
}

/// Bits of a file's bytes that aren't zeros, evenly.
fn bits(bytes: &[u8], count: usize) -> Vec<usize> {
    let used: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0).collect();
    let step = (used.len() * 8 / count).max(1) | 1;
    let all = (0..used.len() * 8).step_by(step);
    all.map(|bit| used[bit / 8] * 8 + bit % 8).collect()
}

fn flip(file: &Path, bytes: &[u8], bit: usize) {
    let mut flipped = bytes.to_vec();
    flipped[bit / 8] ^= 1 << (bit % 8);
    fs::write(file, flipped).expect("the store");
}

fn registry() -> EngineRegistry {
    EngineRegistry::new(engines())
}

/// What can be asked of a base path without changing it: root, all money, and every account.
fn asked(base: &Path) -> Option<(String, u128, Vec<u128>)> {
    let node = DevNode::open_read_only(base, registry()).ok()?;
    let view = node.worker().view().ok()?;
    let accounts = runtime_mock::DEV_ACCOUNTS.iter();
    let accounts = accounts.map(|(_, who)| view.account(who).ok());
    let accounts = accounts.map(|it| it.map(|account| account.free));
    let (_, root, _) = node.worker().head().ok()??;
    Some((
        format!("{root:?}"),
        view.total_issuance().ok()?,
        accounts.collect::<Option<_>>()?,
    ))
}

/// Whether a replay says that everything is as it was; none if it can't say.
fn replayed(base: &Path) -> Option<bool> {
    let node = DevNode::open_read_only(base, registry()).ok()?;
    let report = replay(node.worker(), 0..=u32::MAX, |_| {}).ok()?;
    Some(report.divergence.is_none())
}

/// The root after another block.
fn next_root(base: &Path) -> Option<String> {
    let mut node = DevNode::open(base, registry()).ok()?;
    node.advance(1, 6_000, |_| {}).ok()?;
    let (_, root, _) = node.worker().head().ok()??;
    node.worker().store().close().ok()?;
    Some(format!("{root:?}"))
}

#[test]
fn a_flipped_bit_of_a_real_chain_is_never_an_answer() {
    let (node, _) = small_chain();
    let base = node.base_path();
    let file = base.join(FILE_NAME);
    let bytes = fs::read(&file).expect("the store");
    let right = asked(&base).expect("sound");
    assert_eq!(replayed(&base), Some(true));
    let sound = check(&base, true, |_, _| {}).expect("a store");
    assert_eq!((&sound.damaged, sound.computed_root), (&vec![], sound.root));
    assert!(fs::read(&file).expect("the store") == bytes, "only read");
    let next = next_root(&base).expect("sound");

    let (mut found, mut harmless) = (0, 0);
    for bit in bits(&bytes, FLIPS) {
        flip(&file, &bytes, bit);
        let answer = asked(&base);
        assert!(answer.as_ref().is_none_or(|it| *it == right), "bit {bit}");
        assert_ne!(replayed(&base), Some(false), "bit {bit}");
        match check(&base, true, |_, _| {}) {
            Ok(checked) if checked.damaged.is_empty() => {
                assert_eq!(checked, sound, "bit {bit}");
                // What a check calls sound is.
                assert_eq!(answer.as_ref(), Some(&right), "bit {bit}");
                harmless += 1;
            }
            Ok(_) | Err(_) => found += 1,
        }
        let after = next_root(&base);
        assert!(after.is_none_or(|root| root == next), "bit {bit}");
    }
    assert!(found > FLIPS / 2 && harmless > 0, "{found}, {harmless}");
}

/// An error has its one JSON object and its exit status, wherever the damage is met; a success
/// says what the sound store says.
#[test]
fn the_program_says_so_in_json() {
    let (node, _) = small_chain();
    let base = node.base_path();
    let (file, base) = (base.join(FILE_NAME), base.display().to_string());
    let blocks = node.roots().len();
    let bytes = fs::read(&file).expect("the store");
    let commands: [&[&str]; 5] = [
        &["dev", "--base-path", &base, "accounts"],
        &["replay", "--base-path", &base, "--verify"],
        &["check", "--base-path", &base],
        &["check", "--base-path", &base, "--deep"],
        &[
            "dev",
            "--base-path",
            &base,
            "transfer",
            "//Bob",
            "1_000_000_000_000",
        ],
    ];
    let said = |command: &[&str]| {
        let Output { exit, json } = node.program(command);
        (exit, json)
    };
    let right = commands.map(said);
    assert!(right.iter().all(|(exit, _)| *exit == 0), "{right:?}");
    assert_eq!(right[3].1["root"], right[3].1["computed_root"]);
    assert_eq!(right[3].1["blocks"], blocks);
    assert_eq!(right[2].1["computed_root"], Value::Null);
    let mut errors = 0;
    for bit in bits(&bytes, FLIPS_BY_PROGRAM) {
        flip(&file, &bytes, bit);
        for (command, right) in commands.iter().zip(&right) {
            let found = said(command);
            if found == *right {
                continue;
            }
            let (exit, json) = found;
            assert_eq!(
                (exit, &json["status"]),
                (2, &"error".into()),
                "{bit}: {json}"
            );
            assert!(json["error"].is_string(), "bit {bit}: {json}");
            errors += 1;
        }
    }
    assert!(errors > FLIPS_BY_PROGRAM, "{errors}");
}

/// Rows that are others than were written, under right checksums: as a faulty program would leave them. No seal
/// finds that. (Each comparison by itself: `store/tests/rewritten.rs` of the worker's core.)
#[test]
fn what_was_rewritten_is_told_in_json() {
    type Rewrite = fn(&mut NewBlock);
    let receipt: Rewrite = |block| {
        let (_, bytes) = block.receipts.last_mut().expect("a receipt");
        let mut other = MessageReceipt::decode(&mut &bytes[..]).expect("a receipt");
        other.receipt.fee += 1;
        *bytes = other.canonical();
    };
    let input: Rewrite = |block| {
        let mut other = ClusterBlock::decode(&mut &block.input[..]).expect("an input");
        other.now_ms += 1;
        block.input = other.encode();
    };
    for (rewrite, words) in [
        (receipt, "its receipts have the root"),
        (input, "its input isn't what its message hash is over"),
    ] {
        let (node, _) = small_chain();
        let base = node.base_path();
        let mut store = Store::open(&base, StoreOptions::default()).expect("a store");
        let last = store.cursor().expect("a store").expect("a block").number;
        let mut with_messages = (1..=last).rev();
        let number = with_messages
            .find(|block| !store.receipts(*block).expect("a store").is_empty())
            .expect("a message");
        let mut block = NewBlock {
            number,
            receipts: store.receipts(number).expect("a store"),
            input: store.input(number).expect("a store").expect("an input"),
            record: store.block(number).expect("a store").expect("it").record,
            ..NewBlock::default()
        };
        store.revert(number - 1, &[]).expect("a store");
        rewrite(&mut block);
        store.commit(&block.into()).expect("a store");
        store.close().expect("a store");
        drop(store);

        let base = base.display().to_string();
        for deep in [&["--deep"][..], &[]] {
            let check = ["check", "--base-path", &base];
            let Output { exit, json } = node.program(&[&check[..], deep].concat());
            assert_eq!((exit, &json["status"]), (2, &"error".into()), "{json}");
            let damaged = json["damaged"].as_array().expect("a list");
            assert_eq!(damaged.len(), 1, "{json}");
            assert_eq!(damaged[0]["place"], format!("block {number}"), "{json}");
            let found = damaged[0]["found"].as_str().expect("a text");
            assert!(found.contains(words), "{json}");
            assert_eq!(json["blocks"], number, "{json}");
        }
    }
}

/// A file that has got its name keeps it when the power goes: its bytes are made durable under the draft's name, and the
/// folder after the draft is gone. A library that notes what is made durable is loaded before the C library.
#[test]
fn a_name_is_durable_when_its_folder_is() {
    let node = Node::empty(engines());
    let library = node.base_path().with_file_name("synced.so");
    let made = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([&*library.display().to_string()])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/dev/synced.c"))
        .args(["-ldl"])
        .status();
    assert!(made.expect("a C compiler").success());
    let notes = node.base_path().with_file_name("notes");
    let base = node.base_path();
    let begun = Command::new(env!("CARGO_BIN_EXE_pink-worker"))
        .args(["dev", "--json", "--base-path", &base.display().to_string()])
        .args(["init", "--engine", "2.0"])
        .env("PINK_ENGINES", &node.engines)
        .env("LD_PRELOAD", &library)
        .env("PINK_TEST_SYNCED", &notes)
        .output()
        .expect("it runs");
    assert!(begun.status.success(), "{begun:?}");
    let notes = fs::read_to_string(&notes).expect("it was loaded");
    let base = fs::canonicalize(&base).expect("a folder");
    for name in ["cluster.key", "worker.key", "store.redb"] {
        assert!(base.join(name).is_file(), "{name}");
        let draft = format!("file {}/{name}.", base.display());
        let of_draft = |line: &str| line.starts_with(&draft) && line.ends_with(".new");
        let behind = notes.lines().skip_while(|line| !of_draft(line));
        let folder = format!("folder {}:", base.display());
        let mut folders = behind.filter_map(|line| line.strip_prefix(&folder));
        let durable = folders.any(|names| {
            let mut names = names.split_whitespace();
            names.clone().any(|it| it == name)
                && !names.any(|it| it.starts_with(&format!("{name}.")) && it.ends_with(".new"))
        });
        assert!(durable, "{name} isn't durable:\n{notes}");
    }
}

/// Runs a shell's commands where mounting is allowed, with the program as `$PINK` and the base
/// path as `$BASE`.
pub(crate) fn with_mounts(node: &Node, script: &str) -> (i32, String) {
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-ec", script])
        .env("PINK", env!("CARGO_BIN_EXE_pink-worker"))
        .env("BASE", node.base_path())
        .env("PINK_ENGINES", &node.engines)
        .output()
        .expect("unshare, of util-linux, runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = String::from_utf8_lossy(&output.stderr);
    let code = output.status.code();
    (code.expect("it wasn't killed"), format!("{text}{said}"))
}

#[test]
fn what_changes_nothing_needs_nothing_to_write() {
    let (node, flipper) = small_chain();
    let sound = node.run(&["accounts"]).success().json;
    // What was copied there has lost its permissions, and can't be mended.
    let script = format!(
        r#"chmod 644 "$BASE/cluster.key"
        mount --bind "$BASE" "$BASE"
        mount -o remount,ro,bind "$BASE"
        if touch "$BASE/written"; then exit 90; fi
        dev="$PINK dev --base-path $BASE --json"
        $dev accounts
        $dev query {flipper} --message get
        $dev estimate {flipper} --message flip
        $dev blocks
        $dev status
        $dev prices
        $dev engines
        $PINK replay --base-path "$BASE" --verify --json
        $PINK rehearse --base-path "$BASE" --to 2.0 --json || test $? = 2
        $PINK check --base-path "$BASE" --deep --json
        $dev advance 1 && exit 91 || test $? = 2"#
    );
    let (code, said) = with_mounts(&node, &script);
    assert_eq!(code, 0, "{said}");
    let mut lines: Vec<Value> = said
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    assert_eq!(lines.len(), 11, "{said}");
    for line in &mut lines[..9] {
        let line = line.as_object_mut().expect("an object");
        let warnings = line.remove("warnings").expect("a list").to_string();
        assert!(
            warnings.contains("cluster.key has the permissions 644"),
            "{warnings}"
        );
    }
    assert_eq!(lines[0], sound);
    assert_eq!(lines[1]["decoded"], "Ok(false)");
    let last = lines[10]["error"].as_str().expect("text");
    assert!(last.contains("read-only: mount it for writing"), "{last}");
}

/// What waits can't be executed there, because nobody could write down what it gives.
#[test]
fn blocks_that_wait_wait_on_where_nothing_can_be_written() {
    let engines = own_engines(&["2.0"]);
    let node = Node::empty(engines.path().into());
    node.run(&["init"]).success();
    let root = node.root();
    let (file, aside) = (
        engines.path().join("libpink.so.2.0"),
        engines.path().join("aside"),
    );
    fs::rename(&file, &aside).expect("the engine");
    node.run(&["advance", "2"]).error(&["2.0"]);
    fs::rename(&aside, &file).expect("the engine");
    let script = r#"mount --bind "$BASE" "$BASE"
        mount -o remount,ro,bind "$BASE"
        "$PINK" dev --base-path "$BASE" --json status"#;
    let (code, said) = with_mounts(&node, script);
    assert_eq!(code, 0, "{said}");
    let status: Value = serde_json::from_str(&said).expect("one JSON object");
    assert_eq!(status["state"], "waiting");
    assert_eq!(status["waiting_blocks"], 2);
    assert_eq!(status["state_root"], root.as_str());
    let status = node.run(&["status"]).success().json;
    assert_eq!(
        (&status["state"], &status["waiting_blocks"]),
        (&"running".into(), &0.into())
    );
}

#[test]
fn an_init_on_a_full_disk_leaves_nothing() {
    let node = Node::empty(engines());
    let mut failed = Vec::new();
    // From one that holds nothing to one that holds all of it.
    for kib in (4..=40).step_by(4).chain([64, 96, 128, 400]) {
        let script = format!(
            r#"mkdir -p "$BASE"
            mount -t tmpfs -o size={kib}k none "$BASE"
            "$PINK" dev --base-path "$BASE" --json init --engine 2.0 || test $? = 2
            echo "left: $(ls "$BASE" | tr '\n' ' ')""#
        );
        let (code, said) = with_mounts(&node, &script);
        assert_eq!(code, 0, "{kib} KiB: {said}");
        let (json, left) = said.split_once("left: ").expect("both");
        let json: Value = serde_json::from_str(json).expect("one JSON object");
        if json["status"] == "success" {
            assert_eq!(left.trim(), "cluster.key store.redb worker.key");
            continue;
        }
        assert_eq!(left.trim(), "", "{kib} KiB: {json}");
        let error = json["error"].as_str().expect("text");
        assert!(
            error.contains("the disk is full: free some space"),
            "{error}"
        );
        failed.push(error.to_owned());
    }
    // It was full at each of them.
    for file in ["store.redb", "cluster.key", "worker.key"] {
        let mut failed = failed.iter();
        assert!(failed.any(|error| error.contains(file)), "{file}");
    }
}

#[test]
fn a_range_without_blocks_is_refused() {
    let (node, _) = small_chain();
    let base = node.base_path().display().to_string();
    let last = node.roots().len().to_string();
    for range in [
        &["--from", "999"][..],
        &["--from", "5", "--to", "3"],
        &["--to", "0"],
    ] {
        let words = ["there is no block from", "1 to ", &last];
        let replay = ["replay", "--base-path", &base, "--verify"];
        node.program(&[&replay[..], range].concat()).error(&words);
        node.run(&[&["replay"], range].concat()).error(&words);
    }
    let one = ["replay", "--verify", "--from", "2", "--to", "2"];
    assert_eq!(node.run(&one).success().json["compared_blocks"], 1);
    let beyond = ["replay", "--verify", "--from", "2", "--to", "999"];
    node.run(&beyond).success();
    node.run(&["rehearse", "--to", "2.0", "--last", "0"])
        .error(&["--last"]);
}

/// A process that was killed while it held a draft, as number 1 of a container.
#[test]
fn a_draft_that_was_left_is_in_nobody_s_way() {
    let node = Node::empty(engines());
    fs::create_dir_all(node.base_path()).expect("a folder");
    for left in ["store.redb.1.new", "cluster.key.1.new", "worker.key.1.new"] {
        fs::write(node.base_path().join(left), "half").expect("a file");
    }
    node.run(&["init", "--engine", "2.0"]).success();
    let names = fs::read_dir(node.base_path()).expect("a folder");
    let mut names: Vec<_> = names.map(|it| it.expect("an entry").file_name()).collect();
    names.sort();
    assert_eq!(names, ["cluster.key", "store.redb", "worker.key"]);
}
