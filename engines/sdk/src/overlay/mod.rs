use crate::{Changes, Fault, Host, Pairs, Value};
use parity_scale_codec::{DecodeAll, Encode};
use pink_capi::range;
use std::{collections::BTreeMap, fmt, ops::Bound};

/// The state as one call sees it: the host's, with the call's own writes on top.
///
/// Transactions nest: [`begin`](Self::begin), then [`commit`](Self::commit) into the one around
/// it or [`rollback`](Self::rollback). Each value is read from the host at most once. When the
/// host fails, the overlay keeps the first fault and reads as empty from then on; the caller
/// looks at [`fault`](Self::fault) at the end and throws the result away. Rules therefore need no
/// error path for a failing disk, and no contract can see one.
pub struct Overlay<'h> {
    host: &'h dyn Host,
    /// Where the slot of each key is: a key is kept once, and looked for once.
    index: BTreeMap<Box<[u8]>, usize>,
    slots: Vec<Entry<'h>>,
    /// What the first write of each open transaction to a slot replaced, oldest first: a slot that
    /// is written again and again takes no more memory.
    journal: Vec<(usize, Entry<'h>)>,
    /// The open transactions.
    marks: Vec<OpenTransaction>,
    /// Transactions that were ever opened.
    opened: u64,
    fault: Option<Fault>,
}

#[derive(Clone, Debug)]
struct Entry<'h> {
    value: Option<Value<'h>>,
    written: bool,
    /// The innermost transaction whose part of the journal has what was here before it, 0 for
    /// none. It may have ended.
    saved_in: u64,
}

/// An open transaction.
#[derive(Clone, Copy, Debug)]
struct OpenTransaction {
    /// From 1 on, and never given again.
    number: u64,
    /// Length of the journal at its beginning.
    journal: usize,
}

impl<'h> Overlay<'h> {
    /// An overlay without writes.
    pub fn new(host: &'h dyn Host) -> Self {
        Self {
            host,
            index: BTreeMap::new(),
            // More than a plain call touches.
            slots: Vec::with_capacity(16),
            journal: Vec::with_capacity(16),
            marks: Vec::with_capacity(8),
            opened: 0,
            fault: None,
        }
    }

