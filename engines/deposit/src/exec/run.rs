//! A frame, from its beginning to its end.

use super::{frame::Frame, CallStack};
use crate::{
    deposit::{DepositMeter, Quantity},
    error::{Error, ExecError},
    ext::{ExecReturnValue, ExportedFunction},
    ledger::Keep,
    records,
    state::CodeInfo,
};
use pink_engine_sdk::types::{AccountId, Event, Weight};

impl CallStack<'_, '_> {
    /// Starts a frame, runs it to its end, and accounts for it.
    pub(super) fn enter(
        &mut self,
        frame: Frame,
        info: &CodeInfo,
    ) -> Result<ExecReturnValue, ExecError> {
        // Events and effects of frames that fail are cut off from here on: they aren't part of the
        // state's transaction, and have to be undone with it.
        let events = self.events.len();
        let event_bytes = self.event_bytes;
        let effects = self.effects.len();
        let unit_price = self.unit_price(info);
        self.frames.push(Frame {
            unit_price,
            ..frame
        });
        self.state.begin();
        self.transient.begin();
        let result = self.run_current(info);
        let kept = matches!(&result, Ok(returned) if !returned.did_revert());
        if kept {
            self.state.commit();
            self.transient.commit();
        } else {
            self.state.rollback();
            self.transient.rollback();
            self.events.truncate(events);
            self.event_bytes = event_bytes;
            self.effects.truncate(effects);
        }
        let Some(frame) = self.frames.pop() else {
            return result;
        };
        match (kept, frame.facts.entry) {
            // The number of a constructor that failed is free for the next one, whatever was made
            // below it: that is how the reference counts, and prefixes of storage depend on it.
            (false, ExportedFunction::Constructor) => self.give_nonce_back(),
            (true, _) if self.frames.is_empty() => self.keep_nonce(),
            _ => {}
        }
        let deposit = if kept {
            frame.deposit
        } else {
            DepositMeter::default()
        };
        match self.frames.last_mut() {
            Some(caller) => {
                // Gas first, and whether or not the frame was kept: what was burned stays burned.
                // Only deposits of a frame that ended well are anybody's.
                caller.gas.absorb(frame.gas);
                caller.deposit.absorb(deposit, &caller.facts.account);
            }
            None => self.done = Some((frame.gas, deposit)),
        }
        result
    }

    fn run_current(&mut self, info: &CodeInfo) -> Result<ExecReturnValue, ExecError> {
        let facts = self.current_frame()?.facts;
        let (account, caller, entry) = (facts.account, facts.caller, facts.entry);
        let compiled = self.compiled(&facts.code_hash, info)?;
        let pages =
            u64::from(compiled.initial_pages()).saturating_mul(self.rules().frames.page.ref_time);
        // The contract is there, with its existential deposit, before money comes and code runs:
        // its constructor finds itself as any other message would.
        if entry == ExportedFunction::Constructor {
            self.place_contract(info)?;
        }
        // Every call moves its value before its code runs. A delegate call moves nothing: `value` is
        // that of the frame in whose name it runs, and has been moved.
        if !facts.delegated {
            self.ledger()
                .transfer(&caller, &account, facts.value, Keep::Alive)?;
        }
        // The callee's own, and so behind what the caller did wrong.
        let gas = &mut self.current_frame_mut()?.gas;
        let _ = gas
            .charge(Weight::new(pages, 0))
            .map_err(ExecError::by_callee)?;
        let returned = compiled.run(self, entry).map_err(ExecError::by_callee)?;
        self.check_output(&returned).map_err(ExecError::by_callee)?;
        // A revert is looked at before anything else: what it undoes needs neither a limit nor a
        // contract that still stands.
        if returned.did_revert() {
            return Ok(returned);
        }

        // Of the first frame the message's limit comes before the look at the constructor; of
        // nested ones behind. Each may fail with another error, and receipts name it.
        let (terminated, root) = (self.current_frame()?.terminated, self.frames.len() == 1);
        if root {
            self.price_current(&account)?;
        }
        if terminated && entry == ExportedFunction::Constructor {
            return Err(Error::TerminatedInConstructor.into());
        }
        if !root {
            self.price_current(&account)?;
        }
        // Behind all that can fail, and behind the events of the contract and of its callees.
        self.events.push(match (entry, facts.delegated) {
            (ExportedFunction::Constructor, _) => Event::Instantiated {
                deployer: caller,
                contract: account,
            },
            (ExportedFunction::Call, true) => Event::DelegateCalled {
                contract: account,
                code_hash: facts.code_hash,
            },
            (ExportedFunction::Call, false) => Event::Called {
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
    fn price_current(&mut self, account: &AccountId) -> Result<(), ExecError> {
        let frame = self.current_frame()?;
        let record = if frame.terminated || frame.deposit.is_untouched() {
            None
        } else {
            self.record(account)
        };
        let (cluster, root) = (self.cluster, self.frames.len() == 1);
        let below = self.unpriced_below(account);
        let frame = self.current_frame_mut()?;
        let changed = frame.deposit.finish_frame(*account, record, cluster, below);
        if let Some(changed) = changed {
            records::put_contract(self.state, account, &changed);
        }
        self.current_frame()?.deposit.enforce(root)
    }

    /// What frames below the running one added to the storage of its contract, and nothing is
    /// held for yet.
    fn unpriced_below(&self, account: &AccountId) -> Quantity {
        let below = self.frames.len().saturating_sub(1);
        let (added, removed) = self.frames.iter().take(below).fold(
            (Quantity::default(), Quantity::default()),
            |(added, removed), frame| {
                let own = frame.facts.account == *account;
                let (more, fewer) = frame.deposit.unpriced(account, own);
                (added.add(more), removed.add(fewer))
            },
        );
        added.without(removed)
    }
}
