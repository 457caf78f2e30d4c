//! A cluster in memory, and what tests say about it. Every message is executed by the library and
//! by the built file, which have to agree on receipt and changes.
#![allow(dead_code, unreachable_pub, missing_debug_implementations)]
#![allow(clippy::disallowed_methods)] // tests read files
                                      // each test binary uses a part of it

mod adversaries;
mod figures;
pub mod file;
pub mod puppet;
#[allow(unused_imports)]
pub use adversaries::{adversaries, module, module_with};
#[allow(unused_imports)]
pub use figures::{figure, Figure};

use pink_engine_deposit::{DepositEngine, Release, Rules};
use pink_engine_sdk::{types::*, Engine, MemoryHost, Overlay};

/// Whether it is 2.1 that is tested: `v2_1` has all files of tests once more, for that.
pub const NEXT: bool = {
    let (name, next) = (env!("CARGO_CRATE_NAME").as_bytes(), b"v2_1");
    name.len() == next.len() && name[0] == next[0] && name[3] == next[3]
};

/// The version under test.
#[derive(Debug)]
pub struct Tested;

impl Release for Tested {
    const RULES: Rules = if NEXT { Rules::V2_1 } else { Rules::V2_0 };
}

/// A version that is newer.
pub const NEWER: Version = Version::new(2, if NEXT { 2 } else { 1 });

/// What is so in one version, and otherwise in the other.
pub fn either<T>(of_2_0: T, of_2_1: T) -> T {
    if NEXT {
        of_2_1
    } else {
        of_2_0
    }
}

pub const ALICE: AccountId = [0xa1; 32];
pub const BOB: AccountId = [0xb0; 32];
pub const CHARLIE: AccountId = [0xc4; 32];
pub const TREASURY: AccountId = [0x7e; 32];
pub const NOBODY: AccountId = [0xee; 32];

pub const GAS_PRICE: Balance = 3;
pub const PER_ITEM: Balance = 10_000;
pub const PER_BYTE: Balance = 100;
pub const MINIMUM: Balance = 1_000;
/// What Alice and Bob begin with.
pub const MONEY: Balance = 1_000_000_000_000_000;
/// The costs that tests count with.
pub const RULES: Rules = Tested::RULES;
/// Picoseconds of what code that is interpreted counts by: a unit of fuel, or of gas.
pub const FUEL: u64 = match &RULES.metered {
    None => RULES.interpreter.ref_time_per_fuel,
    Some(metered) => metered.interpreted,
};

pub fn blake2_256(bytes: &[u8]) -> Hash {
    let hash = blake2b_simd::Params::new().hash_length(32).hash(bytes);
    hash.as_bytes().try_into().unwrap()
}

/// What a receipt says was consumed.
pub fn gas(receipt: &Receipt) -> (u64, u64) {
    let consumed = receipt.gas_consumed;
    (consumed.ref_time, consumed.proof_size)
}

/// What a call costs before its frame begins.
pub fn call_base(input: usize) -> Weight {
    RULES.bases.call.of(input as u32)
}

/// What storing code that isn't there costs: as an upload, or as a part of an instantiation.
pub fn storing(code: &[u8]) -> Weight {
    let upload = RULES.bases.upload.of(code.len() as u32);
    let Some(metered) = RULES.metered else {
        return upload;
    };
    let made = pink_engine_meter::meter(code, Default::default(), &metered.meter).unwrap();
    let compiling = match made.class {
        pink_engine_meter::Class::Interpreted => 0,
        pink_engine_meter::Class::Compiled => {
            metered.compiling.base
                + metered.compiling.byte * code.len() as u64
                + metered.compiling.function * u64::from(made.shape.functions)
                + metered.compiling.cell * made.shape.all_cells
                + metered.compiling.crossing * made.shape.all_crossings
        }
    };
    Weight::new(upload.ref_time + compiling, upload.proof_size)
}

/// Enough for everything that isn't about gas.
pub const GAS: Weight = Weight::new(200_000_000_000, 10_000_000);

/// A cluster, its engine, and where it is in time.
pub struct Chain<R: Release = Tested> {
    pub host: MemoryHost,
    pub engine: DepositEngine<R>,
    pub block: Block,
    pub seq: u64,
}

impl Chain {
    /// A cluster with money for Alice, its owner, and Bob.
    pub fn new() -> Self {
        Self::with_rules()
    }
}

impl<R: Release> Chain<R> {
    pub fn with_rules() -> Self {
        let mut chain = Self::empty();
        let setup = chain.send(Message::Setup(chain.setup_message()));
        assert_eq!(setup.outcome, Outcome::Success);
        chain.deposit(BOB, MONEY);
        chain
    }

    pub fn empty() -> Self {
        Self {
            host: MemoryHost::default(),
            engine: DepositEngine::new(),
            block: Block {
                number: 7,
                now_ms: 1_700_000_000_000,
                entropy: [9; 32],
                upgrade_targets: Vec::new(),
                system_code: None,
            },
            seq: 0,
        }
    }