    /// The host, for what isn't state.
    pub fn host(&self) -> &'h dyn Host {
        self.host
    }

    /// The first fault of the host, if it had one.
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// Records a fault; only the first counts.
    pub fn set_fault(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    /// The value under a key.
    pub fn get(&mut self, key: &[u8]) -> Option<&[u8]> {
        self.slot(key).value.as_deref()
    }

    /// Whether there is a value under a key.
    pub fn contains(&mut self, key: &[u8]) -> bool {
        self.slot(key).value.is_some()
    }

    /// The value under a key, decoded. A value that doesn't decode wholly is a fault.
    pub fn get_as<T: DecodeAll>(&mut self, key: &[u8]) -> Option<T> {
        let mut bytes = self.get(key)?;
        match T::decode_all(&mut bytes) {
            Ok(value) => Some(value),
            Err(error) => {
                self.set_fault(Fault::BrokenState {
                    key: key.into(),
                    reason: error.to_string(),
                });
                None
            }
        }
    }

    /// Writes a value.
    pub fn put(&mut self, key: &[u8], value: Vec<u8>) {
        self.replace(key, Some(Value::Owned(value)));
    }

    /// Writes a value's encoding.
    pub fn put_as(&mut self, key: &[u8], value: &impl Encode) {
        self.put(key, value.encode());
    }

    /// Removes a value.
    pub fn remove(&mut self, key: &[u8]) {
        self.replace(key, None);
    }

    /// Opens a transaction.
    pub fn begin(&mut self) {
        // Nobody opens as many as would overflow.
        self.opened = self.opened.wrapping_add(1);
        self.marks.push(OpenTransaction {
            number: self.opened,
            journal: self.journal.len(),
        });
    }

    /// Closes the innermost transaction and keeps its writes.
    pub fn commit(&mut self) {
        let closed = self.marks.pop();
        debug_assert!(closed.is_some(), "commit without begin");
        let Some(around) = self.marks.last() else {
            // Nothing can be rolled back any more.
            self.journal.clear();
            return;
        };
        // The one around takes over what it hasn't saved itself.
        let begin = closed.map_or(self.journal.len(), |closed| closed.journal);
        let mut end = begin;
        for entry in begin..self.journal.len() {
            let Some((at, saved)) = self.journal.get(entry) else {
                break;
            };
            let known = saved.saved_in == around.number;
            if let Some(slot) = self.slots.get_mut(*at) {
                slot.saved_in = around.number;
            }
            if !known {
                self.journal.swap(end, entry);
                end = end.saturating_add(1);
            }
        }
        self.journal.truncate(end);
    }

    /// Closes the innermost transaction and undoes its writes.
    pub fn rollback(&mut self) {
        let closed = self.marks.pop();
        debug_assert!(closed.is_some(), "rollback without begin");
        let from = closed.map_or(0, |closed| closed.journal);
        for (at, saved) in self.journal.drain(from..).rev() {
            if let Some(slot) = self.slots.get_mut(at) {
                *slot = saved;
            }
        }
    }

    /// How many transactions are open.
    pub fn depth(&self) -> usize {
        self.marks.len()
    }

    /// The first `limit` pairs with `start <= key < end` in ascending order, own writes included.
    pub fn range(&mut self, start: &[u8], end: Option<&[u8]>, limit: u32) -> Pairs {
        if end.is_some_and(|end| end <= start) {
            return Pairs::new();
        }
        let upper = end.map_or(Bound::Unbounded, Bound::Excluded);
        let own = self
            .index
            .range::<[u8], _>((Bound::Included(start), upper))
            .filter_map(|(key, at)| Some((&**key, self.slots.get(*at)?)))
            .filter(|(_, slot)| slot.written)
            .map(|(key, slot)| (key, slot.value.as_deref()));
        match range::merge(start, limit, |from| self.host.range(from, end, limit), own) {
            Ok(found) => found,
            Err(fault) => {
                self.fault.get_or_insert(fault);
                Pairs::new()
            }
        }
    }

    /// Ends the overlay: the change set, in ascending order of keys. A key whose written value is
    /// what the host has may be among them.
    ///
    /// # Errors
    /// The host's first fault.
    pub fn into_changes(self) -> Result<Changes, Fault> {
        debug_assert!(self.marks.is_empty(), "a transaction is still open");
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let mut slots = self.slots;
        let mut changes = Changes::with_capacity(slots.len());
        for (key, at) in self.index {
            if let Some(slot) = slots.get_mut(at).filter(|slot| slot.written) {
                changes.push((key.into_vec(), slot.value.take().map(Value::into_vec)));
            }
        }
        Ok(changes)
    }

    fn slot(&mut self, key: &[u8]) -> &Entry<'h> {
        let at = match self.index.get(key) {
            Some(at) => *at,
            None => {
                let value = self.read(key);
                self.insert(
                    key,
                    Entry {
                        value,
                        written: false,
                        saved_in: 0,
                    },
                )
            }
        };
        // The index knows no other places than those that there are.
        const ABSENT: &Entry<'static> = &Entry {
            value: None,
            written: false,
            saved_in: 0,
        };
        self.slots.get(at).unwrap_or(ABSENT)
    }

    fn insert(&mut self, key: &[u8], slot: Entry<'h>) -> usize {
        let at = self.slots.len();
        self.slots.push(slot);
        self.index.insert(key.into(), at);
        at
    }

    fn read(&mut self, key: &[u8]) -> Option<Value<'h>> {
        if self.fault.is_some() {
            return None;
        }
        match self.host.get(key) {
            Ok(value) => value,
            Err(fault) => {
                self.fault = Some(fault);
                None
            }
        }
    }

    fn replace(&mut self, key: &[u8], value: Option<Value<'h>>) {
        let open = self.marks.last().map_or(0, |mark| mark.number);
        let new = Entry {
            value,
            written: true,
            saved_in: open,
        };
        let (at, old) = match self.index.get(key).copied() {
            Some(at) => match self.slots.get_mut(at) {
                Some(slot) => (at, std::mem::replace(slot, new)),
                // The index knows no other places than those that there are.
                None => return,
            },
            None => {
                // What was there is needed only if it may have to come back.
                let old = if self.marks.is_empty() {
                    None
                } else {
                    self.read(key)
                };
                let old = Entry {
                    value: old,
                    written: false,
                    saved_in: 0,
                };
                (self.insert(key, new), old)
            }
        };
        if !self.marks.is_empty() && old.saved_in != open {
            self.journal.push((at, old));
        }
    }
}

impl fmt::Debug for Overlay<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overlay")
            .field("slots", &self.slots.len())
            .field("depth", &self.marks.len())
            .field("fault", &self.fault)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
