//! Metadata that somebody made up: whatever it says, an answer comes, soon and not too long.

mod common;

use common::{bundles, metadata_json, Ss58};
use pink_contract_metadata::{Bundle, DecodeError, Entry, Literal, Metadata};
use proptest::{prelude::*, sample::Index};
use serde_json::{json, Value};
use std::sync::LazyLock;

fn metadata(defs: Vec<Value>) -> Metadata {
    let types: Vec<_> = (defs.into_iter().enumerate())
        .map(|(id, def)| json!({ "id": id, "type": { "path": ["T"], "def": def } }))
        .collect();
    Metadata::parse(metadata_json(&json!(types), 0).to_string().as_bytes()).unwrap()
}

fn field(id: u32) -> Value {
    json!({ "composite": { "fields": [{ "type": id }] } })
}

#[test]
fn types_that_contain_themselves() {
    let sequence = json!({ "sequence": { "type": 0 } });
    let tuple = json!({ "tuple": [0] });
    let array = json!({ "array": { "len": 1, "type": 0 } });
    let compact = json!({ "compact": { "type": 0 } });
    for def in [field(0), tuple, array] {
        let endless = metadata(vec![def]);
        let decoded = endless.decode_value(0, &[], &Ss58);
        assert_eq!(decoded, Err(DecodeError::TooDeep));
        for text in ["1", "[1]", "(1)", "T(1)", "0x01", "[[[[[[[1]]]]]]]"] {
            let error = endless.encode_call(Entry::Message, "take", &[text], &Ss58);
            assert!(error.unwrap_err().to_string().len() < 2_000);
        }
    }
    let both = metadata(vec![compact]);
    assert!(both.decode_value(0, &[0], &Ss58).is_err());
    assert!(both
        .encode_call(Entry::Message, "take", &["1"], &Ss58)
        .is_err());
    let ring = metadata(vec![json!({ "compact": { "type": 1 } }), field(1)]);
    assert_eq!(ring.decode_value(0, &[0], &Ss58), Err(DecodeError::TooDeep));
    assert!(ring
        .encode_call(Entry::Message, "take", &["1"], &Ss58)
        .is_err());

    // A list of such lists ends by itself, at any depth that is nobody's.
    let lists = metadata(vec![sequence]);
    let deep = [&[4; 20][..], &[0]].concat();
    let shown = lists.decode_value(0, &deep, &Ss58).unwrap().to_string();
    assert_eq!(shown, format!("{}{}", "[".repeat(21), "]".repeat(21)));
    let deep = [&[4; 1_000_000][..], &[0]].concat();
    assert_eq!(
        lists.decode_value(0, &deep, &Ss58),
        Err(DecodeError::TooDeep)
    );
}

#[test]
fn lists_of_nothing() {
    let unit = json!({ "tuple": [] });
    let many = [&[3][..], &u32::MAX.to_le_bytes()].concat();
    let list = metadata(vec![json!({ "sequence": { "type": 1 } }), unit.clone()]);
    assert_eq!(
        list.decode_value(0, &many, &Ss58),
        Err(DecodeError::TooLong)
    );
    let array = json!({ "array": { "len": u32::MAX, "type": 1 } });
    let array = metadata(vec![array, unit.clone()]);
    assert_eq!(array.decode_value(0, &[], &Ss58), Err(DecodeError::TooLong));
    // A short list of things with long names is long.
    let name = "n".repeat(1 << 20);
    let variant = json!({ "variant": { "variants": [{ "name": name, "index": 0 }] } });
    let named = metadata(vec![json!({ "sequence": { "type": 1 } }), variant]);
    let shown = |len: u8| {
        named.decode_value(
            0,
            &[&[len << 2][..], &[0; 60][..usize::from(len)]].concat(),
            &Ss58,
        )
    };
    assert_eq!(shown(40), Err(DecodeError::TooLong));
    assert!(shown(2).is_ok());
    // Bytes are as many as there are.
    let bytes = metadata(vec![
        json!({ "array": { "len": u32::MAX, "type": 1 } }),
        json!({ "primitive": "u8" }),
    ]);
    assert!(matches!(
        bytes.decode_value(0, &[1; 9], &Ss58),
        Err(DecodeError::Short { .. })
    ));
}

/// Each of a hundred types has a hundred parameters: its name, spelled out, has 10^10 parts.
#[test]
fn names_without_end() {
    let params: Vec<_> = (0..100)
        .map(|id| json!({ "name": "T", "type": id }))
        .collect();
    let fields: Vec<_> = (0..100)
        .map(|id| json!({ "name": "f", "type": id }))
        .collect();
    // The last has no value.
    let none = json!({ "id": 100, "type": { "params": params, "def": { "variant": {} } } });
    let types: Vec<_> = (0..100)
        .map(|id| {
            let def = json!({ "composite": { "fields": fields } });
            json!({ "id": id, "type": { "path": ["é".repeat(1_000)], "params": params, "def": def } })
        })
        .chain([none])
        .collect();
    let wide = metadata_json(&json!(types), 0).to_string();
    let wide = Metadata::parse(wide.as_bytes()).unwrap();
    for text in ["1", "{ a: 1 }", "T { f: 1 }", "[1]"] {
        let error = wide
            .encode_call(Entry::Message, "take", &[text], &Ss58)
            .unwrap_err();
        assert!(
            error.to_string().len() < 20_000,
            "{}",
            error.to_string().len()
        );
    }
    let error = wide
        .encode_call(Entry::Message, "take", &["1", "2"], &Ss58)
        .unwrap_err();
    assert!(error.to_string().len() < 1_000);
    let error = wide.decode_value(100, &[0], &Ss58).unwrap_err();
    assert!(matches!(error, DecodeError::Invalid { .. }), "{error}");
    assert!(
        error.to_string().len() < 1_000,
        "{}",
        error.to_string().len()
    );
}

