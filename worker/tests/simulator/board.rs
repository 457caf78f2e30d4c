//! The chain as a daemon asks it: as of the block that its worker was told of last.

use fat_contracts_primitives::{
    AccountId, BlockNumber, Checkpoint, ClusterBlock, ClusterId, ClusterRecord, CodeHash,
    EngineRecord, EngineVersion, Hash,
};
use pallet_fat_contracts::{Confirmations, Workers};
use parity_scale_codec::{DecodeAll, Encode};
use pink_daemon::Chain;
use pink_devchain::MockSource;
use pink_rpc_source::{
    stored::{Confirmation, WorkerRecord},
    AuthoritySet, ChainView, Described, Trusted,
};
use pink_worker_core::source::{
    ChainConstants, ChainSource, Cursor, Duties, Finalized, KeyState, ParkReport, SendError,
    SourceError, Voice,
};
use runtime_mock::{
    runtime::{FatContracts, Runtime},
    Extrinsic, MockChain,
};
use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

const GENESIS: Hash = Hash::repeat_byte(0x6e);

/// Is shown what is acknowledged, when it is.
type Witness = Box<dyn FnMut(&[Checkpoint]) + Send>;

/// What stands between a daemon and its world. All clones are one.
#[derive(Clone)]
pub(crate) struct Board(Arc<Mutex<Inner>>);

struct Inner {
    source: MockSource,
    /// What it gives.
    given: Vec<ClusterBlock>,
    /// All of it is given next, also what the worker has.
    fresh: bool,
    /// The last checkpoint that it names the next time is false.
    lies: bool,
    witness: Option<Witness>,
    acknowledged: u64,
    doubted: u64,
}

impl fmt::Debug for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Board").finish_non_exhaustive()
    }
}

