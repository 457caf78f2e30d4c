//! Drawn histories of who works for a cluster and what they say: joining, leaving, lapsing,
//! lying, resolving, amending, withdrawals, moves, two requests in a block, failing Setups.
//!
//! After every step all invariants hold, what an honest worker says is never refused and never
//! drives it out, and what is confirmed is never changed by an amendment. At the end of each history somebody, by extrinsics
//! that there are, brings the confirmed end to the newest checkpoint; nobody's money is lost, and
//! none is paid twice.
//!
//! `HISTORIES=n` draws `n`, `HISTORY=n` repeats one that failed.

use super::mock::*;
use sp_crypto_hashing::blake2_256;
use std::collections::{BTreeMap, BTreeSet};

/// Xorshift: enough to choose with.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }
}

/// What an honest worker says of a block.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Outcome {
    effects: Vec<Effect>,
    root: StateRoot,
    engine: EngineVersion,
}

/// The engine, as far as the chain can notice it: executed anew from the first block whenever an
/// amendment changed what was to be executed.
struct Model {
    setup_fails: bool,
    blocks: BTreeMap<BlockNumber, Vec<(Seq, ClusterMessage)>>,
    outcomes: BTreeMap<BlockNumber, Outcome>,
    ledger: BTreeMap<AccountId, Balance>,
    debited: BTreeSet<Seq>,
    there: bool,
    engine: EngineVersion,
    amendments: usize,
}

impl Model {
    fn new(setup_fails: bool) -> Self {
        Self {
            setup_fails,
            blocks: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            ledger: BTreeMap::new(),
            debited: BTreeSet::new(),
            there: false,
            engine: V1_0,
            amendments: 0,
        }
    }

    /// Takes a block that is over, and what amendments make of the ones before.
    fn see(&mut self) {
        let block = FatContracts::cluster_block(1).expect("a block");
        let messages = block.messages;
        if !messages.is_empty() {
            self.blocks.insert(block.number, messages);
        }
        self.replay();
    }

    fn replay(&mut self) {
        let before = std::mem::take(&mut self.outcomes);
        self.ledger.clear();
        self.debited.clear();
        (self.there, self.engine) = (false, V1_0);
        self.amendments = Amendments::<Test>::iter_prefix(1).count();
        for (block, messages) in self.blocks.clone() {
            let mut effects = vec![];
            for (seq, message) in messages {
                self.execute(seq, message, &mut effects);
            }
            // Of a block's requests the first alone is told.
            let mut asked = false;
            effects.retain(|effect| {
                let asks = matches!(effect, Effect::UpgradeRequested { .. });
                !(asks && std::mem::replace(&mut asked, true))
            });
            let state = (
                &self.ledger,
                self.engine,
                self.there,
                block,
                effects.len() as u32,
            );
            let outcome = Outcome {
                root: blake2_256(&parity_scale_codec::Encode::encode(&state)).into(),
                engine: self.engine,
                effects,
            };
            self.outcomes.insert(block, outcome);
        }
        let confirmed = confirmed();
        for (block, outcome) in before.range(..=confirmed) {
            assert_eq!(
                self.outcomes.get(block),
                Some(outcome),
                "what is confirmed was amended"
            );
        }
    }

