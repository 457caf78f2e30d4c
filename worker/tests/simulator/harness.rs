//! One history: the chain, its workers, and the faults.

use crate::{
    codes::SYSTEM,
    faulty::SourceFault,
    looped::Looped,
    money::{Money, Settlements},
    node::{Node, Turn},
    source::{lie, Source},
    traffic::{account, Traffic},
};
use fastrand::Rng;
use fat_contracts_primitives::{
    AccountId, Amendment, Artefact, BlockNumber, ClusterBlock, ClusterMessage, Effect,
    EngineVersion, ParkCause, Permission, Remedy, Seq, StateRoot,
};
use pallet_fat_contracts::{Call, Event, ParkReports, Progress};
use pink_capi::types::Outcome;
use pink_engine_host::{engine_file_name, EngineRegistry};
use pink_worker_core::{exec::receipts_root, store::Pruning};
use runtime_mock::{
    runtime::{FatContracts, Runtime, RuntimeEvent},
    workers, Extrinsic, Genesis, MockChain, DEV_ACCOUNTS, UNIT,
};
use std::{
    collections::BTreeMap,
    fmt,
    ops::Add,
    path::{Path, PathBuf},
    sync::LazyLock,
};

const CLUSTER: u64 = 1;
const WORKERS: usize = 3;
const LATE_WORKERS: usize = 1;
/// Names for workers that are replaced.
const SPARE: std::ops::RangeInclusive<u8> = 150..=249;
/// So many blocks are given to a worker at a time, at most.
const MOST_GIVEN: usize = 40;
/// Who is silent for this many blocks lapses.
const LIVENESS: BlockNumber = 20;

fn spare(n: u8) -> AccountId {
    AccountId::new([n; 32])
}

/// The versions of the simulation, all that are built, each with those it takes over.
static VERSIONS: LazyLock<Vec<(EngineVersion, Vec<EngineVersion>)>> = LazyLock::new(|| {
    let installed = pink_worker_core::InstalledEngine::find_all(&EngineRegistry::new(engines()))
        .expect("the engines are built: run `cargo xtask engines`");
    let versions = installed.into_iter();
    versions
        .map(|it| (it.version, it.record.upgrades_from))
        .collect()
});

/// A version that the chain records and nobody has: what the system contract asks for.
const UNBUILT: EngineVersion = EngineVersion::new(9, 0);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    pub(crate) blocks: u32,
    pub(crate) traffic: u32,
    pub(crate) amend: bool,
    /// All workers but the first are daemons.
    pub(crate) daemons: bool,
}

/// What happened in a history.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) blocks: u64,
    pub(crate) messages: u64,
    pub(crate) succeeded: u64,
    pub(crate) upgrades: u64,
    pub(crate) crashes: u64,
    pub(crate) parked: u64,
    /// Blocks in which the system contract was asked more than once.
    pub(crate) requests: u64,
    pub(crate) amended: u64,
    /// Turns in which a worker went back.
    pub(crate) went_back: u64,
    /// Events of the chain: workers that joined, left, lapsed, disagreed; decisions about that.
    pub(crate) joins: u64,
    pub(crate) leaves: u64,
    pub(crate) lapses: u64,
    pub(crate) diverged: u64,
    pub(crate) resolved: u64,
    /// Blocks that were read from the chain's newest state, and those that it had pruned.
    pub(crate) read: u64,
    pub(crate) archived: u64,
    /// Blocks about which somebody lied, and promises that were found to be none.
    pub(crate) lies: u64,
    pub(crate) undone: u64,
    /// What daemons acknowledged, and how often their chain couldn't be asked.
    pub(crate) acknowledged: u64,
    pub(crate) troubles: u64,
    /// Blocks whose receipts daemons forgot.
    pub(crate) pruned: u64,
    pub(crate) settled: Settlements,
}

