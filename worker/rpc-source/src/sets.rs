//! Where a set of authorities ends, and who comes then.

use crate::{
    authorities::{AuthoritySet, Forced, PendingChange, Trusted},
    blocks::BATCH,
    endpoint::Endpoint,
    finality::forced,
    keys::plain,
    wire::Header,
};
use fat_contracts_primitives::{BlockNumber, Hash};
use parity_scale_codec::{Decode, DecodeAll};
use pink_worker_core::source::{PermanentError, SourceError};
use serde_json::json;
use sp_consensus_grandpa::{AuthorityList, SetId};
use sp_core::Bytes;
use sp_crypto_hashing::twox_64;
use std::time::Instant;

/// `grandpa_proveFinality`.
#[derive(Decode)]
struct FinalityProof {
    _block: Hash,
    justification: Vec<u8>,
    _unknown_headers: Vec<Header>,
}

/// `pallet-grandpa`'s `PendingChange`.
#[derive(Decode)]
struct StoredChange {
    scheduled_at: BlockNumber,
    delay: BlockNumber,
    next_authorities: AuthorityList,
    forced: Option<BlockNumber>,
}

impl Endpoint {
    /// Checks the justification that nodes keep with the last block of a set.
    pub(crate) fn check_last(
        &self,
        set: &AuthoritySet,
        number: BlockNumber,
        hash: Hash,
    ) -> Result<(), SourceError> {
        let kept = self.kept_justification(hash)?;
        let kept = kept.ok_or_else(|| {
            let reason = format!("block {number} is the last of set {}, and has none", set.id);
            self.unproven("justification", reason)
        })?;
        let kept = self.decoded(&kept)?;
        if kept.target().1 != hash {
            let reason = format!("that of block {number} is about {:?}", kept.target());
            return Err(self.unproven("justification", reason));
        }
        kept.check(set)
            .map_err(|reason| self.unproven("justification", reason))
    }

    /// The last block of the set that finalizes what comes behind a known block, or a later block of that set:
    /// further on the way to a block that isn't finalized by this set.
    pub(crate) fn next_set(
        &self,
        known: &Trusted,
        to: BlockNumber,
        hash: Hash,
        why: &str,
    ) -> Result<Trusted, SourceError> {
        if let Some(next) = self.shortcut(known, to)? {
            return Ok(next);
        }
        // Whoever makes headers up can do so for ever.
        let (begun, most) = (Instant::now(), self.patience());
        let mut at = known.clone();
        while at.number < to {
            if begun.elapsed() > most {
                return Err(self.unsigned_for_long());
            }
            let end = at.number.saturating_add(BATCH).min(to);
            for (header, own) in self.way(&at, end, (end == to).then_some(hash))? {
                let next = at.then(&header, own).map_err(forced)?;
                if next.set != at.set {
                    self.check_last(&at.set, header.number, own)?;
                    return Ok(next);
                }
                at = next;
            }
        }
        Err(self.unproven("justification", why))
    }

    /// What `grandpa_proveFinality` proves: a node knows where its sets ended. It needn't.
    fn shortcut(&self, known: &Trusted, to: BlockNumber) -> Result<Option<Trusted>, SourceError> {
        let next = known.number.saturating_add(1);
        let answer: Result<Option<Bytes>, _> =
            self.call("grandpa_proveFinality", vec![json!(next)]);
        let Ok(Some(Bytes(bytes))) = answer else {
            return Ok(None);
        };
        let proof = FinalityProof::decode_all(&mut &bytes[..]);
        let proof = proof.map_err(|error| self.unproven("finality proof", error.to_string()))?;
        let justification = self.decoded(&proof.justification)?;
        let (number, hash) = justification.target();
        let within = number > known.number && number <= to;
        let before_change = known.pending.as_ref().is_none_or(|it| it.last >= number);
        if !within || !before_change || justification.check(&known.set).is_err() {
            return Ok(None);
        }
        let header = self.header(hash)?;
        self.same_number(&header, number)?;
        let next = known.then(&header, hash).map_err(forced)?;
        // A change that was announced between them stands in none of both: then every header is looked at.
        Ok(Some(next).filter(|next| next.set != known.set))
    }

