// node open.mjs URL: opens the page as a person does, presses the button, and prints what the page showed.
import { chromium } from "playwright-core";

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.log(`the page failed: ${error}`));
  await page.goto(process.argv[2]);
  const shown = async (id, text) => {
    await page.waitForFunction(([id, text]) => new RegExp(text).test(document.getElementById(id).textContent), [id, text], { timeout: 60_000 });
    console.log(await page.textContent(`#${id}`));
  };
  await shown("count", "^[0-9]+$");
  await page.click("#increment");
  await shown("said", "^confirmed$");
  await shown("count", "^[0-9]+$");
} finally {
  await browser.close();
}
