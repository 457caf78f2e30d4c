//! What is kept of compiled code outside of the engine: what the compiler made, and in front of it
//! what its frames have to know, so that nobody has to look at the code again.

use crate::{host_fns::HostFn, vm::Shape};
use parity_scale_codec::{Decode, Encode};
use pink_engine_executor::Kept;
use pink_engine_sdk::types::{Determinism, Hash, Version};

/// The beginning of an artefact.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct Header {
    /// Who made it, and for what.
    pub compiler: Hash,
    /// The code that it was made of.
    pub code_hash: Hash,
    initial_pages: u32,
    maximum_pages: u32,
    largest_frame: u32,
    /// Module and name of each imported function.
    imports: Vec<(String, String)>,
    /// What the executor has to know.
    pub kept: Kept,
}

impl Header {
    /// What is said of code in front of its artefact.
    pub(super) fn new(
        compiler: Hash,
        code_hash: Hash,
        shape: &Shape,
        imports: &[HostFn],
        kept: Kept,
    ) -> Self {
        Self {
            compiler,
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

    /// Header and artefact in one.
    pub(super) fn before(&self, artefact: &[u8]) -> Vec<u8> {
        let mut bytes = self.encode();
        bytes.extend_from_slice(artefact);
        bytes
    }

    /// The header of these bytes, and how long it is.
    pub(super) fn read(bytes: &[u8]) -> Result<(Self, usize), String> {
        let mut rest = bytes;
        let header = Self::decode(&mut rest)
            .map_err(|error| format!("its beginning doesn't decode: {error}"))?;
        Ok((header, bytes.len().saturating_sub(rest.len())))
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
    pub(super) fn imports(&self, version: Version) -> Result<Vec<HostFn>, String> {
        let imports = self.imports.iter().map(|(module, name)| {
            HostFn::find(version, module, name)
                .ok_or_else(|| format!("there is no function {module}.{name} to import"))
        });
        imports.collect()
    }
}
