//! The cluster's key goes from worker to worker by the chain: workers with base paths of their own, a
//! contract that keeps what it derives from the key, and members that lie, go and forget.

use crate::{
    cluster::{account, Cluster, ID},
    files::{built, record_of, V2_0},
};
use fat_contracts_primitives::{contract_address, AccountId, CodeSource, StateRoot};
use pallet_fat_contracts::{Call, ClusterKeys, Progress, SealedKeys};
use parity_scale_codec::Encode;
use pink_capi::{
    types::{Outcome, Weight},
    Fault,
};
use pink_devchain::{MockSource, GAS_LIMIT};
use pink_engine_host::EngineRegistry;
use pink_worker_core::{
    exec::{ParkReason, Parked},
    query::{InkMessage, Queries, QueryConfig, QueryOptions},
    source::{FollowError, Follower},
    store::{Store, StoreOptions},
    ClusterKey, EnvelopeError, EnvelopeSecret, KeyError, KeyExchange, KeyStanding, Worker,
    CLUSTER_KEY_FILE, DRAWN_KEY_FILE, ENVELOPE_KEY_FILE,
};
use runtime_mock::{
    runtime::{FatContracts, Runtime, RuntimeCall},
    workers, Extrinsic,
};
use sp_crypto_hashing::blake2_256;
use std::{
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// A contract that keeps a key that it derives.
const OUTSIDE: &[u8] = include_bytes!("../../../contracts/artifacts/outside.wasm");
const CONSTRUCTOR: [u8; 4] = [0xed, 0x4b, 0x9d, 0x1b];

fn name(index: usize) -> AccountId {
    AccountId::new([index as u8 + 100; 32])
}

fn input(message: &str, args: impl Encode) -> Vec<u8> {
    let mut input = blake2_256(message.as_bytes())[..4].to_vec();
    args.encode_to(&mut input);
    input
}

fn contract() -> AccountId {
    contract_address(&account(0), &blake2_256(OUTSIDE).into(), ID, b"outside")
}

/// A worker as a daemon runs it.
struct Member {
    account: AccountId,
    base: TempDir,
    running: Option<(Worker, Follower)>,
    /// It gets its key by the chain. Older programs have a file, or none.
    exchanges: bool,
    /// Nobody has vouched for its chain.
    keeps: bool,
}

impl Member {
    fn new(account: AccountId) -> Self {
        Self {
            account,
            base: TempDir::new().expect("a folder"),
            running: None,
            exchanges: true,
            keeps: false,
        }
    }

    /// One that knows files alone.
    fn of_old(account: AccountId, key: Option<ClusterKey>) -> Self {
        let member = Self {
            exchanges: false,
            ..Self::new(account)
        };
        key.iter().for_each(|key| member.give(*key));
        member
    }

    /// Somebody puts a key's file into its base path.
    fn give(&self, key: ClusterKey) {
        key.keep(self.base.path()).expect("a folder");
    }

    fn file(&self, name: &str) -> PathBuf {
        self.base.path().join(name)
    }

    fn has(&self, name: &str) -> bool {
        self.file(name).exists()
    }

    fn key(&self) -> Option<ClusterKey> {
        ClusterKey::of_base_path(self.base.path()).expect("it reads")
    }

    fn run(&mut self) -> &mut (Worker, Follower) {
        let base = self.base.path();
        self.running.get_or_insert_with(|| {
            let options = StoreOptions::default();
            let store = Store::open(base, options)
                .or_else(|_| Store::create(base, options))
                .expect("a store");
            let engines = built(V2_0);
            let registry = EngineRegistry::new(engines.parent().expect("a folder"));
            let key = ClusterKey::of_base_path(base).expect("it reads");
            let worker = Worker::new(store, registry)
                .with_cluster(ID)
                .with_cluster_key(key);
            let follower = Follower::new(ID);
            let keys = || {
                let keys = KeyExchange::of_base_path(ID, base).expect("keys");
                if self.keeps {
                    keys.keeping_it()
                } else {
                    keys
                }
            };
            (
                worker,
                if self.exchanges {
                    follower.with_keys(keys())
                } else {
                    follower
                },
            )
        })
    }

    /// It is killed, and starts when it is needed.
    fn stop(&mut self) {
        self.running = None;
    }

    /// Executes what it hasn't, and says what there is to say.
    fn turn(&mut self, cluster: &Cluster) -> Result<(Option<Parked>, Vec<Extrinsic>), FollowError> {
        let account = self.account.clone();
        let (worker, follower) = self.run();
        let done = worker.head().expect("it reads").map_or(0, |it| it.0);
        let open = cluster.history.iter().filter(|block| block.number > done);
        let mut source = MockSource::of(cluster.chain.clone(), open.cloned().collect(), account);
        let followed = follower.follow(worker, &source, usize::MAX, Vec::new())?;
        assert!(followed.failed.is_none());
        follower.speak(worker, &mut source)?;
        Ok((followed.imported.parked, source.take_said()))
    }

    /// Executes all there is.
    #[track_caller]
    fn goes_on(&mut self, cluster: &Cluster) {
        let (parked, _) = self.turn(cluster).expect("it can");
        assert!(parked.is_none(), "{parked:?}");
        assert_eq!(self.head().0, cluster.chain.head().number);
    }

    /// The same of what concerns keys, as calls.
    fn words(&mut self, cluster: &Cluster) -> Vec<Call<Runtime>> {
        let (_, said) = self.turn(cluster).expect("it can");
        let calls = said.into_iter().filter_map(|it| match it.call {
            RuntimeCall::FatContracts(call) => Some(call),
            _ => None,
        });
        let of_keys = |call: &Call<Runtime>| {
            matches!(
                call,
                Call::set_worker_key { .. }
                    | Call::commit_cluster_key { .. }
                    | Call::share_cluster_key { .. }
            )
        };
        calls.filter(of_keys).collect()
    }

    fn standing(&mut self) -> KeyStanding {
        self.run().1.keys().expect("it exchanges").standing()
    }

    /// What it says of the envelopes that gave no key.
    fn refused(&mut self) -> Vec<(AccountId, String)> {
        let keys = self.run().1.keys().expect("it exchanges");
        let told = keys.refused().map(|(from, error)| {
            let kind = match error {
                EnvelopeError::NotOurs => "not ours".to_owned(),
                EnvelopeError::OtherKey { found, .. } => format!("{found:?}"),
                other => panic!("{other}"),
            };
            (from.clone(), kind)
        });
        told.collect()
    }

    fn head(&mut self) -> (u32, StateRoot) {
        let head = self.run().0.head().expect("it reads");
        head.map_or_else(Default::default, |(number, root, _)| (number, root))
    }

    fn queries(&mut self) -> Queries {
        Queries::new(self.run().0.handle().clone(), QueryConfig::default())
    }
}

/// What the contract answers.
fn ask(queries: &Queries, message: &[u8]) -> Vec<u8> {
    let message = InkMessage {
        payload: message.to_vec(),
        ..InkMessage::default()
    };
    let options = QueryOptions {
        gas_limit: Some(Weight::new(GAS_LIMIT.ref_time, GAS_LIMIT.proof_size)),
        ..QueryOptions::default()
    };
    let asker = account(0).into();
    let answer = queries.query(asker, contract().into(), message, options);
    let receipt = answer.expect("an answer").receipt;
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
    let output = receipt.output.strip_prefix(&[0]).expect("ink!'s Ok");
    output.to_vec()
}

/// What the contract kept in a transaction.
fn kept(queries: &Queries) -> Vec<u8> {
    ask(queries, &input("public_key", ()))
}

/// A chain with a cluster of one member, which isn't running, and with the contract.
fn cluster() -> Cluster {
    let mut cluster = Cluster::without_contract(vec![built(V2_0)], 1, Vec::new());
    cluster.signed(
        0,
        Call::instantiate_contract {
            cluster: ID,
            code: CodeSource::Code(OUTSIDE.to_vec()),
            input: CONSTRUCTOR.to_vec(),
            salt: b"outside".to_vec(),
            value: 0,
            gas_limit: GAS_LIMIT,
            storage_deposit_limit: None,
            max_gas_price: None,
            max_ordering_fee: u128::MAX,
        },
    );
    cluster
}

/// Has the contract keep a key.
fn keep_key(cluster: &mut Cluster) {
    let call = Call::call_contract {
        cluster: ID,
        contract: contract(),
        input: input("keep_key", b"salt".to_vec()),
        value: 0,
        gas_limit: GAS_LIMIT,
        storage_deposit_limit: None,
        max_gas_price: None,
        max_ordering_fee: u128::MAX,
    };
    cluster.signed(0, call);
}

fn join(cluster: &mut Cluster, member: &AccountId) {
    let (_, record) = record_of(&built(V2_0));
    let files = record.artefacts.iter().map(|it| it.hash).collect();
    cluster.block(workers::add_worker(member.clone(), account(0), ID, files));
}

fn leave(cluster: &mut Cluster, member: &AccountId) {
    let worker = member.clone();
    let leave = Call::remove_worker_from_cluster {
        cluster: ID,
        worker,
    };
    cluster.block(vec![Extrinsic::signed(member.clone(), leave)]);
}

fn share(from: &AccountId, to: &AccountId, sealed: [u8; 80]) -> Extrinsic {
    let to = to.clone();
    let share = Call::share_cluster_key {
        cluster: ID,
        to,
        sealed,
    };
    Extrinsic::signed(from.clone(), share)
}

fn commit(from: &AccountId, key: &ClusterKey) -> Extrinsic {
    let commitment = key.commitment();
    let commit = Call::commit_cluster_key {
        cluster: ID,
        commitment,
    };
    Extrinsic::signed(from.clone(), commit)
}

/// Everybody has a turn, and what they say is in the next block, which all of it is taken in.
#[track_caller]
fn round(cluster: &mut Cluster, members: &mut [&mut Member]) {
    let mut said = Vec::new();
    for member in members.iter_mut() {
        said.extend(member.turn(cluster).expect("it can").1);
    }
    cluster.block(said);
    let state = cluster.chain.query(FatContracts::do_try_state);
    state.expect("the chain's invariants hold");
}

fn commitment(cluster: &Cluster) -> Option<fat_contracts_primitives::KeyCommitment> {
    cluster.chain.query(|| ClusterKeys::<Runtime>::get(ID))
}

fn confirmed(cluster: &Cluster) -> u32 {
    let progress = || Progress::<Runtime>::get(ID).confirmed.block;
    cluster.chain.query(progress)
}

#[track_caller]
fn lacks_a_key(parked: &Option<Parked>) {
    let parked = parked.as_ref().expect("it is parked");
    let lacks = |reason: &ParkReason| matches!(reason, ParkReason::Fault { fault, .. } if *fault == Fault::NoClusterKey);
    assert!(lacks(&parked.reason), "{parked}");
}

/// From a cluster without a key to two workers that give the same, none of whom was given a file. With
/// `restarts` every turn is another process's.
fn a_key_is_handed_over(restarts: bool) {
    let mut cluster = cluster();
    let (mut first, mut newcomer) = (Member::new(name(0)), Member::new(name(1)));
    let round = |cluster: &mut Cluster, members: &mut [&mut Member]| {
        if restarts {
            members.iter_mut().for_each(|member| member.stop());
        }
        round(cluster, members);
    };
    round(&mut cluster, &mut [&mut first]);
    assert!(first.has(DRAWN_KEY_FILE) && !first.has(CLUSTER_KEY_FILE));
    assert_eq!(
        first.run().0.cluster_key(),
        None,
        "not before the chain has it"
    );
    round(&mut cluster, &mut [&mut first]);
    let key = first.key().expect("it has it");
    assert_eq!(commitment(&cluster), Some(key.commitment()));
    assert!(!first.has(DRAWN_KEY_FILE));
    keep_key(&mut cluster);
    round(&mut cluster, &mut [&mut first]);
    assert_eq!(first.standing(), KeyStanding::Held);

    join(&mut cluster, &newcomer.account);
    let parked = newcomer.turn(&cluster).expect("it can").0;
    lacks_a_key(&parked);
    // It is there before the key, and has it with the worker.
    let queries = (!restarts).then(|| newcomer.queries());
    for _ in 0..3 {
        round(&mut cluster, &mut [&mut first, &mut newcomer]);
    }
    assert_eq!(newcomer.standing(), KeyStanding::Held);
    assert_eq!(newcomer.key(), Some(key));
    let served = |to: &AccountId| cluster.chain.query(|| SealedKeys::<Runtime>::get(ID, to));
    assert_eq!(served(&newcomer.account).len(), 1);
    assert!(served(&first.account).is_empty(), "nobody asked");

    // Once more, with both of them.
    keep_key(&mut cluster);
    for _ in 0..3 {
        round(&mut cluster, &mut [&mut first, &mut newcomer]);
    }
    first.goes_on(&cluster);
    newcomer.goes_on(&cluster);
    assert_eq!(first.head(), newcomer.head());
    assert_eq!(first.words(&cluster), [], "all is said");
    assert_eq!(newcomer.words(&cluster), [], "all is said");
    let last = cluster.block_of(cluster.last_seq());
    assert!(confirmed(&cluster) >= last, "both are needed for that");

    // As with a file that was copied, and not as with another key.
    let mut copied = Member::of_old(name(2), Some(key));
    let mut other = Member::of_old(name(3), Some(ClusterKey::new([9; 32])));
    copied.goes_on(&cluster);
    other.goes_on(&cluster);
    assert_eq!(copied.head(), newcomer.head());
    assert_ne!(other.head().1, newcomer.head().1);
    let queries = queries.unwrap_or_else(|| newcomer.queries());
    let derive = input("ask", (4u16, b"salt".to_vec().encode()));
    for like in [&mut first, &mut copied] {
        assert_eq!(kept(&queries), kept(&like.queries()));
        assert_eq!(ask(&queries, &derive), ask(&like.queries(), &derive));
    }
    // As SCALE has it: a length, and a key.
    assert!(kept(&queries).len() > 32);
    assert_ne!(kept(&queries), kept(&other.queries()));
    assert_ne!(ask(&queries, &derive), ask(&other.queries(), &derive));
}

#[test]
fn a_newcomer_gets_the_key_without_a_file() {
    a_key_is_handed_over(false);
}

#[test]
fn a_restart_between_any_two_steps_changes_nothing() {
    a_key_is_handed_over(true);
}

/// What was drawn and never heard of is committed to all the same, and a crash amid the last step is
/// one before it or behind it.
#[test]
fn what_was_drawn_is_not_lost() {
    let mut cluster = cluster();
    let mut first = Member::new(name(0));
    let said = first.words(&cluster);
    first.stop();
    assert_eq!(first.words(&cluster), said, "the same again");
    let drawn = fs::read(first.file(DRAWN_KEY_FILE)).expect("a file");
    let mode = fs::metadata(first.file(DRAWN_KEY_FILE)).expect("a file");
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&mode) & 0o777, 0o600);
    round(&mut cluster, &mut [&mut first]);
    // It has its place, and the draft is there still.
    fs::write(first.file("aside"), &drawn).expect("a folder");
    first.words(&cluster);
    fs::rename(first.file("aside"), first.file(DRAWN_KEY_FILE)).expect("a folder");
    fs::set_permissions(
        first.file(DRAWN_KEY_FILE),
        std::os::unix::fs::PermissionsExt::from_mode(0o600),
    )
    .expect("its owner may");
    first.stop();
    assert_eq!(first.words(&cluster), []);
    assert_eq!(first.standing(), KeyStanding::Held);
    assert!(!first.has(DRAWN_KEY_FILE));
    assert_eq!(
        fs::read(first.file(CLUSTER_KEY_FILE)).expect("a file"),
        drawn
    );
}

