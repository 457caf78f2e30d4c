import { afterEach, describe, expect, it } from "vitest";
import { WebSocket as NodeWebSocket } from "ws";
import { baseOf, limitsFrom } from "../../src/asker.js";
import { PinkError } from "../../src/errors.js";
import { triedOf, type ReceiptJson } from "../../src/worker/json.js";
import { Worker } from "../../src/worker/worker.js";
import { Refusal, ScriptedWorker } from "./scripted.js";

const webSocket = NodeWebSocket as unknown as new (url: string) => WebSocket;
const contract = "5C8etthaGJi5SkQeEDSaK32ABBjkhwDeK9ksQCTLEGM3EH14";

let running: ScriptedWorker | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

const gas = (refTime: string, proofSize: string) => ({ refTime, proofSize });
const receipt: ReceiptJson = {
  outcome: { type: "trapped", error: "ContractTrapped", detail: "" },
  gasLimit: gas("1100", "70"),
  gasConsumed: gas("300", "20"),
  gasRequired: gas("400", "30"),
  gasPrice: "10",
  fee: "340282366920938463463374607431768211455",
  refund: "0",
  storageDeposit: { charge: "1005" },
  output: "0x00ff",
  address: null,
  codeHash: null,
  events: [
    { event: "Transfer", from: contract, to: contract, amount: "7" },
    { event: "ContractEmitted", contract, topics: [], data: "0x0102" },
    { event: "Upgraded", from: "1.0", to: "2.0" },
    { event: "Unknown", bytes: "0x63" },
  ],
};
const asked = { block: 5, engine: "2.0", origin: contract, withheld: false, receipt, log: [] };

describe("a worker's answers", () => {
  it("are read: amounts whole, data as bytes", () => {
    const read = triedOf(receipt);
    expect(read.fee).toBe((1n << 128n) - 1n);
    expect(read.outcome).toEqual({ type: "Trapped", value: { error: "ContractTrapped", detail: "" } });
    expect(read.storageDeposit).toEqual({ type: "Charge", value: 1005n });
    expect(read.events).toEqual([
      { type: "Transfer", value: { from: contract, to: contract, amount: 7n } },
      { type: "ContractEmitted", value: { contract, topics: [], data: Uint8Array.of(1, 2) } },
      { type: "Upgraded", value: { from: { major: 1, minor: 0 }, to: { major: 2, minor: 0 } } },
      { type: "Unknown", value: { bytes: "0x63" } },
    ]);
    expect(() => triedOf({ ...receipt, outcome: { type: "melted" } })).toThrow(/melted/);
  });

  it("fill in limits: what is needed without the base, and a margin, within what may be", () => {
    const limit = { refTime: 1000n, proofSize: 64n };
    const read = triedOf(receipt);
    expect(baseOf(read, limit)).toEqual({ refTime: 100n, proofSize: 6n });
    const wide = { refTime: 10_000n, proofSize: 10_000n };
    // 300 and 24, and a tenth; 1005 and a tenth, rounded up.
    expect(limitsFrom(read, limit, wide, 10n)).toEqual({ gasLimit: { refTime: 330n, proofSize: 27n }, storageDepositLimit: 1106n });
    expect(limitsFrom(read, limit, { refTime: 310n, proofSize: 20n }, 10n).gasLimit).toEqual({ refTime: 310n, proofSize: 20n });
    const refund = { ...read, storageDeposit: { type: "Refund", value: 5n } } as typeof read;
    expect(limitsFrom(refund, limit, wide, 0n)).toEqual({ gasLimit: { refTime: 300n, proofSize: 24n }, storageDepositLimit: 0n });
  });

  it("to questions go by name, and numbers as text", async () => {
    running = await ScriptedWorker.start({ cluster_v1_query: () => asked, cluster_v1_estimateInstantiate: () => asked });
    const worker = new Worker(running.url);
    await worker.query(contract, "0x2f865bd9", { value: 1n << 100n, gasLimit: { refTime: 1n, proofSize: 2n } });
    await worker.estimateInstantiate({ upload: Uint8Array.of(1) }, "0x9bae9d5e", { origin: contract, salt: "0x2a" });
    expect(running.calls).toEqual([
      { method: "cluster_v1_query", params: { contract, input: "0x2f865bd9", value: (1n << 100n).toString(), gasLimit: gas("1", "2") } },
      { method: "cluster_v1_estimateInstantiate", params: { code: { upload: "0x01" }, input: "0x9bae9d5e", salt: "0x2a", origin: contract } },
    ]);
  });

  it("about one message under another engine have both receipts, or one where it wasn't tried", async () => {
    const said = { seq: 7, block: 5, from: "2.0", to: "2.1", upgrade: { type: "success" }, was: receipt, other: { ...receipt, outcome: { type: "success" }, fee: "3" }, differs: { outcome: true, output: false, events: false } };
    const refused = { ...said, upgrade: { type: "rejected", error: "NoRoom", detail: "" }, other: null, differs: null };
    const answers = [said, refused];
    running = await ScriptedWorker.start({ worker_v1_rehearseMessage: () => answers.shift(), cluster_v1_estimateActivate: () => asked });
    const worker = new Worker(running.url);
    const tried = await worker.rehearseMessage(7n, "2.1");
    expect(tried).toMatchObject({ seq: 7n, block: 5, from: "2.0", to: "2.1", upgrade: { type: "Success" }, differs: said.differs });
    expect([tried.was.outcome.type, tried.other?.outcome.type, tried.other?.fee]).toEqual(["Trapped", "Success", 3n]);
    const none = await worker.rehearseMessage(7n, "2.1");
    expect([none.upgrade.type, none.other, none.differs]).toEqual(["Rejected", undefined, undefined]);
    const codeHash = `0x${"5a".repeat(32)}` as const;
    await worker.estimateActivate(codeHash, { origin: contract });
    expect(running.calls).toEqual([
      { method: "worker_v1_rehearseMessage", params: { seq: 7, to: "2.1" } },
      { method: "worker_v1_rehearseMessage", params: { seq: 7, to: "2.1" } },
      { method: "cluster_v1_estimateActivate", params: { codeHash, origin: contract } },
    ]);
  });

  it("that refuse are errors with the worker's own hint", async () => {
    const refuse = (code: number, name: string) => () => {
      throw new Refusal(code, "a sentence", { name, hint: "do this" });
    };
    const cases = [
      [9023, "SessionExpired", "do this"],
      [9027, "SessionExpired", "do this"],
      [9025, "SessionScope", "connectSession"],
      [9001, "Parked", "do this"],
      [9010, "WorkerError", "do this"],
      [-32602, "WorkerError", "do this"],
    ] as const;
    for (const [code, type, hint] of cases) {
      running = await ScriptedWorker.start({ cluster_v1_query: refuse(code, "Name") });
      const failed = await new Worker(running.url).query(contract, "0x").catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(PinkError);
      expect(failed).toMatchObject({ type, hint: expect.stringContaining(hint), message: expect.stringContaining("a sentence") });
      await running.stop();
    }
  });

  it("about what isn't there are none", async () => {
    running = await ScriptedWorker.start({
      cluster_v1_contract: () => {
        throw new Refusal(9004, "there is no contract");
      },
      cluster_v1_receipt: () => {
        throw new Refusal(9008, "not executed");
      },
      cluster_v1_storage: () => ({ block: 1, value: null, proof: null }),
    });
    const worker = new Worker(running.url);
    expect(await worker.contract(contract)).toBeUndefined();
    expect(await worker.receipt(3n)).toBeUndefined();
    expect(await worker.storage(contract, "0x00000000")).toBeUndefined();
  });

  it("that don't come are an error", async () => {
    running = await ScriptedWorker.start({});
    const { url } = running;
    await running.stop();
    await expect(new Worker(url).info()).rejects.toMatchObject({ type: "Unreachable", value: { url } });
    await expect(new Worker(url.replace("http", "ws"), { webSocket }).info()).rejects.toMatchObject({ type: "Unreachable" });
    expect(() => new Worker("ftp://here")).toThrow(/http, https, ws or wss/);
  });
});

