//! A follower over a chain that fails, stands, and forgets.

use super::*;
use crate::{
    exec::{BlockRecord, ParkReason},
    store::{BlockBatch, ExtraRow, NewBlock, Store},
};
use fat_contracts_primitives::{Checkpoint, ClusterMessage, EngineVersion};
use parity_scale_codec::Encode;
use pink_engine_host::{EngineRegistry, ExecutionMode};
use std::sync::Mutex;

const CLUSTER: ClusterId = 7;

/// A chain of one block, that says what it is told to say, and writes down what it hears.
#[derive(Debug)]
struct Scripted {
    account: AccountId,
    block: ClusterBlock,
    head: BlockNumber,
    /// The next answers to `blocks_after`, where it isn't the block.
    blocks: Mutex<Vec<SourceError>>,
    /// The next answers to `system_code`, where it isn't the code.
    codes: Mutex<Vec<SourceError>>,
    known: Vec<ParkReport>,
    refuses: bool,
    /// The checkpoints that it waits for, and the newest that is confirmed.
    expected: Vec<BlockNumber>,
    confirmed: Option<BlockNumber>,
    heard: Vec<BlockNumber>,
    /// Messages whose amendment is under way.
    amended: Vec<Seq>,
    /// The blocks that it was asked for amendments of.
    asked: Mutex<Vec<BlockNumber>>,
    interpreted: Vec<EngineVersion>,
}

fn who() -> AccountId {
    AccountId::new([1; 32])
}

/// The block of a setup on an engine that nobody has, with a system contract.
fn setup(code: &[u8]) -> ClusterBlock {
    let code_hash = sp_crypto_hashing::blake2_256(code).into();
    let mut block = ClusterBlock {
        cluster: CLUSTER,
        number: 5,
        now_ms: 1_000,
        entropy: Hash::zero(),
        upgrade_targets: vec![],
        system_code: Some(code_hash),
        engines: vec![],
        amendments: vec![],
        amended_later: vec![],
        messages: vec![(
            0,
            ClusterMessage::Setup {
                engine: EngineVersion::new(2, 0),
                owner: who(),
                deposit: 0,
                gas_price: 0,
                deposit_per_item: 0,
                deposit_per_byte: 0,
                treasury: who(),
                existential_deposit: 0,
                engine_config: vec![],
                system_code: None,
            },
        )],
        message_hash: MessageHash::default(),
        read_at: 5,
        extrinsics: Vec::new(),
    };
    block.message_hash = block.fold(&MessageHash::default());
    block
}

impl Scripted {
    fn new() -> Self {
        Self {
            account: who(),
            block: setup(b"code"),
            head: 4,
            blocks: Mutex::default(),
            codes: Mutex::default(),
            known: Vec::new(),
            refuses: false,
            expected: Vec::new(),
            confirmed: None,
            heard: Vec::new(),
            amended: Vec::new(),
            interpreted: Vec::new(),
            asked: Mutex::default(),
        }
    }
}

fn unreachable() -> SourceError {
    TransientError::Unreachable {
        endpoint: "here".into(),
        what: "something",
        reason: "nobody answers".into(),
    }
    .into()
}

impl ChainSource for Scripted {
    fn account(&self) -> &AccountId {
        &self.account
    }

    fn constants(&self) -> Result<ChainConstants, SourceError> {
        Ok(ChainConstants {
            checkpoint_interval: 100,
            max_checkpoints: 64,
            max_announced: 64,
        })
    }

    fn finalized(&self) -> Result<Finalized, SourceError> {
        Ok(Finalized {
            number: self.head,
            hash: Hash::zero(),
        })
    }

    fn blocks_after(
        &self,
        _: ClusterId,
        cursor: &Cursor,
        limit: usize,
    ) -> Result<Vec<ClusterBlock>, SourceError> {
        if let Some(error) = self.blocks.lock().expect("no panic").pop() {
            return Err(error);
        }
        assert_eq!(*cursor, Cursor::default());
        Ok([self.block.clone()].into_iter().take(limit).collect())
    }

