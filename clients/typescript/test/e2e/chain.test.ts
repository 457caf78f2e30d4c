import { AccountId, Storage, Twox128, Twox64Concat, u64 } from "@polkadot-api/substrate-bindings";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { concatBytes, toBytes, toHex, utf8, type Hex } from "../../src/bytes.js";
import { createPinkClient, readBundle, type PinkClient } from "../../src/index.js";
import { blake2b256, ProofError, TrieProof } from "../../src/proof/index.js";
import type { Stage } from "../../src/transaction.js";
import { artefact, dev, webSocket, World } from "./world.js";

let world: World;
let client: PinkClient;
beforeAll(async () => {
  world = await World.start();
  // No worker answers here: what is tested is the chain's side.
  client = createPinkClient({ chain: world.chain, worker: "http://127.0.0.1:9", connection: { webSocket } });
});
afterAll(async () => {
  await world?.stop();
});

const item = (name: string, ...keys: Uint8Array[]) => toHex(concatBytes(Twox128(utf8("FatContracts")), Twox128(utf8(name)), ...keys));

/** The state root in a header. */
async function stateRoot(hash: Hex): Promise<Hex> {
  const header = await world.chain._request<{ parentHash: Hex; number: Hex; stateRoot: Hex }>("chain_getHeader", [hash]);
  return header.stateRoot;
}

