//! Price oracle: fetches a price over HTTP in a query, and posts it in a transaction.
//!
//! A query may ask the world, and changes nothing; a transaction changes something, and may ask nobody. What joins them is
//! a key that the contract alone can derive: the query signs what it saw, and the transaction takes what is so signed, from
//! whoever brings it.
//!
//! How far it can be trusted: the signature shows that a worker of the cluster ran this code. That the worker saw what it
//! says, or wasn't fooled by the server, it doesn't show. Where money depends on it, let several servers be asked, and take
//! a price from several workers.
#![cfg_attr(not(feature = "std"), no_std, no_main)]

#[ink::contract(env = pink::PinkEnvironment)]
pub mod price_oracle {
    use ink::{
        prelude::{string::String, vec::Vec},
        scale::Encode,
    };
    use pink::{HttpRequest, SignatureType};

    /// What its key is derived from, beside what the engine adds: the cluster and the contract.
    const KEY: &[u8] = b"price";

    /// Digits behind the point of a price.
    const DECIMALS: usize = 8;

    /// A price, of one thing in another.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    #[cfg_attr(feature = "std", derive(ink::storage::traits::StorageLayout))]
    pub struct Price {
        /// In units of 10^-8.
        pub value: u128,
        /// Which one it is: the first is 1.
        pub round: u32,
    }

    /// A price that this contract saw.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub struct Quote {
        /// What it saw.
        pub price: Price,
        /// Its signature.
        pub signature: Vec<u8>,
    }

    /// The state.
    #[ink(storage)]
    pub struct PriceOracle {
        owner: AccountId,
        url: String,
        latest: Price,
    }

    /// There is another price.
    #[ink(event)]
    pub struct PricePosted {
        #[ink(topic)]
        round: u32,
        value: u128,
    }

    /// Why there is no price, or none was taken.
    #[derive(Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Error {
        /// The owner alone may do that.
        NotOwner,
        /// A transaction asks nobody: query it.
        NotInTransactions,
        /// The server's status, if it isn't 200.
        Status(u16),
        /// The server answered no decimal number.
        NotANumber,
        /// Another price was posted in this round.
        WrongRound,
        /// This contract didn't sign that.
        NotSigned,
    }

    impl PriceOracle {
        /// Asks this address. The caller is the owner.
        #[ink(constructor)]
        pub fn new(url: String) -> Self {
            Self {
                owner: Self::env().caller(),
                url,
                latest: Price::default(),
            }
        }

        /// Asks another address from now on.
        #[ink(message)]
        pub fn set_url(&mut self, url: String) -> Result<(), Error> {
            if self.env().caller() != self.owner {
                return Err(Error::NotOwner);
            }
            self.url = url;
            Ok(())
        }

        /// Fetches the next price and signs it. A query.
        #[ink(message)]
        pub fn fetch(&self) -> Result<Quote, Error> {
            if self.env().extension().is_in_transaction() {
                return Err(Error::NotInTransactions);
            }
            let response = self.env().extension().http_request(HttpRequest {
                url: self.url.clone(),
                method: "GET".into(),
                headers: Vec::new(),
                body: Vec::new(),
            });
            if response.status_code != 200 {
                return Err(Error::Status(response.status_code));
            }
            let price = Price {
                value: parse(&response.body).ok_or(Error::NotANumber)?,
                round: self.latest.round.saturating_add(1),
            };
            let key = self.env().extension().derive_sr25519_key(KEY);
            let message = self.message(price);
            let extension = self.env().extension();
            let signature = extension.sign(SignatureType::Ed25519, &key[..32], &message);
            Ok(Quote { price, signature })
        }

        /// Takes a price that [`fetch`](Self::fetch) signed, from anybody; of each round one.
        #[ink(message)]
        pub fn post(&mut self, quote: Quote) -> Result<(), Error> {
            let Quote { price, signature } = quote;
            if Some(price.round) != self.latest.round.checked_add(1) {
                return Err(Error::WrongRound);
            }
            let message = self.message(price);
            let public_key = self.public_key();
            let extension = self.env().extension();
            if !extension.verify(SignatureType::Ed25519, &public_key, &message, &signature) {
                return Err(Error::NotSigned);
            }
            self.latest = price;
            self.env().emit_event(PricePosted {
                round: price.round,
                value: price.value,
            });
            Ok(())
        }

        /// Returns the last price. Round 0: there is none yet.
        #[ink(message)]
        pub fn latest(&self) -> Price {
            self.latest
        }

        /// Returns the key by which it signs, so that others can check as well.
        #[ink(message)]
        pub fn public_key(&self) -> Vec<u8> {
            let key = self.env().extension().derive_sr25519_key(KEY);
            let extension = self.env().extension();
            extension.get_public_key(SignatureType::Ed25519, &key[..32])
        }

        /// What is signed: this contract, so that another one with the same code takes nothing of it, and the price.
        fn message(&self, price: Price) -> Vec<u8> {
            (self.env().account_id(), price).encode()
        }
    }

    /// Reads a decimal number, in units of 10^-8. What is behind the eighth digit is left out.
    fn parse(text: &[u8]) -> Option<u128> {
        let text = core::str::from_utf8(text).ok()?.trim();
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            return None;
        }
        let mut value = whole.parse::<u128>().ok()?;
        let mut fraction = fraction.bytes();
        for _ in 0..DECIMALS {
            let digit = fraction.next().map_or(0, |byte| byte - b'0');
            value = value.checked_mul(10)?.checked_add(digit.into())?;
        }
        Some(value)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn prices_are_decimal_numbers() {
            for (text, value) in [
                ("1", 100_000_000),
                ("0.5\n", 50_000_000),
                ("67123.456789019", 6_712_345_678_901),
                ("0.00000001", 1),
                ("3.", 300_000_000),
            ] {
                assert_eq!(parse(text.as_bytes()), Some(value), "{text}");
            }
            let longest = u128::MAX.to_string();
            for wrong in ["", ".5", "-1", "1e9", "1.5.5", "1,5", "0x1", "\u{ff}", &longest] {
                assert_eq!(parse(wrong.as_bytes()), None, "{wrong}");
            }
        }
    }
}
