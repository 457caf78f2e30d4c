use parity_scale_codec::{Decode, Encode, Input};
use pink_capi::types::{AccountId, Hash, Mode};

/// Bytes before a record's body: its number, its kind and the body's length.
pub const HEAD_BYTES: usize = 8 + 1 + 4;

/// The longest body, in bytes. Above what a message may emit.
const MAX_BODY_BYTES: u32 = 16 << 20;

/// What a record says.
///
/// In bytes it is its kind, the number given here, and a body: its fields in SCALE, in this
/// order. Fields are only ever added at the end, and a reader passes over those that it doesn't
/// know. A kind is never given a second meaning; a reader passes over kinds that it doesn't know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SystemMessage {
    /// Kind 1. A line of a contract, or of its engine about it.
    PinkLog {
        /// The block; of a query, the newest one when it began.
        block_number: u32,
        /// Which contract it is about.
        contract: AccountId,
        /// Which contract was called first.
        entry: AccountId,
        /// Why it was executed.
        exec_mode: ExecMode,
        /// The block's time in a transaction, the worker's clock in a query: milliseconds of the
        /// Unix epoch.
        timestamp_ms: u64,
        /// 1 error … 5 trace.
        level: u8,
        /// The line.
        message: String,
    },
    /// Kind 2. An event that a contract emitted in a transaction.
    PinkEvent {
        /// The block.
        block_number: u32,
        /// The contract.
        contract: AccountId,
        /// Its topics.
        topics: Vec<Hash>,
        /// Its data.
        payload: Vec<u8>,
    },
    /// Kind 3. What a message to a contract gave back.
    PinkMessageOutput {
        /// The block.
        block_number: u32,
        /// Who sent it.
        origin: AccountId,
        /// To which contract.
        contract: AccountId,
        /// Its number in the cluster's queue, as eight bytes, big-endian.
        nonce: Vec<u8>,
        /// What the contract returned.
        output: Vec<u8>,
    },
    /// Kind 4. A command of a contract that wasn't applied.
    CommandRefused {
        /// The block.
        block_number: u32,
        /// The contract.
        contract: AccountId,
        /// The command's name.
        command: String,
        /// Why.
        reason: String,
    },
    /// Kind 5. A contract's share of what is divided by weight was set.
    WeightSet {
        /// The block.
        block_number: u32,
        /// Whose.
        contract: AccountId,
        /// How large, in relation to the others; 0 for none.
        weight: u32,
    },
    /// Kind 6. The contract that asks for the logs is another one.
    LogHandlerSet {
        /// The block.
        block_number: u32,
        /// Which.
        contract: AccountId,
    },
    /// A kind that this program doesn't know.
    Unknown {
        /// Its number.
        kind: u8,
        /// Its body.
        body: Vec<u8>,
    },
}

/// Why something was executed, in the words of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecMode {
    /// `query`.
    Query,
    /// `estimating`.
    Estimating,
    /// `transaction`.
    Transaction,
}

impl From<Mode> for ExecMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Query => Self::Query,
            Mode::Estimating => Self::Estimating,
            Mode::Transaction => Self::Transaction,
        }
    }
}

impl ExecMode {
    /// The word for it, which is what is encoded.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Estimating => "estimating",
            Self::Transaction => "transaction",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Query, Self::Estimating, Self::Transaction]
            .into_iter()
            .find(|mode| mode.word() == word)
    }
}

/// A numbered message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its number: one more than that of the record before.
    pub sequence: u64,
    /// What it says.
    pub message: SystemMessage,
}

/// Bytes that are no record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// They end too early; more may be on the way.
    #[error("the record ends after {found} bytes, {expected} were expected")]
    Incomplete {
        /// How many there are at least.
        expected: usize,
        /// How many are there.
        found: usize,
    },
    /// It says that it is longer than any record.
    #[error("a record of {found} bytes is longer than any")]
    TooLong {
        /// What it says.
        found: u32,
    },
    /// A field that has to be there isn't, or can't be what it says.
    #[error("a record of kind {kind} can't be read: {reason}")]
    Fields {
        /// The kind.
        kind: u8,
        /// What the decoder said.
        reason: String,
    },
}

