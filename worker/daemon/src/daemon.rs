//! Catching up, following, waiting.

use crate::{
    chain::Chain,
    clock::Clock,
    event::Event,
    hooks::Hooks,
    persisted::News,
    persisted::PersistedChain,
    speaker::{NobodySpeaks, Speaker},
    submitter::{SubmitError, Submitter},
    watch::Watch,
};
use fat_contracts_primitives::ClusterId;
use pink_rpc_source::pause;
use pink_worker_core::{
    source::{FollowError, Followed, Follower, PermanentError, SourceError},
    store::Pruning,
    KeyExchange, Worker, WorkerError,
};
use std::{sync::Arc, time::Duration};

/// How many blocks are executed in one transaction at most, and at first.
const MOST_BLOCKS: usize = 512;
const FIRST_BLOCKS: usize = 32;

/// How long a transaction should take, so that a stop doesn't wait for it.
const LONG: Duration = Duration::from_millis(1_000);
const SHORT: Duration = Duration::from_millis(250);

/// How long it is waited for news of a chain that tells none.
pub const SILENT: Duration = Duration::from_secs(6);

/// What a loop is to do.
#[derive(Debug)]
pub struct Settings {
    /// The cluster that it follows.
    pub cluster: ClusterId,
    /// By whom it speaks; none if it has no key to speak with.
    pub speaker: Option<Speaker>,
    /// How it comes to the cluster's key, if it does by itself.
    pub keys: Option<KeyExchange>,
    /// What stays of the history.
    pub pruning: Pruning,
    /// What the base path has of the chain.
    pub kept: PersistedChain,
}

/// Why a loop ended by itself.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// The worker failed: what is durable is so.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// Every endpoint serves another chain than the base path's.
    #[error(transparent)]
    OtherChain(SourceError),
    /// It would be mute from now on.
    #[error(transparent)]
    Speaker(#[from] NobodySpeaks),
}

/// What there is to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Another round, at once.
    More,
    /// Nothing until there are other news than these, or [`SILENT`] is over.
    News(u64),
    /// The same again, after a pause.
    Later(Duration),
}

/// A worker that follows a chain.
#[derive(Debug)]
pub struct Daemon {
    worker: Worker,
    chain: Box<dyn Chain>,
    clock: Arc<dyn Clock>,
    hooks: Box<dyn Hooks>,
    follower: Follower,
    kept: PersistedChain,
    /// None: it has no key to speak with.
    submitter: Option<Submitter>,
    watch: Watch,
    /// How many blocks to execute next.
    blocks: usize,
    /// How many rounds in a row were in vain.
    failures: u32,
}

impl Daemon {
    /// A worker and its chain.
    pub fn new(
        worker: Worker,
        chain: Box<dyn Chain>,
        clock: Arc<dyn Clock>,
        hooks: Box<dyn Hooks>,
        settings: Settings,
    ) -> Self {
        let follower = Follower::new(settings.cluster);
        Self {
            follower: match settings.keys {
                Some(keys) => follower.with_keys(keys),
                None => follower,
            },
            worker,
            chain,
            clock,
            hooks,
            kept: settings.kept,
            watch: Watch::new(
                settings.cluster,
                settings.pruning,
                settings.speaker.is_some(),
            ),
            submitter: settings.speaker.map(Submitter::new),
            blocks: FIRST_BLOCKS,
            failures: 0,
        }
    }

    /// The worker.
    pub fn worker(&self) -> &Worker {
        &self.worker
    }

    /// The worker alone.
    pub fn into_worker(self) -> Worker {
        self.worker
    }

    /// Follows until it is stopped.
    ///
    /// # Errors
    /// As [`round`](Self::round).
    pub fn go(&mut self) -> Result<(), DaemonError> {
        while !self.clock.is_stopped() {
            match self.round()? {
                Next::More => {}
                Next::News(known) => self.clock.wait(known, SILENT),
                Next::Later(pause) => self.clock.pause(pause),
            }
        }
        self.hooks.stopped();
        Ok(())
    }

