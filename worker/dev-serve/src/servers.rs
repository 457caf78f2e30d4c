//! The two servers: the chain's RPC and the worker's.

use crate::{
    error::ServeError,
    node::{Node, SERVED},
    rpc,
    shared::Shared,
};
use pink_console::{public, Console, ConsoleConfig};
use pink_worker_core::{source::Follower, KeyExchange};
use pink_worker_rpc::{Clock, Daemon, Readiness, RpcConfig, Standing};
use std::{net::SocketAddr, path::Path, sync::Arc};

/// Where they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addresses {
    pub(crate) chain: SocketAddr,
    pub(crate) rpc: SocketAddr,
}

/// Both, until they are dropped.
#[derive(Debug)]
pub(crate) struct Servers {
    chain: rpc::Server,
    worker: pink_worker_rpc::Server,
}

impl Servers {
    fn start(
        addresses: Addresses,
        shared: &Arc<Shared>,
        daemon: Daemon,
        worker_path: &Path,
    ) -> Result<Self, ServeError> {
        let chain = rpc::Server::start(addresses.chain, shared.clone())?;
        let version = concat!("pink-worker/", env!("CARGO_PKG_VERSION"));
        // Nobody but this machine reaches the two.
        let console = Console::new(&ConsoleConfig {
            chain: public(&[format!("ws://{}", chain.address())]),
            cluster: SERVED,
            version: version.into(),
        });
        let daemon = Daemon {
            console: Some(Arc::new(console)),
            ..daemon
        };
        let config = RpcConfig {
            listen: addresses.rpc,
            // Blocks come when somebody wants one.
            readiness: Readiness {
                max_age: None,
                ..Readiness::default()
            },
            revoked_file: Some(worker_path.join("revoked-sessions")),
            version: version.into(),
            ..RpcConfig::default()
        };
        let worker = pink_worker_rpc::Server::start(config, daemon, Arc::new(()))?;
        Ok(Self { chain, worker })
    }

    /// Where they listen.
    pub(crate) fn addresses(&self) -> Addresses {
        Addresses {
            chain: self.chain.address(),
            rpc: self.worker.address(),
        }
    }
}

impl Node {
    /// Serves both.
    ///
    /// # Errors
    /// An address can't be had.
    pub(crate) fn serve(&mut self, addresses: Addresses) -> Result<Addresses, ServeError> {
        let standing = Standing::new();
        {
            let chain = self.shared.chain();
            standing.set_genesis(chain.genesis());
            let now_ms = self.shared.clock.now_ms();
            let first = chain.finalized().saturating_sub(64);
            for number in first..=chain.finalized() {
                if let Some(hash) = chain.hash(number) {
                    standing.set_final(number, hash, now_ms);
                }
            }
        }
        standing.set_parked(self.parked.as_ref().map(Into::into));
        let clock = self.shared.clock.clone();
        let daemon = Daemon {
            clock: Clock::new(move || clock.now_ms()),
            ..Daemon::new(
                self.worker.handle().clone(),
                self.queries.clone(),
                SERVED,
                standing.clone(),
            )
        };
        self.standing = standing;
        let servers = Servers::start(addresses, &self.shared, daemon, &self.worker_path)?;
        let addresses = servers.addresses();
        self.servers = Some(servers);
        Ok(addresses)
    }

    /// Serves both anew, where they were.
    ///
    /// # Errors
    /// An address can't be had any more.
    pub(crate) fn serve_again(&mut self) -> Result<(), ServeError> {
        let Some(servers) = self.servers.take() else {
            return Ok(());
        };
        let addresses = servers.addresses();
        drop(servers);
        self.serve(addresses).map(|_| ())
    }

    /// Follows as if it were the first time.
    ///
    /// # Errors
    /// A key file can't be used.
    pub(crate) fn renew_follower(&mut self) -> Result<(), ServeError> {
        let keys = KeyExchange::of_base_path(SERVED, &self.worker_path)?;
        self.follower = Follower::new(SERVED).with_keys(keys);
        Ok(())
    }
}
