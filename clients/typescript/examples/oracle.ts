import { Binary, type PolkadotSigner } from "polkadot-api";
import type { PinkClient } from "pink-client";
import { priceOracle, priceOracleCode } from "./contracts/price-oracle.js";
import { done, response } from "./common.js";

/** Makes an oracle that asks a server; its address. */
export async function make(client: PinkClient, owner: PolkadotSigner, url: string): Promise<string> {
  const deployer = client.getDeployer(priceOracle, Binary.fromHex(priceOracleCode));
  const salt = crypto.getRandomValues(new Uint8Array(8));
  return done(await deployer.deploy("new", { data: { url }, salt }).signAndSubmit(owner)).address!;
}

/** Has the contract fetch a price, in a query, and posts what it signed, in a transaction. Anybody can. */
export async function relay(client: PinkClient, address: string, by: PolkadotSigner): Promise<{ value: bigint; round: number }> {
  const contract = client.getContract(priceOracle, address);
  // What the contract returns as an error comes as one, with its reason.
  const quote = response(await contract.query("fetch", {}));
  if (!quote.success) throw quote.value;
  // Limits are estimated. A quote of another contract, or changed on the way, would be refused here, before it costs anything.
  done(await contract.send("post", { data: { quote: quote.value } }).signAndSubmit(by));
  return response(await contract.query("latest", {}));
}

/** All of it: one price. */
export async function main(client: PinkClient, [alice]: [PolkadotSigner, PolkadotSigner], url: string): Promise<void> {
  const address = await make(client, alice, url);
  const { value, round } = await relay(client, address, alice);
  console.log(`oracle ${address}, round ${round}: ${value / 10n ** 8n}.${(value % 10n ** 8n).toString().padStart(8, "0")}`);
}
