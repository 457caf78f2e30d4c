//! A cluster in memory, and contracts in text. Every message that goes through it is checked
//! for what holds whatever it does: see [`Harness::execute`].

use crate::tested::Tested;
use parity_scale_codec::{DecodeAll, Encode};
use pink_engine_rent::{
    Alive, Cluster, Contract, Prefab, Release, RentConfig, RentEngine, Schedule,
};
use pink_engine_sdk::{
    types::{
        AccessError, AccountId, Balance, Block, BlockReceipt, Call, ClaimSurcharge, ClusterView,
        Code, ContractView, Deposit, Env, Failure, Hash, Instantiate, Message, Mode, Outcome,
        Receipt, RentView, Setup, UpdateSchedule, Weight,
    },
    Changes, Engine, Host, MemoryHost, Overlay,
};
use std::collections::BTreeMap;

/// Demands that a receipt's gas, base included, is this.
macro_rules! assert_gas {
    ($receipt:expr, $gas:literal) => {
        assert_eq!($receipt.gas_consumed.ref_time, $gas, "gas")
    };
}

pub(crate) const ALICE: AccountId = [1; 32];
pub(crate) const BOB: AccountId = [2; 32];
pub(crate) const CHARLIE: AccountId = [3; 32];
pub(crate) const DJANGO: AccountId = [4; 32];
pub(crate) const OWNER: AccountId = [8; 32];
pub(crate) const TREASURY: AccountId = [9; 32];

/// The gas limit of the unit tests of 2021.
pub(crate) const GAS: u64 = 10_000_000_000;
/// Their existential deposit, mostly.
pub(crate) const ED: Balance = 50;
/// ED and their tombstone deposit.
pub(crate) const THRESHOLD: Balance = ED + 16;

/// The configuration of the unit tests of 2021.
pub(crate) fn test_config() -> RentConfig {
    RentConfig {
        tombstone_deposit: 16,
        deposit_per_contract: 80_000,
        rent_fraction: 400_000,
        surcharge_reward: 500_000,
        signed_claim_handicap: 2,
        deletion_queue_depth: 1024,
        deletion_weight_limit: 500_000_000_000,
        max_depth: 100,
        max_value_size: 16_384,
        max_code_size: 2 * 1024,
    }
}

/// Their prices of a byte and of an item.
pub(crate) const PER_BYTE: Balance = 10_000;
pub(crate) const PER_ITEM: Balance = 10_000;

pub(crate) fn test_setup(config: &RentConfig) -> Setup {
    Setup {
        cluster: [0; 32],
        owner: OWNER,
        deposit: 0,
        gas_price: 0,
        deposit_per_item: PER_ITEM,
        deposit_per_byte: PER_BYTE,
        treasury: TREASURY,
        existential_deposit: ED,
        engine_config: config.encode(),
        system_code: None,
    }
}

pub(crate) type State = BTreeMap<Vec<u8>, Vec<u8>>;

/// One cluster and its engine.
pub(crate) struct Harness<V> {
    pub(crate) engine: Tested<V>,
    pub(crate) host: MemoryHost,
    pub(crate) block: Block,
    seq: u64,
    /// What came from the chain and didn't go back.
    money: Balance,
}

impl<V: Release> Harness<V> {
    /// The cluster of the unit tests of 2021, in their first block.
    pub(crate) fn new() -> Self {
        Self::with(test_setup(&test_config()))
    }

    pub(crate) fn with(setup: Setup) -> Self {
        let mut harness = Self {
            engine: Tested::new(),
            host: MemoryHost::default(),
            block: Block {
                number: 1,
                now_ms: 1_600_000_000_000,
                entropy: [7; 32],
                upgrade_targets: Vec::new(),
                system_code: None,
            },
            seq: 0,
            money: setup.deposit,
        };
        let receipt = harness.execute(Message::Setup(setup));
        assert_eq!(receipt.outcome, Outcome::Success);
        harness
    }

    pub(crate) fn state(&self) -> State {
        self.host.state.lock().unwrap().clone()
    }

    pub(crate) fn put(&mut self, key: &[u8], value: Vec<u8>) {
        self.host.state.lock().unwrap().insert(key.into(), value);
    }

    pub(crate) fn env(&self, mode: Mode) -> Env {
        Env {
            mode,
            block: self.block.clone(),
            seq: self.seq,
        }
    }

    fn dry(&self, mode: Mode, message: &Message) -> Receipt {
        let done = self.engine.execute(&self.host, &self.env(mode), message);
        done.expect("no fault").0
    }

    pub(crate) fn commit(&self, changes: Changes) {
        self.host.commit(changes).unwrap();
    }

    pub(crate) fn estimate(&self, message: &Message) -> Receipt {
        self.dry(Mode::Estimating, message)
    }

    pub(crate) fn query(&self, message: &Message) -> Receipt {
        self.dry(Mode::Query, message)
    }

