//! How much is asked.

use super::method::Nothing;
use crate::{context::Context, error::RpcError};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::{
    atomic::{AtomicU64, Ordering},
    Arc,
};

/// Counts questions since the server began.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    queries: AtomicU64,
    estimates: AtomicU64,
}

impl Traffic {
    /// A question was asked.
    pub(crate) fn asked(&self, estimating: bool) {
        let counter = if estimating {
            &self.estimates
        } else {
            &self.queries
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// What `worker_v1_traffic` gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrafficJson {
    /// Queries since the server began, those that failed among them.
    pub queries: u64,
    /// Estimates since then.
    pub estimates: u64,
    /// The worker's clock, in milliseconds of the Unix epoch.
    pub now_ms: u64,
}

pub(super) async fn traffic(context: Arc<Context>, _: Nothing) -> Result<TrafficJson, RpcError> {
    Ok(TrafficJson {
        queries: context.traffic.queries.load(Ordering::Relaxed),
        estimates: context.traffic.estimates.load(Ordering::Relaxed),
        now_ms: context.daemon.clock.now_ms(),
    })
}
