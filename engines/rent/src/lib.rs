//! The contract rules of the storage-rent era: the contracts module of March 2021, as a library.
//!
//! [`RentEngine`] implements the SDK's `Engine` trait over one value of [`Rules`], chosen by a
//! marker: [`V1_0`] has the rules as they were, quirks included; [`V1_1`] has the quirks
//! repaired. The rules in short:
//!
//! * One gas is one weight is one picosecond. A message's limit is its fixed weight and the
//!   sender's limit; what isn't used goes back, on success and on failure.
//! * Code comes with an instantiation. It is checked, instrumented with gas and stack counters,
//!   shared by all contracts that use it, and gone with the last of them.
//! * A contract pays rent, each block, for the space that its balance doesn't cover. When it
//!   can't, anyone may have it evicted: a tombstone is left, and its storage is deleted bit by
//!   bit between blocks. Another contract with the same storage and code can restore it.
//!
//! | module, lowest first | what it holds |
//! |---|---|
//! | `versions` | every number of every version |
//! | `state`, `trie` | keys and records; the root in a tombstone |
//! | `gas` | the meter |
//! | `ext` | what code in a frame may ask of the call stack: `trait Ext`, and its types |
//! | `host_fns` | what contracts import |
//! | `vm` | compiled modules, running |
//! | `core` | one message's view of everything: `Execution` |
//! | `code` | checks of code, its instrumentation, code in the state |
//! | `ledger`, `escrow`, `storage` | money, payment for gas, contracts' values |
//! | `exec` | the call stack: calls, new contracts, ends and restorations; it is the `Ext` |
//! | `rent` | what a contract owes, evictions |
//! | `messages` | the way of each message from its checks to its receipt |
//! | `migrate` | moves to this version |
//! | `views` | looks from outside |
//!
//! A module imports what stands above it in this table, and nothing that stands below: `cargo xtask
//! circles`. It is the floor plan of the deposit era's library, and its names.
//!
//! # What differs from March 2021
//!
//! In both versions, because the surroundings are others. Tests are those of `tests/rules`.
//!
//! | here | there | reason | test |
//! |---|---|---|---|
//! | What is wrong before anything runs (nobody at the address, refused code, a limit that can't be paid) is rejected, and costs nothing | the base or the whole limit is paid | bad input costs nobody money | `calls::calling_plain_account_fails`, `calls::who_cannot_pay_the_limit_is_rejected`, `instantiate::unknown_code_is_rejected` |
//! | Rent goes to the treasury, and the reward of a claim comes out of it | a reward is made of nothing | a cluster's money is conserved | `rent::the_reward_is_at_most_what_the_treasury_has`, `ledger::money_is_conserved` |
//! | Nothing is ever held or locked, so rent can always be taken | rent isn't taken of what is locked | the ledger knows no locks | `rent::deduct_blocks` |
//! | A contract's address depends on the cluster | on deployer, code and salt alone | the same in every engine | `instantiate::the_address_is_that_of_every_engine` |
//! | Its storage lies under a prefix; the root in a tombstone is computed when it is made, and `seal_restore_to` pays for that | in a trie of its own, whose root is at hand | there is one state | `restoration::a_tombstone_is_a_hash_over_storage_and_code`, `restoration::restoration_costs_gas` |
//! | A constructor or call that reverts is the outcome `Reverted` | a success | receipts tell them apart | `calls::changes_are_reverted_on_failing_call`, `instantiate::a_reverting_constructor_moves_the_counter_in_1_0_alone` |
//! | Modules are validated and run by today's interpreter, for the features of then; a function has at most 1,024 locals, a module at most 1,024 segments of a kind | by that of 2021, without these bounds | one interpreter; time is in proportion to gas | `prepare::segments_are_bounded`, `stack::locals_are_counted` |
//! | The interpreter is given code with barriers against a fault of its own, which change no length and no gas | none | it translates some selections wrongly | `select::selects_after_compares_with_zero_in_both_versions` |
//! | The events of a message have at most 4 MiB, topics and 64 bytes for each included; beyond that the contract traps with `OutOfEvents` | a block's weight is the only bound | receipts are kept | `exempt::events_are_bounded_in_both_versions` |
//! | What a message's first frame returns has at most 16 KiB in a transaction and in an estimate; beyond that it traps with `OutputTooLarge`, and what it did is undone | the memory | outputs were kept by nobody, here they are part of the receipt | `outputs::a_transaction_and_an_estimate_return_16_kib_and_no_more`, `outputs::a_constructor_returns_no_more` |
//! | Deletions happen at the end of a block, with the same budget whatever the block was filled with | when a block begins, with the weight that is left | empty blocks can be committed together | `deletion::lazy_removal_does_not_use_all_weight`, `deletion::an_empty_block` |
//! | The projection of rent changes nothing | it charges and evicts | looking is no message | `rent::rent_projection` |
//! | A random value is made from the block's entropy | by a pallet | the block gives it | `exec::random` |
//! | There are no chain extensions: code that asks for them is refused, as where they were disabled | a chain may have them | there is no chain | `prepare::chain_extension` |
//!
//! What 1.1 does otherwise than 1.0 is in [`Rules`], field by field.
//!
//! This crate knows no worker and no ABI. Nothing in it reads a clock, the environment, files or
//! the network; what a contract or a message does can't make it panic.
#![forbid(unsafe_code)]

