//! From the chain's words to the ABI's.

use crate::engine::abi_version;
use fat_contracts_primitives::{
    cluster_bytes, AccountId, Balance, ClusterBlock, ClusterId, ClusterMessage, CodeSource,
    EngineVersion, Hash, Weight,
};
use pink_capi::{calls::Message, types};

/// What a block gives to an engine.
pub fn block_of(input: &ClusterBlock) -> types::Block {
    types::Block {
        number: input.number,
        now_ms: input.now_ms,
        entropy: input.entropy.abi(),
        upgrade_targets: input.upgrade_targets.iter().map(|it| it.abi()).collect(),
        system_code: input.system_code.abi(),
    }
}

/// The ABI's form of a value of the chain's.
trait Abi {
    type Form;
    fn abi(&self) -> Self::Form;
}

macro_rules! abi {
    ($($Chain:ty as $Form:ty: $value:ident => $form:expr;)+) => {
        $(impl Abi for $Chain {
            type Form = $Form;
            fn abi(&self) -> $Form {
                let $value = self;
                $form
            }
        })+
    };
}

abi! {
    AccountId as types::AccountId: it => it.clone().into();
    Hash as types::Hash: it => it.0;
    EngineVersion as types::Version: it => abi_version(*it);
    Weight as types::Weight: it => types::Weight::new(it.ref_time, it.proof_size);
    CodeSource as types::Code: it => match it {
        CodeSource::Code(code) => types::Code::Upload(code.clone()),
        CodeSource::Hash(hash) => types::Code::Existing(hash.0),
    };
    Balance as types::Balance: it => *it;
    bool as bool: it => *it;
    Vec<u8> as Vec<u8>: it => it.clone();
}

impl<T: Abi> Abi for Option<T> {
    type Form = Option<T::Form>;
    fn abi(&self) -> Self::Form {
        self.as_ref().map(T::abi)
    }
}

/// One row a message: what an engine takes of it, what stays the chain's, and what is added. A
/// message or a field that is missing doesn't compile.
macro_rules! messages {
    ($message:expr; $(
        $Message:ident { $($field:ident),* }
        $(without { $($kept:ident),+ })? $(with { $added:ident: $value:expr })?;
    )+) => {
        match $message {
            $(ClusterMessage::$Message { $($field,)* $($($kept: _,)+)? } => {
                Message::$Message(types::$Message {
                    $($field: $field.abi(),)*
                    $($added: $value,)?
                })
            })+
        }
    };
}

/// A message as an engine takes it.
pub fn engine_message(cluster: ClusterId, message: &ClusterMessage) -> Message {
    messages! { message;
        Setup {
            owner, deposit, gas_price, deposit_per_item, deposit_per_byte, treasury,
            existential_deposit, engine_config, system_code
        } without { engine } with { cluster: cluster_bytes(cluster) };
        Deposit { dest, amount } without { from };
        Withdraw { from, amount, max_gas_price } without { dest };
        Upload { origin, code, storage_deposit_limit, max_gas_price }
            with { determinism: types::Determinism::Enforced };
        Instantiate {
            origin, code, input, salt, value, gas_limit, storage_deposit_limit, max_gas_price
        };
        Call {
            origin, contract, input, value, gas_limit, storage_deposit_limit, max_gas_price
        } with { lent: 0 };
        Upgrade { from, system_code } without { to };
        UpdatePrices { gas_price, deposit_per_item, deposit_per_byte };
        UpdateSchedule { schedule };
        ClaimSurcharge { origin, contract, by_worker, max_gas_price };
        Destroy {} without { sweep_to };
        RemoveCode { origin, code_hash, max_gas_price };
    }
}
