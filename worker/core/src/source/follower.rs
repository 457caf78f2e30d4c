//! Drives a worker through the blocks of a source, and says to the chain what there is to say.

use super::{
    say_all, ChainSource, Cursor, Duties, ParkReport, SendError, SourceError, Voice, Word,
};
use crate::{
    exec::{StateError, SystemCodes},
    store::ExtraRow,
    Imported, KeyError, KeyExchange, KeyWord, Worker, WorkerError,
};
use fat_contracts_primitives::{Checkpoint, ClusterBlock, ClusterId};
use pink_capi::types::Hash;
use std::sync::{Mutex, PoisonError};

/// The most checkpoints that are looked through for the first that isn't confirmed.
const MOST_SKIPPED: u32 = 1 << 16;

/// Why a worker doesn't follow.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The worker failed.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// The chain gives nothing.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Something can't be said to the chain.
    #[error(transparent)]
    Send(#[from] SendError),
    /// The worker has no key that it could go on with. It must not say anything.
    #[error(transparent)]
    Keys(KeyError),
}

impl From<KeyError> for FollowError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Source(error) => Self::Source(error),
            KeyError::Worker(error) => Self::Worker(*error),
            error => Self::Keys(error),
        }
    }
}

/// What became of one step.
#[derive(Debug)]
pub struct Followed {
    /// What the worker made of the blocks.
    pub imported: Imported,
    /// Why the source couldn't give what executing them needed; then the worker stands for that alone,
    /// and nothing is reported.
    pub failed: Option<SourceError>,
}

/// Follows one cluster.
///
/// It waits for nothing and never tries again by itself: each call is one step, and whoever calls
/// decides when the next one comes, and how long it waits after an error that
/// [passes](SourceError::is_transient). A parked cluster is no error: with each step its block is tried again.
#[derive(Debug)]
pub struct Follower {
    cluster: ClusterId,
    /// How it comes to the cluster's key, if it does by itself.
    keys: Option<KeyExchange>,
    /// What there is to say of keys, if it was looked for since the last block.
    words: Option<Vec<KeyWord>>,
    /// Where the worker stood after the last step.
    stands: Option<ParkReport>,
}

impl Follower {
    /// For a cluster.
    pub fn new(cluster: ClusterId) -> Self {
        Self {
            cluster,
            keys: None,
            words: None,
            stands: None,
        }
    }

    /// Gets the cluster's key from the chain by itself, and hands it on. Without it the worker has the
    /// key that it was given, or none.
    pub fn with_keys(mut self, keys: KeyExchange) -> Self {
        self.keys = Some(keys);
        self
    }

    /// How the worker comes to the cluster's key, if it does by itself.
    pub fn keys(&self) -> Option<&KeyExchange> {
        self.keys.as_ref()
    }

    /// The cluster.
    pub fn cluster(&self) -> ClusterId {
        self.cluster
    }

    /// Where the worker stood after the last step, if that is the chain's business.
    pub fn stands(&self) -> Option<&ParkReport> {
        self.stands.as_ref()
    }

    /// Has the worker execute the next blocks, at most `limit`, in one transaction with rows of the
    /// caller's.
    ///
    /// # Errors
    /// As [`next`](Self::next) and [`execute`](Self::execute).
    pub fn follow(
        &mut self,
        worker: &mut Worker,
        source: &dyn ChainSource,
        limit: usize,
        rows: Vec<ExtraRow>,
    ) -> Result<Followed, FollowError> {
        let blocks = self.next(worker, source, limit)?;
        self.execute(worker, source, &blocks, rows)
    }

