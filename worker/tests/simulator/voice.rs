//! How a simulated daemon speaks: to its board, through faults, when the test lets it.

use crate::{board::Board, faulty::Faults};
use fat_contracts_primitives::{
    AccountId, Checkpoint, ClusterId, EnvelopeKey, Hash, KeyCommitment, SealedKey,
};
use pink_daemon::{Executor, Speaker, Speech};
use pink_rpc_source::{ChainView, Sender};
use pink_worker_core::source::{ParkReport, SendError, Voice};
use std::{
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Says everything when it is wished, on the loop's thread, unless it is held up. All clones are one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Steps(Arc<Mutex<Stepped>>);

#[derive(Debug, Default)]
struct Stepped {
    speech: Option<Speech>,
    held_up: bool,
    gone: bool,
}

impl Steps {
    /// A speaker whose words take these steps.
    pub(crate) fn speaker(&self, sender: impl Sender + 'static) -> Speaker {
        let speaker = Speaker::by(Box::new(sender), |speech| {
            self.inner().speech = Some(speech);
            Ok::<_, Infallible>(Box::new(self.clone()) as Box<dyn Executor>)
        });
        let Ok(speaker) = speaker;
        speaker
    }

    /// What is wished waits from now on.
    pub(crate) fn hold_up(&self) {
        self.inner().held_up = true;
    }

    /// What waits is said now, and from now on nothing waits. Whether something did.
    pub(crate) fn go_on(&self) -> bool {
        let mut inner = self.inner();
        inner.held_up = false;
        inner.speech.as_mut().is_some_and(Speech::step)
    }

    /// Nobody says anything any more.
    pub(crate) fn leave(&self) {
        self.inner().gone = true;
    }

    fn inner(&self) -> MutexGuard<'_, Stepped> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Executor for Steps {
    fn posted(&mut self) -> bool {
        let mut inner = self.inner();
        if inner.gone {
            return false;
        }
        if !inner.held_up {
            inner.speech.as_mut().map(Speech::step);
        }
        true
    }
}

/// Puts what is said on the board.
#[derive(Debug)]
pub(crate) struct BoardVoice {
    board: Board,
    faults: Faults,
    account: AccountId,
}

impl BoardVoice {
    pub(crate) fn new(board: Board, faults: Faults) -> Self {
        let account = board.account();
        Self {
            board,
            faults,
            account,
        }
    }
}

impl Sender for BoardVoice {
    fn account(&self) -> &AccountId {
        &self.account
    }

    fn acknowledge(
        &mut self,
        cluster: ClusterId,
        checkpoints: Vec<Checkpoint>,
        _: &ChainView,
    ) -> Result<(), SendError> {
        let say = || self.board.acknowledge(cluster, checkpoints);
        self.faults.say("acknowledge", say)
    }

    fn report_parked(
        &mut self,
        cluster: ClusterId,
        report: ParkReport,
        _: &ChainView,
    ) -> Result<(), SendError> {
        let say = || self.board.say(|it| it.report_parked(cluster, report));
        self.faults.say("report_parked", say)
    }

    fn announce_engines(&mut self, files: Vec<Hash>, _: &ChainView) -> Result<(), SendError> {
        let say = || self.board.say(|it| it.announce_engines(files));
        self.faults.say("announce_engines", say)
    }

    fn register_worker(&mut self, _: &ChainView) -> Result<(), SendError> {
        let say = || self.board.say(Voice::register_worker);
        self.faults.say("register_worker", say)
    }

    fn set_worker_key(&mut self, key: EnvelopeKey, _: &ChainView) -> Result<(), SendError> {
        let say = || self.board.say(|it| it.set_worker_key(key));
        self.faults.say("set_worker_key", say)
    }

    fn commit_cluster_key(
        &mut self,
        cluster: ClusterId,
        commitment: KeyCommitment,
        _: &ChainView,
    ) -> Result<(), SendError> {
        self.faults.say("commit_cluster_key", || {
            self.board
                .say(|it| it.commit_cluster_key(cluster, commitment))
        })
    }

    fn share_cluster_key(
        &mut self,
        cluster: ClusterId,
        to: AccountId,
        sealed: SealedKey,
        _: &ChainView,
    ) -> Result<(), SendError> {
        self.faults.say("share_cluster_key", || {
            self.board
                .say(|it| it.share_cluster_key(cluster, to, sealed))
        })
    }
}
