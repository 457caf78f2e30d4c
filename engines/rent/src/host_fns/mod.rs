//! What contracts can ask for: the functions that they import.

mod calls;
mod events;
mod hashes;
mod info;
mod io;
mod lifecycle;
mod runtime;
mod sandbox;
mod storage;

pub(crate) use runtime::Runtime;

use crate::{ext::TrapReason, versions::Rules};
use parity_wasm::elements::{FunctionType, ValueType};
use runtime::Stopped;
use sandbox::{charge_block, enter};
use wasmi::{Caller, Func, FuncType, Store, ValType};

/// The two types of value that contracts know.
trait Value {
    const WASM: ValType;
    const PARITY: ValueType;
}

impl Value for u32 {
    const WASM: ValType = ValType::I32;
    const PARITY: ValueType = ValueType::I32;
}

impl Value for u64 {
    const WASM: ValType = ValType::I64;
    const PARITY: ValueType = ValueType::I64;
}

/// The result types of functions with and without a result, as lists.
trait Results {
    const WASM: &'static [ValType];
    const PARITY: Option<ValueType>;
}

impl Results for () {
    const WASM: &'static [ValType] = &[];
    const PARITY: Option<ValueType> = None;
}

impl Results for u32 {
    const WASM: &'static [ValType] = &[ValType::I32];
    const PARITY: Option<ValueType> = Some(ValueType::I32);
}

/// Makes the table of host functions out of one list: their names and types, for checking and
/// resolving imports, and the functions that the interpreter calls.
macro_rules! host_fns {
    ($(
        $(#[$doc:meta])*
        $since:ident $Variant:ident = $module:literal $name:literal
            ($($arg:ident: $Arg:ty),*) -> $Ret:ty { $function:path }
    )+) => {
        /// A function that contracts can import.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum HostFn {
            /// What the instrumentation of 1.0 calls at the beginning of each block.
            Gas32,
            /// The same of 1.1.
            Gas64,
            $($(#[$doc])* $Variant,)+
        }

        impl HostFn {
            const ALL: &'static [Self] = &[Self::Gas32, Self::Gas64, $(Self::$Variant,)+];

            fn name(self) -> (&'static str, &'static str) {
                match self {
                    Self::Gas32 | Self::Gas64 => ("seal0", "gas"),
                    $(Self::$Variant => ($module, $name),)+
                }
            }

            fn since(self) -> Since {
                match self {
                    Self::Gas32 | Self::Gas64 => Since::First,
                    $(Self::$Variant => Since::$since,)+
                }
            }

            /// Parameters and results as the interpreter names them.
            fn wasm_type(self) -> (&'static [ValType], &'static [ValType]) {
                match self {
                    Self::Gas32 => (&[ValType::I32], &[]),
                    Self::Gas64 => (&[ValType::I64], &[]),
                    $(Self::$Variant => (
                        &[$(<$Arg as Value>::WASM),*],
                        <$Ret as Results>::WASM,
                    ),)+
                }
            }

            /// Parameters and result as the decoder of uploaded code names them.
            fn parity_type(self) -> (&'static [ValueType], Option<ValueType>) {
                match self {
                    Self::Gas32 => (&[ValueType::I32], None),
                    Self::Gas64 => (&[ValueType::I64], None),
                    $(Self::$Variant => (
                        &[$(<$Arg as Value>::PARITY),*],
                        <$Ret as Results>::PARITY,
                    ),)+
                }
            }

            /// The function for one instance.
            pub(crate) fn link(self, store: &mut Store<Runtime<'_>>) -> Func {
                match self {
                    Self::Gas32 => Func::wrap(
                        store,
                        |mut caller: Caller<'_, Runtime<'_>>,
                         amount: u32|
                         -> Result<(), wasmi::Error> {
                            charge_block(caller.data_mut(), amount.into())
                        },
                    ),
                    Self::Gas64 => Func::wrap(
                        store,
                        |mut caller: Caller<'_, Runtime<'_>>,
                         amount: u64|
                         -> Result<(), wasmi::Error> {
                            charge_block(caller.data_mut(), amount)
                        },
                    ),
                    $(Self::$Variant => Func::wrap(
                        store,
                        |mut caller: Caller<'_, Runtime<'_>>
                         $(, $arg: $Arg)*|
                         -> Result<$Ret, wasmi::Error> {
                            enter(&mut caller, |sandbox| $function(sandbox, $($arg),*))
                        },
                    ),)+
                }
            }
        }
    };
}

/// Which version brought a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Since {
    First,
    Later,
}

impl HostFn {
    /// The function of this name that these rules have. `gas` is whichever.
    pub(crate) fn find(module: &str, name: &str, rules: &Rules) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|function| function.name() == (module, name))
            .filter(|function| match function.since() {
                Since::First => true,
                Since::Later => rules.later_host_functions,
            })
    }

    /// The function of this name and type, in code that passed its checks.
    pub(crate) fn find_typed(module: &str, name: &str, ty: &FuncType) -> Option<Self> {
        Self::ALL.iter().copied().find(|function| {
            function.name() == (module, name) && function.wasm_type() == (ty.params(), ty.results())
        })
    }

    /// Whether it has this type.
    pub(crate) fn has_type(self, ty: &FunctionType) -> bool {
        self.parity_type() == (ty.params(), ty.return_type())
    }

    /// Whether only the instrumentation may import it.
    pub(crate) fn is_gas(self) -> bool {
        matches!(self, Self::Gas32 | Self::Gas64)
    }
}

