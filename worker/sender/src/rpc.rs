//! One connection to one endpoint.

use crate::{error::Error, limits::Limits};
use fat_contracts_primitives::{AccountId, BlockNumber, Hash};
use pink_worker_core::accounts::ss58;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{json, Value as Json};
use std::{future::Future, sync::Arc};
use subxt::rpcs::{
    client::{RpcParams, RpcSubscription},
    methods::legacy::TransactionStatus,
    Error as RpcError, RpcClient, UserError,
};
use tokio::time::timeout;

/// What a pool tells of a transaction.
pub(crate) type Statuses = RpcSubscription<TransactionStatus<Hash>>;

/// Why there is no answer that can be used.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The connection is of no use any more, or the answer is no answer.
    Lost(Error),
    /// The node refuses, in its words.
    Told(UserError),
}

/// A block, as far as a sender needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) number: BlockNumber,
    pub(crate) hash: Hash,
    pub(crate) parent: Hash,
}

/// A runtime's versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RuntimeVersion {
    pub(crate) spec_version: u32,
    pub(crate) transaction_version: u32,
}

/// One connection to one endpoint. Every request has a limit of time.
#[derive(Clone, Debug)]
pub(crate) struct Rpc {
    pub(crate) endpoint: Arc<str>,
    client: RpcClient,
    limits: Limits,
}

impl Rpc {
    pub(crate) async fn connect(endpoint: Arc<str>, limits: Limits) -> Result<Self, Error> {
        let connected = timeout(limits.connect, RpcClient::from_insecure_url(&*endpoint)).await;
        let reason = match connected {
            Ok(Ok(client)) => {
                return Ok(Self {
                    endpoint,
                    client,
                    limits,
                })
            }
            // Each layer of the client says the same before what it is.
            Ok(Err(error)) => error.to_string().replace("RPC error: client error: ", ""),
            Err(_) => format!("no connection within {:?}", limits.connect),
        };
        Err(Error::Unreachable {
            endpoint: endpoint.to_string(),
            what: "anything",
            reason,
        })
    }

    pub(crate) fn lost(&self, what: &'static str, reason: impl ToString) -> Error {
        Error::Unreachable {
            endpoint: self.endpoint.to_string(),
            what,
            reason: reason.to_string(),
        }
    }

    /// Asks; what the node says against it is told apart from a connection that is gone.
    async fn request<T: DeserializeOwned>(
        &self,
        what: &'static str,
        method: &str,
        params: &[Json],
    ) -> Result<T, Failed> {
        let params = self.params(what, params)?;
        self.within(what, self.client.request(method, params)).await
    }

    fn params(&self, what: &'static str, params: &[Json]) -> Result<RpcParams, Failed> {
        let mut all = RpcParams::new();
        for param in params {
            let pushed = all.push(param);
            pushed.map_err(|error| Failed::Lost(self.lost(what, error)))?;
        }
        Ok(all)
    }

