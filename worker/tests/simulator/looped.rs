//! What is around the loop of a simulated daemon.

use crate::{
    board::{Board, BoardChain},
    clock::FakeClock,
    disk::Disk,
    faulty::{Faults, Faulty},
    node::Turn,
    voice::{BoardVoice, Steps},
};
use fat_contracts_primitives::{AccountId, BlockNumber, ClusterBlock, ClusterId};
use pink_daemon::{rows::Recorded, Chain, Daemon, Event, Hooks, Next, PersistedChain, Settings};
use pink_worker_core::{store::Pruning, Worker};
use runtime_mock::{Extrinsic, MockChain};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How often a loop may go round before there is a new block.
const MOST_ROUNDS: u32 = 500;

/// What a loop told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes(Arc<Mutex<Noted>>);

#[derive(Debug, Default)]
pub(crate) struct Noted {
    pub(crate) executed: u32,
    pub(crate) went_back: Option<BlockNumber>,
    pub(crate) broken: u64,
    pub(crate) parked: bool,
    /// How often the chain couldn't be followed, and how often something wasn't said: in all.
    pub(crate) troubles: u64,
    pub(crate) unsaid: u64,
    /// How often everything was said.
    pub(crate) said: u64,
    /// Of how many blocks the receipts were forgotten.
    pub(crate) pruned: u64,
    /// Somebody sent it SIGHUP.
    hangup: bool,
}

impl Notes {
    pub(crate) fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was done before isn't of this turn.
    fn begin_turn(&self) {
        let mut noted = self.noted();
        noted.executed = 0;
        noted.went_back = None;
        noted.broken = 0;
        noted.parked = false;
    }
}

impl Hooks for Notes {
    fn tell(&mut self, event: Event<'_>) {
        let mut noted = self.noted();
        match event {
            Event::Imported(imported) => {
                noted.executed += imported.executed.len() as u32;
                noted.went_back = noted
                    .went_back
                    .into_iter()
                    .chain(imported.went_back_to)
                    .min();
                noted.broken += imported.broken.len() as u64;
                noted.parked = imported.parked.is_some();
            }
            Event::Parked(parked) => assert!(!parked.to_string().is_empty()),
            Event::Trouble(error) => {
                assert!(!error.to_string().is_empty());
                noted.troubles += 1;
            }
            Event::Unsaid(_) => noted.unsaid += 1,
            Event::Said => noted.said += 1,
            Event::Pruned(gone) => noted.pruned += gone.receipts,
            _ => {}
        }
    }

    /// With what the base path has, a later run finds the way to what is known now.
    fn idle(&mut self, worker: &Worker, chain: &dyn Chain) {
        let kept = Recorded::read(worker.store()).ok();
        let kept = kept.and_then(|kept| kept.known).map(|known| known.set);
        // A disk that fails now is the next round's.
        if kept.is_some() {
            assert_eq!(kept, chain.known().map(|known| known.set), "it isn't kept");
        }
    }

    fn reloaded(&mut self) -> bool {
        std::mem::take(&mut self.noted().hangup)
    }
}

/// What a loop has beside its worker.
pub(crate) struct Looped {
    cluster: ClusterId,
    pub(crate) board: Board,
    /// By what steps it speaks.
    pub(crate) steps: Steps,
    clock: FakeClock,
    pub(crate) notes: Notes,
    pub(crate) faults: Faults,
    /// What its operator keeps.
    pruning: Pruning,
}

impl Looped {
    pub(crate) fn new(chain: &MockChain, cluster: ClusterId, pruning: Pruning) -> Self {
        let clock = FakeClock::default();
        Self {
            cluster,
            board: Board::new(chain.clone(), AccountId::new([0; 32])),
            steps: Steps::default(),
            faults: Faults::new(clock.clone()),
            clock,
            notes: Notes::default(),
            pruning,
        }
    }

    /// A loop that goes on with what the store has.
    pub(crate) fn daemon(&self, worker: Worker, account: &AccountId) -> Daemon {
        self.board.rename(account.clone());
        let recorded = Recorded::read(worker.store()).expect("the disk is whole");
        let voice = BoardVoice::new(self.board.clone(), self.faults.clone());
        let settings = Settings {
            cluster: self.cluster,
            speaker: Some(self.steps.speaker(voice)),
            keys: None,
            pruning: self.pruning,
            kept: PersistedChain::new(&recorded, Vec::new()),
        };
        let chain = Faulty::new(BoardChain::new(self.board.clone()), self.faults.clone());
        let clock = Arc::new(self.clock.clone());
        let hooks = Box::new(self.notes.clone());
        Daemon::new(worker, Box::new(chain), clock, hooks, settings)
    }

    /// Its chain is at a block, and its source has these.
    pub(crate) fn set(&self, chain: &MockChain, given: &[ClusterBlock]) {
        self.clock.set(Duration::from_millis(chain.head().now_ms));
        self.board.set(chain.clone(), given.to_vec());
        self.board.give_all();
    }

    /// SIGHUP: its engine files are others.
    pub(crate) fn hang_up(&self) {
        self.notes.noted().hangup = true;
    }

    /// What it says.
    pub(crate) fn take_said(&self) -> Vec<Extrinsic> {
        self.board.take_said()
    }

    /// Goes round until there is nothing to do without another block.
    pub(crate) fn go_round(
        &self,
        daemon: &mut Daemon,
        disk: &Disk,
    ) -> (Turn, Option<BlockNumber>, u64) {
        self.notes.begin_turn();
        let mut rounds = 0;
        let ended = loop {
            rounds += 1;
            assert!(rounds < MOST_ROUNDS, "it never waits");
            match daemon.round() {
                Ok(Next::More) => {}
                Ok(Next::News(_)) => break Ok(()),
                // What passes by itself does so while it waits.
                Ok(Next::Later(pause)) => self.clock.advance(pause),
                Err(error) => break Err(error),
            }
        };
        let noted = self.notes.noted();
        let turn = match ended {
            Err(error) => {
                assert!(disk.failed(), "the disk is whole, and yet: {error}");
                Turn::Crashed
            }
            Ok(()) if disk.failed() => Turn::Crashed,
            Ok(()) if noted.parked => Turn::Parked,
            Ok(()) => Turn::Executed(noted.executed),
        };
        (turn, noted.went_back, noted.broken)
    }
}
