//! Engines accept the committed artefacts, and tools can load them.

use contract_metadata::ContractMetadata;
use contract_pack::{check_module, code_hash};
use contract_transcode::{ContractMessageTranscoder, Value};
use std::{
    fs,
    path::{Path, PathBuf},
};

fn artifacts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../artifacts")
}

/// Those of them that today's tools can read the metadata of. The format is ink!'s own business before 5.
fn readable() -> impl Iterator<Item = String> {
    names().into_iter().filter(|name| {
        let bundle = ContractMetadata::load(artifacts().join(name).with_extension("contract"));
        bundle.unwrap().source.language.version.major >= 5
    })
}

fn transcoder(name: &str) -> ContractMessageTranscoder {
    let path = artifacts().join(name).with_extension("contract");
    ContractMessageTranscoder::load(&path).unwrap_or_else(|error| panic!("{name}: {error:#}"))
}

/// The names in the lock file.
fn names() -> Vec<String> {
    let lock = fs::read_to_string(artifacts().join("SOURCES.lock")).unwrap();
    let lines = lock.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| line.split(' ').next().unwrap().into())
        .collect()
}

#[test]
fn bundles_hold_the_code_and_its_hash() {
    assert!(!names().is_empty());
    for name in names() {
        let wasm = fs::read(artifacts().join(&name).with_extension("wasm")).unwrap();
        check_module(&wasm).unwrap_or_else(|error| panic!("{name}: {error:#}"));

        let path = artifacts().join(&name).with_extension("contract");
        let bundle = ContractMetadata::load(&path).unwrap();
        assert_eq!(bundle.contract.name, name);
        assert_eq!(bundle.source.hash.0, code_hash(&wasm), "{name}");
        assert_eq!(bundle.source.wasm.unwrap().0, wasm, "{name}");
    }
}

#[test]
fn artifacts_name_no_folder_of_the_machine_that_built_them() {
    let folders = [
        env!("CARGO_MANIFEST_DIR").into(),
        std::env::var("HOME").unwrap_or_default(),
    ];
    for name in names() {
        for extension in ["wasm", "contract"] {
            let bytes = fs::read(artifacts().join(&name).with_extension(extension)).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            for folder in folders.iter().filter(|folder| folder.len() > 1) {
                assert!(
                    !text.contains(folder),
                    "{name}.{extension} contains {folder}"
                );
            }
            assert!(
                !text.contains(".cargo"),
                "{name}.{extension} names the registry's folder"
            );
        }
    }
}

#[test]
fn every_selector_is_the_hash_of_its_name() {
    for name in readable() {
        let transcoder = transcoder(&name);
        let spec = transcoder.metadata().spec();
        let constructors = spec
            .constructors()
            .iter()
            .map(|it| (it.label(), it.selector().to_bytes()));
        let messages = spec
            .messages()
            .iter()
            .map(|it| (it.label(), it.selector().to_bytes()));
        for (label, selector) in constructors.chain(messages) {
            // A trait's message is labelled `Trait::message`; the only trait of ours has a namespace.
            let name_in_full = if label.contains("::") {
                format!("pink_system::{label}")
            } else {
                label.clone()
            };
            assert_eq!(
                selector,
                &code_hash(name_in_full.as_bytes())[..4],
                "{name}: {label}"
            );
        }
    }
}

#[test]
fn the_transcoder_encodes_and_decodes() {
    let flipper = transcoder("flipper");
    let nothing: [&str; 0] = [];
    assert_eq!(
        flipper.encode("flip", nothing).unwrap(),
        [0x63, 0x3a, 0xa5, 0x51]
    );
    assert_eq!(
        flipper.encode("new", ["true"]).unwrap(),
        [0x9b, 0xae, 0x9d, 0x5e, 1]
    );
    let ok = |value| Value::Tuple(contract_transcode::Tuple::new(Some("Ok"), vec![value]));
    // ink! wraps what a message returns into a result of its own.
    assert_eq!(
        flipper
            .decode_message_return("get", &mut &[0, 1][..])
            .unwrap(),
        ok(Value::Bool(true))
    );
    let unit = Value::Tuple(contract_transcode::Tuple::new(None, vec![]));
    assert_eq!(
        flipper
            .decode_message_return("flip", &mut &[0][..])
            .unwrap(),
        ok(unit)
    );

    let token = transcoder("token");
    let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    let call = token.encode("transfer", [alice, "1_000"]).unwrap();
    assert_eq!(call[..4], code_hash(b"transfer")[..4]);
    assert_eq!(call.len(), 4 + 32 + 16);
    let error = token
        .decode_message_return("transfer", &mut &[0, 1, 0][..])
        .unwrap();
    assert_eq!(error.to_string(), "Ok(Err(InsufficientBalance))");
}
