//! A chain that answers wrongly, late or not at all, once.

use crate::clock::FakeClock;
use fat_contracts_primitives::{
    AccountId, BlockNumber, ClusterBlock, ClusterId, CodeHash, EngineRecord, EngineVersion, Hash,
};
use pink_daemon::Chain;
use pink_rpc_source::{
    stored::{Confirmation, WorkerRecord},
    ChainView, Described, Trusted,
};
use pink_worker_core::source::{
    ChainConstants, ChainSource, Cursor, Duties, Finalized, KeyState, ParkReport, PermanentError,
    SendError, SourceError, TransientError,
};
use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How long an answer is waited for: as over JSON-RPC.
const CALL: Duration = Duration::from_secs(20);

/// What goes wrong at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SourceFault {
    /// Nobody is there.
    Fails,
    /// Nobody answers, until who asks gives up.
    Stalls,
    /// The answer comes late.
    Late,
    /// The state is gone in which it was to be read.
    Gone,
    /// What came isn't proven.
    Lies,
    /// A block comes twice.
    Twice,
    /// The first block that comes was executed already.
    Again,
    /// Fewer blocks come than there are.
    Shorter,
    /// What is said is refused.
    Refused,
    /// There is a newer block while a code is asked for: it is read in its state.
    Moves,
}

impl SourceFault {
    pub(crate) const ALL: [Self; 10] = [
        Self::Fails,
        Self::Stalls,
        Self::Late,
        Self::Gone,
        Self::Lies,
        Self::Twice,
        Self::Again,
        Self::Shorter,
        Self::Refused,
        Self::Moves,
    ];

    /// Whether it can happen to blocks, to other answers, to what is said.
    fn meets(self, kind: Kind) -> bool {
        match self {
            Self::Fails | Self::Stalls | Self::Late => true,
            Self::Gone | Self::Lies => kind != Kind::Said,
            Self::Twice | Self::Again | Self::Shorter => kind == Kind::Blocks,
            Self::Refused => kind == Kind::Said,
            Self::Moves => kind == Kind::Code,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Blocks,
    Answer,
    /// An answer while blocks are executed.
    Code,
    Said,
}

/// What goes wrong, and whether it did. All clones are one.
#[derive(Clone, Debug)]
pub(crate) struct Faults {
    clock: FakeClock,
    inner: Arc<Mutex<Inner>>,
    mover: Mover,
}

type Move = Box<dyn FnMut() + Send>;

/// Has the chain go on.
#[derive(Clone, Default)]
struct Mover(Arc<Mutex<Option<Move>>>);

impl fmt::Debug for Mover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mover").finish_non_exhaustive()
    }
}

#[derive(Debug, Default)]
struct Inner {
    fault: Option<(u64, SourceFault)>,
    struck: bool,
    /// These calls are refused.
    refuses: &'static [&'static str],
    /// The block that was given last.
    last: Option<ClusterBlock>,
}

impl Faults {
    pub(crate) fn new(clock: FakeClock) -> Self {
        Self {
            clock,
            inner: Arc::default(),
            mover: Mover::default(),
        }
    }

    /// By this the chain goes on.
    pub(crate) fn set_mover(&self, mover: impl FnMut() + Send + 'static) {
        let mut set = self.mover.0.lock().expect("no panic");
        *set = Some(Box::new(mover));
    }

    /// Something goes wrong after this many more calls that it can meet; once.
    pub(crate) fn fail_after(&self, calls: u64, fault: SourceFault) {
        let mut inner = self.inner();
        inner.fault = Some((calls, fault));
    }

