//! An engine that compiles, by its file: what is compiled does what is interpreted, whoever compiles
//! meanwhile and whatever mode is set.
//!
//! Needs the engines (`cargo xtask engines`).

#[path = "../calls/cluster.rs"]
#[allow(dead_code)]
mod cluster;
mod contracts;

use cluster::{Cluster, Work, GAS, V2_1};
use contracts::{Deep, TRAPS};
use fat_contracts_primitives::CodeHash;
use pink_capi::{
    types::{Changes, Mode, Outcome, Receipt, Weight},
    Fault,
};
use pink_engine_host::{ExecutionMode, Prepare, Session, TRANSACTION_MEMORY_BYTES};
use std::thread;

/// A twentieth of what a message may use, for work that uses all that it gets.
const SOME: Weight = Weight::new(GAS.ref_time / 20, GAS.proof_size);

/// An engine's own, of which there is one for the process: every test begins with another contract,
/// in the mode that engines begin with, and nothing is wanted.
fn cluster(code: Vec<u8>) -> Cluster {
    let mut cluster = Cluster::new(V2_1);
    preparing(&cluster).set_mode(ExecutionMode::Native).unwrap();
    cluster.instantiate(code);
    preparing(&cluster).wanted(u32::MAX).unwrap();
    cluster
}

fn preparing(cluster: &Cluster) -> &dyn Prepare {
    cluster.engine.prepare().expect("2.1 compiles")
}

/// Compiles the cluster's contract.
fn compile(cluster: &Cluster) -> Vec<u8> {
    let code = cluster.code();
    cluster
        .on(Mode::Query, |engine, _| {
            engine.prepare().expect("2.1 compiles").compile(&code)
        })
        .unwrap()
        .expect("code of this shape is compiled")
}

fn install(cluster: &Cluster) {
    let artefact = compile(cluster);
    let hash = CodeHash::from(cluster.code_hash());
    preparing(cluster).install(hash, &artefact).unwrap();
}

/// How often the cluster's contract was interpreted for want of an artefact.
fn interpreted(cluster: &Cluster) -> u64 {
    let hash = CodeHash::from(cluster.code_hash());
    let wanted = preparing(cluster).wanted(u32::MAX).unwrap();
    let mut wanted = wanted.into_iter();
    wanted.find(|(it, _)| *it == hash).map_or(0, |(_, n)| n)
}

fn all_works(cluster: &Cluster) -> Vec<(Receipt, Changes)> {
    let works = [
        (Work::Nest(0), GAS),
        (Work::Nest(4), GAS),
        (Work::Nest(255), GAS),
        (Work::Fill, SOME),
        (Work::Rewrite, SOME),
        (Work::Emit, SOME),
        (Work::Spin, SOME),
    ];
    let calls = works.map(|(work, gas)| cluster.call_with(work, gas));
    calls
        .iter()
        .map(|call| cluster.attempt(call).unwrap())
        .collect()
}

/// Receipts, gas and what changes: from the same state, the same changes are the same root.
#[test]
fn what_is_compiled_does_what_is_interpreted() {
    let cluster = cluster(cluster::contract(V2_1, 1_000));
    let before = all_works(&cluster);
    assert!(interpreted(&cluster) >= 7);
    install(&cluster);
    let after = all_works(&cluster);
    assert_eq!(interpreted(&cluster), 0, "it isn't run by its artefact");
    assert_eq!(after, before);
    let outcomes: Vec<_> = after.iter().map(|(it, _)| &it.outcome).collect();
    assert_eq!(outcomes[..2], [&Outcome::Success; 2]);
    // One writes, one writes the same, one counts: each as long as there is gas.
    let spent = [3, 4, 6].map(|at| outcomes[at]);
    assert_eq!(spent, [&Outcome::OutOfGas; 3]);
}

#[test]
fn traps_of_every_kind_are_the_same_on_four_threads_at_once() {
    let cluster = cluster(contracts::traps(1));
    let calls: Vec<_> = (0..TRAPS.len())
        .map(|which| cluster.call_bytes(vec![which as u8], SOME))
        .collect();
    let run = || -> Vec<_> {
        let all = calls.iter();
        all.map(|call| cluster.attempt(call).unwrap()).collect()
    };
    let before = run();
    for ((receipt, _), name) in before.iter().zip(TRAPS) {
        let trapped = matches!(receipt.outcome, Outcome::Trapped(_));
        assert_eq!(trapped, !name.starts_with("no trap"), "{name}: {receipt:?}");
    }
    assert_eq!(interpreted(&cluster), TRAPS.len() as u64);
    install(&cluster);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(run)).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), before);
        }
    });
    assert_eq!(interpreted(&cluster), 0);
}

