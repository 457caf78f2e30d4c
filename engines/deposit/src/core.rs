//! What all messages of an engine share.

use crate::{
    code::{self, Cache},
    state::CodeInfo,
    versions::Rules,
};
use pink_engine_sdk::{
    types::{Event, Hash},
    Overlay,
};

/// Rules and caches.
#[derive(Debug)]
pub(crate) struct Core {
    /// The rules.
    pub rules: &'static Rules,
    /// Compiled code.
    pub cache: Cache,
    /// Native code, where there is a compiler for it.
    #[cfg(feature = "metered")]
    pub native: Option<&'static crate::metered::Preparing>,
}

impl Core {
    /// A code's record; see [`code::info`].
    pub(crate) fn code_info(
        &self,
        state: &mut Overlay<'_>,
        hash: &Hash,
        to_be_run: bool,
        events: &mut Vec<Event>,
    ) -> Option<CodeInfo> {
        code::info(self.rules, &self.cache, state, hash, to_be_run, events)
    }
}
