//! A worker that was away: everything that it missed, read from the last state alone.

use fat_contracts_primitives::{
    AccountId, Amendment, Artefact, BlockNumber, ClusterBlock, ClusterMessage, CodeHash, Effect,
    EngineStatus, EngineVersion, ExecutionMode, Hash, MessageHash, ParkCause, Permission, Remedy,
    Seq, StateRoot, Weight, WithdrawOutcome,
};
use pallet_fat_contracts::{Call, Error};
use runtime_mock::{
    account, runtime::FatContracts, runtime::Runtime, workers, Block, Extrinsic, Genesis,
    MockChain, UNIT,
};
use sp_crypto_hashing::blake2_256;

const V1_0: EngineVersion = EngineVersion::new(1, 0);
const V1_1: EngineVersion = EngineVersion::new(1, 1);
const V1_2: EngineVersion = EngineVersion::new(1, 2);
const BLOCKS: u32 = 200;

fn who(name: &str) -> AccountId {
    account(name).expect("a development account")
}

fn worker(number: u8) -> AccountId {
    AccountId::new([100 + number; 32])
}

fn file(version: EngineVersion) -> Hash {
    Hash::repeat_byte(version.major as u8 * 16 + version.minor as u8)
}

fn register(version: EngineVersion, upgrades_from: Vec<EngineVersion>) -> Extrinsic {
    Extrinsic::governance(Call::register_engine {
        version,
        abi: 1,
        upgrades_from,
        artefacts: vec![Artefact {
            target: "x86_64-unknown-linux-gnu".into(),
            hash: file(version),
            size: 1_000,
        }],
    })
}

/// A linear congruential sequence: the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// The cluster of a history, and its blocks as they were made.
struct History {
    chain: MockChain,
    dice: Dice,
    made: Vec<ClusterBlock>,
}

impl History {
    /// 1.0 and 1.1, and a cluster on 1.0 with four workers that have both.
    fn begin() -> Self {
        let mut history = Self {
            chain: Genesis::development().build().expect("a genesis"),
            dice: Dice(7),
            made: Vec::new(),
        };
        let alice = who("//Alice");
        let add = Call::add_cluster {
            engine: V1_0,
            owner: alice.clone(),
            permission: Permission::Public,
            workers: vec![],
            deposit: 100 * UNIT,
            gas_price: 1,
            deposit_per_item: 2,
            deposit_per_byte: 3,
            treasury_account: AccountId::new([9; 32]),
            existential_deposit: 1_000,
            engine_config: vec![],
        };
        let mut first = vec![
            register(V1_0, vec![]),
            register(V1_1, vec![V1_0]),
            register(V1_2, vec![V1_1]),
            Extrinsic::governance(Call::set_pink_runtime_version { version: V1_0 }),
            Extrinsic::signed(alice.clone(), add),
        ];
        for number in 1..=4 {
            let files = vec![file(V1_0), file(V1_1)];
            first.extend(workers::add_worker(worker(number), alice.clone(), 1, files));
        }
        let block = history.block(first);
        assert!(block.applied.iter().all(|applied| applied.result.is_ok()));
        history
    }

    fn number(&self) -> BlockNumber {
        self.chain.head().number
    }

    fn block(&mut self, extrinsics: Vec<Extrinsic>) -> Block {
        let now_ms = self.chain.head().now_ms + 6_000 + self.dice.roll(500);
        let block = self.chain.build_block(now_ms, extrinsics).expect("a block");
        self.made.push(block.clusters[0].clone());
        block
    }

