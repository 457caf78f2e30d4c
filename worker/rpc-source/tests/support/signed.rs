//! Justifications, signed here.

use fat_contracts_primitives::Hash;
use finality_grandpa::{Commit, Precommit, SignedPrecommit};
use parity_scale_codec::Encode;
use pink_rpc_source::Header;
use sp_consensus_grandpa::{AuthorityId, AuthorityList, GrandpaJustification};
use sp_core::{ed25519, Pair};

/// A set of authorities of whom we have the keys.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Set {
    pub(crate) id: u64,
    pub(crate) seeds: Vec<u8>,
}

fn pair(seed: u8) -> ed25519::Pair {
    ed25519::Pair::from_seed(&[seed; 32])
}

impl Set {
    pub(crate) fn list(&self) -> AuthorityList {
        let ids = self
            .seeds
            .iter()
            .map(|seed| (AuthorityId::from(pair(*seed).public()), 1));
        ids.collect()
    }

    /// All of them say that a block is final.
    pub(crate) fn justify(&self, hash: Hash, number: u32) -> Vec<u8> {
        let precommit = Precommit {
            target_hash: hash,
            target_number: number,
        };
        let round = 7u64;
        // A precommit is the second of the three kinds of messages.
        let payload = (1u8, &precommit, round, self.id).encode();
        let votes = self.seeds.iter().map(|seed| SignedPrecommit {
            precommit: precommit.clone(),
            signature: pair(*seed).sign(&payload).into(),
            id: AuthorityId::from(pair(*seed).public()),
        });
        let justification = GrandpaJustification::<Header> {
            round,
            commit: Commit {
                target_hash: hash,
                target_number: number,
                precommits: votes.collect(),
            },
            votes_ancestries: Vec::new(),
        };
        justification.encode()
    }
}
