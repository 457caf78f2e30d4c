use crate::{host::Host, MemoryUse};
use pink_capi::{
    types::{
        AccessError, AccountId, AccountView, Balance, Block, BlockReceipt, ClusterView,
        ContractView, EngineInfo, Env, Message, Receipt, RentView,
    },
    Fault,
};

/// A loaded engine. Every call reads the state through the host that it is given and stages its
/// changes there; several threads may call at once, each with a host of its own, on a thread
/// with the stack that [`EngineInfo::min_stack_bytes`] asks for.
///
/// Every method fails with a [`Fault`] of the engine or of the host, which is never a contract's
/// outcome. [`Fault::Memory`] says that the call took more than [`Host::memory_bytes`]; it is found
/// at the next call of the host, or when the call ends.
pub trait Engine: Send + Sync + std::fmt::Debug {
    /// What the engine says about itself; read once, when it was loaded.
    fn info(&self) -> &EngineInfo;

    /// What the engine has allocated, in all its calls and caches.
    fn memory(&self) -> MemoryUse;

    /// The first work of a block.
    ///
    /// # Errors
    /// See the trait.
    fn begin_block(&self, host: &mut dyn Host<'_>, block: &Block) -> Result<BlockReceipt, Fault>;

    /// The last work of a block.
    ///
    /// # Errors
    /// See the trait.
    fn end_block(&self, host: &mut dyn Host<'_>, block: &Block) -> Result<BlockReceipt, Fault>;

    /// One message, in any mode.
    ///
    /// # Errors
    /// See the trait.
    fn execute(
        &self,
        host: &mut dyn Host<'_>,
        env: &Env,
        message: &Message,
    ) -> Result<Receipt, Fault>;

    /// An account of the ledger; zeros if there is none.
    ///
    /// # Errors
    /// See the trait.
    fn account(&self, host: &mut dyn Host<'_>, who: &AccountId) -> Result<AccountView, Fault>;

    /// All money in the ledger.
    ///
    /// # Errors
    /// See the trait.
    fn total_issuance(&self, host: &mut dyn Host<'_>) -> Result<Balance, Fault>;

    /// The cluster; none before its setup.
    ///
    /// # Errors
    /// See the trait.
    fn cluster(&self, host: &mut dyn Host<'_>) -> Result<Option<ClusterView>, Fault>;

    /// A contract, alive or a tombstone.
    ///
    /// # Errors
    /// See the trait.
    fn contract(
        &self,
        host: &mut dyn Host<'_>,
        address: &AccountId,
    ) -> Result<Option<ContractView>, Fault>;

    /// One value of a contract's storage, by the key that the contract uses.
    ///
    /// # Errors
    /// See the trait.
    fn contract_storage(
        &self,
        host: &mut dyn Host<'_>,
        address: &AccountId,
        key: &[u8],
    ) -> Result<Result<Option<Vec<u8>>, AccessError>, Fault>;

    /// A contract's rent as of a block.
    ///
    /// # Errors
    /// See the trait.
    fn rent(
        &self,
        host: &mut dyn Host<'_>,
        block: &Block,
        address: &AccountId,
    ) -> Result<Result<RentView, AccessError>, Fault>;
}
