//! What people write on the command line: accounts, weights, bytes. Amounts: see [`amount`](super::amount).

pub use super::amount::parse_amount;

use super::code::read_file;
use fat_contracts_primitives::{AccountId, Balance, CodeHash, StateRoot, Weight};
use runtime_mock::DEV_ACCOUNTS;
use sp_core::{
    crypto::{PublicError, Ss58AddressFormat, Ss58Codec},
    sr25519, Pair,
};

/// The SS58 prefix in which accounts are printed: the generic one of Substrate.
const SS58_PREFIX: u16 = 42;

/// A value that can't be read: what it should have been, and what it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct ValueError {
    expected: &'static str,
    found: String,
}

impl ValueError {
    pub(super) fn new(expected: &'static str, found: impl Into<String>) -> Self {
        Self {
            expected,
            found: found.into(),
        }
    }
}

impl ValueError {
    /// The same, as an argument of a contract has it.
    pub(super) fn as_typed(&self) -> pink_contract_metadata::TypeError {
        pink_contract_metadata::TypeError {
            expected: self.expected.into(),
            found: self.found.clone(),
        }
    }
}

/// Bytes given as hex.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Hex(pub Vec<u8>);

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

/// Reads an account: `//Name` (derived from the development phrase), SS58 of any prefix, or the
/// 32 bytes as hex.
///
/// # Errors
/// It is none of these.
pub fn parse_who(text: &str) -> Result<AccountId, ValueError> {
    const WHO: &str = "an account: //Name, an SS58 address, or 0x and 64 hex digits";
    if text.starts_with("//") {
        if let Some(account) = runtime_mock::account(text) {
            return Ok(account);
        }
        let pair = sr25519::Pair::from_string(text, None).map_err(|error| {
            ValueError::new(WHO, format!("the path {} ({error:?})", shortened(text)))
        })?;
        return Ok(AccountId::new(pair.public().0));
    }
    if text.starts_with("0x") {
        return parse_bytes32(text).map(AccountId::new);
    }
    let (account, _) = AccountId::from_ss58check_with_version(text).map_err(|error| {
        let why = match error {
            PublicError::BadBase58 => "which has a character that SS58 hasn't",
            PublicError::BadLength => "which isn't as long as an address",
            PublicError::InvalidChecksum => "whose checksum is wrong: a character was mistyped",
            PublicError::UnknownSs58AddressFormat(_) | PublicError::InvalidPrefix => {
                "whose prefix is wrong"
            }
            _ => "which isn't an address",
        };
        ValueError::new(WHO, format!("{}, {why}", shortened(text)))
    })?;
    Ok(account)
}

/// The development account whose name is almost this one, and what is the matter with it. None
/// for the names of development accounts, and for names that are like none of them.
pub fn almost(name: &str) -> Option<(&'static str, &'static str)> {
    let mut known = DEV_ACCOUNTS.iter().map(|(name, _)| *name);
    if name.len() > 20 || known.clone().any(|it| it == name) {
        return None;
    }
    let case = known.clone().find(|it| it.eq_ignore_ascii_case(name));
    let case = case.map(|it| (it, "names differ if capital letters do"));
    case.or_else(|| {
        let near = known.find(|it| strsim::damerau_levenshtein(it, name) == 1);
        near.map(|it| (it, "perhaps it was mistyped"))
    })
}

/// An account as it is printed.
pub fn ss58(account: &AccountId) -> String {
    account.to_ss58check_with_version(Ss58AddressFormat::custom(SS58_PREFIX))
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

/// Reads bytes: an even number of hex digits, with or without `0x` before them.
///
/// # Errors
/// Anything else.
pub fn parse_hex(text: &str) -> Result<Hex, ValueError> {
    const HEX: &str = "hex: an even number of digits 0-9 and a-f, with or without 0x before";
    let digits = text.strip_prefix("0x").unwrap_or(text);
    hex::decode(digits).map(Hex).map_err(|error| {
        let why = match error {
            hex::FromHexError::OddLength => format!("{} digits", digits.len()),
            error => error.to_string(),
        };
        ValueError::new(HEX, format!("{}, {why}", shortened(text)))
    })
}

/// Reads the hash of a code.
///
/// # Errors
/// It isn't 32 bytes of hex.
pub fn parse_code_hash(text: &str) -> Result<CodeHash, ValueError> {
    parse_bytes32(text).map(CodeHash::from)
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

fn parse_bytes32(text: &str) -> Result<[u8; 32], ValueError> {
    let Hex(bytes) = parse_hex(text)?;
    let found = bytes.len();
    bytes
        .try_into()
        .map_err(|_| ValueError::new("32 bytes, 64 hex digits", format!("{found} bytes")))
}

/// The most characters that a message repeats of what it was given.
pub const MOST_ECHOED: usize = 120;

/// Input as a message repeats it: in quotes, and no more of it than helps.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_ECHOED) {
        Some((at, _)) => format!("{:?}… ({} characters)", &text[..at], text.chars().count()),
        None => format!("{text:?}"),
    }
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

    const ALICE_HEX: &str = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";

    #[test]
    fn accounts_in_every_form() {
        let alice = runtime_mock::account("//Alice").expect("a development account");
        for text in [
            "//Alice",
            ALICE_HEX,
            "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
            // The same with Polkadot's prefix.
            "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5",
        ] {
            assert_eq!(parse_who(text), Ok(alice.clone()), "{text}");
        }
        assert_eq!(
            ss58(&alice),
            "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
        );
        assert!(parse_who("//Somebody//else").is_ok());
        for (text, part) in [
            ("", "isn't"),
            ("Alice", "SS58"),
            ("0x12", "found 1 bytes"),
            ("0xzz", "hex"),
            (
                "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ",
                "checksum",
            ),
            (
                "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQ0",
                "character",
            ),
        ] {
            let error = parse_who(text).expect_err(text).to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn names_that_are_almost_known() {
        for (name, like) in [
            ("//alice", Some("//Alice")),
            ("//BOB", Some("//Bob")),
            ("//Alce", Some("//Alice")),
            ("//Chralie", Some("//Charlie")),
            ("//Alice", None),
            ("//Bob", None),
            ("//Nobody", None),
            ("//Alice//stash", None),
        ] {
            assert_eq!(almost(name).map(|(like, _)| like), like, "{name}");
        }
    }

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
