//! The corpus: recorded blocks with the receipts and roots that they gave, for each version and
//! for the moves between them. They are executed again by the engines just built, and must give
//! the same to the byte, on every machine.
//!
//! `PINK_RECORD_CORPUS=1 cargo test -p pink-worker --test corpus` records what isn't there yet.
//! A file that is there is never written again: to record a version that isn't released once
//! more, remove its file first. Of a released version nothing is recorded any more.

#[path = "../simulator/codes.rs"]
mod codes;
#[path = "../simulator/traffic.rs"]
mod traffic;

use codes::{Codes, SYSTEM};
use fat_contracts_primitives::{AccountId, ClusterBlock, EngineRecord, EngineVersion, Permission};
use pallet_fat_contracts::Call;
use parity_scale_codec::{Decode, DecodeAll, Encode};
use pink_engine_host::EngineRegistry;
use pink_worker_core::{store::Store, ExecutedBlock, InstalledEngine, Worker};
use runtime_mock::{
    runtime::FatContracts, workers, Extrinsic, Genesis, MockChain, DEV_ACCOUNTS, UNIT,
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use traffic::{account, Traffic};

const CLUSTER: u64 = 1;
/// Blocks of traffic under each version of a history.
const BLOCKS: u32 = 30;

/// One block, and what it gave.
#[derive(Encode, Decode)]
struct Recorded {
    /// SCALE of the `ClusterBlock`. Its engine records are those of the day: whoever replays it
    /// puts in the files that are there.
    input: Vec<u8>,
    /// SCALE of each message's receipt.
    receipts: Vec<Vec<u8>>,
    root: [u8; 32],
}

impl Recorded {
    fn input(&self) -> ClusterBlock {
        ClusterBlock::decode_all(&mut &self.input[..]).expect("a block")
    }

    /// The versions that the chain registered with it.
    fn engines(&self) -> Vec<EngineVersion> {
        let input = self.input();
        input.engines.iter().map(|(version, _)| *version).collect()
    }
}

/// Of a version that isn't released and has no recorded blocks, one history is made, and executed again by another
/// worker.
#[test]
fn every_version_gives_what_it_gave() {
    let files = EngineRegistry::new(engines()).scan().expect("engines");
    assert!(!files.is_empty(), "no engine: run `cargo xtask engines`");
    for file in files {
        let (name, versions) = (file.version.to_string(), [file.version]);
        if is_released(file.version) || corpus(&name).exists() {
            check(&name, &versions);
        } else {
            replay(&name, &record(&versions), &engines());
        }
    }
}

#[test]
fn moves_give_what_they_gave() {
    let (_, installed) = worker(&engines());
    let all: Vec<_> = installed.iter().map(|it| it.version).collect();
    let released = all.iter().copied().filter(|it| is_released(*it));
    let recorded = check("moves", &released.collect::<Vec<_>>());
    // The file is never written again, so what came after it has a history of its own.
    let through: BTreeSet<_> = recorded.iter().flat_map(Recorded::engines).collect();
    if !all.iter().all(|version| through.contains(version)) {
        replay("moves through all", &record(&all), &engines());
    }
}

/// The rules of 2.0 behind the other ABI: receipts, gas and roots don't depend on the way there.
#[test]
fn version_2_0_gives_the_same_through_the_first_abi() {
    let engines = deposit_behind_abi_1();
    let registry = EngineRegistry::new(&engines);
    let files = registry.scan().expect("an engine");
    let abis: Vec<_> = files.iter().map(|it| it.facts.note.abi_major).collect();
    assert_eq!(abis, [1]);
    replay("2.0", &recorded("2.0"), &engines);
}

/// Builds the fixture, because an engine is a file; the folder that it is in.
fn deposit_behind_abi_1() -> PathBuf {
    let manifest = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/engine-host/fixtures/Cargo.toml"
    );
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("abi-1");
    let target = folder.join("target");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--manifest-path", manifest])
        .args(["--package", "fixture-deposit-v1"])
        .env_remove("RUSTFLAGS")
        .env("CARGO_TARGET_DIR", &target)
        .output()
        .expect("cargo builds the engine under test");
    let said = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success(), "the engine can't be built: {said}");
    let engines = folder.join("engines");
    fs::create_dir_all(&engines).expect("made");
    let library = target.join("debug/libfixture_deposit_v1.so");
    fs::copy(library, engines.join("libpink.so.2.0")).expect("copied");
    engines
}

