//! What is on its way, and what became of what was.

use crate::{chain_view::ChainView, error::Error, runtime::Signed, topic::Topic};
use fat_contracts_primitives::{Balance, BlockNumber};
use std::collections::BTreeSet;

/// How many things that are settled are remembered.
const REMEMBERED: usize = 1_024;

/// The longest time in which what was refused isn't said again, as a power of two, in blocks.
const MOST_DOUBLINGS: u32 = 6;

/// How many blocks what an endpoint says to be final may be ahead of what is known to be.
pub(crate) const MOST_AHEAD: BlockNumber = 256;

/// What is on its way, and what became of what was.
#[derive(Debug, Default)]
pub(crate) struct Table {
    next_id: u64,
    entries: Vec<Entry>,
    refused: Vec<Refused>,
    /// Nonces of what is on its way.
    nonces: BTreeSet<u64>,
    /// The newest final block that a caller knew.
    newest: BlockNumber,
    /// The signer's next nonce in its state.
    nonce: Option<u64>,
    /// What was signed and isn't on its way any more, as an endpoint says.
    held: Vec<Reservation>,
}

/// Something that may still be taken, whatever an endpoint says of it.
#[derive(Debug)]
struct Reservation {
    topics: Vec<Topic>,
    nonce: Option<u64>,
    until: BlockNumber,
}

#[derive(Debug)]
struct Entry {
    id: u64,
    topics: Vec<Topic>,
    /// The final block that has it; `None`: on its way.
    block: Option<BlockNumber>,
}

/// Words that the chain refused, by what they began with.
#[derive(Debug)]
struct Refused {
    topic: Topic,
    call: &'static str,
    error: String,
    block: BlockNumber,
    fee: Option<Balance>,
    times: u32,
}

/// Whether something is to be said.
#[derive(Debug)]
pub(crate) enum Begin {
    /// It is on its way.
    OnItsWay,
    /// It can't be sent before something else of the account is in a block.
    Waits,
    /// It is in a final block that the caller doesn't know.
    Known,
    /// The chain refused it not long ago.
    Refused(Error),
    /// It is to be sent, under this number.
    Go {
        id: u64,
        /// The nonce under which some of it was signed before.
        nonce: Option<u64>,
    },
}

impl Table {
    /// Looks whether something is to be said by somebody who knows the state of a final block, and takes it down as on
    /// its way if so.
    ///
    /// What was signed before and may still be taken is signed again under its own nonce alone: of the two one at most
    /// is executed.
    pub(crate) fn begin(&mut self, topics: &[Topic], seen: &ChainView) -> Begin {
        let read_at = seen.block;
        self.newest = self.newest.max(read_at);
        self.nonce = self.nonce.max(seen.nonce);
        let (newest, nonce) = (self.newest, self.nonce);
        self.held
            .retain(|it| !over(it.until, it.nonce, newest, nonce));
        // What the caller has seen decides nothing any more: it was said, and is asked for again.
        self.entries
            .retain(|it| it.block.is_none_or(|block| block > read_at));
        let flies = |topic| {
            let mut about = self.entries.iter().filter(|it| it.about(topic));
            about.any(|it| it.block.is_none())
        };
        if topics.iter().any(flies) {
            return Begin::OnItsWay;
        }
        let known = |topic| self.entries.iter().any(|it| it.about(topic));
        if !topics.is_empty() && topics.iter().all(known) {
            return Begin::Known;
        }
        let first = topics.first();
        let held = self.refused.iter().find(|it| Some(&it.topic) == first);
        if let Some(held) = held {
            let pause = 1 << held.times.min(MOST_DOUBLINGS);
            if read_at < held.block.saturating_add(pause) {
                return Begin::Refused(held.error());
            }
        }
        let about = |it: &&Reservation| topics.iter().any(|topic| it.topics.contains(topic));
        let mut nonces = self.held.iter().filter(about).map(|it| it.nonce);
        let nonce = nonces.next();
        // Under two nonces, or one that isn't known, it would be said twice.
        if nonce == Some(None) || nonces.any(|other| Some(other) != nonce) {
            return Begin::OnItsWay;
        }
        let nonce = nonce.flatten();
        // Where nobody had the money for either, several have one nonce. The one that is on its way now has it: another one
        // would push it out of the pool, when whoever said it takes it for said.
        if nonce.is_some_and(|nonce| self.nonces.contains(&nonce)) {
            return Begin::Waits;
        }
        self.next_id += 1;
        self.entries.push(Entry {
            id: self.next_id,
            topics: topics.to_vec(),
            block: None,
        });
        Begin::Go {
            id: self.next_id,
            nonce,
        }
    }

