/** A wallet as browsers have them, behind the injected interface; its keys are those that everybody knows. */
import type { Page } from "playwright-core";

/** What a wallet does when it is asked to sign. */
export type Mood = "refuses" | "signs";

/** Puts a wallet into the page, so long after its load. It can't sign extrinsics: it is for those that refuse. */
export async function install(page: Page, afterMs: number, address: string): Promise<void> {
  await page.addInitScript(
    ({ afterMs, address }) => {
      const refused = async () => {
        throw new Error("Cancelled");
      };
      addEventListener("load", () =>
        setTimeout(() => {
          (window as unknown as { injectedWeb3: object }).injectedWeb3 = {
            late: {
              version: "1",
              enable: async () => ({
                accounts: { get: async () => [{ address, name: "Somebody", type: "sr25519" }], subscribe: (told: (all: object[]) => void) => (told([{ address, name: "Somebody", type: "sr25519" }]), () => {}) },
                signer: { signPayload: refused, signRaw: refused },
              }),
            },
          };
        }, afterMs),
      );
    },
    { afterMs, address },
  );
}