describe("the chain", () => {
  it("has what the client reads of its metadata", async () => {
    const { most, unit, genesis } = await client.pallet.limits();
    // A quarter of a block is less than a message's bound in time, and as much in bytes.
    expect(most).toEqual({ refTime: 1_250_000_000_000n, proofSize: 8n * 1024n * 1024n });
    expect(unit).toBe(10n ** 12n);
    expect(genesis).toBe(await world.chain._request("chain_getBlockHash", [0]));
    const record = await client.pallet.record();
    expect(record).toMatchObject({ engine: { major: 2, minor: 0 }, diverged: undefined, prices: { gas_price: 10n } });
  });

  it("is told from a chain without the pallet, or without the cluster", async () => {
    const named = (options: object) => createPinkClient({ chain: world.chain, worker: "http://127.0.0.1:9", ...options }).pallet.record();
    await expect(named({ pallet: "OtherContracts" })).rejects.toMatchObject({ type: "WrongChain", value: { expected: "OtherContracts" } });
    await expect(named({ cluster: 99n })).rejects.toMatchObject({ type: "WrongChain", message: expect.stringContaining("no cluster 99") });
  });

  it("proves its state by plain nodes: present and absent keys, from the root down", async () => {
    const { hash } = await world.chain.getFinalizedBlock();
    const root = await stateRoot(hash as Hex);
    const cluster = (id: bigint) => item("Clusters", Twox64Concat(u64.enc(id)));
    const account = toHex(concatBytes(Twox128(utf8("System")), Twox128(utf8("Account"))));
    const events = toHex(concatBytes(Twox128(utf8("System")), Twox128(utf8("Events"))));
    const keys = [cluster(1n), cluster(2n), item("ClusterCount"), events, account, "0x3a636f6465", "0x"];
    const { proof } = await world.chain._request<{ proof: Hex[] }>("state_getReadProof", [keys, hash]);
    const shown = new TrieProof(root, proof);
    for (const key of keys) {
      const value = key === "0x" ? null : await world.chain._request<Hex | null>("state_getStorage", [key, hash]);
      const found = shown.get(key);
      expect(found && toHex(blake2b256(found))).toBe(value === null ? undefined : toHex(blake2b256(toBytes(value))));
    }
    expect(shown.get(cluster(1n))).toBeDefined();
    expect(shown.get(cluster(2n))).toBeUndefined();
    // Code of two megabytes, in a node of its own; in `dev serve` the runtime is in the program, and a line stands there.
    expect(shown.get("0x3a636f6465")!.length).toBeGreaterThan(world.served ? 8 : 1_000_000);
    // What wasn't asked for isn't shown to be absent.
    expect(() => shown.get(item("Members", Twox64Concat(u64.enc(1n))))).toThrow(ProofError);
    const other = await stateRoot((await world.chain._request<Hex>("chain_getBlockHash", [0])) as Hex);
    expect(() => new TrieProof(other, proof).get(cluster(1n))).toThrow(/Incomplete|isn't in the proof/);
  });

  it("foretells addresses as the client does", async () => {
    const { codeHash } = readBundle(artefact("flipper.contract"));
    const alice = AccountId(42).dec(dev("//Alice").publicKey);
    const api = world.chain.getUnsafeApi();
    const descriptor = { codeHash, metadata: readBundle(artefact("flipper.contract")).metadata } as never;
    for (const salt of [new Uint8Array(), Uint8Array.of(1, 2, 3)]) {
      const foretold = await api.apis["FatContractsApi"]!["contract_address"]!(alice, 1n, { type: "Hash", value: codeHash }, salt);
      expect(client.getDeployer(descriptor).estimateAddress(alice, salt)).toBe(foretold);
    }
    // Nobody has said that an engine is to be interpreted.
    expect(await api.apis["FatContractsApi"]!["interpreted_engines"]!()).toEqual([]);
  });

  it("orders what the client sends, with limits that are given", async () => {
    const bundle = readBundle(artefact("flipper.contract"));
    const deployer = client.getDeployer({ ...bundle } as never, bundle.code);
    const options = { gasLimit: { refTime: 10_000_000_000n, proofSize: 1_000_000n }, storageDepositLimit: 10n ** 12n };
    const seen: Stage[] = [];
    const salt = Uint8Array.of(7);
    const watching = deployer.deploy("new" as never, { data: { value: true }, salt, options } as never).watch(dev("//Alice"));
    for await (const stage of watching) {
      seen.push(stage);
      if (stage.type === "finalized") break;
    }
    expect(seen.map((it) => it.type).filter((it, at, all) => it !== all[at - 1])).toEqual(["signed", "broadcasted", "inBestBlock", "finalized"]);
    const last = seen.at(-1) as Extract<Stage, { type: "finalized" }>;
    expect(last.address).toBe(deployer.estimateAddress(dev("//Alice").publicKey, salt));
    // Behind what the genesis ordered: Setup and five deposits.
    expect(last.seq).toBeGreaterThanOrEqual(6n);
  });

  it("refuses with a sentence that says what to do", async () => {
    const contract = dev("//Bob").publicKey;
    const bundle = readBundle(artefact("flipper.contract"));
    const flipper = client.getContract({ ...bundle } as never, contract);
    const send = (terms: object) =>
      flipper.send("flip" as never, { options: { gasLimit: { refTime: 1_000_000_000n, proofSize: 1_000n }, storageDepositLimit: 0n }, ...terms } as never);
    await expect(send({ maxOrderingFee: 1n }).signAndSubmit(dev("//Alice"))).rejects.toMatchObject({ type: "ModuleError", value: { pallet: "FatContracts", error: "OrderingFeeTooHigh" }, hint: expect.stringContaining("maxOrderingFee") });
    const tooMuch = { gasLimit: { refTime: 10n ** 15n, proofSize: 1_000n }, storageDepositLimit: 0n };
    await expect(send({ options: tooMuch }).signAndSubmit(dev("//Alice"))).rejects.toMatchObject({ type: "ModuleError", value: { error: "GasLimitTooHigh" } });
    await expect(send({}).signAndSubmit(dev("//Nobody"))).rejects.toMatchObject({ type: "InvalidTransaction", message: expect.stringContaining("Payment") });
    const refusing = { ...dev("//Alice"), signTx: async () => Promise.reject(new Error("Cancelled")) };
    await expect(send({}).signAndSubmit(refusing)).rejects.toMatchObject({ type: "WalletRefused", message: expect.stringContaining("Cancelled") });
    // Without limits the worker is asked, and there is none.
    await expect(send({ options: {} }).signAndSubmit(dev("//Alice"))).rejects.toMatchObject({ type: "Unreachable" });
  });

  it("keeps the item names that the walk relies on", () => {
    const storage = Storage("FatContracts")("Clusters", [u64, Twox64Concat]);
    expect(storage.enc(1n)).toBe(item("Clusters", Twox64Concat(u64.enc(1n))));
  });
});