#[cfg(any(test, feature = "bare"))]
pub mod bare;
#[cfg(test)]
mod bare_tests;
mod code;
mod core;
mod error;
mod escrow;
mod exec;
mod ext;
mod gas;
mod host_fns;
mod ledger;
mod messages;
mod migrate;
mod rent;
mod state;
mod storage;
mod trie;
mod versions;
mod views;
mod vm;

pub use code::Prefab;
pub use state::{Account, Alive, Cluster, Contract, Deleted};
pub use versions::{
    BaseWeights, CallIndirect, HostFnWeights, InstructionWeights, Instrumentation, Interpreter,
    Limits, Release, RentConfig, Rules, Schedule, V1_0, V1_1,
};

use core::Execution;
use pink_engine_sdk::{
    types::{
        AccessError, AccountId, AccountView, Balance, Block, BlockReceipt, ClusterView,
        ContractView, EngineInfo, Env, Message, Mode, Receipt, RentView, Weight,
    },
    Engine, Overlay,
};
use std::marker::PhantomData;
use vm::Cache;

/// Host stack that a thread needs: the deepest stack of contracts that a configuration can ask for
/// takes less than 2 MiB in a build without optimization, and this is twice as much.
const MIN_STACK_BYTES: u64 = 4 << 20;

/// An engine of era 1. It keeps compiled modules between calls, and nothing else.
#[derive(Debug)]
pub struct RentEngine<V> {
    modules: Cache,
    release: PhantomData<fn() -> V>,
}

impl<V: Release> Engine for RentEngine<V> {
    fn new() -> Self {
        Self {
            modules: Cache::default(),
            release: PhantomData,
        }
    }

    fn info(&self) -> EngineInfo {
        EngineInfo {
            version: V::RULES.version,
            upgrades_from: V::RULES.upgrades_from.to_vec(),
            cost_table_hash: V::RULES.hash(),
            min_stack_bytes: MIN_STACK_BYTES,
        }
    }

    /// Nothing: what 2021 did when a block began is done at its end here.
    fn begin_block(&self, _: &mut Overlay<'_>, _: &Block) -> BlockReceipt {
        BlockReceipt::default()
    }

    /// Deletes storage of contracts that ended, within the configured weight. For an empty queue
    /// the result doesn't depend on the block at all.
    fn end_block(&self, state: &mut Overlay<'_>, block: &Block) -> BlockReceipt {
        let exec = Execution::load(state, V::RULES, &self.modules, block, Mode::Transaction);
        let Some(mut exec) = exec else {
            return BlockReceipt::default();
        };
        let limit = exec.config.deletion_weight_limit;
        let used = exec.process_deletion_queue(limit);
        let base = V::RULES.base.on_initialize;
        BlockReceipt {
            weight: Weight::new(used.saturating_add(base), 0),
            events: Vec::new(),
        }
    }

    fn execute(&self, state: &mut Overlay<'_>, env: &Env, message: Message) -> Receipt {
        messages::execute(state, V::RULES, &self.modules, env, message)
    }

    fn account(&self, state: &mut Overlay<'_>, who: &AccountId) -> AccountView {
        views::account(state, who)
    }

    fn total_issuance(&self, state: &mut Overlay<'_>) -> Balance {
        views::total_issuance(state)
    }

    fn cluster(&self, state: &mut Overlay<'_>) -> Option<ClusterView> {
        views::cluster(state)
    }

    fn contract(&self, state: &mut Overlay<'_>, address: &AccountId) -> Option<ContractView> {
        views::contract_view(state, address)
    }

    fn contract_storage(
        &self,
        state: &mut Overlay<'_>,
        address: &AccountId,
        key: &[u8],
    ) -> Result<Option<Vec<u8>>, AccessError> {
        views::contract_storage(state, address, key)
    }

    fn rent(
        &self,
        state: &mut Overlay<'_>,
        block: &Block,
        address: &AccountId,
    ) -> Result<RentView, AccessError> {
        views::rent(state, V::RULES, &self.modules, block, address)
    }
}
