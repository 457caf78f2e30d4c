//! What is said to a chain, by its names.

use fat_contracts_primitives::Hash;
use parity_scale_codec::Encode;
use scale_info::{PortableRegistry, Registry, TypeInfo};
use subxt::{dynamic::Value, ext::scale_value};

/// The contracts pallet's name in a runtime.
pub const PALLET: &str = "FatContracts";

/// The calls of the contracts pallet, by their indices. They never change, so metadata that says otherwise is another
/// pallet's, or a lie.
const CALLS: [&str; 38] = [
    "register_engine",
    "set_engine_status",
    "set_pink_runtime_version",
    "set_pink_system_code",
    "add_cluster",
    "cluster_upload_resource",
    "instantiate_contract",
    "call_contract",
    "transfer_to_cluster",
    "withdraw_from_cluster",
    "upgrade_runtime",
    "cancel_upgrade",
    "register_worker",
    "announce_engines",
    "add_worker_to_cluster",
    "remove_worker_from_cluster",
    "acknowledge",
    "resolve_divergence",
    "report_parked",
    "amend",
    "update_prices",
    "claim_withdrawal",
    "claim_surcharge",
    "update_schedule",
    "cluster_destroy",
    "replace_engine",
    "serve_owner",
    "set_price_bounds",
    "prune",
    "remove_code",
    "unregister_worker",
    "resolve_in_favour",
    "set_worker_key",
    "commit_cluster_key",
    "share_cluster_key",
    "clear_cluster_key",
    "activate_code",
    "set_engine_mode",
];

/// The index of a call of the contracts pallet.
pub fn call_index(name: &str) -> Option<u8> {
    let at = CALLS.iter().position(|it| *it == name)?;
    u8::try_from(at).ok()
}

/// A call of a chain's runtime: its names, and its arguments by name.
///
/// It is encoded through the metadata of the chain that it is sent to. What that chain hasn't got, or has
/// otherwise, is [`Unsupported`](crate::Error::Unsupported), and nothing is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub(crate) pallet: &'static str,
    pub(crate) name: &'static str,
    pub(crate) arguments: Vec<(String, Value)>,
    /// The SCALE of all arguments, where a chain may not have them in another form or order.
    pub(crate) bytes: Option<Vec<u8>>,
}

impl Call {
    /// A call without arguments.
    pub fn new(pallet: &'static str, name: &'static str) -> Self {
        Self {
            pallet,
            name,
            arguments: Vec::new(),
            bytes: None,
        }
    }

    /// What a worker says to the contracts pallet, with arguments in its order. A chain gets it in these very bytes: its
    /// metadata is told by an endpoint, and would otherwise decide what is signed.
    pub(crate) fn words(name: &'static str) -> Self {
        Self {
            bytes: Some(Vec::new()),
            ..Self::contracts(name)
        }
    }

    /// A call of the contracts pallet.
    pub fn contracts(name: &'static str) -> Self {
        Self::new(PALLET, name)
    }

    /// With one more argument, whose names and types are those of a Rust type.
    #[must_use]
    pub fn with<T: Encode + TypeInfo + 'static>(mut self, name: &str, argument: &T) -> Self {
        if let Some(bytes) = &mut self.bytes {
            argument.encode_to(bytes);
        }
        self.with_value(name, value_of(argument))
    }

    /// With one more argument.
    #[must_use]
    pub fn with_value(mut self, name: &str, argument: Value) -> Self {
        self.arguments.push((name.into(), argument));
        self
    }

    /// The call's name, as in `acknowledge`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The pallet's name.
    pub fn pallet(&self) -> &'static str {
        self.pallet
    }

    /// As an argument of another call, like `Sudo.sudo`.
    pub fn into_value(self) -> Value {
        let inner = Value::named_variant(self.name, self.arguments);
        Value::unnamed_variant(self.pallet, [inner])
    }

    /// A hash of everything in it, for a topic.
    pub fn digest(&self) -> Hash {
        let text = format!("{}.{} {:?}", self.pallet, self.name, self.arguments);
        Hash::from(sp_crypto_hashing::blake2_256(text.as_bytes()))
    }
}

/// A value with its names and types, from a Rust type that has both.
pub(crate) fn value_of<T: Encode + TypeInfo + 'static>(it: &T) -> Value {
    let mut registry = Registry::new();
    let id = registry.register_type(&scale_info::meta_type::<T>()).id;
    let types = PortableRegistry::from(registry);
    let bytes = it.encode();
    // A type's own encoding is read by the type's own description. Were the two to differ, there would be a call
    // that no chain takes, which is named.
    scale_value::scale::decode_as_type(&mut &*bytes, id, &types)
        .map_or_else(|_| Value::unnamed_composite([]), Value::remove_context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime_mock::runtime::Runtime;
    use scale_info::TypeDef;
    use std::{env, fs};

    /// `UPDATE_DOCS=1 cargo test --workspace --lib the_calls_are_those_of_the_pallet` writes the list above.
    #[test]
    fn the_calls_are_those_of_the_pallet() {
        let described = pallet_fat_contracts::Call::<Runtime>::type_info();
        let TypeDef::Variant(calls) = described.type_def else {
            panic!("a pallet's calls are variants");
        };
        let mut of_pallet: Vec<_> = calls
            .variants
            .iter()
            .map(|it| (it.index, it.name))
            .collect();
        of_pallet.sort_unstable();
        for (at, (index, name)) in of_pallet.iter().enumerate() {
            assert_eq!(usize::from(*index), at, "{name}: indices have no gaps");
        }
        let names: Vec<_> = of_pallet.iter().map(|(_, name)| *name).collect();
        if env::var_os("UPDATE_DOCS").is_some() {
            return write(&names);
        }
        assert_eq!(
            CALLS[..],
            names,
            "UPDATE_DOCS=1 cargo test --workspace --lib the_calls_are_those_of_the_pallet"
        );
    }

    fn write(names: &[&str]) {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/call.rs");
        let text = fs::read_to_string(path).expect("this file");
        let (before, rest) = text.split_once("\nconst CALLS:").expect("the list");
        let (_, after) = rest.split_once("\n];\n").expect("its end");
        let rows: String = names.iter().map(|it| format!("    \"{it}\",\n")).collect();
        let list = format!("const CALLS: [&str; {}] = [\n{rows}];", names.len());
        fs::write(path, format!("{before}\n{list}\n{after}")).expect("written");
    }
}
