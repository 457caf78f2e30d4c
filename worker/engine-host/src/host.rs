use crate::Outside;
use pink_capi::{
    types::{AccountId, Hash},
    Fault,
};
use std::borrow::Cow;

/// What a call changes: ascending keys, none twice; no value removes the key.
pub type Changes = Vec<(Vec<u8>, Option<Vec<u8>>)>;
/// Keys with their values, ascending.
pub type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

/// What an engine may ask of the worker during one call, whichever ABI carries it. `'s` is the
/// life of the state that the call sees.
pub trait Host<'s> {
    /// The value under a key, as of the start of the call.
    ///
    /// # Errors
    /// The store failed.
    fn get(&self, key: &[u8]) -> Result<Option<Cow<'s, [u8]>>, Fault>;

    /// The first `limit` pairs with `start <= key < end`, ascending.
    ///
    /// # Errors
    /// The store failed.
    fn range(&self, start: &[u8], end: Option<&[u8]>, limit: u32) -> Result<Pairs, Fault>;

    /// Stages the change set of the call.
    ///
    /// # Errors
    /// A second one in a call, one in a call that must not change the state, or one whose keys
    /// don't ascend.
    fn commit(&mut self, changes: Changes) -> Result<(), Fault>;

    /// A line for the operator.
    fn log(&mut self, level: u8, contract: Option<AccountId>, text: String);

    /// The bytes of a system contract's code.
    ///
    /// # Errors
    /// The store failed.
    fn system_code(&self, hash: &Hash) -> Result<Option<Vec<u8>>, Fault>;

    /// The seed that the cluster's workers share.
    ///
    /// # Errors
    /// [`Fault::NoClusterKey`]: this worker hasn't got it. The contract doesn't get to know, or
    /// workers would part.
    fn cluster_key(&self) -> Result<[u8; 32], Fault>;

    /// Whether the call should go on; asked in queries and estimates only.
    ///
    /// # Errors
    /// [`Fault::Cancelled`]: nobody waits for the answer any more.
    fn poll(&self) -> Result<(), Fault> {
        Ok(())
    }

    /// What a query may reach beyond the state.
    ///
    /// # Errors
    /// This call is no query.
    fn outside(&self) -> Result<&dyn Outside, Fault>;
}
