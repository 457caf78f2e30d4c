//! Catching up, following, waiting.

use super::{
    super::failure::Failure,
    base::{bound, described, final_block, Base},
    publishing::Publishing,
    rpc,
    watch::Watch,
};
use fat_contracts_primitives::BlockNumber;
use indicatif::{ProgressBar, ProgressStyle};
use pink_rpc_source::{pause, Described, RpcSource, Trusted};
use pink_worker_core::{
    accounts::ss58,
    source::{ChainSource, FollowError, Followed, Follower, SourceError, Standing},
    store::ExtraRow,
    InstalledEngine, KeyExchange, Worker,
};
use pink_worker_rpc::Standing as Stands;
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

/// How many blocks are executed in one transaction at most, and at first.
const MOST_BLOCKS: usize = 512;
const FIRST_BLOCKS: usize = 32;

/// How long a transaction should take, so that a stop doesn't wait for it.
const LONG: Duration = Duration::from_millis(1_000);
const SHORT: Duration = Duration::from_millis(250);

/// How long it is waited for news of a chain that tells none.
const SILENT: Duration = Duration::from_secs(6);

/// How many blocks a worker may be behind without its being worth a progress bar.
const BEHIND: BlockNumber = 16;

/// After how many blocks a final one is kept again, if the authorities are the same: from an older one a way leads
/// to the newest as well.
const KEEP_EACH: BlockNumber = 1_000;

/// How often it is looked whether the chain knows which engine files there are.
const ANNOUNCE_EACH: Duration = Duration::from_secs(600);

/// A worker that follows a chain.
#[derive(Debug)]
pub(super) struct Following {
    worker: Worker,
    source: RpcSource,
    follower: Follower,
    /// What is kept of the chain.
    bound: bool,
    kept: Option<Trusted>,
    described: Option<Described>,
    /// What is to be kept once, with the chain.
    notes: Vec<ExtraRow>,
    /// How many blocks to execute next.
    blocks: usize,
    /// What was last told, so that nothing is told twice in a row.
    told: Option<String>,
    bar: Option<ProgressBar>,
    /// Why what there is to say isn't said, as it was last told.
    unsaid: Option<String>,
    /// That the cluster's key isn't handed on, as it was last told.
    withheld: Option<String>,
    /// Whether there is a key to speak with.
    speaks: bool,
    /// When it was last looked whether the chain knows which engine files there are.
    announced: Option<Instant>,
    publishing: Option<Publishing>,
    watch: Watch,
    /// Where it is written down how it stands.
    standing: Stands,
}

/// What there is to do next.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// More blocks.
    More,
    /// Nothing, until there is another block.
    Wait,
}

impl Following {
    /// It `speaks` if the source has a voice, and exchanges the cluster's key with `keys`. `notes` are kept in the base
    /// path with the next final block.
    pub(super) fn new(
        base: Base,
        source: RpcSource,
        speaks: bool,
        keys: Option<KeyExchange>,
        publishing: Option<Publishing>,
        notes: Vec<ExtraRow>,
        watch: Watch,
    ) -> Self {
        let follower = Follower::new(base.cluster);
        Self {
            follower: match keys {
                Some(keys) => follower.with_keys(keys),
                None => follower,
            },
            worker: base.worker,
            source,
            bound: base.genesis.is_some(),
            kept: base.known,
            described: base.described,
            notes,
            blocks: FIRST_BLOCKS,
            told: None,
            bar: None,
            unsaid: None,
            withheld: None,
            speaks,
            announced: None,
            publishing,
            watch,
            standing: Stands::new(),
        }
    }

    /// Writes down how it stands, for those who ask.
    pub(super) fn with_standing(self, standing: Stands) -> Self {
        Self { standing, ..self }
    }

    pub(super) fn into_worker(self) -> Worker {
        self.worker
    }

