//! What is written beside all that is kept, so that another version of the program knows whether it can read it.

/// How the chain on disk is kept. Any change of the tables, or of the runtime's storage, is another format.
pub(crate) const FORMAT: u32 = 1;

/// Who writes it.
pub(crate) const MAKER: &str = concat!("pink-worker ", env!("CARGO_PKG_VERSION"));
