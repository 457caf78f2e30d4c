//! Engines whose calls somebody measures.

use crate::{Engine, Host, MemoryUse, Prepare};
use pink_capi::{calls::Ecall, types::EngineInfo, Fault};
use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

/// Is told of each call into an engine. It learns of nothing that it could change.
pub trait CallObserver: fmt::Debug + Send + Sync {
    /// A call ended: its name in the table of calls, how, and after how long.
    fn engine_called(&self, call: &'static str, fault: Option<&Fault>, took: Duration);
}

/// An engine, and who is told of its calls.
#[derive(Debug)]
pub(crate) struct Observed {
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) observer: Arc<dyn CallObserver>,
}

impl Engine for Observed {
    fn info(&self) -> &EngineInfo {
        self.engine.info()
    }

    fn memory(&self) -> MemoryUse {
        self.engine.memory()
    }

    fn prepare(&self) -> Option<&dyn Prepare> {
        self.engine.prepare()
    }

    fn ecall(&self, host: &mut dyn Host<'_>, ecall: &Ecall<'_>) -> Result<Vec<u8>, Fault> {
        let begun = Instant::now();
        let replied = self.engine.ecall(host, ecall);
        let fault = replied.as_ref().err();
        self.observer
            .engine_called(ecall.info().name, fault, begun.elapsed());
        replied
    }
}