    /// With a change that was announced on a way of which not every header was looked at: one to come, or one that took
    /// effect behind this very block. Without it nobody would go on behind the end of the set, so that a state is said
    /// to be gone is no answer.
    pub(crate) fn with_pending(&self, mut at: Trusted) -> Result<Trusted, SourceError> {
        let key = plain("Grandpa", "PendingChange");
        let (list, id) = (
            plain("Grandpa", "Authorities"),
            plain("Grandpa", "CurrentSetId"),
        );
        let keys = [key.clone(), list.clone(), id.clone()];
        let values = self.read(at.number, at.hash, at.state_root, &keys)?;
        let value = |key: &Vec<u8>| values.get(key).cloned().flatten();
        let Some(bytes) = value(&key) else {
            // Nothing is to come: who is named here finalizes the next block.
            let Some(bytes) = value(&list) else {
                return Ok(at);
            };
            let authorities: AuthorityList = decode("Grandpa.Authorities", &bytes)?;
            let next = at.set.id.saturating_add(1);
            // The same ones can follow themselves, as another set. The pallet counts sets, and a runtime that has others
            // come without it doesn't.
            let counted = match value(&id) {
                Some(bytes) => decode::<SetId>("Grandpa.CurrentSetId", &bytes)? == next,
                None => false,
            };
            if counted || authorities != at.set.authorities {
                at.set = AuthoritySet {
                    id: next,
                    authorities,
                };
                at.pending = None;
            }
            return Ok(at);
        };
        let change = decode::<StoredChange>("Grandpa.PendingChange", &bytes)?;
        if change.forced.is_some() {
            return Err(forced(Forced {
                by: change.scheduled_at,
            }));
        }
        at.pending.get_or_insert(PendingChange {
            last: change.scheduled_at.saturating_add(change.delay),
            next: change.next_authorities,
        });
        Ok(at)
    }

    /// Where following begins: a block that somebody vouches for, with the authorities that its state
    /// names.
    ///
    /// # Errors
    /// The endpoint can't be asked, or has the block's state no more.
    pub(crate) fn begin(&self, hash: Hash, trust: bool) -> Result<Trusted, SourceError> {
        let header = self.header(hash)?;
        let mut begin = Trusted::told(&header, hash);
        if trust {
            return Ok(begin);
        }
        let list = plain("Grandpa", "Authorities");
        let id = plain("Grandpa", "CurrentSetId");
        let first = genesis_key();
        let keys = [list.clone(), id.clone(), first.clone()];
        let values = self.read(begin.number, hash, begin.state_root, &keys)?;
        let value = |key: &Vec<u8>| values.get(key).cloned().flatten();
        let bytes = value(&list).ok_or_else(|| {
            unsupported(
                "pallet Grandpa",
                "the chain has no GRANDPA authorities: nothing proves that a block is final",
            )
        })?;
        begin.set.authorities = decode("Grandpa.Authorities", &bytes)?;
        // FRAME forgets hashes of old blocks, but for this one. In the genesis block's own state it isn't there yet.
        if let Some(bytes) = value(&first).filter(|_| begin.number > 0) {
            let (proven, told) = (decode::<Hash>("System.BlockHash", &bytes)?, self.genesis()?);
            if proven != told {
                let reason =
                    format!("it says {told:?}, and by the state of {hash:?} it is {proven:?}");
                return Err(self.unproven("genesis block", reason));
            }
        }
        if let Some(bytes) = value(&id) {
            begin.set.id = decode::<SetId>("Grandpa.CurrentSetId", &bytes)?;
        }
        self.with_pending(begin)
    }
}

/// Where a state has the hash of the genesis block.
fn genesis_key() -> Vec<u8> {
    let number = BlockNumber::MIN.to_le_bytes();
    [
        &plain("System", "BlockHash")[..],
        &twox_64(&number),
        &number,
    ]
    .concat()
}

fn unsupported(what: &str, reason: impl Into<String>) -> SourceError {
    PermanentError::Unsupported {
        what: what.into(),
        reason: reason.into(),
    }
    .into()
}

fn decode<T: Decode>(what: &str, bytes: &[u8]) -> Result<T, SourceError> {
    T::decode_all(&mut &bytes[..])
        .map_err(|error| unsupported(&format!("storage {what}"), error.to_string()))
}
