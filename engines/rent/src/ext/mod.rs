//! What code that runs in a frame may ask of the call stack around it.
//!
//! Host functions and the interpreter see the call stack through [`Ext`] alone, so none of them knows
//! how calls are made, and the call stack doesn't know what asks. The trait says nothing of
//! WebAssembly.

mod frame;

pub(crate) use frame::{ExecReturnValue, Frame, REVERT};

use crate::{
    error::{Error, ExecError},
    gas::GasMeter,
    state::{Alive, Cluster, Prefix},
    versions::{RentConfig, Rules, Schedule},
};
use parity_scale_codec::Encode;
use pink_engine_sdk::types::{AccountId, Balance, Block, Event, Hash};

/// Which export runs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ExportedFunction {
    Deploy,
    Call,
}

/// Why a host function ends the contract's run.
#[derive(Debug)]
pub(crate) enum TrapReason {
    /// The contract returned.
    Return(ExecReturnValue),
    /// It ended itself, or gave itself away.
    Ended,
    /// It can't go on.
    Failed(Error),
}

impl From<Error> for TrapReason {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// What a call gave, and the length of the code that it loaded, 0 if it didn't get so far.
#[derive(Debug)]
pub(crate) struct Called {
    pub(crate) result: Result<ExecReturnValue, ExecError>,
    pub(crate) code_len: u32,
}

/// What an instantiation gave, and the length of the code that it loaded.
#[derive(Debug)]
pub(crate) struct Instantiated {
    /// The address and what the constructor returned, which may be that it reverts.
    pub(crate) result: Result<(AccountId, ExecReturnValue), ExecError>,
    pub(crate) code_len: u32,
}

impl Instantiated {
    /// Whether there is a contract now.
    pub(crate) fn is_success(&self) -> bool {
        matches!(&self.result, Ok((_, output)) if !output.is_reverted())
    }
}

/// How the end of a contract went, and the length of its code as it was uploaded, 0 if it didn't get so
/// far.
#[derive(Debug)]
pub(crate) struct Terminated {
    pub(crate) result: Result<(), Error>,
    pub(crate) code_len: u32,
}

/// What a contract asks for when it restores another.
#[derive(Debug)]
pub(crate) struct Restoration {
    /// The tombstone.
    pub(crate) dest: AccountId,
    /// The code that it had.
    pub(crate) code_hash: Hash,
    /// The allowance that it begins with.
    pub(crate) rent_allowance: Balance,
    /// Keys of the caller's that it didn't have.
    pub(crate) delta: Vec<[u8; 32]>,
}

/// Lengths of both codes as they were uploaded, as far as the restoration got.
#[derive(Debug, Default)]
pub(crate) struct RestoredLengths {
    pub(crate) caller_code: u32,
    pub(crate) tombstone_code: u32,
}

/// Everything that a contract's rent depends on, as of when its run began. Its SCALE is what
/// contracts read.
#[derive(Clone, Debug, Encode)]
pub(crate) struct RentParams {
    pub(crate) total_balance: Balance,
    pub(crate) free_balance: Balance,
    pub(crate) subsistence_threshold: Balance,
    pub(crate) deposit_per_contract: Balance,
    pub(crate) deposit_per_storage_byte: Balance,
    pub(crate) deposit_per_storage_item: Balance,
    pub(crate) rent_allowance: Balance,
    /// Parts per billion.
    pub(crate) rent_fraction: u32,
    pub(crate) storage_size: u32,
    /// Bytes of the code, as it was uploaded and as it runs.
    pub(crate) code_size: u32,
    pub(crate) code_refcount: u32,
    pub(crate) reserved: Option<()>,
}

/// The call stack, as the code of a frame sees it. What is done in a frame's name is given the frame.
pub(crate) trait Ext {
    /// The version's rules.
    fn rules(&self) -> &'static Rules;
    /// The cluster's schedule.
    fn schedule(&self) -> &Schedule;
    /// The cluster's configuration.
    fn config(&self) -> &RentConfig;
    /// The cluster.
    fn cluster(&self) -> &Cluster;
    /// The block.
    fn block(&self) -> &Block;

    /// Looks whether there is any use in going on.
    ///
    /// # Errors
    /// `ContractTrapped` once there is none.
    fn poll(&mut self) -> Result<(), Error>;
    /// The same once so much gas was used.
    ///
    /// # Errors
    /// As [`poll`](Self::poll).
    fn poll_after(&mut self, gas: u64) -> Result<(), Error>;
    /// A line in the operator's log, on the host's scale.
    fn log(&mut self, level: u8, contract: &AccountId, text: &str);

    /// What an account has.
    fn free(&mut self, who: &AccountId) -> Balance;
    /// A contract that lives.
    fn alive(&mut self, address: &AccountId) -> Option<Alive>;
    /// Changes what a contract may spend on rent, if it lives.
    fn set_rent_allowance(&mut self, address: &AccountId, allowance: Balance);
    /// A value of a contract's storage.
    fn read_storage(&mut self, prefix: &Prefix, key: &[u8; 32]) -> Option<Vec<u8>>;
    /// Writes or removes a value of a contract's storage, and counts it.
    ///
    /// # Errors
    /// The contract isn't there any more, or its counts have no room.
    fn write_storage(
        &mut self,
        address: &AccountId,
        key: &[u8; 32],
        value: Option<Vec<u8>>,
    ) -> Result<(), Error>;
    /// Counts the bytes of an event that a contract is about to emit.
    ///
    /// # Errors
    /// They are more than a message may have.
    fn count_event(&mut self, bytes: u32) -> Result<(), Error>;
    /// Keeps an event.
    fn deposit_event(&mut self, event: Event);

    /// Pays out of the frame's account.
    ///
    /// # Errors
    /// It hasn't enough, or the receiver can't be.
    fn pay(&mut self, from: &Frame<'_>, to: &AccountId, value: Balance) -> Result<(), Error>;
    /// Calls a contract.
    fn call(
        &mut self,
        from: &Frame<'_>,
        to: &AccountId,
        value: Balance,
        meter: &mut GasMeter,
        input: Vec<u8>,
    ) -> Called;
    /// Makes a contract from code that the cluster holds.
    fn instantiate(
        &mut self,
        from: &Frame<'_>,
        code_hash: &Hash,
        value: Balance,
        meter: &mut GasMeter,
        input: Vec<u8>,
        salt: &[u8],
    ) -> Instantiated;
    /// Ends the frame's contract and gives all it has to the beneficiary.
    fn terminate(&mut self, from: &Frame<'_>, beneficiary: &AccountId) -> Terminated;
    /// Gives the frame's storage and money to a tombstone, if they are what it had, and ends the
    /// frame's contract.
    fn restore(
        &mut self,
        from: &Frame<'_>,
        wanted: Restoration,
    ) -> (Result<(), Error>, RestoredLengths);
}
