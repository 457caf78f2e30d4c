//! Several endpoints of one chain, one of which is used.

use crate::{error::Error, limits::Limits, rpc::Rpc};
use fat_contracts_primitives::Hash;
use std::sync::{Arc, OnceLock};
use tokio::sync::Mutex;
use tracing::warn;

/// Several endpoints of one chain.
#[derive(Debug)]
pub(crate) struct Endpoints {
    all: Vec<Arc<str>>,
    limits: Limits,
    /// The hash of the chain's genesis block.
    genesis: OnceLock<Hash>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The one that is used, or tried next.
    next: usize,
    connected: Option<Rpc>,
}

impl Endpoints {
    pub(crate) fn new(
        all: Vec<String>,
        genesis: Option<Hash>,
        limits: Limits,
    ) -> Result<Self, Error> {
        if all.is_empty() {
            return Err(Error::BadEndpoint {
                endpoint: "nothing".into(),
                reason: "at least one is needed".into(),
            });
        }
        for endpoint in &all {
            let rest = endpoint
                .strip_prefix("ws://")
                .or_else(|| endpoint.strip_prefix("wss://"));
            let named = rest.is_some_and(|it| !it.is_empty() && !it.starts_with(['/', ':']));
            if !named {
                return Err(Error::BadEndpoint {
                    endpoint: pink_worker_core::values::shortened(endpoint),
                    reason: "it doesn't begin with ws:// or wss:// and a host".into(),
                });
            }
        }
        Ok(Self {
            all: all.into_iter().map(Into::into).collect(),
            limits,
            genesis: genesis.map_or_else(OnceLock::new, OnceLock::from),
            state: Mutex::new(State {
                next: 0,
                connected: None,
            }),
        })
    }

    /// Which chain is meant, unless that is known.
    pub(crate) fn means(&self, genesis: Hash) {
        self.genesis.get_or_init(|| genesis);
    }

    /// A connection: the one that is there, or a new one to the first endpoint that answers and serves the chain, each
    /// tried once.
    pub(crate) async fn connection(&self) -> Result<Rpc, Error> {
        let mut state = self.state.lock().await;
        if let Some(rpc) = &state.connected {
            return Ok(rpc.clone());
        }
        let mut failed = None;
        for _ in 0..self.all.len() {
            let index = state.next % self.all.len();
            match self.open(index).await {
                Ok(rpc) => {
                    state.connected = Some(rpc.clone());
                    return Ok(rpc);
                }
                Err(error) => {
                    warn!(%error, "an endpoint gave nothing; it is tried again after the others");
                    state.next = (index + 1) % self.all.len();
                    // Another chain has to be looked at by somebody; an endpoint that is away comes back.
                    if failed.as_ref().is_none_or(Error::is_transient) {
                        failed = Some(error);
                    }
                }
            }
        }
        Err(failed.unwrap_or_else(|| Error::BadEndpoint {
            endpoint: "nothing".into(),
            reason: "at least one is needed".into(),
        }))
    }

    async fn open(&self, index: usize) -> Result<Rpc, Error> {
        let rpc = Rpc::connect(self.all[index].clone(), self.limits).await?;
        let found = rpc.genesis().await?;
        let expected = *self.genesis.get_or_init(|| found);
        match expected == found {
            true => Ok(rpc),
            false => Err(Error::OtherChain {
                endpoint: rpc.endpoint.to_string(),
                expected,
                found,
            }),
        }
    }

    /// Leaves an endpoint that gave no answer, or no room: the next one is tried next.
    pub(crate) async fn leave(&self, rpc: &Rpc) {
        let mut state = self.state.lock().await;
        // Another task may have left it before.
        let same = |it: &Rpc| Arc::ptr_eq(&it.endpoint, &rpc.endpoint);
        if state.connected.as_ref().is_some_and(same) {
            state.connected = None;
            state.next = (state.next + 1) % self.all.len();
        }
    }

    pub(crate) async fn genesis(&self) -> Result<Hash, Error> {
        let rpc = self.connection().await?;
        match self.genesis.get() {
            Some(genesis) => Ok(*genesis),
            None => rpc.genesis().await,
        }
    }
}
