//! Contracts by name: what their metadata says about messages, results and events.

mod error;
mod older;

pub use error::AbiError;

use super::syntax::normalise;
use contract_transcode::{ink_metadata::InkProject, ContractMessageTranscoder, Map as Fields};
use older::{modernise, Modern};
use parity_scale_codec::{Compact, Encode};
use serde_json::{Map, Value};

/// The parts of a metadata file that describe the contract's interface.
const INTERFACE: [&str; 5] = ["version", "types", "storage", "spec", "V3"];

/// What a contract's input begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A constructor's selector.
    Constructor,
    /// A message's selector.
    Message,
}

impl Entry {
    fn name(self) -> &'static str {
        match self {
            Self::Constructor => "constructor",
            Self::Message => "message",
        }
    }
}

/// A contract's interface.
pub struct Abi {
    json: Vec<u8>,
    numbered_events: bool,
    transcoder: ContractMessageTranscoder,
}

impl std::fmt::Debug for Abi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Abi").finish_non_exhaustive()
    }
}

impl Abi {
    /// Reads metadata: a `.contract` or `.json` file, or what [`Abi::to_json`] gave.
    ///
    /// # Errors
    /// It can't be used.
    pub fn parse(json: &[u8]) -> Result<Self, AbiError> {
        let mut all: Map<String, Value> =
            serde_json::from_slice(json).map_err(|error| AbiError::NotJson(error.to_string()))?;
        all.retain(|key, _| INTERFACE.contains(&key.as_str()));
        let kept = Value::Object(all.clone()).to_string().into_bytes();
        let version = all.get("version").map_or("none".into(), Value::to_string);
        let Modern {
            interface,
            numbered_events,
        } = modernise(all);
        let not_ink = |reason: String| AbiError::NotInk {
            version: version.clone(),
            reason,
        };
        let project: InkProject = serde_json::from_value(Value::Object(interface))
            .map_err(|error| not_ink(error.to_string()))?;
        if *project.version() != 5 {
            return Err(not_ink("another version".into()));
        }
        Ok(Self {
            json: kept,
            numbered_events,
            transcoder: ContractMessageTranscoder::new(project),
        })
    }

    /// The interface alone, to be kept.
    pub fn to_json(&self) -> &[u8] {
        &self.json
    }

    /// Encodes a call by name.
    ///
    /// # Errors
    /// There is no such message, or the arguments aren't what it takes.
    pub fn encode(&self, entry: Entry, name: &str, args: &[String]) -> Result<Vec<u8>, AbiError> {
        let known = self.signatures(entry);
        let (_, params) = known
            .iter()
            .find(|(known, _)| known == name)
            .ok_or_else(|| {
                let all: Vec<_> = known.iter().map(|(name, _)| name.as_str()).collect();
                AbiError::NoSuchName {
                    kind: entry.name(),
                    name: name.into(),
                    known: all.join(", "),
                }
            })?;
        let expected = match params.len() {
            0 => "no arguments".into(),
            1 => format!("1 argument ({})", params.join(", ")),
            n => format!("{n} arguments ({})", params.join(", ")),
        };
        if params.len() != args.len() {
            return Err(AbiError::Count {
                name: name.into(),
                expected,
                found: args.len(),
            });
        }
        let normal = args.iter().map(|text| {
            normalise(text).map_err(|error| AbiError::Syntax {
                text: text.clone(),
                error,
            })
        });
        let normal = normal.collect::<Result<Vec<_>, _>>()?;
        let wrong = |reason: String| AbiError::Argument {
            name: name.into(),
            expected: expected.clone(),
            reason,
        };
        let encoded = self.transcoder.encode(name, &normal);
        let encoded = encoded.map_err(|error| wrong(format!("{error:#}")))?;
        // The transcoder doesn't check the length of arrays and tuples when it encodes.
        let mut input = &encoded[..];
        let again = match entry {
            Entry::Constructor => self.transcoder.decode_contract_constructor(&mut input),
            Entry::Message => self.transcoder.decode_contract_message(&mut input),
        };
        match again {
            Ok(_) => Ok(encoded),
            Err(error) => Err(wrong(format!("{error:#}"))),
        }
    }