    pub fn setup_message(&self) -> Setup {
        Setup {
            cluster: [0; 32],
            owner: ALICE,
            deposit: MONEY,
            gas_price: GAS_PRICE,
            deposit_per_item: PER_ITEM,
            deposit_per_byte: PER_BYTE,
            treasury: TREASURY,
            existential_deposit: MINIMUM,
            engine_config: Vec::new(),
            system_code: None,
        }
    }

    /// Executes in a mode, on this state; commits what a transaction changed.
    pub fn execute(&mut self, mode: Mode, message: Message) -> Receipt {
        let env = Env {
            mode,
            block: self.block.clone(),
            seq: self.seq,
        };
        let changes;
        let receipt = {
            let mut state = Overlay::new(&self.host);
            let receipt = self.engine.execute(&mut state, &env, message.clone());
            assert_eq!(state.fault(), None);
            assert_eq!(state.depth(), 0, "a transaction was left open");
            changes = state.into_changes().unwrap();
            receipt
        };
        if Self::has_file() {
            file::check(&self.host, &env, &message, &receipt, &changes);
        }
        if mode == Mode::Transaction {
            use pink_engine_sdk::Host;
            self.host.commit(changes).unwrap();
            self.seq += 1;
        }
        receipt
    }

    /// Executes a transaction, and checks what holds for all of them.
    pub fn send(&mut self, message: Message) -> Receipt {
        let before = self.state();
        let money = self.issuance();
        let receipt = self.execute(Mode::Transaction, message.clone());
        check_receipt(&receipt);
        if let Outcome::Rejected(_) = receipt.outcome {
            assert_eq!(self.state(), before, "a rejected message changed the state");
        }
        match &message {
            Message::Setup(_)
            | Message::Deposit(_)
            | Message::Withdraw(_)
            | Message::Destroy(_) => {}
            _ => assert_eq!(
                self.issuance(),
                money,
                "money was made or lost: {receipt:?}"
            ),
        }
        receipt
    }

    pub fn state(&self) -> std::collections::BTreeMap<Vec<u8>, Vec<u8>> {
        self.host.state.lock().unwrap().clone()
    }

