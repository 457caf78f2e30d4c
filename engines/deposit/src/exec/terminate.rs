//! The end of a contract.

use super::Machine;
use crate::{error::Error, idle, ledger::Keep, state::contract_key};
use pink_engine_sdk::types::{AccountId, Event};

impl Machine<'_, '_> {
    /// Ends the running contract: what was held for it goes back to the origin, everything else
    /// it has to the beneficiary, whether or not anything was held. Its storage is deleted
    /// later, within each block's budget.
    ///
    /// Deposits of this very message that weren't collected yet are forgotten, not collected and
    /// given back.
    ///
    /// # Errors
    /// The contract is further down the stack as well, or the beneficiary can't take the money.
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
        for (hash, _) in &record.dependencies {
            self.count_user(hash, false);
        }
        self.count_user(&record.code_hash, false);
        self.state.remove(&contract_key(&address));
        if record.storage_items > 0 || !self.top()?.deposit.is_untouched() {
            let prefix = self.top()?.prefix;
            idle::enqueue(self.state, &prefix);
        }

        let origin = self.origin;
        let mut ledger = self.ledger();
        let held = ledger.account(&address).held_for_storage;
        ledger.set_contract(&address, false);
        ledger.release_for_storage(&address, &origin, held);
        let rest = ledger.account(&address).free;
        ledger.transfer(&address, &beneficiary, rest, Keep::Nothing)?;

        let deposit = record.total_deposit();
        let frame = self.top_mut()?;
        frame.terminated = true;
        frame.deposit.terminated(address, deposit);
        self.events.push(Event::Terminated {
            contract: address,
            beneficiary,
        });
        Ok(())
    }
}
