use fat_contracts_primitives::CodeHash;
use pink_capi::Fault;

pub use pink_capi::v2::prepare::ExecutionMode;

/// What an engine that can compile is asked besides. On any thread, also while the engine executes.
///
/// Nothing of this is ever part of a result: code gives the same by an artefact, and without one. What
/// is installed is kept by the library, for all its instances, as long as the process lives.
///
/// A method fails with a fault of the engine, after which everything is as it was before.
#[allow(clippy::missing_errors_doc)] // said once, above
pub trait Prepare: Send + Sync + std::fmt::Debug {
    /// Names compiler, settings, and the processor's features: an artefact is for these alone.
    fn compiler(&self) -> [u8; 32];

    /// Compiles code as it lies in the state under its hash. `None`: code of this shape is only ever
    /// interpreted. It takes up to seconds, and the thread's stack that an engine's calls need.
    fn compile(&self, code: &[u8]) -> Result<Option<Vec<u8>>, Fault>;

    /// From now on this code runs by that artefact, which `compile` made of it (here or in another
    /// process of this very worker).
    ///
    /// The engine refuses an artefact of another compiler. It can't know one that was changed, or that
    /// was made of other code: it would run what it is given, on this worker alone, outside of any
    /// sandbox. So whoever keeps artefacts has to authenticate each, together with the code's hash, the
    /// engine's, and the compiler.
    fn install(&self, code_hash: CodeHash, artefact: &[u8]) -> Result<(), Fault>;

    /// What was interpreted though it could have been compiled, since this was asked last, most often
    /// run first; at most `limit`.
    fn wanted(&self, limit: u32) -> Result<Vec<(CodeHash, u64)>, Fault>;

    /// Everything is interpreted from now on, or no longer. Calls that run go on as they began.
    fn set_mode(&self, mode: ExecutionMode) -> Result<(), Fault>;
}
