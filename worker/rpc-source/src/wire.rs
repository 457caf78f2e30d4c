//! What endpoints answer, as JSON.

use fat_contracts_primitives::Hash;
use serde::Deserialize;
use sp_core::Bytes;
use sp_runtime::{generic, traits::BlakeTwo256};

/// A block's header. Its digest is open: any chain's fits.
pub type Header = generic::Header<u32, BlakeTwo256>;

/// `state_getReadProof`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ReadProof {
    /// The block in whose state it was read.
    pub(crate) at: Hash,
    /// Nodes of the state's trie.
    pub(crate) proof: Vec<Bytes>,
}

/// `chain_getBlock`. Extrinsics are passed over.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct SignedBlock {
    pub(crate) block: Block,
    /// By the engine that made them.
    #[serde(default)]
    pub(crate) justifications: Option<Vec<([u8; 4], Vec<u8>)>>,
}

/// See [`SignedBlock`].
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Block {
    pub(crate) header: Header,
}

impl SignedBlock {
    /// GRANDPA's justification of the block, if it has one.
    pub(crate) fn justification(&self) -> Option<&[u8]> {
        let mut all = self.justifications.iter().flatten();
        let found = all.find(|(engine, _)| *engine == sp_consensus_grandpa::GRANDPA_ENGINE_ID);
        found.map(|(_, bytes)| &bytes[..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a node prints it: numbers in hex, engines and justifications as lists of numbers.
    #[test]
    fn a_block_is_read_as_nodes_print_it() {
        let zero = format!("{:?}", Hash::zero());
        let text = format!(
            r#"{{"block":{{"header":{{"parentHash":"{zero}","number":"0x1ff","stateRoot":"{zero}",
            "extrinsicsRoot":"{zero}","digest":{{"logs":["0x0661757261200102030405060708"]}}}},
            "extrinsics":["0x00"]}},"justifications":[[[70,82,78,75],[1,2,255]]]}}"#
        );
        let block: SignedBlock = serde_json::from_str(&text).expect("a block");
        assert_eq!(block.block.header.number, 511);
        assert_eq!(block.block.header.digest.logs.len(), 1);
        assert_eq!(block.justification(), Some(&[1, 2, 255][..]));
        let none = text.replace("[70,82,78,75]", "[66,69,69,70]");
        let none: SignedBlock = serde_json::from_str(&none).expect("a block");
        assert_eq!(none.justification(), None);
    }
}
