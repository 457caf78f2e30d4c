//! Pink events: commands that contracts give to their engine and to the worker.
//!
//! A pink event is an event of a contract with one certain topic, [`TOPIC`], whose data is the
//! SCALE of a [`PinkEvent`]. Engine and worker read it alike; who applies which command is theirs.

use crate::types::{AccountId, Hash};
use parity_scale_codec::{Decode, DecodeAll, Encode};

/// The one topic of a pink event: SCALE of the string `phala.pink.event`, filled up with zeros.
pub const TOPIC: Hash = *b"\x40phala.pink.event\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

/// A command, under the index that contracts know. The indices 0, 1, 11 and 12 were used by other
/// systems and are not given again.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[allow(missing_docs)] // each says what its fields are
pub enum PinkEvent {
    /// Have a contract called at a certain point of every block. The system contract only.
    #[codec(index = 2)]
    SetHook {
        hook: u8,
        contract: AccountId,
        selector: u32,
        gas_limit: u64,
    },
    /// Give a contract a program that runs beside it. The system contract only.
    #[codec(index = 3)]
    DeploySidevmTo {
        contract: AccountId,
        code_hash: Hash,
    },
    /// Send a message to the program beside the contract that emits this.
    #[codec(index = 4)]
    SidevmMessage(Vec<u8>),
    /// Change the cache of the contract that emits this.
    #[codec(index = 5)]
    CacheOp(CacheOp),
    /// Stop the program beside the contract that emits this.
    #[codec(index = 6)]
    StopSidevm,
    /// Stop the program beside another contract. The system contract only.
    #[codec(index = 7)]
    ForceStopSidevm { contract: AccountId },
    /// Send the logs of all contracts to this one. The system contract only.
    #[codec(index = 8)]
    SetLogHandler(AccountId),
    /// Set a contract's share of what is divided by weight. The system contract only.
    #[codec(index = 9)]
    SetContractWeight { contract: AccountId, weight: u32 },
    /// Ask for the upgrade to another engine. The system contract only; the engine takes it.
    #[codec(index = 10)]
    UpgradeRuntimeTo { version: (u32, u32) },
}

/// A change of a contract's cache.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[allow(missing_docs)] // each says what its fields are
pub enum CacheOp {
    /// Keep a value.
    #[codec(index = 0)]
    Set { key: Vec<u8>, value: Vec<u8> },
    /// Let a value expire in `expiration` seconds.
    #[codec(index = 1)]
    SetExpiration { key: Vec<u8>, expiration: u64 },
    /// Remove a value.
    #[codec(index = 2)]
    Remove { key: Vec<u8> },
}

/// Whether these are the topics of a pink event.
pub fn is_pink(topics: &[Hash]) -> bool {
    topics == [TOPIC]
}

/// Whether only the system contract may give the command that begins with this byte, whether or
/// not the rest can be read: hooks, programs beside contracts, the log handler, weights, and the
/// upgrade to another engine.
pub const fn is_privileged(index: u8) -> bool {
    matches!(index, 2 | 3 | 7..=PinkEvent::UPGRADE_RUNTIME_TO)
}

impl PinkEvent {
    /// Index of [`Self::UpgradeRuntimeTo`].
    pub const UPGRADE_RUNTIME_TO: u8 = 10;

    /// Reads a command, wholly.
    ///
    /// # Errors
    /// What the decoder said.
    pub fn from_bytes(mut data: &[u8]) -> Result<Self, parity_scale_codec::Error> {
        Self::decode_all(&mut data)
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SetHook { .. } => "SetHook",
            Self::DeploySidevmTo { .. } => "DeploySidevmTo",
            Self::SidevmMessage(_) => "SidevmMessage",
            Self::CacheOp(_) => "CacheOp",
            Self::StopSidevm => "StopSidevm",
            Self::ForceStopSidevm { .. } => "ForceStopSidevm",
            Self::SetLogHandler(_) => "SetLogHandler",
            Self::SetContractWeight { .. } => "SetContractWeight",
            Self::UpgradeRuntimeTo { .. } => "UpgradeRuntimeTo",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by hand: contracts have these bytes in their code.
    #[test]
    fn commands_have_their_bytes() {
        let at = [0xAA; 32];
        let key = || b"k".to_vec();
        let hex = |bytes: &[u8]| -> String { bytes.iter().map(|it| format!("{it:02x}")).collect() };
        let account = "aa".repeat(32);
        let set = CacheOp::Set {
            key: key(),
            value: b"vw".to_vec(),
        };
        let expiration = CacheOp::SetExpiration {
            key: key(),
            expiration: 258,
        };
        let rows = [
            (
                PinkEvent::SetHook {
                    hook: 1,
                    contract: at,
                    selector: 2,
                    gas_limit: 3,
                },
                format!("0201{account}020000000300000000000000"),
            ),
            (
                PinkEvent::DeploySidevmTo {
                    contract: at,
                    code_hash: at,
                },
                format!("03{account}{account}"),
            ),
            (PinkEvent::SidevmMessage(b"m".to_vec()), "04046d".into()),
            (PinkEvent::CacheOp(set), "0500046b087677".into()),
            (
                PinkEvent::CacheOp(expiration),
                "0501046b0201000000000000".into(),
            ),
            (
                PinkEvent::CacheOp(CacheOp::Remove { key: key() }),
                "0502046b".into(),
            ),
            (PinkEvent::StopSidevm, "06".into()),
            (
                PinkEvent::ForceStopSidevm { contract: at },
                format!("07{account}"),
            ),
            (PinkEvent::SetLogHandler(at), format!("08{account}")),
            (
                PinkEvent::SetContractWeight {
                    contract: at,
                    weight: 5,
                },
                format!("09{account}05000000"),
            ),
            (
                PinkEvent::UpgradeRuntimeTo { version: (2, 1) },
                "0a0200000001000000".into(),
            ),
        ];
        for (event, bytes) in rows {
            assert_eq!(hex(&event.encode()), bytes);
            assert_eq!(PinkEvent::from_bytes(&event.encode()), Ok(event));
        }
        let privileged: Vec<u8> = (0..=255).filter(|index| is_privileged(*index)).collect();
        assert_eq!(privileged, [2, 3, 7, 8, 9, 10]);
    }
}
