//! The end of a contract.

use super::CallStack;
use crate::{deletion, error::Error, records};
use pink_engine_sdk::types::{AccountId, Event};

impl CallStack<'_, '_> {
    /// Ends the running contract. It is gone at once, its storage is deleted later, within each
    /// block's budget. Its money stays where it is until the whole stack has ended: then what was
    /// held goes back to the origin, and everything else it has by then to the beneficiary,
    /// whether or not anything was held.
    ///
    /// Deposits of this very message that weren't collected yet are forgotten, not collected and
    /// given back.
    ///
    /// # Errors
    /// The contract is further down the stack as well.
    pub(super) fn end_current(&mut self, beneficiary: AccountId) -> Result<(), Error> {
        let address = self.current_frame()?.facts.account;
        // Before anything changes: two frames of one contract would end it twice.
        let others = self.frames.len().saturating_sub(1);
        if self
            .frames
            .iter()
            .take(others)
            .any(|frame| frame.facts.account == address)
        {
            return Err(Error::TerminatedWhileReentrant);
        }
        let record = self.record(&address).ok_or(Error::ContractNotFound)?;
        self.decrement_refcount(&record.code_hash);
        for (hash, deposit) in &record.dependencies {
            self.decrement_refcount(hash);
            self.current_frame_mut()?.deposit.refund(address, *deposit);
        }
        records::remove_contract(self.state, &address);
        if record.storage_items > 0 || !self.current_frame()?.deposit.is_untouched() {
            let prefix = self.current_frame()?.facts.prefix;
            deletion::enqueue(self.state, &prefix);
        }

        let frame = self.current_frame_mut()?;
        frame.terminated = true;
        frame
            .deposit
            .end(address, record.own_deposit(), beneficiary);
        self.events.push(Event::Terminated {
            contract: address,
            beneficiary,
        });
        Ok(())
    }
}