    fn amended(&self, block: ClusterBlock) -> Result<ClusterBlock, SourceError> {
        self.asked.lock().expect("no panic").push(block.number);
        Ok(block)
    }

    fn system_code(&self, _: &CodeHash) -> Result<Option<Vec<u8>>, SourceError> {
        match self.codes.lock().expect("no panic").pop() {
            Some(error) => Err(error),
            None => Ok(Some(b"code".to_vec())),
        }
    }

    fn interpreted(&self) -> Result<Vec<EngineVersion>, SourceError> {
        Ok(self.interpreted.clone())
    }

    fn duties(&self, _: ClusterId, _: &AccountId, limit: u32) -> Result<Duties, SourceError> {
        let expected = self.expected.iter().take(limit as usize).copied();
        Ok(Duties {
            expected: expected.collect(),
            amended: self.amended.clone(),
        })
    }

    fn confirmed(&self, _: ClusterId) -> Result<Option<BlockNumber>, SourceError> {
        Ok(self.confirmed)
    }

    fn knows_report(&self, _: ClusterId, report: &ParkReport) -> Result<bool, SourceError> {
        Ok(self.known.contains(report))
    }

    fn cluster_keys(&self, _: ClusterId, _: &AccountId) -> Result<KeyState, SourceError> {
        panic!("nobody asks for keys here")
    }
}

impl Voice for Scripted {
    fn acknowledge(&mut self, _: ClusterId, said: Vec<Checkpoint>) -> Result<(), SendError> {
        assert!(!self.expected.is_empty(), "there is nothing to acknowledge");
        self.heard = said.iter().map(|it| it.block).collect();
        Ok(())
    }

    fn report_parked(&mut self, _: ClusterId, report: ParkReport) -> Result<(), SendError> {
        if self.refuses {
            return Err(unreachable_send());
        }
        self.known.push(report);
        Ok(())
    }

    fn announce_engines(&mut self, _: Vec<Hash>) -> Result<(), SendError> {
        Ok(())
    }

    fn register_worker(&mut self) -> Result<(), SendError> {
        Ok(())
    }

    fn set_worker_key(&mut self, _: EnvelopeKey) -> Result<(), SendError> {
        panic!("nobody sets a key here")
    }

    fn commit_cluster_key(&mut self, _: ClusterId, _: KeyCommitment) -> Result<(), SendError> {
        panic!("nobody commits here")
    }

    fn share_cluster_key(
        &mut self,
        _: ClusterId,
        _: AccountId,
        _: SealedKey,
    ) -> Result<(), SendError> {
        panic!("nobody shares here")
    }
}

fn unreachable_send() -> SendError {
    unreachable().into()
}

/// A worker whose engine directory is empty.
fn worker() -> Worker {
    let store = Store::open_in_memory().expect("memory");
    Worker::new(store, EngineRegistry::new("nowhere"))
}

#[test]
fn what_passes_is_asked_for_again_and_what_stands_is_told_apart() {
    let source = Scripted::new();
    let standing = PermanentError::Pruned { next: 5, oldest: 9 };
    *source.blocks.lock().expect("no panic") = vec![standing.into(), unreachable()];
    let (mut worker, mut follower) = (worker(), Follower::new(CLUSTER));
    let mut passes = || match follower.follow(&mut worker, &source, 1, Vec::new()) {
        Err(FollowError::Source(error)) => Some(error.is_transient()),
        Err(error) => panic!("{error}"),
        Ok(followed) => {
            assert!(followed.imported.parked.is_some());
            None
        }
    };
    assert_eq!(
        [passes(), passes(), passes()],
        [Some(true), Some(false), None]
    );
}