impl Record {
    /// The bytes: number (8, little-endian), kind (1), length of the body (4, little-endian),
    /// body.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (kind, body) = self.message.parts();
        let mut bytes = Vec::with_capacity(HEAD_BYTES.saturating_add(body.len()));
        bytes.extend(self.sequence.to_le_bytes());
        bytes.push(kind);
        bytes.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend(body);
        bytes
    }

    /// Reads the first record of a stream's bytes, and what follows it.
    ///
    /// # Errors
    /// The bytes end too early, or are no record.
    pub fn from_bytes(bytes: &[u8]) -> Result<(Self, &[u8]), RecordError> {
        let incomplete = |expected| RecordError::Incomplete {
            expected,
            found: bytes.len(),
        };
        let (sequence, rest) = bytes
            .split_first_chunk()
            .ok_or_else(|| incomplete(HEAD_BYTES))?;
        let ([kind], rest) = rest
            .split_first_chunk()
            .ok_or_else(|| incomplete(HEAD_BYTES))?;
        let (len, rest) = rest
            .split_first_chunk()
            .ok_or_else(|| incomplete(HEAD_BYTES))?;
        let len = u32::from_le_bytes(*len);
        if len > MAX_BODY_BYTES {
            return Err(RecordError::TooLong { found: len });
        }
        let len = len as usize;
        let (body, rest) = rest
            .split_at_checked(len)
            .ok_or_else(|| incomplete(HEAD_BYTES.saturating_add(len)))?;
        let message =
            SystemMessage::from_parts(*kind, body).map_err(|error| RecordError::Fields {
                kind: *kind,
                reason: error.to_string(),
            })?;
        let record = Self {
            sequence: u64::from_le_bytes(*sequence),
            message,
        };
        Ok((record, rest))
    }
}

impl SystemMessage {
    fn parts(&self) -> (u8, Vec<u8>) {
        match self {
            Self::PinkLog {
                block_number,
                contract,
                entry,
                exec_mode,
                timestamp_ms,
                level,
                message,
            } => {
                let mode = exec_mode.word();
                let first = (block_number, contract, entry, mode, timestamp_ms);
                (1, (first, level, message).encode())
            }
            Self::PinkEvent {
                block_number,
                contract,
                topics,
                payload,
            } => (2, (block_number, contract, topics, payload).encode()),
            Self::PinkMessageOutput {
                block_number,
                origin,
                contract,
                nonce,
                output,
            } => (3, (block_number, origin, contract, nonce, output).encode()),
            Self::CommandRefused {
                block_number,
                contract,
                command,
                reason,
            } => (4, (block_number, contract, command, reason).encode()),
            Self::WeightSet {
                block_number,
                contract,
                weight,
            } => (5, (block_number, contract, weight).encode()),
            Self::LogHandlerSet {
                block_number,
                contract,
            } => (6, (block_number, contract).encode()),
            Self::Unknown { kind, body } => (*kind, body.clone()),
        }
    }

    fn from_parts(kind: u8, body: &[u8]) -> Result<Self, parity_scale_codec::Error> {
        let mut body = body;
        // What follows the last known field belongs to a later version, and is passed over.
        let input = &mut body;
        Ok(match kind {
            1 => Self::PinkLog {
                block_number: field(input)?,
                contract: field(input)?,
                entry: field(input)?,
                exec_mode: {
                    let word: String = field(input)?;
                    ExecMode::from_word(&word).ok_or("an unknown mode")?
                },
                timestamp_ms: field(input)?,
                level: field(input)?,
                message: field(input)?,
            },
            2 => Self::PinkEvent {
                block_number: field(input)?,
                contract: field(input)?,
                topics: field(input)?,
                payload: field(input)?,
            },
            3 => Self::PinkMessageOutput {
                block_number: field(input)?,
                origin: field(input)?,
                contract: field(input)?,
                nonce: field(input)?,
                output: field(input)?,
            },
            4 => Self::CommandRefused {
                block_number: field(input)?,
                contract: field(input)?,
                command: field(input)?,
                reason: field(input)?,
            },
            5 => Self::WeightSet {
                block_number: field(input)?,
                contract: field(input)?,
                weight: field(input)?,
            },
            6 => Self::LogHandlerSet {
                block_number: field(input)?,
                contract: field(input)?,
            },
            kind => Self::Unknown {
                kind,
                body: body.to_vec(),
            },
        })
    }
}

