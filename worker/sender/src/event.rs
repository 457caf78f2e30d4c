//! What a chain executed.

use fat_contracts_primitives::{Balance, BlockNumber, Hash};
use subxt::dynamic::{At, Value};

/// An event of a chain.
#[derive(Clone, Debug, PartialEq)]
pub struct ChainEvent {
    /// The pallet.
    pub pallet: String,
    /// The event.
    pub name: String,
    /// Its fields, by name where they have one.
    pub fields: Vec<(String, Value)>,
}

impl ChainEvent {
    /// A field by its name.
    pub fn field(&self, name: &str) -> Option<&Value> {
        let mut fields = self.fields.iter();
        fields.find(|(it, _)| it == name).map(|(_, value)| value)
    }

    /// A field that is a number.
    pub fn number(&self, name: &str) -> Option<u128> {
        amount(self.field(name)?)
    }

    /// A field of 32 bytes: an account, a hash.
    pub fn bytes32(&self, name: &str) -> Option<[u8; 32]> {
        bytes(self.field(name)?)?.try_into().ok()
    }
}

/// A number of an event.
pub(crate) fn amount(value: &Value) -> Option<Balance> {
    value.as_u128().or_else(|| value.at(0)?.as_u128())
}

/// The bytes of a value that is a list of them, within wrappers of one field.
fn bytes(value: &Value) -> Option<Vec<u8>> {
    use subxt::ext::scale_value::{Composite, ValueDef};
    let ValueDef::Composite(composite) = &value.value else {
        return None;
    };
    let all: Vec<&Value> = composite.values().collect();
    if let ([inner], Composite::Named(_) | Composite::Unnamed(_)) = (&*all, composite) {
        return bytes(inner);
    }
    let number = |it: &&Value| u8::try_from(it.as_u128()?).ok();
    all.iter().map(number).collect()
}

/// What a chain executed.
#[derive(Clone, Debug, PartialEq)]
pub struct Included {
    /// The hash of the extrinsic.
    pub extrinsic: Hash,
    /// The final block's number.
    pub block: BlockNumber,
    /// Its hash.
    pub block_hash: Hash,
    /// Which extrinsic of the block it is.
    pub index: u32,
    /// The fee that was paid, in the chain's smallest unit; `None` if the chain has no such event.
    pub fee: Option<Balance>,
    /// What the call failed with. What [`submit`](crate::Sender::submit) gives has none: that is an error.
    pub error: Option<String>,
    /// The extrinsic's events, in order.
    pub events: Vec<ChainEvent>,
}

impl Included {
    /// The first event of a pallet with a name.
    pub fn event(&self, pallet: &str, name: &str) -> Option<&ChainEvent> {
        let mut events = self.events.iter();
        events.find(|it| it.pallet == pallet && it.name == name)
    }
}
