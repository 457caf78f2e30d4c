import { afterEach, describe, expect, it } from "vitest";
import { ss58 } from "../../src/address.js";
import { toBytes } from "../../src/bytes.js";
import type { Pallet } from "../../src/chain/pallet.js";
import { QueuedMessages } from "../../src/messages.js";
import { decodeQueuedMessage, difference, factsOf } from "../../src/scale/message.js";
import type { MessageFacts } from "../../src/scale/types.js";
import { Worker } from "../../src/worker/worker.js";
import { Refusal, ScriptedWorker } from "./scripted.js";
import { vectors } from "./vectors.js";

const ACCOUNTS = ["origin", "dest", "contract"];
const AMOUNTS = ["value", "storageDepositLimit", "maxGasPrice"];

/** What the Rust side says of a message, as this client has it. */
function expected(facts: (typeof vectors.messages)[number]["facts"]): MessageFacts {
  const read = ([name, it]: [string, unknown]) => {
    if (ACCOUNTS.includes(name)) return [name, ss58(it as string)];
    if (AMOUNTS.includes(name)) return [name, BigInt(it as string)];
    if (name === "gasLimit") return [name, { refTime: BigInt((it as string[])[0]!), proofSize: BigInt((it as string[])[1]!) }];
    return [name, it];
  };
  return Object.fromEntries(Object.entries(facts).map(read)) as unknown as MessageFacts;
}

const known = (facts: MessageFacts) => Object.fromEntries(Object.entries(facts).filter(([, it]) => it !== undefined));

describe("queued messages", () => {
  it("of each kind are read as the chain keeps them", () => {
    for (const { scale, facts } of vectors.messages) {
      const { block, message, extrinsic } = decodeQueuedMessage(scale);
      expect([block, extrinsic]).toEqual([77, 3]);
      expect(known(factsOf(message))).toEqual(expected(facts));
      expect(difference(factsOf(message), expected(facts))).toBeUndefined();
    }
    expect(new Set(vectors.messages.map((it) => it.facts["kind"])).size).toBe(13);
  });

  it("that a hook queued, or that are older than what the chain keeps of extrinsics, are read without", () => {
    for (const { scale } of vectors.messages) {
      expect(scale).toMatch(/0103000000$/);
      const older = scale.slice(0, -10);
      const { message } = decodeQueuedMessage(scale);
      for (const bytes of [older, `${older}00`]) expect(decodeQueuedMessage(bytes)).toEqual({ block: 77, message, extrinsic: undefined });
    }
  });

  it("with a byte less or more, or of a kind that isn't known, are refused", () => {
    for (const { scale } of vectors.messages) {
      const bytes = toBytes(scale);
      const older = bytes.length - 5;
      for (let length = 0; length < bytes.length; length += 1) {
        if (length !== older) expect(() => decodeQueuedMessage(bytes.subarray(0, length))).toThrow(TypeError);
      }
      expect(() => decodeQueuedMessage(`${scale}00`)).toThrow(TypeError);
      expect(() => decodeQueuedMessage(`${scale.slice(0, -10)}0000`)).toThrow(TypeError);
      expect(() => decodeQueuedMessage(`${scale.slice(0, -10)}02`)).toThrow(TypeError);
    }
    expect(() => decodeQueuedMessage("0x4d0000000d")).toThrow(TypeError);
  });
});

const NUMBER = 77;
const SEQ = 1000n;
const { scale, facts } = vectors.messages.find((it) => it.facts["kind"] === "call")!;

/** The call as an honest worker tells it. */
const told = {
  seq: Number(SEQ),
  block: NUMBER,
  index: 1,
  extrinsic: 3,
  nowMs: 12_345,
  checkpoint: null,
  message: {
    kind: "call", dest: null, codeHash: null, codeBytes: null, salt: null, engine: null,
    origin: ss58(facts["origin"] as string), contract: ss58(facts["contract"] as string), input: facts["input"], value: facts["value"],
    gasLimit: { refTime: "5000000000", proofSize: "65536" }, storageDepositLimit: "1000", maxGasPrice: "12",
  },
};
const said = (message: object, more: object = {}) => ({ ...told, ...more, message: { ...told.message, ...message } });

let running: ScriptedWorker | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

/** What the chain has: the message in the last block's state or not, in that of its own block or not, or nothing older than the last block. */
interface Chain {
  now?: boolean;
  then?: "there" | "missing" | "forgotten";
  final?: number;
}

