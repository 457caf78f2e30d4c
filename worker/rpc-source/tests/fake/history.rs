//! What a source reads is what the pallet gives.

use crate::harness::*;
use fat_contracts_primitives::{
    BlockNumber, ClusterMessage, Effect, Hash, ParkCause, Remedy, Seq, StateRoot, WithdrawOutcome,
};
use pallet_fat_contracts::Call;
use parity_scale_codec::{DecodeAll, Encode};
use pink_rpc_source::stored;
use pink_worker_core::source::{ChainSource, Cursor, ParkReport, PermanentError};
use runtime_mock::{
    runtime::{FatContracts, System},
    workers, Extrinsic, MockChain, UNIT,
};
use sp_crypto_hashing::twox_128;

impl Harness {
    fn mock(&self) -> MockChain {
        self.fake.with(|state| state.mock.clone())
    }

    fn number(&self) -> BlockNumber {
        self.mock().head().number
    }

    /// Three of four stand at a message, and governance helps.
    fn amend(&self, block: BlockNumber, seq: Seq, remedy: Remedy) {
        let (cause, as_of) = (ParkCause::EnginePanicked, self.number());
        let mut all: Vec<_> = (1..=3)
            .map(|number| workers::report_parked(worker(number), 1, block, seq, cause, as_of))
            .collect();
        all.push(Extrinsic::governance(Call::amend {
            cluster: 1,
            seq,
            remedy,
        }));
        let done = self.fake.block(all);
        assert!(done.applied.iter().all(|it| it.result.is_ok()));
        // It is delivered here.
        self.fake.idle(1);
    }

    /// These workers say what one would that refuses all withdrawals.
    fn acknowledge(&self, numbers: &[u8], up_to: BlockNumber) {
        let mock = self.mock();
        let effects = |block: BlockNumber| {
            let made = mock.query(|| FatContracts::block_of(1, block));
            let messages = made.map_or(Vec::new(), |made| made.messages);
            let withdrawn = messages.into_iter().filter_map(|(seq, message)| {
                let outcome = WithdrawOutcome::Refused;
                let it = Effect::Withdrawn { seq, outcome };
                matches!(message, ClusterMessage::Withdraw { .. }).then_some(it)
            });
            withdrawn.collect()
        };
        for number in numbers {
            let expected = mock.to_acknowledge(1, &worker(*number), 64);
            let expected = expected.iter().filter(|it| it.cursor.block <= up_to);
            let told = expected.map(|one| {
                let engine = match one.cursor.block >= 20 {
                    true => V1_1,
                    false => V1_0,
                };
                let root = StateRoot::repeat_byte(1);
                workers::checkpoint(one, engine, root, Hash::zero(), effects(one.cursor.block))
            });
            let said = workers::acknowledge(worker(*number), 1, told.collect());
            let done = self.fake.block(vec![said]);
            assert_eq!(
                done.applied[0].result.map(|_| ()).map_err(|it| it.error),
                Ok(())
            );
        }
    }

    /// An upgrade that was confirmed, empty blocks, blocks of many messages, and messages that were
    /// amended: one twice, one of them behind the upgrade.
    fn history() -> Self {
        let harness = Self::begin();
        let fake = &harness.fake;
        fake.block(vec![deposit("//Bob"), deposit("//Charlie")]);
        let upgrade = Call::upgrade_runtime {
            cluster: 1,
            to: V1_1,
            at_block: 20,
        };
        let done = fake.block(vec![signed("//Alice", upgrade)]);
        assert!(done.applied[0].result.is_ok());
        fake.idle(3);
        let withdraw = Call::withdraw_from_cluster {
            cluster: 1,
            dest: who("//Bob"),
            amount: UNIT,
            max_gas_price: None,
            max_ordering_fee: UNIT,
        };
        fake.block((0..9).map(|at| call(vec![at; 9])).collect());
        fake.block(vec![signed("//Bob", withdraw), deposit("//Bob")]);
        fake.idle(20);
        harness.acknowledge(&[1, 2, 3], 30);
        let code = vec![7; 99];
        fake.block(vec![
            Extrinsic::governance(Call::set_pink_system_code { code }),
            call(vec![1]),
        ]);
        fake.idle(2);
        fake.block(vec![call(vec![2]), call(vec![3]), call(vec![4])]);
        let (block, last) = (
            harness.number(),
            fake.with(|it| {
                it.mock.query(|| {
                    pallet_fat_contracts::Queues::<runtime_mock::runtime::Runtime>::get(1).next
                })
            }) - 1,
        );
        fake.idle(1);
        harness.amend(block, last - 1, Remedy::Skip);
        fake.block(vec![call(vec![5])]);
        harness.amend(block, last, Remedy::ExecuteFrom(V1_2));
        harness.amend(block, last, Remedy::ExecuteFrom(V1_2));
        fake.idle(2);
        fake.block(vec![deposit("//Charlie")]);
        fake.idle(70);
        harness
    }
}