impl Add for Figures {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            blocks: self.blocks + other.blocks,
            messages: self.messages + other.messages,
            succeeded: self.succeeded + other.succeeded,
            upgrades: self.upgrades + other.upgrades,
            crashes: self.crashes + other.crashes,
            parked: self.parked + other.parked,
            requests: self.requests + other.requests,
            amended: self.amended + other.amended,
            went_back: self.went_back + other.went_back,
            joins: self.joins + other.joins,
            leaves: self.leaves + other.leaves,
            lapses: self.lapses + other.lapses,
            diverged: self.diverged + other.diverged,
            resolved: self.resolved + other.resolved,
            read: self.read + other.read,
            archived: self.archived + other.archived,
            lies: self.lies + other.lies,
            undone: self.undone + other.undone,
            acknowledged: self.acknowledged + other.acknowledged,
            troubles: self.troubles + other.troubles,
            pruned: self.pruned + other.pruned,
            settled: self.settled + other.settled,
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} blocks, {} messages of which {} succeeded, {} upgrades, {} crashes, {} turns parked, \
             {} blocks with several requests, {} amendments, {} turns back, \
             {} joins, {} leaves, {} lapses, {} divergences, {} resolutions, \
             {} blocks read and {} archived, {} lies of which {} had to be undone, \
             {} checkpoints acknowledged by daemons, {} times without a chain, receipts of {} blocks forgotten, \
             {} withdrawals paid, {} refused, {} deposits returned",
            self.blocks,
            self.messages,
            self.succeeded,
            self.upgrades,
            self.crashes,
            self.parked,
            self.requests,
            self.amended,
            self.went_back,
            self.joins,
            self.leaves,
            self.lapses,
            self.diverged,
            self.resolved,
            self.read,
            self.archived,
            self.lies,
            self.undone,
            self.acknowledged,
            self.troubles,
            self.pruned,
            self.settled.paid,
            self.settled.refused,
            self.settled.returned
        )
    }
}

/// What a chain is, block by block, whatever workers do.
pub(crate) struct Script {
    /// How many blocks there are in the first of the chains.
    pub(crate) begun: usize,
    /// The chain after these, and after each block behind them.
    pub(crate) chains: Vec<MockChain>,
    pub(crate) blocks: Vec<ClusterBlock>,
    /// A worker of the cluster.
    pub(crate) account: AccountId,
    pub(crate) cluster: u64,
    /// The engine's file.
    pub(crate) engine: PathBuf,
}

pub(crate) struct Harness {
    rng: Rng,
    options: Options,
    chain: MockChain,
    history: Vec<ClusterBlock>,
    traffic: Traffic,
    nodes: Vec<Node>,
    late: Vec<AccountId>,
    /// Names that nobody has had yet.
    spare: Vec<AccountId>,
    engines: PathBuf,
    roots: BTreeMap<BlockNumber, StateRoot>,
    /// Amendments that were delivered: the block of the message, and the one that delivered it.
    amended: Vec<(BlockNumber, BlockNumber)>,
    money: Money,
    /// Nobody does anything wrong any more.
    recovering: bool,
    figures: Figures,
}

impl Harness {
    pub(crate) fn new(seed: u64, options: Options) -> Self {
        let engines = engines();
        let workers: Vec<_> = (0..WORKERS + LATE_WORKERS)
            .map(|n| AccountId::new([n as u8 + 100; 32]))
            .collect();
        let mut genesis = Genesis::development().system_code(SYSTEM.to_vec());
        for worker in &workers {
            genesis = genesis.endow(worker.clone(), 1000 * UNIT);
        }
        for worker in SPARE.map(spare) {
            genesis = genesis.endow(worker, 1000 * UNIT);
        }
        genesis = genesis.liveness_period(LIVENESS);
        let chain = genesis.build().expect("a genesis");
        let money = Money::new(&chain, CLUSTER);
        let mut harness = Self {
            rng: Rng::with_seed(seed),
            options,
            chain,
            history: Vec::new(),
            traffic: Traffic::new(CLUSTER),
            nodes: Vec::new(),
            late: workers[WORKERS..].to_vec(),
            spare: SPARE.map(spare).collect(),
            engines,
            roots: BTreeMap::new(),
            amended: Vec::new(),
            money,
            recovering: false,
            figures: Figures::default(),
        };
        harness.begin(&workers);
        harness
    }

