import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPinkClient, PinkError, readBundle, ss58, type PinkClient, type Stage } from "../../src/index.js";
import { toBytes } from "../../src/bytes.js";
import { flipperInk4 } from "../generated/flipper-ink4.js";
import { flipper, flipperCode } from "../generated/flipper.js";
import { token, tokenCode } from "../generated/token.js";
import { artefact, dev, webSocket, World } from "./world.js";

let world: World;
let client: PinkClient;
let url: string;
const [alice, bob, ferdie] = [dev("//Alice"), dev("//Bob"), dev("//Ferdie")];
const SUPPLY = 1_000_000n;

beforeAll(async () => {
  world = await World.start();
  url = await world.answering();
  client = createPinkClient({ chain: world.chain, worker: url, connection: { webSocket } });
  for (;;) {
    // It takes a while until it listens, and until it has executed the block that makes the cluster.
    const info = await client.worker.info().catch(() => undefined);
    if (info?.finalized && (info.block ?? 0) > 0) break;
    await new Promise((done) => setTimeout(done, 200));
  }
});
afterAll(async () => {
  client?.destroy();
  await world?.stop();
});

/** Each kind of stage once, in the order in which they came. */
const kinds = (stages: Stage[]) => [...new Set(stages.map((it) => it.type).filter((type) => type !== "waiting"))];

