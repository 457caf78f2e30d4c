use parity_scale_codec::{Decode, Encode};

/// A broken promise between worker and engine, or a failure of the surroundings of either.
///
/// A fault is never the outcome of a contract, and no contract can cause one: the worker drops
/// what the call staged and parks the cluster at the last good block (a transaction), or fails
/// the one request (a query, an estimate).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The callee has no call of this id.
    #[codec(index = 0)]
    #[error("unknown call {id}")]
    UnknownCall {
        /// The id that was asked for.
        id: u32,
    },
    /// The arguments don't decode to exactly what the call takes: too short, or bytes left over.
    #[codec(index = 1)]
    #[error("call {id} ({name}): {len} bytes of arguments don't decode: {reason}")]
    BadArguments {
        /// The call.
        id: u32,
        /// Its name.
        name: String,
        /// How many bytes were given.
        len: u64,
        /// What the decoder said.
        reason: String,
    },
    /// The reply doesn't decode to exactly what the call returns, or there was not one reply.
    #[codec(index = 2)]
    #[error("call {id}: the reply of {len} bytes doesn't decode: {reason}")]
    BadReply {
        /// The call.
        id: u32,
        /// How many bytes came back.
        len: u64,
        /// What the decoder said.
        reason: String,
    },
    /// The callee panicked; what it had staged is dropped.
    #[codec(index = 3)]
    #[error("panicked: {message}")]
    Panicked {
        /// The panic's message.
        message: String,
    },
    /// The worker's store or network failed.
    #[codec(index = 4)]
    #[error("the host failed: {reason}")]
    Host {
        /// What failed.
        reason: String,
    },
    /// An ocall was made outside an ecall, or from another thread than the ecall's.
    #[codec(index = 5)]
    #[error("no host: an ocall outside of an ecall, or from another thread")]
    NoHost,
    /// The state holds bytes that the engine never wrote.
    #[codec(index = 6)]
    #[error("the state is broken at key {key}: {reason}", key = hex(key))]
    BrokenState {
        /// The key.
        key: Vec<u8>,
        /// What is wrong with its value.
        reason: String,
    },
    /// A second commit in one call, or one where the state must not change.
    #[codec(index = 7)]
    #[error("commit refused: {reason}")]
    CommitRefused {
        /// Why.
        reason: String,
    },
    /// The call took more memory than one call may take.
    #[codec(index = 8)]
    #[error("memory: the call took {used} bytes, {limit} are allowed")]
    Memory {
        /// The most that it held at a time until it was noticed.
        used: u64,
        /// The limit.
        limit: u64,
    },
    /// Nobody waits for the answer any more: the deadline passed, or the request was called off.
    /// A query or an estimate, never a transaction.
    #[codec(index = 9)]
    #[error("cancelled: its deadline passed, or it was called off")]
    Cancelled,
    /// A contract needs the cluster's key, and this worker hasn't got it. Never shown to the
    /// contract: workers with the key and workers without it would part.
    #[codec(index = 10)]
    #[error("this worker has no cluster key, and a contract asks for one")]
    NoClusterKey,
    /// The call had more of the state lent to it as copies than one call may have.
    #[codec(index = 11)]
    #[error("lent: {used} bytes of the state at a time, {limit} are allowed")]
    Lent {
        /// What it would have been.
        used: u64,
        /// The limit.
        limit: u64,
    },
    /// The call changes more of the state than one call may change.
    #[codec(index = 12)]
    #[error("changes: {keys} keys with {bytes} bytes are more than one call may change")]
    ChangesTooLarge {
        /// How many keys.
        keys: u64,
        /// Bytes of keys and values; 0 if there are too many keys.
        bytes: u64,
    },
    /// The engine has more iterators open than the ABI allows.
    #[codec(index = 13)]
    #[error("iterators: {limit} are open, and no more may be")]
    TooManyIterators {
        /// The limit.
        limit: u32,
    },
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::from("0x"), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
