//! A block of the worker, on disk.

use crate::{
    calls::{COMPILED, VERSION},
    report::{time, Row},
    Setting,
};
use anyhow::{bail, Context};
use fat_contracts_primitives::{
    AccountId, BlockNumber, ClusterBlock, ClusterMessage, CodeSource, EngineRecord, EngineVersion,
    Hash, Seq, Weight,
};
use pink_capi::types::Outcome;
use pink_engine_benches::{
    contracts::{new_token, transfer, TOKEN},
    in_turns, median, prepare, GAS, USER, WARM_UP,
};
use pink_engine_host::EngineRegistry;
use pink_worker_core::{
    exec::{with_stack, BlockExecutor},
    store::{Store, StoreOptions},
    ExecutedBlock, Worker,
};
use std::{collections::BTreeMap, fs::File, io::Write, path::Path, time::Instant};

/// Transfers in a block.
pub(crate) const TRANSFERS: u32 = 1_000;

/// Makes blocks, one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Blocks {
    version: EngineVersion,
    record: EngineRecord,
    number: BlockNumber,
    seq: Seq,
    message_hash: Hash,
    contract: AccountId,
}

impl Blocks {
    pub(crate) fn new(registry: &EngineRegistry, version: EngineVersion) -> anyhow::Result<Self> {
        let files = registry.scan()?;
        let file = files.iter().find(|file| file.version == version);
        let file = file.with_context(|| format!("engine {version} is missing"))?;
        Ok(Self {
            version,
            record: file.record(Vec::new()),
            number: 0,
            seq: 0,
            message_hash: Hash::zero(),
            contract: AccountId::new([0; 32]),
        })
    }

    fn block(&mut self, messages: impl IntoIterator<Item = ClusterMessage>) -> ClusterBlock {
        self.number += 1;
        let messages = messages
            .into_iter()
            .map(|message| {
                self.seq += 1;
                (self.seq - 1, message)
            })
            .collect();
        let mut block = ClusterBlock {
            cluster: 1,
            number: self.number,
            now_ms: u64::from(self.number) * 6_000,
            entropy: Hash::zero(),
            upgrade_targets: Vec::new(),
            system_code: None,
            engines: vec![(self.version, self.record.clone())],
            amendments: Vec::new(),
            amended_later: Vec::new(),
            messages,
            message_hash: Hash::zero(),
            read_at: self.number,
            extrinsics: Vec::new(),
        };
        block.message_hash = block.fold(&self.message_hash);
        self.message_hash = block.message_hash;
        block
    }

    /// The cluster, and the token in it.
    pub(crate) fn first(&mut self) -> ClusterBlock {
        let owner = AccountId::new(USER);
        self.block([
            ClusterMessage::Setup {
                engine: self.version,
                owner: owner.clone(),
                deposit: u128::MAX / 4,
                gas_price: 1,
                deposit_per_item: 1,
                deposit_per_byte: 1,
                treasury: AccountId::new([9; 32]),
                existential_deposit: 1,
                engine_config: Vec::new(),
                system_code: None,
            },
            ClusterMessage::Instantiate {
                origin: owner,
                code: CodeSource::Code(TOKEN.to_vec()),
                input: new_token(),
                salt: Vec::new(),
                value: 0,
                gas_limit: gas(),
                storage_deposit_limit: None,
                max_gas_price: u128::MAX,
            },
        ])
    }

    /// The token is at this address.
    pub(crate) fn deployed(&mut self, executed: &ExecutedBlock) -> anyhow::Result<()> {
        let made = executed.receipts.last().and_then(|it| it.receipt.address);
        self.contract = AccountId::new(made.context("the token wasn't made")?);
        Ok(())
    }

    /// Transfers to as many accounts, the same in every block.
    pub(crate) fn transfers(&mut self, count: u32) -> ClusterBlock {
        let contract = self.contract.clone();
        self.block((0..count).map(|number| ClusterMessage::Call {
            origin: AccountId::new(USER),
            contract: contract.clone(),
            input: transfer(&sp_crypto_hashing::blake2_256(&number.to_le_bytes())),
            value: 0,
            gas_limit: gas(),
            storage_deposit_limit: None,
            max_gas_price: u128::MAX,
        }))
    }
}