    /// Registers the engines and the workers, and makes a cluster on the oldest version.
    fn begin(&mut self, workers: &[AccountId]) {
        let mut calls = Vec::new();
        let files = EngineRegistry::new(&self.engines)
            .scan()
            .expect("the engines were built");
        for (version, upgrades_from) in VERSIONS.iter() {
            let file = files
                .iter()
                .find(|file| file.version == *version)
                .expect("checked");
            let record = file.record(upgrades_from.to_vec());
            calls.push(Extrinsic::governance(Call::register_engine {
                version: *version,
                abi: record.abi,
                upgrades_from: record.upgrades_from,
                artefacts: record.artefacts,
            }));
        }
        calls.push(Extrinsic::governance(Call::register_engine {
            version: UNBUILT,
            abi: 2,
            upgrades_from: VERSIONS.iter().map(|(version, _)| *version).collect(),
            artefacts: vec![Artefact {
                target: "x86_64-unknown-linux-gnu".into(),
                hash: [0x21; 32].into(),
                size: 1,
            }],
        }));
        let first = VERSIONS[0].0;
        calls.push(Extrinsic::governance(Call::set_pink_runtime_version {
            version: first,
        }));
        let owner = account(0);
        for worker in workers {
            calls.push(Extrinsic::governance(Call::register_worker {
                worker: worker.clone(),
            }));
        }
        for worker in workers {
            let serve = Call::serve_owner {
                owner: Some(owner.clone()),
            };
            calls.push(Extrinsic::signed(worker.clone(), serve));
        }
        calls.push(Extrinsic::signed(
            owner.clone(),
            Call::add_cluster {
                engine: first,
                owner: owner.clone(),
                permission: Permission::Public,
                workers: workers[..WORKERS].to_vec(),
                deposit: 100_000 * UNIT,
                gas_price: 1,
                deposit_per_item: UNIT / 1000,
                deposit_per_byte: UNIT / 100_000,
                treasury_account: AccountId::new([99; 32]),
                existential_deposit: UNIT / 1000,
                engine_config: Vec::new(),
            },
        ));
        self.block(calls, true);
        let versions: Vec<_> = VERSIONS.iter().map(|(version, _)| *version).collect();
        for worker in &workers[..WORKERS] {
            self.add_node(worker.clone(), &versions);
        }
        let fund = |n| {
            Extrinsic::signed(
                account(n),
                Call::transfer_to_cluster {
                    cluster: CLUSTER,
                    dest: account(n),
                    amount: 100_000 * UNIT,
                    max_ordering_fee: u128::MAX,
                },
            )
        };
        self.block((0..DEV_ACCOUNTS.len()).map(fund).collect(), true);
    }

    fn add_node(&mut self, account: AccountId, versions: &[EngineVersion]) {
        let looped = self.options.daemons && !self.nodes.is_empty();
        // More than a turn may execute: what was executed is looked at behind it.
        let looped = looped.then(|| {
            let pruning = Pruning {
                keep_blocks: self.rng.bool().then_some(1),
                keep_receipts: Some(self.rng.u32(MOST_GIVEN as u32 + 5..MOST_GIVEN as u32 + 20)),
            };
            Looped::new(&self.chain, CLUSTER, pruning)
        });
        self.nodes
            .push(Node::new(account, &self.engines, versions, looped));
    }

    pub(crate) fn run(mut self) -> Figures {
        for _ in 0..self.options.blocks {
            self.faults();
            self.source_faults();
            let mut calls = self.false_alarm();
            if calls.is_empty() {
                calls = self.reports();
            }
            calls.extend(self.governance());
            calls.extend(self.amend());
            calls.extend(self.membership());
            calls.extend(self.resolve(false));
            if self.rng.u32(0..15) == 0 {
                calls.extend(self.traffic.requests(UNBUILT, 2));
            }
            for _ in 0..self.rng.u32(0..=self.options.traffic) {
                calls.push(self.traffic.next(&mut self.rng));
            }
            if self.rng.u32(0..8) == 0 {
                calls.push(withdraw_too_much(self.rng.usize(0..DEV_ACCOUNTS.len())));
            }
            self.block(calls, false);
            for at in 0..self.nodes.len() {
                // Some are behind for a while.
                let awake = self.chain.head().number >= self.nodes[at].asleep_until;
                if awake && self.rng.u8(0..10) < 8 {
                    self.turn(at);
                }
            }
            if self.chain.head().number.is_multiple_of(10) {
                self.settle();
            }
        }
        self.recover();
        self.figures
    }

    fn block(&mut self, calls: Vec<Extrinsic>, all_succeed: bool) {
        let now = self.chain.head().now_ms + 6_000;
        let block = self.chain.build_block(now, calls).expect("time goes on");
        let events = block.applied.iter().flat_map(|applied| &applied.events);
        for event in events.chain(&block.hook_events) {
            let RuntimeEvent::FatContracts(event) = event else {
                continue;
            };
            let figures = &mut self.figures;
            match event {
                Event::WorkerAdded { .. } => figures.joins += 1,
                Event::WorkerRemoved { .. } => figures.leaves += 1,
                Event::WorkerLapsed { .. } => figures.lapses += 1,
                Event::WorkerDiverged { worker, block, .. } => {
                    let honest = self.nodes.iter().any(|node| node.is_honest(worker));
                    assert!(!honest, "{worker:?} never lied, and diverged at {block}");
                    figures.diverged += 1;
                }
                Event::DivergenceResolved { .. } | Event::ResolvedInFavour { .. } => {
                    figures.resolved += 1;
                }
                _ => {}
            }
        }
        if block.head.number.is_multiple_of(25) {
            self.try_state();
        }
        for applied in &block.applied {
            if let (true, Err(error)) = (all_succeed, &applied.result) {
                panic!("the simulation's own call failed: {error:?}");
            }
        }
        let input = block.clusters.iter().find(|it| it.cluster == CLUSTER);
        if let Some(input) = input.cloned() {
            self.money.follow(&self.chain, &block, &input);
            for amendment in &input.amendments {
                self.note_amended(input.number, amendment);
            }
            self.figures.messages += input.messages.len() as u64;
            self.history.push(input);
            self.figures.blocks += 1;
        }
    }

