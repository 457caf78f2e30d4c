//! Whether a block is the next one of the cluster's history.
//!
//! A worker believes nobody about that. It knows where it stands from its own last record, folds
//! what it is given into the running hash by itself, and compares.

use super::{promises::check_promises, BlockRecord};
use fat_contracts_primitives::{
    BlockNumber, ClusterBlock, ClusterId, ClusterMessage, Hash, MessageHash, Seq,
};
use parity_scale_codec::Encode;

/// The longest input of a block, in bytes of its SCALE encoding. A chain's own limit on the length
/// of a block (5 MiB where FRAME's default stands) is far below.
pub const MAX_INPUT_BYTES: u64 = crate::store::MAX_VALUE_BYTES as u64;

/// How a block differs from the one that is expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Disorder {
    /// It is another cluster's.
    #[error("it is of cluster {found}, expected {expected}")]
    Cluster {
        /// The worker's cluster.
        expected: ClusterId,
        /// The block's.
        found: ClusterId,
    },
    /// It doesn't follow the last block.
    #[error("its number is {found}, expected {expected}")]
    Number {
        /// One more than the last block's.
        expected: BlockNumber,
        /// The block's.
        found: BlockNumber,
    },
    /// It was executed before, with another content.
    #[error(
        "it was executed already, with the running hash {expected:?}; it comes again with \
        {found:?} and other content"
    )]
    Repeated {
        /// The running hash after the block that was executed.
        expected: MessageHash,
        /// The running hash that it comes with now.
        found: MessageHash,
    },
    /// A message is missing, or comes twice.
    #[error("message {found} stands where {expected} is expected")]
    Seq {
        /// One more than the last message's.
        expected: Seq,
        /// The message's.
        found: Seq,
    },
    /// The first block of a history doesn't begin it.
    #[error("the first block of a history begins with message 0, and this one has no message")]
    NoBeginning,
    /// A setup is the first message of a history, and the first message is a setup.
    #[error("message {seq} is {}", if *setup {
        "a setup, and only message 0 may be one"
    } else {
        "the first one, and no setup"
    })]
    Setup {
        /// The message.
        seq: Seq,
        /// Whether it is a setup.
        setup: bool,
    },
    /// An amendment of a message that no block before this one has.
    #[error("an amendment of message {found}, expected one before {next}")]
    Amendment {
        /// The first message that isn't ordered before the block.
        next: Seq,
        /// The message that is amended.
        found: Seq,
    },
    /// It says that it was read before it was made.
    #[error("it was read in the state of block {found}, expected {expected} or a later one")]
    ReadAt {
        /// The block's number.
        expected: BlockNumber,
        /// The block in whose state it was read, as it says.
        found: BlockNumber,
    },
    /// What is said about later amendments of the block's messages can't be, or isn't so.
    #[error("a later amendment of message {seq} by block {by}: {why}")]
    AmendedLater {
        /// The message that is amended.
        seq: Seq,
        /// The block that is said to deliver it.
        by: BlockNumber,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The block's messages, amendments or input aren't those that the chain hashed.
    #[error("the running hash after it is {expected:?}, and it says {found:?}")]
    Hash {
        /// As the worker folds it.
        expected: MessageHash,
        /// As the block has it.
        found: MessageHash,
    },
    /// The code that came for a system contract isn't the one that the block names.
    #[error("the system contract's code has the hash {found:?}, the block names {expected:?}")]
    SystemCode {
        /// By the block.
        expected: Hash,
        /// Of what came.
        found: Hash,
    },
    /// The input is longer than any that a chain can order.
    #[error("its input has {found} bytes, the most is {most}")]
    Input {
        /// The input's.
        found: u64,
        /// [`MAX_INPUT_BYTES`].
        most: u64,
    },
}

/// Where a cluster's history stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whose history it is; none if that isn't known before the first block.
    pub cluster: Option<ClusterId>,
    /// The last block; none before the first.
    pub block: Option<BlockNumber>,
    /// The seq of the next message.
    pub next_seq: Seq,
    /// The running hash.
    pub message_hash: MessageHash,
}

impl Place {
    /// Before the first block.
    pub fn beginning(cluster: Option<ClusterId>) -> Self {
        Self {
            cluster,
            block: None,
            next_seq: 0,
            message_hash: MessageHash::zero(),
        }
    }

    /// After a block that was executed.
    pub fn after(block: BlockNumber, record: &BlockRecord) -> Self {
        Self {
            cluster: Some(record.cluster),
            block: Some(block),
            next_seq: record.next_seq,
            message_hash: record.message_hash,
        }
    }

    /// The place after the next block.
    ///
    /// # Errors
    /// This isn't the next block: how it differs from that.
    pub fn follow(&self, input: &ClusterBlock) -> Result<Self, Disorder> {
        let expected = self.cluster.unwrap_or(input.cluster);
        if input.cluster != expected {
            let found = input.cluster;
            return Err(Disorder::Cluster { expected, found });
        }
        match self.block {
            Some(last) if last.checked_add(1) != Some(input.number) => {
                return Err(Disorder::Number {
                    expected: last.saturating_add(1),
                    found: input.number,
                });
            }
            None if input.messages.is_empty() => return Err(Disorder::NoBeginning),
            _ => {}
        }
        let next_seq = self.check_messages(input)?;
        self.check_amendments(input)?;
        check_promises(input)?;
        let found = input.encoded_size() as u64;
        if found > MAX_INPUT_BYTES {
            let most = MAX_INPUT_BYTES;
            return Err(Disorder::Input { found, most });
        }
        let expected = input.fold(&self.message_hash);
        if input.message_hash != expected {
            let found = input.message_hash;
            return Err(Disorder::Hash { expected, found });
        }
        Ok(Self {
            cluster: Some(input.cluster),
            block: Some(input.number),
            next_seq,
            message_hash: expected,
        })
    }

