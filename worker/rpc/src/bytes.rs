//! Bytes, accounts and amounts as JSON has them.

pub use pink_worker_core::values::hex0x;

use fat_contracts_primitives::AccountId;
use pink_worker_core::accounts::{parse_who, ss58};
use schemars::{json_schema, JsonSchema, Schema, SchemaGenerator};
use serde::{de, Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

/// The longest text of an account that is looked at: an SS58 address with the longest prefix has 49 characters,
/// hex 66.
const MAX_ACCOUNT_CHARS: usize = 66;

/// The digits after `0x`.
///
/// # Errors
/// There is no `0x`, or something else than pairs of digits behind it.
fn unhex(text: &str) -> Result<Vec<u8>, String> {
    let digits = text.strip_prefix("0x").ok_or("bytes begin with 0x")?;
    hex::decode(digits).map_err(|error| format!("bytes are 0x and pairs of hex digits: {error}"))
}

macro_rules! as_text {
    ($type:ty, $name:literal, $schema:expr) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&self.to_string())
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

/// Bytes: `0x` and an even number of hex digits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl std::fmt::Display for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex0x(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        unhex(&text).map(Self).map_err(de::Error::custom)
    }
}

as_text!(
    Bytes,
    "Bytes",
    json_schema!({ "type": "string", "pattern": "^0x([0-9a-fA-F]{2})*$", "description": "bytes: 0x and pairs of hex digits" })
);

/// 32 bytes: `0x` and 64 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hash(pub [u8; 32]);

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex0x(self.0))
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        let bytes = unhex(&text).map_err(de::Error::custom)?;
        let bytes = bytes.try_into();
        bytes.map(Self).map_err(|bytes: Vec<u8>| {
            de::Error::custom(format!("32 bytes are expected, not {}", bytes.len()))
        })
    }
}

as_text!(
    Hash,
    "Hash",
    json_schema!({ "type": "string", "pattern": "^0x[0-9a-fA-F]{64}$", "description": "32 bytes: 0x and 64 hex digits" })
);

/// An account or contract: an SS58 address of any prefix, or 32 bytes of hex. Given back as SS58 of prefix 42.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Account(pub [u8; 32]);

impl std::fmt::Display for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&ss58(&AccountId::new(self.0)))
    }
}

impl<'de> Deserialize<'de> for Account {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        // A name costs a derivation, and a long text more than that.
        if text.len() > MAX_ACCOUNT_CHARS || text.starts_with("//") {
            return Err(de::Error::custom(
                "an account is an SS58 address, or 0x and 64 hex digits",
            ));
        }
        let account = parse_who(&text).map_err(de::Error::custom)?;
        Ok(Self(account.into()))
    }
}

as_text!(
    Account,
    "Account",
    json_schema!({ "type": "string", "pattern": "^(0x[0-9a-fA-F]{64}|[1-9A-HJ-NP-Za-km-z]{46,49})$",
        "description": "an SS58 address, or 32 bytes of hex" })
);

/// A whole number that JSON's readers may not hold: decimal text, or a number where it is small enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount(pub u128);

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either<'t> {
            Number(u64),
            Text(#[serde(borrow)] Cow<'t, str>),
        }
        let digits = match Either::deserialize(from) {
            Ok(Either::Number(number)) if number <= MOST_AS_NUMBER => {
                return Ok(Self(number.into()))
            }
            // Who reads it as others read numbers would have read another one.
            Ok(Either::Number(_)) => return Err(de::Error::custom(AMOUNT)),
            Ok(Either::Text(text)) => text,
            Err(_) => return Err(de::Error::custom(AMOUNT)),
        };
        let plain = digits.len() <= 39 && digits.bytes().all(|it| it.is_ascii_digit());
        let number = plain.then(|| digits.parse().ok()).flatten();
        number.map(Self).ok_or_else(|| de::Error::custom(AMOUNT))
    }
}

const AMOUNT: &str =
    "an amount is a whole number below 2^128, as decimal text or, below 2^53, as a number";

/// The most that an amount can be as a number: all that read JSON read the same up to there.
const MOST_AS_NUMBER: u64 = 9_007_199_254_740_991;

as_text!(
    Amount,
    "Amount",
    json_schema!({ "anyOf": [
        { "type": "string", "pattern": "^[0-9]{1,39}$" },
        { "type": "integer", "minimum": 0, "maximum": MOST_AS_NUMBER } ],
        "description": "a whole number, as decimal text or, if it is small, as a number; given back as text" })
);

/// Gas in its two dimensions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Gas {
    /// Picoseconds of computation.
    pub ref_time: Amount,
    /// Bytes of state read.
    pub proof_size: Amount,
}

impl From<pink_capi::types::Weight> for Gas {
    fn from(weight: pink_capi::types::Weight) -> Self {
        Self {
            ref_time: Amount(weight.ref_time.into()),
            proof_size: Amount(weight.proof_size.into()),
        }
    }
}

impl From<Gas> for pink_capi::types::Weight {
    /// What is more than there can be is as much as there can be.
    fn from(gas: Gas) -> Self {
        let part = |amount: Amount| u64::try_from(amount.0).unwrap_or(u64::MAX);
        Self::new(part(gas.ref_time), part(gas.proof_size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_isnt_whole_is_refused() {
        let bytes = |text: &str| serde_json::from_str::<Bytes>(text);
        assert_eq!(bytes("\"0x00fF\"").unwrap(), Bytes(vec![0, 255]));
        assert_eq!(bytes("\"0x\"").unwrap(), Bytes::default());
        for wrong in ["\"\"", "\"00\"", "\"0x0\"", "\"0xzz\"", "7", "null", "[]"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
        let amount = |text: &str| serde_json::from_str::<Amount>(text).map(|it| it.0);
        assert_eq!(amount("7").unwrap(), 7);
        assert_eq!(amount("9007199254740991").unwrap(), (1 << 53) - 1);
        assert!(amount("9007199254740992").is_err());
        assert_eq!(amount(&format!("\"{}\"", u128::MAX)).unwrap(), u128::MAX);
        let over = format!("\"{}0\"", u128::MAX);
        for wrong in ["-1", "1.5", "\"1e3\"", "\"+1\"", "\"\"", "\" 1\"", &over] {
            assert!(amount(wrong).is_err(), "{wrong}");
        }
        let alice = "\"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY\"";
        let account = |text: &str| serde_json::from_str::<Account>(text);
        assert_eq!(
            serde_json::to_string(&account(alice).unwrap()).unwrap(),
            alice
        );
        let long = format!("\"{}\"", "5".repeat(1 << 20));
        for wrong in ["\"//Alice\"", "\"5Grw\"", &long, "\"0x00\""] {
            assert!(account(wrong).is_err());
        }
    }
}