async function scene(answer: unknown, { now = true, then = "there", final = 100 }: Chain = {}) {
  running = await ScriptedWorker.start({
    cluster_v1_message: () => {
      if (answer instanceof Refusal) throw answer;
      return answer;
    },
  });
  const at = (block: number) => {
    if (then === "forgotten") throw new Error("State already discarded");
    return block;
  };
  const entry = (seq: bigint) => (seq === SEQ || seq === SEQ - 1n ? toBytes(scale) : seq === SEQ - 2n ? toBytes(scale.replace("0x4d", "0x4c")) : undefined);
  const history = {
    final: async () => final,
    message: async (seq: bigint, block?: number) => (block === undefined ? (now ? entry(seq) : undefined) : at(block) === NUMBER && then === "there" ? entry(seq) : undefined),
    time: async (block: number) => (at(block), 12_345),
  };
  return new QueuedMessages({ history } as unknown as Pallet, new Worker(running.url));
}

describe("a message that a worker tells", () => {
  it("is the chain's where the chain has it: still, or in the block that ordered it", async () => {
    for (const chain of [{}, { now: false }]) {
      expect(await (await scene(told, chain)).get(SEQ)).toMatchObject({ from: "chain", placed: true, why: undefined, block: NUMBER, index: 1, extrinsic: 3, message: expected(facts) });
      await running?.stop();
    }
    expect(await (await scene(told, { then: "forgotten" })).get(SEQ)).toMatchObject({ from: "chain", placed: false });
  });

  it("has the extrinsic by the chain's word, also where the worker kept the message before it kept that", async () => {
    for (const extrinsic of [null, undefined]) {
      expect(await (await scene({ ...told, extrinsic })).get(SEQ)).toMatchObject({ from: "chain", extrinsic: 3 });
      await running?.stop();
    }
    expect(await (await scene(told, { now: false, then: "forgotten" })).get(SEQ)).toMatchObject({ from: "worker", extrinsic: 3 });
  });

  it("is the worker's word where the chain doesn't have it any more, and says so", async () => {
    expect(await (await scene(said({ input: "0x00" }), { now: false, then: "forgotten" })).get(SEQ)).toMatchObject({ from: "worker", placed: false, why: expect.stringContaining("archive") });
    await running?.stop();
    expect(await (await scene(told, { now: false, final: 76 })).get(SEQ)).toMatchObject({ from: "worker", why: expect.stringContaining("as final yet") });
    await running?.stop();
    expect(await (await scene(new Refusal(9008, "not executed"))).get(SEQ)).toBeUndefined();
  });

  const other = ss58(new Uint8Array(32).fill(0x66));
  const lies: [string, object][] = [
    ["another signer", said({ origin: other })],
    ["another contract", said({ contract: other })],
    ["other arguments", said({ input: `${facts["input"]}00` })],
    ["more money", said({ value: "1" })],
    ["no money", said({ value: null })],
    ["another gas limit", said({ gasLimit: { refTime: "5000000001", proofSize: "65536" } })],
    ["other state to read", said({ gasLimit: { refTime: "5000000000", proofSize: "65537" } })],
    ["no deposit limit", said({ storageDepositLimit: null })],
    ["another gas price", said({ maxGasPrice: "13" })],
    ["another kind", said({ kind: "instantiate" })],
    ["a code that a call doesn't have", said({ codeHash: `0x${"07".repeat(32)}` })],
    ["an account that a call doesn't pay", said({ dest: other })],
    ["an engine", said({ engine: "2.1" })],
    ["another block", said({}, { block: NUMBER + 1 })],
    ["another place", said({}, { index: 0 })],
    ["another extrinsic", said({}, { extrinsic: 4 })],
    ["an extrinsic that is no number", said({}, { extrinsic: "3" })],
    ["a place before the first message", said({}, { index: 1_001 })],
    ["another time", said({}, { nowMs: 12_346 })],
    ["another message's number", said({}, { seq: 999 })],
    ["a block that is no number", said({}, { block: "77" })],
    ["an amount that is none", said({ value: "much" })],
    ["nothing", { ...told, message: undefined }],
  ];
  for (const [name, lie] of lies) {
    it(`with ${name} is never taken for the chain's`, async () => {
      for (const chain of [{}, { now: false }]) {
        await expect((await scene(lie, chain)).get(SEQ)).rejects.toMatchObject({ type: "ProofMismatch", hint: expect.stringContaining("don't take it for true") });
        await running?.stop();
      }
    });
  }

  it("that the block never ordered isn't taken either", async () => {
    await expect((await scene(told, { now: false, then: "missing" })).get(SEQ)).rejects.toMatchObject({ type: "ProofMismatch", message: expect.stringContaining("no such message") });
  });
});
