//! What a worker says, and when.

use crate::{
    announcement::{Announcement, Engines, Looked},
    chain::Chain,
    clock::Clock,
    event::{Event, Unsaid},
    hooks::Hooks,
    speaker::{NobodySpeaks, Outcome, Speaker, Wish},
};
use fat_contracts_primitives::BlockNumber;
use pink_worker_core::{
    source::{FollowError, Follower, SourceError, Word},
    Worker, WorkerError,
};

/// Finds out what there is to say to the chain, and has it said.
#[derive(Debug)]
pub(crate) struct Submitter {
    speaker: Speaker,
    announcement: Announcement,
}

/// Why it goes on no more.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SubmitError {
    #[error(transparent)]
    Worker(#[from] WorkerError),
    #[error(transparent)]
    Speaker(#[from] NobodySpeaks),
}

/// Why nothing is said in a round.
enum Silent {
    /// The chain can't be asked, or the worker's store failed.
    Unknown(FollowError),
    Speaker(NobodySpeaks),
}

impl Submitter {
    pub(crate) fn new(speaker: Speaker) -> Self {
        Self {
            speaker,
            announcement: Announcement::default(),
        }
    }

    /// The engine files may be others.
    pub(crate) fn reloaded(&mut self) {
        self.announcement.reloaded();
    }

    /// A round begins. What nobody has begun to say is found out anew in it, and may not be so any more.
    pub(crate) fn begin(&mut self) {
        self.speaker.withdraw();
    }

    /// Has said what there is to say, and waits for nobody. That something can't be said keeps nobody from executing.
    ///
    /// # Errors
    /// The worker failed, or whoever speaks did.
    pub(crate) fn speak(
        &mut self,
        follower: &mut Follower,
        worker: &Worker,
        chain: &dyn Chain,
        clock: &dyn Clock,
        hooks: &mut dyn Hooks,
    ) -> Result<(), SubmitError> {
        let withheld = follower.keys().map_or(0, |keys| keys.withheld());
        let cluster = follower.cluster();
        hooks.tell(Event::Speaks { cluster, withheld });
        // What is read from here on is read in the state of this block, or of a newer one.
        let known = chain.known().map(|known| known.number);
        let outcome = match self.announcement.look(worker, chain, clock) {
            Ok(Looked::NotAdmitted(account)) => {
                hooks.tell(Event::Unsaid(Unsaid::NotAdmitted(&account)));
                return Ok(());
            }
            Ok(Looked::Admitted(engines)) => self.wish(engines, follower, worker, chain, known),
            Err(error) => Err(Silent::Unknown(error.into())),
        };
        match outcome {
            Err(Silent::Speaker(error)) => return Err(error.into()),
            Err(Silent::Unknown(FollowError::Worker(error))) => return Err(error.into()),
            // It waited in vain for being taken, and is said with the next start.
            Err(_) if clock.is_stopped() => {}
            Err(Silent::Unknown(error)) => hooks.tell(Event::Unsaid(Unsaid::Failed(&error))),
            Ok(Some(Outcome { said, problem, .. })) => match (said, problem) {
                (Err(_), _) if clock.is_stopped() => {}
                (Err(error), _) => hooks.tell(Event::Unsaid(Unsaid::Failed(&error.into()))),
                (Ok(()), Some(problem)) => hooks.tell(Event::Unsaid(Unsaid::Engines(&problem))),
                (Ok(()), None) => hooks.tell(Event::Said),
            },
            Ok(None) => {}
        }
        Ok(())
    }

    /// Wishes that what there is to say be said. What came of it, or of an earlier wish, if anything did.
    fn wish(
        &mut self,
        engines: Engines,
        follower: &mut Follower,
        worker: &Worker,
        chain: &dyn Chain,
        known: Option<BlockNumber>,
    ) -> Result<Option<Outcome>, Silent> {
        let Engines { files, problem } = engines;
        let mut words: Vec<_> = files.map(Word::Engines).into_iter().collect();
        words.extend(follower.words(worker, chain)?);
        if words.is_empty() {
            self.outcome(chain);
            return Ok(Some(Outcome::nothing(problem)));
        }
        let mut seen = chain.seen()?;
        seen.block = known.map_or(seen.block, |known| known.min(seen.block));
        let wish = Wish {
            cluster: follower.cluster(),
            seen,
            words,
            problem,
        };
        self.speaker.wish(wish).map_err(Silent::Speaker)?;
        Ok(self.outcome(chain))
    }

    fn outcome(&mut self, chain: &dyn Chain) -> Option<Outcome> {
        let outcome = self.speaker.outcome();
        if outcome.as_ref().is_some_and(|it| it.disputed) {
            chain.doubt_runtime();
        }
        outcome
    }
}

impl From<FollowError> for Silent {
    fn from(error: FollowError) -> Self {
        Self::Unknown(error)
    }
}

impl From<SourceError> for Silent {
    fn from(error: SourceError) -> Self {
        Self::Unknown(error.into())
    }
}
