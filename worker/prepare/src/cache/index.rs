//! Which files there are, and which was used least recently.

use super::Name;
use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

#[derive(Debug)]
pub(super) struct Index {
    files: BTreeMap<Name, Entry>,
    /// By when they were used, each time another.
    order: BTreeMap<u64, Name>,
    next: u64,
    bytes: u64,
    /// The last time that was written down.
    last: SystemTime,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    bytes: u64,
    used: u64,
}

impl Index {
    /// Files with when each was used, in any order.
    pub(super) fn of(mut found: Vec<(SystemTime, Name, u64)>) -> Self {
        found.sort();
        let mut index = Self {
            files: BTreeMap::new(),
            order: BTreeMap::new(),
            next: 0,
            bytes: 0,
            last: SystemTime::UNIX_EPOCH,
        };
        for (_, name, bytes) in found {
            index.insert(name, bytes);
        }
        index
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// When it was used, among the others: more is later.
    pub(super) fn used(&self, name: &Name) -> Option<u64> {
        self.files.get(name).map(|it| it.used)
    }

    pub(super) fn oldest(&self) -> Option<Name> {
        self.order.values().next().copied()
    }

    /// It is there, and was used just now: the time to write down.
    pub(super) fn insert(&mut self, name: Name, bytes: u64) -> SystemTime {
        self.remove(&name);
        let used = self.next;
        self.next = self.next.saturating_add(1);
        self.files.insert(name, Entry { bytes, used });
        self.order.insert(used, name);
        self.bytes = self.bytes.saturating_add(bytes);
        self.stamp()
    }

    pub(super) fn touch(&mut self, name: &Name) -> Option<SystemTime> {
        let bytes = self.files.get(name)?.bytes;
        Some(self.insert(*name, bytes))
    }

    pub(super) fn remove(&mut self, name: &Name) {
        if let Some(gone) = self.files.remove(name) {
            self.order.remove(&gone.used);
            self.bytes = self.bytes.saturating_sub(gone.bytes);
        }
    }

    /// Later than every time before, whatever the system's clock does.
    fn stamp(&mut self) -> SystemTime {
        let least = self.last.checked_add(Duration::from_micros(1));
        let now = SystemTime::now().max(least.unwrap_or(self.last));
        self.last = now;
        now
    }
}
