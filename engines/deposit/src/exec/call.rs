//! Calls from a frame, or from a message, to a contract.

use super::{Entry, Frame, Machine, Returned};
use crate::{
    deposit::DepositMeter,
    error::{Error, ExecError},
    gas::GasMeter,
    state::Contract,
};
use pink_engine_sdk::types::{AccountId, Balance, Weight};

/// A call.
#[derive(Debug)]
pub(crate) struct CallRequest {
    /// The contract.
    pub to: AccountId,
    /// Money for it.
    pub value: Balance,
    /// Input.
    pub input: Vec<u8>,
    /// Gas; a zero stands for all of that dimension.
    pub gas: Weight,
    /// Limit of the storage deposit; zero stands for what is available.
    pub deposit_limit: Balance,
    /// The calling contract may be called back.
    pub allow_reentry: bool,
    /// Nothing may change.
    pub read_only: bool,
}

impl Machine<'_, '_> {
    /// A call of the message itself.
    ///
    /// # Errors
    /// Why it failed; what the first frame used is in [`Machine::done`].
    pub(crate) fn call_first(
        &mut self,
        request: CallRequest,
        contract: &Contract,
        deposit: DepositMeter,
    ) -> Result<Returned, ExecError> {
        let mut gas = GasMeter::new(request.gas);
        let info = match self.fetch_first(&contract.code_hash, &mut gas) {
            Ok(info) => info,
            Err(error) => {
                self.give_back(gas);
                return Err(error.into());
            }
        };
        let origin = self.origin;
        self.enter(frame(request, contract, origin, gas, deposit), &info)
    }

    /// A call of the running contract.
    ///
    /// # Errors
    /// Why it failed, and by whose fault.
    pub(crate) fn call(&mut self, request: CallRequest) -> Result<Returned, ExecError> {
        self.top_mut()?.allows_reentry = request.allow_reentry;
        let result = self.call_checked(request);
        self.top_mut()?.allows_reentry = true;
        result
    }

    fn call_checked(&mut self, mut request: CallRequest) -> Result<Returned, ExecError> {
        if self
            .frames
            .iter()
            .any(|frame| frame.account == request.to && !frame.allows_reentry)
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
        let top = self.top_mut()?;
        let caller = top.account;
        request.read_only |= top.read_only;
        let deposit = top.deposit.nested(request.deposit_limit);
        let gas = top.gas.nested(request.gas);
        self.enter(frame(request, &contract, caller, gas, deposit), &info)
    }

    /// Whether there is room for another frame.
    ///
    /// # Errors
    /// There isn't.
    pub(crate) fn check_depth(&self) -> Result<(), Error> {
        match self.frames.len() >= self.rules().limits.call_depth as usize {
            true => Err(Error::MaxCallDepthReached),
            false => Ok(()),
        }
    }

    /// The gas of a frame that didn't begin goes back to where it came from.
    pub(super) fn give_back(&mut self, gas: GasMeter) {
        match self.frames.last_mut() {
            Some(caller) => caller.gas.absorb(gas),
            None => self.done = Some((gas, DepositMeter::default())),
        }
    }
}

/// The frame of a call.
fn frame(
    request: CallRequest,
    contract: &Contract,
    caller: AccountId,
    gas: GasMeter,
    deposit: DepositMeter,
) -> Frame {
    Frame {
        account: request.to,
        caller,
        code_hash: contract.code_hash,
        delegated: false,
        prefix: contract.prefix(&request.to),
        entry: Entry::Call,
        value: request.value,
        read_only: request.read_only,
        allows_reentry: true,
        input: Some(request.input),
        gas,
        deposit,
        fuel_given: 0,
        fuel_withheld: 0,
        fuel_slice: u64::MAX,
        trap: None,
        terminated: false,
        nonce: contract.nonce,
    }
}
