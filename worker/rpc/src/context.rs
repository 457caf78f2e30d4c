//! What every method has at hand.

use crate::{
    api::traffic::Traffic,
    auth::Auth,
    config::{Readiness, RpcConfig},
    daemon::Daemon,
    error::{Code, RpcError},
    jobs::Jobs,
    observer::Observer,
};
use pink_worker_core::WorkerHandle;
use std::sync::{atomic::AtomicBool, Arc, PoisonError, RwLock};
use tokio::sync::watch;

/// Shared by all calls of a server.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) daemon: Daemon,
    pub(crate) config: RpcConfig,
    pub(crate) auth: Auth,
    pub(crate) jobs: Jobs,
    pub(crate) observer: Arc<dyn Observer>,
    /// Changes with each block that is executed.
    pub(crate) blocks: watch::Receiver<u64>,
    /// Changes with each line that contracts say.
    pub(crate) lines: watch::Receiver<u64>,
    pub(crate) readiness: Arc<RwLock<Readiness>>,
    pub(crate) rehearsing: AtomicBool,
    pub(crate) traffic: Traffic,
}

impl Context {
    pub(crate) fn new(
        daemon: Daemon,
        config: RpcConfig,
        observer: Arc<dyn Observer>,
        news: (watch::Receiver<u64>, watch::Receiver<u64>),
    ) -> Self {
        Self {
            auth: Auth::new(&config),
            readiness: Arc::new(RwLock::new(config.readiness)),
            jobs: Jobs::new(),
            daemon,
            config,
            observer,
            blocks: news.0,
            lines: news.1,
            rehearsing: AtomicBool::new(false),
            traffic: Traffic::default(),
        }
    }

    /// When it is ready, as of now.
    pub(crate) fn readiness(&self) -> Readiness {
        *self
            .readiness
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads on a thread for it.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        read: impl FnOnce(&Self, &WorkerHandle) -> Result<T, RpcError> + Send + 'static,
    ) -> Result<T, RpcError> {
        let context = self.clone();
        self.jobs
            .read(move || read(&context, &context.daemon.worker))
            .await
    }
}

/// Who a call comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    /// He may call what is unsafe.
    pub(crate) trusted: bool,
    /// He can be told things later on.
    pub(crate) listens: bool,
}

/// There is no contract, or it is no use.
pub(crate) fn of_access(error: &pink_capi::types::AccessError) -> RpcError {
    use pink_capi::types::AccessError as Access;
    let (code, text) = match error {
        Access::DoesntExist => (Code::NoContract, "there is no contract at this address"),
        Access::IsTombstone => (
            Code::Tombstone,
            "the contract is a tombstone: its storage is gone",
        ),
        Access::BadKey => (
            Code::BadKey,
            "the key has another form than those of the engine's contracts",
        ),
        Access::Unsupported => (Code::Unsupported, "the engine's rules know no such thing"),
    };
    RpcError::new(code, text)
}
