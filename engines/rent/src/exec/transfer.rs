//! Payments between accounts and contracts.

use crate::{core::Execution, error::Error, ext::Frame, ledger::Existence};
use pink_engine_sdk::types::{AccountId, Balance};

impl Execution<'_, '_> {
    /// A payment by the frame's account. Contracts must keep the threshold, plain accounts the
    /// existential deposit.
    pub(crate) fn pay(
        &mut self,
        from: &Frame<'_>,
        to: &AccountId,
        value: Balance,
    ) -> Result<(), Error> {
        if from.is_contract() {
            let left = self.free(&from.account).saturating_sub(value);
            if left < self.subsistence_threshold() {
                return Err(Error::BelowSubsistenceThreshold);
            }
        }
        self.transfer(&from.account, to, value, Existence::KeepAlive)
            .map_err(|_| Error::TransferFailed)
    }
}