    /// What anybody made of the message's block and of those behind it doesn't count any more.
    fn note_amended(&mut self, by: BlockNumber, amendment: &Amendment) {
        let holds = |it: &&ClusterBlock| it.messages.iter().any(|(seq, _)| *seq == amendment.seq);
        let of = self.history.iter().find(holds).expect("a message").number;
        self.roots.retain(|block, _| *block < of);
        self.amended.push((of, by));
        self.figures.amended += 1;
    }

    fn turn(&mut self, at: usize) {
        let batch = self.rng.usize(1..4);
        let mut before = self.nodes[at].head();
        let (given, honest) = self.given(at);
        let (turn, back, undone) = self.nodes[at].turn(&self.chain, &given, batch);
        self.figures.undone += undone;
        if let Some(back) = back {
            self.figures.went_back += 1;
            before = before.map(|before| before.min(back));
        }
        // Where fewer blocks came than there are, it may have had none.
        let honest = honest && !self.nodes[at].source_failed();
        if honest && !given.is_empty() && turn != Turn::Crashed {
            // The chain isn't there yet, and nobody says any more that it is.
            let newest = self.chain.head().number;
            let promised = self.nodes[at].promised();
            let lasting: Vec<_> = promised.iter().filter(|it| it.by > newest).collect();
            assert!(
                lasting.is_empty(),
                "a lie lasts after {turn:?} from {before:?} to {:?}, given {:?}: {lasting:?}",
                self.nodes[at].head(),
                given
                    .iter()
                    .map(|it| (it.number, it.read_at))
                    .collect::<Vec<_>>()
            );
        }
        match turn {
            Turn::Executed(_) => {}
            Turn::Parked => self.figures.parked += 1,
            Turn::Crashed => {
                self.figures.crashes += 1;
                self.nodes[at].restart(&mut self.rng);
            }
        }
        self.check(at, before);
    }

    /// What a worker is given of the blocks that it hasn't executed, and whether all of it is so.
    fn given(&mut self, at: usize) -> (Vec<ClusterBlock>, bool) {
        let source = Source {
            chain: &self.chain,
            history: &self.history,
            cluster: CLUSTER,
        };
        let done = self.nodes[at].head();
        let mut blocks = match self.rng.u8(0..20) {
            0 if !self.recovering => source.as_made(done, MOST_GIVEN),
            0..=9 => {
                let last = self.nodes[at].message_hash();
                let (blocks, archived) = source.read(done, MOST_GIVEN, last);
                self.figures.read += blocks.len() as u64 - archived;
                self.figures.archived += archived;
                blocks
            }
            _ => source.kept(done, MOST_GIVEN),
        };
        let lies = !self.recovering && self.rng.u8(0..5) == 0;
        // One that was executed comes again.
        let again = self.rng.u8(0..if lies { 2 } else { 8 }) == 0;
        if let (Some(done), true) = (done, again) {
            let back = self.rng.u32(1..10);
            blocks.splice(0..0, source.kept(done.checked_sub(back), 1));
        }
        if !lies || blocks.is_empty() {
            return (blocks, true);
        }
        let versions: Vec<_> = VERSIONS.iter().map(|(version, _)| *version).collect();
        self.figures.lies += lie(&mut self.rng, &mut blocks, &versions);
        (blocks, false)
    }

    /// The first block that a worker executed by a lie and hasn't yet taken back.
    fn deceived(&self, node: &Node) -> Option<BlockNumber> {
        let promised = node.promised().into_iter();
        let lies = promised.filter(|it| {
            let by = self.history.iter().find(|block| block.number == it.by);
            !by.is_some_and(|by| by.amendments.contains(&it.amendment))
        });
        lies.map(|it| it.of).min()
    }

    /// Whether a worker knows of every amendment of a block that it executed, and was told no other.
    fn knows(&self, node: &Node, number: BlockNumber) -> bool {
        let head = node.head().unwrap_or_default();
        let mut amended = self.amended.iter();
        amended.all(|(of, by)| number < *of || *by <= head)
            && self.deceived(node).is_none_or(|of| number < of)
    }

