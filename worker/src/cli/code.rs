//! Reads code files: plain WebAssembly, or a bundle of code and metadata.

use super::abi::{Abi, AbiError};
use pink_contract_metadata::{Bundle, BundleError};
use pink_worker_core::io_hint::io_hint;
use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// The largest file that is read, in bytes. What engines and chain take is smaller; they say so.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// What every WebAssembly module of the first version begins with.
const WASM_MAGIC: &[u8] = b"\0asm\x01\0\0\0";

/// Why a file can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The system can't read it.
    #[error("can't read {path}: {error}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// It is too large to be read.
    #[error("{path} is larger than {MAX_FILE_BYTES} bytes", path = path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// It is no code.
    #[error(
        "{path} is neither WebAssembly (which begins with 0061736d01000000) nor a .contract file: \
         it begins with {found}",
        path = path.display()
    )]
    NotCode {
        /// The file.
        path: PathBuf,
        /// Its first bytes.
        found: String,
    },
    /// It is JSON, but without code.
    #[error("{path} has no code: expected hex in source.wasm, found {found}", path = path.display())]
    NoCode {
        /// The file.
        path: PathBuf,
        /// What is there.
        found: String,
    },
    /// It says that it is a bundle of other code than it holds.
    #[error(
        "{path} contradicts itself: source.hash is {named}, but the BLAKE2b-256 of source.wasm is \
         {found}",
        path = path.display()
    )]
    OtherCode {
        /// The file.
        path: PathBuf,
        /// The hash that it names.
        named: String,
        /// The code's hash.
        found: String,
    },
    /// Its metadata can't be used.
    #[error("{path}: {error}", path = path.display())]
    Metadata {
        /// The file.
        path: PathBuf,
        /// Why.
        error: Box<AbiError>,
    },
}

impl FileError {
    /// What the caller can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unreadable { error, .. } => io_hint(error),
            Self::TooLarge { .. } | Self::NotCode { .. } => {
                "give the .wasm or .contract file that the contract was built to"
            }
            Self::NoCode { .. } => {
                "give the .contract file (the .json beside it has the metadata only), or the .wasm"
            }
            Self::OtherCode { .. } => {
                "build the contract anew; to use the code all the same, give it as a .wasm file"
            }
            Self::Metadata { error, .. } => error.hint(),
        }
    }
}

/// A code file.
#[derive(Debug)]
pub struct CodeFile {
    /// The code.
    pub wasm: Vec<u8>,
    /// What it says about its contracts, if it does.
    pub abi: Option<Abi>,
}

impl CodeFile {
    /// Reads a `.wasm` or a `.contract` file; which of them it is, its first bytes say.
    ///
    /// # Errors
    /// It is neither.
    pub fn load(path: &Path) -> Result<Self, FileError> {
        let bytes = read_file(path)?;
        if bytes.starts_with(WASM_MAGIC) {
            return Ok(Self {
                wasm: bytes,
                abi: None,
            });
        }
        let bundle = Bundle::parse(&bytes).map_err(|error| match error {
            BundleError::NoCode { found } => FileError::NoCode {
                path: path.into(),
                found,
            },
            BundleError::OtherCode { named, found } => FileError::OtherCode {
                path: path.into(),
                named,
                found,
            },
            _ => FileError::NotCode {
                path: path.into(),
                found: match bytes.get(..8).unwrap_or(&bytes) {
                    [] => "nothing".into(),
                    first => hex::encode(first),
                },
            },
        })?;
        // The code can be used even if its metadata can't: then the input is given as hex.
        let abi = (bundle.metadata)
            .inspect_err(|error| tracing::warn!("{}: {error}", path.display()))
            .ok();
        Ok(Self {
            wasm: bundle.wasm,
            abi: abi.map(Abi::new),
        })
    }
}

/// Reads a metadata file.
///
/// # Errors
/// It isn't one.
pub fn load_abi(path: &Path) -> Result<Abi, FileError> {
    Abi::parse(&read_file(path)?).map_err(|error| FileError::Metadata {
        path: path.into(),
        error: error.into(),
    })
}

/// Reads a whole file of bounded size.
pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, FileError> {
    let unreadable = |error| FileError::Unreadable {
        path: path.into(),
        error,
    };
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(FileError::TooLarge { path: path.into() });
    }
    Ok(bytes)
}
