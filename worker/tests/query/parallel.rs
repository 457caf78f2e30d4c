//! Queries in parallel with each other and with the blocks that the worker executes.

use crate::harness::{address, input, returned, Harness};
use pink_capi::types::Outcome;
use pink_devchain::owner;
use pink_worker_core::query::{InkMessage, QueryOptions};
use std::sync::atomic::{AtomicBool, Ordering};

/// Blocks that are made while queries run.
const BLOCKS: u32 = 40;

#[test]
fn each_answer_is_its_snapshot_s() {
    let mut harness = Harness::new("[query]\nthreads = 3\n");
    let (first, ..) = harness.node.worker().head().unwrap().expect("a block");
    let queries = harness.node.queries().clone();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let askers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut seen = Vec::new();
                    // One more after the last block.
                    let mut last = false;
                    while !last {
                        last = done.load(Ordering::Acquire);
                        let message = InkMessage {
                            payload: input("count", ()),
                            ..InkMessage::default()
                        };
                        let options = QueryOptions::default();
                        let answer = queries
                            .query(owner().into(), address(), message, options)
                            .expect("an answer");
                        // One is counted in each block.
                        let count: u32 = returned(&answer.receipt);
                        assert_eq!(count, answer.block - first);
                        seen.push(count);
                    }
                    seen
                })
            })
            .collect();
        for _ in 0..BLOCKS {
            let sent = harness.send(address(), &input("increment", ()));
            assert_eq!(sent.outcome, Outcome::Success);
        }
        done.store(true, Ordering::Release);
        for asker in askers {
            let seen = asker.join().expect("its answers were right");
            assert!(seen.is_sorted());
            assert_eq!(seen.last(), Some(&BLOCKS));
        }
    });
}

/// A view goes on showing its block, however far the worker is by then.
#[test]
fn a_view_stays_where_it_is() {
    let mut harness = Harness::new("");
    let before = harness.node.worker().view().expect("a state");
    let handle = harness.node.worker().handle().clone();
    harness.send(address(), &input("increment", ()));
    let after = handle.view().expect("a state");
    assert_eq!(after.block(), before.block() + 1);
    let alice = owner().into();
    let (had, has) = (before.account(&alice), after.account(&alice));
    assert!(had.expect("it reads").free > has.expect("it reads").free);
    let again = handle.view_at(before.block()).expect("within the window");
    assert_eq!(
        again.account(&alice).expect("it reads"),
        before.account(&alice).expect("it reads")
    );
}
