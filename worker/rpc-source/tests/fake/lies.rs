//! An endpoint that alters what it gives: nothing of it is taken, and it is named.

use crate::{
    harness::*,
    support::{
        fake::hex0x,
        places::{alter, places},
        Endpoint,
    },
};
use fat_contracts_primitives::ClusterBlock;
use pink_rpc_source::Config;
use pink_worker_core::source::{ChainSource, Cursor, PermanentError, SourceError, TransientError};
use serde_json::Value;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

/// What an honest answer to the n-th call of a method is.
fn answers_to(harness: &Harness, method: &'static str) -> Vec<Value> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (note, of) = (seen.clone(), method);
    harness.endpoint.lie(move |method, _, answer| {
        if let (true, Ok(value)) = (method == of, &answer) {
            note.lock().expect("no panic").push(value.clone());
        }
        answer
    });
    follow(harness).expect("an honest node");
    harness.endpoint.be_honest();
    let seen = seen.lock().expect("no panic").clone();
    assert!(!seen.is_empty(), "nobody asks for {method}");
    seen
}

/// A short run of a worker's source from nothing.
fn follow(harness: &Harness) -> Result<Vec<ClusterBlock>, SourceError> {
    let source = harness.source();
    let all = blocks(&source, Cursor::default(), 1_000)?;
    source.duties(1, &worker(1), 64)?;
    Ok(all)
}

/// Alters the n-th answer to a method at a place.
fn lie(endpoint: &Endpoint, of: &'static str, nth: usize, place: (String, usize)) {
    let mut seen = 0;
    endpoint.lie(move |method, _, mut answer| {
        if method == of {
            if let (true, Ok(value)) = (seen == nth, &mut answer) {
                alter(value, &place);
            }
            seen += 1;
        }
        answer
    });
}

/// Alters every `step`-th place of every answer to a method. What each altered answer gives has to be an
/// error that says who and what, or what the honest one gives.
fn every_place(method: &'static str, step: usize, blocks: u32, harmless: usize) {
    let harness = Harness::begin();
    harness
        .fake
        .block(vec![deposit("//Bob"), call(vec![1; 40])]);
    harness.fake.idle(blocks);
    let honest = follow(&harness).expect("an honest node");
    let (mut tried, mut same) = (0, 0);
    for (nth, answer) in answers_to(&harness, method).iter().enumerate() {
        let mut all = Vec::new();
        places(answer, String::new(), &mut all);
        for place in all.into_iter().step_by(step) {
            lie(&harness.endpoint, method, nth, place.clone());
            tried += 1;
            match follow(&harness) {
                Err(SourceError::Permanent(PermanentError::Unproven { endpoint, .. })) => {
                    assert_eq!(endpoint, harness.endpoint.url());
                }
                Err(SourceError::Permanent(PermanentError::OtherChain { endpoint, .. })) => {
                    assert_eq!(endpoint, harness.endpoint.url());
                }
                // It says that it is elsewhere, or hasn't got what it named itself.
                Err(SourceError::Transient(
                    TransientError::Unreachable { endpoint, .. }
                    | TransientError::NotJustified { endpoint, .. }
                    | TransientError::Behind { endpoint, .. },
                )) => assert_eq!(endpoint, harness.endpoint.url()),
                Ok(blocks) => {
                    assert_eq!(blocks, honest, "{method} {nth} {place:?}");
                    same += 1;
                }
                Err(other) => panic!("{method} {nth} {place:?}: {other}"),
            }
        }
    }
    assert!(
        tried > 10 && same <= harmless,
        "{same} of {tried} made no difference"
    );
}

#[test]
fn headers() {
    every_place("chain_getHeader", 7, 2, 0);
}

#[test]
fn blocks_and_their_justifications() {
    // Bytes of extrinsics are nobody's business, and the source doesn't read them.
    every_place("chain_getBlock", 3, 2, 1);
}

#[test]
fn proofs() {
    every_place("state_getReadProof", 97, 1, 0);
}

