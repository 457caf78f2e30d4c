//! What a worker says, on its way into a block: nothing is said twice while it is.

use fat_contracts_primitives::{BlockNumber, Hash};
use runtime_mock::RuntimeCall;
use sp_crypto_hashing::blake2_256;
use std::collections::BTreeMap;

/// How often the same words are sent that the chain refuses.
const MOST_TRIES: u32 = 3;

/// Of how much it is remembered how often it was said.
const MOST_REMEMBERED: usize = 4_096;

/// Something to be said to the chain once.
#[derive(Clone, Debug)]
pub(crate) struct Submission {
    /// What it is about: while that is on its way, it isn't said again.
    pub(crate) topics: Vec<Vec<u8>>,
    pub(crate) call: RuntimeCall,
}

/// Words that were sent.
#[derive(Debug)]
struct Flight {
    topics: Vec<Vec<u8>>,
    /// The block that they are in, if they are.
    block: Option<BlockNumber>,
}

/// All that were, by the hash of their extrinsic.
#[derive(Debug, Default)]
pub(crate) struct Flights {
    flights: BTreeMap<Hash, Flight>,
    /// By the hash of what they are about.
    tries: BTreeMap<[u8; 32], u32>,
}

impl Flights {
    /// Words are on their way.
    pub(crate) fn sent(&mut self, words: Submission, extrinsic: Hash) {
        for topic in &words.topics {
            if self.tries.len() >= MOST_REMEMBERED {
                self.tries.clear();
            }
            let tries = self.tries.entry(blake2_256(topic)).or_default();
            *tries = tries.saturating_add(1);
        }
        let topics = words.topics;
        self.flights.insert(
            extrinsic,
            Flight {
                topics,
                block: None,
            },
        );
    }

    /// A block was made, with these extrinsics.
    pub(crate) fn made(&mut self, block: BlockNumber, taken: &[Hash], dropped: &[Hash]) {
        for hash in taken {
            if let Some(flight) = self.flights.get_mut(hash) {
                flight.block = Some(block);
            }
        }
        for hash in dropped {
            self.flights.remove(hash);
        }
    }

    /// Blocks are final up to this one: what is in them has had its effect, and can be said again if the chain asks
    /// for it all the same.
    pub(crate) fn is_final(&mut self, number: BlockNumber) {
        let landed = |flight: &Flight| flight.block.is_some_and(|block| block <= number);
        let gone: Vec<_> = self
            .flights
            .iter()
            .filter(|(_, flight)| landed(flight))
            .map(|(hash, _)| *hash)
            .collect();
        for hash in gone {
            self.flights.remove(&hash);
        }
    }

    /// Whether something about this is on its way, or was refused too often.
    pub(crate) fn on_its_way(&self, topic: &Vec<u8>) -> bool {
        if self
            .flights
            .values()
            .any(|flight| flight.topics.contains(topic))
        {
            return true;
        }
        let tried = self
            .tries
            .get(&blake2_256(topic))
            .copied()
            .unwrap_or_default();
        if tried >= MOST_TRIES {
            tracing::warn!("the chain doesn't take what the worker says: it isn't said again");
        }
        tried >= MOST_TRIES
    }
}
