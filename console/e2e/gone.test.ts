/** A worker, and a chain, that end while the page is open. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessible, launch } from "./browser.js";
import { fact, red, shows, tab } from "./pages.js";
import { start, type Place } from "./place.js";

let place: Place;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  place = await start();
  browser = await launch();
  page = await browser.newPage({ viewport: { width: 1000, height: 640 } });
  await page.goto(place.page);
  await shows(page, "a member");
});
afterAll(async () => {
  await browser?.close();
  place?.client.destroy();
  await place?.world.stop();
});

describe("a page whose worker ends", () => {
  it("says since when nothing is new, and keeps what it knows", async () => {
    const engine = await fact(page, "engine");
    expect(await red(page)).toEqual([]);
    await place.world.stop();
    await shows(page, /The worker doesn't answer since .*\. What is shown here is from then\./, 60);
    expect(await fact(page, "engine")).toBe(engine);
    await shows(page, /The chain's node at ws:\/\/127\.0\.0\.1:\d+ doesn't answer/, 60);
    await accessible(page, "gone");
    // Pages that are come to now say it as well, and break nothing.
    for (const name of ["Contracts", "Messages", "Logs"]) {
      await tab(page, name);
      expect((await red(page)).join()).toContain("The worker doesn't answer");
    }
    await shows(page, "not connected", 10);
  });
});
