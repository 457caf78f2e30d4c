//! The two servers: the chain's RPC and the worker's.

use crate::{
    error::ServeError,
    node::{Node, SERVED},
    rpc,
    shared::Shared,
};
use pink_console::{public, Console, ConsoleConfig};
use pink_worker_core::{source::Follower, KeyExchange};
use pink_worker_rpc::{Clock, Daemon, Readiness, RpcConfig, StartError, StatusBoard};
use std::{
    io::ErrorKind,
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::Arc,
    thread,
    time::Instant,
};

/// Where they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addresses {
    pub(crate) chain: SocketAddr,
    pub(crate) rpc: SocketAddr,
}

/// Both, until they are dropped.
#[derive(Debug)]
pub(crate) struct Servers {
    /// That of the chain's RPC stays, whichever server answers there.
    listener: TcpListener,
    chain: rpc::Server,
    worker: pink_worker_rpc::Server,
}

impl Servers {
    fn start(
        addresses: Addresses,
        kept: Option<TcpListener>,
        shared: &Arc<Shared>,
        daemon: Daemon,
        worker_path: &Path,
    ) -> Result<Self, ServeError> {
        let again = kept.is_some();
        let listener = match kept {
            Some(listener) => listener,
            None => listen(addresses.chain)?,
        };
        let chain = rpc::Server::start(&listener, shared.clone())?;
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
        let begun = Instant::now();
        let worker = loop {
            match pink_worker_rpc::Server::start(config.clone(), daemon.clone(), Arc::new(())) {
                Err(StartError::Listen { error, .. })
                    if error.kind() == ErrorKind::AddrInUse
                        && again
                        && begun.elapsed() < rpc::AGAIN =>
                {
                    thread::sleep(rpc::PAUSE);
                }
                worker => break worker?,
            }
        };
        Ok(Self {
            listener,
            chain,
            worker,
        })
    }

    /// Where they listen.
    pub(crate) fn addresses(&self) -> Addresses {
        Addresses {
            chain: self.chain.address(),
            rpc: self.worker.address(),
        }
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let failed = |error| ServeError::Listen { address, error };
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    Ok(listener)
}

impl Node {
    /// Serves both; on the socket that is kept, if there is one.
    ///
    /// # Errors
    /// An address can't be had.
    pub(crate) fn serve(
        &mut self,
        addresses: Addresses,
        kept: Option<TcpListener>,
    ) -> Result<Addresses, ServeError> {
        let standing = StatusBoard::new();
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
        let servers = Servers::start(addresses, kept, &self.shared, daemon, &self.worker_path)?;
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
        let Servers {
            listener,
            chain,
            worker,
        } = servers;
        drop(worker);
        // Whoever asked for this is connected to it, and is to have the answer.
        chain.end_behind()?;
        self.serve(addresses, Some(listener)).map(|_| ())
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