    async fn within<T>(
        &self,
        what: &'static str,
        answer: impl Future<Output = Result<T, RpcError>>,
    ) -> Result<T, Failed> {
        match timeout(self.limits.request, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(RpcError::User(told))) => Err(Failed::Told(told)),
            Ok(Err(error)) => Err(Failed::Lost(self.lost(what, error))),
            Err(_) => {
                let reason = format!("no answer within {:?}", self.limits.request);
                Err(Failed::Lost(self.lost(what, reason)))
            }
        }
    }

    /// Asks for what every node has: a refusal is as good as no answer.
    async fn ask<T: DeserializeOwned>(
        &self,
        what: &'static str,
        method: &str,
        params: &[Json],
    ) -> Result<T, Error> {
        let answer = self.request(what, method, params).await;
        answer.map_err(|failed| match failed {
            Failed::Lost(error) => error,
            Failed::Told(told) => self.lost(what, told),
        })
    }

    pub(crate) async fn genesis(&self) -> Result<Hash, Error> {
        self.ask("the genesis block", "chain_getBlockHash", &[json!(0)])
            .await
    }

    pub(crate) async fn head(&self, hash: Option<Hash>) -> Result<Head, Error> {
        const WHAT: &str = "a block's header";
        let (header, hash): (Json, Hash) = match hash {
            Some(hash) => (
                self.ask(WHAT, "chain_getHeader", &[json!(hash)]).await?,
                hash,
            ),
            None => {
                let hash: Hash = self.ask(WHAT, "chain_getBlockHash", &[]).await?;
                (
                    self.ask(WHAT, "chain_getHeader", &[json!(hash)]).await?,
                    hash,
                )
            }
        };
        let number = header["number"]
            .as_str()
            .and_then(|it| it.strip_prefix("0x"))
            .and_then(|it| BlockNumber::from_str_radix(it, 16).ok());
        let parent = serde_json::from_value(header["parentHash"].clone()).ok();
        match (number, parent) {
            (Some(number), Some(parent)) => Ok(Head {
                number,
                hash,
                parent,
            }),
            _ => Err(self.lost(WHAT, "it has no such block")),
        }
    }

    pub(crate) async fn finalized(&self) -> Result<Head, Error> {
        let hash: Hash = self
            .ask("the final block", "chain_getFinalizedHead", &[])
            .await?;
        self.head(Some(hash)).await
    }

    pub(crate) async fn block_hash(&self, number: BlockNumber) -> Result<Hash, Error> {
        self.ask("a block's hash", "chain_getBlockHash", &[json!(number)])
            .await
    }

    /// The extrinsics of a block, in order.
    pub(crate) async fn body(&self, hash: Hash) -> Result<Vec<Vec<u8>>, Error> {
        #[derive(Deserialize)]
        struct Signed {
            block: Block,
        }
        #[derive(Deserialize)]
        struct Block {
            extrinsics: Vec<Bytes>,
        }
        let found: Signed = self
            .ask("a block", "chain_getBlock", &[json!(hash)])
            .await?;
        Ok(found.block.extrinsics.into_iter().map(|it| it.0).collect())
    }

    /// The extrinsics that wait for a block.
    pub(crate) async fn pending(&self) -> Result<Vec<Vec<u8>>, Error> {
        let found: Vec<Bytes> = self
            .ask("its pool", "author_pendingExtrinsics", &[])
            .await?;
        Ok(found.into_iter().map(|it| it.0).collect())
    }

    pub(crate) async fn next_index(&self, who: &AccountId) -> Result<u64, Error> {
        let who = json!(ss58(who));
        self.ask("a nonce", "system_accountNextIndex", &[who]).await
    }

    pub(crate) async fn version(&self, at: Hash) -> Result<RuntimeVersion, Error> {
        self.ask(
            "its runtime's version",
            "state_getRuntimeVersion",
            &[json!(at)],
        )
        .await
    }

    pub(crate) async fn metadata(&self, at: Hash) -> Result<Vec<u8>, Error> {
        let found: Bytes = self
            .ask("its metadata", "state_getMetadata", &[json!(at)])
            .await?;
        Ok(found.0)
    }

    pub(crate) async fn storage(&self, key: &[u8], at: Hash) -> Result<Option<Vec<u8>>, Error> {
        let found: Option<Bytes> = self
            .ask("state", "state_getStorage", &[hex(key), json!(at)])
            .await?;
        Ok(found.map(|it| it.0))
    }

    /// Calls the runtime. What the node says against it is told apart: it may not have the function.
    pub(crate) async fn runtime_call(
        &self,
        function: &str,
        input: &[u8],
        at: Hash,
    ) -> Result<Vec<u8>, Failed> {
        let params = [json!(function), hex(input), json!(at)];
        let found: Bytes = self
            .request("a call of its runtime", "state_call", &params)
            .await?;
        Ok(found.0)
    }

    /// Gives an extrinsic to the pool and watches it.
    pub(crate) async fn watch(&self, extrinsic: &[u8]) -> Result<Statuses, Failed> {
        const WHAT: &str = "a place in its pool";
        let params = self.params(WHAT, &[hex(extrinsic)])?;
        let subscribed = self.client.subscribe(
            "author_submitAndWatchExtrinsic",
            params,
            "author_unwatchExtrinsic",
        );
        self.within(WHAT, subscribed).await
    }
}

fn hex(bytes: &[u8]) -> Json {
    json!(format!("0x{}", hex::encode(bytes)))
}

/// Bytes as JSON-RPC has them.
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let digits = text.strip_prefix("0x").unwrap_or(&text);
        hex::decode(digits).map(Self).map_err(D::Error::custom)
    }
}
