//! Delegate calls and what belongs to them: other code on one's own state.

use super::{
    frame::{Frame, FrameFacts},
    CallStack,
};
use crate::{
    error::{Error, ExecError},
    ext::{ExecReturnValue, ExportedFunction},
    records,
};
use pink_engine_sdk::types::{Balance, Determinism, Event, Hash, Weight};

impl CallStack<'_, '_> {
    /// Runs the code with this hash in the name of the running contract.
    ///
    /// # Errors
    /// Why it failed, and by whose fault.
    pub(super) fn call_delegate(
        &mut self,
        hash: Hash,
        input: Vec<u8>,
    ) -> Result<ExecReturnValue, ExecError> {
        let info = self.load(&hash)?;
        self.check_depth()?;
        if info.determinism == Determinism::Relaxed && self.determinism == Determinism::Enforced {
            return Err(Error::Indeterministic.into());
        }
        let current = self.current_frame_mut()?;
        // All else is the frame's in whose name it runs: caller, value, storage.
        let facts = FrameFacts {
            code_hash: hash,
            delegated: true,
            entry: ExportedFunction::Call,
            ..current.facts
        };
        let gas = current.gas.nested(Weight::default());
        let deposit = current.deposit.nested(0);
        self.enter(Frame::new(facts, input, gas, deposit), &info)
    }

    /// Exchanges the running contract's code, from its next call on. What it is held for besides
    /// its storage is counted anew, at today's prices and with the locks that its record has now.
    ///
    /// # Errors
    /// There is no such code, or it isn't fit for contracts.
    pub(super) fn exchange_code(&mut self, hash: Hash) -> Result<(), Error> {
        // Code of earlier times will do, as long as it runs.
        let info = self.load(&hash)?;
        if info.determinism == Determinism::Relaxed {
            return Err(Error::Indeterministic);
        }
        let address = self.current_frame()?.facts.account;
        let mut record = self.record(&address).ok_or(Error::ContractNotFound)?;
        let old = record.code_hash;
        // The new one first: of the same code no count may pass through nought.
        self.increment_refcount(&hash);
        self.decrement_refcount(&old);
        let deposit = self.base_deposit(&info, record.dependencies.len());
        let before = record.base_deposit;
        record.base_deposit = deposit;
        record.code_hash = hash;
        records::put_contract(self.state, &address, &record);
        let meter = &mut self.current_frame_mut()?.deposit;
        match deposit.checked_sub(before) {
            Some(more) => meter.charge(address, more),
            None => meter.refund(address, before.saturating_sub(deposit)),
        }
        self.events.push(Event::ContractCodeUpdated {
            contract: address,
            new_code_hash: hash,
            old_code_hash: old,
        });
        Ok(())
    }

    /// Keeps code from being removed, because the running contract needs it for delegate calls.
    ///
    /// # Errors
    /// It is the contract's own, not there, locked already, or one too many.
    pub(super) fn lock_code(&mut self, hash: Hash) -> Result<(), Error> {
        let address = self.current_frame()?.facts.account;
        let mut record = self.record(&address).ok_or(Error::ContractNotFound)?;
        if record.code_hash == hash {
            return Err(Error::CannotAddSelfAsDelegateDependency);
        }
        let info = self.fetch(&hash)?;
        let most = self.rules().limits.delegate_dependencies as usize;
        let place = match record
            .dependencies
            .binary_search_by(|(known, _)| known.cmp(&hash))
        {
            Ok(_) => return Err(Error::DelegateDependencyAlreadyExists),
            Err(_) if record.dependencies.len() >= most => {
                return Err(Error::MaxDelegateDependenciesReached)
            }
            Err(place) => place,
        };
        let deposit = self.lockup(info.deposit);
        record.dependencies.insert(place, (hash, deposit));
        self.increment_refcount(&hash);
        records::put_contract(self.state, &address, &record);
        self.current_frame_mut()?.deposit.charge(address, deposit);
        Ok(())
    }

    /// Undoes [`Self::lock_code`].
    ///
    /// # Errors
    /// It isn't locked.
    pub(super) fn unlock_code(&mut self, hash: Hash) -> Result<(), Error> {
        let address = self.current_frame()?.facts.account;
        let mut record = self.record(&address).ok_or(Error::ContractNotFound)?;
        let place = record
            .dependencies
            .binary_search_by(|(known, _)| known.cmp(&hash))
            .map_err(|_| Error::DelegateDependencyNotFound)?;
        let (_, deposit) = record.dependencies.remove(place);
        self.decrement_refcount(&hash);
        records::put_contract(self.state, &address, &record);
        self.current_frame_mut()?.deposit.refund(address, deposit);
        Ok(())
    }

    /// The part of a code's deposit that a user of it locks up, rounded up.
    pub(super) fn lockup(&self, deposit: Balance) -> Balance {
        const MILLION: Balance = 1_000_000;
        let ppm = Balance::from(self.rules().deposits.lockup_ppm);
        (deposit / MILLION)
            .saturating_mul(ppm)
            .saturating_add((deposit % MILLION).saturating_mul(ppm).div_ceil(MILLION))
    }
}
