//! The one who makes blocks, has the worker execute those that are final, and says for it what it has to say.
//!
//! * `blocks`: making them, and what follows from one; `set_up`: the first ones;
//! * `snapshots`: going back; `troubles`: parked, diverged and behind, on demand.

mod blocks;
mod set_up;
mod snapshots;
mod troubles;

pub(crate) use set_up::{faucet, pair, Engines, OWNER, WORKER};

use crate::{
    disk::Disk,
    error::ServeError,
    order::{Mining, NotDone, Order, What},
    servers::Servers,
    shared::Shared,
    source::LocalSource,
};
use fat_contracts_primitives::{BlockNumber, ClusterId};
use pink_devchain::CLUSTER;
use pink_worker_core::{exec::Parked, query::Queries, source::Follower, Worker};
use pink_worker_rpc::StatusBoard;
use runtime_mock::runtime::FatContracts;
use serde_json::{json, Value};
use snapshots::Snapshot;
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        mpsc::{Receiver, RecvTimeoutError},
        Arc,
    },
    time::{Duration, Instant},
};
use troubles::Troubles;

/// The cluster that is served.
pub(crate) const SERVED: ClusterId = CLUSTER;

/// How often there is another block while something isn't final or confirmed yet and nobody makes blocks.
const FOLLOW_UP: Duration = Duration::from_millis(500);

/// How long nothing happens at most before it is looked again.
const IDLE: Duration = Duration::from_secs(3_600);

/// The most blocks of one `dev_mine`.
pub(crate) const MOST_BLOCKS: u32 = 10_000;

/// Which blocks are final and confirmed, and when blocks are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pace {
    pub(crate) mining: Mining,
    pub(crate) finality_delay: BlockNumber,
    pub(crate) confirmation_delay: BlockNumber,
}

/// A chain and its worker.
pub(crate) struct Node {
    pub(crate) shared: Arc<Shared>,
    pub(crate) disk: Disk,
    pub(crate) worker: Worker,
    pub(crate) queries: Queries,
    pub(crate) worker_path: PathBuf,
    pub(crate) follower: Follower,
    pub(crate) source: LocalSource,
    pub(crate) standing: StatusBoard,
    pub(crate) pace: Pace,
    pub(crate) parked: Option<Parked>,
    pub(crate) engines: Engines,
    /// The last block with something of somebody's in it.
    pub(crate) touched: BlockNumber,
    /// The time of the newest block.
    pub(crate) last_ms: u64,
    pub(crate) snapshots: BTreeMap<u64, Snapshot>,
    pub(crate) next_snapshot: u64,
    pub(crate) troubles: Troubles,
    pub(crate) servers: Option<Servers>,
    /// When a block is due that nobody asks for.
    pub(crate) due: Option<Instant>,
}

/// What became of an order: what is said to whoever gave it; what ends the program stands outside.
pub(crate) type RequestResult = Result<Result<Value, NotDone>, ServeError>;

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node")
            .field("pace", &self.pace)
            .finish_non_exhaustive()
    }
}

impl Node {
    /// Does what it is told until it is told to end.
    ///
    /// # Errors
    /// What can't be gone on after.
    pub(crate) fn run(&mut self, orders: &Receiver<Order>) -> Result<(), ServeError> {
        self.schedule();
        loop {
            let wait = self
                .due
                .map_or(IDLE, |due| due.saturating_duration_since(Instant::now()));
            match orders.recv_timeout(wait) {
                Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
                Ok(Order::Pooled) => {
                    if self.pace.mining == Mining::Instant {
                        self.take_all()?;
                    }
                }
                Ok(Order::Do(what, reply)) => {
                    let goes_back = matches!(what, What::Revert(_));
                    let done = self.perform(what)?;
                    if goes_back && done.is_ok() {
                        self.restart_servers()?;
                    }
                    // Who asked may be gone.
                    let _ = reply.send(done);
                }
                Err(RecvTimeoutError::Timeout) => self.tick()?,
            }
            self.schedule();
            self.disk.rest()?;
        }
    }

