use crate::{
    host::check_changes, Changes, Host, OffchainServices, Pairs, StateError, StateRead,
    QUERY_MEMORY_BYTES, TRANSACTION_MEMORY_BYTES,
};
use pink_capi::{
    types::{AccountId, Hash},
    Fault,
};
use std::borrow::Cow;

/// Where the bytes of system contract codes come from.
pub trait SystemCodes: Send + Sync {
    /// The code with this BLAKE2b-256, if it is known.
    ///
    /// # Errors
    /// The store failed.
    fn system_code(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StateError>;
}

/// No system contract.
impl SystemCodes for () {
    fn system_code(&self, _: &Hash) -> Result<Option<Vec<u8>>, StateError> {
        Ok(None)
    }
}

/// A line that an engine wrote for the operator. Not part of any result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// 1 error … 5 trace.
    pub level: u8,
    /// The contract that it is about.
    pub contract: Option<AccountId>,
    /// The contract that was called first, as whoever made the call has it.
    pub entry: Option<AccountId>,
    /// The text.
    pub text: String,
}

/// Lines kept of one call; a contract can log much.
const MAX_LOG_LINES: usize = 1024;

/// Bytes of text kept of one call.
const MAX_LOG_BYTES: usize = 1 << 20;

/// The host of one call into an engine.
pub struct Session<'s> {
    state: &'s dyn StateRead,
    codes: &'s dyn SystemCodes,
    cluster_key: Option<[u8; 32]>,
    services: Option<&'s dyn OffchainServices>,
    wanted: Option<&'s dyn Fn() -> bool>,
    memory_bytes: u64,
    may_commit: bool,
    staged: Option<Changes>,
    log: Vec<LogLine>,
    log_bytes: usize,
    log_lost: u64,
}

impl<'s> Session<'s> {
    /// A call that only looks. It may take [`QUERY_MEMORY_BYTES`].
    pub fn reading(state: &'s dyn StateRead, codes: &'s dyn SystemCodes) -> Self {
        Self {
            state,
            codes,
            cluster_key: None,
            services: None,
            wanted: None,
            memory_bytes: QUERY_MEMORY_BYTES,
            may_commit: false,
            staged: None,
            log: Vec::new(),
            log_bytes: 0,
            log_lost: 0,
        }
    }

    /// A call that may stage changes. It may take [`TRANSACTION_MEMORY_BYTES`].
    pub fn changing(state: &'s dyn StateRead, codes: &'s dyn SystemCodes) -> Self {
        Self {
            memory_bytes: TRANSACTION_MEMORY_BYTES,
            may_commit: true,
            ..Self::reading(state, codes)
        }
    }

    /// With the seed that the cluster's workers share.
    pub fn with_cluster_key(self, cluster_key: Option<[u8; 32]>) -> Self {
        Self {
            cluster_key,
            ..self
        }
    }

    /// With the world beyond the state: for queries.
    pub fn with_services(self, services: &'s dyn OffchainServices) -> Self {
        Self {
            services: Some(services),
            ..self
        }
    }

    /// With another limit of what it may take, in bytes. For calls that only look: what others may
    /// take is part of consensus.
    pub fn with_memory_bytes(self, memory_bytes: u64) -> Self {
        Self {
            memory_bytes,
            ..self
        }
    }

    /// With a question that is asked again and again while a query or an estimate runs: whether
    /// anybody waits for the answer.
    pub fn while_wanted(self, wanted: &'s dyn Fn() -> bool) -> Self {
        Self {
            wanted: Some(wanted),
            ..self
        }
    }

    /// What the call staged, and what it wrote for the operator.
    /// If there were too many lines, the last one says how many are missing.
    pub fn finish(mut self) -> (Changes, Vec<LogLine>) {
        if self.log_lost > 0 {
            self.log.push(LogLine {
                level: 2,
                contract: None,
                entry: None,
                text: format!("{} more lines are lost", self.log_lost),
            });
        }
        (self.staged.unwrap_or_default(), self.log)
    }
}

impl std::fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("may_commit", &self.may_commit)
            .finish_non_exhaustive()
    }
}

fn failed(error: StateError) -> Fault {
    Fault::Host {
        reason: error.to_string(),
    }
}

fn refused<T>(reason: &str) -> Result<T, Fault> {
    Err(Fault::CommitRefused {
        reason: reason.into(),
    })
}

