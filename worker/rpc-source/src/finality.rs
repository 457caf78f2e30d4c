//! From a block that is final for certain to a newer one.
//!
//! What counts is the signatures of the authorities. Over a short way every header is looked at: each
//! names its parent's hash down to the block that is known, and each change of authorities is
//! in one of them. Over a long way that isn't needed: who finalized a block in the same set
//! finalized all before it. Where the set changed on the way, each set's last block is found and
//! proven in turn.

use crate::{
    authorities::{Forced, Trusted},
    endpoint::Endpoint,
    justification::Justification,
    wire::Header,
};
use fat_contracts_primitives::{BlockNumber, Hash};
use pink_worker_core::source::{PermanentError, SourceError, TransientError};

/// The longest way on which every header is looked at: as far apart as nodes keep justifications
/// unless they are told otherwise.
const SHORT: BlockNumber = 512;

pub(crate) fn forced(Forced { by }: Forced) -> SourceError {
    PermanentError::Unsupported {
        what: format!("change of authorities in block {by}"),
        reason: "it is forced, past the old ones: somebody has to name a final block behind it"
            .into(),
    }
    .into()
}

impl Endpoint {
    /// The newest final block behind one that is known, as the endpoint proves it; `None` if that is the
    /// newest. Each block on the way that is proven to be the last one of its set is given to `keep`, so that nobody
    /// has to prove it again if the rest fails.
    ///
    /// # Errors
    /// The endpoint can't be asked, is behind, or proves nothing.
    pub(crate) fn newest(
        &self,
        known: &Trusted,
        keep: &dyn Fn(&Trusted),
    ) -> Result<Option<Trusted>, SourceError> {
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
            return Err(TransientError::NotJustified {
                endpoint: self.url().into(),
                known: known.number,
                block: header.number,
            }
            .into());
        };
        self.prove(known, &justification, keep).map(Some)
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
            return Err(TransientError::Behind {
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

    pub(crate) fn decoded(&self, bytes: &[u8]) -> Result<Justification, SourceError> {
        Justification::decode(bytes).map_err(|reason| self.unproven("justification", reason))
    }

    /// Follows a justification from a known block to the one that it is about.
    fn prove(
        &self,
        known: &Trusted,
        justification: &Justification,
        keep: &dyn Fn(&Trusted),
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
                return self.walk(&known, number, hash, justification, keep);
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
                    keep(&known);
                }
            }
        }
    }

    pub(crate) fn same_number(
        &self,
        header: &Header,
        number: BlockNumber,
    ) -> Result<(), SourceError> {
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
        keep: &dyn Fn(&Trusted),
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
                keep(&next);
            }
            at = next;
        }
        Ok(at)
    }

    /// The headers behind a known block up to another one, in order, each the parent of the next.
    pub(crate) fn way(
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
}
