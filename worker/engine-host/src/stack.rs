use std::{
    panic::{catch_unwind, resume_unwind, AssertUnwindSafe},
    thread,
};

/// The most stack that an engine may ask for, in bytes. A thread's stack is only reserved, and
/// takes memory as it is used.
pub const MAX_ENGINE_STACK_BYTES: u64 = 256 << 20;

/// Stack for what the worker itself does around an engine's call.
const OWN_STACK_BYTES: u64 = 1 << 20;

/// Runs `work` on a thread of its own that has stack for any engine.
///
/// # Errors
/// The system gave no thread.
///
/// # Panics
/// If `work` does; with its message.
pub fn with_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, std::io::Error> {
    let bytes = MAX_ENGINE_STACK_BYTES.saturating_add(OWN_STACK_BYTES);
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name("engine".into())
            .stack_size(usize::try_from(bytes).unwrap_or(usize::MAX))
            .spawn_scoped(scope, || catch_unwind(AssertUnwindSafe(work)))?;
        match thread.join() {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(panic)) | Err(panic) => resume_unwind(panic),
        }
    })
}
