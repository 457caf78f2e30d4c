//! Accounts in the arguments and results of contracts: the forms of the rest of the command line.

use crate::cli::values::{as_typed, parse_who, ss58};
use fat_contracts_primitives::AccountId;
use pink_contract_metadata::{Accounts, TypeError};

/// As they are written everywhere on the command line.
pub(super) struct CliAccounts;

impl Accounts for CliAccounts {
    fn forms(&self) -> &'static str {
        "an account: //Name, an SS58 address, or 0x and 64 hex digits"
    }

    fn read(&self, text: &str) -> Result<[u8; 32], TypeError> {
        parse_who(text)
            .map(Into::into)
            .map_err(|error| as_typed(&error))
    }

    fn write(&self, account: &[u8; 32]) -> String {
        ss58(&AccountId::new(*account))
    }
}
