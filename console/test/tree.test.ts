import { describe, expect, it } from "vitest";
import { callTree, type Node } from "../src/tree.js";

const called = (caller: string, contract: string) => ({ type: "Called", value: { caller, contract } });
const made = (deployer: string, contract: string) => ({ type: "Instantiated", value: { deployer, contract } });
const tree = (events: Parameters<typeof callTree>[0]) => {
  const { roots, flat } = callTree(events);
  expect(flat).toBe(false);
  return drawn(roots);
};
const drawn = (nodes: Node[]): unknown => nodes.map((it) => (it.children.length > 0 ? [it.target, drawn(it.children)] : it.target));

describe("the tree of calls", () => {
  it("has what a contract called below it", () => {
    // alice → a → (b → c, d)
    const events = [called("b", "c"), called("a", "b"), called("a", "d"), called("alice", "a")];
    expect(tree(events)).toEqual([["a", [["b", ["c"]], "d"]]]);
  });

  it("keeps apart what one and the same contract did in two calls", () => {
    // alice → a → (b → c, b)
    const events = [called("b", "c"), called("a", "b"), called("a", "b"), called("alice", "a")];
    expect(tree(events)).toEqual([["a", [["b", ["c"]], "b"]]]);
  });

  it("has what was made, and foreign code beside what it called", () => {
    const events = [made("a", "new"), { type: "DelegateCalled", value: { contract: "a", codeHash: "0x01" } }, called("alice", "a")];
    expect(tree(events)).toEqual([["a", ["new", "0x01"]]]);
    expect(callTree([{ type: "Transfer", value: {} }])).toEqual({ roots: [], flat: false });
  });

  it("knows a contract that calls itself", () => {
    // alice → a → a
    expect(tree([called("a", "a"), called("alice", "a")])).toEqual([["a", ["a"]]]);
  });

  it("knows a contract that is called back, and calls nobody meanwhile", () => {
    // alice → a → (b → a, c)
    expect(tree([called("b", "a"), called("a", "b"), called("a", "c"), called("alice", "a")])).toEqual([["a", [["b", ["a"]], "c"]]]);
    // alice → r → (a → b, b → a): each after the other, and none within itself.
    expect(tree([called("a", "b"), called("r", "a"), called("b", "a"), called("r", "b"), called("alice", "r")])).toEqual([["r", [["a", ["b"]], ["b", ["a"]]]]]);
  });

  const flat = (events: Parameters<typeof callTree>[0]) => {
    const found = callTree(events);
    expect(found.flat).toBe(true);
    return found.roots.map((it) => [it.kind, it.caller, it.target, it.children.length]);
  };

  it("draws nothing that two ways to call tell alike", () => {
    // alice → a → (b, a) and alice → a → a → b.
    expect(flat([called("a", "b"), called("a", "a"), called("alice", "a")])).toEqual([
      ["call", "a", "b", 0],
      ["call", "a", "a", 0],
      ["call", "alice", "a", 0],
    ]);
    // alice → a → (x, b → a → y) and alice → a → b → a → (x, y).
    expect(flat([called("a", "x"), called("a", "y"), called("b", "a"), called("a", "b"), called("alice", "a")])).toHaveLength(5);
    // The same where a contract makes another one, or runs foreign code.
    expect(flat([made("a", "new"), called("a", "a"), called("alice", "a")])[0]).toEqual(["instantiate", "a", "new", 0]);
    expect(flat([{ type: "DelegateCalled", value: { contract: "a", codeHash: "0x01" } }, called("a", "a"), called("alice", "a")])[0]).toEqual(["delegate", "a", "0x01", 0]);
  });

  it("is the only one that the events tell of, or flat: of all ways to call three contracts, up to five calls deep", () => {
    type Way = { target: string; of: Way[] };
    const NAMES = ["a", "b", "c"];
    const memo = new Map<number, Way[][]>();
    /** All lists of calls that have so many calls in all. */
    const lists = (size: number): Way[][] => {
      if (size === 0) return [[]];
      const known = memo.get(size);
      if (known) return known;
      const all: Way[][] = [];
      for (let first = 1; first <= size; first += 1) {
        for (const target of NAMES) for (const of of lists(first - 1)) for (const rest of lists(size - first)) all.push([{ target, of }, ...rest]);
      }
      memo.set(size, all);
      return all;
    };
    const told = (caller: string, { target, of }: Way): ReturnType<typeof called>[] => [...of.flatMap((it) => told(target, it)), called(caller, target)];
    const shape = ({ target, of }: Way): unknown => (of.length > 0 ? [target, of.map(shape)] : target);
    let trees = 0;
    let flats = 0;
    for (let size = 0; size <= 4; size += 1) {
      for (const of of lists(size)) {
        const way = { target: "a", of };
        const found = callTree(told("alice", way));
        if (found.flat) flats += 1;
        else {
          trees += 1;
          expect(drawn(found.roots)).toEqual([shape(way)]);
        }
      }
    }
    expect([trees > 100, flats > 100]).toEqual([true, true]);
  });
});