    /// What people and governance do.
    fn drawn(&mut self) -> Extrinsic {
        let from = who(["//Alice", "//Bob", "//Charlie"][self.dice.roll(3) as usize]);
        let governance = |call: Call<Runtime>| Extrinsic::governance(call);
        let call = match self.dice.roll(9) {
            0 | 1 => Call::transfer_to_cluster {
                cluster: 1,
                dest: from.clone(),
                amount: UNIT,
                max_ordering_fee: UNIT,
            },
            2 => Call::withdraw_from_cluster {
                cluster: 1,
                dest: from.clone(),
                amount: UNIT,
                max_gas_price: None,
                max_ordering_fee: UNIT,
            },
            3 => Call::update_prices {
                cluster: 1,
                gas_price: 1 + u128::from(self.dice.roll(9)),
                deposit_per_item: 2,
                deposit_per_byte: 3,
            },
            4 => {
                let code = vec![self.dice.roll(200) as u8; 9];
                return governance(Call::set_pink_system_code { code });
            }
            5 => {
                let status = match self.dice.roll(2) {
                    0 => EngineStatus::Deprecated,
                    _ => EngineStatus::Active,
                };
                return governance(Call::set_engine_status {
                    version: V1_1,
                    status,
                    force: false,
                });
            }
            _ => Call::call_contract {
                cluster: 1,
                contract: AccountId::new([5; 32]),
                input: vec![self.dice.roll(256) as u8],
                value: 0,
                gas_limit: Weight {
                    ref_time: 1_000_000_000,
                    proof_size: 65_536,
                },
                storage_deposit_limit: None,
                max_gas_price: None,
                max_ordering_fee: UNIT,
            },
        };
        Extrinsic::signed(from, call)
    }

    /// Three of four say what a worker would that refuses all withdrawals. The fourth is silent, so
    /// that nothing is pruned.
    fn acknowledged(&self, moved_at: Option<BlockNumber>) -> Vec<Extrinsic> {
        let effects = |block: BlockNumber| {
            let made = self.made.iter().find(|made| made.number == block);
            let messages = made.map_or(&[][..], |made| &made.messages);
            let seqs = messages.iter().filter_map(|(seq, message)| {
                matches!(message, ClusterMessage::Withdraw { .. }).then_some(*seq)
            });
            let outcome = WithdrawOutcome::Refused;
            seqs.map(|seq| Effect::Withdrawn { seq, outcome }).collect()
        };
        (1..=3)
            .filter_map(|number| {
                let expected = self.chain.to_acknowledge(1, &worker(number), 64);
                let told: Vec<_> = expected
                    .iter()
                    .map(|one| {
                        let block = one.cursor.block;
                        let engine = match moved_at {
                            Some(at) if at <= block => V1_1,
                            _ => V1_0,
                        };
                        let root = StateRoot::repeat_byte(1);
                        workers::checkpoint(one, engine, root, Hash::zero(), effects(block))
                    })
                    .collect();
                let any = !told.is_empty();
                any.then(|| workers::acknowledge(worker(number), 1, told))
            })
            .collect()
    }

    /// Three of four stand at a message, and governance helps.
    fn amend(&mut self, block: BlockNumber, seq: Seq, remedy: Remedy) {
        let (cause, as_of) = (ParkCause::EnginePanicked, self.chain.head().number);
        let mut all: Vec<_> = (1..=3)
            .map(|number| workers::report_parked(worker(number), 1, block, seq, cause, as_of))
            .collect();
        all.push(Extrinsic::governance(Call::amend {
            cluster: 1,
            seq,
            remedy,
        }));
        let done = self.block(all);
        for applied in &done.applied {
            assert_eq!(applied.result.map(|_| ()).map_err(|e| e.error), Ok(()));
        }
        // It is delivered here.
        let mut drawn = vec![self.drawn()];
        if self.dice.roll(2) == 0 {
            drawn.clear();
        }
        self.block(drawn);
    }
}

