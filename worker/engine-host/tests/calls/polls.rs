//! Queries and estimates are asked whether to go on, and what they use is the same as if they weren't.

use crate::cluster::{Cluster, Work, GAS, V1_0, V1_1, V2_0};
use pink_capi::{
    types::{Mode, Outcome, Receipt, Weight},
    Fault,
};
use pink_engine_host::Session;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

const WORKS: [Work; 5] = [
    Work::Nest(2),
    Work::Fill,
    Work::Rewrite,
    Work::Emit,
    Work::Spin,
];

/// Fifty milliseconds.
const SHORT: Weight = Weight::new(50_000_000_000, 8 << 20);

/// Runs a work and counts how often it was asked; after `allowed` times nobody wants it any more.
fn ask(
    cluster: &Cluster,
    work: Work,
    gas: Weight,
    mode: Mode,
    allowed: u64,
) -> (Result<Receipt, Fault>, u64) {
    let asked = AtomicU64::new(0);
    let call = cluster.call_with(work, gas);
    let ended = cluster.on(mode, |engine, env| {
        let wanted = || asked.fetch_add(1, Relaxed) < allowed;
        let session = match mode {
            Mode::Transaction => Session::changing(&cluster.state, &()),
            Mode::Query | Mode::Estimating => Session::reading(&cluster.state, &()),
        };
        engine.execute(&mut session.while_wanted(&wanted), env, &call)
    });
    (ended, asked.load(Relaxed))
}

#[test]
fn gas_is_the_same_asked_and_not_asked() {
    for version in [V1_0, V1_1, V2_0] {
        let cluster = Cluster::new(version);
        for work in WORKS {
            let (sent, asked) = ask(&cluster, work, SHORT, Mode::Transaction, 0);
            let sent = sent.unwrap();
            assert_eq!(asked, 0, "{version} {work:?}: a transaction doesn't ask");
            for mode in [Mode::Query, Mode::Estimating] {
                let (given, asked) = ask(&cluster, work, SHORT, mode, u64::MAX);
                let given = given.unwrap();
                assert!(asked > 0, "{version} {work:?} in {mode:?}");
                assert_eq!(
                    given.outcome, sent.outcome,
                    "{version} {work:?} in {mode:?}"
                );
                assert_eq!(given.gas_consumed, sent.gas_consumed, "{version} {work:?}");
                assert_eq!(given.gas_required, sent.gas_required, "{version} {work:?}");
                assert_eq!(given.events, sent.events, "{version} {work:?}");
            }
        }
    }
}

/// Wherever it is when nobody waits any more: it ends there, and not at its gas.
#[test]
fn what_nobody_waits_for_ends() {
    for version in [V1_0, V1_1, V2_0] {
        let cluster = Cluster::new(version);
        for work in WORKS {
            for mode in [Mode::Query, Mode::Estimating] {
                let (_, all) = ask(&cluster, work, SHORT, mode, u64::MAX);
                for allowed in [0, 1, 3, all - 1] {
                    let (ended, asked) = ask(&cluster, work, SHORT, mode, allowed.min(all - 1));
                    assert_eq!(
                        ended,
                        Err(Fault::Cancelled),
                        "{version} {work:?} in {mode:?}"
                    );
                    // It isn't asked again after that.
                    assert_eq!(asked, allowed.min(all - 1) + 1, "{version} {work:?}");
                }
            }
        }
        // Computation alone, by its price: fifty milliseconds are at least twenty times two.
        let (ended, asked) = ask(&cluster, Work::Spin, SHORT, Mode::Query, u64::MAX);
        assert_eq!(ended.unwrap().outcome, Outcome::OutOfGas);
        assert!((20..60).contains(&asked), "{version}: {asked}");
    }
}

/// A start function, which runs before the entry point, is held as well: what ends it is that nobody
/// waits, and its gas is what it was when the interpreter ran it by itself.
#[test]
fn a_start_function_is_asked_too() {
    // Seen on engines that couldn't be asked there.
    let gas = [632_902_073_646, 632_902_075_226, 9_196_155_000];
    for (version, gas) in [V1_0, V1_1, V2_0].into_iter().zip(gas) {
        let cluster = Cluster::with_start(version);
        let ask = |mode, allowed| ask(&cluster, Work::Spin, GAS, mode, allowed);
        let (sent, _) = ask(Mode::Transaction, 0);
        let sent = sent.unwrap();
        assert_eq!(sent.outcome, Outcome::Success, "{version}");
        let (given, asked) = ask(Mode::Query, u64::MAX);
        assert_eq!(given.unwrap().gas_consumed, sent.gas_consumed, "{version}");
        assert_eq!(sent.gas_consumed.ref_time, gas, "{version}");
        assert!(asked > 2, "{version}: {asked}");
        for allowed in [0, 1, asked - 2] {
            let (ended, _) = ask(Mode::Query, allowed);
            assert_eq!(ended, Err(Fault::Cancelled), "{version}");
        }
    }
}