    /// A block that nobody asked for.
    fn tick(&mut self) -> Result<(), ServeError> {
        if self.due.take().is_some() {
            self.block(None, usize::MAX, true)?;
            if self.pace.mining == Mining::Instant {
                self.take_all()?;
            }
        }
        Ok(())
    }

    /// When the next of them is due.
    fn schedule(&mut self) {
        let every = match self.pace.mining {
            Mining::Manual => None,
            Mining::Interval(ms) => Some(Duration::from_millis(ms)),
            Mining::Instant => {
                let open = self.shared.chain().finalized() < self.touched || self.source.holds_back;
                open.then_some(FOLLOW_UP)
            }
        };
        match (every, self.due) {
            (None, _) => self.due = None,
            (Some(every), None) => self.due = Instant::now().checked_add(every),
            (Some(_), Some(_)) => {}
        }
    }

    fn perform(&mut self, what: What) -> RequestResult {
        match what {
            What::Mine { blocks, step_ms } => self.mine(blocks, step_ms),
            What::SetMining(mining) => {
                self.pace.mining = mining;
                self.due = None;
                if mining == Mining::Instant {
                    self.take_all()?;
                }
                Ok(Ok(mining_json(mining)))
            }
            What::SetDelays {
                finality,
                confirmation,
            } => {
                self.pace.finality_delay = finality.unwrap_or(self.pace.finality_delay);
                let confirmation = confirmation.unwrap_or(self.pace.confirmation_delay);
                self.pace.confirmation_delay = confirmation;
                self.source.confirmation_delay = confirmation;
                self.settle()?;
                Ok(Ok(json!({
                    "finalityDelay": self.pace.finality_delay, "confirmationDelay": confirmation,
                })))
            }
            What::IncreaseTime(ms) => {
                self.shared.clock.increase(ms);
                self.disk.keep_clock(self.shared.clock.is_ahead())?;
                Ok(Ok(json!(self.shared.clock.now_ms())))
            }
            What::Snapshot => self.snapshot(),
            What::Revert(id) => self.revert(id),
            What::Park(reason) => self.park(reason.as_deref()),
            What::Diverge => self.diverge(),
            What::Behind(blocks) => self.fall_behind(blocks),
            What::Heal => self.heal(),
            What::Status => self.status(),
            What::Fund { who, amount } => self.fund(who, amount),
        }
    }

    fn mine(&mut self, blocks: u32, step_ms: Option<u64>) -> RequestResult {
        if blocks > MOST_BLOCKS {
            return Ok(Err(NotDone(format!(
                "{blocks} blocks are more than {MOST_BLOCKS}, the most at once"
            ))));
        }
        for _ in 0..blocks {
            self.block(step_ms, usize::MAX, true)?;
        }
        let chain = self.shared.chain();
        let best = chain.best();
        Ok(Ok(
            json!({ "number": best.number, "hash": best.hash, "finalized": chain.finalized() }),
        ))
    }

    fn status(&mut self) -> RequestResult {
        let executed = self.worker.head()?.map(|(number, _, _)| number);
        let chain = self.shared.chain();
        let cluster = chain
            .query(|| FatContracts::cluster(SERVED))
            .map_err(ServeError::Chain)?;
        let (best, finalized) = (chain.best().number, chain.finalized());
        drop(chain);
        Ok(Ok(json!({
            "best": best,
            "finalized": finalized,
            "nowMs": self.shared.clock.now_ms(),
            "aheadMs": self.shared.clock.is_ahead(),
            "mining": mining_json(self.pace.mining),
            "finalityDelay": self.pace.finality_delay,
            "confirmationDelay": self.pace.confirmation_delay,
            "pool": self.shared.pool().waiting().len(),
            "engine": cluster.as_ref().map(|it| it.engine.to_string()),
            "diverged": cluster.as_ref().and_then(|it| it.diverged),
            "executed": executed,
            "hidden": self.source.hidden,
            "parked": self.parked.as_ref().map(ToString::to_string),
            "snapshots": self.snapshots.keys().collect::<Vec<_>>(),
        })))
    }
}

pub(crate) fn mining_json(mining: Mining) -> Value {
    match mining {
        Mining::Instant => json!("instant"),
        Mining::Manual => json!("manual"),
        Mining::Interval(ms) => json!(ms),
    }
}
