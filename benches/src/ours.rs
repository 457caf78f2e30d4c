//! Engine 2.0 as the worker loads it, over a state in memory.

use anyhow::{bail, Context};
use fat_contracts_primitives::EngineVersion;
use pink_capi::types::{
    Block, Call, Code, Env, Instantiate, Message, Mode, Outcome, Receipt, Setup, Weight,
};
use pink_worker::{
    engine::{Engine, EngineRegistry},
    exec::Session,
};
use std::{collections::BTreeMap, path::Path, sync::Arc};

const VERSION: EngineVersion = EngineVersion::new(2, 0);
const USER: [u8; 32] = [1; 32];
const GAS: Weight = Weight::new(2_000_000_000_000, 8 << 20);

pub(crate) struct Ours {
    engine: Arc<dyn Engine>,
    state: BTreeMap<Vec<u8>, Vec<u8>>,
    contract: [u8; 32],
    env: Env,
}

impl Ours {
    pub(crate) fn new(engines: &Path, code: &[u8], constructor: &[u8]) -> anyhow::Result<Self> {
        let block = Block {
            number: 1,
            now_ms: 6_000,
            entropy: [0; 32],
            upgrade_targets: Vec::new(),
            system_code: None,
        };
        let env = Env {
            mode: Mode::Transaction,
            block,
            seq: 0,
        };
        let engine = load(engines)?;
        let mut ours = Self {
            engine,
            state: BTreeMap::new(),
            contract: [0; 32],
            env,
        };
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
        Ok(ours)
    }

    /// Makes a second contract of the same code, for the first to call.
    pub(crate) fn callee(&mut self, code: &[u8], constructor: &[u8]) -> anyhow::Result<[u8; 32]> {
        self.instantiate(code, constructor, 1)
    }

    fn instantiate(
        &mut self,
        code: &[u8],
        constructor: &[u8],
        salt: u8,
    ) -> anyhow::Result<[u8; 32]> {
        let receipt = self.execute(&Message::Instantiate(Instantiate {
            origin: USER,
            code: Code::Upload(code.to_vec()),
            input: constructor.to_vec(),
            salt: vec![salt],
            value: 0,
            gas_limit: GAS,
            storage_deposit_limit: None,
            max_gas_price: u128::MAX,
        }))?;
        receipt.address.context("no address")
    }

    /// A whole call: through the ABI, executed, its changes taken into the state.
    pub(crate) fn call(&mut self, input: &[u8]) -> anyhow::Result<()> {
        self.execute(&Message::Call(Call {
            origin: USER,
            contract: self.contract,
            input: input.to_vec(),
            value: 0,
            gas_limit: GAS,
            storage_deposit_limit: None,
            max_gas_price: u128::MAX,
            lent: 0,
        }))?;
        Ok(())
    }

    fn execute(&mut self, message: &Message) -> anyhow::Result<Receipt> {
        let mut session = Session::changing(&self.state, &());
        let receipt = self.engine.execute(&mut session, &self.env, message)?;
        let (changes, _) = session.finish();
        if receipt.outcome != Outcome::Success {
            bail!("{:?}", receipt.outcome);
        }
        for (key, value) in changes {
            match value {
                Some(value) => self.state.insert(key, value),
                None => self.state.remove(&key),
            };
        }
        Ok(receipt)
    }
}

fn load(engines: &Path) -> anyhow::Result<Arc<dyn Engine>> {
    let registry = EngineRegistry::new(engines);
    let files = registry.scan()?;
    let file = files.iter().find(|file| file.version == VERSION);
    let file = file.with_context(|| {
        format!(
            "{} has no engine {VERSION}: run `cargo xtask engines`",
            engines.display()
        )
    })?;
    let record = file.record(Vec::new());
    Ok(registry.get(VERSION, &record)?)
}