    fn execute(&mut self, seq: Seq, message: ClusterMessage, effects: &mut Vec<Effect>) {
        let remedy = FatContracts::amendment(1, seq);
        if remedy.is_some() {
            effects.push(amended(seq));
        }
        let skipped = remedy == Some(Remedy::Skip);
        if let ClusterMessage::Setup { owner, deposit, .. } = &message {
            if skipped || self.setup_fails {
                effects.push(Effect::SetupFailed { seq });
            } else {
                self.there = true;
                *self.ledger.entry(owner.clone()).or_default() += deposit;
            }
            return;
        }
        if skipped || !self.there {
            return;
        }
        let instead = match remedy {
            Some(Remedy::ExecuteFrom(version)) => Some(version),
            _ => None,
        };
        if let ClusterMessage::Upgrade { from, to, .. } = message {
            let to = instead.unwrap_or(to);
            // Every third fails; one from a version that was left behind does, too.
            if from != self.engine || seq.is_multiple_of(3) {
                effects.push(Effect::UpgradeFailed { seq });
            } else {
                self.engine = to.max(self.engine);
            }
            return;
        }
        self.engine = instead.unwrap_or(self.engine).max(self.engine);
        match message {
            ClusterMessage::Deposit { dest, amount, .. } => {
                *self.ledger.entry(dest).or_default() += amount;
            }
            ClusterMessage::Withdraw { from, amount, .. } => {
                let account = self.ledger.entry(from).or_default();
                let debits = *account >= amount;
                if debits {
                    *account -= amount;
                    self.debited.insert(seq);
                }
                let outcome = if debits {
                    WithdrawOutcome::Debited
                } else {
                    WithdrawOutcome::Refused
                };
                effects.push(Effect::Withdrawn { seq, outcome });
            }
            ClusterMessage::Call { input, .. } if input != [7] => {
                let to = if seq.is_multiple_of(2) { V1_1 } else { V2_0 };
                effects.push(Effect::UpgradeRequested { seq, to });
            }
            _ => {}
        }
    }

    /// What an honest worker says.
    fn honest(&self, expected: &ExpectedCheckpoint) -> Checkpoint {
        let block = expected.cursor.block;
        let (of, outcome) = self.outcomes.range(..=block).next_back().expect("a block");
        let effects = if *of == block {
            outcome.effects.clone()
        } else {
            vec![]
        };
        Checkpoint {
            block,
            last_seq: expected.last_seq,
            engine: outcome.engine,
            root: outcome.root,
            receipts_root: Hash::repeat_byte(1),
            message_hash: expected.message_hash,
            effects,
        }
    }

    fn root_at(&self, block: BlockNumber) -> StateRoot {
        let outcome = self.outcomes.range(..=block).next_back();
        outcome.expect("a block").1.root
    }

    /// Held = Σ ledger + withdrawals debited, or deposits given back, and not yet paid. Everything
    /// is executed here as soon as it is queued.
    fn check_money(&self) {
        if !self.there {
            // `try_state` adds up what goes back.
            return;
        }
        let ledger: Balance = self.ledger.values().sum();
        let unpaid: Balance = Withdrawals::<Test>::iter_prefix(1)
            .filter(|(seq, withdrawal)| self.debited.contains(seq) || withdrawal.due)
            .map(|(_, withdrawal)| withdrawal.amount)
            .sum();
        assert_eq!(Held::<Test>::get(1), ledger + unpaid, "money");
    }
}

/// The workers as people run them.
struct Crew {
    /// At which message each can't go on, because it lacks a file.
    stuck: BTreeMap<u8, Seq>,
    /// Who doesn't run.
    asleep: BTreeSet<u8>,
    /// Who ever said something false: its word may stand even when it left and came back.
    lied: BTreeSet<u8>,
    /// A worker that was alone said something false, and that is what is confirmed.
    alone: bool,
    /// How often somebody told false effects of a root that governance had named.
    lies_about_named: u64,
}

const ALL: std::ops::RangeInclusive<u8> = 1..=9;
/// With those that governance takes in at the end.
const EVERYBODY: std::ops::RangeInclusive<u8> = 1..=70;

impl Crew {
    /// Each says some of what it knows, now and then something else.
    fn speak(&mut self, dice: &mut Dice, model: &Model) {
        for number in ALL {
            if self.asleep.contains(&number) {
                continue;
            }
            for _ in 0..dice.roll(4) {
                let Some(next) = FatContracts::next_to_acknowledge(1, &worker(number)) else {
                    break;
                };
                if self.is_stuck(number, next.cursor.block) {
                    self.report(number);
                    break;
                }
                let mut checkpoint = model.honest(&next);
                let sides = if named(next.cursor.block) { 5 } else { 60 };
                if dice.one_in(sides) && self.lie(dice, number, &mut checkpoint) {
                    self.lied.insert(number);
                    let _ = acknowledge(number, vec![checkpoint]);
                    continue;
                }
                assert_ok!(acknowledge(number, vec![checkpoint]));
            }
        }
    }