#[test]
fn hashes() {
    every_place("chain_getBlockHash", 9, 3, 0);
    every_place("chain_getFinalizedHead", 9, 3, 0);
}

#[test]
fn a_proof_of_another_block_a_value_left_out_and_a_foreign_proof_are_named() {
    let harness = Harness::begin();
    harness.fake.idle(3);
    let source = harness.source();
    source.finalized().expect("honest");
    let other = harness.fake.with(|state| state.blocks[2].hash);
    harness
        .endpoint
        .lie(move |method, _, answer| match (method, answer) {
            ("state_getReadProof", Ok(mut answer)) => {
                answer["at"] = serde_json::json!(other);
                Ok(answer)
            }
            (_, answer) => answer,
        });
    let (what, reason) = unproven(from_the_start(&source));
    assert!(
        what == "read proof" && reason.contains("asked for the state"),
        "{reason}"
    );
    harness
        .endpoint
        .lie(|method, _, answer| match (method, answer) {
            ("state_getReadProof", Ok(mut answer)) => {
                answer["proof"].as_array_mut().expect("a list").remove(1);
                Ok(answer)
            }
            (_, answer) => answer,
        });
    let (what, reason) = unproven(from_the_start(&source));
    assert!(
        what == "read proof" && reason.contains("missing"),
        "{reason}"
    );
    harness
        .endpoint
        .lie(|method, _, answer| match (method, answer) {
            ("state_getReadProof", Ok(mut answer)) => {
                answer["proof"] = Value::Array(Vec::new());
                Ok(answer)
            }
            (_, answer) => answer,
        });
    let (what, reason) = unproven(from_the_start(&source));
    assert!(
        what == "read proof" && reason.contains("state root"),
        "{reason}"
    );
    harness.endpoint.be_honest();
    from_the_start(&source).expect("an honest node");
}

/// Blocks by somebody else, behind a final one.
#[test]
fn a_fork_is_not_final_whoever_says_so() {
    let harness = Harness::begin();
    harness.fake.idle(2);
    let source = harness.source();
    source.finalized().expect("honest");
    // The same node's own blocks, made anew with another time, signed by nobody.
    let fork = Harness::begin();
    fork.fake.idle(1);
    fork.fake.block(vec![deposit("//Bob")]);
    fork.fake.idle(2);
    fork.fake.with(|state| state.set.seeds = vec![4, 5, 6]);
    fork.fake.idle(1);
    let forked = fork.fake.with(|state| state.blocks.clone());
    harness.fake.with(|state| state.blocks = forked);
    let (what, reason) = unproven(source.finalized());
    assert!(
        what == "header" && reason.contains("finalized"),
        "{what}: {reason}"
    );
    // By somebody who starts anew: signatures of others.
    let fresh = harness.source();
    let (what, reason) = unproven(fresh.finalized());
    assert!(what == "justification", "{what}: {reason}");
    // Another block at the very height.
    harness.fake.with(|state| state.finalized = Some(5));
    let (what, _) = unproven(source.finalized());
    assert_eq!(what, "finalized block");
}

#[test]
fn justifications_that_come_by_themselves_are_checked() {
    let harness = Harness::begin();
    harness.fake.idle(1);
    // It keeps none: what comes is all that there is.
    harness.fake.with(|state| state.period = 1_000_000);
    harness.fake.idle(2);
    let (justification, head) = harness.fake.news(6);
    let Value::String(text) = &justification else {
        panic!("no text");
    };
    let bytes = hex::decode(&text[2..]).expect("hex");
    let hear = |justification: Value| {
        harness.endpoint.forget_listeners();
        let source = harness.source();
        let error = source.finalized().expect_err("nothing proves it");
        assert!(error.is_transient(), "{error}");
        let before = source.signal().count();
        harness.endpoint.tell(justification, head.clone());
        while source.signal().count() < before + 2 {
            std::thread::yield_now();
        }
        source.finalized()
    };
    for at in (0..bytes.len()).step_by(5) {
        let mut wrong = bytes.clone();
        wrong[at] ^= 1;
        let error = hear(hex0x(&wrong)).expect_err("it is altered");
        let text = error.to_string();
        assert!(text.contains(&harness.endpoint.url()), "{text}");
    }
    assert_eq!(hear(justification).expect("it is proven").number, 6);
}

