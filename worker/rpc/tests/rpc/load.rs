//! Questions never stop blocks.

use crate::harness::{hex0x, input, post, Harness};
use serde_json::json;
use std::{
    sync::{
        atomic::{AtomicBool, AtomicU64, Ordering},
        Arc,
    },
    thread,
};

/// With every place taken by queries that don't end, and more asked all the time, blocks are executed, and give what
/// they give elsewhere.
#[test]
fn a_flood_of_queries_fails_no_block() {
    let limits = "[query]\ntimeout_ms = 500\nmax_ref_time = 1000000000000000\n";
    let mut harness = Harness::with(crate::harness::config(), limits);
    let mut quiet = Harness::new();
    let stop = Arc::new(AtomicBool::new(false));
    let (answered, busy) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let address = harness.address();
    let spin = json!({ "jsonrpc": "2.0", "id": 1, "method": "cluster_v1_query",
        "params": [harness.to(), hex0x(input("spin", ()))] })
    .to_string();
    let flood: Vec<_> = (0..48)
        .map(|_| {
            let (stop, answered, busy, spin) =
                (stop.clone(), answered.clone(), busy.clone(), spin.clone());
            thread::spawn(move || {
                while !stop.load(Ordering::SeqCst) {
                    let (_, text) = post(address, spin.clone());
                    let counted = if text.contains("\"code\":9010") {
                        &busy
                    } else {
                        &answered
                    };
                    counted.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    while answered.load(Ordering::SeqCst) == 0 || busy.load(Ordering::SeqCst) == 0 {
        thread::yield_now();
    }
    for turn in 0..20u32 {
        let (here, there) = (harness.send("work", turn), quiet.send("work", turn));
        assert_eq!(here.receipt, there.receipt);
        assert_eq!(here.root, there.root, "block {}", here.block);
    }
    assert!(answered.load(Ordering::SeqCst) > 0 && busy.load(Ordering::SeqCst) > 0);
    stop.store(true, Ordering::SeqCst);
    flood.into_iter().for_each(|it| it.join().unwrap());
    assert_eq!(
        harness.good("cluster_v1_info", json!([]))["block"],
        quiet.good("cluster_v1_info", json!([]))["block"]
    );
}
