//! A small chain with small bounds.

pub(super) use crate::{pallet::Error, *};
pub(super) use fat_contracts_primitives::*;
pub(super) use frame_support::{assert_noop, assert_ok};
pub(super) use sp_runtime::DispatchError;

use frame_support::{
    derive_impl, parameter_types,
    traits::{fungible::Credit, ConstU32, ConstU64, Hooks, Imbalance, OnUnbalanced, Randomness},
    PalletId,
};
use frame_system::EnsureRoot;
use sp_runtime::{
    traits::{Convert, IdentityLookup},
    BuildStorage, Perbill,
};

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask
    )]
    pub struct Test;

    #[runtime::pallet_index(0)]
    pub type System = frame_system::Pallet<Test>;
    #[runtime::pallet_index(1)]
    pub type Timestamp = pallet_timestamp::Pallet<Test>;
    #[runtime::pallet_index(2)]
    pub type Balances = pallet_balances::Pallet<Test>;
    #[runtime::pallet_index(3)]
    pub type FatContracts = crate::Pallet<Test>;
}

type Block = frame_system::mocking::MockBlockU32<Test>;

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Test {
    type Block = Block;
    type Nonce = u32;
    type Hash = Hash;
    type AccountId = AccountId;
    type Lookup = IdentityLookup<AccountId>;
    type AccountData = pallet_balances::AccountData<Balance>;
}

impl pallet_timestamp::Config for Test {
    type Moment = u64;
    type OnTimestampSet = ();
    type MinimumPeriod = ConstU64<1>;
    type WeightInfo = ();
}

/// The chain's existential deposit.
pub(super) const ED: Balance = 10;
/// The cluster's, unless a test says otherwise: different on purpose.
pub(super) const CLUSTER_ED: Balance = 25;
/// What everyone owns at first.
pub(super) const RICH: Balance = 1_000_000;

parameter_types! {
    pub const ExistentialDeposit: Balance = ED;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = Balance;
    type ExistentialDeposit = ExistentialDeposit;
    type AccountStore = System;
}

pub struct FixedRandomness;

impl Randomness<Hash, BlockNumber> for FixedRandomness {
    fn random(_: &[u8]) -> (Hash, BlockNumber) {
        (Hash::repeat_byte(0xaa), 0)
    }
}

parameter_types! {
    pub const FatContractsPalletId: PalletId = PalletId(*b"fat/test");
    pub const GovernanceAccount: AccountId = TREASURY;
    pub const ReadyThreshold: Perbill = Perbill::from_percent(66);
    pub const MaxQueueBytes: u64 = 8192;
    pub const ReservedBytes: u64 = 1024;
    pub const MaxMessageWeight: Weight = Weight { ref_time: 1_000, proof_size: 100 };
    pub const MaxBlockWeight: Weight = Weight { ref_time: 2_500, proof_size: 250 };
}

parameter_types! {
    /// What a message takes of a block beside its limit; nothing, unless a test says so.
    pub static MessageBase: Weight = Weight { ref_time: 0, proof_size: 0 };
    /// And for each byte.
    pub static MessageByte: Weight = Weight { ref_time: 0, proof_size: 0 };
    /// The fee for ordering a message without a gas limit; nothing, unless a test says so.
    pub static BaseFee: Balance = 0;
    /// And that for each picosecond of a limit.
    pub static FeeRate: Balance = 0;
    /// What was taken.
    pub static FeesTaken: Balance = 0;
}

pub struct OrderingFee;

impl Convert<Weight, Balance> for OrderingFee {
    fn convert(limit: Weight) -> Balance {
        BaseFee::get() + FeeRate::get() * Balance::from(limit.ref_time)
    }
}

/// Counts the fees, and burns them.
pub struct CountFees;

impl OnUnbalanced<Credit<AccountId, Balances>> for CountFees {
    fn on_nonzero_unbalanced(fee: Credit<AccountId, Balances>) {
        FeesTaken::mutate(|taken| *taken += fee.peek());
    }
}