#[test]
fn every_block_is_the_one_that_the_pallet_gives() {
    let harness = Harness::history();
    let (mock, head) = (harness.mock(), harness.number());
    let source = harness.source();
    for limit in [1_000, 7] {
        let all = blocks(&source, Cursor::default(), limit).expect("an honest node");
        let numbers: Vec<_> = all.iter().map(|it| it.number).collect();
        assert_eq!(numbers, (3..=head).collect::<Vec<_>>());
        let mut hash = Hash::zero();
        let (mut touched, mut amended) = (0, 0);
        for block in &all {
            hash = block.fold(&hash);
            assert_eq!(block.message_hash, hash, "block {}", block.number);
            assert_eq!(block.read_at, head);
            match mock.query(|| FatContracts::block_of(1, block.number)) {
                Some(given) => {
                    assert_eq!(*block, given);
                    touched += 1;
                    amended += block.amended_later.len();
                }
                None => {
                    assert!(!block.touched());
                    // The version that runs there is known.
                    let runs = if block.number < 20 { V1_0 } else { V1_1 };
                    assert!(
                        block.engine_record(runs).is_some(),
                        "block {}",
                        block.number
                    );
                }
            }
        }
        assert_eq!((touched, amended), (12, 3));
        assert_eq!(
            mock.query(|| FatContracts::queue_checkpoint_blocks(1, 0))
                .len(),
            12
        );
    }
    // From the middle, by somebody who knows nothing yet.
    for after in [3, 4, 10, 11, 40, 41, 50] {
        let made = mock.query(|| FatContracts::block_of(1, after));
        let cursor = Cursor {
            block: Some(after),
            message_hash: made.map_or(Hash::zero(), |it| it.message_hash),
        };
        let fresh = harness.source();
        let next = fresh.blocks_after(1, &cursor, 40).expect("an honest node");
        assert_eq!(next.len(), 40);
        for block in next.iter().filter(|it| it.touched()) {
            let given = mock.query(|| FatContracts::block_of(1, block.number));
            assert_eq!(Some(block), given.as_ref());
        }
    }
    assert_eq!(
        source
            .blocks_after(2, &Cursor::default(), 9)
            .expect("honest"),
        []
    );
    assert_eq!(
        source
            .blocks_after(1, &Cursor::default(), 0)
            .expect("honest"),
        []
    );
}

#[test]
fn a_block_that_was_kept_gets_what_was_decided_since() {
    let harness = Harness::history();
    let source = harness.source();
    let mock = harness.mock();
    for number in mock.query(|| FatContracts::queue_checkpoint_blocks(1, 0)) {
        let mut made = mock
            .query(|| FatContracts::block_of(1, number))
            .expect("a block");
        made.amended_later.clear();
        made.read_at = number;
        made.engines.retain(|(version, _)| *version != V1_2);
        let amended = source.amended(made.clone()).expect("an honest node");
        assert_eq!(amended, mock.amended(made));
    }
}