    fn is_stuck(&self, number: u8, block: BlockNumber) -> bool {
        let at = self.stuck.get(&number);
        at.is_some_and(|seq| {
            FatContracts::message(1, *seq).is_some_and(|queued| queued.block <= block)
                && FatContracts::amendment(1, *seq).is_none()
        })
    }

    fn report(&self, number: u8) {
        let Some(seq) = self.stuck.get(&number) else {
            return;
        };
        let Some(queued) = FatContracts::message(1, *seq) else {
            return;
        };
        let cause = ParkCause::EngineMissing;
        let origin = signed(worker(number));
        let _ =
            FatContracts::report_parked(origin, 1, queued.block, *seq, cause, FatContracts::now());
    }

    /// Something false, of which no two are alike: a root, or effects under the right one, where one
    /// liar isn't all there is: a cluster is as honest as its owner's choice of workers. Where a
    /// false root would be seen at once, because governance named the right one, effects.
    fn lie(&mut self, dice: &mut Dice, number: u8, checkpoint: &mut Checkpoint) -> bool {
        let block = checkpoint.block;
        let named = named(block);
        let members = Leavers::<Test>::get(1)
            .into_iter()
            .chain(Members::<Test>::get(1))
            .filter(|term| term.covers(block))
            .count();
        let alone = members < 2;
        if named && alone {
            return false;
        }
        checkpoint.receipts_root = Hash::repeat_byte(100 + number);
        if alone || (!named && dice.one_in(2)) {
            checkpoint.root = StateRoot::repeat_byte(200 + number);
            self.alone |= alone;
        }
        if !alone && (named || dice.one_in(2)) {
            for effect in &mut checkpoint.effects {
                if let Effect::Withdrawn { outcome, .. } = effect {
                    *outcome = match outcome {
                        WithdrawOutcome::Debited => WithdrawOutcome::Refused,
                        WithdrawOutcome::Refused => WithdrawOutcome::Debited,
                    };
                }
            }
        }
        self.lies_about_named += u64::from(named);
        true
    }

    /// Nobody is left out who never said anything false; unless a worker that was alone did, whose
    /// word is all that there is.
    fn check_honest(&self) {
        let terms = Leavers::<Test>::get(1).into_iter();
        for term in terms.chain(Members::<Test>::get(1)) {
            let honest = !self.lied.iter().any(|liar| worker(*liar) == term.worker);
            assert!(
                self.alone || !honest || term.diverged.is_none(),
                "an honest worker is left out: {term:?}"
            );
        }
    }
}

/// Whether governance named a root of a block, or of one behind it, and nobody has told its effects.
fn named(block: BlockNumber) -> bool {
    let known = Confirmations::<Test>::get(1, block);
    matches!(known, Some(Confirmation::Root { .. }))
}

