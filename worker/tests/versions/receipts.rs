//! A receipt can be proven to somebody who trusts nothing but a confirmed checkpoint.

use crate::{
    cluster::{Cluster, GAS, ID},
    files::{built, V1_0},
};
use fat_contracts_primitives::Checkpoint;
use pallet_fat_contracts::Call;
use parity_scale_codec::{Compact, Encode};
use pink_worker_core::{exec::MessageReceipt, ReceiptProof};
use runtime_mock::Extrinsic;
use sp_core::Blake2Hasher;
use sp_crypto_hashing::blake2_256;
use sp_trie::{read_trie_value, LayoutV1, StorageProof};

/// The checkpoint of a block.
fn checkpoint(cluster: &Cluster, block: u32) -> Checkpoint {
    let said = cluster.nodes[0].worker.checkpoint(block).expect("memory");
    said.expect("executed")
}

/// What sp-trie finds under a root, with nothing but a proof's nodes.
fn found(proof: &ReceiptProof, checkpoint: &Checkpoint) -> Option<Vec<u8>> {
    let nodes = StorageProof::new(proof.nodes.clone()).into_memory_db::<Blake2Hasher>();
    let key = Compact(proof.index).encode();
    let root = &checkpoint.receipts_root;
    read_trie_value::<LayoutV1<Blake2Hasher>, _>(&nodes, root, &key, None, None).ok()?
}

#[test]
fn every_receipt_of_a_block_can_be_proven() {
    let mut cluster = Cluster::new(vec![built(V1_0)], 1);
    let call = |input: u8| {
        Extrinsic::signed(
            crate::cluster::account(0),
            Call::call_contract {
                cluster: ID,
                contract: cluster.counter.clone(),
                input: vec![input],
                value: 0,
                gas_limit: GAS,
                storage_deposit_limit: None,
                max_gas_price: None,
                max_ordering_fee: u128::MAX,
            },
        )
    };
    // More than 63 and fewer than 256: keys of one and of two bytes.
    let calls = (0..100).map(call).collect();
    cluster.block(calls);
    cluster.all_run();
    let last = cluster.last_seq();
    let block = cluster.block_of(last);
    let checkpoint = checkpoint(&cluster, block);
    let worker = cluster.nodes[0].worker.handle();
    for seq in last - 99..=last {
        let proof = worker.receipt_proof(block, seq).expect("memory");
        let proof = proof.expect("the block has it");
        let receipt = cluster.nodes[0].receipt(seq);
        assert_eq!(u64::from(proof.index), seq - (last - 99));
        assert_eq!(proof.receipt, receipt.encode());
        assert_eq!(found(&proof, &checkpoint), Some(receipt.encode()));
        assert!(proof.verify(&checkpoint.receipts_root));
        // A few nodes of a hundred receipts, and not all of them.
        assert!(proof.nodes.len() < 10, "{} nodes", proof.nodes.len());
    }
    assert_eq!(worker.receipt_proof(block, last + 1).expect("memory"), None);
    assert_eq!(worker.receipt_proof(block + 9, last).expect("memory"), None);

    // Another receipt, another place, another root, a node that is missing or altered.
    let proof = worker.receipt_proof(block, last - 50).expect("memory");
    let proof = proof.expect("the block has it");
    let root = checkpoint.receipts_root;
    type Forgery = fn(&mut ReceiptProof);
    let forgeries: [Forgery; 5] = [
        |it| it.receipt[0] ^= 1,
        |it| it.index += 1,
        |it| drop(it.nodes.remove(0)),
        |it| drop(it.nodes.pop()),
        |it| it.nodes[0][3] ^= 1,
    ];
    for forge in forgeries {
        let mut forged = proof.clone();
        forge(&mut forged);
        assert!(!forged.verify(&root));
    }
    assert!(!proof.verify(&blake2_256(b"another").into()));
}

/// The root of one receipt, by hand: a leaf whose value is known by its hash. `0x22` is the
/// header of such a leaf with a key of two nibbles, which are those of the byte 0.
#[test]
fn the_root_of_one_receipt_is_that_of_its_leaf() {
    let mut cluster = Cluster::new(vec![built(V1_0)], 1);
    let seq = cluster.call(&[7]);
    let block = cluster.block_of(seq);
    cluster.block(Vec::new());
    cluster.all_run();
    let receipt: MessageReceipt = cluster.nodes[0].receipt(seq);
    assert!(receipt.receipt.gas_consumed.ref_time > 0);
    let leaf = [&[0x22, 0][..], &blake2_256(&receipt.encode())].concat();
    assert_eq!(
        checkpoint(&cluster, block).receipts_root.0,
        blake2_256(&leaf)
    );
    // That of no receipt: an empty trie's only node is the byte 0.
    assert_eq!(
        checkpoint(&cluster, block + 1).receipts_root.0,
        blake2_256(&[0])
    );
}
