//! Looks at a worker's state, and calls that change nothing.

use crate::{
    codes::KnownCodes,
    error::WorkerError,
    exec::{too_old, LogLine, ParkReason, Session},
    handle::WorkerHandle,
    recorded_reads::ReadRecorder,
    store::Snapshot,
    upcoming::next_block,
};
use fat_contracts_primitives::{BlockNumber, EngineVersion, Hash, StateRoot};
use pink_capi::{
    calls::{view, ViewCall},
    types::{
        AccessError, AccountId, AccountView, Balance, Block, ClusterView, ContractView, Env,
        Message, Mode, Outcome, Receipt, RentView, UpdatePrices,
    },
    Fault,
};
use pink_engine_host::{Engine, Host, OffchainServices};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What engines of every era say to a message for a cluster that was destroyed.
const DESTROYED: &str = "ClusterDestroyed";

/// A value of a contract's storage, or why it can't be had.
pub(crate) type ValueResult = Result<Option<Vec<u8>>, AccessError>;

/// The state after a block, with the engine that it belongs to.
#[derive(Clone, Debug)]
pub struct View {
    pub(crate) handle: WorkerHandle,
    pub(crate) snapshot: Snapshot,
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) version: EngineVersion,
    /// The hash of the engine's file.
    pub(crate) file: Hash,
    pub(crate) block: Block,
    /// The time between the last two blocks, in milliseconds.
    pub(crate) step_ms: u64,
    pub(crate) next_seq: u64,
}

impl View {
    /// The version that the state belongs to.
    pub fn version(&self) -> EngineVersion {
        self.version
    }

    /// The engine of that version.
    pub fn engine(&self) -> &Arc<dyn Engine> {
        &self.engine
    }

    /// BLAKE2b-256 over the engine's file, as the chain records it.
    pub fn engine_file(&self) -> Hash {
        self.file
    }

    /// The state itself, as the engine keeps it.
    pub fn state(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The root of the state.
    pub fn root(&self) -> StateRoot {
        self.snapshot.root()
    }

    /// The time of the block that it is the state after, in milliseconds of the Unix epoch. Of a block in which
    /// nothing happened to the cluster the chain tells none: it is what it would be at the chain's pace.
    pub fn now_ms(&self) -> u64 {
        self.block.now_ms
    }

    /// The block that it is the state after.
    pub fn block(&self) -> BlockNumber {
        self.block.number
    }

    /// Tries a message out: what it would do as the next one of the queue, in the next block, or
    /// as a query after the last one. Changes nothing; [`Mode::Transaction`] is refused.
    ///
    /// The next block's time is the last one's and the usual step, its entropy
    /// [`crate::UNKNOWN_ENTROPY`].
    ///
    /// # Errors
    /// The engine or the store failed.
    pub fn simulate(
        &self,
        mode: Mode,
        message: &Message,
    ) -> Result<(Receipt, Vec<LogLine>), WorkerError> {
        let env = self.env(mode);
        let message = message.clone();
        self.look_and_listen(move |engine, host| match mode {
            Mode::Transaction => Err(Fault::CommitRefused {
                reason: "a transaction comes from the queue".into(),
            }),
            Mode::Query | Mode::Estimating => engine.execute(host, &env, &message),
        })
    }

    fn env(&self, mode: Mode) -> Env {
        Env {
            mode,
            block: match mode {
                Mode::Query => self.block.clone(),
                Mode::Estimating | Mode::Transaction => next_block(&self.block, self.step_ms),
            },
            seq: self.next_seq,
        }
    }

    /// Executes a message on this thread, which has to have stack for it, as long as it is
    /// `wanted`, with so much memory. Only a query has `services`. An engine that is older than the message isn't asked, as in a block.
    pub(crate) fn execute_here(
        &self,
        message: &Message,
        services: Option<&dyn OffchainServices>,
        wanted: &dyn Fn() -> bool,
        memory_bytes: u64,
    ) -> Result<(Receipt, Vec<LogLine>), Fault> {
        let mode = match services {
            Some(_) => Mode::Query,
            None => Mode::Estimating,
        };
        let env = self.env(mode);
        if let Some(failure) = too_old(self.version, &env, message) {
            return Ok((Receipt::rejected(failure), Vec::new()));
        }
        let codes = self.codes();
        let session = self.session(&codes).while_wanted(wanted);
        let mut session = session.with_memory_bytes(memory_bytes);
        if let Some(services) = services {
            session = session.with_services(services);
        }
        let receipt = self.engine.execute(&mut session, &env, message)?;
        Ok((receipt, session.finish().1))
    }

    /// The system contract, asked on this thread, which has to have stack for it.
    pub(crate) fn system_contract_here(&self) -> Option<AccountId> {
        let codes = self.codes();
        let cluster = self
            .engine
            .view(&mut self.session(&codes), view::Cluster {});
        cluster.ok().flatten()?.system_contract
    }

    fn codes(&self) -> KnownCodes<'_> {
        KnownCodes {
            store: &self.handle.store,
            new: BTreeMap::new(),
        }
    }

