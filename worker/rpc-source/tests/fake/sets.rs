//! Authorities change, and whoever follows knows it.

use crate::harness::*;
use pink_rpc_source::Config;
use pink_worker_core::source::{ChainSource, PermanentError, SourceError, TransientError};

#[test]
fn sets_are_followed_from_block_to_block() {
    let harness = Harness::begin();
    let source = harness.source();
    source.finalized().expect("honest");
    for (at, seeds) in [[4, 5, 6], [4, 5, 7], [8, 9, 10]].iter().enumerate() {
        harness.fake.idle(2);
        harness.fake.change(seeds, 0, false);
        harness.fake.idle(3);
        // Over the change in one step.
        let head = source.finalized().expect("honest");
        assert_eq!(head.number, 3 + 6 * (at as u32 + 1));
        let known = source.known().expect("a block");
        assert_eq!(known.set.id, at as u64 + 1);
        assert_eq!(
            known.set.authorities,
            harness.fake.with(|state| state.set.list())
        );
    }
    // And all of them at once, by somebody who starts at the genesis block.
    let fresh = harness.source();
    assert_eq!(fresh.finalized().expect("honest").number, 21);
    assert_eq!(fresh.known(), source.known());
    // The very block that ends a set.
    harness.fake.change(&[1, 2, 3], 0, false);
    assert_eq!(source.finalized().expect("honest").number, 22);
    assert_eq!(source.known().expect("a block").set.id, 4);
    harness.fake.idle(1);
    assert_eq!(source.finalized().expect("honest").number, 23);
}

#[test]
fn a_delayed_change_is_followed_near_and_far() {
    let harness = Harness::begin();
    let source = harness.source();
    source.finalized().expect("honest");
    harness.fake.change(&[4, 5, 6], 5, false);
    harness.fake.idle(2);
    source.finalized().expect("honest");
    let pending = source
        .known()
        .expect("a block")
        .pending
        .expect("it is announced");
    assert_eq!(pending.last, 9);
    // A restart in the middle.
    let config = Config {
        known: source.known(),
        ..harness.config()
    };
    let again = crate::harness::source(config);
    harness.fake.idle(4);
    assert_eq!(again.finalized().expect("honest").number, 10);
    assert_eq!(again.known().expect("a block").set.id, 1);
    // At the block that somebody names, whose state says what was announced before.
    let config = Config {
        from_block: Some(harness.fake.with(|state| state.blocks[6].hash)),
        ..harness.config()
    };
    let named = crate::harness::source(config);
    assert_eq!(named.finalized().expect("honest").number, 10);
    assert_eq!(named.known().expect("a block").set.id, 1);
}

/// Too far for every header: with proofs of where sets end, and without.
#[test]
fn a_long_way_goes_from_set_to_set() {
    let harness = Harness::begin();
    harness.fake.idle(600);
    harness.fake.change(&[4, 5, 6], 0, false);
    harness.fake.idle(700);
    harness.fake.change(&[7, 8, 9], 0, false);
    harness.fake.idle(650);
    // Few justifications are kept, as by most nodes.
    harness.fake.with(|state| state.period = 512);
    let head = harness.fake.with(|state| state.blocks.len() as u32 - 1);
    for proves in [false, true] {
        harness.fake.with(|state| state.proves = proves);
        harness.endpoint.forget_listeners();
        let source = harness.source();
        let error = source.finalized().expect_err("nothing proves the newest");
        assert!(
            matches!(&error, SourceError::Transient(TransientError::NotJustified { block, .. }) if *block == head),
            "{error}"
        );
        let (justification, header) = harness.fake.news(head);
        let before = source.signal().count();
        harness.endpoint.tell(justification, header);
        while source.signal().count() < before + 2 {
            std::thread::yield_now();
        }
        harness.endpoint.asked();
        assert_eq!(source.finalized().expect("it is proven").number, head);
        assert_eq!(source.known().expect("a block").set.id, 2);
        let asked = harness.endpoint.asked();
        let headers = asked.iter().filter(|it| *it == "chain_getHeader").count();
        match proves {
            true => assert!(headers < 700, "{headers} headers"),
            false => assert!(headers > 1_300, "{headers} headers"),
        }
    }
    // One that doesn't keep what ends a set proves nothing.
    harness
        .endpoint
        .lie(|method, _, answer| match (method, answer) {
            ("chain_getBlock", Ok(mut answer)) => {
                if answer["block"]["header"]["number"] == "0x25c" {
                    answer["justifications"] = serde_json::Value::Null;
                }
                Ok(answer)
            }
            (_, answer) => answer,
        });
    harness.fake.with(|state| {
        state.proves = false;
        state.period = 1;
    });
    let (what, reason) = unproven(harness.source().finalized());
    assert!(
        what == "justification" && reason.contains("block 604"),
        "{reason}"
    );
}

