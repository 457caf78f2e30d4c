//! What a caller knows of the chain.

use fat_contracts_primitives::{BlockNumber, Hash};

/// What a caller knows for certain of the chain when it says something: an endpoint is asked for all of it as well, and
/// not believed against it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChainView {
    /// The final block in whose state it saw that something is to be said.
    pub block: BlockNumber,
    /// The hash of the chain's genesis block.
    pub genesis: Option<Hash>,
    /// The signer's next nonce in the block's state.
    pub nonce: Option<u64>,
    /// The BLAKE2b-256 of the metadata that was compared with what this program knows.
    pub metadata: Option<Hash>,
}

impl From<BlockNumber> for ChainView {
    fn from(block: BlockNumber) -> Self {
        Self {
            block,
            ..Self::default()
        }
    }
}
