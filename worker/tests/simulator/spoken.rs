//! One daemon on a chain that goes on while what it says is held up, refused, or lost on its way.

use crate::{disk::Disk, harness::engines, looped::Looped, node::Turn, traffic::account as user};
use fat_contracts_primitives::{
    AccountId, BlockNumber, ClusterBlock, EngineVersion, Hash, Permission,
};
use frame_support::dispatch::Pays;
use pallet_fat_contracts::{Call, Workers};
use pink_daemon::{Daemon, DaemonError};
use pink_engine_host::EngineRegistry;
use pink_worker_core::{
    store::{Pruning, Store, StoreOptions},
    Worker,
};
use runtime_mock::{
    runtime::{FatContracts, Runtime},
    Extrinsic, Genesis, MockChain, Origin, RuntimeCall, UNIT,
};

const CLUSTER: u64 = 1;

const ENGINE: EngineVersion = EngineVersion::new(1, 0);

/// A chain, and its only worker.
struct Live {
    chain: MockChain,
    history: Vec<ClusterBlock>,
    account: AccountId,
    looped: Looped,
    daemon: Daemon,
    disk: Disk,
    /// What it said in the last block.
    said: Vec<Call<Runtime>>,
    _engines: tempfile::TempDir,
}

impl Live {
    fn begin() -> Self {
        let account = AccountId::new([100; 32]);
        let genesis = Genesis::development().endow(account.clone(), UNIT);
        let chain = genesis.build().expect("a genesis");
        let folder = tempfile::tempdir().expect("a directory");
        let registry = EngineRegistry::new(engines());
        let files = registry.scan().expect("the engines were built");
        let file = files.into_iter().find(|it| it.version == ENGINE);
        let file = file.expect("`cargo xtask engines`");
        let name = file.path.file_name().expect("a file");
        std::fs::copy(&file.path, folder.path().join(name)).expect("copied");
        let disk = Disk::default();
        let options = StoreOptions {
            undo_window: 256,
            cache_bytes: 4 << 20,
        };
        let store = Store::with_backend(disk.clone(), options).expect("a disk");
        let worker = Worker::new(store, EngineRegistry::new(folder.path()));
        let looped = Looped::new(&chain, CLUSTER, Pruning::default());
        let daemon = looped.daemon(worker, &account);
        let mut live = Self {
            chain,
            history: Vec::new(),
            account: account.clone(),
            looped,
            daemon,
            disk,
            said: Vec::new(),
            _engines: folder,
        };
        let record = file.record(Vec::new());
        let owner = user(0);
        let begun = live.block(vec![
            Extrinsic::governance(Call::register_engine {
                version: ENGINE,
                abi: record.abi,
                upgrades_from: record.upgrades_from,
                artefacts: record.artefacts,
            }),
            Extrinsic::governance(Call::set_pink_runtime_version { version: ENGINE }),
            Extrinsic::governance(Call::register_worker {
                worker: account.clone(),
            }),
            Extrinsic::signed(
                account.clone(),
                Call::serve_owner {
                    owner: Some(owner.clone()),
                },
            ),
            Extrinsic::signed(
                owner.clone(),
                Call::add_cluster {
                    engine: ENGINE,
                    owner,
                    permission: Permission::Public,
                    workers: vec![account],
                    deposit: 100 * UNIT,
                    gas_price: 1,
                    deposit_per_item: 1,
                    deposit_per_byte: 1,
                    treasury_account: AccountId::new([99; 32]),
                    existential_deposit: UNIT / 1000,
                    engine_config: Vec::new(),
                },
            ),
        ]);
        assert!(begun, "a call of the test's failed");
        live
    }

    /// The chain goes on with what the worker said, with these as well; then the worker does. Whether these succeeded. What
    /// the worker said has to, and is free if it acknowledges.
    fn block(&mut self, calls: Vec<Extrinsic>) -> bool {
        let said = self.looped.take_said();
        self.block_of(said, calls)
    }

    fn block_of(&mut self, said: Vec<Extrinsic>, mut calls: Vec<Extrinsic>) -> bool {
        let words = said.iter().map(|it| match (&it.origin, &it.call) {
            (Origin::Signed(who), RuntimeCall::FatContracts(call)) if *who == self.account => {
                call.clone()
            }
            other => panic!("{other:?}"),
        });
        self.said = words.collect();
        let count = said.len();
        calls.splice(0..0, said);
        let now = self.chain.head().now_ms + 6_000;
        let block = self.chain.build_block(now, calls).expect("time goes on");
        let (said, calls) = block.applied.split_at(count);
        for (call, applied) in self.said.iter().zip(said) {
            let done = applied
                .result
                .unwrap_or_else(|error| panic!("{call:?}: {error:?}"));
            let free = matches!(call, Call::acknowledge { .. });
            assert_eq!(done.pays_fee == Pays::No, free, "{call:?}");
        }
        let own = block.clusters.iter().find(|it| it.cluster == CLUSTER);
        self.history.extend(own.cloned());
        self.looped.set(&self.chain, &self.history);
        let (turn, ..) = self.looped.go_round(&mut self.daemon, &self.disk);
        assert!(matches!(turn, Turn::Executed(_)), "{turn:?}");
        let head = self.daemon.worker().head().expect("it reads");
        assert_eq!(head.map(|it| it.0), self.history.last().map(|it| it.number));
        calls.iter().all(|it| it.result.is_ok())
    }

