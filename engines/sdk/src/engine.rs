use crate::{
    capi::calls::{View, ViewCall},
    types::{
        AccessError, AccountId, AccountView, Balance, Block, BlockReceipt, ClusterView,
        ContractView, EngineInfo, Env, Message, Receipt, RentView,
    },
    Overlay,
};
use parity_scale_codec::Encode;

/// One frozen version of the contract rules.
///
/// Every method sees the state through an [`Overlay`] and leaves its changes there; the caller
/// takes the change set out and commits it, or drops it. A fault of the host shows as
/// [`Overlay::fault`]: the method may return whatever it likes then, the result is thrown away.
///
/// What an engine keeps in `self` between calls is cache only: the same calls on a new instance
/// give the same results, gas included. Methods run on several threads at once.
pub trait Engine: Send + Sync + 'static {
    /// A new instance with empty caches.
    fn new() -> Self
    where
        Self: Sized;

    /// What the engine is.
    fn info(&self) -> EngineInfo;

    /// The first work of a block.
    fn begin_block(&self, state: &mut Overlay<'_>, block: &Block) -> BlockReceipt;

    /// The last work of a block.
    fn end_block(&self, state: &mut Overlay<'_>, block: &Block) -> BlockReceipt;

    /// One message, in any mode.
    fn execute(&self, state: &mut Overlay<'_>, env: &Env, message: Message) -> Receipt;

    /// An account of the ledger; zeros if there is none.
    fn account(&self, state: &mut Overlay<'_>, who: &AccountId) -> AccountView;

    /// All money in the ledger: every account, every hold, the escrow.
    fn total_issuance(&self, state: &mut Overlay<'_>) -> Balance;

    /// The cluster; `None` before its setup.
    fn cluster(&self, state: &mut Overlay<'_>) -> Option<ClusterView>;

    /// A contract, alive or a tombstone.
    fn contract(&self, state: &mut Overlay<'_>, address: &AccountId) -> Option<ContractView>;

    /// One value of a contract's storage, by the key that the contract uses.
    ///
    /// # Errors
    /// There is no such contract, or it has no storage.
    fn contract_storage(
        &self,
        state: &mut Overlay<'_>,
        address: &AccountId,
        key: &[u8],
    ) -> Result<Option<Vec<u8>>, AccessError>;

    /// A contract's rent as of a block.
    ///
    /// # Errors
    /// There is no such contract, or the rules know no rent.
    fn rent(
        &self,
        state: &mut Overlay<'_>,
        block: &Block,
        address: &AccountId,
    ) -> Result<RentView, AccessError>;
}

/// What a view shows, SCALE of the type that its row of the table names.
pub(crate) fn show<E: Engine>(engine: &E, state: &mut Overlay<'_>, view: View) -> Vec<u8> {
    match view {
        View::Describe(view) => reply(&view, engine.info()),
        View::Account(view) => reply(&view, engine.account(state, &view.who)),
        View::TotalIssuance(view) => reply(&view, engine.total_issuance(state)),
        View::Cluster(view) => reply(&view, engine.cluster(state)),
        View::Contract(view) => reply(&view, engine.contract(state, &view.address)),
        View::ContractStorage(view) => {
            let value = engine.contract_storage(state, &view.address, &view.key);
            reply(&view, value)
        }
        View::Rent(view) => reply(&view, engine.rent(state, &view.block, &view.address)),
    }
}

/// Encodes a reply, which has to be of the view's type.
fn reply<V: ViewCall>(_: &V, reply: V::Reply) -> Vec<u8> {
    reply.encode()
}
