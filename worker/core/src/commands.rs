//! Commands that contracts give to their worker, as events.
//!
//! A pink event is an event with one certain topic. Who may give which command is checked here once
//! more, although the engine looks after its own: a command of somebody without the right to it is
//! refused loudly, and never applied.

use crate::offchain::CacheCommand;
use pink_capi::{
    pink::{self, CacheOp, PinkEvent},
    types::{AccountId, Event},
};

impl From<CacheOp> for CacheCommand {
    fn from(command: CacheOp) -> Self {
        match command {
            CacheOp::Set { key, value } => Self::Set { key, value },
            CacheOp::SetExpiration { key, expiration } => Self::SetExpiration {
                key,
                seconds: expiration,
            },
            CacheOp::Remove { key } => Self::Remove { key },
        }
    }
}

/// A command that is to be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Change the contract's own cache.
    Cache(CacheCommand),
    /// Set a contract's share.
    Weight(AccountId, u32),
    /// Name the contract that asks for the logs.
    LogHandler(AccountId),
    /// The engine did it.
    ByEngine,
}

/// A command that isn't applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RefusedCommand {
    /// Its name, as far as it can be told.
    pub(crate) command: String,
    /// Why.
    pub(crate) reason: String,
}

/// Whether an event is a command that only the system contract may give.
pub(crate) fn is_privileged(event: &Event) -> bool {
    match event {
        Event::ContractEmitted { topics, data, .. } if pink::is_pink(topics) => {
            is_privileged_data(data)
        }
        _ => false,
    }
}

/// Whether data of a pink event are a command that only the system contract may give.
fn is_privileged_data(data: &[u8]) -> bool {
    data.first()
        .is_some_and(|index| pink::is_privileged(*index))
}

/// Whether a command has an effect when a query emits it.
fn allowed_in_query(event: &PinkEvent) -> bool {
    matches!(
        event,
        PinkEvent::DeploySidevmTo { .. }
            | PinkEvent::SidevmMessage(_)
            | PinkEvent::CacheOp(_)
            | PinkEvent::StopSidevm
            | PinkEvent::ForceStopSidevm { .. }
    )
}

/// Looks at a command: who gives it, and whether this worker has what it is about.
///
/// # Errors
/// Why it isn't applied.
pub(crate) fn check(
    system_contract: Option<AccountId>,
    contract: &AccountId,
    data: &[u8],
    in_query: bool,
) -> Result<Command, RefusedCommand> {
    let event = PinkEvent::from_bytes(data).map_err(|error| RefusedCommand {
        command: match data.first() {
            Some(index) => format!("index {index}"),
            None => "nothing".into(),
        },
        reason: format!("it can't be read: {error}"),
    })?;
    let refused = |reason: &str| {
        Err(RefusedCommand {
            command: event.name().into(),
            reason: reason.into(),
        })
    };
    if is_privileged_data(data) && system_contract != Some(*contract) {
        return refused("only the system contract may give it");
    }
    if in_query && !allowed_in_query(&event) {
        return refused("it has no effect in a query");
    }
    Ok(match event {
        PinkEvent::CacheOp(command) => Command::Cache(command.into()),
        PinkEvent::SetLogHandler(contract) => Command::LogHandler(contract),
        PinkEvent::SetContractWeight { contract, weight } => Command::Weight(contract, weight),
        PinkEvent::UpgradeRuntimeTo { .. } => Command::ByEngine,
        PinkEvent::SetHook { .. } => return refused("this worker has no hooks"),
        PinkEvent::DeploySidevmTo { .. }
        | PinkEvent::SidevmMessage(_)
        | PinkEvent::StopSidevm
        | PinkEvent::ForceStopSidevm { .. } => {
            return refused("this worker runs no programs beside contracts");
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use parity_scale_codec::Encode;

    const SYSTEM: AccountId = [0x5e; 32];
    const OTHER: AccountId = [0x0e; 32];

    /// Every command with its bytes, its name, whether it is the system contract's alone, and
    /// whether queries may give it.
    fn table() -> Vec<(Vec<u8>, &'static str, bool, bool)> {
        let (account, hash) = ([7u8; 32], [8u8; 32]);
        vec![
            (
                (2u8, 0u8, account, 1u32, 2u64).encode(),
                "SetHook",
                true,
                false,
            ),
            ((3u8, account, hash).encode(), "DeploySidevmTo", true, true),
            ((4u8, b"hi".to_vec()).encode(), "SidevmMessage", false, true),
            ((5u8, 2u8, b"key".to_vec()).encode(), "CacheOp", false, true),
            (6u8.encode(), "StopSidevm", false, true),
            ((7u8, account).encode(), "ForceStopSidevm", true, true),
            ((8u8, account).encode(), "SetLogHandler", true, false),
            (
                (9u8, account, 3u32).encode(),
                "SetContractWeight",
                true,
                false,
            ),
            ((10u8, 2u32, 1u32).encode(), "UpgradeRuntimeTo", true, false),
        ]
    }

    #[test]
    fn rights_are_those_of_the_table() {
        for (data, name, privileged, in_query) in table() {
            let event = PinkEvent::from_bytes(&data).unwrap();
            assert_eq!(event.name(), name);
            assert_eq!(is_privileged_data(&data), privileged, "{name}");
            assert_eq!(allowed_in_query(&event), in_query, "{name}");
            let emitted = Event::ContractEmitted {
                contract: OTHER,
                topics: vec![pink::TOPIC],
                data: data.clone(),
            };
            assert_eq!(is_privileged(&emitted), privileged, "{name}");
            for system in [None, Some(SYSTEM)] {
                let by_other = check(system, &OTHER, &data, false);
                let right = by_other.as_ref().err().map(|refused| &*refused.reason)
                    != Some("only the system contract may give it");
                assert_eq!(right, !privileged, "{name}");
            }
            if !in_query {
                let refused = check(Some(SYSTEM), &SYSTEM, &data, true).unwrap_err();
                assert_eq!(refused.reason, "it has no effect in a query");
            }
        }
    }

    #[test]
    fn what_there_is_is_obeyed() {
        let done: Vec<_> = table()
            .into_iter()
            .filter_map(|(data, ..)| check(Some(SYSTEM), &SYSTEM, &data, false).ok())
            .collect();
        let key = b"key".to_vec();
        assert_eq!(
            done,
            [
                Command::Cache(CacheCommand::Remove { key }),
                Command::LogHandler([7; 32]),
                Command::Weight([7; 32], 3),
                Command::ByEngine,
            ]
        );
    }

    #[test]
    fn what_cant_be_read_is_refused() {
        for data in [
            vec![],
            vec![0],
            vec![1],
            vec![11],
            vec![9, 1],
            [vec![10], vec![0; 9]].concat(),
        ] {
            let refused = check(Some(SYSTEM), &SYSTEM, &data, false).unwrap_err();
            assert!(refused.reason.contains("can't be read"), "{data:?}");
        }
    }
}
