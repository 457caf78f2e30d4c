//! Frames.

use crate::{deposit::DepositMeter, ext::ExportedFunction, gas::GasMeter, state::Prefix};
use pink_engine_sdk::types::{AccountId, Balance, Hash};

/// What is said of a frame when it begins, and stays.
#[derive(Clone, Copy, Debug)]
pub(super) struct FrameFacts {
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
    pub entry: ExportedFunction,
    /// Money that came with the call.
    pub value: Balance,
    /// Nothing may change.
    pub read_only: bool,
    /// The contract's place among all instantiations.
    pub nonce: u64,
}

/// One running contract.
#[derive(Debug)]
pub(super) struct Frame {
    /// What stays.
    pub facts: FrameFacts,
    /// The input, until it is forwarded.
    pub input: Option<Vec<u8>>,
    /// Gas.
    pub gas: GasMeter,
    /// Picoseconds of ref time of a unit of what its code counts. Known when it is entered.
    pub unit_price: u64,
    /// Storage deposits.
    pub deposit: DepositMeter,
    /// Others may call this contract while it runs.
    pub allows_reentry: bool,
    /// The contract ended itself.
    pub terminated: bool,
}

impl Frame {
    /// A frame at its beginning.
    pub(super) fn new(
        facts: FrameFacts,
        input: Vec<u8>,
        gas: GasMeter,
        deposit: DepositMeter,
    ) -> Self {
        Self {
            facts,
            input: Some(input),
            gas,
            unit_price: u64::MAX,
            deposit,
            allows_reentry: true,
            terminated: false,
        }
    }
}
