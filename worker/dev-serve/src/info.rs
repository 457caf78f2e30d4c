//! What whoever uses it has to know.

use crate::{
    error::ServeError,
    node::{Node, SERVED},
    servers::Addresses,
};
use fat_contracts_primitives::{BlockNumber, ClusterId, EngineVersion, Hash, DEV_ACCOUNTS};
use pink_worker_core::accounts::ss58;
use runtime_mock::runtime::{presets::DEV_ENDOWMENT, FatContracts};
use serde_json::{json, Value};
use sp_core::{sr25519, Pair as _};
use std::{fs, net::SocketAddr, path::PathBuf};

/// An account that everybody knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name, by which its key is derived.
    pub name: &'static str,
    /// SS58.
    pub address: String,
    /// Its public key, in hex.
    pub public_key: String,
    /// Its secret seed, in hex.
    pub secret_seed: String,
}

/// What whoever uses it has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// The chain's RPC.
    pub chain: SocketAddr,
    /// The worker's.
    pub rpc: SocketAddr,
    /// The hash of the genesis block.
    pub genesis: Hash,
    /// The cluster.
    pub cluster: ClusterId,
    /// Its engine.
    pub engine: EngineVersion,
    /// The newest block.
    pub block: BlockNumber,
    /// Accounts with money.
    pub accounts: Vec<Account>,
    /// What each had at first, on the chain; a tenth of it is in the cluster.
    pub endowment: u128,
    /// Where it is kept, if it is.
    pub kept: Option<PathBuf>,
    /// It was there before.
    pub resumed: bool,
}

impl Info {
    /// The same as JSON, for scripts.
    pub fn to_json(&self) -> Value {
        let accounts = self.accounts.iter().map(|it| {
            json!({
                "name": it.name, "address": it.address, "publicKey": it.public_key,
                "secretSeed": it.secret_seed,
            })
        });
        json!({
            "chain": format!("ws://{}", self.chain),
            "worker": format!("http://{}", self.rpc),
            "genesis": self.genesis,
            "cluster": self.cluster,
            "engine": self.engine.to_string(),
            "block": self.block,
            "accounts": accounts.collect::<Vec<_>>(),
            "endowment": self.endowment.to_string(),
            "kept": self.kept,
            "resumed": self.resumed,
        })
    }
}

/// Looks at what was started.
///
/// # Errors
/// There is no cluster.
pub(crate) fn info(node: &Node, addresses: Addresses, resumed: bool) -> Result<Info, ServeError> {
    let chain = node.shared.chain();
    let cluster = chain
        .query(|| FatContracts::cluster(SERVED))
        .map_err(ServeError::Chain)?;
    let cluster = cluster.ok_or_else(|| ServeError::SetUp("there is no cluster".into()))?;
    let accounts = DEV_ACCOUNTS.iter().map(|(name, key)| {
        let (_, seed) = sr25519::Pair::from_string_with_seed(name, None)
            .map_err(|error| ServeError::Chain(format!("{name} is no key: {error}")))?;
        Ok(Account {
            name,
            address: ss58(&(*key).into()),
            public_key: format!("0x{}", hex::encode(key)),
            secret_seed: format!("0x{}", hex::encode(seed.unwrap_or_default())),
        })
    });
    let kept = node
        .disk
        .shown()
        .map(|path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()));
    Ok(Info {
        chain: addresses.chain,
        rpc: addresses.rpc,
        genesis: chain.genesis(),
        cluster: SERVED,
        engine: cluster.engine,
        block: chain.best().number,
        accounts: accounts.collect::<Result<_, ServeError>>()?,
        endowment: DEV_ENDOWMENT,
        kept,
        resumed,
    })
}
