//! Specifications of chains: a runtime's preset, completed by engines.

use fat_contracts_primitives::EngineVersion;
use runtime_mock::runtime::presets;
use sc_chain_spec::{ChainSpec, ChainType, GenericChainSpec, Properties};
use serde::Deserialize;
use serde_json::{json, Value};
use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

/// The Wasm of the runtime, beside the node's program.
const RUNTIME: &str = "pink_runtime.wasm";

/// Our own system contract, which clusters of 2.x start with.
const SYSTEM_CODE: &[u8] = include_bytes!("../../contracts/artifacts/system.wasm");

/// What a preset is made into a chain with. A specification in a file has all of it already.
#[derive(clap::Args, Debug)]
pub(crate) struct SpecArgs {
    /// The runtime's Wasm; pink_runtime.wasm beside this program, unless told otherwise
    #[arg(long, global = true, value_name = "FILE")]
    runtime: Option<PathBuf>,

    /// Engines that the chain registers from its start: an engines.json of `cargo xtask engines`. Without it the
    /// chain has none, and no cluster
    #[arg(long, global = true, value_name = "FILE")]
    engines: Option<PathBuf>,

    /// The engine version of cluster 1 and of other new clusters; the newest, unless told otherwise
    #[arg(long, global = true, value_name = "X.Y", requires = "engines")]
    engine: Option<EngineVersion>,
}

/// An entry of `engines.json`: a file.
#[derive(Deserialize)]
struct Entry {
    version: EngineText,
    abi: u16,
    hash: String,
    size: u64,
    target: String,
    /// Versions whose state the engine can migrate. The file needn't tell: then it is every older one.
    upgrades_from: Option<Vec<EngineText>>,
}

/// A version as text.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[serde(try_from = "String")]
struct EngineText(EngineVersion);

impl TryFrom<String> for EngineText {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
            .map(Self)
            .map_err(|form| format!("{text:?}: {form}"))
    }
}

/// A specification: `dev`, `local`, or the file of that name.
///
/// # Errors
/// A file can't be read, or isn't what it should be.
pub(crate) fn load(id: &str, args: &SpecArgs) -> Result<Box<dyn ChainSpec>, String> {
    let (name, id, preset, kind) = match id {
        "" | "dev" | presets::DEVELOPMENT => (
            "Pink Development",
            "pink_dev",
            presets::DEVELOPMENT,
            ChainType::Development,
        ),
        presets::LOCAL => ("Pink Local", "pink_local", presets::LOCAL, ChainType::Local),
        file => {
            let spec = GenericChainSpec::<sc_chain_spec::NoExtension>::from_json_file(file.into())
                .map_err(|error| format!("{file} isn't a chain's specification: {error}"))?;
            return Ok(Box::new(spec));
        }
    };
    let place = match &args.runtime {
        Some(place) => place.clone(),
        None => beside(RUNTIME)?,
    };
    let wasm = read(&place)?;
    let mut patch = presets::patch(preset).ok_or("the runtime has no such preset")?;
    if let Some(place) = &args.engines {
        merge(&mut patch, engines(place, args.engine)?);
    }
    let mut properties = Properties::new();
    properties.insert("tokenSymbol".into(), "UNIT".into());
    properties.insert("tokenDecimals".into(), 12.into());
    properties.insert("ss58Format".into(), 42.into());
    let spec = GenericChainSpec::<sc_chain_spec::NoExtension>::builder(&wasm, None)
        .with_name(name)
        .with_id(id)
        .with_chain_type(kind)
        .with_properties(properties)
        .with_genesis_config_patch(patch)
        .build();
    Ok(Box::new(spec))
}

/// A file in the folder of this program.
fn beside(name: &str) -> Result<PathBuf, String> {
    let program = env::current_exe().map_err(|error| format!("where is this program? {error}"))?;
    Ok(program.with_file_name(name))
}

