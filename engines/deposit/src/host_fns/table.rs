//! The table of all functions that can be imported.
//!
//! A row is: what it is for; module, name without prefix, which names it has, for whom it is, and
//! the version that brought it; `mutates` where it changes something; its parameters and result;
//! and who serves it. A version finds the functions that are no newer than it is.

use super::{
    admit, calls, code, crypto, deprecated, events, info, io,
    link::{host_fns, mutates, Param, Ret, Sandbox},
    storage, transient, Definition, Names, Status,
};
#[cfg(feature = "metered")]
use super::{HostFnResult, Memory, MAX_PARAMS};
#[cfg(feature = "metered")]
use crate::ext::Ext;
use pink_engine_sdk::types::Version;
use wasmi::{Caller, Func, Store};

/// The first version of this era.
const V2_0: Version = Version::new(2, 0);

host_fns! {
    // Storage.
    /// Writes a value under a key of 32 bytes.
    SetStorage0 = "seal0" "set_storage" Both, Stable, since V2_0, mutates
        (key: u32, value: u32, value_len: u32) -> () { storage::set_fixed_0 }
    /// The same; the result is the old value's length, or the sentinel if there was none.
    SetStorage1 = "seal1" "set_storage" Both, Stable, since V2_0, mutates
        (key: u32, value: u32, value_len: u32) -> u32 { storage::set_fixed }
    /// Writes a value under a variable key, with the result of the function before.
    SetStorage2 = "seal2" "set_storage" Both, Stable, since V2_0, mutates
        (key: u32, key_len: u32, value: u32, value_len: u32) -> u32 { storage::set_variable }
    /// Removes the value under a key of 32 bytes.
    ClearStorage0 = "seal0" "clear_storage" Both, Stable, since V2_0, mutates
        (key: u32) -> () { storage::clear_fixed }
    /// Removes the value under a variable key; the result is its length, or the sentinel.
    ClearStorage1 = "seal1" "clear_storage" Both, Stable, since V2_0, mutates
        (key: u32, key_len: u32) -> u32 { storage::clear_variable }
    /// Reads the value under a key of 32 bytes.
    GetStorage0 = "seal0" "get_storage" Both, Stable, since V2_0
        (key: u32, out: u32, out_len: u32) -> u32 { storage::get_fixed }
    /// Reads the value under a variable key.
    GetStorage1 = "seal1" "get_storage" Both, Stable, since V2_0
        (key: u32, key_len: u32, out: u32, out_len: u32) -> u32 { storage::get_variable }
    /// The length of the value under a key of 32 bytes, or the sentinel.
    ContainsStorage0 = "seal0" "contains_storage" Both, Stable, since V2_0
        (key: u32) -> u32 { storage::contains_fixed }
    /// The length of the value under a variable key, or the sentinel.
    ContainsStorage1 = "seal1" "contains_storage" Both, Stable, since V2_0
        (key: u32, key_len: u32) -> u32 { storage::contains_variable }
    /// Reads the value under a variable key and removes it.
    TakeStorage = "seal0" "take_storage" Both, Stable, since V2_0, mutates
        (key: u32, key_len: u32, out: u32, out_len: u32) -> u32 { storage::take_variable }
    // Money and other contracts.
    /// Moves money of the contract, to any account. Runs no code.
    Transfer = "seal0" "transfer" Both, Stable, since V2_0, mutates
        (to: u32, to_len: u32, value: u32, value_len: u32) -> u32 { calls::transfer }
    /// Calls a contract, which may call back. Gas is ref time alone; a zero stands for all of it.
    Call0 = "seal0" "call" Both, Stable, since V2_0
        (callee: u32, callee_len: u32, gas: u64, value: u32, value_len: u32, input: u32,
         input_len: u32, out: u32, out_len: u32)
        -> u32 { calls::call_0 }
    /// The same, with flags.
    Call1 = "seal1" "call" Both, Stable, since V2_0
        (flags: u32, callee: u32, gas: u64, value: u32, input: u32, input_len: u32, out: u32,
         out_len: u32)
        -> u32 { calls::call_1 }
    /// The same, with both dimensions of gas and a limit of the storage deposit.
    Call2 = "seal2" "call" Plain, Stable, since V2_0
        (flags: u32, callee: u32, ref_time: u64, proof_size: u64, deposit: u32, value: u32,
         input: u32, input_len: u32, out: u32, out_len: u32)
        -> u32 { calls::call_2 }
    /// Runs other code in the name of the contract.
    DelegateCall = "seal0" "delegate_call" Both, Stable, since V2_0
        (flags: u32, code_hash: u32, input: u32, input_len: u32, out: u32, out_len: u32)
        -> u32 { calls::delegate_call }
    /// Makes a contract of stored code, with as much of the gas as it says; a zero stands for all.
    Instantiate0 = "seal0" "instantiate" Both, Stable, since V2_0, mutates
        (code_hash: u32, code_hash_len: u32, gas: u64, value: u32, value_len: u32, input: u32,
         input_len: u32, address: u32, address_len: u32, out: u32, out_len: u32, salt: u32,
         salt_len: u32)
        -> u32 { calls::instantiate_0 }
    /// The same, without lengths of what has a fixed one.
    Instantiate1 = "seal1" "instantiate" Both, Stable, since V2_0, mutates
        (code_hash: u32, gas: u64, value: u32, input: u32, input_len: u32, address: u32,
         address_len: u32, out: u32, out_len: u32, salt: u32, salt_len: u32)
        -> u32 { calls::instantiate_1 }
    /// The same, with both dimensions of gas and a limit of the storage deposit.
    Instantiate2 = "seal2" "instantiate" Plain, Stable, since V2_0, mutates
        (code_hash: u32, ref_time: u64, proof_size: u64, deposit: u32, value: u32, input: u32,
         input_len: u32, address: u32, address_len: u32, out: u32, out_len: u32, salt: u32,
         salt_len: u32)
        -> u32 { calls::instantiate_2 }
    /// Ends the contract; the rest of its money goes to the beneficiary.
    Terminate0 = "seal0" "terminate" Both, Stable, since V2_0, mutates
        (beneficiary: u32, beneficiary_len: u32) -> () { calls::terminate_0 }
    /// The same.
    Terminate1 = "seal1" "terminate" Both, Stable, since V2_0, mutates
        (beneficiary: u32) -> () { calls::terminate }
    // Input and result.
    /// The input, as often as it is asked for, until it was forwarded.
    Input = "seal0" "input" Both, Stable, since V2_0
        (out: u32, out_len: u32) -> () { io::input }
    /// Ends the call with a result.
    Return = "seal0" "return" Prefixed, Stable, since V2_0
        (flags: u32, data: u32, data_len: u32) -> () { io::seal_return }
    // What a contract can learn.
    /// Who called.
    Caller = "seal0" "caller" Both, Stable, since V2_0
        (out: u32, out_len: u32) -> () { info::caller }
    /// Whether there is a contract at an address.
    IsContract = "seal0" "is_contract" Both, Stable, since V2_0
        (address: u32) -> u32 { info::is_contract }
    /// The code of a contract.
    CodeHash = "seal0" "code_hash" Both, Stable, since V2_0
        (address: u32, out: u32, out_len: u32) -> u32 { info::code_hash }
    /// The contract's code, also while another's runs in its name.
    OwnCodeHash = "seal0" "own_code_hash" Both, Stable, since V2_0
        (out: u32, out_len: u32) -> () { info::own_code_hash }
    /// Whether the caller sent the message.
    CallerIsOrigin = "seal0" "caller_is_origin" Both, Stable, since V2_0
        () -> u32 { info::caller_is_origin }
    /// Whether the caller is governance, which it never is.
    CallerIsRoot = "seal0" "caller_is_root" Plain, Stable, since V2_0
        () -> u32 { info::caller_is_root }
    /// The contract.
    Address = "seal0" "address" Both, Stable, since V2_0
        (out: u32, out_len: u32) -> () { info::address }
    /// What ref time costs.
    WeightToFee0 = "seal0" "weight_to_fee" Both, Stable, since V2_0
        (ref_time: u64, out: u32, out_len: u32) -> () { info::weight_to_fee_0 }
    /// What gas costs; proof size has no price.
    WeightToFee1 = "seal1" "weight_to_fee" Plain, Unstable, since V2_0
        (ref_time: u64, proof_size: u64, out: u32, out_len: u32) -> () { info::weight_to_fee_1 }
    /// The ref time that is left, after this call was paid.
    GasLeft0 = "seal0" "gas_left" Both, Stable, since V2_0
        (out: u32, out_len: u32) -> () { info::gas_left_0 }
    /// What is left in both dimensions, as SCALE of a weight (compact numbers).
    GasLeft1 = "seal1" "gas_left" Plain, Unstable, since V2_0
        (out: u32, out_len: u32) -> () { info::gas_left_1 }
    /// What the contract can spend: without the existential deposit and what is held.
    Balance = "seal0" "balance" Both, Stable, since V2_0
        (out: u32, out_len: u32) -> () { info::balance }
    /// Money that came with the call.
    ValueTransferred = "seal0" "value_transferred" Both, Stable, since V2_0
        (out: u32, out_len: u32) -> () { info::value_transferred }
    /// The block's time, in milliseconds.
    Now = "seal0" "now" Both, Stable, since V2_0
        (out: u32, out_len: u32) -> () { info::now }
    /// The existential deposit.
    MinimumBalance = "seal0" "minimum_balance" Both, Stable, since V2_0
        (out: u32, out_len: u32) -> () { info::minimum_balance }
    /// The block's number.
    BlockNumber = "seal0" "block_number" Both, Stable, since V2_0
        (out: u32, out_len: u32) -> () { info::block_number }
    /// How many contracts were instantiated so far.
    InstantiationNonce = "seal0" "instantiation_nonce" Plain, Stable, since V2_0
        () -> u64 { info::instantiation_nonce }
    /// How often the contract is on the stack below this frame; delegate calls don't count.
    ReentranceCount = "seal0" "reentrance_count" Plain, Unstable, since V2_0
        () -> u32 { info::reentrance_count }
    /// How often an account is on the stack; delegate calls don't count.
    AccountReentranceCount = "seal0" "account_reentrance_count" Plain, Unstable, since V2_0
        (account: u32) -> u32 { info::account_reentrance_count }
    // Events.
    /// Emits an event: SCALE of the topics (none for a length of zero), and data.
    DepositEvent = "seal0" "deposit_event" Both, Stable, since V2_0, mutates
        (topics: u32, topics_len: u32, data: u32, data_len: u32) -> () { events::deposit_event }
    /// Keeps a message for the operator's log.
    DebugMessage = "seal0" "debug_message" Both, Stable, since V2_0
        (text: u32, text_len: u32) -> u32 { events::debug_message }
    // Hashes and signatures.
    /// SHA-2, 32 bytes.
    HashSha2 = "seal0" "hash_sha2_256" Both, Stable, since V2_0
        (input: u32, input_len: u32, out: u32) -> () { crypto::sha2_256 }
    /// Keccak, 32 bytes.
    HashKeccak = "seal0" "hash_keccak_256" Both, Stable, since V2_0
        (input: u32, input_len: u32, out: u32) -> () { crypto::keccak_256 }
    /// BLAKE2b, 32 bytes.
    HashBlake2 = "seal0" "hash_blake2_256" Both, Stable, since V2_0
        (input: u32, input_len: u32, out: u32) -> () { crypto::blake2_256 }
    /// BLAKE2b, 16 bytes.
    HashBlake2Half = "seal0" "hash_blake2_128" Both, Stable, since V2_0
        (input: u32, input_len: u32, out: u32) -> () { crypto::blake2_128 }
    /// The compressed public key that signed a hash.
    EcdsaRecover = "seal0" "ecdsa_recover" Both, Stable, since V2_0
        (signature: u32, message_hash: u32, out: u32) -> u32 { crypto::ecdsa_recover }
    /// The Ethereum address of a compressed public key.
    EcdsaToEthAddress = "seal0" "ecdsa_to_eth_address" Both, Stable, since V2_0
        (key: u32, out: u32) -> u32 { crypto::ecdsa_to_eth_address }
    /// Whether an sr25519 signature of a message is a key's.
    Sr25519Verify = "seal0" "sr25519_verify" Plain, Stable, since V2_0
        (signature: u32, key: u32, message_len: u32, message: u32) -> u32 { crypto::sr25519_verify }
    // Code.
    /// Exchanges the contract's code, from the next call on.
    SetCodeHash = "seal0" "set_code_hash" Both, Stable, since V2_0, mutates
        (code_hash: u32) -> u32 { code::set_code_hash }
    /// Keeps code from being removed, because the contract needs it for delegate calls.
    LockDependency = "seal0" "lock_delegate_dependency" Plain, Stable, since V2_0, mutates
        (code_hash: u32) -> () { code::lock_dependency }
    /// Undoes that.
    UnlockDependency = "seal0" "unlock_delegate_dependency" Plain, Stable, since V2_0, mutates
        (code_hash: u32) -> () { code::unlock_dependency }
    /// The pink extension. Input and output are paid by the byte.
    CallChainExtension = "seal0" "call_chain_extension" Both, Stable, since V2_0
        (id: u32, input: u32, input_len: u32, out: u32, out_len: u32)
        -> u32 { code::call_chain_extension }
    /// There is no runtime to call.
    CallRuntime = "seal0" "call_runtime" Plain, Stable, since V2_0, mutates
        (call: u32, call_len: u32) -> u32 { code::call_runtime }
    /// There is no chain to execute on.
    XcmExecute = "seal0" "xcm_execute" Plain, Stable, since V2_0, mutates
        (message: u32, message_len: u32) -> u32 { code::xcm_execute }
    /// There is no chain to send to.
    XcmSend = "seal0" "xcm_send" Plain, Stable, since V2_0, mutates
        (dest: u32, message: u32, message_len: u32, out: u32) -> u32 { code::xcm_send }
    // Transient storage.
    /// Writes a value of the transient storage; results are those of the storage.
    SetTransient = "seal0" "set_transient_storage" Plain, Unstable, since V2_0, mutates
        (key: u32, key_len: u32, value: u32, value_len: u32) -> u32 { transient::set }
    /// Removes a value of the transient storage.
    ClearTransient = "seal0" "clear_transient_storage" Plain, Unstable, since V2_0, mutates
        (key: u32, key_len: u32) -> u32 { transient::clear }
    /// Reads a value of the transient storage.
    GetTransient = "seal0" "get_transient_storage" Plain, Unstable, since V2_0
        (key: u32, key_len: u32, out: u32, out_len: u32) -> u32 { transient::get }
    /// The length of a value of the transient storage, or the sentinel.
    ContainsTransient = "seal0" "contains_transient_storage" Plain, Unstable, since V2_0
        (key: u32, key_len: u32) -> u32 { transient::contains }
    /// Reads a value of the transient storage and removes it.
    TakeTransient = "seal0" "take_transient_storage" Plain, Unstable, since V2_0, mutates
        (key: u32, key_len: u32, out: u32, out_len: u32) -> u32 { transient::take }
    // Of earlier times.
    /// BLAKE2b-256(the block's entropy ‖ subject).
    Random0 = "seal0" "random" Both, Deprecated, since V2_0
        (subject: u32, subject_len: u32, out: u32, out_len: u32) -> () { deprecated::random_0 }
    /// The same, and behind it the number of the block of the entropy.
    Random1 = "seal1" "random" Both, Deprecated, since V2_0
        (subject: u32, subject_len: u32, out: u32, out_len: u32) -> () { deprecated::random_1 }
    /// Nought: there are no tombstones.
    TombstoneDeposit = "seal0" "tombstone_deposit" Both, Deprecated, since V2_0
        (out: u32, out_len: u32) -> () { deprecated::tombstone_deposit }
    /// Does nothing: no contract has to be restored.
    RestoreTo0 = "seal0" "restore_to" Both, Deprecated, since V2_0
        (dest: u32, dest_len: u32, code_hash: u32, code_hash_len: u32, allowance: u32,
         allowance_len: u32, delta: u32, delta_count: u32)
        -> () { deprecated::restore_to_0 }
    /// The same.
    RestoreTo1 = "seal1" "restore_to" Both, Deprecated, since V2_0
        (dest: u32, code_hash: u32, allowance: u32, delta: u32, delta_count: u32)
        -> () { deprecated::restore_to_1 }
    /// Does nothing: there is no rent.
    SetRentAllowance0 = "seal0" "set_rent_allowance" Both, Deprecated, since V2_0
        (value: u32, value_len: u32) -> () { deprecated::set_rent_allowance_0 }
    /// The same.
    SetRentAllowance1 = "seal1" "set_rent_allowance" Both, Deprecated, since V2_0
        (value: u32) -> () { deprecated::set_rent_allowance_1 }
    /// The most there can be: there is no rent, and no limit to it.
    RentAllowance = "seal0" "rent_allowance" Both, Deprecated, since V2_0
        (out: u32, out_len: u32) -> () { deprecated::rent_allowance }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Status::{Deprecated, Stable, Unstable};

    /// 111 stable names are what the deposit era has; counted with the deprecated ones, as its
    /// own table counts, and without what isn't stable.
    #[test]
    fn the_table_has_every_stable_name() {
        let names = |status: Status| -> usize {
            HostFn::ALL
                .iter()
                .map(|function| function.definition())
                .filter(|row| row.status == status && row.since == V2_0)
                .map(|row| if row.names == Names::Both { 2 } else { 1 })
                .sum()
        };
        assert_eq!(names(Stable) + names(Deprecated), 111);
        assert_eq!(names(Unstable), 9);
    }

    #[test]
    fn names_are_found_as_they_are_written() {
        let find = |module, name| HostFn::find(V2_0, module, name);
        assert_eq!(find("seal0", "seal_caller"), Some(HostFn::Caller));
        assert_eq!(find("seal0", "caller"), Some(HostFn::Caller));
        assert_eq!(find("seal0", "seal_return"), Some(HostFn::Return));
        assert_eq!(find("seal0", "return"), None);
        assert_eq!(find("seal2", "seal_call"), None);
        assert_eq!(find("seal1", "caller"), None);
        assert_eq!(find("seal0", "gas"), None);
    }

    #[test]
    fn a_version_hasnt_got_what_a_newer_one_brought() {
        let older = Version::new(1, 9);
        assert_eq!(HostFn::find(older, "seal0", "caller"), None);
        let newer = Version::new(2, 1);
        assert_eq!(HostFn::find(newer, "seal0", "caller"), Some(HostFn::Caller));
    }
}
