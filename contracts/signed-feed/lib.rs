//! Signed feed: parses JSON and checks an ECDSA signature, both in WebAssembly.
//!
//! It is what contracts that ask the world do most: read what a server said, and check who said so. The engine has host
//! functions for signatures; here a library does it, so that benchmarks measure the code of a contract of that kind.
#![cfg_attr(not(feature = "std"), no_std, no_main)]

#[ink::contract]
pub mod signed_feed {
    use ink::prelude::vec::Vec;
    use k256::ecdsa::{signature::hazmat::PrehashVerifier, Signature, VerifyingKey};
    use serde::Deserialize;

    /// Why a message did nothing.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Error {
        /// It isn't JSON, or no feed.
        NoFeed,
        /// The prices add up to more than there are numbers for.
        Overflow,
        /// The key didn't sign that.
        WrongSignature,
    }

    /// What a server says. Fields that aren't named here are passed over.
    #[derive(Deserialize)]
    struct Feed<'a> {
        source: &'a str,
        quotes: Vec<Quote<'a>>,
    }

    /// A price, at a time.
    #[derive(Deserialize)]
    struct Quote<'a> {
        symbol: &'a str,
        price: u64,
    }

    /// The state: there is none.
    #[ink(storage)]
    #[derive(Default)]
    pub struct SignedFeed {}

    impl SignedFeed {
        /// There is nothing to begin with.
        #[ink(constructor)]
        pub fn new() -> Self {
            Self::default()
        }

        /// Parses a feed, and returns the sum of its prices.
        ///
        /// # Errors
        /// [`Error::NoFeed`], [`Error::Overflow`].
        #[ink(message)]
        pub fn parse(&self, json: Vec<u8>) -> Result<u64, Error> {
            let (feed, _) =
                serde_json_core::from_slice::<Feed<'_>>(&json).map_err(|_| Error::NoFeed)?;
            if feed.source.is_empty() || feed.quotes.iter().any(|it| it.symbol.is_empty()) {
                return Err(Error::NoFeed);
            }
            let mut prices = feed.quotes.iter().map(|quote| quote.price);
            prices
                .try_fold(0u64, u64::checked_add)
                .ok_or(Error::Overflow)
        }

        /// Whether a key signed a message: ECDSA over secp256k1. The hash is the message's, the signature `r` and `s` with
        /// the smaller one of both `s`, the key compressed.
        #[ink(message)]
        pub fn verify(
            &self,
            message_hash: [u8; 32],
            signature: [u8; 64],
            public_key: [u8; 33],
        ) -> bool {
            let verified = VerifyingKey::from_sec1_bytes(&public_key).and_then(|key| {
                key.verify_prehash(&message_hash, &Signature::from_slice(&signature)?)
            });
            verified.is_ok()
        }

        /// Both: checks the signature, then parses the feed.
        ///
        /// # Errors
        /// [`Error::WrongSignature`], or as [`Self::parse`].
        #[ink(message)]
        pub fn parse_and_verify(
            &self,
            json: Vec<u8>,
            message_hash: [u8; 32],
            signature: [u8; 64],
            public_key: [u8; 33],
        ) -> Result<u64, Error> {
            if !self.verify(message_hash, signature, public_key) {
                return Err(Error::WrongSignature);
            }
            self.parse(json)
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        /// A key, the SHA-256 of a message, and its signature.
        type Vector = ([u8; 33], [u8; 32], [u8; 64]);

        /// Signatures that other libraries share as examples of deterministic ones (RFC 6979 over secp256k1): of "Alan
        /// Turing" by f8b8af8ce3c7cca5e300d33939540c10d45ce001b8f252bfbc57ba0342904181, and of "Satoshi Nakamoto" by 1.
        fn vectors() -> [Vector; 2] {
            [
                (
                    hex("0292df7b245b81aa637ab4e867c8d511008f79161a97d64f2ac709600352f7acbc"),
                    hex("4ba38d48a60f1b29e9eb726eaff08b2e83d8d81e031666fee50e85900d7dc1ef"),
                    hex(
                        "7063ae83e7f62bbb171798131b4a0564b956930092b33b07b395615d9ec7e15c\
                         58dfcc1e00a35e1572f366ffe34ba0fc47db1e7189759b9fb233c5b05ab388ea",
                    ),
                ),
                (
                    hex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
                    hex("a0dc65ffca799873cbea0ac274015b9526505daaaed385155425f7337704883e"),
                    hex(
                        "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8\
                         2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5",
                    ),
                ),
            ]
        }

        fn hex<const N: usize>(text: &str) -> [u8; N] {
            assert_eq!(text.len(), 2 * N);
            core::array::from_fn(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
        }

        const FEED: &str = r#"{"source": "example", "depth": [1.5, {"a": null}], "quotes": [
            {"symbol": "BTC", "price": 6789, "volume": -1.5e3, "tags": ["a", "b"]},
            {"price": 11, "symbol": "DOT"}
        ]}"#;

        #[ink::test]
        fn prices_are_added() {
            let parse = |json: &str| SignedFeed::new().parse(json.into());
            assert_eq!(parse(FEED), Ok(6_800));
            assert_eq!(parse(r#"{"source":"a","quotes":[]}"#), Ok(0));
            assert_eq!(
                parse(&FEED.replace("11,", "18446744073709551615,")),
                Err(Error::Overflow)
            );
        }

        #[ink::test]
        fn what_is_no_feed_is_said() {
            let whole = FEED.trim_end();
            for end in 0..whole.len() {
                let parsed = SignedFeed::new().parse(whole[..end].into());
                assert_eq!(parsed, Err(Error::NoFeed), "{end}");
            }
            for (from, to) in [
                ("11", "-11"),
                ("11", "1.1"),
                ("DOT", ""),
                ("quotes", "other"),
            ] {
                let parsed = SignedFeed::new().parse(FEED.replace(from, to).into());
                assert_eq!(parsed, Err(Error::NoFeed), "{from} {to}");
            }
        }

        #[ink::test]
        fn a_signature_belongs_to_its_key_and_its_message() {
            let contract = SignedFeed::new();
            for (key, hash, signature) in vectors() {
                assert!(contract.verify(hash, signature, key));
                for at in 0..64 {
                    let mut other = signature;
                    other[at] ^= 1;
                    assert!(!contract.verify(hash, other, key), "{at}");
                }
                for at in 0..32 {
                    let mut other = hash;
                    other[at] ^= 1;
                    assert!(!contract.verify(other, signature, key), "{at}");
                }
            }
            let [(key, hash, signature), (other, ..)] = vectors();
            assert!(!contract.verify(hash, signature, other));
            assert!(!contract.verify(hash, [0; 64], key));
            assert!(!contract.verify(hash, signature, [0; 33]));
        }

        #[ink::test]
        fn both_are_done() {
            let (contract, [(key, hash, signature), _]) = (SignedFeed::new(), vectors());
            let both =
                |json: &str, hash| contract.parse_and_verify(json.into(), hash, signature, key);
            assert_eq!(both(FEED, hash), Ok(6_800));
            assert_eq!(both(FEED, [0; 32]), Err(Error::WrongSignature));
            assert_eq!(both("", hash), Err(Error::NoFeed));
        }
    }
}
