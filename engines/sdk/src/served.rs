//! One call on one engine: what both ABIs do once the bytes are decoded.

use crate::{
    types::{Block, BlockReceipt, Env, Message, Mode, Receipt},
    Engine, Fault, Host, Overlay,
};

/// An engine with the host of one call.
pub(crate) struct Served<'c, E> {
    pub(crate) engine: &'c E,
    pub(crate) host: &'c dyn Host,
}

impl<E: Engine> Served<'_, E> {
    /// Looks at the state, and drops whatever was written.
    pub(crate) fn view<T>(&self, look: impl FnOnce(&E, &mut Overlay<'_>) -> T) -> Result<T, Fault> {
        let mut state = Overlay::new(self.host);
        let seen = look(self.engine, &mut state);
        state.into_changes().map(|_| seen)
    }

    /// Executes, and commits what was written.
    fn change<T>(&self, work: impl FnOnce(&E, &mut Overlay<'_>) -> T) -> Result<T, Fault> {
        let mut state = Overlay::new(self.host);
        let done = work(self.engine, &mut state);
        let changes = state.into_changes()?;
        if !changes.is_empty() {
            self.host.commit(changes)?;
        }
        Ok(done)
    }

    pub(crate) fn begin_block(&self, block: &Block) -> Result<BlockReceipt, Fault> {
        self.change(|engine, state| engine.begin_block(state, block))
    }

    pub(crate) fn end_block(&self, block: &Block) -> Result<BlockReceipt, Fault> {
        self.change(|engine, state| engine.end_block(state, block))
    }

    pub(crate) fn execute(&self, env: &Env, message: Message) -> Result<Receipt, Fault> {
        let work = |engine: &E, state: &mut Overlay<'_>| engine.execute(state, env, message);
        match env.mode {
            Mode::Transaction => self.change(work),
            Mode::Query | Mode::Estimating => self.view(work),
        }
    }
}
