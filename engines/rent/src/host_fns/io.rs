//! `seal_input`, `seal_return`, `seal_println`.

use super::{
    sandbox::{priced, Sandbox},
    TrapReason,
};
use crate::{error::Error, ext::ExecReturnValue};

/// The call's input, once.
pub(super) fn input(
    sandbox: &mut Sandbox<'_, '_>,
    out: u32,
    out_len: u32,
) -> Result<(), TrapReason> {
    let _ = sandbox.charge(|w| w.input)?;
    let input = sandbox
        .runtime
        .input
        .take()
        .ok_or(Error::InputAlreadyRead)?;
    Ok(sandbox.output(out, out_len, &input, |w, len| {
        priced(0, w.input_per_byte, len)
    })?)
}

/// Ends the run with an output. Never returns to the contract.
pub(super) fn r#return(
    sandbox: &mut Sandbox<'_, '_>,
    flags: u32,
    data: u32,
    len: u32,
) -> Result<(), TrapReason> {
    let _ = sandbox.charge(|w| priced(w.r#return, w.return_per_byte, len))?;
    let data = sandbox.read(data, len)?;
    Err(TrapReason::Return(ExecReturnValue { flags, data }))
}

/// A line for the operator, in schedules for development.
pub(super) fn println(
    sandbox: &mut Sandbox<'_, '_>,
    text: u32,
    len: u32,
) -> Result<(), TrapReason> {
    /// Information, on the host's scale.
    const INFO: u8 = 3;
    if sandbox.ext().rules().println_is_charged {
        let _ = sandbox.charge(|w| priced(w.r#return, w.return_per_byte, len))?;
    }
    let text = sandbox.read(text, len)?;
    if let Ok(text) = std::str::from_utf8(&text) {
        let contract = sandbox.frame().account;
        sandbox.ext().log(INFO, &contract, text);
    }
    Ok(())
}
