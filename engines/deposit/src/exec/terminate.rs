//! The end of a contract.

use super::Machine;
use crate::{error::Error, idle, records};
use pink_engine_sdk::types::{AccountId, Event};

impl Machine<'_, '_> {
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
    pub(crate) fn terminate(&mut self, beneficiary: AccountId) -> Result<(), Error> {
        let address = self.top()?.account;
        let others = self.frames.len().saturating_sub(1);
        if self
            .frames
            .iter()
            .take(others)
            .any(|frame| frame.account == address)
        {
            return Err(Error::TerminatedWhileReentrant);
        }
        let record = self.record(&address).ok_or(Error::ContractNotFound)?;
        self.count_user(&record.code_hash, false);
        for (hash, deposit) in &record.dependencies {
            self.count_user(hash, false);
            self.top_mut()?.deposit.refund(address, *deposit);
        }
        records::remove_contract(self.state, &address);
        if record.storage_items > 0 || !self.top()?.deposit.is_untouched() {
            let prefix = self.top()?.prefix;
            idle::enqueue(self.state, &prefix);
        }

        let frame = self.top_mut()?;
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
