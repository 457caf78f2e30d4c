//! An engine as the worker loads it, over a state in memory.

use anyhow::{bail, Context};
use fat_contracts_primitives::EngineVersion;
use pink_capi::types::{
    Block, Call, Code, Env, Instantiate, Message, Mode, Outcome, Receipt, Setup, Weight,
};
use pink_engine_host::{with_stack, Engine, EngineRegistry, Session, StateRead};
use sp_crypto_hashing::blake2_256;
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// Who makes the cluster and the contracts, and calls them.
pub const USER: [u8; 32] = [1; 32];
/// More blocks than any engine takes code to be interpreted for that is to be compiled.
pub const WARM_UP: u32 = 100;
/// What every call may use.
pub const GAS: Weight = Weight::new(2_000_000_000_000, 8 << 20);

/// One contract under an engine, with all of its state in a map.
#[derive(Debug)]
pub struct Ours {
    /// The engine.
    pub engine: Arc<dyn Engine>,
    /// The cluster's state.
    pub state: BTreeMap<Vec<u8>, Vec<u8>>,
    /// The contract's address.
    pub contract: [u8; 32],
    env: Env,
}

impl Ours {
    /// A cluster with one contract.
    ///
    /// # Errors
    /// The engine refused something.
    pub fn new(engine: Arc<dyn Engine>, code: &[u8], constructor: &[u8]) -> anyhow::Result<Self> {
        let mut ours = Self::restored(engine, BTreeMap::new(), [0; 32]);
        ours.env.block = first_block();
        ours.execute(&Message::Setup(Setup {
            cluster: [0; 32],
            owner: USER,
            deposit: u128::MAX / 4,
            gas_price: 1,
            deposit_per_item: 1,
            deposit_per_byte: 1,
            treasury: [9; 32],
            existential_deposit: 1,
            engine_config: Vec::new(),
            system_code: None,
        }))?;
        ours.contract = ours.instantiate(code, constructor, 0)?;
        prepare(&*ours.engine, code)?;
        ours.env.block = later_block();
        Ok(ours)
    }

    /// A cluster whose state was made before, with a contract at this address.
    pub fn restored(
        engine: Arc<dyn Engine>,
        state: BTreeMap<Vec<u8>, Vec<u8>>,
        contract: [u8; 32],
    ) -> Self {
        let env = Env {
            mode: Mode::Transaction,
            block: later_block(),
            seq: 0,
        };
        Self {
            engine,
            state,
            contract,
            env,
        }
    }

    /// Makes a second contract of the same code, for the first to call.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn callee(&mut self, code: &[u8], constructor: &[u8]) -> anyhow::Result<[u8; 32]> {
        self.instantiate(code, constructor, 1)
    }

    fn instantiate(
        &mut self,
        code: &[u8],
        constructor: &[u8],
        salt: u8,
    ) -> anyhow::Result<[u8; 32]> {
        let code = Code::Upload(code.to_vec());
        let receipt = self.execute(&Self::instantiation(code, constructor, salt))?;
        receipt.address.context("no address")
    }

    /// The message that makes a contract.
    pub fn instantiation(code: Code, constructor: &[u8], salt: u8) -> Message {
        Message::Instantiate(Instantiate {
            origin: USER,
            code,
            input: constructor.to_vec(),
            salt: vec![salt],
            value: 0,
            gas_limit: GAS,
            storage_deposit_limit: None,
            max_gas_price: u128::MAX,
        })
    }

    /// The message of a call of the contract.
    pub fn message(&self, input: &[u8]) -> Message {
        Message::Call(Call {
            origin: USER,
            contract: self.contract,
            input: input.to_vec(),
            value: 0,
            gas_limit: GAS,
            storage_deposit_limit: None,
            max_gas_price: u128::MAX,
            query_deposit: 0,
        })
    }

    /// A whole call: through the ABI, executed, its changes taken into the state.
    ///
    /// # Errors
    /// The call didn't succeed.
    pub fn call(&mut self, input: &[u8]) -> anyhow::Result<()> {
        self.execute(&self.message(input)).map(drop)
    }

    /// The call on another state, whose changes are dropped.
    ///
    /// # Errors
    /// The call didn't succeed.
    pub fn call_on(&self, state: &dyn StateRead, message: &Message) -> anyhow::Result<Receipt> {
        let mut session = Session::changing(state, &());
        succeeded(self.engine.execute(&mut session, &self.env, message)?)
    }

    /// A query, which changes nothing.
    ///
    /// # Errors
    /// The query didn't succeed.
    pub fn query(&self, state: &dyn StateRead, message: &Message) -> anyhow::Result<Receipt> {
        let env = Env {
            mode: Mode::Query,
            ..self.env.clone()
        };
        let mut session = Session::reading(state, &());
        succeeded(self.engine.execute(&mut session, &env, message)?)
    }

    fn execute(&mut self, message: &Message) -> anyhow::Result<Receipt> {
        let mut session = Session::changing(&self.state, &());
        let receipt = self.engine.execute(&mut session, &self.env, message)?;
        let (changes, _) = session.finish();
        let receipt = succeeded(receipt)?;
        for (key, value) in changes {
            match value {
                Some(value) => self.state.insert(key, value),
                None => self.state.remove(&key),
            };
        }
        Ok(receipt)
    }
}

/// One in which code that was stored in the first counts as compiled.
fn later_block() -> Block {
    Block {
        number: 1 + WARM_UP,
        ..first_block()
    }
}

/// The block in which everything is made.
pub(crate) fn first_block() -> Block {
    Block {
        number: 1,
        now_ms: 6_000,
        entropy: [0; 32],
        upgrade_targets: Vec::new(),
        system_code: None,
    }
}

fn succeeded(receipt: Receipt) -> anyhow::Result<Receipt> {
    match receipt.outcome {
        Outcome::Success => Ok(receipt),
        outcome => bail!("{outcome:?}"),
    }
}

/// What a worker has done by the time at which a contract is called for long: its code is compiled.
/// Nothing, if the engine doesn't compile. The artefact otherwise.
///
/// # Errors
/// The engine refused the code, or never compiles code of its shape.
pub fn prepare(engine: &dyn Engine, code: &[u8]) -> anyhow::Result<Option<Vec<u8>>> {
    let Some(prepare) = engine.prepare() else {
        return Ok(None);
    };
    let artefact = with_stack(|| prepare.compile(code))??;
    let artefact = artefact.context("code of this shape is never compiled")?;
    with_stack(|| prepare.install(blake2_256(code).into(), &artefact))??;
    Ok(Some(artefact))
}

/// The engine of a version in a directory, loaded as the worker loads it.
///
/// # Errors
/// There is none, or it can't be loaded.
pub fn load(engines: &Path, version: EngineVersion) -> anyhow::Result<Arc<dyn Engine>> {
    let registry = EngineRegistry::new(engines);
    let files = registry.scan()?;
    let file = files.iter().find(|file| file.version == version);
    let file = file.with_context(|| {
        format!(
            "{} has no engine {version}: run `cargo xtask engines`",
            engines.display()
        )
    })?;
    Ok(registry.get(version, &file.record(Vec::new()))?)
}
