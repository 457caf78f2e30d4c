//! Speaking without anybody's waiting for it.

use fat_contracts_primitives::{
    AccountId, BlockNumber, Checkpoint, ClusterId, EnvelopeKey, Hash, KeyCommitment, SealedKey,
};
use pink_rpc_source::{Seen, Sender};
use pink_worker_core::source::{ParkReport, SendError};
use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

/// For how many blocks it is told that something failed, unless it succeeds or fails again. A sender may wait for as
/// long as ten blocks take.
const TOLD: BlockNumber = 20;

/// Something to say. Of a kind only what came last is worth saying: it has what came before in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// What moves money comes first.
    Acknowledge,
    ReportParked,
    Announce,
    Register,
    SetKey,
    Commit,
    Share,
}

/// For whom it is, where there are several.
type Of = (Kind, ClusterId, Option<AccountId>);

type Say = Box<dyn FnOnce(&mut dyn Sender, &Seen) -> Result<(), SendError> + Send>;

#[derive(Default)]
struct State {
    waiting: BTreeMap<Of, (Seen, Say)>,
    /// What failed last, and the newest block that was known then.
    failed: BTreeMap<Of, (BlockNumber, SendError)>,
    newest: BlockNumber,
    ended: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    news: Condvar,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A sender that has a thread of its own: a transaction pool that takes nothing, or a node that answers late, delays what is
/// said and no block.
///
/// What it is given is on its way, so that is a success. If it fails, whoever says the same again is told so, until it
/// succeeds. What comes while something of the same kind waits takes its place. With the end of this, what waits is
/// forgotten, and what is being said is left to its thread.
pub struct Aside {
    account: AccountId,
    shared: Arc<Shared>,
}

impl std::fmt::Debug for Aside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Aside")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

impl Aside {
    /// Speaks by another one.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn new(sender: Box<dyn Sender>) -> io::Result<Self> {
        let account = sender.account().clone();
        let shared = Arc::<Shared>::default();
        let speaker = shared.clone();
        thread::Builder::new()
            .name("speech".into())
            .spawn(move || speak(&speaker, sender))?;
        Ok(Self { account, shared })
    }

    fn say(
        &self,
        of: Of,
        seen: &Seen,
        say: impl FnOnce(&mut dyn Sender, &Seen) -> Result<(), SendError> + Send + 'static,
    ) -> Result<(), SendError> {
        let mut state = self.shared.state();
        state.newest = state.newest.max(seen.block);
        let newest = state.newest;
        state
            .failed
            .retain(|_, (at, _)| newest.saturating_sub(*at) <= TOLD);
        let failed = state.failed.get(&of).map(|(_, error)| error.clone());
        state.waiting.insert(of, (*seen, Box::new(say)));
        drop(state);
        self.shared.news.notify_all();
        failed.map_or(Ok(()), Err)
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        self.shared.state().ended = true;
        self.shared.news.notify_all();
    }
}

/// Says one thing after the other.
fn speak(shared: &Shared, mut sender: Box<dyn Sender>) {
    let mut state = shared.state();
    loop {
        if state.ended {
            return;
        }
        let Some((of, (seen, say))) = state.waiting.pop_first() else {
            let waited = shared.news.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        drop(state);
        let said = say(&mut *sender, &seen);
        state = shared.state();
        let newest = state.newest;
        match said {
            Ok(()) => state.failed.remove(&of),
            Err(error) => state.failed.insert(of, (newest, error)),
        };
    }
}

impl Sender for Aside {
    fn account(&self) -> &AccountId {
        &self.account
    }

    fn acknowledge(
        &mut self,
        cluster: ClusterId,
        checkpoints: Vec<Checkpoint>,
        seen: &Seen,
    ) -> Result<(), SendError> {
        let of = (Kind::Acknowledge, cluster, None);
        self.say(of, seen, move |sender, seen| {
            sender.acknowledge(cluster, checkpoints, seen)
        })
    }

    fn report_parked(
        &mut self,
        cluster: ClusterId,
        report: ParkReport,
        seen: &Seen,
    ) -> Result<(), SendError> {
        let of = (Kind::ReportParked, cluster, None);
        self.say(of, seen, move |sender, seen| {
            sender.report_parked(cluster, report, seen)
        })
    }

    fn announce_engines(&mut self, files: Vec<Hash>, seen: &Seen) -> Result<(), SendError> {
        let of = (Kind::Announce, 0, None);
        self.say(of, seen, |sender, seen| {
            sender.announce_engines(files, seen)
        })
    }

    fn register_worker(&mut self, seen: &Seen) -> Result<(), SendError> {
        let of = (Kind::Register, 0, None);
        self.say(of, seen, |sender, seen| sender.register_worker(seen))
    }

    fn set_worker_key(&mut self, key: EnvelopeKey, seen: &Seen) -> Result<(), SendError> {
        let of = (Kind::SetKey, 0, None);
        self.say(of, seen, move |sender, seen| {
            sender.set_worker_key(key, seen)
        })
    }

    fn commit_cluster_key(
        &mut self,
        cluster: ClusterId,
        commitment: KeyCommitment,
        seen: &Seen,
    ) -> Result<(), SendError> {
        let of = (Kind::Commit, cluster, None);
        self.say(of, seen, move |sender, seen| {
            sender.commit_cluster_key(cluster, commitment, seen)
        })
    }

    fn share_cluster_key(
        &mut self,
        cluster: ClusterId,
        to: AccountId,
        sealed: SealedKey,
        seen: &Seen,
    ) -> Result<(), SendError> {
        let of = (Kind::Share, cluster, Some(to.clone()));
        self.say(of, seen, move |sender, seen| {
            sender.share_cluster_key(cluster, to, sealed, seen)
        })
    }
}
