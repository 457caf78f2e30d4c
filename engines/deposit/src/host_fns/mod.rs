//! The functions that contracts import.
//!
//! One table says of each: its modules and names, its signature, whether it changes anything,
//! and who serves it. Every call goes through [`serve`], which is where what holds for all is
//! done: the price of the way out, and the refusal of changes in read-only frames.

mod calls;
mod code;
mod crypto;
mod deprecated;
mod events;
mod info;
mod output;
mod storage;
mod table;
mod transient;

pub(crate) use table::{definition, find, HostFn};

use crate::{
    error::Error,
    exec::{Machine, Trap},
    wasm::Memory,
};
use pink_engine_sdk::types::Weight;

/// The type of a parameter or a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    /// Pointers, lengths, codes and flags.
    I32,
    /// Gas and counters.
    I64,
}

impl Type {
    /// As the validator names it.
    pub(crate) fn wasm(self) -> wasmparser::ValType {
        match self {
            Self::I32 => wasmparser::ValType::I32,
            Self::I64 => wasmparser::ValType::I64,
        }
    }
}

/// Under which names a function can be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// As `x` and as `seal_x`.
    Both,
    /// As `x`.
    Plain,
    /// As `seal_x`.
    Prefixed,
}

/// For whom a function is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// For everybody.
    Stable,
    /// For contracts that were there before; new code can't import it.
    Deprecated,
    /// For nobody, unless a rule says otherwise.
    Unstable,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Definition {
    /// Which.
    pub id: HostFn,
    /// The module to import it from.
    pub module: &'static str,
    /// The name without prefix.
    pub name: &'static str,
    /// The names that it has.
    pub names: Names,
    /// Parameters.
    pub params: &'static [Type],
    /// Result.
    pub result: Option<Type>,
    /// It changes something, and is refused in read-only frames.
    pub mutates: bool,
    /// For whom.
    pub status: Status,
    handler: Handler,
}

type Handler = fn(&mut Machine<'_, '_>, &mut Memory<'_>, Args<'_>) -> Result<u64, Trap>;

impl Definition {
    /// The signature, as in the text format.
    pub(crate) fn signature(&self) -> String {
        let name = |ty: &Type| match ty {
            Type::I32 => "i32",
            Type::I64 => "i64",
        };
        let params: Vec<_> = self.params.iter().map(name).collect();
        format!(
            "({}) -> ({})",
            params.join(", "),
            self.result.as_ref().map_or("", name)
        )
    }
}

/// The arguments of a call; what isn't there is zero.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Args<'a>(&'a [u64]);

impl Args<'_> {
    fn u32(&self, index: usize) -> u32 {
        // Arguments of this type were widened from it.
        self.u64(index) as u32
    }

    fn u64(&self, index: usize) -> u64 {
        self.0.get(index).copied().unwrap_or(0)
    }
}

/// Codes that functions return instead of trapping; the names are the contracts' own.
#[allow(clippy::enum_variant_names)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// It worked.
    Success = 0,
    /// The callee couldn't go on.
    CalleeTrapped = 1,
    /// The callee undid what it did.
    CalleeReverted = 2,
    /// No such item.
    KeyNotFound = 3,
    /// Money couldn't be moved.
    TransferFailed = 5,
    /// No such code.
    CodeNotFound = 7,
    /// No such contract.
    NotCallable = 8,
    /// There is no chain to dispatch on.
    CallRuntimeFailed = 10,
    /// The signature isn't one.
    EcdsaRecoveryFailed = 11,
    /// The signature isn't one.
    Sr25519VerifyFailed = 12,
    /// There is no chain to execute on.
    XcmExecutionFailed = 13,
    /// There is no chain to send to.
    XcmSendFailed = 14,
}

impl From<Code> for u64 {
    fn from(code: Code) -> Self {
        code as u64
    }
}

/// Serves one call of the machine's top frame.
///
/// # Errors
/// The frame ends here.
pub(crate) fn serve(
    machine: &mut Machine<'_, '_>,
    id: HostFn,
    args: &[u64],
    memory: &mut Memory<'_>,
) -> Result<u64, Trap> {
    let definition = definition(id);
    pay(machine, machine.rules().host.host_call.base())?;
    if definition.mutates && machine.top()?.read_only {
        return Err(Error::StateChangeDenied.into());
    }
    (definition.handler)(machine, memory, Args(args))
}

/// Charges the running frame.
fn charge(machine: &mut Machine<'_, '_>, amount: Weight) -> Result<crate::gas::Precharged, Error> {
    machine.top_mut()?.gas.charge(amount)
}

/// Charges the running frame for what isn't adjusted afterwards.
fn pay(machine: &mut Machine<'_, '_>, amount: Weight) -> Result<(), Error> {
    charge(machine, amount).map(|_| ())
}
