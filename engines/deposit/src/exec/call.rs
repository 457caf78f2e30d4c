//! Calls from a frame, or from a message, to a contract.

use super::{
    frame::{Frame, FrameFacts},
    CallStack,
};
use crate::{
    deposit::DepositMeter,
    error::{Error, ExecError},
    ext::{CallRequest, ExecReturnValue, ExportedFunction},
    gas::GasMeter,
    state::Contract,
};
use pink_engine_sdk::types::AccountId;

impl CallStack<'_, '_> {
    /// A call of the message itself.
    ///
    /// # Errors
    /// Why it failed; what the first frame used is in [`CallStack::take_meters`].
    pub(crate) fn call_root(
        &mut self,
        request: CallRequest,
        contract: &Contract,
        deposit: DepositMeter,
    ) -> Result<ExecReturnValue, ExecError> {
        let mut gas = GasMeter::new(request.gas);
        let info = match self.fetch_root(&contract.code_hash, &mut gas) {
            Ok(info) => info,
            Err(error) => {
                self.done = Some((gas, DepositMeter::default()));
                return Err(error.into());
            }
        };
        let facts = facts(&request, contract, self.origin);
        self.enter(Frame::new(facts, request.input, gas, deposit), &info)
    }

    /// A call of the running contract.
    ///
    /// # Errors
    /// Why it failed, and by whose fault.
    pub(super) fn call_nested(
        &mut self,
        request: CallRequest,
    ) -> Result<ExecReturnValue, ExecError> {
        // First of all, before the check itself: a contract that forbids re-entry can't call
        // itself either, because the check finds its own frame with the flag of this very call.
        self.current_frame_mut()?.allows_reentry = request.allow_reentry;
        let result = self.call_checked(request);
        // However the call ended: the flag was that call's alone.
        self.current_frame_mut()?.allows_reentry = true;
        result
    }

    fn call_checked(&mut self, mut request: CallRequest) -> Result<ExecReturnValue, ExecError> {
        // Every frame is asked, not the last one of the contract alone: one may forbid what
        // another one further up allows.
        if self
            .frames
            .iter()
            .any(|frame| frame.facts.account == request.to && !frame.allows_reentry)
        {
            return Err(Error::ReentranceDenied.into());
        }
        self.check_depth()?;
        let contract = self.callable(&request.to).ok_or(Error::ContractNotFound)?;
        let info = self
            .load(&contract.code_hash)
            .map_err(|error| match error {
                // Of a contract that is there, but can't run any more.
                Error::CodeNotFound => Error::ContractNotFound,
                error => error,
            })?;
        let current = self.current_frame_mut()?;
        // Who may change nothing can't have it changed by others.
        request.read_only |= current.facts.read_only;
        let facts = facts(&request, &contract, current.facts.account);
        // Split off last: nothing fails between here and the frame that gives it back.
        let deposit = current.deposit.nested(request.deposit_limit);
        let gas = current.gas.nested(request.gas);
        self.enter(Frame::new(facts, request.input, gas, deposit), &info)
    }
}

/// What is said of the frame of a call.
fn facts(request: &CallRequest, contract: &Contract, caller: AccountId) -> FrameFacts {
    FrameFacts {
        account: request.to,
        caller,
        code_hash: contract.code_hash,
        delegated: false,
        prefix: contract.prefix(&request.to),
        entry: ExportedFunction::Call,
        value: request.value,
        read_only: request.read_only,
        nonce: contract.nonce,
    }
}