    /// Follows until it is stopped.
    ///
    /// # Errors
    /// The worker failed; or every endpoint serves another chain than the base path's.
    pub(super) fn go(&mut self) -> Result<(), Failure> {
        let signal = self.source.signal().clone();
        let mut failures = 0u32;
        while !signal.is_stopped() {
            let news = signal.count();
            self.watch.alive();
            if self.watch.reloaded() {
                self.announced = None;
            }
            let stepped = self.step_and_speak();
            rpc::note(&self.standing, &self.source, &stepped);
            match stepped {
                Ok(next) => {
                    failures = 0;
                    self.watch.stepped(&mut self.worker, &self.source)?;
                    if next == Next::Wait {
                        self.end_bar();
                        self.publish();
                        if let Some(known) = self.source.known() {
                            tracing::debug!(block = known.number, "it is at");
                        }
                        signal.wait(news, SILENT);
                    }
                }
                Err(FollowError::Worker(error)) => return Err(error.into()),
                Err(_) if signal.is_stopped() => {}
                Err(FollowError::Source(SourceError::Standing(error)))
                    if matches!(error, Standing::OtherChain { .. }) =>
                {
                    return Err(Failure::Source(Box::new(error.into())));
                }
                Err(error) => {
                    failures = failures.saturating_add(1);
                    self.tell(format!("{error}{}", hint(&error)));
                    // What was proven on the way is proven.
                    if let Err(FollowError::Worker(error)) = self.keep(self.rows()) {
                        return Err(error.into());
                    }
                    signal.pause(pause(failures));
                }
            }
        }
        self.end_bar();
        Ok(())
    }

    /// Has a snapshot written, if it is time for one. That none can be had keeps nobody from executing.
    fn publish(&mut self) {
        if let Some(publishing) = &mut self.publishing {
            if let Err(error) = publishing.look(&self.worker, &self.source) {
                tracing::warn!(%error, "nobody says what is confirmed: no snapshot is written");
            }
        }
    }

    /// Executes blocks, and says what there is to say. That something can't be said keeps nobody from
    /// executing.
    fn step_and_speak(&mut self) -> Result<Next, FollowError> {
        let next = self.step()?;
        if !self.speaks {
            return Ok(next);
        }
        let withheld = self.withheld();
        if let Some(text) = withheld.as_ref().filter(|_| self.withheld != withheld) {
            tracing::error!("{text}");
        }
        self.withheld = withheld;
        tracing::debug!("it speaks");
        let unsaid = match self.announce() {
            Ok(None) => self.follower.speak(&self.worker, &mut self.source),
            Ok(Some(text)) => {
                self.tell_unsaid(Some(text));
                return Ok(next);
            }
            Err(error) => Err(error),
        };
        match unsaid {
            Err(FollowError::Worker(error)) => return Err(error.into()),
            // It waited in vain for being taken, and is said with the next start.
            Err(_) if self.source.signal().is_stopped() => {}
            Err(error) => self.tell_unsaid(Some(format!("{error}{}", hint(&error)))),
            Ok(()) => self.tell_unsaid(None),
        }
        Ok(next)
    }

    /// Says which engine files there are, if the chain doesn't know; or why it is no use.
    fn announce(&mut self) -> Result<Option<String>, FollowError> {
        let due = self
            .announced
            .is_none_or(|last| last.elapsed() >= ANNOUNCE_EACH);
        if !due {
            return Ok(None);
        }
        let account = self.source.account().clone();
        let Some(known) = self.source.worker_record(&account)? else {
            let account = ss58(&account);
            return Ok(Some(format!(
                "the chain hasn't admitted {account}\n  hint: its governance does: `pink-worker worker admit {account}`"
            )));
        };
        let files = match InstalledEngine::find_all(self.worker.registry()) {
            Ok(engines) => engines,
            Err(error) => {
                return Ok(Some(format!("{error}\n  hint: {}", error.hint())));
            }
        };
        let files = files.iter().flat_map(|engine| &engine.record.artefacts);
        let files: BTreeSet<_> = files.map(|file| file.hash).collect();
        if files != known.engines.into_iter().collect() {
            self.source.announce_engines(files.into_iter().collect())?;
        }
        self.announced = Some(Instant::now());
        Ok(None)
    }

    /// That the key isn't handed on, if somebody waits for it.
    fn withheld(&self) -> Option<String> {
        let members = self.follower.keys()?.withheld();
        let cluster = self.follower.cluster();
        (members > 0).then(|| {
            format!(
                "{members} of the other members of cluster {cluster} have asked for its key, and it isn't handed on: nobody has \
                 vouched for this chain\n  hint: give the hash of its genesis block, from somebody whom you trust, once: --genesis HASH"
            )
        })
    }

    /// Says to the operator why something isn't said to the chain, once in a row.
    fn tell_unsaid(&mut self, text: Option<String>) {
        if let Some(text) = text.as_ref().filter(|_| self.unsaid != text) {
            tracing::error!("{text}");
        }
        self.unsaid = text;
    }

