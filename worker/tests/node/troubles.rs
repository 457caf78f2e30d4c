//! Workers in bad circumstances, over one node.

use crate::{
    chain,
    cut::Cutting,
    harness::{place, receipt, Harness, OWNER},
    process::Node,
    programs::{said, until, Running},
    scenario::stopped,
    signing::pair,
};
use fat_contracts_primitives::AccountId;
use pallet_fat_contracts::Event;
use parity_scale_codec::Encode;
use pink_capi::types::Outcome;
use runtime_mock::{RuntimeCall, RuntimeEvent, UNIT};
use sp_core::Pair;
use sp_runtime::MultiAddress;
use std::{path::PathBuf, process::Command};

fn account(name: &str) -> AccountId {
    AccountId::new(pair(name).public().0)
}

fn deposit(harness: &Harness) -> (u64, u64) {
    place(&harness.tell("//Bob", &["transfer", "//Bob", "1u"]))
}

#[test]
#[ignore = "needs PINK_NODE: run by the step `node`"]
fn workers_get_over_their_troubles() {
    // Whoever comes by another port than the node's is let in.
    let more = ["--state-pruning", "archive", "--rpc-cors", "all"];
    let harness = Harness::of(Node::start(&more));
    let from = chain::number(harness.node());
    harness.admit("//Dave");
    clocks(&harness);
    let (mut one, snapshots) = serving(&harness);
    second(&harness, &one);
    let mut poor = without_money(&harness, &mut one, &snapshots);
    let mut three = cut_off(&harness, &snapshots);
    let last = deposit(&harness);
    harness.confirmed(last.0);
    for worker in [&mut one, &mut poor, &mut three] {
        worker.follows(last.0);
    }
    for base in stopped(vec![one, poor, three]) {
        assert_eq!(receipt(&base, last).0, Outcome::Success);
    }

    // What they said came through, each word once: a word that is of no use fails.
    let all =
        (from..=chain::number(harness.node())).flat_map(|it| chain::events(harness.node(), it));
    let mut announced = Vec::new();
    let mut keys = Vec::new();
    for event in all {
        match event {
            RuntimeEvent::System(frame_system::Event::ExtrinsicFailed {
                dispatch_error, ..
            }) => panic!("{dispatch_error:?}"),
            RuntimeEvent::FatContracts(Event::EnginesAnnounced { worker }) => {
                announced.push(worker);
            }
            RuntimeEvent::FatContracts(Event::WorkerKeySet { worker, .. }) => keys.push(worker),
            _ => {}
        }
    }
    let expected = ["//Dave", POOR, "//Eve"].map(account);
    assert_eq!(announced, expected);
    // The first one has the cluster's key of nobody.
    assert_eq!(keys, expected[1..]);
}

/// A library that gives a wrong time, made of C: what it is loaded into knows nothing of it.
fn clock() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let library = folder.join("wrong-clock.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/node/clock.c");
    let made = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
        .arg(&library)
        .args([source, "-ldl"])
        .status();
    assert!(made.expect("a C compiler").success());
    library
}

/// What the time is makes no difference to what a worker executes or says.
fn clocks(harness: &Harness) {
    let library = clock().display().to_string();
    let day = 24 * 60 * 60i64;
    let shifts = [("one", -30 * 365 * day), ("future", 70 * 365 * day)];
    let mut running = shifts.map(|(name, seconds)| {
        let shift = seconds.to_string();
        let wrong = [("LD_PRELOAD", &*library), ("PINK_TEST_CLOCK", &*shift)];
        let speaks = ["--from", "//Dave"];
        let options = if name == "one" { &speaks[..] } else { &[] };
        Running::start_in(&harness.path(name), harness.url(), options, &wrong)
    });
    let told = deposit(harness);
    harness.confirmed(told.0);
    for (worker, (_, seconds)) in running.iter_mut().zip(shifts) {
        worker.follows(told.0);
        // It has that time indeed: what it logs begins with it.
        let log = worker.log();
        let year = log
            .trim_start_matches("\u{1b}[2m")
            .get(..4)
            .expect("a year");
        let year: i64 = year.parse().expect("a year");
        assert!(
            (year < 2010) == (seconds < 0) && !(2010..2080).contains(&year),
            "{log}"
        );
    }
    stopped(running.into());
}

