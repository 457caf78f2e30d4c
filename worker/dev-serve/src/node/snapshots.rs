//! Remembering how everything is, and going back to it.

use super::{troubles::Troubles, Node, RequestResult};
use crate::{error::ServeError, order::NotDone};
use fat_contracts_primitives::BlockNumber;
use serde_json::json;

/// The most snapshots that are remembered: with one more the oldest is forgotten.
const MOST: usize = 64;

/// How everything was.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    best: BlockNumber,
    finalized: BlockNumber,
    /// The last block that the worker had executed.
    executed: BlockNumber,
    touched: BlockNumber,
    last_ms: u64,
    ahead_ms: u64,
    hidden: BlockNumber,
    troubles: Troubles,
}

impl Node {
    pub(super) fn snapshot(&mut self) -> RequestResult {
        let executed = self.worker.head()?.map_or(0, |(number, _, _)| number);
        let chain = self.shared.chain();
        let snapshot = Snapshot {
            best: chain.best().number,
            finalized: chain.finalized(),
            executed,
            touched: self.touched,
            last_ms: self.last_ms,
            ahead_ms: self.shared.clock.is_ahead(),
            hidden: self.source.hidden,
            troubles: self.troubles.clone(),
        };
        drop(chain);
        let id = self.next_snapshot;
        self.next_snapshot = id.saturating_add(1);
        self.snapshots.insert(id, snapshot);
        while self.snapshots.len() > MOST {
            self.snapshots.pop_first();
        }
        Ok(Ok(json!(id)))
    }

    /// Goes back: chain, pool, clock and worker. The snapshot and those after it are used up, as with `evm_revert`.
    pub(super) fn revert(&mut self, id: u64) -> RequestResult {
        let Some(to) = self.snapshots.get(&id).cloned() else {
            return Ok(Err(NotDone(format!(
                "there is no snapshot {id}, or it is used up"
            ))));
        };
        if !self.shared.chain().keeps(to.best) {
            let text = format!(
                "the state of block {} is discarded: snapshot {id} is too old",
                to.best
            );
            return Ok(Err(NotDone(text)));
        }
        let executed = self.worker.head()?.map_or(0, |(number, _, _)| number);
        if executed > to.executed && !self.worker.store().can_revert_to(to.executed)? {
            let text = format!(
                "the worker can't go back to block {}: snapshot {id} is too old",
                to.executed
            );
            return Ok(Err(NotDone(text)));
        }
        // The worker first: one that is behind its chain follows it, whatever happens in between.
        self.worker.forget_after(to.executed)?;
        {
            let mut chain = self.shared.chain_mut();
            chain.revert(to.best, to.finalized);
            self.shared.pool().clear();
            self.disk.rewrite(&chain, to.ahead_ms)?;
        }
        self.snapshots.split_off(&id);
        self.source.reset();
        self.source.hidden = to.hidden;
        self.shared.clock.set_ahead(to.ahead_ms);
        self.touched = to.touched;
        self.last_ms = to.last_ms;
        self.troubles = to.troubles;
        self.parked = None;
        self.renew_follower()?;
        Ok(Ok(json!(true)))
    }

    /// Has everybody who is connected connect again: nobody who follows a chain expects it to go back.
    pub(super) fn restart_servers(&mut self) -> Result<(), ServeError> {
        self.serve_again()?;
        self.settle()
    }
}
