//! Work for an engine: the life of a small cluster, a call of every kind.
//!
//! An engine has to do the first steps, which every engine has. What follows it may refuse as
//! something that its rules don't have; the receipts are receipts all the same.

use crate::{
    check::{ensure, failed, Stop},
    engine::{Done, Engine, Instance, Work},
    host::{Changes, Settings, State},
};
use parity_scale_codec::{Decode, DecodeAll};
use pink_capi::{
    types::{
        AccountId, AccountView, Balance, Block, BlockReceipt, Call, ClusterView, Code,
        ContractView, Deposit, Determinism, EngineInfo, Env, Instantiate, Message, Mode, Receipt,
        Setup, UpdatePrices, Upload, Version, Weight, Withdraw,
    },
    v2::{ffi, Kind, View},
};
use std::sync::Arc;

/// The contract for engines that run ink! 5.
const FLIPPER: &[u8] = include_bytes!("../../../../contracts/artifacts/flipper.wasm");
/// The contract for engines of era 1; `switch.wat` is its text.
const SWITCH: &[u8] = include_bytes!("switch.wasm");

pub(crate) const OWNER: AccountId = [0x0A; 32];
const BOB: AccountId = [0x0B; 32];
const TREASURY: AccountId = [0x7E; 32];

/// Enough for every step.
const MONEY: Balance = 1_000_000_000_000_000_000;
/// What an execution may use: a tenth of a second and a megabyte.
const GAS: Weight = Weight::new(100_000_000_000, 1 << 20);

/// One step of the story, and how it went.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) work: Work,
    /// The state that it was done on.
    pub(crate) before: Arc<State>,
    pub(crate) done: Done,
}

/// The story, as one engine told it.
#[derive(Debug)]
pub(crate) struct Story {
    pub(crate) steps: Vec<Step>,
    pub(crate) end: Arc<State>,
    /// The contract, if there is one.
    pub(crate) contract: Option<AccountId>,
}

impl Story {
    /// Tells the story on one instance, with a host that behaves.
    pub(crate) fn tell(engine: &Engine) -> Result<Self, Stop> {
        let instance = engine.instance()?;
        Self::tell_with(engine.version(), |state, work| {
            Ok(instance.run(state, Settings::of(work.kind()), work))
        })
    }

    /// Tells the story; `run` does one step on a state.
    pub(crate) fn tell_with(
        version: Version,
        mut run: impl FnMut(Arc<State>, &Work) -> Result<Done, Stop>,
    ) -> Result<Self, Stop> {
        let mut story = Self {
            steps: Vec::new(),
            end: Arc::default(),
            contract: None,
        };
        let mut step = |story: &mut Self, name, work: Work| -> Result<Option<Receipt>, Stop> {
            let before = story.end.clone();
            let done = run(before.clone(), &work)?;
            if done.status == ffi::OK {
                if let Some(changes) = done.session.staged() {
                    story.end = Arc::new(applied(&before, changes));
                }
            }
            let receipt = match work {
                Work::Message(..) => Receipt::decode_all(&mut done.output.as_slice()).ok(),
                _ => None,
            };
            story.steps.push(Step {
                name,
                work,
                before,
                done,
            });
            Ok(receipt)
        };
        step(&mut story, "describe", Work::View(View::Describe))?;
        step(&mut story, "begin", Work::Begin(block(1)))?;
        step(&mut story, "setup", message(1, setup(None)))?;
        step(&mut story, "deposit", message(2, deposit()))?;
        step(&mut story, "cluster", Work::View(View::Cluster))?;
        step(&mut story, "account", Work::View(View::Account(BOB)))?;
        step(&mut story, "issuance", Work::View(View::TotalIssuance))?;
        step(&mut story, "prices", message(3, prices()))?;
        let stored = step(&mut story, "upload", message(4, upload(version)))?;
        let hash = stored.and_then(|receipt| receipt.code_hash);
        let made = step(
            &mut story,
            "instantiate",
            message(5, instantiate(version, hash)),
        )?;
        story.contract = made.and_then(|receipt| receipt.address);
        // Without a contract the calls go nowhere, and are rejected.
        let contract = story.contract.unwrap_or([0xCC; 32]);
        let turn = call(contract, selector(version, [0x63, 0x3a, 0xa5, 0x51]));
        let look = call(contract, selector(version, [0x2f, 0x86, 0x5b, 0xd9]));
        let estimate = tried(Mode::Estimating, 6, turn.clone());
        step(&mut story, "contract", Work::View(View::Contract(contract)))?;
        step(&mut story, "estimate", estimate)?;
        step(&mut story, "call", message(6, turn))?;
        step(&mut story, "query", tried(Mode::Query, 7, look))?;
        step(&mut story, "withdraw", message(7, withdraw()))?;
        step(&mut story, "idle", Work::Idle(block(1)))?;
        step(&mut story, "next-begin", Work::Begin(block(2)))?;
        step(&mut story, "next-idle", Work::Idle(block(2)))?;
        Ok(story)
    }