#[test]
fn duties_reports_and_codes_are_those_of_the_pallet() {
    let harness = Harness::history();
    let source = harness.source();
    let check = |source: &pink_rpc_source::RpcSource| {
        let mock = harness.mock();
        for (number, limit) in [(1, 64), (2, 1), (4, 64), (4, 5), (9, 64)] {
            let expected = mock.query(|| {
                System::set_block_number(mock.head().number + 1);
                FatContracts::to_acknowledge(1, &worker(number), limit)
            });
            let expected: Vec<_> = expected.iter().map(|it| it.cursor.block).collect();
            let duties = source
                .duties(1, &worker(number), limit as u32)
                .expect("honest");
            assert_eq!(duties.expected, expected, "worker {number}");
        }
    };
    check(&source);
    let expected = source.duties(1, &worker(4), 64).expect("honest").expected;
    assert_eq!(
        (expected[0], expected.len()),
        (3, 13),
        "12 blocks, and block 100"
    );

    // Who left may still speak of what was before.
    let leave = Call::remove_worker_from_cluster {
        cluster: 1,
        worker: worker(4),
    };
    let done = harness.fake.block(vec![signed("//Alice", leave)]);
    assert!(done.applied[0].result.is_ok());
    harness.fake.block(vec![deposit("//Bob")]);
    source.finalized().expect("honest");
    check(&source);

    let constants = source.constants().expect("honest");
    assert_eq!(
        (
            constants.checkpoint_interval,
            constants.max_checkpoints,
            constants.max_announced
        ),
        (100, 64, 64)
    );
    let known = source.worker_record(&worker(1)).expect("honest");
    let known = known.expect("it is admitted");
    assert_eq!(
        (known.cluster, known.engines),
        (Some(1), vec![file(V1_0), file(V1_1)])
    );
    assert_eq!(source.worker_record(&worker(9)).expect("honest"), None);

    let code = vec![7; 99];
    let hash = sp_crypto_hashing::blake2_256(&code).into();
    assert_eq!(source.system_code(&hash).expect("honest"), Some(code));
    assert_eq!(source.system_code(&Hash::zero()).expect("honest"), None);

    let seq = 0;
    let (cause, as_of) = (ParkCause::EngineFault, harness.number());
    let done = harness.fake.block(vec![deposit("//Bob")]);
    assert!(done.applied[0].result.is_ok());
    let block = harness.number();
    let seq = seq
        + harness
            .mock()
            .query(|| FatContracts::block_of(1, block))
            .expect("one")
            .messages[0]
            .0;
    let report = ParkReport {
        block,
        seq,
        cause,
        as_of,
    };
    source.finalized().expect("honest");
    assert!(!source.knows_report(1, &report).expect("honest"));
    let said = workers::report_parked(worker(2), 1, block, seq, cause, as_of);
    let skip = Call::amend {
        cluster: 1,
        seq,
        remedy: Remedy::Skip,
    };
    let others = [1, 3].map(|it| workers::report_parked(worker(it), 1, block, seq, cause, as_of));
    let mut all = vec![said];
    all.extend(others);
    all.push(Extrinsic::governance(skip));
    let done = harness.fake.block(all);
    assert!(done.applied.iter().all(|it| it.result.is_ok()));
    source.finalized().expect("honest");
    assert!(source.knows_report(1, &report).expect("honest"));
    let duties = source.duties(1, &worker(1), 64).expect("honest");
    assert_eq!(duties.amended, [seq], "the next block delivers it");
}

#[test]
fn what_was_pruned_is_named() {
    let harness = Harness::history();
    harness.acknowledge(&[4], 30);
    harness.fake.idle(1);
    let mock = harness.mock();
    let kept = mock.query(|| FatContracts::queue_checkpoint_blocks(1, 0));
    assert!(kept.len() < 12, "something is pruned: {kept:?}");
    let source = harness.source();
    let standing = standing(source.blocks_after(1, &Cursor::default(), 9));
    let PermanentError::Pruned { next, oldest } = standing else {
        panic!("{standing}");
    };
    assert!(next == 3 && oldest > 3, "{next} {oldest}");
    // Who is behind that has all that it needs.
    let cursor = Cursor {
        block: Some(oldest - 1),
        message_hash: Hash::zero(),
    };
    let next = source
        .blocks_after(1, &cursor, 1_000)
        .expect("all is there");
    assert_eq!(next.last().map(|it| it.number), Some(harness.number()));
}

/// Every value of the pallet's storage is read to its end, and written again it is the same.
#[test]
fn the_twins_have_the_form_of_what_the_pallet_stores() {
    let harness = Harness::history();
    let pairs = harness.mock().export();
    let mut seen = 0;
    let mut check = |item: &str, again: &dyn Fn(&[u8]) -> Vec<u8>| {
        let prefix = [twox_128(b"FatContracts"), twox_128(item.as_bytes())].concat();
        let of_it = pairs.iter().filter(|(key, _)| key.starts_with(&prefix));
        let mut found = 0;
        for (_, value) in of_it {
            assert_eq!(again(value), *value, "{item}");
            found += 1;
        }
        assert!(found > 0, "no {item}");
        seen += found;
    };
    fn again<T: DecodeAll + Encode>(bytes: &[u8]) -> Vec<u8> {
        T::decode_all(&mut &bytes[..]).expect("it is one").encode()
    }
    check("Engines", &again::<stored::StoredEngine>);
    check("Queues", &again::<stored::Queue>);
    check("QueueCheckpoints", &again::<stored::QueueCheckpoint>);
    check("BlockInputs", &again::<stored::KeptInput>);
    check("Members", &again::<Vec<stored::ClusterMember>>);
    check("Progress", &again::<stored::ClusterProgress>);
    check("Amendments", &again::<stored::Amended>);
    check("Workers", &again::<stored::WorkerRecord>);
    assert!(seen > 30);
}