    pub fn view<T>(&self, look: impl FnOnce(&DepositEngine<R>, &mut Overlay<'_>) -> T) -> T {
        look(&self.engine, &mut Overlay::new(&self.host))
    }

    /// All money.
    pub fn issuance(&self) -> Balance {
        let all = self.view(|engine, state| engine.total_issuance(state));
        if Self::has_file() {
            assert_eq!(file::issuance(&self.host), all);
        }
        all
    }

    /// Rules that a test made for itself are in no file: those run in the library alone.
    fn has_file() -> bool {
        std::any::TypeId::of::<R>() == std::any::TypeId::of::<Tested>()
    }

    pub fn free(&self, who: AccountId) -> Balance {
        self.view(|engine, state| engine.account(state, &who)).free
    }

    pub fn held(&self, who: AccountId) -> Balance {
        self.view(|engine, state| engine.account(state, &who)).held
    }

    pub fn contract(&self, address: AccountId) -> Option<ContractView> {
        self.view(|engine, state| engine.contract(state, &address))
    }

    pub fn deposit(&mut self, dest: AccountId, amount: Balance) -> Receipt {
        self.send(Message::Deposit(Deposit { dest, amount }))
    }

    pub fn upload(&mut self, code: &[u8]) -> Receipt {
        self.send(Message::Upload(upload(code)))
    }

    /// Stores code and gives its hash.
    pub fn code(&mut self, code: &[u8]) -> Hash {
        let receipt = self.upload(code);
        assert_eq!(receipt.outcome, Outcome::Success);
        receipt.code_hash.unwrap()
    }

    pub fn instantiate(&mut self, code: Code, input: &[u8]) -> Receipt {
        self.send(Message::Instantiate(instantiate(code, input)))
    }

    /// Makes a contract and gives its address.
    pub fn make(&mut self, code: &[u8], input: &[u8]) -> AccountId {
        let receipt = self.instantiate(Code::Upload(code.to_vec()), input);
        assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
        receipt.address.unwrap()
    }

    /// Makes a contract of a text module, with a salt of its own.
    pub fn make_wat(&mut self, text: &str) -> AccountId {
        let mut message = instantiate(Code::Upload(wat(text)), &[]);
        message.salt = self.seq.to_le_bytes().to_vec();
        let receipt = self.send(Message::Instantiate(message));
        assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
        receipt.address.unwrap()
    }

    pub fn call(&mut self, contract: AccountId, input: &[u8]) -> Receipt {
        self.send(Message::Call(call(contract, input)))
    }

    pub fn query(&mut self, contract: AccountId, input: &[u8]) -> Receipt {
        self.execute(Mode::Query, Message::Call(call(contract, input)))
    }

    pub fn estimate(&mut self, contract: AccountId, input: &[u8]) -> Receipt {
        self.execute(Mode::Estimating, Message::Call(call(contract, input)))
    }

    /// Makes a puppet, with a salt of its own.
    pub fn puppet(&mut self, value: Balance) -> AccountId {
        let mut message = instantiate(Code::Upload(puppet::puppet()), &[]);
        message.salt = self.seq.to_le_bytes().to_vec();
        message.value = value;
        let receipt = self.send(Message::Instantiate(message));
        assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
        receipt.address.unwrap()
    }

    /// The lines that a call leaves in the operator's log, of the built file.
    pub fn log(&self, mode: Mode, message: Call) -> Vec<(u8, Option<AccountId>, String)> {
        let env = Env {
            mode,
            block: self.block.clone(),
            seq: self.seq,
        };
        file::log(&self.host, &env, &Message::Call(message))
    }

    pub fn end_block(&mut self) -> BlockReceipt {
        use pink_engine_sdk::Host;
        let mut state = Overlay::new(&self.host);
        let receipt = self.engine.end_block(&mut state, &self.block);
        let changes = state.into_changes().unwrap();
        if Self::has_file() {
            file::check_end(&self.host, &self.block, &receipt, &changes);
        }
        self.host.commit(changes).unwrap();
        self.block.number += 1;
        receipt
    }
}

/// What holds for every receipt of a transaction.
pub fn check_receipt(receipt: &Receipt) {
    let Receipt {
        gas_limit,
        gas_consumed,
        gas_required,
        ..
    } = receipt;
    match &receipt.outcome {
        Outcome::Rejected(_) => {
            assert_eq!((receipt.fee, receipt.refund), (0, 0));
            assert_eq!(*gas_limit, Weight::default());
        }
        outcome => {
            assert_eq!(
                receipt.fee + receipt.refund,
                Balance::from(gas_limit.ref_time) * receipt.gas_price
            );
            assert_eq!(
                receipt.fee,
                Balance::from(gas_consumed.ref_time) * receipt.gas_price
            );
            for (low, high) in [(gas_consumed, gas_required), (gas_required, gas_limit)] {
                assert!(low.ref_time <= high.ref_time, "{receipt:?}");
                assert!(low.proof_size <= high.proof_size, "{receipt:?}");
            }
            if *outcome == Outcome::OutOfGas {
                assert_eq!(gas_consumed, gas_limit);
            }
        }
    }
}

pub fn upload(code: &[u8]) -> Upload {
    Upload {
        origin: ALICE,
        code: code.to_vec(),
        storage_deposit_limit: None,
        determinism: Determinism::Enforced,
        max_gas_price: GAS_PRICE,
    }
}

pub fn instantiate(code: Code, input: &[u8]) -> Instantiate {
    Instantiate {
        origin: ALICE,
        code,
        input: input.to_vec(),
        salt: Vec::new(),
        value: 0,
        gas_limit: GAS,
        storage_deposit_limit: None,
        max_gas_price: GAS_PRICE,
    }
}

pub fn call(contract: AccountId, input: &[u8]) -> Call {
    Call {
        origin: ALICE,
        contract,
        input: input.to_vec(),
        value: 0,
        gas_limit: GAS,
        storage_deposit_limit: None,
        max_gas_price: GAS_PRICE,
        query_deposit: 0,
    }
}

pub fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

/// One of the committed contracts.
pub fn artefact(name: &str) -> Vec<u8> {
    let folder = std::env::var("PINK_ARTEFACTS").unwrap_or_else(|_| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../contracts/artifacts").into()
    });
    std::fs::read(format!("{folder}/{name}.wasm")).unwrap()
}

/// A cluster with the real system contract, which can ask for engine 2.1.
pub fn with_system_contract() -> (Chain, AccountId) {
    let mut chain = Chain::empty();
    let code = artefact("system");
    let hash: Hash = blake2b_simd::Params::new()
        .hash_length(32)
        .hash(&code)
        .as_bytes()
        .try_into()
        .unwrap();
    chain.host.system_codes.insert(hash, code);
    let mut setup = chain.setup_message();
    setup.system_code = Some(hash);
    let receipt = chain.send(Message::Setup(setup));
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
    chain.deposit(BOB, MONEY);
    chain.block.upgrade_targets = vec![NEWER];
    let system = receipt.address.unwrap();
    (chain, system)
}

/// ink!'s selector of a message or constructor.
pub fn selector(name: &str) -> [u8; 4] {
    let hash = blake2b_simd::Params::new()
        .hash_length(32)
        .hash(name.as_bytes());
    hash.as_bytes()[..4].try_into().unwrap()
}

/// A message with its arguments.
pub fn message(name: &str, args: impl parity_scale_codec::Encode) -> Vec<u8> {
    let mut input = selector(name).to_vec();
    args.encode_to(&mut input);
    input
}

/// The error of a message that was rejected or trapped.
pub fn error(receipt: &Receipt) -> &str {
    match &receipt.outcome {
        Outcome::Rejected(failure) | Outcome::Trapped(failure) => &failure.error,
        other => panic!("no error: {other:?}"),
    }
}

/// The detail of the same.
pub fn detail(receipt: &Receipt) -> &str {
    match &receipt.outcome {
        Outcome::Rejected(failure) | Outcome::Trapped(failure) => &failure.detail,
        other => panic!("no error: {other:?}"),
    }
}
