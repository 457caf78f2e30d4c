//! The worker's reader of metadata against ink!'s own: over all committed contracts, with drawn values, both make the
//! same bytes of a text, and the same text of bytes. ink!'s reader brings crates under the GPL, so the comparison is
//! made here and its results are kept in `worker/contract-metadata/tests/transcoder.jsonl`, which the worker's tests
//! read. `PINK_RECORD=1` writes that file; else it has to be what comes out.

use contract_transcode::{AccountId32, ContractMessageTranscoder};
use pink_contract_metadata::{Accounts, Entry, Metadata, TypeError, Value};
use scale_info::{PortableRegistry, TypeDef, TypeDefPrimitive};
use serde_json::json;
use std::{fs, path::Path};

/// Accounts as ink!'s tools write them.
struct Ink;

impl Accounts for Ink {
    fn forms(&self) -> &'static str {
        "an account"
    }

    fn read(&self, text: &str) -> Result<[u8; 32], TypeError> {
        let account: AccountId32 = text.parse().map_err(|_| TypeError {
            expected: self.forms().into(),
            found: text.into(),
        })?;
        Ok(account.0)
    }

    fn write(&self, account: &[u8; 32]) -> String {
        AccountId32(*account).to_ss58check()
    }
}

/// SplitMix64: the same values in every run.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// A number's bytes: the least, the most, or any between.
    fn number(&mut self, bytes: usize) -> Vec<u8> {
        match self.below(4) {
            0 => vec![0; bytes],
            1 => vec![0xff; bytes],
            2 => [&vec![0xff; bytes - 1][..], &[0x7f]].concat(),
            _ => (0..bytes).map(|_| self.next() as u8).collect(),
        }
    }

    /// The bytes of a value of a type, as the codec's specification has them.
    fn value(&mut self, types: &PortableRegistry, id: u32, depth: usize, out: &mut Vec<u8>) {
        use TypeDefPrimitive as P;
        let ty = types.resolve(id).unwrap();
        let fields = |draw: &mut Self, ids: Vec<u32>, out: &mut Vec<u8>| {
            for id in ids {
                draw.value(types, id, depth + 1, out);
            }
        };
        match &ty.type_def {
            TypeDef::Primitive(primitive) => out.extend(match primitive {
                P::Bool => vec![self.below(2) as u8],
                P::U8 | P::I8 => self.number(1),
                P::U16 | P::I16 => self.number(2),
                P::U32 | P::I32 => self.number(4),
                P::U64 | P::I64 => self.number(8),
                P::U128 | P::I128 => self.number(16),
                P::Str => {
                    let text: String = (0..self.below(9))
                        .map(|_| ['a', 'Z', ' ', '0', 'é', '{', ',', '𝄞'][self.below(8)])
                        .collect();
                    [&[(text.len() << 2) as u8], text.as_bytes()].concat()
                }
                other => panic!("no contract has {other:?}"),
            }),
            TypeDef::Composite(it) => {
                fields(self, it.fields.iter().map(|it| it.ty.id).collect(), out)
            }
            TypeDef::Tuple(it) => fields(self, it.fields.iter().map(|it| it.id).collect(), out),
            TypeDef::Variant(it) if it.variants.is_empty() => {}
            TypeDef::Variant(it) => {
                let variant = &it.variants[self.below(it.variants.len())];
                out.push(variant.index);
                fields(
                    self,
                    variant.fields.iter().map(|it| it.ty.id).collect(),
                    out,
                );
            }
            TypeDef::Sequence(it) => {
                let len = self.below(4);
                out.push((len << 2) as u8);
                fields(self, vec![it.type_param.id; len], out);
            }
            TypeDef::Array(it) => fields(self, vec![it.type_param.id; it.len as usize], out),
            other => panic!("no contract has {other:?}"),
        }
    }

    fn bytes(&mut self, types: &PortableRegistry, id: u32) -> Vec<u8> {
        let mut out = vec![];
        self.value(types, id, 0, &mut out);
        out
    }
}

/// A value as both readers take it: text in quotes, `()` written out.
fn written(value: &Value) -> String {
    let all = |values: &[Value]| values.iter().map(written).collect::<Vec<_>>().join(", ");
    match value {
        Value::Text(text) => format!("{text:?}"),
        Value::List(values) => format!("[{}]", all(values)),
        Value::Tuple(None, values) => format!("({})", all(values)),
        Value::Tuple(Some(name), values) if values.is_empty() => name.clone(),
        Value::Tuple(Some(name), values) => format!("{name}({})", all(values)),
        Value::Fields(name, fields) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|(name, it)| format!("{name}: {}", written(it)))
                .collect();
            format!(
                "{} {{ {} }}",
                name.as_deref().unwrap_or_default(),
                fields.join(", ")
            )
        }
        other => other.to_string(),
    }
}