/// Headers cost nothing, so one who makes them up can do so for ever: each is the child of the one before it, and none
/// is signed for. Others are asked all the same.
#[test]
fn made_up_headers_without_an_end_keep_nobody_from_the_others() {
    use crate::support::signed::Set;
    use fat_contracts_primitives::{BlockNumber, Hash};
    use pink_rpc_source::{Header, Limits};
    use serde_json::json;
    use std::collections::HashMap;
    const FAR: BlockNumber = 4_000_000_000;

    let harness = Harness::begin();
    let liar = Endpoint::start(harness.fake.clone());
    let source = source(Config {
        limits: Limits {
            unsigned: Duration::from_millis(300),
            ..harness.config().limits
        },
        ..config(&[&liar, &harness.endpoint])
    });
    source.finalized().expect("honest");
    let known = source.known().expect("a block");
    let header = |parent_hash, number| Header {
        parent_hash,
        number,
        state_root: Hash::zero(),
        extrinsics_root: Hash::zero(),
        digest: Default::default(),
    };
    let far = header(Hash::zero(), FAR);
    let strangers = Set {
        id: 0,
        seeds: vec![40, 41, 42],
    };
    let justification = strangers.justify(far.hash(), FAR);
    let mut made = HashMap::from([(far.hash(), far.clone())]);
    let mut last = (known.hash, known.number);
    liar.lie(move |method, params, answer| match method {
        "chain_getFinalizedHead" => Ok(json!(far.hash())),
        "chain_getBlock" => Ok(json!({
            "block": { "header": far, "extrinsics": [] },
            "justifications": [[b"FRNK", justification]],
        })),
        "chain_getBlockHash" if params[0].is_array() => {
            let asked = params[0].as_array().map_or(0, Vec::len);
            let hashes = (0..asked).map(|_| {
                let next = header(last.0, last.1 + 1);
                last = (next.hash(), next.number);
                made.insert(next.hash(), next);
                json!(last.0)
            });
            Ok(hashes.collect())
        }
        "chain_getHeader" => {
            let hash: Hash = serde_json::from_value(params[0].clone()).expect("a hash");
            made.get(&hash).map_or(answer, |it| Ok(json!(it)))
        }
        _ => answer,
    });
    harness.fake.idle(2);
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let found = source.finalized().map(|it| it.number);
        let _ = send.send(found.map_err(|error| error.to_string()));
    });
    let found = receive.recv_timeout(Duration::from_secs(20));
    assert_eq!(found, Ok(Ok(5)));
}

/// A node that is asked too much, or a client that was slow, ends what is listened to while the connection stays.
/// Who keeps few justifications tells the others there alone.
#[test]
fn what_is_listened_to_is_listened_to_again() {
    let harness = Harness::begin();
    let source = harness.source();
    source.finalized().expect("honest");
    while harness.endpoint.listeners() < 2 {
        std::thread::yield_now();
    }
    for _ in 0..2 {
        harness.endpoint.end_subscriptions();
        // Otherwise nobody ever comes back.
        let end = std::time::Instant::now() + Duration::from_secs(60);
        while harness.endpoint.listeners() < 2 {
            assert!(std::time::Instant::now() < end, "nobody listens any more");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    harness.fake.idle(1);
    harness.fake.with(|state| state.period = 1_000_000);
    let head = harness.fake.with(|state| state.blocks.len() as u32 - 1);
    let (justification, header) = harness.fake.news(head);
    let before = source.signal().count();
    harness.endpoint.tell(justification, header);
    while source.signal().count() < before + 2 {
        std::thread::yield_now();
    }
    assert_eq!(source.finalized().expect("it came").number, head);
}
