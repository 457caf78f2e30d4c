//! Where memory comes from, and whether it goes back.

use crate::{
    check::{ensure, failed, Abi, Verdict},
    engine::{
        v2::{self, V2},
        Engine, Place,
    },
    file::File,
    host::{Session, Settings, State},
    scenario::{self, Scenario},
};
use pink_capi::v2::{ffi, Kind};
use std::{sync::Arc, thread};

/// How often the same work is done before memory has to stand still, and afterwards.
const ROUNDS: usize = 6;

/// Bytes of the process's own heap that may come and go for reasons of the tester.
const OWN_NOISE_BYTES: usize = 64 << 10;

pub(super) fn output_released(file: &File, _: Abi) -> Verdict {
    let engine = V2::open(file)?;
    for step in &Scenario::play(&Engine::V2(engine))?.steps {
        for released in &step.done.released {
            let (name, what) = (step.name, released.what);
            ensure!(
                released.cleared || !released.releasable,
                "{name}: after the release of {what} its pointer isn't NULL"
            );
            ensure!(
                released.releasable || released.place == Place::Library,
                "{name}: {what} has no release and isn't static"
            );
        }
    }
    // From any thread, and after the instance is gone.
    let instance = engine.instance()?;
    let input = scenario::sample(Kind::View).input();
    let session = Session::begin(Arc::new(State::new()), Settings::of(Kind::View));
    let request = v2::request(session, Kind::View as u32, &input);
    let mut result = v2::EMPTY;
    // SAFETY: the instance is alive and idle, request and result are valid for the call.
    let status = unsafe { (engine.execute)(instance.raw, &request, &mut result) };
    session.end();
    ensure!(
        status == ffi::OK,
        "a view answers {}",
        crate::engine::name(status)
    );
    let before = engine.heap.used().blocks;
    let moved = SendBuf(result.output);
    let cleared = thread::spawn(move || moved.release())
        .join()
        .map_err(|_| failed!("the release on another thread panicked"))?;
    if let Some(cleared) = cleared {
        ensure!(
            cleared,
            "after a release on another thread the pointer isn't NULL"
        );
        let after = engine.heap.used().blocks;
        ensure!(
            after < before,
            "a release on another thread gives nothing back"
        );
    }
    Ok(())
}

/// A buffer on its way to another thread.
struct SendBuf(ffi::Buf);

// SAFETY: the header lets any thread release a buffer.
unsafe impl Send for SendBuf {}

impl SendBuf {
    /// Releases it; `None` if it is static.
    fn release(mut self) -> Option<bool> {
        let release = self.0.release?;
        // SAFETY: once, on the buffer that it was found in.
        unsafe { release(&mut self.0) };
        Some(self.0.ptr.is_null())
    }
}

pub(super) fn through_host(file: &File, abi: Abi) -> Verdict {
    let engine = Engine::open(file, abi)?;
    let scenario = Scenario::play(&engine)?;
    for step in &scenario.steps {
        for released in &step.done.released {
            ensure!(
                released.place != Place::Elsewhere,
                "{}: {} lies neither in a block of the host nor in the library",
                step.name,
                released.what
            );
        }
    }
    if let Engine::V2(engine) = engine {
        let instance = engine.instance()?;
        ensure!(
            engine.place(instance.raw as usize) != Place::Elsewhere,
            "an instance lies neither in a block of the host nor in the library"
        );
    }
    // What isn't taken from the host is taken from the process, and shows there.
    let of_host = || engine.heap().used().process_bytes;
    let (own, host) = (process_heap(), of_host());
    for _ in 0..ROUNDS {
        engine.describe()?;
    }
    let grown = process_heap().saturating_sub(own);
    let of_host = of_host().saturating_sub(host);
    ensure!(
        grown <= of_host.saturating_add(OWN_NOISE_BYTES),
        "{ROUNDS} descriptions leave {grown} bytes taken from the process, {of_host} from the host"
    );
    Ok(())
}

/// Bytes that this process has from the C library, the host's blocks included.
fn process_heap() -> usize {
    // SAFETY: it only reads counters.
    let info = unsafe { libc::mallinfo2() };
    info.uordblks.saturating_add(info.hblkhd)
}

pub(super) fn allocator_use(file: &File, abi: Abi) -> Verdict {
    let engine = Engine::open(file, abi)?;
    Scenario::play(&engine)?;
    let breaches = engine.heap().breaches();
    match breaches.first() {
        Some(first) => Err(failed!("{first}; {} such calls", breaches.len())),
        None => Ok(()),
    }
}

pub(super) fn to_baseline(file: &File, abi: Abi) -> Verdict {
    let engine = Engine::open(file, abi)?;
    let round = || {
        for _ in 0..ROUNDS {
            // The instance ends with the scenario.
            Scenario::play(&engine)?;
        }
        Ok(engine.heap().used())
    };
    let (first, second) = (round()?, round()?);
    ensure!(
        second.bytes <= first.bytes && second.blocks <= first.blocks,
        "{} bytes in {} blocks after {ROUNDS} rounds, {} in {} after {}",
        first.bytes,
        first.blocks,
        second.bytes,
        second.blocks,
        2 * ROUNDS
    );
    Ok(())
}
