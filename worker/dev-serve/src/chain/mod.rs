//! A chain in process as a node would have it: extrinsics are signed and pay fees, states have roots, blocks have
//! headers. Only consensus is missing: nobody seals a block, and a block is final when this program says so.

mod build;
mod genesis;
mod nodes;
mod runtime;

pub(crate) use build::{BuiltBlock, SkipReason};
pub(crate) use genesis::{genesis, GenesisParts};
pub(crate) use runtime::{caught, State};

use fat_contracts_primitives::{BlockNumber, Hash};
use nodes::{Journal, Nodes};
use parity_scale_codec::{Decode, Encode};
use runtime_mock::runtime::Header;
use sp_core::{storage::StateVersion, Blake2Hasher};
use sp_runtime::traits::{BlakeTwo256, Hash as _, Header as _};
use sp_state_machine::{Backend, StorageCollection};
use std::collections::{BTreeMap, VecDeque};

/// How many blocks are kept whole: with their state, and their extrinsics.
pub const KEPT_BLOCKS: usize = 1_024;

/// How states are rooted: as the runtime's `system_version` 1 says.
pub(crate) const STATE_VERSION: StateVersion = StateVersion::V1;

/// Keys and values of a state.
pub(crate) type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

/// What a block is, as it is kept on disk.
#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct StoredBlock {
    pub(crate) header: Header,
    pub(crate) body: Vec<Vec<u8>>,
}

/// A block that is kept whole.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) number: BlockNumber,
    pub(crate) hash: Hash,
    pub(crate) kept: StoredBlock,
    journal: Journal,
    /// Its state is there: those of before the program started aren't.
    has_state: bool,
}

/// Why there is no state to be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoState {
    /// Nobody knows such a block.
    #[error("there is no block {0:?}")]
    NoBlock(Hash),
    /// It is too old.
    #[error("the state of block {0:?} is discarded")]
    Discarded(Hash),
}

/// A chain.
#[derive(Debug)]
pub(crate) struct Chain {
    nodes: Nodes,
    /// Of every block, by number.
    hashes: Vec<Hash>,
    by_hash: BTreeMap<Hash, BlockNumber>,
    /// The last ones, in order and without gaps. Never empty.
    recent: VecDeque<Block>,
    finalized: BlockNumber,
}

impl Chain {
    /// A chain with nothing but a genesis block of these pairs.
    pub(crate) fn start(pairs: Pairs) -> Self {
        let (nodes, root) = rooted(pairs);
        let no_extrinsics = BlakeTwo256::ordered_trie_root(Vec::new(), StateVersion::V0);
        let header = Header::new(0, no_extrinsics, root, Hash::zero(), Default::default());
        let kept = StoredBlock {
            header,
            body: Vec::new(),
        };
        Self::of(nodes, vec![], vec![kept])
    }

    /// A chain that was kept: the hashes of all blocks before those that are kept whole, these, and the pairs of the
    /// last one's state. What was made is final.
    ///
    /// # Errors
    /// They don't belong together: how.
    pub(crate) fn load(
        older: Vec<Hash>,
        kept: Vec<StoredBlock>,
        pairs: Pairs,
    ) -> Result<Self, String> {
        let (nodes, root) = rooted(pairs);
        let last = kept.last().ok_or("there is no block")?;
        if last.header.state_root != root {
            let expected = last.header.state_root;
            return Err(format!("the state has the root {root:?}, not {expected:?}"));
        }
        let mut before = older.last().copied();
        for (number, block) in (older.len()..).zip(&kept) {
            let parent = before.unwrap_or_default();
            if block.header.number as usize != number || block.header.parent_hash != parent {
                return Err(format!("block {number} isn't the one after {parent:?}"));
            }
            before = Some(block.header.hash());
        }
        Ok(Self::of(nodes, older, kept))
    }

    fn of(nodes: Nodes, hashes: Vec<Hash>, kept: Vec<StoredBlock>) -> Self {
        let mut chain = Self {
            nodes,
            by_hash: (0..)
                .zip(&hashes)
                .map(|(number, hash)| (*hash, number))
                .collect(),
            hashes,
            recent: VecDeque::new(),
            finalized: 0,
        };
        for kept in kept {
            chain.push(kept, Journal::default(), false);
        }
        if let Some(last) = chain.recent.back_mut() {
            last.has_state = true;
        }
        chain.finalized = chain.best().number;
        chain
    }

