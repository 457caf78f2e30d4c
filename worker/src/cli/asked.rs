//! What was asked for. What to do about an error depends on it: a hint names only options that the
//! command has.

use super::{args::Cli, values::ss58};
use clap::CommandFactory;
use fat_contracts_primitives::AccountId;
use runtime_mock::DEV_ACCOUNTS;

/// A command, and who signs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The command of the development node, as it is written; empty for any other.
    pub command: &'static str,
    /// Who signs and pays, if somebody does.
    pub from: Option<AccountId>,
}

impl Asked {
    /// A command that somebody signs.
    pub fn of(command: &'static str, from: &AccountId) -> Self {
        Self {
            command,
            from: Some(from.clone()),
        }
    }

    /// A command that nobody signs.
    pub fn unsigned(command: &'static str) -> Self {
        Self {
            command,
            from: None,
        }
    }

    /// Whether the command has an option, named without its dashes.
    pub fn has(&self, option: &str) -> bool {
        let cli = Cli::command();
        let command = cli
            .find_subcommand("dev")
            .and_then(|dev| dev.find_subcommand(self.command));
        command.is_some_and(|it| it.get_arguments().any(|arg| arg.get_long() == Some(option)))
    }

    /// Those of these options that the command has, as in `--value or --gas-limit`.
    pub fn options(&self, options: &[&str]) -> Option<String> {
        let has = options.iter().filter(|option| self.has(option));
        let all: Vec<_> = has.map(|option| format!("--{option}")).collect();
        (!all.is_empty()).then(|| all.join(" or "))
    }

    /// Who signs, for people: a development account by its name.
    pub fn sender(&self) -> String {
        match &self.from {
            Some(from) => name_of(from),
            None => "the sender".into(),
        }
    }
}

/// A development account by its name, any other as SS58.
pub fn name_of(account: &AccountId) -> String {
    let mut known = DEV_ACCOUNTS.iter();
    let known = known.find(|(_, key)| AccountId::new(*key) == *account);
    known.map_or_else(|| ss58(account), |(name, _)| (*name).into())
}
