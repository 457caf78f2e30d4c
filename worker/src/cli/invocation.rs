//! What was asked for. What to do about an error depends on it: a hint names only options that the
//! command has.

use super::{args::Cli, values::name_of};
use clap::CommandFactory;
use fat_contracts_primitives::{AccountId, EngineVersion};

/// A command, and who signs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invocation {
    /// The command of the development node, as it is written; empty for any other.
    pub command: &'static str,
    /// Who signs and pays, if somebody does.
    pub from: Option<AccountId>,
    /// The engine that it is about, if it names one.
    pub version: Option<EngineVersion>,
}

impl Invocation {
    /// A command that somebody signs.
    pub fn of(command: &'static str, from: &AccountId) -> Self {
        Self {
            command,
            from: Some(from.clone()),
            version: None,
        }
    }

    /// A command that nobody signs.
    pub fn unsigned(command: &'static str) -> Self {
        Self {
            command,
            from: None,
            version: None,
        }
    }

    /// The same, about an engine.
    pub fn about(self, version: Option<EngineVersion>) -> Self {
        Self { version, ..self }
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
