//! From a block that is final for certain to a newer one.
//!
//! What counts is the signatures of the authorities. Over a short way every header is looked at: each
//! names its parent's hash down to the block that is known, and each change of authorities is
//! in one of them. Over a long way that isn't needed: who finalized a block in the same set
//! finalized all before it. Where the set changed on the way, each set's last block is found and
//! proven in turn.

use crate::{
    authorities::{AuthoritySet, Forced, PendingChange, Trusted},
    blocks::BATCH,
    endpoint::Endpoint,
    justification::Justification,
    keys::plain,
    wire::Header,
};
use fat_contracts_primitives::{BlockNumber, Hash};
use parity_scale_codec::{Decode, DecodeAll};
use pink_worker_core::source::{Passing, SourceError, Standing};
use serde_json::json;
use sp_consensus_grandpa::{AuthorityList, SetId};
use sp_core::Bytes;

/// The longest way on which every header is looked at: as far apart as nodes keep justifications
/// unless they are told otherwise.
const SHORT: BlockNumber = 512;

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

fn forced(Forced { by }: Forced) -> SourceError {
    Standing::Unsupported {
        what: format!("change of authorities in block {by}"),
        reason: "it is forced, past the old ones: somebody has to name a final block behind it"
            .into(),
    }
    .into()
}

impl Endpoint {
    /// The newest final block behind one that is known, as the endpoint proves it; `None` if that is the
    /// newest.
    ///
    /// # Errors
    /// The endpoint can't be asked, is behind, or proves nothing.
    pub(crate) fn newest(&self, known: &Trusted) -> Result<Option<Trusted>, SourceError> {
        let Some((hash, header)) = self.claimed(known)? else {
            return Ok(None);
        };
        // What came by itself is as good, and often there already.
        let heard = self.justification().map(|it| Justification::decode(&it));
        let heard = heard.and_then(Result::ok);
        let kept = match heard {
            Some(heard) if heard.target().1 == hash => Some(heard),
            heard => match self.kept_justification(hash)? {
                Some(kept) => Some(self.decoded(&kept)?),
                None => heard.filter(|it| it.target().0 > known.number),
            },
        };
        let Some(justification) = kept else {
            return Err(Passing::NotJustified {
                endpoint: self.url().into(),
                known: known.number,
                block: header.number,
            }
            .into());
        };
        self.prove(known, &justification).map(Some)
    }

    /// The same where nobody proves anything: what the endpoint says.
    ///
    /// # Errors
    /// The endpoint can't be asked, or is behind.
    pub(crate) fn newest_told(&self, known: &Trusted) -> Result<Option<Trusted>, SourceError> {
        let claimed = self.claimed(known)?;
        // Who finalizes what comes behind it nobody knows: from here on nothing can be proven.
        Ok(claimed.map(|(hash, header)| Trusted::told(&header, hash)))
    }

    /// What the endpoint says is final, if that is newer.
    fn claimed(&self, known: &Trusted) -> Result<Option<(Hash, Header)>, SourceError> {
        let hash: Hash = self.call("chain_getFinalizedHead", vec![])?;
        if hash == known.hash {
            return Ok(None);
        }
        let header = self.header(hash)?;
        let number = known.number;
        if header.number < number {
            return Err(Passing::Behind {
                endpoint: self.url().into(),
                known: number,
                found: header.number,
            }
            .into());
        }
        if header.number == number {
            let reason = format!(
                "block {number} is {:?}, which was finalized, and it says {hash:?}",
                known.hash
            );
            return Err(self.unproven("finalized block", reason));
        }
        Ok(Some((hash, header)))
    }

    fn decoded(&self, bytes: &[u8]) -> Result<Justification, SourceError> {
        Justification::decode(bytes).map_err(|reason| self.unproven("justification", reason))
    }

    /// Follows a justification from a known block to the one that it is about.
    fn prove(
        &self,
        known: &Trusted,
        justification: &Justification,
    ) -> Result<Trusted, SourceError> {
        let (number, hash) = justification.target();
        let mut known = known.clone();
        loop {
            let way = number.saturating_sub(known.number);
            if way == 0 {
                let reason = format!("it is about block {number}, which is no newer one");
                return Err(self.unproven("justification", reason));
            }
            if way <= SHORT {
                return self.walk(&known, number, hash, justification);
            }
            let before_change = known.pending.as_ref().is_none_or(|it| it.last >= number);
            let checked = justification.check(&known.set);
            match checked {
                Ok(()) if before_change => {
                    let header = self.header(hash)?;
                    self.same_number(&header, number)?;
                    let next = known.then(&header, hash).map_err(forced)?;
                    return self.with_pending(next);
                }
                checked => {
                    let why = checked
                        .err()
                        .unwrap_or_else(|| "it is of an older set".into());
                    known = self.next_set(&known, number, hash, &why)?;
                }
            }
        }
    }