fn gas() -> Weight {
    Weight {
        ref_time: GAS.ref_time,
        proof_size: GAS.proof_size,
    }
}

/// Executes a block and commits it.
pub(crate) fn import(worker: &mut Worker, block: ClusterBlock) -> anyhow::Result<ExecutedBlock> {
    let mut imported = worker.import(&[block], Vec::new(), &())?;
    if let Some(parked) = imported.parked {
        bail!("{parked}");
    }
    let executed = imported.executed.pop().context("one block")?;
    let outcomes = executed.receipts.iter().map(|it| &it.receipt.outcome);
    match outcomes.into_iter().find(|it| **it != Outcome::Success) {
        Some(other) => bail!("{other:?}"),
        None => Ok(executed),
    }
}

/// Everything that a worker does for a block against the execution alone.
pub(crate) fn durable(setting: &Setting) -> anyhow::Result<Row> {
    let folder = setting.scratch.path().join("durable");
    let store = Store::create(&folder, StoreOptions::default())?;
    let mut worker = Worker::new(store, EngineRegistry::new(&setting.engines));
    let mut blocks = Blocks::new(worker.registry(), VERSION)?;
    let first = blocks.first();
    blocks.deployed(&import(&mut worker, first.clone())?)?;

    let registry = EngineRegistry::new(&setting.engines);
    let executor = BlockExecutor {
        registry: &registry,
        codes: &(),
        cluster_key: None,
    };
    let mut state: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
    let mut execute = |block: &ClusterBlock| {
        let outcome = with_stack(|| executor.execute(&state, block))??;
        for (key, value) in outcome.changes {
            match value {
                Some(value) => state.insert(key, value),
                None => state.remove(&key),
            };
        }
        anyhow::Ok(())
    };
    execute(&first)?;
    let (mut ours, mut other) = (blocks.clone(), blocks);
    let times = in_turns(
        setting.rounds.min(30),
        1,
        || import(&mut worker, ours.transfers(TRANSFERS)).map(drop),
        || execute(&other.transfers(TRANSFERS)),
    )?;
    let note = format!("fsync latency {}", time(fsync(setting.scratch.path())?));
    Ok(Row::at_most("durable", 2.0, times).with_note(note))
}

/// Everything that a worker does for a block of compiled code, against the same interpreted by 2.0.
pub(crate) fn block21(setting: &Setting) -> anyhow::Result<Row> {
    let mut ours = by(setting, COMPILED)?;
    let mut other = by(setting, VERSION)?;
    let rounds = setting.rounds.min(30);
    Ok(Row::at_least(
        "block21",
        1.3,
        in_turns(rounds, 1, &mut ours, &mut other)?,
    ))
}

/// Blocks of transfers by a worker on a store of its own, with the token's code compiled where the
/// engine compiles.
fn by(
    setting: &Setting,
    version: EngineVersion,
) -> anyhow::Result<impl FnMut() -> anyhow::Result<()>> {
    let folder = setting.scratch.path().join(format!("block-{version}"));
    let store = Store::create(&folder, StoreOptions::default())?;
    let mut worker = Worker::new(store, EngineRegistry::new(&setting.engines));
    let mut blocks = Blocks::new(worker.registry(), version)?;
    let first = blocks.first();
    blocks.deployed(&import(&mut worker, first)?)?;
    prepare(&*worker.registry().get(version, &blocks.record)?, TOKEN)?;
    for _ in 0..WARM_UP {
        import(&mut worker, blocks.block([]))?;
    }
    Ok(move || import(&mut worker, blocks.transfers(TRANSFERS)).map(drop))
}

/// How long the disk takes for one page.
fn fsync(folder: &Path) -> anyhow::Result<u64> {
    let mut file = File::create(folder.join("fsync"))?;
    let mut times = Vec::new();
    for _ in 0..20 {
        let start = Instant::now();
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        times.push(u64::try_from(start.elapsed().as_nanos())?);
    }
    Ok(median(times))
}
