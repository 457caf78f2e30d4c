//! Justifications signed here, by keys of our own.

use super::*;
use finality_grandpa::{Commit, Precommit, SignedPrecommit};
use parity_scale_codec::Encode;
use sp_core::{ed25519, Pair};

const ROUND: u64 = 3;
const SET: u64 = 5;

fn pair(seed: u8) -> ed25519::Pair {
    ed25519::Pair::from_seed(&[seed; 32])
}

fn set(seeds: &[u8]) -> AuthoritySet {
    let authorities = seeds.iter().map(|seed| (pair(*seed).public().into(), 1));
    AuthoritySet {
        id: SET,
        authorities: authorities.collect(),
    }
}

/// Headers 0, 1, 2 … of one chain.
fn chain(length: u32) -> Vec<Header> {
    let mut headers: Vec<Header> = Vec::new();
    for number in 0..length {
        let parent_hash = headers.last().map_or(Hash::zero(), Header::hash);
        headers.push(Header {
            parent_hash,
            number,
            state_root: Hash::repeat_byte(1),
            extrinsics_root: Hash::zero(),
            digest: Default::default(),
        });
    }
    headers
}

/// A vote for a block: what GRANDPA signs is SCALE of the message, the round and the set.
fn vote(
    seed: u8,
    header: &Header,
) -> SignedPrecommit<Hash, u32, sp_consensus_grandpa::AuthoritySignature, AuthorityId> {
    let precommit = Precommit {
        target_hash: header.hash(),
        target_number: header.number,
    };
    // A precommit is the second of the three kinds of messages.
    let payload = (1u8, &precommit, ROUND, SET).encode();
    SignedPrecommit {
        precommit,
        signature: pair(seed).sign(&payload).into(),
        id: pair(seed).public().into(),
    }
}

fn justification(target: &Header, votes: &[(u8, &Header)], between: &[&Header]) -> Justification {
    Justification(GrandpaJustification {
        round: ROUND,
        commit: Commit {
            target_hash: target.hash(),
            target_number: target.number,
            precommits: votes.iter().map(|(seed, of)| vote(*seed, of)).collect(),
        },
        votes_ancestries: between.iter().map(|it| (*it).clone()).collect(),
    })
}

#[test]
fn more_than_two_thirds_are_enough() {
    let chain = chain(9);
    let target = &chain[5];
    let check = |seeds: &[u8]| {
        let votes: Vec<_> = seeds.iter().map(|seed| (*seed, target)).collect();
        justification(target, &votes, &[]).check(&set(&[1, 2, 3, 4]))
    };
    assert_eq!(check(&[1, 2, 3, 4]), Ok(()));
    assert_eq!(check(&[4, 2, 1]), Ok(()));
    assert!(check(&[1, 2]).is_err());
    assert!(check(&[]).is_err());
    assert!(check(&[1, 1, 2]).is_err(), "twice is once");
    assert!(check(&[1, 2, 9]).is_err(), "9 is nobody");
}

#[test]
fn votes_for_later_blocks_count_with_the_headers_between() {
    let chain = chain(9);
    let (target, authorities) = (&chain[5], set(&[1, 2, 3]));
    let votes = [(1, &chain[5]), (2, &chain[7]), (3, &chain[6])];
    let check = |between: &[&Header]| justification(target, &votes, between).check(&authorities);
    assert_eq!(check(&[&chain[6], &chain[7]]), Ok(()));
    assert!(check(&[&chain[7]]).is_err(), "one is missing");
    assert!(
        check(&[&chain[6], &chain[7], &chain[8]]).is_err(),
        "one too many"
    );
    assert!(
        check(&[&chain[6], &chain[7], &chain[7]]).is_err(),
        "one twice"
    );
    // Not all of them voted for this one.
    let wrong = justification(&chain[6], &votes, &[&chain[6], &chain[7]]);
    assert!(wrong.check(&authorities).is_err());
}

