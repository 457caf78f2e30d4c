//! Events that are orders to the engine and the worker.
//!
//! Each has exactly one topic, [`PINK_TOPIC`], by which they are told from a contract's own events. Which
//! contract may give which order is not decided here: an order from a contract that has no right to it has
//! no effect.

use crate::{AccountId, Hash};
use ink::{
    env::{
        event::{state::HasRemainingTopics, TopicsBuilder, TopicsBuilderBackend},
        DefaultEnvironment, Environment, Event,
    },
    prelude::vec::Vec,
};

/// The one topic of a pink event: the SCALE encoding of the string `phala.pink.event`, filled up with zeros.
pub const PINK_TOPIC: [u8; 32] = *b"\x40phala.pink.event\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

/// An order to the engine and the worker.
///
/// The indices 0, 1, 11 and 12 were used by other systems and are not given again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub enum PinkEvent {
    /// Have a contract called at a certain point, in every block. The system contract only.
    #[codec(index = 2)]
    SetHook {
        /// When it is called.
        hook: Hook,
        /// Which contract is called.
        contract: AccountId,
        /// Which of its messages, as a big-endian number.
        selector: u32,
        /// How much `ref_time` the call may use.
        gas_limit: u64,
    },
    /// Give a contract a program that runs beside it. The system contract only.
    #[codec(index = 3)]
    DeploySidevmTo {
        /// Which contract gets it.
        contract: AccountId,
        /// The program's code.
        code_hash: Hash,
    },
    /// Send a message to the program that runs beside the contract which emits this.
    #[codec(index = 4)]
    SidevmMessage(Vec<u8>),
    /// Change the local cache of the contract which emits this.
    #[codec(index = 5)]
    CacheOp(CacheOp),
    /// Stop the program that runs beside the contract which emits this.
    #[codec(index = 6)]
    StopSidevm,
    /// Stop the program that runs beside another contract. The system contract only.
    #[codec(index = 7)]
    ForceStopSidevm {
        /// Beside which contract it runs.
        contract: AccountId,
    },
    /// Send the logs of all contracts to this one. The system contract only.
    #[codec(index = 8)]
    SetLogHandler(AccountId),
    /// Set a contract's share of what is divided between contracts. The system contract only.
    #[codec(index = 9)]
    SetContractWeight {
        /// Whose share it is.
        contract: AccountId,
        /// How large, in relation to the others.
        weight: u32,
    },
    /// Ask for the cluster's move to another engine version. The system contract only.
    #[codec(index = 10)]
    UpgradeRuntimeTo {
        /// Which version, as major and minor.
        version: (u32, u32),
    },
}

/// When a hook is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub enum Hook {
    /// After the last message of a block.
    #[codec(index = 0)]
    OnBlockEnd,
}

/// A change of a contract's local cache.
#[derive(Clone, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub enum CacheOp {
    /// Keep a value.
    #[codec(index = 0)]
    Set {
        /// Under which key.
        key: Vec<u8>,
        /// What.
        value: Vec<u8>,
    },
    /// Say how long a value is kept.
    #[codec(index = 1)]
    SetExpiration {
        /// Under which key.
        key: Vec<u8>,
        /// Seconds from now.
        expiration: u64,
    },
    /// Forget a value.
    #[codec(index = 2)]
    Remove {
        /// Under which key.
        key: Vec<u8>,
    },
}

impl PinkEvent {
    /// Emits the event.
    pub fn emit(self) {
        ink::env::emit_event::<DefaultEnvironment, _>(self);
    }
}

impl Event for PinkEvent {
    type RemainingTopics = [HasRemainingTopics; 1];

    const SIGNATURE_TOPIC: Option<[u8; 32]> = None;

    fn topics<E, B>(
        &self,
        builder: TopicsBuilder<ink::env::event::state::Uninit, E, B>,
    ) -> <B as TopicsBuilderBackend<E>>::Output
    where
        E: Environment,
        B: TopicsBuilderBackend<E>,
    {
        builder
            .build::<Self>()
            .push_topic(Some(&PINK_TOPIC))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ink::scale::Encode;

    #[test]
    fn the_topic_is_the_encoded_name() {
        let name = "phala.pink.event".encode();
        assert_eq!(PINK_TOPIC[..name.len()], name);
        assert!(PINK_TOPIC[name.len()..].iter().all(|byte| *byte == 0));
    }

    #[test]
    fn indices_are_what_engines_expect() {
        let account = AccountId::from([7; 32]);
        let hash = Hash::from([8; 32]);
        let events = [
            PinkEvent::SetHook {
                hook: Hook::OnBlockEnd,
                contract: account,
                selector: 1,
                gas_limit: 2,
            },
            PinkEvent::DeploySidevmTo {
                contract: account,
                code_hash: hash,
            },
            PinkEvent::SidevmMessage(Vec::new()),
            PinkEvent::CacheOp(CacheOp::Remove { key: Vec::new() }),
            PinkEvent::StopSidevm,
            PinkEvent::ForceStopSidevm { contract: account },
            PinkEvent::SetLogHandler(account),
            PinkEvent::SetContractWeight {
                contract: account,
                weight: 3,
            },
            PinkEvent::UpgradeRuntimeTo { version: (2, 1) },
        ];
        for (event, index) in events.iter().zip(2..) {
            assert_eq!(event.encode()[0], index);
        }
        assert_eq!(events[8].encode(), [10, 2, 0, 0, 0, 1, 0, 0, 0]);
    }

    #[ink::test]
    fn an_emitted_event_has_the_one_topic() {
        PinkEvent::StopSidevm.emit();
        let emitted: Vec<_> = ink::env::test::recorded_events().collect();
        assert_eq!(emitted.len(), 1);
        assert_eq!(emitted[0].topics, [PINK_TOPIC.to_vec()]);
        assert_eq!(emitted[0].data, [6]);
    }
}
