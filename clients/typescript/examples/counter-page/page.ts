import { sr25519CreateDerive } from "@polkadot-labs/hdkd";
import { DEV_PHRASE, entropyToMiniSecret, mnemonicToEntropy } from "@polkadot-labs/hdkd-helpers";
import { createClient } from "polkadot-api";
import { getPolkadotSigner } from "polkadot-api/signer";
import { getWsProvider } from "polkadot-api/ws";
import { createPinkClient, PinkError } from "pink-client";
import { counter } from "../contracts/counter.js";

// Where chain and worker are, and which contract was made: files beside the page, for no address is the same twice.
const [served, made] = await Promise.all(["serve.json", "made.json"].map(async (file) => (await fetch(file)).json()));
const client = createPinkClient({ chain: createClient(getWsProvider(served.chain)), worker: served.worker });
const contract = client.getContract(counter, made.address);

// The key of //Alice, which everybody has: for development chains alone. A wallet's signers fit here as well.
const alice = sr25519CreateDerive(entropyToMiniSecret(mnemonicToEntropy(DEV_PHRASE)))("//Alice");
const signer = getPolkadotSigner(alice.publicKey, "Sr25519", alice.sign);

const at = (id: string) => document.getElementById(id)!;

/** Asks, for free: one worker's word. */
async function show(): Promise<void> {
  const asked = await contract.query("get", {});
  if (!asked.success) throw asked.value;
  at("count").textContent = `${asked.value.response}`;
}

/** Sends, and says how far it is. What it did is true from `confirmed` on. */
async function increment(): Promise<void> {
  const sent = contract.send("increment", {});
  for await (const stage of sent.watch(signer)) {
    if (stage.type === "confirmed") {
      const { ok, error } = sent.ended(stage);
      if (!ok) throw error;
      await show();
    }
    at("said").textContent = stage.type;
  }
}

/** Tells what went wrong, and what to do about it. */
const wrong = (error: unknown) => (at("said").textContent = error instanceof PinkError ? `${error.message}. ${error.hint ?? ""}` : `${error}`);

at("increment").addEventListener("click", () => void increment().catch(wrong));
await contract.ensureCompatible().then(show).catch(wrong);