describe("chain and worker", () => {
  let tokens: string;

  it("are of one chain and cluster", async () => {
    const info = await client.worker.info();
    expect(info).toMatchObject({ cluster: 1n, status: "running", engine: "2.0", gasPrice: 10n, existentialDeposit: 10n ** 9n });
    const other = createPinkClient({ chain: world.chain, worker: url, cluster: 2n });
    const result = await other.getContract(flipper, alice.publicKey).query("get", {});
    expect(result).toMatchObject({ success: false, value: { type: "WrongChain" } });
  });

  it("make a contract: estimated, signed, ordered, executed, and confirmed by proof", async () => {
    const deployer = client.getDeployer(token, toBytes(tokenCode));
    const salt = Uint8Array.of(1);
    const dry = await deployer.dryRun("new", { origin: alice.publicKey, data: { total_supply: SUPPLY }, salt });
    if (!dry.success) throw dry.value;
    const stages: Stage[] = [];
    for await (const stage of deployer.deploy("new", { data: { total_supply: SUPPLY }, salt }).watch(alice)) stages.push(stage);
    expect(kinds(stages)).toEqual(["signed", "broadcasted", "inBestBlock", "finalized", "executed", "confirmed"]);
    const last = stages.at(-1) as Extract<Stage, { type: "confirmed" }>;
    const { receipt } = last.receipt;
    expect(receipt.outcome.type).toBe("Success");
    expect(receipt.address).toBe(deployer.estimateAddress(alice.publicKey, salt));
    expect(receipt.address).toBe(dry.value.address);
    expect(receipt.codeHash).toBe(token.codeHash);
    // The estimate was exact, and what was paid ahead comes back but for what was used.
    expect(receipt.gasRequired).toEqual(dry.value.gasRequired);
    expect(receipt.storageDeposit).toEqual(dry.value.storageDeposit);
    expect(receipt.fee).toBe(receipt.gasConsumed.refTime * 10n);
    expect(receipt.fee + receipt.refund).toBe(receipt.gasLimit.refTime * 10n);
    tokens = receipt.address!;
    const contract = client.getContract(token, tokens);
    expect(contract.filterEvents(receipt.events)).toEqual([expect.objectContaining({ decoded: true, event: { type: "Transfer", value: { from: undefined, to: ss58(alice.publicKey), value: SUPPLY } } })]);
    expect(await contract.isCompatible()).toBe(true);
    expect(await client.getContract(flipper, tokens).isCompatible()).toBe(false);
    await expect(client.getContract(flipper, bob.publicKey).ensureCompatible()).rejects.toMatchObject({ type: "Incompatible", message: expect.stringContaining("no contract") });
  });

  it("answer questions, and change what a transaction says", async () => {
    const contract = client.getContract(token, tokens);
    const owner = ss58(alice.publicKey);
    const balance = async (who: string) => {
      const asked = await contract.query("balance_of", { data: { owner: who } });
      if (!asked.success) throw asked.value;
      return asked.value.response;
    };
    expect(await balance(owner)).toBe(SUPPLY);
    const done = await contract.send("transfer", { data: { to: ss58(bob.publicKey), value: 1_000n } }).signAndSubmit(alice);
    expect(done).toMatchObject({ ok: true, confirmed: true, error: undefined, response: { success: true, value: undefined }, engine: { major: 2, minor: 0 } });
    expect(await balance(owner)).toBe(SUPPLY - 1_000n);
    expect(await balance(ss58(bob.publicKey))).toBe(1_000n);
    const storage = contract.getStorage();
    expect(await storage.getRoot()).toEqual({ total_supply: SUPPLY });
    expect(await storage.getNested("balances", owner)).toBe(SUPPLY - 1_000n);
    expect(await storage.getNested("balances", ss58(ferdie.publicKey))).toBeUndefined();
    // The same receipt later on, as a page asks that was closed meanwhile: a worker's word, and proven by what the chain still tells.
    const again = await client.receipts.get(done.seq);
    expect(again?.receipt.receipt).toEqual(done.receipt);
    const later = createPinkClient({ chain: world.chain, worker: url, connection: { webSocket } });
    expect(await later.receipts.prove(done.seq)).toMatchObject({ type: "proven", how: expect.stringMatching(/^the (checkpoint whose|chain's event in)/), receipt: { receipt: done.receipt } });
    // And who signed what, as the chain has it.
    expect(await later.messages.get(done.seq)).toMatchObject({ from: "chain", placed: true, block: done.block.number, message: { kind: "call", origin: owner, contract: tokens } });
  });

  it("say why a contract refuses: before it is sent, and when it is sent all the same", async () => {
    const contract = client.getContract(token, tokens);
    const data = { to: ss58(alice.publicKey), value: 10n };
    await expect(contract.send("transfer", { data }).signAndSubmit(ferdie)).rejects.toMatchObject({ type: "FlagReverted" });
    const options = { gasLimit: { refTime: 20_000_000_000n, proofSize: 1_000_000n }, storageDepositLimit: 0n };
    const done = await contract.send("transfer", { data, options }).signAndSubmit(ferdie);
    expect(done).toMatchObject({ ok: false, confirmed: true, error: { type: "FlagReverted", value: { message: { type: "InsufficientBalance" } } } });
    const little = { gasLimit: { refTime: 1_000n, proofSize: 1_000_000n }, storageDepositLimit: 0n };
    const starved = await contract.send("transfer", { data, options: little }).signAndSubmit(ferdie);
    expect(starved).toMatchObject({ ok: false, error: { type: "OutOfGas" } });
    expect(starved.receipt.refund).toBe(0n);
    const none = await client.getContract(token, ferdie.publicKey).query("total_supply", {});
    expect(none).toMatchObject({ success: false, value: { type: "Rejected", value: { error: "ContractNotFound" } } });
  });

  it("know who asks by a session, and tell others nothing", async () => {
    const contract = client.getContract(token, tokens);
    const data = { to: ss58(bob.publicKey), value: 1n };
    const unsigned = await contract.query("transfer", { data, origin: alice.publicKey });
    expect(unsigned).toMatchObject({ success: false, value: { type: "NotSigned", hint: expect.stringContaining("connectSession") } });
    const shown: string[] = [];
    const wallet = { ...alice, signBytes: (bytes: Uint8Array) => (shown.push(new TextDecoder().decode(bytes)), alice.signBytes(bytes)) };
    const session = await client.connectSession(wallet, { contracts: [tokens], name: "e2e" });
    expect(shown).toEqual([session.text]);
    const asked = await contract.query("transfer", { data, origin: alice.publicKey });
    if (!asked.success) throw asked.value;
    expect(asked.value.response).toEqual({ success: true, value: undefined });
    expect(asked.value.events).toEqual([expect.objectContaining({ decoded: true, event: expect.objectContaining({ type: "Transfer" }) })]);
    const sent = await asked.value.send().signAndSubmit(alice);
    expect(sent.ok).toBe(true);
    // By it nobody asks another contract.
    const other = await client.getContract(flipper, bob.publicKey).query("get", { origin: alice.publicKey });
    expect(other).toMatchObject({ success: false, value: { type: "SessionScope" } });
    expect(shown).toHaveLength(1);
    await client.revokeSession(alice, "e2e");
    client.restoreSession(session.store());
    const revoked = await contract.query("transfer", { data, origin: alice.publicKey, mode: "query" });
    expect(revoked).toMatchObject({ success: false, value: { type: "SessionExpired", value: { code: 9027 } } });
    // Whoever has a session asks by it, unless nobody is to ask.
    const owner = { data: { owner: ss58(ferdie.publicKey) } };
    expect(await contract.query("balance_of", owner)).toMatchObject({ success: false, value: { type: "SessionExpired" } });
    expect(await contract.query("balance_of", { ...owner, origin: null })).toMatchObject({ success: true, value: { response: 0n } });
  });

  it("take uploads, deposits and withdrawals, and contracts of ink! 4", async () => {
    const { code } = readBundle(artefact("flipper-ink4.contract"));
    const upload = client.upload(code!);
    expect(upload.codeHash).toBe(flipperInk4.codeHash);
    expect(await upload.signAndSubmit(bob)).toMatchObject({ ok: true, confirmed: true, receipt: { codeHash: flipperInk4.codeHash } });
    // The cluster's engine can't compile: nobody stands still for that, and nothing is charged.
    const limit = { refTime: 10n ** 9n, proofSize: 1n };
    const activated = await client.activateCode(upload.codeHash, limit).signAndSubmit(bob);
    expect(activated).toMatchObject({ ok: false, confirmed: true, error: { type: "Rejected", value: { error: "Unsupported" } }, receipt: { fee: 0n } });
    // Nor is anything sent that would fail, unless a limit is given.
    await expect(client.activateCode(upload.codeHash).signAndSubmit(bob)).rejects.toMatchObject({ type: "Rejected", value: { error: "Unsupported" } });
    // One that can takes it: a millisecond isn't enough to compile it, so all of the limit is taken.
    const tried = await client.worker.rehearseMessage(activated.seq, "2.1");
    expect(tried).toMatchObject({ seq: activated.seq, from: "2.0", to: "2.1", upgrade: { type: "Success" }, differs: { outcome: true, output: false, events: false } });
    expect(tried.was.outcome).toMatchObject({ type: "Rejected", value: { error: "Unsupported" } });
    expect(tried.other?.outcome.type).toBe("OutOfGas");
    expect(tried.other?.fee).toBe(tried.other!.gasLimit.refTime * tried.other!.gasPrice);
    await expect(client.worker.rehearseMessage(activated.seq + 100n, "2.1")).rejects.toMatchObject({ type: "WorkerError", value: { code: 9008 } });
    // From code that the cluster holds, without a copy of it.
    const made = await client.getDeployer(flipperInk4).deploy("new", { data: { value: false } }).signAndSubmit(bob);
    expect(made.ok).toBe(true);
    const contract = client.getContract(flipperInk4, made.address!);
    expect(await contract.send("flip", {}).signAndSubmit(bob)).toMatchObject({ ok: true, confirmed: true });
    expect(await contract.query("get", {})).toMatchObject({ success: true, value: { response: true } });
    const deposited = await client.deposit(5n * 10n ** 12n).signAndSubmit(bob);
    expect(deposited.receipt.events).toContainEqual({ type: "Deposited", value: { account: ss58(bob.publicKey), amount: 5n * 10n ** 12n } });
    const withdrawn = await client.withdraw(10n ** 12n).signAndSubmit(bob);
    expect(withdrawn).toMatchObject({ ok: true, confirmed: true });
    expect(withdrawn.receipt.effects).toEqual([{ type: "Withdrawn", value: { debited: true } }]);
    const rejected = await client.withdraw(10n ** 24n).signAndSubmit(bob);
    expect(rejected).toMatchObject({ ok: false, error: expect.any(PinkError) });
  });

  it("tell what contracts say, from a number on", async () => {
    const contract = client.getContract(flipper, client.getDeployer(flipper).estimateAddress(bob.publicKey));
    const made = client.getDeployer(flipper, toBytes(flipperCode)).deploy("new", { data: { value: true } });
    const told = (async () => {
      for await (const event of client.logs({ kinds: ["output"], contract: contract.address, signal: AbortSignal.timeout(60_000) })) return event;
      return undefined;
    })();
    expect((await made.signAndSubmit(bob)).address).toBe(contract.address);
    await contract.send("flip", {}).signAndSubmit(bob);
    expect(await told).toMatchObject({ event: "record", kind: "output", contract: contract.address, origin: ss58(bob.publicKey) });
  });
});