    /// Somebody who knows everything accounts for the money.
    fn settle(&mut self) -> Settlements {
        let progress = self.chain.query(|| Progress::<Runtime>::get(CLUSTER));
        // Behind a root that governance named the chain waits for somebody to tell the effects.
        let confirmed = match progress.unheard {
            Some((before, _)) => before.block,
            None => progress.confirmed.block,
        };
        let blocks = self.history.iter().filter(|it| it.number <= confirmed);
        let messages = blocks.flat_map(|it| &it.messages);
        let confirmed_end = messages.last().map_or(0, |(seq, _)| seq + 1);
        let mut nodes = self.nodes.iter();
        let knows = nodes.find(|node| {
            let head = node.head().unwrap_or_default();
            // It needs its engine to say what the ledger is.
            head >= progress.confirmed.block
                && self.knows(node, head)
                && node.worker().view().is_ok()
                // It is asked for old receipts.
                && node.pruned() == 0
        });
        knows.map_or(Settlements::default(), |node| {
            self.money.settle(&self.chain, node.worker(), confirmed_end)
        })
    }

    /// A chain, and blocks of it of which nobody said anything.
    pub(crate) fn script(seed: u64, blocks: usize) -> Script {
        let mut harness = Self::new(
            seed,
            Options {
                blocks: 0,
                traffic: 0,
                amend: false,
                daemons: false,
            },
        );
        let mut chains = vec![harness.chain.clone()];
        let begun = harness.history.len();
        while harness.history.len() < blocks {
            let calls = (0..3).map(|_| harness.traffic.next(&mut harness.rng));
            let calls = calls.collect();
            harness.block(calls, false);
            chains.push(harness.chain.clone());
        }
        Script {
            begun,
            chains,
            blocks: harness.history,
            account: harness.nodes[0].account.clone(),
            cluster: CLUSTER,
            engine: harness.engines.join(engine_file_name(VERSIONS[0].0)),
        }
    }

    /// What a worker has done since a block: roots as on the others, messages in order, and no
    /// version without its migration.
    fn check(&mut self, at: usize, before: Option<BlockNumber>) {
        let node = &self.nodes[at];
        let Some(head) = node.head() else { return };
        let first = before.map_or(self.history[0].number, |before| before + 1);
        for input in self
            .history
            .iter()
            .filter(|it| (first..=head).contains(&it.number))
        {
            let number = input.number;
            let record = node
                .worker()
                .store()
                .block(number)
                .expect("read")
                .expect("executed");
            // Who hasn't heard of an amendment yet will go back, and so will who heard of another.
            if self.knows(node, number) {
                let root = *self.roots.entry(number).or_insert(record.root);
                assert_eq!(record.root, root, "block {number}: the roots differ");
            }

            let kept = node.worker().record(number).expect("read");
            let kept = kept.expect("executed");
            // Who went far back has executed more than its operator keeps the receipts of.
            let reader = node.worker().store().reader();
            let from = reader.receipts_from().expect("read");
            if from.is_some_and(|from| number < from) {
                continue;
            }
            let receipts = node.worker().receipts(number).expect("read");
            assert_eq!(
                kept.receipts_root,
                receipts_root(&receipts),
                "block {number}: other receipts"
            );
            let ran: Vec<_> = receipts.iter().map(|receipt| receipt.seq).collect();
            let ordered: Vec<_> = input.messages.iter().map(|(seq, _)| *seq).collect();
            assert_eq!(
                ran, ordered,
                "block {number}: messages were skipped or run twice"
            );

            let asked = |effect: &&Effect| matches!(effect, Effect::UpgradeRequested { .. });
            let told = kept.effects.iter().filter(asked).count();
            assert!(told <= 1, "block {number}: {told} requests are told");
            let now = kept.engine;
            let was = number
                .checked_sub(1)
                .and_then(|last| node.worker().record(last).expect("read"))
                .and_then(|record| record.engine);
            let moved = input.messages.iter().any(|(_, message)| {
                use ClusterMessage::{Setup, Upgrade};
                matches!(message, Setup { engine, .. } if Some(*engine) == now)
                    || matches!(message, Upgrade { to, .. } if Some(*to) == now)
            });
            let executed = node.worker().input(number).expect("read");
            let later = executed.expect("executed").amended_later;
            let moved = moved
                || later.iter().any(|(_, amendment)| {
                    matches!(amendment.remedy, Remedy::ExecuteFrom(to) if Some(to) == now)
                });
            assert!(
                now == was || moved,
                "block {number}: {was:?} became {now:?} by itself"
            );
        }
    }

