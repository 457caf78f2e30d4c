//! The table of all functions that can be imported.

use super::{
    calls, code, crypto, deprecated, events, info, output, storage, transient, Definition, Names,
    Status, Type,
};
use Names::{Both, Plain, Prefixed};
use Status::{Deprecated, Stable, Unstable};
use Type::{I32, I64};

macro_rules! host_functions {
    ($($id:ident: $module:literal $name:literal $names:ident
        ($($param:ident)*) $(-> $result:ident)?, $status:ident $(, $mutates:ident)? => $handler:path;)*
    ) => {
        /// A function that can be imported. What differs in its module is another one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)] // the table says what they are
        pub(crate) enum HostFn { $($id,)* }

        const TABLE: &[Definition] = &[
            $(Definition {
                id: HostFn::$id,
                module: $module,
                name: $name,
                names: $names,
                params: &[$($param),*],
                result: result!($($result)?),
                mutates: mutates!($($mutates)?),
                status: $status,
                handler: $handler,
            },)*
        ];

        /// The row of a function.
        pub(crate) fn definition(id: HostFn) -> &'static Definition {
            match id { $(HostFn::$id => {
                const ROW: &Definition = &TABLE[HostFn::$id as usize];
                ROW
            })* }
        }
    };
}

macro_rules! result {
    () => {
        None
    };
    ($ty:ident) => {
        Some($ty)
    };
}

macro_rules! mutates {
    () => {
        false
    };
    (mutates) => {
        true
    };
}

/// The function of this name in this module.
pub(crate) fn find(module: &str, name: &str) -> Option<&'static Definition> {
    let (plain, prefixed) = match name.strip_prefix("seal_") {
        Some(plain) => (plain, true),
        None => (name, false),
    };
    TABLE.iter().find(|row| {
        row.module == module
            && row.name == plain
            && match row.names {
                Both => true,
                Plain => !prefixed,
                Prefixed => prefixed,
            }
    })
}

