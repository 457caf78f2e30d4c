//! `seal_transfer`, `seal_call`, `seal_instantiate`, `seal_call_chain_extension`.

use super::{
    sandbox::{already_paid, priced, Sandbox},
    TrapReason,
};
use crate::{
    error::{Error, ErrorOrigin, ExecError},
    ext::{Called, ExecReturnValue, Instantiated},
};
use pink_engine_sdk::types::{AccountId, Balance, Hash};

/// What a contract is told about something that it asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReturnCode {
    Success = 0,
    /// The callee failed, in whatever way.
    CalleeTrapped = 1,
    /// The callee undid what it did. Its output is there.
    CalleeReverted = 2,
    KeyNotFound = 3,
    BelowSubsistenceThreshold = 4,
    TransferFailed = 5,
    NewContractNotFunded = 6,
    CodeNotFound = 7,
    NotCallable = 8,
}

impl From<ReturnCode> for u32 {
    fn from(code: ReturnCode) -> Self {
        code as Self
    }
}

impl From<&ExecReturnValue> for ReturnCode {
    fn from(output: &ExecReturnValue) -> Self {
        if output.is_reverted() {
            Self::CalleeReverted
        } else {
            Self::Success
        }
    }
}

impl TryFrom<Error> for ReturnCode {
    type Error = Error;

    /// Errors without a code end the contract that met them.
    fn try_from(error: Error) -> Result<Self, Error> {
        match error {
            Error::BelowSubsistenceThreshold => Ok(Self::BelowSubsistenceThreshold),
            Error::TransferFailed => Ok(Self::TransferFailed),
            Error::NewContractNotFunded => Ok(Self::NewContractNotFunded),
            Error::CodeNotFound => Ok(Self::CodeNotFound),
            Error::NotCallable => Ok(Self::NotCallable),
            error => Err(error),
        }
    }
}

/// The code for a call or an instantiation that failed.
fn failure(error: ExecError) -> Result<u32, TrapReason> {
    match error.origin {
        ErrorOrigin::Callee => Ok(ReturnCode::CalleeTrapped.into()),
        ErrorOrigin::Caller => Ok(ReturnCode::try_from(error.error)?.into()),
    }
}

/// Sends money, without running any code.
pub(super) fn transfer(
    sandbox: &mut Sandbox<'_, '_>,
    to: u32,
    to_len: u32,
    value: u32,
    value_len: u32,
) -> Result<u32, TrapReason> {
    let _ = sandbox.charge(|w| w.transfer)?;
    let to: AccountId = sandbox.read_as(to, to_len)?;
    let value: Balance = sandbox.read_as(value, value_len)?;
    let frame = sandbox.frame();
    match sandbox.ext().pay(frame, &to, value) {
        Ok(()) => Ok(ReturnCode::Success.into()),
        Err(error) => Ok(ReturnCode::try_from(error)?.into()),
    }
}

/// Calls a contract with a part of the gas; 0 means all of it.
#[allow(clippy::too_many_arguments)] // the signature is the contracts'
pub(super) fn call(
    sandbox: &mut Sandbox<'_, '_>,
    callee: u32,
    callee_len: u32,
    gas: u64,
    value: u32,
    value_len: u32,
    input: u32,
    input_len: u32,
    out: u32,
    out_len: u32,
) -> Result<u32, TrapReason> {
    let _ = sandbox.charge(|w| priced(w.call, w.call_per_input_byte, input_len))?;
    let callee: AccountId = sandbox.read_as(callee, callee_len)?;
    let value: Balance = sandbox.read_as(value, value_len)?;
    let input = sandbox.read(input, input_len)?;
    if value > 0 {
        let _ = sandbox.charge(|w| w.call_transfer_surcharge)?;
    }
    // Charged for the longest code, and corrected when the callee's is known.
    let longest = sandbox.ext().config().max_code_size;
    let charged = sandbox.charge(|w| priced(0, w.call_per_code_byte, longest))?;
    let runtime = &mut *sandbox.runtime;
    let (ext, frame) = (&mut *runtime.ext, runtime.frame);
    let Called { result, code_len } = runtime.meter.nested(gas, |meter| match meter {
        Some(meter) => ext.call(frame, &callee, value, meter, input),
        None => Called {
            result: Err(Error::OutOfGas.into()),
            code_len: 0,
        },
    });
    sandbox.adjust(charged, |w| priced(0, w.call_per_code_byte, code_len));
    match result {
        Ok(output) => {
            sandbox.optional_output(out, out_len, &output.data, |w, len| {
                priced(0, w.call_per_output_byte, len)
            })?;
            Ok(ReturnCode::from(&output).into())
        }
        Err(error) => failure(error),
    }
}

/// Makes a contract from stored code.
#[allow(clippy::too_many_arguments)] // the signature is the contracts'
pub(super) fn instantiate(
    sandbox: &mut Sandbox<'_, '_>,
    code_hash: u32,
    code_hash_len: u32,
    gas: u64,
    value: u32,
    value_len: u32,
    input: u32,
    input_len: u32,
    address: u32,
    address_len: u32,
    out: u32,
    out_len: u32,
    salt: u32,
    salt_len: u32,
) -> Result<u32, TrapReason> {
    let _ = sandbox.charge(|w| {
        priced(w.instantiate, w.instantiate_per_input_byte, input_len).saturating_add(priced(
            0,
            w.instantiate_per_salt_byte,
            salt_len,
        ))
    })?;
    let code_hash: Hash = sandbox.read_as(code_hash, code_hash_len)?;
    let value: Balance = sandbox.read_as(value, value_len)?;
    let input = sandbox.read(input, input_len)?;
    let salt = sandbox.read(salt, salt_len)?;
    let longest = sandbox.ext().config().max_code_size;
    let charged = sandbox.charge(|w| priced(0, w.instantiate_per_code_byte, longest))?;
    let runtime = &mut *sandbox.runtime;
    let (ext, frame) = (&mut *runtime.ext, runtime.frame);
    let Instantiated { result, code_len } = runtime.meter.nested(gas, |meter| match meter {
        Some(meter) => ext.instantiate(frame, &code_hash, value, meter, input, &salt),
        None => Instantiated {
            result: Err(Error::OutOfGas.into()),
            code_len: 0,
        },
    });
    sandbox.adjust(charged, |w| {
        priced(0, w.instantiate_per_code_byte, code_len)
    });
    match result {
        Ok((made, output)) => {
            if !output.is_reverted() {
                sandbox.optional_output(address, address_len, &made, already_paid)?;
            }
            sandbox.optional_output(out, out_len, &output.data, |w, len| {
                priced(0, w.instantiate_per_output_byte, len)
            })?;
            Ok(ReturnCode::from(&output).into())
        }
        Err(error) => failure(error),
    }
}

/// This era has no chain extensions; code that imports this is refused before it gets here.
pub(super) fn chain_extension(
    _: &mut Sandbox<'_, '_>,
    _: u32,
    _: u32,
    _: u32,
    _: u32,
    _: u32,
) -> Result<u32, TrapReason> {
    Err(Error::NoChainExtension.into())
}