impl Config for Test {
    type Currency = Balances;
    type OrderingFee = OrderingFee;
    type OrderingFeeTo = CountFees;
    type Time = Timestamp;
    type Randomness = FixedRandomness;
    type GovernanceOrigin = EnsureRoot<AccountId>;
    type WorkerOrigin = EnsureRoot<AccountId>;
    type GovernanceAccount = GovernanceAccount;
    type WeightInfo = crate::weights::SubstrateWeight<Test>;
    type PalletId = FatContractsPalletId;
    type MaxMessageBytes = ConstU32<2048>;
    type MaxQueueMessages = ConstU32<24>;
    type MaxQueueBytes = MaxQueueBytes;
    type ReservedSlots = ConstU32<16>;
    type ReservedBytes = ReservedBytes;
    type MaxMessageWeight = MaxMessageWeight;
    type MaxBlockWeight = MaxBlockWeight;
    type MessageBase = MessageBase;
    type MessageByte = MessageByte;
    type MaxEngines = ConstU32<4>;
    type MaxArtefacts = ConstU32<2>;
    type MaxUpgradePaths = ConstU32<2>;
    type MaxSystemCodeBytes = ConstU32<64>;
    type MaxEngineConfigBytes = ConstU32<32>;
    type MaxMembers = ConstU32<4>;
    type MaxAnnounced = ConstU32<4>;
    type MinUpgradeNotice = ConstU32<10>;
    type MaxUpgradesPerBlock = ConstU32<2>;
    type ReadyThreshold = ReadyThreshold;
    type MinPriceNotice = ConstU32<5>;
    type CheckpointInterval = ConstU32<100>;
    type MaxCheckpoints = ConstU32<8>;
    type MaxEffects = ConstU32<10>;
    type LivenessPeriod = ConstU32<50>;
    type LeavingPeriod = ConstU32<20>;
    type MaxPrune = ConstU32<6>;
    type ClosingPeriod = ConstU32<20>;
}

pub(super) const ALICE: AccountId = AccountId::new([1; 32]);
pub(super) const BOB: AccountId = AccountId::new([2; 32]);
pub(super) const NOBODY: AccountId = AccountId::new([3; 32]);
pub(super) const TREASURY: AccountId = AccountId::new([4; 32]);
pub(super) const CONTRACT: AccountId = AccountId::new([5; 32]);

pub(super) const V1_0: EngineVersion = EngineVersion::new(1, 0);
pub(super) const V1_1: EngineVersion = EngineVersion::new(1, 1);
pub(super) const V2_0: EngineVersion = EngineVersion::new(2, 0);

/// Whatever ordering costs.
pub(super) const MOST: Balance = Balance::MAX;

pub(super) const GAS: Weight = Weight {
    ref_time: 100,
    proof_size: 10,
};

/// A worker's account.
pub(super) fn worker(number: u8) -> AccountId {
    AccountId::new([100 + number; 32])
}

pub(super) fn signed(who: AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who)
}

pub(super) fn root() -> RuntimeOrigin {
    RuntimeOrigin::root()
}

/// The hash of the only file of a version.
pub(super) fn file_hash(version: EngineVersion) -> Hash {
    Hash::repeat_byte((version.major * 16 + version.minor) as u8)
}

pub(super) fn artefact(version: EngineVersion) -> Artefact {
    Artefact {
        target: "x86_64-unknown-linux-gnu".into(),
        hash: file_hash(version),
        size: 1_000,
    }
}

/// Says what each message takes of a block beside its limit, and each of its bytes, in picoseconds;
/// and a hundredth of that in bytes of state.
pub(super) fn message_takes(base: u64, byte: u64) {
    let of = |ref_time| Weight {
        ref_time,
        proof_size: ref_time / 100,
    };
    MessageBase::set(of(base));
    MessageByte::set(of(byte));
}

/// A chain of which every invariant is checked after every use.
pub(super) struct Chain(sp_io::TestExternalities);

impl Chain {
    pub(super) fn execute_with<R>(&mut self, test: impl FnOnce() -> R) -> R {
        self.0.execute_with(|| {
            let result = test();
            assert_ok!(FatContracts::do_try_state());
            result
        })
    }

    /// Puts all that was changed into the state.
    pub(super) fn commit(&mut self) {
        self.0.commit_all().expect("no transaction is open");
    }

    /// The keys that were written or removed since then.
    pub(super) fn changed(&self) -> Vec<Vec<u8>> {
        let changes = self.0.overlayed_changes().changes();
        changes.map(|(key, _)| key.clone()).collect()
    }
}

/// A chain at block 1, where Alice, Bob and the treasury own something.
pub(super) fn chain_with(development: bool) -> Chain {
    // A thread may run several tests.
    message_takes(0, 0);
    let config = RuntimeGenesisConfig {
        balances: BalancesConfig {
            balances: [ALICE, BOB, TREASURY]
                .into_iter()
                .map(|who| (who, RICH))
                .collect(),
            ..Default::default()
        },
        fat_contracts: FatContractsConfig {
            development,
            ..Default::default()
        },
        ..Default::default()
    };
    let storage = config.build_storage().expect("a genesis");
    let mut chain = Chain(storage.into());
    chain.execute_with(next_block);
    chain
}