/// What people and governance do in one step. Whether it is allowed is the pallet's business.
fn act(dice: &mut Dice, model: &Model, workers: &mut Crew) {
    let who = [ALICE, BOB][dice.roll(2) as usize].clone();
    let number = 1 + dice.roll(7) as u8;
    let version = [V1_1, V2_0][dice.roll(2) as usize];
    let amount = 10 + Balance::from(dice.roll(200));
    let now = System::block_number();
    let _ = match dice.roll(22) {
        0..=2 => FatContracts::transfer_to_cluster(signed(who.clone()), 1, who, amount, MOST),
        3..=5 => FatContracts::withdraw_from_cluster(signed(who), 1, NOBODY, amount, None, MOST),
        6 => call(who, GAS, None),
        // Twice, often enough: the system contract asks for an upgrade.
        7 => (0..=dice.roll(2)).try_for_each(|_| {
            let input = vec![9];
            let origin = signed(who.clone());
            FatContracts::call_contract(origin, 1, CONTRACT, input, 0, GAS, None, None, MOST)
        }),
        8..=10 => add(number),
        11..=12 => remove(number),
        13 => FatContracts::upgrade_runtime(signed(ALICE), 1, version, now + 10)
            .map(|_| ())
            .map_err(|error| error.error),
        14 => FatContracts::cancel_upgrade(signed(ALICE), 1),
        15 => {
            toggle(&mut workers.asleep, number);
            Ok(())
        }
        16 | 17 => {
            // Some lack a file from the newest message on, or of an older one.
            let next = Queues::<Test>::get(1).next;
            let seq = next.saturating_sub(1 + dice.roll(3));
            for number in ALL {
                if dice.one_in(5) {
                    workers.stuck.remove(&number)
                } else {
                    workers.stuck.insert(number, seq)
                };
            }
            Ok(())
        }
        18 => {
            workers.stuck.remove(&number);
            Ok(())
        }
        19 => resolve(dice, model, workers),
        // The first step of its end, but not the second.
        20 if dice.one_in(60) && is_active() => FatContracts::cluster_destroy(root(), 1, None)
            .map(|_| ())
            .map_err(|error| error.error),
        _ => FatContracts::prune(signed(BOB), 1, 6)
            .map(|_| ())
            .map_err(|error| error.error),
    };
    // Governance hears of what is stuck, not always at once.
    let stuck: BTreeSet<_> = ParkReports::<Test>::get(1)
        .iter()
        .map(|report| report.seq)
        .collect();
    for seq in stuck {
        let remedy = match dice.roll(5) {
            0 => Remedy::ExecuteFrom(version),
            1 => Remedy::Skip,
            _ => continue,
        };
        let _ = FatContracts::amend(root(), 1, seq, remedy);
    }
}

fn is_active() -> bool {
    FatContracts::cluster(1).is_some_and(|record| record.status == ClusterStatus::Active)
}

fn toggle(set: &mut BTreeSet<u8>, number: u8) {
    if !set.remove(&number) {
        set.insert(number);
    }
}

fn add(number: u8) -> Result<(), DispatchError> {
    FatContracts::add_worker_to_cluster(root(), 1, worker(number))
}

fn remove(number: u8) -> Result<(), DispatchError> {
    FatContracts::remove_worker_from_cluster(root(), 1, worker(number))
        .map(|_| ())
        .map_err(|error| error.error)
}

fn next() -> Option<ExpectedCheckpoint> {
    FatContracts::next_checkpoint(1, Progress::<Test>::get(1).confirmed)
}

/// Governance decides, as far as it replayed the history: it names a root, of the next checkpoint
/// or a later one, or a worker that it believes.
fn resolve(dice: &mut Dice, model: &Model, workers: &Crew) -> Result<(), DispatchError> {
    let Some(open) = next() else { return Ok(()) };
    let block = match dice.roll(3) {
        0 => {
            let later = FatContracts::next_checkpoint(1, open.cursor);
            later.unwrap_or(open).cursor.block
        }
        _ => open.cursor.block,
    };
    let number = 1 + dice.roll(9) as u8;
    if dice.one_in(2) && !workers.lied.contains(&number) {
        let up_to = block + dice.roll(20) as u32;
        return FatContracts::resolve_in_favour(root(), 1, worker(number), up_to)
            .map(|_| ())
            .map_err(|error| error.error);
    }
    let right = model.root_at(block);
    FatContracts::resolve_divergence(root(), 1, block, right, FatContracts::now())
        .map(|_| ())
        .map_err(|error| error.error)
}

