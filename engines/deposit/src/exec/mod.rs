//! The machine that executes a message: a stack of frames over one state.
//!
//! Each frame has a transaction of the state, a gas meter and a deposit meter, and gives them
//! back to the one below when it ends: kept if it ended well, undone but for the gas if not.

mod call;
mod delegate;
mod frame;
mod instantiate;
mod storage;
mod terminate;
mod transient;

pub(crate) use call::CallRequest;
pub(crate) use frame::{Entry, Frame, Returned, Trap, REVERT};
pub(crate) use instantiate::{InstantiateRequest, SYSTEM_SALT};
pub(crate) use storage::StorageKey;
pub(crate) use transient::Transient;

use crate::{
    deposit::{DepositMeter, Quantity},
    engine::Core,
    error::{Error, ExecError},
    gas::GasMeter,
    host_fns::{self, HostFn},
    ledger::Ledger,
    records,
    state::{code_info_key, code_key, Cluster, CodeInfo, CodeStatus, Contract},
    versions::Rules,
    wasm::{self, Calls, Memory, Shared},
};
use pink_engine_sdk::{
    types::{AccountId, Determinism, Effect, Env, Event, Hash, Mode, Weight},
    Fault, Overlay,
};
use std::sync::Arc;

/// Level of what contracts say for debugging: as everywhere, errors are 1 and traces 5.
const DEBUG: u8 = 4;

/// The machine.
pub(crate) struct Machine<'m, 'h> {
    /// The state.
    pub state: &'m mut Overlay<'h>,
    /// The engine's rules and caches.
    pub core: &'m Core,
    /// The message's surroundings.
    pub env: &'m Env,
    /// The cluster.
    pub cluster: &'m Cluster,
    /// Who sent the message and pays deposits.
    pub origin: AccountId,
    /// The least determinism that delegate calls may reach.
    pub determinism: Determinism,
    /// The contracts that run, the first one first.
    pub frames: Vec<Frame>,
    /// Events so far, without those of frames that failed.
    pub events: Vec<Event>,
    /// Bytes of the events that contracts emitted.
    pub event_bytes: u32,
    /// What is asked of the chain.
    pub effects: Vec<Effect>,
    /// Storage that lasts as long as the call stack.
    pub transient: Transient,
    /// Debug messages, for whoever operates the worker.
    pub debug: Vec<u8>,
    /// How many contracts were instantiated, once that was asked for.
    pub nonce: Option<u64>,
    /// The meters of the first frame after it has ended.
    pub done: Option<(GasMeter, DepositMeter)>,
}

impl std::fmt::Debug for Machine<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Machine")
            .field("frames", &self.frames.len())
            .finish_non_exhaustive()
    }
}

