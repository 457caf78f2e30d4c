use std::{
    panic::{catch_unwind, resume_unwind, AssertUnwindSafe},
    thread,
};

/// The most stack that an engine may ask for, in bytes. A thread's stack is only reserved, and
/// takes memory as it is used.
pub const MAX_ENGINE_STACK_BYTES: u64 = 256 << 20;

/// Runs `work` on a thread of its own that has stack for any engine.
///
/// # Errors
/// The system gave no thread.
///
/// # Panics
/// If `work` does; with its message.
pub fn with_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, std::io::Error> {
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name("engine".into())
            .stack_size(crate::ENGINE_THREAD_STACK_BYTES)
            .spawn_scoped(scope, || catch_unwind(AssertUnwindSafe(work)))?;
        match thread.join() {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(panic)) | Err(panic) => resume_unwind(panic),
        }
    })
}
