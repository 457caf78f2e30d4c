import { ProofError } from "./error.js";

/** What stands at a place of a trie: bytes, or the hash of bytes that are an entry of their own. */
export type NodeValue = { inline: Uint8Array } | { hash: Uint8Array };

/**
 * A child: the hash of its node, or the node itself if that has fewer than 32 bytes.
 */
export type Child = { node: Uint8Array } | { hash: Uint8Array };

/** A node of a Substrate trie, of layout V0 or V1. */
export interface TrieNode {
  /** The part of the key that all below it share, in nibbles. */
  partial: Uint8Array;
  /** What stands there, if anything does. */
  value: NodeValue | undefined;
  /** 16 places, or none at all if it is a leaf. */
  children: (Child | undefined)[] | undefined;
}

const HASH_BYTES = 32;
/** The longest key, in nibbles: what fits into a node's head is bounded by nothing else. */
const MAX_NIBBLES = 1 << 17;

/** Reads bytes one after the other, never beyond their end. */
class Input {
  at = 0;
  constructor(private readonly bytes: Uint8Array) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  take(count: number): Uint8Array {
    if (count > this.left) {
      throw new ProofError("Malformed", `a node ends ${count - this.left} bytes too early`);
    }
    const part = this.bytes.slice(this.at, this.at + count);
    this.at += count;
    return part;
  }

  byte(): number {
    return this.take(1)[0] as number;
  }

  /** A length in SCALE's compact form: the shortest one, below 2^30. */
  compact(): number {
    const first = this.byte();
    const more = (count: number): number =>
      this.take(count).reduce((sum, byte, at) => sum + byte * 2 ** (8 * (at + 1)), first);
    let length: number;
    switch (first & 0b11) {
      case 0b00:
        return first >> 2;
      case 0b01:
        length = more(1);
        if (length >> 2 < 2 ** 6) throw new ProofError("Malformed", "a length isn't in its shortest form");
        return length >> 2;
      case 0b10:
        length = Math.floor(more(3) / 4);
        if (length < 2 ** 14) throw new ProofError("Malformed", "a length isn't in its shortest form");
        return length;
      default:
        throw new ProofError("Malformed", "a length of 2^30 or more in a node");
    }
  }
}

/** What a node's first bits say. */
interface Head {
  kind: "empty" | "leaf" | "branch";
  value: "none" | "inline" | "hashed";
  nibbles: number;
}

function readHead(input: Input): Head {
  const first = input.byte();
  if (first === 0) return { kind: "empty", value: "none", nibbles: 0 };
  let kind: Head["kind"];
  let value: Head["value"];
  let bits: number;
  if (first >> 6 === 0b01) [kind, value, bits] = ["leaf", "inline", 6];
  else if (first >> 6 === 0b10) [kind, value, bits] = ["branch", "none", 6];
  else if (first >> 6 === 0b11) [kind, value, bits] = ["branch", "inline", 6];
  else if (first >> 5 === 0b001) [kind, value, bits] = ["leaf", "hashed", 5];
  else if (first >> 4 === 0b0001) [kind, value, bits] = ["branch", "hashed", 4];
  else throw new ProofError("Malformed", `a node begins with ${first}, which no layout has`);
  const most = 2 ** bits - 1;
  let nibbles = first & most;
  if (nibbles === most) {
    // It goes on in bytes of its own, of which the last isn't 255.
    for (;;) {
      const more = input.byte();
      nibbles += more;
      if (nibbles > MAX_NIBBLES) throw new ProofError("Malformed", "a part of a key is longer than any key");
      if (more < 255) break;
    }
  }
  return { kind, value, nibbles };
}

function readPartial(input: Input, count: number): Uint8Array {
  const packed = input.take(Math.ceil(count / 2));
  const nibbles = toNibbles(packed);
  if (count % 2 === 0) return nibbles;
  if (nibbles[0] !== 0) throw new ProofError("Malformed", "an odd part of a key is padded with something else than zero");
  return nibbles.slice(1);
}

function readValue(input: Input, kind: Head["value"]): NodeValue | undefined {
  switch (kind) {
    case "none":
      return undefined;
    case "inline":
      return { inline: input.take(input.compact()) };
    case "hashed":
      return { hash: input.take(HASH_BYTES) };
  }
}

function readChild(input: Input): Child {
  const bytes = input.take(input.compact());
  if (bytes.length === HASH_BYTES) return { hash: bytes };
  if (bytes.length > HASH_BYTES || bytes.length === 0) {
    throw new ProofError("Malformed", `a child has ${bytes.length} bytes: it is a hash, or a shorter node`);
  }
  return { node: bytes };
}

/** The nibbles of bytes, the higher one first. */
export function toNibbles(bytes: Uint8Array): Uint8Array {
  const nibbles = new Uint8Array(bytes.length * 2);
  bytes.forEach((byte, at) => {
    nibbles[at * 2] = byte >> 4;
    nibbles[at * 2 + 1] = byte & 0x0f;
  });
  return nibbles;
}

/**
 * Decodes a node.
 *
 * It takes what `sp-trie` writes and nothing else: every length in its shortest form, no byte too many, no
 * padding but zero.
 *
 * @returns The node, or `undefined` for the node of an empty trie.
 * @throws {@link ProofError} `Malformed`.
 */
export function decodeNode(bytes: Uint8Array): TrieNode | undefined {
  const input = new Input(bytes);
  const head = readHead(input);
  let node: TrieNode | undefined;
  if (head.kind !== "empty") {
    const partial = readPartial(input, head.nibbles);
    if (head.kind === "leaf") {
      node = { partial, value: readValue(input, head.value), children: undefined };
    } else {
      const [low, high] = [input.byte(), input.byte()];
      const bitmap = low | (high << 8);
      if (bitmap === 0) throw new ProofError("Malformed", "a branch without children");
      const value = readValue(input, head.value);
      const children: (Child | undefined)[] = [];
      for (let at = 0; at < 16; at += 1) children.push((bitmap >> at) & 1 ? readChild(input) : undefined);
      node = { partial, value, children };
    }
  }
  if (input.left > 0) throw new ProofError("Malformed", `${input.left} bytes follow a node`);
  return node;
}
