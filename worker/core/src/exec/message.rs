//! From the chain's words to the ABI's.

use fat_contracts_primitives::{
    cluster_bytes, AccountId, Balance, ClusterBlock, ClusterId, ClusterMessage, CodeSource,
    EngineVersion, Hash, Weight,
};
use pink_capi::{calls::Message, types};
use pink_engine_host::abi_version;

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
        } with { query_deposit: 0 };
        Upgrade { from, system_code } without { to };
        UpdatePrices { gas_price, deposit_per_item, deposit_per_byte };
        UpdateSchedule { schedule };
        ClaimSurcharge { origin, contract, by_worker, max_gas_price };
        Destroy {} without { sweep_to };
        RemoveCode { origin, code_hash, max_gas_price };
        ActivateCode { origin, code_hash, gas_limit, max_gas_price };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parity_scale_codec::Encode;

    /// Where both forms have the same fields they have the same bytes; what differs is cut out
    /// and put in here by hand.
    #[test]
    fn an_engine_gets_what_the_chain_ordered() {
        let who = |byte| AccountId::new([byte; 32]);
        let weight = Weight {
            ref_time: 12,
            proof_size: 13,
        };
        let (cluster, version) = (0x0102, EngineVersion::new(2, 1));
        let cut =
            |bytes: &[u8], from: usize, len: usize| [&bytes[..from], &bytes[from + len..]].concat();
        let code_hash = Hash::repeat_byte(6);
        type Change<'c> = &'c dyn Fn(Vec<u8>) -> Vec<u8>;
        let same: Change<'_> = &|bytes| bytes;
        let cases: [(ClusterMessage, Change<'_>); 13] = [
            (
                ClusterMessage::Setup {
                    engine: version,
                    owner: who(1),
                    deposit: 2,
                    gas_price: 3,
                    deposit_per_item: 4,
                    deposit_per_byte: 5,
                    treasury: who(6),
                    existential_deposit: 7,
                    engine_config: vec![8, 9],
                    system_code: Some(code_hash),
                },
                // The engine's version makes way for the cluster's id, big-endian.
                &|bytes| {
                    let mut id = [0; 32];
                    (id[30], id[31]) = (1, 2);
                    [&bytes[..1], &id, &bytes[9..]].concat()
                },
            ),
            (
                ClusterMessage::Deposit {
                    from: who(1),
                    dest: who(2),
                    amount: 3,
                },
                &|bytes| cut(&bytes, 1, 32),
            ),
            (
                ClusterMessage::Withdraw {
                    from: who(1),
                    dest: who(2),
                    amount: 3,
                    max_gas_price: 4,
                },
                &|bytes| cut(&bytes, 33, 32),
            ),
            (
                ClusterMessage::Upload {
                    origin: who(1),
                    code: vec![2, 3],
                    storage_deposit_limit: Some(4),
                    max_gas_price: 5,
                },
                // Determinism is enforced, ahead of the price.
                &|mut bytes| {
                    bytes.insert(bytes.len() - 16, 0);
                    bytes
                },
            ),
            (
                ClusterMessage::Instantiate {
                    origin: who(1),
                    code: CodeSource::Hash(code_hash),
                    input: vec![2],
                    salt: vec![3, 4],
                    value: 5,
                    gas_limit: weight,
                    storage_deposit_limit: None,
                    max_gas_price: 6,
                },
                same,
            ),
            (
                ClusterMessage::Call {
                    origin: who(1),
                    contract: who(2),
                    input: vec![3],
                    value: 4,
                    gas_limit: weight,
                    storage_deposit_limit: Some(5),
                    max_gas_price: 6,
                },
                // Nothing is lent.
                &|bytes| [bytes, vec![0; 16]].concat(),
            ),
            (
                ClusterMessage::Upgrade {
                    from: EngineVersion::new(1, 1),
                    to: version,
                    system_code: Some(code_hash),
                },
                &|bytes| cut(&bytes, 9, 8),
            ),
            (
                ClusterMessage::UpdatePrices {
                    gas_price: 1,
                    deposit_per_item: 2,
                    deposit_per_byte: 3,
                },
                same,
            ),
            (ClusterMessage::UpdateSchedule { schedule: vec![1] }, same),
            (
                ClusterMessage::ClaimSurcharge {
                    origin: who(1),
                    contract: who(2),
                    by_worker: true,
                    max_gas_price: 3,
                },
                same,
            ),
            (
                ClusterMessage::Destroy {
                    sweep_to: Some(who(1)),
                },
                &|bytes| bytes[..1].to_vec(),
            ),
            (
                ClusterMessage::RemoveCode {
                    origin: who(1),
                    code_hash,
                    max_gas_price: 2,
                },
                same,
            ),
            (
                ClusterMessage::ActivateCode {
                    origin: who(1),
                    code_hash,
                    gas_limit: weight,
                    max_gas_price: 2,
                },
                same,
            ),
        ];
        for (message, change) in cases {
            let given = engine_message(cluster, &message).encode();
            assert_eq!(given, change(message.encode()), "{message:?}");
        }
    }
}
