//! The calls between a worker and an engine, whichever ABI carries them.
//!
//! Two tables are the specification: the one of calls into an engine ([`ECALLS`]) and the one of
//! calls back into the worker ([`OCALLS`]). All else comes from them: the ids, names and bytes,
//! the types [`Message`] and [`View`], the dispatch on both sides, and the lists in `docs/abi.md`.
//! An id is never used again for another call.

mod ecalls;
mod ecalls_macro;
mod ocalls;
mod ocalls_macro;

pub use ecalls::{view, Ecall, Message, View, ECALLS};
pub use ocalls::{ocall, OCalls, OCallsClient, OCALLS};

use crate::{types::Version, Fault};
use parity_scale_codec::{Decode, DecodeLimit};

/// How deep SCALE types may nest in arguments and replies. The types of the tables are at most
/// 6 deep; the bound keeps hostile bytes from using up the stack.
pub const MAX_DEPTH: u32 = 16;

/// The first version of the rules. Engines of tests have versions below it, and the calls that
/// it has.
const FIRST: Version = Version::new(1, 0);

/// A row of the table of calls into an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EcallInfo {
    /// The id, never reused. That of a view is its index in [`View`] as well.
    pub id: u32,
    /// Its name.
    pub name: &'static str,
    /// The first engine version that has the call. An older one isn't asked: a worker that wants
    /// it has [`Fault::UnknownCall`].
    pub since: Version,
    /// Its arguments and its reply, `(name: Type, …) -> Type`.
    pub signature: &'static str,
    /// What it does.
    pub about: &'static str,
}

/// A row of the table of calls back into the worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OcallInfo {
    /// The id, never reused.
    pub id: u32,
    /// Its name.
    pub name: &'static str,
    /// The first engine version that may make the call. One of an older engine is answered with
    /// [`Fault::UnknownCall`], so that rules which are frozen can't come to depend on it.
    pub since: Version,
    /// The first minor version of the first ABI whose workers serve it.
    pub v1_minor: u16,
    /// The function of the second ABI's tables that stands for it there, like `storage.get`;
    /// `None`: the call goes through `env.call`.
    pub v2_function: Option<&'static str>,
    /// In which calls it is answered.
    pub scope: Scope,
    /// Its arguments and its reply, `(name: Type, …) -> Type`.
    pub signature: &'static str,
    /// What it does.
    pub about: &'static str,
}

/// In which calls an ocall is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In all of them: the answer is the same on every worker.
    All,
    /// In queries alone: the answer is this worker's own.
    Query,
}

impl EcallInfo {
    /// Whether an engine of this version has the call.
    pub fn is_in(&self, version: Version) -> bool {
        version.max(FIRST) >= self.since
    }
}

impl OcallInfo {
    /// Whether an engine of this version may make the call.
    pub fn is_in(&self, version: Version) -> bool {
        version.max(FIRST) >= self.since
    }
}

/// Something that can carry a call to the other side.
pub trait CrossCall {
    /// Carries the arguments of call `id` and returns the reply's bytes.
    ///
    /// # Errors
    /// What kept the call from reaching the other side, or its reply from coming back.
    fn cross_call(&mut self, id: u32, args: &[u8]) -> Result<Vec<u8>, Fault>;
}

/// A view, and the type of its reply.
pub trait ViewCall: Into<View> {
    /// What it shows.
    type Reply: parity_scale_codec::Encode + Decode;
}

/// Decodes the whole of `args`, or says why not.
///
/// # Errors
/// [`Fault::BadArguments`].
pub fn decode_args<T: Decode>(id: u32, name: &str, mut args: &[u8]) -> Result<T, Fault> {
    let len = args.len() as u64;
    T::decode_all_with_depth_limit(MAX_DEPTH, &mut args).map_err(|error| Fault::BadArguments {
        id,
        name: name.into(),
        len,
        reason: error.to_string(),
    })
}

/// Decodes the whole of a reply, or says why not.
///
/// # Errors
/// [`Fault::BadReply`].
pub fn decode_reply<T: Decode>(id: u32, reply: &[u8]) -> Result<T, Fault> {
    T::decode_all_with_depth_limit(MAX_DEPTH, &mut &reply[..]).map_err(|error| Fault::BadReply {
        id,
        len: reply.len() as u64,
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use parity_scale_codec::Encode;

    /// As deep as its bytes say.
    #[derive(Debug, PartialEq, Eq, Encode, Decode)]
    enum Nested {
        End,
        Within(Box<Self>),
    }

    #[test]
    fn types_nest_up_to_the_bound_and_no_deeper() {
        let nested = |depth| (0..depth).fold(Nested::End, |it, _| Nested::Within(Box::new(it)));
        assert_eq!(decode_args(7, "it", &nested(16).encode()), Ok(nested(16)));
        assert_eq!(decode_reply(7, &nested(16).encode()), Ok(nested(16)));
        let deeper = nested(17).encode();
        assert_eq!(deeper.len(), 18);
        let refused = decode_args::<Nested>(7, "it", &deeper).unwrap_err();
        assert!(
            matches!(&refused, Fault::BadArguments { id: 7, name, len: 18, .. } if name == "it"),
            "{refused:?}"
        );
        let refused = decode_reply::<Nested>(7, &deeper).unwrap_err();
        assert!(
            matches!(refused, Fault::BadReply { id: 7, len: 18, .. }),
            "{refused:?}"
        );
    }
}
