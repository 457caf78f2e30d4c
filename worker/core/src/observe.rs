//! What a worker does, for whoever measures it.
//!
//! An observer is told of what happened, with how long it took, and changes nothing: no result of a block or of a
//! query depends on what it does with it, nor on the clock that the time was read from.

use crate::{exec::Parked, ExecutedBlock, QueryEnd};
use fat_contracts_primitives::{BlockNumber, ClusterBlock};
use pink_capi::types::HttpRequestError;
use std::{fmt, sync::Arc, time::Duration};

/// Is told of what a worker does. Each method may be called from any thread, must return soon, and does nothing
/// unless it is written.
pub trait Observer: fmt::Debug + Send + Sync {
    /// A block was executed. It isn't kept yet.
    fn executed(&self, block: BlockNumber, took: Duration) {
        let _ = (block, took);
    }

    /// Blocks were committed, in one transaction.
    fn committed(&self, blocks: usize, took: Duration) {
        let _ = (blocks, took);
    }

    /// A block is kept.
    fn kept(&self, input: &ClusterBlock, block: &ExecutedBlock) {
        let _ = (input, block);
    }

    /// The worker went back to the end of a block, to execute again what followed.
    fn went_back(&self, to: BlockNumber) {
        let _ = to;
    }

    /// The cluster is parked, or isn't any more.
    fn stands(&self, parked: Option<&Parked>) {
        let _ = parked;
    }

    /// A query ended, or wasn't begun.
    fn queried(&self, end: QueryEnd, took: Duration) {
        let _ = (end, took);
    }

    /// A contract's request over HTTP ended.
    fn requested(&self, error: Option<&HttpRequestError>) {
        let _ = error;
    }
}

/// Two observers: each is told, the first first.
#[derive(Clone, Debug)]
pub struct Both(pub Arc<dyn Observer>, pub Arc<dyn Observer>);

impl Observer for Both {
    fn executed(&self, block: BlockNumber, took: Duration) {
        self.0.executed(block, took);
        self.1.executed(block, took);
    }

    fn committed(&self, blocks: usize, took: Duration) {
        self.0.committed(blocks, took);
        self.1.committed(blocks, took);
    }

    fn kept(&self, input: &ClusterBlock, block: &ExecutedBlock) {
        self.0.kept(input, block);
        self.1.kept(input, block);
    }

    fn went_back(&self, to: BlockNumber) {
        self.0.went_back(to);
        self.1.went_back(to);
    }

    fn stands(&self, parked: Option<&Parked>) {
        self.0.stands(parked);
        self.1.stands(parked);
    }

    fn queried(&self, end: QueryEnd, took: Duration) {
        self.0.queried(end, took);
        self.1.queried(end, took);
    }

    fn requested(&self, error: Option<&HttpRequestError>) {
        self.0.requested(error);
        self.1.requested(error);
    }
}

/// Nobody measures.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoObserver;

impl Observer for NoObserver {}