host_functions! {
    SetStorage0: "seal0" "set_storage" Both (I32 I32 I32), Stable, mutates => storage::set_fixed_0;
    SetStorage1: "seal1" "set_storage" Both (I32 I32 I32) -> I32, Stable, mutates => storage::set_fixed;
    SetStorage2: "seal2" "set_storage" Both (I32 I32 I32 I32) -> I32, Stable, mutates => storage::set_variable;
    ClearStorage0: "seal0" "clear_storage" Both (I32), Stable, mutates => storage::clear_fixed;
    ClearStorage1: "seal1" "clear_storage" Both (I32 I32) -> I32, Stable, mutates => storage::clear_variable;
    GetStorage0: "seal0" "get_storage" Both (I32 I32 I32) -> I32, Stable => storage::get_fixed;
    GetStorage1: "seal1" "get_storage" Both (I32 I32 I32 I32) -> I32, Stable => storage::get_variable;
    ContainsStorage0: "seal0" "contains_storage" Both (I32) -> I32, Stable => storage::contains_fixed;
    ContainsStorage1: "seal1" "contains_storage" Both (I32 I32) -> I32, Stable => storage::contains_variable;
    TakeStorage: "seal0" "take_storage" Both (I32 I32 I32 I32) -> I32, Stable, mutates => storage::take_variable;

    Transfer: "seal0" "transfer" Both (I32 I32 I32 I32) -> I32, Stable, mutates => calls::transfer;
    Call0: "seal0" "call" Both (I32 I32 I64 I32 I32 I32 I32 I32 I32) -> I32, Stable => calls::call_0;
    Call1: "seal1" "call" Both (I32 I32 I64 I32 I32 I32 I32 I32) -> I32, Stable => calls::call_1;
    Call2: "seal2" "call" Plain (I32 I32 I64 I64 I32 I32 I32 I32 I32 I32) -> I32, Stable => calls::call_2;
    DelegateCall: "seal0" "delegate_call" Both (I32 I32 I32 I32 I32 I32) -> I32, Stable => calls::delegate_call;
    Instantiate0: "seal0" "instantiate" Both (I32 I32 I64 I32 I32 I32 I32 I32 I32 I32 I32 I32 I32) -> I32, Stable, mutates => calls::instantiate_0;
    Instantiate1: "seal1" "instantiate" Both (I32 I64 I32 I32 I32 I32 I32 I32 I32 I32 I32) -> I32, Stable, mutates => calls::instantiate_1;
    Instantiate2: "seal2" "instantiate" Plain (I32 I64 I64 I32 I32 I32 I32 I32 I32 I32 I32 I32 I32) -> I32, Stable, mutates => calls::instantiate_2;
    Terminate0: "seal0" "terminate" Both (I32 I32), Stable, mutates => calls::terminate;
    Terminate1: "seal1" "terminate" Both (I32), Stable, mutates => calls::terminate;

    Input: "seal0" "input" Both (I32 I32), Stable => output::input;
    Return: "seal0" "return" Prefixed (I32 I32 I32), Stable => output::seal_return;

    Caller: "seal0" "caller" Both (I32 I32), Stable => info::caller;
    IsContract: "seal0" "is_contract" Both (I32) -> I32, Stable => info::is_contract;
    CodeHash: "seal0" "code_hash" Both (I32 I32 I32) -> I32, Stable => info::code_hash;
    OwnCodeHash: "seal0" "own_code_hash" Both (I32 I32), Stable => info::own_code_hash;
    CallerIsOrigin: "seal0" "caller_is_origin" Both () -> I32, Stable => info::caller_is_origin;
    CallerIsRoot: "seal0" "caller_is_root" Plain () -> I32, Stable => info::caller_is_root;
    Address: "seal0" "address" Both (I32 I32), Stable => info::address;
    WeightToFee0: "seal0" "weight_to_fee" Both (I64 I32 I32), Stable => info::weight_to_fee_0;
    WeightToFee1: "seal1" "weight_to_fee" Plain (I64 I64 I32 I32), Unstable => info::weight_to_fee_1;
    GasLeft0: "seal0" "gas_left" Both (I32 I32), Stable => info::gas_left_0;
    GasLeft1: "seal1" "gas_left" Plain (I32 I32), Unstable => info::gas_left_1;
    Balance: "seal0" "balance" Both (I32 I32), Stable => info::balance;
    ValueTransferred: "seal0" "value_transferred" Both (I32 I32), Stable => info::value_transferred;
    Now: "seal0" "now" Both (I32 I32), Stable => info::now;
    MinimumBalance: "seal0" "minimum_balance" Both (I32 I32), Stable => info::minimum_balance;
    BlockNumber: "seal0" "block_number" Both (I32 I32), Stable => info::block_number;
    InstantiationNonce: "seal0" "instantiation_nonce" Plain () -> I64, Stable => info::instantiation_nonce;
    ReentranceCount: "seal0" "reentrance_count" Plain () -> I32, Unstable => info::reentrance_count;
    AccountReentranceCount: "seal0" "account_reentrance_count" Plain (I32) -> I32, Unstable => info::account_reentrance_count;

    DepositEvent: "seal0" "deposit_event" Both (I32 I32 I32 I32), Stable, mutates => events::deposit_event;
    DebugMessage: "seal0" "debug_message" Both (I32 I32) -> I32, Stable => events::debug_message;

    HashSha2: "seal0" "hash_sha2_256" Both (I32 I32 I32), Stable => crypto::sha2_256;
    HashKeccak: "seal0" "hash_keccak_256" Both (I32 I32 I32), Stable => crypto::keccak_256;
    HashBlake2: "seal0" "hash_blake2_256" Both (I32 I32 I32), Stable => crypto::blake2_256;
    HashBlake2Half: "seal0" "hash_blake2_128" Both (I32 I32 I32), Stable => crypto::blake2_128;
    EcdsaRecover: "seal0" "ecdsa_recover" Both (I32 I32 I32) -> I32, Stable => crypto::ecdsa_recover;
    EcdsaToEthAddress: "seal0" "ecdsa_to_eth_address" Both (I32 I32) -> I32, Stable => crypto::ecdsa_to_eth_address;
    Sr25519Verify: "seal0" "sr25519_verify" Plain (I32 I32 I32 I32) -> I32, Stable => crypto::sr25519_verify;

    SetCodeHash: "seal0" "set_code_hash" Both (I32) -> I32, Stable, mutates => code::set_code_hash;
    LockDependency: "seal0" "lock_delegate_dependency" Plain (I32), Stable, mutates => code::lock_dependency;
    UnlockDependency: "seal0" "unlock_delegate_dependency" Plain (I32), Stable, mutates => code::unlock_dependency;
    CallChainExtension: "seal0" "call_chain_extension" Both (I32 I32 I32 I32 I32) -> I32, Stable => code::call_chain_extension;
    CallRuntime: "seal0" "call_runtime" Plain (I32 I32) -> I32, Stable, mutates => code::call_runtime;
    XcmExecute: "seal0" "xcm_execute" Plain (I32 I32) -> I32, Stable, mutates => code::xcm_execute;
    XcmSend: "seal0" "xcm_send" Plain (I32 I32 I32 I32) -> I32, Stable, mutates => code::xcm_send;

    SetTransient: "seal0" "set_transient_storage" Plain (I32 I32 I32 I32) -> I32, Unstable, mutates => transient::set;
    ClearTransient: "seal0" "clear_transient_storage" Plain (I32 I32) -> I32, Unstable, mutates => transient::clear;
    GetTransient: "seal0" "get_transient_storage" Plain (I32 I32 I32 I32) -> I32, Unstable => transient::get;
    ContainsTransient: "seal0" "contains_transient_storage" Plain (I32 I32) -> I32, Unstable => transient::contains;
    TakeTransient: "seal0" "take_transient_storage" Plain (I32 I32 I32 I32) -> I32, Unstable, mutates => transient::take;

    Random0: "seal0" "random" Both (I32 I32 I32 I32), Deprecated => deprecated::random_0;
    Random1: "seal1" "random" Both (I32 I32 I32 I32), Deprecated => deprecated::random_1;
    TombstoneDeposit: "seal0" "tombstone_deposit" Both (I32 I32), Deprecated => deprecated::tombstone_deposit;
    RestoreTo0: "seal0" "restore_to" Both (I32 I32 I32 I32 I32 I32 I32 I32), Deprecated => deprecated::nothing;
    RestoreTo1: "seal1" "restore_to" Both (I32 I32 I32 I32 I32), Deprecated => deprecated::nothing;
    SetRentAllowance0: "seal0" "set_rent_allowance" Both (I32 I32), Deprecated => deprecated::nothing;
    SetRentAllowance1: "seal1" "set_rent_allowance" Both (I32), Deprecated => deprecated::nothing;
    RentAllowance: "seal0" "rent_allowance" Both (I32 I32), Deprecated => deprecated::rent_allowance;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 111 stable names are what the deposit era has; counted with the deprecated ones, as its
    /// own table counts, and without what isn't stable.
    #[test]
    fn the_table_has_every_stable_name() {
        let names = |status: Status| -> usize {
            TABLE
                .iter()
                .filter(|row| row.status == status)
                .map(|row| if row.names == Both { 2 } else { 1 })
                .sum()
        };
        assert_eq!(names(Stable) + names(Deprecated), 111);
        assert_eq!(names(Unstable), 9);
    }

    #[test]
    fn names_are_found_as_they_are_written() {
        assert_eq!(find("seal0", "seal_caller").unwrap().id, HostFn::Caller);
        assert_eq!(find("seal0", "caller").unwrap().id, HostFn::Caller);
        assert_eq!(find("seal0", "seal_return").unwrap().id, HostFn::Return);
        assert!(find("seal0", "return").is_none());
        assert!(find("seal2", "seal_call").is_none());
        assert!(find("seal1", "caller").is_none());
        assert!(find("seal0", "gas").is_none());
    }
}