/// Everybody is reasonable from now on. How many blocks it takes until nothing waits.
fn settle_all(model: &mut Model, workers: &mut Crew) -> u32 {
    workers.stuck.clear();
    workers.asleep.clear();
    for round in 0..60 {
        next_block();
        model.replay();
        for number in EVERYBODY {
            if workers.alone {
                // What is confirmed may be a lie: who knows better says no more than is open.
                let first = Progress::<Test>::get(1).heard();
                if let Some(next) = FatContracts::next_checkpoint(1, first) {
                    let _ = acknowledge(number, vec![model.honest(&next)]);
                }
                continue;
            }
            while let Some(next) = FatContracts::next_to_acknowledge(1, &worker(number)) {
                assert_ok!(acknowledge(number, vec![model.honest(&next)]));
            }
        }
        assert_ok!(FatContracts::do_try_state());
        model.check_money();
        let heard = Progress::<Test>::get(1).unheard.is_none();
        let open = next();
        // An upgrade may have come up in this very block.
        if open.is_none() && Queues::<Test>::get(1).block == System::block_number() {
            model.see();
            continue;
        }
        if open.is_none() && heard {
            return round;
        }
        // Members alone couldn't: governance believes one that never lied, or takes one in.
        let favour = |number: u8| {
            let now = System::block_number();
            FatContracts::resolve_in_favour(root(), 1, worker(number), now).is_ok()
        };
        let believed = EVERYBODY
            .filter(|number| !workers.lied.contains(number))
            .any(favour);
        if !believed && !add_worker(round) {
            if let Some(open) = open {
                let (block, root_) = (open.cursor.block, model.root_at(open.cursor.block));
                assert_ok!(FatContracts::resolve_divergence(
                    root(),
                    1,
                    block,
                    root_,
                    FatContracts::now()
                ));
            }
        }
        model.see();
        model.check_money();
        workers.check_honest();
        assert_ok!(FatContracts::do_try_state());
    }
    panic!(
        "the confirmed end stays at {:?}, those who lied are {:?}: {:#?} {:#?}",
        Progress::<Test>::get(1),
        workers.lied,
        Members::<Test>::get(1),
        Leavers::<Test>::get(1),
    );
}

/// Takes in somebody new, instead of one that counts no more if there is no room.
fn add_worker(round: u32) -> bool {
    let new = *ALL.end() + 1 + round as u8;
    admit(new);
    if add(new).is_ok() {
        return true;
    }
    let useless = Members::<Test>::get(1)
        .into_iter()
        .find(|member| member.diverged.is_some())
        .or(Members::<Test>::get(1).into_iter().nth(round as usize % 4));
    let Some(useless) = useless else { return false };
    let origin = root();
    FatContracts::remove_worker_from_cluster(origin, 1, useless.worker).is_ok() && add(new).is_ok()
}

/// What came of a history.
#[derive(Default)]
struct Figures {
    steps: u64,
    messages: u64,
    amended: u64,
    lapsed: u64,
    diverged: u64,
    resolved: u64,
    dropped: u64,
    failed: u64,
    named: u64,
    lies_about_named: u64,
}

impl Figures {
    fn note(&mut self) {
        for event in events() {
            *match event {
                Event::Amended { .. } => &mut self.amended,
                Event::AmendmentDropped { .. } => &mut self.dropped,
                Event::WorkerLapsed { .. } => &mut self.lapsed,
                Event::ClusterDiverged { .. } => &mut self.diverged,
                Event::DivergenceResolved { .. } | Event::ResolvedInFavour { .. } => {
                    &mut self.resolved
                }
                Event::SetupFailed { .. } => &mut self.failed,
                Event::CheckpointConfirmed {
                    receipts_root: None,
                    ..
                } => &mut self.named,
                _ => continue,
            } += 1;
        }
    }
}