/// The first worker once more, and where it serves snapshots: the chain has the first messages no more.
fn serving(harness: &Harness) -> (Running, String) {
    let genesis = harness.genesis();
    let serve = [
        "--genesis",
        &genesis,
        "--from",
        "//Dave",
        "--snapshots",
        "127.0.0.1:0",
        "--snapshot-each",
        "1",
    ];
    let mut one = Running::start(&harness.path("one"), harness.url(), &serve);
    let line = one.says("serves snapshots at http://");
    let url = line[line.find("http://").expect("an address")..].trim();
    one.says("serves a snapshot of block");
    (one, url.into())
}

/// A second worker on a base path is refused, and the first one isn't disturbed.
fn second(harness: &Harness, one: &Running) {
    until("the first one", || {
        one.log().contains("followed").then_some(())
    });
    let base = one.base.display().to_string();
    let command = [
        "run",
        "--json",
        "--chain",
        harness.url(),
        "--base-path",
        &base,
    ];
    let (status, told) = said(&command);
    let error = told["error"].as_str().expect("an error");
    assert!(
        status != 0 && error.contains("is in use by another process"),
        "{told}"
    );
}

const POOR: &str = "//Scenario//poor";

/// A member that can't pay says so, and executes; when it has money it says everything else.
fn without_money(harness: &Harness, one: &mut Running, snapshots: &str) -> Running {
    let poor = account(POOR);
    let pay = |from: &str, call: pallet_balances::Call<runtime_mock::runtime::Runtime>| {
        crate::signing::submit(harness.node(), from, &RuntimeCall::Balances(call).encode());
    };
    let give = || {
        pay(
            OWNER,
            pallet_balances::Call::transfer_keep_alive {
                dest: MultiAddress::Id(poor.clone()),
                value: UNIT,
            },
        );
    };
    give();
    until("the money", || {
        (chain::balance(harness.node(), &poor) == UNIT).then_some(())
    });
    harness.admit(POOR);
    // It keeps what keeps an account open.
    pay(
        POOR,
        pallet_balances::Call::transfer_all {
            dest: MultiAddress::Id(account(OWNER)),
            keep_alive: true,
        },
    );
    until("no money", || {
        (chain::balance(harness.node(), &poor) == runtime_mock::EXISTENTIAL_DEPOSIT).then_some(())
    });
    let options = ["--from", POOR, "--sync-from", snapshots];
    let mut worker = Running::start(&harness.path("poor"), harness.url(), &options);
    worker.says("can't pay the fee of announce_engines");
    let told = deposit(harness);
    worker.follows(told.0);
    one.follows(told.0);
    assert!(
        chain::confirmed(harness.node()) < told.0,
        "of two both count"
    );
    give();
    harness.confirmed(told.0);
    let key = until("the key", || worker.file("cluster.key"));
    assert_eq!(Some(key), one.file("cluster.key"));
    worker
}

/// The connections that are cut.
const CUTS: u32 = 20;

/// A newcomer whose connections are cut behind each step gets there all the same.
fn cut_off(harness: &Harness, snapshots: &str) -> Running {
    harness.admit("//Eve");
    let way = Cutting::start(harness.url(), CUTS);
    let options = ["--from", "//Eve", "--sync-from", snapshots];
    let mut worker = Running::start(&harness.path("cut"), &way.url(), &options);
    until("the key", || worker.file("cluster.key"));
    until("the last cut", || (way.connections() > CUTS).then_some(()));
    let told = deposit(harness);
    worker.follows(told.0);
    harness.confirmed(told.0);
    worker
}