    /// What governance and the owner do.
    fn governance(&mut self) -> Option<Extrinsic> {
        if self.rng.u32(0..30) == 0 {
            if let Some(worker) = self.late.pop() {
                let versions: Vec<_> = VERSIONS.iter().map(|(version, _)| *version).collect();
                self.add_node(worker.clone(), &versions);
                let add = Call::add_worker_to_cluster {
                    cluster: CLUSTER,
                    worker,
                };
                return Some(Extrinsic::signed(account(0), add));
            }
        }
        if self.rng.u32(0..25) > 0 {
            return None;
        }
        let record = self.chain.query(|| FatContracts::cluster(CLUSTER))?;
        let (to, _) = VERSIONS
            .iter()
            .find(|(version, _)| *version > record.engine)?;
        let at_block = self.chain.query(FatContracts::earliest_upgrade) + 1 + self.rng.u32(0..5);
        let upgrade = Call::upgrade_runtime {
            cluster: CLUSTER,
            to: *to,
            at_block,
        };
        Some(Extrinsic::signed(account(0), upgrade))
    }

    /// Workers leave, in order or not, and others take their places; some fall silent, some lie.
    fn membership(&mut self) -> Vec<Extrinsic> {
        let now = self.chain.head().number;
        let at = self.rng.usize(0..self.nodes.len());
        match self.rng.u8(0..40) {
            0 => self.nodes[at].silent_until = now + LIVENESS * 2,
            1 => self.nodes[at].lies.set(true),
            2 => return self.replace(at),
            _ => {}
        }
        let liar = self.nodes.iter().position(|node| node.lied.get());
        match liar.filter(|_| self.rng.u8(0..10) == 0) {
            Some(liar) => self.replace(liar),
            None => Vec::new(),
        }
    }

    fn replace(&mut self, at: usize) -> Vec<Extrinsic> {
        let Some(worker) = self.spare.pop() else {
            return Vec::new();
        };
        let old = self.nodes[at].rename(worker.clone(), self.rng.bool());
        let remove = Call::remove_worker_from_cluster {
            cluster: CLUSTER,
            worker: old,
        };
        let mut calls = vec![Extrinsic::signed(account(0), remove)];
        calls.extend(workers::add_worker(worker, account(0), CLUSTER, Vec::new()));
        calls
    }

    /// Governance decides where workers can't, or where it has to at the end: in favour of one that
    /// never lied, or by its root.
    fn resolve(&mut self, at_the_end: bool) -> Option<Extrinsic> {
        let diverged = self
            .chain
            .query(|| FatContracts::cluster(CLUSTER))?
            .diverged;
        if !at_the_end && (diverged.is_none() || self.rng.u8(0..6) > 0) {
            return None;
        }
        let confirmed = self
            .chain
            .query(|| Progress::<Runtime>::get(CLUSTER).confirmed);
        let open = |account: &AccountId| {
            let next = self.chain.to_acknowledge(CLUSTER, account, 1);
            next.first()
                .map_or(BlockNumber::MAX, |next| next.cursor.block)
        };
        let honest = self.nodes.iter().filter(|node| !node.lied.get());
        let unheard = self
            .chain
            .query(|| Progress::<Runtime>::get(CLUSTER).unheard.is_some());
        // At the end whoever told what is unheard, which needn't be the one that is furthest.
        let node = if at_the_end && unheard {
            self.rng.choice(honest.collect::<Vec<_>>())?
        } else {
            honest.max_by_key(|node| open(&node.account))?
        };
        if unheard || self.rng.bool() {
            return Some(Extrinsic::governance(Call::resolve_in_favour {
                cluster: CLUSTER,
                worker: node.account.clone(),
                up_to: node.head()?,
            }));
        }
        let next = self
            .chain
            .query(|| FatContracts::next_checkpoint(CLUSTER, confirmed))?;
        let block = next.cursor.block;
        let root = node.worker().checkpoint(block).expect("read")?.root;
        Some(Extrinsic::governance(Call::resolve_divergence {
            cluster: CLUSTER,
            block,
            root,
            as_of: self.chain.head().number,
        }))
    }

    fn try_state(&self) {
        self.chain
            .query(|| FatContracts::do_try_state().map_err(|error| format!("{error:?}")))
            .expect("the chain's invariants hold");
    }