/// A history with an upgrade that was confirmed, new prices, other system code and engines, and
/// messages that were amended, the last of them twice; the second half unconfirmed. Returns also what
/// was amended, and where that was delivered.
fn drawn_history() -> (History, Vec<(BlockNumber, Amendment)>) {
    let mut history = History::begin();
    let mut moved_at = None;
    let mut amended = Vec::new();
    while history.number() < BLOCKS {
        let number = history.number();
        if number == 20 {
            let reactivate = Call::set_engine_status {
                version: V1_1,
                status: EngineStatus::Active,
                force: false,
            };
            let upgrade = Call::upgrade_runtime {
                cluster: 1,
                to: V1_1,
                at_block: 40,
            };
            let owner = who("//Alice");
            let both = vec![
                Extrinsic::governance(reactivate),
                Extrinsic::signed(owner, upgrade),
            ];
            let done = history.block(both);
            assert!(done.applied.iter().all(|applied| applied.result.is_ok()));
            moved_at = Some(40);
            continue;
        }
        // Up to here it is confirmed; behind it, amended now and then.
        if number > 120 && number.is_multiple_of(9) {
            let unconfirmed: Vec<_> = history
                .made
                .iter()
                .filter(|made| made.number > 110)
                .flat_map(|made| made.messages.iter().map(|(seq, _)| (made.number, *seq)))
                .filter(|(_, seq)| {
                    amended
                        .iter()
                        .all(|(_, it): &(_, Amendment)| it.seq != *seq)
                })
                .collect();
            let drawn = history.dice.roll(unconfirmed.len() as u64) as usize;
            let (block, seq) = unconfirmed[drawn];
            let remedy = Remedy::Skip;
            history.amend(block, seq, remedy);
            amended.push((number + 2, Amendment { seq, remedy }));
            continue;
        }
        let mut extrinsics = match history.dice.roll(3) {
            0 => vec![],
            some => (0..some * 2).map(|_| history.drawn()).collect(),
        };
        if number < 100 && number.is_multiple_of(10) {
            extrinsics.extend(history.acknowledged(moved_at));
        }
        history.block(extrinsics);
    }
    // By another version, and when that didn't help, again by (a mended file of) the same.
    let last = history.made.iter().rfind(|made| !made.messages.is_empty());
    let (block, seq) = last
        .map(|made| (made.number, made.messages[0].0))
        .expect("a message");
    for remedy in [Remedy::ExecuteFrom(V1_2), Remedy::ExecuteFrom(V1_2)] {
        let delivered = history.number() + 2;
        history.amend(block, seq, remedy);
        amended.push((delivered, Amendment { seq, remedy }));
    }
    (history, amended)
}

#[test]
fn one_state_has_everything_that_a_worker_missed() {
    let (history, amended) = drawn_history();
    let History { chain, made, .. } = history;
    let head = chain.head().number;
    let record = chain.query(|| FatContracts::cluster(1)).expect("a cluster");
    assert_eq!(record.engine, V1_1, "the upgrade is confirmed");
    assert!(made.len() >= 200 && amended.len() >= 8);
    let needs = |block| {
        let read = chain.query(|| FatContracts::block_of(1, block));
        let versions = read.expect("a block").engines.into_iter();
        versions.map(|(version, _)| version).collect::<Vec<_>>()
    };
    // What ran then, not what runs now; and what an amendment brought since.
    assert_eq!(needs(1), [V1_0, V1_2]);
    assert_eq!(needs(40), [V1_0, V1_1, V1_2]);

    let marked: Vec<_> = chain.query(|| FatContracts::queue_checkpoint_blocks(1, 0));
    let touched: Vec<_> = made.iter().filter(|made| made.touched()).collect();
    let numbers: Vec<_> = touched.iter().map(|made| made.number).collect();
    assert_eq!(marked, numbers);
    assert!(touched.len() > 100 && touched.len() < made.len() - 20);

    // The running hash from zero, by what was made and by what is read: the same, and the chain's.
    let (mut of_made, mut of_read) = (MessageHash::zero(), MessageHash::zero());
    let mut later = Vec::new();
    for made in &made {
        of_made = made.fold(&of_made);
        assert_eq!(of_made, made.message_hash, "block {}", made.number);
        let read = chain.query(|| FatContracts::block_of(1, made.number));
        assert_eq!(read.is_some(), made.touched(), "block {}", made.number);
        let Some(read) = read else { continue };
        of_read = read.fold(&of_read);
        assert_eq!(of_read, read.message_hash, "block {}", made.number);

        // Every record that the block named is there, with the same files.
        for (version, record) in &made.engines {
            let same = read
                .engines
                .iter()
                .any(|(named, it)| named == version && it.artefacts == record.artefacts);
            assert!(same, "{version} in block {}", made.number);
        }
        let same = ClusterBlock {
            engines: read.engines.clone(),
            amended_later: read.amended_later.clone(),
            read_at: head,
            ..made.clone()
        };
        assert_eq!(read, same);
        // A caller that kept the block gets the rest of it so.
        let kept = chain.amended(made.clone());
        assert_eq!(kept.amended_later, read.amended_later);
        assert_eq!((made.read_at, kept.read_at), (made.number, head));
        later.extend(read.amended_later);
    }
    assert_eq!(chain.query(|| FatContracts::block_of(1, BLOCKS + 9)), None);
    later.sort_by_key(|(block, _)| *block);
    assert_eq!(later, amended);
    let delivered: Vec<_> = made
        .iter()
        .flat_map(|made| made.amendments.clone())
        .collect();
    let expected: Vec<_> = amended.into_iter().map(|(_, it)| it).collect();
    assert_eq!(delivered, expected);
}

