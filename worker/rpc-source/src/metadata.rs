//! What a chain's runtime says of itself, compared with what this program was built for.
//!
//! Metadata comes with no proof. What it is used for can't be abused for more than to have this worker stand
//! still or say something too early: values are proven apart from it.

use crate::{
    keys::{self, Absent, Expected, Hasher, PALLET},
    shape::{same, Of},
};
use frame_metadata::{v14, v15, v16, RuntimeMetadata, RuntimeMetadataPrefixed};
use parity_scale_codec::{Decode, DecodeAll};
use pink_worker_core::source::{ChainConstants, PermanentError};
use scale_info::{PortableRegistry, Registry};

/// A storage item of the chain's.
#[derive(Debug)]
struct StorageItem {
    name: String,
    hashers: Vec<Option<Hasher>>,
    key: Option<u32>,
    value: u32,
    absent: Absent,
}

/// A pallet of the chain's.
#[derive(Debug)]
struct Pallet {
    types: PortableRegistry,
    items: Vec<StorageItem>,
    constants: Vec<(String, Vec<u8>)>,
}

fn unsupported(what: impl Into<String>, reason: impl Into<String>) -> PermanentError {
    PermanentError::Unsupported {
        what: what.into(),
        reason: reason.into(),
    }
}

macro_rules! pallet_of {
    ($module:ident, $metadata:expr, $default:expr) => {{
        use $module::{StorageEntryType, StorageHasher};
        let hasher = |it: &StorageHasher| match it {
            StorageHasher::Twox64Concat => Some(Hasher::Twox64Concat),
            StorageHasher::Blake2_128Concat => Some(Hasher::Blake2_128Concat),
            StorageHasher::Identity => Some(Hasher::Identity),
            _ => None,
        };
        let metadata = $metadata;
        let pallet = metadata.pallets.into_iter().find(|it| it.name == PALLET);
        pallet.map(|pallet| Pallet {
            types: metadata.types,
            items: pallet
                .storage
                .into_iter()
                .flat_map(|it| it.entries)
                .map(|it| {
                    let (hashers, key, value) = match &it.ty {
                        StorageEntryType::Plain(value) => (Vec::new(), None, value.id),
                        StorageEntryType::Map {
                            hashers,
                            key,
                            value,
                        } => (hashers.iter().map(hasher).collect(), Some(key.id), value.id),
                    };
                    StorageItem {
                        hashers,
                        key,
                        value,
                        absent: $default(&it),
                        name: it.name,
                    }
                })
                .collect(),
            constants: pallet
                .constants
                .into_iter()
                .map(|it| (it.name, it.value))
                .collect(),
        })
    }};
}

/// Reads metadata, and compares what this program reads with it.
///
/// # Errors
/// [`PermanentError::Unsupported`] with the name of what differs.
pub(crate) fn check(bytes: &[u8]) -> Result<ChainConstants, PermanentError> {
    let metadata = RuntimeMetadataPrefixed::decode_all(&mut &bytes[..])
        .map_err(|error| unsupported("metadata", error.to_string()))?;
    macro_rules! by_modifier {
        ($module:ident) => {
            |it: &$module::StorageEntryMetadata<scale_info::form::PortableForm>| match it.modifier {
                $module::StorageEntryModifier::Optional => Absent::Nothing,
                $module::StorageEntryModifier::Default => Absent::Default(it.default.clone()),
            }
        };
    }
    let pallet = match metadata.1 {
        RuntimeMetadata::V14(it) => pallet_of!(v14, it, by_modifier!(v14)),
        RuntimeMetadata::V15(it) => pallet_of!(v15, it, by_modifier!(v15)),
        RuntimeMetadata::V16(it) => pallet_of!(v16, it, by_modifier!(v16)),
        other => {
            let reason = format!("it has version {}, known are 14 to 16", other.version());
            return Err(unsupported("metadata", reason));
        }
    };
    let pallet = pallet
        .ok_or_else(|| unsupported(format!("pallet {PALLET}"), "the chain has no such pallet"))?;
    for expected in keys::all() {
        let name = expected.name;
        let found = pallet.items.iter().find(|it| it.name == name);
        let same = match found {
            None => Err("it isn't there".into()),
            Some(found) => compare(&expected, found, &pallet.types),
        };
        same.map_err(|reason| unsupported(format!("storage {PALLET}.{name}"), reason))?;
    }
    Ok(ChainConstants {
        checkpoint_interval: at_least_one(&pallet, "CheckpointInterval")?,
        max_checkpoints: at_least_one(&pallet, "MaxCheckpoints")?,
        max_announced: at_least_one(&pallet, "MaxAnnounced")?,
    })
}

fn compare(
    expected: &Expected,
    found: &StorageItem,
    types: &PortableRegistry,
) -> Result<(), String> {
    let hashers: Vec<_> = expected.hashers.iter().copied().map(Some).collect();
    if hashers != found.hashers {
        return Err(format!(
            "its keys are hashed by {:?}, expected {:?}",
            found.hashers, expected.hashers
        ));
    }
    let mut registry = Registry::new();
    let key = registry.register_type(&expected.key).id;
    let value = registry.register_type(&expected.value).id;
    let known = PortableRegistry::from(registry);
    let compare = |one, other| {
        let known = Of {
            types: &known,
            id: one,
        };
        same(known, Of { types, id: other })
    };
    if let Some(found) = found.key {
        compare(key, found).map_err(|why| format!("its key: {why}"))?;
    }
    compare(value, found.value)?;
    match found.absent == expected.absent {
        true => Ok(()),
        false => Err("what stands where nothing is stored is another value".into()),
    }
}

/// A number without which a worker had nothing to say: no chain that has workers has it as zero.
fn at_least_one(pallet: &Pallet, name: &str) -> Result<u32, PermanentError> {
    match constant(pallet, name)? {
        0 => Err(unsupported(format!("constant {PALLET}.{name}"), "it is 0")),
        more => Ok(more),
    }
}

fn constant<T: Decode>(pallet: &Pallet, name: &str) -> Result<T, PermanentError> {
    let what = || format!("constant {PALLET}.{name}");
    let mut all = pallet.constants.iter();
    let (_, value) = all
        .find(|(it, _)| it == name)
        .ok_or_else(|| unsupported(what(), "it isn't there"))?;
    T::decode_all(&mut &value[..]).map_err(|error| unsupported(what(), error.to_string()))
}
