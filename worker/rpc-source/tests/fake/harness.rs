//! A chain with a cluster, and a source that follows it.

pub(crate) use crate::support::following::{source, who};
use crate::support::{
    fake::Fake,
    following::{self, add_cluster},
    Endpoint,
};
use fat_contracts_primitives::{
    AccountId, Artefact, BlockNumber, ClusterBlock, EngineVersion, Hash, Weight,
};
use pallet_fat_contracts::Call;
use pink_rpc_source::{Config, RpcSource};
use pink_worker_core::source::{ChainSource, Cursor, PermanentError, SourceError};
use runtime_mock::{runtime::Runtime, workers, Extrinsic, Genesis, UNIT};
use std::sync::Arc;

pub(crate) const V1_0: EngineVersion = EngineVersion::new(1, 0);
pub(crate) const V1_1: EngineVersion = EngineVersion::new(1, 1);
pub(crate) const V1_2: EngineVersion = EngineVersion::new(1, 2);

pub(crate) fn worker(number: u8) -> AccountId {
    AccountId::new([100 + number; 32])
}

fn register(version: EngineVersion, upgrades_from: Vec<EngineVersion>) -> Extrinsic {
    Extrinsic::governance(Call::register_engine {
        version,
        abi: 1,
        upgrades_from,
        artefacts: vec![Artefact {
            target: "x86_64-unknown-linux-gnu".into(),
            hash: file(version),
            size: 1_000,
        }],
    })
}

pub(crate) fn file(version: EngineVersion) -> Hash {
    Hash::repeat_byte(version.major as u8 * 16 + version.minor as u8)
}

pub(crate) fn signed(from: &str, call: Call<Runtime>) -> Extrinsic {
    Extrinsic::signed(who(from), call)
}

pub(crate) fn deposit(from: &str) -> Extrinsic {
    let call = Call::transfer_to_cluster {
        cluster: 1,
        dest: who(from),
        amount: UNIT,
        max_ordering_fee: UNIT,
    };
    signed(from, call)
}

pub(crate) fn call(input: Vec<u8>) -> Extrinsic {
    let call = Call::call_contract {
        cluster: 1,
        contract: AccountId::new([5; 32]),
        input,
        value: 0,
        gas_limit: Weight {
            ref_time: 1_000_000_000,
            proof_size: 65_536,
        },
        storage_deposit_limit: None,
        max_gas_price: None,
        max_ordering_fee: UNIT,
    };
    signed("//Bob", call)
}

/// A node, and its endpoint.
pub(crate) struct Harness {
    pub(crate) fake: Arc<Fake>,
    pub(crate) endpoint: Endpoint,
}

impl Harness {
    /// Cluster 1 on 1.0 with four workers, in block 3.
    pub(crate) fn begin() -> Self {
        let fake = Arc::new(Fake::new(
            Genesis::development().build().expect("a genesis"),
        ));
        fake.idle(2);
        let mut first = vec![
            register(V1_0, vec![]),
            register(V1_1, vec![V1_0]),
            register(V1_2, vec![V1_1]),
            Extrinsic::governance(Call::set_pink_runtime_version { version: V1_0 }),
            add_cluster(V1_0),
        ];
        for number in 1..=4 {
            let files = vec![file(V1_0), file(V1_1)];
            first.extend(workers::add_worker(
                worker(number),
                who("//Alice"),
                1,
                files,
            ));
        }
        let made = fake.block(first);
        assert!(made.applied.iter().all(|it| it.result.is_ok()));
        let endpoint = Endpoint::start(fake.clone());
        Self { fake, endpoint }
    }

    pub(crate) fn config(&self) -> Config {
        config(&[&self.endpoint])
    }

    pub(crate) fn source(&self) -> RpcSource {
        source(self.config())
    }
}

pub(crate) fn config(endpoints: &[&Endpoint]) -> Config {
    following::config(endpoints.iter().map(|it| it.url()))
}

/// All blocks behind a place, a number of them at a time.
pub(crate) fn blocks(
    source: &RpcSource,
    mut cursor: Cursor,
    limit: usize,
) -> Result<Vec<ClusterBlock>, SourceError> {
    let mut all = Vec::new();
    loop {
        let next = source.blocks_after(1, &cursor, limit)?;
        let Some(last) = next.last() else {
            return Ok(all);
        };
        cursor = Cursor {
            block: Some(last.number),
            message_hash: last.message_hash,
        };
        all.extend(next);
    }
}

pub(crate) fn from_the_start(source: &RpcSource) -> Result<Vec<BlockNumber>, SourceError> {
    let all = blocks(source, Cursor::default(), 1_000)?;
    Ok(all.iter().map(|it| it.number).collect())
}

/// What somebody has to look at.
pub(crate) fn standing<T: std::fmt::Debug>(result: Result<T, SourceError>) -> PermanentError {
    match result {
        Err(SourceError::Permanent(standing)) => standing,
        other => panic!("it stands for nothing: {other:?}"),
    }
}

/// What is wrong, and in what.
pub(crate) fn unproven<T: std::fmt::Debug>(result: Result<T, SourceError>) -> (String, String) {
    match standing(result) {
        PermanentError::Unproven { what, reason, .. } => (what.into(), reason),
        other => panic!("nothing is unproven: {other}"),
    }
}