impl<'m, 'h> Machine<'m, 'h> {
    /// The rules.
    pub(crate) fn rules(&self) -> &'m Rules {
        &self.core.rules
    }

    /// Looks whether there is any use in going on: not after a fault of the host, and not if
    /// nobody waits any more for what a query or an estimate gives. A transaction doesn't ask.
    ///
    /// # Errors
    /// There is none: the whole call is void, and what its code sees from here on with it.
    fn poll(&mut self) -> Result<(), Error> {
        if self.env.mode != Mode::Transaction && self.state.fault().is_none() {
            if let Err(fault) = self.state.host().poll() {
                self.state.set_fault(fault);
            }
        }
        match self.state.fault() {
            None => Ok(()),
            Some(_) => Err(Error::ContractTrapped),
        }
    }

    /// The running frame.
    ///
    /// # Errors
    /// There is none; can't be while code runs.
    pub(crate) fn top(&self) -> Result<&Frame, Error> {
        self.frames.last().ok_or(Error::ContractTrapped)
    }

    /// The running frame.
    ///
    /// # Errors
    /// There is none; can't be while code runs.
    pub(crate) fn top_mut(&mut self) -> Result<&mut Frame, Error> {
        self.frames.last_mut().ok_or(Error::ContractTrapped)
    }

    /// The ledger.
    pub(crate) fn ledger(&mut self) -> Ledger<'_, 'h> {
        Ledger::new(self.state, &mut self.events, self.cluster)
    }

    /// A contract's record, also while its constructor runs.
    pub(crate) fn record(&mut self, address: &AccountId) -> Option<Contract> {
        records::contract(self.state, address)
    }

    /// A contract that can be called: it isn't one while its constructor runs.
    pub(crate) fn callable(&mut self, address: &AccountId) -> Option<Contract> {
        let under_construction = self
            .frames
            .iter()
            .any(|frame| frame.entry == Entry::Deploy && frame.account == *address);
        match under_construction {
            true => None,
            false => self.record(address),
        }
    }

    /// A code's record, which was paid for.
    fn code_info(&mut self, hash: &Hash) -> Option<CodeInfo> {
        records::code(self.core, self.state, hash, true, &mut self.events)
    }

    /// The record of code that a message runs first, paid from its gas.
    ///
    /// # Errors
    /// There is no such code, or the gas doesn't suffice.
    fn fetch_first(&mut self, hash: &Hash, gas: &mut GasMeter) -> Result<CodeInfo, Error> {
        let len = records::code_len(self.state, hash).ok_or(Error::CodeNotFound)?;
        let _ = gas.charge(load_cost(self.rules(), len))?;
        self.code_info(hash).ok_or(Error::CodeNotFound)
    }

    /// The record of code that the running contract names, paid from its gas.
    ///
    /// # Errors
    /// There is no such code, or the gas doesn't suffice.
    fn fetch(&mut self, hash: &Hash) -> Result<CodeInfo, Error> {
        let len = records::code_len(self.state, hash).ok_or(Error::CodeNotFound)?;
        let cost = load_cost(self.rules(), len);
        let _ = self.top_mut()?.gas.charge(cost)?;
        self.code_info(hash).ok_or(Error::CodeNotFound)
    }

    /// The same of code that is to run.
    ///
    /// # Errors
    /// There is no such code, it can't run any more, or the gas doesn't suffice.
    fn load(&mut self, hash: &Hash) -> Result<CodeInfo, Error> {
        let info = self.fetch(hash)?;
        match info.status {
            CodeStatus::Disabled => Err(Error::CodeNotFound),
            _ => Ok(info),
        }
    }

    /// Counts one more or one fewer user of a code that was loaded or locked.
    pub(crate) fn count_user(&mut self, hash: &Hash, more: bool) {
        if let Some(mut info) = self.code_info(hash) {
            info.refcount = match more {
                true => info.refcount.saturating_add(1),
                false => info.refcount.saturating_sub(1),
            };
            self.state.put_as(&code_info_key(hash), &info);
        }
    }

    /// Counts the bytes of an event that is about to be emitted.
    ///
    /// # Errors
    /// The message's events would be more than the version allows.
    pub(crate) fn count_event(&mut self, bytes: u32) -> Result<(), Error> {
        // What an event takes besides its topics and data.
        const RECORD: u32 = 64;
        let all = self
            .event_bytes
            .saturating_add(bytes)
            .saturating_add(RECORD);
        if all > self.rules().limits.event_bytes {
            return Err(Error::OutOfEvents);
        }
        self.event_bytes = all;
        Ok(())
    }

    /// Looks whether what a message's first frame returned may go into a receipt. That of a query
    /// is kept by nobody.
    ///
    /// # Errors
    /// It is more than the version allows.
    fn check_output(&self, returned: &Returned) -> Result<(), Error> {
        let kept = self.frames.len() == 1 && self.env.mode != Mode::Query;
        match kept && returned.data.len() > self.rules().limits.output_bytes as usize {
            true => Err(Error::OutputTooLarge),
            false => Ok(()),
        }
    }

    /// Starts a frame, runs it to its end, and accounts for it.
    fn enter(&mut self, frame: Frame, info: &CodeInfo) -> Result<Returned, ExecError> {
        let events = self.events.len();
        let event_bytes = self.event_bytes;
        let effects = self.effects.len();
        self.frames.push(frame);
        self.state.begin();
        self.transient.begin();
        let result = self.run_top(info);
        let kept = matches!(&result, Ok(returned) if !returned.reverted());
        match kept {
            true => {
                self.state.commit();
                self.transient.commit();
            }
            false => {
                self.state.rollback();
                self.transient.rollback();
                self.events.truncate(events);
                self.event_bytes = event_bytes;
                self.effects.truncate(effects);
            }
        }
        let Some(frame) = self.frames.pop() else {
            return result;
        };
        match (kept, frame.entry) {
            (false, Entry::Deploy) => self.forget_nonce(),
            (true, _) if self.frames.is_empty() => self.keep_nonce(),
            _ => {}
        }
        let deposit = match kept {
            true => frame.deposit,
            false => DepositMeter::default(),
        };
        match self.frames.last_mut() {
            Some(caller) => {
                caller.gas.absorb(frame.gas);
                caller.deposit.absorb(deposit, &caller.account);
            }
            None => self.done = Some((frame.gas, deposit)),
        }
        result
    }

    fn run_top(&mut self, info: &CodeInfo) -> Result<Returned, ExecError> {
        let by_callee = |error| ExecError {
            error,
            by_callee: true,
        };
        let frame = self.top()?;
        let (account, caller, entry) = (frame.account, frame.caller, frame.entry);
        let (code_hash, value, delegated) = (frame.code_hash, frame.value, frame.delegated);
        let compiled = self.compiled(&code_hash, info)?;
        let pages = u64::from(compiled.checked().initial_pages)
            .saturating_mul(self.rules().frames.page.ref_time);
        if entry == Entry::Deploy {
            self.place_contract(info)?;
        }
        if !delegated {
            self.ledger()
                .transfer(&caller, &account, value, crate::ledger::Keep::Alive)?;
        }
        // The callee's own, and so behind what the caller did wrong.
        let gas = &mut self.top_mut()?.gas;
        let _ = gas.charge(Weight::new(pages, 0)).map_err(by_callee)?;
        let returned = wasm::run(self, &compiled, entry).map_err(by_callee)?;
        self.check_output(&returned).map_err(by_callee)?;
        if returned.reverted() {
            return Ok(returned);
        }

        let (terminated, root) = (self.top()?.terminated, self.frames.len() == 1);
        if root {
            self.price_top(&account)?;
        }
        if terminated && entry == Entry::Deploy {
            return Err(Error::TerminatedInConstructor.into());
        }
        if !root {
            self.price_top(&account)?;
        }
        self.events.push(match (entry, delegated) {
            (Entry::Deploy, _) => Event::Instantiated {
                deployer: caller,
                contract: account,
            },
            (Entry::Call, true) => Event::DelegateCalled {
                contract: account,
                code_hash,
            },
            (Entry::Call, false) => Event::Called {
                caller,
                contract: account,
            },
        });
        Ok(returned)
    }

    /// Prices what the running frame, which ended well, did to the storage of its contract, and
    /// enforces the limit of the message or its own. A delegate call has none.
    ///
    /// # Errors
    /// The limit isn't kept: the caller's mistake.
    fn price_top(&mut self, account: &AccountId) -> Result<(), ExecError> {
        let frame = self.top()?;
        let record = match frame.terminated || frame.deposit.is_untouched() {
            true => None,
            false => self.record(account),
        };
        let (cluster, root) = (self.cluster, self.frames.len() == 1);
        let below = self.unpriced_below(account);
        let frame = self.top_mut()?;
        let changed = frame.deposit.finish_frame(*account, record, cluster, below);
        if let Some(changed) = changed {
            records::put_contract(self.state, account, &changed);
        }
        self.top()?.deposit.enforce(root)
    }

    /// What frames below the running one added to the storage of its contract, and nothing is
    /// held for yet.
    fn unpriced_below(&self, account: &AccountId) -> Quantity {
        let below = self.frames.len().saturating_sub(1);
        let (added, removed) = self.frames.iter().take(below).fold(
            (Quantity::default(), Quantity::default()),
            |(added, removed), frame| {
                let (more, fewer) = frame.deposit.unpriced(account, frame.account == *account);
                (added.add(more), removed.add(fewer))
            },
        );
        added.without(removed)
    }

    /// Tells the operator what the contracts of the message had to say, the failed ones included.
    pub(crate) fn log_debug(&mut self, contract: &AccountId) {
        let debug = std::mem::take(&mut self.debug);
        match std::str::from_utf8(&debug) {
            Ok("") | Err(_) => {}
            Ok(text) => self.state.host().log(DEBUG, Some(contract), text),
        }
    }

    /// Compiled code, from the cache or made now.
    fn compiled(&mut self, hash: &Hash, info: &CodeInfo) -> Result<Arc<Shared>, ExecError> {
        if info.status == CodeStatus::Disabled {
            return Err(Error::ContractNotFound.into());
        }
        let core = self.core;
        let state = &mut *self.state;
        core.cache
            .get(&core.rules, hash, info.determinism, || {
                state.get(&code_key(hash)).map(<[u8]>::to_vec)
            })
            .map_err(|reason| {
                // It passed these very checks when it was stored.
                self.state.set_fault(Fault::BrokenState {
                    key: code_key(hash).to_vec(),
                    reason,
                });
                Error::CodeNotFound.into()
            })
    }
}

