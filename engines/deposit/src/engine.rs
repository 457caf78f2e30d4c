//! The engine: rules, caches, and the way of each message.

use crate::{
    code::Cache, core::Core, idle, ledger, messages, migrate, records, state, views, Release,
};
use pink_engine_sdk::{types::*, Engine, Overlay};
use std::marker::PhantomData;

/// An engine of the deposit era, by the rules of a release.
#[derive(Debug)]
pub struct DepositEngine<R: Release> {
    core: Core,
    release: PhantomData<fn() -> R>,
}

impl<R: Release> DepositEngine<R> {
    /// How many compiled modules the instance keeps. No result depends on it.
    pub fn cached_modules(&self) -> usize {
        self.core.cache.len()
    }
}

impl<R: Release> Engine for DepositEngine<R> {
    fn new() -> Self {
        Self {
            core: Core {
                rules: const { &R::RULES },
                cache: Cache::default(),
                #[cfg(feature = "metered")]
                native: R::native(),
            },
            release: PhantomData,
        }
    }

    fn info(&self) -> EngineInfo {
        let rules = self.core.rules;
        EngineInfo {
            version: rules.version,
            upgrades_from: rules.upgrades_from.to_vec(),
            cost_table_hash: rules.hash(),
            min_stack_bytes: rules.interpreter.host_stack_bytes,
        }
    }

    fn begin_block(&self, _: &mut Overlay<'_>, _: &Block) -> BlockReceipt {
        BlockReceipt::default()
    }

    fn end_block(&self, state: &mut Overlay<'_>, _: &Block) -> BlockReceipt {
        idle::end_block(&self.core, state)
    }

    fn execute(&self, state: &mut Overlay<'_>, env: &Env, message: Message) -> Receipt {
        // The records of an older version can't be read yet.
        match message {
            Message::Upgrade(message) => migrate::execute(&self.core, state, env, &message),
            other => messages::execute(&self.core, state, env, other),
        }
    }

    fn account(&self, state: &mut Overlay<'_>, who: &AccountId) -> AccountView {
        if state::is_destroyed(state) {
            return AccountView::default();
        }
        let account = ledger::account(state, who);
        AccountView {
            free: account.free,
            held: account.held(),
        }
    }

    fn total_issuance(&self, state: &mut Overlay<'_>) -> Balance {
        if state::is_destroyed(state) {
            return 0;
        }
        let mut sum: Balance = 0;
        ledger::for_each_account(state, |_, account| {
            sum = sum.saturating_add(account.total());
        });
        sum
    }

    fn cluster(&self, state: &mut Overlay<'_>) -> Option<ClusterView> {
        views::cluster(state)
    }

    fn contract(&self, state: &mut Overlay<'_>, address: &AccountId) -> Option<ContractView> {
        let contract = records::contract(state, address)?;
        Some(ContractView {
            code_hash: contract.code_hash,
            storage_bytes: contract.storage_bytes,
            storage_items: contract.storage_items,
            tombstone: false,
        })
    }

    fn contract_storage(
        &self,
        state: &mut Overlay<'_>,
        address: &AccountId,
        key: &[u8],
    ) -> Result<Option<Vec<u8>>, AccessError> {
        views::contract_storage(state, self.core.rules, address, key)
    }

    fn rent(&self, _: &mut Overlay<'_>, _: &Block, _: &AccountId) -> Result<RentView, AccessError> {
        Err(AccessError::Unsupported)
    }
}
