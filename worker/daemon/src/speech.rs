//! What a worker says, and when.

use crate::{
    chain::Chain,
    clock::Clock,
    event::{Event, Unsaid},
    hooks::Hooks,
};
use pink_worker_core::{
    source::{FollowError, Follower},
    InstalledEngine, Worker, WorkerError,
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
        let said = match self.announce(worker, chain, clock, hooks) {
            Ok(true) => follower.speak(worker, chain),
            Ok(false) => return Ok(()),
            Err(error) => Err(error),
        };
        match said {
            Err(FollowError::Worker(error)) => return Err(error),
            // It waited in vain for being taken, and is said with the next start.
            Err(_) if clock.is_stopped() => {}
            Err(error) => hooks.tell(Event::Unsaid(Unsaid::Failed(&error))),
            Ok(()) => hooks.tell(Event::Said),
        }
        Ok(())
    }

    /// Says which engine files there are, if the chain doesn't know. Whether there is any use in saying more.
    fn announce(
        &mut self,
        worker: &Worker,
        chain: &mut dyn Chain,
        clock: &dyn Clock,
        hooks: &mut dyn Hooks,
    ) -> Result<bool, FollowError> {
        let now = clock.now();
        let last = self.announced;
        if last.is_some_and(|last| now.saturating_sub(last) < ANNOUNCE_EACH) {
            return Ok(true);
        }
        let account = chain.account().clone();
        let Some(known) = chain.worker_record(&account)? else {
            hooks.tell(Event::Unsaid(Unsaid::NotAdmitted(&account)));
            return Ok(false);
        };
        let files = match InstalledEngine::find_all(worker.registry()) {
            Ok(engines) => engines,
            Err(error) => {
                hooks.tell(Event::Unsaid(Unsaid::Engines(&error)));
                return Ok(false);
            }
        };
        let files = files.iter().flat_map(|engine| &engine.record.artefacts);
        let files: BTreeSet<_> = files.map(|file| file.hash).collect();
        if files != known.engines.into_iter().collect() {
            chain.announce_engines(files.into_iter().collect())?;
        }
        self.announced = Some(clock.now());
        Ok(true)
    }
}