#[test]
fn a_million_brackets() {
    let open = "[".repeat(1_000_000);
    let closed = open.clone() + &"]".repeat(1_000_000);
    let file = |value: &str| {
        format!(r#"{{"version": 5, "types": {value}, "spec": {value}, "storage": {value}}}"#)
    };
    for text in [
        open.as_str(),
        &closed,
        &file(&closed),
        &format!(r#"{{"version": {closed}}}"#),
    ] {
        assert!(Metadata::parse(text.as_bytes()).is_err());
        assert!(Bundle::parse(text.as_bytes()).is_err());
    }
    // Where nothing is read, it does no harm.
    let types = json!([{ "id": 0, "type": { "def": { "tuple": [] } } }]);
    let file = metadata_json(&types, 0).to_string();
    let file = file.replacen('{', &format!(r#"{{"storage": {closed}, "#), 1);
    assert!(Metadata::parse(file.as_bytes()).is_ok());
}

/// Everything that can be asked of metadata, with values that are sometimes right.
fn ask(metadata: &Metadata, texts: &[&str], bytes: &[u8]) {
    for entry in [Entry::Constructor, Entry::Message] {
        for point in metadata.entry_points(entry) {
            for text in texts {
                let args = vec![*text; point.args.len().min(4)];
                if let Err(error) = metadata.encode_call(entry, &point.label, &args, &Ss58) {
                    assert!(error.to_string().len() < 20_000);
                }
            }
            let input = point.selector;
            if let Ok(value) = metadata.decode_output(entry, &input, bytes, &Ss58) {
                let _ = value.to_string();
            }
        }
    }
    for event in &metadata.spec().events {
        let topics = event.signature_topic.as_slice();
        if let Ok(value) = metadata.decode_event(topics, bytes, &Ss58) {
            let _ = value.to_string();
        }
    }
    let count = u32::try_from(metadata.types().types.len()).unwrap();
    for id in 0..count.saturating_add(1) {
        for text in texts {
            let literal = Literal::parse(text).unwrap();
            let _ = metadata.encode_value(id, &literal, &Ss58);
        }
        // What is shown of a type was a value of it.
        if let Ok(value) = metadata.decode_value(id, bytes, &Ss58) {
            let _ = value.to_string();
        }
    }
}

/// Another number, another word: a file whose form still holds.
fn mutate(value: &mut Value, left: &mut usize, number: u32, text: &str) {
    if *left == 0 {
        match value {
            Value::Number(_) => *value = number.into(),
            Value::String(_) => *value = text.into(),
            Value::Bool(it) => *value = (!*it).into(),
            Value::Array(items) if number.is_multiple_of(2) => items.clear(),
            Value::Array(items) => items.extend(items.clone()),
            Value::Object(fields) => drop(fields.remove(text)),
            Value::Null => *value = json!({}),
        }
        *left = usize::MAX;
        return;
    }
    *left = left.saturating_sub(1);
    match value {
        Value::Array(items) => {
            for item in items {
                if *left > usize::MAX / 2 {
                    return;
                }
                mutate(item, left, number, text);
            }
        }
        Value::Object(fields) => {
            for field in fields.values_mut() {
                if *left > usize::MAX / 2 {
                    return;
                }
                mutate(field, left, number, text);
            }
        }
        _ => {}
    }
}

const TEXTS: &[&str] = &[
    "1", "true", "\"a\"", "0x0102", "[1, 2]", "(1, 2)", "Some(1)", "//Alice", "{ a: 1 }", "Ok(())",
];

static FILES: LazyLock<Vec<(Metadata, Value)>> = LazyLock::new(|| {
    let all = bundles().into_iter().map(|(_, file)| {
        let metadata = Metadata::parse(&file).unwrap();
        let json = serde_json::from_slice(&metadata.to_json()).unwrap();
        (metadata, json)
    });
    all.collect()
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn files_with_other_bytes(
        file in any::<Index>(),
        changes in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..8),
        cut in proptest::option::of(any::<Index>()),
        bytes in any::<Vec<u8>>(),
    ) {
        let (metadata, _) = file.get(&FILES);
        let mut mutated = metadata.to_json();
        for (place, byte) in changes {
            let place = place.index(mutated.len());
            mutated[place] = byte;
        }
        if let Some(cut) = cut {
            mutated.truncate(cut.index(mutated.len()));
        }
        if let Ok(metadata) = Metadata::parse(&mutated) {
            ask(&metadata, TEXTS, &bytes);
        }
        let _ = Bundle::parse(&mutated);
    }

    #[test]
    fn files_that_say_something_else(
        file in any::<Index>(),
        changes in proptest::collection::vec((any::<Index>(), 0u32..40, "[a-z]{0,4}|type|fields|name|0x[0-9a-f]{8}"), 1..4),
        bytes in proptest::collection::vec(0u8..8, 0..40),
    ) {
        let (_, json) = file.get(&FILES);
        let mut json = json.clone();
        let places = json.to_string().len() / 12;
        for (place, number, text) in changes {
            mutate(&mut json, &mut place.index(places), number, &text);
        }
        if let Ok(metadata) = Metadata::parse(json.to_string().as_bytes()) {
            ask(&metadata, TEXTS, &bytes);
        }
    }
}
