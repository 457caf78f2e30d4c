use super::calls::call_table;
use crate::types::{
    AccessError, AccountId, AccountView, Balance, Block, BlockReceipt, Call, ClaimSurcharge,
    ClusterView, ContractView, Deposit, Destroy, EngineInfo, Env, Instantiate, Receipt, RemoveCode,
    RentView, Setup, UpdatePrices, UpdateSchedule, Upgrade, Upload, Withdraw,
};

call_table! {
    /// Calls from the worker into an engine.
    ///
    /// The worker has bound a host to the calling thread before each of them, so that the engine
    /// can read the state. A call that changes the state stages one change set through
    /// `storage_commit`, in mode `Transaction` only, and only if it returns in order. Calls from
    /// several threads may run at once, each with a host of its own.
    trait ECalls, client ECallsClient, rows ECALLS {
        /// What the engine is. Reads no state.
        1 since "1.0" fn describe() -> EngineInfo;
        /// The first work of a block.
        2 since "1.0" fn begin_block(block: Block) -> BlockReceipt;
        /// The last work of a block: deletions, within a fixed budget.
        3 since "1.0" fn end_block(block: Block) -> BlockReceipt;
        /// Message 0.
        4 since "1.0" fn setup(env: Env, message: Setup) -> Receipt;
        /// Message 1.
        5 since "1.0" fn deposit(env: Env, message: Deposit) -> Receipt;
        /// Message 2.
        6 since "1.0" fn withdraw(env: Env, message: Withdraw) -> Receipt;
        /// Message 3.
        7 since "1.0" fn upload(env: Env, message: Upload) -> Receipt;
        /// Message 4.
        8 since "1.0" fn instantiate(env: Env, message: Instantiate) -> Receipt;
        /// Message 5.
        9 since "1.0" fn call(env: Env, message: Call) -> Receipt;
        /// Message 6, to the engine that takes over.
        10 since "1.0" fn upgrade(env: Env, message: Upgrade) -> Receipt;
        /// Message 7.
        11 since "1.0" fn update_prices(env: Env, message: UpdatePrices) -> Receipt;
        /// Message 8.
        12 since "1.0" fn update_schedule(env: Env, message: UpdateSchedule) -> Receipt;
        /// Message 9.
        13 since "1.0" fn claim_surcharge(env: Env, message: ClaimSurcharge) -> Receipt;
        /// Message 10. Every message after it is rejected as `ClusterDestroyed`.
        14 since "1.0" fn destroy(env: Env, message: Destroy) -> Receipt;
        /// Message 11.
        15 since "1.0" fn remove_code(env: Env, message: RemoveCode) -> Receipt;
        /// An account of the ledger; zeros if there is none.
        20 since "1.0" fn account(who: AccountId) -> AccountView;
        /// All money in the ledger: every account, every hold, the escrow.
        21 since "1.0" fn total_issuance() -> Balance;
        /// The cluster; none before its setup.
        22 since "1.0" fn cluster() -> Option<ClusterView>;
        /// A contract, alive or a tombstone.
        23 since "1.0" fn contract(address: AccountId) -> Option<ContractView>;
        /// One value of a contract's storage, by the key that the contract uses.
        24 since "1.0" fn contract_storage(address: AccountId, key: Vec<u8>)
            -> Result<Option<Vec<u8>>, AccessError>;
        /// A contract's rent as of a block. Changes nothing.
        25 since "1.0" fn rent(block: Block, address: AccountId) -> Result<RentView, AccessError>;
    }
}