fn check(name: &str, versions: &[EngineVersion]) -> Vec<Recorded> {
    let path = corpus(name);
    if !path.exists() && std::env::var_os("PINK_RECORD_CORPUS").is_some() {
        let open = versions.iter().any(|version| !is_released(*version));
        assert!(
            open,
            "{name} is released: restore its recorded blocks from the release's commit"
        );
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, record(versions).encode()).expect("written");
    }
    let recorded = recorded(name);
    replay(name, &recorded, &engines());
    recorded
}

fn corpus(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../engines/corpus")
        .join(format!("{name}.scale"))
}

fn recorded(name: &str) -> Vec<Recorded> {
    let path = corpus(name);
    let bytes = fs::read(&path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}; PINK_RECORD_CORPUS=1 records it",
            path.display()
        )
    });
    Vec::<Recorded>::decode_all(&mut &bytes[..]).expect("a corpus")
}

/// Executes what was recorded under the engines of a folder.
fn replay(name: &str, recorded: &[Recorded], engines: &Path) {
    let (mut worker, files) = worker(engines);
    let mut messages = 0;
    for block in recorded {
        let mut input = block.input();
        for (version, record) in &mut input.engines {
            *record = record_of(&files, *version);
        }
        let executed = import(&mut worker, &input);
        let receipts: Vec<_> = executed.receipts.iter().map(Encode::encode).collect();
        assert_eq!(receipts.len(), block.receipts.len(), "{name}");
        for (now, then) in executed.receipts.iter().zip(&block.receipts) {
            assert_eq!(
                &now.encode(),
                then,
                "{name}, block {}: it gives {now:#?} now",
                input.number
            );
        }
        assert_eq!(
            executed.root.0, block.root,
            "{name}, block {}: another root",
            input.number
        );
        messages += receipts.len();
    }
    assert!(
        messages as u32 > BLOCKS,
        "{name}: {messages} messages are no corpus"
    );
}

fn is_released(version: EngineVersion) -> bool {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("../engines/RELEASES.toml");
    let text = fs::read_to_string(list).expect("the list of releases");
    let releases = pink_worker_core::releases::parse(&text).expect("the list of releases");
    releases.iter().any(|it| it.version == version.to_string())
}

/// The engines just built.
fn engines() -> PathBuf {
    match std::env::var_os("PINK_ENGINES") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/engines"),
    }
}

/// A worker, and what a chain would record of each engine: whose state it takes over it says for itself.
fn worker(engines: &Path) -> (Worker, Vec<InstalledEngine>) {
    let registry = EngineRegistry::new(engines);
    let files = InstalledEngine::find_all(&registry)
        .expect("the engines are built: run `cargo xtask engines`");
    (
        Worker::new(Store::open_in_memory().expect("memory"), registry),
        files,
    )
}

fn import(worker: &mut Worker, input: &ClusterBlock) -> ExecutedBlock {
    let mut imported = worker
        .import(std::slice::from_ref(input), Vec::new(), &Codes)
        .expect("memory");
    if let Some(parked) = imported.parked {
        panic!("{parked}");
    }
    imported.executed.pop().expect("one block")
}

fn record_of(files: &[InstalledEngine], version: EngineVersion) -> EngineRecord {
    let file = files.iter().find(|file| file.version == version);
    let file =
        file.unwrap_or_else(|| panic!("engine {version} is missing: run `cargo xtask engines`"));
    file.record.clone()
}

