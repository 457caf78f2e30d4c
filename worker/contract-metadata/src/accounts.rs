//! How accounts are written.

use crate::TypeError;

/// Reads and writes accounts, 32 bytes, as the caller's users know them.
///
/// Which forms there are (SS58 of a network, `//Name` of a development phrase) is no matter of a
/// contract, and the cryptography behind some of them none of this crate.
pub trait Accounts {
    /// What an account looks like, for an error: `an account: …`.
    fn forms(&self) -> &'static str;

    /// Reads an account.
    ///
    /// # Errors
    /// It is none: what was expected, and what was found.
    fn read(&self, text: &str) -> Result<[u8; 32], TypeError>;

    /// Writes an account. What it gives, [`read`](Self::read) takes.
    fn write(&self, account: &[u8; 32]) -> String;
}
