import { afterEach, describe, expect, it } from "vitest";
import { Confirmations, type Confirmed } from "../../src/chain/confirmations.js";
import type { Pallet } from "../../src/chain/pallet.js";
import { toBytes, toHex } from "../../src/bytes.js";
import { PinkError } from "../../src/errors.js";
import { blake2b256 } from "../../src/proof/index.js";
import { encodeCheckpoint, decodeCheckpoint } from "../../src/scale/receipt.js";
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

/** The same of a message that is one of several of an extrinsic. */
const ofBatch = (proof: typeof first, more: object = {}) => claim(proof, { extrinsic: { index: 4, firstSeq: Number(SEQ), messages: 2, ...more } });

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

/** The checkpoint that a quorum confirmed of the block. */
const checkpoint = encodeCheckpoint({ ...decodeCheckpoint(vectors.checkpoint.scale), block: NUMBER, receiptsRoot: block.root });
const written = toHex(checkpoint);

/** What a chain still tells of a block that was confirmed before this client was there. */
interface Kept {
  confirmed?: number;
  /** The hash that the chain keeps. */
  hash?: string | undefined;
  /** The block with the event, and the root that it names. */
  event?: { at: number; root: string | undefined };
  forgotten?: boolean;
  /** The block of the message's entry, as long as that isn't pruned. */
  entry?: number;
  seen?: string;
}

async function later(script: Script, { confirmed = 80, hash, event, forgotten = false, entry, seen }: Kept) {
  const { scale } = vectors.messages[0]!;
  running = await ScriptedWorker.start(script);
  const history = {
    final: async () => 90,
    message: async () => (entry === undefined ? undefined : toBytes(scale.replace("0x4d", `0x${entry.toString(16)}`))),
    checkpoint: async () => hash,
    confirmedIn: async (at: number) => {
      if (forgotten) throw new Error("State already discarded");
      return at === event?.at ? { root: event.root } : undefined;
    },
  };
  const pallet = { confirmations: { root: () => seen }, confirmedBlock: async () => confirmed, history } as unknown as Pallet;
  return new Receipts(pallet, new Worker(running.url));
}

