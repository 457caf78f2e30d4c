//! Two nodes that make and finalize blocks together, and workers that follow both.

use crate::{
    chain,
    council::carry,
    harness::{place, receipt, Harness},
    process::{Node, Start},
    programs::{insert_key, until, Running},
    scenario::stopped,
    signing::pair,
};
use fat_contracts_primitives::AccountId;
use pink_capi::types::Outcome;
use runtime_mock::validators;
use sp_core::{crypto::DEV_PHRASE, Pair};

/// Of the preset `local`, whose blocks are two seconds apart.
fn start<'a>(authority: &'a str, more: &'a [&'a str]) -> Start<'a> {
    Start {
        chain: "local",
        authority,
        more,
        ..Start::default()
    }
}

/// Neither finalizes alone. Then the council names one of them, and the other one goes: whoever followed that goes on
/// with the one that stays.
#[test]
#[ignore = "needs PINK_NODE: run by the step `node`"]
fn workers_follow_two_nodes_across_a_change_of_authorities() {
    let archive = ["--state-pruning", "archive"];
    // Until the other is there, nothing is final.
    let alice = Node::begin(start("--alice", &archive), |client| {
        (chain::best(client) > 2).then_some(())
    });
    assert_eq!(chain::number(&alice.client), 0);
    let address = alice.address();
    let more = [&archive[..], &["--bootnodes", &address]].concat();
    let bob = Node::start_as(start("--bob", &more));
    let harness = Harness::of(alice);
    until("finality", || {
        (chain::number(harness.node()) > 0).then_some(())
    });

    harness.admit("//Dave");
    harness.admit("//Eve");
    let run = |name: &str, key: [&str; 2], endpoints: [&str; 2]| {
        let more = ["--chain", endpoints[1], key[0], key[1]];
        Running::start(&harness.path(name), endpoints[0], &more)
    };
    let mut one = run("one", ["--from", "//Dave"], [harness.url(), &bob.url]);
    // The second one's key is in a directory, as an operator has it.
    let keys = harness.path("keys");
    insert_key(&keys, &format!("{DEV_PHRASE}//Eve"));
    let keys = keys.display().to_string();
    let mut two = run("two", ["--keystore", &keys], [&bob.url, harness.url()]);
    let deposit = || {
        let told = place(&harness.tell("//Bob", &["transfer", "//Bob", "2u"]));
        harness.confirmed(told.0);
        told
    };
    let before = deposit();
    assert_eq!(chain::set_id(harness.node()), 0);

    let named = validators::Call::<runtime_mock::runtime::Runtime>::set_validators {
        validators: vec![AccountId::new(pair("//Alice").public().0)],
    };
    assert_eq!(carry(harness.node(), named), Ok(()));
    until("the other set", || {
        (chain::set_id(harness.node()) == 1).then_some(())
    });
    let meanwhile = deposit();
    drop(bob);
    let after = deposit();
    for worker in [&mut one, &mut two] {
        worker.follows(after.0);
    }
    for base in stopped(vec![one, two]) {
        for message in [before, meanwhile, after] {
            assert_eq!(receipt(&base, message).0, Outcome::Success);
        }
    }
}
