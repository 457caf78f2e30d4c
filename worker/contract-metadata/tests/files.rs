//! Files: those of every ink! that is read, and those that can't be.

mod common;

use common::{bundle, bundles, metadata_json, Ss58};
use pink_contract_metadata::{
    Bundle, BundleError, DecodeError, Entry, Literal, Metadata, MetadataError, Version,
    MAX_METADATA_BYTES,
};
use serde_json::{json, Map, Value};

fn json_of(name: &str) -> Map<String, Value> {
    serde_json::from_slice(&bundle(name)).unwrap()
}

fn parse(json: &impl ToString) -> Result<Metadata, MetadataError> {
    Metadata::parse(json.to_string().as_bytes())
}

#[test]
fn all_committed_contracts_are_read() {
    for (name, bytes) in bundles() {
        let bundle = Bundle::parse(&bytes).expect(&name);
        let wasm = std::fs::read(common::artifacts().join(&name).with_extension("wasm")).unwrap();
        assert_eq!(bundle.wasm, wasm, "{name}");
        let metadata = bundle.metadata.expect(&name);
        let version = match name.as_str() {
            "flipper-ink3" => Version::Ink3,
            "flipper-ink4" => Version::Ink4,
            _ => Version::Ink5,
        };
        assert_eq!(metadata.version(), version, "{name}");
        // Nothing is lost of what the file says, whose form is checked by hand here.
        let file: Value = serde_json::from_slice(&bytes).unwrap();
        let interface = file.get("V3").unwrap_or(&file);
        for kind in ["constructors", "messages"] {
            let entry = match kind {
                "messages" => Entry::Message,
                _ => Entry::Constructor,
            };
            let listed = interface["spec"][kind].as_array().unwrap();
            let points = metadata.entry_points(entry);
            assert_eq!(points.len(), listed.len(), "{name}");
            for (point, listed) in points.iter().zip(listed) {
                assert_eq!(point.label, listed["label"].as_str().unwrap());
                let selector = format!("0x{}", hex::encode(point.selector));
                assert_eq!(selector, listed["selector"].as_str().unwrap());
                assert_eq!(point.payable, listed["payable"].as_bool().unwrap());
                assert_eq!(
                    Some(point.mutates),
                    listed.get("mutates").map_or(Some(false), Value::as_bool)
                );
                assert_eq!(json!(point.docs), listed["docs"]);
                assert_eq!(point.args.len(), listed["args"].as_array().unwrap().len());
                let returns = point.return_type.as_ref().map(|ty| u64::from(ty.id));
                assert_eq!(
                    returns,
                    listed.get("returnType").and_then(|it| it["type"].as_u64())
                );
            }
        }
        let kept = metadata.to_json();
        assert!(kept.len() < bytes.len(), "{name}");
        let again = Metadata::parse(&kept).unwrap();
        assert_eq!((again.to_json(), &again), (kept, &metadata), "{name}");
    }
}

#[test]
fn what_a_contract_says_of_itself() {
    let token = Metadata::parse(&bundle("token")).unwrap();
    let transfer = token.entry_point(Entry::Message, "transfer").unwrap();
    assert!(transfer.mutates && !transfer.payable);
    let args: Vec<_> = transfer.args.iter().map(|it| token.describe(it)).collect();
    assert_eq!(args, ["to: AccountId", "value: Balance"]);
    let approval = &token.spec().events[0];
    assert_eq!(approval.label, "Approval");
    assert_eq!(approval.docs, ["An owner set what a spender may take."]);
    assert_eq!(approval.module_path, "token::token");
    let indexed: Vec<_> = approval.args.iter().map(|it| it.indexed).collect();
    assert_eq!(indexed, [true, true, false]);
    let environment = token.spec().environment.as_ref().unwrap();
    assert_eq!(environment.max_event_topics, Some(4));
    assert_eq!(environment.static_buffer_size, Some(16_384));
    // A hash is shown as it is given.
    let hash = environment.hash.as_ref().unwrap().id;
    let shown = token
        .decode_value(hash, &[0xab; 32], &Ss58)
        .unwrap()
        .to_string();
    assert_eq!(shown, format!("0x{}", "ab".repeat(32)));
    let given = Literal::parse(&shown).unwrap();
    assert_eq!(token.encode_value(hash, &given, &Ss58), Ok(vec![0xab; 32]));
    let error = token.spec().lang_error.as_ref().unwrap();
    assert_eq!(error.display_name, ["ink", "LangError"]);

    // A trait's message; its selector is that of the specification's example of a namespace's hash.
    let system = Metadata::parse(&bundle("system")).unwrap();
    let version = system
        .encode_call(Entry::Message, "System::version", &[""; 0], &Ss58)
        .unwrap();
    assert_eq!(
        system.called(Entry::Message, &version).unwrap().label,
        "System::version"
    );
    let near = system
        .entry_point(Entry::Message, "System::versoin")
        .unwrap_err();
    assert!(
        near.to_string()
            .ends_with("Is it System::version that you mean?"),
        "{near}"
    );
    let other = system.called(Entry::Message, &[1, 2]).unwrap_err();
    assert_eq!(
        other.to_string(),
        "the metadata has no message with the selector 0x0102"
    );
}