    /// A block with a message.
    fn deposit(&mut self) -> BlockNumber {
        let call = Call::transfer_to_cluster {
            cluster: CLUSTER,
            dest: user(1),
            amount: UNIT,
            max_ordering_fee: u128::MAX,
        };
        assert!(self.block(vec![Extrinsic::signed(user(1), call)]));
        self.chain.head().number
    }

    /// The blocks that were acknowledged in the last block, by each acknowledgement.
    fn acknowledged(&self) -> Vec<Vec<BlockNumber>> {
        let blocks = self.said.iter().filter_map(|call| match call {
            Call::acknowledge { checkpoints, .. } => {
                Some(checkpoints.iter().map(|it| it.block).collect())
            }
            _ => None,
        });
        blocks.collect()
    }

    /// The files that the chain has.
    fn announced(&self) -> Vec<Hash> {
        let record = self.chain.query(|| Workers::<Runtime>::get(&self.account));
        record.expect("it is admitted").engines.into_inner()
    }

    fn confirmed(&self) -> Option<BlockNumber> {
        self.chain.query(|| FatContracts::confirmed_block(CLUSTER))
    }
}

fn announcements(said: &[Call<Runtime>]) -> usize {
    let ours = |call: &&Call<Runtime>| matches!(call, Call::announce_engines { .. });
    said.iter().filter(ours).count()
}

/// Blocks go on while the pool stalls; when it doesn't any more, all of it is said once, in order, and for nothing.
#[test]
fn who_cant_be_heard_executes_and_says_everything_once() {
    let mut live = Live::begin();
    let first = live.deposit();
    assert_eq!(announcements(&live.said), 1);
    live.deposit();
    assert_eq!(live.acknowledged().len(), 1);
    live.looped.steps.hold_up();
    // What was said before is in the first of them.
    live.deposit();
    let mut behind: Vec<_> = vec![first + 2];
    let told = live.looped.notes.noted().said;
    for _ in 0..8 {
        behind.push(live.deposit());
        assert_eq!(live.said, [], "somebody listens");
    }
    // Nobody claims that it is on its way.
    assert_eq!(live.looped.notes.noted().said, told);
    assert_eq!(live.confirmed(), Some(first + 1));
    assert!(live.looped.steps.go_on(), "nothing waits");
    let last = live.deposit();
    assert_eq!(live.acknowledged(), [behind]);
    assert_eq!(live.said.len(), 1);
    assert!(live.looped.notes.noted().said > told);
    live.deposit();
    assert_eq!(live.acknowledged(), [[last]]);
    assert_eq!(live.confirmed(), Some(last));
    assert_eq!(live.announced().len(), 1);
}

/// A worker gets money late, and what it says first then is lost on its way, as when another word of the account takes its nonce:
/// all of it is said again until the chain has it, and not after that.
#[test]
fn what_is_refused_or_lost_is_said_until_the_chain_has_it() {
    let mut live = Live::begin();
    live.looped.faults.refuse(&["announce_engines"]);
    live.looped.take_said();
    for _ in 0..3 {
        live.deposit();
        assert_eq!(announcements(&live.said), 0);
    }
    // The constants have nothing to do with that.
    assert_eq!(live.looped.board.doubted(), 0);
    live.looped
        .faults
        .refuse(&["announce_engines", "acknowledge"]);
    live.looped.take_said();
    for _ in 0..5 {
        live.deposit();
        assert_eq!(live.said, []);
    }
    assert!(live.looped.notes.noted().unsaid >= 8);
    assert_eq!(live.announced(), []);
    // What follows from constants was refused: they are asked for elsewhere, once for each acknowledgement.
    let doubted = live.looped.board.doubted();
    assert!((4..=5).contains(&doubted), "{doubted}");
    live.looped.faults.refuse(&[]);
    live.deposit();
    let lost = live.looped.take_said();
    assert_eq!(lost.len(), 2);
    live.deposit();
    assert_eq!(live.said, []);
    let words: usize = (0..4)
        .map(|_| {
            live.deposit();
            announcements(&live.said)
        })
        .sum();
    assert_eq!((words, live.announced().len()), (1, 1));
    assert_eq!(live.looped.board.doubted(), doubted);
    assert_eq!(live.confirmed(), Some(live.chain.head().number - 1));
}

/// A worker that is mute without knowing it would lapse.
#[test]
fn a_loop_that_nobody_speaks_for_ends() {
    let mut live = Live::begin();
    live.deposit();
    live.looped.steps.leave();
    live.looped.set(&live.chain, &live.history);
    let error = live.daemon.round().expect_err("there is something to say");
    assert!(matches!(error, DaemonError::Speaker(_)), "{error}");
}