    /// Checks that messages come without gaps; the seq after the last one.
    fn check_messages(&self, input: &ClusterBlock) -> Result<Seq, Disorder> {
        let mut expected = self.next_seq;
        for (seq, message) in &input.messages {
            let (seq, setup) = (*seq, matches!(message, ClusterMessage::Setup { .. }));
            if seq != expected {
                let found = seq;
                return Err(Disorder::Seq { expected, found });
            }
            if setup != (seq == 0) {
                return Err(Disorder::Setup { seq, setup });
            }
            expected = seq.saturating_add(1);
        }
        Ok(expected)
    }

    /// An amendment that a block delivers is younger than its message.
    fn check_amendments(&self, input: &ClusterBlock) -> Result<(), Disorder> {
        let next = self.next_seq;
        if let Some(wrong) = input.amendments.iter().find(|it| it.seq >= next) {
            let found = wrong.seq;
            return Err(Disorder::Amendment { next, found });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fat_contracts_primitives::{AccountId, Amendment, EngineVersion, Remedy};

    /// A block of one message that follows `place`, with `schedule` bytes of schedule and
    /// `amended` amendments by later blocks.
    fn block(place: &Place, schedule: usize, amended: u32) -> ClusterBlock {
        let seq = place.next_seq;
        let remedy = Remedy::ExecuteFrom(EngineVersion::new(2, 0));
        let schedule = vec![7; schedule];
        let mut input = ClusterBlock {
            cluster: 1,
            number: 6,
            now_ms: 1,
            entropy: Hash::zero(),
            upgrade_targets: Vec::new(),
            system_code: None,
            engines: Vec::new(),
            amendments: Vec::new(),
            amended_later: (0..amended)
                .map(|ahead| (7 + ahead, Amendment { seq, remedy }))
                .collect(),
            messages: vec![(seq, ClusterMessage::UpdateSchedule { schedule })],
            message_hash: Hash::zero(),
            read_at: 6 + amended,
            extrinsics: Vec::new(),
        };
        input.message_hash = input.fold(&place.message_hash);
        input
    }

    #[test]
    fn the_longest_input_and_the_most_amendments() {
        let place = Place {
            cluster: Some(1),
            block: Some(5),
            next_seq: 3,
            message_hash: Hash::repeat_byte(5),
        };
        // Beside the schedule: its own length (4 bytes at this size), and the rest.
        let rest = block(&place, 1 << 20, 0).encoded_size() - (1 << 20);
        let most = 67_108_864 - rest;
        assert!(place.follow(&block(&place, most, 0)).is_ok());
        let refused = place.follow(&block(&place, most + 1, 0)).unwrap_err();
        let (found, most) = (67_108_865, 67_108_864);
        assert_eq!(refused, Disorder::Input { found, most });

        assert!(place.follow(&block(&place, 1, 1_024)).is_ok());
        let refused = place.follow(&block(&place, 1, 1_025)).unwrap_err();
        let (seq, by, why) = (3, 7 + 1_024, "there are too many");
        assert_eq!(refused, Disorder::AmendedLater { seq, by, why });
    }

    /// The running hash by hand, from its parts: `h' = H(h ‖ cluster ‖ block ‖ seq ‖ message)`,
    /// then `H(h' ‖ input)`, all of it SCALE.
    #[test]
    fn the_hash_is_folded_from_the_last_one() {
        use sp_crypto_hashing::blake2_256;
        let from = AccountId::new([1; 32]);
        let place = Place {
            cluster: Some(1),
            block: Some(5),
            next_seq: 3,
            message_hash: Hash::repeat_byte(5),
        };
        let mut input = block(&place, 0, 0);
        let (dest, amount) = (from.clone(), 9);
        input.messages[0].1 = ClusterMessage::Deposit { from, dest, amount };
        let mut message = vec![5; 32];
        message.extend(1u64.to_le_bytes());
        message.extend(6u32.to_le_bytes());
        message.extend(3u64.to_le_bytes());
        message.push(1);
        message.extend([1; 64]);
        message.extend(9u128.to_le_bytes());
        let mut end = blake2_256(&message).to_vec();
        end.extend(6u32.to_le_bytes());
        end.extend(1u64.to_le_bytes());
        end.extend([0; 32]);
        // No targets, no system code.
        end.extend([0, 0]);
        let expected: Hash = blake2_256(&end).into();
        let found = input.message_hash;
        let refused = place.follow(&input).unwrap_err();
        assert_eq!(refused, Disorder::Hash { expected, found });
        input.message_hash = expected;
        let next = place.follow(&input).unwrap();
        assert_eq!((next.next_seq, next.message_hash), (4, expected));
    }
}
