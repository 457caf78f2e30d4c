//! Extrinsics that wait for a block, in the order in which they came.

use crate::chain::{Chain, SkipReason};
use fat_contracts_primitives::{AccountId, BlockNumber, Hash};
use parity_scale_codec::{DecodeLimit, Encode};
use runtime_mock::runtime::{Address, Executive, UncheckedExtrinsic};
use serde_json::{json, Value};
use sp_crypto_hashing::blake2_256;
use sp_runtime::{
    generic::Preamble,
    transaction_validity::{
        InvalidTransaction, TransactionPriority, TransactionSource, TransactionValidityError,
    },
};
use tokio::sync::mpsc::UnboundedSender;

/// How many may wait, and how long they may be together.
const MOST: usize = 4_096;
const MOST_BYTES: usize = 64 << 20;

/// How deep calls may be in each other, as in Substrate.
pub(crate) const MAX_DEPTH: u32 = 256;

/// Why an extrinsic isn't taken: the code and the words of Substrate's `author` methods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) code: i32,
    pub(crate) message: String,
    pub(crate) data: Option<String>,
}

impl Refused {
    fn new(code: i32, message: &str, data: impl Into<Option<String>>) -> Self {
        Self {
            code,
            message: message.into(),
            data: data.into(),
        }
    }
}

/// One that waits.
#[derive(Debug)]
pub(crate) struct PooledExtrinsic {
    pub(crate) hash: Hash,
    pub(crate) bytes: Vec<u8>,
    pub(crate) extrinsic: UncheckedExtrinsic,
    pub(crate) signer: Option<AccountId>,
    provides: Vec<Vec<u8>>,
    priority: TransactionPriority,
    /// After this block it isn't valid any more.
    until: BlockNumber,
    told: Option<UnboundedSender<Value>>,
}

impl PooledExtrinsic {
    fn tell(&self, status: Value) {
        if let Some(told) = &self.told {
            // Nobody may be listening any more.
            let _ = told.send(status);
        }
    }
}

/// One that is in a block.
#[derive(Debug)]
struct Included {
    block: BlockNumber,
    in_block: Hash,
    told: UnboundedSender<Value>,
}

/// All that wait.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    waiting: Vec<PooledExtrinsic>,
    bytes: usize,
    included: Vec<Included>,
}

/// The hash of an extrinsic.
pub(crate) fn hash_of(bytes: &[u8]) -> Hash {
    blake2_256(bytes).into()
}

/// Reads an extrinsic, no deeper than may be.
pub(crate) fn decode(bytes: &[u8]) -> Result<UncheckedExtrinsic, String> {
    UncheckedExtrinsic::decode_all_with_depth_limit(MAX_DEPTH, &mut &bytes[..])
        .map_err(|error| error.to_string())
}

impl Pool {
    /// Takes an extrinsic, if it is valid in the chain's newest state.
    ///
    /// # Errors
    /// Why it isn't taken.
    pub(crate) fn submit(
        &mut self,
        chain: &Chain,
        bytes: Vec<u8>,
        told: Option<UnboundedSender<Value>>,
    ) -> Result<Hash, Refused> {
        let hash = hash_of(&bytes);
        if self.waiting.iter().any(|it| it.hash == hash) {
            return Err(Refused::new(
                1013,
                "Transaction is already imported",
                format!("{hash:?}"),
            ));
        }
        let extrinsic = decode(&bytes)
            .map_err(|error| Refused::new(1001, "Extrinsic has invalid format", error))?;
        let best = chain.best().hash;
        let valid = chain.query(|| {
            let source = TransactionSource::External;
            Executive::validate_transaction(source, extrinsic.clone(), best)
        });
        let valid = match valid {
            Ok(Ok(valid)) => valid,
            Ok(Err(error)) => return Err(invalid(&error)),
            Err(words) => return Err(Refused::new(1010, "Invalid Transaction", words)),
        };
        let rival = self
            .waiting
            .iter()
            .position(|it| it.provides.iter().any(|tag| valid.provides.contains(tag)));
        if let Some(rival) = rival {
            let before = &self.waiting[rival];
            if before.priority >= valid.priority {
                let why = format!(
                    "the one that waits has {}, this one {}",
                    before.priority, valid.priority
                );
                return Err(Refused::new(1014, "Priority is too low", why));
            }
            before.tell(json!({ "usurped": format!("{hash:?}") }));
            self.remove(rival);
        }
        if self.waiting.len() >= MOST || self.bytes.saturating_add(bytes.len()) > MOST_BYTES {
            return Err(Refused::new(
                1016,
                "Immediately Dropped",
                "the pool is full".to_owned(),
            ));
        }
        let longevity = BlockNumber::try_from(valid.longevity).unwrap_or(BlockNumber::MAX);
        let waiting = PooledExtrinsic {
            signer: signer(&extrinsic),
            until: chain.best().number.saturating_add(longevity),
            provides: valid.provides,
            priority: valid.priority,
            hash,
            extrinsic,
            told,
            bytes,
        };
        waiting.tell(json!("ready"));
        self.bytes = self.bytes.saturating_add(waiting.bytes.len());
        self.waiting.push(waiting);
        Ok(hash)
    }

