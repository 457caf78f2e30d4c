//! One message's view of everything: state, configuration, block, and the events so far.

use crate::{
    error::Error,
    ext::{ExecReturnValue, Frame},
    state::{Cluster, CLUSTER, CONFIG, SCHEDULE},
    versions::{RentConfig, Rules, Schedule},
    vm::Cache,
};
use pink_engine_sdk::{
    types::{Block, Event, Mode},
    Overlay,
};

/// What all rules work on. It lives as long as one message.
pub(crate) struct Execution<'s, 'h> {
    pub(crate) state: &'s mut Overlay<'h>,
    pub(crate) rules: &'static Rules,
    pub(crate) modules: &'s Cache,
    pub(crate) cluster: Cluster,
    pub(crate) config: RentConfig,
    pub(crate) schedule: Schedule,
    pub(crate) block: &'s Block,
    pub(crate) mode: Mode,
    /// Events so far; those of a part that is rolled back go with it.
    pub(crate) events: Vec<Event>,
    /// Gas until it is asked again whether anybody waits for the result. More than there is in a
    /// transaction, which doesn't ask.
    pub(crate) until_poll: u64,
    /// Bytes of contracts' events so far, as [`Execution::count_event`] counts them.
    event_bytes: u32,
}

/// The gas after which a query or an estimate asks whether to go on: two milliseconds by its price.
/// Not a rule: what it costs is the same.
const POLL_GAS: u64 = 2_000_000_000;

impl<'s, 'h> Execution<'s, 'h> {
    /// The exec of a cluster that was set up and not destroyed.
    pub(crate) fn load(
        state: &'s mut Overlay<'h>,
        rules: &'static Rules,
        modules: &'s Cache,
        block: &'s Block,
        mode: Mode,
    ) -> Option<Self> {
        let cluster: Cluster = state.get_as(CLUSTER)?;
        let config = state.get_as(CONFIG)?;
        let schedule = state.get_as(SCHEDULE)?;
        (!cluster.destroyed).then_some(Self {
            state,
            rules,
            modules,
            cluster,
            config,
            schedule,
            block,
            mode,
            events: Vec::new(),
            until_poll: match mode {
                Mode::Transaction => u64::MAX,
                Mode::Query | Mode::Estimating => POLL_GAS,
            },
            event_bytes: 0,
        })
    }

    /// Looks whether there is any use in going on: not after a fault of the host, and not if nobody
    /// waits any more for what a query or an estimate gives. A transaction doesn't ask.
    ///
    /// # Errors
    /// `ContractTrapped` once there is none: the whole call is void, and what its code sees from here on
    /// with it.
    pub(crate) fn poll(&mut self) -> Result<(), Error> {
        if self.mode != Mode::Transaction {
            self.until_poll = POLL_GAS;
            if self.state.fault().is_none() {
                if let Err(fault) = self.state.host().poll() {
                    self.state.set_fault(fault);
                }
            }
        }
        match self.state.fault() {
            None => Ok(()),
            Some(_) => Err(Error::ContractTrapped),
        }
    }

    /// Counts gas, and asks when it is time to.
    ///
    /// # Errors
    /// As [`poll`](Self::poll).
    pub(crate) fn poll_after(&mut self, gas: u64) -> Result<(), Error> {
        match self.until_poll.checked_sub(gas) {
            Some(left) => {
                self.until_poll = left;
                Ok(())
            }
            None => self.poll(),
        }
    }

    /// Runs something whose changes and events are kept only if `keep` says so.
    pub(crate) fn transaction<T>(
        &mut self,
        run: impl FnOnce(&mut Self) -> T,
        keep: impl FnOnce(&T) -> bool,
    ) -> T {
        let events = self.events.len();
        let event_bytes = self.event_bytes;
        self.state.begin();
        let result = run(self);
        if keep(&result) {
            self.state.commit()
        } else {
            self.state.rollback();
            self.events.truncate(events);
            self.event_bytes = event_bytes;
        }
        result
    }

    /// Looks whether what a message's first frame returned may go into a receipt. That of a query
    /// is kept by nobody.
    ///
    /// # Errors
    /// It is more than the version allows.
    pub(crate) fn check_output(
        &self,
        frame: &Frame<'_>,
        output: &ExecReturnValue,
    ) -> Result<(), Error> {
        let kept = frame.depth == 1 && self.mode != Mode::Query;
        if kept && output.data.len() > self.rules.output_bytes as usize {
            Err(Error::OutputTooLarge)
        } else {
            Ok(())
        }
    }

    /// Counts the bytes of an event that a contract is about to emit, topics and data.
    pub(crate) fn count_event(&mut self, bytes: u32) -> Result<(), Error> {
        // What an event takes besides them.
        const RECORD: u32 = 64;
        let all = self
            .event_bytes
            .saturating_add(bytes)
            .saturating_add(RECORD);
        if all > self.rules.event_bytes {
            return Err(Error::OutOfEvents);
        }
        self.event_bytes = all;
        Ok(())
    }
}
