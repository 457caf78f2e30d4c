//! A contract's memory and meter, as host functions use them.

use super::{Runtime, Stopped, TrapReason};
use crate::{
    error::Error,
    ext::{Ext, Frame},
    gas::Charged,
    versions::{HostFnWeights, Schedule},
};
use parity_scale_codec::{DecodeAll, DecodeLimit};
use wasmi::Caller;

/// An output pointer that says: I don't want it.
const SKIP: u32 = u32::MAX;

/// How deep an argument's type may nest: lists of hashes are the deepest there are.
const DEPTH: u32 = 4;

/// The surroundings of one host function call.
pub(super) struct Sandbox<'a, 'f> {
    memory: &'a mut [u8],
    pub(super) runtime: &'a mut Runtime<'f>,
}

/// Runs a host function. What stops it stops the contract: the reason stays in the runtime.
pub(super) fn enter<'f, T>(
    caller: &mut Caller<'_, Runtime<'f>>,
    function: impl FnOnce(&mut Sandbox<'_, 'f>) -> Result<T, TrapReason>,
) -> Result<T, wasmi::Error> {
    let Some(memory) = caller.data().memory else {
        return Err(wasmi::Error::host(Stopped));
    };
    let (memory, runtime) = memory.data_and_store_mut(caller);
    let result = function(&mut Sandbox {
        memory,
        runtime: &mut *runtime,
    });
    // Nothing of a call that is void is worth going on with, the frames around included.
    let result =
        result.and_then(|value| runtime.ext.poll().map(|()| value).map_err(TrapReason::from));
    result.map_err(|stop| stop_runtime(runtime, stop))
}

/// Pays for a block of instructions.
pub(super) fn charge_block(runtime: &mut Runtime<'_>, amount: u64) -> Result<(), wasmi::Error> {
    let amount = runtime.block_weight.saturating_add(amount);
    let charged = runtime.meter.charge(amount).map(drop);
    match charged.and_then(|()| runtime.ext.poll_after(amount)) {
        Ok(()) => Ok(()),
        Err(error) => Err(stop_runtime(runtime, error.into())),
    }
}

#[cold]
fn stop_runtime(runtime: &mut Runtime<'_>, stop: TrapReason) -> wasmi::Error {
    runtime.stop = Some(stop);
    wasmi::Error::host(Stopped)
}

/// `base + per × count`.
pub(super) fn priced(base: u64, per: u64, count: u32) -> u64 {
    base.saturating_add(per.saturating_mul(count.into()))
}

impl<'f> Sandbox<'_, 'f> {
    pub(super) fn ext(&mut self) -> &mut (dyn Ext + 'f) {
        self.runtime.ext
    }

    pub(super) fn frame(&self) -> &'f Frame<'f> {
        self.runtime.frame
    }

    pub(super) fn schedule(&self) -> &Schedule {
        self.runtime.ext.schedule()
    }

    /// Pays what `price` says.
    pub(super) fn charge(
        &mut self,
        price: impl FnOnce(&HostFnWeights) -> u64,
    ) -> Result<Charged, Error> {
        let amount = price(&self.schedule().host_fn_weights);
        self.runtime.meter.charge(amount)
    }

    /// Gives back what a charge took beyond what `price` says.
    pub(super) fn adjust(&mut self, charged: Charged, price: impl FnOnce(&HostFnWeights) -> u64) {
        let actual = price(&self.schedule().host_fn_weights);
        self.runtime.meter.adjust(charged, actual);
    }

    /// Bytes of memory. A length beyond what a memory can have fails before anything is made.
    pub(super) fn read(&self, at: u32, len: u32) -> Result<Vec<u8>, Error> {
        if len > self.schedule().limits.max_memory_size() {
            Err(Error::OutOfBounds)
        } else {
            self.slice(at, len).map(<[u8]>::to_vec)
        }
    }

    fn slice(&self, at: u32, len: u32) -> Result<&[u8], Error> {
        let end = (at as usize).checked_add(len as usize);
        end.and_then(|end| self.memory.get(at as usize..end))
            .ok_or(Error::OutOfBounds)
    }

    /// 32 bytes of memory.
    pub(super) fn read_key(&self, at: u32) -> Result<[u8; 32], Error> {
        self.slice(at, 32)?
            .try_into()
            .map_err(|_| Error::OutOfBounds)
    }

    /// A value of which all `len` bytes are its encoding. Reading them is charged, and given back
    /// once it is known that they are.
    pub(super) fn read_as<T: DecodeAll + DecodeLimit>(
        &mut self,
        at: u32,
        len: u32,
    ) -> Result<T, Error> {
        let charged = self.charge(|w| priced(0, w.return_per_byte, len))?;
        let bytes = self.read(at, len)?;
        let value = T::decode_all_with_depth_limit(DEPTH, &mut &bytes[..])
            .map_err(|_| Error::DecodingFailed)?;
        self.runtime.meter.refund(charged);
        Ok(value)
    }

    /// Writes into memory.
    pub(super) fn write(&mut self, at: u32, bytes: &[u8]) -> Result<(), Error> {
        let end = (at as usize).checked_add(bytes.len());
        end.and_then(|end| self.memory.get_mut(at as usize..end))
            .ok_or(Error::OutOfBounds)?
            .copy_from_slice(bytes);
        Ok(())
    }

    /// Writes into a buffer whose length is in memory, and then the length that was used.
    /// `price` says what copying costs.
    pub(super) fn output(
        &mut self,
        out: u32,
        out_len: u32,
        bytes: &[u8],
        price: impl FnOnce(&HostFnWeights, u32) -> u64,
    ) -> Result<(), Error> {
        let room: u32 = self.read_as(out_len, 4)?;
        let len = u32::try_from(bytes.len()).map_err(|_| Error::OutputBufferTooSmall)?;
        if room < len {
            return Err(Error::OutputBufferTooSmall);
        }
        let _ = self.charge(|w| price(w, len))?;
        self.write(out, bytes)?;
        self.write(out_len, &len.to_le_bytes())
    }

    /// The same, unless the contract says that it doesn't want it.
    pub(super) fn optional_output(
        &mut self,
        out: u32,
        out_len: u32,
        bytes: &[u8],
        price: impl FnOnce(&HostFnWeights, u32) -> u64,
    ) -> Result<(), Error> {
        match out {
            SKIP => Ok(()),
            _ => self.output(out, out_len, bytes, price),
        }
    }
}

/// For outputs whose copy is paid for already.
pub(super) fn already_paid(_: &HostFnWeights, _: u32) -> u64 {
    0
}
