//! What is kept of the chain, and what is news.

use crate::{
    chain::Chain,
    rows::{self, Recorded},
};
use fat_contracts_primitives::{BlockNumber, ClusterId};
use pink_rpc_source::{Described, Trusted};
use pink_worker_core::store::ExtraRow;

/// After how many blocks a final one is kept again, if the authorities are the same: from an older one a way leads
/// to the newest as well.
const KEEP_EACH: BlockNumber = 1_000;

/// What the base path has of the chain.
#[derive(Clone, Debug, Default)]
pub struct PersistedChain {
    bound: bool,
    known: Option<Trusted>,
    described: Option<Described>,
    /// What is to be kept once, with the next final block.
    notes: Vec<ExtraRow>,
}

/// What the chain says now, and the base path doesn't yet.
#[derive(Debug)]
pub(crate) struct News {
    bound: bool,
    known: Option<Trusted>,
    described: Option<Described>,
    pub(crate) rows: Vec<ExtraRow>,
}

impl PersistedChain {
    /// As the base path has it, with rows of the caller's that are to be kept with the next final block.
    pub fn new(recorded: &Recorded, notes: Vec<ExtraRow>) -> Self {
        Self {
            bound: recorded.genesis.is_some(),
            known: recorded.known.clone(),
            described: recorded.described,
            notes,
        }
    }

    /// What is to be kept with the next transaction.
    pub(crate) fn news(&self, chain: &dyn Chain, cluster: ClusterId) -> News {
        let mut rows = Vec::new();
        let genesis = chain.genesis();
        if let (Some(genesis), false) = (genesis, self.bound) {
            rows.extend(rows::bound(genesis, cluster));
        }
        let known = chain.known().filter(|known| self.is_news(known));
        if let Some(known) = &known {
            rows.push(rows::final_block(known));
            rows.extend(self.notes.clone());
        }
        let described = chain.described();
        let other = described.filter(|it| self.described != Some(*it));
        rows.extend(other.iter().map(rows::described));
        News {
            bound: genesis.is_some(),
            known,
            described,
            rows,
        }
    }

    fn is_news(&self, known: &Trusted) -> bool {
        !self.notes.is_empty()
            || self.known.as_ref().is_none_or(|kept| {
                let way = known.number.saturating_sub(kept.number);
                kept.set != known.set || kept.pending != known.pending || way >= KEEP_EACH
            })
    }

    /// They are durable: these, and not what the chain says by now.
    pub(crate) fn keep(&mut self, news: News) {
        self.bound |= news.bound;
        if news.known.is_some() {
            self.notes.clear();
            self.known = news.known;
        }
        self.described = news.described;
    }
}
