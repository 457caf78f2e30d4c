//! Contracts by name: what their metadata says about messages, results and events.

mod error;
mod older;

pub use error::AbiError;

use super::{syntax::parse, typed, values::at_file};
use contract_transcode::{
    ink_metadata::{InkProject, MessageParamSpec, Selector},
    ContractMessageTranscoder, Map as Fields,
};
use older::{modernise, Modern};
use parity_scale_codec::{Compact, Encode};
use scale_info::form::PortableForm;
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
    /// What it is called.
    pub fn name(self) -> &'static str {
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

    /// Encodes a call by name. An argument that is `@FILE` is what that file holds.
    ///
    /// # Errors
    /// There is no such message, or the arguments aren't what it takes.
    pub fn encode(&self, entry: Entry, name: &str, args: &[String]) -> Result<Vec<u8>, AbiError> {
        let known = self.signatures(entry);
        let Some(known) = known.iter().find(|it| it.name == name) else {
            return Err(AbiError::NoSuchName {
                kind: entry.name(),
                name: name.into(),
                closest: closest(name, known.iter().map(|it| it.name.as_str())),
                known: list(known.iter().map(|it| it.name.as_str())),
            });
        };
        if known.params.len() != args.len() {
            return Err(AbiError::Count {
                name: name.into(),
                expected: known.takes(),
                found: args.len(),
            });
        }
        let mut encoded = known.selector.clone();
        for (param, text) in known.params.iter().zip(args) {
            let text = at_file(text).map_err(|error| AbiError::Unreadable {
                param: param.text.clone(),
                error,
            })?;
            let value = parse(&text).map_err(|error| AbiError::Syntax {
                message: name.into(),
                param: param.text.clone(),
                error,
            })?;
            let types = self.transcoder.metadata().registry();
            typed::encode(types, param.id, &value, &mut encoded).map_err(|error| {
                AbiError::Argument {
                    message: name.into(),
                    param: param.text.clone(),
                    error,
                }
            })?;
        }
        Ok(encoded)
    }

    /// The message or constructor that an input calls, if money may be sent with it or not. None
    /// if the metadata doesn't know it.
    pub fn payable(&self, entry: Entry, input: &[u8]) -> Option<(String, bool)> {
        let selector = input.get(..4)?;
        let known = self.signatures(entry).into_iter();
        let mut called = known.filter(|it| it.selector == selector);
        called.next().map(|it| (it.name, it.payable))
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

    /// The constructors or messages.
    fn signatures(&self, entry: Entry) -> Vec<Signature> {
        let metadata = self.transcoder.metadata();
        let types = metadata.registry();
        let params = |args: &[MessageParamSpec<PortableForm>]| -> Vec<Param> {
            args.iter()
                .map(|arg| {
                    let (id, display) = (arg.ty().ty().id, arg.ty().display_name());
                    let ty = typed::display_name(types, id, display.segments.last());
                    let text = format!("{}: {ty}", arg.label());
                    Param { id, text }
                })
                .collect()
        };
        let of = |name: &String, selector: &Selector, payable: bool, args: &[_]| Signature {
            name: name.clone(),
            selector: selector.to_bytes().to_vec(),
            payable,
            params: params(args),
        };
        let spec = metadata.spec();
        match entry {
            Entry::Constructor => (spec.constructors().iter())
                .map(|it| of(it.label(), it.selector(), *it.payable(), it.args()))
                .collect(),
            Entry::Message => (spec.messages().iter())
                .map(|it| of(it.label(), it.selector(), it.payable(), it.args()))
                .collect(),
        }
    }
}

/// A constructor or a message.
struct Signature {
    name: String,
    selector: Vec<u8>,
    payable: bool,
    params: Vec<Param>,
}

/// An argument.
struct Param {
    id: u32,
    /// `name: Type`.
    text: String,
}

impl Signature {
    /// What it takes, for people.
    fn takes(&self) -> String {
        let params: Vec<_> = self.params.iter().map(|it| it.text.as_str()).collect();
        match params.len() {
            0 => "no arguments".into(),
            1 => format!("1 argument ({})", params.join(", ")),
            n => format!("{n} arguments ({})", params.join(", ")),
        }
    }
}

/// Names for people. A contract may have more of them than anybody reads.
fn list<'n>(names: impl Iterator<Item = &'n str>) -> String {
    const MOST: usize = 40;
    let all: Vec<_> = names.collect();
    match all.get(..MOST) {
        Some(first) if all.len() > MOST => {
            format!(
                "{} and {} more",
                first.join(", "),
                all.len().saturating_sub(MOST)
            )
        }
        _ => all.join(", "),
    }
}

/// The name that was meant, if one is like it.
fn closest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
    /// More edits make another word.
    const MOST_EDITS: usize = 3;
    let name: String = name.chars().take(100).collect();
    let near = known.map(|known| (strsim::damerau_levenshtein(&name, known), known));
    let (edits, known) = near.min()?;
    let like = edits <= MOST_EDITS && edits.saturating_mul(2) < known.chars().count();
    like.then(|| known.into())
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

    /// By hand: what each value is in SCALE.
    #[test]
    fn values_are_encoded_by_their_types() {
        let outside = include_bytes!("../../../contracts/artifacts/outside.contract");
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
        let outside = include_bytes!("../../../contracts/artifacts/outside.contract");
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

    /// The transcoder's own encoder is another implementation: where it takes the text, the bytes
    /// are the same.
    #[test]
    fn the_transcoder_encodes_the_same() {
        type Calls<'c> = &'c [(&'c str, &'c [&'c str])];
        let files: [(&[u8], Calls<'_>); 3] = [
            (
                TOKEN,
                &[
                    ("new", &["1_000"]),
                    (
                        "transfer",
                        &["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", "7"],
                    ),
                    (
                        "balance_of",
                        &["0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"],
                    ),
                ],
            ),
            (
                include_bytes!("../../../contracts/artifacts/factory.contract"),
                &[
                    ("instantiate_child", &["true", "0x0102"]),
                    ("instantiate_child", &["false", "[1, 2]"]),
                    ("call_child_with_gas", &["18446744073709551615"]),
                    ("recurse", &["3"]),
                ],
            ),
            (
                include_bytes!("../../../contracts/artifacts/outside.contract"),
                &[("get_all", &["[\"a\", \"b\"]", "5"]), ("talk", &["0"])],
            ),
        ];
        for (file, calls) in files {
            let abi = Abi::parse(file).expect("metadata");
            for (name, list) in calls {
                let entry = match *name {
                    "new" => Entry::Constructor,
                    _ => Entry::Message,
                };
                let ours = abi.encode(entry, name, &args(list)).expect(name);
                let theirs = abi.transcoder.encode(name, list.iter()).expect(name);
                assert_eq!(ours, theirs, "{name} {list:?}");
            }
        }
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
