import { createClient } from "polkadot-api";
import { connectInjectedExtension, getInjectedExtensions } from "polkadot-api/pjs-signer";
import type { PolkadotSigner } from "polkadot-api";
import { getWsProvider } from "polkadot-api/ws";
import { createPinkClient, PinkError, ss58 } from "pink-client";
import { token } from "../contracts/token.js";
import { developers } from "./developers.js";

// page.html?token=ADDRESS&chain=ws://…&worker=http://…
const asked = new URLSearchParams(location.search);
const address = asked.get("token") ?? "";
const client = createPinkClient({
  chain: createClient(getWsProvider(asked.get("chain") ?? "ws://127.0.0.1:9944")),
  worker: asked.get("worker") ?? "http://127.0.0.1:9955",
});

const at = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
const said = at<HTMLParagraphElement>("said");

/** Tells what happens, and what went wrong with what to do about it. */
function say(text: string, wrong = false): void {
  said.textContent = text;
  said.className = wrong ? "wrong" : "";
}

/** Whatever goes wrong is told, and ends nothing else. */
async function trying(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    // What to do about it is in its message.
    say(error instanceof PinkError ? error.message : `${error}`, true);
  }
}

/** A wallet puts itself into the page when it likes: it is waited for so long. */
const WALLET_MS = 5_000;

/** The accounts of the first wallet that comes; none if none comes. */
async function walletAccounts(): Promise<Map<string, PolkadotSigner>> {
  const end = Date.now() + WALLET_MS;
  while (getInjectedExtensions().length === 0 && Date.now() < end) await new Promise((later) => setTimeout(later, 100));
  const [wallet] = getInjectedExtensions();
  if (wallet === undefined) return new Map();
  const { getAccounts } = await connectInjectedExtension(wallet);
  return new Map(getAccounts().map((it) => [ss58(it.polkadotSigner.publicKey), it.polkadotSigner]));
}

await trying(async () => {
  const contract = client.getContract(token, address);
  await contract.ensureCompatible();
  at("contract").textContent = contract.address;
  // Those of development chains until a wallet is there, and beside it.
  const signers = developers();
  const who = at<HTMLSelectElement>("who");
  const list = () => who.append(...[...signers.keys()].slice(who.length).map((name) => new Option(name)));
  list();
  void trying(async () => {
    for (const [name, signer] of await walletAccounts()) signers.set(name, signer);
    list();
  });

  const balance = async () => {
    const owner = ss58(signers.get(who.value)!.publicKey);
    const result = await contract.query("balance_of", { data: { owner } });
    if (!result.success) throw result.value;
    at("balance").textContent = `${result.value.response}`;
  };
  who.addEventListener("change", () => void trying(balance));
  await balance();

  at<HTMLFormElement>("transfer").addEventListener("submit", (submitted) => {
    submitted.preventDefault();
    const form = submitted.target as HTMLFormElement;
    void trying(async () => {
      const entered = new FormData(form);
      const data = { to: ss58(`${entered.get("to")}`), value: BigInt(`${entered.get("value")}`) };
      const transfer = contract.send("transfer", { data });
      for await (const stage of transfer.watch(signers.get(who.value)!)) {
        say(stage.type === "waiting" ? `it takes longer: ${stage.reason.message}` : stage.type);
        // Until it is confirmed it is one worker's word.
        if (stage.type !== "confirmed") continue;
        const { ok, error, receipt } = transfer.ended(stage);
        if (!ok) throw error;
        const events = contract.filterEvents(receipt.events).map((it) => {
          const line = document.createElement("li");
          line.textContent = it.decoded ? `${it.event.type}: ${JSON.stringify(it.event.value, (_, value) => (typeof value === "bigint" ? `${value}` : value))}` : "an event that can't be decoded";
          return line;
        });
        at("events").prepend(...events);
        await balance();
      }
    });
  });
  say("ready");
});
