//! Stored code and its users.

use super::{prepare::Prepared, Prefab};
use crate::{
    core::Execution,
    error::Error,
    gas::GasMeter,
    state::{code_key, instrumented_key, prefab_key},
};
use pink_engine_sdk::{
    types::{AccountId, Event, Hash},
    Overlay,
};
use sp_crypto_hashing::blake2_256;

/// What is known about stored code.
pub(crate) fn prefab(state: &mut Overlay<'_>, hash: &Hash) -> Option<Prefab> {
    state.get_as(&prefab_key(hash))
}

/// Code that is about to run.
#[derive(Debug)]
pub(crate) struct Executable {
    pub(crate) code_hash: Hash,
    pub(crate) prefab: Prefab,
    /// Its bytes, if it came with the message.
    fresh: Option<Fresh>,
}

#[derive(Debug)]
struct Fresh {
    original: Vec<u8>,
    instrumented: Vec<u8>,
}

impl Executable {
    /// Code that came with a message.
    pub(crate) fn fresh(original: Vec<u8>, prepared: Prepared) -> Self {
        Self {
            code_hash: blake2_256(&original),
            prefab: prepared.prefab,
            fresh: Some(Fresh {
                original,
                instrumented: prepared.instrumented,
            }),
        }
    }

    /// The length that calling it is priced by.
    pub(crate) fn code_len(&self) -> u32 {
        self.prefab.instrumented_len
    }
}

impl Execution<'_, '_> {
    /// Prepares code that came with a message.
    pub(crate) fn fresh_code(&self, original: Vec<u8>) -> Result<Executable, Error> {
        let most = self.config.max_code_size as usize;
        if original.len() > most {
            return Err(Error::CodeTooLarge);
        }
        let prepared = self.prepare(&original)?;
        if prepared.instrumented.len() > most {
            Err(Error::CodeTooLarge)
        } else {
            Ok(Executable::fresh(original, prepared))
        }
    }

    /// Loads code to run it. If its schedule is older than the current one, it is checked and
    /// instrumented again, which is charged and written back. The memory's limits stay.
    pub(crate) fn load_code(
        &mut self,
        hash: &Hash,
        meter: &mut GasMeter,
    ) -> Result<Executable, Error> {
        let mut prefab = prefab(self.state, hash).ok_or(Error::CodeNotFound)?;
        if prefab.schedule_version < self.schedule.version {
            let weight = self.rules.base.instrument(prefab.original_len);
            let _ = meter.charge(weight)?;
            let original = self
                .state
                .get(&code_key(hash))
                .ok_or(Error::CodeNotFound)?
                .to_vec();
            let Prepared {
                prefab: new,
                instrumented,
            } = self.prepare(&original)?;
            prefab = Prefab {
                initial: prefab.initial,
                maximum: prefab.maximum,
                refcount: prefab.refcount,
                ..new
            };
            self.state.put_as(&prefab_key(hash), &prefab);
            self.state.put(&instrumented_key(hash), instrumented);
        }
        Ok(Executable {
            code_hash: *hash,
            prefab,
            fresh: None,
        })
    }

    /// Stores fresh code, or counts a user of stored code, for a contract that is being made.
    pub(crate) fn store_code(&mut self, code: &mut Executable, uploader: &AccountId) {
        let hash = code.code_hash;
        if let Some(fresh) = &code.fresh {
            self.state.put(&code_key(&hash), fresh.original.clone());
        }
        if self.add_code_user(&hash).is_ok() {
            return;
        }
        let Some(fresh) = &code.fresh else {
            // Loaded code whose record is gone: its last user ended while it was loaded.
            return;
        };
        self.state.put_as(&prefab_key(&hash), &code.prefab);
        self.state
            .put(&instrumented_key(&hash), fresh.instrumented.clone());
        self.events.push(Event::CodeStored {
            code_hash: hash,
            deposit_held: 0,
            uploader: *uploader,
        });
    }

    /// Counts one more user. Returns the length of the code as it was uploaded.
    pub(crate) fn add_code_user(&mut self, hash: &Hash) -> Result<u32, Error> {
        let mut prefab = prefab(self.state, hash).ok_or(Error::CodeNotFound)?;
        prefab.refcount = prefab.refcount.saturating_add(1);
        self.state.put_as(&prefab_key(hash), &prefab);
        Ok(prefab.original_len)
    }

    /// Counts one user less, and removes the code with the last one. Returns the length of the
    /// code as it was uploaded; 0 if there is none.
    pub(crate) fn remove_code_user(&mut self, hash: &Hash, user: &AccountId) -> u32 {
        let Some(mut prefab) = prefab(self.state, hash) else {
            return 0;
        };
        prefab.refcount = prefab.refcount.saturating_sub(1);
        if prefab.refcount > 0 {
            self.state.put_as(&prefab_key(hash), &prefab);
            return prefab.original_len;
        }
        self.state.remove(&prefab_key(hash));
        self.state.remove(&instrumented_key(hash));
        self.state.remove(&code_key(hash));
        self.events.push(Event::CodeRemoved {
            code_hash: *hash,
            deposit_released: 0,
            remover: *user,
        });
        prefab.original_len
    }

    /// The bytes that run, for the compiler.
    pub(crate) fn instrumented(&mut self, code: &Executable) -> Option<Vec<u8>> {
        match &code.fresh {
            Some(fresh) => Some(fresh.instrumented.clone()),
            None => self
                .state
                .get(&instrumented_key(&code.code_hash))
                .map(<[u8]>::to_vec),
        }
    }
}
