import { toBytes, type BytesLike } from "../bytes.js";
import { ProofError } from "./error.js";
import { verifyEntry } from "./walk.js";

/** The key of an ordered trie's entry: its index in SCALE's compact form. */
export function orderedKey(index: number): Uint8Array {
  if (!Number.isInteger(index) || index < 0 || index >= 2 ** 30) {
    throw new ProofError("Malformed", `an index is a whole number below 2^30, not ${index}`);
  }
  if (index < 2 ** 6) return Uint8Array.of(index << 2);
  if (index < 2 ** 14) return Uint8Array.of(((index << 2) | 1) & 0xff, index >> 6);
  return Uint8Array.of(((index << 2) | 2) & 0xff, (index >> 6) & 0xff, (index >> 14) & 0xff, (index >> 22) & 0xff);
}

/** What shows that a receipt is under a block's `receipts_root`. */
export interface ReceiptProof {
  /** Its index among the block's messages, from 0. */
  index: number;
  /** Its canonical bytes. */
  receipt: BytesLike;
  /** The trie's nodes on the way from the root to it. */
  nodes: readonly BytesLike[];
}

/**
 * Makes sure that a receipt is the one of its message under a block's `receipts_root`.
 *
 * @param receiptsRoot The root, from a checkpoint that the chain confirmed: not from the worker that gave the proof.
 * @throws {@link ProofError} if the proof doesn't show it.
 */
export function verifyReceipt(receiptsRoot: BytesLike, proof: ReceiptProof): void {
  const receipt = toBytes(proof.receipt);
  if (receipt.length === 0) throw new ProofError("Malformed", "a receipt without bytes");
  verifyEntry(receiptsRoot, proof.nodes, orderedKey(proof.index), receipt);
}