    /// Executes a message of the queue, and checks that
    /// * an estimate on the same state foretold its gas,
    /// * library and file do the same,
    /// * an engine that never compiled anything gives the same receipt (cold = warm),
    /// * fee and refund are the whole limit at its price, and gas is within it,
    /// * no money is made or lost,
    /// * a rejected message changes nothing.
    pub(crate) fn execute(&mut self, message: Message) -> Receipt {
        let before = self.state();
        let estimate = self.estimate(&message);
        let env = self.env(Mode::Transaction);
        let cold = {
            let mut overlay = Overlay::new(&self.host);
            RentEngine::<V>::new().execute(&mut overlay, &env, message.clone())
        };
        let done = self.engine.execute(&self.host, &env, &message);
        let (receipt, changes) = done.expect("no fault");
        assert_eq!(receipt, cold, "a cold engine gives something else");
        self.commit(changes);
        self.seq += 1;

        match &receipt.outcome {
            Outcome::Rejected(_) => {
                assert_eq!(before, self.state(), "rejected, and yet changed");
                assert_eq!(estimate.outcome, receipt.outcome, "the estimate was wrong");
                assert_eq!(receipt.fee + receipt.refund, 0);
                assert_eq!(receipt.gas_consumed, Weight::default());
            }
            _ => {
                let whole = Balance::from(receipt.gas_limit.ref_time) * receipt.gas_price;
                assert_eq!(receipt.fee + receipt.refund, whole);
                assert!(receipt.gas_consumed.ref_time <= receipt.gas_limit.ref_time);
                assert!(receipt.gas_required.ref_time <= receipt.gas_limit.ref_time);
                assert_eq!(
                    (
                        &estimate.outcome,
                        estimate.gas_consumed,
                        estimate.gas_required
                    ),
                    (&receipt.outcome, receipt.gas_consumed, receipt.gas_required),
                    "the estimate was wrong",
                );
            }
        }
        match message {
            Message::Deposit(deposit) => self.money += deposit.amount,
            Message::Withdraw(withdraw) if receipt.outcome == Outcome::Success => {
                self.money -= withdraw.amount;
            }
            _ => {}
        }
        if !self.get::<Cluster>(b"cluster").unwrap().destroyed {
            assert_eq!(self.total_issuance(), self.money, "money was made or lost");
        }
        receipt
    }

    pub(crate) fn end_block(&mut self) -> BlockReceipt {
        let (receipt, changes) = self.engine.end_block(&self.host, &self.block);
        self.commit(changes);
        receipt
    }

    /// Moves on without executing anything between.
    pub(crate) fn go_to_block(&mut self, number: u32) {
        self.block.number = number;
        self.block.now_ms = 1_600_000_000_000 + u64::from(number) * 6_000;
    }

    pub(crate) fn total_issuance(&self) -> Balance {
        self.engine.total_issuance(&self.host)
    }

    pub(crate) fn free(&self, who: &AccountId) -> Balance {
        self.engine.account(&self.host, who).free
    }

    pub(crate) fn cluster_view(&self) -> Option<ClusterView> {
        self.engine.cluster(&self.host)
    }

    pub(crate) fn contract_view(&self, address: &AccountId) -> Option<ContractView> {
        self.engine.contract(&self.host, address)
    }

    pub(crate) fn rent_view(&self, address: &AccountId) -> Result<RentView, AccessError> {
        self.engine.rent(&self.host, &self.block, address)
    }

    pub(crate) fn fund(&mut self, who: AccountId, amount: Balance) -> Receipt {
        self.execute(Message::Deposit(Deposit { dest: who, amount }))
    }

    /// Makes an account have exactly this, out of thin air.
    pub(crate) fn set_free(&mut self, who: &AccountId, amount: Balance) {
        self.money = self.money - self.free(who) + amount;
        self.put(&[b"account/", &who[..]].concat(), amount.encode());
    }

    pub(crate) fn address(&self, deployer: &AccountId, code: &[u8], salt: &[u8]) -> AccountId {
        let code_hash = blake2_256(code);
        blake2_256(&[&deployer[..], &code_hash, &[0; 32], salt].concat())
    }

    pub(crate) fn get<T: DecodeAll>(&self, key: &[u8]) -> Option<T> {
        let state = self.host.state.lock().unwrap();
        state
            .get(key)
            .map(|value| T::decode_all(&mut &value[..]).unwrap())
    }

    pub(crate) fn contract(&self, address: &AccountId) -> Option<Contract> {
        self.get(&[b"contract/", &address[..]].concat())
    }

    pub(crate) fn alive(&self, address: &AccountId) -> Option<Alive> {
        match self.contract(address)? {
            Contract::Alive(alive) => Some(alive),
            Contract::Tombstone(_) => None,
        }
    }

    pub(crate) fn is_tombstone(&self, address: &AccountId) -> bool {
        matches!(self.contract(address), Some(Contract::Tombstone(_)))
    }

    pub(crate) fn prefab(&self, code: &[u8]) -> Option<Prefab> {
        self.get(&[b"prefab/", &blake2_256(code)[..]].concat())
    }