    fn step(&mut self) -> Result<Next, FollowError> {
        let start = Instant::now();
        let blocks = self
            .follower
            .next(&self.worker, &self.source, self.blocks)?;
        let rows = self.rows();
        let Some(last) = blocks.last().map(|block| block.number) else {
            self.keep(rows)?;
            self.tell_if_no_cluster()?;
            return Ok(Next::Wait);
        };
        let asked = blocks.len();
        let followed = self
            .follower
            .execute(&mut self.worker, &self.source, &blocks, rows)?;
        let Followed { imported, failed } = followed;
        self.noted();
        if let Some(error) = failed {
            return Err(error.into());
        }
        self.standing
            .set_parked(imported.parked.as_ref().map(Into::into));
        if let Some(parked) = imported.parked {
            self.blocks = 1;
            let hint = parked.reason.hint();
            self.tell(format!("{parked}\n  hint: {hint}"));
            return Ok(Next::Wait);
        }
        self.blocks = next_blocks(self.blocks, asked, start.elapsed());
        tracing::info!(block = last, "followed");
        self.show(last);
        let newest = self.source.known().map_or(last, |known| known.number);
        Ok(match last < newest {
            true => Next::More,
            false => Next::Wait,
        })
    }

    /// Says so if the chain has no such cluster: it may come, or another is meant.
    fn tell_if_no_cluster(&mut self) -> Result<(), FollowError> {
        let cluster = self.follower.cluster();
        if self.worker.head()?.is_none() && !self.source.has_cluster(cluster)? {
            self.tell(format!(
                "the chain has no cluster {cluster} yet\n  hint: wait for it, or name another with --cluster"
            ));
        }
        Ok(())
    }

    /// What is to be kept of the chain with the next transaction.
    fn rows(&self) -> Vec<ExtraRow> {
        let mut rows = Vec::new();
        if let (Some(genesis), false) = (self.source.genesis(), self.bound) {
            rows.extend(bound(genesis, self.follower.cluster()));
        }
        if let Some(known) = self.source.known().filter(|known| self.is_news(known)) {
            rows.push(final_block(&known));
            rows.extend(self.notes.clone());
        }
        let now = self.source.described();
        rows.extend(
            now.filter(|it| self.described != Some(*it))
                .iter()
                .map(described),
        );
        rows
    }

    fn is_news(&self, known: &Trusted) -> bool {
        !self.notes.is_empty()
            || self.kept.as_ref().is_none_or(|kept| {
                let way = known.number.saturating_sub(kept.number);
                kept.set != known.set || kept.pending != known.pending || way >= KEEP_EACH
            })
    }

    /// That it is kept.
    fn noted(&mut self) {
        self.bound |= self.source.genesis().is_some();
        let news = self.source.known().filter(|known| self.is_news(known));
        if news.is_some() {
            self.notes.clear();
        }
        self.kept = news.or(self.kept.take());
        self.described = self.source.described();
    }

    fn keep(&mut self, rows: Vec<ExtraRow>) -> Result<(), FollowError> {
        if !rows.is_empty() {
            self.follower
                .execute(&mut self.worker, &self.source, &[], rows)?;
            self.noted();
        }
        Ok(())
    }

    /// Shows how far it is, on a terminal, while it is far behind.
    fn show(&mut self, done: BlockNumber) {
        let newest = self.source.known().map_or(done, |known| known.number);
        if self.bar.is_none() && newest.saturating_sub(done) > BEHIND {
            let bar = ProgressBar::new(newest.into());
            let style = ProgressStyle::with_template("{bar:40} {pos}/{len} blocks, {eta} left");
            self.bar = Some(match style {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            });
        }
        if let Some(bar) = &self.bar {
            bar.set_length(newest.into());
            bar.set_position(done.into());
        }
        if self.told.take().is_some() {
            tracing::warn!(block = done, "it goes on");
        }
    }

    fn end_bar(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    /// Says something to the operator, once in a row.
    fn tell(&mut self, text: String) {
        if self.told.as_ref() != Some(&text) {
            match &self.bar {
                Some(bar) => bar.suspend(|| tracing::error!("{text}")),
                None => tracing::error!("{text}"),
            }
            self.told = Some(text);
        }
    }
}

/// How many blocks to execute at once, after so many took so long.
fn next_blocks(now: usize, asked: usize, took: Duration) -> usize {
    if took > LONG {
        return (asked / 2).max(1);
    }
    if took < SHORT && asked == now {
        return now.saturating_mul(2).min(MOST_BLOCKS);
    }
    now
}

/// What an operator can do.
fn hint(error: &FollowError) -> &'static str {
    let FollowError::Source(error) = error else {
        return "";
    };
    super::super::failure::chain_hint(error)
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