    /// What a call returned, as text; `input` says which message it was. None if the metadata
    /// doesn't know.
    pub fn decode_output(&self, entry: Entry, input: &[u8], output: &[u8]) -> Option<String> {
        let selector = input.get(..4)?;
        let spec = self.transcoder.metadata().spec();
        let mut bytes = output;
        let value = match entry {
            Entry::Constructor => {
                let all = spec.constructors();
                let found = all.iter().find(|it| it.selector().to_bytes() == selector)?;
                self.transcoder
                    .decode_constructor_return(found.label(), &mut bytes)
            }
            Entry::Message => {
                let all = spec.messages();
                let found = all.iter().find(|it| it.selector().to_bytes() == selector)?;
                self.transcoder
                    .decode_message_return(found.label(), &mut bytes)
            }
        };
        match value {
            // A constructor returns more than its metadata says: ink! wraps twice.
            Ok(value) if bytes.is_empty() || entry == Entry::Constructor => Some(value.to_string()),
            Ok(_) => None,
            Err(error) => {
                tracing::debug!("the output doesn't decode: {error:#}");
                None
            }
        }
    }

    /// An event of the contract, as text. None if the metadata doesn't know it, as is the case
    /// for anonymous ones.
    pub fn decode_event(&self, topics: &[[u8; 32]], data: &[u8]) -> Option<String> {
        if self.numbered_events {
            return self.decode_numbered_event(data);
        }
        let signature = topics.first()?;
        // The transcoder expects the data as FRAME encodes it in its own event.
        let length = Compact(u32::try_from(data.len()).ok()?);
        let framed = [length.encode(), data.to_vec()].concat();
        self.transcoder
            .decode_contract_event(signature, &mut &framed[..])
            .ok()
            .map(|value| value.to_string())
    }

    /// An event from before ink! 5: its number, then its fields.
    fn decode_numbered_event(&self, data: &[u8]) -> Option<String> {
        let (number, mut rest) = data.split_first()?;
        let events = self.transcoder.metadata().spec().events();
        let event = events.get(usize::from(*number))?;
        let fields = event.args().iter().map(|field| {
            let value = self.transcoder.decode(field.ty().ty().id, &mut rest).ok()?;
            Some((
                contract_transcode::Value::String(field.label().clone()),
                value,
            ))
        });
        let fields = fields.collect::<Option<_>>()?;
        let event = Fields::new(Some(event.label()), fields);
        rest.is_empty()
            .then(|| contract_transcode::Value::Map(event).to_string())
    }

    /// Names, and `argument: Type` of each.
    fn signatures(&self, entry: Entry) -> Vec<(String, Vec<String>)> {
        let spec = self.transcoder.metadata().spec();
        let param = |label: &String, display: &[String]| match display.last() {
            Some(name) => format!("{label}: {name}"),
            None => label.clone(),
        };
        match entry {
            Entry::Constructor => spec
                .constructors()
                .iter()
                .map(|it| {
                    let args = it.args().iter();
                    let args = args.map(|a| param(a.label(), &a.ty().display_name().segments));
                    (it.label().clone(), args.collect())
                })
                .collect(),
            Entry::Message => spec
                .messages()
                .iter()
                .map(|it| {
                    let args = it.args().iter();
                    let args = args.map(|a| param(a.label(), &a.ty().display_name().segments));
                    (it.label().clone(), args.collect())
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &[u8] = include_bytes!("../../../contracts/artifacts/token.contract");

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
        let ink3 = include_bytes!("../../../contracts/artifacts/flipper-ink3.contract");
        let ink4 = include_bytes!("../../../contracts/artifacts/flipper-ink4.contract");
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
        let events = older.transcoder.metadata().spec().events();
        let number = events.iter().position(|event| event.label() == "Transfer");
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
