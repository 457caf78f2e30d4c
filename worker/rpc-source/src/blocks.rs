//! Headers and blocks of an endpoint, each compared with the hash that it was asked for by.

use crate::{
    endpoint::Endpoint,
    keys::plain,
    proof::{self, Values},
    wire::{Header, ReadProof, SignedBlock},
};
use fat_contracts_primitives::{BlockNumber, Hash};
use pink_worker_core::source::{SourceError, TransientError};
use serde_json::{json, Value};

/// Where a state has its runtime's code, and a key behind it that no state has.
const CODE: &[u8] = b":code";
const BEHIND_CODE: &[u8] = b":code\0";

/// The most headers that are asked for at once.
pub(crate) const BATCH: u32 = 256;

impl Endpoint {
    /// The header with a hash.
    pub(crate) fn header(&self, hash: Hash) -> Result<Header, SourceError> {
        let mut headers = self.headers(&[hash])?;
        headers
            .pop()
            .ok_or_else(|| self.unreachable("chain_getHeader", "it gave none"))
    }

    /// The headers with these hashes.
    pub(crate) fn headers(&self, hashes: &[Hash]) -> Result<Vec<Header>, SourceError> {
        let what = "chain_getHeader";
        let params = hashes.iter().map(|hash| vec![json!(hash)]).collect();
        let answers: Vec<Option<Header>> = self.calls(what, params)?;
        let checked = answers.into_iter().zip(hashes).map(|(header, hash)| {
            let header = header
                .ok_or_else(|| self.unreachable(what, format!("it hasn't the block {hash:?}")))?;
            self.same_hash("header", *hash, &header)?;
            Ok(header)
        });
        checked.collect()
    }

    fn same_hash(
        &self,
        what: &'static str,
        expected: Hash,
        header: &Header,
    ) -> Result<(), SourceError> {
        let found = header.hash();
        match found == expected {
            true => Ok(()),
            false => Err(self.unproven(
                what,
                format!("asked for the block {expected:?}, its hash is {found:?}"),
            )),
        }
    }

    /// The hashes of blocks by number, as the endpoint says: whatever is made of them is checked.
    pub(crate) fn hashes(
        &self,
        numbers: impl Iterator<Item = BlockNumber>,
    ) -> Result<Vec<Hash>, SourceError> {
        let what = "chain_getBlockHash";
        let numbers: Vec<_> = numbers.collect();
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let answer: Vec<Option<Hash>> = self.call(what, vec![json!(numbers)])?;
        let pairs = answer.iter().zip(&numbers);
        let hashes: Result<Vec<_>, _> = pairs
            .map(|(hash, number)| {
                hash.ok_or_else(|| self.unreachable(what, format!("it hasn't the block {number}")))
            })
            .collect();
        let hashes = hashes?;
        match hashes.len() == numbers.len() {
            true => Ok(hashes),
            false => Err(self.unproven("block hash", "their number isn't that of the questions")),
        }
    }

    /// The justification that is kept with a block, if one is.
    pub(crate) fn kept_justification(&self, hash: Hash) -> Result<Option<Vec<u8>>, SourceError> {
        let what = "chain_getBlock";
        let block: Option<SignedBlock> = self.call(what, vec![json!(hash)])?;
        let block =
            block.ok_or_else(|| self.unreachable(what, format!("it hasn't the block {hash:?}")))?;
        self.same_hash("block", hash, &block.block.header)?;
        Ok(block.justification().map(Into::into))
    }

    /// Values of keys in the state of a block, proven against its root.
    pub(crate) fn read(
        &self,
        block: BlockNumber,
        hash: Hash,
        state_root: Hash,
        keys: &[Vec<u8>],
    ) -> Result<Values, SourceError> {
        let nodes = self.read_proof(block, hash, keys)?;
        proof::check(&state_root, nodes, keys)
            .map_err(|reason| self.unproven("read proof", format!("block {block}: {reason}")))
    }

    /// Which runtime a block's state is of: what `System.LastRuntimeUpgrade` is, and the hash of the code. The code
    /// itself isn't asked for: the way to a key that would stand behind it ends where its hash is.
    pub(crate) fn runtime_of(
        &self,
        block: BlockNumber,
        hash: Hash,
        state_root: Hash,
    ) -> Result<(Option<Vec<u8>>, Option<Hash>), SourceError> {
        let upgrade = plain("System", "LastRuntimeUpgrade");
        let keys = [upgrade.clone(), BEHIND_CODE.to_vec()];
        let nodes = self.read_proof(block, hash, &keys)?;
        let proven = proof::check_with_hash(&state_root, nodes, &keys, CODE);
        let (mut values, code) = proven
            .map_err(|reason| self.unproven("read proof", format!("block {block}: {reason}")))?;
        Ok((values.remove(&upgrade).flatten(), code))
    }

    /// The nodes on the way to keys in the state of a block, unchecked.
    fn read_proof(
        &self,
        block: BlockNumber,
        hash: Hash,
        keys: &[Vec<u8>],
    ) -> Result<impl Iterator<Item = Vec<u8>>, SourceError> {
        let what = "state_getReadProof";
        let hex = |key: &Vec<u8>| Value::from(format!("0x{}", hex::encode(key)));
        let asked: Vec<_> = keys.iter().map(hex).collect();
        let answer: Result<ReadProof, _> = self.call(what, vec![asked.into(), json!(hash)]);
        let answer = answer.map_err(|error| self.state_gone(block, error))?;
        if answer.at != hash {
            let reason = format!("asked for the state of {hash:?}, it is of {:?}", answer.at);
            return Err(self.unproven("read proof", reason));
        }
        Ok(answer.proof.into_iter().map(|node| node.0))
    }

    /// That a node dropped an old state is no failure of the connection.
    fn state_gone(&self, block: BlockNumber, error: SourceError) -> SourceError {
        match &error {
            SourceError::Transient(TransientError::Unreachable { reason, .. })
                if reason.contains("discarded") =>
            {
                TransientError::StateGone {
                    endpoint: self.url().into(),
                    block,
                }
                .into()
            }
            _ => error,
        }
    }
}
