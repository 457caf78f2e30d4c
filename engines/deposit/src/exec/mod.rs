//! The call stack that executes a message: frames over one state.
//!
//! Each frame has a transaction of the state, a gas meter and a deposit meter, and gives them
//! back to the one below when it ends: kept if it ended well, undone but for the gas if not.
//! What code may ask of it is [`Ext`](crate::ext::Ext), in `ext`.

mod call;
mod code;
mod delegate;
mod ext;
mod frame;
mod instantiate;
mod run;
mod terminate;
mod transient;

pub(crate) use code::{not_ready, pays_for_loading};
pub(crate) use instantiate::SYSTEM_SALT;

use crate::{
    core::Core,
    deposit::DepositMeter,
    error::Error,
    ext::{ExecReturnValue, ExportedFunction},
    gas::GasMeter,
    ledger::Ledger,
    records,
    state::{Cluster, Contract},
    versions::Rules,
};
use frame::Frame;
use pink_engine_sdk::{
    types::{AccountId, Determinism, Effect, Env, Event, Mode},
    Overlay,
};
use transient::Transient;

/// Level of what contracts say for debugging: as everywhere, errors are 1 and traces 5.
const DEBUG: u8 = 4;

/// The call stack of a message.
pub(crate) struct CallStack<'m, 'h> {
    /// The state.
    pub state: &'m mut Overlay<'h>,
    /// The engine's rules and caches.
    core: &'m Core,
    /// What the message is executed in: block and mode.
    env: &'m Env,
    /// The cluster.
    cluster: &'m Cluster,
    /// Who sent the message and pays deposits.
    origin: AccountId,
    /// The least determinism that delegate calls may reach.
    determinism: Determinism,
    /// The contracts that run, the first one first.
    frames: Vec<Frame>,
    /// Events so far, without those of frames that failed.
    pub events: Vec<Event>,
    /// Bytes of the events that contracts emitted.
    event_bytes: u32,
    /// What is asked of the chain.
    pub effects: Vec<Effect>,
    /// Storage that lasts as long as the call stack.
    transient: Transient,
    /// Debug messages, for whoever operates the worker.
    debug: Vec<u8>,
    /// How many contracts were instantiated, once that was asked for.
    nonce: Option<u64>,
    /// The meters of the first frame after it has ended.
    done: Option<(GasMeter, DepositMeter)>,
}

impl std::fmt::Debug for CallStack<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallStack")
            .field("frames", &self.frames.len())
            .finish_non_exhaustive()
    }
}

impl<'m, 'h> CallStack<'m, 'h> {
    /// The stack of a message of `origin`'s, without a frame.
    pub(crate) fn new(
        core: &'m Core,
        state: &'m mut Overlay<'h>,
        env: &'m Env,
        cluster: &'m Cluster,
        origin: AccountId,
    ) -> Self {
        Self {
            state,
            core,
            env,
            cluster,
            origin,
            determinism: match env.mode {
                Mode::Query => Determinism::Relaxed,
                Mode::Estimating | Mode::Transaction => Determinism::Enforced,
            },
            frames: Vec::new(),
            events: Vec::new(),
            event_bytes: 0,
            effects: Vec::new(),
            transient: Transient::default(),
            debug: Vec::new(),
            nonce: None,
            done: None,
        }
    }

    /// Who sent the message.
    pub(crate) fn origin(&self) -> AccountId {
        self.origin
    }

    fn rules(&self) -> &'static Rules {
        self.core.rules
    }

    /// The running frame.
    ///
    /// # Errors
    /// There is none; can't be while code runs.
    fn current_frame(&self) -> Result<&Frame, Error> {
        self.frames.last().ok_or(Error::ContractTrapped)
    }

    /// The running frame.
    ///
    /// # Errors
    /// There is none; can't be while code runs.
    fn current_frame_mut(&mut self) -> Result<&mut Frame, Error> {
        self.frames.last_mut().ok_or(Error::ContractTrapped)
    }

    /// The ledger.
    pub(crate) fn ledger(&mut self) -> Ledger<'_, 'h> {
        Ledger::new(self.state, &mut self.events, self.cluster)
    }

    /// A contract's record, also while its constructor runs.
    fn record(&mut self, address: &AccountId) -> Option<Contract> {
        records::contract(self.state, address)
    }

    /// A contract that can be called: it isn't one while its constructor runs.
    fn callable(&mut self, address: &AccountId) -> Option<Contract> {
        let under_construction = self.frames.iter().any(|frame| {
            frame.facts.entry == ExportedFunction::Constructor && frame.facts.account == *address
        });
        if under_construction {
            return None;
        }
        self.record(address)
    }

    /// Whether there is room for another frame.
    ///
    /// # Errors
    /// There isn't.
    fn check_depth(&self) -> Result<(), Error> {
        if self.frames.len() >= self.rules().limits.call_depth as usize {
            return Err(Error::MaxCallDepthReached);
        }
        Ok(())
    }

    /// Looks whether what a message's first frame returned may go into a receipt. That of a query
    /// is kept by nobody.
    ///
    /// # Errors
    /// It is more than the version allows.
    fn check_output(&self, returned: &ExecReturnValue) -> Result<(), Error> {
        let kept = self.frames.len() == 1 && self.env.mode != Mode::Query;
        if kept && returned.data.len() > self.rules().limits.output_bytes as usize {
            return Err(Error::OutputTooLarge);
        }
        Ok(())
    }

    /// The meters of the first frame after it has ended, once.
    pub(crate) fn take_meters(&mut self) -> Option<(GasMeter, DepositMeter)> {
        self.done.take()
    }

    /// Tells the operator what the contracts of the message had to say, the failed ones included.
    pub(crate) fn log_debug(&mut self, contract: &AccountId) {
        let debug = std::mem::take(&mut self.debug);
        match std::str::from_utf8(&debug) {
            Ok("") | Err(_) => {}
            Ok(text) => self.state.host().log(DEBUG, Some(contract), text),
        }
    }
}
