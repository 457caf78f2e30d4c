//! A `.contract` file: code and metadata together.

use crate::{text::shortened, Metadata, MetadataError};
use blake2::{digest::consts::U32, Blake2b, Digest};
use serde::{de::IgnoredAny, Deserialize};

/// What every WebAssembly module of the first version begins with.
const WASM_MAGIC: &[u8] = b"\0asm\x01\0\0\0";

/// Why a file is no bundle.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// It isn't JSON, or not an object.
    #[error("a bundle is JSON: {0}")]
    NotJson(String),
    /// It has no code.
    #[error("expected hex in source.wasm, found {found}")]
    NoCode {
        /// What is there.
        found: String,
    },
    /// It says that it is a bundle of other code than it holds.
    #[error("source.hash is {named}, but the BLAKE2b-256 of source.wasm is {found}")]
    OtherCode {
        /// The hash that it names.
        named: String,
        /// The code's hash.
        found: String,
    },
}

/// What a `.contract` file holds.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// The code, a WebAssembly module; its hash is the one that the file names, if it names one.
    pub wasm: Vec<u8>,
    /// What it says about its contracts. The code can be used even if that can't.
    pub metadata: Result<Metadata, MetadataError>,
}

/// The part of a bundle that holds the code.
#[derive(Deserialize)]
struct File {
    source: Option<Source>,
}

#[derive(Deserialize)]
struct Source {
    wasm: Option<String>,
    hash: Option<String>,
    contract_binary: Option<IgnoredAny>,
}

impl Bundle {
    /// Reads a `.contract` file.
    ///
    /// # Errors
    /// It has no code, or other code than it says.
    pub fn parse(json: &[u8]) -> Result<Self, BundleError> {
        let no_code = |found: &str| BundleError::NoCode {
            found: found.into(),
        };
        let file: File = serde_json::from_slice(json)
            .map_err(|error| BundleError::NotJson(error.to_string()))?;
        let source = file.source.ok_or_else(|| no_code("nothing"))?;
        let text = source.wasm.ok_or_else(|| match source.contract_binary {
            Some(_) => no_code("source.contract_binary, which is code of ink! 6"),
            None => no_code("nothing"),
        })?;
        let wasm = hex::decode(text.strip_prefix("0x").unwrap_or(&text))
            .map_err(|error| no_code(&error.to_string()))?;
        if !wasm.starts_with(WASM_MAGIC) {
            return Err(no_code("something that isn't WebAssembly"));
        }
        if let Some(named) = source.hash {
            let found = hex::encode(Blake2b::<U32>::digest(&wasm));
            let digits = named.strip_prefix("0x").unwrap_or(&named);
            if !digits.eq_ignore_ascii_case(&found) {
                return Err(BundleError::OtherCode {
                    named: shortened(&named),
                    found: format!("0x{found}"),
                });
            }
        }
        let metadata = Metadata::parse(json);
        Ok(Self { wasm, metadata })
    }
}
