//! Contracts by name: what their metadata says about messages, results and events.

mod accounts;
mod error;

pub use error::AbiError;
pub use pink_contract_metadata::Entry;

use super::values::at_file;
use accounts::CliAccounts;
use pink_contract_metadata::{DecodeError, EntryPoint, Metadata, Value as Decoded};

/// A contract's interface.
#[derive(Debug)]
pub struct Abi {
    json: Vec<u8>,
    metadata: Metadata,
}

impl Abi {
    /// What is known of a contract whose metadata was read.
    pub fn new(metadata: Metadata) -> Self {
        Self {
            json: metadata.to_json(),
            metadata,
        }
    }

    /// Reads metadata: a `.contract` or `.json` file, or what [`Abi::to_json`] gave.
    ///
    /// # Errors
    /// It can't be used.
    pub fn parse(json: &[u8]) -> Result<Self, AbiError> {
        Ok(Self::new(Metadata::parse(json)?))
    }

    /// The interface alone, to be kept.
    pub fn to_json(&self) -> &[u8] {
        &self.json
    }

    /// Encodes a call by name. An argument that is `@FILE` is what that file holds.
    ///
    /// # Errors
    /// There is no such message, or the arguments aren't what it takes.
    pub fn encode(&self, entry: Entry, name: &str, args: &[String]) -> Result<Vec<u8>, AbiError> {
        let point = self.metadata.entry_point(entry, name)?;
        // Of a wrong number of arguments no file is read.
        let texts = if point.args.len() == args.len() {
            self.texts(point, args)?
        } else {
            args.to_vec()
        };
        Ok(self
            .metadata
            .encode_call(entry, name, &texts, &CliAccounts)?)
    }

    fn texts(&self, point: &EntryPoint, args: &[String]) -> Result<Vec<String>, AbiError> {
        let params = point.args.iter().zip(args);
        let texts = params.map(|(argument, text)| {
            at_file(text).map_err(|error| AbiError::Unreadable {
                param: self.metadata.describe(argument),
                error,
            })
        });
        texts.collect()
    }

    /// The message or constructor that an input calls, if money may be sent with it or not. None
    /// if the metadata doesn't know it.
    pub fn payable(&self, entry: Entry, input: &[u8]) -> Option<(String, bool)> {
        let called = self.metadata.called(entry, input).ok()?;
        Some((called.label.clone(), called.payable))
    }

    /// What a call returned, as text; `input` says which message it was. None if the metadata
    /// doesn't know.
    pub fn decode_output(&self, entry: Entry, input: &[u8], output: &[u8]) -> Option<String> {
        let value = self
            .metadata
            .decode_output(entry, input, output, &CliAccounts);
        shown("output", value)
    }

    /// An event of the contract, as text. None if the metadata doesn't know it, as is the case
    /// for anonymous ones.
    pub fn decode_event(&self, topics: &[[u8; 32]], data: &[u8]) -> Option<String> {
        shown(
            "event",
            self.metadata.decode_event(topics, data, &CliAccounts),
        )
    }
}