/// An empty chain at block 1.
pub(super) fn bare_chain() -> Chain {
    chain_with(false)
}

/// A chain with 1.0, 1.1 and 2.0, new clusters starting on 1.0, and Alice's public cluster 1.
pub(super) fn chain() -> Chain {
    let mut chain = bare_chain();
    chain.execute_with(|| {
        register_all();
        assert_ok!(FatContracts::set_pink_runtime_version(root(), V1_0));
        assert_ok!(add_cluster(ALICE, Permission::Public, vec![], 0));
        next_block();
    });
    chain
}

pub(super) fn register_all() {
    for (version, from) in [(V1_0, vec![]), (V1_1, vec![V1_0]), (V2_0, vec![V1_0, V1_1])] {
        let files = vec![artefact(version)];
        assert_ok!(FatContracts::register_engine(
            root(),
            version,
            1,
            from,
            files
        ));
    }
}

pub(super) fn add_cluster(
    owner: AccountId,
    permission: Permission,
    workers: Vec<AccountId>,
    deposit: Balance,
) -> sp_runtime::DispatchResult {
    FatContracts::add_cluster(
        signed(owner.clone()),
        PinkRuntimeVersion::<Test>::get().unwrap_or(V1_0),
        owner,
        permission,
        workers,
        deposit,
        2,
        3,
        4,
        TREASURY,
        CLUSTER_ED,
        vec![],
    )
}

/// A message as block 2 queues it, in its first extrinsic.
pub(super) fn queued(message: ClusterMessage) -> QueuedMessage {
    QueuedMessage {
        block: 2,
        message,
        extrinsic: Some(0),
    }
}

/// Ends the block, and begins the next one.
pub(super) fn next_block() {
    let number = System::block_number();
    FatContracts::on_finalize(number);
    let number = number + 1;
    System::reset_events();
    System::initialize(
        &number,
        &Hash::repeat_byte(number as u8),
        &Default::default(),
    );
    Timestamp::set_timestamp(u64::from(number) * 1_000);
    FatContracts::on_initialize(number);
    // From here on it is as in the block's first extrinsic.
    System::note_finished_initialize();
}

pub(super) fn last_event() -> Event<Test> {
    let events = System::events();
    let mut ours = events
        .into_iter()
        .rev()
        .filter_map(|record| match record.event {
            RuntimeEvent::FatContracts(event) => Some(event),
            _ => None,
        });
    ours.next().expect("an event of the pallet")
}

pub(super) fn call(
    who: AccountId,
    gas_limit: Weight,
    price: Option<Balance>,
) -> Result<(), DispatchError> {
    FatContracts::call_contract(
        signed(who),
        1,
        CONTRACT,
        vec![7],
        0,
        gas_limit,
        None,
        price,
        MOST,
    )
}

pub(super) fn free(who: &AccountId) -> Balance {
    Balances::free_balance(who)
}

/// Begins blocks until this one.
pub(super) fn advance_to(block: BlockNumber) {
    while System::block_number() < block {
        next_block();
    }
}

/// Admits workers, which serve Alice, and has them join her cluster 1.
pub(super) fn join(numbers: impl IntoIterator<Item = u8>) {
    for number in numbers {
        admit(number);
        assert_ok!(FatContracts::add_worker_to_cluster(
            signed(ALICE),
            1,
            worker(number)
        ));
    }
}

/// Admits a worker, which serves Alice.
pub(super) fn admit(number: u8) {
    assert_ok!(FatContracts::register_worker(root(), worker(number)));
    assert_ok!(FatContracts::serve_owner(
        signed(worker(number)),
        Some(ALICE)
    ));
}

/// A chain at block 3 with cluster 1 of four workers, so that a quorum is three. Nothing is
/// confirmed, and they have nothing to acknowledge but the Setup of block 1.
pub(super) fn staffed_chain() -> Chain {
    let mut chain = chain();
    chain.execute_with(|| {
        join(1..=4);
        next_block();
    });
    chain
}

/// The same of as many workers as one likes, the Setup of block 1 confirmed.
pub(super) fn chain_of(workers: u8) -> Chain {
    let mut chain = chain();
    chain.execute_with(|| {
        join(1..=workers);
        next_block();
        for number in 1..=workers {
            assert_ok!(ack(number, 7));
        }
        assert_eq!(confirmed(), 1);
    });
    chain
}

/// Bob brings money into cluster 1.
pub(super) fn deposit(amount: Balance) {
    assert_ok!(FatContracts::transfer_to_cluster(
        signed(BOB),
        1,
        BOB,
        amount,
        MOST
    ));
}