/// The running hash by hand, after a first block behind the chain's start with one message of Bob's: no code of the chain, nor of
/// the codec, has a part in it. `bytes`: the message's, behind its kind and its sender.
fn folds_by_hand(call: Call<Runtime>, kind: u8, bytes: &[u8]) {
    let mut history = History::begin();
    let before = history.made[0].message_hash;
    let parent = history.chain.head().hash;
    let seq = history.made[0].messages.len() as u64;
    let block = history.block(vec![Extrinsic::signed(who("//Bob"), call)]);
    assert!(block.applied[0].result.is_ok());

    // hash ‖ cluster, block, seq ‖ kind, origin, the rest.
    let mut folded = before.0.to_vec();
    folded.extend(1u64.to_le_bytes());
    folded.extend(2u32.to_le_bytes());
    folded.extend(seq.to_le_bytes());
    folded.push(kind);
    folded.extend(AsRef::<[u8; 32]>::as_ref(&who("//Bob")));
    folded.extend(bytes);
    let hash = blake2_256(&folded);
    // hash ‖ number, time ‖ entropy ‖ one target, 1.1 ‖ the system code.
    let seed = blake2_256(&[&parent.0[..], &[0]].concat());
    let entropy = blake2_256(&[seed, parent.0].concat());
    let mut bytes = hash.to_vec();
    bytes.extend(2u32.to_le_bytes());
    bytes.extend(block.head.now_ms.to_le_bytes());
    bytes.extend(entropy);
    bytes.extend([4, 1, 0, 0, 0, 1, 0, 0, 0]);
    bytes.push(1);
    bytes.extend(blake2_256(b"\0asm\x01\0\0\0"));
    let hash = Hash::from(blake2_256(&bytes));

    assert_eq!(block.clusters[0].message_hash, hash);
    let read = history.chain.query(|| FatContracts::block_of(1, 2));
    assert_eq!(read.map(|read| read.message_hash), Some(hash));
}

/// RemoveCode is 11: code hash, gas price.
#[test]
fn a_blocks_input_is_folded_behind_its_messages() {
    let remove = Call::remove_code {
        cluster: 1,
        code_hash: CodeHash::repeat_byte(6),
        max_gas_price: Some(5),
        max_ordering_fee: UNIT,
    };
    folds_by_hand(remove, 11, &[&[6; 32][..], &5u128.to_le_bytes()].concat());
}

