//! What ink!'s own reader of metadata made of drawn values of the committed contracts. It isn't among
//! the dependencies for its licence; `contracts/pack` compares with it directly, and keeps this file.

mod common;

use common::{bundle, Ss58};
use pink_contract_metadata::{DecodeError, Entry, Metadata};
use serde_json::Value;
use std::collections::BTreeMap;

#[test]
fn the_transcoder_made_the_same() {
    let mut files = BTreeMap::new();
    let mut counts = BTreeMap::new();
    for line in include_str!("transcoder.jsonl").lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| row[key].as_str().unwrap();
        let bytes_of = |key: &str| hex::decode(text(key)).unwrap();
        let metadata = (files.entry(text("file").to_owned()))
            .or_insert_with_key(|name| Metadata::parse(&bundle(name)).unwrap());
        let entry = match text("kind") {
            "constructor" => Some(Entry::Constructor),
            "message" => Some(Entry::Message),
            _ => None,
        };
        let show = |bytes: &[u8]| match entry {
            Some(entry) => {
                let args = row["args"].as_array().unwrap().iter();
                let args: Vec<_> = args.map(|arg| arg.as_str().unwrap()).collect();
                let encoded = metadata.encode_call(entry, text("label"), &args, &Ss58);
                assert_eq!(encoded, Ok(bytes_of("input")), "{line}");
                metadata.decode_output(entry, &bytes_of("input"), bytes, &Ss58)
            }
            None => {
                let topic = bytes_of("topic").try_into().unwrap();
                metadata.decode_event(&[topic], bytes, &Ss58)
            }
        };
        let mut bytes = bytes_of("bytes");
        assert_eq!(show(&bytes).unwrap().to_string(), text("text"), "{line}");
        // Behind a constructor's result there may be more: ink! wraps it twice.
        bytes.push(0);
        let more = match entry {
            Some(Entry::Constructor) => Ok(text("text").into()),
            _ => Err(DecodeError::Trailing { bytes: 1 }),
        };
        assert_eq!(show(&bytes).map(|it| it.to_string()), more, "{line}");
        *counts.entry(text("kind").to_owned()).or_insert(0) += 1;
    }
    // Every kind is there.
    assert_eq!(counts.len(), 3, "{counts:?}");
    assert!(counts.values().all(|count| *count >= 10), "{counts:?}");
}
