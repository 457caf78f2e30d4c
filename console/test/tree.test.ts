import { describe, expect, it } from "vitest";
import { callTree, type Node } from "../src/tree.js";

const called = (caller: string, contract: string) => ({ type: "Called", value: { caller, contract } });
const made = (deployer: string, contract: string) => ({ type: "Instantiated", value: { deployer, contract } });
const drawn = (nodes: Node[]): unknown => nodes.map((it) => (it.children.length > 0 ? [it.target, drawn(it.children)] : it.target));

describe("the tree of calls", () => {
  it("has what a contract called below it", () => {
    // alice → a → (b → c, d)
    const events = [called("b", "c"), called("a", "b"), called("a", "d"), called("alice", "a")];
    expect(drawn(callTree(events))).toEqual([["a", [["b", ["c"]], "d"]]]);
  });

  it("keeps apart what one and the same contract did in two calls", () => {
    // alice → a → (b → c, b)
    const events = [called("b", "c"), called("a", "b"), called("a", "b"), called("alice", "a")];
    expect(drawn(callTree(events))).toEqual([["a", [["b", ["c"]], "b"]]]);
  });

  it("has what was made, and foreign code beside what it called", () => {
    const events = [made("a", "new"), { type: "DelegateCalled", value: { contract: "a", codeHash: "0x01" } }, called("alice", "a")];
    expect(drawn(callTree(events))).toEqual([["a", ["new", "0x01"]]]);
    expect(callTree([{ type: "Transfer", value: {} }])).toEqual([]);
  });

  it("knows a contract that calls itself", () => {
    // alice → a → a
    expect(drawn(callTree([called("a", "a"), called("alice", "a")]))).toEqual([["a", ["a"]]]);
  });
});