    fn push(&mut self, kept: StoredBlock, journal: Journal, has_state: bool) {
        let (number, hash) = (kept.header.number, kept.header.hash());
        self.hashes.push(hash);
        self.by_hash.insert(hash, number);
        self.recent.push_back(Block {
            number,
            hash,
            kept,
            journal,
            has_state,
        });
        while self.recent.len() > KEPT_BLOCKS {
            self.recent.pop_front();
            // The oldest state that is kept is that of the first block now: what it dropped itself nobody needs.
            if let Some(first) = self.recent.front() {
                self.nodes.forget_before(first.number, &first.journal);
            }
        }
    }

    /// The newest block.
    pub(crate) fn best(&self) -> &Block {
        // There is always one: `of` is given the first, and the newest is never forgotten.
        &self.recent[self.recent.len() - 1]
    }

    /// The newest block that is final.
    pub(crate) fn finalized(&self) -> BlockNumber {
        self.finalized
    }

    /// Has blocks be final up to this one. It never goes back.
    pub(crate) fn finalize(&mut self, number: BlockNumber) {
        self.finalized = self.finalized.max(number.min(self.best().number));
    }

    /// The hash of the genesis block.
    pub(crate) fn genesis(&self) -> Hash {
        self.hashes.first().copied().unwrap_or_default()
    }

    /// The hash of a block.
    pub(crate) fn hash(&self, number: BlockNumber) -> Option<Hash> {
        self.hashes.get(number as usize).copied()
    }

    /// The number of a block.
    pub(crate) fn number(&self, hash: &Hash) -> Option<BlockNumber> {
        self.by_hash.get(hash).copied()
    }

    /// A block that is kept whole.
    pub(crate) fn block(&self, hash: &Hash) -> Option<&Block> {
        self.block_at(self.number(hash)?)
    }

    /// The same by its number.
    pub(crate) fn block_at(&self, number: BlockNumber) -> Option<&Block> {
        let first = self.recent.front()?.number;
        self.recent.get(number.checked_sub(first)? as usize)
    }

    fn root(&self, at: Option<&Hash>) -> Result<Hash, NoState> {
        let Some(at) = at else {
            return Ok(self.best().kept.header.state_root);
        };
        let number = self.number(at).ok_or(NoState::NoBlock(*at))?;
        let block = self.block_at(number).filter(|block| block.has_state);
        let block = block.ok_or(NoState::Discarded(*at))?;
        Ok(block.kept.header.state_root)
    }

    /// The state after a block; the newest one's, if none is named.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn state(&self, at: Option<&Hash>) -> Result<State<'_>, NoState> {
        Ok(runtime::state(&self.nodes, self.root(at)?))
    }

    /// Runs something of the runtime on the state after a block; the newest one's, if none is named. What it changes
    /// is dropped.
    ///
    /// # Errors
    /// There is no such state; inside, it panicked.
    pub(crate) fn run<R>(
        &self,
        at: Option<&Hash>,
        what: impl FnOnce() -> R,
    ) -> Result<Result<R, String>, NoState> {
        Ok(runtime::run(&self.nodes, self.root(at)?, what))
    }

    /// The same in the newest state, for what never panics.
    pub(crate) fn query<R>(&self, what: impl FnOnce() -> R) -> Result<R, String> {
        runtime::run(&self.nodes, self.best().kept.header.state_root, what)
    }

    /// Whether the chain can go back to a block: its state is kept.
    pub(crate) fn keeps(&self, number: BlockNumber) -> bool {
        self.block_at(number).is_some_and(|block| block.has_state)
    }

    /// Takes back every block after one whose state is kept, even final ones.
    pub(crate) fn revert(&mut self, to: BlockNumber, finalized: BlockNumber) {
        while self.recent.len() > 1 && self.best().number > to {
            let Some(block) = self.recent.pop_back() else {
                break;
            };
            self.hashes.pop();
            self.by_hash.remove(&block.hash);
            self.nodes.take_back(block.number, block.journal);
        }
        self.finalized = finalized.min(self.best().number);
    }

    /// All pairs of the newest state.
    pub(crate) fn pairs(&self) -> Result<Pairs, String> {
        let state = runtime::state(&self.nodes, self.best().kept.header.state_root);
        let pairs = state.pairs(Default::default())?;
        pairs.collect()
    }
}

/// The nodes of a state of these pairs, and its root.
fn rooted(pairs: Pairs) -> (Nodes, Hash) {
    let empty = sp_state_machine::new_in_mem::<Blake2Hasher>();
    let changes: StorageCollection = pairs
        .into_iter()
        .map(|(key, value)| (key, Some(value)))
        .collect();
    let delta = changes
        .iter()
        .map(|(key, value)| (&key[..], value.as_deref()));
    let (root, transaction) = empty.storage_root(delta, STATE_VERSION);
    let mut nodes = Nodes::default();
    nodes.apply(transaction, 0);
    (nodes, root)
}