fn run(seed: u64, steps: u32, figures: &mut Figures) {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    dice.roll(2);
    let mut model = Model::new(dice.one_in(6));
    let mut workers = Crew {
        stuck: BTreeMap::new(),
        asleep: BTreeSet::new(),
        lied: BTreeSet::new(),
        alone: false,
        lies_about_named: 0,
    };
    let mut chain = bare_chain();
    chain.execute_with(|| {
        register_all();
        assert_ok!(FatContracts::set_pink_runtime_version(root(), V1_0));
        assert_ok!(FatContracts::set_pink_system_code(root(), vec![1]));
        for number in ALL {
            admit(number);
            let files: Vec<_> = [V1_0, V1_1, V2_0].map(file_hash).into();
            assert_ok!(FatContracts::announce_engines(
                signed(worker(number)),
                files.try_into().expect("three")
            ));
        }
        next_block();
        let first = (1..=dice.roll(4) as u8).map(worker).collect();
        assert_ok!(add_cluster(ALICE, Permission::Public, first, 500));
        let issued = Balances::total_issuance();
        model.see();
        for _ in 0..steps {
            for _ in 0..dice.roll(4) {
                act(&mut dice, &model, &mut workers);
                assert_ok!(FatContracts::do_try_state());
            }
            workers.speak(&mut dice, &model);
            figures.note();
            model.see();
            model.check_money();
            workers.check_honest();
            assert_ok!(FatContracts::do_try_state());
            assert_eq!(Balances::total_issuance(), issued);
            figures.steps += 1;
            // Now and then a long time passes in which nobody says anything.
            let pass = match dice.roll(30) {
                0 => 25,
                1 => 60,
                _ => 1,
            };
            for _ in 0..pass {
                next_block();
                model.see();
            }
        }
        let rounds = settle_all(&mut model, &mut workers);
        assert!(rounds < 50, "it took {rounds} rounds");
        figures.lies_about_named += workers.lies_about_named;
        finish(&model);
        assert_eq!(Balances::total_issuance(), issued);
        figures.messages += Queues::<Test>::get(1).next;
    });
}

/// Everything is confirmed: nothing may be open any more, and everybody has what is theirs.
fn finish(model: &Model) {
    let record = FatContracts::cluster(1).expect("a cluster");
    assert_eq!(record.diverged, None);
    for (seq, withdrawal) in Withdrawals::<Test>::iter_prefix(1).collect::<Vec<_>>() {
        if withdrawal.due {
            assert_ok!(FatContracts::claim_withdrawal(signed(NOBODY), 1, seq));
        } else {
            assert!(!model.there, "a withdrawal that nobody knows the end of");
        }
    }
    let refunds: Vec<_> = Refunds::<Test>::iter_key_prefix(1).collect();
    if model.there {
        assert_eq!(record.engine, model.engine);
        let pending = record.pending.filter(|pending| pending.seq.is_some());
        assert_eq!(pending, None);
        assert_eq!(Held::<Test>::get(1), model.ledger.values().sum());
        return;
    }
    assert_eq!(Progress::<Test>::get(1).setup, Setup::Failed);
    assert!(matches!(record.status, ClusterStatus::Closing { .. }));
    for seq in refunds {
        assert_ok!(FatContracts::claim_withdrawal(signed(NOBODY), 1, seq));
    }
    assert_eq!(Held::<Test>::get(1), 0);
    assert_eq!((free(&BOB), free(&ALICE)), (RICH, RICH - ED));
}

#[test]
fn somebody_can_always_go_on() {
    let number = |name| {
        let text = std::env::var(name).ok()?;
        Some(text.parse::<u64>().expect("a number"))
    };
    let seeds = match number("HISTORY") {
        Some(seed) => seed..=seed,
        None => 1..=number("HISTORIES").unwrap_or(40),
    };
    let mut figures = Figures::default();
    let histories = seeds.end() - seeds.start() + 1;
    for seed in seeds {
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            run(seed, 80, &mut figures);
        }));
        assert!(result.is_ok(), "HISTORY={seed} fails");
    }
    println!(
        "{histories} histories, {} steps, {} messages, {} amendments applied and {} dropped, \
         {} lapses, {} divergences, {} resolved, {} roots named, of which {} times false effects \
         were told, {} setups failed",
        figures.steps,
        figures.messages,
        figures.amended,
        figures.dropped,
        figures.lapsed,
        figures.diverged,
        figures.resolved,
        figures.named,
        figures.lies_about_named,
        figures.failed,
    );
    // Each of them has to come up, or nothing was tried.
    let all = [
        figures.amended,
        figures.dropped,
        figures.lapsed,
        figures.diverged,
        figures.resolved,
        figures.named,
        figures.lies_about_named,
        figures.failed,
    ];
    assert!(histories < 40 || all.iter().all(|count| *count > 0));
}
