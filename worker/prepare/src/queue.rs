//! What is to be compiled, and in which order.

use fat_contracts_primitives::CodeHash;
use std::collections::{BTreeMap, VecDeque};

/// How code stands with an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PermanentError {
    /// It is to be compiled.
    Waiting,
    /// Somebody is at it.
    Taken,
    /// Nothing is to be done, or can be: it is installed, only ever interpreted, failed, or had no room.
    Done,
}

/// Each code once. What somebody paid for comes first, in the order in which they did; then what was run most often.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    known: BTreeMap<CodeHash, PermanentError>,
    paid: VecDeque<CodeHash>,
    wanted: BTreeMap<CodeHash, u64>,
}

impl Queue {
    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.paid.len().saturating_add(self.wanted.len())
    }

    /// A message paid for it.
    pub(crate) fn paid(&mut self, code: CodeHash) {
        match self.known.get(&code) {
            None => {}
            // It waits in the other line.
            Some(PermanentError::Waiting) if self.wanted.remove(&code).is_some() => {}
            Some(_) => return,
        }
        self.known.insert(code, PermanentError::Waiting);
        self.paid.push_back(code);
    }

    /// It was interpreted so often.
    pub(crate) fn wanted(&mut self, code: CodeHash, runs: u64) {
        match self.known.get(&code) {
            None => {
                self.known.insert(code, PermanentError::Waiting);
            }
            Some(PermanentError::Waiting) if self.wanted.contains_key(&code) => {}
            Some(_) => return,
        }
        let sum = self.wanted.entry(code).or_default();
        *sum = sum.saturating_add(runs);
    }

    /// The next one; whoever takes it says what became of it.
    pub(crate) fn take(&mut self) -> Option<CodeHash> {
        let code = self.paid.pop_front().or_else(|| {
            let most = self.wanted.iter();
            let most = most.max_by_key(|(code, runs)| (**runs, std::cmp::Reverse(**code)));
            let code = *most?.0;
            self.wanted.remove(&code);
            Some(code)
        })?;
        self.known.insert(code, PermanentError::Taken);
        Some(code)
    }

    /// Nothing more is to be done about it.
    pub(crate) fn done(&mut self, code: CodeHash) {
        self.wanted.remove(&code);
        self.paid.retain(|it| *it != code);
        self.known.insert(code, PermanentError::Done);
    }

    /// It is as if it had never been heard of.
    pub(crate) fn forget(&mut self, code: &CodeHash) {
        self.known.remove(code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(byte: u8) -> CodeHash {
        CodeHash::repeat_byte(byte)
    }

    fn all(queue: &mut Queue) -> Vec<CodeHash> {
        std::iter::from_fn(|| queue.take()).collect()
    }

    #[test]
    fn who_paid_comes_first_and_then_what_runs_most() {
        let mut queue = Queue::default();
        for (byte, runs) in [(1, 5), (2, 9), (3, 9), (4, 1)] {
            queue.wanted(code(byte), runs);
        }
        queue.wanted(code(4), 5);
        queue.paid(code(9));
        queue.paid(code(8));
        queue.paid(code(9));
        // It was paid for meanwhile, and is in no line twice.
        queue.paid(code(1));
        assert_eq!(queue.len(), 6);
        assert_eq!(
            all(&mut queue),
            [9, 8, 1, 2, 3, 4].map(code),
            "2 and 3 were run nine times, 4 six times"
        );
        assert_eq!(queue.len(), 0);
    }

    #[test]
    fn nothing_is_done_twice() {
        let mut queue = Queue::default();
        queue.paid(code(1));
        assert_eq!(queue.take(), Some(code(1)));
        // While somebody is at it, and after.
        queue.paid(code(1));
        queue.wanted(code(1), 7);
        assert_eq!(queue.take(), None);
        queue.done(code(1));
        queue.paid(code(1));
        queue.wanted(code(1), 7);
        assert_eq!(queue.take(), None);
        // It was taken back with its block, and comes again.
        queue.forget(&code(1));
        queue.paid(code(1));
        assert_eq!(queue.take(), Some(code(1)));
        // What is done by another way waits no more.
        queue.wanted(code(2), 1);
        queue.done(code(2));
        assert_eq!(queue.len(), 0);
    }
}
