//! What is around the loop.

use crate::{chain::Chain, event::Event};
use pink_worker_core::{source::FollowError, store::Pruning, Worker};
use std::fmt::Debug;

/// Whoever runs a loop is told what happens in it, and has a turn of its own in each round. All of it is called by the
/// loop's thread: what takes long delays blocks.
pub trait Hooks: Debug {
    /// Something happened.
    fn tell(&mut self, _event: Event<'_>) {}

    /// The loop goes round.
    fn alive(&mut self) {}

    /// Whether engine files and configuration are to be looked at again: once for each time that it is so.
    fn reloaded(&mut self) -> bool {
        false
    }

    /// What is to stay of the history from now on; none: what stays by now. Asked when [`reloaded`](Self::reloaded) said so.
    fn pruning(&mut self) -> Option<Pruning> {
        None
    }

    /// The chain was asked, with this error or with success.
    fn looked(&mut self, _chain: &dyn Chain, _error: Option<&FollowError>) {}

    /// There is nothing to execute: it waits next.
    fn idle(&mut self, _worker: &Worker, _chain: &dyn Chain) {}

    /// It ends, with success.
    fn stopped(&mut self) {}
}
