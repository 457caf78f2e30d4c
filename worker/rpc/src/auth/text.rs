//! The texts that are signed for a call. Lines end with a line feed, the last one without.

use fat_contracts_primitives::{AccountId, ClusterId};
use parity_scale_codec::Encode;
use pink_worker_core::accounts::ss58;
use sp_crypto_hashing::blake2_256;
use std::fmt;

/// What is asked, as far as it is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedRequest<'a> {
    /// A query.
    Query {
        /// The contract.
        contract: [u8; 32],
        /// Selector and arguments.
        input: &'a [u8],
        /// Money for the contract.
        value: u128,
        /// Money that is lent for it.
        lent: u128,
    },
    /// An estimate of a call.
    Call {
        /// The contract.
        contract: [u8; 32],
        /// Selector and arguments.
        input: &'a [u8],
        /// Money for the contract.
        value: u128,
    },
    /// An estimate of the making of a contract.
    Instantiate {
        /// Of which code.
        code_hash: [u8; 32],
        /// Selector and arguments.
        input: &'a [u8],
        /// Money for the contract.
        value: u128,
        /// Part of the address.
        salt: &'a [u8],
    },
}

impl SignedRequest<'_> {
    pub(super) fn contract(&self) -> Option<[u8; 32]> {
        match self {
            Self::Query { contract, .. } | Self::Call { contract, .. } => Some(*contract),
            Self::Instantiate { .. } => None,
        }
    }

    fn domain(&self) -> &'static str {
        match self {
            Self::Query { .. } => "pink query v1",
            Self::Call { .. } => "pink estimate call v1",
            Self::Instantiate { .. } => "pink estimate instantiate v1",
        }
    }

    fn to(&self) -> String {
        match self {
            Self::Query { contract, .. } | Self::Call { contract, .. } => {
                ss58(&AccountId::new(*contract))
            }
            Self::Instantiate { code_hash, .. } => hex::encode(code_hash),
        }
    }

    /// BLAKE2b-256 over the SCALE encoding of the parts, in the order in which they stand above.
    fn hash(&self) -> [u8; 32] {
        match self {
            Self::Query {
                input, value, lent, ..
            } => blake2_256(&(input, value, lent).encode()),
            Self::Call { input, value, .. } => blake2_256(&(input, value).encode()),
            Self::Instantiate {
                input, value, salt, ..
            } => blake2_256(&(input, value, salt).encode()),
        }
    }
}

/// What is signed for a query or an estimate.
#[derive(Clone, Copy, Debug)]
pub struct QueryText<'a> {
    /// The chain's genesis block.
    pub genesis: [u8; 32],
    /// The cluster.
    pub cluster: ClusterId,
    /// For whom it is asked.
    pub account: [u8; 32],
    /// What.
    pub asked: &'a SignedRequest<'a>,
    /// A recent final block.
    pub after: [u8; 32],
}

impl fmt::Display for QueryText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            genesis,
            cluster,
            account,
            asked,
            after,
        } = self;
        write!(
            f,
            "{}\nchain {}\ncluster {cluster}\nas {}\nto {}\ninput {}\nafter {}",
            asked.domain(),
            hex::encode(genesis),
            ss58(&AccountId::new(*account)),
            asked.to(),
            hex::encode(asked.hash()),
            hex::encode(after),
        )
    }
}

/// What is signed to end sessions of a name.
#[derive(Clone, Copy, Debug)]
pub struct RevokeText<'a> {
    /// The chain's genesis block.
    pub genesis: [u8; 32],
    /// The cluster.
    pub cluster: ClusterId,
    /// Whose sessions.
    pub account: [u8; 32],
    /// Their name.
    pub name: &'a str,
    /// A recent final block.
    pub after: [u8; 32],
}

impl fmt::Display for RevokeText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "pink revoke v1\nchain {}\ncluster {}\nas {}\nname {}\nafter {}",
            hex::encode(self.genesis),
            self.cluster,
            ss58(&AccountId::new(self.account)),
            self.name,
            hex::encode(self.after),
        )
    }
}
