/**
 * Proofs of Substrate's tries, checked from a trusted root down, key by key.
 *
 * @module
 */
export { ProofError, type ProofFailure } from "./error.js";
export { decodeNode, type Child, type NodeValue, type TrieNode } from "./node.js";
export { orderedKey, verifyReceipt, type ReceiptProof } from "./receipts.js";
export { blake2b256, EMPTY_TRIE_ROOT, TrieProof, verifyEntry } from "./walk.js";