/// An envelope is said in the same words until the chain has it.
#[test]
fn what_is_not_taken_is_said_again() {
    let mut cluster = cluster();
    let (mut first, newcomer) = (Member::new(name(0)), Member::new(name(1)));
    for _ in 0..2 {
        round(&mut cluster, &mut [&mut first]);
    }
    join(&mut cluster, &newcomer.account);
    let set = Call::set_worker_key { key: [9; 32] };
    cluster.block(vec![Extrinsic::signed(newcomer.account.clone(), set)]);
    let said = first.words(&cluster);
    assert!(
        matches!(&said[..], [Call::share_cluster_key { .. }]),
        "{said:?}"
    );
    assert_eq!(first.words(&cluster), said);
    round(&mut cluster, &mut [&mut first]);
    assert_eq!(first.words(&cluster), []);
}

/// A newcomer names another key while an envelope to the old one is under way.
#[test]
fn what_comes_too_late_for_its_key_is_sealed_anew() {
    let mut cluster = cluster();
    let (mut first, mut newcomer) = (Member::new(name(0)), Member::new(name(1)));
    for _ in 0..2 {
        round(&mut cluster, &mut [&mut first]);
    }
    join(&mut cluster, &newcomer.account);
    let old = Call::set_worker_key { key: [9; 32] };
    cluster.block(vec![Extrinsic::signed(newcomer.account.clone(), old)]);
    // Its own comes first.
    round(&mut cluster, &mut [&mut newcomer, &mut first]);
    newcomer.turn(&cluster).expect("it can");
    assert_eq!(newcomer.refused(), [(name(0), "not ours".into())]);
    for _ in 0..2 {
        round(&mut cluster, &mut [&mut newcomer, &mut first]);
    }
    assert_eq!(newcomer.standing(), KeyStanding::Held);
    assert_eq!(first.words(&cluster), []);
}