    fn same_number(&self, header: &Header, number: BlockNumber) -> Result<(), SourceError> {
        match header.number == number {
            true => Ok(()),
            false => {
                let reason = format!("it is for block {number}, which is {}", header.number);
                Err(self.unproven("justification", reason))
            }
        }
    }

    /// Goes from block to block. Where a set ends on the way, its last block has to be proven first.
    fn walk(
        &self,
        known: &Trusted,
        number: BlockNumber,
        hash: Hash,
        justification: &Justification,
    ) -> Result<Trusted, SourceError> {
        let mut at = known.clone();
        let way = self.way(known, number, Some(hash))?;
        for (header, own) in way {
            let next = at.then(&header, own).map_err(forced)?;
            if own == hash {
                // The set before it, which it may be the last one of.
                let set = &at.set;
                justification
                    .check(set)
                    .map_err(|reason| self.unproven("justification", reason))?;
            } else if next.set != at.set {
                self.check_last(&at.set, header.number, own)?;
            }
            at = next;
        }
        Ok(at)
    }

    /// The headers behind a known block up to another one, in order, each the parent of the next.
    fn way(
        &self,
        known: &Trusted,
        to: BlockNumber,
        hash: Option<Hash>,
    ) -> Result<Vec<(Header, Hash)>, SourceError> {
        let next = known.number.saturating_add(1);
        let told = match hash {
            Some(_) => self.hashes(next..to)?,
            None => self.hashes(next..=to)?,
        };
        let hashes: Vec<_> = told.into_iter().chain(hash).collect();
        let headers = self.headers(&hashes)?;
        let (mut parent, mut number) = (known.hash, known.number);
        for (header, hash) in headers.iter().zip(&hashes) {
            number = number.saturating_add(1);
            if (header.parent_hash, header.number) != (parent, number) {
                let reason = format!(
                    "block {} has the parent {:?}, expected block {number} behind {parent:?}: it isn't \
                     behind block {}, which was finalized",
                    header.number, header.parent_hash, known.number
                );
                return Err(self.unproven("header", reason));
            }
            parent = *hash;
        }
        Ok(headers.into_iter().zip(hashes).collect())
    }

    /// Checks the justification that nodes keep with the last block of a set.
    fn check_last(
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
    fn next_set(
        &self,
        known: &Trusted,
        to: BlockNumber,
        hash: Hash,
        why: &str,
    ) -> Result<Trusted, SourceError> {
        if let Some(next) = self.shortcut(known, to)? {
            return Ok(next);
        }
        let mut at = known.clone();
        while at.number < to {
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
        known.then(&header, hash).map(Some).map_err(forced)
    }

    /// With a change that was announced on a way of which not every header was looked at, as long as the
    /// state says so.
    fn with_pending(&self, mut at: Trusted) -> Result<Trusted, SourceError> {
        let key = plain("Grandpa", "PendingChange");
        let values = self.read(
            at.number,
            at.hash,
            at.state_root,
            std::slice::from_ref(&key),
        );
        let values = match values {
            // Behind a state that is gone there are newer ones.
            Err(SourceError::Passing(Passing::StateGone { .. })) => return Ok(at),
            values => values?,
        };
        let stored = values.get(&key).cloned().flatten();
        let Some(bytes) = stored else { return Ok(at) };
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
        let keys = [list.clone(), id.clone()];
        let values = self.read(begin.number, hash, begin.state_root, &keys)?;
        let value = |key: &Vec<u8>| values.get(key).cloned().flatten();
        let bytes = value(&list).ok_or_else(|| {
            unsupported(
                "pallet Grandpa",
                "the chain has no GRANDPA authorities: nothing proves that a block is final",
            )
        })?;
        begin.set.authorities = decode("Grandpa.Authorities", &bytes)?;
        if let Some(bytes) = value(&id) {
            begin.set.id = decode::<SetId>("Grandpa.CurrentSetId", &bytes)?;
        }
        self.with_pending(begin)
    }
}

fn unsupported(what: &str, reason: impl Into<String>) -> SourceError {
    Standing::Unsupported {
        what: what.into(),
        reason: reason.into(),
    }
    .into()
}

fn decode<T: Decode>(what: &str, bytes: &[u8]) -> Result<T, SourceError> {
    T::decode_all(&mut &bytes[..])
        .map_err(|error| unsupported(&format!("storage {what}"), error.to_string()))
}
