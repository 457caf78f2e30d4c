//! A cluster in memory, on the engine's built file or on its library, without prices: what a
//! message takes is measured, and nobody has to be able to afford it.

use crate::{clock::timed, offchain::Nothing};
use anyhow::{bail, Context};
use fat_contracts_primitives::EngineVersion;
use pink_capi::{
    types::{
        AccountId, Block, Call, Code, Env, Hash, Instantiate, Message, Mode, Outcome, Receipt,
        Setup, Weight,
    },
    Fault,
};
use pink_engine_benches::WARM_UP;
use pink_engine_deposit::{DepositEngine, Release, Rules};
use pink_engine_host::{Changes, Engine, Pairs, Session, StateRead};
use pink_engine_sdk::{Engine as _, Host, Overlay, Value};
use std::{collections::BTreeMap, path::Path, sync::Arc};

const USER: AccountId = [1; 32];
/// More than anything here takes.
const GAS: Weight = Weight::new(u64::MAX / 4, u64::MAX / 4);

/// The rules as they are.
#[derive(Debug)]
pub(crate) struct V2_0;

impl Release for V2_0 {
    const RULES: Rules = Rules::V2_0;
}

/// The rules with the functions that nobody may import yet.
#[derive(Debug)]
pub(crate) struct WithUnstable;

impl Release for WithUnstable {
    const RULES: Rules = {
        let mut rules = Rules::V2_0;
        rules.limits.unstable_functions = true;
        rules
    };
}

/// What is measured.
#[derive(Clone)]
pub(crate) enum Subject {
    /// The built file, through its ABI.
    File(Arc<dyn Engine>),
    /// The library: its caches can be emptied.
    Library(Arc<DepositEngine<V2_0>>),
    /// The library with the functions that aren't stable.
    WithUnstable(Arc<DepositEngine<WithUnstable>>),
}

impl Subject {
    /// An engine's file in a directory.
    pub(crate) fn file(engines: &Path, version: EngineVersion) -> anyhow::Result<Self> {
        Ok(Self::File(pink_engine_benches::load(engines, version)?))
    }

    /// The engine charges what the sources say.
    pub(crate) fn check_costs(&self) -> anyhow::Result<()> {
        match self {
            Self::File(engine) if engine.info().cost_table_hash != Rules::V2_0.hash() => bail!(
                "the engine's file has another cost table than the sources: run `cargo xtask engines`"
            ),
            _ => Ok(()),
        }
    }

    /// The library, with nothing in its caches.
    pub(crate) fn library() -> Self {
        Self::Library(Arc::new(DepositEngine::new()))
    }

    /// The library with the functions that aren't stable.
    pub(crate) fn with_unstable() -> Self {
        Self::WithUnstable(Arc::new(DepositEngine::new()))
    }
}

type State = BTreeMap<Vec<u8>, Vec<u8>>;

/// A cluster.
#[derive(Clone)]
pub(crate) struct Fixture {
    pub(crate) subject: Subject,
    state: State,
    seq: u64,
    number: u32,
}

impl Fixture {
    /// A cluster with a rich owner.
    pub(crate) fn new(subject: Subject) -> anyhow::Result<Self> {
        let mut fixture = Self {
            subject,
            state: State::new(),
            seq: 0,
            number: 1,
        };
        fixture.send(Message::Setup(Setup {
            cluster: [0; 32],
            owner: USER,
            deposit: u128::MAX / 4,
            gas_price: 0,
            deposit_per_item: 0,
            deposit_per_byte: 0,
            treasury: [9; 32],
            existential_deposit: 1,
            engine_config: Vec::new(),
            system_code: None,
        }))?;
        Ok(fixture)
    }

    /// From now on code that was stored before counts as compiled, if anybody paid for that.
    pub(crate) fn later(&mut self) {
        self.number = self.number.saturating_add(WARM_UP);
    }

    /// Makes a contract; returns its address and the hash of its code.
    pub(crate) fn make(
        &mut self,
        code: Vec<u8>,
        input: Vec<u8>,
    ) -> anyhow::Result<(AccountId, Hash)> {
        let message = self.instantiation(Code::Upload(code), input, 0);
        self.made(message)
    }

    /// The same with money for the contract.
    pub(crate) fn make_rich(
        &mut self,
        code: Vec<u8>,
        input: Vec<u8>,
    ) -> anyhow::Result<(AccountId, Hash)> {
        let message = self.instantiation(Code::Upload(code), input, 1_000_000_000_000);
        self.made(message)
    }

