//! The contract rules of the storage-deposit era, as a library.
#![forbid(unsafe_code)]

mod rules;

pub use rules::Rules;

use pink_engine_sdk::{types::*, Engine, Overlay};
use std::marker::PhantomData;

/// Names a released version of these rules, for the library that exports it.
pub trait Release: Send + Sync + 'static {
    /// Its rules.
    const RULES: Rules;
}

/// An engine of the deposit era.
#[derive(Debug)]
pub struct DepositEngine<R: Release> {
    release: PhantomData<fn() -> R>,
}

impl<R: Release> Engine for DepositEngine<R> {
    fn new() -> Self {
        Self {
            release: PhantomData,
        }
    }
    fn info(&self) -> EngineInfo {
        EngineInfo {
            version: R::RULES.version,
            upgrades_from: Vec::new(),
            cost_table_hash: [0; 32],
            min_stack_bytes: 16 << 20,
        }
    }
    fn begin_block(&self, _: &mut Overlay<'_>, _: &Block) -> BlockReceipt {
        BlockReceipt::default()
    }
    fn end_block(&self, _: &mut Overlay<'_>, _: &Block) -> BlockReceipt {
        BlockReceipt::default()
    }
    fn execute(&self, _: &mut Overlay<'_>, _: &Env, _: Message) -> Receipt {
        Receipt::unsupported("not written yet")
    }
    fn account(&self, _: &mut Overlay<'_>, _: &AccountId) -> AccountView {
        AccountView::default()
    }
    fn total_issuance(&self, _: &mut Overlay<'_>) -> Balance {
        0
    }
    fn cluster(&self, _: &mut Overlay<'_>) -> Option<ClusterView> {
        None
    }
    fn contract(&self, _: &mut Overlay<'_>, _: &AccountId) -> Option<ContractView> {
        None
    }
    fn contract_storage(
        &self,
        _: &mut Overlay<'_>,
        _: &AccountId,
        _: &[u8],
    ) -> Result<Option<Vec<u8>>, AccessError> {
        Err(AccessError::DoesntExist)
    }
    fn rent(
        &self,
        _: &mut Overlay<'_>,
        _: &Block,
        _: &AccountId,
    ) -> Result<RentView, AccessError> {
        Err(AccessError::Unsupported)
    }
}