/// A worker says that it stands at a message, as of now.
pub(super) fn report_parked(number: u8, seq: Seq, cause: ParkCause) -> sp_runtime::DispatchResult {
    let block = FatContracts::message(1, seq).map_or(99, |queued| queued.block);
    FatContracts::report_parked(
        signed(worker(number)),
        1,
        block,
        seq,
        cause,
        FatContracts::now(),
    )
}

/// Governance amends a message of cluster 1.
pub(super) fn amend(seq: Seq, remedy: Remedy) -> sp_runtime::DispatchResult {
    FatContracts::amend(root(), 1, seq, remedy)
}

/// What says that a withdrawal was debited.
pub(super) fn debited(seq: Seq) -> Effect {
    Effect::Withdrawn {
        seq,
        outcome: WithdrawOutcome::Debited,
    }
}

/// The next checkpoint of a worker, with a root that is a repeated byte.
pub(super) fn checkpoint(number: u8, root: u8, effects: Vec<Effect>) -> Checkpoint {
    let next = FatContracts::next_to_acknowledge(1, &worker(number)).expect("a checkpoint");
    Checkpoint {
        block: next.cursor.block,
        last_seq: next.last_seq,
        engine: V1_0,
        root: StateRoot::repeat_byte(root),
        receipts_root: Hash::zero(),
        message_hash: next.message_hash,
        effects,
    }
}

/// A worker acknowledges its next checkpoint.
pub(super) fn ack(number: u8, root: u8) -> Result<(), DispatchError> {
    let checkpoint = checkpoint(number, root, vec![]);
    acknowledge(number, vec![checkpoint])
}

pub(super) fn acknowledge(number: u8, checkpoints: Vec<Checkpoint>) -> Result<(), DispatchError> {
    FatContracts::acknowledge(signed(worker(number)), 1, checkpoints)
        .map(|_| ())
        .map_err(|error| error.error)
}

/// What says that a message was executed as its amendment in force has it.
pub(super) fn amended(seq: Seq) -> Effect {
    let by = Amendments::<Test>::get(1, seq).map_or(0, |amended| amended.block);
    Effect::Amended { seq, by }
}

/// All workers of a list acknowledge everything there is, with these effects at one block.
pub(super) fn ack_all(numbers: &[u8], at: BlockNumber, effects: &[Effect], engine: EngineVersion) {
    for number in numbers {
        while let Some(next) = FatContracts::next_to_acknowledge(1, &worker(*number)) {
            let here = next.cursor.block == at;
            let mut checkpoint =
                checkpoint(*number, 7, if here { effects.to_vec() } else { vec![] });
            if next.cursor.block >= at {
                checkpoint.engine = engine;
            }
            assert_ok!(acknowledge(*number, vec![checkpoint]));
        }
    }
}

/// The last confirmed checkpoint's block.
pub(super) fn confirmed() -> BlockNumber {
    Progress::<Test>::get(1).confirmed.block
}

/// All events of the pallet in this block.
pub(super) fn events() -> Vec<Event<Test>> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::FatContracts(event) => Some(event),
            _ => None,
        })
        .collect()
}

pub(super) fn member(number: u8) -> ClusterMember {
    Members::<Test>::get(1)
        .into_iter()
        .find(|member| member.worker == worker(number))
        .expect("a member")
}

/// An empty chain before its first block, for the benchmarks.
#[cfg(feature = "runtime-benchmarks")]
pub(crate) fn benchmark_chain() -> sp_io::TestExternalities {
    let config = RuntimeGenesisConfig::default();
    config.build_storage().expect("a genesis").into()
}

pub(super) fn upgrade(
    who: AccountId,
    to: EngineVersion,
    at: BlockNumber,
) -> Result<(), DispatchError> {
    FatContracts::upgrade_runtime(signed(who), 1, to, at)
        .map(|_| ())
        .map_err(|error| error.error)
}

pub(super) fn announce(numbers: impl IntoIterator<Item = u8>, versions: &[EngineVersion]) {
    for number in numbers {
        let hashes: Vec<_> = versions.iter().map(|version| file_hash(*version)).collect();
        assert_ok!(FatContracts::announce_engines(
            signed(worker(number)),
            hashes.try_into().expect("few")
        ));
    }
}

/// A staffed chain, at block 3, all of whose workers have 1.1.
pub(super) fn ready_chain() -> Chain {
    let mut chain = staffed_chain();
    chain.execute_with(|| announce(1..=4, &[V1_0, V1_1]));
    chain
}
