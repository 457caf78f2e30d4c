import { Binary, type PolkadotSigner } from "polkadot-api";
import { ss58, type PinkClient, type Stage } from "pink-client";
import { ballot, ballotCode } from "./contracts/ballot.js";
import { done, response } from "./common.js";

/** Makes a ballot that is open for a while; its address. */
export async function open(client: PinkClient, owner: PolkadotSigner, choices: string[], openMs: bigint): Promise<string> {
  const deployer = client.getDeployer(ballot, Binary.fromHex(ballotCode));
  // A ballot of the same code, owner and salt has the same address: each gets its own salt.
  const salt = crypto.getRandomValues(new Uint8Array(8));
  const made = await deployer.deploy("new", { data: { choices, open_ms: openMs }, salt }).signAndSubmit(owner);
  return done(made).address!;
}

/** Votes, and tells stage by stage how far it is. */
export async function vote(client: PinkClient, address: string, voter: PolkadotSigner, choice: number, tell: (stage: Stage) => void): Promise<void> {
  const contract = client.getContract(ballot, address);
  // A vote that would be refused throws here, with the contract's reason, and costs nothing.
  response(await contract.query("vote", { data: { choice }, origin: voter.publicKey }));
  const sent = contract.send("vote", { data: { choice } });
  for await (const stage of sent.watch(voter)) {
    tell(stage);
    if (stage.type === "confirmed") done(sent.ended(stage));
  }
}

/** Waits until it is over, and says who won: nobody where it is a draw. */
export async function result(client: PinkClient, address: string): Promise<{ tally: number[]; winner: string | undefined }> {
  const contract = client.getContract(ballot, address);
  for (;;) {
    const asked = await contract.query("winner", {});
    if (asked.success && asked.value.response.success) {
      return { tally: response(await contract.query("tally", {})), winner: asked.value.response.value };
    }
    // The contract says that it is open.
    if (!asked.success && asked.value.type !== "FlagReverted") throw asked.value;
    await new Promise((later) => setTimeout(later, 1_000));
  }
}

/** All of it, among two accounts. */
export async function main(client: PinkClient, [alice, bob]: [PolkadotSigner, PolkadotSigner]): Promise<void> {
  const address = await open(client, alice, ["tea", "coffee"], 30_000n);
  console.log(`ballot ${address}`);
  // A session lets the page ask in somebody's name without the wallet's being opened each time.
  for (const voter of [alice, bob]) {
    await client.connectSession(voter, { contracts: [address], name: "ballot" });
    await vote(client, address, voter, 1, (stage) => console.log(`${ss58(voter.publicKey)}: ${stage.type}`));
  }
  console.log(await result(client, address));
}
