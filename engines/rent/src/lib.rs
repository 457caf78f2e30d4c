//! The contract rules of the storage-rent era: the contracts module of March 2021, as a library.
//!
//! [`RentEngine`] implements the SDK's `Engine` trait over one value of rules, chosen by a marker:
//! [`V1_0`] has the rules as they were, quirks included; [`V1_1`] has the quirks repaired.
#![forbid(unsafe_code)]

use pink_engine_sdk::{
    types::{
        AccessError, AccountId, AccountView, Balance, Block, BlockReceipt, ClusterView,
        ContractView, EngineInfo, Env, Message, Receipt, RentView, Version,
    },
    Engine, Overlay,
};
use std::marker::PhantomData;

/// A released version of the rules: which value of rules an engine runs.
pub trait Release: Send + Sync + 'static {
    /// Its number.
    const VERSION: Version;
}

/// The rules of March 2021, quirks included.
#[derive(Debug)]
pub enum V1_0 {}

/// The rules of March 2021, quirks repaired.
#[derive(Debug)]
pub enum V1_1 {}

impl Release for V1_0 {
    const VERSION: Version = Version::new(1, 0);
}

impl Release for V1_1 {
    const VERSION: Version = Version::new(1, 1);
}

/// An engine of era 1.
#[derive(Debug)]
pub struct RentEngine<V> {
    release: PhantomData<fn() -> V>,
}

impl<V: Release> Engine for RentEngine<V> {
    fn new() -> Self {
        Self {
            release: PhantomData,
        }
    }

    fn info(&self) -> EngineInfo {
        EngineInfo {
            version: V::VERSION,
            upgrades_from: Vec::new(),
            cost_table_hash: [0; 32],
            min_stack_bytes: 0,
        }
    }

    fn begin_block(&self, _: &mut Overlay<'_>, _: &Block) -> BlockReceipt {
        BlockReceipt::default()
    }

    fn end_block(&self, _: &mut Overlay<'_>, _: &Block) -> BlockReceipt {
        BlockReceipt::default()
    }

    fn execute(&self, _: &mut Overlay<'_>, _: &Env, _: Message) -> Receipt {
        Receipt::unsupported("not yet")
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
        Err(AccessError::DoesntExist)
    }
}