    /// The step of this name.
    pub(crate) fn step(&self, name: &str) -> Result<&Step, Stop> {
        self.steps
            .iter()
            .find(|step| step.name == name)
            .ok_or_else(|| failed!("the story has no step {name}"))
    }
}

impl Step {
    /// Does the step once more, on the same state.
    pub(crate) fn again(&self, instance: &Instance) -> Done {
        self.again_with(instance, Settings::of(self.work.kind()))
    }

    /// Does the step once more, with another host.
    pub(crate) fn again_with(&self, instance: &Instance, settings: Settings) -> Done {
        instance.run(self.before.clone(), settings, &self.work)
    }

    /// The output, as the type that it has to be.
    pub(crate) fn output<T: Decode>(&self) -> Result<T, Stop> {
        let (name, status) = (self.name, self.done.status);
        ensure!(status == ffi::OK, "{name}: {}", self.done.describe());
        T::decode_all(&mut self.done.output.as_slice())
            .map_err(|error| failed!("{name}: the output doesn't decode: {error}"))
    }

    /// The receipt, if the step is a message.
    pub(crate) fn receipt(&self) -> Result<Option<Receipt>, Stop> {
        match self.work {
            Work::Message(..) => self.output().map(Some),
            _ => Ok(None),
        }
    }

    /// Decodes the output as what it has to be, and drops it.
    pub(crate) fn decodes(&self) -> Result<(), Stop> {
        match &self.work {
            Work::Begin(_) | Work::Idle(_) => self.output::<BlockReceipt>().map(|_| ()),
            Work::Message(..) => self.output::<Receipt>().map(|_| ()),
            Work::View(view) => match view {
                View::Describe => self.output::<EngineInfo>().map(|_| ()),
                View::Account(_) => self.output::<AccountView>().map(|_| ()),
                View::TotalIssuance => self.output::<Balance>().map(|_| ()),
                View::Cluster => self.output::<Option<ClusterView>>().map(|_| ()),
                View::Contract(_) => self.output::<Option<ContractView>>().map(|_| ()),
                View::ContractStorage(..) | View::Rent(..) => Ok(()),
            },
        }
    }
}

/// A state with a change set in it.
pub(crate) fn applied(state: &State, changes: Changes) -> State {
    let mut state = state.clone();
    for (key, value) in changes {
        match value {
            Some(value) => state.insert(key, value),
            None => state.remove(&key),
        };
    }
    state
}

/// A block of the story.
pub(crate) fn block(number: u32) -> Block {
    Block {
        number,
        now_ms: 1_700_000_000_000_u64.saturating_add(u64::from(number).saturating_mul(6_000)),
        entropy: [0xE0; 32],
        upgrade_targets: Vec::new(),
        system_code: None,
    }
}

/// A message as a transaction.
pub(crate) fn message(seq: u64, message: Message) -> Work {
    tried(Mode::Transaction, seq, message)
}

