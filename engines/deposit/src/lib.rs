//! The contract rules of the storage-deposit era, as a library.
//!
//! An engine library names a [`Release`] and exports [`DepositEngine`] over it; everything that
//! two versions of this era may differ in is in their [`Rules`].
//!
//! ```ignore
//! struct V2_0;
//! impl Release for V2_0 {
//!     const RULES: Rules = Rules::V2_0;
//! }
//! pink_engine_sdk::export_v1!(DepositEngine<V2_0>, V2_0::RULES.version);
//! ```
//!
//! | module, lowest first | what it holds |
//! |---|---|
//! | `versions` | every number of every version |
//! | `state`, `deletion` | keys and records; the queue of what is deleted later |
//! | `records` | records of contracts, accounts and code, also where an older era left them |
//! | `ledger`, `escrow`, `deposit`, `gas` | money and meters |
//! | `ext` | what code in a frame may ask of the call stack: `trait Ext`, and its types |
//! | `host_fns` | what contracts import |
//! | `vm` | translated modules, pooled instances, intrinsics, running |
//! | `code` | checks of code, its rewriting, the cache, code on its way into the state |
//! | `core` | rules and caches |
//! | `extension` | the pink extension, over `Ext` |
//! | `exec` | the call stack: frames, calls, new contracts, ends of contracts; it is the `Ext` |
//! | `messages` | the way of each message from its checks to its receipt |
//! | `migrate` | moves to this version, by the version that they come from |
//! | `idle`, `views`, `quantise` | ends of blocks, looks from outside, figures of queries |
//! | `engine` | all of it, as the ABI asks for it |
//!
//! A module imports what stands above it in this table, and nothing that stands below: `cargo xtask
//! circles` says which folders import each other in a circle, and a test that none do.
//!
//! # What differs from pallet-contracts 51
//!
//! What isn't listed is as there, to the event: `upstream/` runs both on the same contracts. Tests
//! are those of `tests/` and of `upstream/tests/`: `side_by_side`, `corners`, and `drawn` scripts.
//!
//! | here | there | reason | test |
//! |---|---|---|---|
//! | What is wrong before anything runs is rejected, and costs nothing; of several faults another one may be named | the base is paid | bad input costs nobody money | `money::a_value_that_isnt_there_is_rejected` |
//! | A gas fee in escrow, settled by what was used; costs of our own | weights and transaction payment | the worker executes it, measured on it | `ink::a_flipper_flips`, `gas` |
//! | Fuel is lowered after each host call | lost until the next sync | nothing runs on gas that was spent | `gas::host_functions_lower_the_fuel_and_running_out_pays_all`, `original::gas_is_in_step_with_the_fuel` |
//! | What a frame runs out of is gone, in that dimension | what was left of it goes back | nobody is given back what he ran out of | `gas::what_one_runs_out_of_is_gone_and_the_other_dimension_stays` |
//! | Every frame pays for loading its code, an exchange of code doesn't; a removal is paid for | code that came with the message isn't loaded, code that is changed to is; removals are free | what a worker does is paid for | `gas`, `remove_code` |
//! | A refund is exact: held × removed ÷ stored, rounded down once | by a ratio that is rounded first: 3,899 of 3,900 | what was paid comes back | `side_by_side::refunds_round_once`, `original::storage_deposits` |
//! | What a frame removes of what a frame of the same contract below it wrote is taken off that one's charge | is refunded in part, or not at all | a refund of what was just written is whole | `refunds::a_nested_refund_is_whole`, `refunds::what_is_stored_is_held_for` |
//! | A refund of what the same message is still to pay is taken off those charges | only what is held already comes back | as above | `side_by_side::what_the_pallet_gets_wrong` |
//! | A contract that was written to, or made, and ended in one message owes nothing for it | the message fails with `CannotCreateHold`, or, where its account stays, the money is held there for ever | nobody holds for what is gone | `side_by_side::what_the_pallet_gets_wrong`, `corners::an_end_in_ones_own_favour_owes_nothing`, `calls::deposits_of_a_contract_that_ends_in_the_same_message` |
//! | An end pays the beneficiary when nothing is held, too | the money stays on an account of nobody's | it is the beneficiary's | `side_by_side::what_the_pallet_gets_wrong` |
//! | A frame with a limit of its own counts in the record even if a nested frame changed that | its writes are charged and not counted | what is held is counted | `side_by_side::what_the_pallet_gets_wrong` |
//! | A contract's record counts 107 bytes, a code's 62 | 122 and 61, with balances as wide | quantities of this version | `original::an_instantiation_tells_in_order` |
//! | The default deposit limit is 1 MiB, 1,024 items and 16 existential deposits at the cluster's prices | a constant | it suffices at any prices | `money::the_default_limit_suffices_at_any_prices` |
//! | What takes the money of a deposit or of an end is named `StorageDepositNotEnoughFunds` or `TransferFailed` | the ledger's own errors (`Token`) | one vocabulary | `nested::a_deposit_that_cant_be_paid_undoes_the_call` |
//! | Holds and moves of holds are told once, by the contracts' events | by the ledger as well | one vocabulary | `side_by_side::an_instantiation` |
//! | Dust and fees go to the treasury | are burned, and the author's | a cluster's money is conserved | `random`, `money` |
//! | An address depends on the cluster, and not on the input | the other way round | the same in every engine | `hash::the_address_is_the_protocols` |
//! | A salt of at most 1,024 bytes; `pink:system` is nobody's | bounded by the message | bounds hold everywhere | `nested::a_salt_has_at_most_1024_bytes`, `nested::the_system_salt_is_nobodys` |
//! | A contract under construction isn't one for anybody, a call back into it is `NotCallable` | a constructor that is in the way of a call back is found in some cases | it has no record yet | `calls::a_constructor_cant_end_or_call_its_contract` |
//! | An address is taken as soon as its constructor begins | whoever deploys it is called back and makes a second contract there; both are paid for, one record is lost | an address has one contract | `corners::nothing_is_made_twice` |
//! | `code_hash` knows exchanged code at once | a contract that asks for itself is told the old one until it calls somebody | there is one record | `corners::exchanged_code_is_seen` |
//! | An entry point may give a number, which means nothing | such code is stored, and fails with `CodeRejected` | what passes the checks can run | `corners::entry_points_with_a_result` |
//! | The events of a message hold at most 4 MiB | each is bounded | receipts are kept | `hostile` |
//! | A message's first frame returns at most 16 KiB in a transaction and in an estimate, beyond that it traps with `OutputTooLarge` | the memory | outputs are kept with receipts; ink! returns no more | `outputs` |
//! | Code of up to 512 KiB and memories of up to 64 pages | 123 KiB and 16 pages by default | phat contracts are as large | `code::what_is_too_large`, `code::memory` |
//! | Bounds on functions, locals, segments, nesting; fuel of our own; loops that every contract has run natively | the interpreter's | time is in proportion to gas | `code`, `hostile`, `code/intrinsics_tests.rs` |
//! | Code of earlier times may be called and exchanged to, and nothing made of it; code that fails the checks is kept and never runs | migrations | clusters move from 1.x | `unstable::old_contracts_go_on`, `unstable::code_can_become_an_old_one` |
//! | What names code (a call, an instantiation, a delegate call, `set_code_hash`, `lock_delegate_dependency`) pays for loading it before its record is looked at | only what runs it | code of earlier times is checked when it is first used | `migration::gas_and_state_dont_depend_on_the_order` |
//! | An access to the memory doesn't say which one | may say that it is the first | the WebAssembly of this version, not of an interpreter | `modules::an_access_names_no_memory` |
//! | `call_runtime`, `xcm_execute`, `xcm_send` fail with their codes | dispatch | there is no chain | `info::no_chain_to_dispatch_on` |
//! | Nobody is root, `caller_is_root` is 0, and nobody exchanges a contract's code from outside | root may call, and has `set_code` | governance speaks through messages | `original::who_is_the_origin` |
//! | `debug_message` is always on | in dry runs alone | as Phala has it, see below | `original::debug_messages` |
//! | A random value is made of the block's entropy, at once known to everybody | by a pallet | the block gives it | `unstable::old_contracts_go_on` |
//! | Transient storage is counted by what is written, one limit for the stack | by the allocator, a part for each frame | every machine counts the same | `transient` |
//! | It isn't written in a read-only call | it is | a read-only call changes nothing | `corners::transient_storage_is_read_only_too` |
//! | Deletion has a constant budget in each block | what weight is left | empty blocks can be committed together | `setup::deletion_takes_its_time` |
//! | A destroyed cluster's ledger counts as empty at once, its accounts go within that budget | no clusters | a message does no work without bound | `money::a_large_cluster_ends_bit_by_bit` |
//!
//! # What differs from Phala's runtime
//!
//! | here | there | reason | test |
//! |---|---|---|---|
//! | Every function of the extension is paid for | free of gas, in transactions too | nobody works for nothing | `extension` |
//! | READ_ONLY refuses functions 6, 7, 9 and 20; logging, requests of queries and all that only reads are allowed | they go through | a read-only call changes nothing | `extension::read_only_holds_for_every_function` |
//! | The key of 4 is derived from a seed of 32 bytes, expanded to the secret key that is derived from there | that secret key | the cluster's workers share a seed | `extension::keys_are_derived_as_ever` |
//! | 16 is for everybody | first for the system contract alone | as it became there | `extension::functions_that_need_nothing_from_outside` |
//! | 3 says of what is no key or no signature that it isn't the key's | traps | a contract checks what others give it | `extension::keys_and_signatures` |
//! | 1 answers a request that can't be made with status 523 or 524, and why | traps | the query goes on | `extension::functions_that_ask_the_outside` |
//! | 10 takes a level beyond 1 to 5 for the nearest one | passes it on | a log has five | `extension::levels_are_one_to_five` |
//! | 19 sees what the same message stored, and knows contracts' code alone | what was committed, and code of programs beside contracts | one state; there are no such programs | `extension::code_exists_as_soon_as_it_is_stored`, `extension::functions_that_need_nothing_from_outside` |
//! | Errors have names of one word, and the buffer's are the pallet's | texts, which are lost | receipts tell them | `extension::functions_that_need_nothing_from_outside` |
//! | 23 to 25: no event chain, no scripts, no quotes | in later versions | there are none | `extension::functions_that_need_nothing_from_outside` |
//! | What is there and can't be decoded traps, bytes behind it too | are ignored | one meaning for one input | `extension::functions_that_need_nothing_from_outside` |
//! | Orders that only the system contract may give trap elsewhere | are dropped by the worker | the contract knows | `extension::nobody_else_orders` |
//! | A move to another engine is an effect that the chain is asked for | switches at once, or panics | every worker is ready | `extension::the_owner_asks_for_an_engine_that_the_block_allows` |
//! | Debug messages are logged as one line of level 4 for each message; ends of calls aren't, they are in receipts | both, and the debug messages in the result | receipts hold no text of a debug build | `original::debug_messages` |
//! | Refunds don't pass through the treasury's account | a refund could fail | settlement can't fail | `money` |
//! | A setup that fails leaves nothing | is kept half done | all or nothing | `setup::a_setup_that_fails_leaves_nothing` |
//! | The system contract has a salt of its own | an empty one | nobody else's address | `setup::the_system_contract_is_deployed_free_and_held_for_nothing` |
//!
//! # What differs in 2.1 from 2.0
//!
//! All tests of 2.0 are run for 2.1 as well (`tests/v2_1`); what they count is in a table there.
//!
//! | in 2.1 | in 2.0 | reason | test |
//! |---|---|---|---|
//! | The code counts its gas, by blocks, and its height (`engines/meter`) | the interpreter counts fuel and frames | two executors, one rule | `gas::operators_have_their_price`, `compiled::nobody_sees_who_executes` |
//! | A call is priced for its own frame | for the module's largest | it is known where it is paid | `gas::large_frames_make_calls_dear` |
//! | A unit costs less in code that was compiled, from a block on that its record names | one price | every worker has compiled it by then | `compiled::prices_go_by_class_and_block` |
//! | Storing code pays for compiling, unless it has more of something than is compiled | — | all workers compile it | `compiled::an_upload_pays_for_compiling` |
//! | `ActivateCode` | unsupported | code of earlier versions is interpreted, its record as it was | `compiled::code_of_2_0_is_activated`, `compiled::what_isnt_compiled_isnt_activated` |
//! | Eight topics for an event | four | indexers look for more | `next::events_have_more_topics_and_cost_the_same` |
//!
//! This is consensus code: no result may depend on anything but the state, the block's input,
//! the message, and the version. It must never know a clock, a file, a network, a thread's
//! identity, a hash map's order, or what its own caches hold. It links no FRAME.
#![forbid(unsafe_code)]

#[cfg(feature = "bare")]
pub mod bare;
mod bytes;
mod code;
mod core;
mod deletion;
mod deposit;
mod engine;
mod error;
mod escrow;
mod exec;
mod ext;
mod extension;
mod gas;
mod hash;
mod host_fns;
mod idle;
mod ledger;
mod messages;
#[cfg(feature = "metered")]
mod metered;
mod migrate;
mod quantise;
mod records;
mod signatures;
mod state;
mod versions;
mod views;
mod vm;

pub use engine::DepositEngine;
pub use hash::contract_address;
#[cfg(feature = "metered")]
pub use metered::{Preparing, Unprepared};
pub use state::{Form, KINDS};
pub use versions::{
    BaseWeights, Compiling, Cost, Deposits, FrameCosts, HostCosts, Idle, Interpreter, Limits,
    MeterRules, Metered, OperatorCosts, Rules,
};

/// Names a released version of these rules, for the library that exports it.
pub trait Release: Send + Sync + 'static {
    /// Its rules.
    const RULES: Rules;

    /// What compiles its code. None: all of it is interpreted, with the same results.
    #[cfg(feature = "metered")]
    fn native() -> Option<&'static Preparing> {
        None
    }
}