describe("a worker's log", () => {
  it("is told as it comes, until the reader leaves", async () => {
    running = await ScriptedWorker.start({ cluster_v1_subscribeLogs: () => "s1", cluster_v1_unsubscribeLogs: () => true });
    running.notifications = [{ event: "lost", records: 2 }, { event: "record", sequence: 7, kind: "log", block: 3, contract, text: "hi", level: 3 }];
    const worker = new Worker(running.url, { webSocket });
    const seen: unknown[] = [];
    for await (const event of worker.logs({ contract, kinds: ["log"], from: 5 })) if (seen.push(event) === 2) break;
    expect(seen).toEqual(running.notifications);
    expect(running.calls[0]).toEqual({ method: "cluster_v1_subscribeLogs", params: { contract, kinds: ["log"], from: 5 } });
    await expect.poll(() => running!.calls.at(-1)).toEqual({ method: "cluster_v1_unsubscribeLogs", params: ["s1"] });
    worker.close();
  });

  it("ends with an error when the connection does, and by the reader's signal", async () => {
    running = await ScriptedWorker.start({ cluster_v1_subscribeLogs: () => "s1", cluster_v1_unsubscribeLogs: () => true });
    running.notifications = [{ event: "restarted" }];
    const worker = new Worker(running.socketUrl, { webSocket });
    const log = worker.logs();
    expect((await log.next()).value).toEqual({ event: "restarted" });
    running.drop();
    await expect(log.next()).rejects.toMatchObject({ type: "Unreachable" });
    const abort = new AbortController();
    const other = worker.logs({ signal: abort.signal });
    expect((await other.next()).done).toBe(false);
    abort.abort();
    expect(await other.next()).toEqual({ done: true, value: undefined });
    worker.close();
  });

  it.skipIf("WebSocket" in globalThis)("needs a WebSocket, which Node 20 hasn't", async () => {
    await expect(new Worker("ws://127.0.0.1:1").info()).rejects.toThrow(/option `webSocket`/);
  });
});
