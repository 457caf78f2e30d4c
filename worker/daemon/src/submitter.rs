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
use pink_rpc_source::ChainView;
use pink_worker_core::{
    source::{FollowError, Follower, SourceError, Word},
    InstalledError, Worker, WorkerError,
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

/// What a round wishes.
enum Wished {
    /// There is nothing to say. Why there are engine files that it doesn't name.
    Nothing(Option<InstalledError>),
    Something,
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

    /// What nobody has begun to say may not be so any more.
    pub(crate) fn withdraw(&mut self) {
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
        // What became of an earlier wish is told now, or it isn't news any more.
        let earlier = self.outcome(chain);
        // What is read from here on is read in the state of this block, or of a newer one.
        let known = chain.known().map(|known| known.number);
        let wished = match self.announcement.look(worker, chain, clock) {
            Ok(Looked::NotAdmitted(account)) => {
                self.withdraw();
                hooks.tell(Event::Unsaid(Unsaid::NotAdmitted(&account)));
                return Ok(());
            }
            Ok(Looked::Admitted(engines)) => self.wish(engines, follower, worker, chain, known),
            Err(error) => Err(Silent::Unknown(error.into())),
        };
        let outcome = match wished {
            Err(Silent::Speaker(error)) => return Err(error.into()),
            Err(Silent::Unknown(error)) => {
                self.withdraw();
                match error {
                    FollowError::Worker(error) => return Err(error.into()),
                    // It waited in vain for being taken, and is said with the next start.
                    _ if clock.is_stopped() => {}
                    error => hooks.tell(Event::Unsaid(Unsaid::Failed(&error))),
                }
                return Ok(());
            }
            Ok(Wished::Nothing(problem)) => {
                self.withdraw();
                Some(Outcome::nothing(problem))
            }
            Ok(Wished::Something) => self.outcome(chain).or(earlier),
        };
        match outcome.map(|it| (it.said, it.problem)) {
            Some((Err(_), _)) if clock.is_stopped() => {}
            Some((Err(error), _)) => hooks.tell(Event::Unsaid(Unsaid::Failed(&error.into()))),
            Some((Ok(()), Some(problem))) => hooks.tell(Event::Unsaid(Unsaid::Engines(&problem))),
            Some((Ok(()), None)) => hooks.tell(Event::Said),
            None => {}
        }
        Ok(())
    }

    /// Wishes that what there is to say be said.
    fn wish(
        &mut self,
        engines: Engines,
        follower: &mut Follower,
        worker: &Worker,
        chain: &dyn Chain,
        known: Option<BlockNumber>,
    ) -> Result<Wished, Silent> {
        let Engines { files, problem } = engines;
        let mut words: Vec<_> = files.map(Word::Engines).into_iter().collect();
        words.extend(follower.words(worker, chain)?);
        if words.is_empty() {
            return Ok(Wished::Nothing(problem));
        }
        let wish = Wish {
            cluster: follower.cluster(),
            seen: as_of(chain.seen()?, known),
            words,
            problem,
        };
        self.speaker.wish(wish).map_err(Silent::Speaker)?;
        Ok(Wished::Something)
    }

    /// What became of the newest wish that was said, once. If the chain refused what was acknowledged, the runtime by whose
    /// constants that was is doubted, unless it is another one by now.
    fn outcome(&mut self, chain: &dyn Chain) -> Option<Outcome> {
        let outcome = self.speaker.outcome();
        let disputed = outcome.as_ref().and_then(|it| it.disputed);
        let now = disputed.and_then(|_| chain.seen().ok());
        if disputed.is_some_and(|then| now.is_some_and(|now| now.metadata == then.metadata)) {
            chain.doubt_runtime();
        }
        outcome
    }
}

/// What is known of the chain, as of the block in whose state, or in a newer one's, the words were looked for. The nonce of a
/// newer state would prove that what was signed isn't taken any more, where that state has it and these words don't know of it.
fn as_of(seen: ChainView, known: Option<BlockNumber>) -> ChainView {
    match known.filter(|known| *known < seen.block) {
        Some(block) => ChainView {
            block,
            nonce: None,
            ..seen
        },
        None => seen,
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

#[cfg(test)]
mod tests {
    use super::*;
    use fat_contracts_primitives::Hash;

    #[test]
    fn a_nonce_is_of_the_state_in_which_the_words_were_looked_for() {
        let seen = ChainView {
            block: 101,
            genesis: Hash::zero(),
            nonce: Some(8),
            metadata: None,
        };
        let older = as_of(seen, Some(100));
        assert_eq!((older.block, older.nonce), (100, None));
        for known in [Some(101), Some(102), None] {
            let same = as_of(seen, known);
            assert_eq!((same.block, same.nonce), (101, Some(8)));
        }
    }
}
