//! Gas is the same cold and warm, through the file: a message that a busy engine executed is
//! executed again by an engine that never compiled anything, in a process of its own.

use crate::{
    fixtures,
    harness::{blake2_256, call, claim, deploy, Harness, ALICE, CHARLIE, DJANGO},
    tested::{self, Tested},
};
use parity_scale_codec::{DecodeAll, Encode};
use pink_engine_rent::{Release, V1_0, V1_1};
use pink_engine_sdk::{
    types::{AccountId, Code, Env, Instantiate, Message, Mode, Receipt, Version},
    Changes, MemoryHost,
};
use std::{
    collections::BTreeMap,
    env,
    io::{Read, Write},
    process::{Command, Stdio},
};

/// Where the child finds its work: it is a test of this program, and does nothing by itself.
const CHILD: &str = "cold::child";

/// A message, and the state that it came upon.
type Work = (Version, Vec<(Vec<u8>, Vec<u8>)>, Env, Message);
type Done = (Receipt, Changes);

/// Messages of every kind on contracts that call each other, each with the state before.
fn scenario<V: Release>() -> Vec<(Work, Done)> {
    let mut harness = Harness::<V>::new();
    harness.fund(ALICE, 10_000_000);
    harness.fund(CHARLIE, 10_000_000);
    let codes = [
        fixtures::puppet(),
        fixtures::proxy(),
        fixtures::tenant(),
        fixtures::factory(),
        fixtures::terminator(&DJANGO),
    ];
    let address = |code: &[u8]| harness.address(&ALICE, code, &[]);
    let made: Vec<AccountId> = codes.iter().map(|code| address(code)).collect();
    let mut messages: Vec<Message> = codes
        .iter()
        .map(|code| Message::Instantiate(deploy(ALICE, code, 1_000_000)))
        .collect();
    messages.push(Message::Instantiate(Instantiate {
        code: Code::Existing(blake2_256(&codes[0])),
        salt: vec![1],
        ..deploy(ALICE, &[], 1_000_000)
    }));
    let through = fixtures::through(&made[0], 0, 5, &[4]);
    let making = fixtures::making(&blake2_256(&codes[0]), 0, 200_000, [2; 4], &[0, 1]);
    for (contract, input) in [
        (made[0], &[0, 7, 7][..]),
        (made[0], &[5]),
        (made[1], &through),
        (made[2], &[0; 4]),
        (made[3], &making),
        (made[0], &[3]),
        (made[4], &[]),
    ] {
        messages.push(Message::Call(call(ALICE, contract, input)));
    }
    messages.push(claim(CHARLIE, made[2], false));
    let mut done = Vec::new();
    for message in messages {
        let state: Vec<_> = harness.state().into_iter().collect();
        let env = harness.env(Mode::Transaction);
        // Again and again, so that it is as warm as it gets.
        let warm = [(); 3].map(|()| harness.engine.execute(&harness.host, &env, &message));
        let [warm, ..] = warm.map(|done| done.expect("no fault"));
        harness.execute(message.clone());
        done.push(((V::RULES.version, state, env, message), warm));
    }
    // After a new schedule, code is instrumented again.
    harness.update_schedule(|_| {});
    let state: Vec<_> = harness.state().into_iter().collect();
    let (env, message) = (
        harness.env(Mode::Transaction),
        Message::Call(call(ALICE, made[0], &[4])),
    );
    let warm = harness.engine.execute(&harness.host, &env, &message);
    done.push((
        (V::RULES.version, state, env, message),
        warm.expect("no fault"),
    ));
    done
}

/// The same in a process of its own.
#[allow(clippy::disallowed_methods)] // a test's own process, not an engine's
fn in_a_fresh_process(work: &Work) -> Done {
    let mut child = Command::new(env::current_exe().expect("this program"))
        .args(["--exact", CHILD, "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program runs");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(&work.encode()).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    // Between what the test harness says.
    let line = text.lines().find_map(|line| line.split_once("done: "));
    let (_, hex) = line.unwrap_or_else(|| panic!("no result: {text}"));
    let bytes: Vec<u8> = (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex"))
        .collect();
    Done::decode_all(&mut &bytes[..]).expect("a result")
}

#[test]
#[ignore = "the other tests of this module run it, each time in a process of its own"]
fn child() {
    let mut work = Vec::new();
    std::io::stdin().read_to_end(&mut work).unwrap();
    let (version, state, env, message) = Work::decode_all(&mut &work[..]).unwrap();
    let host = MemoryHost::default();
    *host.state.lock().unwrap() = BTreeMap::from_iter(state);
    let execute: fn(&MemoryHost, &Env, &Message) -> Done = match version {
        Version { major: 1, minor: 0 } => cold::<V1_0>,
        _ => cold::<V1_1>,
    };
    let done = execute(&host, &env, &message).encode();
    let hex: String = done.iter().map(|byte| format!("{byte:02x}")).collect();
    println!("done: {hex}");
}

fn cold<V: Release>(host: &MemoryHost, env: &Env, message: &Message) -> Done {
    assert!(tested::file::<V>().is_some());
    let done = Tested::<V>::new().execute(host, env, message);
    done.expect("no fault")
}

fn cold_is_warm<V: Release>() {
    for (work, warm) in scenario::<V>() {
        let cold = in_a_fresh_process(&work);
        assert_eq!(cold, warm, "{:?}", work.3);
        assert!(cold.0.gas_consumed.ref_time > 500_000_000);
    }
}

#[test]
fn gas_is_the_same_in_a_fresh_process() {
    cold_is_warm::<V1_0>();
    cold_is_warm::<V1_1>();
}
