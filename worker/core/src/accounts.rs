//! Accounts as people write and read them.

use crate::values::{parse_bytes32, shortened, ValueError};
use fat_contracts_primitives::{dev_account, AccountId, DEV_ACCOUNTS};
use sp_core::{
    crypto::{PublicError, Ss58AddressFormat, Ss58Codec},
    sr25519, Pair,
};

/// The SS58 prefix in which accounts are printed: the generic one of Substrate.
const SS58_PREFIX: u16 = 42;

/// Reads an account: `//Name` (derived from the development phrase), SS58 of any prefix, or the
/// 32 bytes as hex.
///
/// # Errors
/// It is none of these.
pub fn parse_who(text: &str) -> Result<AccountId, ValueError> {
    const WHO: &str = "an account: //Name, an SS58 address, or 0x and 64 hex digits";
    if text.starts_with("//") {
        if let Some(account) = dev_account(text) {
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
        let bare = |(name, _): &&(&str, _)| {
            name.strip_prefix("//")
                .is_some_and(|it| it.eq_ignore_ascii_case(text))
        };
        let found = shortened(text);
        ValueError::new(
            WHO,
            match DEV_ACCOUNTS.iter().find(bare) {
                Some((name, _)) => format!("{found}: is {name} meant?"),
                None => format!("{found}, {why}"),
            },
        )
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

/// A development account by its name, any other as SS58.
pub fn name_of(account: &AccountId) -> String {
    let mut known = DEV_ACCOUNTS.iter();
    let known = known.find(|(_, key)| AccountId::new(*key) == *account);
    known.map_or_else(|| ss58(account), |(name, _)| (*name).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE_HEX: &str = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";

    #[test]
    fn accounts_in_every_form() {
        let alice = dev_account("//Alice").expect("a development account");
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
}