#[test]
fn another_set_or_other_authorities_say_nothing() {
    let chain = chain(3);
    let target = &chain[2];
    let votes = [(1, target), (2, target), (3, target)];
    let justification = justification(target, &votes, &[]);
    assert_eq!(justification.check(&set(&[1, 2, 3])), Ok(()));
    assert!(justification.check(&set(&[1, 7, 8])).is_err());
    assert!(justification.check(&set(&[])).is_err());
    for id in [SET - 1, SET + 1] {
        let other = AuthoritySet {
            id,
            ..set(&[1, 2, 3])
        };
        assert!(justification.check(&other).is_err(), "set {id}");
    }
}

/// Each bit of it is signed, counted or compared; but of a signature's bits there may be several that
/// verify, which strict verification doesn't have.
#[test]
fn any_byte_matters() {
    let chain = chain(9);
    let (target, authorities) = (&chain[5], set(&[1, 2, 3]));
    let votes = [(1, &chain[5]), (2, &chain[7]), (3, &chain[6])];
    let whole = justification(target, &votes, &[&chain[6], &chain[7]]);
    let bytes = whole.0.encode();
    for at in 0..bytes.len() {
        let mut wrong = bytes.clone();
        wrong[at] ^= 1;
        let taken = Justification::decode(&wrong)
            .and_then(|it| it.check(&authorities).map(|()| it.target()));
        assert!(taken.is_err(), "byte {at} of {}: {taken:?}", bytes.len());
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(Justification::decode(&longer).is_err());
    assert!(Justification::decode(&bytes[..bytes.len() - 1]).is_err());
}

/// Numbers in votes are looked at before signatures are, so anybody who knows the authorities' names can write them:
/// what is counted beyond the last number there is must be an error, and never a panic.
#[test]
fn numbers_at_the_end_of_their_range_are_refused() {
    let last = |parent_hash| Header {
        parent_hash,
        number: BlockNumber::MAX,
        state_root: Hash::repeat_byte(1),
        extrinsics_root: Hash::zero(),
        digest: Default::default(),
    };
    let target = last(Hash::repeat_byte(2));
    let behind = last(target.hash());
    // Two headers that are each other's child can't both have it.
    let votes = [(1, &target), (2, &behind), (3, &behind)];
    let mut unsigned = justification(&target, &votes, &[&behind]);
    assert!(unsigned.check(&set(&[1, 2, 3])).is_err());
    for vote in &mut unsigned.0.commit.precommits {
        vote.signature = pair(9).sign(b"nothing").into();
    }
    assert!(unsigned.check(&set(&[1, 2, 3])).is_err());
}

/// A member signs what it likes: its signature makes no number true. The last number there is can be a block's.
#[test]
fn a_signed_vote_has_its_block_s_number() {
    let chain = chain(9);
    let (target, authorities) = (&chain[5], set(&[1, 2, 3]));
    for number in [0, 5, 6, 8, BlockNumber::MAX] {
        let votes = [(1, target), (2, &chain[7]), (3, &chain[7])];
        let mut signed = justification(target, &votes, &[&chain[6], &chain[7]]);
        let wrong = &mut signed.0.commit.precommits[1];
        wrong.precommit.target_number = number;
        let payload = (1u8, &wrong.precommit, ROUND, SET).encode();
        wrong.signature = pair(2).sign(&payload).into();
        assert!(signed.check(&authorities).is_err(), "{number}");
    }
    let mut headers = vec![chain[0].clone()];
    for number in [BlockNumber::MAX - 1, BlockNumber::MAX] {
        headers.push(Header {
            parent_hash: headers[headers.len() - 1].hash(),
            number,
            ..chain[0].clone()
        });
    }
    let votes = [(1, &headers[1]), (2, &headers[2]), (3, &headers[2])];
    let last = justification(&headers[1], &votes, &[&headers[2]]);
    assert_eq!(last.check(&authorities), Ok(()));
    let votes = votes.map(|(seed, _)| (seed, &headers[2]));
    let last = justification(&headers[2], &votes, &[]);
    assert_eq!(last.check(&authorities), Ok(()));
}
