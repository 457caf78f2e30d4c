//! Who measures what a source asks.

use std::{fmt::Debug, sync::Arc};

/// How a request to an endpoint ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requested {
    /// It was answered. Whether what came holds is another matter: see [`Observer::disbelieved`].
    Answered,
    /// There was an error in place of an answer.
    Refused,
    /// There was no answer in time, or the connection couldn't be made or broke.
    Failed,
}

/// Is told of each request to an endpoint, on the thread that asks. Endpoints are counted from 0, as they are named.
pub trait Observer: Debug + Send + Sync + 'static {
    /// `count` requests ended.
    fn requested(&self, endpoint: usize, ended: Requested, count: usize) {
        let _ = (endpoint, ended, count);
    }

    /// What an endpoint gave doesn't hold: it isn't proven, or can't be understood.
    fn disbelieved(&self, endpoint: usize) {
        let _ = endpoint;
    }
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoObserver;

impl Observer for NoObserver {}

/// Who is told, if anybody is.
#[derive(Clone, Debug)]
pub struct Observed(pub Arc<dyn Observer>);

impl Default for Observed {
    fn default() -> Self {
        Self(Arc::new(NoObserver))
    }
}
