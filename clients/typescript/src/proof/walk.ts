import { blake2b } from "@noble/hashes/blake2.js";
import { equalBytes, toBytes, toHex, type BytesLike } from "../bytes.js";
import { ProofError } from "./error.js";
import { decodeNode, toNibbles, type Child, type NodeValue, type TrieNode } from "./node.js";

/** BLAKE2b-256, by which Substrate's tries know their nodes. */
export function blake2b256(bytes: Uint8Array): Uint8Array {
  return blake2b(bytes, { dkLen: 32 });
}

/** The root of a trie that has no entry: the hash of its only node, one zero byte. */
export const EMPTY_TRIE_ROOT = "0x03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314";

/**
 * A part of a trie, under a root that is trusted.
 *
 * The nodes are a plain list, as `state_getReadProof` and a worker give them: each whole, in any order, long
 * values among them as entries of their own. Nodes that nothing leads to do no harm. Each is known by its hash
 * alone, and looked at only when the way from the root leads to it: so what is read is what is under the root.
 */
export class TrieProof {
  readonly #root: Uint8Array;
  readonly #entries = new Map<string, Uint8Array>();

  /**
   * @param root The root. Whoever calls this must have it from somewhere that is trusted, not from whoever gave
   * the nodes.
   * @param nodes The nodes.
   */
  constructor(root: BytesLike, nodes: readonly BytesLike[]) {
    this.#root = toBytes(root);
    if (this.#root.length !== 32) throw new TypeError(`a root has 32 bytes, not ${this.#root.length}`);
    for (const node of nodes) {
      const bytes = toBytes(node);
      this.#entries.set(toHex(blake2b256(bytes)), bytes);
    }
  }

  /**
   * The value under a key.
   *
   * @returns The value, or `undefined` if the nodes show that there is none.
   * @throws {@link ProofError} if the nodes show neither.
   */
  get(key: BytesLike): Uint8Array | undefined {
    const nibbles = toNibbles(toBytes(key));
    let at = 0;
    let node = this.#decode({ hash: this.#root });
    for (;;) {
      // An empty trie; nothing below the root can be that.
      if (node === undefined) return undefined;
      const { partial, children, value } = node;
      const shared = partial.every((nibble, place) => nibbles[at + place] === nibble);
      if (!shared) return undefined;
      at += partial.length;
      if (at === nibbles.length) return value && this.#value(value);
      const child = children?.[nibbles[at] as number];
      if (!child) return undefined;
      at += 1;
      node = this.#decode(child);
      if (node === undefined) throw new ProofError("Malformed", "a child is the node of an empty trie");
    }
  }

  #decode(child: Child): TrieNode | undefined {
    return decodeNode("node" in child ? child.node : this.#entry(child.hash, "a node"));
  }

  #value(value: NodeValue): Uint8Array {
    return "inline" in value ? value.inline : Uint8Array.from(this.#entry(value.hash, "a value"));
  }

  #entry(hash: Uint8Array, what: string): Uint8Array {
    const name = toHex(hash);
    const entry = this.#entries.get(name);
    if (!entry) throw new ProofError("Incomplete", `${what} with the hash ${name} isn't in the proof`);
    return entry;
  }
}

/**
 * Makes sure that a trie has a value under a key, or has none.
 *
 * @param value The value that is claimed, or `undefined` for none.
 * @throws {@link ProofError} if the nodes don't show it.
 */
export function verifyEntry(
  root: BytesLike,
  nodes: readonly BytesLike[],
  key: BytesLike,
  value: BytesLike | undefined,
): void {
  const shown = new TrieProof(root, nodes).get(key);
  const claimed = value === undefined ? undefined : toBytes(value);
  if (shown && claimed ? equalBytes(shown, claimed) : shown === claimed) return;
  throw new ProofError("Mismatch", shown ? "the trie has another value there" : "the trie has no value there");
}
