//! What people write on the command line: weights, hashes, bytes; accounts and hex as everywhere.
//! Amounts: see [`amount`](super::amount).

pub use super::amount::parse_amount;
pub use pink_worker_core::{
    accounts::{almost, name_of, parse_who, ss58},
    values::{parse_hex, shortened, Hex, ValueError, MOST_ECHOED},
};

use super::code::read_file;
use fat_contracts_primitives::{AccountId, Balance, CodeHash, Hash, StateRoot, Weight};
use pink_worker_core::values::parse_bytes32;

/// What is wrong with a value, as it is said of an argument of a contract.
pub(super) fn as_typed(error: &ValueError) -> pink_contract_metadata::TypeError {
    pink_contract_metadata::TypeError {
        expected: error.expected.into(),
        found: error.found.clone(),
    }
}

/// An account that starts with an amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endowment {
    /// Whose.
    pub who: AccountId,
    /// How much, in the smallest unit.
    pub amount: Balance,
}

/// A gas limit; without a second part, the proof size is the command's default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GasLimit {
    /// Picoseconds.
    pub ref_time: u64,
    /// Bytes.
    pub proof_size: Option<u64>,
}

impl GasLimit {
    /// The weight, with what wasn't given.
    pub fn or(self, default: Weight) -> Weight {
        Weight {
            ref_time: self.ref_time,
            proof_size: self.proof_size.unwrap_or(default.proof_size),
        }
    }
}

/// Reads `REF_TIME` or `REF_TIME,PROOF_SIZE`.
///
/// # Errors
/// Anything else, or a part with more than 64 bits.
pub fn parse_gas_limit(text: &str) -> Result<GasLimit, ValueError> {
    const WEIGHT: &str =
        "REF_TIME[,PROOF_SIZE]: picoseconds and bytes, each at most 18446744073709551615";
    let wrong = || ValueError::new(WEIGHT, shortened(text));
    let part = |part: &str| -> Result<u64, ValueError> {
        let plain = part
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'_');
        let amount = parse_amount(part)
            .ok()
            .filter(|_| plain)
            .ok_or_else(wrong)?;
        u64::try_from(amount).map_err(|_| wrong())
    };
    let (ref_time, proof_size) = match text.split_once(',') {
        Some((ref_time, proof_size)) => (ref_time, Some(part(proof_size)?)),
        None => (text, None),
    };
    Ok(GasLimit {
        ref_time: part(ref_time)?,
        proof_size,
    })
}

/// Reads the hash of a code.
///
/// # Errors
/// It isn't 32 bytes of hex.
pub fn parse_code_hash(text: &str) -> Result<CodeHash, ValueError> {
    parse_bytes32(text).map(CodeHash::from)
}

/// Reads the hash of a block.
///
/// # Errors
/// It isn't 32 bytes of hex.
pub fn parse_hash(text: &str) -> Result<Hash, ValueError> {
    parse_bytes32(text).map(Hash::from)
}

/// Reads a state root.
///
/// # Errors
/// It isn't 32 bytes of hex.
pub fn parse_root(text: &str) -> Result<StateRoot, ValueError> {
    parse_bytes32(text).map(StateRoot::from)
}

/// Reads `WHO=AMOUNT`.
///
/// # Errors
/// Anything else.
pub fn parse_endowment(text: &str) -> Result<Endowment, ValueError> {
    let (who, amount) = text.split_once('=').ok_or_else(|| {
        ValueError::new(
            "WHO=AMOUNT, like //Alice=1_000_000 or //Alice=1.5u",
            shortened(text),
        )
    })?;
    Ok(Endowment {
        who: parse_who(who)?,
        amount: parse_amount(amount)?,
    })
}

/// Reads what a contract is given: hex as [`parse_hex`] does, or `@FILE`, a file of such hex. What
/// fits into a message fits into a file, not into the argument of a command.
///
/// # Errors
/// It isn't hex, or the file can't be read.
pub fn parse_data(text: &str) -> Result<Hex, String> {
    match text.strip_prefix('@') {
        Some(_) => parse_hex(&at_file(text)?).map_err(|error| error.to_string()),
        None => parse_hex(text).map_err(|error| error.to_string()),
    }
}

/// What an argument says: itself, or, of `@FILE`, what the file holds, without white space around.
///
/// # Errors
/// The file can't be read, or isn't text.
pub fn at_file(text: &str) -> Result<String, String> {
    let Some(path) = text.strip_prefix('@') else {
        return Ok(text.into());
    };
    let bytes = read_file(path.as_ref()).map_err(|error| error.to_string())?;
    let content = String::from_utf8(bytes).map_err(|_| format!("{path} isn't text"))?;
    Ok(content.trim().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights() {
        let default = Weight {
            ref_time: 1,
            proof_size: 7,
        };
        let parsed = |text: &str| parse_gas_limit(text).map(|limit| limit.or(default));
        assert_eq!(
            parsed("5"),
            Ok(Weight {
                ref_time: 5,
                proof_size: 7
            })
        );
        assert_eq!(
            parsed("18446744073709551615,0"),
            Ok(Weight {
                ref_time: u64::MAX,
                proof_size: 0
            })
        );
        for wrong in [
            "",
            ",",
            "1,",
            ",1",
            "1,2,3",
            "18446744073709551616",
            "1, 2",
            "1u",
            "1.5u",
            "+1",
        ] {
            assert!(parsed(wrong).is_err(), "{wrong:?} was taken");
        }
    }

    #[test]
    fn bytes() {
        assert_eq!(parse_hex("0x00fF"), Ok(Hex(vec![0, 255])));
        assert_eq!(parse_hex("00ff"), Ok(Hex(vec![0, 255])));
        assert_eq!(parse_hex("0x"), Ok(Hex(vec![])));
        for wrong in ["0x0", "0xgg", "0X00", "x"] {
            assert!(parse_hex(wrong).is_err(), "{wrong:?} was taken");
        }
        let long = parse_hex(&"z".repeat(1_000))
            .expect_err("not hex")
            .to_string();
        assert!(long.len() < 300, "{long}");
        assert!(parse_endowment("//Bob=12").is_ok());
        for wrong in ["//Bob", "//Bob=", "=1", "Bob=1"] {
            assert!(parse_endowment(wrong).is_err(), "{wrong:?} was taken");
        }
    }
}
