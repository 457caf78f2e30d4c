//! What the chain starts with: the preset for development of the runtime, with the engines that are there.

use super::Pairs;
use fat_contracts_primitives::{AccountId, EngineVersion};
use pink_devchain::DevConfig;
use pink_worker_core::InstalledEngine;
use runtime_mock::runtime::{presets, RuntimeGenesisConfig};
use serde_json::{json, Value};
use sp_runtime::BuildStorage;

/// The key of a runtime's code.
const CODE_KEY: &[u8] = b":code";

/// What stands there. The runtime is part of the program: there is no Wasm, and whoever compares codes by their hash
/// sees another one with another version of the runtime.
fn code() -> Vec<u8> {
    let version = runtime_mock::runtime::VERSION;
    format!("{} {}, in process", version.spec_name, version.spec_version).into_bytes()
}

/// What somebody decides about it.
pub(crate) struct GenesisParts<'a> {
    /// The engines that the chain registers.
    pub(crate) engines: &'a [InstalledEngine],
    /// That of the cluster.
    pub(crate) engine: EngineVersion,
    /// Who has money on the chain beside the development accounts.
    pub(crate) endowed: &'a [AccountId],
}

/// The pairs of the genesis block's state.
///
/// # Errors
/// The runtime doesn't take it: why.
pub(crate) fn genesis(parts: &GenesisParts<'_>) -> Result<Pairs, String> {
    let text = |error: serde_json::Error| error.to_string();
    let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).map_err(text)?;
    let preset = presets::patch(presets::DEVELOPMENT).ok_or("the runtime has no such preset")?;
    merge(&mut config, preset);
    merge(&mut config, patch(parts));
    if let Some(balances) = config
        .pointer_mut("/balances/balances")
        .and_then(Value::as_array_mut)
    {
        for who in parts.endowed {
            balances.push(json!([who, presets::DEV_ENDOWMENT]));
        }
    }
    let config: RuntimeGenesisConfig = serde_json::from_value(config).map_err(text)?;
    let mut storage = config.build_storage()?;
    storage.top.insert(CODE_KEY.to_vec(), code());
    Ok(storage.top.into_iter().collect())
}

/// What differs from the preset.
fn patch(parts: &GenesisParts<'_>) -> Value {
    let engines = parts.engines.iter().map(|engine| {
        let artefacts = engine.record.artefacts.iter().map(|artefact| {
            let hash = format!("0x{}", hex::encode(artefact.hash));
            json!({ "target": artefact.target, "hash": hash, "size": artefact.size })
        });
        let from = engine.record.upgrades_from.iter().map(ToString::to_string);
        json!({
            "version": engine.version.to_string(),
            "abi": engine.record.abi,
            "upgradesFrom": from.collect::<Vec<_>>(),
            "artefacts": artefacts.collect::<Vec<_>>(),
        })
    });
    json!({
        "fatContracts": {
            "engines": engines.collect::<Vec<_>>(),
            "runtimeVersion": parts.engine.to_string(),
            "systemCode": DevConfig::default().system_code,
        },
        // Blocks may be as near to each other as can be told, and nobody takes turns.
        "validators": { "slotMs": 1, "sessionBlocks": 0 },
    })
}

/// Puts what `more` has into `into`, as RFC 7386 merges.
fn merge(into: &mut Value, more: Value) {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            for (key, value) in more {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, more) => *into = more,
    }
}
