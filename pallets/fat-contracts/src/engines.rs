//! Which engines exist, and which of them a cluster may come to.

use crate::{
    ArtefactVersions, Config, Development, Engines, Error, Event, InterpretedEngines,
    NextPinkSystemCodeHash, Pallet, PinkRuntimeVersion, PinkSystemCodeHash, PinkSystemCodes,
    StoredEngine,
};
use alloc::vec::Vec;
use fat_contracts_primitives::{
    Artefact, CodeHash, EngineStatus, EngineVersion, ExecutionMode, SystemCodeHash,
    FIRST_MAJOR_WITH_SYSTEM_CONTRACT,
};
use frame_support::{ensure, traits::Get, BoundedVec};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_register_engine(
        version: EngineVersion,
        abi: u16,
        upgrades_from: Vec<EngineVersion>,
        artefacts: Vec<Artefact>,
    ) -> DispatchResult {
        ensure!(
            !Engines::<T>::contains_key(version),
            Error::<T>::EngineExists
        );
        ensure!(
            Engines::<T>::count() < T::MaxEngines::get(),
            Error::<T>::TooManyEngines
        );
        Self::record_engine(version, abi, upgrades_from, artefacts)?;
        Self::deposit_event(Event::EngineRegistered { version });
        Ok(())
    }

    pub(crate) fn do_replace_engine(
        version: EngineVersion,
        abi: u16,
        upgrades_from: Vec<EngineVersion>,
        artefacts: Vec<Artefact>,
    ) -> DispatchResult {
        ensure!(Development::<T>::get(), Error::<T>::NotDevelopmentChain);
        let old = Engines::<T>::get(version).ok_or(Error::<T>::EngineNotFound)?;
        for artefact in &old.artefacts {
            ArtefactVersions::<T>::remove(artefact.hash);
        }
        Self::record_engine(version, abi, upgrades_from, artefacts)?;
        Engines::<T>::mutate(version, |engine| {
            if let Some(engine) = engine {
                engine.status = old.status;
                engine.users = old.users;
            }
        });
        Self::deposit_event(Event::EngineReplaced { version });
        Ok(())
    }

    /// Writes the record of a version, and which version its files belong to.
    fn record_engine(
        version: EngineVersion,
        abi: u16,
        upgrades_from: Vec<EngineVersion>,
        artefacts: Vec<Artefact>,
    ) -> DispatchResult {
        ensure!(abi > 0, Error::<T>::UnknownAbi);
        let older = upgrades_from.iter().all(|from| *from < version);
        ensure!(older, Error::<T>::UpgradePathNotOlder);
        let engine = StoredEngine::<T>::new(abi, upgrades_from, artefacts)?;
        for artefact in &engine.artefacts {
            ensure!(
                !ArtefactVersions::<T>::contains_key(artefact.hash),
                Error::<T>::ArtefactInUse
            );
            ArtefactVersions::<T>::insert(artefact.hash, version);
        }
        Engines::<T>::insert(version, engine);
        Ok(())
    }

    pub(crate) fn do_set_engine_status(
        version: EngineVersion,
        status: EngineStatus,
        force: bool,
    ) -> DispatchResult {
        Engines::<T>::try_mutate(version, |engine| {
            let engine = engine.as_mut().ok_or(Error::<T>::EngineNotFound)?;
            let unused = engine.users == 0 || status != EngineStatus::Revoked;
            ensure!(unused || force, Error::<T>::EngineInUse);
            engine.status = status;
            Ok::<_, Error<T>>(())
        })?;
        Self::deposit_event(Event::EngineStatusChanged { version, status });
        Ok(())
    }

    pub(crate) fn do_set_engine_mode(
        version: EngineVersion,
        mode: ExecutionMode,
    ) -> DispatchResult {
        ensure!(
            Engines::<T>::contains_key(version),
            Error::<T>::EngineNotFound
        );
        InterpretedEngines::<T>::try_mutate(|interpreted| {
            match (mode, interpreted.binary_search(&version)) {
                // There is room for as many as can be registered.
                (ExecutionMode::Interpreted, Err(at)) => interpreted
                    .try_insert(at, version)
                    .map_err(|_| Error::<T>::TooManyEngines),
                (ExecutionMode::Native, Ok(at)) => {
                    interpreted.remove(at);
                    Ok(())
                }
                (ExecutionMode::Interpreted, Ok(_)) | (ExecutionMode::Native, Err(_)) => {
                    Err(Error::<T>::EngineModeUnchanged)
                }
            }
        })?;
        Self::deposit_event(Event::EngineModeSet { version, mode });
        Ok(())
    }

    pub(crate) fn do_set_pink_runtime_version(version: EngineVersion) -> DispatchResult {
        Self::active_engine(version)?;
        PinkRuntimeVersion::<T>::put(version);
        Self::deposit_event(Event::PinkRuntimeVersionSet { version });
        Ok(())
    }

    pub(crate) fn do_set_pink_system_code(code: Vec<u8>) -> DispatchResult {
        ensure!(!code.is_empty(), Error::<T>::BadSystemCode);
        let code_hash = Self::code_hash(&code);
        let code: BoundedVec<u8, T::MaxSystemCodeBytes> =
            BoundedVec::try_from(code).map_err(|_| Error::<T>::BadSystemCode)?;
        PinkSystemCodes::<T>::insert(code_hash, code);
        NextPinkSystemCodeHash::<T>::put(code_hash);
        Self::deposit_event(Event::PinkSystemCodeStaged { code_hash });
        Ok(())
    }

    /// What was staged in the last block becomes current, before anything else happens in this
    /// one. So the code is the same for all messages of a block.
    pub(crate) fn apply_staged_system_code() {
        if let Some(code_hash) = NextPinkSystemCodeHash::<T>::take() {
            PinkSystemCodeHash::<T>::put(code_hash);
            Self::deposit_event(Event::PinkSystemCodeSet { code_hash });
        }
    }

    /// The record of a version that something new may name.
    ///
    /// # Errors
    /// `EngineNotFound`, `EngineNotActive`.
    pub(crate) fn active_engine(version: EngineVersion) -> Result<StoredEngine<T>, Error<T>> {
        let engine = Engines::<T>::get(version).ok_or(Error::<T>::EngineNotFound)?;
        ensure!(
            engine.status == EngineStatus::Active,
            Error::<T>::EngineNotActive
        );
        Ok(engine)
    }

    /// The system code that a message bringing a cluster to `version` has to carry.
    ///
    /// # Errors
    /// `NoPinkSystemCode` if the version needs one and none is set.
    pub(crate) fn system_code_for(version: EngineVersion) -> Result<SystemCodeHash, Error<T>> {
        if version.major < FIRST_MAJOR_WITH_SYSTEM_CONTRACT {
            return Ok(None);
        }
        match PinkSystemCodeHash::<T>::get() {
            Some(code_hash) => Ok(Some(code_hash)),
            None => Err(Error::<T>::NoPinkSystemCode),
        }
    }

    /// Hash of a contract's code.
    pub(crate) fn code_hash(code: &[u8]) -> CodeHash {
        sp_crypto_hashing::blake2_256(code).into()
    }

    /// Counts one more cluster that runs a version, or may turn out to.
    pub(crate) fn use_engine(version: EngineVersion) {
        Engines::<T>::mutate(version, |engine| {
            if let Some(engine) = engine {
                engine.users = engine.users.saturating_add(1);
            }
        });
    }

    /// Counts one cluster less that runs a version.
    pub(crate) fn leave_engine(version: EngineVersion) {
        Engines::<T>::mutate(version, |engine| {
            if let Some(engine) = engine {
                engine.users = engine.users.saturating_sub(1);
            }
        });
    }
}
