//! Engines of a development node: what the chain records, what the directory has, and putting
//! the one in the place of the other.

use crate::{
    config::{worker, CLUSTER},
    genesis,
    node::ProducedBlock,
    state, DevError, DevNode,
};
use fat_contracts_primitives::{
    AccountId, BlockNumber, EngineRecord, EngineVersion, Hash, Remedy, Seq,
};
use pallet_fat_contracts::Call;
use pink_worker_core::{source::SendError, InstalledEngine};
use runtime_mock::{
    runtime::{FatContracts, Runtime},
    workers, Extrinsic,
};

/// What the directory has for a version that the chain records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// The file that the record names.
    Recorded,
    /// No file.
    Missing,
    /// Another file.
    Differs,
}

/// An engine version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownEngine {
    /// The version.
    pub version: EngineVersion,
    /// What the chain records; none if there is a file only.
    pub record: Option<EngineRecord>,
    /// What the directory has.
    pub file: FileState,
}

impl DevNode {
    /// The versions that the chain or the directory has, by version.
    ///
    /// # Errors
    /// The directory or a file can't be read, or a file isn't an engine.
    pub fn engines(&self) -> Result<Vec<KnownEngine>, DevError> {
        let registry = self.worker.registry();
        let files = if registry.directory().is_dir() {
            registry.scan()?
        } else {
            Vec::new()
        };
        let mut known: Vec<_> = self
            .source
            .chain
            .query(FatContracts::engines)
            .into_iter()
            .map(|(version, record)| {
                let file = files.iter().find(|file| file.version == version);
                let file = match file {
                    None => FileState::Missing,
                    Some(file) if names(&record, file.hash) => FileState::Recorded,
                    Some(_) => FileState::Differs,
                };
                KnownEngine {
                    version,
                    record: Some(record),
                    file,
                }
            })
            .collect();
        for file in files {
            if !known.iter().any(|it| it.version == file.version) {
                known.push(KnownEngine {
                    version: file.version,
                    record: None,
                    file: FileState::Differs,
                });
            }
        }
        known.sort_by_key(|it| it.version);
        Ok(known)
    }

    /// Records what was just built as the engine of a version, in the place of what was recorded
    /// before; development chains only. Blocks that wait for that version are executed by it.
    ///
    /// # Errors
    /// There is no such file, it can't be loaded, or the chain refuses.
    pub fn accept(&mut self, version: EngineVersion) -> Result<ProducedBlock, DevError> {
        // The node may have loaded the file that was recorded before.
        let engine = InstalledEngine::find(&self.worker.registry().another(), version)?;
        let known = self
            .source
            .chain
            .query(|| FatContracts::engine(version))
            .is_some();
        let record = if known {
            genesis::replace(&engine)
        } else {
            genesis::register(&engine)
        };
        let mut announced = self.announced()?;
        announced.extend(engine.record.artefacts.iter().map(|artefact| artefact.hash));
        self.waiting_take(version, &engine.record);
        self.dispatch(vec![record, announce(announced)?], Vec::new())
    }

    /// Schedules the cluster's upgrade to a newer engine, after the worker said which it has. Returns
    /// the block in which that was ordered and the block in which it happens: `at`, or the
    /// earliest that is allowed.
    ///
    /// # Errors
    /// The chain refuses.
    pub fn upgrade(
        &mut self,
        who: AccountId,
        to: EngineVersion,
        at: Option<BlockNumber>,
    ) -> Result<(BlockNumber, BlockNumber), DevError> {
        // The earliest is counted from the block that it is ordered in.
        let earliest = self.source.chain.query(FatContracts::earliest_upgrade);
        let at_block = at.unwrap_or(earliest.saturating_add(1));
        let announce = announce(self.announced()?)?;
        let upgrade = Call::<Runtime>::upgrade_runtime {
            cluster: CLUSTER,
            to,
            at_block,
        };
        let made = self.dispatch(vec![announce, Extrinsic::signed(who, upgrade)], Vec::new())?;
        Ok((made.number, at_block))
    }

    /// Has governance amend the message that the worker is parked at: the worker's report and the
    /// council's motion are in one block, and the amendment takes effect in the next, which is
    /// given back.
    ///
    /// # Errors
    /// The chain refuses.
    pub fn amend(&mut self, seq: Seq, remedy: Remedy) -> Result<ProducedBlock, DevError> {
        let call = Call::<Runtime>::amend {
            cluster: CLUSTER,
            seq,
            remedy,
        };
        self.dispatch(vec![Extrinsic::governance(call)], Vec::new())?;
        self.dispatch(Vec::new(), Vec::new())
    }

    /// The recorded engines that the directory has.
    pub(crate) fn announced(&self) -> Result<Vec<Hash>, DevError> {
        let known = self.engines()?;
        let there = known.iter().filter(|it| it.file == FileState::Recorded);
        let artefacts = there
            .filter_map(|it| it.record.as_ref())
            .flat_map(|it| &it.artefacts);
        Ok(artefacts.map(|artefact| artefact.hash).collect())
    }
}

/// The development worker says which engines it has.
pub(crate) fn announce(files: Vec<Hash>) -> Result<Extrinsic, SendError> {
    announce_by(worker(), files)
}

/// A worker says which engines it has.
pub(crate) fn announce_by(account: AccountId, files: Vec<Hash>) -> Result<Extrinsic, SendError> {
    Ok(workers::announce(account, state::announced(files)?))
}

fn names(record: &EngineRecord, hash: Hash) -> bool {
    record
        .artefacts
        .iter()
        .any(|artefact| artefact.hash == hash)
}
