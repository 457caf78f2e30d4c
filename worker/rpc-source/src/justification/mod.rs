//! Whether the authorities of a set say that a block is final.

use crate::{authorities::AuthoritySet, wire::Header};
use fat_contracts_primitives::{BlockNumber, Hash};
use finality_grandpa::{voter_set::VoterSet, Chain, Error as GrandpaError, Message};
use parity_scale_codec::DecodeAll;
use sp_consensus_grandpa::{check_message_signature, AuthorityId, GrandpaJustification};
use std::collections::{BTreeMap, BTreeSet};

/// A justification whose word isn't checked yet.
#[derive(Clone, Debug)]
pub struct Justification(GrandpaJustification<Header>);

/// Headers between what authorities voted for, by hash.
struct Ancestry<'j>(BTreeMap<Hash, &'j Header>);

impl Chain<Hash, BlockNumber> for Ancestry<'_> {
    fn ancestry(&self, base: Hash, block: Hash) -> Result<Vec<Hash>, GrandpaError> {
        let mut route = Vec::new();
        let mut at = block;
        // Each header has its parent's hash in its own, so the way has an end.
        while at != base {
            let header = self.0.get(&at).ok_or(GrandpaError::NotDescendent)?;
            at = header.parent_hash;
            route.push(at);
        }
        // Neither the block itself nor the base is asked for.
        route.pop();
        Ok(route)
    }
}

impl Justification {
    /// From its bytes, to their end.
    ///
    /// # Errors
    /// They are none: what the decoder said.
    pub fn decode(bytes: &[u8]) -> Result<Self, String> {
        GrandpaJustification::decode_all(&mut &bytes[..])
            .map(Self)
            .map_err(|error| error.to_string())
    }

    /// The block that it is about.
    pub fn target(&self) -> (BlockNumber, Hash) {
        (self.0.commit.target_number, self.0.commit.target_hash)
    }

    /// Checks that more than two thirds of a set signed that the block, or one behind it, is final.
    ///
    /// # Errors
    /// They didn't: what is wrong.
    pub fn check(&self, set: &AuthoritySet) -> Result<(), String> {
        let GrandpaJustification {
            round,
            commit,
            votes_ancestries,
        } = &self.0;
        let voters = VoterSet::new(set.authorities.iter().cloned())
            .ok_or("the authorities have no votes")?;
        let headers = votes_ancestries.iter().map(|it| (it.hash(), it));
        let ancestry = Ancestry(headers.collect());
        if ancestry.0.len() != votes_ancestries.len() {
            return Err("a header comes twice".into());
        }
        self.check_numbers(&ancestry)?;
        let validated = finality_grandpa::validate_commit(commit, &voters, &ancestry);
        let validated = validated.map_err(|error| error.to_string())?;
        if !validated.is_valid() {
            return Err(format!(
                "of the {} votes in it, not enough are of set {} and for its block",
                commit.precommits.len(),
                set.id
            ));
        }
        for signed in &commit.precommits {
            let message = Message::Precommit(signed.precommit.clone());
            let (id, signature): (&AuthorityId, _) = (&signed.id, &signed.signature);
            if !check_message_signature(&message, id, signature, *round, set.id).is_valid() {
                return Err(format!("{id:?} didn't sign its vote in set {}", set.id));
            }
        }
        self.check_ancestry(&ancestry)
    }

    /// Each vote has its block's number. How votes are counted takes that for granted: a member's word is enough to have
    /// other numbers run over there, and until signatures are checked anybody's is.
    fn check_numbers(&self, ancestry: &Ancestry<'_>) -> Result<(), String> {
        let votes = self.0.commit.precommits.iter().map(|it| &it.precommit);
        let lowest = votes.clone().min_by_key(|vote| vote.target_number);
        let lowest = lowest.ok_or("nobody voted")?;
        let base = (lowest.target_hash, lowest.target_number);
        let number_of = |hash: &Hash| {
            if *hash == base.0 {
                Some(base.1)
            } else {
                ancestry.0.get(hash).map(|header| header.number)
            }
        };
        for header in ancestry.0.values() {
            let parent = number_of(&header.parent_hash);
            if parent.is_some_and(|it| it.checked_add(1) != Some(header.number)) {
                let number = header.number;
                return Err(format!("block {number} is behind one that isn't before it"));
            }
        }
        for vote in votes {
            let number = number_of(&vote.target_hash);
            if number != Some(vote.target_number) {
                return Err(format!(
                    "a vote for {:?} says that it is block {}, and by its header it is {number:?}",
                    vote.target_hash, vote.target_number
                ));
            }
        }
        Ok(())
    }

    /// The headers are those between the votes and the lowest block that was voted for, and no others.
    fn check_ancestry(&self, ancestry: &Ancestry<'_>) -> Result<(), String> {
        let votes = self.0.commit.precommits.iter().map(|it| &it.precommit);
        let lowest = votes.clone().min_by_key(|vote| vote.target_number);
        let base = lowest.ok_or("nobody voted")?.target_hash;
        let mut visited = BTreeSet::new();
        for vote in votes.filter(|vote| vote.target_hash != base) {
            let route = ancestry.ancestry(base, vote.target_hash);
            let route = route.map_err(|_| "a vote is for a block of another branch")?;
            visited.insert(vote.target_hash);
            visited.extend(route);
        }
        if visited.iter().eq(ancestry.0.keys()) {
            Ok(())
        } else {
            Err("it has headers that no vote needs".into())
        }
    }
}

#[cfg(test)]
mod tests;