fn read(place: &Path) -> Result<Vec<u8>, String> {
    fs::read(place).map_err(|error| format!("{}: {error}", place.display()))
}

/// What engines add to the genesis.
fn engines(place: &Path, current: Option<EngineVersion>) -> Result<Value, String> {
    let entries: Vec<Entry> = serde_json::from_slice(&read(place)?)
        .map_err(|error| format!("{} isn't a list of engines: {error}", place.display()))?;
    // A version may have a file for each of several targets.
    let mut versions = BTreeMap::<EngineText, Vec<Entry>>::new();
    for entry in entries {
        versions.entry(entry.version).or_default().push(entry);
    }
    let current = current.or(versions.keys().next_back().map(|newest| newest.0));
    let current = current.ok_or(format!("{} lists no engine", place.display()))?;
    if !versions.contains_key(&EngineText(current)) {
        return Err(format!("{} lists no engine {current}", place.display()));
    }
    let mut list = Vec::new();
    for (version, files) in &versions {
        let older = || versions.keys().filter(|older| *older < version).copied();
        let told = files.iter().find_map(|file| file.upgrades_from.clone());
        let from = told.unwrap_or_else(|| older().collect());
        let artefacts = files
            .iter()
            .map(|file| json!({ "target": file.target, "hash": file.hash, "size": file.size }));
        list.push(json!({
            "version": version.0.to_string(),
            "abi": files.first().map(|file| file.abi),
            "upgradesFrom": from.iter().map(|from| from.0.to_string()).collect::<Vec<_>>(),
            "artefacts": artefacts.collect::<Vec<_>>(),
        }));
    }
    Ok(json!({ "fatContracts": {
        "engines": list,
        "runtimeVersion": current.to_string(),
        "systemCode": SYSTEM_CODE,
    } }))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str, current: Option<EngineVersion>) -> Result<Value, String> {
        let place = env::temp_dir().join(format!(
            "pink-node-{}-{:?}.json",
            std::process::id(),
            std::thread::current().id()
        ));
        fs::write(&place, text).unwrap();
        let made = engines(&place, current);
        fs::remove_file(&place).unwrap();
        made
    }

    const TWO: &str = r#"[
        {"version": "1.10", "abi": 1, "hash": "0x02", "size": 8, "target": "x86_64"},
        {"version": "1.9", "abi": 1, "hash": "0x01", "size": 7, "target": "x86_64"},
        {"version": "1.10", "abi": 1, "hash": "0x03", "size": 9, "target": "aarch64"}
    ]"#;

    /// In the order of versions, not of text; several files of one version are one engine.
    #[test]
    fn engines_are_ordered_by_version() {
        let made = from(TWO, None).unwrap();
        let made = &made["fatContracts"];
        assert_eq!(made["runtimeVersion"], "1.10");
        assert_eq!(made["engines"][0]["version"], "1.9");
        assert_eq!(made["engines"][0]["upgradesFrom"], json!([]));
        assert_eq!(made["engines"][1]["upgradesFrom"], json!(["1.9"]));
        assert_eq!(made["engines"][1]["artefacts"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn what_is_wrong_with_a_list_is_named() {
        let none = from("[]", None).unwrap_err();
        assert!(none.ends_with("lists no engine"), "{none}");
        let other = from(TWO, Some(EngineVersion::new(2, 0))).unwrap_err();
        assert!(other.ends_with("lists no engine 2.0"), "{other}");
        let text = from(&TWO.replace("1.9", "1.x"), None).unwrap_err();
        assert!(text.contains("an engine version is two numbers"), "{text}");
    }

    /// What a preset says beside what is merged stays.
    #[test]
    fn a_patch_is_merged() {
        let mut patch = json!({ "a": { "b": 1, "c": 2 }, "d": [1] });
        merge(&mut patch, json!({ "a": { "c": 3 }, "d": [2], "e": 4 }));
        assert_eq!(patch, json!({ "a": { "b": 1, "c": 3 }, "d": [2], "e": 4 }));
    }
}
