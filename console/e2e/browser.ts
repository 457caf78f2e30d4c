/** A browser on this machine, and what every page has to be. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { expect } from "vitest";
import { smaller } from "./png.js";

/** Debian's, unless another one is named. */
export function program(): string {
  const path = process.env["CHROMIUM"] ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  if (!path) throw new Error("there is no Chromium: install Debian's `chromium`, or name one by CHROMIUM");
  return path;
}

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: program(), args: ["--no-sandbox", "--disable-dev-shm-usage", "--force-prefers-reduced-motion", "--disable-lcd-text"] });

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Nothing serious for whoever uses a keyboard or a screen reader. */
export async function accessible(page: Page, where: string): Promise<void> {
  // As an extension's script, it isn't under the page's policy.
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: { run: (options: object) => Promise<{ violations: { id: string; impact: string; help: string; nodes: { html: string; failureSummary: string }[] }[] }> } }).axe.run({ resultTypes: ["violations"] });
    return violations.map(({ id, impact, help, nodes }) => ({ id, impact, help, nodes: nodes.slice(0, 3).map((it) => `${it.html.slice(0, 160)} :: ${it.failureSummary}`) }));
  });
  const serious = found.filter((it) => it.impact === "serious" || it.impact === "critical");
  expect(serious, `${where}: ${JSON.stringify(serious, null, 1)}`).toEqual([]);
}

/** What a page asked for that isn't here, and what went wrong in it. */
export function watch(page: Page, allowed: string[]): { strange: string[]; errors: string[] } {
  const seen = { strange: [] as string[], errors: [] as string[] };
  const here = (url: string) => allowed.some((it) => url.startsWith(it)) || /^(data|blob):/.test(url);
  page.on("request", (request) => !here(request.url()) && seen.strange.push(request.url()));
  page.on("websocket", (socket) => !here(socket.url()) && seen.strange.push(socket.url()));
  page.on("pageerror", (error) => seen.errors.push(String(error.stack ?? error)));
  page.on("console", (message) => {
    if (message.type() === "error" && /Content Security Policy|Uncaught/.test(message.text())) seen.errors.push(message.text());
  });
  return seen;
}

const LARGEST = 80 * 1024;

/** A picture for the book, no larger than it may be. */
export async function picture(page: Page, name: string): Promise<void> {
  const path = new URL(`../../book/src/images/console-${name}.png`, import.meta.url).pathname;
  const taken = smaller(await page.screenshot({ animations: "disabled", caret: "hide" }));
  expect(taken.length, `${name}: ${taken.length} bytes`).toBeLessThanOrEqual(LARGEST);
  // A test leaves the tree alone, unless it is run for the pictures.
  if (!process.env["PINK_PICTURES"]) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, taken);
}
