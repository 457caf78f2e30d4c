//! The messages of a cluster's system contract.

use crate::{AccountId, Balance, Hash};
use ink::prelude::string::String;

/// A contract's version, as major and minor.
pub type Version = (u16, u16);

/// Why a message of the system contract reverted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub enum Error {
    /// The caller has no right to that.
    #[codec(index = 0)]
    PermissionDenied,
    /// No driver has that name.
    #[codec(index = 1)]
    DriverNotFound,
    /// The chain has no system code.
    #[codec(index = 2)]
    CodeNotFound,
    /// The version asked for isn't newer, or the engine is too old.
    #[codec(index = 3)]
    ConditionNotMet,
}

/// What a message of the system contract returns.
pub type Result<T> = core::result::Result<T, Error>;

/// The messages of a cluster's system contract.
///
/// A selector is the hash of `pink_system::System::` and the message's name, so these names are a part of
/// the agreement with engines and tools.
#[ink::trait_definition(namespace = "pink_system")]
pub trait System {
    /// Returns this contract's version.
    #[ink(message)]
    fn version(&self) -> Version;

    /// Returns the cluster's owner.
    #[ink(message)]
    fn owner(&self) -> AccountId;

    /// Makes an account an administrator. The owner only.
    #[ink(message)]
    fn grant_admin(&mut self, account: AccountId) -> Result<()>;

    /// Takes that from an account. The owner only.
    #[ink(message)]
    fn revoke_admin(&mut self, account: AccountId) -> Result<()>;

    /// Returns whether an account was made an administrator. The owner needn't be one.
    #[ink(message)]
    fn is_admin(&self, account: AccountId) -> bool;

    /// Names the contract that does a certain service for the cluster. The owner and administrators only.
    #[ink(message)]
    fn set_driver(&mut self, name: String, contract: AccountId) -> Result<()>;

    /// Returns the contract that does a certain service for the cluster.
    #[ink(message)]
    fn get_driver(&self, name: String) -> Option<AccountId>;

    /// Replaces this contract's code by the chain's current system code. The owner only, who pays for it.
    #[ink(message, payable)]
    fn upgrade_system_contract(&mut self) -> Result<()>;

    /// What the new code does right after it took the place of the version `from`. This contract only.
    #[ink(message)]
    fn do_upgrade(&mut self, from: Version) -> Result<()>;

    /// Asks for the cluster's move to a newer engine. The owner only.
    #[ink(message)]
    fn upgrade_runtime(&mut self, version: (u32, u32)) -> Result<()>;

    /// Returns what an account has in total.
    #[ink(message)]
    fn total_balance_of(&self, account: AccountId) -> Balance;

    /// Returns what an account can spend.
    #[ink(message)]
    fn free_balance_of(&self, account: AccountId) -> Balance;

    /// Returns whether a contract's code was uploaded.
    #[ink(message)]
    fn code_exists(&self, code_hash: Hash) -> bool;
}