/// The token as ink! 4 would have written it: its events have numbers, in the order of the list.
#[test]
fn events_by_number_and_by_topic() {
    let mut file = Value::Object(json_of("token"));
    let five = parse(&file).unwrap();
    file["version"] = "4".into();
    let four = parse(&file).unwrap();
    let place = five
        .spec()
        .events
        .iter()
        .position(|it| it.label == "Transfer");
    let number = place.unwrap() as u8;
    let topic = five.spec().events[place.unwrap()].signature_topic.unwrap();
    // From nobody, to nobody, seven.
    let data = [&[0, 0, 7][..], &[0; 15]].concat();
    let numbered = [&[number][..], &data].concat();
    let text = "Transfer { from: None, to: None, value: 7 }";
    let shown = |metadata: &Metadata, topics: &[[u8; 32]], data: &[u8]| {
        let value = metadata.decode_event(topics, data, &Ss58);
        value.map(|it| it.to_string())
    };
    assert_eq!(shown(&four, &[], &numbered).as_deref(), Ok(text));
    assert_eq!(shown(&five, &[topic], &data).as_deref(), Ok(text));
    let unknown = |found: String| Err(DecodeError::UnknownEvent { found });
    assert_eq!(shown(&four, &[], &[99]), unknown("99".into()));
    let ends = DecodeError::Short {
        ty: "an event's number".into(),
    };
    assert_eq!(shown(&four, &[topic], &[]), Err(ends));
    assert_eq!(shown(&five, &[], &data), unknown("without a topic".into()));
    let other = shown(&five, &[[7; 32]], &data);
    assert_eq!(
        other,
        unknown(format!("of the signature 0x{}", "07".repeat(32)))
    );
    // An anonymous event has no topic, and is none that can be told.
    let mut file = Value::Object(json_of("token"));
    for event in file["spec"]["events"].as_array_mut().unwrap() {
        event["signature_topic"] = Value::Null;
    }
    assert!(shown(&parse(&file).unwrap(), &[topic], &data).is_err());
}

#[test]
fn other_versions_are_named() {
    let unknown = |json: Value| match parse(&json) {
        Err(MetadataError::UnknownVersion { found }) => found,
        other => panic!("{other:?}"),
    };
    let mut six = Value::Object(json_of("token"));
    six["version"] = 6.into();
    assert_eq!(unknown(six), "6");
    assert_eq!(unknown(json!({ "version": "7", "spec": {} })), "\"7\"");
    assert_eq!(unknown(json!({ "V1": { "spec": {} } })), "V1");
    assert_eq!(unknown(json!({ "V2": { "spec": {} } })), "V2");
    assert_eq!(
        unknown(json!({ "metadataVersion": "0.1.0", "spec": {} })),
        "\"0.1.0\""
    );
    assert_eq!(unknown(json!({ "spec": {} })), "none");
    let text = parse(&json!({ "version": 6 })).unwrap_err().to_string();
    assert_eq!(
        text,
        "the metadata describes no contract of ink! 3, 4 or 5: its version is 6"
    );
    // Written as a number or as text, as ink! itself did.
    for (version, read) in [
        (json!(4), Version::Ink4),
        (json!("4"), Version::Ink4),
        (json!("5"), Version::Ink5),
    ] {
        let mut file = Value::Object(json_of("token"));
        file["version"] = version;
        assert_eq!(parse(&file).unwrap().version(), read);
    }
}

