//! What an engine does with the host.

use crate::{
    check::{ensure, Abi, Stop, Verdict},
    engine::{v2::V2, CallResult, Engine},
    file::File,
    host::{ocalls, Rule, Session, Settings, State},
    scenario::{self, Scenario},
};
use pink_capi::v2::Kind;
use std::sync::Arc;

/// Fails with the first breach of a rule in the scenario.
fn kept(file: &File, abi: Abi, rule: Rule) -> Verdict {
    let scenario = Scenario::play(&Engine::open(file, abi)?)?;
    for step in &scenario.steps {
        for breach in step.done.session.breaches() {
            ensure!(breach.rule != rule, "{}: {}", step.name, breach.text);
        }
    }
    Ok(())
}

pub(super) fn commit_once(file: &File, abi: Abi) -> Verdict {
    kept(file, abi, Rule::CommitOnce)
}

pub(super) fn commit_allowed(file: &File, abi: Abi) -> Verdict {
    kept(file, abi, Rule::CommitAllowed)
}

pub(super) fn commit_form(file: &File, abi: Abi) -> Verdict {
    kept(file, abi, Rule::CommitForm)
}

pub(super) fn arguments(file: &File, abi: Abi) -> Verdict {
    kept(file, abi, Rule::Arguments)
}

pub(super) fn off_chain(file: &File, abi: Abi) -> Verdict {
    kept(file, abi, Rule::OffChain)
}

pub(super) fn iterators(file: &File, abi: Abi) -> Verdict {
    kept(file, abi, Rule::Iterators)
}

pub(super) fn lent_bytes(file: &File, abi: Abi) -> Verdict {
    kept(file, abi, Rule::LentBytes)
}

pub(super) fn on_thread(file: &File, abi: Abi) -> Verdict {
    kept(file, abi, Rule::Thread)?;
    let strays = ocalls::strays();
    ensure!(
        strays == 0,
        "{strays} ocalls outside of an ecall, or on another thread"
    );
    Ok(())
}

pub(super) fn calls_counted(file: &File, abi: Abi) -> Verdict {
    let scenario = Scenario::play(&Engine::open(file, abi)?)?;
    for step in &scenario.steps {
        let (counted, stated) = (step.done.session.calls(), step.done.host_calls);
        ensure!(
            stated == Some(counted),
            "{}: says {}, it were {counted}",
            step.name,
            stated.unwrap_or_default()
        );
    }
    Ok(())
}

/// Has the engine ask for a buffer of the host.
fn asked(engine: &V2, settings: Settings) -> Result<CallResult, Stop> {
    let instance = engine.instance()?;
    // A setup with a system contract has to ask the host for its code.
    let input = scenario::message(1, scenario::setup(Some([7; 32]))).input();
    let session = Session::begin(Arc::new(State::new()), settings);
    let done = instance.run(session, Kind::Tx as u32, &input);
    session.end();
    instance.destroy();
    if session.buffers() == 0 {
        let text = format!("no buffer of the host was asked for ({})", done.describe());
        return Err(Stop::NotApplicable(text));
    }
    Ok(done)
}

pub(super) fn buffers_static(file: &File, _: Abi) -> Verdict {
    let settings = Settings {
        static_buffers: true,
        ..Settings::of(Kind::Tx)
    };
    let engine = V2::open(file)?;
    let done = asked(&engine, settings)?;
    let other = asked(&engine, Settings::of(Kind::Tx))?;
    ensure!(
        done.status == other.status && done.output == other.output,
        "{} from a static buffer, {} from another",
        done.describe(),
        other.describe()
    );
    Ok(())
}

pub(super) fn buffers_released(file: &File, _: Abi) -> Verdict {
    let session = asked(&V2::open(file)?, Settings::of(Kind::Tx))?.session;
    for releases in session.unreleased_buffers() {
        ensure!(false, "a buffer of the host was released {releases} times");
    }
    Ok(())
}
