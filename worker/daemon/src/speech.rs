//! What a worker says, and when.

use crate::{
    chain::Chain,
    clock::Clock,
    event::{Event, Unsaid},
    hooks::Hooks,
};
use fat_contracts_primitives::AccountId;
use pink_worker_core::{
    source::{FollowError, Follower, SendError},
    InstalledEngine, InstalledError, Worker, WorkerError,
};
use std::{collections::BTreeSet, time::Duration};

/// How often it is looked whether the chain knows which engine files there are.
const ANNOUNCE_EACH: Duration = Duration::from_secs(600);

/// Says to the chain what there is to say.
#[derive(Debug, Default)]
pub(crate) struct Speech {
    /// When it was last looked whether the chain knows which engine files there are.
    announced: Option<Duration>,
}

impl Speech {
    /// The engine files may be others.
    pub(crate) fn reloaded(&mut self) {
        self.announced = None;
    }

    /// Says what there is to say. That something can't be said keeps nobody from executing.
    ///
    /// # Errors
    /// The worker failed.
    pub(crate) fn speak(
        &mut self,
        follower: &mut Follower,
        worker: &Worker,
        chain: &mut dyn Chain,
        clock: &dyn Clock,
        hooks: &mut dyn Hooks,
    ) -> Result<(), WorkerError> {
        let withheld = follower.keys().map_or(0, |keys| keys.withheld());
        let cluster = follower.cluster();
        hooks.tell(Event::Speaks { cluster, withheld });
        let announced = self.announce(worker, chain, clock);
        if let Ok(Announced::NotAdmitted(account)) = &announced {
            hooks.tell(Event::Unsaid(Unsaid::NotAdmitted(account)));
            return Ok(());
        }
        // Where nobody answers nothing else is said either. What is wrong with engine files, or with what was said of
        // them, is no reason not to acknowledge.
        let said = match announced {
            Err(error @ (FollowError::Worker(_) | FollowError::Source(_)))
            | Err(error @ FollowError::Send(SendError::Source(_))) => Err(error),
            announced => follower
                .speak(worker, chain)
                .and(announced.map(Announced::problem)),
        };
        match said {
            Err(FollowError::Worker(error)) => return Err(error),
            // It waited in vain for being taken, and is said with the next start.
            Err(_) if clock.is_stopped() => {}
            Err(error) => hooks.tell(Event::Unsaid(Unsaid::Failed(&error))),
            Ok(Some(error)) => hooks.tell(Event::Unsaid(Unsaid::Engines(&error))),
            Ok(None) => hooks.tell(Event::Said),
        }
        Ok(())
    }

    /// Says which engine files there are, if the chain doesn't know.
    fn announce(
        &mut self,
        worker: &Worker,
        chain: &mut dyn Chain,
        clock: &dyn Clock,
    ) -> Result<Announced, FollowError> {
        let now = clock.now();
        let last = self.announced;
        if last.is_some_and(|last| now.saturating_sub(last) < ANNOUNCE_EACH) {
            return Ok(Announced::Known);
        }
        let account = chain.account().clone();
        let Some(known) = chain.worker_record(&account)? else {
            return Ok(Announced::NotAdmitted(account));
        };
        let files = match InstalledEngine::find_all(worker.registry()) {
            Ok(engines) => engines,
            Err(error) => return Ok(Announced::Unreadable(error)),
        };
        let files = files.iter().flat_map(|engine| &engine.record.artefacts);
        let files: BTreeSet<_> = files.map(|file| file.hash).collect();
        if files != known.engines.into_iter().collect() {
            chain.announce_engines(files.into_iter().collect())?;
        }
        self.announced = Some(clock.now());
        Ok(Announced::Known)
    }
}

/// What became of looking at the engine files.
enum Announced {
    /// The chain knows them, or is about to, or it was looked lately.
    Known,
    /// The chain hasn't admitted the worker: it takes nothing that it says.
    NotAdmitted(AccountId),
    /// They can't be looked at.
    Unreadable(InstalledError),
}

impl Announced {
    fn problem(self) -> Option<InstalledError> {
        match self {
            Self::Unreadable(error) => Some(error),
            _ => None,
        }
    }
}
