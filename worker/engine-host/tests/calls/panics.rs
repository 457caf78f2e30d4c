//! Whose panic it was.

use crate::cluster::{Cluster, Work, V1_0, V2_0};
use pink_capi::{
    types::{AccountId, Hash, Mode, Outcome},
    Fault,
};
use pink_engine_host::{Changes, Host, OffchainServices, Pairs, Session};
use std::{
    borrow::Cow,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

/// A worker that panics at one of its reads.
struct Panics<'s> {
    session: Session<'s>,
    reads: AtomicU32,
    at: u32,
}

impl<'s> Host<'s> for Panics<'s> {
    fn get(&self, key: &[u8]) -> Result<Option<Cow<'s, [u8]>>, Fault> {
        assert_ne!(
            self.reads.fetch_add(1, Relaxed),
            self.at,
            "the worker's own"
        );
        self.session.get(key)
    }
    fn range(&self, start: &[u8], end: Option<&[u8]>, limit: u32) -> Result<Pairs, Fault> {
        self.session.range(start, end, limit)
    }
    fn commit(&mut self, changes: Changes) -> Result<(), Fault> {
        self.session.commit(changes)
    }
    fn log(&mut self, level: u8, contract: Option<AccountId>, text: String) {
        self.session.log(level, contract, text);
    }
    fn system_code(&self, hash: &Hash) -> Result<Option<Vec<u8>>, Fault> {
        self.session.system_code(hash)
    }
    fn cluster_key(&self) -> Result<[u8; 32], Fault> {
        self.session.cluster_key()
    }
    fn services(&self) -> Result<&dyn OffchainServices, Fault> {
        self.session.services()
    }
}

/// A worker that panics while it serves an engine is told as a worker that failed: nobody is to
/// think that the engine panicked, which every worker's would do alike.
#[test]
fn a_worker_s_own_panic_is_the_worker_s() {
    for version in [V1_0, V2_0] {
        let cluster = Cluster::new(version);
        let call = cluster.call(Work::Nest(1));
        for at in 0..4 {
            let (told, changes) = cluster.on(Mode::Transaction, |engine, env| {
                let mut host = Panics {
                    session: Session::changing(&cluster.state, &()),
                    reads: AtomicU32::new(0),
                    at,
                };
                let told = engine.execute(&mut host, env, &call);
                (told, host.session.finish().0)
            });
            match told {
                Err(Fault::Host { reason }) => assert!(reason.contains("panicked"), "{reason}"),
                other => panic!("{version}, read {at}: {other:?}"),
            }
            assert_eq!(changes, Vec::new());
        }
        // The engine is as it was.
        let (receipt, _) = cluster.attempt(&call).unwrap();
        assert_eq!(receipt.outcome, Outcome::Success);
    }
}
