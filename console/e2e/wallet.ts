/** A wallet as browsers have them, behind the injected interface; its keys are those that everybody knows. */
import { Keyring } from "@polkadot/keyring";
import { TypeRegistry } from "@polkadot/types";
import type { SignerPayloadJSON, SignerPayloadRaw } from "@polkadot/types/types";
import { u8aToHex, u8aWrapBytes } from "@polkadot/util";
import { cryptoWaitReady } from "@polkadot/util-crypto";
import type { Page } from "playwright-core";

/** What a wallet does when it is asked to sign. */
export type Mood = "refuses" | "signs";

/** What a wallet was asked to sign, in order. */
export interface Wallet {
  address: string;
  payloads: SignerPayloadJSON[];
  /** Texts, as the person sees them. */
  texts: string[];
}

/**
 * Puts a wallet into the page, so long after its load. It has one account; what it signs is what the extension
 * polkadot{.js} signs, by the same library: here, since a page has no keys.
 */
export async function install(page: Page, name: string, afterMs: number, mood: Mood, secret = "//Alice"): Promise<Wallet> {
  await cryptoWaitReady();
  const pair = new Keyring({ type: "sr25519" }).addFromUri(secret);
  const wallet: Wallet = { address: pair.address, payloads: [], texts: [] };
  await page.exposeFunction("walletPayload", (payload: SignerPayloadJSON) => {
    wallet.payloads.push(payload);
    if (mood === "refuses") throw new Error("Cancelled");
    const registry = new TypeRegistry();
    registry.setSignedExtensions(payload.signedExtensions);
    return { id: wallet.payloads.length, ...registry.createType("ExtrinsicPayload", payload, { version: payload.version }).sign(pair) };
  });
  await page.exposeFunction("walletRaw", ({ data }: SignerPayloadRaw) => {
    wallet.texts.push(Buffer.from(data.slice(2), "hex").toString("utf8"));
    if (mood === "refuses") throw new Error("Cancelled");
    return { id: wallet.texts.length, signature: u8aToHex(pair.sign(u8aWrapBytes(data))) };
  });
  await page.addInitScript(
    ({ afterMs, name, address }) => {
      const here = window as unknown as Record<"walletPayload" | "walletRaw", (it: unknown) => Promise<object>>;
      const accounts = [{ address, name: "Somebody", type: "sr25519" }];
      addEventListener("load", () =>
        setTimeout(() => {
          (window as unknown as { injectedWeb3: object }).injectedWeb3 = {
            [name]: {
              version: "1",
              enable: async () => ({
                accounts: { get: async () => accounts, subscribe: (told: (all: object[]) => void) => (told(accounts), () => {}) },
                signer: { signPayload: (it: unknown) => here.walletPayload(it), signRaw: (it: unknown) => here.walletRaw(it) },
              }),
            },
          };
        }, afterMs),
      );
    },
    { afterMs, name, address: pair.address },
  );
  return wallet;
}
