//! `estimate` and `estimate-instantiate`: what the transaction in the next block would say.

use crate::node::{all_versions, artefact, own_engines, Node, Output, DEFAULT_LIMIT, UNIT};
use serde_json::Value;

/// What an estimate and the transaction have in common: all but the number of the message and the
/// root.
const SAME: [&str; 15] = [
    "status",
    "error",
    "engine",
    "block",
    "gas_limit",
    "gas_consumed",
    "gas_price",
    "fee",
    "refund",
    "storage_deposit",
    "output",
    "decoded",
    "address",
    "code_hash",
    "events",
];

/// Estimates, then sends; both say the same, but for hints. What the transaction said.
#[track_caller]
fn foretold(node: &Node, command: &str, args: &[&str]) -> Output {
    let estimate = match command {
        "instantiate" => "estimate-instantiate",
        _ => "estimate",
    };
    let before = node.root();
    let estimate = node.run(&[&[estimate], args].concat());
    assert_eq!(node.root(), before, "an estimate changed the state");
    let sent = node.run(&[&[command], args].concat());
    for field in SAME {
        let (foretold, found) = (&estimate.json[field], &sent.json[field]);
        // What to do about it may differ: one has gas to estimate, the other did it.
        let plain = |value: &Value| match value.as_str() {
            Some(text) if field == "error" => {
                Value::from(text.split(" (").next().unwrap_or_default())
            }
            _ => value.clone(),
        };
        assert_eq!(plain(foretold), plain(found), "{field} of {args:?}");
    }
    assert_eq!(estimate.exit, sent.exit);
    sent
}