#[test]
fn files_that_are_no_metadata() {
    assert_eq!(parse(&"{}"), Err(MetadataError::NoInterface));
    assert_eq!(
        parse(&r#"{"source": {}, "contract": {}}"#),
        Err(MetadataError::NoInterface)
    );
    assert!(matches!(parse(&"\0asm"), Err(MetadataError::NotJson(_))));
    assert!(matches!(parse(&"[]"), Err(MetadataError::Malformed { .. })));
    let long = " ".repeat(MAX_METADATA_BYTES + 1);
    assert_eq!(
        parse(&long),
        Err(MetadataError::TooLarge { found: long.len() })
    );
    for (pointer, wrong, text) in [
        (
            "/spec/messages/0/selector",
            json!("0x12"),
            "expected 4 bytes as 0x and hex, found \"0x12\"",
        ),
        (
            "/spec/messages/0/selector",
            json!(1),
            "invalid type: integer `1`",
        ),
        (
            "/spec/events/0/signature_topic",
            json!("0x1234"),
            "expected 32 bytes as 0x and hex",
        ),
        ("/spec/messages/0/args", Value::Null, "invalid type: null"),
        (
            "/types/0/type/def",
            json!({ "struct": {} }),
            "unknown variant `struct`",
        ),
        ("/spec", json!([]), "invalid length 0"),
    ] {
        let mut file = Value::Object(json_of("token"));
        *file.pointer_mut(pointer).unwrap() = wrong;
        let error = parse(&file).unwrap_err();
        let start = "the metadata describes no contract of ink! 3, 4 or 5 (its version is 5): ";
        assert!(error.to_string().starts_with(start), "{error}");
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[test]
fn types_that_are_not_there() {
    let types = json!([{ "id": 0, "type": { "def": { "tuple": [1] } } }]);
    let missing = Err(MetadataError::NoSuchType { id: 1, count: 1 });
    assert_eq!(parse(&metadata_json(&types, 0)), missing);
    let types = json!([{ "id": 0, "type": { "def": { "tuple": [] } } }]);
    assert_eq!(parse(&metadata_json(&types, 1)), missing);
    let types = json!([{ "id": 5, "type": { "def": { "tuple": [] } } }]);
    let out_of_place = Err(MetadataError::OutOfPlace { place: 0, id: 5 });
    assert_eq!(parse(&metadata_json(&types, 0)), out_of_place);
    for def in [
        json!({ "composite": { "fields": [{ "type": 1 }] } }),
        json!({ "variant": { "variants": [{ "name": "A", "index": 0, "fields": [{ "type": 1 }] }] } }),
        json!({ "sequence": { "type": 1 } }),
        json!({ "array": { "len": 1, "type": 1 } }),
        json!({ "compact": { "type": 1 } }),
        json!({ "bitsequence": { "bit_store_type": 0, "bit_order_type": 1 } }),
    ] {
        let types = json!([{ "id": 0, "type": { "def": def } }]);
        assert_eq!(parse(&metadata_json(&types, 0)), missing, "{def}");
    }
    let types = json!([{ "id": 0, "type": { "params": [{ "name": "T", "type": 1 }], "def": { "tuple": [] } } }]);
    assert_eq!(parse(&metadata_json(&types, 0)), missing);
}

#[test]
fn bundles_that_contradict_themselves() {
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut file = Value::Object(json_of("flipper"));
        change(&mut file);
        Bundle::parse(file.to_string().as_bytes()).unwrap_err()
    };
    let no_code = |found: &str| BundleError::NoCode {
        found: found.into(),
    };
    let other = refused(&|file| file["source"]["hash"] = format!("0x{}", "00".repeat(32)).into());
    let hash = json_of("flipper")["source"]["hash"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(matches!(other, BundleError::OtherCode { found, .. } if found == hash));
    assert_eq!(
        refused(&|file| file["source"] = Value::Null),
        no_code("nothing")
    );
    assert_eq!(
        refused(&|file| file["source"]["wasm"] = Value::Null),
        no_code("nothing")
    );
    let six = refused(&|file| file["source"] = json!({ "contract_binary": "0x50564d" }));
    assert_eq!(
        six,
        no_code("source.contract_binary, which is code of ink! 6")
    );
    assert!(matches!(
        refused(&|file| file["source"]["wasm"] = "0x0".into()),
        BundleError::NoCode { .. }
    ));
    let text = refused(&|file| file["source"]["wasm"] = "0x00".into());
    assert_eq!(text, no_code("something that isn't WebAssembly"));
    assert!(matches!(
        Bundle::parse(b"hello"),
        Err(BundleError::NotJson(_))
    ));
    // Code without metadata is code all the same.
    let mut file = json_of("flipper");
    file.retain(|key, _| key == "source");
    let bundle = Bundle::parse(Value::Object(file).to_string().as_bytes()).unwrap();
    assert_eq!(bundle.metadata, Err(MetadataError::NoInterface));
}
