use super::{AccountId, Balance, BlockNumber, Hash, Version};
use parity_scale_codec::{Decode, Encode};

/// Something that happened in a cluster, of either era.
///
/// Indices below 10 belong to the ledger, from 10 on to contracts, from 30 on to era 1 alone,
/// from 40 on to upgrades.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
#[allow(missing_docs)] // an event's fields say what they are
pub enum Event {
    /// An account came into being.
    #[codec(index = 0)]
    NewAccount { account: AccountId },
    /// An account was made with this much.
    #[codec(index = 1)]
    Endowed { account: AccountId, amount: Balance },
    /// Money moved.
    #[codec(index = 2)]
    Transfer {
        from: AccountId,
        to: AccountId,
        amount: Balance,
    },
    /// An account ended.
    #[codec(index = 3)]
    KilledAccount { account: AccountId },
    /// What was left of an account that fell below the existential deposit went to the treasury.
    #[codec(index = 4)]
    DustLost { account: AccountId, amount: Balance },
    /// Money came from the chain.
    #[codec(index = 5)]
    Deposited { account: AccountId, amount: Balance },
    /// Money is to go back to the chain.
    #[codec(index = 6)]
    Withdrawn { account: AccountId, amount: Balance },

    /// A contract was made.
    #[codec(index = 10)]
    Instantiated {
        deployer: AccountId,
        contract: AccountId,
    },
    /// A contract said something.
    #[codec(index = 11)]
    ContractEmitted {
        contract: AccountId,
        topics: Vec<Hash>,
        data: Vec<u8>,
    },
    /// Code was stored.
    #[codec(index = 12)]
    CodeStored {
        code_hash: Hash,
        deposit_held: Balance,
        uploader: AccountId,
    },
    /// Code was removed.
    #[codec(index = 13)]
    CodeRemoved {
        code_hash: Hash,
        deposit_released: Balance,
        remover: AccountId,
    },
    /// A contract ended itself.
    #[codec(index = 14)]
    Terminated {
        contract: AccountId,
        beneficiary: AccountId,
    },
    /// A contract was called.
    #[codec(index = 15)]
    Called {
        caller: AccountId,
        contract: AccountId,
    },
    /// A contract ran another's code on its own state.
    #[codec(index = 16)]
    DelegateCalled {
        contract: AccountId,
        code_hash: Hash,
    },
    /// A contract changed its code.
    #[codec(index = 17)]
    ContractCodeUpdated {
        contract: AccountId,
        new_code_hash: Hash,
        old_code_hash: Hash,
    },
    /// A storage deposit was taken.
    #[codec(index = 18)]
    StorageDepositTransferredAndHeld {
        from: AccountId,
        to: AccountId,
        amount: Balance,
    },
    /// A storage deposit was given back.
    #[codec(index = 19)]
    StorageDepositTransferredAndReleased {
        from: AccountId,
        to: AccountId,
        amount: Balance,
    },

    /// Code counts as compiled from this block on: its frames cost less then.
    #[codec(index = 20)]
    CodeActivated {
        code_hash: Hash,
        compiled_from: BlockNumber,
    },

    /// A contract couldn't pay its rent and is a tombstone now.
    #[codec(index = 30)]
    Evicted { contract: AccountId },
    /// A tombstone lives again.
    #[codec(index = 31)]
    Restored {
        restorer: AccountId,
        dest: AccountId,
        code_hash: Hash,
        rent_allowance: Balance,
    },
    /// A new schedule is in force.
    #[codec(index = 32)]
    ScheduleUpdated { version: u32 },

    /// The state was taken over by a newer version.
    #[codec(index = 40)]
    Upgraded { from: Version, to: Version },
    /// A tombstone was removed in an upgrade to an era without them. Its account keeps what it has,
    /// which is named here, because nobody can reach it any more.
    #[codec(index = 41)]
    TombstoneRemoved {
        contract: AccountId,
        balance: Balance,
    },
    /// Code that the newer rules refuse was kept, but can't be called.
    #[codec(index = 42)]
    CodeDisabled { code_hash: Hash, reason: String },
}