/// The same, and the one that sealed it is killed before it looks again: on the chain there is an envelope of its own, and
/// nothing tells that it is for a key that is gone. The newcomer can't name another key any more, so nobody else helps.
#[test]
fn a_restart_hides_no_envelope_that_came_too_late() {
    let mut cluster = cluster();
    let (mut first, mut newcomer) = (Member::new(name(0)), Member::new(name(1)));
    for _ in 0..2 {
        round(&mut cluster, &mut [&mut first]);
    }
    join(&mut cluster, &newcomer.account);
    let old = Call::set_worker_key { key: [9; 32] };
    cluster.block(vec![Extrinsic::signed(newcomer.account.clone(), old)]);
    round(&mut cluster, &mut [&mut newcomer, &mut first]);
    first.stop();
    for _ in 0..3 {
        round(&mut cluster, &mut [&mut newcomer, &mut first]);
    }
    assert_eq!(newcomer.standing(), KeyStanding::Held);
    assert_eq!(newcomer.key(), first.key());
}

/// Governance has a cluster get another key: an envelope with the old one that didn't land yet is of no use, and isn't
/// said again by the next run.
#[test]
fn what_was_sealed_of_a_key_that_was_taken_back_is_sealed_anew() {
    let mut cluster = cluster();
    let (mut first, mut newcomer) = (Member::new(name(0)), Member::new(name(1)));
    for _ in 0..2 {
        round(&mut cluster, &mut [&mut first]);
    }
    join(&mut cluster, &newcomer.account);
    round(&mut cluster, &mut [&mut newcomer]);
    let said = first.words(&cluster);
    assert!(
        matches!(&said[..], [Call::share_cluster_key { .. }]),
        "{said:?}"
    );
    first.stop();
    let clear = Call::clear_cluster_key { cluster: ID };
    cluster.block(vec![Extrinsic::governance(clear)]);
    fs::remove_file(first.file(CLUSTER_KEY_FILE)).expect("it is there");
    let other = ClusterKey::new([0x66; 32]);
    first.give(other);
    for _ in 0..4 {
        round(&mut cluster, &mut [&mut newcomer, &mut first]);
    }
    assert_eq!(newcomer.standing(), KeyStanding::Held);
    assert_eq!(newcomer.key(), Some(other));
}