    /// Whether the confirmed end is the newest checkpoint that is there, and all effects are told.
    fn all_confirmed(&self) -> bool {
        self.chain.query(|| {
            let progress = Progress::<Runtime>::get(CLUSTER);
            let open = FatContracts::next_checkpoint(CLUSTER, progress.confirmed);
            open.is_none() && progress.unheard.is_none()
        })
    }

    /// Where a quorum stands at a message, governance decides about it.
    fn amend(&mut self) -> Vec<Extrinsic> {
        if !self.options.amend {
            return Vec::new();
        }
        let nodes = self.nodes.iter_mut();
        let as_of = self.chain.head().number;
        let mut calls: Vec<_> = nodes
            .filter_map(|node| node.report(CLUSTER, as_of))
            .collect();
        let stuck: Option<Seq> = self.chain.query(|| {
            let reports = ParkReports::<Runtime>::get(CLUSTER);
            let mut seqs = reports.iter().map(|report| report.seq);
            seqs.find(|seq| FatContracts::is_parked(CLUSTER, *seq))
        });
        if let (Some(seq), true) = (stuck, self.rng.bool()) {
            let newest = VERSIONS[VERSIONS.len() - 1].0;
            let remedy = if self.rng.bool() {
                Remedy::Skip
            } else {
                Remedy::ExecuteFrom(newest)
            };
            calls.push(Extrinsic::governance(Call::amend {
                cluster: CLUSTER,
                seq,
                remedy,
            }));
            // One worker gets its files before the amendment takes effect, and goes ahead.
            let at = self.rng.usize(0..self.nodes.len());
            for (version, _) in VERSIONS.iter() {
                self.nodes[at].repair_engine(*version);
            }
        }
        calls
    }

    /// Everybody says that he can't go on at a message of the last block, though he can, and
    /// governance believes it. Who acknowledges it in the same block says the contrary.
    fn false_alarm(&mut self) -> Vec<Extrinsic> {
        let Some(last) = self.history.last() else {
            return Vec::new();
        };
        if !self.options.amend || last.messages.is_empty() || self.rng.u32(0..20) > 0 {
            return Vec::new();
        }
        let moves_money = |message: &ClusterMessage| {
            use ClusterMessage::{Deposit, Withdraw};
            matches!(message, Deposit { .. } | Withdraw { .. })
        };
        let mut money = last.messages.iter().filter(|(_, it)| moves_money(it));
        let drawn = self.rng.usize(0..last.messages.len());
        let (seq, _) = money.next().unwrap_or(&last.messages[drawn]);
        let newest = VERSIONS[VERSIONS.len() - 1].0;
        let remedy = match self.rng.u8(0..8) {
            0 => Remedy::ExecuteFrom(newest),
            _ => Remedy::Skip,
        };
        let (block, cause) = (last.number, ParkCause::EnginePanicked);
        let as_of = self.chain.head().number;
        let nodes = self.nodes.iter().map(|node| node.account.clone());
        let mut calls: Vec<_> = nodes
            .map(|account| workers::report_parked(account, CLUSTER, block, *seq, cause, as_of))
            .collect();
        calls.push(Extrinsic::governance(Call::amend {
            cluster: CLUSTER,
            seq: *seq,
            remedy,
        }));
        calls
    }

    fn reports(&mut self) -> Vec<Extrinsic> {
        let (chain, rng) = (&self.chain, &mut self.rng);
        self.nodes
            .iter_mut()
            .flat_map(|node| node.reports(rng, chain, CLUSTER))
            .collect()
    }

    fn faults(&mut self) {
        // The coming engine is lost by most, or by all: nobody announces it in vain after that.
        let pending = self.chain.query(|| FatContracts::cluster(CLUSTER)?.pending);
        let pending = pending.filter(|_| self.options.amend && self.rng.u8(0..4) == 0);
        if let Some(coming) = pending.filter(|pending| pending.seq.is_none()) {
            let spared = self.rng.usize(0..=self.nodes.len());
            for at in (0..self.nodes.len()).filter(|at| *at != spared) {
                self.nodes[at].spoil_engine(coming.to, 0);
                self.nodes[at].restart(&mut self.rng);
            }
        }
        let at = self.rng.usize(0..self.nodes.len());
        let version = VERSIONS[self.rng.usize(0..VERSIONS.len())].0;
        match self.rng.u8(0..24) {
            0 | 1 => {
                let operations = self.rng.u64(0..60);
                self.nodes[at].sabotage_disk(operations);
            }
            2 => {
                let how = self.rng.u8(..);
                self.nodes[at].spoil_engine(version, how);
            }
            3 | 4 => self.nodes[at].repair_engine(version),
            5 => self.nodes[at].restart(&mut self.rng),
            6 | 7 => {
                let wakes = self.chain.head().number + self.rng.u32(2..10);
                self.nodes[at].asleep_until = wakes;
            }
            _ => {}
        }
    }

