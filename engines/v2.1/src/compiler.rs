//! What compiles contracts.

use pink_engine_executor::Compiler;
use pink_engine_native::Native;
use std::sync::OnceLock;

/// Made when it is first asked for. None: it doesn't know this processor, and everything is
/// interpreted.
pub fn native(settings: pink_engine_executor::Settings) -> Option<&'static dyn Compiler> {
    static NATIVE: OnceLock<Option<Native>> = OnceLock::new();
    let native = NATIVE.get_or_init(|| Native::new(settings).ok());
    native.as_ref().map(|native| native as &dyn Compiler)
}