/// What loading so many bytes of code costs.
fn load_cost(rules: &Rules, len: u32) -> Weight {
    rules.frames.load.of(len)
}

/// Whether a message pays for loading so many bytes of code, with the gas that it leaves to its
/// first frame. Nothing that the load has to find out may be found out for less.
pub(crate) fn pays_for_loading(rules: &Rules, gas: Weight, len: u32) -> bool {
    GasMeter::new(gas).charge(load_cost(rules, len)).is_ok()
}

impl Calls for Machine<'_, '_> {
    fn host_call(
        &mut self,
        id: HostFn,
        args: &[u64],
        memory: &mut [u8],
        fuel: u64,
    ) -> (u64, Option<u64>) {
        let per_fuel = self.rules().interpreter.ref_time_per_fuel;
        if let Ok(frame) = self.top_mut() {
            frame.burn(fuel, per_fuel);
        }
        let result = host_fns::serve(self, id, args, &mut Memory(memory));
        // Nothing of a call that is void is worth going on with, the frames around included.
        let result = result.and_then(|value| self.poll().map(|()| value).map_err(Trap::from));
        let Ok(frame) = self.top_mut() else {
            return (0, None);
        };
        let value = match result {
            Ok(value) => Some(value),
            Err(trap) => {
                frame.trap = Some(trap);
                None
            }
        };
        frame.fuel_given = frame.gas.fuel(per_fuel);
        (frame.slice(frame.fuel_given), value)
    }

    fn more_fuel(&mut self, left: u64) -> Option<u64> {
        let polled = self.poll();
        let frame = self.top_mut().ok()?;
        if let Err(error) = polled {
            frame.trap = Some(error.into());
            return None;
        }
        match frame.fuel_withheld {
            0 => None,
            withheld => {
                let more = withheld.min(frame.fuel_slice);
                frame.fuel_withheld = withheld.saturating_sub(more);
                Some(left.saturating_add(more))
            }
        }
    }
}
