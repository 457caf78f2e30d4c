import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as ballot from "../../examples/ballot.js";
import { priceOracle } from "../../examples/contracts/price-oracle.js";
import * as oracle from "../../examples/oracle.js";
import { upgrade } from "../../examples/upgrade.js";
import { createPinkClient, type PinkClient, type Stage } from "../../src/index.js";
import { dev, webSocket, World } from "./world.js";

let world: World;
let client: PinkClient;
let server: Server;
let body = "67123.456789019\n";
const [alice, bob] = [dev("//Alice"), dev("//Bob")];

beforeAll(async () => {
  world = await World.start();
  client = createPinkClient({ chain: world.chain, worker: await world.answering(), connection: { webSocket } });
  server = createServer((_, answer) => answer.end(body));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  for (;;) {
    // It takes a while until it listens, and until it has executed the block that makes the cluster.
    const info = await client.worker.info().catch(() => undefined);
    if (info?.finalized && (info.block ?? 0) > 0) break;
    await new Promise((done) => setTimeout(done, 200));
  }
});
afterAll(async () => {
  server?.close();
  client?.destroy();
  await world?.stop();
});

describe("the examples", () => {
  it("vote once each, until the end", async () => {
    const address = await ballot.open(client, alice, ["tea", "coffee", "water"], 20_000n);
    const stages: Stage["type"][] = [];
    for (const voter of [alice, bob]) {
      await client.connectSession(voter, { contracts: [address], name: "ballot" });
      await ballot.vote(client, address, voter, 1, ({ type }) => stages.push(type));
    }
    expect(stages.filter((it) => it === "confirmed")).toHaveLength(2);
    await expect(ballot.vote(client, address, bob, 0, () => {})).rejects.toMatchObject({ type: "FlagReverted", value: { message: { type: "AlreadyVoted" } } });
    const over = ballot.result(client, address);
    if (world.served) await world.chain._request("dev_increaseTime", [60]);
    else await new Promise((later) => setTimeout(later, 20_000));
    // A served chain makes no block by itself.
    await client.deposit(10n ** 12n).signAndSubmit(alice);
    expect(await over).toEqual({ tally: [0, 2, 0], winner: "coffee" });
  });

  it("post what a contract saw, and nothing else", async () => {
    const { port } = server.address() as AddressInfo;
    const address = await oracle.make(client, alice, `http://127.0.0.1:${port}/`);
    expect(await oracle.relay(client, address, bob)).toEqual({ value: 6_712_345_678_901n, round: 1 });
    const contract = client.getContract(priceOracle, address);
    const asked = await contract.query("fetch", {});
    if (!asked.success || !asked.value.response.success) throw asked;
    const quote = asked.value.response.value;
    // Who didn't sign in isn't told what the contract would answer.
    const forged = { ...quote, price: { ...quote.price, value: 1n } };
    await expect(contract.send("post", { data: { quote: forged } }).signAndSubmit(bob)).rejects.toMatchObject({ type: "FlagReverted" });
    const other = await oracle.make(client, alice, `http://127.0.0.1:${port}/`);
    const foreign = { ...quote, price: { ...quote.price, round: 1 } };
    await expect(client.getContract(priceOracle, other).send("post", { data: { quote: foreign } }).signAndSubmit(bob)).rejects.toMatchObject({ type: "FlagReverted" });
    body = "a lot";
    await expect(oracle.relay(client, address, bob)).rejects.toMatchObject({ type: "FlagReverted", value: { message: { type: "NotANumber" } } });
    expect(await contract.query("latest", {})).toMatchObject({ success: true, value: { response: { round: 1 } } });
  });

  it("exchange a contract's code, and keep its state", async () => {
    expect(await upgrade(client, alice)).toMatchObject({ before: 1, after: 42 });
  });
});
