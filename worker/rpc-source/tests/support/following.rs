//! A cluster, and a source that follows its chain.

use fat_contracts_primitives::{AccountId, EngineVersion, Permission};
use pallet_fat_contracts::Call;
use pink_rpc_source::{Config, Limits, RpcSource, Signal};
use runtime_mock::{account, Extrinsic, UNIT};
use std::time::Duration;

pub(crate) fn who(name: &str) -> AccountId {
    account(name).expect("a development account")
}

/// A cluster of //Alice, open to everybody.
pub(crate) fn add_cluster(engine: EngineVersion) -> Extrinsic {
    let add = Call::add_cluster {
        engine,
        owner: who("//Alice"),
        permission: Permission::Public,
        workers: vec![],
        deposit: 100 * UNIT,
        gas_price: 1,
        deposit_per_item: 2,
        deposit_per_byte: 3,
        treasury_account: AccountId::new([9; 32]),
        existential_deposit: 1_000,
        engine_config: vec![],
    };
    Extrinsic::signed(who("//Alice"), add)
}

/// For endpoints at these addresses.
pub(crate) fn config(urls: impl IntoIterator<Item = String>) -> Config {
    Config {
        endpoints: urls.into_iter().collect(),
        // A machine may be busy: nobody waits that long but for an endpoint that stalls.
        limits: Limits {
            call: Duration::from_secs(120),
            ..Limits::default()
        },
        ..Config::default()
    }
}

/// One that says nothing.
pub(crate) fn source(config: Config) -> RpcSource {
    RpcSource::new(config, Signal::new()).expect("a thread")
}