/// Whether each variant's index is its place in the list. ink!'s reader writes the place and reads the index, so it
/// can't be compared with where they differ; the codec itself can, which the tests of the reader do.
fn in_order(types: &PortableRegistry, id: u32) -> bool {
    let all = |ids: Vec<u32>| ids.into_iter().all(|id| in_order(types, id));
    match &types.resolve(id).unwrap().type_def {
        TypeDef::Composite(it) => all(it.fields.iter().map(|it| it.ty.id).collect()),
        TypeDef::Tuple(it) => all(it.fields.iter().map(|it| it.id).collect()),
        TypeDef::Variant(it) => {
            let places = it.variants.iter().enumerate();
            places
                .clone()
                .all(|(place, it)| usize::from(it.index) == place)
                && all(places
                    .flat_map(|(_, it)| it.fields.iter().map(|it| it.ty.id))
                    .collect())
        }
        TypeDef::Sequence(it) => in_order(types, it.type_param.id),
        TypeDef::Array(it) => in_order(types, it.type_param.id),
        _ => true,
    }
}

/// A contract in both readers.
struct Both {
    name: String,
    ours: Metadata,
    theirs: ContractMessageTranscoder,
}

/// The committed contracts that ink!'s reader takes, which are those of ink! 5.
fn contracts() -> Vec<Both> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../artifacts");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "contract"))
        .collect();
    paths.sort();
    let all = paths.iter().map(|path| {
        let ours = Metadata::parse(&fs::read(path).unwrap()).unwrap();
        let theirs = ContractMessageTranscoder::load(path).ok();
        let name = path.file_stem().unwrap().to_str().unwrap().into();
        theirs.map(|theirs| Both { name, ours, theirs })
    });
    let all: Vec<_> = all.flatten().collect();
    assert!(all.len() >= 7);
    all
}

/// So many values of each type.
const DRAWS: usize = 40;

/// So many of them are kept.
const KEPT: usize = 2;

#[test]
fn drawn_values_are_the_same_in_both() {
    let mut draw = Draw(1);
    let (mut kept, mut compared) = (vec![], 0);
    for Both { name, ours, theirs } in contracts() {
        let types = ours.types();
        for entry in [Entry::Constructor, Entry::Message] {
            for point in ours.entry_points(entry) {
                let label = &point.label;
                for turn in 0..DRAWS {
                    // A call: what is drawn is shown by both, and what is shown is taken by both.
                    let mut bytes = point.selector.to_vec();
                    let mut args = vec![];
                    for argument in &point.args {
                        let drawn = draw.bytes(types, argument.ty.id);
                        let value = ours.decode_value(argument.ty.id, &drawn, &Ink).unwrap();
                        let text = theirs
                            .decode(argument.ty.id, &mut &drawn[..])
                            .unwrap()
                            .to_string();
                        assert_eq!(value.to_string(), text, "{name}: {label}");
                        args.push(written(&value));
                        bytes.extend(drawn);
                    }
                    let encoded = ours.encode_call(entry, label, &args, &Ink).unwrap();
                    assert_eq!(encoded, bytes, "{name}: {label} {args:?}");
                    if point.args.iter().all(|it| in_order(types, it.ty.id)) {
                        let encoded = theirs.encode(label, &args).unwrap();
                        assert_eq!(encoded, bytes, "{name}: {label} {args:?}");
                        compared += 1;
                    }
                    // What it returns.
                    let ty = point.return_type.as_ref().unwrap().id;
                    let output = draw.bytes(types, ty);
                    let text = match entry {
                        Entry::Constructor => {
                            theirs.decode_constructor_return(label, &mut &output[..])
                        }
                        Entry::Message => theirs.decode_message_return(label, &mut &output[..]),
                    };
                    let text = text.unwrap().to_string();
                    let shown = ours.decode_output(entry, &bytes, &output, &Ink).unwrap();
                    assert_eq!(shown.to_string(), text, "{name}: {label}");
                    if turn < KEPT {
                        kept.push(json!({
                            "file": name, "kind": entry.name(), "label": label, "args": args,
                            "input": hex::encode(&bytes), "bytes": hex::encode(&output), "text": text,
                        }));
                    }
                }
            }
        }
        for event in &ours.spec().events {
            for turn in 0..DRAWS {
                let topic = event.signature_topic.unwrap();
                let data: Vec<u8> = event
                    .args
                    .iter()
                    .flat_map(|it| draw.bytes(types, it.ty.id))
                    .collect();
                // They expect a length in front of it, and pass over it.
                let framed = [&[0][..], &data].concat();
                let text = theirs
                    .decode_contract_event(&topic, &mut &framed[..])
                    .unwrap()
                    .to_string();
                let shown = ours
                    .decode_event(&[topic], &data, &Ink)
                    .unwrap()
                    .to_string();
                assert_eq!(shown, text, "{name}: {}", event.label);
                if turn < KEPT {
                    kept.push(json!({
                        "file": name, "kind": "event", "label": event.label,
                        "topic": hex::encode(topic), "bytes": hex::encode(&data), "text": text,
                    }));
                }
            }
        }
    }
    assert!(compared > 1_000, "{compared}");
    let kept: String = kept.iter().map(|it| format!("{it}\n")).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../worker/contract-metadata/tests/transcoder.jsonl");
    if std::env::var_os("PINK_RECORD").is_some() {
        fs::write(&path, &kept).unwrap();
    }
    let recorded = fs::read_to_string(&path).unwrap();
    assert!(
        recorded == kept,
        "{} isn't what came out: PINK_RECORD=1 writes it",
        path.display()
    );
}

