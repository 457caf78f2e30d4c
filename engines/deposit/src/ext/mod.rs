//! What code that runs in a frame may ask of the call stack around it.
//!
//! Host functions, the extension and the interpreter's side see a frame through [`Ext`] alone, so
//! none of them knows how calls are made, and the call stack doesn't know what asks. The trait
//! says nothing of WebAssembly.

#[cfg(test)]
pub(crate) mod stub;

use crate::{
    error::{Error, ExecError},
    gas::Precharged,
    hash::{blake2_128, blake2_256},
    state::{Account, Cluster, Key, Prefix},
    versions::Rules,
};
use pink_engine_sdk::{
    types::{AccountId, Balance, Block, Hash, Mode, Version, Weight},
    Fault, Host,
};

/// The flag of a result that undoes the frame.
pub(crate) const REVERT: u32 = 1;

/// What a frame returned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ExecReturnValue {
    /// Flags; [`REVERT`] is the only one there is.
    pub flags: u32,
    /// The output.
    pub data: Vec<u8>,
}

impl ExecReturnValue {
    /// The contract asks to undo the frame.
    pub(crate) fn did_revert(&self) -> bool {
        self.flags & REVERT != 0
    }
}

/// Which export a frame runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExportedFunction {
    /// The constructor.
    Constructor,
    /// Any other message.
    Call,
}

impl ExportedFunction {
    /// Its name in the module.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Constructor => "deploy",
            Self::Call => "call",
        }
    }
}

/// Why a host function doesn't return to the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TrapReason {
    /// The code is done.
    Return(ExecReturnValue),
    /// The contract is no more.
    Terminated,
    /// It can't go on.
    Error(Error),
}

impl From<Error> for TrapReason {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

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

/// An instantiation.
#[derive(Debug)]
pub(crate) struct InstantiateRequest<'a> {
    /// The code.
    pub code_hash: Hash,
    /// Money for the contract.
    pub value: Balance,
    /// Input.
    pub input: Vec<u8>,
    /// Part of the address.
    pub salt: &'a [u8],
    /// Gas; a zero stands for all of that dimension.
    pub gas: Weight,
    /// Limit of the storage deposit; zero stands for what is available.
    pub deposit_limit: Balance,
}

/// A key as a contract gives it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum StorageKey<'a> {
    /// 32 bytes.
    Fixed(&'a [u8]),
    /// Up to a limit of bytes. The same bytes as a fixed key are another item.
    Variable(&'a [u8]),
}

impl StorageKey<'_> {
    /// The key in the state, under a contract's prefix.
    pub(crate) fn in_state(&self, prefix: &Prefix) -> Key {
        match self {
            Self::Fixed(bytes) => Key::of(&[prefix, &blake2_256(bytes)]),
            Self::Variable(bytes) => Key::of(&[prefix, &blake2_128(bytes), bytes]),
        }
    }
}

/// The call stack, as the code of its current frame sees it.
///
/// What names "the contract" means the account in whose name the current frame runs. All that
/// returns an error does so, besides for its own reasons, where no frame runs: which can't be while
/// code does.
pub(crate) trait Ext {
    /// The version's rules.
    fn rules(&self) -> &'static Rules;
    /// The cluster.
    fn cluster(&self) -> &Cluster;
    /// The block.
    fn block(&self) -> &Block;
    /// Whether a transaction is executed, or a query or an estimate answered.
    fn mode(&self) -> Mode;
    /// Who sent the message.
    fn origin(&self) -> AccountId;
    /// What isn't state: the worker around.
    fn host(&self) -> &dyn Host;
    /// Makes the whole call void: the host failed.
    fn set_fault(&mut self, fault: Fault);
    /// Looks whether there is any use in going on: not after a fault of the host, and not if
    /// nobody waits any more for what a query or an estimate gives. A transaction doesn't ask.
    ///
    /// # Errors
    /// There is none: the whole call is void, and what its code sees from here on with it.
    fn poll(&mut self) -> Result<(), Error>;

    /// The contract.
    fn address(&self) -> Result<AccountId, Error>;
    /// Who called it.
    fn caller(&self) -> Result<AccountId, Error>;
    /// Money that came with the call.
    fn value_transferred(&self) -> Result<Balance, Error>;
    /// Whether nothing may change.
    fn is_read_only(&self) -> Result<bool, Error>;
    /// The input, until it was forwarded.
    fn input(&self) -> Option<&[u8]>;
    /// Takes the input, to forward it.
    fn take_input(&mut self) -> Option<Vec<u8>>;
    /// How often an account is on the stack; delegate calls don't count.
    fn account_reentrance_count(&self, account: &AccountId) -> u32;
    /// How many contracts were instantiated so far, one that is under construction included.
    fn instantiation_nonce(&mut self) -> u64;

