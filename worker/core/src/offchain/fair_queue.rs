//! Whose turn it is: requests of all contracts on one pool, with a share for each.
//!
//! A request may take as long as it is allowed to without getting anywhere: its nameserver or its
//! server says nothing. A contract that makes many of those must not keep others from theirs, so it
//! has no more of them under way at a time than its share; the rest of its own waits for them, and
//! others go ahead.

use pink_capi::types::AccountId;
use pink_engine_host::{Pool, PoolError};
use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

type Job = Box<dyn FnOnce() + Send>;

/// Gives contracts their turns on a pool.
#[derive(Clone)]
pub(super) struct FairQueue(Arc<Shared>);

struct Shared {
    pool: Pool,
    /// Jobs of one contract that the pool has at a time.
    share: usize,
    /// Jobs of one contract that wait for them.
    waiting: usize,
    contracts: Mutex<BTreeMap<AccountId, Contract>>,
}

#[derive(Default)]
struct Contract {
    with_pool: usize,
    waiting: VecDeque<Job>,
}

/// A job that the pool has. When it is gone, done or not, the contract's next one follows.
struct Ticket {
    shared: Arc<Shared>,
    contract: AccountId,
}

impl FairQueue {
    /// Turns on a pool: of one contract it has at most `share` jobs at a time, at least one, and at
    /// most `waiting` wait.
    pub(super) fn new(pool: Pool, share: usize, waiting: usize) -> Self {
        Self(Arc::new(Shared {
            pool,
            share: share.max(1),
            waiting,
            contracts: Mutex::default(),
        }))
    }

    /// Has something done for a contract, when it is its turn.
    ///
    /// # Errors
    /// [`PoolError`]: it won't be done.
    pub(super) fn submit(
        &self,
        contract: AccountId,
        job: impl FnOnce() + Send + 'static,
    ) -> Result<(), PoolError> {
        let shared = &self.0;
        {
            let mut contracts = shared.locked();
            let own = contracts.entry(contract).or_default();
            if own.with_pool >= shared.share {
                if own.waiting.len() >= shared.waiting {
                    let waiting = own.waiting.len();
                    return Err(PoolError::Overloaded { waiting });
                }
                own.waiting.push_back(Box::new(job));
                return Ok(());
            }
            own.with_pool = own.with_pool.saturating_add(1);
        }
        shared.clone().give(contract, Box::new(job))
    }
}

impl Shared {
    fn locked(&self) -> MutexGuard<'_, BTreeMap<AccountId, Contract>> {
        self.contracts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the pool a job that is counted as the pool's already.
    fn give(self: Arc<Self>, contract: AccountId, job: Job) -> Result<(), PoolError> {
        let ticket = Ticket {
            shared: self.clone(),
            contract,
        };
        self.pool.submit(move || {
            let _ticket = ticket;
            job();
        })
    }

    /// The contract's next job, counted as the pool's.
    fn next(&self, contract: &AccountId) -> Option<Job> {
        let mut contracts = self.locked();
        let own = contracts.get_mut(contract)?;
        if let Some(job) = own.waiting.pop_front() {
            return Some(job);
        }
        own.with_pool = own.with_pool.saturating_sub(1);
        if own.with_pool == 0 {
            contracts.remove(contract);
        }
        None
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(job) = self.shared.next(&self.contract) {
            // One that the pool refuses is dropped, and its own turn with it, which comes back here.
            if let Err(error) = self.shared.clone().give(self.contract, job) {
                tracing::debug!(%error, "a contract's request isn't made");
            }
        }
    }
}

impl fmt::Debug for FairQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turns")
            .field("pool", &self.0.pool)
            .field("contracts", &self.0.locked().len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{mpsc, Barrier};

    const ONE: AccountId = [1; 32];
    const OTHER: AccountId = [2; 32];

    /// One contract holds its share for as long as it likes; another's goes ahead meanwhile, and in
    /// the end everything is done, in each contract's order.
    #[test]
    fn a_contract_that_waits_holds_nobody_up() {
        let queue = FairQueue::new(Pool::new("test", 3, 8, 1 << 20), 2, 4);
        let held = Arc::new(Barrier::new(3));
        let (send, receive) = mpsc::channel();
        let submit = |contract, text: &'static str, held: Option<Arc<Barrier>>| {
            let send = send.clone();
            queue.submit(contract, move || {
                if let Some(held) = held {
                    held.wait();
                    held.wait();
                }
                send.send(text).unwrap();
            })
        };
        for text in ["first", "second"] {
            submit(ONE, text, Some(held.clone())).unwrap();
        }
        held.wait();
        for text in ["third", "fourth", "fifth", "sixth"] {
            submit(ONE, text, None).unwrap();
        }
        assert!(matches!(
            submit(ONE, "seventh", None),
            Err(PoolError::Overloaded { waiting: 4 })
        ));
        // There is a thread left, and nobody of the first contract's gets it.
        for _ in 0..5 {
            submit(OTHER, "other", None).unwrap();
            assert_eq!(receive.recv(), Ok("other"));
        }
        held.wait();
        let mut all: Vec<_> = (0..6).map(|_| receive.recv().unwrap()).collect();
        all.sort_unstable();
        let expected = ["fifth", "first", "fourth", "second", "sixth", "third"];
        assert_eq!(all, expected);
        // A panic is a turn's end too.
        for _ in 0..10 {
            let (done, wait) = mpsc::channel();
            queue.submit(ONE, || panic!("as asked")).unwrap();
            queue.submit(ONE, move || done.send(()).unwrap()).unwrap();
            wait.recv().unwrap();
        }
    }
}
