//! The chain as a worker asks it.

use crate::{
    authorities::Trusted,
    cluster_keys, duties,
    endpoint::{Endpoint, Genesis},
    endpoints::{no_endpoint, Endpoints},
    history,
    keys::{
        system_account, CONFIRMATIONS, ENGINES, INTERPRETED, PARK_REPORTS, PROGRESS, SYSTEM_CODES,
        WORKERS,
    },
    limits::Limits,
    metadata,
    observer::Observed,
    proof::Values,
    queue::{self, ClusterState, Remembered},
    runner::Runner,
    sender::ChainView,
    signal::Signal,
    state::State,
    stored::{Confirmation, WorkerRecord},
};
use fat_contracts_primitives::{
    AccountId, BlockNumber, ClusterBlock, ClusterId, CodeHash, EngineRecord, EngineVersion, Hash,
    MessageHash, Seq,
};
use parity_scale_codec::{Decode, Encode};
use pink_worker_core::source::{
    ChainConstants, ChainSource, Cursor, Duties, Finalized, KeyState, ParkReport, SourceError,
    TransientError,
};
use serde_json::json;
use sp_core::Bytes;
use sp_crypto_hashing::blake2_256;
use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::{Duration, Instant},
};

/// How long a first endpoint may have nothing new before another one is asked first.
const STALE: Duration = Duration::from_secs(30);

/// How often the runtime's constants are asked for anew at most, while the chain refuses what follows from them.
const DOUBT_EACH: Duration = Duration::from_secs(60);

/// The account of whoever says nothing.
const NOBODY: AccountId = AccountId::new([0; 32]);

/// What a source believes without proof, and how it asks.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Where to ask: `ws://` or `wss://` addresses, the first first.
    pub endpoints: Vec<String>,
    /// The genesis block's hash. None: as the first endpoint says from which following begins.
    pub genesis: Option<Hash>,
    /// A block that is known to be final, with its authorities, from an earlier run.
    pub known: Option<Trusted>,
    /// A block that somebody vouches for. None: the genesis block.
    pub from_block: Option<Hash>,
    /// What was said of the chain's runtime before.
    pub described: Option<Described>,
    /// Takes an endpoint's word for what is final. What is read is proven all the same.
    pub trust_node: bool,
    /// Who says something to the chain: its duties, nonce and balance are what is asked for. None: nobody, who has nothing.
    pub account: Option<AccountId>,
    /// How long and how much.
    pub limits: Limits,
    /// Who is told of each request.
    pub observed: Observed,
}

/// A runtime's code, which is proven, and the metadata that belongs to it, which isn't.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Described {
    /// The BLAKE2b-256 of the code.
    pub code: Hash,
    /// The BLAKE2b-256 of the metadata.
    pub metadata: Hash,
}

/// What the chain's runtime was when it was last compared.
#[derive(Clone, Debug)]
struct Runtime {
    /// `System.LastRuntimeUpgrade`, as it is.
    upgrade: Option<Vec<u8>>,
    /// The hash of the code: nothing makes a chain count its versions up with it.
    code: Option<Hash>,
    constants: ChainConstants,
    /// The hash of the metadata that it was compared by.
    metadata: Hash,
    /// The block in whose state it was read last: of a block it is asked once.
    read_in: Hash,
}

#[derive(Debug, Default)]
struct Inner {
    /// The newest final block.
    head: Option<Trusted>,
    /// Since when it is.
    since: Option<Instant>,
    runtime: Option<Runtime>,
    /// When it was last doubted.
    doubted: Option<Instant>,
    remembered: Remembered,
    /// The row of the account that signs, and the block in whose state it was read: of a block it is asked once.
    account: Option<(Hash, Option<Vec<u8>>)>,
    /// What was said of the runtime whose code is proven.
    described: Option<Described>,
}

/// A chain over JSON-RPC, of which nothing is believed that can be proven.
#[derive(Debug)]
pub struct RpcSource {
    config: Config,
    genesis: Genesis,
    endpoints: Endpoints,
    signal: Signal,
    inner: Mutex<Inner>,
    account: AccountId,
}

