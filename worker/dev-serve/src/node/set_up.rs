//! The first blocks: the cluster, its worker, and what that has to say at first.

use super::{Node, SERVED};
use crate::error::ServeError;
use fat_contracts_primitives::{AccountId, Hash};
use frame_support::BoundedVec;
use pallet_fat_contracts::{Call, Workers};
use pink_worker_core::{source::ChainSource, InstalledEngine};
use runtime_mock::{
    runtime::{FatContracts, Runtime},
    RuntimeCall,
};
use sp_core::{sr25519, Pair};

/// The worker's name: an account of its own, so that it and whoever signs as //Dave don't get into each other's way.
pub(crate) const WORKER: &str = "//Worker";

/// The owner of the cluster, whom sudo obeys.
pub(crate) const OWNER: &str = "//Alice";

/// What there is of engines, and who signs for the worker.
#[derive(Clone)]
pub(crate) struct Engines {
    pub(crate) installed: Vec<InstalledEngine>,
    pub(crate) pair: sr25519::Pair,
    pub(crate) owner: sr25519::Pair,
}

impl Engines {
    /// The files that the worker has.
    pub(crate) fn files(&self) -> Vec<Hash> {
        let all = self
            .installed
            .iter()
            .flat_map(|engine| &engine.record.artefacts);
        let mut files: Vec<_> = all.map(|artefact| artefact.hash).collect();
        files.sort();
        files.dedup();
        files
    }
}

/// A development account's key.
///
/// # Errors
/// It is no name of one.
pub(crate) fn pair(name: &str) -> Result<sr25519::Pair, ServeError> {
    sr25519::Pair::from_string(name, None)
        .map_err(|error| ServeError::Chain(format!("{name} is no key: {error}")))
}

/// Whose it is.
pub(crate) fn account(pair: &sr25519::Pair) -> AccountId {
    AccountId::new(pair.public().0)
}

/// Who has money to give.
pub(crate) fn faucet() -> Result<AccountId, ServeError> {
    Ok(account(&pair(WORKER)?))
}

/// Root does it, as the owner of the development chain says.
pub(crate) fn as_root(call: impl Into<RuntimeCall>) -> RuntimeCall {
    let call = Box::new(call.into());
    pallet_sudo::Call::sudo { call }.into()
}

/// The call by which the worker says which engines it has.
pub(crate) fn announce(files: Vec<Hash>) -> RuntimeCall {
    let engines = BoundedVec::truncate_from(files);
    Call::<Runtime>::announce_engines { engines }.into()
}

impl Node {
    /// Makes the first blocks of a new chain: everything in them is final at once.
    ///
    /// # Errors
    /// The chain doesn't take them, or the worker doesn't execute them.
    pub(crate) fn set_up(&mut self) -> Result<(), ServeError> {
        self.block(None, 0, true)?;
        let made = self
            .shared
            .chain()
            .query(|| FatContracts::cluster(SERVED).is_some());
        if !made.map_err(ServeError::Chain)? {
            return Err(ServeError::SetUp(
                "there is no cluster after the first block".into(),
            ));
        }
        let Engines { pair, owner, .. } = self.engines.clone();
        let worker = account(&pair);
        let serve = Call::<Runtime>::serve_owner {
            owner: Some(account(&owner)),
        };
        let join = Call::<Runtime>::add_worker_to_cluster {
            cluster: SERVED,
            worker: worker.clone(),
        };
        let calls = vec![
            (
                owner.clone(),
                as_root(Call::<Runtime>::register_worker { worker }),
            ),
            (pair.clone(), serve.into()),
            (pair, announce(self.engines.files())),
            (owner, join.into()),
        ];
        self.at_once(calls)?.map_err(ServeError::SetUp)?;
        self.take_all()?;
        match &self.parked {
            Some(parked) => Err(ServeError::SetUp(parked.to_string())),
            None => Ok(()),
        }
    }

    /// Goes on with a chain of before: the worker executes what it hasn't, and says which engines it has by now.
    ///
    /// # Errors
    /// The worker failed.
    pub(crate) fn go_on(&mut self) -> Result<(), ServeError> {
        let worker = self.source.account().clone();
        let known = self
            .shared
            .in_final_state(|| Workers::<Runtime>::get(&worker));
        let known = known
            .map_err(ServeError::Chain)?
            .map(|it| it.engines.into_inner());
        let files = self.engines.files();
        if known.is_some_and(|known| files.iter().any(|file| !known.contains(file))) {
            let pair = self.engines.pair.clone();
            self.at_once(vec![(pair, announce(files))])?
                .map_err(ServeError::SetUp)?;
        }
        self.settle()?;
        self.take_all()
    }
}
