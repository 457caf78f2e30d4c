//! When something is wrong: the host fails, the state is broken, the engine panics.

use crate::{
    check::{ensure, Abi, Stop, Verdict},
    engine::{name, CallResult, Engine, Instance},
    file::File,
    host::{Session, Settings, State},
    scenario::{Scenario, Step},
};
use pink_capi::v2::{
    ffi::{self, Status},
    Kind,
};
use std::sync::Arc;

/// Host calls of one step that are made to fail, at most.
const MAX_FAILING_CALLS: u64 = 24;

/// Statuses of a failing host. The last ones aren't listed, and count as E_ARGUMENT.
const FAILURES: [Status; 4] = [ffi::E_HOST, ffi::E_MEMORY, -77, 77];

fn listed(status: Status) -> bool {
    // NONE is an answer of the host, and no answer to `execute`.
    (ffi::E_CANCELLED..=ffi::OK).contains(&status)
}

pub(super) fn statuses(file: &File, abi: Abi) -> Verdict {
    let engine = Engine::open(file, abi)?;
    for step in &Scenario::play(&engine)?.steps {
        let status = step.done.status;
        ensure!(listed(status), "{}: {}", step.name, name(status));
        ensure!(
            status != ffi::E_CANCELLED || step.work.kind() == Kind::Query,
            "{}: E_CANCELLED, which is for queries alone",
            step.name
        );
    }
    if let Instance::V2(instance) = engine.instance()? {
        for kind in 0..12 {
            let session = Session::begin(Arc::new(State::new()), Settings::of(Kind::View));
            let done = instance.run(session, kind, &[0xF0; 40]);
            ensure!(
                listed(done.status),
                "kind {kind} of no meaning: {}",
                name(done.status)
            );
        }
    }
    Ok(())
}

pub(super) fn host_fault_counts(file: &File, abi: Abi) -> Verdict {
    let engine = Engine::open(file, abi)?;
    for step in &Scenario::play(&engine)?.steps {
        for at in 1..=step.done.session.calls().min(MAX_FAILING_CALLS) {
            for failure in FAILURES {
                // Over the first ABI the host's faults have no numbers.
                let instance = engine.instance()?;
                let settings = Settings {
                    fail_at: Some((at, failure)),
                    ..Settings::of(step.work.kind())
                };
                let done = step.again_with(&instance, settings);
                let what = format!(
                    "{}, call {at} of the host fails ({})",
                    step.name,
                    name(failure)
                );
                // A line for the operator that gets lost is nobody's fault.
                let shrugged = done.status == ffi::OK && done.output == step.done.output;
                if shrugged && done.session.calls() == step.done.session.calls() {
                    let staged = done.session.staged() == step.done.session.staged();
                    ensure!(staged, "{what}: answers OK");
                    continue;
                }
                ensure!(done.status < 0, "{what}: {}", name(done.status));
                ensure!(
                    !matches!(done.status, ffi::E_PANIC | ffi::E_POISONED),
                    "{what}: {}",
                    done.describe()
                );
            }
        }
    }
    Ok(())
}

pub(super) fn diagnostic_text(file: &File, abi: Abi) -> Verdict {
    let engine = Engine::open(file, abi)?;
    let mut texts = 0;
    for step in &Scenario::play(&engine)?.steps {
        let kind = step.work.kind();
        let failing = Settings {
            fail_at: Some((1, ffi::E_HOST)),
            ..Settings::of(kind)
        };
        let Instance::V2(instance) = engine.instance()? else {
            continue;
        };
        let session = || Session::begin(step.before.clone(), Settings::of(kind));
        let cut = instance.run(session(), kind as u32, &[0xFF; 3]);
        let unknown = instance.run(session(), u32::MAX, &step.work.input());
        let instance = Instance::V2(instance);
        // The last one may panic.
        for done in [
            cut,
            unknown,
            step.again_with(&instance, failing),
            provoke(step, &instance),
        ] {
            texts += usize::from(!done.diagnostic.is_empty());
            ensure!(
                std::str::from_utf8(&done.diagnostic).is_ok(),
                "{}: what is said about {} isn't UTF-8",
                step.name,
                name(done.status)
            );
        }
    }
    match texts {
        0 => Err(Stop::NotApplicable("no fault is explained".into())),
        _ => Ok(()),
    }
}

pub(super) fn cancelled(file: &File, abi: Abi) -> Verdict {
    let engine = Engine::open(file, abi)?;
    let mut polls = 0;
    for step in &Scenario::play(&engine)?.steps {
        let settings = Settings {
            cancelled: true,
            ..Settings::of(step.work.kind())
        };
        let done = step.again_with(&engine.instance()?, settings);
        let query = matches!(step.work.kind(), Kind::Query | Kind::Estimate);
        if query {
            polls += done.session.polls();
        }
        let right = if query && done.session.polls() > 0 {
            matches!(done.status, ffi::E_CANCELLED)
        } else {
            done.status == step.done.status
        };
        ensure!(right, "{}: {}", step.name, done.describe());
    }
    match polls {
        0 => Err(Stop::NotApplicable(
            "neither query nor estimate asks whether it should end".into(),
        )),
        _ => Ok(()),
    }
}

/// Does a step on a state that no engine wrote.
fn provoke(step: &Step, instance: &Instance) -> CallResult {
    let settings = Settings {
        garbage: true,
        ..Settings::of(step.work.kind())
    };
    step.again_with(instance, settings)
}

pub(super) fn poisoned(file: &File, abi: Abi) -> Verdict {
    let engine = Engine::open(file, abi)?;
    let scenario = Scenario::play(&engine)?;
    let mut panics = 0;
    for step in &scenario.steps {
        let instance = engine.instance()?;
        if provoke(step, &instance).status != ffi::E_PANIC {
            continue;
        }
        panics += 1;
        if let Instance::V2(_) = instance {
            for step in [step, &scenario.steps[0]] {
                let done = step.again(&instance);
                ensure!(
                    done.status == ffi::E_POISONED,
                    "{} after a panic: {}",
                    step.name,
                    done.describe()
                );
            }
        }
        if let Instance::V2(instance) = instance {
            let status = instance.destroy();
            ensure!(
                status == ffi::OK,
                "destroy of a poisoned one: {}",
                name(status)
            );
        }
        let done = step.again(&engine.instance()?);
        ensure!(
            done.status == step.done.status && done.output == step.done.output,
            "{}: a new instance after a panic gives something else: {}",
            step.name,
            done.describe()
        );
    }
    match panics {
        0 => Err(Stop::NotApplicable(
            "no broken state makes the engine panic".into(),
        )),
        _ => Ok(()),
    }
}