impl<'s> Host<'s> for Session<'s> {
    fn get(&self, key: &[u8]) -> Result<Option<Cow<'s, [u8]>>, Fault> {
        self.state.get(key).map_err(failed)
    }

    fn range(&self, start: &[u8], end: Option<&[u8]>, limit: u32) -> Result<Pairs, Fault> {
        self.state.range(start, end, limit).map_err(failed)
    }

    fn commit(&mut self, changes: Changes) -> Result<(), Fault> {
        if !self.may_commit {
            return refused("the state must not change in this call");
        }
        if self.staged.is_some() {
            return refused("a second commit in one call");
        }
        let value_len = |value: &Option<Vec<u8>>| value.as_ref().map_or(0, Vec::len);
        check_changes(
            changes
                .iter()
                .map(|(key, value)| (key.len(), value_len(value))),
        )?;
        if !changes.is_sorted_by(|(before, _), (after, _)| before < after) {
            return refused("the keys don't ascend");
        }
        self.staged = Some(changes);
        Ok(())
    }

    fn log(&mut self, level: u8, contract: Option<AccountId>, text: String) {
        let bytes = self.log_bytes.saturating_add(text.len());
        if self.log.len() >= MAX_LOG_LINES || bytes > MAX_LOG_BYTES {
            self.log_lost = self.log_lost.saturating_add(1);
            return;
        }
        self.log_bytes = bytes;
        self.log.push(LogLine {
            level,
            contract,
            entry: None,
            text,
        });
    }

    fn system_code(&self, hash: &Hash) -> Result<Option<Vec<u8>>, Fault> {
        self.codes.system_code(hash).map_err(failed)
    }

    fn cluster_key(&self) -> Result<[u8; 32], Fault> {
        self.cluster_key.ok_or(Fault::NoClusterKey)
    }

    fn memory_bytes(&self) -> u64 {
        self.memory_bytes
    }

    fn poll(&self) -> Result<(), Fault> {
        if self.wanted.is_none_or(|wanted| wanted()) {
            return Ok(());
        }
        Err(Fault::Cancelled)
    }

    fn services(&self) -> Result<&dyn OffchainServices, Fault> {
        self.services.ok_or_else(|| Fault::Host {
            reason: "off-chain services are there in queries alone".into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn commits_are_refused_where_they_must_be() {
        let state = BTreeMap::new();
        let change = |key: u8| (vec![key], None);
        let mut reading = Session::reading(&state, &());
        assert!(matches!(
            reading.commit(vec![]),
            Err(Fault::CommitRefused { .. })
        ));
        let mut session = Session::changing(&state, &());
        for wrong in [vec![change(2), change(1)], vec![change(1), change(1)]] {
            assert!(matches!(
                session.commit(wrong),
                Err(Fault::CommitRefused { .. })
            ));
        }
        assert_eq!(session.commit(vec![change(1), change(2)]), Ok(()));
        assert!(matches!(
            session.commit(vec![]),
            Err(Fault::CommitRefused { .. })
        ));
        assert_eq!(session.finish().0, vec![change(1), change(2)]);
    }

    /// Both edges of both bounds, counted by hand.
    #[test]
    fn changes_are_bounded() {
        let state = BTreeMap::new();
        let commit = |changes: Changes| Session::changing(&state, &()).commit(changes);
        let keys = |count: u32| -> Changes {
            (0..count)
                .map(|key| (key.to_be_bytes().to_vec(), None))
                .collect()
        };
        assert_eq!(commit(keys(1 << 20)), Ok(()));
        let over = Fault::ChangesTooLarge {
            keys: (1 << 20) + 1,
            bytes: 0,
        };
        assert_eq!(commit(keys((1 << 20) + 1)), Err(over));
        // Half of it is one value's, and the rest another's and of both keys, of a byte each.
        let values = |last: usize| -> Changes {
            vec![
                (vec![1], Some(vec![0; 256 << 20])),
                (vec![2], Some(vec![0; last])),
            ]
        };
        assert_eq!(commit(values((256 << 20) - 2)), Ok(()));
        let over = Fault::ChangesTooLarge {
            keys: 2,
            bytes: (512 << 20) + 1,
        };
        assert_eq!(commit(values((256 << 20) - 1)), Err(over));
    }

    #[test]
    fn lines_are_bounded_and_what_is_lost_is_said() {
        let state = BTreeMap::new();
        let mut session = Session::reading(&state, &());
        for _ in 0..MAX_LOG_LINES + 5 {
            session.log(3, None, "a line".into());
        }
        let (_, log) = session.finish();
        assert_eq!(log.len(), MAX_LOG_LINES + 1);
        assert_eq!(log[MAX_LOG_LINES].text, "5 more lines are lost");
        let mut session = Session::reading(&state, &());
        session.log(3, None, "x".repeat(MAX_LOG_BYTES));
        session.log(3, None, "y".into());
        let (_, log) = session.finish();
        assert_eq!(log[1].text, "1 more lines are lost");
    }
}