/// Bytes that are no value: both refuse the same, and of the rest show the same.
#[test]
fn any_bytes_are_the_same_in_both() {
    let mut draw = Draw(2);
    let (mut shown, mut refused) = (0, 0);
    for Both { name, ours, theirs } in contracts() {
        for id in 0..u32::try_from(ours.types().types.len()).unwrap() {
            for _ in 0..DRAWS {
                let mut bytes: Vec<u8> =
                    (0..draw.below(40)).map(|_| draw.next() as u8 % 9).collect();
                if draw.below(2) == 0 {
                    // A value, and something wrong with it.
                    bytes = draw.bytes(ours.types(), id);
                    let place = draw.below(bytes.len() + 1);
                    match bytes.get_mut(place) {
                        Some(byte) => *byte = draw.next() as u8,
                        None => bytes.push(0),
                    }
                }
                let mut rest = &bytes[..];
                let text = theirs
                    .decode(id, &mut rest)
                    .ok()
                    .filter(|_| rest.is_empty());
                let value = ours.decode_value(id, &bytes, &Ink);
                match (&text, &value) {
                    (Some(_), _) => shown += 1,
                    _ => refused += 1,
                }
                let text = text.map(|it| it.to_string());
                let at = format!("{name}: type {id}, 0x{}", hex::encode(&bytes));
                assert_eq!(value.map(|it| it.to_string()).ok(), text, "{at}");
            }
        }
    }
    assert!(
        shown > 1_000 && refused > 1_000,
        "{shown} shown, {refused} refused"
    );
}

/// Texts that both take.
#[test]
fn texts_are_the_same_in_both() {
    let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    let hex = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
    type Calls<'c> = &'c [(&'c str, &'c [&'c str])];
    let calls: [(&str, Calls<'_>); 3] = [
        (
            "token",
            &[
                ("new", &["1_000"]),
                ("new", &["340282366920938463463374607431768211455"]),
                ("transfer", &[alice, "7"]),
                ("transfer", &[&format!("{alice:?}"), "0x0a"]),
                ("balance_of", &[hex]),
            ],
        ),
        (
            "factory",
            &[
                ("instantiate_child", &["true", "0x0102"]),
                ("instantiate_child", &["false", "[1, 2]"]),
                ("call_child_with_gas", &["18446744073709551615"]),
                ("recurse", &["3"]),
            ],
        ),
        (
            "outside",
            &[
                ("get_all", &["[\"a\", \"b\"]", "5"]),
                ("get_all", &["[]", "0"]),
                ("talk", &["0"]),
                ("get", &["\"h\\\"\""]),
            ],
        ),
    ];
    let contracts = contracts();
    for (file, calls) in calls {
        let Both { ours, theirs, .. } = contracts.iter().find(|it| it.name == file).unwrap();
        for (name, args) in calls {
            let entry = match *name {
                "new" => Entry::Constructor,
                _ => Entry::Message,
            };
            let encoded = ours.encode_call(entry, name, args, &Ink).unwrap();
            assert_eq!(
                encoded,
                theirs.encode(name, args.iter()).unwrap(),
                "{name} {args:?}"
            );
        }
    }
}
