//! A contract that ends itself.

use crate::{
    core::Execution,
    error::Error,
    ext::{Frame, Terminated},
    ledger::Existence,
    state::{alive, contract_key},
};
use pink_engine_sdk::types::{AccountId, Event};

impl Execution<'_, '_> {
    /// Ends the frame's contract and gives all it has to the beneficiary.
    pub(crate) fn terminate(&mut self, from: &Frame<'_>, beneficiary: &AccountId) -> Terminated {
        match self.try_terminate(from, beneficiary) {
            Ok(code_len) => Terminated {
                result: Ok(()),
                code_len,
            },
            Err(error) => Terminated {
                result: Err(error),
                code_len: 0,
            },
        }
    }

    fn try_terminate(&mut self, from: &Frame<'_>, beneficiary: &AccountId) -> Result<u32, Error> {
        if from.is_reentered() {
            return Err(Error::ReentranceDenied);
        }
        let address = &from.account;
        let value = self.free(address);
        self.transfer(address, beneficiary, value, Existence::AllowDeath)
            .map_err(|_| Error::TransferFailed)?;
        let contract = alive(self.state, address).ok_or(Error::ContractTrapped)?;
        self.state.remove(&contract_key(address));
        self.queue_deletion(&contract)?;
        let code_len = self.remove_code_user(&contract.code_hash, address);
        self.events.push(Event::Terminated {
            contract: *address,
            beneficiary: *beneficiary,
        });
        Ok(code_len)
    }
}
