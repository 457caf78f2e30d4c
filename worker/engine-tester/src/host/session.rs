use super::{
    buffers::HostBuffer,
    settings::{Breach, Rule, Settings},
};
use pink_capi::v2::{
    ffi::{self, Status, MAX_ITERATORS},
    Kind,
};
use std::{
    collections::BTreeMap,
    fmt,
    ops::Bound,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc, Mutex, MutexGuard, PoisonError,
    },
    thread::{self, ThreadId},
};

/// A cluster's state.
pub(crate) type State = BTreeMap<Vec<u8>, Vec<u8>>;

/// Key and value that are lent.
pub(crate) type LentPair = (&'static [u8], &'static [u8]);

/// What an engine stages: no value removes the key.
pub(crate) type Changes = Vec<(Vec<u8>, Option<Vec<u8>>)>;

/// What lent memory is filled with when the loan is over.
const GIVEN_BACK: u8 = 0xDD;

/// The environment of one call. It is never freed, so that an engine that calls late is noticed
/// and not a crash.
pub(crate) struct Session {
    pub(crate) settings: Settings,
    pub(super) state: Arc<State>,
    thread: ThreadId,
    running: AtomicBool,
    threads_before: usize,
    pub(super) inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
pub(super) struct Inner {
    calls: u64,
    polls: u64,
    /// Ids of the ocalls that were made through the first ABI, or through `call`.
    ocalls: Vec<u32>,
    breaches: Vec<Breach>,
    leases: Vec<Lease>,
    iterators: Vec<Option<Cursor>>,
    commits: u32,
    staged: Option<Changes>,
    pub(super) buffers: Vec<&'static HostBuffer>,
}

#[derive(Debug)]
struct Lease {
    query_deposit: &'static mut [u8],
    original: Vec<u8>,
}

#[derive(Debug)]
struct Cursor {
    next: Bound<Vec<u8>>,
    end: Option<Vec<u8>>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl Session {
    /// A session over a state, for a call on this thread.
    pub(crate) fn begin(state: Arc<State>, settings: Settings) -> &'static Self {
        Box::leak(Box::new(Self {
            settings,
            state,
            thread: thread::current().id(),
            running: AtomicBool::new(true),
            threads_before: threads(),
            inner: Mutex::default(),
        }))
    }

    /// Ends the call: what was lent is given back.
    pub(crate) fn end(&self) {
        self.running.store(false, Ordering::SeqCst);
        self.inner().give_back(0);
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn breach(&self, rule: Rule, text: impl Into<String>) {
        let text = text.into();
        self.inner().breaches.push(Breach { rule, text });
    }

    pub(crate) fn breaches(&self) -> Vec<Breach> {
        self.inner().breaches.clone()
    }

    /// How often the engine called, `log` and `poll` included.
    pub(crate) fn calls(&self) -> u64 {
        self.inner().calls
    }

    /// How often the engine asked whether it should end.
    pub(crate) fn polls(&self) -> u64 {
        self.inner().polls
    }

    pub(super) fn note_ocall(&self, id: u32) {
        self.inner().ocalls.push(id);
    }

    /// Ids of the ocalls that the engine made by id.
    pub(crate) fn ocalls(&self) -> Vec<u32> {
        self.inner().ocalls.clone()
    }

    /// What was staged, once.
    pub(crate) fn staged(&self) -> Option<Changes> {
        self.inner().staged.clone()
    }

    /// Every call of the host begins here.
    pub(super) fn enter(&self, what: &str) -> Result<(), Status> {
        if !self.running.load(Ordering::SeqCst) {
            self.breach(
                Rule::Thread,
                format!("{what} was called after the call returned"),
            );
            return Err(ffi::E_ARGUMENT);
        }
        if thread::current().id() != self.thread {
            self.breach(Rule::Thread, format!("{what} was called on another thread"));
        }
        let number = {
            let mut inner = self.inner();
            inner.calls = inner.calls.saturating_add(1);
            inner.calls
        };
        let (before, now) = (self.threads_before, threads());
        // A check that runs calls on several threads has them running before the first begins.
        if now > before {
            let text = format!("{now} threads in the midst of a call, {before} before it");
            self.breach(Rule::NoThreads, text);
        }
        if let (1, Some(during)) = (number, &self.settings.during) {
            during();
        }
        match self.settings.fail_at {
            Some((at, status)) if at == number => Err(status),
            _ => Ok(()),
        }
    }

    /// Lends a copy of these bytes.
    pub(super) fn lend(&self, bytes: &[u8]) -> &'static [u8] {
        let original = if self.settings.garbage {
            vec![0xF7; bytes.len().saturating_add(3)]
        } else {
            bytes.to_vec()
        };
        let query_deposit: &'static mut [u8] = Box::leak(original.clone().into_boxed_slice());
        let start = query_deposit.as_ptr();
        let len = query_deposit.len();
        self.inner().leases.push(Lease {
            query_deposit,
            original,
        });
        // SAFETY: the memory is never freed. It is written to only when the loan is over, after
        // which the engine must not look at it any more, and nobody else ever does.
        unsafe { std::slice::from_raw_parts(start, len) }
    }

