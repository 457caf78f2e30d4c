//! What a call was given, in order; what is left out is as good as `null`.

pub(super) use pink_worker_core::values::hex0x;

use super::error;
use fat_contracts_primitives::{AccountId, Hash};
use jsonrpsee::types::{error::INVALID_PARAMS_CODE, ErrorObjectOwned, Params};
use serde_json::Value;
use sp_core::crypto::Ss58Codec;
use std::{str::FromStr, vec::IntoIter};

/// What is left of it.
pub(super) struct Args(IntoIter<Value>);

pub(super) fn invalid(what: impl std::fmt::Display) -> ErrorObjectOwned {
    error(INVALID_PARAMS_CODE, format!("invalid parameters: {what}"))
}

impl Args {
    pub(super) fn of(params: &Params<'_>) -> Result<Self, ErrorObjectOwned> {
        let all = params.parse::<Option<Vec<Value>>>()?;
        Ok(Self(all.unwrap_or_default().into_iter()))
    }

    /// The next one.
    pub(super) fn next(&mut self) -> Value {
        self.0.next().unwrap_or_default()
    }

    pub(super) fn text(&mut self, what: &str) -> Result<String, ErrorObjectOwned> {
        match self.next() {
            Value::String(text) => Ok(text),
            other => Err(invalid(format!(
                "{what} is to be a text, not {}",
                kind(&other)
            ))),
        }
    }

    /// Bytes as hex.
    pub(super) fn bytes(&mut self, what: &str) -> Result<Vec<u8>, ErrorObjectOwned> {
        let text = self.text(what)?;
        of_hex(&text, what)
    }

    pub(super) fn keys(&mut self, most: usize) -> Result<Vec<Vec<u8>>, ErrorObjectOwned> {
        let Value::Array(keys) = self.next() else {
            return Err(invalid("keys are to be a list of hex"));
        };
        if keys.len() > most {
            return Err(invalid(format!("{} keys are more than {most}", keys.len())));
        }
        let key = |key: &Value| of_hex(key.as_str().unwrap_or("-"), "a key");
        keys.iter().map(key).collect()
    }

    /// A block's hash, if one is named.
    pub(super) fn at(&mut self) -> Result<Option<Hash>, ErrorObjectOwned> {
        match self.next() {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(hash(&text)?)),
            other => Err(invalid(format!(
                "a block is named by its hash, not {}",
                kind(&other)
            ))),
        }
    }

    pub(super) fn number(&mut self, what: &str) -> Result<Option<u64>, ErrorObjectOwned> {
        match self.next() {
            Value::Null => Ok(None),
            value => number(&value)
                .map(Some)
                .ok_or_else(|| invalid(format!("{what} is to be a number"))),
        }
    }

    pub(super) fn account(&mut self) -> Result<AccountId, ErrorObjectOwned> {
        let text = self.text("an account")?;
        if let Some(dev) = fat_contracts_primitives::dev_account(&text) {
            return Ok(dev);
        }
        AccountId::from_ss58check(&text)
            .or_else(|_| AccountId::from_str(&text))
            .map_err(|_| {
                invalid(format!(
                    "{text:?} is no account: SS58, 64 hex digits, or a name like //Alice"
                ))
            })
    }
}

/// A number, in decimal or hex.
pub(super) fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => match text.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16).ok(),
            None => text.parse().ok(),
        },
        _ => None,
    }
}

pub(super) fn of_hex(text: &str, what: &str) -> Result<Vec<u8>, ErrorObjectOwned> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    hex::decode(digits).map_err(|error| invalid(format!("{what} is to be hex: {error}")))
}

pub(super) fn hash(text: &str) -> Result<Hash, ErrorObjectOwned> {
    let bytes = of_hex(text, "a hash")?;
    let bytes = <[u8; 32]>::try_from(bytes).map_err(|_| invalid("a hash has 32 bytes"))?;
    Ok(bytes.into())
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