/// Makes a history that runs through these versions.
fn record(versions: &[EngineVersion]) -> Vec<Recorded> {
    let (mut worker, files) = worker(&engines());
    let member = AccountId::new([100; 32]);
    let mut chain = Genesis::development()
        .system_code(SYSTEM.to_vec())
        .endow(member.clone(), 1000 * UNIT)
        .build()
        .expect("a genesis");
    let mut recorded = Vec::new();
    let mut block = |chain: &mut MockChain, mut calls: Vec<Extrinsic>, all_succeed: bool| {
        // The chain hears of every block, so that it knows when a move is done.
        let expected = chain.to_acknowledge(CLUSTER, &member, 16);
        let reached = expected
            .iter()
            .filter_map(|it| worker.checkpoint(it.cursor.block).expect("memory"));
        let reached: Vec<_> = reached.collect();
        if !reached.is_empty() {
            calls.push(workers::acknowledge(member.clone(), CLUSTER, reached));
        }
        let now = chain.head().now_ms + 6_000;
        let made = chain.build_block(now, calls).expect("time goes on");
        for applied in made.applied.iter().filter(|_| all_succeed) {
            applied.result.as_ref().expect("the recording's own call");
        }
        for input in made.clusters {
            let executed = import(&mut worker, &input);
            recorded.push(Recorded {
                input: input.encode(),
                receipts: executed.receipts.iter().map(Encode::encode).collect(),
                root: executed.root.0,
            });
        }
    };
    block(&mut chain, beginning(&files, versions, &member), true);
    let fund = |n| Call::transfer_to_cluster {
        cluster: CLUSTER,
        dest: account(n),
        amount: 100_000 * UNIT,
        max_ordering_fee: u128::MAX,
    };
    let funds = (0..DEV_ACCOUNTS.len()).map(|n| Extrinsic::signed(account(n), fund(n)));
    block(&mut chain, funds.collect(), true);
    let mut traffic = Traffic::new(CLUSTER);
    let mut rng = fastrand::Rng::with_seed(2021);
    for at in 0..versions.len() {
        for _ in 0..BLOCKS {
            let calls = (0..3).map(|_| traffic.next(&mut rng)).collect();
            block(&mut chain, calls, false);
        }
        if let Some(to) = versions.get(at + 1) {
            let at_block = chain.query(FatContracts::earliest_upgrade) + 1;
            let upgrade = Call::upgrade_runtime {
                cluster: CLUSTER,
                to: *to,
                at_block,
            };
            block(
                &mut chain,
                vec![Extrinsic::signed(account(0), upgrade)],
                true,
            );
            while chain.head().number < at_block {
                block(&mut chain, Vec::new(), true);
            }
        }
    }
    let last = worker.head().expect("memory").expect("blocks").2.engine;
    assert_eq!(
        last.as_ref(),
        versions.last(),
        "the history didn't get where it should"
    );
    recorded
}

/// Registers the engines and a worker, and makes the cluster.
fn beginning(
    files: &[InstalledEngine],
    versions: &[EngineVersion],
    member: &AccountId,
) -> Vec<Extrinsic> {
    let mut calls = Vec::new();
    for version in versions {
        let record = record_of(files, *version);
        calls.push(Extrinsic::governance(Call::register_engine {
            version: *version,
            abi: record.abi,
            upgrades_from: record.upgrades_from,
            artefacts: record.artefacts,
        }));
    }
    let first = Call::set_pink_runtime_version {
        version: versions[0],
    };
    calls.push(Extrinsic::governance(first));
    let owner = account(0);
    calls.push(Extrinsic::governance(Call::register_worker {
        worker: member.clone(),
    }));
    let serve = Call::serve_owner {
        owner: Some(owner.clone()),
    };
    calls.push(Extrinsic::signed(member.clone(), serve));
    let artefacts = files.iter().flat_map(|file| &file.record.artefacts);
    let hashes: Vec<_> = artefacts.map(|artefact| artefact.hash).collect();
    calls.push(workers::announce(member.clone(), hashes));
    calls.push(Extrinsic::signed(
        owner.clone(),
        Call::add_cluster {
            engine: versions[0],
            owner,
            permission: Permission::Public,
            workers: vec![member.clone()],
            deposit: 100_000 * UNIT,
            gas_price: 1,
            deposit_per_item: UNIT / 1000,
            deposit_per_byte: UNIT / 100_000,
            treasury_account: AccountId::new([99; 32]),
            existential_deposit: UNIT / 1000,
            engine_config: Vec::new(),
        },
    ));
    calls
}