/// ActivateCode is 12: code hash, gas limit in both dimensions, gas price.
#[test]
fn an_activation_is_folded_with_all_that_it_says() {
    let activate = Call::activate_code {
        cluster: 1,
        code_hash: CodeHash::repeat_byte(6),
        gas_limit: Weight {
            ref_time: 7,
            proof_size: 8,
        },
        max_gas_price: Some(5),
        max_ordering_fee: UNIT,
    };
    let limit = [7u64.to_le_bytes(), 8u64.to_le_bytes()].concat();
    let bytes = [&[6; 32][..], &limit, &5u128.to_le_bytes()].concat();
    folds_by_hand(activate, 12, &bytes);
}

/// Through the composed runtime: governance alone says it, nothing of it is in any cluster's history, and it is there in the
/// state of the very block.
#[test]
fn an_engine_s_mode_is_no_part_of_a_history() {
    let mut history = History::begin();
    let version = history.chain.query(FatContracts::engines)[0].0;
    let before = history.chain.query(|| FatContracts::cluster_block(1));
    let before = before.map(|it| it.message_hash);
    let mode = ExecutionMode::Interpreted;
    let set = || Call::set_engine_mode { version, mode };
    let block = history.block(vec![
        Extrinsic::signed(who("//Bob"), set()),
        Extrinsic::governance(set()),
        Extrinsic::governance(set()),
    ]);
    let results = block.applied.iter().map(|it| it.result.is_ok());
    assert_eq!(results.collect::<Vec<_>>(), [false, true, false]);
    let interpreted = history.chain.query(FatContracts::interpreted_engines);
    assert_eq!(interpreted, [version]);
    // A node's runtime tells tools the same, by the second version of the API.
    let told = history.chain.query(|| {
        runtime_mock::runtime::apis::api::dispatch("FatContractsApi_interpreted_engines", &[])
    });
    // A list of one, major and minor in 32 bits each.
    let bytes = [
        &[4][..],
        &version.major.to_le_bytes(),
        &version.minor.to_le_bytes(),
    ]
    .concat();
    assert_eq!(told, Some(bytes));
    let id = sp_crypto_hashing::blake2_64(b"FatContractsApi");
    let apis = runtime_mock::runtime::VERSION.apis;
    assert!(apis.contains(&(id, 2)), "{apis:?}");
    let after = history.chain.query(|| FatContracts::cluster_block(1));
    assert_eq!(after.map(|it| it.message_hash), before);
}

/// The composed chain: one stranger has a quarter of a block, any number of them five eighths, and
/// the owner's quarter stays.
#[test]
fn strangers_leave_the_owner_its_part() {
    let mut history = History::begin();
    // A call without input has 119 bytes: 290 µs and 119 times 0.26 µs beside its limit.
    let own = 290_000_000 + 119 * 260_000;
    let quarter = Weight {
        ref_time: 1_250_000_000_000 - own,
        proof_size: 1,
    };
    let call = |from: &str, gas_limit| {
        let call = Call::call_contract {
            cluster: 1,
            contract: AccountId::new([5; 32]),
            input: vec![],
            value: 0,
            gas_limit,
            storage_deposit_limit: None,
            max_gas_price: None,
            max_ordering_fee: UNIT,
        };
        Extrinsic::signed(who(from), call)
    };
    let eighth = Weight {
        ref_time: 625_000_000_000 - own,
        proof_size: 1,
    };
    let block = history.block(vec![
        call("//Bob", quarter),
        call("//Bob", eighth),
        call("//Charlie", quarter),
        call("//Dave", quarter),
        call("//Dave", eighth),
        call("//Eve", eighth),
        call("//Alice", quarter),
    ]);
    let results: Vec<_> = block
        .applied
        .iter()
        .map(|applied| applied.result.map(|_| ()).map_err(|error| error.error))
        .collect();
    let refused = |error: Error<Runtime>| Err(error.into());
    assert_eq!(
        results,
        [
            Ok(()),
            refused(Error::SenderGasExhausted),
            Ok(()),
            refused(Error::BlockGasExhausted),
            Ok(()),
            refused(Error::BlockGasExhausted),
            Ok(()),
        ]
    );
}
