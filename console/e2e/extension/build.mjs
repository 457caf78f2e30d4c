// npm ci && npm run build: an unpacked extension, in build/. A browser takes it by --load-extension.
import { cpSync, mkdirSync } from "node:fs";
import { build } from "esbuild";

const here = new URL(".", import.meta.url).pathname;
mkdirSync(`${here}build`, { recursive: true });
for (const file of ["manifest.json", "own.html"]) cpSync(`${here}${file}`, `${here}build/${file}`);
// A service worker, which the extension itself has, takes no module that waits; a page of the extension's does.
for (const [name, format] of [["content", "iife"], ["page", "iife"], ["own", "esm"]]) {
  await build({
    entryPoints: [`${here}${name}.mjs`], outfile: `${here}build/${name}.js`, bundle: true, format, platform: "browser", target: "es2022",
    define: { "process.env": JSON.stringify({ EXTENSION_PREFIX: "pink-console", PORT_PREFIX: "test" }), global: "globalThis" }, logLevel: "error",
  });
}