/// What governance says is known before a block is executed, parked or not.
#[test]
fn engines_are_told_how_to_run_before_a_block() {
    let mut source = Scripted::new();
    let (worker, mut follower) = (worker(), Follower::new(CLUSTER));
    let version = EngineVersion::new(2, 1);
    let modes = worker.handle().modes().clone();
    assert_eq!(modes.of(version), ExecutionMode::Native);
    source.interpreted = vec![version];
    follower.next(&worker, &source, 1).expect("a block");
    assert_eq!(modes.of(version), ExecutionMode::Interpreted);
    source.interpreted.clear();
    follower.next(&worker, &source, 1).expect("a block");
    assert_eq!(modes.of(version), ExecutionMode::Native);
}

#[test]
fn a_source_that_fails_for_a_code_is_no_fault_of_the_message() {
    let mut source = Scripted::new();
    *source.codes.lock().expect("no panic") = vec![unreachable()];
    source.head = 9;
    let (mut worker, mut follower) = (worker(), Follower::new(CLUSTER));
    let followed = follower.follow(&mut worker, &source, 1, Vec::new());
    let followed = followed.expect("the store works");
    assert!(followed.failed.is_some_and(|error| error.is_transient()));
    let parked = followed.imported.parked.expect("no code");
    assert!(
        matches!(*parked.reason, ParkReason::ChainUnavailable(_)),
        "{parked}"
    );
    // Nor of this machine: whoever looks at the worker alone is told what to look at.
    let hint = parked.reason.hint();
    assert!(
        hint.contains("again") && !hint.contains("disk"),
        "{parked}: {hint}"
    );
    follower.speak(&worker, &mut source).expect("it hears");
    assert_eq!(source.known, []);
}

#[test]
fn a_report_is_made_once_when_its_block_is_over() {
    let mut source = Scripted::new();
    let (mut worker, mut follower) = (worker(), Follower::new(CLUSTER));
    follower
        .follow(&mut worker, &source, 1, Vec::new())
        .expect("the store works");
    let report = ParkReport {
        block: 5,
        seq: 0,
        cause: ParkCause::EngineMissing,
        as_of: 5,
    };
    assert_eq!(follower.stands(), Some(&report));
    let mut speak = |source: &mut Scripted| follower.speak(&worker, source);
    speak(&mut source).expect("it hears");
    assert_eq!(source.known, [], "block 5 isn't over");
    source.head = 5;
    source.refuses = true;
    assert!(matches!(
        speak(&mut source),
        Err(FollowError::Send(SendError::Source(error))) if error.is_transient()
    ));
    source.refuses = false;
    speak(&mut source).expect("it hears");
    speak(&mut source).expect("it hears");
    assert_eq!(source.known, [report], "once, after the refusal");
}

#[test]
fn nothing_is_asked_beyond_the_limit() {
    let source = Scripted::new();
    let (mut worker, mut follower) = (worker(), Follower::new(CLUSTER));
    let followed = follower.follow(&mut worker, &source, 0, Vec::new());
    assert!(followed.expect("the store works").imported.parked.is_none());
}

/// What governance decided about a message isn't in the chain's history yet: whoever speaks now speaks of another state.
#[test]
fn nothing_is_said_from_a_message_on_whose_amendment_is_under_way() {
    let worker = begun_at_80();
    let heard = |amended| {
        let mut source = Scripted::new();
        source.expected = (83..=95).collect();
        source.amended = amended;
        let spoken = Follower::new(CLUSTER).speak(&worker, &mut source);
        spoken.expect("it hears");
        source.heard
    };
    assert_eq!(heard(vec![0]), [83, 84]);
    assert_eq!(heard(vec![1]), (83..=90).collect::<Vec<_>>());
}