/// What was drawn and isn't the first to be committed to was never used, and goes.
#[test]
fn a_key_that_comes_second_was_never_used() {
    let mut cluster = cluster();
    let (mut first, mut second) = (Member::new(name(0)), Member::new(name(1)));
    join(&mut cluster, &second.account);
    keep_key(&mut cluster);
    let said = first.words(&cluster);
    assert!(
        matches!(&said[..], [Call::commit_cluster_key { .. }]),
        "{said:?}"
    );
    // It is taken out before its word arrives.
    leave(&mut cluster, &first.account);
    for _ in 0..2 {
        round(&mut cluster, &mut [&mut second]);
    }
    let worker = first.account.clone();
    let add = Call::add_worker_to_cluster {
        cluster: ID,
        worker,
    };
    cluster.signed(0, add);
    lacks_a_key(&first.turn(&cluster).expect("it can").0);
    for _ in 0..3 {
        round(&mut cluster, &mut [&mut first, &mut second]);
    }
    first.goes_on(&cluster);
    second.goes_on(&cluster);
    assert_eq!(first.key(), second.key());
    assert!(!first.has(DRAWN_KEY_FILE) && !second.has(DRAWN_KEY_FILE));
    assert_eq!(first.head(), second.head());
}

/// A newcomer waits, names who lies, and takes the first right envelope, however many false ones come.
#[test]
fn who_shares_garbage_keeps_no_newcomer_from_the_key() {
    let mut cluster = cluster();
    let mut first = Member::new(name(0));
    for _ in 0..2 {
        round(&mut cluster, &mut [&mut first]);
    }
    let (liar, mut newcomer) = (name(1), Member::new(name(2)));
    join(&mut cluster, &liar);
    join(&mut cluster, &newcomer.account);
    keep_key(&mut cluster);
    round(&mut cluster, &mut [&mut newcomer]);
    // The honest one sleeps, and the liar doesn't.
    let other = ClusterKey::new([0x66; 32]);
    let secret = EnvelopeSecret::of_base_path(newcomer.base.path()).expect("keys");
    let for_another = other.seal(ID, &liar, &secret.public()).expect("sealed");
    let false_key = other.seal(ID, &newcomer.account, &secret.public());
    let false_key = false_key.expect("sealed");
    let not_ours = "not ours".to_owned();
    for (sealed, named) in [
        ([7; 80], not_ours.clone()),
        (for_another, not_ours),
        (false_key, format!("{:?}", other.commitment())),
    ] {
        cluster.block(vec![share(&liar, &newcomer.account, sealed)]);
        lacks_a_key(&newcomer.turn(&cluster).expect("it can").0);
        assert_eq!(newcomer.refused(), [(liar.clone(), named)]);
        assert_eq!(newcomer.standing(), KeyStanding::WaitsForEnvelope);
        assert!(!newcomer.has(CLUSTER_KEY_FILE));
        assert_eq!(newcomer.run().0.cluster_key(), None);
    }
    // Garbage right behind the right one.
    let mut said = first.turn(&cluster).expect("it can").1;
    said.push(share(&liar, &newcomer.account, [8; 80]));
    cluster.block(said);
    newcomer.goes_on(&cluster);
    assert_eq!(newcomer.standing(), KeyStanding::Held);
    assert_eq!(newcomer.key(), first.key());
}