/// The mode changes between the calls of a run, and within a call that nests, and nothing else does.
#[test]
fn the_mode_is_set_in_the_middle() {
    let code = cluster::contract(V2_1, 1_001);
    let run = |modes: &[ExecutionMode], artefact: bool| {
        let mut cluster = cluster(code.clone());
        if artefact {
            install(&cluster);
        }
        let mut receipts = Vec::new();
        for mode in modes {
            preparing(&cluster).set_mode(*mode).unwrap();
            let call = cluster.call(Work::Nest(2));
            receipts.push(cluster.keep(&call));
        }
        preparing(&cluster).set_mode(ExecutionMode::Native).unwrap();
        (receipts, cluster.state.clone())
    };
    use ExecutionMode::{Interpreted, Native};
    let never = run(&[Interpreted; 4], false);
    assert_eq!(
        run(&[Native, Interpreted, Native, Interpreted], true),
        never
    );
    assert_eq!(run(&[Native; 4], true), never);
    // While calls run, as often as it can be.
    let cluster = cluster(code);
    install(&cluster);
    let call = cluster.call(Work::Nest(4));
    let expected = cluster.attempt(&call).unwrap();
    thread::scope(|scope| {
        let calls = scope.spawn(|| (0..20).all(|_| cluster.attempt(&call).unwrap() == expected));
        let mut mode = Native;
        while !calls.is_finished() {
            mode = if mode == Native { Interpreted } else { Native };
            preparing(&cluster).set_mode(mode).unwrap();
            thread::yield_now();
        }
        preparing(&cluster).set_mode(Native).unwrap();
        assert!(calls.join().unwrap());
    });
}

#[test]
fn what_is_no_artefact_of_this_compiler_and_code_is_refused() {
    let cluster = cluster(cluster::contract(V2_1, 1_002));
    let artefact = compile(&cluster);
    let prepare = preparing(&cluster);
    let hash = CodeHash::from(cluster.code_hash());
    let refused = |bytes: &[u8], hash, says: &str| {
        let Err(Fault::Host { reason }) = prepare.install(hash, bytes) else {
            panic!("it is installed, or something else happened");
        };
        assert!(reason.contains(says), "{reason}");
    };
    refused(b"", hash, "no artefact");
    refused(&artefact[..39], hash, "no artefact");
    // The compiler's name lies behind the magic, each of its bits.
    assert_eq!(artefact[8..40], prepare.compiler());
    for bit in 0..256 {
        let mut other = artefact.clone();
        other[8 + bit / 8] ^= 1 << (bit % 8);
        refused(&other, hash, "made by compiler");
    }
    refused(&artefact, CodeHash::repeat_byte(7), "of other code");
    // None of it changed anything.
    cluster.attempt(&cluster.call(Work::Nest(0))).unwrap();
    assert_eq!(interpreted(&cluster), 1);
    prepare.install(hash, &artefact).unwrap();
    cluster.attempt(&cluster.call(Work::Nest(0))).unwrap();
    assert_eq!(interpreted(&cluster), 0);
}

#[test]
fn what_is_no_code_is_refused_and_what_is_too_large_is_interpreted() {
    let cluster = cluster(cluster::contract(V2_1, 1_003));
    let prepare = preparing(&cluster);
    assert!(matches!(
        prepare.compile(b"no code"),
        Err(Fault::Host { .. })
    ));
    let many = contracts::many_locals(1);
    assert_eq!(prepare.compile(&many), Ok(None));
}

/// The same as before from whoever executes, and the same artefact from each who compiles.
#[test]
fn four_threads_compile_while_one_executes() {
    let cluster = cluster(cluster::contract(V2_1, 1_004));
    let artefact = compile(&cluster);
    let call = cluster.call(Work::Nest(3));
    let expected = cluster.attempt(&call).unwrap();
    let before = cluster.engine.memory();
    thread::scope(|scope| {
        let compiling: Vec<_> = (0..4).map(|_| scope.spawn(|| compile(&cluster))).collect();
        while compiling.iter().any(|thread| !thread.is_finished()) {
            assert_eq!(cluster.attempt(&call).unwrap(), expected);
        }
        for thread in compiling {
            assert!(thread.join().unwrap() == artefact, "another artefact");
        }
    });
    let after = cluster.engine.memory();
    // Compilations show in what is counted, and give back what they took.
    assert!(after.allocations > before.allocations + 4_000, "{after:?}");
    assert!(after.peak > after.current, "{after:?}");
    assert!(after.current < before.current + (4 << 20), "{after:?}");
}

