//! What a worker says to the chain, counted.

use fat_contracts_primitives::{
    AccountId, Checkpoint, ClusterId, EnvelopeKey, Hash, KeyCommitment, SealedKey,
};
use pink_rpc_source::{ChainView, Sender};
use pink_worker_core::source::{ParkReport, SendError};
use pink_worker_metrics::{
    table::{ACKNOWLEDGED, HEIGHT, PROGRESS, SAID},
    Metrics,
};

/// A sender, and who counts.
#[derive(Debug)]
pub(super) struct CountingSender {
    sender: Box<dyn Sender>,
    metrics: Metrics,
}

impl CountingSender {
    pub(super) fn new(sender: Box<dyn Sender>, metrics: Metrics) -> Box<Self> {
        Box::new(Self { sender, metrics })
    }

    fn count(&self, call: &str, said: Result<(), SendError>) -> Result<(), SendError> {
        let result = match said {
            Ok(()) => "sent",
            Err(_) => "failed",
        };
        self.metrics.add(&SAID, &[call, result], 1);
        said
    }
}

impl Sender for CountingSender {
    fn account(&self) -> &AccountId {
        self.sender.account()
    }

    fn acknowledge(
        &mut self,
        cluster: ClusterId,
        checkpoints: Vec<Checkpoint>,
        seen: &ChainView,
    ) -> Result<(), SendError> {
        let last = checkpoints.last().map(|checkpoint| checkpoint.block);
        let said = self.sender.acknowledge(cluster, checkpoints, seen);
        if let (Ok(()), Some(last)) = (&said, last) {
            self.metrics
                .set_number(&HEIGHT, &["acknowledged"], last.into());
            self.metrics.set_now(&PROGRESS, &["acknowledged"]);
            self.metrics.set_now(&ACKNOWLEDGED, &[]);
        }
        self.count("acknowledge", said)
    }

    fn report_parked(
        &mut self,
        cluster: ClusterId,
        report: ParkReport,
        seen: &ChainView,
    ) -> Result<(), SendError> {
        let said = self.sender.report_parked(cluster, report, seen);
        self.count("report_parked", said)
    }

    fn announce_engines(&mut self, files: Vec<Hash>, seen: &ChainView) -> Result<(), SendError> {
        let said = self.sender.announce_engines(files, seen);
        self.count("announce_engines", said)
    }

    fn register_worker(&mut self, seen: &ChainView) -> Result<(), SendError> {
        let said = self.sender.register_worker(seen);
        self.count("register_worker", said)
    }

    fn set_worker_key(&mut self, key: EnvelopeKey, seen: &ChainView) -> Result<(), SendError> {
        let said = self.sender.set_worker_key(key, seen);
        self.count("set_worker_key", said)
    }

    fn commit_cluster_key(
        &mut self,
        cluster: ClusterId,
        commitment: KeyCommitment,
        seen: &ChainView,
    ) -> Result<(), SendError> {
        let said = self.sender.commit_cluster_key(cluster, commitment, seen);
        self.count("commit_cluster_key", said)
    }

    fn share_cluster_key(
        &mut self,
        cluster: ClusterId,
        to: AccountId,
        sealed: SealedKey,
        seen: &ChainView,
    ) -> Result<(), SendError> {
        let said = self.sender.share_cluster_key(cluster, to, sealed, seen);
        self.count("share_cluster_key", said)
    }
}
