//! What is done now and then beside following.

use crate::{chain::Chain, clock::Clock, event::Event, hooks::Hooks};
use fat_contracts_primitives::{BlockNumber, ClusterId, EngineRecord, EngineVersion, Hash};
use parity_scale_codec::Encode;
use pink_rpc_source::stored::Confirmation;
use pink_worker_core::{source::SourceError, store::Pruning, PendingEngine, Worker, WorkerError};
use std::time::Duration;

/// How often the chain is asked for what isn't needed to follow it.
const ASK_EACH: Duration = Duration::from_secs(60);

/// How often it is looked whether the engine of an announced upgrade is here, if there are no blocks.
const LOOK_EACH: Duration = Duration::from_secs(10);

/// How many blocks are forgotten in one transaction at most.
const PRUNED_AT_ONCE: u32 = 2_000;

/// Looks at what the loop is asked about by its operator, and forgets what isn't to be kept.
#[derive(Debug)]
pub(crate) struct Watch {
    cluster: ClusterId,
    pruning: Pruning,
    speaks: bool,
    asked: Option<Duration>,
    looked: Option<(Option<BlockNumber>, Duration)>,
    confirmed: Option<BlockNumber>,
    /// The version that it is about to run, and what the chain said of it last: where nobody answers, that goes on.
    upcoming: Option<(EngineVersion, EngineRecord)>,
}

impl Watch {
    pub(crate) fn new(cluster: ClusterId, pruning: Pruning, speaks: bool) -> Self {
        Self {
            cluster,
            pruning,
            speaks,
            asked: None,
            looked: None,
            confirmed: None,
            upcoming: None,
        }
    }

    /// The engine files may be others, and so may be what is to stay.
    pub(crate) fn reloaded(&mut self, pruning: Option<Pruning>) {
        self.looked = None;
        self.pruning = pruning.unwrap_or(self.pruning);
    }

    /// The loop has done a step with success.
    ///
    /// # Errors
    /// The worker's store failed.
    pub(crate) fn stepped(
        &mut self,
        worker: &mut Worker,
        chain: &dyn Chain,
        clock: &dyn Clock,
        hooks: &mut dyn Hooks,
    ) -> Result<(), WorkerError> {
        let head = worker.head()?.map(|(number, _, _)| number);
        hooks.tell(Event::Heights {
            newest: chain.known().map_or(0, |known| known.number),
            executed: head,
            genesis: chain.genesis(),
        });
        let now = clock.now();
        let due = self
            .looked
            .is_none_or(|(block, at)| block != head || now.saturating_sub(at) >= LOOK_EACH);
        if due {
            self.looked = Some((head, now));
            self.upgrade(worker, chain, hooks)?;
        }
        let asked = self.asked;
        if asked.is_none_or(|last| now.saturating_sub(last) >= ASK_EACH) {
            self.asked = Some(now);
            self.balance(chain, hooks);
            self.confirmed(worker, chain, hooks)?;
        }
        self.prune(worker, hooks)
    }

    /// Which version the cluster is about to be upgraded to, by the chain's record: a block in which nothing happened to the
    /// cluster doesn't say.
    fn upgrade(
        &mut self,
        worker: &Worker,
        chain: &dyn Chain,
        hooks: &mut dyn Hooks,
    ) -> Result<(), WorkerError> {
        let current = worker.head()?.and_then(|(_, _, record)| record.engine);
        let mut newer = || -> Result<Option<PendingEngine>, SourceError> {
            let newest = chain.newest_version(self.cluster)?;
            let newer = newest.filter(|newest| current.is_some_and(|current| *newest > current));
            let Some(version) = newer else {
                return Ok(None);
            };
            self.upcoming.take_if(|it| it.0 != version);
            match chain.engine_record(version) {
                Ok(record) => self.upcoming = record.map(|record| (version, record)),
                Err(error) if self.upcoming.is_none() => return Err(error),
                Err(_) => {}
            }
            let known = self.upcoming.as_ref();
            Ok(known.map(|(version, record)| worker.look_for(*version, record)))
        };
        match newer() {
            Ok(pending) => hooks.tell(Event::Upgrade(pending.as_ref())),
            Err(error) => hooks.tell(Event::Unanswered {
                what: "what it is about to run",
                error: &error,
            }),
        }
        Ok(())
    }

    fn balance(&self, chain: &dyn Chain, hooks: &mut dyn Hooks) {
        if !self.speaks {
            return;
        }
        match chain.fee_balance() {
            Ok(balance) => hooks.tell(Event::Balance(balance)),
            Err(error) => hooks.tell(Event::Unanswered {
                what: "what the account has",
                error: &error,
            }),
        }
    }

    /// What the chain confirmed last, and whether it is what the worker has.
    fn confirmed(
        &mut self,
        worker: &Worker,
        chain: &dyn Chain,
        hooks: &mut dyn Hooks,
    ) -> Result<(), WorkerError> {
        let (block, confirmation) = match chain.newest_confirmation(self.cluster) {
            Ok(Some(newest)) => newest,
            Ok(None) => return Ok(()),
            Err(error) => {
                hooks.tell(Event::Unanswered {
                    what: "what is confirmed",
                    error: &error,
                });
                return Ok(());
            }
        };
        self.confirmed = Some(block);
        let own = worker.kept_checkpoint(block)?;
        let same = own.map(|own| match confirmation {
            Confirmation::Tuple(hash) => {
                hash == Hash::from(sp_crypto_hashing::blake2_256(&own.encode()))
            }
            Confirmation::Root { root, .. } => root.is_none_or(|root| root == own.root),
        });
        hooks.tell(Event::Confirmed { block, same });
        Ok(())
    }

    /// Forgets what the operator doesn't keep, some of it at a time.
    fn prune(&self, worker: &mut Worker, hooks: &mut dyn Hooks) -> Result<(), WorkerError> {
        let asked = self.pruning.keep_blocks.or(self.pruning.keep_receipts);
        let (Some(_), Some(confirmed)) = (asked, self.confirmed) else {
            return Ok(());
        };
        let gone = worker.prune(self.pruning, confirmed, PRUNED_AT_ONCE)?;
        hooks.tell(Event::Pruned(gone));
        Ok(())
    }
}
