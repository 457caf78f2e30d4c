//! A pool that stalls, and a loop that doesn't.

use super::*;
use fat_contracts_primitives::{
    AccountId, BlockNumber, Checkpoint, ClusterId, EngineVersion, EnvelopeKey, Hash, KeyCommitment,
    SealedKey,
};
use pink_rpc_source::ChainView;
use pink_worker_core::source::{ParkReport, SendError, Word};
use std::sync::mpsc::{self, Receiver, SyncSender};

/// Says what it is given, and is answered when the test says so.
#[derive(Debug)]
struct Stalling {
    account: AccountId,
    given: mpsc::Sender<BlockNumber>,
    answers: Mutex<Receiver<bool>>,
}

/// Stands for what is said of engines.
const ENGINES: BlockNumber = 1_000;

impl Stalling {
    fn said(&self, block: BlockNumber) -> Result<(), SendError> {
        self.given.send(block).unwrap();
        if self.answers.lock().unwrap().recv().unwrap() {
            return Ok(());
        }
        Err(SendError::Refused {
            call: "acknowledge",
            reason: "as asked".into(),
        })
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
        self.said(checkpoints.last().unwrap().block)
    }

    fn announce_engines(&mut self, _: Vec<Hash>, _: &ChainView) -> Result<(), SendError> {
        self.said(ENGINES)
    }

    fn report_parked(
        &mut self,
        _: ClusterId,
        _: ParkReport,
        _: &ChainView,
    ) -> Result<(), SendError> {
        unreachable!()
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

fn stalling() -> (Speaker, Receiver<BlockNumber>, SyncSender<bool>) {
    stalling_for(LONG)
}

fn stalling_for(long: Duration) -> (Speaker, Receiver<BlockNumber>, SyncSender<bool>) {
    let (given, said) = mpsc::channel();
    let (answer, answers) = mpsc::sync_channel(8);
    let sender = Stalling {
        account: AccountId::new([1; 32]),
        given,
        answers: Mutex::new(answers),
    };
    let speaker = Speaker::by(Box::new(sender), |speech| {
        let speech = Speech { long, ..speech };
        SpeakerThread::start(speech).map(|it| Box::new(it) as Box<dyn Executor>)
    });
    (speaker.unwrap(), said, answer)
}

fn wish(blocks: impl IntoIterator<Item = BlockNumber>, engines: bool) -> Wish {
    let checkpoint = |block| Checkpoint {
        block,
        last_seq: 0,
        engine: EngineVersion::new(1, 0),
        root: [0; 32].into(),
        receipts_root: [0; 32].into(),
        message_hash: [0; 32].into(),
        effects: Vec::new(),
    };
    let engines = engines.then(|| Word::Engines(Vec::new()));
    let checkpoints: Vec<_> = blocks.into_iter().map(checkpoint).collect();
    let last = checkpoints.last().map(|it| it.block);
    let acknowledged = Word::Acknowledge(checkpoints);
    Wish {
        cluster: 1,
        seen: ChainView {
            block: 1,
            genesis: Hash::repeat_byte(7),
            nonce: None,
            metadata: last.map(|block| Hash::repeat_byte(block as u8)),
        },
        words: engines.into_iter().chain([acknowledged]).collect(),
        problem: None,
    }
}

/// Waits for the thread, and not for ever.
fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..60_000 {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("waited in vain for the thread");
}

fn outcome(speaker: &mut Speaker) -> Outcome {
    until(|| speaker.outcome())
}

#[test]
fn a_pool_that_stalls_delays_nobody_and_hears_the_newest() {
    let (mut speaker, said, answer) = stalling();
    speaker.wish(wish(1..=1, false)).unwrap();
    assert_eq!(said.recv(), Ok(1));
    // Nobody has answered, and blocks go on.
    for block in 2..=50 {
        speaker.wish(wish(1..=block, true)).unwrap();
        assert!(speaker.outcome().is_none());
    }
    answer.send(true).unwrap();
    // What was wished meanwhile isn't said but for the newest, in its order.
    assert_eq!(said.recv(), Ok(ENGINES));
    answer.send(true).unwrap();
    assert_eq!(said.recv(), Ok(50));
    answer.send(false).unwrap();
    let mut last = outcome(&mut speaker);
    while last.said.is_ok() {
        last = outcome(&mut speaker);
    }
    assert!(last.disputed.is_some(), "{last:?}");
    drop((speaker, answer));
    said.recv().unwrap_err();
}

#[test]
fn what_nobody_began_to_say_can_be_withdrawn() {
    let (mut speaker, said, answer) = stalling();
    speaker.wish(wish(1..=5, false)).unwrap();
    assert_eq!(said.recv(), Ok(5));
    speaker.wish(wish(1..=7, false)).unwrap();
    speaker.withdraw();
    assert!(speaker.mailbox.state().wish.is_none());
    answer.send(true).unwrap();
    assert!(outcome(&mut speaker).said.is_ok());
    // Block 7 is another one by now.
    speaker.wish(wish(1..=6, false)).unwrap();
    assert_eq!(said.recv(), Ok(6));
    answer.send(true).unwrap();
    // The loop ends: what is being said is waited for, what waits isn't said.
    outcome(&mut speaker);
    speaker.wish(wish(1..=8, false)).unwrap();
    assert_eq!(said.recv(), Ok(8));
    speaker.wish(wish(1..=9, false)).unwrap();
    let mailbox = speaker.mailbox.clone();
    let ends = std::thread::spawn(move || drop(speaker));
    until(|| mailbox.state().closed.then_some(()));
    // What isn't waited for would be over by now.
    std::thread::sleep(Duration::from_millis(200));
    assert!(
        !ends.is_finished(),
        "it doesn't wait for what is being said"
    );
    answer.send(true).unwrap();
    ends.join().unwrap();
    assert_eq!(said.try_recv(), Err(mpsc::TryRecvError::Disconnected));
}

/// A worker that is mute without knowing it would lapse.
#[test]
fn a_thread_that_fails_is_noticed() {
    let (mut speaker, said, answer) = stalling();
    // Whoever has the other end is gone, so the sender panics.
    drop((said, answer));
    speaker.wish(wish(1..=1, false)).unwrap();
    let error = until(|| speaker.wish(wish(1..=1, false)).err());
    assert!(error.to_string().contains("has failed"));
}

/// What is left of a wish isn't said behind a newer one's back: that one has it.
#[test]
fn a_wish_is_overtaken_between_its_words_once_it_takes_long() {
    for (long, next) in [(Duration::ZERO, 7), (Duration::from_secs(3_600), 5)] {
        let (mut speaker, said, answer) = stalling_for(long);
        speaker.wish(wish(1..=5, true)).unwrap();
        assert_eq!(said.recv(), Ok(ENGINES));
        speaker.wish(wish(1..=7, false)).unwrap();
        answer.send(true).unwrap();
        assert_eq!(said.recv(), Ok(next));
        // Nothing became of the one that was overtaken.
        assert!(speaker.outcome().is_none());
        answer.send(false).unwrap();
        let seen = outcome(&mut speaker).disputed.unwrap();
        assert_eq!(seen.metadata, Some(Hash::repeat_byte(next as u8)));
        answer.send(true).unwrap();
    }
}