#[test]
fn a_forced_change_needs_somebodys_word() {
    let harness = Harness::begin();
    let source = harness.source();
    source.finalized().expect("honest");
    harness.fake.change(&[4, 5, 6], 0, true);
    harness.fake.idle(2);
    let standing = standing(source.finalized());
    assert!(
        matches!(&standing, PermanentError::Unsupported { what, .. } if what.contains("block 4")),
        "{standing}"
    );
    let config = Config {
        from_block: Some(harness.fake.with(|state| state.blocks[5].hash)),
        ..harness.config()
    };
    assert_eq!(
        crate::harness::source(config)
            .finalized()
            .expect("honest")
            .number,
        6
    );
}

#[test]
fn without_justifications_nothing_is_final_unless_the_node_is_trusted() {
    let harness = Harness::begin();
    harness.fake.with(|state| state.period = 1_000_000);
    let error = harness.source().finalized().expect_err("nothing proves it");
    assert!(
        matches!(
            error,
            SourceError::Transient(TransientError::NotJustified { .. })
        ),
        "{error}"
    );
    let config = Config {
        trust_node: true,
        ..harness.config()
    };
    let source = crate::harness::source(config);
    assert_eq!(source.finalized().expect("it says so").number, 3);
    let known = source.known().expect("a block");
    assert!(
        !known.proves(),
        "who finalizes what comes behind it is unknown"
    );
    assert_eq!(from_the_start(&source).expect("values are proven"), [3]);
}

#[test]
fn who_begins_where_the_state_is_gone_is_told() {
    let harness = Harness::begin();
    harness.fake.idle(9);
    harness.fake.with(|state| state.oldest_state = 5);
    let error = harness.source().finalized().expect_err("genesis is gone");
    assert!(
        matches!(
            error,
            SourceError::Transient(TransientError::StateGone { block: 0, .. })
        ),
        "{error}"
    );
    let config = Config {
        from_block: Some(harness.fake.with(|state| state.blocks[6].hash)),
        ..harness.config()
    };
    assert_eq!(
        crate::harness::source(config)
            .finalized()
            .expect("honest")
            .number,
        12
    );
}

/// Whoever can't sign for a set can't end it: neither near nor far.
#[test]
fn a_set_that_nobody_handed_over_to_finalizes_nothing() {
    for (far, proves) in [(0, false), (700, false), (700, true)] {
        let harness = Harness::begin();
        let source = harness.source();
        source.finalized().expect("honest");
        // Blocks by strangers, who name themselves as the next authorities.
        harness.fake.with(|state| {
            state.set.seeds = vec![40, 41, 42];
            state.proves = proves;
        });
        harness.fake.idle(far);
        harness.fake.change(&[50, 51, 52], 0, false);
        harness.fake.idle(1 + far);
        let (what, reason) = unproven(source.finalized());
        assert!(what == "justification", "{what}: {reason}");
        assert_eq!(source.known().expect("a block").number, 3);
        assert_eq!(harness.fake.with(|state| state.set.id), 1);
    }
}

/// It says so in the state of the block that somebody names, as well as in a header.
#[test]
fn a_forced_change_that_was_announced_before_is_seen_in_the_state() {
    use parity_scale_codec::Encode;
    let harness = Harness::begin();
    harness.fake.with(|state| {
        let stored = (3u32, 100u32, state.set.list(), Some(2u32));
        let key = crate::support::fake::key("Grandpa", "PendingChange");
        state.extra.insert(key, stored.encode());
    });
    harness.fake.idle(2);
    let config = Config {
        from_block: Some(harness.fake.with(|state| state.blocks[4].hash)),
        ..harness.config()
    };
    let standing = standing(crate::harness::source(config).finalized());
    assert!(
        matches!(&standing, PermanentError::Unsupported { what, .. } if what.contains("block 3")),
        "{standing}"
    );
}

