//! The form of `table.toml`.
//!
//! `xtask` writes the table and has this very file for a module, so that there is one form of it.

use serde::Deserialize;
use std::collections::BTreeMap;

/// What was counted when the table was written, and how far from it a call may be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    /// Calls that are counted together.
    pub(crate) calls: u64,
    /// Percent by which a call may get dearer.
    pub(crate) tolerance: u64,
    /// Instructions of one call, by its name.
    pub(crate) instructions: BTreeMap<String, u64>,
}

/// Reads the table.
///
/// # Errors
/// It isn't one: the message names line and column.
pub(crate) fn parse(text: &str) -> Result<Table, toml::de::Error> {
    toml::from_str(text)
}
