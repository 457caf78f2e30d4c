//! Headers, states and proofs, compared with what others make of them.

use crate::harness::{bring, by_hand, bytes, config, hash, hex0x, pay, Harness, UNIT};
use parity_scale_codec::{Compact, Encode};
use serde_json::{json, Value};
use sp_core::{Blake2Hasher, H256};
use sp_state_machine::read_proof_check;
use sp_trie::{LayoutV0, LayoutV1, StorageProof, TrieConfiguration};
use std::collections::BTreeMap;

/// A header's hash, put together by hand from its parts.
fn hash_of(header: &Value) -> H256 {
    let number = header["number"].as_str().expect("a number");
    let number = u32::from_str_radix(number.trim_start_matches("0x"), 16).expect("hex");
    let logs = header["digest"]["logs"].as_array().expect("logs");
    let mut all = bytes(header["parentHash"].as_str().expect("a hash"));
    Compact(number).encode_to(&mut all);
    all.extend(bytes(header["stateRoot"].as_str().expect("a root")));
    all.extend(bytes(header["extrinsicsRoot"].as_str().expect("a root")));
    Compact(u32::try_from(logs.len()).expect("few")).encode_to(&mut all);
    for log in logs {
        all.extend(bytes(log.as_str().expect("hex")));
    }
    sp_crypto_hashing::blake2_256(&all).into()
}

/// The whole state after a block, read page by page.
fn pairs(harness: &Harness, at: &Value) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut last = Value::Null;
    loop {
        let keys = harness.get("state_getKeysPaged", json!(["0x", 100, last, at]));
        let keys = keys.as_array().expect("keys");
        let Some(end) = keys.last() else {
            return all;
        };
        last = end.clone();
        let changes = harness.get("state_queryStorageAt", json!([keys, at]));
        for change in changes[0]["changes"].as_array().expect("changes") {
            let part = |at: usize| bytes(change[at].as_str().expect("hex"));
            all.insert(part(0), part(1));
        }
    }
}

#[test]
fn every_block_is_what_its_header_says() {
    let harness = Harness::start(&by_hand());
    harness.send("//Bob", pay("//Eve", UNIT));
    harness.send("//Charlie", bring(UNIT));
    harness.get("dev_mine", json!([3]));
    let best = harness.number("best");
    let mut states = Vec::new();
    for number in 0..=best {
        let named = harness.get("chain_getBlockHash", json!([number]));
        let block = harness.get("chain_getBlock", json!([named]));
        let header = &block["block"]["header"];
        assert_eq!(hash_of(header), hash(&named), "block {number}");
        if number > 0 {
            let before = harness.get("chain_getBlockHash", json!([number - 1]));
            assert_eq!(header["parentHash"], before);
        }
        let body = block["block"]["extrinsics"].as_array().expect("extrinsics");
        let body: Vec<_> = body
            .iter()
            .map(|it| bytes(it.as_str().expect("hex")))
            .collect();
        // The two versions differ for values of 33 bytes and more.
        let roots = [
            LayoutV0::<Blake2Hasher>::ordered_trie_root(&body),
            LayoutV1::<Blake2Hasher>::ordered_trie_root(&body),
        ];
        assert!(
            roots.contains(&hash(&header["extrinsicsRoot"])),
            "block {number}"
        );
        // At first: of all that the chain did since it was started, states of blocks before that aren't discarded.
        let state = pairs(&harness, &named);
        let root = LayoutV1::<Blake2Hasher>::trie_root(state.clone());
        assert_eq!(root, hash(&header["stateRoot"]), "block {number}");
        states.push((named, state));
    }
    // Later blocks change nothing of them.
    harness.get("dev_mine", json!([5]));
    for (named, state) in states {
        assert!(pairs(&harness, &named) == state);
    }
}

#[test]
fn values_and_their_absence_are_proven() {
    let harness = Harness::start(&config());
    let head = harness.get("chain_getFinalizedHead", json!([]));
    let header = harness.get("chain_getHeader", json!([head]));
    let events = [
        sp_crypto_hashing::twox_128(b"System"),
        sp_crypto_hashing::twox_128(b"Events"),
    ]
    .concat();
    let keys = [b":code".to_vec(), events, b":nothing".to_vec()];
    let asked: Vec<_> = keys.iter().map(hex0x).collect();
    let proof = harness.get("state_getReadProof", json!([asked, head]));
    assert_eq!(proof["at"], head);
    let nodes = proof["proof"].as_array().expect("nodes").iter();
    let nodes = StorageProof::new(nodes.map(|node| bytes(node.as_str().expect("hex"))));
    let root = hash(&header["stateRoot"]);
    let shown = read_proof_check::<Blake2Hasher, _>(root, nodes, &keys).expect("a proof");
    for key in &keys {
        let value = harness.get("state_getStorage", json!([hex0x(key), head]));
        assert_eq!(
            shown[key].as_ref().map(hex0x),
            value.as_str().map(String::from)
        );
        let size = shown[key].as_ref().map(Vec::len);
        assert_eq!(
            harness.get("state_getStorageSize", json!([hex0x(key), head])),
            json!(size)
        );
        let expected = shown[key]
            .as_ref()
            .map(|it| hex0x(sp_crypto_hashing::blake2_256(it)));
        assert_eq!(
            harness.get("state_getStorageHash", json!([hex0x(key), head])),
            json!(expected)
        );
    }
    assert!(shown[&keys[0]].is_some() && shown[&keys[1]].is_some() && shown[&keys[2]].is_none());
}

#[test]
fn metadata_comes_in_the_versions_that_are_named() {
    let harness = Harness::start(&config());
    let call = |name: &str, input: &[u8]| {
        let answer = harness.get("state_call", json!([name, hex0x(input)]));
        bytes(answer.as_str().expect("hex"))
    };
    let versions: Vec<u32> =
        parity_scale_codec::Decode::decode(&mut &call("Metadata_metadata_versions", &[])[..])
            .expect("versions");
    assert!(
        versions.contains(&14) && versions.contains(&15) && versions.contains(&16),
        "{versions:?}"
    );
    for version in versions.into_iter().filter(|it| *it <= 16) {
        let answer = call("Metadata_metadata_at_version", &version.encode());
        let metadata: Option<Vec<u8>> =
            parity_scale_codec::Decode::decode(&mut &answer[..]).expect("metadata");
        let metadata = metadata.expect("of that version");
        assert_eq!(&metadata[..4], b"meta");
        assert_eq!(u32::from(metadata[4]), version);
    }
    let names = harness.get("rpc_methods", json!([]));
    let names = names["methods"]
        .as_array()
        .expect("names")
        .iter()
        .map(|it| it.as_str().expect("a name"));
    let names: Vec<_> = names.collect();
    // A group whose prefix is there has to be there whole.
    for group in [
        "chainHead_v1",
        "chainSpec_v1",
        "transaction_v1",
        "archive_v1",
    ] {
        assert!(!names.iter().any(|name| name.starts_with(group)), "{group}");
    }
    for name in [
        "chain_getBlock",
        "chain_getBlockHash",
        "chain_getHeader",
        "chain_subscribeAllHeads",
        "chain_unsubscribeAllHeads",
        "chain_subscribeFinalizedHeads",
        "chain_unsubscribeFinalizedHeads",
        "state_call",
        "state_getStorage",
        "state_getStorageHash",
        "state_getKeysPaged",
        "state_queryStorageAt",
        "state_getReadProof",
        "author_submitExtrinsic",
        "system_name",
        "system_properties",
    ] {
        assert!(names.contains(&name), "{name}");
    }
}