    pub(crate) fn refcount(&self, code: &[u8]) -> u64 {
        self.prefab(code).map_or(0, |prefab| prefab.refcount)
    }

    pub(crate) fn schedule(&self) -> Schedule {
        self.get(b"schedule").unwrap()
    }

    pub(crate) fn update_schedule(&mut self, change: impl FnOnce(&mut Schedule)) -> Receipt {
        let mut schedule = self.schedule();
        schedule.version += 1;
        change(&mut schedule);
        self.execute(Message::UpdateSchedule(UpdateSchedule {
            schedule: schedule.encode(),
        }))
    }

    pub(crate) fn storage(&self, address: &AccountId, key: &[u8; 32]) -> Option<Vec<u8>> {
        self.storage_at(address, key).unwrap()
    }

    pub(crate) fn storage_at(
        &self,
        address: &AccountId,
        key: &[u8],
    ) -> Result<Option<Vec<u8>>, AccessError> {
        self.engine.contract_storage(&self.host, address, key)
    }
}

pub(crate) fn blake2_256(bytes: &[u8]) -> Hash {
    sp_crypto_hashing::blake2_256(bytes)
}

/// A message that instantiates, by the sender, from code, with an endowment.
pub(crate) fn deploy(origin: AccountId, code: &[u8], value: Balance) -> Instantiate {
    Instantiate {
        origin,
        code: Code::Upload(code.to_vec()),
        input: Vec::new(),
        salt: Vec::new(),
        value,
        gas_limit: Weight::new(GAS, 0),
        storage_deposit_limit: None,
        max_gas_price: Balance::MAX,
    }
}

/// A message that calls.
pub(crate) fn call(origin: AccountId, contract: AccountId, input: &[u8]) -> Call {
    Call {
        origin,
        contract,
        input: input.to_vec(),
        value: 0,
        gas_limit: Weight::new(GAS, 0),
        storage_deposit_limit: None,
        max_gas_price: Balance::MAX,
        query_deposit: 0,
    }
}

/// A message that claims.
pub(crate) fn claim(origin: AccountId, contract: AccountId, by_worker: bool) -> Message {
    Message::ClaimSurcharge(ClaimSurcharge {
        origin,
        contract,
        by_worker,
        max_gas_price: Balance::MAX,
    })
}

/// Runs a message, and demands that it succeeds.
pub(crate) trait Succeed {
    fn succeed(&mut self, message: impl Into<Msg>) -> Receipt;
    fn fail(&mut self, message: impl Into<Msg>, error: &str) -> Receipt;
}

/// Any of the messages.
pub(crate) struct Msg(pub(crate) Message);

impl From<Instantiate> for Msg {
    fn from(message: Instantiate) -> Self {
        Self(Message::Instantiate(message))
    }
}

impl From<Call> for Msg {
    fn from(message: Call) -> Self {
        Self(Message::Call(message))
    }
}

impl From<Message> for Msg {
    fn from(message: Message) -> Self {
        Self(message)
    }
}

impl<V: Release> Succeed for Harness<V> {
    fn succeed(&mut self, message: impl Into<Msg>) -> Receipt {
        let receipt = self.execute(message.into().0);
        assert_eq!(receipt.outcome, Outcome::Success);
        receipt
    }

    /// Trapped with this error.
    fn fail(&mut self, message: impl Into<Msg>, error: &str) -> Receipt {
        let receipt = self.execute(message.into().0);
        match &receipt.outcome {
            Outcome::Trapped(failure) => assert_eq!(failure.error, error, "{failure}"),
            outcome => panic!("{outcome:?}, {error} expected"),
        }
        receipt
    }
}

pub(crate) fn rejected(receipt: &Receipt) -> &Failure {
    match &receipt.outcome {
        Outcome::Rejected(failure) => failure,
        outcome => panic!("{outcome:?}, a rejection expected"),
    }
}

/// The fixed weight of a call of code of a given length: 509,326,000 ps and 3,920,000 per KiB.
pub(crate) fn call_base(code_len: u32) -> u64 {
    509_326_000 + 3_920_000 * u64::from(code_len / 1024)
}

/// What rent of a block is, computed here and nowhere else: 0.04 % of what the balance leaves
/// uncovered, rounded up.
pub(crate) fn rent(bytes: Balance, items: Balance, free: Balance) -> Balance {
    let uncovered = (bytes * PER_BYTE + items * PER_ITEM + 80_000).saturating_sub(free);
    (uncovered * 4).div_ceil(10_000)
}

/// Bytes that code takes, as it came and as it runs.
pub(crate) fn code_bytes<V: Release>(harness: &Harness<V>, code: &[u8]) -> Balance {
    let prefab = harness.prefab(code).unwrap();
    assert_eq!(prefab.original_len as usize, code.len());
    Balance::from(prefab.original_len) + Balance::from(prefab.instrumented_len)
}
