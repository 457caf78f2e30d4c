//! What a thread does.

use super::{hash_of, Current, Prepared, Shared, WANTED_AT_ONCE};
use crate::codes::{Codes, Running};
use fat_contracts_primitives::CodeHash;
use pink_worker_core::WorkerError;
use std::{sync::PoisonError, time::Instant};

impl Shared {
    /// Reads something of the state after the last block; none if nothing is to be read any more, or can't be.
    fn read<T>(&self, read: impl FnOnce(&dyn Codes) -> Result<T, WorkerError>) -> Option<T> {
        let codes = self.codes.read().unwrap_or_else(PoisonError::into_inner);
        let read = read(codes.as_deref()?);
        read.inspect_err(|error| tracing::debug!(%error, "nothing is compiled for the moment"))
            .ok()
    }

    /// Looks which engine the cluster runs.
    pub(super) fn look(&self) {
        let Some(running) = self.read(|codes| codes.running()) else {
            // With the next block it is tried again.
            self.state().version = None;
            return;
        };
        let known = self.state().current.clone();
        let file = running.as_ref().map(|it| it.file);
        if known.is_some() && known.map(|it| it.running.file) == file {
            return;
        }
        let current = running.as_ref().and_then(|running| self.shown(running));
        if let Some(current) = &current {
            let version = current.running.version;
            let mode = self.modes.of(version);
            tracing::info!(%version, ?mode, "the engine can compile contracts");
        }
        let mut state = self.state();
        state.version = running.map(|it| it.version);
        state.queue = Default::default();
        state.installed_bytes = 0;
        state.asked = None;
        state.current = current;
    }

    /// The engine, if it can compile. Before anything is installed it knows how it is to run.
    fn shown(&self, running: &Running) -> Option<Current> {
        self.modes.show(running.version, &running.engine);
        let prepare = running.engine.prepare()?;
        self.open_cache();
        Some(Current {
            compiler: prepare.compiler(),
            running: running.clone(),
            installed: false,
        })
    }

    /// Whether the cluster still runs this engine, and it may compile.
    fn is_current(&self, current: &Current) -> bool {
        let state = self.state();
        let file = state.current.as_ref().map(|it| it.running.file);
        !state.stopped && file == Some(current.running.file) && self.may_compile(current)
    }

    /// Installs what the disk has of the state's code, what was used last at last: so that the order stays as it is.
    pub(super) fn install_kept(&self, current: &Current) {
        let Some(cache) = self.cache() else {
            return;
        };
        let hashes = self.read(|codes| codes.hashes()).unwrap_or_default();
        let mut kept: Vec<_> = hashes
            .into_iter()
            .filter_map(|code| Some((cache.used(&current.name(&code))?, code)))
            .collect();
        kept.sort();
        for (_, code) in &kept {
            if !self.is_current(current) {
                break;
            }
            self.install_cached(current, *code);
        }
        tracing::info!(contracts = kept.len(), "compiled code was on the disk");
    }

    /// Installs an artefact of the disk. Whether nothing more is to be done about the code.
    fn install_cached(&self, current: &Current, code: CodeHash) -> bool {
        let began = Instant::now();
        let name = current.name(&code);
        let Some(artefact) = self.cache().and_then(|cache| cache.get(&name)) else {
            return false;
        };
        if self.install(current, code, &artefact, Prepared::Cached, began) != Prepared::Failed {
            return true;
        }
        // It is right by its MAC, and the engine doesn't take it: compiled anew it may be another.
        if let Some(cache) = self.cache() {
            cache.remove(&name);
        }
        false
    }

    /// Asks what was interpreted though it could have been compiled.
    pub(super) fn ask(&self, current: &Current) {
        let Some(prepare) = current.prepare() else {
            return;
        };
        match prepare.wanted(WANTED_AT_ONCE) {
            Ok(wanted) => {
                let mut state = self.state();
                for (code, runs) in wanted {
                    state.queue.wanted(code, runs);
                }
            }
            Err(fault) => tracing::debug!(%fault, "the engine doesn't say what it interpreted"),
        }
    }

    /// Has code run compiled, by whichever way.
    pub(super) fn prepare(&self, current: &Current, code: CodeHash) {
        if !self.is_current(current) {
            // It is heard of again, when it is run.
            self.state().queue.forget(&code);
            return;
        }
        let began = Instant::now();
        let done = self.install_cached(current, code) || self.compile(current, code, began);
        let mut state = self.state();
        let same = state.current.as_ref().map(|it| it.running.file) == Some(current.running.file);
        if done && same {
            state.queue.done(code);
        } else {
            state.queue.forget(&code);
        }
    }

    /// Compiles code. False: it isn't there, or no longer what is wanted.
    fn compile(&self, current: &Current, code: CodeHash, began: Instant) -> bool {
        let found = self.read(|codes| codes.code(&code)).flatten();
        let (Some(prepare), Some(bytes)) = (current.prepare(), found) else {
            return false;
        };
        if hash_of(&bytes) != code {
            tracing::debug!(?code, "what is kept under a code's hash isn't the code");
            return true;
        }
        let artefact = match prepare.compile(&bytes) {
            Ok(Some(artefact)) => artefact,
            Ok(None) => {
                self.tell(Prepared::Interpreted, began);
                return true;
            }
            Err(fault) => {
                tracing::error!(?code, %fault, "code can't be compiled, and is interpreted");
                self.tell(Prepared::Failed, began);
                return true;
            }
        };
        // It takes long: meanwhile somebody may have decided otherwise.
        if !self.is_current(current) {
            return false;
        }
        let became = self.install(current, code, &artefact, Prepared::Compiled, began);
        if let (Prepared::Compiled, Some(cache)) = (became, self.cache()) {
            cache.put(&current.name(&code), &artefact);
        }
        true
    }

    /// Installs an artefact, if there is room and the engine takes it. What became of the code.
    fn install(
        &self,
        current: &Current,
        code: CodeHash,
        artefact: &[u8],
        how: Prepared,
        began: Instant,
    ) -> Prepared {
        let bytes = artefact.len() as u64;
        let mut state = self.state();
        let sum = state.installed_bytes.saturating_add(bytes);
        if sum > self.max_installed_bytes {
            drop(state);
            self.say_no_room();
            self.tell(Prepared::NoRoom, began);
            return Prepared::NoRoom;
        }
        state.installed_bytes = sum;
        drop(state);
        let installed =
            current
                .prepare()
                .is_some_and(|prepare| match prepare.install(code, artefact) {
                    Ok(()) => true,
                    Err(fault) => {
                        tracing::error!(?code, %fault, "compiled code can't be installed");
                        false
                    }
                });
        let mut state = self.state();
        if installed {
            state.queue.done(code);
        } else {
            state.installed_bytes = state.installed_bytes.saturating_sub(bytes);
        }
        drop(state);
        let what = if installed { how } else { Prepared::Failed };
        self.tell(what, began);
        what
    }
}
