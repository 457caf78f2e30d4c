import { afterEach, describe, expect, it } from "vitest";
import { Confirmations, type Confirmed } from "../../src/chain/confirmations.js";
import type { Pallet } from "../../src/chain/pallet.js";
import { PinkError } from "../../src/errors.js";
import { Receipts, type ReceiptStage } from "../../src/receipts.js";
import { Worker } from "../../src/worker/worker.js";
import { Refusal, ScriptedWorker, type Script } from "./scripted.js";
import { vectors } from "./vectors.js";

const block = vectors.receipts.find((it) => it.count === 17)!;
const [first, second] = block.proofs as [(typeof block.proofs)[0], (typeof block.proofs)[0]];
const NUMBER = 77;
const SEQ = 1000n;

/** What an honest worker answers, but for what a test says. */
const claim = (proof: typeof first, more: object = {}) => ({
  block: NUMBER,
  index: proof.index,
  seq: Number(SEQ) + proof.index,
  engine: "2.0",
  bytes: proof.receipt,
  proof: { root: block.root, key: "0x00", nodes: proof.nodes },
  ...more,
});

const info = (more: object = {}) => ({ cluster: 1, genesis: null, status: "running", parked: null, lag: 0, ready: true, ...more });

let running: ScriptedWorker | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

/** A worker that answers so, and a chain that confirms these checkpoints a while later. */
async function scene(script: Script, confirmed: Confirmed[] | Error, record: object = {}) {
  running = await ScriptedWorker.start({ cluster_v1_info: () => info(), ...script });
  let subscribed = 0;
  const confirmations = new Confirmations(1n, () => ({
    subscribe: (observer) => {
      subscribed += 1;
      const timer = setTimeout(() => {
        if (confirmed instanceof Error) observer.error(confirmed);
        else observer.next({ events: confirmed.map((payload) => ({ payload })) });
      }, 20);
      return {
        unsubscribe: () => {
          subscribed -= 1;
          clearTimeout(timer);
        },
      };
    },
  }));
  const pallet = { confirmations, record: async () => ({ diverged: undefined, ...record }) } as unknown as Pallet;
  return { receipts: new Receipts(pallet, new Worker(running.url)), subscribed: () => subscribed };
}

const honest = { cluster: 1n, block: NUMBER, receipts_root: block.root };

async function stages(of: AsyncGenerator<ReceiptStage>): Promise<(string | PinkError)[]> {
  const seen: (string | PinkError)[] = [];
  try {
    for await (const stage of of) seen.push(stage.type === "waiting" ? `waiting: ${stage.reason.type}` : stage.type);
  } catch (error) {
    if (!(error instanceof PinkError)) throw error;
    seen.push(error);
  }
  return seen;
}

