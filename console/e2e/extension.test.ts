/** The extension polkadot{.js} itself, loaded into the browser: its code and keys, with a test in place of the person at its windows. */
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { program } from "./browser.js";
import { ALICE, answer, BOB, confirmed, drop, fact, file, press, shows } from "./pages.js";
import { start, type Place } from "./place.js";

const EXTENSION = new URL("extension/build", import.meta.url).pathname;
/** As Chromium names what it loads from a folder. */
const ID = [...createHash("sha256").update(EXTENSION).digest("hex").slice(0, 32)].map((digit) => "abcdefghijklmnop"[Number.parseInt(digit, 16)]).join("");
/** It signs nothing sooner after the last time. */
const PAUSE_MS = 3_500;
const PHRASE = "bottom drive obey lake curtain smoke basket hold race lonely fit walk//Alice";
const profile = mkdtempSync(join(tmpdir(), "pink-console-"));

/** What the extension's own side has, in its page. */
interface Own {
  ask: (message: string, request?: unknown, name?: string) => Promise<unknown>;
  told: Record<string, { id: string; url: string; request: Record<string, unknown> }[]>;
}

let place: Place;
let context: BrowserContext;
let own: Page;
let page: Page;
const signed: Record<string, unknown>[] = [];
const allowed: string[] = [];

const ask = (message: string, request: unknown = null, name = "") => own.evaluate(([message, request, name]) => (globalThis as unknown as Own).ask(message as string, request, name as string), [message, request, name]);

/** What the person at the extension does: allows what asks, and signs. */
async function person(): Promise<void> {
  const { authorize = [], sign = [] } = await own.evaluate(() => (globalThis as unknown as Own).told);
  for (const { id, url } of authorize) {
    allowed.push(url);
    await ask("pri(authorize.approve)", { id, authorizedAccounts: [ALICE] });
  }
  for (const { id, request } of sign) {
    signed.push(request["payload"] as Record<string, unknown>);
    await ask("pri(signing.approve.password)", { id, password: "a long secret", savePass: false });
  }
}

let at: ReturnType<typeof setInterval> | undefined;
beforeAll(async () => {
  if (!existsSync(join(EXTENSION, "own.js"))) throw new Error("the extension isn't built: npm ci && npm run build in console/e2e/extension");
  place = await start();
  const args = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", `--disable-extensions-except=${EXTENSION}`, `--load-extension=${EXTENSION}`];
  context = await chromium.launchPersistentContext(profile, { executablePath: program(), headless: false, viewport: { width: 1000, height: 640 }, args });
  own = await context.newPage();
  await own.goto(`chrome-extension://${ID}/own.html`);
  await own.waitForFunction(() => document.title === "ready", undefined, { timeout: 60_000 });
  await ask("pri(accounts.create.suri)", { name: "Extension", password: "a long secret", suri: PHRASE, type: "sr25519" });
  await ask("pri(authorize.requests)", null, "authorize");
  await ask("pri(signing.requests)", null, "sign");
  let busy = false;
  at = setInterval(() => {
    if (busy) return;
    busy = true;
    // When the browser is closed there is nobody.
    void person().catch(() => undefined).finally(() => (busy = false));
  }, 200);
  page = await context.newPage();
});
afterAll(async () => {
  clearInterval(at);
  await context?.close();
  place?.client.destroy();
  await place?.world.stop();
  rmSync(profile, { recursive: true, force: true });
});

describe("the extension polkadot{.js}", () => {
  it("signs what makes a contract, until it is proven", async () => {
    await page.goto(`${place.page}#/deploy`);
    await press(page, "Signs: //Alice");
    await press(page, "Look for wallets");
    await shows(page, /Wallets: polkadot-js\./, 20);
    expect(allowed).toEqual([expect.stringContaining(place.page)]);
    await page.locator("#account").selectOption({ label: "Extension (polkadot-js)" });
    await page.keyboard.press("Escape");
    await drop(page, file("token.contract"));
    await page.getByLabel("total_supply").fill("1000");
    await press(page, "Estimate");
    await shows(page, "It would succeed.");
    await press(page, "Sign and send");
    await confirmed(page);
    expect(await fact(page, "ended")).toBe("success");
    expect(signed.map((it) => it["address"])).toEqual([ALICE]);
  });

  it("signs a transfer, and a session by which a contract answers", async () => {
    const address = await page.locator(".facts a[href^='#/contracts/']").last().getAttribute("title");
    await page.goto(`${place.page}#/contracts/${address}`);
    await page.waitForTimeout(PAUSE_MS);
    await page.locator("#message").selectOption("transfer");
    await page.locator("#call-to").fill(BOB);
    await page.locator("#call-value").fill("7");
    await press(page, "Sign and send");
    await confirmed(page);
    await shows(page, `{ from: ${ALICE}, to: ${BOB}, value: 7 }`, 10);
    await page.waitForTimeout(PAUSE_MS);
    await press(page, "Signs: Extension");
    await press(page, "Begin a session of an hour");
    await shows(page, /Extension asks by a session until/, 30);
    await page.keyboard.press("Escape");
    await press(page, "Estimate");
    expect(await answer(page)).toBe("Ok()");
    expect(signed).toHaveLength(3);
    expect(signed[2]).toMatchObject({ address: ALICE, type: "bytes" });
  });
});