impl RpcSource {
    /// Nothing is asked yet. `signal` tells of news, and ends every wait.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn new(config: Config, signal: Signal) -> io::Result<Self> {
        let runner = Arc::new(Runner::new(signal.clone())?);
        let genesis: Genesis = Arc::new(OnceLock::new());
        if let Some(hash) = config.genesis {
            genesis.get_or_init(|| hash);
        }
        let endpoints = Endpoints::new(
            &config.endpoints,
            config.limits,
            runner,
            &genesis,
            &config.observed,
        );
        Ok(Self {
            inner: Mutex::new(Inner {
                head: config.known.clone(),
                described: config.described,
                ..Inner::default()
            }),
            account: config.account.clone().unwrap_or(NOBODY),
            config,
            genesis,
            endpoints,
            signal,
        })
    }

    /// The genesis block's hash, once an endpoint was asked.
    pub fn genesis(&self) -> Option<Hash> {
        self.genesis.get().copied()
    }

    /// The newest final block, with its authorities: for [`Config::known`] of a later run.
    pub fn known(&self) -> Option<Trusted> {
        self.inner().head.clone()
    }

    /// What was said of the chain's runtime: for [`Config::described`] of a later run.
    pub fn described(&self) -> Option<Described> {
        self.inner().described
    }

    /// Tells of news, and ends every wait.
    pub fn signal(&self) -> &Signal {
        &self.signal
    }

    /// What the chain has of a worker; `None` if it isn't admitted.
    ///
    /// # Errors
    /// No endpoint answers, or none proves what it says.
    pub fn worker_record(&self, worker: &AccountId) -> Result<Option<WorkerRecord>, SourceError> {
        self.in_state(false, |state, _, _| state.get(&WORKERS, (worker.clone(),)))
    }

    /// What the chain has of an engine version; `None` if it isn't recorded.
    ///
    /// # Errors
    /// No endpoint answers, or none proves what it says.
    pub fn engine_record(
        &self,
        version: EngineVersion,
    ) -> Result<Option<EngineRecord>, SourceError> {
        self.in_state(false, |state, _, _| {
            Ok(state.get(&ENGINES, (version,))?.map(Into::into))
        })
    }

    /// The newest engine version that the chain's record of a cluster names, as it was when blocks were read last: the one
    /// that an upgrade under way leads to, or the one that was confirmed last. `None` if there is no such cluster.
    ///
    /// # Errors
    /// It was never read, and no endpoint answers, or none proves what it says.
    pub fn newest_version(&self, cluster: ClusterId) -> Result<Option<EngineVersion>, SourceError> {
        let known = self.inner().remembered.named.get(&cluster).copied();
        match known {
            Some(known) => Ok(Some(known)),
            None => self.in_state(false, |state, _, _| {
                let record = ClusterState::read(state, cluster)?;
                Ok(record.map(|it| it.newest_version()))
            }),
        }
    }

    /// Whether the chain has a cluster.
    ///
    /// # Errors
    /// No endpoint answers, or none proves what it says.
    pub fn has_cluster(&self, cluster: ClusterId) -> Result<bool, SourceError> {
        self.in_state(false, |state, _, _| {
            Ok(ClusterState::read(state, cluster)?.is_some())
        })
    }

    /// What the account that signs can spend on the chain, with proof, in its smallest unit; none if it has nothing
    /// there, or the chain keeps accounts in another way than `pallet-balances`.
    ///
    /// # Errors
    /// No endpoint answers, or none proves what it says.
    pub fn fee_balance(&self) -> Result<Option<u128>, SourceError> {
        let (_, row) = self.own_account()?;
        Ok(row.as_deref().and_then(free))
    }

    /// The same as it was known last; `None`, too, if it never was. Nothing is asked.
    pub fn known_fee_balance(&self) -> Option<u128> {
        let inner = self.inner();
        let (_, row) = inner.account.as_ref()?;
        row.as_deref().and_then(free)
    }

    /// The row of the account that signs, and the block in whose state it is so. Nonce and balance are of one read.
    fn own_account(&self) -> Result<(BlockNumber, Option<Vec<u8>>), SourceError> {
        let key = system_account(&self.account);
        let (block, hash, row) = self.in_state(false, |state, _, _| {
            let (number, hash) = (state.number(), state.hash());
            let known = self.inner().account.clone();
            if let Some((_, row)) = known.filter(|(read_in, _)| *read_in == hash) {
                return Ok((number, hash, row));
            }
            let values = state.read(std::slice::from_ref(&key))?;
            Ok((number, hash, values.get(&key).cloned().flatten()))
        })?;
        self.inner().account = Some((hash, row.clone()));
        Ok((block, row))
    }

    /// The newest confirmed checkpoint of a cluster: its block, and what the chain has of it.
    ///
    /// # Errors
    /// No endpoint answers, or none proves what it says.
    pub fn newest_confirmation(
        &self,
        cluster: ClusterId,
    ) -> Result<Option<(BlockNumber, Confirmation)>, SourceError> {
        self.in_state(false, |state, _, _| confirmed(state, cluster))
    }

    /// What the chain has of a cluster's checkpoint, as its newest final block says, with proof: none if it isn't
    /// confirmed, or so long ago that nobody can begin with it any more. A tuple's hash proves all that a
    /// snapshot's header says; see `pink_snapshot::Confirmed`.
    ///
    /// # Errors
    /// No endpoint answers, or none proves what it says.
    pub fn confirmation(
        &self,
        cluster: ClusterId,
        block: BlockNumber,
    ) -> Result<Option<Confirmation>, SourceError> {
        self.in_state(true, |state, _, _| {
            state.get(&CONFIRMATIONS, (cluster, block))
        })
    }

    /// A cluster's last message up to the end of a block, and the running hash there, with proof: none if nothing was
    /// ordered up to there, or that was pruned. Where governance named a root, and so no tuple is known, the chain has
    /// these of the block as well.
    ///
    /// # Errors
    /// No endpoint answers, or none proves what it says.
    pub fn queue_at(
        &self,
        cluster: ClusterId,
        block: BlockNumber,
    ) -> Result<Option<(Seq, MessageHash)>, SourceError> {
        self.in_state(false, |state, remembered, _| {
            queue::end_at(state, remembered, cluster, block)
        })
    }

    /// What is known of the chain, for whoever speaks to it. What is to be said is looked for behind this: what a newer block
    /// has is said once more then, and not for a second time.
    ///
    /// # Errors
    /// No endpoint answers, or none proves what it says.
    pub fn seen(&self) -> Result<ChainView, SourceError> {
        let (block, row) = self.own_account()?;
        // Nonces begin the record, and count from 0 where there is none.
        let nonce = row.unwrap_or(vec![0; 4]).first_chunk().copied();
        let nonce = nonce.map(|it| u64::from(u32::from_le_bytes(it)));
        let genesis = match self.genesis() {
            Some(genesis) => genesis,
            None => self.endpoints.ask(Endpoint::genesis)?,
        };
        let inner = self.inner();
        Ok(ChainView {
            block,
            genesis,
            nonce,
            metadata: inner.runtime.as_ref().map(|it| it.metadata),
        })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest final block; asks for a newer one.
    fn refresh(&self) -> Result<Trusted, SourceError> {
        self.begun()?;
        let keep = |proven: &Trusted| self.inner().head = Some(proven.clone());
        let newest = self.endpoints.ask(|endpoint| {
            // Whoever was asked before may have proven a part of the way.
            let known = self.begun()?;
            let newest = if self.config.trust_node {
                endpoint.newest_told(&known)?
            } else {
                endpoint.newest(&known, &keep)?
            };
            self.meets(endpoint)?;
            Ok(newest)
        });
        let known = self.begun()?;
        let mut inner = self.inner();
        let now = Instant::now();
        match newest? {
            Some(newer) => {
                inner.head = Some(newer.clone());
                inner.since = Some(now);
                Ok(newer)
            }
            None => {
                let since = *inner.since.get_or_insert(now);
                if self.endpoints.len() > 1 && now.saturating_duration_since(since) > STALE {
                    inner.since = Some(now);
                    self.endpoints.turn();
                }
                Ok(known)
            }
        }
    }

    /// From now on the chain is the one that this endpoint serves, unless it is known which one it is.
    fn meets(&self, endpoint: &Endpoint) -> Result<(), SourceError> {
        let found = endpoint.genesis()?;
        self.genesis.get_or_init(|| found);
        Ok(())
    }

    /// The newest final block that is known; if none is, where following begins.
    fn begun(&self) -> Result<Trusted, SourceError> {
        if let Some(head) = self.inner().head.clone() {
            return Ok(head);
        }
        let begin = self.endpoints.ask(|endpoint| {
            let from = match self.config.from_block {
                Some(hash) => hash,
                // The connection has compared it.
                None => endpoint.genesis()?,
            };
            let begin = endpoint.begin(from, self.config.trust_node)?;
            self.meets(endpoint)?;
            Ok(begin)
        })?;
        self.inner().head = Some(begin.clone());
        Ok(begin)
    }

    /// The state after the newest final block that is known; a newer one if that is gone. Whoever reads
    /// it knows how: a runtime that wasn't compared is compared first.
    fn in_state<T>(
        &self,
        fresh: bool,
        read: impl Fn(&dyn State, &mut Remembered, ChainConstants) -> Result<T, SourceError>,
    ) -> Result<T, SourceError> {
        // What was known from before may be long gone.
        let fresh = fresh || self.inner().since.is_none();
        let head = if fresh {
            self.refresh()?
        } else {
            self.begun()?
        };
        let done = self.read_at(head, &read);
        match done {
            Err(SourceError::Transient(TransientError::StateGone { .. }))
                if !self.signal.is_stopped() =>
            {
                self.read_at(self.refresh()?, &read)
            }
            done => done,
        }
    }

    fn read_at<T>(
        &self,
        head: Trusted,
        read: impl Fn(&dyn State, &mut Remembered, ChainConstants) -> Result<T, SourceError>,
    ) -> Result<T, SourceError> {
        let state = HeadState {
            head,
            endpoints: &self.endpoints,
        };
        let constants = self.compare_runtime(&state)?;
        // No other lock is taken meanwhile, and one caller at a time asks.
        let mut remembered = std::mem::take(&mut self.inner().remembered);
        let done = read(&state, &mut remembered, constants);
        self.inner().remembered = remembered;
        done
    }

    /// Constants come with no proof. Where the chain refuses what follows from them, another endpoint is asked.
    /// The chain refused an acknowledgement: the constants that it was made by may be made up.
    pub fn doubt_runtime(&self) {
        let mut inner = self.inner();
        if inner.doubted.is_none_or(|at| at.elapsed() >= DOUBT_EACH) {
            inner.doubted = Some(Instant::now());
            inner.runtime = None;
            // Where there is nobody else to ask, the same one would only say something else.
            if self.endpoints.len() > 1 {
                inner.described = None;
                self.endpoints.turn();
            }
        }
    }

    /// Which runtime wrote a state is in the state. Another one than the last is compared anew.
    fn compare_runtime(&self, state: &HeadState<'_>) -> Result<ChainConstants, SourceError> {
        let read_in = state.head.hash;
        if let Some(runtime) = &self.inner().runtime {
            if runtime.read_in == read_in {
                return Ok(runtime.constants);
            }
        }
        let (upgrade, code) = state.runtime()?;
        if let Some(runtime) = &mut self.inner().runtime {
            if runtime.upgrade == upgrade && runtime.code == code {
                runtime.read_in = read_in;
                return Ok(runtime.constants);
            }
        }
        let before = self.inner().described.filter(|it| Some(it.code) == code);
        // Metadata has no proof, so everybody is asked, and most are believed. It is a few hundred kilobytes of each,
        // once for a runtime.
        let told = self.endpoints.ask_all(|endpoint| {
            let asked = vec![json!(read_in)];
            let Bytes(bytes) = endpoint.call("state_getMetadata", asked)?;
            let metadata = Hash::from(blake2_256(&bytes));
            Ok(RuntimeAnswer {
                constants: metadata::check(&bytes)?,
                metadata,
                other: endpoint.unproven("metadata", differs(metadata, before)),
            })
        })?;
        let voices: Vec<_> = told.iter().map(|(_, it)| it.metadata).collect();
        let (metadata, agreed) = most(&voices, before.map(|it| it.metadata));
        let mut constants = None;
        let mut wrong = None;
        for (at, told) in told {
            if Some(told.metadata) == metadata {
                constants.get_or_insert((told.constants, told.metadata));
                continue;
            }
            // Which one lies isn't known where it is one word against another.
            if agreed {
                self.endpoints.disbelieve(at, &told.other)
            } else {
                tracing::error!(error = %told.other, "endpoints disagree")
            }
            wrong.get_or_insert(told.other);
        }
        let Some((constants, metadata)) = constants else {
            return Err(wrong.unwrap_or_else(no_endpoint));
        };
        let mut inner = self.inner();
        // What is disputed isn't held against anybody.
        let code_of = code.filter(|_| agreed);
        inner.described = code_of.map(|code| Described { code, metadata });
        inner.runtime = Some(Runtime {
            upgrade,
            code,
            constants,
            metadata,
            read_in,
        });
        Ok(constants)
    }
}

