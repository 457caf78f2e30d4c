/** A worker that is parked, behind, or disagreed with, as the page shows it; and an upgrade that is to come. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dev } from "../../clients/typescript/test/e2e/world.js";
import { accessible, launch, picture, watch } from "./browser.js";
import { size, time } from "../src/format.js";
import { ALICE, answer, confirmed, fact, press, red, shows } from "./pages.js";
import { ask, bundled, start, type Place } from "./place.js";

let place: Place;
let browser: Browser;
let page: Page;
let seen: ReturnType<typeof watch>;
let tokens: string;
const trouble = (method: string, ...params: unknown[]) => place.world.chain._request<unknown>(method, params);

beforeAll(async () => {
  place = await start();
  browser = await launch();
  page = await browser.newPage({ viewport: { width: 1000, height: 640 } });
  seen = watch(page, [place.worker, place.worker.replace("http", "ws"), place.world.url]);
  const { descriptor, code } = bundled("token.contract");
  const made = await place.client.getDeployer(descriptor, code).deploy("new" as never, { data: { total_supply: 5n } } as never).signAndSubmit(dev("//Alice"));
  tokens = made.address as string;
  await page.goto(place.page);
  await shows(page, "a member");
});
afterAll(async () => {
  await browser?.close();
  place?.client.destroy();
  await place?.world.stop();
});

describe("a page that waits", () => {
  it("says that the worker is behind, and by how much", async () => {
    expect(await red(page)).toEqual([]);
    await trouble("dev_behind", 40);
    await shows(page, /The worker isn't ready:.*blocks behind/, 30);
    expect(await fact(page, "ready")).toMatch(/^no: \d+ blocks behind/);
    await accessible(page, "behind");
    await trouble("dev_heal");
    await page.getByText("The worker isn't ready:").waitFor({ state: "detached", timeout: 30_000 });
    expect(await fact(page, "ready")).toBe("yes");
  });

  it("says in red that the worker is parked, where and why, and what to do", async () => {
    await trouble("dev_park");
    await shows(page, /This worker is parked before block \d+/, 30);
    const [said] = await red(page);
    expect(said).toMatch(/What to do: its operator has to put the engine's file/);
    expect(said).toMatch(/What it answers is from block \d+/);
    await accessible(page, "parked");
    await trouble("dev_heal");
    await page.getByText("This worker is parked").waitFor({ state: "detached", timeout: 30_000 });
    expect(await red(page)).toEqual([]);
  });

  it("says in red that workers disagree, since when, who, and what to do", async () => {
    await trouble("dev_diverge");
    await shows(page, /Workers disagree about the cluster since block \d+\./, 30);
    expect((await red(page)).join("\n")).toMatch(/take no answer for true\. What to do: compare workers' states/);
    await shows(page, /Workers say different things about block \d+/, 30);
    await accessible(page, "diverged");
    await picture(page, "diverged");
    // A message that is sent meanwhile is executed, and said not to be confirmed.
    await page.goto(`${place.page}#/contracts/${tokens}`);
    await page.locator("input[type=file]").setInputFiles(new URL("../../contracts/artifacts/token.contract", import.meta.url).pathname);
    await page.locator("#message").selectOption("total_supply");
    await press(page, "Ask");
    expect(await answer(page)).toBe("5");
    await page.locator("#message").selectOption("transfer");
    await page.locator("#call-to").fill(ALICE);
    await page.locator("#call-value").fill("1");
    await press(page, "Sign and send");
    await page.locator(".way li.done", { hasText: "executed: one worker's word" }).waitFor({ timeout: 60_000 });
    await shows(page, /It takes longer: Workers disagree about the cluster/, 60);
    expect(await page.locator(".way li.done", { hasText: "confirmed: proven" }).count()).toBe(0);
    await page.locator(".way li", { hasText: "final" }).getByRole("link").click();
    await shows(page, /One worker's word, not proven\. No quorum of workers has confirmed block/, 60);
    await trouble("dev_heal");
    await shows(page, "Proven.", 60);
    await page.goto(`${place.page}#/cluster`);
    await page.getByText("Workers disagree").waitFor({ state: "detached", timeout: 30_000 });
  });

  it("says in red which worker was found to disagree, and what to do", async () => {
    const { liar } = await trouble("dev_diverge", true) as { liar: string };
    await shows(page, /A worker was found to disagree with the others\..*take no answer of it for true/, 30);
    const row = page.getByRole("row", { name: /DIVERGED at block \d+: nothing it says counts\. Its operator compares/ });
    await row.waitFor({ timeout: 30_000 });
    expect(await page.locator("tr.wrong").count()).toBe(1);
    expect(await row.locator("th code").getAttribute("title")).toBe(liar);
    expect(await row.locator("td").last().evaluate((it) => getComputedStyle(it).color)).toBe("rgb(179, 22, 27)");
    await accessible(page, "a worker that was found out");
    await trouble("dev_heal");
    await row.waitFor({ state: "detached", timeout: 30_000 });
    expect(await red(page)).toEqual([]);
  });

  it("goes on with what is under way when its worker is there again", async () => {
    await page.goto(`${place.page}#/contracts/${tokens}`);
    await page.locator("#message").selectOption("transfer");
    await page.locator("#call-to").fill(ALICE);
    await page.locator("#call-value").fill("1");
    await trouble("dev_setBlockTime", "manual");
    await press(page, "Sign and send");
    await page.locator(".way li.done", { hasText: "sent" }).waitFor({ timeout: 60_000 });
    // It is gone when the message is ordered.
    await page.route(`${place.worker}/**`, (route) => route.abort("connectionrefused"));
    await trouble("dev_setBlockTime", "instant");
    await trouble("dev_mine", 1);
    await page.locator(".way li.done", { hasText: "final" }).waitFor({ timeout: 60_000 });
    await shows(page, /It takes longer: The worker at .* can't be reached|It takes longer: .*worker.*answer/, 60);
    await shows(page, /The worker doesn't answer since/, 60);
    expect(await page.locator(".way li.done", { hasText: "executed" }).count()).toBe(0);
    await page.unroute(`${place.worker}/**`);
    await page.locator(".way li.done", { hasText: "confirmed: proven" }).waitFor({ timeout: 120_000 });
    expect(await fact(page, "ended")).toBe("success");
    await page.getByText("The worker doesn't answer").waitFor({ state: "detached", timeout: 30_000 });
  });

  it("says that a session has ended, by the worker's own clock", async () => {
    await press(page, "Signs: //Alice");
    await press(page, "Begin a session of an hour");
    await shows(page, /asks by a session until/);
    await page.keyboard.press("Escape");
    await page.locator("#message").selectOption("total_supply");
    await press(page, "Ask");
    expect(await answer(page)).toBe("5");
    // The page's own clock doesn't know.
    await trouble("dev_increaseTime", 2 * 3_600);
    await trouble("dev_mine", 1);
    await press(page, "Ask");
    await shows(page, /The worker says: the session has ended\. Begin another one, above, where it says who signs/, 30);
    expect(await page.locator(".answer").count()).toBe(0);
    await page.getByRole("checkbox", { name: /ask as nobody/ }).check();
    await press(page, "Ask");
    expect(await answer(page)).toBe("5");
    await page.goto(`${place.page}#/cluster`);
  });

  it("counts down to an upgrade", async () => {
    // As its owner schedules it.
    await trouble("dev_setBlockTime", 1_000);
    const api = place.world.chain.getUnsafeApi();
    const { number } = await place.world.chain.getFinalizedBlock();
    const call = api.tx["FatContracts"]!["upgrade_runtime"]!({ cluster: 1n, to: { major: 2, minor: 1 }, at_block: number + 60 });
    const done = await call.signAndSubmit(dev("//Alice"));
    expect(done.ok, JSON.stringify(done.dispatchError)).toBe(true);
    await shows(page, `To engine 2.1 at block ${number + 60}`, 30);
    await shows(page, /: in \d+ blocks, about/, 10);
    const left = async () => Number(/in (\d+) blocks/.exec(await page.innerText("main"))?.[1]);
    const before = await left();
    await trouble("dev_mine", 10);
    await page.waitForFunction((before) => Number(/in (\d+) blocks/.exec(document.querySelector("main")?.textContent ?? "")?.[1]) <= (before as number) - 10, before, { timeout: 30_000 });
    await accessible(page, "an upgrade to come");
    await trouble("dev_mine", 60);
    await page.getByText("To engine 2.1 at block").waitFor({ state: "detached", timeout: 60_000 });
    expect(await fact(page, "engine")).toBe("2.1");
  });

  it("has a contract's code compiled once somebody pays, and says when it is", async () => {
    await page.goto(`${place.page}#/contracts/${tokens}`);
    await shows(page, "interpreted: nobody paid for compiling it", 30);
    const activate = page.getByRole("button", { name: "Activate", exact: true });
    expect(await activate.isDisabled()).toBe(true);
    await press(page, "What would compiling cost?");
    await shows(page, "that costs at most", 30);
    const foretold = await fact(page, "gas limit");
    await accessible(page, "code to be activated");
    await page.getByRole("heading", { name: "How it runs" }).evaluate((it) => it.scrollIntoView({ block: "start" }));
    await picture(page, "activate");
    await press(page, "Activate");
    const seq = await confirmed(page);
    const { block, receipt } = await ask<{ block: number; receipt: { events: { event: string; compiledFrom: number }[] } }>(place, "cluster_v1_receipt", { seq });
    expect(receipt.events.map((it) => it.event)).toContain("CodeActivated");
    // Ten blocks are left to compilers, as the rules say.
    await shows(page, `from block ${block + 10} on`, 30);
    await trouble("dev_mine", 12);
    await expect.poll(() => fact(page, "its code"), { timeout: 30_000 }).toBe(`compiled from block ${block + 10} on`);
    const { message } = await ask<{ message: { kind: string; gasLimit: { refTime: string; proofSize: string } } }>(place, "cluster_v1_message", { seq });
    expect(message.kind).toBe("activateCode");
    expect(foretold).toBe(`${time(message.gasLimit.refTime)}, ${size(message.gasLimit.proofSize)} of state`);
  });

  it("says that governance has every worker interpret, and when it no longer does", async () => {
    const api = place.world.chain.getUnsafeApi();
    const set = async (mode: "Native" | "Interpreted") => {
      const call = api.tx["FatContracts"]!["set_engine_mode"]!({ version: { major: 2, minor: 1 }, mode: { type: mode } });
      const done = await api.tx["Sudo"]!["sudo"]!({ call: call.decodedCall }).signAndSubmit(dev("//Alice"));
      expect(done.ok, JSON.stringify(done.dispatchError)).toBe(true);
      await trouble("dev_mine", 3);
    };
    await set("Interpreted");
    await shows(page, "governance has every worker interpret all code under 2.1", 30);
    await page.goto(`${place.page}#/cluster`);
    const row = page.getByRole("row", { name: /^2\.1 runs interprets .*to be interpreted/ });
    await row.waitFor({ timeout: 30_000 });
    await accessible(page, "an engine that is to be interpreted");
    await set("Native");
    await page.reload();
    await page.getByRole("row", { name: /^2\.1 runs compiles/ }).waitFor({ timeout: 30_000 });
    expect(await row.count()).toBe(0);
  });

  it("broke none of its rules, and asked no other host", () => {
    expect(seen.strange).toEqual([]);
    expect(seen.errors).toEqual([]);
  });
});

