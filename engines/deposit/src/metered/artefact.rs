//! What is kept of compiled code with what the compiler made: what its frames have to know, so that
//! nobody has to look at the code again.

use crate::{host_fns::HostFn, vm::Shape};
use parity_scale_codec::{Decode, DecodeAll, Encode};
use pink_engine_executor::ModuleInfo;
use pink_engine_sdk::types::{Determinism, Hash, Version};

/// What an artefact is labelled with.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct Label {
    /// The code that it was made of.
    pub code_hash: Hash,
    initial_pages: u32,
    maximum_pages: u32,
    largest_frame: u32,
    /// Module and name of each imported function.
    imports: Vec<(String, String)>,
    /// What the executor has to know.
    pub kept: ModuleInfo,
}

impl Label {
    /// That of code.
    pub(super) fn new(
        code_hash: Hash,
        shape: &Shape,
        imports: &[HostFn],
        kept: ModuleInfo,
    ) -> Self {
        Self {
            code_hash,
            initial_pages: shape.initial_pages,
            maximum_pages: shape.maximum_pages,
            largest_frame: shape.largest_frame,
            imports: imports
                .iter()
                .map(|function| {
                    let (module, name) = function.a_name();
                    (module.to_owned(), name)
                })
                .collect(),
            kept,
        }
    }

    /// The label in these bytes.
    ///
    /// # Errors
    /// They aren't one.
    pub(super) fn read(mut bytes: &[u8]) -> Result<Self, String> {
        Self::decode_all(&mut bytes)
            .map_err(|error| format!("the artefact's label doesn't decode: {error}"))
    }

    /// What the frames have to know.
    pub(super) fn shape(&self) -> Shape {
        Shape {
            // Nothing else is compiled.
            determinism: Determinism::Enforced,
            initial_pages: self.initial_pages,
            maximum_pages: self.maximum_pages,
            largest_frame: self.largest_frame,
        }
    }

    /// The functions that it imports.
    ///
    /// # Errors
    /// The version hasn't got one of them.
    pub(super) fn imports(&self, version: Version) -> Result<Vec<HostFn>, String> {
        let imports = self.imports.iter().map(|(module, name)| {
            HostFn::find(version, module, name)
                .ok_or_else(|| format!("there is no function {module}.{name} to import"))
        });
        imports.collect()
    }
}