    /// These calls are refused from now on, and no others.
    pub(crate) fn refuse(&self, calls: &'static [&'static str]) {
        self.inner().refuses = calls;
    }

    /// Nothing goes wrong any more.
    pub(crate) fn mend(&self) {
        self.inner().fault = None;
    }

    /// Whether it did.
    pub(crate) fn struck(&self) -> bool {
        self.inner().struck
    }

    /// The same, since this was last asked.
    pub(crate) fn take_struck(&self) -> bool {
        std::mem::take(&mut self.inner().struck)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What goes wrong at this call.
    fn now(&self, kind: Kind) -> Option<SourceFault> {
        let mut inner = self.inner();
        let (left, fault) = inner.fault.as_mut()?;
        let fault = *fault;
        if !fault.meets(kind) {
            return None;
        }
        match left.checked_sub(1) {
            Some(less) => {
                *left = less;
                None
            }
            None => {
                inner.fault = None;
                inner.struck = true;
                Some(fault)
            }
        }
    }

    /// The answer to a call.
    fn answer<T>(
        &self,
        what: &'static str,
        ask: impl FnOnce() -> Result<T, SourceError>,
    ) -> Result<T, SourceError> {
        let fault = self.now(Kind::Answer);
        self.broken(what, fault)?;
        ask()
    }

    fn broken(&self, what: &'static str, fault: Option<SourceFault>) -> Result<(), SourceError> {
        let endpoint = "a faulty node".to_string();
        match fault {
            Some(SourceFault::Fails) => Err(unreachable(what, "nobody is there").into()),
            Some(SourceFault::Stalls) => {
                self.clock.advance(CALL);
                Err(unreachable(what, "no answer came in time").into())
            }
            Some(SourceFault::Late) => {
                self.clock.advance(CALL / 2);
                Ok(())
            }
            Some(SourceFault::Moves) => {
                if let Some(mover) = &mut *self.mover.0.lock().expect("no panic") {
                    mover();
                }
                Ok(())
            }
            Some(SourceFault::Gone) => Err(TransientError::StateGone { endpoint, block: 1 }.into()),
            Some(SourceFault::Lies) => {
                let reason = "a node is missing".into();
                let what = "read proof";
                Err(PermanentError::Unproven {
                    endpoint,
                    what,
                    reason,
                }
                .into())
            }
            _ => Ok(()),
        }
    }

    /// What becomes of something that is said.
    pub(crate) fn say(
        &self,
        call: &'static str,
        say: impl FnOnce() -> Result<(), SendError>,
    ) -> Result<(), SendError> {
        if self.inner().refuses.contains(&call) {
            let reason = "the account can't pay".into();
            return Err(SendError::Refused { call, reason });
        }
        let fault = self.now(Kind::Said);
        if fault == Some(SourceFault::Refused) {
            let reason = "the pool is full".into();
            return Err(SendError::Refused { call, reason });
        }
        self.broken(call, fault)?;
        say()
    }
}

fn unreachable(what: &'static str, reason: &str) -> TransientError {
    TransientError::Unreachable {
        endpoint: "a faulty node".into(),
        what,
        reason: reason.into(),
    }
}

/// A chain with faults.
#[derive(Debug)]
pub(crate) struct Faulty<C> {
    chain: C,
    faults: Faults,
}

impl<C: Chain> Faulty<C> {
    pub(crate) fn new(chain: C, faults: Faults) -> Self {
        Self { chain, faults }
    }
}

impl<C: Chain> Chain for Faulty<C> {
    fn genesis(&self) -> Option<Hash> {
        self.chain.genesis()
    }

    fn known(&self) -> Option<Trusted> {
        self.chain.known()
    }

    fn described(&self) -> Option<Described> {
        self.chain.described()
    }

    fn worker_record(&self, worker: &AccountId) -> Result<Option<WorkerRecord>, SourceError> {
        let ask = || self.chain.worker_record(worker);
        self.faults.answer("a worker", ask)
    }

    fn engine_record(&self, version: EngineVersion) -> Result<Option<EngineRecord>, SourceError> {
        let ask = || self.chain.engine_record(version);
        self.faults.answer("an engine", ask)
    }