host_fns! {
    First SetStorage = "seal0" "seal_set_storage"
        (key: u32, value: u32, value_len: u32) -> () { storage::set }
    First ClearStorage = "seal0" "seal_clear_storage"
        (key: u32) -> () { storage::clear }
    First GetStorage = "seal0" "seal_get_storage"
        (key: u32, out: u32, out_len: u32) -> u32 { storage::get }
    First Transfer = "seal0" "seal_transfer"
        (to: u32, to_len: u32, value: u32, value_len: u32) -> u32 { calls::transfer }
    First Call = "seal0" "seal_call"
        (callee: u32, callee_len: u32, gas: u64, value: u32, value_len: u32, input: u32,
         input_len: u32, out: u32, out_len: u32) -> u32 { calls::call }
    First Instantiate = "seal0" "seal_instantiate"
        (code_hash: u32, code_hash_len: u32, gas: u64, value: u32, value_len: u32, input: u32,
         input_len: u32, address: u32, address_len: u32, out: u32, out_len: u32, salt: u32,
         salt_len: u32) -> u32 { calls::instantiate }
    First Terminate = "seal0" "seal_terminate"
        (beneficiary: u32, beneficiary_len: u32) -> () { lifecycle::terminate }
    First RestoreTo = "seal0" "seal_restore_to"
        (dest: u32, dest_len: u32, code_hash: u32, code_hash_len: u32, allowance: u32,
         allowance_len: u32, delta: u32, delta_count: u32) -> () { lifecycle::restore_to }
    First Input = "seal0" "seal_input"
        (out: u32, out_len: u32) -> () { io::input }
    First Return = "seal0" "seal_return"
        (flags: u32, data: u32, data_len: u32) -> () { io::r#return }
    First Println = "seal0" "seal_println"
        (text: u32, text_len: u32) -> () { io::println }
    First Caller = "seal0" "seal_caller"
        (out: u32, out_len: u32) -> () { info::caller }
    First Address = "seal0" "seal_address"
        (out: u32, out_len: u32) -> () { info::address }
    First WeightToFee = "seal0" "seal_weight_to_fee"
        (gas: u64, out: u32, out_len: u32) -> () { info::weight_to_fee }
    First GasLeft = "seal0" "seal_gas_left"
        (out: u32, out_len: u32) -> () { info::gas_left }
    First Balance = "seal0" "seal_balance"
        (out: u32, out_len: u32) -> () { info::balance }
    First ValueTransferred = "seal0" "seal_value_transferred"
        (out: u32, out_len: u32) -> () { info::value_transferred }
    First MinimumBalance = "seal0" "seal_minimum_balance"
        (out: u32, out_len: u32) -> () { info::minimum_balance }
    First TombstoneDeposit = "seal0" "seal_tombstone_deposit"
        (out: u32, out_len: u32) -> () { info::tombstone_deposit }
    First RentAllowance = "seal0" "seal_rent_allowance"
        (out: u32, out_len: u32) -> () { info::rent_allowance }
    First SetRentAllowance = "seal0" "seal_set_rent_allowance"
        (value: u32, value_len: u32) -> () { info::set_rent_allowance }
    First BlockNumber = "seal0" "seal_block_number"
        (out: u32, out_len: u32) -> () { info::block_number }
    First Now = "seal0" "seal_now"
        (out: u32, out_len: u32) -> () { info::now }
    First Random = "seal0" "seal_random"
        (subject: u32, subject_len: u32, out: u32, out_len: u32) -> () { info::random }
    First DepositEvent = "seal0" "seal_deposit_event"
        (topics: u32, topics_len: u32, data: u32, data_len: u32) -> () { events::deposit_event }
    First HashSha2 = "seal0" "seal_hash_sha2_256"
        (input: u32, input_len: u32, out: u32) -> () { hashes::sha2_256 }
    First HashKeccak = "seal0" "seal_hash_keccak_256"
        (input: u32, input_len: u32, out: u32) -> () { hashes::keccak_256 }
    First HashBlake256 = "seal0" "seal_hash_blake2_256"
        (input: u32, input_len: u32, out: u32) -> () { hashes::blake2_256 }
    First HashBlake128 = "seal0" "seal_hash_blake2_128"
        (input: u32, input_len: u32, out: u32) -> () { hashes::blake2_128 }
    First CallChainExtension = "seal0" "seal_call_chain_extension"
        (id: u32, input: u32, input_len: u32, out: u32, out_len: u32) -> u32
        { calls::chain_extension }
    Later GetRentParams = "seal0" "seal_rent_params"
        (out: u32, out_len: u32) -> () { info::rent_params }
    Later RandomSince = "seal1" "seal_random"
        (subject: u32, subject_len: u32, out: u32, out_len: u32) -> () { info::random_since }
}
