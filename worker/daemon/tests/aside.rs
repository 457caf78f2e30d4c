//! What is said by a thread of its own.

use fat_contracts_primitives::{
    AccountId, Checkpoint, ClusterId, EnvelopeKey, Hash, KeyCommitment, SealedKey,
};
use pink_daemon::Aside;
use pink_rpc_source::{Seen, Sender};
use pink_worker_core::source::{ParkReport, SendError};
use std::{
    sync::mpsc::{channel, Receiver, Sender as To},
    sync::Mutex,
    thread::{self, ThreadId},
};

/// A pool that takes nothing until the test says so, and refuses if it says that.
#[derive(Debug)]
struct Pool {
    account: AccountId,
    /// Who must not wait for it.
    hurries: ThreadId,
    said: To<String>,
    answers: Mutex<Receiver<bool>>,
}

impl Pool {
    fn take(&mut self, call: &'static str, what: String) -> Result<(), SendError> {
        assert_ne!(thread::current().id(), self.hurries, "the loop waits");
        self.said.send(what).expect("the test listens");
        if self.answers.lock().unwrap().recv().unwrap_or(true) {
            return Ok(());
        }
        let reason = "the pool is full".into();
        Err(SendError::Refused { call, reason })
    }
}

impl Sender for Pool {
    fn account(&self) -> &AccountId {
        &self.account
    }

    fn acknowledge(
        &mut self,
        cluster: ClusterId,
        checkpoints: Vec<Checkpoint>,
        seen: &Seen,
    ) -> Result<(), SendError> {
        let blocks: Vec<_> = checkpoints.iter().map(|it| it.block).collect();
        let what = format!("{cluster} {blocks:?} seen at {}", seen.block);
        self.take("acknowledge", what)
    }

    fn report_parked(&mut self, _: ClusterId, _: ParkReport, _: &Seen) -> Result<(), SendError> {
        unreachable!()
    }

    fn announce_engines(&mut self, files: Vec<Hash>, _: &Seen) -> Result<(), SendError> {
        self.take("announce_engines", format!("{} files", files.len()))
    }

    fn register_worker(&mut self, _: &Seen) -> Result<(), SendError> {
        unreachable!()
    }

    fn set_worker_key(&mut self, _: EnvelopeKey, _: &Seen) -> Result<(), SendError> {
        unreachable!()
    }

    fn commit_cluster_key(
        &mut self,
        _: ClusterId,
        _: KeyCommitment,
        _: &Seen,
    ) -> Result<(), SendError> {
        unreachable!()
    }

    fn share_cluster_key(
        &mut self,
        _: ClusterId,
        to: AccountId,
        _: SealedKey,
        _: &Seen,
    ) -> Result<(), SendError> {
        let first: &[u8; 32] = to.as_ref();
        self.take("share_cluster_key", format!("for {}", first[0]))
    }
}

fn pool() -> (Aside, Receiver<String>, To<bool>) {
    let (said, heard) = channel();
    let (answer, answers) = channel();
    let pool = Pool {
        account: AccountId::new([7; 32]),
        hurries: thread::current().id(),
        said,
        answers: Mutex::new(answers),
    };
    let aside = Aside::new(Box::new(pool)).expect("a thread");
    assert_eq!(aside.account(), &AccountId::new([7; 32]));
    (aside, heard, answer)
}

fn seen(block: u32) -> Seen {
    Seen {
        block,
        genesis: Hash::zero(),
        nonce: None,
        metadata: None,
    }
}

fn checkpoints(blocks: &[u32]) -> Vec<Checkpoint> {
    let of = |block: &u32| Checkpoint {
        block: *block,
        last_seq: 0,
        engine: fat_contracts_primitives::EngineVersion::new(1, 0),
        root: [0; 32].into(),
        receipts_root: [0; 32].into(),
        message_hash: [0; 32].into(),
        effects: Vec::new(),
    };
    blocks.iter().map(of).collect()
}

/// Nobody waits for it; of each kind what came last is said, each member's envelope for itself, and acknowledgements
/// first.
#[test]
fn nobody_waits_for_a_pool_that_takes_nothing() {
    let (mut aside, heard, answer) = pool();
    aside
        .acknowledge(1, checkpoints(&[1]), &seen(1))
        .expect("on its way");
    assert_eq!(heard.recv().unwrap(), "1 [1] seen at 1");
    // It isn't taken yet.
    for member in [5, 4] {
        let to = AccountId::new([member; 32]);
        let sealed = [0; std::mem::size_of::<SealedKey>()];
        aside
            .share_cluster_key(1, to, sealed, &seen(2))
            .expect("on its way");
    }
    aside
        .announce_engines(vec![Hash::zero()], &seen(2))
        .expect("on its way");
    for block in 2..30 {
        let all: Vec<_> = (1..=block).collect();
        aside
            .acknowledge(1, checkpoints(&all), &seen(block))
            .expect("on its way");
    }
    let mut order = Vec::new();
    for _ in 0..4 {
        answer.send(true).unwrap();
        order.push(heard.recv().unwrap());
    }
    let all: Vec<_> = (1..30).collect();
    let newest = format!("1 {all:?} seen at 29");
    assert_eq!(order, [&newest, "1 files", "for 4", "for 5"]);
    drop(aside);
    answer.send(true).unwrap();
    assert!(heard.recv().is_err(), "its thread ended, and said no more");
}

/// Whoever says the same again is told so, until it succeeds or is long ago. Another kind isn't concerned.
#[test]
fn what_failed_is_told_to_who_says_it_again() {
    let (mut aside, heard, answer) = pool();
    let mut ack = |block: u32| aside.acknowledge(1, checkpoints(&[block]), &seen(block));
    ack(1).expect("nothing failed yet");
    assert_eq!(heard.recv().unwrap(), "1 [1] seen at 1");
    ack(2).expect("nobody knows yet");
    answer.send(false).unwrap();
    // When the next is said, what became of the last is known.
    assert_eq!(heard.recv().unwrap(), "1 [2] seen at 2");
    for block in [3, 4] {
        let told = ack(block);
        assert!(
            matches!(
                told,
                Err(SendError::Refused {
                    call: "acknowledge",
                    ..
                })
            ),
            "{told:?}"
        );
    }
    aside
        .announce_engines(Vec::new(), &seen(4))
        .expect("that hasn't failed");
    answer.send(true).unwrap();
    assert_eq!(heard.recv().unwrap(), "1 [4] seen at 4");
    let mut ack = |block: u32| aside.acknowledge(1, checkpoints(&[block]), &seen(block));
    ack(5).expect("it succeeded");
    answer.send(false).unwrap();
    assert_eq!(heard.recv().unwrap(), "1 [5] seen at 5");
    ack(25).expect_err("the one before failed when block 5 was known");
    ack(26).expect("that is long ago");
}
