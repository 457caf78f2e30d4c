//! The code that frames run: found, paid for, loaded, counted.

use super::CallStack;
use crate::{
    code::{NotReady, Prices, Shared},
    error::{Error, ExecError},
    gas::GasMeter,
    records::{self, Loading},
    state::{code_info_key, code_key, CodeInfo, CodeStatus},
    versions::Rules,
};
use pink_engine_sdk::{
    types::{BlockNumber, Hash, Weight},
    Fault, Overlay,
};
use std::sync::Arc;

/// What loading code costs in this block.
fn load_cost(rules: &Rules, code: &Loading, block: BlockNumber) -> Weight {
    let compiled = code.compiled_from.is_some_and(|from| from <= block);
    let cost = match &rules.metered {
        Some(metered) if compiled => &metered.load,
        _ => &rules.frames.load,
    };
    cost.of(code.len)
}

/// What using code that can't be run ends with: `refused`, or a fault.
pub(crate) fn not_ready(
    state: &mut Overlay<'_>,
    hash: &Hash,
    why: NotReady,
    refused: Error,
) -> Error {
    match why {
        // Every worker finds the same, and nobody but who uses the code has to do with it.
        NotReady::Refused(_) => refused,
        NotReady::Broken(reason) => {
            state.set_fault(Fault::BrokenState {
                key: code_key(hash).to_vec(),
                reason,
            });
            Error::CodeNotFound
        }
    }
}

/// Whether a message pays for loading code, with the gas that it leaves to its first frame. Nothing
/// that the load has to find out may be found out for less.
pub(crate) fn pays_for_loading(
    rules: &Rules,
    gas: Weight,
    code: &Loading,
    block: BlockNumber,
) -> bool {
    let cost = load_cost(rules, code, block);
    GasMeter::new(gas).charge(cost).is_ok()
}

impl CallStack<'_, '_> {
    /// A code's record, which was paid for.
    fn code_info(&mut self, hash: &Hash) -> Option<CodeInfo> {
        self.core
            .code_info(self.state, hash, true, &mut self.events)
    }

    /// The record of code that a message runs first, paid from its gas.
    ///
    /// # Errors
    /// There is no such code, or the gas doesn't suffice.
    pub(super) fn fetch_root(
        &mut self,
        hash: &Hash,
        gas: &mut GasMeter,
    ) -> Result<CodeInfo, Error> {
        let code = records::loading(self.state, hash).ok_or(Error::CodeNotFound)?;
        let _ = gas.charge(load_cost(self.rules(), &code, self.env.block.number))?;
        self.code_info(hash).ok_or(Error::CodeNotFound)
    }

    /// The record of code that the running contract names, paid from its gas.
    ///
    /// # Errors
    /// There is no such code, or the gas doesn't suffice.
    pub(super) fn fetch(&mut self, hash: &Hash) -> Result<CodeInfo, Error> {
        let code = records::loading(self.state, hash).ok_or(Error::CodeNotFound)?;
        let cost = load_cost(self.rules(), &code, self.env.block.number);
        // Before the record is looked at: looking may convert it, which takes as long as loading,
        // and no gas may depend on who looked first.
        let _ = self.current_frame_mut()?.gas.charge(cost)?;
        self.code_info(hash).ok_or(Error::CodeNotFound)
    }

    /// The same of code that is to run.
    ///
    /// # Errors
    /// There is no such code, it can't run any more, or the gas doesn't suffice.
    pub(super) fn load(&mut self, hash: &Hash) -> Result<CodeInfo, Error> {
        let info = self.fetch(hash)?;
        match info.status {
            CodeStatus::Disabled => Err(Error::CodeNotFound),
            _ => Ok(info),
        }
    }

    /// Counts one more user of a code that was loaded or locked.
    pub(super) fn increment_refcount(&mut self, hash: &Hash) {
        if let Some(mut info) = self.code_info(hash) {
            info.refcount = info.refcount.saturating_add(1);
            self.state.put_as(&code_info_key(hash), &info);
        }
    }

    /// Counts one user fewer.
    pub(super) fn decrement_refcount(&mut self, hash: &Hash) {
        if let Some(mut info) = self.code_info(hash) {
            info.refcount = info.refcount.saturating_sub(1);
            self.state.put_as(&code_info_key(hash), &info);
        }
    }

    /// By which prices this code counts in this block.
    fn prices(&self, info: &CodeInfo) -> Prices {
        if info.is_compiled(self.env.block.number) {
            Prices::Compiled
        } else {
            Prices::Interpreted
        }
    }

    /// Picoseconds of a unit of what this code counts, or the interpreter for it.
    pub(super) fn unit_price(&self, info: &CodeInfo) -> u64 {
        match (&self.rules().metered, self.prices(info)) {
            (None, _) => self.rules().interpreter.ref_time_per_fuel,
            (Some(metered), Prices::Compiled) => metered.compiled,
            (Some(metered), Prices::Interpreted) => metered.interpreted,
        }
    }

    /// Code that is ready to run: compiled if that was done, or else from the cache or translated now.
    pub(super) fn compiled(
        &mut self,
        hash: &Hash,
        info: &CodeInfo,
    ) -> Result<Arc<Shared>, ExecError> {
        if info.status == CodeStatus::Disabled {
            return Err(Error::ContractNotFound.into());
        }
        let core = self.core;
        let prices = self.prices(info);
        #[cfg(feature = "metered")]
        match (core.native, prices) {
            (Some(native), Prices::Compiled) => {
                if let Some(found) = native.find(hash) {
                    return Ok(found);
                }
            }
            (Some(native), Prices::Interpreted) if info.compiled_from.is_some() => {
                native.expect(hash);
            }
            _ => {}
        }
        let state = &mut *self.state;
        core.cache
            .get(core.rules, hash, (info.determinism, prices), || {
                state.get(&code_key(hash)).map(<[u8]>::to_vec)
            })
            // As of code that was found to be disabled.
            .map_err(|why| not_ready(self.state, hash, why, Error::ContractNotFound).into())
    }
}
