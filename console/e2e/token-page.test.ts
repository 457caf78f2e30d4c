/** The example of a page that somebody wrote himself: a token's. It is another origin's than the worker's. */
import { execFileSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dev } from "../../clients/typescript/test/e2e/world.js";
import { accessible, launch, watch } from "./browser.js";
import { ALICE, BOB, shows } from "./pages.js";
import { bundled, start, type Place } from "./place.js";
import { install, type Wallet } from "./wallet.js";

const EXAMPLE = new URL("../../clients/typescript/examples/token-page/", import.meta.url).pathname;
const TYPES: Record<string, string> = { html: "text/html", css: "text/css", js: "text/javascript" };

let place: Place;
let server: Server;
let browser: Browser;
let page: Page;
let seen: ReturnType<typeof watch>;
let wallet: Wallet;
const trouble = (method: string, ...params: unknown[]) => place.world.chain._request<unknown>(method, params);
const balance = () => page.locator("#balance").innerText();
const said = () => page.locator("#said").innerText();

/** As a web server would hand it out. */
async function serve(): Promise<string> {
  execFileSync(process.execPath, [`${EXAMPLE}build.mjs`], { stdio: "inherit" });
  server = createServer((request, answer) => {
    const name = basename(new URL(request.url ?? "/", "http://here").pathname) || "index.html";
    const path = `${EXAMPLE}dist/${name}`;
    if (!existsSync(path)) return void answer.writeHead(404).end();
    answer.writeHead(200, { "content-type": TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream" }).end(readFileSync(path));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  place = await start();
  const { descriptor, code } = bundled("token.contract");
  const made = await place.client.getDeployer(descriptor, code).deploy("new" as never, { data: { total_supply: 1_000n } } as never).signAndSubmit(dev("//Alice"));
  const here = await serve();
  browser = await launch();
  page = await browser.newPage();
  seen = watch(page, [here, place.worker, place.worker.replace("http", "ws"), place.world.url]);
  wallet = await install(page, "late", 2_000, "signs", "//Bob");
  await page.goto(`${here}/?${new URLSearchParams({ token: made.address as string, chain: place.world.url, worker: place.worker })}`);
});
afterAll(async () => {
  await browser?.close();
  server?.close();
  place?.client.destroy();
  await place?.world.stop();
});

describe("a token's page", () => {
  it("shows what somebody has, and takes a wallet that comes late", async () => {
    await expect.poll(balance, { timeout: 60_000 }).toBe("1000");
    expect(await said()).toBe("ready");
    await accessible(page, "the token's page");
    await expect.poll(() => page.locator("#who option").allInnerTexts(), { timeout: 20_000 }).toEqual(["//Alice", "//Bob", "//Charlie", BOB]);
    await page.locator("#who").selectOption(BOB);
    await expect.poll(balance, { timeout: 20_000 }).toBe("0");
    await page.locator("#who").selectOption("//Alice");
    await expect.poll(balance, { timeout: 20_000 }).toBe("1000");
  });

  it("transfers, and tells what happened when that is confirmed", async () => {
    await page.getByLabel("To").fill(BOB);
    await page.getByLabel("Amount").fill("30");
    await page.getByRole("button", { name: "Transfer" }).click();
    await expect.poll(said, { timeout: 120_000 }).toBe("confirmed");
    await shows(page, `Transfer: {"from":"${ALICE}","to":"${BOB}","value":"30"}`, 20);
    await expect.poll(balance, { timeout: 20_000 }).toBe("970");
    // By the wallet as well.
    await page.locator("#who").selectOption(BOB);
    await page.getByLabel("To").fill(ALICE);
    await page.getByLabel("Amount").fill("3");
    await page.getByRole("button", { name: "Transfer" }).click();
    await shows(page, `Transfer: {"from":"${BOB}","to":"${ALICE}","value":"3"}`, 120);
    await expect.poll(balance, { timeout: 20_000 }).toBe("27");
    expect(wallet.payloads.map((it) => it.address)).toEqual([BOB]);
  });

  it("says once what to do about what went wrong", async () => {
    await page.getByLabel("Amount").fill("1000000");
    await page.getByRole("button", { name: "Transfer" }).click();
    await expect.poll(said, { timeout: 30_000 }).toBe("The contract reverted. The contract refused: its answer says why.");
    expect(await page.locator("#said").getAttribute("class")).toBe("wrong");
    expect(await balance()).toBe("27");
  });

  it("says why it takes longer while the worker is gone, and goes on with it", async () => {
    await trouble("dev_setBlockTime", "manual");
    await page.getByLabel("Amount").fill("2");
    await page.getByRole("button", { name: "Transfer" }).click();
    await expect.poll(said, { timeout: 60_000 }).toBe("broadcasted");
    // It is gone when the message is ordered, and comes again.
    await page.route(`${place.worker}/**`, (route) => route.abort("connectionrefused"));
    await trouble("dev_setBlockTime", "instant");
    await trouble("dev_mine", 1);
    await expect.poll(said, { timeout: 60_000 }).toMatch(/^it takes longer: The worker at .* can't be reached\. Look whether the worker runs/);
    await page.unroute(`${place.worker}/**`);
    await expect.poll(said, { timeout: 120_000 }).toBe("confirmed");
    await expect.poll(balance, { timeout: 20_000 }).toBe("25");
  });

  it("says that the worker is parked", async () => {
    await trouble("dev_park");
    await page.getByRole("button", { name: "Transfer" }).click();
    await expect.poll(said, { timeout: 60_000 }).toMatch(/parked|stands still/i);
    await trouble("dev_heal");
  });

  it("asked nobody else, and broke none of its rules", () => {
    expect(seen).toEqual({ strange: [], errors: [] });
  });
});
