//! Proofs, checked by those who made the trie.

use crate::harness::{hex0x, Harness};
use hash_db::EMPTY_PREFIX;
use pallet_fat_contracts::Call;
use parity_scale_codec::{Compact, Encode};
use serde_json::{json, Value};
use sp_core::{Blake2Hasher, H256};
use sp_state_machine::read_proof_check;
use sp_trie::{LayoutV1, StorageProof, Trie, TrieDBBuilder};
use std::collections::HashMap;

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap().strip_prefix("0x").unwrap()).unwrap()
}

fn nodes(proof: &Value) -> Vec<Vec<u8>> {
    proof["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(bytes)
        .collect()
}

/// What `state_getReadProof`'s readers do with it; none if it proves nothing.
fn checked(root: H256, nodes: &[Vec<u8>], key: &[u8]) -> Option<Option<Vec<u8>>> {
    let proof = StorageProof::new(nodes.iter().cloned());
    let read = read_proof_check::<Blake2Hasher, _>(root, proof, [key]).ok()?;
    let found: HashMap<_, _> = read;
    found.get(key).cloned()
}

#[test]
fn a_receipts_proof_is_read_by_others() {
    let mut harness = Harness::new();
    let done = harness.send("increment", ());
    let answer = harness.good(
        "cluster_v1_receipt",
        json!([done.receipt.seq, null, null, true]),
    );
    let proof = &answer["proof"];
    let record = harness.node.worker().record(done.block).unwrap().unwrap();
    let root = H256::from_slice(&bytes(&proof["root"]));
    assert_eq!(root, record.receipts_root);
    let key = Compact(0u32).encode();
    assert_eq!(bytes(&proof["key"]), key);
    let nodes = nodes(proof);
    assert_eq!(
        checked(root, &nodes, &key),
        Some(Some(bytes(&answer["bytes"])))
    );
    // And by the trie alone.
    let mut database = sp_trie::MemoryDB::<Blake2Hasher>::default();
    for node in &nodes {
        hash_db::HashDB::insert(&mut database, EMPTY_PREFIX, node);
    }
    let trie = TrieDBBuilder::<LayoutV1<Blake2Hasher>>::new(&database, &root).build();
    assert_eq!(trie.get(&key).unwrap(), Some(bytes(&answer["bytes"])));
    for at in 0..nodes.len() {
        let mut wrong = nodes.clone();
        wrong[at][0] ^= 1;
        assert_eq!(checked(root, &wrong, &key), None, "node {at}");
    }
    assert_eq!(
        harness.good("cluster_v1_receipt", json!([done.receipt.seq]))["proof"],
        Value::Null
    );
}

/// Several messages in a block: each has its own place.
#[test]
fn each_message_of_a_block_is_proven() {
    let mut harness = Harness::new();
    let calls: Vec<_> = (0..17)
        .map(|_| {
            let call: Call<runtime_mock::runtime::Runtime> = Call::transfer_to_cluster {
                cluster: 1,
                dest: pink_devchain::owner(),
                amount: runtime_mock::UNIT,
                max_ordering_fee: u128::MAX,
            };
            runtime_mock::Extrinsic::signed(pink_devchain::owner(), call)
        })
        .collect();
    let made = harness.node.dispatch(calls, Vec::new()).unwrap();
    for index in 0..17u32 {
        let seq = made.seq.unwrap() - 16 + u64::from(index);
        let extrinsic = harness.extrinsic_of(seq);
        let answer = harness.good(
            "cluster_v1_receipt",
            json!([null, made.number, extrinsic, true]),
        );
        assert_eq!(
            (&answer["index"], &answer["seq"]),
            (&json!(index), &json!(seq))
        );
        let root = H256::from_slice(&bytes(&answer["proof"]["root"]));
        let key = Compact(index).encode();
        let nodes = nodes(&answer["proof"]);
        assert_eq!(
            checked(root, &nodes, &key),
            Some(Some(bytes(&answer["bytes"]))),
            "{index}"
        );
    }
}

#[test]
fn what_the_engine_read_of_storage_is_proven() {
    let mut harness = Harness::new();
    let before = harness.send("keep_key", b"salt".to_vec());
    let after = harness.send("increment", ());
    // The contract's one storage cell lies under the key 0, as ink! lays it out.
    for (block, root) in [(before.block, before.root), (after.block, after.root)] {
        let asked =
            json!({ "contract": harness.to(), "key": "0x00000000", "at": block, "proof": true });
        let answer = harness.good("cluster_v1_storage", asked);
        assert_eq!(answer["block"], block);
        let value = bytes(&answer["value"]);
        assert_eq!(H256::from_slice(&bytes(&answer["proof"]["root"])), root);
        let nodes = nodes(&answer["proof"]);
        let reads = answer["proof"]["reads"].as_array().unwrap();
        assert!(reads.len() > 1, "the contract and its storage");
        let mut is_there = false;
        for read in reads {
            let expected = (!read["value"].is_null()).then(|| bytes(&read["value"]));
            assert_eq!(
                checked(root, &nodes, &bytes(&read["key"])),
                Some(expected.clone())
            );
            is_there |= expected.is_some_and(|it| it == value || it.ends_with(&value));
        }
        assert!(is_there, "the value itself is one of what is proven");
        let mut cut = nodes.clone();
        cut.pop();
        let last = reads
            .iter()
            .map(|read| checked(root, &cut, &bytes(&read["key"])));
        assert!(
            last.into_iter().any(|it| it.is_none()),
            "a node that is missing is missed"
        );
    }
    let absent = harness.good(
        "cluster_v1_storage",
        json!([harness.to(), "0x0000000f", null, true]),
    );
    assert_eq!(absent["value"], Value::Null);
    let root = H256::from_slice(&bytes(&absent["proof"]["root"]));
    let nodes = nodes(&absent["proof"]);
    let reads = absent["proof"]["reads"].as_array().unwrap();
    let gone: Vec<_> = reads
        .iter()
        .filter(|read| read["value"].is_null())
        .collect();
    assert_eq!(gone.len(), 1);
    assert_eq!(
        checked(root, &nodes, &bytes(&gone[0]["key"])),
        Some(None),
        "that it is absent is proven"
    );
    let plain = harness.good("cluster_v1_storage", json!([harness.to(), "0x00000000"]));
    assert_eq!(plain["proof"], Value::Null);
    assert_ne!(hex0x(b""), plain["value"]);
}
