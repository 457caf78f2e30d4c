//! One call on one engine: what both ABIs do once the bytes are decoded.

use crate::{capi::calls::Ecall, engine::show, types::Mode, Engine, Fault, Host, Overlay};
use parity_scale_codec::Encode;

/// An engine with the host of one call.
pub(crate) struct Dispatcher<'c, E> {
    pub(crate) engine: &'c E,
    pub(crate) host: &'c dyn Host,
}

impl<E: Engine> Dispatcher<'_, E> {
    /// Makes the call, and appends the SCALE of what it returns to `reply`.
    pub(crate) fn serve(&self, ecall: Ecall<'_>, reply: &mut Vec<u8>) -> Result<(), Fault> {
        match ecall {
            Ecall::BeginBlock(block) => {
                let done = self.change(|engine, state| engine.begin_block(state, &block))?;
                append(&done, reply);
            }
            Ecall::EndBlock(block) => {
                let done = self.change(|engine, state| engine.end_block(state, &block))?;
                append(&done, reply);
            }
            Ecall::Message(env, message) => {
                let work = |engine: &E, state: &mut Overlay<'_>| {
                    engine.execute(state, &env, message.into_owned())
                };
                let receipt = match env.mode {
                    Mode::Transaction => self.change(work),
                    Mode::Query | Mode::Estimating => self.look(work),
                };
                append(&receipt?, reply);
            }
            Ecall::View(view) => {
                reply.extend(self.look(|engine, state| show(engine, state, view))?);
            }
        }
        Ok(())
    }

    /// Looks at the state, and drops whatever was written.
    fn look<T>(&self, look: impl FnOnce(&E, &mut Overlay<'_>) -> T) -> Result<T, Fault> {
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
}

/// Appends an encoding, with room made at once: the buffer is the worker's, and growing it piece by
/// piece takes a call into the worker each time.
fn append(value: &impl Encode, reply: &mut Vec<u8>) {
    reply.reserve(value.size_hint());
    value.encode_to(reply);
}
