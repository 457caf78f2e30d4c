//! A contract's interface, as the file has it under `spec`. What older versions of ink! don't say is
//! empty.

use crate::fixed_hex;
use serde::{Deserialize, Serialize};

/// What a contract takes, returns and emits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// What makes an instance.
    pub constructors: Vec<EntryPoint>,
    /// What an instance is asked.
    pub messages: Vec<EntryPoint>,
    /// What it emits. Before ink! 5 the place in this list is an event's number.
    pub events: Vec<Event>,
    /// What the contract says about itself.
    #[serde(default)]
    pub docs: Vec<String>,
    /// The error that ink! itself returns, from ink! 4 on.
    pub lang_error: Option<TypeRef>,
    /// The chain that the contract is compiled for, from ink! 4 on.
    pub environment: Option<Environment>,
}

impl Spec {
    /// Every type that is named.
    pub(crate) fn types(&self) -> impl Iterator<Item = &TypeRef> {
        let points = self.constructors.iter().chain(&self.messages);
        let calls = points.flat_map(|it| it.args.iter().map(|arg| &arg.ty).chain(&it.return_type));
        let events = self.events.iter().flat_map(|it| &it.args);
        let environment = self.environment.iter().flat_map(Environment::types);
        (calls.chain(events.map(|field| &field.ty)))
            .chain(&self.lang_error)
            .chain(environment)
    }
}

/// A constructor or a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryPoint {
    /// Its name; `Trait::name` for one of a trait.
    pub label: String,
    /// What its input begins with.
    #[serde(with = "fixed_hex")]
    pub selector: [u8; 4],
    /// It takes money.
    pub payable: bool,
    /// It may write. Constructors don't say.
    #[serde(default)]
    pub mutates: bool,
    /// It is the one that tools may propose.
    #[serde(default)]
    pub default: bool,
    /// What follows the selector, in this order.
    pub args: Vec<Argument>,
    /// What it returns; nothing, if there is none.
    #[serde(default)]
    pub return_type: Option<TypeRef>,
    /// What it is for.
    #[serde(default)]
    pub docs: Vec<String>,
}

/// An argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Argument {
    /// Its name.
    pub label: String,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: TypeRef,
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its name.
    pub label: String,
    /// Where it is defined, from ink! 5 on.
    #[serde(default)]
    pub module_path: String,
    /// Its first topic, from ink! 5 on; none if it is anonymous.
    #[serde(default, with = "fixed_hex::optional")]
    pub signature_topic: Option<[u8; 32]>,
    /// Its data, in this order.
    pub args: Vec<EventField>,
    /// What it tells.
    #[serde(default)]
    pub docs: Vec<String>,
}

/// A field of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventField {
    /// Its name.
    pub label: String,
    /// It is a topic as well.
    #[serde(default)]
    pub indexed: bool,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: TypeRef,
    /// What it tells.
    #[serde(default)]
    pub docs: Vec<String>,
}

/// A type, and how the contract's source calls it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TypeRef {
    /// The path that the source calls it by, an alias if it is one.
    #[serde(default)]
    pub display_name: Vec<String>,
    /// Its number among the metadata's types.
    #[serde(rename = "type")]
    pub id: u32,
}

/// The chain that a contract is compiled for: its types, and what it bounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Environment {
    /// Accounts.
    pub account_id: Option<TypeRef>,
    /// Money.
    pub balance: Option<TypeRef>,
    /// Hashes.
    pub hash: Option<TypeRef>,
    /// Times.
    pub timestamp: Option<TypeRef>,
    /// Numbers of blocks.
    pub block_number: Option<TypeRef>,
    /// What the chain offers beside the standard host functions.
    pub chain_extension: Option<TypeRef>,
    /// The most topics of an event.
    pub max_event_topics: Option<u64>,
    /// The bytes of the contract's own buffer, from ink! 5 on.
    pub static_buffer_size: Option<u64>,
}

impl Environment {
    fn types(&self) -> impl Iterator<Item = &TypeRef> {
        let all = [
            &self.account_id,
            &self.balance,
            &self.hash,
            &self.timestamp,
            &self.block_number,
            &self.chain_extension,
        ];
        all.into_iter().flatten()
    }
}