/// The deepest call stack there is, each of whose frames goes as deep as the meter lets it, on a
/// thread with the stack that the engine asks for and no more.
#[test]
fn the_deepest_stack_is_as_deep_as_the_engine_says() {
    let cluster = cluster(contracts::deep(1));
    install(&cluster);
    let outcome = |deep: Deep| {
        let call = cluster.call_bytes(deep.input(), GAS);
        cluster.attempt(&call).unwrap().0.outcome
    };
    let succeeds = |deep: Deep| outcome(deep) == Outcome::Success;
    // The last that succeeds, between one that does and one that doesn't.
    let most = |from: u16, to: u16, deep: &dyn Fn(u16) -> Deep| {
        let (mut good, mut bad) = (from, to);
        assert!(succeeds(deep(good)) && !succeeds(deep(bad)));
        while bad - good > 1 {
            let middle = good + (bad - good) / 2;
            if succeeds(deep(middle)) {
                good = middle
            } else {
                bad = middle
            }
        }
        good
    };
    let height = most(1, 30_000, &|height| Deep { height, nested: 0 });
    let nested = most(1, 1_000, &|nested| Deep { height, nested });
    assert!(height > 100 && nested >= 10, "{height} {nested}");
    let call = cluster.call_bytes(Deep { height, nested }.input(), GAS);
    let expected = cluster.attempt(&call).unwrap();
    let stack = cluster.engine.info().min_stack_bytes;
    let native = interpreted(&cluster) == 0;
    assert!(native, "it isn't run by its artefact");
    let there = cluster.on_stack_of(stack as usize, Mode::Transaction, |engine, env| {
        let session = Session::changing(&cluster.state, &());
        let mut session = session.with_memory_bytes(TRANSACTION_MEMORY_BYTES);
        let receipt = engine.execute(&mut session, env, &call).unwrap();
        (receipt, session.finish().0)
    });
    assert_eq!(there, expected);
}

/// The largest frames for what is counted of them: what a compiler keeps isn't the contract's alone.
#[test]
fn what_a_compiler_looks_up_once_overflows_no_stack() {
    let cluster = cluster(contracts::imports(1));
    let call = cluster.call_bytes(Vec::new(), GAS);
    let interpreted = cluster.attempt(&call).unwrap();
    assert!(matches!(interpreted.0.outcome, Outcome::Trapped(_)));
    install(&cluster);
    assert_eq!(cluster.attempt(&call), Ok(interpreted));
}

/// A machine without memory is a fault of this worker's, and nothing that a contract is told: others would tell it
/// something else.
#[test]
#[allow(clippy::disallowed_methods)] // asks the system
fn a_contract_isn_t_told_of_a_machine_without_memory() {
    let cluster = cluster(contracts::growing(1));
    let call = cluster.call_bytes(Vec::new(), GAS);
    let interpreted = cluster.attempt(&call).unwrap();
    assert_eq!(interpreted.0.output, 1u32.to_le_bytes());
    install(&cluster);
    assert_eq!(cluster.attempt(&call).unwrap(), interpreted);
    let limit = |bytes: &str| {
        let id = format!("--pid={}", std::process::id());
        let mut prlimit = std::process::Command::new("prlimit");
        let set = prlimit.args([&id, &format!("--data={bytes}")]).status();
        assert!(set.expect("it is part of every system's tools").success());
    };
    let written_to = || -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").expect("it is there");
        let data = status.lines().find_map(|line| line.strip_prefix("VmData:"));
        let data = data.and_then(|it| it.trim().strip_suffix(" kB"));
        data.expect("a figure").parse().expect("a figure")
    };
    // On a thread that is there already, for a while there is 1 MiB more of memory that can be written to.
    let starved = cluster.on(Mode::Transaction, |engine, env| {
        let execute = || {
            let mut session = Session::changing(&cluster.state, &());
            let receipt = engine.execute(&mut session, env, &call)?;
            Ok((receipt, session.finish().0))
        };
        assert_eq!(execute(), Ok(interpreted.clone()));
        limit(&format!("{}:unlimited", (written_to() + 1024) * 1024));
        let starved = execute();
        limit("unlimited:unlimited");
        starved
    });
    // A fault of this machine, or, from memory that was there before, what everybody else has: never what only this machine tells.
    match starved {
        Err(fault) => assert!(matches!(fault, Fault::Host { .. }), "{fault:?}"),
        Ok(done) => assert_eq!(done, interpreted),
    }
    assert_eq!(cluster.attempt(&call).unwrap(), interpreted);
}
