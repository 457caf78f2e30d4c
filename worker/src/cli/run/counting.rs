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

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes every other word.
    #[derive(Debug)]
    struct Fussy(AccountId, bool);

    impl Fussy {
        fn said(&mut self) -> Result<(), SendError> {
            self.1 = !self.1;
            if self.1 {
                Ok(())
            } else {
                Err(SendError::Refused {
                    call: "a call",
                    reason: "as asked".into(),
                })
            }
        }
    }

    impl Sender for Fussy {
        fn account(&self) -> &AccountId {
            &self.0
        }

        fn acknowledge(
            &mut self,
            _: ClusterId,
            _: Vec<Checkpoint>,
            _: &ChainView,
        ) -> Result<(), SendError> {
            self.said()
        }

        fn report_parked(
            &mut self,
            _: ClusterId,
            _: ParkReport,
            _: &ChainView,
        ) -> Result<(), SendError> {
            self.said()
        }

        fn announce_engines(&mut self, _: Vec<Hash>, _: &ChainView) -> Result<(), SendError> {
            self.said()
        }

        fn register_worker(&mut self, _: &ChainView) -> Result<(), SendError> {
            self.said()
        }

        fn set_worker_key(&mut self, _: EnvelopeKey, _: &ChainView) -> Result<(), SendError> {
            self.said()
        }

        fn commit_cluster_key(
            &mut self,
            _: ClusterId,
            _: KeyCommitment,
            _: &ChainView,
        ) -> Result<(), SendError> {
            self.said()
        }

        fn share_cluster_key(
            &mut self,
            _: ClusterId,
            _: AccountId,
            _: SealedKey,
            _: &ChainView,
        ) -> Result<(), SendError> {
            self.said()
        }
    }

    fn checkpoint(block: u32) -> Checkpoint {
        Checkpoint {
            block,
            last_seq: 0,
            engine: fat_contracts_primitives::EngineVersion::new(1, 0),
            root: [0; 32].into(),
            receipts_root: [0; 32].into(),
            message_hash: [0; 32].into(),
            effects: Vec::new(),
        }
    }

    #[test]
    fn what_is_said_is_counted_by_what_became_of_it() {
        let metrics = Metrics::new();
        let mut watched = CountingSender::new(
            Box::new(Fussy(AccountId::new([1; 32]), false)),
            metrics.clone(),
        );
        let seen = ChainView {
            block: 1,
            genesis: Hash::zero(),
            nonce: None,
            metadata: None,
        };
        let value = |name: &str| -> f64 {
            let text = metrics.text();
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            line.expect("a series").parse().expect("a number")
        };
        let last = "pink_acknowledgement_last_success_timestamp_seconds";
        assert_eq!(value(last), 0.0);
        watched
            .acknowledge(1, vec![checkpoint(6), checkpoint(7)], &seen)
            .unwrap();
        assert!(value(last) > 1_700_000_000.0);
        assert_eq!(value("pink_block_height{status=\"acknowledged\"}"), 7.0);
        watched
            .acknowledge(1, vec![checkpoint(8)], &seen)
            .unwrap_err();
        assert_eq!(value("pink_block_height{status=\"acknowledged\"}"), 7.0);
        watched.register_worker(&seen).unwrap();
        watched.announce_engines(Vec::new(), &seen).unwrap_err();
        watched.set_worker_key([1; 32], &seen).unwrap();
        watched
            .commit_cluster_key(1, [1; 32].into(), &seen)
            .unwrap_err();
        watched
            .share_cluster_key(1, AccountId::new([2; 32]), [1; 80], &seen)
            .unwrap();
        for (call, sent, failed) in [
            ("acknowledge", 1.0, 1.0),
            ("register_worker", 1.0, 0.0),
            ("announce_engines", 0.0, 1.0),
            ("set_worker_key", 1.0, 0.0),
            ("commit_cluster_key", 0.0, 1.0),
            ("share_cluster_key", 1.0, 0.0),
            ("report_parked", 0.0, 0.0),
        ] {
            let of = |result| {
                value(&format!(
                    "pink_chain_messages_total{{call=\"{call}\",result=\"{result}\"}}"
                ))
            };
            assert_eq!((of("sent"), of("failed")), (sent, failed), "{call}");
        }
    }
}