/// What an endpoint says of a runtime.
struct RuntimeAnswer {
    constants: ChainConstants,
    metadata: Hash,
    /// What there is to say of it if others are believed.
    other: SourceError,
}

fn differs(found: Hash, before: Option<Described>) -> String {
    match before {
        Some(before) => format!(
            "it has the hash {found:?}, and for the same code there was {:?} before: another one is believed \
             where two endpoints give it",
            before.metadata
        ),
        None => format!("it has the hash {found:?}, and others give another one for the same code"),
    }
}

/// Which metadata is believed, and whether more give it than any other. What was believed before stands against one
/// endpoint, so that no later one changes it; and not against two that agree, unless as many still give it: one that made
/// it up harms nobody for longer than it takes to ask two others.
fn most(voices: &[Hash], before: Option<Hash>) -> (Option<Hash>, bool) {
    let count = |of: Hash| voices.iter().filter(|it| **it == of).count();
    let ahead = |of: Hash| voices.iter().all(|it| *it == of || count(*it) < count(of));
    let leader = voices.iter().copied().find(|it| ahead(*it));
    match (leader, before) {
        (Some(leader), None) => (Some(leader), true),
        (Some(leader), Some(before)) if leader == before || count(leader) > 1 => {
            (Some(leader), true)
        }
        (_, Some(before)) => (Some(before).filter(|it| count(*it) > 0), true),
        // The first of those that most give.
        (None, None) => {
            let highest = voices.iter().map(|it| count(*it)).max();
            let mut voices = voices.iter().copied();
            (voices.find(|it| Some(count(*it)) == highest), false)
        }
    }
}