fn field<T: Decode>(input: &mut impl Input) -> Result<T, parity_scale_codec::Error> {
    T::decode(input)
}

#[cfg(test)]
mod tests {
    use super::*;
    use parity_scale_codec::Compact;

    fn all() -> Vec<SystemMessage> {
        vec![
            SystemMessage::PinkLog {
                block_number: 7,
                contract: [1; 32],
                entry: [2; 32],
                exec_mode: ExecMode::Query,
                timestamp_ms: 1_700_000_000_000,
                level: 3,
                message: "a line".into(),
            },
            SystemMessage::PinkEvent {
                block_number: 7,
                contract: [1; 32],
                topics: vec![[3; 32], [4; 32]],
                payload: vec![5],
            },
            SystemMessage::PinkMessageOutput {
                block_number: 7,
                origin: [1; 32],
                contract: [2; 32],
                nonce: vec![0, 1],
                output: vec![6; 70],
            },
            SystemMessage::CommandRefused {
                block_number: 7,
                contract: [1; 32],
                command: "SetLogHandler".into(),
                reason: "no right to it".into(),
            },
            SystemMessage::WeightSet {
                block_number: 7,
                contract: [1; 32],
                weight: 9,
            },
            SystemMessage::LogHandlerSet {
                block_number: 7,
                contract: [1; 32],
            },
            SystemMessage::Unknown {
                kind: 200,
                body: vec![1, 2, 3],
            },
        ]
    }

    #[test]
    fn records_follow_each_other() {
        let mut bytes = Vec::new();
        for (sequence, message) in (5..).zip(all()) {
            bytes.extend(Record { sequence, message }.to_bytes());
        }
        let mut rest = &bytes[..];
        for (sequence, message) in (5..).zip(all()) {
            let (record, after) = Record::from_bytes(rest).unwrap();
            assert_eq!(record, Record { sequence, message });
            rest = after;
        }
        assert_eq!(rest, &[0u8; 0]);
    }

    /// What a later version writes: the same fields, then others.
    #[test]
    fn an_old_reader_reads_a_new_record() {
        for message in all() {
            let (kind, mut body) = message.parts();
            if kind == 200 {
                continue;
            }
            body.extend(("a field of later", Compact(1_000u32), vec![1u8; 40]).encode());
            assert_eq!(SystemMessage::from_parts(kind, &body), Ok(message));
        }
        let record = Record {
            sequence: 1,
            message: SystemMessage::Unknown {
                kind: 99,
                body: (7u32, "from the future").encode(),
            },
        };
        let bytes = record.to_bytes();
        assert_eq!(Record::from_bytes(&bytes), Ok((record, &[][..])));
    }

    /// The bytes of a record as the first version wrote it: they must be readable for ever.
    #[test]
    fn the_first_version_s_bytes_stay_readable() {
        let message = SystemMessage::PinkLog {
            block_number: 1,
            contract: [0xc0; 32],
            entry: [0xe0; 32],
            exec_mode: ExecMode::Transaction,
            timestamp_ms: 2,
            level: 4,
            message: "hi".into(),
        };
        let text = [
            "0900000000000000",
            "01",
            "5c000000",
            "01000000",
            &"c0".repeat(32),
            &"e0".repeat(32),
            "2c7472616e73616374696f6e",
            "0200000000000000",
            "04",
            "086869",
        ]
        .concat();
        let bytes = hex::decode(text).unwrap();
        let record = Record {
            sequence: 9,
            message,
        };
        assert_eq!(record.to_bytes(), bytes);
        assert_eq!(Record::from_bytes(&bytes), Ok((record, &[][..])));
    }

    #[test]
    fn what_is_no_record_is_refused() {
        let bytes = Record {
            sequence: 1,
            message: all().remove(0),
        }
        .to_bytes();
        for len in 0..bytes.len() {
            assert!(matches!(
                Record::from_bytes(&bytes[..len]),
                Err(RecordError::Incomplete { found, .. }) if found == len
            ));
        }
        let mut long = bytes.clone();
        long[9..13].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(
            Record::from_bytes(&long),
            Err(RecordError::TooLong { found: u32::MAX })
        );
        let (kind, body) = all().remove(0).parts();
        assert!(SystemMessage::from_parts(kind, &body[..body.len() - 1]).is_err());
    }
}