    /// What was signed for something, and may be taken until it is proven that it can't: that an endpoint refused it, or
    /// says that it is in a block, or in none, tells nothing.
    pub(crate) fn hold(&mut self, id: u64, signed: &[Signed]) {
        let Some(entry) = self.entries.iter().find(|it| it.id == id) else {
            return;
        };
        for signed in signed {
            let same =
                |it: &&mut Reservation| it.topics == entry.topics && it.nonce == signed.nonce;
            match self.held.iter_mut().find(same) {
                Some(held) => held.until = held.until.max(signed.until),
                None => self.held.push(Reservation {
                    topics: entry.topics.clone(),
                    nonce: signed.nonce,
                    until: signed.until,
                }),
            }
        }
    }

    /// Whether it is proven that something can't be taken any more: it was, or never will be.
    pub(crate) fn is_over(&self, signed: &Signed) -> bool {
        over(signed.until, signed.nonce, self.newest, self.nonce)
    }

    /// The newest final block that a caller knew, and the lowest nonce that the signer can use.
    pub(crate) fn seen(&self) -> (BlockNumber, u64) {
        (self.newest, self.nonce.unwrap_or_default())
    }

    /// How many of these, from the front, are on their way or in a final block that the caller doesn't know.
    pub(crate) fn covered(&self, topics: &[Topic], read_at: BlockNumber) -> usize {
        let fresh = |it: &&Entry| it.block.is_none_or(|block| block > read_at);
        let said = |topic: &&Topic| self.entries.iter().filter(fresh).any(|it| it.about(topic));
        topics.iter().take_while(said).count()
    }

    /// It is in a final block, and did what it should.
    pub(crate) fn done(&mut self, id: u64, block: BlockNumber) {
        let block = self.believed(block);
        for entry in self.entries.iter_mut().filter(|it| it.id == id) {
            entry.block = Some(block);
            let first = entry.topics.first();
            self.refused.retain(|it| Some(&it.topic) != first);
        }
        let settled = |it: &Entry| it.block.is_some();
        if self.entries.iter().filter(|it| settled(it)).count() > REMEMBERED {
            if let Some(oldest) = self.entries.iter().position(settled) {
                self.entries.remove(oldest);
            }
        }
    }

    /// The number of a final block, as an endpoint says that proves nothing: one that lies is soon found out.
    fn believed(&self, block: BlockNumber) -> BlockNumber {
        block.min(self.newest.saturating_add(MOST_AHEAD))
    }

    /// It isn't on its way any more. What the chain refused is remembered.
    pub(crate) fn failed(&mut self, id: u64, error: &Error) {
        let Some(at) = self.entries.iter().position(|it| it.id == id) else {
            return;
        };
        let latest = self.believed(BlockNumber::MAX);
        let entry = self.entries.remove(at);
        let (
            Error::Refused {
                call,
                error,
                block,
                fee,
            },
            Some(topic),
        ) = (error, entry.topics.first())
        else {
            return;
        };
        let before = self.refused.iter().position(|it| it.topic == *topic);
        let before = before.map(|at| self.refused.remove(at));
        if self.refused.len() >= REMEMBERED {
            self.refused.remove(0);
        }
        self.refused.push(Refused {
            topic: topic.clone(),
            call,
            error: error.clone(),
            block: latest.min(*block),
            fee: *fee,
            times: before.map_or(0, |it| it.times.saturating_add(1)),
        });
    }

    /// What is on its way.
    pub(crate) fn on_its_way(&self) -> Vec<Topic> {
        let flying = self.entries.iter().filter(|it| it.block.is_none());
        flying.flat_map(|it| it.topics.clone()).collect()
    }

    /// The first nonce that the chain waits for and nothing on its way has.
    pub(crate) fn claim(&mut self, next: u64) -> u64 {
        let mut nonce = next;
        while self.nonces.contains(&nonce) {
            nonce = nonce.saturating_add(1);
        }
        self.nonces.insert(nonce);
        nonce
    }

    /// A nonce that is used again for the same.
    pub(crate) fn reclaim(&mut self, nonce: u64) {
        self.nonces.insert(nonce);
    }

    /// A nonce may be used for something else.
    pub(crate) fn release(&mut self, nonce: u64) {
        self.nonces.remove(&nonce);
    }
}

/// Whether what may be taken until a block, under a nonce, can't be in a state any more that wasn't in this one.
fn over(until: BlockNumber, nonce: Option<u64>, newest: BlockNumber, next: Option<u64>) -> bool {
    until < newest || nonce.zip(next).is_some_and(|(ours, next)| ours < next)
}

impl Entry {
    fn about(&self, topic: &Topic) -> bool {
        self.topics.contains(topic)
    }
}

impl Refused {
    fn error(&self) -> Error {
        Error::Refused {
            call: self.call,
            error: self.error.clone(),
            block: self.block,
            fee: self.fee,
        }
    }
}

#[cfg(test)]
mod tests;