/// What is free in a row of `System.Account`: a nonce and three counts of four bytes each, then free, reserved,
/// frozen and flags of sixteen.
fn free(row: &[u8]) -> Option<u128> {
    let (_, data) = row.split_at_checked(16)?;
    let (free, rest) = data.split_first_chunk::<16>()?;
    (rest.len() == 48).then(|| u128::from_le_bytes(*free))
}

fn confirmed(
    state: &dyn State,
    cluster: ClusterId,
) -> Result<Option<(BlockNumber, Confirmation)>, SourceError> {
    let progress = state.get(&PROGRESS, (cluster,))?.unwrap_or_default();
    let block = progress.confirmed.block;
    let confirmation = state.get(&CONFIRMATIONS, (cluster, block))?;
    Ok(confirmation.map(|it| (block, it)))
}

/// The state after a final block.
struct HeadState<'s> {
    head: Trusted,
    endpoints: &'s Endpoints,
}

impl HeadState<'_> {
    /// See [`Endpoint::runtime_of`](crate::endpoint::Endpoint).
    fn runtime(&self) -> Result<(Option<Vec<u8>>, Option<Hash>), SourceError> {
        let Trusted {
            number,
            hash,
            state_root,
            ..
        } = self.head;
        self.endpoints
            .ask(|endpoint| endpoint.runtime_of(number, hash, state_root))
    }
}