/// A change that was announced long before it takes effect, on a way of which not every header is looked at: that
/// of the set's end says nothing of it.
#[test]
fn a_delayed_change_is_followed_over_a_long_way() {
    for proves in [false, true] {
        let harness = Harness::begin();
        let source = harness.source();
        source.finalized().expect("honest");
        harness.fake.with(|state| state.proves = proves);
        harness.fake.idle(600);
        harness.fake.change(&[4, 5, 6], 100, false);
        harness.fake.idle(800);
        let head = source.finalized().expect("honest").number;
        assert_eq!((proves, head), (proves, 1_404));
        assert_eq!(source.known().expect("a block").set.id, 1);
    }
}

/// Who says that the state is gone in which an announced change stands would have it forgotten, for ever.
#[test]
fn a_state_that_is_said_to_be_gone_hides_no_announced_change() {
    let harness = Harness::begin();
    let source = harness.source();
    source.finalized().expect("honest");
    harness.fake.idle(600);
    harness.fake.change(&[4, 5, 6], 50, false);
    harness.fake.idle(10);
    harness
        .endpoint
        .lie(|method, _, answer| match (method, answer) {
            ("state_getReadProof", _) => Err(crate::support::refused(
                "UnknownBlock: State already discarded for it",
            )),
            (_, answer) => answer,
        });
    let error = source
        .finalized()
        .expect_err("its state is said to be gone");
    assert!(
        matches!(
            error,
            SourceError::Transient(TransientError::StateGone { .. })
        ),
        "{error}"
    );
    harness.endpoint.be_honest();
    harness.fake.idle(60);
    assert_eq!(source.finalized().expect("honest").number, 674);
    assert_eq!(source.known().expect("a block").set.id, 1);
}

/// The longer the way, the surer something comes between: what was proven of it isn't to be proven again, by whoever is
/// asked next.
#[test]
fn what_is_proven_of_a_long_way_is_kept() {
    for proves in [false, true] {
        let harness = Harness::begin();
        harness.fake.idle(600);
        harness.fake.change(&[4, 5, 6], 0, false);
        harness.fake.idle(700);
        harness.fake.change(&[7, 8, 9], 0, false);
        harness.fake.idle(650);
        harness.fake.with(|state| state.proves = proves);
        // It says nothing of what comes behind the second set's first blocks.
        harness
            .endpoint
            .lie(|method, params, answer| match (method, params.first()) {
                ("chain_getBlockHash", Some(serde_json::Value::Array(numbers)))
                    if numbers.iter().any(|it| it.as_u64() > Some(1_000)) =>
                {
                    Err(crate::support::refused("busy"))
                }
                ("grandpa_proveFinality", Some(number)) if number.as_u64() > Some(604) => {
                    Err(crate::support::refused("busy"))
                }
                _ => answer,
            });
        let source = harness.source();
        source.finalized().expect_err("it is busy");
        let known = source.known().expect("a block");
        assert_eq!((known.number, known.set.id), (604, 1), "{proves}");
        harness.endpoint.be_honest();
        harness.endpoint.asked();
        // And it goes on from there.
        assert_eq!(source.finalized().expect("honest").number, 1_955);
        let known = source.known().expect("a block");
        assert_eq!(known.set.id, 2);
    }
}

/// The very block behind which a delayed change takes effect, over a long way: its header announces nothing, and its
/// state has no pending change any more.
#[test]
fn the_last_block_of_a_set_is_known_as_that_over_a_long_way() {
    for proves in [false, true] {
        let harness = Harness::begin();
        let source = harness.source();
        source.finalized().expect("honest");
        harness.fake.with(|state| state.proves = proves);
        harness.fake.idle(600);
        // Announced in 604.
        harness.fake.change(&[4, 5, 6], 50, false);
        harness.fake.idle(50);
        let head = source.finalized().expect("honest").number;
        assert_eq!((proves, head), (proves, 654));
        let known = source.known().expect("a block");
        assert_eq!(known.set, {
            let set = harness.fake.with(|state| state.set.clone());
            pink_rpc_source::AuthoritySet {
                id: set.id,
                authorities: set.list(),
            }
        });
        // Otherwise nobody could ever go on from here.
        harness.fake.idle(1);
        assert_eq!(source.finalized().expect("honest").number, 655);
    }
}