/// A key to which nothing can be sealed is its worker's own trouble.
#[test]
fn a_key_that_cannot_be_used_is_nobody_else_s_trouble() {
    let mut cluster = cluster();
    let (mut first, mut newcomer) = (Member::new(name(0)), Member::new(name(2)));
    for _ in 0..2 {
        round(&mut cluster, &mut [&mut first]);
    }
    join(&mut cluster, &name(1));
    join(&mut cluster, &newcomer.account);
    let set = Call::set_worker_key { key: [0; 32] };
    cluster.block(vec![Extrinsic::signed(name(1), set)]);
    for _ in 0..3 {
        round(&mut cluster, &mut [&mut first, &mut newcomer]);
    }
    assert_eq!(newcomer.standing(), KeyStanding::Held);
    assert_eq!(first.words(&cluster), []);
}

/// Whoever commits to a key that it keeps for itself, or hasn't got, takes the key from the cluster:
/// nobody takes a false one, everything else goes on, and the first message that asks for a key parks.
#[test]
fn a_liar_that_commits_first_gives_nobody_a_false_key() {
    let mut cluster = cluster();
    let (liar, false_key) = (name(0), ClusterKey::new([0x66; 32]));
    let mut second = Member::new(name(1));
    join(&mut cluster, &second.account);
    let mut said = second.turn(&cluster).expect("it can").1;
    assert_eq!(second.standing(), KeyStanding::WaitsForCommitment);
    said.push(commit(&liar, &ClusterKey::new([0x77; 32])));
    cluster.block(said);
    let secret = EnvelopeSecret::of_base_path(second.base.path()).expect("keys");
    let sealed = false_key.seal(ID, &second.account, &secret.public());
    cluster.block(vec![share(&liar, &second.account, sealed.expect("sealed"))]);
    second.goes_on(&cluster);
    let named = format!("{:?}", false_key.commitment());
    assert_eq!(second.refused(), [(liar.clone(), named)]);
    keep_key(&mut cluster);
    lacks_a_key(&second.turn(&cluster).expect("it can").0);
    assert!(!second.has(CLUSTER_KEY_FILE) && !second.has(DRAWN_KEY_FILE));
    // When the liar is gone, its word stays: there is no other key, and none is drawn.
    leave(&mut cluster, &liar);
    assert_eq!(second.words(&cluster), []);
    assert_eq!(second.standing(), KeyStanding::WaitsForEnvelope);
    assert!(!second.has(DRAWN_KEY_FILE));
}