impl State for HeadState<'_> {
    fn number(&self) -> BlockNumber {
        self.head.number
    }

    fn hash(&self) -> Hash {
        self.head.hash
    }

    fn read(&self, keys: &[Vec<u8>]) -> Result<Values, SourceError> {
        let Trusted {
            number,
            hash,
            state_root,
            ..
        } = self.head;
        self.endpoints
            .ask(|endpoint| endpoint.read(number, hash, state_root, keys))
    }
}

impl ChainSource for RpcSource {
    fn account(&self) -> &AccountId {
        &self.account
    }

    fn constants(&self) -> Result<ChainConstants, SourceError> {
        self.in_state(false, |_, _, constants| Ok(constants))
    }

    fn finalized(&self) -> Result<Finalized, SourceError> {
        let head = self.refresh()?;
        Ok(Finalized {
            number: head.number,
            hash: head.hash,
        })
    }

    fn blocks_after(
        &self,
        cluster: ClusterId,
        cursor: &Cursor,
        limit: usize,
    ) -> Result<Vec<ClusterBlock>, SourceError> {
        self.in_state(true, |state, remembered, _| {
            history::blocks_after(state, remembered, cluster, cursor, limit)
        })
    }

    fn amended(&self, block: ClusterBlock) -> Result<ClusterBlock, SourceError> {
        self.in_state(false, |state, remembered, _| {
            history::amended(state, remembered, block.clone())
        })
    }

