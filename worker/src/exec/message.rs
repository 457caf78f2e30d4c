//! From the chain's words to the ABI's.

use fat_contracts_primitives::{
    cluster_bytes, ClusterBlock, ClusterId, ClusterMessage, CodeSource, EngineVersion,
};
use pink_capi::types::{self, Message};

/// The ABI's form of a version.
fn version(version: EngineVersion) -> types::Version {
    types::Version::new(version.major, version.minor)
}

fn weight(weight: fat_contracts_primitives::Weight) -> types::Weight {
    types::Weight::new(weight.ref_time, weight.proof_size)
}

/// What a block gives to an engine.
pub fn block_of(input: &ClusterBlock) -> types::Block {
    types::Block {
        number: input.number,
        now_ms: input.now_ms,
        entropy: input.entropy.0,
        upgrade_targets: input.upgrade_targets.iter().copied().map(version).collect(),
        system_code: input.system_code.map(|hash| hash.0),
    }
}

/// A message as an engine takes it.
pub fn engine_message(cluster: ClusterId, message: &ClusterMessage) -> Message {
    match message.clone() {
        ClusterMessage::Setup {
            engine: _,
            owner,
            deposit,
            gas_price,
            deposit_per_item,
            deposit_per_byte,
            treasury,
            existential_deposit,
            engine_config,
            system_code,
        } => Message::Setup(types::Setup {
            cluster: cluster_bytes(cluster),
            owner: owner.into(),
            deposit,
            gas_price,
            deposit_per_item,
            deposit_per_byte,
            treasury: treasury.into(),
            existential_deposit,
            engine_config,
            system_code: system_code.map(|hash| hash.0),
        }),
        ClusterMessage::Deposit {
            from: _,
            dest,
            amount,
        } => Message::Deposit(types::Deposit {
            dest: dest.into(),
            amount,
        }),
        ClusterMessage::Withdraw {
            from,
            dest: _,
            amount,
            max_gas_price,
        } => Message::Withdraw(types::Withdraw {
            from: from.into(),
            amount,
            max_gas_price,
        }),
        ClusterMessage::Upload {
            origin,
            code,
            storage_deposit_limit,
            max_gas_price,
        } => Message::Upload(types::Upload {
            origin: origin.into(),
            code,
            storage_deposit_limit,
            determinism: types::Determinism::Enforced,
            max_gas_price,
        }),
        ClusterMessage::Instantiate {
            origin,
            code,
            input,
            salt,
            value,
            gas_limit,
            storage_deposit_limit,
            max_gas_price,
        } => Message::Instantiate(types::Instantiate {
            origin: origin.into(),
            code: match code {
                CodeSource::Code(code) => types::Code::Upload(code),
                CodeSource::Hash(hash) => types::Code::Existing(hash.0),
            },
            input,
            salt,
            value,
            gas_limit: weight(gas_limit),
            storage_deposit_limit,
            max_gas_price,
        }),
        ClusterMessage::Call {
            origin,
            contract,
            input,
            value,
            gas_limit,
            storage_deposit_limit,
            max_gas_price,
        } => Message::Call(types::Call {
            origin: origin.into(),
            contract: contract.into(),
            input,
            value,
            gas_limit: weight(gas_limit),
            storage_deposit_limit,
            max_gas_price,
            lent: 0,
        }),
        ClusterMessage::Upgrade {
            from,
            to: _,
            system_code,
        } => Message::Upgrade(types::Upgrade {
            from: version(from),
            system_code: system_code.map(|hash| hash.0),
        }),
        ClusterMessage::UpdatePrices {
            gas_price,
            deposit_per_item,
            deposit_per_byte,
        } => Message::UpdatePrices(types::UpdatePrices {
            gas_price,
            deposit_per_item,
            deposit_per_byte,
        }),
        ClusterMessage::UpdateSchedule { schedule } => {
            Message::UpdateSchedule(types::UpdateSchedule { schedule })
        }
        ClusterMessage::ClaimSurcharge {
            origin,
            contract,
            by_worker,
            max_gas_price,
        } => Message::ClaimSurcharge(types::ClaimSurcharge {
            origin: origin.into(),
            contract: contract.into(),
            by_worker,
            max_gas_price,
        }),
        ClusterMessage::Destroy { sweep_to: _ } => Message::Destroy(types::Destroy {}),
        ClusterMessage::RemoveCode {
            origin,
            code_hash,
            max_gas_price,
        } => Message::RemoveCode(types::RemoveCode {
            origin: origin.into(),
            code_hash: code_hash.0,
            max_gas_price,
        }),
    }
}
