//! What a call takes is counted, and a passed limit is a fault of the worker and never a contract's
//! outcome.

use crate::cluster::{Cluster, Work, V1_0, V1_1, V2_0};
use fat_contracts_primitives::EngineVersion;
use pink_capi::{
    types::{Message, Outcome},
    Fault,
};
use pink_engine_host::{MEMORY_COUNT_BYTES, TRANSACTION_MEMORY_BYTES};

/// The deepest that a version lets the contract go: found by trying, so that it stays true.
fn deepest(cluster: &Cluster) -> u8 {
    let succeeds = |depth: &u8| {
        let call = cluster.call(Work::Nest(*depth));
        let (receipt, _) = cluster.attempt(&call).unwrap();
        receipt.outcome == Outcome::Success
    };
    (1..=u8::MAX)
        .take_while(succeeds)
        .last()
        .expect("one call can be nested")
}

fn counted(version: EngineVersion) {
    let mut cluster = Cluster::new(version);
    let before = cluster.engine.memory();
    assert!(before.current > 0 && before.peak >= before.current);
    let call = cluster.call(Work::Nest(3));
    cluster.keep(&call);
    let after = cluster.engine.memory();
    assert!(after.allocations > before.allocations);
    // Four frames of a MiB each were there at once.
    let noise = 4 * MEMORY_COUNT_BYTES;
    assert!(after.peak + noise >= 4 << 20, "{after:?}");
    assert!(after.peak >= after.current);
}

#[test]
fn what_engines_hold_is_counted() {
    for version in [V1_0, V2_0] {
        counted(version);
    }
}

/// Gas and changes of the call that met the limit are the same once there is room: it left nothing.
fn limited(version: EngineVersion) {
    let cluster = Cluster::new(version);
    let call = cluster.call(Work::Nest(5));
    let undisturbed = cluster.attempt(&call).unwrap();
    let within = |limit: u64, message: &Message| cluster.attempt_within(message, limit);
    // Six frames of a MiB each: it takes more than five. Growing may copy: less than sixteen.
    let limit = 5 << 20;
    match within(limit, &call) {
        Err(Fault::Memory { used, limit: said }) => {
            assert!(used > limit);
            assert_eq!(said, limit);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(within(16 << 20, &call), Ok(undisturbed.clone()));
    // A smaller one isn't disturbed by what others took.
    let small = within(2 << 20, &cluster.call(Work::Nest(0))).unwrap();
    assert_eq!(small.0.outcome, Outcome::Success);
    let again = cluster.attempt(&call).unwrap();
    assert_eq!(again.0.gas_consumed, undisturbed.0.gas_consumed);
    assert_eq!(again, undisturbed);
}

#[test]
fn a_passed_limit_is_a_fault() {
    for version in [V1_0, V1_1, V2_0] {
        limited(version);
    }
}

/// Whatever is dearest in memory stays far below the limit that is the same on every worker, whether
/// its code was compiled before or not: nothing that is cached can make the difference.
fn unreachable(version: EngineVersion) {
    let mut cluster = Cluster::new(version);
    let depth = deepest(&cluster);
    assert!(depth >= 4, "{depth}");
    for (salt, work) in [
        (1, Work::Nest(depth)),
        (2, Work::Nest(depth + 1)),
        (3, Work::Fill),
        (4, Work::Rewrite),
    ] {
        cluster.another_contract(salt);
        let call = cluster.call(work);
        let attempt = || cluster.attempt_within(&call, TRANSACTION_MEMORY_BYTES / 8);
        let (cold, warm) = (attempt().unwrap(), attempt().unwrap());
        assert_eq!(cold, warm, "{work:?}");
        if matches!(work, Work::Fill | Work::Rewrite) {
            assert_eq!(cold.0.outcome, Outcome::OutOfGas, "{work:?}");
        }
    }
}

#[test]
fn no_contract_reaches_the_limit_of_1_0() {
    unreachable(V1_0);
}

#[test]
fn no_contract_reaches_the_limit_of_2_0() {
    unreachable(V2_0);
}

/// Writing the same again and again takes no more memory than writing it once: what is replaced is
/// kept once. Two seconds of it replace 100 MB.
#[test]
fn what_is_rewritten_isn_t_kept() {
    for version in [V1_0, V2_0] {
        let cluster = Cluster::new(version);
        let call = cluster.call(Work::Rewrite);
        let (receipt, _) = cluster.attempt_within(&call, 4 << 20).unwrap();
        assert_eq!(receipt.outcome, Outcome::OutOfGas);
        // As many times as the gas allows: what ended it isn't something else.
        assert!(receipt.gas_consumed.ref_time > receipt.gas_limit.ref_time / 2);
    }
}