describe("a receipt of any age", () => {
  const ordered = (more: object = {}) => ({ seq: 1000, block: NUMBER, index: 0, nowMs: 1, message: { kind: "call" }, checkpoint: written, ...more });
  const hash = toHex(blake2b256(checkpoint));
  const event = { at: NUMBER + 3, root: block.root };
  const said = (receipt: unknown, message: unknown = ordered()): Script => ({ cluster_v1_receipt: () => receipt, cluster_v1_message: () => message });

  it("is proven by the checkpoint whose hash the chain keeps, by the chain's event, and by one that was seen", async () => {
    const ways: [Kept, RegExp][] = [
      [{ hash }, /^the checkpoint whose hash the chain keeps$/],
      [{ event }, /^the chain's event in block 80$/],
      [{ seen: block.root, confirmed: 0 }, /seen here/],
      // Whatever the worker gives for a checkpoint, the event tells as well.
      [{ event, hash: undefined, entry: NUMBER }, /^the chain's event/],
    ];
    for (const [kept, how] of ways) {
      const receipts = await later(said(claim(first)), kept);
      expect(await receipts.prove(SEQ)).toMatchObject({ type: "proven", block: NUMBER, index: 0, how: expect.stringMatching(how), receipt: { seq: SEQ } });
      await running?.stop();
    }
    // A worker that has nothing to say of the block, as it began with a snapshot.
    const receipts = await later(said(claim(first), ordered({ checkpoint: null })), { hash, event });
    expect(await receipts.prove(SEQ)).toMatchObject({ type: "proven" });
  });

  it("isn't proven, and says why, where nothing tells of its confirmation", async () => {
    const ways: [Kept, RegExp][] = [
      [{ confirmed: 70 }, /No quorum of workers has confirmed block 77 yet: the last one is 70/],
      [{ forgotten: true }, /an archive/],
      [{ event: { at: 78, root: undefined } }, /Governance confirmed block 77 by its state alone/],
      [{}, /confirmed with a later one/],
    ];
    for (const [kept, why] of ways) {
      const receipts = await later(said(claim(first)), kept);
      expect(await receipts.prove(SEQ)).toMatchObject({ type: "unproven", why: expect.stringMatching(why) });
      await running?.stop();
    }
  });

  it("that the worker hasn't is none", async () => {
    const none = () => {
      throw new Refusal(9008, "not executed");
    };
    const receipts = await later({ cluster_v1_receipt: none, cluster_v1_message: none }, { hash });
    expect(await receipts.prove(SEQ)).toBeUndefined();
  });

  const mine = encodeCheckpoint({ ...decodeCheckpoint(written), receiptsRoot: vectors.receipts[0]!.root });
  const single = vectors.receipts[0]!.proofs[0]!;
  const forged = { ...claim(single), proof: { root: vectors.receipts[0]!.root, key: "0x00", nodes: single.nodes } };
  const elsewhere = encodeCheckpoint({ ...decodeCheckpoint(written), block: NUMBER + 1 });
  const liars: [string, Script, Kept][] = [
    // Whole in itself: receipt, proof and checkpoint are of one root, which nobody confirmed.
    ["with a checkpoint of its own", said(forged, ordered({ checkpoint: toHex(mine) })), { hash }],
    ["under a root of its own", said(forged), { hash }],
    ["under a root of its own, against the event", said(forged, ordered({ checkpoint: null })), { event }],
    ["with another block's checkpoint", said(claim(first), ordered({ checkpoint: toHex(elsewhere) })), { hash: toHex(blake2b256(elsewhere)) }],
    ["with a checkpoint that is none", said(claim(first), ordered({ checkpoint: "0x00" })), { hash }],
    ["with a checkpoint that isn't bytes", said(claim(first), ordered({ checkpoint: "0xz" })), { hash }],
    ["with an altered outcome", said(claim({ ...first, receipt: `${first.receipt.slice(0, 34)}01${first.receipt.slice(36)}` as `0x${string}` })), { hash }],
    ["of another message", said(claim(second)), { hash }],
    ["without nodes", said(claim({ ...first, nodes: [] })), { hash }],
    ["without a proof", said({ ...claim(first), proof: null }), { hash }],
    ["that isn't bytes", said(claim(first, { bytes: "0xz" })), { hash }],
    ["of another block than the chain's", said(claim(first)), { hash, entry: NUMBER + 1 }],
  ];
  for (const [name, script, kept] of liars) {
    it(`${name} is never proven`, async () => {
      const receipts = await later(script, kept);
      await expect(receipts.prove(SEQ)).rejects.toMatchObject({ type: "ProofMismatch", hint: expect.stringContaining("don't take it for true") });
    });
  }

  it("that was executed anew meanwhile is asked for anew", async () => {
    const receipts = await later({ cluster_v1_receipt: (_, turn) => (turn === 0 ? claim(first, { proof: null }) : claim(first)), cluster_v1_message: () => ordered() }, { hash });
    expect(await receipts.prove(SEQ)).toMatchObject({ type: "proven" });
  });
});

describe("receipts by an extrinsic", () => {
  /** By the extrinsic the first is given, by their numbers those that it names. */
  const told = (one: unknown, other: unknown = undefined): Script => ({ cluster_v1_receipt: ({ seq }) => (seq === undefined ? one : other) });

  it("are those of all that it queued", async () => {
    running = await ScriptedWorker.start(told(ofBatch(first), ofBatch(second)));
    const receipts = new Receipts({} as Pallet, new Worker(running.url));
    const found = await receipts.ofExtrinsic(NUMBER, 4);
    expect(found?.map((it) => [it.block, it.receipt.seq])).toEqual([[NUMBER, SEQ], [NUMBER, SEQ + 1n]]);
    expect(running.calls.map((it) => it.params)).toEqual([{ block: NUMBER, index: 4, proof: true }, { seq: 1001, proof: true }]);
  });

  it("are none of one that queued nothing, and nothing as long as the block isn't executed", async () => {
    const refuse = (code: number, data: object) => ({
      cluster_v1_receipt: () => {
        throw new Refusal(code, "refused", data);
      },
    });
    const ask = async (script: Script) => {
      running = await ScriptedWorker.start(script);
      try {
        return await new Receipts({} as Pallet, new Worker(running.url)).ofExtrinsic(NUMBER, 4);
      } finally {
        await running.stop();
      }
    };
    expect(await ask(refuse(9009, { details: { unknown: 0 } }))).toEqual([]);
    expect(await ask(refuse(9008, {}))).toBeUndefined();
    // Where it can't be known, it isn't said.
    await expect(ask(refuse(9009, { details: { unknown: 2 } }))).rejects.toMatchObject({ type: "WorkerError", value: { code: 9009 } });
    await expect(ask(refuse(9009, {}))).rejects.toMatchObject({ type: "WorkerError" });
    await expect(ask(refuse(9003, {}))).rejects.toMatchObject({ type: "WorkerError", value: { code: 9003 } });
  });

  const liars: [string, unknown, unknown][] = [
    ["of another extrinsic", ofBatch(first, { index: 5 }), ofBatch(second)],
    ["of another block", { ...ofBatch(first), block: NUMBER + 1 }, ofBatch(second)],
    ["of none", claim(first), ofBatch(second)],
    ["that begin elsewhere", ofBatch(first, { firstSeq: 999 }), ofBatch(second)],
    ["of which one is another extrinsic's", ofBatch(first), ofBatch(second, { index: 5 })],
    ["of which one is in another block", ofBatch(first), { ...ofBatch(second), block: NUMBER + 1 }],
    ["of which one is another message's", ofBatch(first), ofBatch(first)],
    ["of which one tells of another number", ofBatch(first), ofBatch(second, { messages: 3 })],
  ];
  for (const [name, one, other] of liars) {
    it(`${name} aren't taken`, async () => {
      running = await ScriptedWorker.start(told(one, other));
      const receipts = new Receipts({} as Pallet, new Worker(running.url));
      await expect(receipts.ofExtrinsic(NUMBER, 4)).rejects.toMatchObject({ type: "ProofMismatch" });
    });
  }

  it("of which one is missing aren't taken", async () => {
    running = await ScriptedWorker.start({
      cluster_v1_receipt: ({ seq }) => {
        if (seq === undefined) return ofBatch(first);
        throw new Refusal(9008, "not executed");
      },
    });
    const receipts = new Receipts({} as Pallet, new Worker(running.url));
    await expect(receipts.ofExtrinsic(NUMBER, 4)).rejects.toMatchObject({ type: "ProofMismatch" });
  });
});
