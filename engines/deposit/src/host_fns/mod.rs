//! The functions that contracts import.
//!
//! One table ([`table`]) says of each: its module and names, what it is for, its parameters and
//! result, the version that brought it, whether it changes anything, and who serves it. Every call
//! goes through [`admit`], which is where what holds for all is done: the price of the way out, and
//! the refusal of changes in read-only frames.
//!
//! Functions see the frame that called through [`Ext`], and its memory through [`Memory`].

mod calls;
mod code;
mod crypto;
mod deprecated;
mod events;
mod info;
mod io;
mod link;
mod memory;
mod storage;
mod table;
mod transient;

pub(crate) use link::Sandbox;
#[cfg(feature = "metered")]
pub(crate) use link::MAX_PARAMS;
pub(crate) use memory::Memory;
pub(crate) use table::HostFn;

use crate::{
    error::Error,
    ext::{Ext, TrapReason},
};
use pink_engine_sdk::types::Version;

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
    /// For whom.
    pub status: Status,
    /// The version that brought it; older ones haven't got it.
    pub since: Version,
}

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

    fn is_called(&self, module: &str, name: &str) -> bool {
        let (plain, prefixed) = match name.strip_prefix("seal_") {
            Some(plain) => (plain, true),
            None => (name, false),
        };
        self.module == module
            && self.name == plain
            && match self.names {
                Names::Both => true,
                Names::Plain => !prefixed,
                Names::Prefixed => prefixed,
            }
    }
}

impl HostFn {
    /// A module and a name that it is found by.
    #[cfg(feature = "metered")]
    pub(crate) fn a_name(self) -> (&'static str, String) {
        let row = self.definition();
        let name = match row.names {
            Names::Both | Names::Plain => row.name.to_owned(),
            Names::Prefixed => format!("seal_{}", row.name),
        };
        (row.module, name)
    }

    /// The function of this name in this module, if the version has it.
    pub(crate) fn find(version: Version, module: &str, name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|function| {
            let definition = function.definition();
            definition.is_called(module, name) && definition.since <= version
        })
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

impl From<Code> for u32 {
    fn from(code: Code) -> Self {
        code as Self
    }
}

/// What a function returns to the code that called it, or why it doesn't return.
type HostFnResult<T> = Result<T, TrapReason>;

/// What holds for all functions, before one is served.
///
/// # Errors
/// The frame ends here.
fn admit(ext: &mut dyn Ext, mutates: bool) -> Result<(), Error> {
    ext.pay(ext.rules().host.host_call.base())?;
    if mutates && ext.is_read_only()? {
        return Err(Error::StateChangeDenied);
    }
    Ok(())
}