    /// Takes gas from the frame.
    ///
    /// # Errors
    /// It isn't there; see [`GasMeter::charge`](crate::gas::GasMeter::charge).
    fn charge(&mut self, amount: Weight) -> Result<Precharged, Error>;
    /// The same, for what isn't adjusted afterwards.
    fn pay(&mut self, amount: Weight) -> Result<(), Error> {
        self.charge(amount).map(|_| ())
    }
    /// Gives back the part of a charge that wasn't needed.
    ///
    /// # Errors
    /// No frame runs.
    fn adjust(&mut self, charged: Precharged, actual: Weight) -> Result<(), Error>;
    /// What is left of the frame's gas.
    fn gas_left(&self) -> Result<Weight, Error>;
    /// The fuel that the frame's gas is worth.
    fn fuel(&self) -> Result<u64, Error>;
    /// Takes gas for the fuel that was burned since the frame had `given`, when `remaining` is left.
    fn burn(&mut self, given: u64, remaining: u64) -> Result<(), Error>;
    /// Takes all the ref time that is left: the interpreter ran out of fuel.
    fn drain_ref_time(&mut self) -> Result<(), Error>;

    /// The value under a key of the contract.
    fn get_storage(&mut self, key: StorageKey<'_>) -> Result<Option<&[u8]>, Error>;
    /// Writes or removes a value of the contract, and returns the old one's length.
    fn set_storage(
        &mut self,
        key: StorageKey<'_>,
        value: Option<&[u8]>,
    ) -> Result<Option<u32>, Error>;
    /// Removes a value of the contract and returns it.
    fn take_storage(&mut self, key: StorageKey<'_>) -> Result<Option<Vec<u8>>, Error>;
    /// The value under a key of the transient storage.
    fn get_transient(&self, key: &[u8]) -> Option<&[u8]>;
    /// Writes or removes a value of the transient storage, and returns the old one.
    ///
    /// # Errors
    /// All that was written would be more than the version allows; nothing changes then.
    fn set_transient(
        &mut self,
        key: Vec<u8>,
        value: Option<Vec<u8>>,
    ) -> Result<Option<Vec<u8>>, Error>;

    /// An account of the cluster; zeros if there is none.
    fn account(&mut self, who: &AccountId) -> Account;
    /// What the contract can spend: without the existential deposit and what is held.
    fn balance(&mut self) -> Result<Balance, Error>;
    /// Moves money of the contract, to any account. Runs no code.
    fn transfer(&mut self, to: &AccountId, value: Balance) -> Result<(), Error>;

    /// The code of a contract; none while its constructor runs.
    fn code_hash(&mut self, address: &AccountId) -> Option<Hash>;
    /// The contract's own code, also while another's runs in its name.
    fn own_code_hash(&mut self) -> Result<Hash, Error>;
    /// Whether there is code of this hash.
    fn code_exists(&mut self, hash: &Hash) -> bool;
    /// Calls a contract.
    ///
    /// # Errors
    /// Why it failed, and by whose fault.
    fn call(&mut self, request: CallRequest) -> Result<ExecReturnValue, ExecError>;
    /// Runs the code with this hash in the name of the contract.
    ///
    /// # Errors
    /// Why it failed, and by whose fault.
    fn delegate_call(&mut self, hash: Hash, input: Vec<u8>) -> Result<ExecReturnValue, ExecError>;
    /// Makes a contract.
    ///
    /// # Errors
    /// Why it failed, and by whose fault.
    fn instantiate(
        &mut self,
        request: InstantiateRequest<'_>,
    ) -> Result<(AccountId, ExecReturnValue), ExecError>;
    /// Ends the contract.
    ///
    /// # Errors
    /// The contract is further down the stack as well.
    fn terminate(&mut self, beneficiary: AccountId) -> Result<(), Error>;
    /// Exchanges the contract's code, from its next call on.
    ///
    /// # Errors
    /// There is no such code, or it isn't fit for contracts.
    fn set_code_hash(&mut self, hash: Hash) -> Result<(), Error>;
    /// How much code the contract locked.
    fn locked_dependencies(&mut self) -> Result<usize, Error>;
    /// Keeps code from being removed, because the contract needs it for delegate calls.
    ///
    /// # Errors
    /// It is the contract's own, not there, locked already, or one too many.
    fn lock_delegate_dependency(&mut self, hash: Hash) -> Result<(), Error>;
    /// Undoes [`Self::lock_delegate_dependency`].
    ///
    /// # Errors
    /// It isn't locked.
    fn unlock_delegate_dependency(&mut self, hash: Hash) -> Result<(), Error>;
    /// Stores code at `payer`'s expense, unless it is there already.
    ///
    /// # Errors
    /// It doesn't pass the checks, its hash is another one, or the payer hasn't got the deposit.
    fn store_code(&mut self, code: Vec<u8>, expected: &Hash, payer: AccountId)
        -> Result<(), Error>;

    /// Counts the bytes of an event that is about to be emitted.
    ///
    /// # Errors
    /// The message's events would be more than the version allows.
    fn count_event(&mut self, bytes: u32) -> Result<(), Error>;
    /// Emits an event of the contract, and takes the order in it, if it is one.
    ///
    /// # Errors
    /// It is an order that the contract can't give.
    fn deposit_event(&mut self, topics: Vec<Hash>, data: Vec<u8>) -> Result<(), Error>;
    /// Asks the chain for another engine, if the frame ends well.
    fn request_upgrade(&mut self, to: Version);
    /// Keeps a text for the operator's log, if there is room for it.
    fn append_debug(&mut self, text: &str);
    /// Serves a function of the pink extension: its status and its output.
    ///
    /// # Errors
    /// The frame ends here.
    fn call_chain_extension(&mut self, id: u32, input: &[u8]) -> Result<(u32, Vec<u8>), Error>;
}
