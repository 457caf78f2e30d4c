//! Calls from the worker into an engine.
//!
//! The worker has bound a host to the call before each of them, so that the engine can read the
//! state. A call that changes the state stages one change set, in mode `Transaction` only, and
//! only if it returns in order. Calls from several threads may run at once, each with a host of
//! its own.

use super::{decode_args, decode_reply, ecalls_macro::ecalls, EcallInfo, ViewCall};
use crate::{
    types::{
        self, AccessError, AccountId, AccountView, Balance, Block, BlockReceipt, ClusterView,
        ContractView, EngineInfo, Env, Receipt, RentView, Version,
    },
    Fault,
};
use parity_scale_codec::{Decode, Encode};
use std::borrow::Cow;

ecalls! {
    blocks -> BlockReceipt {
        /// The first work of a block.
        2 since "1.0" fn begin_block => BeginBlock;
        /// The last work of a block: deletions, within a fixed budget.
        3 since "1.0" fn end_block => EndBlock;
    }
    messages -> Receipt {
        /// Message 0.
        4 since "1.0" fn setup => 0 Setup;
        /// Message 1.
        5 since "1.0" fn deposit => 1 Deposit;
        /// Message 2.
        6 since "1.0" fn withdraw => 2 Withdraw;
        /// Message 3.
        7 since "1.0" fn upload => 3 Upload;
        /// Message 4.
        8 since "1.0" fn instantiate => 4 Instantiate;
        /// Message 5.
        9 since "1.0" fn call => 5 Call;
        /// Message 6, to the engine that takes over.
        10 since "1.0" fn upgrade => 6 Upgrade;
        /// Message 7.
        11 since "1.0" fn update_prices => 7 UpdatePrices;
        /// Message 8.
        12 since "1.0" fn update_schedule => 8 UpdateSchedule;
        /// Message 9.
        13 since "1.0" fn claim_surcharge => 9 ClaimSurcharge;
        /// Message 10. Every message after it is rejected as `ClusterDestroyed`.
        14 since "1.0" fn destroy => 10 Destroy;
        /// Message 11.
        15 since "1.0" fn remove_code => 11 RemoveCode;
        /// Message 12.
        16 since "2.1" fn activate_code => 12 ActivateCode;
    }
    views {
        /// What the engine is. Reads no state.
        1 since "1.0" fn describe() -> EngineInfo => Describe;
        /// An account of the ledger; zeros if there is none.
        20 since "1.0" fn account(who: AccountId) -> AccountView => Account;
        /// All money in the ledger: every account, every hold, the escrow.
        21 since "1.0" fn total_issuance() -> Balance => TotalIssuance;
        /// The cluster; `None` before its setup.
        22 since "1.0" fn cluster() -> Option<ClusterView> => Cluster;
        /// A contract, alive or a tombstone.
        23 since "1.0" fn contract(address: AccountId) -> Option<ContractView> => Contract;
        /// One value of a contract's storage, by the key that the contract uses.
        24 since "1.0" fn contract_storage(address: AccountId, key: Vec<u8>)
            -> Result<Option<Vec<u8>>, AccessError> => ContractStorage;
        /// A contract's rent as of a block. Changes nothing.
        25 since "1.0" fn rent(block: Block, address: AccountId)
            -> Result<RentView, AccessError> => Rent;
    }
}

impl Ecall<'_> {
    /// Its row of the table.
    ///
    /// # Panics
    /// Never: every call has a row.
    pub fn info(&self) -> &'static EcallInfo {
        let id = self.id();
        let row = ECALLS.binary_search_by_key(&id, |row| row.id);
        &ECALLS[row.expect("every call has a row")]
    }
}

impl From<View> for Ecall<'static> {
    fn from(view: View) -> Self {
        Self::View(view)
    }
}