    /// What waits, in order.
    pub(crate) fn waiting(&self) -> &[PooledExtrinsic] {
        &self.waiting
    }

    /// How many of somebody's wait.
    pub(crate) fn count_of(&self, who: &AccountId) -> u32 {
        let own = self
            .waiting
            .iter()
            .filter(|it| it.signer.as_ref() == Some(who));
        u32::try_from(own.count()).unwrap_or(u32::MAX)
    }

    /// A block was made: what it took and what isn't valid any more waits no longer. Returns the hashes of those that
    /// were dropped.
    pub(crate) fn made(
        &mut self,
        block: BlockNumber,
        in_block: Hash,
        taken: &[Hash],
        left: &[(Hash, SkipReason)],
    ) -> Vec<Hash> {
        for hash in taken {
            let Some(at) = self.waiting.iter().position(|it| it.hash == *hash) else {
                continue;
            };
            let taken = self.remove(at);
            taken.tell(json!({ "inBlock": format!("{in_block:?}") }));
            if let Some(told) = taken.told {
                self.included.push(Included {
                    block,
                    in_block,
                    told,
                });
            }
        }
        let mut dropped = self.leave(left);
        while let Some(at) = self.waiting.iter().position(|it| it.until < block) {
            let old = self.remove(at);
            old.tell(json!("invalid"));
            dropped.push(old.hash);
        }
        dropped
    }

    /// Drops what will never be valid.
    pub(crate) fn leave(&mut self, left: &[(Hash, SkipReason)]) -> Vec<Hash> {
        let mut dropped = Vec::new();
        for (hash, why) in left {
            let waits = SkipReason::Invalid(InvalidTransaction::Future.into());
            let full = SkipReason::Invalid(InvalidTransaction::ExhaustsResources.into());
            if *why == waits || *why == full {
                continue;
            }
            if let Some(at) = self.waiting.iter().position(|it| it.hash == *hash) {
                let gone = self.remove(at);
                tracing::debug!(?hash, ?why, "dropped from the pool");
                gone.tell(json!("invalid"));
                dropped.push(gone.hash);
            }
        }
        dropped
    }

    /// Blocks are final up to this one.
    pub(crate) fn finalized(&mut self, number: BlockNumber) {
        self.included.retain(|it| {
            if it.block > number {
                return true;
            }
            let _ = it
                .told
                .send(json!({ "finalized": format!("{:?}", it.in_block) }));
            false
        });
    }

    /// Forgets all, since the chain went back.
    pub(crate) fn clear(&mut self) {
        for waiting in std::mem::take(&mut self.waiting) {
            waiting.tell(json!("dropped"));
        }
        for included in std::mem::take(&mut self.included) {
            let _ = included
                .told
                .send(json!({ "retracted": format!("{:?}", included.in_block) }));
        }
        self.bytes = 0;
    }

    fn remove(&mut self, at: usize) -> PooledExtrinsic {
        let gone = self.waiting.remove(at);
        self.bytes = self.bytes.saturating_sub(gone.bytes.len());
        gone
    }
}

fn signer(extrinsic: &UncheckedExtrinsic) -> Option<AccountId> {
    match &extrinsic.preamble {
        Preamble::Signed(Address::Id(who), ..) => Some(who.clone()),
        _ => None,
    }
}

fn invalid(error: &TransactionValidityError) -> Refused {
    match error {
        TransactionValidityError::Invalid(InvalidTransaction::Custom(number)) => Refused::new(
            1010,
            "Invalid Transaction",
            format!("Custom error: {number}"),
        ),
        TransactionValidityError::Invalid(why) => {
            Refused::new(1010, "Invalid Transaction", <&str>::from(*why).to_owned())
        }
        TransactionValidityError::Unknown(why) => Refused::new(
            1011,
            "Unknown Transaction Validity",
            <&str>::from(*why).to_owned(),
        ),
    }
}

/// The bytes of an extrinsic.
pub(crate) fn bytes_of(extrinsic: &UncheckedExtrinsic) -> Vec<u8> {
    extrinsic.encode()
}
