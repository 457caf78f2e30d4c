//! The first two blocks of a development chain: engines and cluster, and money.

use crate::{
    config::{
        faucet, owner, treasury, worker, DevConfig, CLUSTER, EXISTENTIAL_DEPOSIT, MESSAGE_BYTES,
    },
    engines::announce,
    DevError, Refusal,
};
use fat_contracts_primitives::{AccountId, Balance, EngineVersion, Permission, Weight};
use pallet_fat_contracts::Call;
use pink_engine_host::EngineRegistry;
use pink_worker_core::{InstalledEngine, InstalledError};
use runtime_mock::{
    runtime::{Convert, FatContracts, OrderingFee, Runtime},
    Block, Extrinsic, Genesis, MockChain,
};

/// The most money that a development chain starts with: far from where sums overflow.
const MOST_MONEY: u128 = 10u128.pow(36);

/// The chain's own existential deposit.
const CHAIN_DEPOSIT: u128 = runtime_mock::EXISTENTIAL_DEPOSIT;

/// Has governance put an engine in the place of the record of its version.
pub(crate) fn replace(engine: &InstalledEngine) -> Extrinsic {
    Extrinsic::governance(Call::<Runtime>::replace_engine {
        version: engine.version,
        abi: engine.record.abi,
        upgrades_from: engine.record.upgrades_from.clone(),
        artefacts: engine.record.artefacts.clone(),
    })
}

/// Has governance register an engine.
pub(crate) fn register(engine: &InstalledEngine) -> Extrinsic {
    Extrinsic::governance(Call::<Runtime>::register_engine {
        version: engine.version,
        abi: engine.record.abi,
        upgrades_from: engine.record.upgrades_from.clone(),
        artefacts: engine.record.artefacts.clone(),
    })
}

/// Makes the chain and its first two blocks.
///
/// # Errors
/// There is no engine to start on, or the configuration can't be.
pub(crate) fn make(
    config: &DevConfig,
    registry: &EngineRegistry,
) -> Result<(MockChain, [Block; 2]), DevError> {
    let engines = InstalledEngine::find_all(registry)?;
    let newest = engines.last().ok_or_else(|| InstalledError::None {
        directory: registry.directory().into(),
    })?;
    let start = config.engine.unwrap_or(newest.version);
    if !engines.iter().any(|engine| engine.version == start) {
        let found = engines.iter().map(|engine| engine.version);
        return Err(InstalledError::no_such_version(registry, start, found).into());
    }

    let mut chain = genesis(config)?;
    let mut extrinsics: Vec<_> = engines.iter().map(register).collect();
    let hashes = engines.iter().flat_map(|engine| &engine.record.artefacts);
    let hashes = hashes.map(|artefact| artefact.hash).collect();
    extrinsics.push(Extrinsic::governance(
        Call::<Runtime>::set_pink_runtime_version { version: start },
    ));
    extrinsics.extend(make_cluster(config, start));
    extrinsics.push(announce(hashes)?);
    let first = build(&mut chain, extrinsics)?;
    let second = build(&mut chain, fill_cluster(config).collect())?;
    Ok((chain, [first, second]))
}

fn build(chain: &mut MockChain, extrinsics: Vec<Extrinsic>) -> Result<Block, DevError> {
    let now_ms = chain.head().now_ms.saturating_add(crate::BLOCK_MS);
    let block = chain.build_block(now_ms, extrinsics)?;
    match block
        .applied
        .iter()
        .find_map(|applied| applied.result.err())
    {
        Some(refused) => Err(DevError::Refused(Refusal::from(refused.error))),
        None => Ok(block),
    }
}

/// Refuses amounts that no account can have.
fn check(config: &DevConfig) -> Result<(), DevError> {
    let least = EXISTENTIAL_DEPOSIT.max(CHAIN_DEPOSIT);
    let mut all = 0u128;
    for (who, amount) in &config.endowed {
        all = all.saturating_add(*amount);
        let why = if *who == owner() && *amount < least {
            "it owns the cluster, and pays for its escrow account and its system contract"
        } else if *amount > 0 && *amount < least {
            "an account has nothing, or at least the existential deposit"
        } else if all > MOST_MONEY {
            "there isn't that much money: 10^36 is the most"
        } else {
            continue;
        };
        return Err(DevError::Endowment {
            who: who.clone(),
            amount: *amount,
            why,
        });
    }
    Ok(())
}

fn genesis(config: &DevConfig) -> Result<MockChain, DevError> {
    check(config)?;
    let mut genesis = Genesis::development().system_code(config.system_code.to_vec());
    for (_, key) in runtime_mock::DEV_ACCOUNTS {
        genesis = genesis.endow(key.into(), 0);
    }
    for (who, amount) in &config.endowed {
        // The owner brings its own money into the cluster, and pays for the escrow account.
        let more = if *who == owner() {
            amount.saturating_add(CHAIN_DEPOSIT)
        } else {
            0
        };
        genesis = genesis.endow(who.clone(), amount.saturating_add(more));
    }
    let others = given(config).fold(0u128, |sum, (_, amount)| {
        sum.saturating_add(*amount).saturating_add(ordering_fee())
    });
    genesis = genesis.endow(faucet(), others.saturating_add(CHAIN_DEPOSIT));
    Ok(genesis.build()?)
}

fn make_cluster(config: &DevConfig, start: EngineVersion) -> [Extrinsic; 3] {
    [
        Extrinsic::governance(Call::<Runtime>::register_worker { worker: worker() }),
        Extrinsic::signed(
            worker(),
            Call::<Runtime>::serve_owner {
                owner: Some(owner()),
            },
        ),
        Extrinsic::signed(
            owner(),
            Call::<Runtime>::add_cluster {
                engine: start,
                owner: owner(),
                permission: Permission::Public,
                workers: vec![worker()],
                deposit: config.endowed.get(&owner()).copied().unwrap_or_default(),
                gas_price: config.gas_price,
                deposit_per_item: config.deposit_per_item,
                deposit_per_byte: config.deposit_per_byte,
                treasury_account: treasury(),
                existential_deposit: EXISTENTIAL_DEPOSIT,
                engine_config: Vec::new(),
            },
        ),
    ]
}

/// What it costs, at most, to have a deposit ordered in a cluster that isn't crowded.
fn ordering_fee() -> Balance {
    OrderingFee::convert(FatContracts::queued_weight(
        &Weight::default(),
        MESSAGE_BYTES,
    ))
}

/// Who gets money in the cluster from the faucet.
fn given(config: &DevConfig) -> impl Iterator<Item = (&AccountId, &Balance)> {
    let owner = owner();
    let endowed = config.endowed.iter();
    endowed.filter(move |(who, amount)| **who != owner && **amount > 0)
}

fn fill_cluster(config: &DevConfig) -> impl Iterator<Item = Extrinsic> + '_ {
    given(config).map(|(who, amount)| {
        Extrinsic::signed(
            faucet(),
            Call::<Runtime>::transfer_to_cluster {
                cluster: CLUSTER,
                dest: who.clone(),
                amount: *amount,
                max_ordering_fee: ordering_fee(),
            },
        )
    })
}
