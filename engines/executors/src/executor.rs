//! What an engine shows of its executor.

use wasmi::{AsContextMut, Config, Extern, ExternType, Instance, Store};

/// How an engine has code executed.
pub trait Executor {
    /// What the stores of its modules hold.
    type Data: Default + 'static;

    /// What it asks the interpreter for.
    fn config(&self) -> Config;

    /// Code that this configuration accepts, as the interpreter is given it.
    ///
    /// # Errors
    /// It can't be rewritten.
    fn rewrite(&self, code: &[u8]) -> Result<Vec<u8>, String>;

    /// What rewritten code imports besides what it imported before. None if it isn't the
    /// rewriting's.
    fn import(
        &self,
        store: &mut Store<Self::Data>,
        module: &str,
        name: &str,
        ty: &ExternType,
    ) -> Option<Extern>;

    /// What the rewriting exports a module's start function as. None if it stays a start function.
    fn start(&self) -> Option<&'static str> {
        None
    }

    /// Makes an instance ready for a call: for rewritten code that counts, and has to be told from
    /// where.
    fn begin(&self, store: &mut Store<Self::Data>, instance: &Instance) {
        let _ = (store.as_context_mut(), instance);
    }

    /// Tells a store where the memory is in which a module's code works.
    fn memory(&self, store: &mut Store<Self::Data>, memory: wasmi::Memory) {
        let _ = (store.as_context_mut(), memory);
    }
}
