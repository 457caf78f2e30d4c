//! The way from the interpreter to the frame that runs.
//!
//! A module's host functions are made once and used by many frames, so they can't hold the call
//! stack, which lives for one message. It is put in scope on the thread while code runs, and a
//! host function takes it from there; while it has it, nobody else can.

use crate::{
    ext::{Ext, TrapReason},
    host_fns::{self, Sandbox},
};
use scoped_tls_hkt::{scoped_thread_local, ReborrowMut};
use wasmi::{AsContextMut, Caller, Error, Memory};

/// What a store knows of its frame.
#[derive(Debug, Default)]
pub(crate) struct Handles {
    /// The memory.
    pub(crate) memory: Option<Memory>,
}

/// What the interpreter's side keeps of a frame while its code runs.
#[derive(Debug)]
pub(crate) struct Progress {
    /// The fuel that the code had when it was last accounted for.
    given: u64,
    /// The part of it that the interpreter doesn't have yet.
    withheld: u64,
    /// The most fuel that the interpreter has at a time.
    slice: u64,
    /// Why the code was stopped.
    pub(super) trap: Option<TrapReason>,
}

impl Progress {
    /// At the start, with `fuel` and all of it at once.
    pub(super) fn new(fuel: u64) -> Self {
        Self {
            given: fuel,
            withheld: 0,
            slice: u64::MAX,
            trap: None,
        }
    }

    /// Hands out fuel in slices from now on, and returns what the interpreter keeps of `left`.
    pub(super) fn begin_slices(&mut self, slice: u64, left: u64) -> u64 {
        self.slice = slice;
        self.split(left)
    }

    /// Splits the fuel that the code has from now on: what the interpreter gets, and the rest.
    fn split(&mut self, fuel: u64) -> u64 {
        let given = fuel.min(self.slice);
        self.withheld = fuel.saturating_sub(given);
        given
    }
}

/// The frame that runs, for as long as its code does.
pub(crate) struct Runtime<'a> {
    pub(super) ext: &'a mut (dyn Ext + 'a),
    pub(super) progress: &'a mut Progress,
}

impl<'short, 'long: 'short> ReborrowMut<'short> for Runtime<'long> {
    type Result = Runtime<'short>;

    fn reborrow_mut(&'short mut self) -> Runtime<'short> {
        Runtime {
            ext: self.ext,
            progress: self.progress,
        }
    }
}

scoped_thread_local!(pub(super) static mut RUNTIME: for<'a> Runtime<'a>);

impl Runtime<'_> {
    /// Takes what was burned since the last time from the frame's gas, when the interpreter has
    /// `remaining`.
    pub(super) fn burn(&mut self, remaining: u64) -> Result<(), crate::error::Error> {
        let remaining = remaining.saturating_add(self.progress.withheld);
        self.ext.burn(self.progress.given, remaining)
    }

    /// Does the work of a host function. `fuel` is what the interpreter has left; the answer is
    /// what it has from now on, and whether the code goes on.
    fn host_call(&mut self, fuel: u64, memory: &mut [u8], work: &mut Work<'_>) -> (u64, bool) {
        if self.burn(fuel).is_err() {
            return (0, false);
        }
        let served = work(self.ext, &mut host_fns::Memory(memory));
        // Nothing of a call that is void is worth going on with, the frames around included.
        let served = served.and_then(|()| self.ext.poll().map_err(TrapReason::from));
        let goes_on = served.is_ok();
        if let Err(trap) = served {
            self.progress.trap = Some(trap);
        }
        // From the meter, so that what the function cost lowers the fuel.
        let Ok(fuel) = self.ext.fuel() else {
            return (0, false);
        };
        self.progress.given = fuel;
        (self.progress.split(fuel), goes_on)
    }

    /// The code has used up the fuel that it was given, but for `left`. The answer is what it has
    /// from now on, if it may go on.
    pub(super) fn more_fuel(&mut self, left: u64) -> Option<u64> {
        if let Err(error) = self.ext.poll() {
            self.progress.trap = Some(error.into());
            return None;
        }
        match self.progress.withheld {
            0 => None,
            withheld => {
                let more = withheld.min(self.progress.slice);
                self.progress.withheld = withheld.saturating_sub(more);
                Some(left.saturating_add(more))
            }
        }
    }
}

/// The work of one call of a host function.
type Work<'a> = dyn FnMut(&mut dyn Ext, &mut host_fns::Memory<'_>) -> Result<(), TrapReason> + 'a;

impl Sandbox for Handles {
    fn serve<T>(
        caller: &mut Caller<'_, Self>,
        work: impl FnOnce(&mut dyn Ext, &mut host_fns::Memory<'_>) -> Result<T, TrapReason>,
    ) -> Result<T, Error> {
        let (mut work, mut value) = (Some(work), None);
        serve(caller, &mut |ext, memory| {
            if let Some(work) = work.take() {
                value = Some(work(ext, memory)?);
            }
            Ok(())
        })?;
        value.ok_or_else(|| Error::i32_exit(0))
    }
}

fn serve(caller: &mut Caller<'_, Handles>, work: &mut Work<'_>) -> Result<(), Error> {
    let fuel = caller.get_fuel()?;
    let memory = caller.data().memory;
    let bytes = match memory {
        Some(memory) => memory.data_mut(caller.as_context_mut()),
        None => &mut [],
    };
    let (fuel, goes_on) = RUNTIME.with(|mut runtime| runtime.host_call(fuel, bytes, work));
    caller.set_fuel(fuel)?;
    if !goes_on {
        // The runtime remembers why; the interpreter only has to stop.
        return Err(Error::i32_exit(0));
    }
    Ok(())
}

/// Runs something as the code of a frame that has `later` fuel besides what its interpreter has,
/// in slices; and what of it was never asked for.
#[cfg(test)]
pub(crate) fn with_runtime<T>(
    ext: &mut dyn Ext,
    later: u64,
    slice: u64,
    run: impl FnOnce() -> T,
) -> (T, u64) {
    let mut progress = Progress::new(0);
    progress.withheld = later;
    progress.slice = slice;
    let runtime = Runtime {
        ext,
        progress: &mut progress,
    };
    let result = RUNTIME.set(runtime, run);
    (result, progress.withheld)
}