describe("a receipt", () => {
  it("is one worker's word, and then confirmed", async () => {
    const { receipts, subscribed } = await scene({ cluster_v1_receipt: (params) => (expect(params).toEqual({ seq: 1000, proof: true }), claim(first)) }, [honest]);
    expect(await stages(receipts.follow(SEQ, { block: NUMBER }))).toEqual(["executed", "confirmed"]);
    expect(subscribed()).toBe(0);
    const { receipt, block } = await receipts.wait(SEQ, { until: "executed" });
    expect([receipt.seq, receipt.receipt.outcome.type, block]).toEqual([SEQ, "Success", NUMBER]);
  });

  const lie = vectors.receipts.find((it) => it.count === 1)!;
  const liars: [string, object][] = [
    // Whole in itself: the receipt and its nodes are under the root that the worker names, which nobody confirmed.
    ["that proves another root", { ...claim(lie.proofs[0]!), proof: { root: lie.root, key: "0x00", nodes: lie.proofs[0]!.nodes } }],
    ["of another root", claim({ ...first, nodes: vectors.receipts[0]!.proofs[0]!.nodes })],
    ["without a proof", { ...claim(first), proof: null }],
    ["without nodes", claim({ ...first, nodes: [] })],
    ["with an altered outcome", claim({ ...first, receipt: `${first.receipt.slice(0, 34)}01${first.receipt.slice(36)}` as `0x${string}` })],
    ["with another index", { ...claim(first), index: 1 }],
    ["with an index that is none", { ...claim(first), index: -1 }],
    ["with nodes that aren't bytes", claim({ ...first, nodes: ["0xzz"] })],
  ];
  for (const [name, answer] of liars) {
    it(`${name} is never shown as confirmed`, async () => {
      const { receipts } = await scene({ cluster_v1_receipt: () => answer }, [honest]);
      const seen = await stages(receipts.follow(SEQ, { block: NUMBER }));
      expect(seen).not.toContain("confirmed");
      expect(seen.at(-1)).toMatchObject({ type: "ProofMismatch", hint: expect.stringContaining("don't take it for true") });
    });
  }

  it("of another message or block isn't even shown as executed", async () => {
    for (const answer of [claim(second), claim(first, { block: NUMBER + 1 }), claim(first, { bytes: "0x00" })]) {
      const { receipts } = await scene({ cluster_v1_receipt: () => answer }, [honest]);
      expect(await stages(receipts.follow(SEQ, { block: NUMBER }))).toEqual([expect.objectContaining({ type: "ProofMismatch" })]);
      await running?.stop();
    }
  });

  it("that was executed anew is asked for anew", async () => {
    const old = { ...claim(first), proof: null };
    const { receipts } = await scene({ cluster_v1_receipt: (_, turn) => (turn === 0 ? old : claim(first)) }, [honest]);
    expect(await stages(receipts.follow(SEQ, { block: NUMBER }))).toEqual(["executed", "confirmed"]);
  });

  it("isn't confirmed by another cluster's checkpoint, another block's, or a root that governance named", async () => {
    const others = [
      { ...honest, cluster: 2n },
      { ...honest, block: NUMBER - 1 },
      { ...honest, receipts_root: undefined },
    ];
    const { receipts } = await scene({ cluster_v1_receipt: () => claim(first) }, others);
    const seen = await stages(receipts.follow(SEQ, { timeoutMs: 50 }));
    expect(seen).toEqual(["executed", expect.objectContaining({ type: "TimedOut", hint: expect.stringContaining("may still come") })]);
  });

  it("that doesn't come says why: the worker is parked, behind, gone", async () => {
    const none = () => {
      throw new Refusal(9008, "not executed", { name: "NoReceipt" });
    };
    const standing = info({ status: "parked", parked: { block: 70, seq: 3, cause: "EngineMissing", reason: null } });
    const parked = await scene({ cluster_v1_receipt: none, cluster_v1_info: () => standing }, [honest]);
    const seen = await stages(parked.receipts.follow(SEQ, { timeoutMs: 2_500 }));
    expect(seen).toEqual(["waiting: Parked", expect.objectContaining({ type: "Parked", value: { block: 70, cause: "EngineMissing" } })]);
    await running?.stop();
    const behind = await scene({ cluster_v1_receipt: none, cluster_v1_info: () => info({ lag: 9, block: 68 }) }, [honest]);
    expect(await stages(behind.receipts.follow(SEQ, { timeoutMs: 2_500 }))).toEqual(["waiting: Behind", expect.objectContaining({ type: "Behind" })]);
    await running?.stop();
    const gone = await scene({}, [honest]);
    await running?.stop();
    expect(await stages(gone.receipts.follow(SEQ, { timeoutMs: 10 }))).toEqual(["waiting: Unreachable", expect.objectContaining({ type: "Unreachable", hint: expect.stringContaining("--rpc-cors") })]);
  });

  it("whose block is disputed says so", async () => {
    const { receipts } = await scene({ cluster_v1_receipt: () => claim(first) }, [], { diverged: NUMBER });
    expect(await stages(receipts.follow(SEQ, { timeoutMs: 50 }))).toEqual(["executed", "waiting: Diverged", expect.objectContaining({ type: "Diverged" })]);
  });

  it("can't be confirmed if the chain's events can't be followed", async () => {
    const { receipts } = await scene({ cluster_v1_receipt: () => claim(first) }, new Error("Runtime entry not found"));
    expect(await stages(receipts.follow(SEQ))).toEqual(["executed", expect.objectContaining({ type: "WrongChain" })]);
  });

  it("is waited for no longer than the caller wants", async () => {
    const none = () => {
      throw new Refusal(9008, "not executed");
    };
    const { receipts, subscribed } = await scene({ cluster_v1_receipt: none }, [honest]);
    await expect(receipts.wait(SEQ, { signal: AbortSignal.timeout(100) })).rejects.toMatchObject({ name: "TimeoutError" });
    expect(subscribed()).toBe(0);
  });
});
