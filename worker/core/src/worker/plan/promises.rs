//! Whether promises are kept.
//!
//! A source tells of an amendment ahead of the block that delivers it, and the worker applies it as if
//! it were there. It is kept if that block delivers it. It isn't if that block doesn't; if the
//! message's block is given again without it; or if what is given is read in a state in which that
//! block wasn't made yet, because a chain's finalized end never goes back. Then the worker goes back
//! to before the message, and executes what followed as if it hadn't been told. Should it have been
//! true all the same, the block that delivers it says so.

use super::{before, GoBack, Plan};
use crate::{
    error::WorkerError,
    exec::{check_promises, Disorder, Promise},
    worker::Worker,
};
use fat_contracts_primitives::{BlockNumber, ClusterBlock};

impl Plan<'_> {
    /// A block that was executed comes again: what is told of its messages may have changed.
    pub(super) fn told_again(
        &mut self,
        worker: &Worker,
        done: BlockNumber,
        known: &ClusterBlock,
        again: &ClusterBlock,
    ) -> Result<Result<(), Disorder>, WorkerError> {
        if let Err(disorder) = check_promises(again) {
            return Ok(Err(disorder));
        }
        let of = again.number;
        // What was to be delivered by now can be looked up. What was and isn't told is no matter:
        // of several amendments a chain that pruned its messages knows the last one.
        for (by, amendment) in again.amended_later.iter().filter(|(by, _)| *by <= done) {
            let delivered = worker.input(*by)?;
            if delivered.is_some_and(|it| !it.amendments.contains(amendment)) {
                return Ok(Err(broken(&promise(of, (*by, *amendment)))));
            }
        }
        self.given_at = self.given_at.max(Some(again.read_at));
        let open = |input: &ClusterBlock| {
            let later = input.amended_later.iter();
            let open: Vec<_> = later.filter(|(by, _)| *by > done).copied().collect();
            open
        };
        let (was, now) = (open(known), open(again));
        if was == now {
            return Ok(Ok(()));
        }
        // Out of reach it stays as it is: the blocks that deliver will tell.
        if let Some(to) = before(worker, of)? {
            let gone = was.into_iter().filter(|it| !now.contains(it));
            self.back_to(to, gone.map(|it| promise(of, it)));
        }
        Ok(Ok(()))
    }

    /// What a block says that a later one of these delivers, that one must deliver. If both are
    /// given now, nothing from there on is executed.
    pub(super) fn check_promises(&mut self) {
        let read_at = self.blocks.iter();
        let read_at = read_at.filter(|it| self.given.contains(&it.number));
        self.given_at = self.given_at.max(read_at.map(|it| it.read_at).max());
        for at in 0..self.blocks.len() {
            let Some(input) = self.blocks.get(at) else {
                return;
            };
            let of = input.number;
            let told = input.amended_later.iter().map(|it| promise(of, *it));
            let open: Vec<_> = told.filter(|it| !self.stands(it)).collect();
            let Some(first) = open.first() else { continue };
            if self.given.contains(&of) {
                self.stop(at, None, broken(first));
                return;
            }
            if let Some(input) = self.blocks.get_mut(at) {
                take_out(input.to_mut(), &open);
            }
            self.dropped.extend(open);
        }
    }

    /// What a block that was executed said that one of these delivers, that one must deliver.
    pub(super) fn check_promised(
        &mut self,
        worker: &Worker,
        promised: &[Promise],
    ) -> Result<(), WorkerError> {
        for promise in promised
            .iter()
            .filter(|it| !self.stands(it))
            .copied()
            .collect::<Vec<_>>()
        {
            let (of, seq) = (promise.of, promise.amendment.seq);
            let by = self.blocks.iter().position(|it| it.number == promise.by);
            match by {
                Some(at) => {
                    if !self.go_back(worker, at, seq, Some(of), Some(promise))? {
                        return Ok(());
                    }
                }
                // If it can't now, it has to at that block.
                None => {
                    if let Some(to) = before(worker, of)? {
                        self.back_to(to, [promise]);
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a promise is kept by these blocks, or may still be.
    fn stands(&self, promise: &Promise) -> bool {
        match self.blocks.iter().find(|it| it.number == promise.by) {
            Some(by) => by.amendments.contains(&promise.amendment),
            None => self.given_at.is_none_or(|at| promise.by <= at),
        }
    }
}

impl GoBack {
    /// A block as it has to be executed again: without what nobody stands by.
    pub(crate) fn cleaned(&self, mut input: ClusterBlock) -> ClusterBlock {
        take_out(&mut input, &self.broken);
        input
    }
}

fn promise(of: BlockNumber, (by, amendment): (BlockNumber, super::Amendment)) -> Promise {
    Promise { of, by, amendment }
}

fn broken(promise: &Promise) -> Disorder {
    Disorder::AmendedLater {
        seq: promise.amendment.seq,
        by: promise.by,
        why: "that block doesn't deliver it",
    }
}

/// Forgets promises about a block, and in whose state they were read.
fn take_out(input: &mut ClusterBlock, broken: &[Promise]) {
    let of = input.number;
    let later = &mut input.amended_later;
    later.retain(|it| !broken.contains(&promise(of, *it)));
    let newest = later.last().map_or(of, |(by, _)| *by);
    input.read_at = newest;
}
