use super::{Record, SystemMessage};
use serde::Deserialize;
use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How much is kept for those who are slow.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// Records.
    pub max_records: usize,
    /// Bytes of them, encoded.
    pub max_bytes: usize,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            max_records: 65_536,
            max_bytes: 8 << 20,
        }
    }
}

/// The newest records. Cheap to clone; all clones are one stream.
#[derive(Clone, Debug)]
pub struct LogStream(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    config: LogConfig,
    kept: Mutex<Backlog>,
    more: Condvar,
}

#[derive(Debug, Default)]
struct Backlog {
    records: VecDeque<(Arc<Record>, usize)>,
    bytes: usize,
    /// The number of the next record.
    next: u64,
    /// How many were dropped so far.
    dropped: u64,
    closed: bool,
}

/// What a subscriber gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The next record.
    Record(Arc<Record>),
    /// This number of records was dropped before it came to them.
    Lost(u64),
}

impl Default for LogStream {
    fn default() -> Self {
        Self::new(LogConfig::default())
    }
}

impl LogStream {
    /// An empty stream. Its records are numbered from 0.
    pub fn new(config: LogConfig) -> Self {
        Self(Arc::new(Shared {
            config,
            kept: Mutex::default(),
            more: Condvar::new(),
        }))
    }

    /// Adds a record, and drops the oldest if there are too many. Never waits for a subscriber.
    pub fn push(&self, message: SystemMessage) {
        let mut kept = self.locked();
        let record = Record {
            sequence: kept.next,
            message,
        };
        let bytes = record.to_bytes().len();
        kept.next = kept.next.saturating_add(1);
        kept.bytes = kept.bytes.saturating_add(bytes);
        kept.records.push_back((Arc::new(record), bytes));
        while kept.records.len() > self.0.config.max_records || kept.bytes > self.0.config.max_bytes
        {
            let Some((_, bytes)) = kept.records.pop_front() else {
                break;
            };
            kept.bytes = kept.bytes.saturating_sub(bytes);
            kept.dropped = kept.dropped.saturating_add(1);
        }
        drop(kept);
        self.0.more.notify_all();
    }

    /// How many records were dropped so far, read or not.
    pub fn dropped(&self) -> u64 {
        self.locked().dropped
    }

    /// The number that the next record will have.
    pub fn next_sequence(&self) -> u64 {
        self.locked().next
    }

    /// Somebody who reads every record from now on.
    pub fn subscribe(&self) -> Subscriber {
        let next = self.locked().next;
        self.subscribe_from(next)
    }

    /// Somebody who reads every record from this number on; those that are gone count as lost.
    pub fn subscribe_from(&self, sequence: u64) -> Subscriber {
        Subscriber {
            stream: self.clone(),
            next: sequence,
        }
    }

    /// Ends the stream: subscribers read what is there, and then its end.
    pub fn close(&self) {
        self.locked().closed = true;
        self.0.more.notify_all();
    }

    fn locked(&self) -> MutexGuard<'_, Backlog> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reader of a stream, with a place of its own in it.
#[derive(Debug)]
pub struct Subscriber {
    stream: LogStream,
    next: u64,
}

impl Subscriber {
    /// What is next, if it is there already.
    pub fn try_next(&mut self) -> Option<Delivery> {
        let stream = self.stream.clone();
        let kept = stream.locked();
        self.take(&kept)
    }

    /// What is next; none if it didn't come within `timeout`, or if the stream ended.
    pub fn next_within(&mut self, timeout: Duration) -> Option<Delivery> {
        let begun = Instant::now();
        let stream = self.stream.clone();
        let mut kept = stream.locked();
        loop {
            if let Some(delivery) = self.take(&kept) {
                return Some(delivery);
            }
            let left = timeout.saturating_sub(begun.elapsed());
            if kept.closed || left.is_zero() {
                return None;
            }
            let woken = stream.0.more.wait_timeout(kept, left);
            kept = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Whether the stream ended and everything was read.
    pub fn at_end(&self) -> bool {
        let kept = self.stream.locked();
        kept.closed && self.next >= kept.next
    }

    fn take(&mut self, kept: &Backlog) -> Option<Delivery> {
        let oldest = kept
            .records
            .front()
            .map_or(kept.next, |(record, _)| record.sequence);
        if self.next < oldest {
            let lost = oldest.saturating_sub(self.next);
            self.next = oldest;
            return Some(Delivery::Lost(lost));
        }
        let at = usize::try_from(self.next.saturating_sub(oldest)).ok()?;
        let (record, _) = kept.records.get(at)?;
        self.next = self.next.saturating_add(1);
        Some(Delivery::Record(record.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(weight: u32) -> SystemMessage {
        SystemMessage::WeightSet {
            block_number: 0,
            contract: [0; 32],
            weight,
        }
    }

    fn number(delivery: Option<Delivery>) -> Option<u64> {
        match delivery? {
            Delivery::Record(record) => Some(record.sequence),
            Delivery::Lost(_) => None,
        }
    }

    #[test]
    fn the_slow_lose_the_oldest_and_are_told() {
        let stream = LogStream::new(LogConfig {
            max_records: 3,
            ..LogConfig::default()
        });
        let mut slow = stream.subscribe();
        for weight in 0..5 {
            stream.push(message(weight));
        }
        assert_eq!(stream.dropped(), 2);
        assert_eq!(slow.try_next(), Some(Delivery::Lost(2)));
        for sequence in 2..5 {
            assert_eq!(number(slow.try_next()), Some(sequence));
        }
        assert_eq!(slow.try_next(), None);
        let mut late = stream.subscribe();
        assert_eq!(late.try_next(), None);
        stream.push(message(5));
        assert_eq!(number(late.try_next()), Some(5));
        assert_eq!(number(slow.try_next()), Some(5));
        assert_eq!(stream.subscribe_from(0).try_next(), Some(Delivery::Lost(3)));
        assert_eq!(number(stream.subscribe_from(4).try_next()), Some(4));
    }

    #[test]
    fn bytes_are_bounded_too() {
        let one = Record {
            sequence: 0,
            message: message(0),
        };
        let one = one.to_bytes().len();
        let stream = LogStream::new(LogConfig {
            max_bytes: 2 * one + one / 2,
            ..LogConfig::default()
        });
        for weight in 0..10 {
            stream.push(message(weight));
        }
        assert_eq!(stream.dropped(), 8);
        assert_eq!(stream.locked().bytes, 2 * one);
    }

    #[test]
    fn the_end_comes_after_what_is_there() {
        let stream = LogStream::default();
        let mut reader = stream.subscribe();
        stream.push(message(0));
        stream.close();
        assert!(!reader.at_end());
        assert_eq!(number(reader.next_within(Duration::MAX)), Some(0));
        assert_eq!(reader.next_within(Duration::MAX), None);
        assert!(reader.at_end());
    }
}