fn shown(what: &str, value: Result<Decoded, DecodeError>) -> Option<String> {
    value
        .inspect_err(|error| tracing::debug!("the {what} doesn't decode: {error}"))
        .ok()
        .map(|value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Map, Value};

    const TOKEN: &[u8] = include_bytes!("../../../../contracts/artifacts/token.contract");

    fn token() -> Abi {
        Abi::parse(TOKEN).expect("the token's metadata")
    }

    fn args(args: &[&str]) -> Vec<String> {
        args.iter().map(|arg| (*arg).into()).collect()
    }

    #[test]
    fn messages_by_name() {
        let token = token();
        let input = token
            .encode(Entry::Message, "transfer", &args(&["//Bob", "1_000"]))
            .expect("a transfer");
        assert_eq!(input.len(), 4 + 32 + 16);
        let decoded = |output: &[u8]| token.decode_output(Entry::Message, &input, output);
        assert_eq!(decoded(&[0, 0]).as_deref(), Some("Ok(Ok())"));
        assert_eq!(
            decoded(&[0, 1, 0]).as_deref(),
            Some("Ok(Err(InsufficientBalance))")
        );
        assert!(decoded(&[1, 1]).is_some_and(|text| text.starts_with("Err(")));
        assert_eq!(decoded(&[0, 0, 0]), None);
        assert_eq!(decoded(&[]), None);
        assert_eq!(token.decode_output(Entry::Message, &[1, 2], &[0]), None);
    }

    /// By hand: what each value is in SCALE.
    #[test]
    fn values_are_encoded_by_their_types() {
        let outside = include_bytes!("../../../../contracts/artifacts/outside.contract");
        let outside = Abi::parse(outside).expect("metadata");
        let data = |name: &str, list: &[&str]| {
            let encoded = outside.encode(Entry::Message, name, &args(list));
            hex::encode(encoded.expect(name).get(4..).expect("a selector"))
        };
        assert_eq!(data("ask", &["+7", "0x"]), "070000");
        assert_eq!(data("ask", &["0x0102", "0x0aff"]), "0201080aff");
        assert_eq!(data("ask", &["1_0", "[]"]), "0a0000");
        assert_eq!(data("ask", &["0", "[1, 0x02]"]), "0000080102");
        assert_eq!(data("work", &["4294967295"]), "ffffffff");
        assert_eq!(data("get", &["\"h\\u{e9}\""]), "0c68c3a9");
        assert_eq!(
            data("get_all", &["[\"a\", \"\"]", "1"]),
            "080461000100000000000000"
        );
        let error = |name: &str, list: &[&str]| {
            let encoded = outside.encode(Entry::Message, name, &args(list));
            encoded.expect_err(name).to_string()
        };
        for (name, list, text) in [
            (
                "ask",
                &["1"][..],
                "ask takes 2 arguments (function: u16, arguments: Vec<u8>), 1 given",
            ),
            (
                "ask",
                &["65536", "0x"],
                "ask takes function: u16: expected a number from 0 to 65535 (u16), found 65536",
            ),
            (
                "ask",
                &["1", "7"],
                "ask takes arguments: Vec<u8>: expected bytes: 0x and hex, or [1, 2], found 7",
            ),
            (
                "ask",
                &["1", "[256]"],
                "ask takes arguments: Vec<u8>: expected a number from 0 to 255 (u8), found 256",
            ),
            (
                "get",
                &["abc"],
                "get takes url: String: expected text in double quotes; for the shell: \
                 '\"text\"', found \"abc\"",
            ),
            (
                "order",
                &["Nothing"],
                "order takes order: PinkEvent: expected one of ",
            ),
        ] {
            let error = error(name, list);
            assert!(error.starts_with(text), "{error}");
        }
        let file = tempfile::NamedTempFile::new().expect("a file for the test");
        std::fs::write(file.path(), format!("0x{}\n", "ab".repeat(100_000))).expect("written");
        let at = format!("@{}", file.path().display());
        assert_eq!(data("ask", &["1", &at]).len(), 2 * (2 + 4 + 100_000));
        let missing = error("ask", &["1", "@/nowhere"]);
        assert!(missing.contains("can't read /nowhere"), "{missing}");
    }

    #[test]
    fn what_takes_money_is_known() {
        let outside = include_bytes!("../../../../contracts/artifacts/outside.contract");
        let outside = Abi::parse(outside).expect("metadata");
        let payable = |name: &str| {
            let input = outside.encode(Entry::Message, name, &[]).expect(name);
            outside.payable(Entry::Message, &input)
        };
        assert_eq!(payable("money"), Some(("money".into(), true)));
        assert_eq!(payable("increment"), Some(("increment".into(), false)));
        assert_eq!(outside.payable(Entry::Message, &[1, 2, 3, 4]), None);
        assert_eq!(outside.payable(Entry::Message, &[1]), None);
    }

    /// What is kept is smaller than the file, and says the same.
    #[test]
    fn the_interface_survives_being_kept() {
        let token = token();
        assert!(token.to_json().len() < TOKEN.len());
        let again = Abi::parse(token.to_json()).expect("what it wrote itself");
        assert_eq!(again.to_json(), token.to_json());
        assert_eq!(
            again.encode(Entry::Constructor, "new", &args(&["5"])).ok(),
            token.encode(Entry::Constructor, "new", &args(&["5"])).ok(),
        );
    }

    /// Contracts of the days of older engines.
    #[test]
    fn older_metadata_is_read() {
        let ink3 = include_bytes!("../../../../contracts/artifacts/flipper-ink3.contract");
        let ink4 = include_bytes!("../../../../contracts/artifacts/flipper-ink4.contract");
        for (file, yes) in [
            (&ink3[..], (&[1][..], "true")),
            (ink4, (&[0, 1], "Ok(true)")),
        ] {
            let abi = Abi::parse(file).expect("metadata");
            let abi = Abi::parse(abi.to_json()).expect("what it wrote itself");
            let new = abi.encode(Entry::Constructor, "new", &args(&["true"]));
            assert_eq!(new.expect("a constructor"), [0x9b, 0xae, 0x9d, 0x5e, 1]);
            let get = abi.encode(Entry::Message, "get", &[]).expect("a message");
            assert_eq!(get, [0x2f, 0x86, 0x5b, 0xd9]);
            let (output, text) = yes;
            let decoded = abi.decode_output(Entry::Message, &get, output);
            assert_eq!(decoded.as_deref(), Some(text));
        }
    }

    /// The token's metadata as ink! 4 would have written it.
    #[test]
    fn numbered_events_are_read() {
        let mut all: Map<String, Value> = serde_json::from_slice(TOKEN).expect("JSON");
        all.insert("version".into(), "4".into());
        let json = Value::Object(all).to_string();
        let older = Abi::parse(json.as_bytes()).expect("metadata");
        let events = &older.metadata.spec().events;
        let number = events.iter().position(|event| event.label == "Transfer");
        let mut data = vec![number.expect("the event") as u8, 0, 0];
        data.extend(7u128.to_le_bytes());
        let text = older.decode_event(&[], &data);
        assert_eq!(
            text.as_deref(),
            Some("Transfer { from: None, to: None, value: 7 }")
        );
        data.push(0);
        assert_eq!(older.decode_event(&[], &data), None);
    }

    #[test]
    fn wrong_input_is_named() {
        let token = token();
        let error = |entry, name: &str, list: &[&str]| {
            token
                .encode(entry, name, &args(list))
                .expect_err(name)
                .to_string()
        };
        assert!(error(Entry::Message, "new", &["1"]).contains("balance_of"));
        assert!(error(Entry::Constructor, "transfer", &[]).contains("has new"));
        let count = error(Entry::Message, "transfer", &["//Bob"]);
        assert!(
            count.contains("2 arguments (to: AccountId, value: Balance), 1 given"),
            "{count}"
        );
        for list in [
            ["//Bob", "x"],
            ["//Bob", "-1"],
            ["//Bob", "12abc"],
            ["//Bob", "0x123"],
            ["5Bob", "1"],
            ["0x1234", "1"],
        ] {
            let text = error(Entry::Message, "transfer", &list);
            assert!(!text.is_empty(), "{text}");
        }
        let long = "9".repeat(100_000);
        let large = error(Entry::Message, "transfer", &["//Bob", &long]);
        assert!(large.len() < 500, "{large}");
        assert!(
            large.starts_with("transfer takes value: Balance: expected a number from 0 to 340282366920938463463374607431768211455 (u128), found 999"),
            "{large}"
        );
        let hex = error(Entry::Message, "transfer", &["//Bob", "0x"]);
        assert!(hex.contains("found 0x, which is no byte"), "{hex}");
        let like = error(Entry::Message, "tranfser", &["//Bob", "1"]);
        assert!(like.ends_with("Is it transfer that you mean?"), "{like}");
        for wrong in [
            &b"\0asm"[..],
            b"{}",
            b"[]",
            br#"{"version": "4"}"#,
            br#"{"V3": {}}"#,
        ] {
            assert!(Abi::parse(wrong).is_err());
        }
    }
}