    fn made(&mut self, message: Message) -> anyhow::Result<(AccountId, Hash)> {
        let receipt = self.send(message)?;
        Ok((
            receipt.address.context("no address")?,
            receipt.code_hash.context("no code")?,
        ))
    }

    /// An instantiation that was never sent before.
    pub(crate) fn instantiation(&self, code: Code, input: Vec<u8>, value: u128) -> Message {
        Message::Instantiate(Instantiate {
            origin: USER,
            code,
            input,
            salt: self.seq.to_le_bytes().to_vec(),
            value,
            gas_limit: GAS,
            storage_deposit_limit: Some(1_000_000_000_000_000),
            max_gas_price: 0,
        })
    }

    /// Executes a message that has to succeed, and takes in what it changed.
    pub(crate) fn send(&mut self, message: Message) -> anyhow::Result<Receipt> {
        let (_, receipt, changes) = self.execute(Mode::Transaction, message)?;
        if receipt.outcome != Outcome::Success {
            bail!("{:?}", receipt.outcome);
        }
        for (key, value) in changes {
            match value {
                Some(value) => self.state.insert(key, value),
                None => self.state.remove(&key),
            };
        }
        self.seq += 1;
        Ok(receipt)
    }

    /// How long a message takes, in nanoseconds, with what it gives. Nothing changes.
    pub(crate) fn execute(
        &self,
        mode: Mode,
        message: Message,
    ) -> anyhow::Result<(f64, Receipt, Changes)> {
        let env = Env {
            mode,
            block: self.block(),
            seq: self.seq,
        };
        let (time, (receipt, changes)) = match &self.subject {
            Subject::File(engine) => {
                let mut session =
                    Session::changing(&self.state, &()).with_cluster_key(Some([7; 32]));
                if mode == Mode::Query {
                    session = session.with_services(&Nothing);
                }
                let (time, receipt) = timed(|| engine.execute(&mut session, &env, &message));
                (time, (receipt?, session.finish().0))
            }
            Subject::Library(engine) => run(&**engine, &self.state, &env, message)?,
            Subject::WithUnstable(engine) => run(&**engine, &self.state, &env, message)?,
        };
        Ok((time, receipt, changes))
    }

    /// How long the end of a block takes, in nanoseconds, and the weight that it reports.
    pub(crate) fn end_block(&self) -> anyhow::Result<(f64, Weight)> {
        let Subject::File(engine) = &self.subject else {
            bail!("for the file alone");
        };
        let mut session = Session::changing(&self.state, &());
        let (time, receipt) = timed(|| engine.end_block(&mut session, &self.block()));
        Ok((time, receipt?.weight))
    }

    fn block(&self) -> Block {
        Block {
            number: self.number,
            now_ms: 6_000,
            entropy: [0; 32],
            upgrade_targets: Vec::new(),
            system_code: None,
        }
    }
}

/// A call from the owner, with gas for everything.
pub(crate) fn call(contract: AccountId, input: Vec<u8>) -> Message {
    call_with(contract, input, GAS)
}

/// A call from the owner.
pub(crate) fn call_with(contract: AccountId, input: Vec<u8>, gas_limit: Weight) -> Message {
    Message::Call(Call {
        origin: USER,
        contract,
        input,
        value: 0,
        gas_limit,
        storage_deposit_limit: Some(1_000_000_000_000_000),
        max_gas_price: 0,
        query_deposit: 0,
    })
}

fn run<R: Release>(
    engine: &DepositEngine<R>,
    state: &State,
    env: &Env,
    message: Message,
) -> anyhow::Result<(f64, (Receipt, Changes))> {
    let host = View(state);
    let (time, (receipt, changes)) = timed(|| {
        let mut overlay = Overlay::new(&host);
        let receipt = engine.execute(&mut overlay, env, message);
        (receipt, overlay.into_changes())
    });
    Ok((time, (receipt, changes?)))
}

/// What the library reads.
struct View<'s>(&'s State);

impl Host for View<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Value<'_>>, Fault> {
        Ok(self.0.get(key).map(|value| Value::Borrowed(value)))
    }

    fn range(&self, start: &[u8], end: Option<&[u8]>, limit: u32) -> Result<Pairs, Fault> {
        StateRead::range(self.0, start, end, limit).map_err(|error| Fault::Host {
            reason: error.to_string(),
        })
    }

    fn commit(&self, _: Changes) -> Result<(), Fault> {
        Ok(())
    }

    fn log(&self, _: u8, _: Option<&AccountId>, _: &str) {}

    fn cross_call(&self, id: u32, _: &[u8]) -> Result<Vec<u8>, Fault> {
        Err(Fault::UnknownCall { id })
    }
}