    /// The blocks that the worker has to execute next, at most `limit`: what was taken back first,
    /// whether or not the source still has it. It looks for the cluster's key before: blocks may need it. Engines
    /// are told how governance has them run contracts.
    ///
    /// # Errors
    /// The source gives no blocks, or the store failed; [`FollowError::Keys`] if the worker has another key than the
    /// cluster: then nothing is to be executed.
    pub fn next(
        &mut self,
        worker: &Worker,
        source: &dyn ChainSource,
        limit: usize,
    ) -> Result<Vec<ClusterBlock>, FollowError> {
        self.words = Some(self.look_for_keys(worker, source)?);
        let cursor = Cursor::of(worker)?;
        let given = source.blocks_after(self.cluster, &cursor, limit)?;
        worker.handle().modes().told(&source.interpreted()?);
        let fresh: Vec<_> = given.iter().map(|block| block.number).collect();
        let mut blocks = with_rewound(worker, given)?;
        blocks.truncate(limit);
        for block in &mut blocks {
            if fresh.binary_search(&block.number).is_err() {
                *block = source.amended(block.clone())?;
            }
        }
        Ok(blocks)
    }

    /// Has the worker execute blocks that [`next`](Self::next) gave, in one transaction with rows of
    /// the caller's.
    ///
    /// # Errors
    /// The worker failed: then nothing is kept, nor the rows.
    pub fn execute(
        &mut self,
        worker: &mut Worker,
        source: &dyn ChainSource,
        blocks: &[ClusterBlock],
        rows: Vec<ExtraRow>,
    ) -> Result<Followed, FollowError> {
        if !blocks.is_empty() {
            // What there is to say of keys depends on how far the worker is.
            self.words = None;
        }
        let codes = Codes::of(source);
        let imported = worker.import(blocks, rows, &codes)?;
        let failed = codes.failed();
        // A source that couldn't be asked is no cause that the chain counts.
        self.stands = imported.parked.as_ref().and_then(|parked| {
            let block = blocks.iter().find(|it| it.number == parked.block)?;
            ParkReport::of(parked, block.read_at)
        });
        Ok(Followed { imported, failed })
    }

    /// What there is to say to the chain: acknowledgements that it waits for, and where the worker stands, if the chain
    /// doesn't know; and what the exchange of the cluster's key takes. The same is said again until the chain shows it.
    ///
    /// # Errors
    /// The chain can't be had, or the store failed. Nothing is to be said if the worker has another key than the cluster.
    pub fn words(
        &mut self,
        worker: &Worker,
        source: &dyn ChainSource,
    ) -> Result<Vec<Word>, FollowError> {
        let keys = match self.words.take() {
            Some(words) => words,
            None => self.look_for_keys(worker, source)?,
        };
        let mut words = self.reports(worker, source)?;
        words.extend(keys.into_iter().map(Word::Key));
        Ok(words)
    }

    /// Says to the chain [what there is to say](Self::words).
    ///
    /// # Errors
    /// The chain can't be had or refuses, or the store failed. What was said before is said. Nothing is, if
    /// the worker has another key than the cluster.
    pub fn speak(&mut self, worker: &Worker, voice: &mut dyn Voice) -> Result<(), FollowError> {
        let words = self.words(worker, voice)?;
        Ok(say_all(words, |word| word.say(self.cluster, voice))?)
    }

    /// Says to the chain what there is to say of blocks, and nothing of keys.
    ///
    /// # Errors
    /// The chain can't be had or refuses, or the store failed. What was said before is said.
    pub fn report(&self, worker: &Worker, voice: &mut dyn Voice) -> Result<(), FollowError> {
        let words = self.reports(worker, voice)?;
        Ok(say_all(words, |word| word.say(self.cluster, voice))?)
    }

    /// What there is to say of blocks.
    fn reports(&self, worker: &Worker, source: &dyn ChainSource) -> Result<Vec<Word>, FollowError> {
        let limit = source.constants()?.max_checkpoints;
        let duties = self.duties(worker, source, limit)?;
        let due = due(worker, &duties)?;
        let acknowledged = (!due.is_empty()).then_some(Word::Acknowledge(due));
        let report = self.unknown_report(source)?.map(Word::Report);
        Ok(acknowledged.into_iter().chain(report).collect())
    }

