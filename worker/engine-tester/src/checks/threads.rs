//! Threads and their stacks.

use crate::{
    check::{ensure, failed, Abi, Stop, Verdict},
    child::STACK_BYTES,
    engine::{name, Engine, Instance},
    file::File,
    host::{threads, Rule, Settings},
    scenario::Scenario,
};
use pink_capi::v2::ffi::{self, Status};
use std::{
    sync::{
        atomic::{AtomicI32, Ordering},
        Arc, Barrier,
    },
    thread,
};

/// Stack of a thread that is used up before `execute` is called, with room to spare.
const OWN_STACK_BYTES: u64 = 128 << 10;

/// The most stack that a worker has for an engine.
const MAX_STACK_BYTES: u64 = 256 << 20;

/// A status that no call returns.
const NOT_CALLED: Status = i32::MIN;

pub(super) fn none(file: &File, abi: Abi) -> Verdict {
    let before = threads();
    let engine = Engine::open(file, abi)?;
    let scenario = Scenario::play(&engine)?;
    let after = threads();
    ensure!(
        after == before,
        "{after} threads, {before} before the engine was loaded"
    );
    for step in &scenario.steps {
        for breach in step.done.session.breaches() {
            ensure!(
                breach.rule != Rule::NoThreads,
                "{}: {}",
                step.name,
                breach.text
            );
        }
    }
    Ok(())
}

pub(super) fn stack_stated(file: &File, abi: Abi) -> Verdict {
    let engine = Engine::open(file, abi)?;
    let stated = engine.describe()?.min_stack_bytes;
    ensure!(
        stated <= MAX_STACK_BYTES,
        "asks for {stated} bytes of stack, {MAX_STACK_BYTES} are the most"
    );
    thread::Builder::new()
        .stack_size(stated.saturating_add(OWN_STACK_BYTES) as usize)
        .spawn(move || Scenario::play(&engine).map(|_| ()))
        .map_err(|error| failed!("can't start a thread: {error}"))?
        .join()
        .map_err(|_| failed!("the thread panicked"))?
}

pub(super) fn concurrent(file: &File, abi: Abi) -> Verdict {
    const THREADS: usize = 4;
    const TURNS: usize = 3;
    let engine = Engine::open(file, abi)?;
    let alone = Arc::new(Scenario::play(&engine)?);
    let start = Arc::new(Barrier::new(THREADS));
    let worker = || {
        let (alone, start) = (alone.clone(), start.clone());
        thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn(move || {
                let instance = engine.instance();
                start.wait();
                let instance = instance?;
                (0..TURNS).try_for_each(|_| same_as_alone(&alone, &instance))
            })
            .map_err(|error| failed!("can't start a thread: {error}"))
    };
    let workers: Vec<_> = (0..THREADS)
        .map(|_| worker())
        .collect::<Result<_, Stop>>()?;
    workers
        .into_iter()
        .try_for_each(|worker| worker.join().map_err(|_| failed!("a thread panicked"))?)
}

/// Does every step once more.
pub(super) fn same_as_alone(alone: &Scenario, instance: &Instance) -> Verdict {
    for step in &alone.steps {
        let again = step.again(instance);
        let (now, then) = (&again.session, &step.done.session);
        ensure!(
            again.status == step.done.status && again.output == step.done.output,
            "{}: {} and other bytes than alone",
            step.name,
            again.describe()
        );
        ensure!(
            now.staged() == then.staged(),
            "{}: other changes",
            step.name
        );
    }
    Ok(())
}

pub(super) fn reentered(file: &File, abi: Abi) -> Verdict {
    let engine = Engine::open(file, abi)?;
    let scenario = Scenario::play(&engine)?;
    let called = scenario
        .steps
        .iter()
        .find(|step| step.done.session.calls() > 0);
    let Some(step) = called else {
        return Err(Stop::NotApplicable(
            "the engine never calls the host".into(),
        ));
    };
    let instance = Arc::new(engine.instance()?);
    let answer = Arc::new(AtomicI32::new(NOT_CALLED));
    let during = {
        let (instance, answer) = (instance.clone(), answer.clone());
        let (state, work) = (step.before.clone(), step.work.clone());
        move || {
            let Instance::V2(inner) = &*instance else {
                return;
            };
            let settings = Settings::of(work.kind());
            let session = crate::host::Session::begin(state.clone(), settings);
            let done = inner.run(session, work.kind() as u32, &work.input());
            answer.store(done.status, Ordering::SeqCst);
        }
    };
    let settings = Settings {
        during: Some(Arc::new(during)),
        ..Settings::of(step.work.kind())
    };
    let outer = step.again_with(&instance, settings);
    let inner = answer.load(Ordering::SeqCst);
    ensure!(
        inner == ffi::E_REENTERED,
        "{}: the inner call: {}",
        step.name,
        name(inner)
    );
    ensure!(
        outer.status == step.done.status && outer.output == step.done.output,
        "{}: the outer call gives something else: {}",
        step.name,
        outer.describe()
    );
    let after = step.again(&instance);
    ensure!(
        after.output == step.done.output,
        "the call after it gives something else"
    );
    Ok(())
}