    pub(super) fn mark(&self) -> u64 {
        self.inner().leases.len() as u64
    }

    pub(super) fn rewind(&self, mark: u64) -> Result<(), Status> {
        let mark = usize::try_from(mark).map_err(|_| ffi::E_ARGUMENT)?;
        if mark > self.inner().leases.len() {
            self.breach(Rule::Arguments, "rewound to a mark that was never given");
            return Err(ffi::E_ARGUMENT);
        }
        self.inner().give_back(mark);
        Ok(())
    }

    pub(super) fn read(&self, key: &[u8]) -> Option<&'static [u8]> {
        self.state.get(key).map(|value| self.lend(value))
    }

    pub(super) fn open(&self, start: &[u8], end: Option<&[u8]>) -> Result<u64, Status> {
        let opened = Cursor {
            next: Bound::Included(start.to_vec()),
            end: end.map(<[u8]>::to_vec),
        };
        let mut inner = self.inner();
        if inner.iterators.iter().flatten().count() >= MAX_ITERATORS {
            let text = format!("more than {MAX_ITERATORS} iterators are open");
            inner.breaches.push(Breach {
                rule: Rule::Iterators,
                text,
            });
            return Err(ffi::E_ARGUMENT);
        }
        inner.iterators.push(Some(opened));
        // Numbers are never given twice, so that one that was closed is recognised.
        Ok(inner.iterators.len() as u64)
    }

    pub(super) fn next(&self, iter: u64, cap: u32) -> Result<Vec<LentPair>, Status> {
        let (next, end) = {
            let mut inner = self.inner();
            match inner.iterator(iter) {
                Some(Some(found)) => (found.next.clone(), found.end.clone()),
                _ => {
                    drop(inner);
                    self.breach(Rule::Iterators, "read from an iterator that isn't open");
                    return Err(ffi::E_ARGUMENT);
                }
            }
        };
        let page = self.page(next, end.as_deref(), cap);
        if let (Some((last, _)), Some(Some(found))) = (page.last(), self.inner().iterator(iter)) {
            found.next = Bound::Excluded((*last).clone());
        }
        Ok(page
            .into_iter()
            .map(|(key, value)| (self.lend_key(key), self.lend(value)))
            .collect())
    }

    pub(super) fn close(&self, iter: u64) -> Result<(), Status> {
        let closed = self.inner().iterator(iter).and_then(Option::take);
        match closed {
            Some(_) => Ok(()),
            None => {
                self.breach(Rule::Iterators, "closed an iterator that isn't open");
                Err(ffi::E_ARGUMENT)
            }
        }
    }