impl Board {
    pub(crate) fn new(chain: MockChain, account: AccountId) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            source: MockSource::of(chain, Vec::new(), account),
            given: Vec::new(),
            fresh: false,
            lies: false,
            witness: None,
            acknowledged: 0,
            doubted: 0,
        })))
    }

    /// The same for another account.
    pub(crate) fn rename(&self, account: AccountId) {
        let mut inner = self.inner();
        let chain = inner.source.chain().clone();
        inner.source = MockSource::of(chain, Vec::new(), account);
    }

    /// The chain has more, and these blocks are given of which the worker has none.
    pub(crate) fn set(&self, chain: MockChain, given: Vec<ClusterBlock>) {
        let mut inner = self.inner();
        let account = inner.source.account().clone();
        inner.source = MockSource::of(chain, Vec::new(), account);
        inner.given = given;
        inner.fresh = false;
    }

    /// What is given is given as it is the next time, also what the worker has.
    pub(crate) fn give_all(&self) {
        self.inner().fresh = true;
    }

    /// Shows somebody what is acknowledged.
    pub(crate) fn set_witness(&self, witness: impl FnMut(&[Checkpoint]) + Send + 'static) {
        self.inner().witness = Some(Box::new(witness));
    }

    /// What the worker said since this was last asked.
    pub(crate) fn take_said(&self) -> Vec<Extrinsic> {
        self.inner().source.take_said()
    }

    /// How many checkpoints were acknowledged.
    pub(crate) fn acknowledged(&self) -> u64 {
        self.inner().acknowledged
    }

    /// How often it was doubted what the runtime is.
    pub(crate) fn doubted(&self) -> u64 {
        self.inner().doubted
    }

    pub(crate) fn set_lies(&self, lies: bool) {
        self.inner().lies = lies;
    }

    pub(crate) fn lies(&self) -> bool {
        self.inner().lies
    }

    /// The worker says something.
    pub(crate) fn say(
        &self,
        word: impl FnOnce(&mut MockSource) -> Result<(), SendError>,
    ) -> Result<(), SendError> {
        word(&mut self.inner().source)
    }

    /// The worker acknowledges checkpoints.
    pub(crate) fn acknowledge(
        &self,
        cluster: ClusterId,
        mut checkpoints: Vec<Checkpoint>,
    ) -> Result<(), SendError> {
        let mut inner = self.inner();
        inner.acknowledged += checkpoints.len() as u64;
        if let Some(witness) = &mut inner.witness {
            witness(&checkpoints);
        }
        if let (Some(last), true) = (checkpoints.last_mut(), inner.lies) {
            inner.lies = false;
            match last.block % 2 {
                0 => last.root = [0x66; 32].into(),
                _ => last.receipts_root = [0x66; 32].into(),
            }
        }
        inner.source.acknowledge(cluster, checkpoints)
    }

    /// Whose worker it is.
    pub(crate) fn account(&self) -> AccountId {
        self.inner().source.account().clone()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a daemon asks.
#[derive(Debug)]
pub(crate) struct BoardChain {
    board: Board,
    account: AccountId,
}

impl BoardChain {
    pub(crate) fn new(board: Board) -> Self {
        let account = board.account();
        Self { board, account }
    }

    fn query<R>(&self, read: impl FnOnce() -> R) -> R {
        self.board.inner().source.chain().query(read)
    }
}

impl Chain for BoardChain {
    fn genesis(&self) -> Option<Hash> {
        Some(GENESIS)
    }

    fn known(&self) -> Option<Trusted> {
        let head = self.board.inner().source.chain().head();
        Some(Trusted {
            number: head.number,
            hash: head.hash,
            state_root: Hash::zero(),
            // Other ones now and then, so that it is kept.
            set: AuthoritySet {
                id: u64::from(head.number / 3),
                authorities: Vec::new(),
            },
            pending: None,
        })
    }

    fn described(&self) -> Option<Described> {
        Some(Described {
            code: Hash::zero(),
            metadata: Hash::zero(),
        })
    }

    fn worker_record(&self, worker: &AccountId) -> Result<Option<WorkerRecord>, SourceError> {
        let record = self.query(|| Workers::<Runtime>::get(worker));
        Ok(record.map(|it| WorkerRecord::decode_all(&mut &it.encode()[..]).expect("its twin")))
    }

    fn engine_record(&self, version: EngineVersion) -> Result<Option<EngineRecord>, SourceError> {
        let mut all = self.query(FatContracts::engines).into_iter();
        Ok(all.find(|(it, _)| *it == version).map(|(_, it)| it))
    }

    fn newest_version(&self, cluster: ClusterId) -> Result<Option<EngineVersion>, SourceError> {
        let record = self.query(|| FatContracts::cluster(cluster));
        let versions = |it: ClusterRecord| it.pending.map(|it| it.to).max(Some(it.engine));
        Ok(record.and_then(versions))
    }

    fn seen(&self) -> Result<ChainView, SourceError> {
        Ok(ChainView {
            block: self.board.inner().source.chain().head().number,
            genesis: GENESIS,
            nonce: None,
            metadata: None,
        })
    }

    fn doubt_runtime(&self) {
        self.board.inner().doubted += 1;
    }

    fn has_cluster(&self, cluster: ClusterId) -> Result<bool, SourceError> {
        Ok(self.query(|| FatContracts::cluster(cluster)).is_some())
    }

    fn fee_balance(&self) -> Result<Option<u128>, SourceError> {
        Ok(Some(
            self.board.inner().source.chain().balance(&self.account),
        ))
    }

    fn known_fee_balance(&self) -> Option<u128> {
        None
    }

    fn newest_confirmation(
        &self,
        cluster: ClusterId,
    ) -> Result<Option<(BlockNumber, Confirmation)>, SourceError> {
        Ok(self.query(|| {
            let block = FatContracts::confirmed_block(cluster)?;
            let it = Confirmations::<Runtime>::get(cluster, block)?.encode();
            Some((
                block,
                Confirmation::decode_all(&mut &it[..]).expect("its twin"),
            ))
        }))
    }
}

impl ChainSource for BoardChain {
    fn account(&self) -> &AccountId {
        &self.account
    }

    fn constants(&self) -> Result<ChainConstants, SourceError> {
        self.board.inner().source.constants()
    }

    fn finalized(&self) -> Result<Finalized, SourceError> {
        self.board.inner().source.finalized()
    }

    fn blocks_after(
        &self,
        cluster: ClusterId,
        cursor: &Cursor,
        limit: usize,
    ) -> Result<Vec<ClusterBlock>, SourceError> {
        let mut inner = self.board.inner();
        let all = std::mem::take(&mut inner.fresh);
        let given = inner.given.iter().filter(|it| it.cluster == cluster);
        let given = given.filter(|it| all || cursor.block.is_none_or(|done| it.number > done));
        Ok(given.take(limit).cloned().collect())
    }

    fn amended(&self, block: ClusterBlock) -> Result<ClusterBlock, SourceError> {
        self.board.inner().source.amended(block)
    }

    fn system_code(&self, hash: &CodeHash) -> Result<Option<Vec<u8>>, SourceError> {
        self.board.inner().source.system_code(hash)
    }

    fn interpreted(&self) -> Result<Vec<EngineVersion>, SourceError> {
        self.board.inner().source.interpreted()
    }

    fn duties(
        &self,
        cluster: ClusterId,
        worker: &AccountId,
        limit: u32,
    ) -> Result<Duties, SourceError> {
        self.board.inner().source.duties(cluster, worker, limit)
    }

    fn confirmed(&self, cluster: ClusterId) -> Result<Option<BlockNumber>, SourceError> {
        self.board.inner().source.confirmed(cluster)
    }

    fn knows_report(&self, cluster: ClusterId, report: &ParkReport) -> Result<bool, SourceError> {
        self.board.inner().source.knows_report(cluster, report)
    }

    fn cluster_keys(
        &self,
        cluster: ClusterId,
        worker: &AccountId,
    ) -> Result<KeyState, SourceError> {
        self.board.inner().source.cluster_keys(cluster, worker)
    }
}