/// What it sealed is there when it is gone, and whoever opened it hands the key on.
#[test]
fn who_leaves_has_handed_the_key_over() {
    let mut cluster = cluster();
    let (mut first, mut second) = (Member::new(name(0)), Member::new(name(1)));
    for _ in 0..2 {
        round(&mut cluster, &mut [&mut first]);
    }
    keep_key(&mut cluster);
    join(&mut cluster, &second.account);
    round(&mut cluster, &mut [&mut second]);
    round(&mut cluster, &mut [&mut first]);
    leave(&mut cluster, &first.account);
    first.turn(&cluster).expect("it can");
    assert_eq!(first.standing(), KeyStanding::NotMember);
    let mut third = Member::new(name(2));
    join(&mut cluster, &third.account);
    for _ in 0..4 {
        round(&mut cluster, &mut [&mut second, &mut third]);
    }
    assert_eq!(second.key(), first.key());
    assert_eq!(third.key(), first.key());
    third.goes_on(&cluster);
    second.goes_on(&cluster);
    assert_eq!(second.head(), third.head());
}

#[test]
fn a_worker_with_another_key_says_nothing() {
    let mut cluster = cluster();
    let mut first = Member::new(name(0));
    for _ in 0..2 {
        round(&mut cluster, &mut [&mut first]);
    }
    let (key, other) = (first.key().expect("it has it"), ClusterKey::new([9; 32]));
    let mut second = Member::new(name(1));
    join(&mut cluster, &second.account);
    second.give(other);
    for _ in 0..2 {
        let refused = second.turn(&cluster).expect_err("another key");
        let FollowError::Keys(error) = &refused else {
            panic!("{refused}");
        };
        let KeyError::OtherKey {
            expected, found, ..
        } = error
        else {
            panic!("{refused}");
        };
        assert_eq!((*expected, *found), (key.commitment(), other.commitment()));
        assert!(error.hint().contains(CLUSTER_KEY_FILE), "{}", error.hint());
        assert!(!refused.to_string().contains("090909"), "{refused}");
        assert_eq!(second.head().0, 0, "nothing is executed");
    }
    assert_eq!(second.key(), Some(other), "what somebody put there stays");
    // The right one may be put there while it runs.
    second.stop();
    fs::remove_file(second.file(CLUSTER_KEY_FILE)).expect("a file");
    second.turn(&cluster).expect("it can");
    second.give(key);
    assert_eq!(second.words(&cluster), []);
    assert_eq!(second.standing(), KeyStanding::Held);
    assert_eq!(second.run().0.cluster_key(), Some(key));
}