    /// The chain of a daemon answers wrongly, late or not at all, soon.
    fn source_faults(&mut self) {
        if !self.options.daemons {
            return;
        }
        for node in &self.nodes {
            if self.rng.u8(0..3) == 0 {
                let fault = SourceFault::ALL[self.rng.usize(0..SourceFault::ALL.len())];
                node.sabotage_source(self.rng.u64(0..8), fault);
            }
        }
    }

    /// Takes every fault away, and lets everybody finish.
    fn recover(&mut self) {
        self.recovering = true;
        for at in 0..self.nodes.len() {
            for (version, _) in VERSIONS.iter() {
                self.nodes[at].repair_engine(*version);
            }
            self.nodes[at].silent_until = 0;
            self.nodes[at].lies.set(false);
            self.nodes[at].mend_source();
            self.nodes[at].restart(&mut self.rng);
        }
        // An amendment that was decided last takes effect first: what was executed without it is
        // executed again before anybody says anything of it.
        self.block(Vec::new(), true);
        for at in 0..self.nodes.len() {
            self.turn(at);
        }
        for _ in 0..500 {
            // One worker a block: what another says in the same block may settle what it was asked.
            let (chain, rng) = (&self.chain, &mut self.rng);
            let nodes = self.nodes.iter_mut();
            let mut said = nodes.map(|node| node.reports(rng, chain, CLUSTER));
            let mut calls = said.find(|said| !said.is_empty()).unwrap_or_default();
            if calls.is_empty() && !self.all_confirmed() {
                calls.extend(self.resolve(true));
            }
            let quiet = calls.is_empty();
            if !quiet {
                self.block(calls, true);
            }
            let head = self.history.last().map(|input| input.number);
            let mut behind = false;
            for at in 0..self.nodes.len() {
                self.turn(at);
                behind |= self.nodes[at].head() != head;
            }
            if quiet && !behind && self.all_confirmed() {
                let nodes = self.nodes.iter();
                self.figures.acknowledged = nodes.map(Node::acknowledged).sum();
                self.figures.troubles = self.nodes.iter().map(Node::troubles).sum();
                self.figures.pruned = self.nodes.iter().map(Node::pruned).sum();
                self.finish();
                return;
            }
        }
        panic!("not everybody finished");
    }

    fn finish(&mut self) {
        for node in &self.nodes {
            let (number, root, record) = node
                .worker()
                .head()
                .expect("read")
                .expect("executed something");
            assert_eq!(Some(number), self.history.last().map(|input| input.number));
            assert_eq!(Some(&root), self.roots.get(&number));
            assert_eq!(record.promised, [], "everything was delivered");
            assert!(node.worker().rewound().expect("read").is_empty());
            let on_chain = self
                .chain
                .query(|| FatContracts::cluster(CLUSTER))
                .expect("a cluster");
            assert_eq!(
                record.engine,
                Some(on_chain.engine),
                "the chain's record is another"
            );
        }
        self.try_state();
        self.count();
        self.figures.settled = self.settle();
    }

    /// What became of the messages; an upgrade counts if the state was taken over.
    fn count(&mut self) {
        let worker = self.nodes[0].worker();
        for input in &self.history {
            let receipts = worker.receipts(input.number).expect("read");
            let asked = receipts.iter().map(|it| &it.receipt.effects);
            let asked = asked.filter(|effects| {
                use pink_capi::types::Effect::UpgradeRequested;
                matches!(effects[..], [UpgradeRequested { .. }, ..])
            });
            self.figures.requests += u64::from(asked.count() > 1);
            for (receipt, (_, message)) in receipts.iter().zip(&input.messages) {
                if receipt.receipt.outcome == Outcome::Success {
                    self.figures.succeeded += 1;
                    self.figures.upgrades +=
                        u64::from(matches!(message, ClusterMessage::Upgrade { .. }));
                }
            }
        }
    }
}

/// Somebody asks for more than there is.
fn withdraw_too_much(who: usize) -> Extrinsic {
    let call = Call::withdraw_from_cluster {
        cluster: CLUSTER,
        dest: account(who),
        amount: 1_000_000_000 * UNIT,
        max_gas_price: None,
        max_ordering_fee: u128::MAX,
    };
    Extrinsic::signed(account(who), call)
}

/// Where the engines are.
pub(crate) fn engines() -> PathBuf {
    match std::env::var_os("PINK_ENGINES") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/engines"),
    }
}