    fn look_for_keys(
        &mut self,
        worker: &Worker,
        source: &dyn ChainSource,
    ) -> Result<Vec<KeyWord>, KeyError> {
        match &mut self.keys {
            Some(keys) => keys.look(worker, source),
            None => Ok(Vec::new()),
        }
    }

    /// What the chain waits for. Of what came with a snapshot and before, the worker has nothing to say; it may
    /// skip all that is confirmed, and has to go on with the first that isn't.
    fn duties(
        &self,
        worker: &Worker,
        source: &dyn ChainSource,
        limit: u32,
    ) -> Result<Duties, FollowError> {
        let account = source.account();
        let ask = |limit| source.duties(self.cluster, account, limit);
        let mut duties = ask(limit)?;
        let snapshot = worker.snapshot_block()?;
        let (Some(first), Some(snapshot)) = (duties.expected.first(), snapshot) else {
            return Ok(duties);
        };
        if *first > snapshot {
            return Ok(duties);
        }
        let confirmed = source.confirmed(self.cluster)?;
        let Some(confirmed) = confirmed.filter(|confirmed| *confirmed >= snapshot) else {
            duties.expected.clear();
            return Ok(duties);
        };
        let mut more = limit;
        while more < MOST_SKIPPED
            && duties.expected.len() as u64 >= u64::from(more)
            && duties
                .expected
                .last()
                .is_some_and(|last| *last <= confirmed)
        {
            more = more.saturating_mul(4).clamp(1, MOST_SKIPPED);
            duties = ask(more)?;
        }
        duties.expected.retain(|block| *block > confirmed);
        duties.expected.truncate(limit as usize);
        Ok(duties)
    }

    /// Where the worker stands, if the chain doesn't know.
    fn unknown_report(&self, source: &dyn ChainSource) -> Result<Option<ParkReport>, SourceError> {
        let Some(report) = self.stands else {
            return Ok(None);
        };
        // Of a block that isn't over the chain hears later.
        let over = report.block <= source.finalized()?.number;
        let unknown = over && !source.knows_report(self.cluster, &report)?;
        Ok(unknown.then_some(report))
    }
}

/// What a worker can say of what the chain waits for, in order, up to the first of which it can't yet.
fn due(worker: &Worker, duties: &Duties) -> Result<Vec<Checkpoint>, WorkerError> {
    let mut checkpoints = Vec::new();
    for block in &duties.expected {
        let input = worker.input(*block)?;
        let mut messages = input.iter().flat_map(|input| &input.messages);
        if messages.any(|(seq, _)| duties.amended.contains(seq)) {
            break;
        }
        match worker.checkpoint(*block)? {
            Some(checkpoint) => checkpoints.push(checkpoint),
            None => break,
        }
    }
    Ok(checkpoints)
}

/// Blocks that wait, and those beside them that the worker took back and hasn't executed again, by
/// number. Of a block that is among both, the one that waits counts: it knows more.
///
/// # Errors
/// The store failed.
pub fn with_rewound(
    worker: &Worker,
    waiting: Vec<ClusterBlock>,
) -> Result<Vec<ClusterBlock>, WorkerError> {
    let mut all = worker.rewound()?;
    all.retain(|input| !waiting.iter().any(|it| it.number == input.number));
    all.extend(waiting);
    all.sort_by_key(|input| input.number);
    Ok(all)
}

/// The codes of a source. That one couldn't be asked for is remembered: it tells nothing of the block.
#[derive(Debug)]
pub struct Codes<'s> {
    source: &'s dyn ChainSource,
    failed: Mutex<Option<SourceError>>,
}

impl<'s> Codes<'s> {
    /// Of a source.
    pub fn of(source: &'s dyn ChainSource) -> Self {
        Self {
            source,
            failed: Mutex::new(None),
        }
    }

    /// Why the source couldn't be asked for one, if so.
    pub fn failed(self) -> Option<SourceError> {
        self.failed
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl SystemCodes for Codes<'_> {
    fn system_code(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StateError> {
        self.source.system_code(&hash.into()).map_err(|error| {
            let text = error.to_string();
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            StateError(text)
        })
    }
}