/// Clusters whose workers have a file already commit to that, and nobody but the first does.
#[test]
fn a_key_of_a_file_is_committed_to_by_the_first() {
    let mut cluster = cluster();
    let key = ClusterKey::new([5; 32]);
    let (mut first, mut second) = (Member::new(name(0)), Member::new(name(1)));
    first.give(key);
    second.give(key);
    let mut third = Member::new(name(2));
    join(&mut cluster, &second.account);
    join(&mut cluster, &third.account);
    round(&mut cluster, &mut [&mut second, &mut third]);
    assert_eq!(second.standing(), KeyStanding::Uncommitted);
    assert_eq!(third.standing(), KeyStanding::WaitsForCommitment);
    assert!(!third.has(DRAWN_KEY_FILE));
    assert_eq!(commitment(&cluster), None);
    for _ in 0..3 {
        round(&mut cluster, &mut [&mut first, &mut second, &mut third]);
    }
    assert_eq!(commitment(&cluster), Some(key.commitment()));
    assert!(!first.has(DRAWN_KEY_FILE));
    third.turn(&cluster).expect("it can");
    assert_eq!(third.key(), Some(key));
}

/// Where others have used a key for what is confirmed, a first member without it draws none.
#[test]
fn a_worker_behind_what_is_confirmed_draws_no_key() {
    let mut cluster = cluster();
    let key = ClusterKey::new([5; 32]);
    let mut old = Member::of_old(name(0), Some(key));
    keep_key(&mut cluster);
    for _ in 0..3 {
        round(&mut cluster, &mut [&mut old]);
    }
    assert!(confirmed(&cluster) >= cluster.block_of(cluster.last_seq()));
    let mut newcomer = Member::new(name(1));
    join(&mut cluster, &newcomer.account);
    leave(&mut cluster, &old.account);
    for _ in 0..2 {
        let (parked, said) = newcomer.turn(&cluster).expect("it can");
        lacks_a_key(&parked);
        assert_eq!(said, []);
        assert_eq!(newcomer.standing(), KeyStanding::BehindHistory);
        assert!(!newcomer.has(DRAWN_KEY_FILE));
    }
    newcomer.give(key);
    for _ in 0..2 {
        round(&mut cluster, &mut [&mut newcomer]);
    }
    assert_eq!(commitment(&cluster), Some(key.commitment()));
    newcomer.goes_on(&cluster);
}

