//! What those who ask and the one who makes blocks have in common.

use crate::{
    chain::{Chain, NoState},
    clock::Clock,
    order::Order,
    pool::{Pool, Refused},
};
use fat_contracts_primitives::{AccountId, BlockNumber, Hash};
use runtime_mock::{
    runtime::{Address, System, TxExtension, UncheckedExtrinsic},
    RuntimeCall,
};
use serde_json::Value;
use sp_core::{sr25519, Pair};
use sp_runtime::generic::{Era, SignedPayload};
use std::sync::{
    mpsc::Sender, Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
};
use tokio::sync::{mpsc::UnboundedSender, watch};

/// How far the chain is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Heads {
    pub(crate) best: BlockNumber,
    pub(crate) finalized: BlockNumber,
}

/// The chain and its pool. Whoever takes both locks takes the chain's first.
#[derive(Debug)]
pub(crate) struct Shared {
    chain: RwLock<Chain>,
    pool: Mutex<Pool>,
    heads: watch::Sender<Heads>,
    orders: Mutex<Sender<Order>>,
    pub(crate) clock: Clock,
}

impl Shared {
    pub(crate) fn new(chain: Chain, clock: Clock, orders: Sender<Order>) -> Arc<Self> {
        let shared = Arc::new(Self {
            heads: watch::Sender::new(Heads::default()),
            chain: RwLock::new(chain),
            pool: Mutex::default(),
            orders: Mutex::new(orders),
            clock,
        });
        shared.tell();
        shared
    }

    pub(crate) fn chain(&self) -> RwLockReadGuard<'_, Chain> {
        self.chain.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn chain_mut(&self) -> RwLockWriteGuard<'_, Chain> {
        self.chain.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells those who follow how far the chain is.
    pub(crate) fn tell(&self) {
        let chain = self.chain();
        let heads = Heads {
            best: chain.best().number,
            finalized: chain.finalized(),
        };
        drop(chain);
        self.heads.send_replace(heads);
    }

    pub(crate) fn heads(&self) -> watch::Receiver<Heads> {
        self.heads.subscribe()
    }

    /// Has the one who makes blocks do something. False: he has ended.
    pub(crate) fn order(&self, order: Order) -> bool {
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.send(order).is_ok()
    }

    /// Puts an extrinsic into the pool, and says so.
    ///
    /// # Errors
    /// Why it isn't taken.
    pub(crate) fn submit(
        &self,
        bytes: Vec<u8>,
        told: Option<UnboundedSender<Value>>,
    ) -> Result<Hash, Refused> {
        let chain = self.chain();
        let taken = self.pool().submit(&chain, bytes, told)?;
        drop(chain);
        self.order(Order::Pooled);
        Ok(taken)
    }

    /// The next nonce of somebody, behind all that waits.
    pub(crate) fn next_nonce(&self, who: &AccountId) -> Result<u32, String> {
        let chain = self.chain();
        let nonce = chain.query(|| System::account_nonce(who))?;
        Ok(nonce.saturating_add(self.pool().count_of(who)))
    }

    /// Signs a call for the newest state.
    pub(crate) fn sign(
        &self,
        pair: &sr25519::Pair,
        call: RuntimeCall,
        nonce: u32,
    ) -> Result<UncheckedExtrinsic, String> {
        let who = AccountId::new(pair.public().0);
        self.chain().query(|| {
            let extension: TxExtension = (
                frame_system::CheckNonZeroSender::new(),
                frame_system::CheckSpecVersion::new(),
                frame_system::CheckTxVersion::new(),
                frame_system::CheckGenesis::new(),
                frame_system::CheckEra::from(Era::Immortal),
                frame_system::CheckNonce::from(nonce),
                frame_system::CheckWeight::new(),
                pallet_transaction_payment::ChargeTransactionPayment::from(0),
            );
            let payload =
                SignedPayload::new(call, extension).map_err(|error| format!("{error:?}"))?;
            let signature = parity_scale_codec::Encode::using_encoded(&payload, |it| pair.sign(it));
            let (call, extension, _) = payload.deconstruct();
            Ok(UncheckedExtrinsic::new_signed(
                call,
                Address::Id(who),
                signature.into(),
                extension,
            ))
        })?
    }

    /// Something of the runtime in the newest final state.
    pub(crate) fn in_final_state<R>(&self, what: impl FnOnce() -> R) -> Result<R, String> {
        let chain = self.chain();
        let at = chain.hash(chain.finalized());
        match chain.run(at.as_ref(), what) {
            Ok(done) => done,
            Err(error @ (NoState::NoBlock(_) | NoState::Discarded(_))) => Err(error.to_string()),
        }
    }
}
