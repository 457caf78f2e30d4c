//! A proxy between a source and a real node alters each answer in turn: nothing of it is taken.

use crate::{
    process::{config, Node},
    support::{
        following::source,
        places::{alter, places},
    },
};
use fat_contracts_primitives::ClusterBlock;
use pink_worker_core::source::{ChainSource, Cursor, PermanentError, SourceError, TransientError};
use serde_json::Value;
use std::sync::{
    atomic::{AtomicBool, Ordering},
    Arc, Mutex,
};

const METHODS: [&str; 4] = [
    "chain_getHeader",
    "chain_getBlock",
    "state_getReadProof",
    "chain_getFinalizedHead",
];

/// Blocks from a short run of a source that knows nothing yet.
fn follow(url: &str) -> Result<Vec<ClusterBlock>, SourceError> {
    let source = source(config(url));
    let blocks = source.blocks_after(1, &Cursor::default(), 1_000)?;
    source.duties(1, source.account(), 64)?;
    Ok(blocks)
}

#[test]
#[ignore = "needs PINK_NODE: run by the step `node`"]
fn every_altered_answer_is_named_and_none_is_taken() {
    let mut node = Node::start(&[]);
    // It stands still at one block that keeps its justification (where several become final at once, the last
    // does), so that the same is asked for each time.
    let number = node.wait(|client| {
        let head = client
            .ask("chain_getFinalizedHead", serde_json::json!([]))
            .ok()?;
        let block = client
            .ask("chain_getBlock", serde_json::json!([head]))
            .ok()?;
        let number = block["block"]["header"]["number"].as_str()?.to_string();
        let number = u32::from_str_radix(number.trim_start_matches("0x"), 16).ok()?;
        (number >= 3 && !block["justifications"].is_null()).then_some(number)
    });
    let proxy = node.proxy();
    let (final_hash, url) = (serde_json::json!(node.hash(number)), proxy.url());
    let honest = {
        let final_hash = final_hash.clone();
        move |method: &str, answer| match method {
            "chain_getFinalizedHead" => Ok(final_hash.clone()),
            _ => answer,
        }
    };
    let seen: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
    let (note, true_one) = (seen.clone(), honest.clone());
    proxy.lie(move |method, _, answer| {
        let answer = true_one(method, answer);
        if let Ok(value) = &answer {
            note.lock()
                .expect("no panic")
                .push((method.into(), value.clone()));
        }
        answer
    });
    let blocks = follow(&url).expect("an honest node");
    assert_eq!(blocks.last().map(|it| it.number), Some(number));
    let seen = seen.lock().expect("no panic").clone();
    let mut tried = 0;
    for of in METHODS {
        let answers = seen.iter().filter(|(method, _)| method == of);
        for (nth, (_, answer)) in answers.enumerate() {
            let mut all = Vec::new();
            places(answer, String::new(), &mut all);
            // Bytes of extrinsics are nobody's business; each part of an answer has its turn, and at
            // most some fifty places in all of them.
            all.retain(|(at, _)| !at.starts_with("/block/extrinsics"));
            assert!(!all.is_empty(), "{of}");
            let step = (all.len() / 50).max(1) | 1;
            for place in all.into_iter().step_by(step) {
                let lie = || {
                    let (true_one, mut count, altered) = (honest.clone(), 0, place.clone());
                    let told = Arc::new(AtomicBool::new(false));
                    let telling = told.clone();
                    proxy.lie(move |method, _, answer| {
                        let mut answer = true_one(method, answer);
                        if method == of {
                            if let (true, Ok(value)) = (count == nth, &mut answer) {
                                let before = value.clone();
                                alter(value, &altered);
                                telling.store(*value != before, Ordering::SeqCst);
                            }
                            count += 1;
                        }
                        answer
                    });
                    (follow(&url), told.load(Ordering::SeqCst))
                };
                let (mut result, mut told) = lie();
                // An answer to what the run before asked last may be the one that was altered, and nobody reads it: what is
                // swallowed is swallowed each time.
                for _ in 0..3 {
                    if told && result.as_ref().is_ok_and(|it| *it == blocks) {
                        (result, told) = lie();
                    }
                }
                if !told {
                    // Answers to several questions at once come in any order, and not each has that place; a
                    // justification that came by itself in time saves a question. Then there was no lie.
                    assert_eq!(result.expect("an honest node"), blocks);
                    continue;
                }
                tried += 1;
                let named = match &result {
                    Err(SourceError::Permanent(
                        PermanentError::Unproven { endpoint, .. }
                        | PermanentError::OtherChain { endpoint, .. },
                    ))
                    | Err(SourceError::Transient(
                        TransientError::Unreachable { endpoint, .. }
                        | TransientError::NotJustified { endpoint, .. }
                        | TransientError::Behind { endpoint, .. },
                    )) => *endpoint == url,
                    _ => false,
                };
                assert!(named, "{of} {nth} {place:?}: {result:?}");
            }
        }
    }
    assert!(tried > 200, "{tried}");
    proxy.lie(move |method, _, answer| honest(method, answer));
    assert_eq!(follow(&url).expect("an honest node"), blocks);
}
