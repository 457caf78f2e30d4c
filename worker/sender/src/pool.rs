//! What a pool says against a transaction, by the codes and words of Substrate's `author` RPC.

use subxt::rpcs::UserError;

/// Why a pool doesn't take a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is there already.
    Imported,
    /// It has no room.
    Full,
    /// The signer can't pay.
    NoMoney,
    /// Its nonce was used, in the best block.
    Stale,
    /// Another one with this nonce is there, and this one offers no more.
    NonceTaken,
    /// It was refused some minutes ago, and isn't looked at again yet.
    Banned,
    /// It was signed too long ago, for another fork, or it comes too early.
    BadTime,
    /// The signature doesn't match: signed for another version of the runtime, if the signer is right.
    BadProof,
    /// Anything else.
    Other(String),
}

impl Refusal {
    pub(crate) fn of(told: &UserError) -> Self {
        let data = told.data.as_ref().map_or("", |it| it.get());
        let has = |words: &str| data.contains(words) || told.message.contains(words);
        match told.code {
            1010 if has("Inability to pay") => Self::NoMoney,
            1010 if has("outdated") => Self::Stale,
            1010 if has("ancient birth block") || has("valid in the future") => Self::BadTime,
            1010 if has("bad signature") => Self::BadProof,
            1012 => Self::Banned,
            1013 => Self::Imported,
            1014 => Self::NonceTaken,
            1016 => Self::Full,
            1021 => Self::BadTime,
            _ => Self::Other(if data.is_empty() {
                told.to_string()
            } else {
                format!("{told}: {}", data.trim_matches('"'))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts are those of `sp-runtime`'s `InvalidTransaction` and of `sc-rpc-api`'s errors.
    #[test]
    fn codes_and_words() {
        for (code, data, expected) in [
            (
                1010,
                "Inability to pay some fees (e.g. account balance too low)",
                Refusal::NoMoney,
            ),
            (1010, "Transaction is outdated", Refusal::Stale),
            (1010, "Transaction has a bad signature", Refusal::BadProof),
            (
                1010,
                "Transaction has an ancient birth block",
                Refusal::BadTime,
            ),
            (
                1010,
                "Transaction will be valid in the future",
                Refusal::BadTime,
            ),
            (
                1010,
                "Transaction call is not expected",
                Refusal::Other(
                    "Invalid Transaction (1010): Transaction call is not expected".into(),
                ),
            ),
            (1012, "", Refusal::Banned),
            (1013, "0x00", Refusal::Imported),
            (1014, "", Refusal::NonceTaken),
            (1016, "", Refusal::Full),
        ] {
            let json = serde_json::json!({
                "code": code, "message": "Invalid Transaction", "data": data,
            });
            let told = serde_json::from_value(json).expect("an error");
            assert_eq!(Refusal::of(&told), expected, "{code} {data}");
        }
    }
}