/// Returns the block's number and its time, after as many turns of a loop as these two say: its
/// gas depends on both.
const BLOCK_NUMBER: &str = r#"(module
    (import "seal0" "seal_block_number" (func $number (param i32 i32)))
    (import "seal0" "seal_now" (func $now (param i32 i32)))
    (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
    (import "env" "memory" (memory 1 4))
    (func (export "deploy"))
    (func (export "call") (local $turns i32)
        (i32.store (i32.const 0) (i32.const 8))
        (call $number (i32.const 16) (i32.const 0))
        (i32.store (i32.const 0) (i32.const 8))
        (call $now (i32.const 24) (i32.const 0))
        (local.set $turns
            (i32.add
                (i32.load8_u (i32.const 16))
                (i32.shr_u (i32.load16_u (i32.const 24)) (i32.const 6))))
        (block $done
            (loop $more
                (br_if $done (i32.eqz (i32.ne (local.get $turns) (i32.const 0))))
                (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
                (br $more)))
        (call $return (i32.const 0) (i32.const 16) (i32.const 16))))"#;

fn clock(node: &Node, more: &[&str]) -> String {
    let code = node.file(
        "clock.wasm",
        &wat::parse_str(BLOCK_NUMBER).expect("a literal"),
    );
    let make = ["instantiate", "--code", &code, "--data", ""];
    let made = node.run(&[&make[..], more].concat()).success();
    made.text("address").into()
}

/// Number and time as the contract saw them.
fn seen(said: &Output) -> (u64, u64) {
    let output = said.text("output").strip_prefix("0x").expect("hex");
    let bytes = hex::decode(output).expect("hex");
    let word = |at: usize| {
        let part = bytes.get(at..at + 8).expect("16 bytes");
        u64::from_le_bytes(part.try_into().expect("8 bytes"))
    };
    (word(0) & 0xffff_ffff, word(8))
}

/// Number, time, and gas that depends on both, in every version; six seconds later, as every block
/// that a command makes, however long the one before took.
#[test]
fn an_estimate_is_in_the_next_block() {
    for version in all_versions() {
        let engines = own_engines(&[&version]);
        let node = Node::empty(engines.path().into());
        node.run(&["init", "--engine", &version]).success();
        let clock = clock(&node, &["--value", "50_000_000_000_000"]);
        let mut last = None;
        for wait in [None, Some("6"), Some("77")] {
            if let Some(seconds) = wait {
                let advance = ["advance", "3", "--seconds", seconds];
                node.run(&advance).success();
            }
            let head = node.run(&["status"]).success();
            let next = head.json["block"].as_u64().expect("a number") + 1;
            let estimate = node.run(&["estimate", &clock, "--data", ""]).success();
            let sent = foretold(&node, "call", &[&clock, "--data", ""]).success();
            let (number, now) = seen(&sent);
            // In 2.0 a number has four bytes, and the buffer is zeroed; the contract wrote no more.
            assert_eq!(number, next, "{version}");
            assert_eq!(seen(&estimate), (number, now), "{version}");
            if let Some((before, was)) = last {
                let waited: u64 = wait.map_or(0, |it| it.parse().expect("a number"));
                let blocks: u64 = number - before;
                let time = 6_000
                    + if wait.is_some() {
                        3 * waited * 1_000
                    } else {
                        0
                    };
                assert_eq!(blocks, if wait.is_some() { 4 } else { 1 });
                assert_eq!(now - was, time, "{version}");
            }
            last = Some((number, now));
        }
    }
}

/// The first block in which a contract's rent is due: the estimate that is asked for one block
/// earlier already says so, and the transaction finds it so.
#[test]
fn an_estimate_sees_the_rent_of_its_block() {
    let engines = own_engines(&["1.0"]);
    let node = Node::empty(engines.path().into());
    node.run(&["init"]).success();
    let clock = clock(&node, &["--value", "150_000_000_000"]);
    let rent = node.run(&["rent", &clock]).success();
    let at = rent.json["eviction_at"].as_u64().expect("a block");
    let now = rent.json["block"].as_u64().expect("a block");
    let call = [clock.as_str(), "--data", "00"];
    node.run(&["advance", &(at - now - 2).to_string()])
        .success();
    // Nothing is charged by an estimate, so the contract stays as it is until its rent is due.
    for _ in 0..10 {
        let estimate = node.run(&[&["estimate"], &call[..]].concat());
        if estimate.json["status"] != "success" {
            let sent = foretold(&node, "call", &call).failed("trapped");
            assert!(sent.text("error").contains("NotCallable"), "{}", sent.json);
            return;
        }
        // What was foretold for this block is so in it.
        node.run(&["advance", "1"]).success();
        node.run(&[&["query"], &call[..]].concat()).success();
    }
    panic!("its rent never falls due");
}

#[test]
fn who_can_not_pay_hears_of_it() {
    for version in all_versions() {
        let engines = own_engines(&[&version]);
        let node = Node::empty(engines.path().into());
        node.run(&["init", "--engine", &version]).success();
        let clock = clock(&node, &["--value", "50_000_000_000_000"]);
        let by_nobody = [clock.as_str(), "--data", "", "--from", "//Nobody"];
        // On the chain it can pay for the order.
        node.run(&["withdraw", "5u", "--to", "//Nobody"]).success();
        let sent = foretold(&node, "call", &by_nobody);
        sent.error(&["InsufficientBalance", "transfer 5"]);
        // Enough for a little gas, and not for all of it.
        node.run(&["transfer", "//Nobody", "0.2u"]).success();
        foretold(&node, "call", &by_nobody).error(&["InsufficientBalance"]);
        let little = ["--gas-limit", "10_000_000_000"];
        foretold(&node, "call", &[&by_nobody[..], &little].concat()).success();
        // With what is in escrow there isn't enough left for the value.
        let value = ["--gas-limit", "5_000_000_000", "--value", "0.165u"];
        let sent = foretold(&node, "call", &[&by_nobody[..], &value].concat());
        assert_ne!(sent.exit, 0, "{version}: {}", sent.json);
        // It is the escrow that is missing: a query, which has none, succeeds.
        node.run(&[&["query"], &by_nobody[..], &value].concat())
            .success();
    }
}

/// A contract that asks what its caller has sees what is left beside the escrow, in both.
#[test]
fn a_contract_sees_the_same_money_of_its_caller() {
    let node = Node::new();
    let code = artefact("outside.contract");
    let make = ["--code", &code, "--constructor", "default"];
    let made = foretold(&node, "instantiate", &make).success();
    let outside = made.text("address").to_owned();
    let free = node.free("//Bob");
    let value = 3 * UNIT as i128;
    let ask = [
        &*outside,
        "--message",
        "money",
        "--from",
        "//Bob",
        "--value",
        "3u",
    ];
    let sent = foretold(&node, "call", &ask).success();
    let limit = i128::from(sent.ref_time("gas_limit")) * 10;
    assert!(limit > i128::from(DEFAULT_LIMIT) * 10);
    let left = free - limit - value;
    assert_eq!(sent.text("decoded"), format!("Ok(({left}, {value}))"));
}

#[test]
fn an_instantiation_is_foretold() {
    let node = Node::new();
    let code = artefact("flipper.contract");
    let make = ["--code", &*code, "--constructor", "new", "--args", "true"];
    let made = foretold(&node, "instantiate", &make).success();
    assert!(made.money("storage_deposit") > 0);
    // The same address again.
    foretold(&node, "instantiate", &make).error(&["DuplicateContract", "--salt"]);
    let salted = [&make[..], &["--salt", "07"]].concat();
    foretold(&node, "instantiate", &salted).success();
    let poor = [&make[..], &["--salt", "08", "--gas-limit", "1"]].concat();
    foretold(&node, "instantiate", &poor).failed("out_of_gas");
    let hash = made.text("code_hash").to_owned();
    let by_hash = [
        "--code-hash",
        &*hash,
        "--message",
        "default",
        "--salt",
        "09",
    ];
    foretold(&node, "instantiate", &by_hash).success();
}

/// A move that is due in the next block has happened when the transaction comes.
#[test]
fn an_estimate_is_by_the_engine_of_its_block() {
    let engines = own_engines(&["1.0", "1.1"]);
    let node = Node::empty(engines.path().into());
    node.run(&["init", "--engine", "1.0"]).success();
    let clock = clock(&node, &["--value", "50_000_000_000_000"]);
    let said = node.run(&["upgrade", "1.1"]).success();
    let at = said.json["block"].as_u64().expect("a block");
    let now = said.json["ordered_in"].as_u64().expect("a block");
    node.run(&["advance", &(at - now - 1).to_string()])
        .success();
    assert_eq!(node.run(&["status"]).success().text("engine"), "1.0");
    let sent = foretold(&node, "call", &[&clock, "--data", ""]).success();
    assert_eq!(sent.text("engine"), "1.1");
}

/// Drawn contracts, messages, limits, values and waits: gas, money and outcome are foretold, in
/// every case.
#[test]
fn drawn_messages_are_foretold() {
    let node = Node::new();
    let token = node.deploy("token", &["1_000_000"]);
    let factory = {
        let hash = node.run(&["upload", &artefact("flipper.contract")]);
        let hash = hash.success().text("code_hash").to_owned();
        node.deploy("factory", &[&hash])
    };
    let outside = {
        let code = artefact("outside.contract");
        let made = node.run(&["instantiate", "--code", &code, "--constructor", "default"]);
        made.success().text("address").to_owned()
    };
    let clock = clock(&node, &[]);
    let seed = 20_261_126;
    let mut draw = fastrand::Rng::with_seed(seed);
    let mut outcomes = std::collections::BTreeMap::new();
    for _ in 0..60 {
        let number = draw.u32(0..2_000).to_string();
        let who = ["//Alice", "//Bob", "//Nobody", "//Eve"][draw.usize(0..4)];
        let from = ["//Alice", "//Alice", "//Bob", "//Nobody"][draw.usize(0..4)];
        let salt = format!("0x{:02x}", draw.u8(0..8));
        let call: Vec<&str> = match draw.u8(0..9) {
            0 => vec![&token, "--message", "transfer", "--args", who, &number],
            1 => vec![&token, "--message", "approve", "--args", who, &number],
            2 => vec![
                &factory,
                "--message",
                "instantiate_child",
                "--args",
                "true",
                &salt,
            ],
            3 => vec![&factory, "--message", "recurse", "--args", &number],
            4 => vec![&factory, "--message", "fail_after_write"],
            5 => vec![&outside, "--message", "money", "--value", "0.5u"],
            6 => vec![&outside, "--message", "work", "--args", &number],
            7 => vec![&factory, "--message", "flip_child"],
            _ => vec![&clock, "--data", "00"],
        };
        let limit = format!("{},{}", draw.u64(1..20_000_000_000), draw.u64(1..400_000));
        let limit = ["--gas-limit", &limit];
        let limit = if draw.bool() { &limit[..] } else { &[] };
        let all = [&call[..], &["--from", from], limit].concat();
        if draw.u8(0..4) == 0 {
            let blocks = draw.u8(1..5).to_string();
            let seconds = draw.u8(1..100).to_string();
            node.run(&["advance", &blocks, "--seconds", &seconds])
                .success();
        }
        let sent = foretold(&node, "call", &all);
        let status = sent.text("status").to_owned();
        *outcomes.entry(status).or_insert(0) += 1;
    }
    // A draw that reaches one outcome only would show nothing.
    println!("seed {seed}: {outcomes:?}");
    assert!(outcomes.len() >= 4, "{outcomes:?}");
    assert!(outcomes["success"] >= 10, "{outcomes:?}");
}
