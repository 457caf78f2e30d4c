/** The console as a person uses it. */
import type { Page } from "playwright-core";
import { expect } from "vitest";

export const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
export const BOB = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

/** A file of the contracts' folder. */
export const file = (name: string) => new URL(`../../contracts/artifacts/${name}`, import.meta.url).pathname;

const SECOND = 1_000;

/** Waits until something is on the page. */
export async function shows(page: Page, text: string | RegExp, seconds = 60): Promise<void> {
  try {
    await page.getByText(text).first().waitFor({ timeout: seconds * SECOND });
  } catch {
    throw new Error(`${text} isn't shown on ${page.url()}:\n${await page.innerText("body")}`);
  }
}

/** Goes to a page by its tab. */
export async function tab(page: Page, name: string): Promise<void> {
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }).click();
  await page.getByRole("heading", { level: 1 }).waitFor();
}

/** Gives a file where one is dropped. */
export const drop = (page: Page, given: string | { name: string; mimeType: string; buffer: Buffer }) => page.locator("input[type=file]").setInputFiles(given);

/** Presses a button as soon as it can be. */
export async function press(page: Page, name: string): Promise<void> {
  const button = page.getByRole("button", { name, exact: true }).first();
  await button.waitFor();
  await button.click({ timeout: 60 * SECOND });
}

/** The answer that the page shows. */
export async function answer(page: Page): Promise<string> {
  const shown = page.locator(".answer .value").first();
  await shown.waitFor({ timeout: 60 * SECOND });
  return (await shown.innerText()).replace(/\u202f/g, "");
}

/** Waits until what was sent is proven against a quorum's checkpoint; the message's number. */
export async function confirmed(page: Page): Promise<number> {
  await page.locator(".way li.done", { hasText: "confirmed: proven" }).waitFor({ timeout: 180 * SECOND });
  const link = page.locator(".way li", { hasText: "final" }).getByRole("link");
  return Number(await link.innerText());
}

/** What stands beside a fact's name. */
export async function fact(page: Page, name: string): Promise<string> {
  const row = page.locator(".facts > div", { has: page.locator("dt", { hasText: new RegExp(`^${name}$`) }) }).first();
  await row.waitFor({ timeout: 30 * SECOND });
  return (await row.locator("dd").innerText()).replace(/\u202f/g, "");
}

/** Everything that the page says in red. */
export const red = (page: Page) => page.locator(".note.wrong").allInnerTexts();

/** A page is no wider than its window. */
export async function fits(page: Page): Promise<void> {
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  const out = await page.evaluate(() => [...document.querySelectorAll("body *")].filter((it) => it.getBoundingClientRect().right > innerWidth && !it.closest(".scroll, .hidden, .skip")).slice(0, 4).map((it) => it.outerHTML.slice(0, 120)));
  expect(wide, `${page.url()}: ${out.join("\n")}`).toBeLessThanOrEqual(window as number);
}