/// A worker took back blocks 3, 5 and 7; the chain gives block 5 anew.
#[test]
fn what_was_taken_back_comes_first_and_with_its_amendments() {
    let mut store = Store::open_in_memory().expect("memory");
    let taken_back = [3, 5, 7].map(|number| {
        let block = ClusterBlock {
            number,
            read_at: 1,
            ..setup(b"code")
        };
        ExtraRow {
            table: "rewound".into(),
            key: number.to_be_bytes().to_vec(),
            value: Some(block.encode()),
        }
    });
    let rows = BlockBatch {
        blocks: Vec::new(),
        extra: taken_back.to_vec(),
    };
    store.commit(&rows).expect("memory");
    let worker = Worker::new(store, EngineRegistry::new("nowhere"));
    let next = |limit| {
        let source = Scripted::new();
        let mut follower = Follower::new(CLUSTER);
        let blocks = follower.next(&worker, &source, limit);
        let blocks = blocks.expect("memory").into_iter();
        let blocks: Vec<_> = blocks.map(|it| (it.number, it.read_at)).collect();
        (blocks, source.asked.into_inner().expect("no panic"))
    };
    // Of block 5 the chain knows more.
    assert_eq!(next(9), (vec![(3, 1), (5, 5), (7, 1)], vec![3, 7]));
    assert_eq!(next(1), (vec![(3, 1)], vec![3]));
}

#[test]
fn a_checkpoint_is_a_touched_block_or_a_regular_one() {
    let constants = Scripted::new().constants().expect("they are known");
    let mut block = setup(b"code");
    assert!(constants.is_checkpoint(&block));
    block.messages.clear();
    assert!(!constants.is_checkpoint(&block));
    block.number = 200;
    assert!(constants.is_checkpoint(&block));
    let never = ChainConstants {
        checkpoint_interval: 0,
        ..constants
    };
    assert!(!never.is_checkpoint(&block));
}

/// A worker that began with a snapshot of block 80 and executed up to block 90.
fn begun_at_80() -> Worker {
    let record = BlockRecord {
        cluster: CLUSTER,
        engine: Some(EngineVersion::new(2, 0)),
        messages: 0,
        next_seq: 4,
        message_hash: MessageHash::zero(),
        receipts_root: Hash::zero(),
        effects: Vec::new(),
        promised: Vec::new(),
    };
    let block = |number, input| NewBlock {
        number,
        input,
        record: record.encode(),
        ..NewBlock::default()
    };
    let mut store = Store::open_in_memory().expect("memory");
    store.import(&block(80, Vec::new()), []).expect("memory");
    for number in 81..=90 {
        let input = ClusterBlock {
            number,
            messages: setup(b"code")
                .messages
                .into_iter()
                .filter(|_| number == 85)
                .collect(),
            ..setup(b"code")
        };
        let executed = block(number, input.encode()).into();
        store.commit(&executed).expect("memory");
    }
    Worker::new(store, EngineRegistry::new("nowhere"))
}

/// Of what it took from others a worker says nothing; it goes on with the first that isn't confirmed, however far
/// behind the chain has it.
#[test]
fn who_began_with_a_snapshot_goes_on_behind_what_is_confirmed() {
    let worker = begun_at_80();
    assert_eq!(worker.snapshot_block().expect("memory"), Some(80));
    assert_eq!(worker.checkpoint(80).expect("memory"), None);
    let heard = |first, confirmed| {
        let mut source = Scripted::new();
        source.expected = (first..=95).collect();
        source.confirmed = confirmed;
        let spoken = Follower::new(CLUSTER).speak(&worker, &mut source);
        spoken.expect("it hears");
        source.heard
    };
    let blocks = |range: std::ops::RangeInclusive<BlockNumber>| range.collect::<Vec<_>>();
    // More than is asked for at a time lies between.
    assert_eq!(heard(5, Some(82)), blocks(83..=90));
    assert_eq!(heard(80, Some(80)), blocks(81..=90));
    assert_eq!(heard(81, Some(79)), blocks(81..=90));
    // Nothing that the chain would refuse.
    assert_eq!(heard(5, None), []);
    assert_eq!(heard(5, Some(79)), []);
    assert_eq!(heard(5, Some(90)), []);
}
