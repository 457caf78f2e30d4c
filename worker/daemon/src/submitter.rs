//! What a worker says, and when.

use crate::{
    chain::Chain,
    clock::Clock,
    event::{Event, Unsaid},
    hooks::Hooks,
};
use fat_contracts_primitives::{AccountId, Hash};
use pink_worker_core::{
    source::{FollowError, Follower, SendError, SourceError},
    InstalledError, Worker, WorkerError,
};
use std::{collections::BTreeSet, time::Duration};

/// How often it is looked whether the chain knows which engine files there are.
const ANNOUNCE_EACH: Duration = Duration::from_secs(600);

/// Says to the chain what there is to say.
#[derive(Debug, Default)]
pub(crate) struct Submitter {
    /// When it was last looked whether the chain knows which engine files there are.
    announced: Option<Duration>,
}

impl Submitter {
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
        let (files, problem) = match files(worker, chain)? {
            Ok(found) => found,
            Err(error) => return Ok(Announced::Unreadable(error)),
        };
        if files != known.engines.into_iter().collect() {
            chain.announce_engines(files.into_iter().collect())?;
        }
        if let Some(problem) = problem {
            return Ok(Announced::Unreadable(problem));
        }
        self.announced = Some(clock.now());
        Ok(Announced::Known)
    }
}

/// The engine files that there are, without those that the chain records and that can't be loaded; and why the first of
/// those can't. No other file is loaded: what nobody decided about isn't executed, and once it were loaded the
/// recorded one of its version couldn't be.
#[allow(clippy::type_complexity)] // The outer error is the chain's, the inner one the folder's.
fn files(
    worker: &Worker,
    chain: &dyn Chain,
) -> Result<Result<(BTreeSet<Hash>, Option<InstalledError>), InstalledError>, SourceError> {
    let registry = worker.registry();
    if !registry.directory().is_dir() {
        let directory = registry.directory().into();
        return Ok(Err(InstalledError::None { directory }));
    }
    let found = match registry.scan() {
        Ok(found) => found,
        Err(error) => return Ok(Err(error.into())),
    };
    let (mut files, mut problem) = (BTreeSet::new(), None);
    for file in found {
        let record = chain.engine_record(file.version)?;
        let record = record.filter(|it| it.artefacts.iter().any(|it| it.hash == file.hash));
        match record.map(|record| registry.get(file.version, &record)) {
            None | Some(Ok(_)) => {
                files.insert(file.hash);
            }
            Some(Err(error)) => {
                problem.get_or_insert(error.into());
            }
        }
    }
    Ok(Ok((files, problem)))
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
