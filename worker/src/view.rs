//! Looks at a worker's state, and calls that change nothing.

use crate::{
    engine::{Engine, Host},
    exec::{block_of, with_stack, LogLine, ParkReason, Session, StateRead, VERSION_KEY},
    store::Snapshot,
    worker::{KnownCodes, Worker, WorkerError},
};
use fat_contracts_primitives::{BlockNumber, EngineVersion};
use parity_scale_codec::DecodeAll;
use pink_capi::{
    types::{
        AccessError, AccountId, AccountView, Balance, Block, ClusterView, ContractView, Env,
        Message, Mode, Receipt, RentView, Version,
    },
    Fault,
};
use std::{collections::BTreeMap, sync::Arc};

/// The state after a block, with the engine that it belongs to.
#[derive(Debug)]
pub struct View<'w> {
    worker: &'w Worker,
    snapshot: Snapshot,
    engine: Arc<dyn Engine>,
    version: EngineVersion,
    block: Block,
    next_seq: u64,
}

impl Worker {
    /// The state after the last block.
    ///
    /// # Errors
    /// There is no block or no cluster yet, its engine can't be had, or the store failed.
    pub fn view(&self) -> Result<View<'_>, WorkerError> {
        let (number, _, record) = self.head()?.ok_or(WorkerError::Empty)?;
        self.view_of(self.store.snapshot()?, number, record.next_seq)
    }

    fn view_of(
        &self,
        snapshot: Snapshot,
        number: BlockNumber,
        next_seq: u64,
    ) -> Result<View<'_>, WorkerError> {
        let broken = |what, reason: String| WorkerError::Broken {
            block: number,
            what,
            reason,
        };
        let stored = StateRead::get(&snapshot, VERSION_KEY)
            .map_err(|error| broken("state", error.to_string()))?
            .ok_or(WorkerError::Empty)?;
        let version = Version::decode_all(&mut &stored[..])
            .map_err(|error| broken("version", error.to_string()))?;
        let version = EngineVersion::new(version.major, version.minor);
        let input = self.input(number)?.ok_or(WorkerError::Empty)?;
        let record = input.engines.iter().find(|(named, _)| *named == version);
        let (_, record) = record.ok_or(ParkReason::NoRecord { version })?;
        let engine = self
            .registry
            .get(version, record)
            .map_err(ParkReason::from)?;
        let block = block_of(&input);
        Ok(View {
            worker: self,
            snapshot,
            engine,
            version,
            block,
            next_seq,
        })
    }
}

impl View<'_> {
    /// The version that the state belongs to.
    pub fn version(&self) -> EngineVersion {
        self.version
    }

    /// Tries a message out: what it would do as the next one of the queue, or as a query.
    /// Changes nothing; [`Mode::Transaction`] is refused.
    ///
    /// # Errors
    /// The engine or the store failed.
    pub fn simulate(
        &self,
        mode: Mode,
        message: &Message,
    ) -> Result<(Receipt, Vec<LogLine>), WorkerError> {
        let env = Env {
            mode,
            block: self.block.clone(),
            seq: self.next_seq,
        };
        self.look_and_listen(|engine, host| match mode {
            Mode::Transaction => Err(Fault::CommitRefused {
                reason: "a transaction comes from the queue".into(),
            }),
            Mode::Query | Mode::Estimating => engine.execute(host, &env, message),
        })
    }

    /// An account of the ledger; zeros if there is none.
    ///
    /// # Errors
    /// The engine or the store failed.
    pub fn account(&self, who: &AccountId) -> Result<AccountView, WorkerError> {
        self.look(|engine, host| engine.account(host, who))
    }

    /// All money in the ledger.
    ///
    /// # Errors
    /// The engine or the store failed.
    pub fn total_issuance(&self) -> Result<Balance, WorkerError> {
        self.look(|engine, host| engine.total_issuance(host))
    }

    /// The cluster.
    ///
    /// # Errors
    /// The engine or the store failed.
    pub fn cluster(&self) -> Result<Option<ClusterView>, WorkerError> {
        self.look(|engine, host| engine.cluster(host))
    }

    /// A contract, alive or a tombstone.
    ///
    /// # Errors
    /// The engine or the store failed.
    pub fn contract(&self, address: &AccountId) -> Result<Option<ContractView>, WorkerError> {
        self.look(|engine, host| engine.contract(host, address))
    }

    /// One value of a contract's storage, by the key that the contract uses.
    ///
    /// # Errors
    /// The engine or the store failed.
    pub fn contract_storage(
        &self,
        address: &AccountId,
        key: &[u8],
    ) -> Result<Result<Option<Vec<u8>>, AccessError>, WorkerError> {
        self.look(|engine, host| engine.contract_storage(host, address, key))
    }

    /// A contract's rent as of the last block.
    ///
    /// # Errors
    /// The engine or the store failed.
    pub fn rent(&self, address: &AccountId) -> Result<Result<RentView, AccessError>, WorkerError> {
        self.look(|engine, host| engine.rent(host, &self.block, address))
    }

    fn look<T: Send>(
        &self,
        call: impl FnOnce(&dyn Engine, &mut dyn Host<'_>) -> Result<T, Fault> + Send,
    ) -> Result<T, WorkerError> {
        self.look_and_listen(call).map(|(seen, _)| seen)
    }

    /// Makes a call that reads, on a thread with stack for it, and gives back what it logged.
    fn look_and_listen<T: Send>(
        &self,
        call: impl FnOnce(&dyn Engine, &mut dyn Host<'_>) -> Result<T, Fault> + Send,
    ) -> Result<(T, Vec<LogLine>), WorkerError> {
        let codes = KnownCodes {
            store: &self.worker.store,
            new: BTreeMap::new(),
        };
        let version = self.version;
        let seen = with_stack(|| {
            let mut session = Session::reading(&self.snapshot, &codes);
            call(&*self.engine, &mut session).map(|seen| (seen, session.finish().1))
        })?;
        Ok(seen.map_err(|fault| ParkReason::Fault { version, fault })?)
    }
}
