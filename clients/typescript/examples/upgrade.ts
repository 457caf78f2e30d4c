import { Binary, type PolkadotSigner } from "polkadot-api";
import type { PinkClient } from "pink-client";
import { counter, counterCode } from "./contracts/counter.js";
import { counterNext, counterNextCode } from "./contracts/counter-next.js";
import { done, response } from "./common.js";

/** Counts under the first code, exchanges it, and counts on under the next: what both counted, and the address. */
export async function upgrade(client: PinkClient, owner: PolkadotSigner): Promise<{ address: string; before: number; after: number }> {
  const salt = crypto.getRandomValues(new Uint8Array(8));
  const made = done(await client.getDeployer(counter, Binary.fromHex(counterCode)).deploy("new", { salt }).signAndSubmit(owner));
  const address = made.address!;
  const first = client.getContract(counter, address);
  done(await first.send("increment", {}).signAndSubmit(owner));
  const before = response(await first.query("get", {}));

  // The next code has to be there. Who uploads it pays a deposit for it.
  const next = client.upload(Binary.fromHex(counterNextCode));
  done(await next.signAndSubmit(owner));
  done(await first.send("set_code", { data: { code_hash: next.codeHash } }).signAndSubmit(owner));

  // The same address: storage and money stayed, and there are new messages.
  const second = client.getContract(counterNext, address);
  await second.ensureCompatible();
  done(await second.send("set_step", { data: { step: 41 } }).signAndSubmit(owner));
  done(await second.send("increment", {}).signAndSubmit(owner));
  return { address, before, after: response(await second.query("get", {})) };
}

/** All of it. */
export async function main(client: PinkClient, [alice]: [PolkadotSigner, PolkadotSigner]): Promise<void> {
  const { address, before, after } = await upgrade(client, alice);
  console.log(`counter ${address}: ${before} under the first code, ${after} under the next`);
}
