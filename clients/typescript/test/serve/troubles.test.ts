import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPinkClient, type PinkClient, type Stage } from "../../src/index.js";
import { toBytes } from "../../src/bytes.js";
import { flipper, flipperCode } from "../generated/flipper.js";
import { dev, webSocket, World } from "../e2e/world.js";

// What `dev serve` does that no node does: a page sees stages apart, trouble, and a chain that goes back.
let world: World;
let client: PinkClient;
const bob = dev("//Bob");

beforeAll(async () => {
  world = await World.start();
  client = createPinkClient({ chain: world.chain, worker: await world.answering(), connection: { webSocket } });
});
afterAll(async () => {
  client?.destroy();
  await world?.stop();
});

/** A method of the development chain's, over HTTP. */
async function call(method: string, ...params: unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const answer = await fetch(world.url.replace("ws:", "http:"), { method: "POST", headers: { "content-type": "application/json" }, body });
  const { result, error } = (await answer.json()) as { result?: unknown; error?: { message: string } };
  if (error) throw new Error(error.message);
  return result;
}

const deploy = (salt: number) => client.getDeployer(flipper, toBytes(flipperCode)).deploy("new", { data: { value: true }, salt: Uint8Array.of(salt) });

describe("dev serve", () => {
  it("has the stages of a message apart", async () => {
    await call("dev_setDelays", 2, 4);
    await call("dev_setBlockTime", "manual");
    const status = async () => (await call("dev_status")) as { best: number; finalized: number; executed: number };
    const { best } = await status();
    const seen: string[] = [];
    for await (const { type } of deploy(1).watch(bob)) {
      if (type === "waiting" || seen.includes(type)) continue;
      seen.push(type);
      // Nobody but this makes a block: each stage comes with the blocks that it takes.
      if (type === "broadcasted") await call("dev_mine", 1);
      if (type === "inBestBlock") {
        expect(await status()).toMatchObject({ best: best + 1, executed: best });
        await call("dev_mine", 2);
      }
      if (type === "finalized") expect(await status()).toMatchObject({ best: best + 3, finalized: best + 1, executed: best + 1 });
      // It is acknowledged four blocks later, which is in a block and final two more later.
      if (type === "executed") await call("dev_mine", 5);
    }
    expect(seen).toEqual(["signed", "broadcasted", "inBestBlock", "finalized", "executed", "confirmed"]);
    await call("dev_setDelays", 0, 0);
    await call("dev_setBlockTime", "instant");
  });

  it("has a worker that is parked while a page waits, and goes on", async () => {
    await call("dev_park");
    const info = await client.worker.info();
    expect(info.status).toBe("parked");
    const stages: Stage[] = [];
    // The worker can't be asked for limits of what it doesn't execute, so they are given.
    const options = { gasLimit: { refTime: 20_000_000_000n, proofSize: 1_000_000n }, storageDepositLimit: 10n ** 12n };
    const watching = client.getDeployer(flipper, toBytes(flipperCode)).deploy("new", { data: { value: true }, salt: Uint8Array.of(2), options }).watch(bob);
    let healed: Promise<unknown> | undefined;
    for await (const stage of watching) {
      stages.push(stage);
      if (stage.type === "waiting") healed ??= call("dev_heal");
    }
    await healed;
    expect(stages.find((it) => it.type === "waiting")).toMatchObject({ reason: { type: "Parked" } });
    expect(stages.at(-1)?.type).toBe("confirmed");
  });

  it("has a cluster that diverged", async () => {
    await call("dev_diverge");
    expect(await client.pallet.record()).toMatchObject({ diverged: expect.any(Number) });
    await call("dev_heal");
    expect(await client.pallet.record()).toMatchObject({ diverged: undefined });
    expect(await deploy(3).signAndSubmit(bob)).toMatchObject({ ok: true, confirmed: true });
  });

  it("goes back, and a client that is connected goes on with it", async () => {
    const id = await call("dev_snapshot");
    const { address } = await deploy(4).signAndSubmit(bob);
    const contract = client.getContract(flipper, address!);
    expect(await contract.query("get", {})).toMatchObject({ success: true });
    const before = (await world.chain.getFinalizedBlock()).number;
    await call("dev_revert", id);
    await expect.poll(async () => (await world.chain.getFinalizedBlock()).number, { timeout: 30_000 }).toBeLessThan(before);
    expect(await contract.query("get", {})).toMatchObject({ success: false });
    const again = await deploy(4).signAndSubmit(bob);
    expect(again).toMatchObject({ ok: true, confirmed: true, address });
  });
});
