//! What a worker says of blocks, said by a thread of its own: a node that takes its time delays no block.

use fat_contracts_primitives::{
    AccountId, Checkpoint, ClusterId, EnvelopeKey, Hash, KeyCommitment, SealedKey,
};
use pink_rpc_source::{ChainView, Sender};
use pink_worker_core::source::{ParkReport, SendError};
use std::{
    fmt, io,
    sync::{
        atomic::{AtomicU64, Ordering},
        mpsc, Arc, Mutex, MutexGuard, PoisonError,
    },
    thread::{Builder, JoinHandle},
};

type Say = Box<dyn FnOnce(&mut dyn Sender) + Send>;

/// How often the worker went back, because governance decided otherwise about what it had executed. What was to be said before
/// that isn't so any more.
#[derive(Clone, Debug, Default)]
pub(super) struct Amended(Arc<AtomicU64>);

impl Amended {
    /// It went back.
    pub(super) fn went_back(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    fn count(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

/// A kind of word of which one is on its way at a time.
#[derive(Clone, Debug, Default)]
struct Slot(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    under_way: bool,
    /// Why the last one wasn't said, until somebody was told.
    failed: Option<SendError>,
}

impl Slot {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A sender, on a thread of its own.
///
/// What is said of blocks is on its way when it is handed over; while it is, no other of its kind is, and the loop says it anew
/// with its next round, as it does until the chain shows it. That one failed is the answer to the next. All else is rare, and waits.
pub(super) struct Spoken {
    account: AccountId,
    amended: Amended,
    acknowledged: Slot,
    reported: Slot,
    /// None: it is being dropped.
    words: Option<mpsc::Sender<Say>>,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for Spoken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spoken").finish_non_exhaustive()
    }
}

impl Spoken {
    /// By a sender that waits for nobody once the program stops.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn new(mut sender: Box<dyn Sender>, amended: Amended) -> io::Result<Self> {
        let account = sender.account().clone();
        let (words, said) = mpsc::channel::<Say>();
        let thread = Builder::new().name("speaker".into()).spawn(move || {
            for say in said {
                say(&mut *sender);
            }
        })?;
        Ok(Self {
            account,
            amended,
            acknowledged: Slot::default(),
            reported: Slot::default(),
            words: Some(words),
            thread: Some(thread),
        })
    }

    fn hand_over(&self, say: Say) -> Result<(), SendError> {
        let sent = self.words.as_ref().map(|words| words.send(say));
        match sent {
            Some(Ok(())) => Ok(()),
            _ => Err(SendError::Refused {
                call: "anything",
                reason: "the thread that speaks is gone".into(),
            }),
        }
    }

    /// Says it later, unless something like it is on its way or the worker goes back before its turn comes.
    fn later(
        &self,
        slot: &Slot,
        say: impl FnOnce(&mut dyn Sender) -> Result<(), SendError> + Send + 'static,
    ) -> Result<(), SendError> {
        {
            let mut state = slot.state();
            if let Some(error) = state.failed.take() {
                return Err(error);
            }
            if state.under_way {
                return Ok(());
            }
            state.under_way = true;
        }
        let (slot, amended) = (slot.clone(), self.amended.clone());
        let count = amended.count();
        self.hand_over(Box::new(move |sender| {
            let said = if amended.count() == count {
                say(sender)
            } else {
                // It isn't so any more.
                Ok(())
            };
            let mut state = slot.state();
            state.under_way = false;
            state.failed = said.err();
        }))
    }

    /// Says it, and waits for what becomes of it.
    fn now(
        &self,
        say: impl FnOnce(&mut dyn Sender) -> Result<(), SendError> + Send + 'static,
    ) -> Result<(), SendError> {
        let (tell, told) = mpsc::sync_channel(1);
        self.hand_over(Box::new(move |sender| {
            // Whoever waits is there.
            let _ = tell.send(say(sender));
        }))?;
        told.recv().unwrap_or_else(|_| {
            Err(SendError::Refused {
                call: "anything",
                reason: "the thread that speaks ended".into(),
            })
        })
    }
}

impl Drop for Spoken {
    fn drop(&mut self) {
        self.words = None;
        if let Some(thread) = self.thread.take() {
            if thread.join().is_err() {
                tracing::error!("the thread that speaks failed");
            }
        }
    }
}

impl Sender for Spoken {
    fn account(&self) -> &AccountId {
        &self.account
    }

    fn acknowledge(
        &mut self,
        cluster: ClusterId,
        checkpoints: Vec<Checkpoint>,
        seen: &ChainView,
    ) -> Result<(), SendError> {
        let seen = *seen;
        self.later(&self.acknowledged, move |sender| {
            sender.acknowledge(cluster, checkpoints, &seen)
        })
    }

    fn report_parked(
        &mut self,
        cluster: ClusterId,
        report: ParkReport,
        seen: &ChainView,
    ) -> Result<(), SendError> {
        let seen = *seen;
        self.later(&self.reported, move |sender| {
            sender.report_parked(cluster, report, &seen)
        })
    }

    fn announce_engines(&mut self, files: Vec<Hash>, seen: &ChainView) -> Result<(), SendError> {
        let seen = *seen;
        self.now(move |sender| sender.announce_engines(files, &seen))
    }

    fn register_worker(&mut self, seen: &ChainView) -> Result<(), SendError> {
        let seen = *seen;
        self.now(move |sender| sender.register_worker(&seen))
    }

    fn set_worker_key(&mut self, key: EnvelopeKey, seen: &ChainView) -> Result<(), SendError> {
        let seen = *seen;
        self.now(move |sender| sender.set_worker_key(key, &seen))
    }

    fn commit_cluster_key(
        &mut self,
        cluster: ClusterId,
        commitment: KeyCommitment,
        seen: &ChainView,
    ) -> Result<(), SendError> {
        let seen = *seen;
        self.now(move |sender| sender.commit_cluster_key(cluster, commitment, &seen))
    }

    fn share_cluster_key(
        &mut self,
        cluster: ClusterId,
        to: AccountId,
        sealed: SealedKey,
        seen: &ChainView,
    ) -> Result<(), SendError> {
        let seen = *seen;
        self.now(move |sender| sender.share_cluster_key(cluster, to, sealed, &seen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fat_contracts_primitives::{BlockNumber, EngineVersion, ParkCause};
    use std::sync::mpsc::{Receiver, SyncSender};

    /// Says what it is given, and is answered when the test says so.
    #[derive(Debug)]
    struct Stalling {
        account: AccountId,
        given: mpsc::Sender<BlockNumber>,
        answers: Mutex<Receiver<bool>>,
    }

    impl Stalling {
        fn said(&self, block: BlockNumber) -> Result<(), SendError> {
            self.given.send(block).unwrap();
            if self.answers.lock().unwrap().recv().unwrap() {
                Ok(())
            } else {
                Err(SendError::Refused {
                    call: "acknowledge",
                    reason: "as asked".into(),
                })
            }
        }
    }

    impl Sender for Stalling {
        fn account(&self) -> &AccountId {
            &self.account
        }

        fn acknowledge(
            &mut self,
            _: ClusterId,
            checkpoints: Vec<Checkpoint>,
            _: &ChainView,
        ) -> Result<(), SendError> {
            self.said(checkpoints[0].block)
        }

        fn report_parked(
            &mut self,
            _: ClusterId,
            report: ParkReport,
            _: &ChainView,
        ) -> Result<(), SendError> {
            self.said(report.block)
        }

        fn announce_engines(&mut self, _: Vec<Hash>, _: &ChainView) -> Result<(), SendError> {
            self.said(1_000)
        }

        fn register_worker(&mut self, _: &ChainView) -> Result<(), SendError> {
            unreachable!()
        }

        fn set_worker_key(&mut self, _: EnvelopeKey, _: &ChainView) -> Result<(), SendError> {
            unreachable!()
        }

        fn commit_cluster_key(
            &mut self,
            _: ClusterId,
            _: KeyCommitment,
            _: &ChainView,
        ) -> Result<(), SendError> {
            unreachable!()
        }

        fn share_cluster_key(
            &mut self,
            _: ClusterId,
            _: AccountId,
            _: SealedKey,
            _: &ChainView,
        ) -> Result<(), SendError> {
            unreachable!()
        }
    }

    const SEEN: ChainView = ChainView {
        block: 1,
        genesis: Hash::repeat_byte(7),
        nonce: None,
        metadata: None,
    };

    fn stalling() -> (Spoken, Amended, Receiver<BlockNumber>, SyncSender<bool>) {
        let (given, said) = mpsc::channel();
        let (answer, answers) = mpsc::sync_channel(8);
        let sender = Stalling {
            account: AccountId::new([1; 32]),
            given,
            answers: Mutex::new(answers),
        };
        let amended = Amended::default();
        let spoken = Spoken::new(Box::new(sender), amended.clone()).unwrap();
        (spoken, amended, said, answer)
    }

    fn acknowledge(spoken: &mut Spoken, block: BlockNumber) -> Result<(), SendError> {
        let checkpoint = Checkpoint {
            block,
            last_seq: 0,
            engine: EngineVersion::new(1, 0),
            root: [0; 32].into(),
            receipts_root: [0; 32].into(),
            message_hash: [0; 32].into(),
            effects: Vec::new(),
        };
        spoken.acknowledge(1, vec![checkpoint], &SEEN)
    }

    fn report(spoken: &mut Spoken, block: BlockNumber) -> Result<(), SendError> {
        let report = ParkReport {
            block,
            seq: 1,
            cause: ParkCause::EngineMissing,
            as_of: block,
        };
        spoken.report_parked(1, report, &SEEN)
    }

    /// Until the thread has no acknowledgement on its way.
    fn settle(spoken: &Spoken) {
        while spoken.acknowledged.state().under_way {
            std::thread::yield_now();
        }
    }

    /// A pool that stalls holds up nothing: the loop goes on, says the newest when there is an answer, and hears of a refusal.
    #[test]
    fn a_pool_that_stalls_delays_nobody() {
        let (mut spoken, _, said, answer) = stalling();
        acknowledge(&mut spoken, 1).unwrap();
        assert_eq!(said.recv(), Ok(1));
        // Nobody has answered, and blocks go on.
        for block in 2..50 {
            acknowledge(&mut spoken, block).unwrap();
        }
        answer.send(true).unwrap();
        settle(&spoken);
        acknowledge(&mut spoken, 50).unwrap();
        assert_eq!(
            said.recv(),
            Ok(50),
            "what was said meanwhile isn't said late"
        );
        answer.send(false).unwrap();
        settle(&spoken);
        let error = acknowledge(&mut spoken, 51).unwrap_err();
        assert!(error.to_string().contains("as asked"), "{error}");
        // It is told once, and tried again.
        acknowledge(&mut spoken, 52).unwrap();
        assert_eq!(said.recv(), Ok(52));
        answer.send(true).unwrap();
        // What is rare is waited for.
        answer.send(false).unwrap();
        spoken.announce_engines(Vec::new(), &SEEN).unwrap_err();
        assert_eq!(said.recv(), Ok(1_000));
    }

    /// What was to be said before the worker went back isn't so any more.
    #[test]
    fn what_isnt_so_any_more_isnt_said() {
        let (mut spoken, amended, said, answer) = stalling();
        report(&mut spoken, 5).unwrap();
        assert_eq!(said.recv(), Ok(5));
        acknowledge(&mut spoken, 7).unwrap();
        amended.went_back();
        answer.send(true).unwrap();
        settle(&spoken);
        acknowledge(&mut spoken, 6).unwrap();
        assert_eq!(said.recv(), Ok(6), "block 7 is another one by now");
        answer.send(true).unwrap();
    }
}
