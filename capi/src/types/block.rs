use super::{BlockNumber, Hash};
use parity_scale_codec::{Decode, Encode};
use std::fmt;

/// An engine version, `MAJOR.MINOR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[repr(C)]
pub struct Version {
    /// The era of rules.
    pub major: u32,
    /// The revision within the era.
    pub minor: u32,
}

impl Version {
    /// The version `major.minor`.
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }

    /// The version of a constant text, `MAJOR.MINOR`.
    ///
    /// # Panics
    /// If it is none. Meant for constants, where that is an error of compilation.
    pub const fn of(text: &str) -> Self {
        let (bytes, mut parts, mut part, mut at) = (text.as_bytes(), [0u32; 2], 0, 0);
        assert!(bytes.len() >= 3, "MAJOR.MINOR");
        while at < bytes.len() {
            match bytes[at] {
                b'.' => part += 1,
                digit @ b'0'..=b'9' => parts[part] = parts[part] * 10 + (digit - b'0') as u32,
                _ => panic!("MAJOR.MINOR"),
            }
            at += 1;
        }
        assert!(part == 1, "MAJOR.MINOR");
        Self::new(parts[0], parts[1])
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// Two-dimensional weight. Engines of era 1 use `ref_time` alone and pass `proof_size` through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Weight {
    /// Picoseconds of computation.
    pub ref_time: u64,
    /// Bytes of state read.
    pub proof_size: u64,
}

impl Weight {
    /// The weight with these parts.
    pub const fn new(ref_time: u64, proof_size: u64) -> Self {
        Self {
            ref_time,
            proof_size,
        }
    }

    /// The sum, each part stopping at its maximum.
    pub const fn saturating_add(self, other: Self) -> Self {
        Self {
            ref_time: self.ref_time.saturating_add(other.ref_time),
            proof_size: self.proof_size.saturating_add(other.proof_size),
        }
    }

    /// The difference, each part stopping at zero.
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self {
            ref_time: self.ref_time.saturating_sub(other.ref_time),
            proof_size: self.proof_size.saturating_sub(other.proof_size),
        }
    }
}

/// Why a call is executed, and so what becomes of its changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Mode {
    /// Off the chain, free, changes dropped, off-chain functions enabled.
    #[codec(index = 0)]
    Query,
    /// A transaction that is tried out: all is computed as in one, nothing is kept.
    #[codec(index = 1)]
    Estimating,
    /// A message of the queue, in order. Its changes are committed.
    #[codec(index = 2)]
    Transaction,
}

/// What a block gives to an engine. Nothing else may influence a result.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Block {
    /// The block's number.
    pub number: BlockNumber,
    /// The chain's time, in milliseconds of the Unix epoch.
    pub now_ms: u64,
    /// BLAKE2b-256(the chain's randomness ‖ parent hash).
    pub entropy: Hash,
    /// Versions that the cluster may ask to be upgraded to.
    pub upgrade_targets: Vec<Version>,
    /// Hash of the current system contract code.
    pub system_code: Option<Hash>,
}

/// The surroundings of one message.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Env {
    /// Why it is executed.
    pub mode: Mode,
    /// The block that it belongs to; for a query or an estimate, the newest one.
    pub block: Block,
    /// Its place in the queue; for a query or an estimate, the next one.
    pub seq: u64,
}
