//! What happens in the loop, for the operator: on the log, on a terminal, and for those who ask.

use super::{super::failure::chain_hint, publishing::Publishing, rpc, watch::Watch};
use fat_contracts_primitives::BlockNumber;
use indicatif::{ProgressBar, ProgressStyle};
use pink_daemon::{Chain, Event, Hooks, Unsaid};
use pink_worker_core::{accounts::ss58, source::FollowError, store::Pruning, Worker};
use pink_worker_rpc::StatusBoard;

/// How many blocks a worker may be behind without its being worth a progress bar.
const BEHIND: BlockNumber = 16;

/// What is around the loop of this program.
#[derive(Debug)]
pub(super) struct Following {
    console: Console,
    watch: Watch,
    publishing: Option<Publishing>,
    /// Where it is written down how it stands.
    standing: StatusBoard,
}

impl Following {
    /// It writes down how it stands, for those who ask.
    pub(super) fn new(watch: Watch, publishing: Option<Publishing>, standing: StatusBoard) -> Self {
        Self {
            console: Console::default(),
            watch,
            publishing,
            standing,
        }
    }
}

impl Hooks for Following {
    fn tell(&mut self, event: Event<'_>) {
        match &event {
            Event::Followed { .. } => self.standing.set_parked(None),
            Event::Parked(parked) => self.standing.set_parked(Some((*parked).into())),
            _ => {}
        }
        self.watch.tell(&event);
        self.console.tell(event);
    }

    fn alive(&mut self) {
        self.watch.alive();
    }

    fn reloaded(&mut self) -> bool {
        self.watch.reloaded()
    }

    fn pruning(&mut self) -> Option<Pruning> {
        self.watch.pruning()
    }

    fn looked(&mut self, chain: &dyn Chain, error: Option<&FollowError>) {
        rpc::note(&self.standing, chain, error);
    }

    /// Has a snapshot written, if it is time for one. That none can be had keeps nobody from executing.
    fn idle(&mut self, worker: &Worker, chain: &dyn Chain) {
        self.console.end_bar();
        if let Some(publishing) = &mut self.publishing {
            if let Err(error) = publishing.look(worker, chain) {
                tracing::warn!(%error, "nobody says what is confirmed: no snapshot is written");
            }
        }
        if let Some(known) = chain.known() {
            tracing::debug!(block = known.number, "it is at");
        }
    }

    fn stopped(&mut self) {
        self.console.end_bar();
    }
}

/// The log and the terminal.
#[derive(Debug, Default)]
struct Console {
    /// What was last told, so that nothing is told twice in a row.
    told: Option<String>,
    /// Why what there is to say isn't said, as it was last told.
    unsaid: Option<String>,
    /// That the cluster's key isn't handed on, as it was last told.
    withheld: Option<String>,
    bar: Option<ProgressBar>,
}

impl Console {
    fn tell(&mut self, event: Event<'_>) {
        match event {
            Event::Followed { block, newest } => {
                tracing::info!(block, "followed");
                self.show(block, newest);
            }
            Event::Parked(parked) => {
                let hint = parked.reason.hint();
                self.error(format!("{parked}\n  hint: {hint}"));
            }
            Event::NoCluster(cluster) => self.error(format!(
                "the chain has no cluster {cluster} yet\n  hint: wait for it, or name another with --cluster"
            )),
            Event::Trouble(error) => self.error(format!("{error}{}", hint(error))),
            Event::Speaks { cluster, withheld } => {
                let text = (withheld > 0).then(|| {
                    format!(
                        "{withheld} of the other members of cluster {cluster} have asked for its key, and it isn't handed on: nobody has \
                         vouched for this chain\n  hint: give the hash of its genesis block, from somebody whom you trust, once: --genesis HASH"
                    )
                });
                once(&mut self.withheld, text);
                tracing::debug!("it speaks");
            }
            Event::Said => once(&mut self.unsaid, None),
            Event::Unsaid(why) => once(&mut self.unsaid, Some(unsaid(why))),
            _ => {}
        }
    }

    /// Shows how far it is, on a terminal, while it is far behind.
    fn show(&mut self, done: BlockNumber, newest: BlockNumber) {
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
    fn error(&mut self, text: String) {
        if self.told.as_ref() != Some(&text) {
            match &self.bar {
                Some(bar) => bar.suspend(|| tracing::error!("{text}")),
                None => tracing::error!("{text}"),
            }
            self.told = Some(text);
        }
    }
}

/// Says it, if it isn't what was said last.
fn once(last: &mut Option<String>, text: Option<String>) {
    if let Some(text) = text.as_ref().filter(|_| *last != text) {
        tracing::error!("{text}");
    }
    *last = text;
}

fn unsaid(why: Unsaid<'_>) -> String {
    match why {
        Unsaid::NotAdmitted(account) => {
            let account = ss58(account);
            format!(
                "the chain hasn't admitted {account}\n  hint: its governance does: `pink-worker worker admit {account}`"
            )
        }
        Unsaid::Engines(error) => format!("{error}\n  hint: {}", error.hint()),
        Unsaid::Failed(error) => format!("{error}{}", hint(error)),
    }
}

/// What an operator can do.
fn hint(error: &FollowError) -> &'static str {
    let FollowError::Source(error) = error else {
        return "";
    };
    chain_hint(error)
}
