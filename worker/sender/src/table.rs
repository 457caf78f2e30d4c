//! What is on its way, and what became of what was.

use crate::{error::Error, runtime::Signed, seen::Seen, topic::Topic};
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
    held: Vec<Held>,
}

/// Something that may still be taken, whatever an endpoint says of it.
#[derive(Debug)]
struct Held {
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
    pub(crate) fn begin(&mut self, topics: &[Topic], seen: &Seen) -> Begin {
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
        let about = |it: &&Held| topics.iter().any(|topic| it.topics.contains(topic));
        let mut nonces = self.held.iter().filter(about).map(|it| it.nonce);
        let nonce = nonces.next();
        // Under two nonces, or one that isn't known, it would be said twice.
        if nonce == Some(None) || nonces.any(|other| Some(other) != nonce) {
            return Begin::OnItsWay;
        }
        self.next_id += 1;
        self.entries.push(Entry {
            id: self.next_id,
            topics: topics.to_vec(),
            block: None,
        });
        Begin::Go {
            id: self.next_id,
            nonce: nonce.flatten(),
        }
    }

    /// What was signed for something, and may be taken until it is proven that it can't: that an endpoint refused it, or
    /// says that it is in a block, or in none, tells nothing.
    pub(crate) fn hold(&mut self, id: u64, signed: &[Signed]) {
        let Some(entry) = self.entries.iter().find(|it| it.id == id) else {
            return;
        };
        for signed in signed {
            let same = |it: &&mut Held| it.topics == entry.topics && it.nonce == signed.nonce;
            match self.held.iter_mut().find(same) {
                Some(held) => held.until = held.until.max(signed.until),
                None => self.held.push(Held {
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
mod tests {
    use super::*;
    use fat_contracts_primitives::Hash;

    fn topic(n: u8) -> Topic {
        Topic::Other(Hash::repeat_byte(n))
    }

    fn go(begin: Begin) -> u64 {
        match begin {
            Begin::Go { id, .. } => id,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_topic_is_said_once_until_the_caller_has_seen_it() {
        let mut table = Table::default();
        let topics = [topic(1), topic(2)];
        let id = go(table.begin(&topics, &(10).into()));
        assert!(matches!(
            table.begin(&topics, &(10).into()),
            Begin::OnItsWay
        ));
        assert!(matches!(
            table.begin(&topics[1..], &(10).into()),
            Begin::OnItsWay
        ));
        assert_eq!(table.covered(&[topic(1), topic(2), topic(3)], 10), 2);
        assert_eq!(table.covered(&[topic(3), topic(1)], 10), 0);
        table.done(id, 15);
        assert!(table.on_its_way().is_empty());
        assert!(matches!(table.begin(&topics, &(14).into()), Begin::Known));
        assert_eq!(table.covered(&topics, 14), 2);
        assert_eq!(table.covered(&topics, 15), 0);
        // The caller knows block 15, and still it is to be said.
        go(table.begin(&topics, &(15).into()));
        assert_eq!(table.on_its_way(), topics);
    }

    #[test]
    fn what_is_refused_is_held_back_for_longer_each_time() {
        let mut table = Table::default();
        let refused = |block: u32| Error::Refused {
            call: "acknowledge",
            error: "FatContracts::NotMember".into(),
            block,
            fee: Some(1),
        };
        let mut block = 100;
        // 2^0, 2^1, …, and never more than 2^6.
        for pause in [1, 2, 4, 8, 16, 32, 64, 64] {
            let id = go(table.begin(&[topic(1)], &(block).into()));
            table.failed(id, &refused(block));
            let last = block + pause - 1;
            assert!(
                matches!(table.begin(&[topic(1)], &(last).into()), Begin::Refused(_)),
                "{pause}"
            );
            // Others aren't.
            let other = go(table.begin(&[topic(2)], &(last).into()));
            table.done(other, last);
            block += pause;
        }
        let id = go(table.begin(&[topic(1)], &(block).into()));
        table.done(id, block + 1);
        let id = go(table.begin(&[topic(1)], &(block + 1).into()));
        table.failed(id, &refused(block + 2));
        go(table.begin(&[topic(1)], &(block + 3).into()));
    }

    #[test]
    fn what_failed_on_its_way_can_be_said_at_once() {
        let mut table = Table::default();
        let id = go(table.begin(&[topic(1)], &(1).into()));
        let dropped = Error::Dropped {
            call: "acknowledge",
            attempts: 8,
        };
        table.failed(id, &dropped);
        go(table.begin(&[topic(1)], &(1).into()));
    }

    #[test]
    fn nonces_are_used_once_and_gaps_are_filled() {
        let mut table = Table::default();
        assert_eq!((table.claim(5), table.claim(5), table.claim(5)), (5, 6, 7));
        table.release(6);
        assert_eq!(table.claim(5), 6);
        assert_eq!(table.claim(8), 8);
    }

    /// Which block has something is told by an endpoint that proves nothing. One of a far future would silence
    /// the caller for as long.
    #[test]
    fn a_block_of_the_far_future_silences_nobody() {
        let mut table = Table::default();
        let id = go(table.begin(&[topic(1)], &(100).into()));
        table.done(id, BlockNumber::MAX);
        assert!(matches!(
            table.begin(&[topic(1)], &(101).into()),
            Begin::Known
        ));
        go(table.begin(&[topic(1)], &(100 + MOST_AHEAD).into()));
        let id = go(table.begin(&[topic(2)], &(100 + MOST_AHEAD).into()));
        let refused = Error::Refused {
            call: "acknowledge",
            error: "FatContracts::NotMember".into(),
            block: BlockNumber::MAX,
            fee: None,
        };
        table.failed(id, &refused);
        go(table.begin(&[topic(2)], &(101 + 2 * MOST_AHEAD).into()));
    }

    fn signed(nonce: u64, until: BlockNumber) -> Signed {
        Signed {
            hash: Hash::zero(),
            bytes: [][..].into(),
            nonce: Some(nonce),
            until,
        }
    }

    fn nonce_of(begin: Begin) -> Option<u64> {
        match begin {
            Begin::Go { nonce, .. } => nonce,
            other => panic!("{other:?}"),
        }
    }

    /// Whoever hides that something was taken, or keeps what it refused, would have it said twice.
    #[test]
    fn what_was_signed_is_signed_again_under_its_own_nonce_until_it_is_over() {
        let dropped = Error::Dropped {
            call: "acknowledge",
            attempts: 1,
        };
        let seen = |block, nonce| Seen {
            block,
            nonce,
            ..Seen::default()
        };
        // Held until block 163, or until nonce 7 is used up, by proof.
        for (then, free) in [
            (seen(163, None), false),
            (seen(164, None), true),
            (seen(101, Some(7)), false),
            (seen(101, Some(8)), true),
        ] {
            let mut table = Table::default();
            let id = go(table.begin(&[topic(1), topic(2)], &100.into()));
            table.hold(id, &[signed(7, 150), signed(7, 163)]);
            table.failed(id, &dropped);
            // Any part of it.
            let nonce = nonce_of(table.begin(&[topic(2), topic(3)], &then));
            assert_eq!(nonce, (!free).then_some(7), "{then:?}");
        }
        let mut table = Table::default();
        for (n, nonce) in [(1, 7), (2, 8)] {
            let id = go(table.begin(&[topic(n)], &100.into()));
            table.hold(id, &[signed(nonce, 163)]);
            table.failed(id, &dropped);
        }
        let both = [topic(1), topic(2)];
        assert!(matches!(table.begin(&both, &100.into()), Begin::OnItsWay));
        assert_eq!(nonce_of(table.begin(&both, &seen(100, Some(8)))), Some(8));
    }

    /// One that is on its way isn't said with others.
    #[test]
    fn nothing_is_said_with_what_is_on_its_way() {
        let mut table = Table::default();
        go(table.begin(&[topic(2)], &10.into()));
        let begin = table.begin(&[topic(1), topic(2)], &10.into());
        assert!(matches!(begin, Begin::OnItsWay));
    }
}