    fn session<'s>(&'s self, codes: &'s KnownCodes<'_>) -> Session<'s> {
        Session::reading(&self.snapshot, codes)
            .with_cluster_key(self.handle.cluster_key().map(|key| key.seed()))
    }

    /// An account of the ledger; zeros if there is none.
    ///
    /// # Errors
    /// The engine or the store failed.
    pub fn account(&self, who: &AccountId) -> Result<AccountView, WorkerError> {
        self.look(view::Account { who: *who })
    }

    /// All money in the ledger.
    ///
    /// # Errors
    /// The engine or the store failed.
    pub fn total_issuance(&self) -> Result<Balance, WorkerError> {
        self.look(view::TotalIssuance {})
    }

    /// The cluster.
    ///
    /// # Errors
    /// The engine or the store failed.
    pub fn cluster(&self) -> Result<Option<ClusterView>, WorkerError> {
        self.look(view::Cluster {})
    }

    /// Whether the cluster was destroyed. Its state isn't cleared at once, and what is left of it
    /// nobody can use: the engine takes no message any more, which it is asked with one that would
    /// change nothing.
    ///
    /// # Errors
    /// The engine or the store failed.
    pub fn is_destroyed(&self) -> Result<bool, WorkerError> {
        let Some(cluster) = self.cluster()? else {
            return Ok(false);
        };
        let as_it_is = Message::UpdatePrices(UpdatePrices {
            gas_price: cluster.gas_price,
            deposit_per_item: cluster.deposit_per_item,
            deposit_per_byte: cluster.deposit_per_byte,
        });
        let (receipt, _) = self.simulate(Mode::Estimating, &as_it_is)?;
        Ok(match receipt.outcome {
            Outcome::Rejected(why) => why.error == DESTROYED,
            _ => false,
        })
    }

    /// Refuses to say anything of the contracts of a cluster that is no more.
    fn of_living<T>(&self, seen: T) -> Result<T, WorkerError> {
        if self.is_destroyed()? {
            Err(WorkerError::Destroyed)
        } else {
            Ok(seen)
        }
    }

    /// A contract, alive or a tombstone.
    ///
    /// # Errors
    /// [`WorkerError::Destroyed`]; the engine or the store failed.
    pub fn contract(&self, address: &AccountId) -> Result<Option<ContractView>, WorkerError> {
        let seen = self.look(view::Contract { address: *address })?;
        self.of_living(seen)
    }

    /// One value of a contract's storage, by the key that the contract uses.
    ///
    /// # Errors
    /// [`WorkerError::Destroyed`]; the engine or the store failed.
    pub fn contract_storage(
        &self,
        address: &AccountId,
        key: &[u8],
    ) -> Result<Result<Option<Vec<u8>>, AccessError>, WorkerError> {
        let (address, key) = (*address, key.to_vec());
        let seen = self.look(view::ContractStorage { address, key })?;
        self.of_living(seen)
    }

    /// The same, with the keys of the state that the engine read.
    pub(crate) fn contract_storage_recorded(
        &self,
        address: &AccountId,
        key: &[u8],
    ) -> Result<(ValueResult, BTreeSet<Vec<u8>>), WorkerError> {
        let (address, key) = (*address, key.to_vec());
        let (view, version) = (self.clone(), self.version);
        let seen = self.handle.pool.run(move || {
            let codes = view.codes();
            let noted = ReadRecorder::new(&view.snapshot);
            let mut session = Session::reading(&noted, &codes);
            let asked = view::ContractStorage { address, key };
            let seen = view.engine.view(&mut session, asked);
            drop(session);
            seen.map(|seen| (seen, noted.into_keys()))
        })?;
        let seen = seen.map_err(|fault| ParkReason::Fault { version, fault })?;
        self.of_living(seen)
    }

    /// A contract's rent as of the last block.
    ///
    /// # Errors
    /// [`WorkerError::Destroyed`]; the engine or the store failed.
    pub fn rent(&self, address: &AccountId) -> Result<Result<RentView, AccessError>, WorkerError> {
        let (address, block) = (*address, self.block.clone());
        let seen = self.look(view::Rent { block, address })?;
        self.of_living(seen)
    }

    fn look<V>(&self, view: V) -> Result<V::Reply, WorkerError>
    where
        V: ViewCall<Reply: Send + 'static> + Send + 'static,
    {
        let seen = self.look_and_listen(|engine, host| engine.view(host, view));
        seen.map(|(seen, _)| seen)
    }

    /// Makes a call that reads, on a thread with stack for it, and gives back what it logged.
    fn look_and_listen<T: Send + 'static>(
        &self,
        call: impl FnOnce(&dyn Engine, &mut dyn Host<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<(T, Vec<LogLine>), WorkerError> {
        let (view, version) = (self.clone(), self.version);
        let seen = self.handle.pool.run(move || {
            let codes = view.codes();
            let mut session = view.session(&codes);
            call(&*view.engine, &mut session).map(|seen| (seen, session.finish().1))
        })?;
        Ok(seen.map_err(|fault| ParkReason::Fault { version, fault })?)
    }
}
