//! What all that is on its way has in common.

use crate::{
    chain_view::ChainView,
    endpoints::Endpoints,
    error::Error,
    key::Key,
    limits::Limits,
    rpc::Rpc,
    runtime::{Runtime, Signed},
    table::{Table, MOST_AHEAD},
};
use fat_contracts_primitives::{Balance, Hash};
use sp_crypto_hashing::{blake2_128, twox_128};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::{Mutex as Turn, OnceCell};

/// What an earlier run of the program signed: each one's call, and the extrinsic.
type Earlier = Vec<(Vec<u8>, Signed)>;

/// What all that is on its way has in common.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) endpoints: Endpoints,
    pub(crate) key: Key,
    pub(crate) limits: Limits,
    /// Held from the choice of a nonce until the pool has it: one thing at a time.
    pub(crate) turn: Turn<()>,
    table: Mutex<Table>,
    runtime: Mutex<Option<Runtime>>,
    /// The hash of the metadata that a caller compared.
    compared: Mutex<Option<Hash>>,
    earlier: OnceCell<Mutex<Earlier>>,
}

impl Shared {
    pub(crate) fn new(endpoints: Endpoints, key: Key, limits: Limits) -> Self {
        Self {
            endpoints,
            key,
            limits,
            turn: Turn::new(()),
            table: Mutex::default(),
            runtime: Mutex::default(),
            compared: Mutex::default(),
            earlier: OnceCell::new(),
        }
    }

    pub(crate) fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The runtime of a block's state.
    pub(crate) async fn runtime(&self, rpc: &Rpc, at: Hash) -> Result<Runtime, Error> {
        let version = rpc.version(at).await?;
        let known = self.known_runtime().clone();
        if let Some(known) = known.filter(|it| it.version == version) {
            return Ok(known);
        }
        let genesis = self.endpoints.genesis().await?;
        let runtime = Runtime::of(rpc, at, genesis).await?;
        *self.known_runtime() = Some(runtime.clone());
        Ok(runtime)
    }

    /// The runtime that words are signed for: one whose metadata the caller compared, if it did.
    pub(crate) async fn compared_runtime(&self, rpc: &Rpc, at: Hash) -> Result<Runtime, Error> {
        let compared = self.compared();
        let other = |it: &Runtime| compared.is_some_and(|compared| compared != it.metadata);
        let runtime = self.runtime(rpc, at).await?;
        if !other(&runtime) {
            return Ok(runtime);
        }
        self.forget_runtime();
        let runtime = self.runtime(rpc, at).await?;
        if !other(&runtime) {
            return Ok(runtime);
        }
        self.forget_runtime();
        // The runtime changes in the blocks that aren't final yet, or the endpoint makes one up.
        Err(rpc.lost(
            "its metadata",
            "it isn't that of the newest final block's runtime",
        ))
    }

    /// The runtime is to be asked for anew: a signature for what was known isn't taken.
    pub(crate) fn forget_runtime(&self) {
        *self.known_runtime() = None;
    }

    /// What whoever says something knows of the chain counts from now on.
    pub(crate) fn see(&self, seen: &ChainView) {
        if let Some(genesis) = seen.genesis {
            self.endpoints.means(genesis);
        }
        if let Some(metadata) = seen.metadata {
            let mut compared = self.compared.lock().unwrap_or_else(PoisonError::into_inner);
            *compared = Some(metadata);
        }
    }

    fn compared(&self) -> Option<Hash> {
        *self.compared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known_runtime(&self) -> MutexGuard<'_, Option<Runtime>> {
        self.runtime.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves an endpoint that gave no answer.
    pub(crate) async fn judge<T>(&self, rpc: &Rpc, answer: Result<T, Error>) -> Result<T, Error> {
        if let Err(Error::Unreachable { .. }) = answer {
            self.endpoints.leave(rpc).await;
        }
        answer
    }

    /// What the signer has on the chain, if that can be found out.
    pub(crate) async fn free(&self, rpc: &Rpc, at: Hash) -> Option<Balance> {
        let account: &[u8; 32] = self.key.account().as_ref();
        let key = [
            &twox_128(b"System")[..],
            &twox_128(b"Account"),
            &blake2_128(account),
            account,
        ]
        .concat();
        let record = rpc.storage(&key, at).await.ok()?;
        let Some(record) = record else {
            return Some(0);
        };
        // Nonce and three counters of references, of 32 bits each, stand before it.
        let free = record.get(16..32)?;
        Some(Balance::from_le_bytes(free.try_into().ok()?))
    }

    /// Something that an earlier run of the program signed and that is on its way, if it says the same.
    ///
    /// The chain is asked once: what comes later is this run's own.
    pub(crate) async fn earlier(
        &self,
        same: impl Fn(&[u8]) -> bool,
    ) -> Result<Option<Signed>, Error> {
        let known = self.earlier.get_or_try_init(|| self.ask_for_earlier());
        let mut known = known.await?.lock().unwrap_or_else(PoisonError::into_inner);
        let at = known.iter().position(|(call, _)| same(call));
        Ok(at.map(|at| known.remove(at).1))
    }

    async fn ask_for_earlier(&self) -> Result<Mutex<Earlier>, Error> {
        let rpc = self.endpoints.connection().await?;
        let found = self.find_earlier(&rpc).await;
        self.judge(&rpc, found).await.map(Mutex::new)
    }

    /// In the pool, and in the blocks that aren't final.
    async fn find_earlier(&self, rpc: &Rpc) -> Result<Earlier, Error> {
        let (finalized, mut head) = (rpc.finalized().await?, rpc.head(None).await?);
        let best = head;
        let mut extrinsics = rpc.pending().await?;
        let longest = self.limits.mortality;
        for _ in 0..longest {
            if head.number <= finalized.number {
                break;
            }
            extrinsics.extend(rpc.body(head.hash).await?);
            head = rpc.head(Some(head.parent)).await?;
        }
        let runtime = self.runtime(rpc, best.hash).await?;
        let mut found = runtime.signed_by(&self.key, extrinsics, best.number).await;
        // An endpoint can show what nobody signed, or say that it is from the far future. That keeps nobody silent for
        // longer than a true one could be on its way.
        let (newest, _) = self.table().seen();
        let latest = newest.saturating_add(longest).saturating_add(MOST_AHEAD);
        for (_, signed) in &mut found {
            signed.until = signed.until.min(latest);
        }
        Ok(found)
    }
}
