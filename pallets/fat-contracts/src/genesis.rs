//! Engines that a chain starts with.

use crate::{Config, Pallet, PinkRuntimeVersion};
use alloc::{string::String, vec::Vec};
use fat_contracts_primitives::{Artefact, EngineVersion, Hash};
use serde::{Deserialize, Serialize};

/// An engine of a chain's specification: the arguments of `register_engine`, with versions as
/// text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisEngine {
    /// Its version, as `2.0`.
    pub version: String,
    /// Major version of the ABI that its files speak.
    pub abi: u16,
    /// Versions whose state it can migrate.
    pub upgrades_from: Vec<String>,
    /// The built files, one a target.
    pub artefacts: Vec<GenesisArtefact>,
}

/// One file of a [`GenesisEngine`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisArtefact {
    /// The target triple that it was built for.
    pub target: String,
    /// BLAKE2b-256 over the file.
    pub hash: Hash,
    /// Length of the file in bytes.
    pub size: u64,
}

fn version(text: &str) -> EngineVersion {
    match text.parse() {
        Ok(version) => version,
        Err(form) => panic!("the genesis names the engine version {text:?}: {form}"),
    }
}

impl<T: Config> Pallet<T> {
    /// Registers engines, and sets the version of new clusters.
    ///
    /// # Panics
    /// What `register_engine` and `set_pink_runtime_version` refuse: a chain that can't have what
    /// its specification says must not start.
    pub(crate) fn genesis_engines(engines: &[GenesisEngine], current: Option<&String>) {
        for engine in engines {
            let artefacts = engine.artefacts.iter().map(|artefact| Artefact {
                target: artefact.target.clone(),
                hash: artefact.hash,
                size: artefact.size,
            });
            let upgrades_from = engine.upgrades_from.iter().map(|from| version(from));
            let registered = Self::do_register_engine(
                version(&engine.version),
                engine.abi,
                upgrades_from.collect(),
                artefacts.collect(),
            );
            if let Err(error) = registered {
                panic!(
                    "the genesis engine {} can't be registered: {error:?}",
                    engine.version
                );
            }
        }
        if let Some(text) = current {
            let current = version(text);
            if let Err(error) = Self::active_engine(current) {
                panic!("the genesis runtime version {text} can't be set: {error:?}");
            }
            PinkRuntimeVersion::<T>::put(current);
        }
    }
}
