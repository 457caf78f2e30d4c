//! Engine 2.0, on a state in memory, at a gas price of zero.

use crate::{
    Call, Instantiate, MessageResult, Side, Source, Upload, ALICE, BOB, LOCKUP_PERCENT, MINIMUM,
    MONEY, PER_BYTE, PER_ITEM,
};
use pink_engine_deposit::{DepositEngine, Deposits, Limits, Release, Rules};
use pink_engine_sdk::{
    types,
    types::{Deposit, *},
    Engine, Host, MemoryHost, Overlay,
};

struct V2_0;

/// 2.0, but for the lengths of its records: the pallet's are others. What isn't stable may be
/// imported on both sides.
impl Release for V2_0 {
    const RULES: Rules = Rules {
        limits: Limits {
            unstable_functions: true,
            ..Rules::V2_0.limits
        },
        deposits: Deposits {
            code_info_bytes: 61,
            contract_bytes: 122,
            ..Rules::V2_0.deposits
        },
        ..Rules::V2_0
    };
}

struct Lockup;

impl Release for Lockup {
    const RULES: Rules = Rules {
        deposits: Deposits {
            lockup_ppm: LOCKUP_PERCENT * 10_000,
            ..V2_0::RULES.deposits
        },
        ..V2_0::RULES
    };
}

/// More than any length can cost.
const GAS: u64 = 1 << 62;

pub struct Ours {
    /// The limit of a message, in both dimensions.
    pub gas: u64,
    /// What the last receipt says in detail of its failure.
    pub detail: String,
    host: MemoryHost,
    engine: Box<dyn Engine>,
    seq: u64,
}

impl Ours {
    pub fn new() -> Self {
        Self::of(DepositEngine::<V2_0>::new())
    }

    /// With something to lock up.
    pub fn with_lockup() -> Self {
        Self::of(DepositEngine::<Lockup>::new())
    }

    fn of(engine: impl Engine) -> Self {
        let mut ours = Self {
            gas: GAS,
            detail: String::new(),
            host: MemoryHost::default(),
            engine: Box::new(engine),
            seq: 0,
        };
        ours.send(Message::Setup(Setup {
            cluster: [0; 32],
            owner: ALICE,
            deposit: MONEY,
            gas_price: 0,
            deposit_per_item: PER_ITEM,
            deposit_per_byte: PER_BYTE,
            treasury: [0x7e; 32],
            existential_deposit: MINIMUM,
            engine_config: Vec::new(),
            system_code: None,
        }));
        ours.send(Message::Deposit(Deposit {
            dest: BOB,
            amount: MONEY,
        }));
        ours
    }

    fn send(&mut self, message: Message) -> Receipt {
        let env = Env {
            mode: Mode::Transaction,
            block: Block {
                number: 1,
                now_ms: 0,
                entropy: [0; 32],
                upgrade_targets: Vec::new(),
                system_code: None,
            },
            seq: self.seq,
        };
        self.seq += 1;
        let mut state = Overlay::new(&self.host);
        let receipt = self.engine.execute(&mut state, &env, message);
        let changes = state.into_changes().expect("no fault");
        self.host.commit(changes).expect("memory");
        self.detail = match &receipt.outcome {
            Outcome::Trapped(failure) | Outcome::Rejected(failure) => failure.detail.clone(),
            _ => String::new(),
        };
        receipt
    }
}

impl Default for Ours {
    fn default() -> Self {
        Self::new()
    }
}

fn done(receipt: Receipt) -> MessageResult {
    let outcome = match receipt.outcome {
        Outcome::Success => "Success".into(),
        Outcome::Reverted => "Reverted".into(),
        Outcome::OutOfGas => "OutOfGas".into(),
        Outcome::Trapped(failure) | Outcome::Rejected(failure) => failure.error,
    };
    MessageResult {
        outcome,
        output: receipt.output,
        deposit: receipt.storage_deposit,
        events: receipt.events,
        money: Vec::new(),
    }
}

impl Side for Ours {
    fn upload(&mut self, ask: &Upload<'_>) -> MessageResult {
        let receipt = self.send(Message::Upload(types::Upload {
            origin: ask.origin,
            code: ask.code.to_vec(),
            storage_deposit_limit: ask.limit,
            determinism: ask.determinism,
            max_gas_price: 0,
        }));
        let hash = receipt.code_hash.unwrap_or_default();
        let mut done = done(receipt);
        if done.outcome == "Success" {
            done.output = hash.to_vec();
        }
        done
    }

    fn remove_code(&mut self, origin: AccountId, hash: Hash) -> MessageResult {
        done(self.send(Message::RemoveCode(RemoveCode {
            origin,
            code_hash: hash,
            max_gas_price: 0,
        })))
    }

    fn instantiate(&mut self, ask: &Instantiate<'_>) -> MessageResult {
        done(self.send(Message::Instantiate(types::Instantiate {
            origin: ALICE,
            code: match ask.code {
                Source::Code(code) => Code::Upload(code.to_vec()),
                Source::Hash(hash) => Code::Existing(hash),
            },
            input: ask.input.to_vec(),
            salt: ask.salt.to_vec(),
            value: ask.value,
            gas_limit: Weight::new(self.gas, self.gas),
            storage_deposit_limit: ask.limit,
            max_gas_price: 0,
        })))
    }

    fn call(&mut self, ask: &Call<'_>) -> MessageResult {
        done(self.send(Message::Call(types::Call {
            origin: ask.origin,
            contract: ask.contract,
            input: ask.input.to_vec(),
            value: ask.value,
            gas_limit: Weight::new(self.gas, self.gas),
            storage_deposit_limit: ask.limit,
            max_gas_price: 0,
            query_deposit: 0,
        })))
    }

    fn money(&mut self, who: &AccountId) -> (Balance, Balance) {
        let account = self.engine.account(&mut Overlay::new(&self.host), who);
        (account.free, account.held)
    }

    fn set_prices(&mut self, per_item: Balance, per_byte: Balance) {
        self.send(Message::UpdatePrices(UpdatePrices {
            gas_price: 0,
            deposit_per_item: per_item,
            deposit_per_byte: per_byte,
        }));
    }
}
