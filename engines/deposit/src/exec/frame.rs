use crate::{deposit::DepositMeter, error::Error, gas::GasMeter, state::Prefix};
use pink_engine_sdk::types::{AccountId, Balance, Hash};

/// Which export a frame runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// The constructor.
    Deploy,
    /// Any other message.
    Call,
}

impl Entry {
    /// Its name in the module.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Deploy => "deploy",
            Self::Call => "call",
        }
    }
}

/// The flag of a result that undoes the frame.
pub(crate) const REVERT: u32 = 1;

/// What a frame gave back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Returned {
    /// Flags; [`REVERT`] is the only one there is.
    pub flags: u32,
    /// The output.
    pub data: Vec<u8>,
}

impl Returned {
    /// The contract asks to undo the frame.
    pub(crate) fn reverted(&self) -> bool {
        self.flags & REVERT != 0
    }
}

/// Why a host function doesn't return to the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trap {
    /// The code is done.
    Return(Returned),
    /// The contract is no more.
    Terminated,
    /// It can't go on.
    Error(Error),
}

impl From<Error> for Trap {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// One running contract.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// The contract: its address, balance and storage.
    pub account: AccountId,
    /// Who called it.
    pub caller: AccountId,
    /// The code that runs: the contract's, or the one that it calls by delegate.
    pub code_hash: Hash,
    /// The code runs in the name of the frame below.
    pub delegated: bool,
    /// Prefix of the contract's storage.
    pub prefix: Prefix,
    /// The export that runs.
    pub entry: Entry,
    /// Money that came with the call.
    pub value: Balance,
    /// Nothing may change.
    pub read_only: bool,
    /// Others may call this contract while it runs.
    pub allows_reentry: bool,
    /// The input, until it is forwarded.
    pub input: Option<Vec<u8>>,
    /// Gas.
    pub gas: GasMeter,
    /// Storage deposits.
    pub deposit: DepositMeter,
    /// The fuel that the code had when it was last accounted for.
    pub fuel_given: u64,
    /// The part of it that the interpreter doesn't have yet.
    pub fuel_withheld: u64,
    /// The most fuel that the interpreter has at a time.
    pub fuel_slice: u64,
    /// Why the code was stopped.
    pub trap: Option<Trap>,
    /// The contract ended itself.
    pub terminated: bool,
    /// The instantiation nonce of a constructor.
    pub nonce: u64,
}

impl Frame {
    /// Splits the fuel that the code has from now on: what the interpreter gets, and the rest.
    pub(crate) fn slice(&mut self, fuel: u64) -> u64 {
        let given = fuel.min(self.fuel_slice);
        self.fuel_withheld = fuel.saturating_sub(given);
        given
    }

    /// Takes what was burned since the last time from the meter, when the interpreter has
    /// `remaining`.
    pub(crate) fn burn(&mut self, remaining: u64, ref_time_per_fuel: u64) {
        let remaining = remaining.saturating_add(self.fuel_withheld);
        self.gas.burn(self.fuel_given, remaining, ref_time_per_fuel);
    }
}
