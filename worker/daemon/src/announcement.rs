//! Which engine files the chain is to know of.

use crate::{chain::Chain, clock::Clock};
use fat_contracts_primitives::{AccountId, Hash};
use pink_worker_core::{source::SourceError, InstalledError, Worker};
use std::{collections::BTreeSet, time::Duration};

/// How often the files are looked at.
const LOOK_EACH: Duration = Duration::from_secs(600);

/// Looks at the engine files now and then, and at what the chain has of them until it has the same.
///
/// That something was said marks nothing: what is on its way may be lost there, as when another word of the account takes its
/// nonce. It is wished in every round until the chain's state has it.
#[derive(Debug, Default)]
pub(crate) struct Announcement {
    /// The files that there were, and when they were looked at; none: they are to be looked at.
    found: Option<(BTreeSet<Hash>, Duration)>,
    /// The chain had the same.
    known: bool,
}

/// What came of a look.
#[derive(Debug)]
pub(crate) enum Looked {
    /// The chain hasn't admitted the worker: it takes nothing that it says.
    NotAdmitted(AccountId),
    Admitted(Engines),
}

/// What there is to say of engine files.
#[derive(Debug, Default)]
pub(crate) struct Engines {
    /// Those that there are; none if the chain has them.
    pub(crate) files: Option<Vec<Hash>>,
    /// Why there are some that aren't among these.
    pub(crate) problem: Option<InstalledError>,
}

impl Announcement {
    /// The engine files may be others.
    pub(crate) fn reloaded(&mut self) {
        self.found = None;
    }

    /// Looks at what there is, if it is time to, and at what the chain has of it.
    ///
    /// # Errors
    /// The chain can't be asked.
    pub(crate) fn look(
        &mut self,
        worker: &Worker,
        chain: &dyn Chain,
        clock: &dyn Clock,
    ) -> Result<Looked, SourceError> {
        let now = clock.now();
        self.found
            .take_if(|(_, at)| now.saturating_sub(*at) >= LOOK_EACH);
        if self.found.is_some() && self.known {
            return Ok(Looked::Admitted(Engines::default()));
        }
        let account = chain.account().clone();
        let Some(record) = chain.worker_record(&account)? else {
            return Ok(Looked::NotAdmitted(account));
        };
        let (files, problem) = match &self.found {
            Some((files, _)) => (files.clone(), None),
            None => match installed(worker, chain)? {
                Ok(found) => found,
                Err(error) => {
                    return Ok(Looked::Admitted(Engines {
                        files: None,
                        problem: Some(error),
                    }))
                }
            },
        };
        self.known = files == record.engines.into_iter().collect();
        if self.found.is_none() && problem.is_none() {
            self.found = Some((files.clone(), now));
        }
        Ok(Looked::Admitted(Engines {
            files: (!self.known).then(|| files.into_iter().collect()),
            problem,
        }))
    }
}

/// The engine files that there are, without those that the chain records and that can't be loaded; and why the first of
/// those can't. No other file is loaded: what nobody decided about isn't executed, and once it were loaded the
/// recorded one of its version couldn't be.
#[allow(clippy::type_complexity)] // The outer error is the chain's, the inner one the folder's.
fn installed(
    worker: &Worker,
    chain: &dyn Chain,
) -> Result<Result<(BTreeSet<Hash>, Option<InstalledError>), InstalledError>, SourceError> {
    let registry = worker.registry();
    if !registry.directory().is_dir() {
        let directory = registry.directory().into();
        return Ok(Err(InstalledError::None { directory }));
    }
    let found = match registry.scan() {
        Ok(found) => found,
        Err(error) => return Ok(Err(error.into())),
    };
    let (mut files, mut problem) = (BTreeSet::new(), None);
    for file in found {
        let record = chain.engine_record(file.version)?;
        let record = record.filter(|it| it.artefacts.iter().any(|it| it.hash == file.hash));
        match record.map(|record| registry.get(file.version, &record)) {
            None | Some(Ok(_)) => {
                files.insert(file.hash);
            }
            Some(Err(error)) => {
                problem.get_or_insert(error.into());
            }
        }
    }
    Ok(Ok((files, problem)))
}