/// A message in any mode.
pub(crate) fn tried(mode: Mode, seq: u64, message: Message) -> Work {
    let block = block(1);
    Work::Message(Env { mode, block, seq }, Box::new(message))
}

/// The message that brings the cluster into being.
pub(crate) fn setup(system_code: Option<[u8; 32]>) -> Message {
    Message::Setup(Setup {
        cluster: [0xC1; 32],
        owner: OWNER,
        deposit: MONEY,
        gas_price: 1,
        deposit_per_item: 1,
        deposit_per_byte: 1,
        treasury: TREASURY,
        existential_deposit: 1,
        engine_config: Vec::new(),
        system_code,
    })
}

fn deposit() -> Message {
    Message::Deposit(Deposit {
        dest: BOB,
        amount: MONEY,
    })
}

fn prices() -> Message {
    Message::UpdatePrices(UpdatePrices {
        gas_price: 1,
        deposit_per_item: 2,
        deposit_per_byte: 2,
    })
}

fn withdraw() -> Message {
    Message::Withdraw(Withdraw {
        from: BOB,
        amount: 1_000,
        max_gas_price: Balance::MAX,
    })
}

fn code(version: Version) -> &'static [u8] {
    match version.major {
        0 | 1 => SWITCH,
        _ => FLIPPER,
    }
}

fn upload(version: Version) -> Message {
    Message::Upload(Upload {
        origin: OWNER,
        code: code(version).to_vec(),
        storage_deposit_limit: None,
        determinism: Determinism::Enforced,
        max_gas_price: Balance::MAX,
    })
}

fn instantiate(version: Version, stored: Option<[u8; 32]>) -> Message {
    let code = match stored {
        Some(hash) => Code::Existing(hash),
        None => Code::Upload(code(version).to_vec()),
    };
    // ink!'s `new(false)`; the other contract has no arguments.
    let mut input = selector(version, [0x9b, 0xae, 0x9d, 0x5e]);
    if !input.is_empty() {
        input.push(0);
    }
    Message::Instantiate(Instantiate {
        origin: OWNER,
        code,
        input,
        salt: vec![1],
        value: endowment(version),
        gas_limit: GAS,
        storage_deposit_limit: None,
        max_gas_price: Balance::MAX,
    })
}

/// Rent is paid from a contract's own money; ink!'s constructors take none unless they say so.
fn endowment(version: Version) -> Balance {
    match version.major {
        0 | 1 => MONEY / 100,
        _ => 0,
    }
}

fn call(contract: AccountId, input: Vec<u8>) -> Message {
    Message::Call(Call {
        origin: OWNER,
        contract,
        input,
        value: 0,
        gas_limit: GAS,
        storage_deposit_limit: None,
        max_gas_price: Balance::MAX,
        lent: 0,
    })
}

fn selector(version: Version, selector: [u8; 4]) -> Vec<u8> {
    match version.major {
        0 | 1 => Vec::new(),
        _ => selector.to_vec(),
    }
}

/// An input of this kind that is in order.
pub(crate) fn sample(kind: Kind) -> Work {
    match kind {
        Kind::Begin => Work::Begin(block(1)),
        Kind::Idle => Work::Idle(block(1)),
        Kind::View => Work::View(View::TotalIssuance),
        Kind::Tx => message(1, deposit()),
        Kind::Query => tried(Mode::Query, 1, deposit()),
        Kind::Estimate => tried(Mode::Estimating, 1, deposit()),
        Kind::Upgrade => message(
            1,
            Message::Upgrade(pink_capi::types::Upgrade {
                from: Version::new(0, 9),
                system_code: None,
            }),
        ),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_old_contract_is_what_its_text_says() {
        // The text's names aren't in the file; they would come last.
        let made = wat::parse_str(include_str!("switch.wat")).unwrap();
        assert!(made.starts_with(super::SWITCH));
    }
}
