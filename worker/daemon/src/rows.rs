//! What a base path says of the chain that its worker follows.

use fat_contracts_primitives::{ClusterId, Hash};
use parity_scale_codec::{DecodeAll, Encode};
use pink_rpc_source::{Described, Trusted};
use pink_worker_core::{
    store::{ExtraRow, Reader},
    WorkerError,
};

/// The table of it.
const TABLE: &str = "chain";
/// Its rows, by the first of which `pink-devchain` knows such a base path: how they are kept, the genesis block's hash, the cluster, a final block;
/// where they are there, that somebody vouched for that chain, the block that was named last, and what was said of the runtime.
const FORMAT_KEY: &[u8] = b"format";
const GENESIS_KEY: &[u8] = b"genesis";
const CLUSTER_KEY: &[u8] = b"cluster";
const KNOWN_KEY: &[u8] = b"final";
const VOUCHED_KEY: &[u8] = b"vouched";
const NAMED_KEY: &[u8] = b"named";
const DESCRIBED_KEY: &[u8] = b"described";

/// How the rows are kept. Any change of them is another format.
const FORMAT: u32 = 1;

/// What is there of a chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// The genesis block's hash, if the worker has been with a chain.
    pub genesis: Option<Hash>,
    /// The cluster that it follows.
    pub cluster: Option<ClusterId>,
    /// A final block of the chain.
    pub known: Option<Trusted>,
    /// Somebody vouched for the chain.
    pub vouched: bool,
    /// The block behind which `known` is, if somebody named it.
    pub named: Option<Hash>,
    /// What was said of its runtime.
    pub described: Option<Described>,
}

/// Why it can't be read.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    /// Another release of the program kept it.
    #[error("what is known of the chain is kept in format {found}, not {expected}")]
    Format {
        /// The format.
        found: u32,
        /// This program's.
        expected: u32,
    },
    /// The store failed, or a row is damaged.
    #[error(transparent)]
    Worker(#[from] WorkerError),
}

impl Recorded {
    /// Reads what a base path says.
    ///
    /// # Errors
    /// The store failed, or it says it in another way.
    pub fn read(store: &Reader) -> Result<Self, RowsError> {
        if let Some(found) = row::<u32>(store, FORMAT_KEY)? {
            if found != FORMAT {
                return Err(RowsError::Format {
                    found,
                    expected: FORMAT,
                });
            }
        }
        Ok(Self {
            genesis: genesis(store)?,
            cluster: row(store, CLUSTER_KEY)?,
            known: row(store, KNOWN_KEY)?,
            vouched: row::<()>(store, VOUCHED_KEY)?.is_some(),
            named: row(store, NAMED_KEY)?,
            described: row(store, DESCRIBED_KEY)?,
        })
    }
}

/// The genesis block of the chain that a base path's worker followed, if it followed one.
///
/// # Errors
/// The store failed, or the row is damaged.
pub fn genesis(store: &Reader) -> Result<Option<Hash>, WorkerError> {
    row(store, GENESIS_KEY)
}

fn row<T: DecodeAll>(store: &Reader, key: &[u8]) -> Result<Option<T>, WorkerError> {
    let Some(bytes) = store.extra(TABLE, key)? else {
        return Ok(None);
    };
    let value = T::decode_all(&mut &bytes[..]);
    let value = value.map_err(|error| WorkerError::Broken {
        block: 0,
        what: "record of its chain",
        reason: error.to_string(),
    });
    value.map(Some)
}

fn kept(key: &[u8], value: &impl Encode) -> ExtraRow {
    ExtraRow {
        table: TABLE.into(),
        key: key.to_vec(),
        value: Some(value.encode()),
    }
}

/// The rows that bind a base path to a chain and a cluster.
pub(crate) fn bound(genesis: Hash, cluster: ClusterId) -> [ExtraRow; 3] {
    [
        kept(FORMAT_KEY, &FORMAT),
        kept(GENESIS_KEY, &genesis),
        kept(CLUSTER_KEY, &cluster),
    ]
}

/// The row that says that somebody vouched for the chain.
pub fn vouched() -> ExtraRow {
    kept(VOUCHED_KEY, &())
}

/// The row of the block that somebody named, to be kept with a final block behind it.
pub fn named(block: Hash) -> ExtraRow {
    kept(NAMED_KEY, &block)
}

/// The row of what was said of the chain's runtime.
pub(crate) fn described(it: &Described) -> ExtraRow {
    kept(DESCRIBED_KEY, it)
}

/// The row of a final block, from which a later run goes on.
pub(crate) fn final_block(known: &Trusted) -> ExtraRow {
    kept(KNOWN_KEY, known)
}