    fn system_code(&self, hash: &CodeHash) -> Result<Option<Vec<u8>>, SourceError> {
        self.in_state(false, |state, _, _| state.get(&SYSTEM_CODES, (*hash,)))
    }

    fn interpreted(&self) -> Result<Vec<EngineVersion>, SourceError> {
        // It was read with the last blocks, if there were any to read.
        let known = self.inner().remembered.interpreted.clone();
        match known {
            Some(known) => Ok(known),
            None => self.in_state(false, |state, _, _| {
                Ok(state.get(&INTERPRETED, ())?.unwrap_or_default())
            }),
        }
    }

    fn duties(
        &self,
        cluster: ClusterId,
        worker: &AccountId,
        limit: u32,
    ) -> Result<Duties, SourceError> {
        self.in_state(false, |state, remembered, constants| {
            let interval = constants.checkpoint_interval;
            duties::duties(state, remembered, interval, cluster, worker, limit)
        })
    }

    fn confirmed(&self, cluster: ClusterId) -> Result<Option<BlockNumber>, SourceError> {
        let newest = self.newest_confirmation(cluster)?;
        Ok(newest.map(|(block, _)| block))
    }

    fn cluster_keys(
        &self,
        cluster: ClusterId,
        worker: &AccountId,
    ) -> Result<KeyState, SourceError> {
        self.in_state(false, |state, _, _| {
            cluster_keys::cluster_keys(state, cluster, worker)
        })
    }

    fn knows_report(&self, cluster: ClusterId, report: &ParkReport) -> Result<bool, SourceError> {
        self.in_state(false, |state, _, _| {
            let known = state.get(&PARK_REPORTS, (cluster,))?.unwrap_or_default();
            let mut known = known.iter();
            Ok(known
                .any(|it| (it.block, it.seq, it.cause) == (report.block, report.seq, report.cause)))
        })
    }
}
