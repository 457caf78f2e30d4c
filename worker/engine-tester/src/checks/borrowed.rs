//! What a call passes is borrowed, and what is the host's own is not looked into.

use crate::{
    check::{ensure, Abi, Verdict},
    engine::{
        v1::{self, V1},
        v2::{self, Instance, V2},
        Engine,
    },
    file::File,
    host::{Heap, Loan, Session, Settings},
    scenario::{Scenario, Step},
};
use pink_capi::{
    types::Version,
    v1::ffi as v1_ffi,
    v2::ffi::{self, ExecRequest},
};

/// Everything that is passed lies in pages that are taken away when the call has returned.
pub(super) fn arguments(file: &File, abi: Abi) -> Verdict {
    match abi {
        Abi::V1 => {
            let engine = start(file)?;
            let scenario = Scenario::play(&Engine::V1(engine))?;
            scenario
                .steps
                .iter()
                .try_for_each(|step| ecall(&engine, step))
        }
        Abi::V2 => {
            let engine = V2::open(file)?;
            let scenario = Scenario::play(&Engine::V2(engine))?;
            let instance = engine.instance()?;
            scenario
                .steps
                .iter()
                .try_for_each(|step| execute(&instance, step))?;
            // It has nothing to look at any more either; what it answers is a check of its own.
            instance.destroy();
            Ok(())
        }
    }
}

/// Starts an engine of the first ABI with a config that is gone afterwards.
fn start(file: &File) -> Result<V1, crate::check::Stop> {
    let init = v1::load(file)?;
    let (heap, allocator) = Heap::new();
    let config = Loan::of_struct(&v1::config(allocator))?;
    let mut entry = v1::EMPTY;
    // SAFETY: both structs are what the header asks for; the allocator lives for ever.
    let status = unsafe { init(config.as_ptr(), &mut entry) };
    config.end()?;
    match entry.ecall {
        Some(ecall) if status == v1_ffi::STATUS_OK => Ok(V1 {
            init,
            ecall,
            version: Version::new(entry.engine_major, entry.engine_minor),
            heap,
            allocator,
        }),
        _ => Err(crate::check::failed!("refused to start, status {status}")),
    }
}

fn ecall(engine: &V1, step: &Step) -> Verdict {
    let (id, args) = (step.work.id(), step.work.args());
    let args = Loan::of(&args)?;
    let session = Session::begin(step.before.clone(), Settings::of(step.work.kind()));
    let replies = engine.cross(session, id, Some(args.bytes()));
    session.end();
    args.end()?;
    let same = replies.bytes.get(1..) == Some(step.done.output.as_slice());
    ensure!(
        same || step.done.status != ffi::OK,
        "{}: another output than with arguments that stay",
        step.name
    );
    Ok(())
}

fn execute(instance: &Instance, step: &Step) -> Verdict {
    let kind = step.work.kind();
    let session = Session::begin(step.before.clone(), Settings::of(kind));
    let input = Loan::of(&step.work.input())?;
    let request: ExecRequest = v2::request(session, kind as u32, input.bytes());
    let request = Loan::of_struct(&request)?;
    let mut result = v2::EMPTY;
    // SAFETY: the instance is alive and idle, request and result are valid for the call.
    let status = unsafe { (instance.engine.execute)(instance.raw, request.as_ptr(), &mut result) };
    request.end()?;
    input.end()?;
    session.end();
    let done = instance.finish(session, status, result);
    ensure!(
        done.status == step.done.status && done.output == step.done.output,
        "{}: {} and another output than with input that stays",
        step.name,
        done.describe()
    );
    Ok(())
}

/// The context is an address that nothing lies at; the host knows how to read it.
pub(super) fn context(file: &File, abi: Abi) -> Verdict {
    let engine = Engine::open(file, abi)?;
    let scenario = Scenario::play(&engine)?;
    let instance = engine.instance()?;
    for step in &scenario.steps {
        let settings = Settings {
            opaque: true,
            ..Settings::of(step.work.kind())
        };
        let done = step.again_with(&instance, settings);
        ensure!(
            done.status == step.done.status && done.output == step.done.output,
            "{}: {} under another context",
            step.name,
            done.describe()
        );
    }
    Ok(())
}
