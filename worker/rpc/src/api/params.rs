//! What queries and estimates take.

use crate::{
    auth::Signed,
    bytes::{Account, Amount, Bytes, Gas, Hash},
};
use schemars::JsonSchema;
use serde::Deserialize;

/// What `cluster_v1_query` takes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct QueryParams {
    /// The contract.
    pub contract: Account,
    /// Selector and arguments.
    pub input: Bytes,
    /// Who asks [default: nobody].
    #[serde(default)]
    pub auth: Option<Signed>,
    /// Money for the contract, of the asker's own and of what is lent [default: 0].
    #[serde(default)]
    pub value: Option<Amount>,
    /// Money that is lent to the asker for this call [default: 0].
    #[serde(default)]
    pub lent: Option<Amount>,
    /// Gas [default: what the operator allows].
    #[serde(default)]
    pub gas_limit: Option<Gas>,
    /// The highest storage deposit to accept [default: the engine's].
    #[serde(default)]
    pub storage_deposit_limit: Option<Amount>,
    /// After which block [default: the newest].
    #[serde(default)]
    pub at: Option<u32>,
    /// Time, the wait for a thread included [default: what the operator allows].
    #[serde(default)]
    pub timeout_ms: Option<u64>,
}

/// What `cluster_v1_estimateCall` takes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EstimateParams {
    /// The contract.
    pub contract: Account,
    /// Selector and arguments.
    pub input: Bytes,
    /// Who would send it [default: who signed, else nobody].
    #[serde(default)]
    pub origin: Option<Account>,
    /// Who asks.
    #[serde(default)]
    pub auth: Option<Signed>,
    /// Money for the contract [default: 0].
    #[serde(default)]
    pub value: Option<Amount>,
    /// The message's gas limit [default: what the operator allows].
    #[serde(default)]
    pub gas_limit: Option<Gas>,
    /// The highest storage deposit to accept [default: the engine's].
    #[serde(default)]
    pub storage_deposit_limit: Option<Amount>,
    /// After which block [default: the newest].
    #[serde(default)]
    pub at: Option<u32>,
    /// Time, the wait for a thread included [default: what the operator allows].
    #[serde(default)]
    pub timeout_ms: Option<u64>,
}

/// From which code.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum NewCode {
    /// Code that the cluster holds already, by its BLAKE2b-256.
    Hash(Hash),
    /// This code, stored with the message.
    Upload(Bytes),
}

/// What `cluster_v1_estimateActivate` takes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ActivateParams {
    /// The code that is to run compiled, which the cluster holds.
    pub code_hash: Hash,
    /// Who would send it [default: nobody, who has no money].
    #[serde(default)]
    pub origin: Option<Account>,
    /// The message's gas limit [default: what the operator allows].
    #[serde(default)]
    pub gas_limit: Option<Gas>,
    /// After which block [default: the newest].
    #[serde(default)]
    pub at: Option<u32>,
    /// Time, the wait for a thread included [default: what the operator allows].
    #[serde(default)]
    pub timeout_ms: Option<u64>,
}

/// What `cluster_v1_estimateInstantiate` takes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct InstantiateParams {
    /// From which code.
    pub code: NewCode,
    /// The constructor's selector and arguments.
    pub input: Bytes,
    /// Part of the address [default: empty].
    #[serde(default)]
    pub salt: Option<Bytes>,
    /// Who would send it [default: who signed, else nobody].
    #[serde(default)]
    pub origin: Option<Account>,
    /// Who asks.
    #[serde(default)]
    pub auth: Option<Signed>,
    /// Money for the contract [default: 0].
    #[serde(default)]
    pub value: Option<Amount>,
    /// The message's gas limit [default: what the operator allows].
    #[serde(default)]
    pub gas_limit: Option<Gas>,
    /// The highest storage deposit to accept [default: the engine's].
    #[serde(default)]
    pub storage_deposit_limit: Option<Amount>,
    /// After which block [default: the newest].
    #[serde(default)]
    pub at: Option<u32>,
    /// Time, the wait for a thread included [default: what the operator allows].
    #[serde(default)]
    pub timeout_ms: Option<u64>,
}
