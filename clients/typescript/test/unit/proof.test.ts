import { describe, expect, it } from "vitest";
import { toBytes, toHex } from "../../src/bytes.js";
import { EMPTY_TRIE_ROOT, ProofError, TrieProof, decodeNode, orderedKey, verifyEntry, verifyReceipt } from "../../src/proof/index.js";
import { vectors } from "./vectors.js";

const failure = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof ProofError) return error.failure;
    throw error;
  }
  return "none";
};

const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const other = Uint8Array.from(bytes);
  other[bit >> 3] = (other[bit >> 3] as number) ^ (1 << (bit & 7));
  return other;
};

/** The bits to flip: all, or of what is long every 97th, and the first and last 512. */
const places = (bytes: number): number[] => {
  const all = Array.from({ length: bytes * 8 }, (_, bit) => bit);
  return bytes <= 2048 ? all : all.filter((bit) => bit % 9973 === 0 || bit < 64 || bit >= bytes * 8 - 16);
};

describe("sp-trie's proofs", () => {
  for (const { name, root, reads, together } of vectors.tries) {
    it(`${name}: present and absent keys are shown`, () => {
      expect(reads.length).toBeGreaterThan(0);
      for (const { key, value, nodes } of reads) {
        const shown = new TrieProof(root, nodes).get(key);
        expect(shown && toHex(shown)).toBe(value ?? undefined);
        verifyEntry(root, nodes, key, value ?? undefined);
        // The order is nobody's business, nor is what comes on top.
        const more = [...nodes].reverse().concat(["0x00", "0xff", "0x"]);
        verifyEntry(root, more, key, value ?? undefined);
        const all = new TrieProof(root, together.length > 0 ? together : nodes).get(key);
        expect(all && toHex(all)).toBe(value ?? undefined);
      }
    });

    it(`${name}: another claim isn't shown`, () => {
      for (const { key, value, nodes } of reads) {
        const other = value === null ? "0x" : undefined;
        expect(failure(() => verifyEntry(root, nodes, key, other))).toBe("Mismatch");
        if (value) expect(failure(() => verifyEntry(root, nodes, key, `${value}00`))).toBe("Mismatch");
      }
    });

    it(`${name}: no node may be missing or altered, at any bit`, () => {
      for (const [place, { key, value, nodes }] of reads.entries()) {
        for (const [at, node] of nodes.entries()) {
          const others = nodes.filter((_, it) => it !== at);
          expect(failure(() => verifyEntry(root, others, key, value ?? undefined))).toBe("Incomplete");
          const bytes = toBytes(node);
          // Of the first keys every bit, of others one in sixty-one, each of them another one.
          const bits = places(bytes.length).filter((bit) => place < 3 || (bit + place) % 61 === 0);
          for (const bit of bits) {
            const altered = [...others, flipped(bytes, bit)];
            if (failure(() => verifyEntry(root, altered, key, value ?? undefined)) !== "Incomplete") {
              expect.fail(`node ${at} with bit ${bit} flipped is taken`);
            }
          }
        }
        const long = nodes.some((node) => node.length > 2_000);
        for (let bit = place % 8; bit < 256; bit += long ? 50 : 1) {
          const other = flipped(toBytes(root), bit);
          expect(failure(() => verifyEntry(other, nodes, key, value ?? undefined))).toBe("Incomplete");
        }
      }
    });
  }

  it("an empty trie's root is the one of its only node", () => {
    expect(vectors.tries[0]?.root).toBe(EMPTY_TRIE_ROOT);
    expect(failure(() => new TrieProof(EMPTY_TRIE_ROOT, []).get("0x00"))).toBe("Incomplete");
    expect(new TrieProof(EMPTY_TRIE_ROOT, ["0x00"]).get("0x00")).toBeUndefined();
  });

  it("a view of a longer buffer is read as what it shows", () => {
    const { root, reads } = vectors.tries[1]!;
    const { key, value, nodes } = reads.find((read) => read.value !== null)!;
    const node = toBytes(nodes[0]!);
    const long = new Uint8Array(node.length + 20);
    long.set(node, 7);
    verifyEntry(root, [long.subarray(7, 7 + node.length)], key, value!);
  });
});

describe("nodes that sp-trie doesn't write", () => {
  const cases: [string, string][] = [
    ["nothing", "0x"],
    ["an unknown kind", "0x01"],
    ["bytes after the empty node", "0x0000"],
    ["a leaf that ends early", "0x4210"],
    ["a leaf with a byte too many", "0x42100401ff"],
    ["an odd part padded with another nibble", "0x41f10401"],
    ["a length that isn't its shortest form", "0x4210050001"],
    ["a branch without children", "0x800000"],
    ["a child longer than a hash", `0x80010084${"00".repeat(33)}`],
    ["a child without bytes", "0x80010000"],
    ["a partial key without an end", `0x7f${"ff".repeat(600)}`],
  ];
  for (const [name, node] of cases) {
    it(`${name} is refused`, () => {
      expect(failure(() => decodeNode(toBytes(node)))).toBe("Malformed");
    });
  }

  it("of any bytes a decoder makes a node or a ProofError", () => {
    let seed = 1;
    const next = () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 16;
    for (let turn = 0; turn < 20_000; turn += 1) {
      const bytes = Uint8Array.from({ length: next() % 60 }, () => next());
      failure(() => decodeNode(bytes));
    }
  });
});

describe("receipts", () => {
  for (const { count, root, proofs } of vectors.receipts) {
    it(`a block of ${count} shows each of its receipts, and nothing else`, () => {
      expect(proofs.length).toBeGreaterThan(0);
      for (const [place, proof] of proofs.entries()) {
        verifyReceipt(root, proof);
        const receipt = toBytes(proof.receipt);
        for (let bit = place; bit < receipt.length * 8; bit += place === 0 ? 1 : 13) {
          if (failure(() => verifyReceipt(root, { ...proof, receipt: flipped(receipt, bit) })) !== "Mismatch") {
            expect.fail(`a receipt with bit ${bit} flipped is taken`);
          }
        }
        for (const index of [proof.index + 1, proof.index + 64, 2 ** 30 - 1]) {
          expect(["Mismatch", "Incomplete"]).toContain(failure(() => verifyReceipt(root, { ...proof, index })));
        }
        for (const index of [-1, 0.5, 2 ** 30, Number.NaN]) {
          expect(failure(() => verifyReceipt(root, { ...proof, index }))).toBe("Malformed");
        }
        expect(failure(() => verifyReceipt(root, { ...proof, receipt: "0x" }))).toBe("Malformed");
      }
    });
  }

  it("keys are compact integers", () => {
    // By the table in SCALE's specification.
    const cases: [number, string][] = [[0, "0x00"], [1, "0x04"], [42, "0xa8"], [63, "0xfc"], [64, "0x0101"], [69, "0x1501"], [16383, "0xfdff"], [16384, "0x02000100"], [65535, "0xfeff0300"], [1073741823, "0xfeffffff"]];
    for (const [index, key] of cases) expect(toHex(orderedKey(index))).toBe(key);
  });
});
