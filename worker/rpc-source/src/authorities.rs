//! Who finalizes a chain's blocks, and how that changes.
//!
//! A block announces a change in its header, and the change takes effect once that block, or one a
//! number of blocks behind it, is final: this last one is finalized by the old authorities, the next
//! one by the new. Each change counts the set's number up, and what authorities sign has it in.

use crate::wire::Header;
use fat_contracts_primitives::{BlockNumber, Hash};
use parity_scale_codec::{Decode, Encode};
use sp_consensus_grandpa::{AuthorityList, ConsensusLog, SetId, GRANDPA_ENGINE_ID};
use sp_runtime::DigestItem;

/// Those whose word makes blocks final.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AuthoritySet {
    /// How many sets there were before.
    pub id: SetId,
    /// Who, and with how many votes.
    pub authorities: AuthorityList,
}

/// A change that was announced.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PendingChange {
    /// The last block that the set before it finalizes.
    pub last: BlockNumber,
    /// Who comes then.
    pub next: AuthorityList,
}

/// A final block, and who finalizes the next one.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Trusted {
    /// Its number.
    pub number: BlockNumber,
    /// Its hash.
    pub hash: Hash,
    /// The root of its state.
    pub state_root: Hash,
    /// Who finalizes the blocks behind it.
    pub set: AuthoritySet,
    /// The change that was announced up to it and takes effect behind it.
    pub pending: Option<PendingChange>,
}

/// A change of authorities that nobody but the chain's operators can vouch for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forced {
    /// The block that announces it.
    pub by: BlockNumber,
}

impl Trusted {
    /// A block that somebody says is final, without authorities: nothing behind it can be proven.
    pub(crate) fn told(header: &Header, hash: Hash) -> Self {
        Self {
            number: header.number,
            hash,
            state_root: header.state_root,
            set: AuthoritySet {
                id: 0,
                authorities: Vec::new(),
            },
            pending: None,
        }
    }

    /// Whether it is known who finalizes the blocks behind it.
    pub fn proves(&self) -> bool {
        !self.set.authorities.is_empty()
    }

    /// The next block, or a later one, which is final too: with what it announces, and with what
    /// takes effect behind it. Of several announcements in a block the first counts.
    ///
    /// # Errors
    /// The block forces a change, past the old authorities: their word doesn't cover it.
    pub fn then(&self, header: &Header, hash: Hash) -> Result<Self, Forced> {
        let mut next = Self {
            number: header.number,
            hash,
            state_root: header.state_root,
            ..self.clone()
        };
        if let Some(change) = announced(header)? {
            next.pending.get_or_insert(change);
        }
        if let Some(due) = next.pending.take_if(|it| it.last <= header.number) {
            next.set = AuthoritySet {
                id: next.set.id.saturating_add(1),
                authorities: due.next,
            };
        }
        Ok(next)
    }
}

/// The change that a block announces.
///
/// # Errors
/// It is forced.
fn announced(header: &Header) -> Result<Option<PendingChange>, Forced> {
    let mut scheduled = None;
    for log in header.digest.logs() {
        let DigestItem::Consensus(GRANDPA_ENGINE_ID, bytes) = log else {
            continue;
        };
        // What isn't understood changes no authorities: those that follow sign as they have to.
        // Nor is what stands behind it looked at: no node does.
        match ConsensusLog::<BlockNumber>::decode(&mut &bytes[..]) {
            Ok(ConsensusLog::ForcedChange(..)) => return Err(Forced { by: header.number }),
            Ok(ConsensusLog::ScheduledChange(change)) => {
                scheduled.get_or_insert(PendingChange {
                    last: header.number.saturating_add(change.delay),
                    next: change.next_authorities,
                });
            }
            _ => {}
        }
    }
    Ok(scheduled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_consensus_grandpa::{AuthorityId, ScheduledChange};
    use sp_core::crypto::UncheckedFrom;

    fn list(seed: u8) -> AuthorityList {
        let key = sp_core::ed25519::Public::unchecked_from([seed; 32]);
        vec![(AuthorityId::from(key), 1)]
    }

    fn header(number: BlockNumber, logs: Vec<ConsensusLog<BlockNumber>>) -> Header {
        let logs = logs.into_iter();
        let logs = logs.map(|log| DigestItem::Consensus(GRANDPA_ENGINE_ID, log.encode()));
        Header {
            parent_hash: Hash::zero(),
            number,
            state_root: Hash::repeat_byte(9),
            extrinsics_root: Hash::zero(),
            digest: sp_runtime::Digest {
                logs: logs.collect(),
            },
        }
    }

    fn scheduled(seed: u8, delay: u32) -> ConsensusLog<BlockNumber> {
        let next_authorities = list(seed);
        ConsensusLog::ScheduledChange(ScheduledChange {
            next_authorities,
            delay,
        })
    }

    fn start() -> Trusted {
        Trusted {
            number: 4,
            hash: Hash::zero(),
            state_root: Hash::zero(),
            set: AuthoritySet {
                id: 7,
                authorities: list(1),
            },
            pending: None,
        }
    }

    #[test]
    fn a_change_takes_effect_behind_its_last_block() {
        let then = |from: &Trusted, number, logs| from.then(&header(number, logs), Hash::zero());
        let at_once = then(&start(), 5, vec![scheduled(2, 0), scheduled(3, 0)]).expect("no force");
        assert_eq!((at_once.set.id, at_once.set.authorities), (8, list(2)));
        assert_eq!(at_once.state_root, Hash::repeat_byte(9));

        let later = then(&start(), 5, vec![scheduled(2, 2)]).expect("no force");
        assert_eq!((later.set.id, &later.set.authorities), (7, &list(1)));
        let next = list(2);
        assert_eq!(later.pending, Some(PendingChange { last: 7, next }));
        let before = then(&later, 6, vec![]).expect("no force");
        assert_eq!(before.set.id, 7);
        let last = then(&before, 7, vec![]).expect("no force");
        assert_eq!((last.set.id, last.set.authorities), (8, list(2)));
        assert_eq!(last.pending, None);
    }

    #[test]
    fn a_forced_change_is_no_business_of_the_old_authorities() {
        let next_authorities = list(2);
        let change = ScheduledChange {
            next_authorities,
            delay: 0,
        };
        let logs = vec![scheduled(3, 0), ConsensusLog::ForcedChange(1, change)];
        let forced = start().then(&header(5, logs), Hash::zero());
        assert_eq!(forced, Err(Forced { by: 5 }));
        let other = start().then(&header(5, vec![ConsensusLog::OnDisabled(0)]), Hash::zero());
        assert_eq!(other.expect("no force").set, start().set);
    }

    /// As nodes read it (`find_scheduled_change`, through `DigestItem::try_to`): what stands behind the log isn't looked
    /// at. Who reads more strictly would go on with the old authorities where every node goes on with the new ones.
    #[test]
    fn what_stands_behind_a_log_changes_nothing_of_it() {
        let mut announced = header(5, Vec::new());
        let bytes = [scheduled(2, 0).encode(), vec![0]].concat();
        let log = DigestItem::Consensus(GRANDPA_ENGINE_ID, bytes);
        announced.digest.logs.push(log);
        let next = start().then(&announced, Hash::zero()).expect("no force");
        assert_eq!((next.set.id, next.set.authorities), (8, list(2)));
    }
}
