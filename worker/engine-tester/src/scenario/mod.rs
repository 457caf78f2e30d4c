//! Work for an engine: the life of a small cluster, a call of every kind.
//!
//! An engine has to do the first steps, which every engine has. What follows it may refuse as
//! something that its rules don't have; the receipts are receipts all the same.

mod messages;

pub(crate) use messages::{code, message, sample, setup, tried, OWNER};

use crate::{
    check::{ensure, failed, Stop},
    engine::{CallResult, Engine, Instance, Work},
    host::{Changes, Settings, State},
};
use messages::{begin, call, deposit, end, instantiate, prices, selector, upload, withdraw, BOB};
use parity_scale_codec::{Decode, DecodeAll};
use pink_capi::{
    calls::{view, ViewCall},
    types::{AccountId, Mode, Receipt, Version},
    v2::ffi,
};
use std::sync::Arc;

/// One step of the scenario, and how it went.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) work: Work,
    /// The state that it was done on.
    pub(crate) before: Arc<State>,
    pub(crate) done: CallResult,
}

/// The scenario, as one engine went through it.
#[derive(Debug)]
pub(crate) struct Scenario {
    pub(crate) steps: Vec<Step>,
    pub(crate) end: Arc<State>,
    /// The contract, if there is one.
    pub(crate) contract: Option<AccountId>,
}

impl Scenario {
    /// Plays the scenario on one instance, with a host that behaves.
    pub(crate) fn play(engine: &Engine) -> Result<Self, Stop> {
        let instance = engine.instance()?;
        Self::play_with(engine.version(), |state, work| {
            Ok(instance.run(state, Settings::of(work.kind()), work))
        })
    }

    /// Plays the scenario; `run` does one step on a state.
    pub(crate) fn play_with(
        version: Version,
        mut run: impl FnMut(Arc<State>, &Work) -> Result<CallResult, Stop>,
    ) -> Result<Self, Stop> {
        let mut scenario = Self {
            steps: Vec::new(),
            end: Arc::default(),
            contract: None,
        };
        let mut step = |scenario: &mut Self, name, work: Work| -> Result<Option<Receipt>, Stop> {
            let before = scenario.end.clone();
            let done = run(before.clone(), &work)?;
            if done.status == ffi::OK {
                if let Some(changes) = done.session.staged() {
                    scenario.end = Arc::new(applied(&before, changes));
                }
            }
            let receipt = match work {
                Work::Message(..) => Receipt::decode_all(&mut done.output.as_slice()).ok(),
                _ => None,
            };
            scenario.steps.push(Step {
                name,
                work,
                before,
                done,
            });
            Ok(receipt)
        };
        step(&mut scenario, "describe", look(view::Describe {}))?;
        step(&mut scenario, "begin", begin(1))?;
        step(&mut scenario, "setup", message(1, setup(None)))?;
        step(&mut scenario, "deposit", message(2, deposit()))?;
        step(&mut scenario, "cluster", look(view::Cluster {}))?;
        step(&mut scenario, "account", look(view::Account { who: BOB }))?;
        step(&mut scenario, "issuance", look(view::TotalIssuance {}))?;
        step(&mut scenario, "prices", message(3, prices()))?;
        let stored = step(&mut scenario, "upload", message(4, upload(version)))?;
        let hash = stored.and_then(|receipt| receipt.code_hash);
        let made = step(
            &mut scenario,
            "instantiate",
            message(5, instantiate(version, hash)),
        )?;
        scenario.contract = made.and_then(|receipt| receipt.address);
        // Without a contract the calls go nowhere, and are rejected.
        let contract = scenario.contract.unwrap_or([0xCC; 32]);
        let turn = call(contract, selector(version, [0x63, 0x3a, 0xa5, 0x51]));
        let asked = call(contract, selector(version, [0x2f, 0x86, 0x5b, 0xd9]));
        let estimate = tried(Mode::Estimating, 6, turn.clone());
        step(
            &mut scenario,
            "contract",
            look(view::Contract { address: contract }),
        )?;
        step(&mut scenario, "estimate", estimate)?;
        step(&mut scenario, "call", message(6, turn))?;
        step(&mut scenario, "query", tried(Mode::Query, 7, asked))?;
        step(&mut scenario, "withdraw", message(7, withdraw()))?;
        step(&mut scenario, "idle", end(1))?;
        step(&mut scenario, "next-begin", begin(2))?;
        step(&mut scenario, "next-idle", end(2))?;
        Ok(scenario)
    }

    /// The step of this name.
    pub(crate) fn step(&self, name: &str) -> Result<&Step, Stop> {
        self.steps
            .iter()
            .find(|step| step.name == name)
            .ok_or_else(|| failed!("the scenario has no step {name}"))
    }
}

impl Step {
    /// Does the step once more, on the same state.
    pub(crate) fn again(&self, instance: &Instance) -> CallResult {
        self.again_with(instance, Settings::of(self.work.kind()))
    }

    /// Does the step once more, with another host.
    pub(crate) fn again_with(&self, instance: &Instance, settings: Settings) -> CallResult {
        instance.run(self.before.clone(), settings, &self.work)
    }

    /// The output, as the type that it has to be.
    pub(crate) fn output<T: Decode>(&self) -> Result<T, Stop> {
        let (name, status) = (self.name, self.done.status);
        ensure!(status == ffi::OK, "{name}: {}", self.done.describe());
        T::decode_all(&mut self.done.output.as_slice())
            .map_err(|error| failed!("{name}: the output doesn't decode: {error}"))
    }

    /// The receipt, if the step is a message.
    pub(crate) fn receipt(&self) -> Result<Option<Receipt>, Stop> {
        match self.work {
            Work::Message(..) => self.output().map(Some),
            _ => Ok(None),
        }
    }

    /// Decodes the output as what it has to be, and drops it.
    pub(crate) fn decodes(&self) -> Result<(), Stop> {
        let (name, status) = (self.name, self.done.status);
        ensure!(status == ffi::OK, "{name}: {}", self.done.describe());
        let decoded = self.work.check_reply(&self.done.output);
        decoded.map_err(|fault| failed!("{name}: {fault}"))
    }
}

/// A look at the state.
fn look(view: impl ViewCall) -> Work {
    Work::View(view.into())
}

/// A state with a change set in it.
pub(crate) fn applied(state: &State, changes: Changes) -> State {
    let mut state = state.clone();
    for (key, value) in changes {
        match value {
            Some(value) => state.insert(key, value),
            None => state.remove(&key),
        };
    }
    state
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_old_contract_is_what_its_text_says() {
        // The text's names aren't in the file; they would come last.
        let made = wat::parse_str(include_str!("switch.wat")).unwrap();
        assert!(made.starts_with(super::messages::SWITCH));
    }
}