    /// Goes round once, and waits for nothing.
    ///
    /// # Errors
    /// The worker failed; or every endpoint serves another chain than the base path's. There is no use in another round.
    pub fn round(&mut self) -> Result<Next, DaemonError> {
        let news = self.clock.count();
        self.hooks.alive();
        if self.hooks.reloaded() {
            self.watch.reloaded(self.hooks.pruning());
            if let Some(submitter) = &mut self.submitter {
                submitter.reloaded();
            }
        }
        let stepped = self.step();
        if stepped.is_ok() {
            self.speak()?;
        } else if let Some(submitter) = &mut self.submitter {
            submitter.withdraw();
        }
        self.hooks.looked(&*self.chain, stepped.as_ref().err());
        match stepped {
            Ok(more) => {
                self.failures = 0;
                let (clock, hooks) = (&*self.clock, &mut *self.hooks);
                self.watch
                    .stepped(&mut self.worker, &*self.chain, clock, hooks)?;
                if more {
                    return Ok(Next::More);
                }
                self.hooks.idle(&self.worker, &*self.chain);
                Ok(Next::News(news))
            }
            Err(FollowError::Worker(error)) => Err(error.into()),
            Err(_) if self.clock.is_stopped() => Ok(Next::More),
            Err(FollowError::Source(
                error @ SourceError::Permanent(PermanentError::OtherChain { .. }),
            )) => Err(DaemonError::OtherChain(error)),
            Err(error) => {
                self.failures = self.failures.saturating_add(1);
                self.hooks.tell(Event::Trouble(&error));
                // What was proven on the way is proven.
                match self.keep(self.news()) {
                    Err(FollowError::Worker(error)) => Err(error.into()),
                    _ => Ok(Next::Later(pause(self.failures))),
                }
            }
        }
    }

    /// Has said what there is to say.
    fn speak(&mut self) -> Result<(), DaemonError> {
        let Some(submitter) = &mut self.submitter else {
            return Ok(());
        };
        let (clock, hooks) = (&*self.clock, &mut *self.hooks);
        let spoken = submitter.speak(&mut self.follower, &self.worker, &*self.chain, clock, hooks);
        spoken.map_err(|error| match error {
            SubmitError::Worker(error) => error.into(),
            SubmitError::Speaker(error) => error.into(),
        })
    }

    /// Executes blocks. Whether there are more.
    fn step(&mut self) -> Result<bool, FollowError> {
        let start = self.clock.now();
        let blocks = self
            .follower
            .next(&self.worker, &*self.chain, self.blocks)?;
        let mut news = self.news();
        let Some(last) = blocks.last().map(|block| block.number) else {
            self.keep(news)?;
            self.tell_if_no_cluster()?;
            return Ok(false);
        };
        let rows = std::mem::take(&mut news.rows);
        let Followed { imported, failed } =
            self.follower
                .execute(&mut self.worker, &*self.chain, &blocks, rows)?;
        self.kept.keep(news);
        self.hooks.tell(Event::Imported(&imported));
        if let Some(error) = failed {
            return Err(error.into());
        }
        if let Some(parked) = imported.parked {
            self.blocks = 1;
            self.hooks.tell(Event::Parked(&parked));
            return Ok(false);
        }
        let took = self.clock.now().saturating_sub(start);
        self.blocks = next_blocks(self.blocks, blocks.len(), took);
        let newest = self.chain.known().map_or(last, |known| known.number);
        let block = last;
        self.hooks.tell(Event::Followed { block, newest });
        Ok(last < newest)
    }

    /// Says so if the chain has no such cluster: it may come, or another is meant.
    fn tell_if_no_cluster(&mut self) -> Result<(), FollowError> {
        let cluster = self.follower.cluster();
        if self.worker.head()?.is_none() && !self.chain.has_cluster(cluster)? {
            self.hooks.tell(Event::NoCluster(cluster));
        }
        Ok(())
    }

    fn news(&self) -> News {
        self.kept.news(&*self.chain, self.follower.cluster())
    }

    fn keep(&mut self, mut news: News) -> Result<(), FollowError> {
        let rows = std::mem::take(&mut news.rows);
        if !rows.is_empty() {
            self.follower
                .execute(&mut self.worker, &*self.chain, &[], rows)?;
            self.kept.keep(news);
        }
        Ok(())
    }
}

/// How many blocks to execute at once, after `asked` took `took`.
fn next_blocks(now: usize, asked: usize, took: Duration) -> usize {
    if took > LONG {
        return (asked / 2).max(1);
    }
    if took < SHORT && asked == now {
        return now.saturating_mul(2).min(MOST_BLOCKS);
    }
    now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_is_as_long_as_a_stop_can_wait() {
        let ms = Duration::from_millis;
        assert_eq!(next_blocks(32, 32, ms(10)), 64);
        assert_eq!(next_blocks(512, 512, ms(10)), 512);
        assert_eq!(next_blocks(32, 1, ms(10)), 32, "there was no more to do");
        assert_eq!(next_blocks(32, 32, ms(500)), 32);
        assert_eq!(next_blocks(32, 32, ms(1_500)), 16);
        assert_eq!(next_blocks(32, 1, ms(1_500)), 1);
        assert_eq!(next_blocks(1, 1, ms(9_000)), 1);
    }
}
