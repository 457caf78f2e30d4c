use crate::{host::Host, MemoryUse, Prepare};
use parity_scale_codec::Decode;
use pink_capi::{
    calls::{decode_reply, Ecall, ViewCall},
    types::{Block, BlockReceipt, EngineInfo, Env, Message, Receipt},
    Fault,
};
use std::borrow::Cow;

/// A loaded engine. Every call reads the state through the host that it is given and stages its
/// changes there; several threads may call at once, each with a host of its own, on a thread
/// with the stack that [`EngineInfo::min_stack_bytes`] asks for.
///
/// Every method fails with a [`Fault`] of the engine or of the host, which is never a contract's
/// outcome. [`Fault::Memory`] says that the call took more than [`Host::memory_bytes`]; it is found
/// at the next call of the host, or when the call ends.
#[allow(clippy::missing_errors_doc)] // said once, above
pub trait Engine: Send + Sync + std::fmt::Debug {
    /// What the engine says about itself; read once, when it was loaded.
    fn info(&self) -> &EngineInfo;

    /// What the engine has allocated, in all its calls and caches.
    fn memory(&self) -> MemoryUse;

    /// What it is asked besides, if it can compile code ahead of its calls.
    fn prepare(&self) -> Option<&dyn Prepare> {
        None
    }

    /// Makes a call, and returns the SCALE of what it returned.
    fn ecall(&self, host: &mut dyn Host<'_>, ecall: &Ecall<'_>) -> Result<Vec<u8>, Fault>;
}

#[allow(clippy::missing_errors_doc)] // as the trait's
impl dyn Engine + '_ {
    /// The first work of a block.
    pub fn begin_block(
        &self,
        host: &mut dyn Host<'_>,
        block: &Block,
    ) -> Result<BlockReceipt, Fault> {
        self.typed(host, &Ecall::BeginBlock(Cow::Borrowed(block)))
    }

    /// The last work of a block.
    pub fn end_block(&self, host: &mut dyn Host<'_>, block: &Block) -> Result<BlockReceipt, Fault> {
        self.typed(host, &Ecall::EndBlock(Cow::Borrowed(block)))
    }

    /// One message, in any mode.
    pub fn execute(
        &self,
        host: &mut dyn Host<'_>,
        env: &Env,
        message: &Message,
    ) -> Result<Receipt, Fault> {
        let (env, message) = (Cow::Borrowed(env), Cow::Borrowed(message));
        self.typed(host, &Ecall::Message(env, message))
    }

    /// A look at the state: `engine.view(host, view::Account { who })`. The fault is
    /// [`Fault::UnknownCall`] if the engine is older than the view.
    pub fn view<V: ViewCall>(&self, host: &mut dyn Host<'_>, view: V) -> Result<V::Reply, Fault> {
        self.typed(host, &Ecall::View(view.into()))
    }

    fn typed<T: Decode>(&self, host: &mut dyn Host<'_>, ecall: &Ecall<'_>) -> Result<T, Fault> {
        let id = ecall.id();
        if !ecall.info().is_in(self.info().version) {
            return Err(Fault::UnknownCall { id });
        }
        decode_reply(id, &self.ecall(host, ecall)?)
    }
}