    /// The pairs from `next` on, before `end`.
    pub(super) fn page(
        &self,
        next: Bound<Vec<u8>>,
        end: Option<&[u8]>,
        cap: u32,
    ) -> Vec<(&Vec<u8>, &Vec<u8>)> {
        self.state
            .range((next, Bound::Unbounded))
            .take_while(|(key, _)| end.is_none_or(|end| key.as_slice() < end))
            .take(cap as usize)
            .collect()
    }

    /// Keys are never garbage: an engine may rely on their order.
    fn lend_key(&self, key: &[u8]) -> &'static [u8] {
        let original = key.to_vec();
        let query_deposit: &'static mut [u8] = Box::leak(original.clone().into_boxed_slice());
        let (start, len) = (query_deposit.as_ptr(), query_deposit.len());
        self.inner().leases.push(Lease {
            query_deposit,
            original,
        });
        // SAFETY: as in `lend`.
        unsafe { std::slice::from_raw_parts(start, len) }
    }

    pub(super) fn commit(&self, changes: Changes) -> Result<(), Status> {
        if let Some(pair) = changes.windows(2).find(|pair| pair[0].0 >= pair[1].0) {
            let text = format!("{:02x?} stands before {:02x?}", pair[0].0, pair[1].0);
            self.breach(Rule::CommitForm, text);
        }
        if !self.settings.kind.changes_state() {
            let text = format!("a commit in {:?}", self.settings.kind);
            self.breach(Rule::CommitAllowed, text);
            return Err(ffi::E_CONFLICT);
        }
        let mut inner = self.inner();
        inner.commits = inner.commits.saturating_add(1);
        if inner.commits > 1 {
            let text = format!("{} commits in one call", inner.commits);
            inner.breaches.push(Breach {
                rule: Rule::CommitOnce,
                text,
            });
            return Err(ffi::E_CONFLICT);
        }
        inner.staged = Some(changes);
        Ok(())
    }

    pub(super) fn log(&self, level: u32, contract: Option<&[u8]>, text: &[u8]) {
        if !(1..=5).contains(&level) {
            self.breach(Rule::Arguments, format!("a line of level {level}"));
        }
        if contract.is_some_and(|contract| contract.len() != 32) {
            self.breach(Rule::Arguments, "a line of a contract that isn't 32 bytes");
        }
        if std::str::from_utf8(text).is_err() {
            self.breach(Rule::Arguments, "a line that isn't UTF-8");
        }
    }

    pub(super) fn poll(&self) -> Status {
        let mut inner = self.inner();
        inner.polls = inner.polls.saturating_add(1);
        let asked = matches!(self.settings.kind, Kind::Query | Kind::Estimate);
        if self.settings.cancelled && asked {
            ffi::E_CANCELLED
        } else {
            ffi::OK
        }
    }

    /// Bytes that the host lent to this call and that weren't released exactly once.
    pub(crate) fn unreleased_buffers(&self) -> Vec<u32> {
        let inner = self.inner();
        inner
            .buffers
            .iter()
            .map(|buffer| buffer.releases())
            .filter(|n| *n != 1)
            .collect()
    }

    /// How many owned buffers the host gave.
    pub(crate) fn buffers(&self) -> usize {
        self.inner().buffers.len()
    }
}

impl Inner {
    fn iterator(&mut self, iter: u64) -> Option<&mut Option<Cursor>> {
        let index = usize::try_from(iter).ok()?.checked_sub(1)?;
        self.iterators.get_mut(index)
    }

    /// Ends the loans from this one on.
    fn give_back(&mut self, from: usize) {
        for lease in self.leases.drain(from..) {
            if *lease.query_deposit != *lease.original {
                self.breaches.push(Breach {
                    rule: Rule::LentBytes,
                    text: format!("{} lent bytes were written to", lease.original.len()),
                });
            }
            lease.query_deposit.fill(GIVEN_BACK);
        }
    }
}

/// Threads of this process.
pub(crate) fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}