    fn newest_version(&self, cluster: ClusterId) -> Result<Option<EngineVersion>, SourceError> {
        let ask = || self.chain.newest_version(cluster);
        self.faults.answer("a cluster's record", ask)
    }

    fn seen(&self) -> Result<ChainView, SourceError> {
        self.faults.answer("what it is", || self.chain.seen())
    }

    fn doubt_runtime(&self) {
        self.chain.doubt_runtime();
    }

    fn has_cluster(&self, cluster: ClusterId) -> Result<bool, SourceError> {
        let ask = || self.chain.has_cluster(cluster);
        self.faults.answer("a cluster", ask)
    }

    fn fee_balance(&self) -> Result<Option<u128>, SourceError> {
        self.faults.answer("a balance", || self.chain.fee_balance())
    }

    fn known_fee_balance(&self) -> Option<u128> {
        self.chain.known_fee_balance()
    }

    fn newest_confirmation(
        &self,
        cluster: ClusterId,
    ) -> Result<Option<(BlockNumber, Confirmation)>, SourceError> {
        let ask = || self.chain.newest_confirmation(cluster);
        self.faults.answer("a confirmation", ask)
    }
}

impl<C: Chain> ChainSource for Faulty<C> {
    fn account(&self) -> &AccountId {
        self.chain.account()
    }

    fn constants(&self) -> Result<ChainConstants, SourceError> {
        self.faults.answer("constants", || self.chain.constants())
    }

    fn finalized(&self) -> Result<Finalized, SourceError> {
        self.faults.answer("a block", || self.chain.finalized())
    }

    fn blocks_after(
        &self,
        cluster: ClusterId,
        cursor: &Cursor,
        limit: usize,
    ) -> Result<Vec<ClusterBlock>, SourceError> {
        let fault = self.faults.now(Kind::Blocks);
        self.faults.broken("blocks", fault)?;
        let mut blocks = self.chain.blocks_after(cluster, cursor, limit)?;
        match fault {
            Some(SourceFault::Twice) => blocks.extend(blocks.last().cloned()),
            Some(SourceFault::Again) => {
                let last = self.faults.inner().last.clone();
                blocks.splice(0..0, last);
            }
            Some(SourceFault::Shorter) => {
                blocks.pop();
            }
            _ => {}
        }
        if let Some(last) = blocks.last() {
            self.faults.inner().last = Some(last.clone());
        }
        Ok(blocks)
    }

    fn amended(&self, block: ClusterBlock) -> Result<ClusterBlock, SourceError> {
        let ask = || self.chain.amended(block);
        self.faults.answer("amendments", ask)
    }

    fn system_code(&self, hash: &CodeHash) -> Result<Option<Vec<u8>>, SourceError> {
        let fault = self.faults.now(Kind::Code);
        self.faults.broken("a code", fault)?;
        self.chain.system_code(hash)
    }

    fn interpreted(&self) -> Result<Vec<EngineVersion>, SourceError> {
        self.chain.interpreted()
    }

    fn duties(
        &self,
        cluster: ClusterId,
        worker: &AccountId,
        limit: u32,
    ) -> Result<Duties, SourceError> {
        let ask = || self.chain.duties(cluster, worker, limit);
        self.faults.answer("duties", ask)
    }

    fn confirmed(&self, cluster: ClusterId) -> Result<Option<BlockNumber>, SourceError> {
        let ask = || self.chain.confirmed(cluster);
        self.faults.answer("a confirmation", ask)
    }

    fn knows_report(&self, cluster: ClusterId, report: &ParkReport) -> Result<bool, SourceError> {
        let ask = || self.chain.knows_report(cluster, report);
        self.faults.answer("reports", ask)
    }

    fn cluster_keys(
        &self,
        cluster: ClusterId,
        worker: &AccountId,
    ) -> Result<KeyState, SourceError> {
        let ask = || self.chain.cluster_keys(cluster, worker);
        self.faults.answer("keys", ask)
    }
}