/// It can't open what was sealed to it, and can't have others seal again as it likes. The owner can.
#[test]
fn who_lost_its_envelope_key_is_added_again() {
    let mut cluster = cluster();
    let (mut first, mut second) = (Member::new(name(0)), Member::new(name(1)));
    for _ in 0..2 {
        round(&mut cluster, &mut [&mut first]);
    }
    join(&mut cluster, &second.account);
    round(&mut cluster, &mut [&mut second]);
    second.stop();
    fs::remove_file(second.file(ENVELOPE_KEY_FILE)).expect("a file");
    // Nothing is sealed to it yet: it takes another one by itself.
    round(&mut cluster, &mut [&mut second]);
    second.stop();
    fs::remove_file(second.file(ENVELOPE_KEY_FILE)).expect("a file");
    round(&mut cluster, &mut [&mut first]);
    assert_eq!(second.words(&cluster), []);
    assert_eq!(second.standing(), KeyStanding::LostEnvelopeKey);
    assert_eq!(second.refused().len(), 1);
    leave(&mut cluster, &second.account);
    let worker = second.account.clone();
    let add = Call::add_worker_to_cluster {
        cluster: ID,
        worker,
    };
    cluster.signed(0, add);
    for _ in 0..3 {
        round(&mut cluster, &mut [&mut first, &mut second]);
    }
    assert_eq!(second.key(), first.key());
}

/// A folder of keys is nobody else's to read.
#[test]
fn keys_that_others_may_read_stop_the_exchange() {
    let cluster = cluster();
    for file in [ENVELOPE_KEY_FILE, DRAWN_KEY_FILE] {
        let mut first = Member::new(name(0));
        first.words(&cluster);
        first.stop();
        let wide = std::os::unix::fs::PermissionsExt::from_mode(0o640);
        let path: &Path = &first.file(file);
        fs::set_permissions(path, wide).expect("its owner may");
        let found = match KeyExchange::of_base_path(ID, first.base.path()) {
            Err(refused) => refused.to_string(),
            Ok(_) => first.turn(&cluster).expect_err("too open").to_string(),
        };
        assert!(found.contains("640") && found.contains(file), "{found}");
    }
}

/// A worker on a chain that nobody has vouched for hands the key to nobody: whoever made the chain up made its members up
/// as well.
#[test]
fn on_a_chain_that_nobody_vouched_for_the_key_is_handed_to_nobody() {
    let mut cluster = cluster();
    let (mut first, mut newcomer) = (Member::new(name(0)), Member::new(name(1)));
    first.keeps = true;
    join(&mut cluster, &newcomer.account);
    for _ in 0..4 {
        round(&mut cluster, &mut [&mut first, &mut newcomer]);
    }
    assert!(first.key().is_some(), "what it needs itself it gets");
    assert_eq!(newcomer.key(), None);
    let sealed = || SealedKeys::<Runtime>::iter().count();
    assert_eq!(cluster.chain.query(sealed), 0);
    let withheld = |member: &mut Member| member.run().1.keys().expect("it has").withheld();
    assert_eq!((withheld(&mut first), withheld(&mut newcomer)), (1, 0));
    // Somebody does.
    first.stop();
    first.keeps = false;
    for _ in 0..2 {
        round(&mut cluster, &mut [&mut first, &mut newcomer]);
    }
    assert_eq!(newcomer.key(), first.key());
    assert_eq!(withheld(&mut first), 0);
}

/// Whoever asks for blocks before executing them learns that its key is another one before it executes any.
#[test]
fn with_another_key_there_are_no_blocks_to_execute() {
    let mut cluster = cluster();
    let mut first = Member::new(name(0));
    for _ in 0..2 {
        round(&mut cluster, &mut [&mut first]);
    }
    let mut other = Member::new(name(1));
    other.give(ClusterKey::new([7; 32]));
    let account = other.account.clone();
    let (worker, follower) = other.run();
    let source = MockSource::of(cluster.chain.clone(), cluster.history.clone(), account);
    let refused = follower
        .next(worker, &source, usize::MAX)
        .map(|it| it.len());
    assert!(
        matches!(refused, Err(FollowError::Keys(KeyError::OtherKey { .. }))),
        "{refused:?}"
    );
}
